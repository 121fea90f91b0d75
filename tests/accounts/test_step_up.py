"""Showing once more that it is you: which proof does for whom, for how long, and of which sign-in."""

from datetime import timedelta
from itertools import product

import pytest

from mingpu.accounts import proof_rules, services
from mingpu.accounts.errors import ProofNeeded, WrongCode, WrongPasskey, WrongSignIn
from mingpu.accounts.proof_rules import ACTS, ENTRIES, WAYS, Proven
from mingpu.accounts.services import step_up
from mingpu.lib.clock import now
from mingpu.lib.errors import NotFound
from tests.authenticator import Authenticator
from tests.people import PASSWORD, App, from_owner, later, network, unproven

pytestmark = pytest.mark.usefixtures("outside")


def proven(
    by: str = "password", *, ago: timedelta = timedelta(), second: bool = False, familiar: bool = False
) -> Proven:
    moment = now() - ago
    return Proven(since=moment, at=moment, by=by, second=second, ways=("password",), familiar=familiar)


# What showed that it was them, and whether they have a second step -> whether it does.
DOES = {
    ("passkey", False): True, ("passkey", True): True, ("totp_code", False): True, ("totp_code", True): True,
    ("recovery_code", False): True, ("recovery_code", True): True, ("password", False): True, ("password", True): False,
    ("phone_code", False): True, ("phone_code", True): False, ("opening", False): True, ("opening", True): False,
    ("provider", False): False, ("provider", True): False, ("", False): False, ("", True): False,
}  # fmt: skip


def test_which_proof_does_for_whom():
    assert {(by, second) for by, second in DOES} == set(product([*WAYS, *ENTRIES, ""], [False, True]))
    assert {it: proof_rules.suffices(it[0], second=it[1]) for it in DOES} == DOES


@pytest.mark.parametrize("act", sorted(ACTS))
def test_every_act_asks_and_says_why(act):
    proof_rules.check(proven(), act)
    with pytest.raises(ProofNeeded) as needed:
        proof_rules.check(proven(ago=timedelta(minutes=10)), act)
    assert needed.value.more == {"act": act, "proofs": ["password"]}
    assert all(text.zh and text.en for text in (ACTS[act].title, ACTS[act].why))


def test_only_paying_cares_whether_the_device_is_known():
    old = proven(ago=timedelta(days=3), familiar=True)
    for act in ACTS:
        if act in {"first_payment", "stored_value"}:
            proof_rules.check(old, act)
        else:
            with pytest.raises(ProofNeeded):
                proof_rules.check(old, act)


def test_an_act_nobody_named_is_a_mistake_of_ours():
    with pytest.raises(ValueError, match="exports"):
        proof_rules.check(proven(), "exports")


@pytest.mark.parametrize("second", [False, True], ids=["one step", "two steps"])
def test_what_one_could_show(second):
    for totp, recovery, passkeys in product([False, True], repeat=3):
        found = proof_rules.ways(second=second, totp=totp, recovery=recovery, passkeys=passkeys)
        assert ("passkey" in found) == passkeys
        assert ("totp_code" in found) == (second and totp)
        assert ("recovery_code" in found) == (second and recovery)
        assert ("password" in found) == ("phone_code" in found) == (not second)
        assert all(proof_rules.suffices(it, second=second) for it in found)
        assert [it for it in WAYS if it in found] == list(found)


def require(person: App, act: str = "export") -> None:
    step_up.require(person_id=person.person_id, token=person.token, act=act)


def prove(person: App, **given) -> None:
    step_up.prove(person_id=person.person_id, token=person.token, address=network(), **given)


def test_a_sign_in_a_moment_ago_is_proof_and_grows_old(person: App):
    require(person)
    assert not step_up.standing(person_id=person.person_id, token=person.token).again
    unproven(person.token)
    with pytest.raises(ProofNeeded) as needed:
        require(person)
    assert needed.value.more["proofs"] == ["password", "phone_code"]


def test_a_proof_lasts_ten_minutes(person: App):
    unproven(person.token)
    prove(person, password=PASSWORD)
    require(person)
    assert step_up.standing(person_id=person.person_id, token=person.token).again
    unproven(person.token)
    with pytest.raises(ProofNeeded):
        require(person)


def test_a_wrong_proof_is_none(person: App):
    unproven(person.token)
    for given, refusal in (
        ({"password": "not the right one"}, WrongSignIn), ({"phone_code": "000000"}, WrongCode), ({}, WrongSignIn),
        ({"passkey": {}}, WrongPasskey),
    ):  # fmt: skip
        with pytest.raises(refusal):
            prove(person, **given)
    with pytest.raises(ProofNeeded):
        require(person)


