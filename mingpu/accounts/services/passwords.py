"""Passwords: hashed with argon2id, checked with the same work whether or not the name exists, throttled."""

from typing import Final
from uuid import UUID, uuid4

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from mingpu.accounts import rules
from mingpu.accounts.errors import WrongSignIn
from mingpu.accounts.models import Credential
from mingpu.accounts.queries import network_index
from mingpu.accounts.services.familiar import attempt_key
from mingpu.accounts.services.guessing import admit
from mingpu.accounts.services.recovering import settle
from mingpu.privacy.purposes import Purpose, processing

# RFC 9106 with 19 MiB: about 30 ms and small enough for many sign-ins at once.
_HASHER: Final = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_NOBODY: Final = _HASHER.hash(uuid4().hex)  # what the password of a name that does not exist is held against


def hash_password(password: str) -> str:
    """Return an argon2id hash; password: as `rules.password` returns it."""
    return _HASHER.hash(password)


def check_password(
    *, subject: UUID | None, name: bytes, password: str, address: str, marks: str = ""
) -> tuple[UUID, bytes]:
    """Return `subject` when the password is theirs, and the key under which the try counts until `clear_attempts`.

    subject: None for a name nobody has: all the same work is done. name: blind index of what was typed;
    password: as typed; address: of the network; marks: what a browser keeps of earlier sign-ins, "" for none:
    whoever shows one of this person's is counted apart from all others. Raises TooMany, WrongSignIn.
    """
    whose = subject or uuid4()
    source = network_index(address)
    familiar = attempt_key(marks, whose)
    limits: tuple[tuple[str, bytes, int], ...] = (
        (("attempts_on", familiar, rules.FREE_GUESSES),)
        if familiar
        else (("attempts_on", name, rules.FREE_GUESSES), ("attempts_from", source, rules.FREE_GUESSES_FROM))
    )
    with processing(Purpose.IDENTITY_CHECK, subject=whose):
        admit(subject=whose, name=familiar or name, source=source, limits=limits)
        settle(whose)
        rows = Credential.objects.filter(person_id=whose)
        known = rows.values_list("password_hash", flat=True).first()
    right = _matches(known or _NOBODY, rules.typed_password(password))
    if not right or subject is None:
        raise WrongSignIn
    return subject, familiar or name


def _matches(known: str, password: str) -> bool:
    try:
        return _HASHER.verify(known, password)
    except (VerificationError, InvalidHashError):
        return False
