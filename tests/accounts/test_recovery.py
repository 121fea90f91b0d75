"""Getting back in: what one channel may do, what two may, who can stop it, and what waits afterwards."""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import pyotp
import pytest
from django.conf import settings

from mingpu.accounts import services
from mingpu.accounts.errors import (
    AccountHeld,
    BadField,
    MoreProof,
    NothingBegun,
    TooMany,
    WrongCode,
    WrongPasskey,
    WrongSignIn,
)
from mingpu.accounts.passkey_rules import options_to_sign_in
from mingpu.accounts.proof_rules import HELD
from mingpu.accounts.queries import person_of
from mingpu.accounts.services import recovering, second_step, step_up
from mingpu.lib.clock import now
from tests.authenticator import Authenticator
from tests.jobs import run_jobs
from tests.people import PASSWORD, App, from_owner, later, messages, network, still, wrong

pytestmark = pytest.mark.usefixtures("outside")
FRESH = "seven-quiet-Harbours-11"


class Owner:
    """Somebody with a phone and a mailbox."""

    def __init__(self, person: App) -> None:
        self.person, self.pid = person, person.person_id
        self.mail = f"lin-{uuid4().hex}@example.com"
        code = person.code(self.mail, "register", "email")
        services.change_email(person_id=self.pid, email=self.mail, email_code=code)

    def code(self, channel: str) -> str:
        to = self.person.phone if channel == "sms" else self.mail
        later(to, 61)
        return self.person.code(to, "reset", channel)

    def reset(self, **given: Any) -> Any:
        return services.reset_password(password=FRESH, address=network(), **given)

    def by_phone(self, **more: Any) -> Any:
        return self.reset(to=self.person.phone, code=self.code("sms"), **more)

    def by_mail(self, **more: Any) -> Any:
        return self.reset(to=self.mail, code=self.code("email"), **more)

    def by_both(self, **more: Any) -> Any:
        phone, mail = self.code("sms"), self.code("email")
        return self.reset(to=self.person.phone, code=phone, also=self.mail, also_code=mail, **more)

    def sign_in(self, password: str) -> Any:
        return services.sign_in_by_password(
            login=self.person.username, password=password, address=network(), kind="web"
        )

    def second(self) -> tuple[str, ...]:
        with still():
            secret = services.begin_totp(person_id=self.pid)
            return services.turn_on_totp(person_id=self.pid, code=pyotp.TOTP(secret).at(second_step.now()))

    def passkey(self) -> Any:
        it = Authenticator(origin=f"http://localhost:{settings.PORT}")
        options = services.begin_passkey(person_id=self.pid)
        services.add_passkey(person_id=self.pid, credential=it.make(options), name="")
        return it.show(options_to_sign_in())

    def waited(self) -> None:
        from_owner("UPDATE accounts_recovery SET due_at = now() WHERE person_id = %s", [self.pid])


@pytest.fixture
def owner(person: App) -> Owner:
    return Owner(person)


# Which proofs, with a second step or without -> whether it is at once, and whether the step goes.
TABLE: Mapping[tuple[str, bool], tuple[bool, bool]] = {
    ("phone", False): (False, False), ("phone", True): (False, False),
    ("mail", False): (False, False), ("mail", True): (False, False),
    ("both", False): (True, False), ("both", True): (True, False),
    ("both, second lost", False): (False, True), ("both, second lost", True): (False, True),
    ("phone, second lost", False): (False, False), ("phone, second lost", True): (False, False),
    ("phone and recovery code", True): (True, False), ("mail and recovery code", True): (True, False),
    ("phone and passkey", False): (True, False), ("mail and passkey", True): (True, False),
}  # fmt: skip


