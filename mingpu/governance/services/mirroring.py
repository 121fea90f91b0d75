"""What others would see of a person: each reader's own role tried on the person's own rows, shown to nobody else.

The worker enters the very purpose of each reader, with a line in the record that says the person looked at
themselves, and reads column by column: what the role gets is shown after that reader's mask, what it is refused with
the database's own words. Readers without a purpose are tried without one.
"""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, Final
from uuid import UUID

from django.db import ProgrammingError, connection, transaction

from mingpu.governance.models import Mirror
from mingpu.lib.clock import now
from mingpu.lib.jobs import enqueue
from mingpu.orders.models import Part
from mingpu.privacy import masks, rows
from mingpu.privacy.forgetting import forget
from mingpu.privacy.purposes import Purpose, acting, processing
from mingpu.privacy.register import REGISTER, Column, Table

ITSELF: Final = "shown to yourself"
SEEN, REFUSED, NOTHING = "seen", "refused", "nothing"
EXTRA: Final = {("orders_order", "order_no"), ("orders_order", "total_fen"), ("orders_line", "title"), ("wallet_balance", "balance_fen")}  # fmt: skip
Mask = Callable[[str, str], str]


@dataclass(frozen=True, slots=True)
class Cell:
    """One column for one reader. outcome: seen | refused | nothing; value: after the reader's mask; words: the database's."""

    table: str
    column: str
    outcome: str
    value: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class Reader:
    """Who looks: the purpose they act in, None where none exists; how what they see is masked."""

    id: str
    purpose: Purpose | None
    mask: Mask


def _clear(kind: str, value: str) -> str:
    del kind
    return value


def _masked(kind: str, value: str) -> str:
    return masks.mask(kind, value) if kind else value


def _on_label(kind: str, value: str) -> str:
    return masks.waybill(kind, value) if kind else value


READERS: Final = (
    Reader("service", Purpose.SERVICE, _masked),
    Reader("merchant", Purpose.MERCHANT_ORDER, _masked),
    Reader("courier", Purpose.DELIVERY, _clear),
    Reader("label", Purpose.DELIVERY, _on_label),
    Reader("payment", Purpose.SETTLEMENT, _clear),
    Reader("marketing", Purpose.MARKETING, _clear),
    Reader("public", None, _clear),
)


def mirrored() -> list[tuple[Table, Column]]:
    """Return the columns that are tried: what lies sealed or is masked, and what an order cost and held."""
    return [
        (table, column)
        for table in REGISTER.tables.values()
        if table.subject and not table.name.startswith(("privacy_", "governance_"))
        for column in table.personal_columns()
        if not column.index_of
        and column.mask != "secret"
        and (column.sealed or column.mask or (table.name, column.name) in EXTRA)
    ]


def ask_mirror(person_id: UUID) -> None:
    """Have it made anew; what was there before is gone."""
    with processing(Purpose.RIGHTS, subject=person_id, reference="mirror"):
        forget(Mirror.objects.filter(person_id=person_id))
        Mirror.objects.create(person_id=person_id, asked_at=now())
        enqueue("governance.mirror", once=f"mirror-{person_id}", person_id=str(person_id))


def make_mirror(person_id: UUID) -> None:
    """Try every reader and keep what they would see, sealed. Runs in the worker's zone; safe to repeat."""
    merchant = _merchant(person_id)
    with acting("person"):
        found = {it.id: [asdict(cell) for cell in _tried(person_id, it, merchant)] for it in READERS}
        with processing(Purpose.RIGHTS, subject=person_id, reference="mirror"):
            Mirror.objects.filter(person_id=person_id).update(
                shown=json.dumps(found, ensure_ascii=False), made_at=now()
            )


def _merchant(person_id: UUID) -> str:
    """Return a merchant that the person bought from, "" for none."""
    with processing(Purpose.DELIVERY, subject=person_id, reference=ITSELF, reading=True):
        return Part.objects.order_by("-placed_at").values_list("merchant", flat=True).first() or ""


def _tried(person_id: UUID, reader: Reader, merchant: str) -> list[Cell]:
    if reader.purpose is None:
        return [_cell(table, column, reader, atomic=False) for table, column in mirrored()]
    with processing(
        reader.purpose, subject=person_id, reference=ITSELF, reading=True, merchant=merchant or "-"
    ):
        return [_cell(table, column, reader, atomic=True) for table, column in mirrored()]


def _cell(table: Table, column: Column, reader: Reader, *, atomic: bool) -> Cell:
    statement = f"SELECT {column.name} FROM {table.name} WHERE {column.name} IS NOT NULL LIMIT 1"  # noqa: S608 -- names are the register's
    try:
        if atomic:
            with transaction.atomic(), connection.cursor() as cursor:
                row = _fetched(cursor, statement)
        else:
            with connection.cursor() as cursor:
                row = _fetched(cursor, statement)
    except ProgrammingError as refused:
        return Cell(table.name, column.name, REFUSED, words=str(refused).partition("\n")[0])
    if row is None:
        return Cell(table.name, column.name, NOTHING)
    value = rows.plain(rows.opened(table, {column.name: row[0]})[column.name])
    return Cell(table.name, column.name, SEEN, value=reader.mask(column.mask, str(value)))


def _fetched(cursor: Any, statement: str) -> Any:
    cursor.execute(statement)
    return cursor.fetchone()