def test_a_code_proves_once(person: App):
    unproven(person.token)
    later(person.phone, 61)
    code = person.code(person.phone, "confirm")
    prove(person, phone_code=code)
    require(person)
    with pytest.raises(WrongCode):
        prove(person, phone_code=code)


def test_a_proof_is_of_one_sign_in(person: App):
    other = services.sign_in_by_password(
        login=person.username, password=PASSWORD, address=network(), kind="web"
    )
    for token in (person.token, other.token):
        unproven(token)
    prove(person, password=PASSWORD)
    with pytest.raises(ProofNeeded):
        step_up.require(person_id=person.person_id, token=other.token, act="export")


def test_somebody_elses_passkey_or_sign_in_proves_nothing(person: App):
    thief = App(network()).register()
    it = Authenticator(origin="http://localhost:8000")
    options = services.begin_passkey(person_id=thief.person_id)
    services.add_passkey(person_id=thief.person_id, credential=it.make(options), name="")
    unproven(person.token)
    shown = it.show(thief.call("POST", "/passkeys/options").json()["options"])
    with pytest.raises(WrongPasskey):
        prove(person, passkey=shown)
    with pytest.raises(NotFound):
        step_up.prove(person_id=thief.person_id, token=person.token, address=network(), password=PASSWORD)
    with pytest.raises(NotFound):
        step_up.require(person_id=thief.person_id, token=person.token, act="export")
    with pytest.raises(ProofNeeded):
        require(person)


def test_guesses_at_a_proof_are_slowed_down(person: App):
    unproven(person.token)
    status = [
        person.call("POST", "/me/proofs", {"password": f"guess number {it}"}).status_code for it in range(8)
    ]
    assert status[:5] == [401] * 5
    assert status[-1] == 429
    assert person.call("POST", "/me/proofs", {"password": PASSWORD}).status_code == 429


def test_a_new_device_is_asked_once_before_it_pays(person: App):
    new = services.sign_in_by_password(
        login=person.username, password=PASSWORD, address=network(), kind="web"
    )
    known = services.sign_in_by_password(
        login=person.username, password=PASSWORD, address=network(), kind="web", marks=new.mark
    )
    for token in (new.token, known.token, person.token):
        unproven(token)
    mine = {"person_id": person.person_id}
    step_up.require_to_pay(**mine, token=known.token)
    step_up.require_to_pay(**mine, token=person.token)  # it opened the account
    with pytest.raises(ProofNeeded):
        step_up.require_to_pay(**mine, token=new.token)
    step_up.prove(**mine, token=new.token, address=network(), password=PASSWORD)
    step_up.require_to_pay(**mine, token=new.token)
    unproven(new.token)
    step_up.require_to_pay(**mine, token=new.token)


def test_the_api_says_what_would_do_and_takes_it(person: App):
    assert person.call("GET", "/me/proofs").json()["recent"] is True
    unproven(person.token)
    assert person.call("GET", "/me/proofs").json() == {
        "recent": False, "until": None, "proofs": ["password", "phone_code"],
    }  # fmt: skip
    for method, path, body, act in (
        ("POST", "/me/privacy/exports", None, "export"), ("POST", "/me/cancellation", {}, "cancellation"),
        ("POST", "/me/passkeys/options", {}, "passkeys"), ("PUT", "/me/email", {"email": None}, "contact"),
        ("POST", "/me/passkeys", {"credential": {}}, "passkeys"),
        ("DELETE", f"/me/passkeys/{person.person_id}", None, "passkeys"),
    ):  # fmt: skip
        answer = person.call(method, path, body)
        said = answer.json()
        assert (answer.status_code, said["code"], said["act"]) == (403, "proof_needed", act), path
        assert said["proofs"] == ["password", "phone_code"]
    assert person.call("POST", "/me/proofs", {"password": "no"}).status_code == 401
    done = person.call("POST", "/me/proofs", {"password": PASSWORD})
    assert (done.status_code, done.json()["recent"]) == (200, True)
    assert person.call("POST", "/me/privacy/exports").status_code == 202


def test_nothing_of_a_proof_is_kept_but_when_and_by_what(person: App):
    unproven(person.token)
    prove(person, password=PASSWORD)
    (row,) = from_owner(
        "SELECT to_jsonb(s)::text FROM accounts_session s WHERE person_id = %s", [person.person_id]
    )
    assert PASSWORD not in row[0]
    assert '"proven_by": "password"' in row[0]
