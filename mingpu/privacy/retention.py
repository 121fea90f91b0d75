"""Clearing what is past its time: rows by what the register says of each table, then the keys nobody needs.

Children go before their parents, because a child is past its time exactly while its parent says so. Row policies
let the purpose see nothing that is not yet past its time.
"""

from collections.abc import Iterator
from uuid import UUID

from django.db import connection

from mingpu.privacy import erasure, files, keys, models, rows
from mingpu.privacy.purposes import Purpose, processing
from mingpu.privacy.register import REGISTER, Table

SLICE = 500


def clear() -> dict[str, int]:
    """Delete everything past its time; return rows by table. Resumable; runs in the worker's zone."""
    done: dict[str, int] = {}
    owners: set[UUID] = set()
    for table in in_order():
        while found := _slice(table):
            done[table.name] = done.get(table.name, 0) + len(found)
            if table.erase == "freeze":
                owners.update(found)
    done["keys"] = sum(_keys(owner) for owner in owners)
    done["files"] = files.sweep(int(REGISTER.raw["retention"]["export"]["days"]) + 1)
    return done


def in_order() -> Iterator[Table]:
    """Yield the tables with an end to their time, children before parents."""
    tables = [table for table in REGISTER.tables.values() if table.subject and table.expires]
    seen: set[str] = set()

    def above(table: Table) -> Iterator[Table]:
        for child in tables:
            if child.of and child.of[1] == table.name:
                yield from above(child)
        if table.name not in seen:
            seen.add(table.name)
            yield table

    for table in tables:
        if not table.of:
            yield from above(table)


def _slice(table: Table) -> list[UUID]:
    """Delete up to SLICE rows of one table; return whose they were, one entry a row."""
    key = rows.key_of(table.name)
    with processing(Purpose.RETENTION, subject=None, reference=table.name), connection.cursor() as cursor:
        cursor.execute(
            f"DELETE FROM {table.name} WHERE {key} IN (SELECT {key} FROM {table.name} LIMIT {SLICE}) "  # noqa: S608 -- names are the register's
            f"RETURNING {table.subject}, {key}"
        )
        found = cursor.fetchall()
    files.remove_of(table, [number for _, number in found])
    return [owner for owner, _ in found]


def _keys(owner: UUID) -> int:
    """Destroy the keys of a vault's name that has no record left; a living account keeps its own."""
    tables = {table.name: table for table in rows.persons_tables()}
    kept = [table for table in tables.values() if table.erase == "freeze"]
    with processing(Purpose.ERASURE, subject=owner, reference="retention"):
        standing = models.Standing.objects.filter(person_id=owner)
        living = standing.exclude(state=erasure.FROZEN).exists()
        if living or any(rows.count(table, owner) for table in kept):
            return 0
        standing.delete()
    kinds = tuple(
        dict.fromkeys(c.sealed for table in tables.values() for c in table.columns.values() if c.sealed)
    )
    return keys.erase(owner, kinds)
