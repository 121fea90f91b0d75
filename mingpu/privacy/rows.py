"""Walking the register: rows of any table, read by what the register says of it and nothing else.

Export, erasure, lawful checks and the second look all go through here, so that no list of tables or fields is
kept by hand anywhere.
"""

import time
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import connection

from mingpu.privacy import purposes
from mingpu.privacy.grants import readable
from mingpu.privacy.keys import KeyErased
from mingpu.privacy.register import REGISTER, Table

Row = dict[str, Any]


class StillBusy(Exception):
    """Transactions that began earlier are still running; try again later."""


@cache
def options_of(table: str) -> Any:
    """Return what Django knows of a table (`Model._meta`); raises LookupError for one that has no model."""
    for model in apps.get_models(include_auto_created=True):
        if model._meta.db_table == table:  # noqa: SLF001 -- Django's documented name for a model's options
            return model._meta  # noqa: SLF001
    raise LookupError(table)


def key_of(table: str) -> str:
    """Return a table's primary key column."""
    return str(options_of(table).pk.column)


def persons_tables() -> list[Table]:
    """Return the tables of persons' rows, in the register's order."""
    return [table for table in REGISTER.tables.values() if table.subject]


def readable_by_rights(table: Table) -> list[str]:
    """Return the columns of a table that their person may read."""
    return readable(table, REGISTER.purposes["rights"])


def opened(table: Table, row: Row) -> Row:
    """Open a row's sealed values as the running block's person; None where the key is gone."""
    for name, value in row.items():
        if value is not None and table.columns[name].sealed:
            try:
                row[name] = purposes.unseal_value(table.name, name, bytes(value)).decode()
            except KeyErased:
                row[name] = None
    return row


def read(table: Table, purpose: purposes.Purpose, where: str, values: Sequence[Any]) -> Iterator[Row]:
    """Yield the rows of `table` that match, opened, with the columns the running `purpose` may read.

    where: SQL with %s, made of the register's own names. Runs inside the block of `purpose`.
    """
    columns = readable(table, REGISTER.purposes[purpose.value])
    if not columns:
        return
    key = key_of(table.name)
    order = key if key in columns else columns[0]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {', '.join(columns)} FROM {table.name} WHERE {where} ORDER BY {order}",  # noqa: S608 -- names are the register's
            tuple(values),
        )
        for row in cursor:
            yield opened(table, dict(zip(columns, row, strict=True)))


def count(table: Table, person_id: UUID) -> int:
    """Count a person's rows in `table`, inside a block that may read it."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FROM {table.name} WHERE {table.subject} = %s",  # noqa: S608 -- names are the register's
            [person_id],
        )
        return int(cursor.fetchone()[0])


def plain(value: object) -> Any:
    """Turn a value of the database into one of JSON: times in RFC 3339 UTC, ids and bytes as text."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date | UUID):
        return str(value)
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    return value


def within_order(table: Table, order_no: str) -> tuple[str, list[Any]]:
    """Return the condition for the rows of one order, followed through their parents, and its value."""
    if table.of:
        ours, parent, theirs = table.of
        if ours != theirs or parent != "orders_order":
            above, values = within_order(REGISTER.tables[parent], order_no)
            return f"{ours} IN (SELECT {theirs} FROM {parent} WHERE {above})", values  # noqa: S608 -- names are the register's
    return "order_no = %s", [order_no]


def kept_until(newest: datetime) -> datetime:
    """Return when the last frozen record is destroyed, given when the newest order was completed."""
    return newest + timedelta(days=366 * int(REGISTER.raw["retention"]["order"]["years"]))


def settle(seconds: float = 20.0) -> None:
    """Wait until every transaction that was running at the call has ended; outside any block.

    Raises StillBusy after `seconds`.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint")
        before = cursor.fetchone()[0]
        end = time.monotonic() + seconds
        while True:
            cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
            if cursor.fetchone()[0] >= before:
                return
            if time.monotonic() > end:
                raise StillBusy
            time.sleep(0.02)