@pytest.mark.parametrize(
    ("proofs", "second"), TABLE, ids=[f"{it[0]}, {'two steps' if it[1] else 'one'}" for it in TABLE]
)
def test_which_proofs_do_what(owner: Owner, proofs, second):
    codes = owner.second() if second else ()
    more: dict[str, Any] = {}
    if "lost" in proofs:
        more["lost_second"] = True
    if "recovery code" in proofs:
        more["recovery_code"] = codes[0]
    if "passkey" in proofs:
        more["passkey"] = owner.passkey()
    verb = {"phone": owner.by_phone, "mail": owner.by_mail, "both": owner.by_both}[
        re.split(r"[ ,]", proofs)[0]
    ]
    due = verb(**more)
    at_once, lifts = TABLE[proofs, second]
    assert (due is None) == at_once
    assert (person_of(owner.person.token) is None) == at_once
    it = services.recovery_of(owner.pid)
    assert (it.state, it.lifts) == (("none", False) if at_once else ("waiting", lifts))
    assert (it.held_until is not None) == at_once
    if due is not None:
        assert timedelta(hours=71) < due - now() <= timedelta(hours=72)


def test_one_channel_opens_nothing_before_its_time(owner: Owner):
    owner.by_phone()
    with pytest.raises(WrongSignIn):
        owner.sign_in(FRESH)
    assert owner.sign_in(PASSWORD).person_id == owner.pid
    assert person_of(owner.person.token) == owner.pid
    soon = now() + timedelta(hours=71, minutes=50)
    with patch.object(recovering, "now", lambda: soon), pytest.raises(WrongSignIn):
        owner.sign_in(FRESH)


def test_its_time_comes_and_every_sign_in_ends(owner: Owner):
    owner.by_phone()
    owner.waited()
    assert services.recovery_of(owner.pid).state == "due"
    # Wrong, and so nothing of it may be undone by the refusal: the time has come all the same.
    with pytest.raises(WrongSignIn):
        owner.sign_in(PASSWORD)
    assert person_of(owner.person.token) is None
    it = services.recovery_of(owner.pid)
    assert it.state == "settled"
    assert it.held_until is not None
    assert owner.sign_in(FRESH).person_id == owner.pid


def test_the_second_step_stays_unless_both_channels_ask(owner: Owner):
    owner.second()
    owner.by_mail(lost_second=True)
    owner.waited()
    assert isinstance(owner.sign_in(FRESH), services.HalfIn)
    owner.by_both(lost_second=True)
    owner.waited()
    assert isinstance(owner.sign_in(FRESH), services.SignedIn)
    assert services.second_step_of(owner.pid).on_at is None


def test_every_channel_is_told_and_the_mail_stops_it(owner: Owner):
    owner.by_phone()
    run_jobs(owner.pid, names=("notices.tell", "notices.send"))
    assert any("72小时" in it["text"] for it in messages(owner.person.phone, 1))
    (token,) = re.findall(
        r"/recover/stop\?token=(\w+)", " ".join(it["text"] for it in messages(owner.mail, 1))
    )
    kept = from_owner("SELECT to_jsonb(r)::text FROM accounts_recovery r WHERE person_id = %s", [owner.pid])
    assert not any(token in row[0] for row in kept)
    assert services.recovery_person(token) == owner.pid
    services.stop_recovery(person_id=owner.pid)
    with pytest.raises(NothingBegun):
        services.recovery_person(token)
    owner.waited()
    with pytest.raises(WrongSignIn):
        owner.sign_in(FRESH)
    assert owner.sign_in(PASSWORD).person_id == owner.pid
    with pytest.raises(NothingBegun):
        services.stop_recovery(person_id=owner.pid)


@pytest.mark.parametrize(
    "token", ["", "0" * 32, "x" * 5_000, "\udcff"], ids=["none", "zeros", "long", "broken"]
)
def test_words_nobody_was_sent_stop_nothing(token):
    with pytest.raises(NothingBegun):
        services.recovery_person(token)


