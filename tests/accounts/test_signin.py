"""Signing in: by three names, throttled, telling strangers nothing; tokens that end."""

import re
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
from django.db import OperationalError, connection, connections
from django.test.utils import CaptureQueriesContext

from mingpu.accounts import services
from mingpu.accounts.errors import BadField, TooMany, WrongCode, WrongSignIn
from mingpu.accounts.queries import person_of, token_hash
from mingpu.privacy.models import Standing
from mingpu.privacy.purposes import Purpose, processing
from tests.people import PASSWORD, App, from_owner, later, name, network, number
from tests.support import zone

pytestmark = pytest.mark.usefixtures("outside")


def sign_in(login: str, password: str = PASSWORD, address: str = ""):
    return services.sign_in_by_password(
        login=login, password=password, address=address or network(), kind="web"
    )


def age(seconds: float) -> None:
    """Make every try so far `seconds` older."""
    from_owner("UPDATE accounts_attempt SET at = at - make_interval(secs => %s)", [seconds])


def test_by_any_name_of_theirs(person: App):
    email = f"{uuid4().hex}@example.com"
    services.change_email(
        person_id=person.person_id, email=email, email_code=person.code(email, "register", "email")
    )
    for login in (
        person.username,
        person.username.upper(),
        person.phone,
        f"+86 {person.phone}",
        email,
        email.upper(),
    ):
        assert sign_in(login).person_id == person.person_id


def test_by_code(person: App):
    later(person.phone, 61)
    code = person.code(person.phone, "login")
    new = services.sign_in_by_code(
        phone=f"0086 {person.phone}", phone_code=code, address=network(), kind="api"
    )
    assert person_of(new.token) == person.person_id


def test_a_code_needs_a_number(app: App):
    with pytest.raises(BadField):
        services.sign_in_by_code(phone="x", phone_code="123456", address=network(), kind="api")
    with pytest.raises(WrongCode):
        services.sign_in_by_code(phone=number(), phone_code="123456", address=network(), kind="api")


def test_a_wrong_password_and_an_unknown_name_read_the_same(person: App):
    told = []
    for login in (person.username, name(), number(), f"{uuid4().hex}@example.com", "", "x" * 300):
        with pytest.raises(WrongSignIn) as refused:
            sign_in(login, "wrong password here")
        told.append(refused.value.message)
    assert len(set(told)) == 1


def test_known_and_unknown_names_cost_the_same(person: App):
    """The same statements and the same work of the processor: the hash is computed either way."""
    seen: dict[str, list[str]] = {}
    took: dict[str, list[float]] = {person.username: [], name(): []}
    for login in list(took) * 5:
        began = time.process_time()
        with CaptureQueriesContext(connection) as asked, pytest.raises(WrongSignIn):
            sign_in(login, "wrong password here")
        took[login].append(time.process_time() - began)
        seen[login] = [re.sub(r"'[^']*'|\s*-?\d+", "?", it["sql"]) for it in asked]
    known, unknown = seen.values()
    assert known == unknown
    slow, quick = sorted(min(it) for it in took.values())[::-1]
    assert slow < quick * 1.4


def test_five_free_guesses_then_growing_waits(person: App):
    for _ in range(5):
        with pytest.raises(WrongSignIn):
            sign_in(person.username, "wrong password here")
    waits = []
    for _ in range(4):
        with pytest.raises(TooMany) as refused:
            sign_in(person.username)  # the right one is not even looked at
        waits.append(refused.value.facts["retry_after"])
        age(waits[-1])
        with pytest.raises(WrongSignIn):
            sign_in(person.username, "wrong password here")
    assert [round(it / 15) for it in waits] == [1, 2, 4, 8]


def test_names_nobody_has_are_throttled_too(app: App):
    login = name()
    for _ in range(5):
        with pytest.raises(WrongSignIn):
            sign_in(login, "wrong password here")
    with pytest.raises(TooMany):
        sign_in(login, "wrong password here")


def test_a_network_that_tries_many_names_is_slowed(app: App):
    address = network()
    for _ in range(30):
        with pytest.raises(WrongSignIn):
            sign_in(name(), "x" * 12, address)
    with pytest.raises(TooMany):
        sign_in(name(), "x" * 12, address)
    with pytest.raises(WrongSignIn):
        sign_in(name(), "x" * 12)


