"""Keys renewed while the mall runs: nobody is signed out, everything sealed still opens, and no former key outlives its use.

In a home of its own where the file of secrets is changed, so that other tests keep theirs.
"""

import json
import shutil
import sqlite3
import subprocess
import sys
from uuid import uuid4

import pytest
from django.conf import settings
from django.core import signing
from django.http import HttpResponse
from django.test import Client, RequestFactory, override_settings

from mingpu import home
from mingpu.accounts.models import Profile
from mingpu.accounts.queries import person_of
from mingpu.lib.requests import MallRequest
from mingpu.privacy import keys
from mingpu.privacy.purposes import Purpose, processing
from mingpu.web import context
from tests.conftest import ROOT
from tests.factories import make_person

OLD, NEW = "1" * 64, "2" * 64


@pytest.fixture
def moved(tmp_path, monkeypatch):
    """A home with the secrets and the key store as they are, where they may be changed."""
    shutil.copytree(home.home() / "secrets", tmp_path / "secrets")
    (tmp_path / "keys").mkdir()
    for name in ("keys.sqlite3",):
        source = sqlite3.connect(settings.KEY_STORE)
        source.execute("VACUUM INTO ?", (str(tmp_path / "keys" / name),))
        source.close()
    monkeypatch.setenv("MINGPU_HOME", str(tmp_path))
    with override_settings(KEY_STORE=tmp_path / "keys" / "keys.sqlite3"):
        yield tmp_path


def operator(*words):
    done = subprocess.run(
        [sys.executable, "-m", "mingpu", "keys", *words],
        check=False,
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    return done.returncode, done.stdout + done.stderr


def test_the_cookies_key_is_renewed_and_nobody_is_signed_out():
    person = make_person()
    browser = person.browser()
    with override_settings(SECRET_KEY=OLD, SECRET_KEY_FALLBACKS=[], ROOT_URLCONF="mingpu.urls"):
        settings.STATIC_ROOT.mkdir(exist_ok=True)
        context._seals.cache_clear()
        named = HttpResponse()
        context.remember_name(named, person.id, "知夏")
        signed = signing.dumps(["ok", "好", "Done", "", "", ""], salt=context.NOTICE_COOKIE)
        form = browser.get("/account")
        assert form.status_code == 200
    with override_settings(SECRET_KEY=NEW, SECRET_KEY_FALLBACKS=[OLD], ROOT_URLCONF="mingpu.urls"):
        context._seals.cache_clear()
        request = RequestFactory().get("/")
        request.__class__ = MallRequest
        for name, value in (
            (context.NAME_COOKIE, named.cookies[context.NAME_COOKIE].value),
            (context.NOTICE_COOKIE, signed),
        ):
            request.COOKIES[name] = value
        assert context._kept_name(request, person.id) == "知夏"
        assert [str(it.text) for it in context._notices(request)] == ["好"]
        assert browser.get("/account").status_code == 200
        strict = Client(enforce_csrf_checks=True, SERVER_NAME="127.0.0.1")
        strict.cookies = browser.cookies
        key = browser.cookies[settings.CSRF_COOKIE_NAME].value
        sent = strict.post("/language", {"language": "en", "csrfmiddlewaretoken": key})
        assert sent.status_code == 303  # a form drawn before still counts
        assert person_of(person.token) == person.id
    with override_settings(SECRET_KEY=NEW, SECRET_KEY_FALLBACKS=[]):
        context._seals.cache_clear()
        assert context._kept_name(request, person.id) == ""  # forgotten, it opens nothing
    context._seals.cache_clear()


def test_the_wrapping_key_is_renewed_and_everything_still_opens(moved):
    subject = uuid4()
    made = {kind: keys.fetch_or_make(subject, kind) for kind in ("account", "share", "order")}
    before = home.secret("kek", "key")
    status, said = operator("renew", "wrapping")
    assert status == 0, said
    assert home.secret("kek", "key") != before
    assert home.former("kek", "key") == [before]
    # this process began with the former key and was not restarted
    assert {kind: keys.fetch(subject, kind) for kind in made} == made
    late = keys.fetch_or_make(subject, "late")
    with override_settings(KEY_ENCRYPTION_KEY=home.secret("kek", "key")):
        assert {kind: keys.fetch(subject, kind) for kind in made} == made
        assert keys.fetch(subject, "late") == late  # wrapped by the one that was not restarted
        assert keys.rewrap() == 1
        assert keys.rewrap() == 0
    with override_settings(KEY_ENCRYPTION_KEY=before):
        assert keys.erase(subject, ("account",)) == 1
        assert keys.fetch(subject, "account") is None


def test_a_former_wrapping_key_stays_while_backups_need_it(moved):
    operator("renew", "wrapping")
    status, said = operator("forget", "wrapping")
    assert (status, len(home.former("kek", "key"))) == (1, 1), said
    path = moved / "secrets" / "kek.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "key_renewed": "2026-01-02"}))
    status, said = operator("forget", "wrapping")
    assert (status, home.former("kek", "key")) == (0, []), said
    subject = uuid4()
    with override_settings(KEY_ENCRYPTION_KEY=home.secret("kek", "key")):
        assert keys.fetch_or_make(subject, "account") == keys.fetch(subject, "account")


def test_what_was_never_renewed_says_so_and_a_renewal_is_private(moved):
    assert operator("show")[1].startswith("cookies: renewed never, 0 former")
    assert operator("renew", "cookies")[0] == 0
    path = moved / "secrets" / "common.json"
    assert path.stat().st_mode & 0o777 == 0o600
    assert home.secret("common", "blind_index") == settings.BLIND_INDEX_KEY  # only the one that was named
    assert home.former("common", "django") == [settings.SECRET_KEY]
    assert operator("forget", "cookies")[0] == 0
    assert home.former("common", "django") == []


def test_what_a_person_wrote_still_opens_after_the_renewal(moved):
    person = make_person()
    with processing(Purpose.PROFILE, subject=person.id):
        Profile.objects.filter(person_id=person.id).update(nickname="知夏")
    assert operator("renew", "wrapping")[0] == 0
    with processing(Purpose.PROFILE, subject=person.id, reading=True):
        assert Profile.objects.values_list("nickname", flat=True).get(person_id=person.id) == "知夏"
