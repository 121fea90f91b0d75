"""`Sec-GPC: 1`: a no for as long as it is sent, in the database too, and nothing stored is changed by it."""

import json

import pytest
from django.db import ProgrammingError
from django.test import Client

from mingpu.accounts.models import Profile
from mingpu.personalise.queries import interests_of
from mingpu.privacy import consent
from mingpu.privacy.optout import opting_out, refused_now
from mingpu.privacy.purposes import Purpose, processing
from mingpu.privacy.register import REGISTER
from mingpu.privacy.standing import agrees, turn
from tests.factories import make_person

MARKED = [it.id for it in REGISTER.purposes.values() if it.gpc]
ASKED = list(REGISTER.consents())


@pytest.fixture
def buyer():
    it = make_person()
    for name in ASKED:
        consent.give(it.id, name, True, "en")
    with processing(Purpose.PROFILE, subject=it.id):
        Profile.objects.filter(person_id=it.id).update(interests="茶")
    return it


def test_what_profiles_is_marked_and_what_one_asked_for_is_not():
    assert "personalisation" in MARKED
    assert not {"invoicing", "search_history"} & set(MARKED)
    assert all(REGISTER.purposes[name].basis == "consent" for name in MARKED)


@pytest.mark.parametrize("name", ASKED)
def test_the_signal_refuses_what_is_marked_and_nothing_else(buyer, name):
    with opting_out(True):
        assert agrees(buyer.id, name) is (name not in MARKED)
        assert (turn(buyer.id, name) is None) is (name in MARKED)
        assert refused_now(name) is (name in MARKED)
    assert agrees(buyer.id, name)


def test_the_row_policies_refuse_too(buyer):
    def read():
        with processing(Purpose.PERSONALISATION, subject=buyer.id, reading=True):
            return list(Profile.objects.filter(person_id=buyer.id).values_list("interests", flat=True))

    assert read() == ["茶"]
    with opting_out(True):
        assert read() == []
        assert interests_of(person_id=buyer.id) == ()
        with processing(Purpose.PROFILE, subject=buyer.id, reading=True):
            assert Profile.objects.filter(person_id=buyer.id).exists()
    assert read() == ["茶"]


def test_nothing_stored_is_changed_and_choices_can_still_be_made(buyer):
    before = consent.decisions_of(buyer.id)
    with opting_out(True):
        assert consent.decisions_of(buyer.id) == before
        consent.give(buyer.id, "personalisation", False, "en")
        consent.give(buyer.id, "personalisation", True, "en")
    assert agrees(buyer.id, "personalisation")


def test_a_signal_cannot_give_what_was_refused(buyer):
    consent.give(buyer.id, "search_history", False, "en")
    with (
        pytest.raises(ProgrammingError),
        opting_out(True),
        processing(Purpose.SEARCH_HISTORY, subject=buyer.id),
    ):
        Profile.objects.filter(person_id=buyer.id).update(interests="x")
    with opting_out(True):
        assert not agrees(buyer.id, "search_history")


@pytest.mark.parametrize("sent", ["1", " 1 "])
def test_pages_and_api_say_that_it_was_seen_and_what_it_did(buyer, sent):
    browser = buyer.browser()
    for path in ("/privacy", "/privacy/consents"):
        assert "Sec-GPC" not in browser.get(path).content.decode()
        assert 'id="signal"' in browser.get(path, headers={"Sec-GPC": sent}).content.decode()
    page = browser.get("/privacy/consents", headers={"Sec-GPC": sent}).content.decode()
    assert page.count("“不出售、不共享”信号（Sec-GPC），这一项因此按不同意处理") == len(
        set(MARKED) & set(ASKED)
    )
    items = buyer.api(**{"Sec-GPC": sent}).get("/api/v1/me/privacy/consents").json()["items"]
    assert {it["name"] for it in items if it["refused_by_signal"]} == set(MARKED) & set(ASKED)
    assert all(it["granted"] for it in items)


@pytest.mark.parametrize("sent", ["0", "", "true", "2"])
def test_anything_else_is_no_signal(buyer, sent):
    page = buyer.browser().get("/privacy", headers={"Sec-GPC": sent}).content.decode()
    assert 'id="signal"' not in page


def test_the_home_page_is_anybodys_while_it_is_sent(buyer):
    from_anybody = Client(SERVER_NAME="127.0.0.1").get("/")
    assert from_anybody.status_code == 200
    page = buyer.browser().get("/", headers={"Sec-GPC": "1"}).content.decode()
    assert "为您挑选" not in page


def test_the_mall_says_that_it_heeds_it():
    answer = Client(SERVER_NAME="127.0.0.1").get("/.well-known/gpc.json")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json")
    said = json.loads(answer.content)
    assert said["gpc"] is True
    assert said["lastUpdate"]
