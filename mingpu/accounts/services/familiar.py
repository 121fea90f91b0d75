"""Browsers and apps a person signed in from before: they keep a mark, the mall keeps nothing.

Guesses made elsewhere do not count against whoever shows a mark, so that nobody is locked out of their own account
by others who try its name. The way is that of OWASP's device cookies. A mark says nothing about its person.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from hmac import compare_digest
from secrets import token_bytes
from typing import Final
from uuid import UUID

from mingpu.lib.clock import now
from mingpu.privacy.fields import blind_index

MARK_DAYS: Final = 180
MOST_MARKS: Final = 4  # people who share a browser
_BODY = 12  # bytes: two for the day, ten that are random
_PLACE = "accounts_attempt.familiar"


def make_mark(person_id: UUID) -> str:
    """Return a mark of `person_id` for a browser or app to keep; 40 characters of base64url without dots."""
    body = _today().to_bytes(2) + token_bytes(_BODY - 2)
    return urlsafe_b64encode(body + _sign(person_id, body)).decode().rstrip("=")


def add_mark(marks: str, mark: str) -> str:
    """Return what a browser keeps after another sign-in: the newest mark first, `MOST_MARKS` at most."""
    return ".".join([mark, *filter(None, marks.split("."))][:MOST_MARKS])


def attempt_key(marks: str, person_id: UUID) -> bytes | None:
    """Return the key under which tries from a familiar browser are counted; None when no mark is this person's."""
    for mark in marks.split(".")[:MOST_MARKS]:
        try:
            raw = urlsafe_b64decode(mark.encode() + b"==")
        except (NotBase64, ValueError):
            continue
        body, age = raw[:_BODY], _today() - int.from_bytes(raw[:2])
        if compare_digest(raw[_BODY:], _sign(person_id, body)) and 0 <= age <= MARK_DAYS:
            return blind_index(f"{_PLACE}.key", f"{person_id.hex}:{body.hex()}")
    return None


def _sign(person_id: UUID, body: bytes) -> bytes:
    return blind_index(_PLACE, f"{person_id.hex}:{body.hex()}")


def _today() -> int:
    return now().date().toordinal() % 2**16