def test_getting_it_right_clears_the_count(person: App):
    for _ in range(4):
        with pytest.raises(WrongSignIn):
            sign_in(person.username, "wrong password here")
    sign_in(person.username)
    for _ in range(5):
        with pytest.raises(WrongSignIn):
            sign_in(person.username, "wrong password here")


def test_after_a_quarter_of_an_hour_it_is_forgotten(person: App):
    for _ in range(5):
        with pytest.raises(WrongSignIn):
            sign_in(person.username, "wrong password here")
    age(15 * 60 + 1)
    sign_in(person.username)


def test_guesses_side_by_side_count_too(person: App):
    def guess(n: int) -> type:
        try:
            sign_in(person.username, f"wrong password {n}")
        except (WrongSignIn, TooMany) as refused:
            return type(refused)
        finally:
            connections.close_all()
        raise AssertionError

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(guess, range(16)))
    assert results.count(WrongSignIn) == 5
    assert results.count(TooMany) == 11


def test_nothing_of_a_try_names_anybody(person: App):
    with pytest.raises(WrongSignIn):
        sign_in(person.username, "wrong password here", "203.0.113.77")
    for (row,) in from_owner("SELECT to_jsonb(a)::text FROM accounts_attempt a", []):
        assert person.username not in row
        assert "203.0.113.77" not in row
        assert "password" not in row


def test_signing_out_ends_this_sign_in_and_no_other(person: App):
    one, two = sign_in(person.username), sign_in(person.username)
    services.sign_out(token=one.token)
    services.sign_out(token=one.token)
    services.sign_out(token="nonsense")
    assert person_of(one.token) is None
    assert person_of(two.token) == person.person_id


@pytest.mark.parametrize("token", ["", "x", "x" * 5000, "\x00", "\ud800", "' OR 1=1 --", "é"])
def test_nonsense_is_nobodys_token(app: App, token):
    assert person_of(token) is None


def test_a_token_is_found_again_after_the_server_ended_the_connection(person: App):
    for _ in range(2):
        assert person_of(person.token) == person.person_id
    from_owner("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'zone_storefront'", [])
    assert person_of(person.token) == person.person_id
    connection.close()
    assert person_of(person.token) == person.person_id


def test_a_zone_without_shoppers_cannot_look_up_tokens(person: App):
    with zone("desk"), pytest.raises(OperationalError, match="42501"):
        person_of(person.token)


def test_a_token_ends_after_thirty_days(person: App):
    from_owner(
        "UPDATE accounts_session SET expires_at = now() WHERE token_hash = %s", [token_hash(person.token)]
    )
    assert person_of(person.token) is None


def test_only_the_hash_of_a_token_is_kept(person: App):
    for (row,) in from_owner(
        "SELECT to_jsonb(s)::text FROM accounts_session s WHERE person_id = %s", [person.person_id]
    ):
        assert person.token not in row


def test_before_what_cannot_be_undone_it_must_be_them(person: App):
    them: Any = {"person_id": person.person_id, "address": network()}
    services.confirm_person(**them, password=PASSWORD)
    with pytest.raises(WrongSignIn):
        services.confirm_person(**them, password="wrong password here")
    with pytest.raises(WrongSignIn):
        services.confirm_person(**them)
    with pytest.raises(WrongCode):
        services.confirm_person(**them, phone_code="000000")
    later(person.phone, 61)
    code = person.code(person.phone, "cancel")
    with pytest.raises(WrongCode):
        services.confirm_person(person_id=uuid4(), address=network(), phone_code=code)
    services.confirm_person(**them, phone_code=code)
    with pytest.raises(WrongCode):
        services.confirm_person(**them, phone_code=code)


def test_somebody_who_is_leaving_can_still_sign_in(person: App):
    with processing(Purpose.CANCELLATION, subject=person.person_id):
        Standing.objects.filter(person_id=person.person_id).update(state="cooling_off")
    assert sign_in(person.username).person_id == person.person_id
