"""Clearing what is past its time: rows by what the register says of each table, then the keys nobody needs.

Each run leaves a record of counts that names no one; a class of retention with an end that nothing acts on makes
the run fail loudly, after everything else is done.

Children go before their parents, because a child is past its time exactly while its parent says so. Row policies
let the purpose see nothing that is not yet past its time.
"""

from collections.abc import Iterator
from uuid import UUID

from django.db import connection

from mingpu.lib.clock import now
from mingpu.privacy import erasure, files, forgetting, keys, models, rows
from mingpu.privacy.purposes import Purpose, processing
from mingpu.privacy.register import REGISTER, Register, Table

SLICE = 500


class Unattended(Exception):
    """A class of retention has an end, and rows that nothing ever clears. Names classes, never persons."""


def clear(register: Register = REGISTER) -> dict[str, int]:
    """Delete everything past its time; return rows by table. Resumable; runs in the worker's zone.

    Raises Unattended when all is done and there is a class that nothing acts on.
    """
    started = now()
    done: dict[str, int] = {}
    owners: set[UUID] = set()
    for table in in_order(register):
        while found := _slice(table):
            done[table.name] = done.get(table.name, 0) + len(found)
            if table.erase == "freeze" or table.own_key:
                owners.update(found)
    done["keys"] = sum(_keys(owner) for owner in owners)
    done["files"] = files.sweep(int(REGISTER.raw["retention"]["export"]["days"]) + 1)
    idle = unattended(register)
    models.Clearing.objects.create(started_at=started, finished_at=now(), deleted=done, unattended=idle)
    if idle:
        raise Unattended(" ".join(idle))
    return done


def unattended(register: Register = REGISTER) -> list[str]:
    """Return the classes of retention that have an end in time while one of their tables has none, or no table at all."""
    timed = {name for name, term in register.raw["retention"].items() if term.keys() & {"days", "years"}}
    tables = [table for table in register.tables.values() if table.retention]
    attended = {table.retention for table in tables if table.expires}
    idle = {table.retention for table in tables if table.subject and not table.expires}
    return sorted((timed & idle) | (timed - attended))


def last_clearing() -> models.Clearing | None:
    """Return the newest record of a clearing, None before the first. Needs no purpose: it names no one."""
    return models.Clearing.objects.order_by("-started_at").first()


def in_order(register: Register = REGISTER) -> Iterator[Table]:
    """Yield the tables with an end to their time, children before parents."""
    tables = [table for table in register.tables.values() if table.expires]
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
    """Delete up to SLICE rows of one table; return whose they were, one entry a row, or the keys of nobody's."""
    key = rows.key_of(table.name)
    # A row policy says so for persons' rows; a table that holds nobody's has none.
    past = "true" if table.subject else f"({table.expires})"
    with processing(Purpose.RETENTION, subject=None, reference=table.name), connection.cursor() as cursor:
        cursor.execute(
            f"DELETE FROM {table.name} WHERE {key} IN (SELECT {key} FROM {table.name} WHERE {past} LIMIT {SLICE}) "  # noqa: S608 -- names are the register's
            f"RETURNING {table.subject or key}, {key}"
        )
        found = cursor.fetchall()
        forgetting.note_gone(table.name, [number for _, number in found])
    files.remove_of(table, [number for _, number in found])
    return [owner for owner, _ in found]


def _keys(owner: UUID) -> int:
    """Destroy the keys of a vault's name that has no record left; a living account keeps its own."""
    tables = {table.name: table for table in rows.persons_tables()}
    kept = [table for table in tables.values() if table.erase == "freeze" or table.own_key]
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
