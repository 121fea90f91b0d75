"""Real-name verification: only with its consent, nothing kept but a match, the number seen by nobody."""

import json
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingpu.accounts import real_name_rules as rules
from mingpu.accounts import services
from mingpu.accounts.errors import (
    BadField,
    RealNameKnown,
    RealNameMismatch,
    RealNameOff,
    RealNameTries,
    RealNameUnanswered,
)
from mingpu.accounts.models import RealName
from mingpu.accounts.queries import name_checked
from mingpu.adapters.calls import Patience
from mingpu.lib.errors import NotFound
from mingpu.privacy import consent, keys
from mingpu.privacy.purposes import Purpose, processing
from mingpu.privacy.sharing import records_of
from tests.accounts.id_numbers import new_number
from tests.factories import make_person
from tests.people import App, app, from_owner, person, web  # noqa: F401 -- fixtures among them

pytestmark = pytest.mark.usefixtures("outside")
NAME = "林知夏"


@pytest.fixture
def somebody():
    person_id = make_person().id
    consent.give(person_id, "real_name", True, "zh-hans", "page")
    return person_id


def verify(person_id, number="", name=NAME):
    services.verify_name(person_id=person_id, name=name, number=number or new_number())


def kept(person_id):
    """The row as it lies in the table: whether name and number are there, its state and tries."""
    return from_owner(
        "SELECT name IS NOT NULL, number IS NOT NULL, state, tries FROM accounts_realname WHERE person_id = %s",
        [person_id],
    )


# ---- the number ----


@pytest.mark.parametrize(
    "typed",
    ["330106 19900307 1233", "330106199003071233", "３３０１０６１９９００３０７１２３３"],
    ids=["blanks", "plain", "wide"],
)
def test_a_number_as_people_type_it(typed):
    body = "33010619900307123"
    total = sum(int(sign) * 2 ** (17 - place) for place, sign in enumerate(body))
    right = body + "10X98765432"[total % 11]
    assert rules.id_number(typed[:-1] + right[-1]) == right


@pytest.mark.parametrize(
    "number",
    ["", "1", "33010619900307123", new_number(born="19900231"), new_number(born="17900301"), new_number(born="29900301"),
     new_number(region="990101"), new_number(region="330204", born="20180101"), "A" * 18, "X" + new_number()[1:]],
    ids=["none", "short", "no-digit", "no-day", "too-old", "to-come", "no-region", "region-gone", "letters", "x-first"],
)  # fmt: skip
def test_what_no_card_bears(number):
    with pytest.raises(BadField) as bad:
        rules.id_number(number)
    assert bad.value.name == "number"
    assert number[6:14] not in str(bad.value) or not number[6:14]


def test_a_region_that_is_gone_was_one_for_those_born_then():
    number = new_number(region="330204", born="19900301")  # 江东区, until 2016
    assert rules.id_number(number) == number


