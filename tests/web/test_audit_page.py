"""The auditors' section: for anybody, without anybody's data, with the database's own words."""

import json
import re

import pytest
from django.conf import settings
from django.test import Client, override_settings

from mingpu.home import home
from mingpu.privacy.roots import daily_roots
from mingpu.web.pages import audit
from tests.privacy.canaries import live
from tests.privacy.test_logseal import sealed, used


@pytest.fixture
def browser():
    settings.STATIC_ROOT.mkdir(exist_ok=True)
    with override_settings(ROOT_URLCONF="mingpu.urls"):
        yield Client(SERVER_NAME="127.0.0.1")


def test_it_opens_for_a_visitor_and_holds_nobodys_data(browser):
    it = live()
    shown = browser.get("/audit")
    assert shown.status_code == 200
    page = shown.content.decode()
    assert "canary" not in page
    assert str(it.id) not in page
    assert "多出" not in page  # what the database gives is what the statement promises
    assert "缺少" not in page


def test_the_button_tries_everything_and_shows_the_databases_own_words(browser):
    live()
    page = browser.post("/audit/run").content.decode()
    assert "全部成立" in page
    assert len(re.findall("permission denied", page)) > 200
    assert "canary" not in page
    assert browser.get("/audit/run").status_code == 405


def test_one_at_a_time(browser):
    assert audit._one_at_a_time.acquire(blocking=False)
    try:
        assert browser.post("/audit/run").status_code == 429
    finally:
        audit._one_at_a_time.release()


def test_the_roots_are_there_for_machines(browser):
    used()
    sealed()
    told = json.loads(browser.get("/.well-known/mingpu-roots.json").content)
    assert told["roots"][0]["root"] == daily_roots()[0].root
    assert set(told["roots"][0]) == {"day", "seal", "last_id", "root"}


def test_the_operators_last_run_is_shown(browser):
    (home() / "audit.json").write_text(json.dumps({"at": "2026-11-30T01:00:00+00:00", "zones": {"vault": {"refused": 41, "nothing": 2, "given": 0}}}))  # fmt: skip
    assert "vault 41/2/0" in browser.get("/audit").content.decode()
    (home() / "audit.json").unlink()


def test_measurements_are_given_as_they_are_written_and_nothing_else(browser):
    assert browser.get("/audit/measurements/bench").content.decode().startswith("# ")
    for name in ("nothing", "..%2F..%2Fpyproject", "bench.json"):
        assert browser.get(f"/audit/measurements/{name}").status_code == 404
