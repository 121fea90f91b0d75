"""What a person may see of the use of their data: every use, and everything that left the house."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db.models import Q, QuerySet

from mingpu.lib.clock import now
from mingpu.lib.errors import NotFound
from mingpu.lib.text import Text
from mingpu.privacy import models
from mingpu.privacy.catalogue import BASES
from mingpu.privacy.counted import PURPOSE as COUNTED
from mingpu.privacy.counted import read_columns
from mingpu.privacy.gates import gates_of
from mingpu.privacy.grants import granted, readable, updatable
from mingpu.privacy.keys import KeyErased
from mingpu.privacy.purposes import Purpose, processing
from mingpu.privacy.register import REGISTER

T = TypeVar("T")
LARGEST_PAGE = 100
RECENT = timedelta(days=30)
ALL = Q()


@dataclass(frozen=True, slots=True)
class Listing(Generic[T]):
    """One page of a list. page starts at 1."""

    total: int
    items: list[T]
    page: int
    page_size: int


@dataclass(frozen=True, slots=True)
class Use:
    """One use of somebody's data. items: what the purpose may touch, by label."""

    at: datetime
    purpose: str
    purpose_label: str
    actor_kind: str  # person | staff | system
    actor: str
    items: list[str]
    items_label: list[str]  # the kinds they are of
    basis: str
    basis_label: str
    reference: str


@dataclass(frozen=True, slots=True)
class Sent:
    """One message that left. payload: exactly what was sent, None when its key is gone."""

    id: UUID
    at: datetime
    recipient: str
    recipient_label: str
    purpose: str
    purpose_label: str
    items: list[str]
    items_label: list[str]
    payload: dict[str, Any] | None
    reference: str


@dataclass(frozen=True, slots=True)
class Summary:
    """The privacy centre at a glance. allowed: names of consents and permissions that stand."""

    state: str
    allowed: tuple[str, ...]
    uses_recent: int
    shares_total: int
    last_export_at: datetime | None
    cancellation_until: datetime | None


@cache
def touched(purpose: str) -> Mapping[str, tuple[Text, ...]]:
    """Return what a purpose may read or write, by category: labels of columns, each once."""
    it = REGISTER.purposes.get(purpose)
    found: dict[str, dict[str, Text]] = {}
    counts = read_columns(REGISTER) if purpose == COUNTED else {}
    for table in REGISTER.tables.values() if it else ():
        assert it is not None
        letters = granted(table, it)
        names = {*readable(table, it), *updatable(table, it), *counts.get(table.name, ())}
        if "i" in letters:
            names |= table.columns.keys()
        for column in table.columns.values():
            if column.name in names and column.personal and not column.index_of and column.label:
                found.setdefault(column.category, {}).setdefault(column.label.zh, column.label)
    for gate in gates_of(purpose):
        for column in (REGISTER.column(gate.table, name) for name in gate.columns):
            if column.label:
                found.setdefault(column.category, {}).setdefault(column.label.zh, column.label)
    return {
        category: tuple(found[category].values()) for category in REGISTER.categories if category in found
    }


def _items(purpose: str) -> tuple[list[str], list[str]]:
    kinds = touched(purpose)
    labels = dict.fromkeys(str(label) for labels in kinds.values() for label in labels)
    return list(labels), [str(REGISTER.categories[kind]) for kind in kinds]


def purpose_label(purpose: str) -> str:
    """Return a purpose's title in the reader's language; its id for one that is no more."""
    it = REGISTER.purposes.get(purpose)
    return str(it.title) if it else purpose


def uses_of(person_id: UUID, *, page: int = 1, page_size: int = 20, purpose: str = "") -> Listing[Use]:
    """Return a person's uses, newest first; purpose: only that one. page_size <= 100."""
    page, page_size = max(page, 1), min(max(page_size, 1), LARGEST_PAGE)
    with processing(Purpose.RIGHTS, subject=person_id, reading=True):
        rows = models.AccessLog.objects.filter(subject=person_id)
        if purpose:
            rows = rows.filter(purpose=purpose)
        total = rows.count()
        start = (page - 1) * page_size
        found = list(
            rows.order_by("-id").values("at", "purpose", "actor_kind", "actor", "reference")[
                start : start + page_size
            ]
        )
    return Listing(total, [use_of(row) for row in found], page, page_size)


