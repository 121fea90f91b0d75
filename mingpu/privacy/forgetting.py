"""Deleting single things of persons, and writing down that they are gone: what every room deletes a person's rows with.

The line is in the journal before the deletion is committed (`privacy.journal`), one write for all that a block deleted.
What need not be written down is deleted without: what went because something else came in its place, which a restore
takes back as well; a test holds the list of those.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from mingpu.privacy import journal, purposes
from mingpu.privacy.fields import blind_index

PERSONS = "privacy_standing"  # marks of persons are those of their standing


def forget(found: QuerySet[Any]) -> int:
    """Delete rows for good and write that down; return how many. Inside the block of whom they belong to."""
    table, key = found.model._meta.db_table, found.model._meta.pk.column  # noqa: SLF001 -- Django's documented name for a model's options
    chosen, values = found.order_by().values("pk").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table} WHERE {key} IN ({chosen}) RETURNING {key}", values)  # noqa: S608 -- names are the model's
        gone = [row[0] for row in cursor.fetchall()]
    note_gone(table, gone)
    return len(gone)


def note_gone(table: str, keys: Iterable[object]) -> None:
    """Write down that rows of a table are gone, by their primary keys, when the running block ends well."""
    _note(journal.GONE, table, [mark(table, key) for key in keys])


def note_emptied(table: str, key: object, *columns: str) -> None:
    """Write down that columns of a row were emptied, when the running block ends well."""
    if columns:
        _note(journal.EMPTIED, table, [mark(table, key)], columns)


def note_no(person_id: UUID, name: str, *said: str) -> None:
    """Write down a no to a consent or permission. said: version, its hash, language, notice's hash, method."""
    _note(journal.NO, name, [mark(PERSONS, person_id)], said)


def note_leaving(person_id: UUID, asked: datetime, until: datetime, *ids: UUID) -> None:
    """Write down that a person asked to leave. ids: of the certificate to come, and of the vault."""
    times = (asked.isoformat(), until.isoformat())
    _note(journal.LEAVES, PERSONS, [mark(PERSONS, person_id)], (*times, *map(str, ids)))


def note_staying(person_id: UUID) -> None:
    """Write down that a person took the wish to leave back."""
    _note(journal.STAYS, PERSONS, [mark(PERSONS, person_id)])


def mark(table: str, key: object) -> str:
    """Return the mark of a row, 32 hexadecimal digits. key: the primary key as the database gives it."""
    text = bytes(key).hex() if isinstance(key, bytes | memoryview) else str(key)
    return blind_index(f"journal.{table}", text).hex()


def _note(kind: str, name: str, marks: Iterable[str], more: Iterable[str] = ()) -> None:
    if found := tuple(marks):
        purposes.write_down(journal.Line(kind, name, found, tuple(more)))
