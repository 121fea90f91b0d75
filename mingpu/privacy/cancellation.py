"""Leaving: what still stands in the way, the time to think it over, the way back, and what comes after.

active -> cooling_off (until a due time) -> erasing -> gone. From the moment somebody asks to leave, the database
refuses every purpose but signing in, rights, cancellation and erasure. Whoever calls `request` has made sure that
it is the person (password or code).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import connection

from mingpu.lib.clock import now
from mingpu.lib.errors import MallError, NotFound
from mingpu.lib.jobs import enqueue
from mingpu.lib.text import Text
from mingpu.privacy import certificate, forgetting, models
from mingpu.privacy.purposes import Purpose, processing
from mingpu.privacy.register import REGISTER
from mingpu.privacy.rows import kept_until

ACTIVE, COOLING, ERASING = "active", "cooling_off", "erasing"


class TooLate(MallError):
    """The cooling-off period is over and erasure has begun; it cannot be undone."""

    zh = "冷静期已过，删除已经开始，无法撤回。"
    code = "erasure_begun"


@dataclass(frozen=True, slots=True)
class Blocker:
    """One matter to be finished first: the table it lies in, its number, what to say."""

    kind: str
    reference: str
    label: str


@dataclass(frozen=True, slots=True)
class Leaving:
    """Where a person stands with leaving. state: active | cooling_off | erasing."""

    state: str
    blockers: Sequence[Blocker] = ()
    until: datetime | None = None
    certificate_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Frozen:
    """What the law keeps for a while: its name, until when, why."""

    label: str
    until: datetime | None
    why: str


@dataclass(frozen=True, slots=True)
class Preview:
    """What will happen: what is erased, what is frozen."""

    erase: list[str]
    frozen: list[Frozen] = field(default_factory=list)


def state_of(person_id: UUID) -> Leaving:
    """Return where a person stands, with what stands in the way; raises NotFound without an account."""
    with processing(Purpose.CANCELLATION, subject=person_id, reading=True):
        return _state(person_id)


def request(person_id: UUID, *, keep: bytes | None = None) -> Leaving:
    """Start cooling off, unless something is still open; then only say what.

    keep: hash of the token of the sign-in that asks; all others end at once. Asked again, the first time counts.
    """
    with processing(Purpose.CANCELLATION, subject=person_id):
        models.Standing.objects.select_for_update().filter(person_id=person_id).values_list("state").first()
        known = _state(person_id)
        if known.state != ACTIVE or known.blockers:
            return known
        until = now() + timedelta(days=settings.COOLING_OFF_DAYS)
        row = models.Cancellation(person_id=person_id, requested_at=now(), until=until)
        row.save(force_insert=True)
        models.Standing.objects.filter(person_id=person_id).update(state=COOLING)
        forgetting.note_leaving(person_id, row.requested_at, until, row.certificate_id, row.vault_id)
        with connection.cursor() as cursor:
            cursor.execute(
                "DELETE FROM accounts_session WHERE person_id = %s AND token_hash <> %s",
                [person_id, keep or b""],
            )
        enqueue(
            "privacy.erase", at=until, once=f"erase:{person_id}:{until.isoformat()}", person_id=str(person_id)
        )
        enqueue("notices.tell", person_id=str(person_id), kind="leaving", mark=row.certificate_id.hex)
        return Leaving(COOLING, (), until, row.certificate_id)


def withdraw(person_id: UUID) -> Leaving:
    """Take the wish to leave back; everything is as before. Raises TooLate once erasure has begun.

    For somebody who is not leaving nothing changes.
    """
    with processing(Purpose.CANCELLATION, subject=person_id):
        cooling = models.Standing.objects.filter(person_id=person_id, state=COOLING)
        if cooling.update(state=ACTIVE):
            models.Cancellation.objects.filter(person_id=person_id).delete()
            forgetting.note_staying(person_id)
        known = _state(person_id)
    if known.state == ERASING:
        raise TooLate
    return known


def preview(person_id: UUID) -> Preview:
    """Return what cancelling would erase and what it would freeze."""
    erase = [
        str(table.label) for table in REGISTER.tables.values() if table.subject and table.erase == "delete"
    ]
    with processing(Purpose.CANCELLATION, subject=person_id, reading=True), connection.cursor() as cursor:
        cursor.execute(
            "SELECT max(coalesce(completed_at, placed_at)) FROM orders_order WHERE person_id = %s",
            [person_id],
        )
        (newest,) = cursor.fetchone()
    if newest is None:
        return Preview(erase)
    until = kept_until(newest)
    why = str(REGISTER.retention["order"])
    kept = [str(table.label) for table in REGISTER.tables.values() if table.erase == "freeze"]
    return Preview(erase, [Frozen(label, until, why) for label in dict.fromkeys(kept)])


def certificate_file(certificate_id: UUID) -> str:
    """Return a certificate as its file (JSON); raises NotFound until it is issued. Needs no purpose."""
    row = models.Certificate.objects.filter(id=certificate_id).values("body", "signature", "receipts").first()
    if row is None:
        raise NotFound
    return certificate.document(row["body"], row["signature"], row["receipts"])


def _state(person_id: UUID) -> Leaving:
    state = models.Standing.objects.filter(person_id=person_id).values_list("state", flat=True).first()
    if state is None:
        raise NotFound
    if state == ACTIVE:
        return Leaving(ACTIVE, tuple(_blockers(person_id)))
    rows = models.Cancellation.objects.filter(person_id=person_id).values("until", "certificate_id")
    row = rows.first()
    return Leaving(state, (), row["until"], row["certificate_id"]) if row else Leaving(state)


def _blockers(person_id: UUID) -> list[Blocker]:
    """Find open matters by what the register calls open, inside a block of cancellation."""
    found = []
    with connection.cursor() as cursor:
        for table in REGISTER.tables.values():
            if not table.open:
                continue
            label = Text(**table.open["label"])
            cursor.execute(
                f"SELECT DISTINCT {table.open['reference']} FROM {table.name} "  # noqa: S608 -- names are the register's
                f"WHERE {table.subject} = %s AND {table.open['where']} ORDER BY 1",
                [person_id],
            )
            found += [
                Blocker(table.name, row[0], str(label).format(reference=row[0])) for row in cursor.fetchall()
            ]
    return found