@given(st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_is_noticed(place, by):
    number = new_number()
    wrong = number[:place] + str((int(number[place]) + by) % 10) + number[place + 1 :]
    with pytest.raises(BadField):
        rules.id_number(wrong)


@given(st.integers(0, 15))
def test_two_digits_the_wrong_way_round_are_noticed(place):
    number = new_number()
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    if swapped != number:
        with pytest.raises(BadField):
            rules.id_number(swapped)


@pytest.mark.parametrize(
    ("typed", "name"), [(" 林 知夏 ", "林知夏"), ("买买提•吐尔逊", "买买提·吐尔逊")], ids=["blanks", "dot"]
)
def test_a_name_as_on_the_card(typed, name):
    assert rules.real_name(typed) == name


@pytest.mark.parametrize(
    "typed",
    ["", "林", "Lin", "林知夏1", "·林", "林" * 51],
    ids=["none", "one", "latin", "digit", "dot", "long"],
)
def test_what_is_no_name(typed):
    with pytest.raises(BadField):
        rules.real_name(typed)


# ---- asking ----


def test_without_the_consent_nothing_is_asked_or_kept(outside):
    person_id, number = make_person().id, new_number()
    with pytest.raises(RealNameOff):
        verify(person_id, number)
    assert kept(person_id) == []
    assert outside.side.received("identity", number) == []
    assert [one for one in records_of(person_id) if one.recipient == "identity_check"] == []
    assert name_checked(person_id) is None


def test_a_match_is_kept_sealed_and_shown_without_its_number(somebody):
    number = new_number()
    verify(somebody, number)
    it = name_checked(somebody)
    assert (it.state, it.name, it.checked_by) == (rules.VERIFIED, "林**", "tencent")
    assert number not in repr(it)
    ((row,),) = from_owner(
        "SELECT to_jsonb(r)::text FROM accounts_realname r WHERE person_id = %s", [somebody]
    )
    for value in (number, number.encode().hex(), NAME):
        assert value not in row
    with processing(Purpose.REAL_NAME, subject=somebody, reading=True):
        assert RealName.objects.get(person_id=somebody).number == number
    assert keys.fetch(somebody, "identity") is not None  # a key of its own
    with pytest.raises(RealNameKnown):
        verify(somebody)


def test_the_record_of_what_left_hides_the_middle_of_the_number(somebody):
    number = new_number()
    verify(somebody, number)
    (record,) = (one for one in records_of(somebody) if one.recipient == "identity_check")
    assert json.loads(record.payload) == {"IdCard": f"{number[:6]}******{number[-4:]}", "Name": NAME}


def test_a_no_keeps_neither_name_nor_number(somebody):
    with pytest.raises(RealNameMismatch):
        verify(somebody, name="林不是")
    assert kept(somebody) == [(False, False, rules.MISMATCH, 1)]
    verify(somebody)
    assert name_checked(somebody).state == rules.VERIFIED


@pytest.mark.parametrize(
    ("kind", "error"),
    [("trouble", RealNameUnanswered), ("limit", RealNameUnanswered), ("garbled", RealNameUnanswered), ("no_more_today", RealNameTries)],
    ids=["trouble", "limit", "garbled", "no-more-today"],
)  # fmt: skip
def test_a_service_that_does_not_answer_leaves_nothing(somebody, outside, kind, error):
    outside.side.fault("identity", kind, times=1 if kind == "no_more_today" else Patience().attempts)
    with pytest.raises(error):
        verify(somebody)
    assert kept(somebody) == [(False, False, rules.UNANSWERED, 1)]


def test_three_tries_a_day(somebody, outside):
    for _ in range(rules.MOST_TRIES):
        with pytest.raises(RealNameMismatch):
            verify(somebody, name="林不是")
    number = new_number()
    with pytest.raises(RealNameTries):
        verify(somebody, number)
    assert outside.side.received("identity", number) == []
    from_owner("UPDATE accounts_realname SET day = day - 1 WHERE person_id = %s", [somebody])
    verify(somebody)


def test_its_owner_deletes_it_and_taking_back_the_consent_does_too(somebody):
    verify(somebody)
    services.forget_name(person_id=somebody)
    assert kept(somebody) == []
    with pytest.raises(NotFound):
        services.forget_name(person_id=somebody)
    verify(somebody)
    consent.give(somebody, "real_name", False, "zh-hans", "page")
    assert kept(somebody) == []
    assert name_checked(somebody) is None


def test_nobody_else_sees_or_deletes_it(somebody):
    verify(somebody)
    other = make_person().id
    consent.give(other, "real_name", True, "zh-hans", "page")
    assert name_checked(other) is None
    with pytest.raises(NotFound):
        services.forget_name(person_id=other)
    with pytest.raises(NotFound):
        services.forget_name(person_id=uuid4())
    assert name_checked(somebody).state == rules.VERIFIED
    with processing(Purpose.REAL_NAME, subject=other, reading=True):
        assert not RealName.objects.filter(person_id=somebody).exists()


def test_over_http(person: App):  # noqa: F811 -- the fixture
    assert person.call("GET", "/me/real-name").json() == {
        "agreed": False,
        "state": None,
        "name": "",
        "at": None,
        "checked_by": "",
    }
    body = {"name": NAME, "number": new_number()}
    refused = person.call("PUT", "/me/real-name", body)
    assert (refused.status_code, refused.json()["code"]) == (403, "real_name_off")
    person.call("PUT", "/me/privacy/consents/real_name", {"granted": True})
    wrong = person.call("PUT", "/me/real-name", {**body, "number": "1"})
    assert (wrong.status_code, wrong.json()["fields"]) == (422, ["number"])
    answer = person.call("PUT", "/me/real-name", body)
    assert (answer.status_code, answer.json()["state"], answer.json()["name"]) == (200, "verified", "林**")
    assert body["number"] not in answer.content.decode()
    assert person.call("PUT", "/me/real-name", body).status_code == 409
    assert person.call("DELETE", "/me/real-name").status_code == 204
    assert person.call("GET", "/me/real-name").json()["state"] is None
