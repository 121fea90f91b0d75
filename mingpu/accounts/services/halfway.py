"""Signing in, half: who has a second step, or has been away for long, shows one thing more before there is a sign-in.

Every way in but opening an account and a passkey (which is two steps in one) ends in `enter`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import F

from mingpu.accounts.errors import SignInAgain, WrongCode
from mingpu.accounts.models import Credential, HalfSignIn
from mingpu.accounts.proof_rules import SECOND
from mingpu.accounts.queries import find, token_hash
from mingpu.accounts.services.familiar import attempt_key
from mingpu.accounts.services.guessing import clear_attempts
from mingpu.accounts.services.passkeys import check_passkey
from mingpu.accounts.services.passwords import check_password
from mingpu.accounts.services.second_step import look, take
from mingpu.accounts.services.sessions import SignedIn, open_session
from mingpu.lib.clock import now
from mingpu.lib.ids import token
from mingpu.privacy.fields import blind_index
from mingpu.privacy.purposes import Purpose, processing

LIFE: Final = timedelta(minutes=5)
TRIES: Final = 5
AWAY: Final = timedelta(days=90)  # after that a number that was given up may be somebody else's


@dataclass(frozen=True, slots=True)
class HalfIn:
    """The first half of signing in. token: to show with the second; ways: what would do, the best first."""

    token: str = field(repr=False)
    expires_at: datetime
    ways: tuple[str, ...]


def enter(person_id: UUID, kind: str, *, by: str, marks: str = "") -> SignedIn | HalfIn:
    """Sign in, or half, inside the running block of the person. kind: web | api.

    by: what showed that it is them, of `proof_rules.WAYS` or `ENTRIES`; marks: what this browser keeps of earlier
    sign-ins.
    """
    familiar = attempt_key(marks, person_id) is not None
    if by not in SECOND and (ways := _wanted(person_id, by)):
        half, moment = token(), now()
        HalfSignIn.objects.create(
            token_hash=token_hash(half), person_id=person_id, kind=kind, familiar=familiar, ways=" ".join(ways),
            tries_left=TRIES, created_at=moment, expires_at=moment + LIFE,
        )  # fmt: skip
        return HalfIn(half, moment + LIFE, ways)
    return open_session(person_id, kind, by=by, familiar=familiar)


def half_of(half: str) -> HalfIn:
    """Return what a half sign-in waits for. Raises SignInAgain for one that is over."""
    row = _row(half)[1]
    return HalfIn(half, row["expires_at"], tuple(row["ways"].split()))


def finish(
    *,
    half: str,
    address: str,
    marks: str = "",
    passkey: Mapping[str, Any] | None = None,
    totp_code: str | None = None,
    recovery_code: str | None = None,
    password: str | None = None,
) -> SignedIn:
    """Take the second half, once. half: the token of `HalfIn`; address: of the network.

    Raises SignInAgain for one that is used, old, or was tried five times; WrongCode, WrongPasskey, WrongSignIn, TooMany.
    """
    person_id, row = _row(half)
    given = {"passkey": passkey, "totp_code": totp_code, "recovery_code": recovery_code, "password": password}
    way = next((it for it in row["ways"].split() if given[it]), None)
    with processing(Purpose.IDENTITY_CHECK, subject=person_id):
        mine = HalfSignIn.objects.filter(token_hash=token_hash(half), tries_left__gt=0, expires_at__gt=now())
        if not mine.update(tries_left=F("tries_left") - 1):
            raise SignInAgain
    if way is None:
        raise WrongCode
    if passkey is not None and way == "passkey":
        check_passkey(person_id=person_id, credential=passkey)
    elif password is not None and way == "password":
        _check_password(person_id, password, address, marks)
    else:
        named = {way: given[way]}
        take(person_id=person_id, address=address, marks=marks, **named)  # type: ignore[arg-type]  # one of two texts
    with processing(Purpose.IDENTITY_CHECK, subject=person_id):
        if not HalfSignIn.objects.filter(token_hash=token_hash(half)).delete()[0]:
            raise SignInAgain
        return open_session(person_id, row["kind"], by=way, familiar=row["familiar"])


def _wanted(person_id: UUID, by: str) -> tuple[str, ...]:
    """Return what else somebody shows, beside `by`; empty for nothing."""
    it = look(person_id)
    passkeys = ("passkey",) if it.passkeys else ()
    if it.on_at:
        return (*passkeys, *(["totp_code"] if it.totp else []), *(["recovery_code"] if it.left else []))
    since = Credential.objects.filter(person_id=person_id).values_list("signed_in_at", flat=True).first()
    away = by in {"phone_code", "provider"} and since is not None and since < now() - AWAY
    return (*passkeys, "password") if away else ()


def _row(half: str) -> tuple[UUID, dict[str, Any]]:
    person_id = find("half", token_hash(half)) if 0 < len(half) <= 200 else None  # noqa: PLR2004 -- ours have 43
    if person_id is None:
        raise SignInAgain
    with processing(Purpose.IDENTITY_CHECK, subject=person_id, reading=True):
        row = (
            HalfSignIn.objects.filter(token_hash=token_hash(half))
            .values("kind", "ways", "familiar", "expires_at")
            .first()
        )
    if row is None:
        raise SignInAgain
    return person_id, dict(row)


def _check_password(person_id: UUID, password: str, address: str, marks: str) -> None:
    name = blind_index("accounts_attempt.confirm", str(person_id))
    _, counted_as = check_password(
        subject=person_id, name=name, password=password, address=address, marks=marks
    )
    with processing(Purpose.IDENTITY_CHECK, subject=person_id):
        clear_attempts(counted_as)
