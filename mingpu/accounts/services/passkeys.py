"""Passkeys: added by who proves to be the person, used in place of a password, taken out."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from hashlib import sha256
from typing import Any, Final
from uuid import UUID, uuid4

from django.db import IntegrityError

from mingpu.accounts import passkey_rules, rules
from mingpu.accounts.errors import LastSecondStep, TooManyPasskeys, WrongPasskey
from mingpu.accounts.models import Passkey, SecondStep, SpentChallenge
from mingpu.accounts.queries import find, profile_of
from mingpu.accounts.services.familiar import attempt_key
from mingpu.accounts.services.sessions import SignedIn, open_session
from mingpu.lib.clock import now
from mingpu.lib.errors import NotFound
from mingpu.privacy.fields import blind_index
from mingpu.privacy.forgetting import forget
from mingpu.privacy.purposes import Purpose, processing

MOST_PASSKEYS: Final = 10


def begin_passkey(*, person_id: UUID) -> dict[str, Any]:
    """Return the options by which the person's browser makes a passkey; whoever calls made sure that it is the person.

    Raises TooManyPasskeys.
    """
    it = profile_of(person_id)
    with processing(Purpose.IDENTITY_CHECK, subject=person_id, reading=True):
        has = [bytes(known) for known in _of(person_id).values_list("data", flat=True)]
    if len(has) >= MOST_PASSKEYS:
        raise TooManyPasskeys(most=MOST_PASSKEYS)
    return passkey_rules.options_to_add(person_id, name=it.username, nickname=it.nickname, has=has)


def add_passkey(*, person_id: UUID, credential: Mapping[str, Any], name: str) -> UUID:
    """Keep a passkey that a browser made for `begin_passkey`; return its id. Its private part never left the device.

    credential: the browser's `toJSON()`; name: what the person calls it, may be blank. Raises WrongPasskey,
    BadField, TooManyPasskeys.
    """
    it = passkey_rules.made(person_id, credential)
    known_as = rules.passkey_name(name) or None
    passkey_id = uuid4()
    try:
        with processing(Purpose.IDENTITY_CHECK, subject=person_id):
            if _of(person_id).count() >= MOST_PASSKEYS:
                raise TooManyPasskeys(most=MOST_PASSKEYS)
            Passkey.objects.create(
                id=passkey_id, person_id=person_id, credential_hash=_hash(it.credential_id), data=it.data,
                counter=it.counter, name=known_as, added_at=now(),
            )  # fmt: skip
    except IntegrityError:  # sent twice
        raise WrongPasskey from None
    return passkey_id


def remove_passkey(*, person_id: UUID, passkey_id: UUID) -> None:
    """Take a passkey out: it opens nothing any more. Raises NotFound for any that is not the person's, LastSecondStep."""
    with processing(Purpose.IDENTITY_CHECK, subject=person_id):
        removed = forget(_of(person_id).filter(id=passkey_id))
        alone = SecondStep.objects.filter(person_id=person_id, on_at__isnull=False, secret=None).exists()
        if removed and alone and not _of(person_id).exists():
            raise LastSecondStep
    if not removed:
        raise NotFound


def sign_in_by_passkey(*, credential: Mapping[str, Any], kind: str, marks: str = "") -> SignedIn:
    """Sign in by a passkey's answer to a challenge of ours, once for each. kind: web | api.

    The device asked for face, finger or screen lock, so it is two steps in one. credential: the browser's `toJSON()`;
    marks: what this browser keeps of earlier sign-ins. Raises WrongPasskey.
    """
    subject, used = _take(credential, None)
    with processing(Purpose.IDENTITY_CHECK, subject=subject):
        used()
        familiar = attempt_key(marks, subject) is not None
        return open_session(subject, kind, by="passkey", familiar=familiar)


def check_passkey(*, person_id: UUID, credential: Mapping[str, Any]) -> None:
    """Make sure that an answer is of a passkey of this very person. Raises WrongPasskey."""
    _, used = _take(credential, person_id)
    with processing(Purpose.IDENTITY_CHECK, subject=person_id):
        used()


def _take(credential: Mapping[str, Any], whose: UUID | None) -> tuple[UUID, Callable[[], None]]:
    """Check an answer and use its challenge up; return whose it is, and what counts the use in their block.

    whose: whom it must belong to, None for anybody. Raises WrongPasskey.
    """
    it = passkey_rules.shown(credential)
    subject = find("passkey", _hash(it.credential_id))
    if subject is None or whose not in {None, subject}:
        raise WrongPasskey
    with processing(Purpose.IDENTITY_CHECK, subject=subject, reading=True):
        kept = (
            _of(subject)
            .filter(credential_hash=_hash(it.credential_id))
            .values("id", "data", "counter")
            .first()
        )
    if kept is None:
        raise WrongPasskey
    passkey_rules.check(it, data=bytes(kept["data"]), counter=kept["counter"])
    _spend(it.challenge)
    mine = _of(subject).filter(id=kept["id"], counter=kept["counter"])

    def used() -> None:
        if not mine.update(counter=it.counter, used_at=now()):
            raise WrongPasskey  # taken out, or used elsewhere, this very moment

    return subject, used


def _of(person_id: UUID) -> Any:
    return Passkey.objects.filter(person_id=person_id)


def _hash(credential_id: bytes) -> bytes:
    return sha256(credential_id).digest()


def _spend(challenge: bytes) -> None:
    """Use a challenge up, so that an answer overheard is worth nothing. Raises WrongPasskey for a used one."""
    moment = now()
    old = moment - timedelta(seconds=2 * passkey_rules.CHALLENGE_SECONDS)
    SpentChallenge.objects.filter(at__lt=old).delete()
    try:
        SpentChallenge.objects.create(
            mark=blind_index("accounts_spentchallenge.mark", challenge.hex()), at=moment
        )
    except IntegrityError:
        raise WrongPasskey from None
