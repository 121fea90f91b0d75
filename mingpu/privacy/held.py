"""Everything that is held of a person, table by table, as they may inspect it: masked until they prove who they are.

The list is the register's. Whoever passes `revealed` has made sure that it is the person (password or code).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.db import connection

from mingpu.lib.clock import now
from mingpu.lib.errors import NotFound
from mingpu.lib.text import Text
from mingpu.privacy import models, rows
from mingpu.privacy.masks import mask
from mingpu.privacy.purposes import Purpose, processing
from mingpu.privacy.register import REGISTER, Column, Table
from mingpu.privacy.uses import Listing

FOREVER = Text("账户存续期间", "While you have the account")
UNFINISHED = Text("办结后才开始计时", "Counts from when it is finished")
YES, NO = Text("是", "yes"), Text("否", "no")


@dataclass(frozen=True, slots=True)
class Held:
    """One kind of item: how many, how long and why. first_end, last_end: when the first and the last one go.

    alone: the verb by which one of them is deleted by itself, "" where the law or the account keeps it. frozen:
    nothing but storage is done with it now.
    """

    table: str
    label: str
    count: int
    retention: str
    law: str
    first_end: datetime | None
    last_end: datetime | None
    timed: bool
    on_cancel: str
    alone: str
    frozen: bool


@dataclass(frozen=True, slots=True)
class Cell:
    """One value as it is shown. hidden: masked for now."""

    column: str
    label: str
    text: str
    hidden: bool


@dataclass(frozen=True, slots=True)
class Item:
    """One row. key: by which a single one is deleted; ends: when it goes, None while it is not known or never."""

    key: str
    cells: tuple[Cell, ...]
    ends: datetime | None
    days_left: int | None
    share_left: int | None  # percent of its time that is left, for the bar


def things_of(person_id: UUID) -> list[Held]:
    """Return every kind of item that is held of a person, in the register's order; one statement."""
    with processing(Purpose.RIGHTS, subject=person_id, reading=True):
        state = models.Standing.objects.filter(person_id=person_id).values_list("state", flat=True).first()
        if state is None:
            raise NotFound
        with connection.cursor() as cursor:
            cursor.execute(_counting(), [person_id] * len(shown_tables()))
            found = {name: row for name, *row in cursor.fetchall()}
    return [_held(table, *found[table.name], frozen=state != "active") for table in shown_tables()]


def _held(table: Table, count: int, first: datetime | None, last: datetime | None, *, frozen: bool) -> Held:
    return Held(
        table=table.name, label=str(table.label), count=count, retention=str(REGISTER.retention[table.retention]),
        law=str(REGISTER.law(table.retention)), first_end=first, last_end=last, timed=bool(table.ends),
        on_cancel=table.erase, alone=table.alone, frozen=frozen and table.erase == "freeze",
    )  # fmt: skip


@cache
def shown_tables() -> tuple[Table, ...]:
    """Return the tables of persons' rows that their person may inspect."""
    return tuple(table for table in rows.persons_tables() if table.export)


@cache
def _counting() -> str:
    return " UNION ALL ".join(
        f"SELECT '{table.name}', count(*), min({table.ends or 'NULL::timestamptz'}), max({table.ends or 'NULL::timestamptz'}) "  # noqa: S608 -- names are the register's
        f"FROM {table.name} WHERE {table.subject} = %s"
        for table in shown_tables()
    )


def table_of(name: str) -> Table:
    """Return a table a person may inspect; raises NotFound for any other name."""
    table = next((it for it in shown_tables() if it.name == name), None)
    if table is None:
        raise NotFound
    return table


def rows_of(
    person_id: UUID, name: str, *, page: int = 1, page_size: int = 20, revealed: bool = False
) -> Listing[Item]:
    """Return one kind of item, value by value, the newest key last. revealed: in clear, after proof.

    Raises NotFound for a table that holds nobody's data or none to inspect.
    """
    table = table_of(name)
    columns = [it for it in table.columns.values() if it.name in rows.readable_by_rights(table)]
    key, start = rows.key_of(name), (max(page, 1) - 1) * page_size
    reference = "inspect:revealed" if revealed else "inspect"
    with processing(Purpose.RIGHTS, subject=person_id, reading=True, reference=reference):
        if not models.Standing.objects.filter(person_id=person_id).exists():
            raise NotFound
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT count(*) FROM {name} WHERE {table.subject} = %s",  # noqa: S608 -- names are the register's
                [person_id],
            )
            total = int(cursor.fetchone()[0])
            wanted = ", ".join(it.name for it in columns)
            order = key if any(it.name == key for it in columns) else columns[0].name
            cursor.execute(
                f"SELECT {table.ends or 'NULL::timestamptz'}, {wanted} FROM {name} WHERE {table.subject} = %s "  # noqa: S608 -- names are the register's
                f"ORDER BY {order} LIMIT %s OFFSET %s",
                [person_id, page_size, start],
            )
            found = cursor.fetchall()
        items = [_item(table, columns, key, row, revealed=revealed) for row in found]
    return Listing(total, items, page, page_size)


def _item(table: Table, columns: list[Column], key: str, row: tuple[Any, ...], *, revealed: bool) -> Item:
    names = [it.name for it in columns]
    values = rows.opened(table, dict(zip(names, row[1:], strict=True)))
    cells = tuple(_cells(columns, values, revealed=revealed))
    ends: datetime | None = row[0]
    left = None if ends is None else max(0, (ends - now()).days)
    return Item(str(values.get(key, "")), cells, ends, left, _share(table, left))


def _cells(columns: list[Column], values: Mapping[str, Any], *, revealed: bool) -> Iterator[Cell]:
    for column in columns:
        value = values[column.name]
        if not column.personal or column.label is None or value in {None, ""}:
            continue
        text = str({True: YES, False: NO}[value]) if isinstance(value, bool) else str(rows.plain(value))
        hidden = not revealed and bool(column.mask or column.sensitive)
        shown = mask(column.mask or "secret", text) if hidden else text
        yield Cell(column.name, str(column.label), shown, hidden)


def _share(table: Table, left: int | None) -> int | None:
    """Return how much of its time an item has left, in percent, None where its class names no length."""
    term = REGISTER.raw["retention"][table.retention]
    days = int(term.get("days", 0)) or 366 * int(term.get("years", 0))
    return None if left is None or not days else min(100, round(100 * left / days))


def end_label(it: Held) -> str:
    """Return in words when items go that have no date: with the account, or once they are finished."""
    return str(UNFINISHED if it.timed else FOREVER)
