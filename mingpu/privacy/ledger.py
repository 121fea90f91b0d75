"""The record of uses as its person searches it, takes it along, and has a line explained."""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import QuerySet

from mingpu.lib.errors import NotFound
from mingpu.lib.text import Text
from mingpu.privacy import models
from mingpu.privacy.catalogue import BASES
from mingpu.privacy.exceptions import exceptions
from mingpu.privacy.purposes import Purpose, processing
from mingpu.privacy.register import REGISTER
from mingpu.privacy.uses import LARGEST_PAGE, Listing, Use, touched, use_of

KINDS: Final = {
    "person": Text("您本人", "You"),
    "staff": Text("客服", "Staff"),
    "system": Text("系统", "System"),
}
COLUMNS: Final = ("id", "at", "purpose", "actor_kind", "actor", "reference")
PIECE: Final = 2000  # lines read at a time
LONGEST_REFERENCE: Final = 64
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")  # what a table would run instead of showing


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which lines: "" and None for all. item: a kind of data, F1 to F12; until: the moment after the last."""

    purpose: str = ""
    actor_kind: str = ""
    item: str = ""
    reference: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Explained:
    """One line in plain words. clauses: (id, what it says); why: the purpose's; rule: who may and what stops others."""

    number: int
    use: Use
    why: str
    clauses: tuple[tuple[str, str], ...]
    rule: str
    sealed: bool  # whether it lies under a seal already


def wanted(asked: Mapping[str, str]) -> Wanted:
    """Read what was asked for in an address; what is no value of its kind counts as not asked."""
    purpose, kind, item = (asked.get(name, "") for name in ("purpose", "actor_kind", "item"))
    until = day(asked.get("until", ""))
    return Wanted(
        purpose=purpose if purpose in REGISTER.purposes else "",
        actor_kind=kind if kind in KINDS else "",
        item=item if item in REGISTER.categories else "",
        reference=asked.get("reference", "").strip()[:LONGEST_REFERENCE],
        since=day(asked.get("since", "")),
        until=until + timedelta(days=1) if until else None,
    )


def day(text: str) -> datetime | None:
    """Return when a day begins, YYYY-MM-DD; None for what is none."""
    try:
        return begins(date.fromisoformat(text))
    except ValueError:
        return None


def begins(given: date | None, *, days: int = 0) -> datetime | None:
    """Return when a day begins, or so many days later; None for none."""
    return datetime.combine(given, time(), UTC) + timedelta(days=days) if given else None


def _chosen(person_id: UUID, it: Wanted) -> QuerySet[models.AccessLog]:
    rows = models.AccessLog.objects.filter(subject=person_id)
    if it.purpose:
        rows = rows.filter(purpose=it.purpose)
    if it.item:
        rows = rows.filter(purpose__in=[name for name in REGISTER.purposes if it.item in touched(name)])
    if it.actor_kind:
        rows = rows.filter(actor_kind=it.actor_kind)
    if it.reference:
        rows = rows.filter(reference=it.reference)
    if it.since:
        rows = rows.filter(at__gte=it.since)
    return rows.filter(at__lt=it.until) if it.until else rows


def lines(person_id: UUID, it: Wanted, *, page: int = 1, page_size: int = 20) -> Listing[tuple[int, Use]]:
    """Return a page of a person's uses with their numbers, newest first. page_size <= 100."""
    page, page_size = max(page, 1), min(max(page_size, 1), LARGEST_PAGE)
    with processing(Purpose.RIGHTS, subject=person_id, reading=True):
        rows = _chosen(person_id, it)
        total, start = rows.count(), (page - 1) * page_size
        found = list(rows.order_by("-id").values(*COLUMNS)[start : start + page_size])
    return Listing(total, [(row["id"], use_of(row)) for row in found], page, page_size)


def explain(person_id: UUID, number: int) -> Explained:
    """Explain one line of a person's own record; raises NotFound for another's."""
    with processing(Purpose.RIGHTS, subject=person_id, reading=True):
        row = models.AccessLog.objects.filter(subject=person_id, id=number).values(*COLUMNS).first()
    if row is None:
        raise NotFound
    sealed = models.LogSeal.objects.filter(first_id__lte=number, last_id__gte=number).exists()
    known = REGISTER.purposes.get(row["purpose"])
    clauses = tuple(
        (name, str(REGISTER.clauses[name].says))
        for name in (known.clauses if known else ())
        if name in REGISTER.clauses
    )
    return Explained(number, use_of(row), str(known.why) if known else "", clauses, _rule(row), sealed)


def _rule(row: Mapping[str, Any]) -> str:
    """Say which rule let it happen, in words."""
    known = REGISTER.purposes.get(row["purpose"])
    if known is None:
        return str(Text("这个用途已经取消。", "This purpose is no more."))
    zones = "、".join(str(REGISTER.zones[zone]) for zone in known.zones)
    said = Text(
        f"数据库角色 {known.role}，只有“{zones}”可以使用；它只看得到您自己的记录。",
        f"The database role {known.role}, for {zones} only; it sees your rows alone.",
    )
    if known.basis == "consent":
        said = Text(said.zh + "只在您同意期间有效。", said.en + " It holds only while you agree.")
    if row["purpose"] == "exception":
        cases = "、".join(code for code, it in exceptions().items() if it.requestable)
        said = Text(
            said.zh + f"须有经两人批准、未过期的申请（条款 {cases} 之一）。",
            said.en + f" It needs a request of two people that stands (one of {cases}).",
        )
    return str(said)


def uses_csv(person_id: UUID, it: Wanted) -> Iterator[str]:
    """Yield a person's uses as CSV, newest first, a piece at a time; the whole is one line of the record itself."""
    yield "\ufeff" + line_of(
        ["number", "at", "purpose", "purpose_label", "who", "actor", "items", "basis", "reference"]
    )
    before: int | None = None
    while True:
        with processing(Purpose.RIGHTS, subject=person_id, reference="csv", reading=True):
            rows = _chosen(person_id, it)
            rows = rows.filter(id__lt=before) if before is not None else rows
            found = list(rows.order_by("-id").values(*COLUMNS)[:PIECE])
        for row in found:
            use = use_of(row)
            yield line_of(
                [
                    row["id"], told_at(use.at), use.purpose, use.purpose_label, str(KINDS.get(use.actor_kind, "")),
                    use.actor, " ".join(use.items_label), str(BASES.get(use.basis, use.basis)), use.reference,
                ]
            )  # fmt: skip
        if len(found) < PIECE:
            return
        before = found[-1]["id"]


def told_at(at: datetime) -> str:
    """Return a moment as tables have it, RFC 3339 in UTC."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def line_of(cells: list[object]) -> str:
    """Write a line of a table; a cell that a program would run as a formula is kept from it."""
    file = io.StringIO()
    told = [f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell for cell in cells]
    csv.writer(file).writerow(told)
    return file.getvalue()
