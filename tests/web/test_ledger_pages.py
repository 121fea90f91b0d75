"""The pages and the API of the record of uses: filters, a line explained, tables."""

import pytest
from django.conf import settings
from django.test import override_settings

from mingpu.privacy import sharing
from mingpu.privacy.purposes import Purpose, acting, processing
from tests.factories import make_person
from tests.support import zone


@pytest.fixture
def it():
    person = make_person()
    with (
        zone("desk"),
        acting("staff", "kf-anna"),
        processing(Purpose.SERVICE, subject=person.id, reference="C7K2"),
    ):
        pass
    settings.STATIC_ROOT.mkdir(exist_ok=True)
    with override_settings(ROOT_URLCONF="mingpu.urls"):
        yield person


def test_the_page_filters_and_links_to_each_line(it):
    browser = it.browser()
    page = browser.get("/privacy/uses?actor_kind=staff&since=2026-01-01").content.decode()
    assert "kf-anna" in page
    assert "您本人</span>" not in page
    number = browser.get("/privacy/uses.csv?actor_kind=staff").content.decode().splitlines()[1].split(",")[0]
    assert f"/privacy/uses/{number}" in page
    line = browser.get(f"/privacy/uses/{number}").content.decode()
    assert "purpose_service" in line
    assert 'href="/cases/C7K2"' in line
    assert 'href="/statement#clause-1.1.6b"' in line
    assert f'href="/privacy/requests?kind=object&amp;about=use:{number}"' in line
    assert make_person().browser().get(f"/privacy/uses/{number}").status_code == 404
    assert "没有符合条件" in browser.get("/privacy/uses?reference=nothing").content.decode()


def test_the_api_filters_and_explains(it):
    app = it.api()
    told = app.get("/api/v1/me/privacy/uses?actor_kind=staff").json()
    assert [use["actor"] for use in told["items"]] == ["kf-anna"]
    number = told["items"][0]["number"]
    line = app.get(f"/api/v1/me/privacy/uses/{number}").json()
    assert "purpose_service" in line["rule"]
    assert {"id", "says"} == set(line["clauses"][0])
    assert make_person().api().get(f"/api/v1/me/privacy/uses/{number}").status_code == 404
    assert app.get("/api/v1/me/privacy/uses?actor_kind=robot").status_code == 422
    assert app.get("/api/v1/me/privacy/uses?since=2026-11-31").status_code == 422
    assert app.get("/api/v1/me/privacy/uses?since=2020-01-01&until=2020-02-01").json()["total"] == 0
    assert app.get("/api/v1/me/privacy/uses?purpose=nonsense").json()["total"] == 0


def test_tables_are_for_the_person_alone(it):
    for path in ("/api/v1/me/privacy/uses.csv", "/api/v1/me/privacy/shares.csv"):
        answer = it.api().get(path)
        assert answer["Content-Type"].startswith("text/csv")
        assert "no-store" in answer["Cache-Control"]
        assert answer.content.decode().startswith("\ufeff")
    browser = it.browser()
    assert "kf-anna" in browser.get("/privacy/uses.csv").content.decode()
    assert browser.get("/privacy/shares.csv").status_code == 200
    browser.cookies.clear()
    assert browser.get("/privacy/uses.csv").status_code == 302


@pytest.fixture
def message(it):
    """A message that left for a courier, in the name of somebody whose data was looked at before."""
    with processing(Purpose.DELIVERY, subject=it.id):
        sharing.record(
            recipient="sf", purpose=Purpose.DELIVERY, person_id=it.id, payload={"orderId": "MBOX"}, reference="MBOX"
        )  # fmt: skip
    return it.api().get("/api/v1/me/privacy/shares?recipient=sf").json()["items"][0]["id"]


def test_what_left_is_filtered_and_each_message_explained(it, message):
    browser = it.browser()
    here = f"/privacy/shares/{message}"
    assert here in browser.get("/privacy/shares?recipient=sf&purpose=delivery").content.decode()
    for nothing in ("recipient=wechatpay", "reference=nothing", "until=2020-01-01", "item=F9"):
        page = browser.get(f"/privacy/shares?{nothing}").content.decode()
        assert here not in page
        assert "没有符合条件" in page
    page = browser.get(here).content.decode()
    assert 'href="/orders/MBOX"' in page
    assert 'href="/statement#clause-1.1.5a"' in page
    assert 'href="/privacy/requests?kind=object&amp;about=purpose:delivery"' in page
    assert make_person().browser().get(here).status_code == 404


def test_the_api_filters_what_left_and_explains_it(it, message):
    app = it.api()
    ask = "/api/v1/me/privacy/shares"
    assert [one["id"] for one in app.get(f"{ask}?recipient=sf&reference=MBOX").json()["items"]] == [message]
    assert app.get(f"{ask}?recipient=yto").json()["total"] == 0
    assert app.get(f"{ask}?since=2026-11-31").status_code == 422
    told = app.get(f"{ask}/{message}").json()
    assert (told["payload"], told["reference"]) == ({"orderId": "MBOX"}, "MBOX")
    assert [field["name"] for field in told["fields"] if field["sent"]] == ["orderId"]
    assert len(told["fields"]) > 1
    assert told["party"]
    assert make_person().api().get(f"{ask}/{message}").status_code == 404
    lines = browser_lines(it, "/privacy/shares.csv?recipient=sf")
    assert lines == [f"{message},sf"]
    assert browser_lines(it, "/privacy/shares.csv?recipient=yto") == []


def browser_lines(it, path):
    rows = it.browser().get(path).content.decode().splitlines()[1:]
    return [f"{row.split(',')[0]},{row.split(',')[2]}" for row in rows]


def test_a_line_of_the_record_is_objected_to(it):
    browser = it.browser()
    number = browser.get("/privacy/uses.csv?actor_kind=staff").content.decode().splitlines()[1].split(",")[0]
    about = f"use:{number}"
    page = browser.get(f"/privacy/requests?kind=object&about={about}").content.decode()
    assert f'value="{about}"' in page
    sent = browser.post("/privacy/requests", {"kind": "object", "about": about, "words": "不要"})
    assert sent.status_code == 303
    theirs = (
        make_person().browser().post("/privacy/requests", {"kind": "object", "about": about, "words": ""})
    )
    assert theirs.status_code != 303  # not a line of theirs
