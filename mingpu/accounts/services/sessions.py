"""Sign-ins: an opaque token for the holder, its hash for us."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Q

from mingpu.accounts.device_rules import hour_of, sign_in_name
from mingpu.accounts.models import Credential, Session
from mingpu.accounts.proof_rules import ENTRIES, WAYS
from mingpu.accounts.queries import session_id, token_hash
from mingpu.accounts.services.familiar import make_mark
from mingpu.accounts.services.notices import warn
from mingpu.lib.clock import now
from mingpu.lib.errors import NotFound
from mingpu.lib.ids import token
from mingpu.lib.jobs import enqueue
from mingpu.privacy import versions
from mingpu.privacy.purposes import Purpose, processing

LIFE: Final = timedelta(days=30)
HOUR: Final = timedelta(hours=1)
KINDS: Final = ("web", "api")


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A new sign-in; the token is shown this once. mark: for the browser or app to keep, see `familiar`."""

    person_id: UUID
    token: str = field(repr=False)
    expires_at: datetime
    mark: str = field(repr=False)


def open_session(person_id: UUID, kind: str, *, by: str, familiar: bool) -> SignedIn:
    """Write a sign-in, inside the running block of its person. kind: web | api.

    by: what showed that it is them, of `proof_rules.WAYS` or `ENTRIES`; familiar: whether this browser or app is
    known from before; of one that is not they are told. Nothing here asks for a second step: see `halfway.enter`, by
    which all others come in.
    """
    if kind not in KINDS or by not in (*WAYS, *ENTRIES):
        raise ValueError(f"{kind} {by}")
    moment = now()
    it = SignedIn(person_id, token(), moment + LIFE, make_mark(person_id))
    Session.objects.create(
        token_hash=token_hash(it.token), person_id=person_id, kind=kind, created_at=moment,
        expires_at=it.expires_at, proven_at=moment, proven_by=by, familiar=familiar,
    )  # fmt: skip
    if by != "opening":
        Credential.objects.filter(person_id=person_id).update(signed_in_at=moment)
    if not familiar:
        warn(person_id, "notice_sign_in", "", mark=session_id(token_hash(it.token)).hex)
    if by != "opening" and len(versions.kept()) > 1:
        enqueue("notices.news", person_id=str(person_id))
    return it


def note_use(*, person_id: UUID, token: str) -> None:
    """Write down the hour in which a sign-in is used, unless that was done within the hour. See `queries.seen_by`."""
    moment = now()
    unused = Q(used_at__lt=moment - HOUR) | Q(used_at=None, created_at__lt=moment - HOUR)
    with processing(Purpose.IDENTITY_CHECK, subject=person_id):
        rows = Session.objects.filter(unused, person_id=person_id, token_hash=token_hash(token))
        rows.update(used_at=hour_of(moment))


def name_session(*, person_id: UUID, session: UUID, name: str) -> None:
    """Call a sign-in something, or nothing again with a blank. Raises BadField, NotFound for anybody else's."""
    kept = sign_in_name(name) or None
    with processing(Purpose.IDENTITY_CHECK, subject=person_id):
        Session.objects.filter(person_id=person_id, token_hash=_hash_of(person_id, session)).update(name=kept)


def end_session(*, person_id: UUID, session: UUID) -> None:
    """End one sign-in; what its device told goes with it. Raises NotFound for anybody else's."""
    with processing(Purpose.IDENTITY_CHECK, subject=person_id):
        Session.objects.filter(person_id=person_id, token_hash=_hash_of(person_id, session)).delete()


def end_other_sessions(*, person_id: UUID, token: str) -> int:
    """End every sign-in but the one of a token; return how many ended."""
    with processing(Purpose.IDENTITY_CHECK, subject=person_id):
        others = Session.objects.filter(person_id=person_id).exclude(token_hash=token_hash(token))
        return others.delete()[0]


def _hash_of(person_id: UUID, session: UUID) -> bytes:
    """Return the key of one of a person's sign-ins, inside their running block. Raises NotFound."""
    keys = Session.objects.filter(person_id=person_id).values_list("token_hash", flat=True)
    found = next((bytes(key) for key in keys if session_id(bytes(key)) == session), None)
    if found is None:
        raise NotFound
    return found
