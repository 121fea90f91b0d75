"""Sign-ins: an opaque token for the holder, its hash for us."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from mingpu.accounts.models import Session
from mingpu.accounts.queries import token_hash
from mingpu.accounts.services.familiar import make_mark
from mingpu.lib.clock import now
from mingpu.lib.ids import token

LIFE: Final = timedelta(days=30)
KINDS: Final = ("web", "api")


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A new sign-in; the token is shown this once. mark: for the browser or app to keep, see `familiar`."""

    person_id: UUID
    token: str = field(repr=False)
    expires_at: datetime
    mark: str = field(repr=False)


def open_session(person_id: UUID, kind: str) -> SignedIn:
    """Write a sign-in, inside the running block of its person. kind: web | api."""
    if kind not in KINDS:
        raise ValueError(kind)
    moment = now()
    it = SignedIn(person_id, token(), moment + LIFE, make_mark(person_id))
    Session.objects.create(
        token_hash=token_hash(it.token), person_id=person_id, kind=kind, created_at=moment,
        expires_at=it.expires_at,
    )  # fmt: skip
    return it
