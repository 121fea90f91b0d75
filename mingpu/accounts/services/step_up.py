"""Showing once more that it is you. `require` before an act, `prove` when asked; a sign-in remembers it for ten minutes.

Every act in `proof_rules.ACTS` goes through here, whatever page or call it is on.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from mingpu.accounts import proof_rules, rules
from mingpu.accounts.errors import ProofNeeded, WrongCode, WrongSignIn
from mingpu.accounts.models import Credential, Session
from mingpu.accounts.proof_rules import Proven
from mingpu.accounts.queries import token_hash
from mingpu.accounts.second_step_rules import SecondStepView
from mingpu.accounts.services.codes import redeem
from mingpu.accounts.services.guessing import clear_attempts
from mingpu.accounts.services.passkeys import check_passkey
from mingpu.accounts.services.passwords import check_password
from mingpu.accounts.services.recovering import number_is_new
from mingpu.accounts.services.second_step import look, second_step_of, take
from mingpu.lib.clock import now
from mingpu.lib.errors import NotFound
from mingpu.privacy.fields import blind_index
from mingpu.privacy.purposes import Purpose, processing


def require(*, person_id: UUID, token: str, act: str) -> None:
    """Make sure that a sign-in was proven of late, before an act of `proof_rules.ACTS`.

    token: of the sign-in. Raises ProofNeeded, which says what would do, and NotFound for a sign-in that has ended.
    """
    proof_rules.check(standing(person_id=person_id, token=token), act)


def require_to_pay(*, person_id: UUID, token: str, stored: bool = False) -> None:
    """Make sure that it is the person who pays from a device that never did; afterwards the device is known.

    stored: with balance or E-cards, which wait after a recovery. Raises ProofNeeded, AccountHeld, NotFound.
    """
    it = standing(person_id=person_id, token=token)
    proof_rules.check(it, "stored_value" if stored else "first_payment")
    if not it.familiar:
        with processing(Purpose.IDENTITY_CHECK, subject=person_id):
            _session(person_id, token).update(familiar=True)


def prove(*, person_id: UUID, token: str, address: str, **given: Any) -> None:
    """Take a proof and remember it in the sign-in. address: of the network; given: as for `confirm_person`.

    Raises what `confirm_person` raises, and NotFound for a sign-in that has ended.
    """
    by = confirm_person(person_id=person_id, address=address, **given)
    remember(person_id=person_id, token=token, by=by)


def remember(*, person_id: UUID, token: str, by: str) -> None:
    """Write down that a proof was given in a sign-in just now; whoever calls has taken it. by: of `proof_rules.WAYS`.

    Raises NotFound for a sign-in that has ended.
    """
    with processing(Purpose.IDENTITY_CHECK, subject=person_id):
        if not _session(person_id, token).update(proven_at=now(), proven_by=by):
            raise NotFound


def standing(*, person_id: UUID, token: str) -> Proven:
    """Return how a sign-in stands, and what its person could show. Raises NotFound for one that has ended."""
    with processing(Purpose.IDENTITY_CHECK, subject=person_id, reading=True):
        rows = _session(person_id, token)
        row = rows.values("created_at", "proven_at", "proven_by", "familiar").first()
        has = look(person_id)
        until = (
            Credential.objects.filter(person_id=person_id).values("held_until", "number_new_until").first()
        )
    if row is None or until is None:
        raise NotFound
    ways = ways_of(has, number_new=_lies_ahead(until["number_new_until"]))
    return Proven(
        since=row["created_at"], at=row["proven_at"], by=row["proven_by"], second=has.on_at is not None, ways=ways,
        familiar=row["familiar"], held_until=until["held_until"],
    )  # fmt: skip


def confirm_person(
    *,
    person_id: UUID,
    address: str,
    marks: str = "",
    password: str | None = None,
    phone_code: str | None = None,
    passkey: Mapping[str, Any] | None = None,
    totp_code: str | None = None,
    recovery_code: str | None = None,
) -> str:
    """Make sure that the one signed in is the person, by one of these; return which, of `proof_rules.WAYS`.

    address: of the network; marks: what this browser keeps of earlier sign-ins. phone_code: one sent with intent `confirm`, or `cancel`; passkey: an answer to a challenge for
    signing in. Raises ProofNeeded where another would be needed, WrongSignIn, WrongCode, WrongPasskey, TooMany.
    """
    if passkey is not None:
        check_passkey(person_id=person_id, credential=passkey)
        return "passkey"
    if totp_code or recovery_code:
        return take(
            person_id=person_id,
            address=address,
            marks=marks,
            totp_code=totp_code,
            recovery_code=recovery_code,
        )
    if (has := second_step_of(person_id)).on_at:
        raise ProofNeeded(act="account", ways=ways_of(has, number_new=False))
    if password:
        _check_password(person_id, address, marks, password)
        return "password"
    if phone_code:
        _check_code(person_id, phone_code, has)
        return "phone_code"
    raise WrongSignIn


def _check_password(person_id: UUID, address: str, marks: str, password: str) -> None:
    name = blind_index("accounts_attempt.confirm", str(person_id))
    _, counted_as = check_password(
        subject=person_id, name=name, password=password, address=address, marks=marks
    )
    with processing(Purpose.IDENTITY_CHECK, subject=person_id):
        clear_attempts(counted_as)


def _check_code(person_id: UUID, typed: str, has: SecondStepView) -> None:
    code = rules.code(typed)
    with processing(Purpose.IDENTITY_CHECK, subject=person_id):
        if number_is_new(person_id):
            raise ProofNeeded(act="account", ways=ways_of(has, number_new=True))
        right = code is not None and any(redeem(intent=it, code=code) for it in ("confirm", "cancel"))
    if not right:
        raise WrongCode


def _session(person_id: UUID, token: str) -> Any:
    return Session.objects.filter(person_id=person_id, token_hash=token_hash(token), expires_at__gt=now())


def ways_of(it: SecondStepView, *, number_new: bool) -> tuple[str, ...]:
    """Return the proofs that somebody could give, the best first. number_new: a code to it is none yet."""
    return proof_rules.ways(
        second=it.on_at is not None, totp=it.totp, recovery=it.left > 0, passkeys=it.passkeys > 0,
        number_new=number_new,
    )  # fmt: skip


def _lies_ahead(moment: datetime | None) -> bool:
    return moment is not None and moment > now()
