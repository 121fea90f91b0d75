"""A new version of the statement: told once, silence means no, and everything else goes on."""

import copy
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client

from mingpu.lib.clock import now
from mingpu.privacy import consent, news, versions
from mingpu.privacy.grants import rows_sql
from mingpu.privacy.models import ConsentEvent, Standing
from mingpu.privacy.purposes import Purpose, processing
from mingpu.privacy.register import REGISTER, Register
from tests.factories import make_person
from tests.people import from_owner

OLD = versions.kept()[0].version


@pytest.fixture
def buyer():
    return make_person()


def agreed_to(person_id: UUID, version: str, name: str = "statement") -> None:
    with processing(Purpose.RIGHTS, subject=person_id):
        ConsentEvent.objects.create(
            person_id=person_id, name=name, granted=True, statement_version=version, statement_hash="", language="en",
            at=now(),
        )  # fmt: skip


def test_who_knows_the_version_in_force_is_told_nothing(buyer):
    agreed_to(buyer.id, REGISTER.version)
    it = news.news_of(buyer.id)
    assert (it.steps, it.asks, it.count) == ((), (), 0)


def test_who_agreed_to_an_older_one_sees_each_version_since(buyer):
    agreed_to(buyer.id, OLD)
    it = news.news_of(buyer.id)
    assert (it.known, it.version) == (OLD, REGISTER.version)
    assert [step.after for step in it.steps] == [kept.version for kept in versions.kept()[:0:-1]]
    page = buyer.browser().get("/privacy/news").content.decode()
    assert OLD in page
    assert REGISTER.version in page


def test_reading_puts_it_away_and_agrees_to_nothing(buyer):
    agreed_to(buyer.id, OLD)
    before = consent.standing_of(buyer.id)
    assert buyer.browser().post("/privacy/news").status_code == 303
    assert news.news_of(buyer.id).steps == ()
    assert consent.standing_of(buyer.id) == before
    app = make_person()
    agreed_to(app.id, OLD)
    assert app.api().get("/api/v1/me/privacy/news").json()["known"] == OLD
    assert app.api().post("/api/v1/me/privacy/news/read").status_code == 204
    assert app.api().get("/api/v1/me/privacy/news").json()["steps"] == []


def test_what_came_to_use_more_rests_until_it_is_agreed_to_anew(buyer):
    """The yes of an earlier version has another flag: for the row policies it is no yes."""
    agreed_to(buyer.id, OLD, "search_history")
    with processing(Purpose.RIGHTS, subject=buyer.id):
        Standing.objects.filter(person_id=buyer.id).update(consents=1 << 62)
    assert consent.decisions_of(buyer.id)["search_history"].outdated
    assert news.news_of(buyer.id).asks == news.news_of(buyer.id).outdated == ("search_history",)
    page = buyer.browser().get("/privacy/news").content.decode()
    assert page.count('name="granted" value="true" aria-pressed="false"') == 1
    assert page.count('name="granted" value="false" aria-pressed="false"') == 1
    consent.give(buyer.id, "search_history", False, "en")
    assert news.news_of(buyer.id).asks == ()
    assert not consent.decisions_of(buyer.id)["search_history"].outdated


def test_a_no_to_what_rests_deletes_what_the_old_yes_had_left(buyer):
    consent.give(buyer.id, "search_history", True, "en")
    from_owner(
        "INSERT INTO search_search (id, person_id, keywords, keywords_index, at) VALUES (gen_random_uuid(), %s, '', '', now())",
        [buyer.id],
    )
    from_owner("UPDATE privacy_standing SET consents = 1::bigint << 62 WHERE person_id = %s", [buyer.id])
    consent.give(buyer.id, "search_history", False, "en")
    assert from_owner("SELECT count(*) FROM search_search WHERE person_id = %s", [buyer.id]) == [(0,)]


def test_a_new_flag_is_what_the_policies_then_ask_for():
    raw = copy.deepcopy(dict(REGISTER.raw))
    raw["purposes"]["search_history"]["flag"] = 59
    register = Register(raw, REGISTER.digest)
    condition = rows_sql(register.tables["search_search"], register.purposes["search_history"], register)
    assert f"consented({1 << 59}::bigint)" in condition


def test_the_database_denies_under_the_new_flag_and_allows_under_the_given_one(buyer):
    consent.give(buyer.id, "search_history", True, "en")
    with processing(Purpose.SEARCH_HISTORY, subject=buyer.id, reading=True), connection.cursor() as cursor:
        for bit, stands in ((REGISTER.flags()["search_history"], True), (1 << 59, False)):
            cursor.execute("SELECT mingpu.consented(%s), mingpu.turn(%s) IS NOT NULL", [bit, bit])
            assert cursor.fetchone() == (stands, stands)


def test_a_no_takes_back_every_flag_a_yes_ever_set(buyer):
    bits = versions.flags_ever("search_history")
    assert bits & REGISTER.flags()["search_history"]
    for it in versions.kept():
        assert bits & (1 << it.flags["search_history"])
    assert not bits & REGISTER.flags()["camera"]


# ---- the versions, for everybody ----


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_versions_are_there_for_everybody(language):
    browser = Client(SERVER_NAME="127.0.0.1")
    browser.cookies["mingpu_language"] = language
    page = browser.get("/statement/versions").content.decode()
    for it in versions.kept():
        assert it.version in page
        assert it.hash[:32] in page


def test_the_api_gives_versions_and_their_difference():
    app = Client(SERVER_NAME="127.0.0.1")
    listed = app.get("/api/v1/statement/versions").json()["items"]
    assert [it["version"] for it in listed] == [it.version for it in versions.kept()[::-1]]
    assert [it["previous"] for it in listed[:-1]] == [it["hash"] for it in listed[1:]]
    old = app.get(f"/api/v1/statement?version={OLD}").json()
    assert (old["version"], old["hash"]) == (OLD, versions.kept()[0].hash)
    assert {"items", "purposes", "recipients"} <= old.keys()
    assert (
        app.get(f"/api/v1/statement?version={REGISTER.version}").json() == app.get("/api/v1/statement").json()
    )
    assert app.get("/api/v1/statement?version=2000-01-01").status_code == 404
    found = app.get(f"/api/v1/statement/changes?before={OLD}&after={REGISTER.version}").json()
    assert (found["before"], found["after"]) == (OLD, REGISTER.version)
    assert app.get(f"/api/v1/statement/changes?before={OLD}&after=x").status_code == 404