def test_what_is_wrong_changes_nothing(owner: Owner):
    owner.second()
    thief = Owner(App(network()).register())
    phone, mail, other = owner.code("sms"), thief.code("email"), wrong(owner.code("email"))
    refusals: tuple[tuple[dict[str, Any], type[Exception]], ...] = (
        ({"to": owner.person.phone, "code": wrong(phone)}, WrongCode),
        ({"to": owner.person.phone, "code": phone, "also": owner.mail, "also_code": other}, WrongCode),
        ({"to": owner.person.phone, "code": phone, "also": thief.mail, "also_code": mail}, WrongCode),
        ({"to": thief.person.phone, "code": phone}, WrongCode),
        ({"to": "no number", "code": phone}, BadField),
        ({"to": f"nobody-{uuid4().hex}@example.com", "code": phone}, WrongCode),
        ({"to": owner.person.phone, "code": phone, "recovery_code": "aaaaa-aaaaa"}, WrongCode),
    )
    for given, refusal in refusals:
        with pytest.raises(refusal):
            owner.reset(**given)
    with pytest.raises(WrongPasskey):
        owner.by_mail(passkey=thief.passkey())
    assert services.recovery_of(owner.pid).state == "none"
    assert isinstance(owner.sign_in(PASSWORD), services.HalfIn)


def test_the_same_number_twice_is_one_channel(owner: Owner):
    code = owner.code("sms")
    assert owner.reset(to=owner.person.phone, code=code, also=owner.person.phone, also_code=code) is not None
    with pytest.raises(WrongCode):
        owner.reset(to=owner.person.phone, code=code)


def test_guesses_from_a_network_are_slowed(owner: Owner):
    address = network()
    for _ in range(30):
        with pytest.raises(WrongCode):
            services.reset_password(to=owner.mail, code="000000", password=FRESH, address=address)
    with pytest.raises(TooMany):
        services.reset_password(to=owner.mail, code="000000", password=FRESH, address=address)


@pytest.mark.parametrize(("days", "refused"), [(89, False), (91, True)])
def test_a_number_that_may_be_anothers_by_now(owner: Owner, days, refused):
    from_owner(
        "UPDATE accounts_credential SET signed_in_at = now() - make_interval(days => %s) WHERE person_id = %s",
        [days, owner.pid],
    )
    if refused:
        with pytest.raises(MoreProof):
            owner.by_phone()
        assert services.recovery_of(owner.pid).state == "none"
        assert owner.by_mail() is not None
        assert owner.by_both() is None
    else:
        assert owner.by_phone() is not None


# ---- afterwards ----


def test_what_a_thief_would_want_waits(owner: Owner):
    owner.by_both()
    new = owner.sign_in(FRESH)
    mine = {"person_id": owner.pid, "token": new.token}
    step_up.require(**mine, act="passkeys")
    for act in HELD:
        with pytest.raises(AccountHeld):
            step_up.require(**mine, act=act)
    step_up.require_to_pay(**mine)
    with pytest.raises(AccountHeld):
        step_up.require_to_pay(**mine, stored=True)
    from_owner("UPDATE accounts_credential SET held_until = now() WHERE person_id = %s", [owner.pid])
    for act in HELD:
        step_up.require(**mine, act=act)


def test_the_api_holds_it_too(owner: Owner):
    owner.by_both()
    app = owner.person
    app.token = app.call("POST", "/sessions", {"login": app.username, "password": FRESH}).json()["token"]
    for method, path, body in (
        ("POST", "/me/privacy/exports", {"password": FRESH}), ("POST", "/me/cancellation", {"password": FRESH}),
        ("PUT", "/me/email", {"email": None}), ("POST", "/me/cancellation", {}),
    ):  # fmt: skip
        answer = app.call(method, path, body)
        assert (answer.status_code, answer.json()["code"]) == (403, "account_held"), path
    assert app.call("GET", "/me/recovery").json()["held_until"] is not None


# ---- a password of one's own ----


def test_another_password_ends_the_other_sign_ins(owner: Owner):
    other = owner.sign_in(PASSWORD)
    owner.by_phone()
    for weak in ("short", owner.person.username, "1g2w3e4r"):
        with pytest.raises(BadField):
            services.set_password(person_id=owner.pid, token=owner.person.token, password=weak)
    services.set_password(person_id=owner.pid, token=owner.person.token, password=FRESH)
    assert person_of(other.token) is None
    assert person_of(owner.person.token) == owner.pid
    assert services.recovery_of(owner.pid).state == "none", "a recovery that waited is void"
    assert owner.sign_in(FRESH).person_id == owner.pid
