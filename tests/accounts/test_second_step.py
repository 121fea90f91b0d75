"""The second step: on with proof, asked for at every way in, each code once, nobody's pending sign-in but one's own."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch

import pyotp
import pytest
from django.conf import settings
from django.db import connection

from mingpu.accounts import second_step_rules, services
from mingpu.accounts.errors import (
    LastSecondStep,
    NothingBegun,
    ProofNeeded,
    SignInAgain,
    TooMany,
    WrongCode,
    WrongPasskey,
    WrongSignIn,
)
from mingpu.accounts.passkey_rules import options_to_sign_in
from mingpu.accounts.queries import passkeys_of, person_of
from mingpu.accounts.services import halfway, second_step, step_up
from mingpu.lib.clock import now
from tests.authenticator import Authenticator
from tests.people import PASSWORD, App, from_owner, later, network, still, unproven, wrong_totp

pytestmark = pytest.mark.usefixtures("outside")
STEP = timedelta(seconds=30)


@pytest.fixture(autouse=True)
def _still() -> Iterator[None]:
    """The clock stands in the middle of a step, so that no code grows old between being read and being typed."""
    with still():
        yield


def code_of(secret: str, ago: timedelta = timedelta()) -> str:
    return pyotp.TOTP(secret).at(second_step.now() - ago)


class Second:
    """Somebody with the step on: their secret and their recovery codes. `code()` is one not taken yet."""

    def __init__(self, person: App) -> None:
        self.person = person
        self.secret = services.begin_totp(person_id=person.person_id)
        # The first code is of the step before, so that the one of now is still good.
        self.codes = services.turn_on_totp(person_id=person.person_id, code=code_of(self.secret, STEP))

    def code(self) -> str:
        return code_of(self.secret)

    def wrong(self) -> str:
        return wrong_totp(self.secret, second_step.now())

    def half(self, **changes: Any) -> services.HalfIn:
        it = services.sign_in_by_password(
            login=self.person.username, password=PASSWORD, address=network(), kind="web", **changes
        )
        assert isinstance(it, services.HalfIn)
        return it

    def finish(self, half: str, **given: Any) -> services.SignedIn:
        return services.finish(half=half, address=network(), **given)


@pytest.fixture
def second(person: App) -> Second:
    return Second(person)


# ---- the codes themselves ----


def test_the_codes_are_those_of_the_standard():
    # RFC 6238, appendix B: the SHA-1 secret, cut to six digits.
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    for at, digits in ((59, "287082"), (1111111109, "081804"), (2000000000, "279037")):
        moment = now().fromtimestamp(at, tz=now().tzinfo)
        assert second_step_rules.step_of(secret, digits, moment) == at // 30


@pytest.mark.parametrize(("off", "taken"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_clock_may_be_one_step_off(off, taken):
    # A secret and a time of the standard, whose five codes about then are five.
    secret, moment = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", datetime(2005, 3, 18, 1, 58, 29, tzinfo=UTC)
    step = second_step_rules.step_of(secret, pyotp.TOTP(secret).at(moment + off * STEP), moment)
    assert (step is not None) == taken


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "１２３４５", "-12345", "0" * 500])
def test_what_is_no_code_is_none(typed):
    assert second_step_rules.step_of(second_step_rules.make_secret(), typed, now()) is None


def test_recovery_codes_are_written_as_one_likes():
    made = second_step_rules.make_recovery_codes()
    assert len(set(made)) == 10
    for it in made:
        assert second_step_rules.recovery_key(f" {it.upper()} ") == second_step_rules.recovery_key(
            it.replace("-", " ")
        )


# ---- on and off ----


def test_on_takes_a_code_that_works(person: App):
    pid = person.person_id
    with pytest.raises(NothingBegun):
        services.turn_on_totp(person_id=pid, code="123456")
    secret = services.begin_totp(person_id=pid)
    assert services.second_step_of(pid).on_at is None
    with pytest.raises(WrongCode):
        services.turn_on_totp(
            person_id=pid, code=code_of(services.begin_totp(person_id=App(network()).register().person_id))
        )
    assert isinstance(
        services.sign_in_by_password(login=person.username, password=PASSWORD, address=network(), kind="web"),
        services.SignedIn,
    )
    codes = services.turn_on_totp(person_id=pid, code=code_of(secret))
    it = services.second_step_of(pid)
    assert (it.totp, it.left, len(codes)) == (True, 10, 10)
    assert it.on_at is not None
    with pytest.raises(NothingBegun):
        services.turn_on_totp(person_id=pid, code=code_of(secret))


def test_another_app_takes_the_place_of_the_first(second: Second):
    pid = second.person.person_id
    old, new = second.code(), services.begin_totp(person_id=pid)
    assert services.turn_on_totp(person_id=pid, code=code_of(new, STEP)) == ()
    half = second.half()
    with pytest.raises(WrongCode):
        second.finish(half.token, totp_code=old)
    assert person_of(second.finish(half.token, totp_code=code_of(new)).token) == pid


def test_off_takes_everything_away_and_tells(second: Second):
    pid = second.person.person_id
    services.turn_off(person_id=pid)
    it = services.second_step_of(pid)
    assert (it.on_at, it.totp, it.left) == (None, False, 0)
    assert from_owner("SELECT count(*) FROM accounts_secondstep WHERE person_id = %s", [pid]) == [(0,)]
    told = from_owner(
        "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'notices.tell' AND args->>'person_id' = %s "
        "AND args->>'kind' = 'security'",
        [str(pid)],
    )
    assert told == [(2,)], "on and off"


def test_nothing_of_it_lies_there_readable(second: Second):
    rows = from_owner(
        "SELECT to_jsonb(s)::text FROM accounts_secondstep s WHERE person_id = %(p)s UNION ALL "
        "SELECT to_jsonb(r)::text FROM accounts_recoverycode r WHERE person_id = %(p)s",
        {"p": second.person.person_id},  # type: ignore[arg-type]
    )
    assert len(rows) == 11
    kept = " ".join(row[0] for row in rows)
    assert second.secret not in kept
    assert not any(second_step_rules.recovery_key(it) in kept for it in second.codes)


# ---- signing in ----


def test_password_and_sms_are_half_the_way(second: Second):
    person = second.person
    later(person.phone, 61)
    typed = person.code(person.phone, "login")
    by_code = services.sign_in_by_code(phone=person.phone, phone_code=typed, address=network(), kind="api")
    for half in (second.half(), by_code):
        assert isinstance(half, services.HalfIn)
        assert half.ways == ("totp_code", "recovery_code")
        assert person_of(half.token) is None
    assert person_of(second.finish(by_code.token, totp_code=second.code()).token) == person.person_id


def test_a_code_works_once(second: Second):
    code = second.code()
    second.finish(second.half().token, totp_code=code)
    for other in (code, code_of(second.secret, STEP)):
        with pytest.raises(WrongCode):
            second.finish(second.half().token, totp_code=other)


def test_the_half_works_once_five_times_and_five_minutes(second: Second):
    used = second.half()
    second.finish(used.token, totp_code=second.code())
    with pytest.raises(SignInAgain):
        second.finish(used.token, recovery_code=second.codes[0])
    tried = second.half()
    for _ in range(5):
        with pytest.raises(WrongCode):
            second.finish(tried.token)
    with pytest.raises(SignInAgain):
        second.finish(tried.token, recovery_code=second.codes[0])
    old = second.half()
    with patch.object(halfway, "now", lambda: now() + timedelta(minutes=6)), pytest.raises(SignInAgain):
        second.finish(old.token, recovery_code=second.codes[0])
    for nonsense in ("", "x", "x" * 10_000, second.person.token):
        with pytest.raises(SignInAgain):
            second.finish(nonsense, recovery_code=second.codes[0])
    assert services.second_step_of(second.person.person_id).left == 10


def test_anothers_half_takes_nothing_of_mine(second: Second):
    thief = Second(App(network()).register())
    for given in ({"totp_code": thief.code()}, {"recovery_code": thief.codes[0]}):
        with pytest.raises(WrongCode):
            second.finish(second.half().token, **given)
    with pytest.raises(WrongCode):
        second.finish(second.half().token, password=PASSWORD)


def test_a_recovery_code_opens_once_and_is_told(second: Second):
    it = second.finish(second.half().token, recovery_code=second.codes[3].upper())
    assert person_of(it.token) == second.person.person_id
    assert services.second_step_of(second.person.person_id).left == 9
    with pytest.raises(WrongCode):
        second.finish(second.half().token, recovery_code=second.codes[3])


def test_one_recovery_code_side_by_side_opens_once(second: Second):
    halves = [second.half().token for _ in range(6)]

    def attempt(half: str) -> str:
        try:
            second.finish(half, recovery_code=second.codes[0])
        except (WrongCode, TooMany) as refused:
            return refused.code
        else:
            return "in"
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        found = Counter(pool.map(attempt, halves))
    assert found["in"] == 1, found
    assert services.second_step_of(second.person.person_id).left == 9


def test_one_code_side_by_side_opens_once(second: Second):
    halves, code = [second.half().token for _ in range(4)], second.code()

    def attempt(half: str) -> bool:
        try:
            second.finish(half, totp_code=code)
        except (WrongCode, TooMany):
            return False
        else:
            return True
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(attempt, halves)) == 1


def test_new_recovery_codes_void_the_old(second: Second):
    made = services.renew_recovery_codes(person_id=second.person.person_id)
    assert not set(made) & set(second.codes)
    with pytest.raises(WrongCode):
        second.finish(second.half().token, recovery_code=second.codes[0])
    second.finish(second.half().token, recovery_code=made[0])


def test_guesses_are_slowed_down_however_many_halves_there_are(second: Second):
    def guess() -> type[Exception]:
        with pytest.raises((WrongCode, TooMany)) as refused:
            second.finish(second.half().token, totp_code=second.wrong())
        return refused.type

    found = Counter(guess() for _ in range(8))
    assert found[WrongCode] <= 6
    assert found[TooMany] >= 2


def test_a_familiar_browser_is_not_locked_out_by_others(second: Second):
    mine = second.finish(second.half().token, recovery_code=second.codes[0])
    for _ in range(7):
        with pytest.raises((WrongCode, TooMany)):
            second.finish(second.half().token, totp_code=second.wrong())
    half = second.half(marks=mine.mark)
    assert (
        second.finish(half.token, totp_code=second.code(), marks=mine.mark).person_id
        == second.person.person_id
    )


# ---- passkeys as the second step ----


def passkey_of(person: App) -> Authenticator:
    it = Authenticator(origin=f"http://localhost:{settings.PORT}")
    services.add_passkey(
        person_id=person.person_id,
        credential=it.make(services.begin_passkey(person_id=person.person_id)),
        name="",
    )
    return it


def test_a_passkey_is_both_steps_or_the_second(second: Second):
    it = passkey_of(second.person)
    whole = services.sign_in_by_passkey(credential=it.show(options_to_sign_in()), kind="web")
    half = second.half()
    assert half.ways == ("passkey", "totp_code", "recovery_code")
    done = second.finish(half.token, passkey=it.show(options_to_sign_in()))
    assert person_of(whole.token) == person_of(done.token) == second.person.person_id
    thief = passkey_of(App(network()).register())
    with pytest.raises(WrongPasskey):
        second.finish(second.half().token, passkey=thief.show(options_to_sign_in()))


def test_a_step_of_passkeys_alone_keeps_its_last(person: App):
    pid, it = person.person_id, passkey_of(person)
    codes = services.turn_on_passkeys(person_id=pid, passkey=it.show(options_to_sign_in()))
    assert len(codes) == 10
    (kept,) = passkeys_of(pid)
    with pytest.raises(LastSecondStep):
        services.remove_passkey(person_id=pid, passkey_id=kept.id)
    assert len(passkeys_of(pid)) == 1
    services.turn_off(person_id=pid)
    services.remove_passkey(person_id=pid, passkey_id=kept.id)


# ---- what needs it ----


def test_with_a_second_step_nothing_less_is_proof(second: Second):
    person = second.person
    later(person.phone, 61)
    sms = person.code(person.phone, "confirm")
    for given in ({"password": PASSWORD}, {"phone_code": sms}):
        with pytest.raises(ProofNeeded) as needed:
            services.confirm_person(person_id=person.person_id, address=network(), **given)
        assert needed.value.more["proofs"] == ["totp_code", "recovery_code"]
    # The sign-in is minutes old, but by what is less than the second step.
    with pytest.raises(ProofNeeded):
        step_up.require(person_id=person.person_id, token=person.token, act="second_step")
    step_up.prove(person_id=person.person_id, token=person.token, address=network(), totp_code=second.code())
    step_up.require(person_id=person.person_id, token=person.token, act="second_step")


def test_the_api_from_first_to_last(person: App):
    begun = person.call("POST", "/me/second-step/app").json()
    assert begun["address"].startswith("otpauth://totp/")
    first = {"totp_code": code_of(begun["secret"], STEP)}
    codes = person.call("PUT", "/me/second-step/app", first).json()["recovery_codes"]
    assert person.call("GET", "/me/second-step").json()["left"] == 10
    away = App(network())
    half = away.call("POST", "/sessions", {"login": person.username, "password": PASSWORD})
    assert (half.status_code, half.json()["ways"]) == (202, ["totp_code", "recovery_code"])
    assert "token" not in half.json()
    wrong = away.call("POST", "/sessions/second", {"half": half.json()["half"], "totp_code": "x"})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "wrong_code")
    done = away.call("POST", "/sessions/second", {"half": half.json()["half"], "recovery_code": codes[0]})
    assert done.status_code == 201
    again = away.call("POST", "/sessions/second", {"half": half.json()["half"], "recovery_code": codes[1]})
    assert (again.status_code, again.json()["code"]) == (401, "sign_in_again")
    away.token = half.json()["half"]
    assert away.call("GET", "/me/profile").status_code == 401
    unproven(person.token)
    assert person.call("DELETE", "/me/second-step").json()["code"] == "proof_needed"
    assert person.call("POST", "/me/proofs", {"password": PASSWORD}).json()["code"] == "proof_needed"
    taken = person.call("POST", "/me/proofs", {"totp_code": code_of(begun["secret"])})
    assert taken.status_code == 200, taken.content
    assert person.call("POST", "/me/second-step/recovery-codes").status_code == 200
    assert person.call("DELETE", "/me/second-step").status_code == 204


# ---- long away ----


def away_since(person: App, days: int) -> None:
    from_owner(
        "UPDATE accounts_credential SET signed_in_at = now() - make_interval(days => %s) WHERE person_id = %s",
        [days, person.person_id],
    )


@pytest.mark.parametrize(("days", "whole"), [(89, True), (91, False)])
def test_a_number_alone_opens_no_account_that_was_long_away(person: App, days, whole):
    away_since(person, days)
    later(person.phone, 61)
    typed = person.code(person.phone, "login")
    it = services.sign_in_by_code(phone=person.phone, phone_code=typed, address=network(), kind="web")
    assert isinstance(it, services.SignedIn) == whole
    if isinstance(it, services.HalfIn):
        assert it.ways == ("password",)
        with pytest.raises(WrongSignIn):
            services.finish(half=it.token, address=network(), password="guess at it")
        assert (
            services.finish(half=it.token, address=network(), password=PASSWORD).person_id == person.person_id
        )
        later(person.phone, 61)
        typed = person.code(person.phone, "login")
        again = services.sign_in_by_code(phone=person.phone, phone_code=typed, address=network(), kind="web")
        assert isinstance(again, services.SignedIn)


def test_a_password_opens_it_however_long(person: App):
    away_since(person, 800)
    it = services.sign_in_by_password(login=person.username, password=PASSWORD, address=network(), kind="web")
    assert isinstance(it, services.SignedIn)
