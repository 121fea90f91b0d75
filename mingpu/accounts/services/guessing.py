"""Guesses at passwords and codes: counted before they are looked at, slowed down by name and by network."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection

from mingpu.accounts import rules
from mingpu.accounts.errors import TooMany
from mingpu.accounts.models import Attempt
from mingpu.lib.clock import now


def admit(*, subject: UUID, name: bytes, source: bytes, limits: tuple[tuple[str, bytes, int], ...]) -> None:
    """Count a try inside the running block of `subject`, before it is made, so that guesses side by side count too.

    name: what is guessed at, source: the network, both as blind indexes. limits: (counter, key, free tries) each.
    Raises TooMany, and then the try is not counted.
    """
    for _, key, _ in sorted(limits, key=lambda it: it[1]):
        hold(key)
    since = now() - timedelta(minutes=rules.GUESSING_MINUTES)
    for what, key, free in limits:
        failures, _, last = counted(what, key, since)
        pause = timedelta(seconds=rules.guessing_pause(failures, free))
        if last and last + pause > now():
            raise TooMany(retry_after=wait_until(last, pause))
    Attempt.objects.create(subject_id=subject, name_index=name, address_index=source, at=now())


def clear_attempts(name: bytes) -> None:
    """Drop the tries on a name after a right one, inside the running block of its person."""
    Attempt.objects.filter(name_index=name).delete()


def hold(key: bytes) -> None:
    """Let one transaction at a time count and add under `key`, until the running block ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int.from_bytes(key[:8], "big", signed=True)])


def counted(what: str, key: bytes, since: datetime) -> tuple[int, datetime | None, datetime | None]:
    """Return how many rows a key has since a moment, and the first and the last one's time."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT total, earliest, latest FROM mingpu.count_{what}(%s, %s)", [key, since])  # noqa: S608 -- a name of ours
        row: tuple[int, datetime | None, datetime | None] = cursor.fetchone()
    return row


def wait_until(moment: datetime | None, after: timedelta) -> int:
    """Whole seconds until `after` has passed since `moment`, at least 1."""
    return max(1, int(((moment or now()) + after - now()).total_seconds()) + 1)
