"""Before staff see data of somebody under 14, another member of staff says so; the database goes by the row."""

from typing import Any
from uuid import UUID

from django.db import connection

from mingpu.lib.clock import now
from mingpu.lib.errors import NotFound
from mingpu.privacy.purposes import Purpose, processing
from mingpu.rights import rules
from mingpu.rights.errors import SameHands
from mingpu.rights.models import Approval

LOOKUPS = ("rights_request", "case")


def ask_approval(*, reference: str, staff: str) -> UUID:
    """Ask to look at the child that a request or an after-sales case is about; returns the asking's id.

    reference: its number. Raises NotFound.
    """
    person_id = _person(reference.strip().upper())
    with processing(Purpose.MINOR_ACCESS, subject=None, reference=reference):
        waiting = Approval.objects.filter(person_id=person_id, staff=staff, approved_at=None)
        if known := waiting.values_list("id", flat=True).first():
            return known
        row = Approval(person_id=person_id, staff=staff, reference=reference, asked_at=now())
        row.save(force_insert=True)
    return row.id


def approve_look(*, approval_id: UUID, staff: str) -> None:
    """Let a colleague look for a day. Raises NotFound, SameHands for one's own."""
    with processing(Purpose.MINOR_ACCESS, subject=None):
        rows = Approval.objects.filter(id=approval_id, approved_at=None)
        asked = rows.values_list("staff", flat=True).first()
        if asked is None:
            raise NotFound
        if asked == staff:
            raise SameHands
        rows.update(approved_by=staff, approved_at=now(), until=now() + rules.APPROVAL_LASTS)


def approvals() -> list[dict[str, Any]]:
    """Return who waits for a yes and who has one that is good, newest first, without persons; at most 200."""
    fields = ("id", "staff", "reference", "asked_at", "approved_by", "until")
    with processing(Purpose.MINOR_ACCESS, subject=None, reading=True):
        return list(Approval.objects.order_by("-asked_at").values(*fields)[:200])


def _person(reference: str) -> UUID:
    for name in LOOKUPS:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT mingpu.lookup_{name}(%s)", [reference])
            found: UUID | None = cursor.fetchone()[0]
        if found:
            return found
    raise NotFound
