"""Openings: what waits for a second person, what stands for a case, and what the person reads of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from mingpu.governance.models import Opening
from mingpu.governance.rules import REASONS
from mingpu.lib.clock import now
from mingpu.lib.text import Text
from mingpu.privacy.exceptions import exceptions
from mingpu.privacy.gates import gates
from mingpu.privacy.purposes import Purpose, processing

MOST = 100
COLUMNS = ("number", "item", "reference", "reason", "note", "staff", "at", "approved_by", "until")


@dataclass(frozen=True, slots=True)
class Look:
    """One act, without whose data it opens. until: None while it waits for a second person."""

    number: str
    item: str
    label: Text
    reference: str
    reason_label: Text
    note: str
    staff: str
    at: datetime
    approved_by: str
    until: datetime | None

    @property
    def open(self) -> bool:
        """Whether it can be looked at now."""
        return self.until is not None and self.until > now()


def waiting_looks() -> list[Look]:
    """Return the looks that wait for a second person, oldest first."""
    with processing(Purpose.GATE_DESK, subject=None, reference="looks", reading=True):
        rows = Opening.objects.filter(purpose="reveal", approved_at=None).order_by("at")
        return [_look(row) for row in rows.values(*COLUMNS)[:MOST]]


def stands(*, reference: str, staff: str) -> list[Look]:
    """Return what a member of staff asked to see for a case and is open or waits."""
    with processing(Purpose.GATE_DESK, subject=None, reference=reference, reading=True):
        rows = Opening.objects.filter(purpose="reveal", reference=reference, staff=staff).order_by("-at")
        found = [_look(row) for row in rows.values(*COLUMNS)[:MOST]]
    return [it for it in found if it.open or it.until is None]


def looks_of(person_id: UUID) -> list[Look]:
    """Return who may have seen values of a person in full, newest first: what they may know of by now."""
    with processing(Purpose.RIGHTS, subject=person_id, reading=True):
        rows = Opening.objects.filter(person_id=person_id, approved_at__isnull=False).order_by("-at")
        return [_look(row) for row in rows.values(*COLUMNS)[:MOST]]


def _look(row: Mapping[str, Any]) -> Look:
    gate, code = gates().get(row["item"]), exceptions().get(row["reason"])
    reason = code.title if code else REASONS.get(row["reason"], Text(row["reason"], row["reason"]))
    return Look(
        label=gate.label if gate else Text(row["item"], row["item"]),
        reason_label=reason,
        **{name: row[name] for name in COLUMNS if name != "reason"},
    )