def use_of(row: Mapping[str, Any]) -> Use:
    """Return a line of the record in words, given its columns."""
    known = REGISTER.purposes.get(row["purpose"])
    basis = known.basis if known else ""
    items, kinds = _items(row["purpose"])
    return Use(
        at=row["at"], purpose=row["purpose"], purpose_label=purpose_label(row["purpose"]),
        actor_kind=row["actor_kind"], actor=row["actor"], items=items, items_label=kinds,
        basis=basis, basis_label=str(BASES.get(basis, basis)), reference=row["reference"],
    )  # fmt: skip


def summary_of(person_id: UUID) -> Summary:
    """Return the privacy centre at a glance; raises NotFound for somebody without an account."""
    with processing(Purpose.RIGHTS, subject=person_id, reading=True):
        standing = (
            models.Standing.objects.filter(person_id=person_id).values_list("state", "consents").first()
        )
        if standing is None:
            raise NotFound
        leaving = (
            models.Cancellation.objects.filter(person_id=person_id).values_list("until", flat=True).first()
        )
        exports = models.Export.objects.filter(person_id=person_id).order_by("-requested_at")
        return Summary(
            state=standing[0],
            allowed=tuple(name for name, bit in REGISTER.consents().items() if standing[1] & bit),
            uses_recent=models.AccessLog.objects.filter(subject=person_id, at__gt=now() - RECENT).count(),
            shares_total=models.Share.objects.filter(person_id=person_id).count(),
            last_export_at=exports.values_list("requested_at", flat=True).first(),
            cancellation_until=leaving,
        )


SHARE = ("id", "at", "recipient", "purpose", "items", "reference")


def shares_of(person_id: UUID, *, page: int = 1, page_size: int = 20, chosen: Q = ALL) -> Listing[Sent]:
    """Return what left in a person's name, newest first, with the exact payloads. chosen: only those. page_size <= 100."""
    page, page_size = max(page, 1), min(max(page_size, 1), LARGEST_PAGE)
    with processing(Purpose.RIGHTS, subject=person_id, reading=True):
        rows = models.Share.objects.filter(chosen, person_id=person_id)
        total = rows.count()
        start = (page - 1) * page_size
        found = _opened(rows.order_by("-at", "id")[start : start + page_size])
    return Listing(total, [_sent(row) for row in found], page, page_size)


def every_share(person_id: UUID, chosen: Q = ALL) -> list[Sent]:
    """Return all that left in a person's name, newest first; chosen: only those."""
    with processing(Purpose.RIGHTS, subject=person_id, reference="csv", reading=True):
        rows = models.Share.objects.filter(chosen, person_id=person_id)
        found = _opened(rows.order_by("-at", "id"))
    return [_sent(row) for row in found]


def share_of(person_id: UUID, share_id: UUID) -> Sent:
    """Return one message; raises NotFound for another's."""
    with processing(Purpose.RIGHTS, subject=person_id, reading=True):
        found = _opened(models.Share.objects.filter(person_id=person_id, id=share_id))
    if not found:
        raise NotFound
    return _sent(found[0])


def _opened(rows: QuerySet[models.Share]) -> list[dict[str, Any]]:
    try:
        return list(rows.values(*SHARE, "payload"))
    except KeyErased:
        return [{**row, "payload": None} for row in rows.values(*SHARE)]


def _sent(row: Mapping[str, Any]) -> Sent:
    known = REGISTER.recipients.get(row["recipient"])
    names = row["items"].split()
    fields = known.fields if known else {}
    personal = [name for name in names if fields.get(name)]
    kinds = dict.fromkeys(str(REGISTER.categories[fields[name]]) for name in personal)
    return Sent(
        id=row["id"], at=row["at"], recipient=row["recipient"], recipient_label=str(known.title) if known else row["recipient"],
        purpose=row["purpose"], purpose_label=purpose_label(row["purpose"]), items=names, items_label=list(kinds),
        payload=json.loads(row["payload"]) if row["payload"] else None, reference=row["reference"],
    )  # fmt: skip
