"""The doors of the extras: refused under a stable code until the function, the switch and the consent are there."""

import copy
import re

import pytest
from django.test import Client
from django.urls import reverse

from mingpu.lib.errors import MallError, NotFound
from mingpu.privacy import consent, doors
from mingpu.privacy.grants import granted, register_sql
from mingpu.privacy.purposes import Purpose, processing
from mingpu.privacy.register import REGISTER, Register
from tests.factories import make_person

CLOSED = [it.id for it in REGISTER.purposes.values() if not it.open]
RECORDS = {"privacy_inbound", "privacy_consentevent"}


@pytest.fixture
def somebody():
    return make_person().id


def opened(name: str) -> Register:
    """The register once a function is there."""
    raw = copy.deepcopy(dict(REGISTER.raw))
    del raw["purposes"][name]["open"]
    return Register(raw, REGISTER.digest)


def code(name, person_id, register=REGISTER):
    """The stable code of the refusal; '' when the door lets the person through."""
    try:
        doors.check(name, person_id, register=register)
    except MallError as refused:
        return refused.code
    return ""


def test_what_comes_later_has_its_purpose():
    assert set(CLOSED) >= {
        "scanning", "face_login", "photo_search", "publishing", "voice", "robot", "friends", "nearby", "profiling",
        "joined_services", "improvement", "partner_data", "fault_reports", "link_safety",
        "fault_analysis",
    }  # fmt: skip


@pytest.mark.parametrize("name", CLOSED)
def test_a_function_that_is_not_there_refuses_everybody(somebody, name):
    assert code(name, None) == code(name, somebody) == "function_not_open"
    with pytest.raises(NotFound):
        consent.give(somebody, name, True, "en")


@pytest.mark.parametrize("name", CLOSED)
def test_a_closed_purpose_has_no_right_to_any_persons_data(name):
    purpose = REGISTER.purposes[name]
    held = {table.name for table in REGISTER.tables.values() if table.subject and granted(table, purpose)}
    assert held <= RECORDS


@pytest.mark.parametrize("name", CLOSED)
def test_a_closed_purpose_asks_nobody(somebody, name):
    assert name not in {it.name for it in consent.matters()}
    assert name not in consent.standing_of(somebody).consents


@pytest.mark.parametrize("name", [name for name in CLOSED if REGISTER.purposes[name].basis == "consent"])
def test_the_standing_has_a_place_of_its_own_for_each(name):
    flags = REGISTER.flags()
    assert list(flags.values()).count(flags[name]) == 1
    later = [
        text for text in register_sql(opened(name)) if f"TO purpose_{name} " in text and "POLICY" in text
    ]
    assert all(f"mingpu.consented({flags[name]}::bigint)" in text for text in later)


@pytest.mark.parametrize("name", sorted(set(CLOSED) - {"link_safety", "fault_analysis"}))
def test_once_open_it_asks_sign_in_then_the_switch_then_the_consent(somebody, name):
    register = opened(name)
    permission = register.purposes[name].permission
    assert code(name, None, register) == "unauthenticated"
    if permission:
        assert code(name, somebody, register) == "permission_off"
        consent.give(somebody, permission, True, "en")
    assert code(name, somebody, register) == "consent_needed"


def test_a_door_that_is_open_lets_through_who_agreed_and_shuts_with_the_next_word(somebody):
    assert code("search_history", somebody) == "consent_needed"
    consent.give(somebody, "search_history", True, "en")
    assert code("search_history", somebody) == ""
    consent.give(somebody, "search_history", False, "en")
    assert code("search_history", somebody) == "consent_needed"


@pytest.mark.parametrize("name", ["ordering", "legal", "nothing", "", "../x"])
def test_what_is_no_extra_has_no_door(somebody, name):
    assert code(name, somebody) == "not_found"


def test_a_closed_purpose_reads_nothing_even_from_inside(somebody):
    with processing(Purpose.VOICE, subject=somebody, reading=True):
        pass  # it can be entered and leaves its line; there is nothing it may touch
    assert not [table for table in REGISTER.tables.values() if granted(table, REGISTER.purposes["voice"])]


# ---- over HTTP ----


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_page_says_so_in_words_and_by_code(language):
    browser = Client(SERVER_NAME="127.0.0.1")
    browser.cookies["mingpu_language"] = language
    page = browser.get(reverse("function", args=["voice"]))
    assert page.status_code == 403
    text = page.content.decode()
    assert ("尚未开放" if language == "zh-hans" else "not open yet") in text
    assert re.search("function_not_open", text)
    assert browser.get(reverse("function", args=["ordering"])).status_code == 404
