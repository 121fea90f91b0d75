"""Passwords: hashed with argon2id, checked with the same work whether or not the name exists, throttled."""

from datetime import timedelta
from typing import Final
from uuid import UUID, uuid4

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from mingpu.accounts import rules
from mingpu.accounts.errors import TooMany, WrongSignIn
from mingpu.accounts.models import Attempt, Credential
from mingpu.accounts.queries import network_index
from mingpu.accounts.services.codes import counted, hold, wait_until
from mingpu.lib.clock import now
from mingpu.privacy.purposes import Purpose, processing

# RFC 9106 with 19 MiB: about 30 ms and small enough for many sign-ins at once.
_HASHER: Final = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_NOBODY: Final = _HASHER.hash(uuid4().hex)  # what the password of a name that does not exist is held against


def hash_password(password: str) -> str:
    """Return an argon2id hash; password: as `rules.password` returns it."""
    return _HASHER.hash(password)


def check_password(*, subject: UUID | None, name: bytes, password: str, address: str) -> UUID:
    """Return `subject` when the password is theirs; the try counts until `clear_attempts`.

    subject: None for a name nobody has: all the same work is done. name: blind index of what was typed;
    password: as typed; address: of the network. Raises TooMany, WrongSignIn.
    """
    whose = subject or uuid4()
    known = _admit(whose, name, network_index(address))
    right = _matches(known or _NOBODY, rules.typed_password(password))
    if not right or subject is None:
        raise WrongSignIn
    return subject


def clear_attempts(name: bytes) -> None:
    """Drop the tries on a name after a right one, inside the running block of its person."""
    Attempt.objects.filter(name_index=name).delete()


def _admit(subject: UUID, name: bytes, source: bytes) -> str | None:
    """Count the try before it is made, so that guesses side by side count too; return the person's hash."""
    with processing(Purpose.IDENTITY_CHECK, subject=subject):
        hold(name)
        hold(source)
        since = now() - timedelta(minutes=rules.GUESSING_MINUTES)
        for what, key, free in (
            ("attempts_on", name, rules.FREE_GUESSES),
            ("attempts_from", source, rules.FREE_GUESSES_FROM),
        ):
            failures, _, last = counted(what, key, since)
            pause = timedelta(seconds=rules.guessing_pause(failures, free))
            if last and last + pause > now():
                raise TooMany(retry_after=wait_until(last, pause))
        Attempt.objects.create(subject_id=subject, name_index=name, address_index=source, at=now())
        rows = Credential.objects.filter(person_id=subject)
        return rows.values_list("password_hash", flat=True).first()


def _matches(known: str, password: str) -> bool:
    try:
        return _HASHER.verify(known, password)
    except (VerificationError, InvalidHashError):
        return False
