"""Running background jobs in the test itself, one after the other, as the worker's login would."""

import json
import time
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from procrastinate.contrib.django import app

from mingpu.adapters.calls import CallFailed
from mingpu.payments.refunds import RefundPending
from tests.support import zone

ROOMS = ("orders", "payments", "delivery", "service", "virtual", "invoices", "promotions")
DUE = """
SELECT id, task_name, args FROM procrastinate_jobs
WHERE status = 'todo' AND split_part(task_name, '.', 1) = ANY(%s) AND coalesce(scheduled_at <= now() + %s, true)
  AND (%s::text IS NULL OR coalesce(args->>'person_id', %s) = %s) AND id <> ALL(%s)
ORDER BY scheduled_at NULLS FIRST, id LIMIT 1
"""


def run_jobs(
    person_id: UUID | None = None,
    *,
    ahead: timedelta = timedelta(0),
    tries: int = 60,
    names: tuple[str, ...] = (),
) -> list[str]:
    """Run what is due and what that enqueues; return the names in the order they ran.

    person_id: only this person's jobs (and those that name nobody). ahead: also what falls due within that
    time. tries: how often a job that waits for the other side is tried, 50 ms apart, before its error is
    raised. names: only these jobs, of whatever room.
    """
    ran: list[str] = []
    with zone("worker"):
        while job := _next(person_id, ahead, names):
            number, name, arguments = job
            _run(name, arguments, tries)
            with connection.cursor() as cursor:
                cursor.execute("DELETE FROM procrastinate_jobs WHERE id = %s", [number])
            ran.append(name)
    return ran


def waiting(name: str, **arguments: Any) -> int:
    """Return how many jobs of a name, with these arguments, have not run."""
    with zone("worker"), connection.cursor() as cursor:
        cursor.execute("SELECT args FROM procrastinate_jobs WHERE status = 'todo' AND task_name = %s", [name])
        found = [_decoded(row[0]) for row in cursor.fetchall()]
    return sum(arguments.items() <= args.items() for args in found)


def _next(
    person_id: UUID | None, ahead: timedelta, names: tuple[str, ...]
) -> tuple[int, str, dict[str, Any]] | None:
    who = str(person_id) if person_id else None
    with connection.cursor() as cursor:
        skip = _others(names) if names else []
        rooms = [name.partition(".")[0] for name in names] or list(ROOMS)
        cursor.execute(DUE, [rooms, ahead, who, who, who, skip])
        row = cursor.fetchone()
    return (row[0], row[1], _decoded(row[2])) if row else None


def _others(names: tuple[str, ...]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM procrastinate_jobs WHERE task_name <> ALL(%s)", [list(names)])
        return [row[0] for row in cursor.fetchall()]


def _decoded(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else json.loads(value)


def _run(name: str, arguments: dict[str, Any], tries: int) -> None:
    for left in range(tries - 1, -1, -1):
        try:
            app.tasks[name].func(**arguments)
        except (RefundPending, CallFailed):
            if not left:
                raise
            time.sleep(0.05)
        else:
            return
