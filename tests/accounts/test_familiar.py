"""Familiar browsers: others' guesses lock nobody out, a mark helps its own person alone, a day's codes have an end."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from contextlib import suppress
from datetime import timedelta
from unittest.mock import patch
from uuid import uuid4

import pytest
from django.test import Client, override_settings
from hypothesis import given
from hypothesis import strategies as st

from mingpu.accounts import services
from mingpu.accounts.errors import CodeNotSent, TooMany, WrongCode, WrongSignIn
from mingpu.accounts.services import familiar
from mingpu.lib.clock import now
from tests.people import PASSWORD, App, from_owner, later, network, number

pytestmark = pytest.mark.usefixtures("outside")


def sign_in(login: str, password: str = PASSWORD, marks: str = "") -> services.SignedIn:
    return services.sign_in_by_password(
        login=login, password=password, address=network(), kind="web", marks=marks
    )


def lock(login: str) -> None:
    """Guess from many networks until the name is closed."""
    for _ in range(5):
        with pytest.raises(WrongSignIn):
            sign_in(login, "wrong password here")
    with pytest.raises(TooMany):
        sign_in(login)


def test_who_shows_a_mark_gets_in_while_others_guess(person: App):
    mark = sign_in(person.username).mark
    lock(person.username)
    assert sign_in(person.username, marks=mark).person_id == person.person_id
    with pytest.raises(TooMany):  # and that opened the name to nobody else
        sign_in(person.username)


def test_a_mark_is_worth_nothing_for_anybody_else(app: App, person: App):
    mark = sign_in(person.username).mark
    other = App(network()).register()
    lock(other.username)
    with pytest.raises(TooMany):
        sign_in(other.username, marks=mark)


def test_guesses_under_a_mark_are_slowed_too_and_only_there(person: App):
    mark = sign_in(person.username).mark
    for _ in range(5):
        with pytest.raises(WrongSignIn):
            sign_in(person.username, "wrong password here", mark)
    with pytest.raises(TooMany):
        sign_in(person.username, marks=mark)
    assert sign_in(person.username).person_id == person.person_id


def test_four_marks_and_the_newest_first():
    marks = ""
    people = [uuid4() for _ in range(6)]
    for it in people:
        marks = familiar.add_mark(marks, familiar.make_mark(it))
    known = [familiar.attempt_key(marks, it) is not None for it in people]
    assert known == [False, False, True, True, True, True]


def test_a_mark_ends_after_half_a_year():
    who = uuid4()
    mark = familiar.make_mark(who)
    for days, good in ((0, True), (180, True), (181, False), (-1, False)):
        with patch.object(familiar, "now", lambda days=days: now() + timedelta(days=days)):
            assert (familiar.attempt_key(mark, who) is not None) == good


@given(place=st.integers(0, 27), bit=st.integers(0, 7))
def test_an_altered_mark_is_none(place: int, bit: int):
    who = uuid4()
    raw = bytearray(urlsafe_b64decode(familiar.make_mark(who) + "=="))
    assert len(raw) == 28
    raw[place] ^= 1 << bit
    assert familiar.attempt_key(urlsafe_b64encode(bytes(raw)).decode(), who) is None


@given(st.text(max_size=200))
def test_what_is_no_mark_is_none(text: str):
    assert familiar.attempt_key(text, uuid4()) is None


def ask(to: str, intent: str = "login", marks: str = "") -> None:
    later(to, 61)
    services.send_code(
        channel="sms", to=to, intent=intent, address=network(), language="zh-hans", marks=marks
    )


def test_codes_that_others_asked_for_leave_four_to_a_familiar_browser(person: App):
    mark = sign_in(person.username).mark
    for _ in range(7):  # the eighth went out when the account was opened
        with suppress(CodeNotSent):  # the provider has limits of its own, and its clock is not turned
            ask(person.phone)
    with pytest.raises(TooMany):
        ask(person.phone)
    for _ in range(4):
        with suppress(CodeNotSent):
            ask(person.phone, marks=mark)
    with pytest.raises(TooMany):
        ask(person.phone, marks=mark)


def test_a_network_that_guesses_at_codes_is_slowed(person: App):
    address = network()
    for _ in range(30):
        with pytest.raises(WrongCode):
            services.sign_in_by_code(phone=number(), phone_code="123456", address=address, kind="web")
    for verb in (
        lambda: services.sign_in_by_code(phone=number(), phone_code="1", address=address, kind="web"),
        lambda: services.reset_password(
            to=number(), code="123456", password="wise-otter-Lantern-94", address=address
        ),
    ):
        with pytest.raises(TooMany):
            verb()
    code = (later(person.phone, 61), person.code(person.phone, "login"))[1]
    there = services.sign_in_by_code(phone=person.phone, phone_code=code, address=network(), kind="web")
    assert there.person_id == person.person_id


def test_a_days_codes_have_an_end_and_it_tells_nothing_of_the_number(person: App):
    from_owner("DELETE FROM accounts_codebudget", [])
    with override_settings(CODES_A_DAY=2):
        ask(number(), "login")
        ask(number(), "login")
        for to in (person.phone, number()):
            with pytest.raises(CodeNotSent):
                ask(to, "login")
        ask(number(), "register")  # opening accounts has a budget of its own
    assert from_owner("SELECT kind, sent FROM accounts_codebudget ORDER BY kind", []) == [
        ("opening", 1),
        ("signing_in", 2),
    ]


def test_a_browser_keeps_its_mark_where_no_script_reads_it(person: App):
    browser = Client(SERVER_NAME="127.0.0.1")
    answer = browser.post("/login", {"login": person.username, "password": PASSWORD})
    assert answer.status_code == 303
    cookie = answer.cookies["mingpu_mark"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert familiar.attempt_key(cookie.value, person.person_id)
    assert browser.post("/logout").cookies.get("mingpu_mark") is None  # it outlives the sign-in


def test_an_app_shows_its_mark(app: App, person: App):
    signed_in = person.call("POST", "/sessions", {"login": person.username, "password": PASSWORD})
    lock(person.username)
    body = {"login": person.username, "password": PASSWORD}
    assert App(network()).call("POST", "/sessions", body).status_code == 429
    again = App(network()).call("POST", "/sessions", {**body, "mark": signed_in.json()["mark"]})
    assert again.status_code == 201
