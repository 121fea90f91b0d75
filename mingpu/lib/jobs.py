"""Jobs: rows written in the caller's transaction, so that a job exists exactly when its cause does.

The queue is procrastinate's. Purposes may not touch its tables; they call one function of the owner that
can only add a job. Arguments are ids, never personal values.
"""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any, ParamSpec

from django.db import connection
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

P = ParamSpec("P")
RETRY = RetryStrategy(max_attempts=12, exponential_wait=3)


def enqueue(name: str, *, at: datetime | None = None, once: str | None = None, **arguments: Any) -> None:
    """Add the job `name` (as registered by `job`) in the current transaction.

    at: when it falls due; None for at once. once: while a job with this key waits, a second is not added.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT mingpu.enqueue(%s, %s::jsonb, %s, %s)", [name, json.dumps(arguments), at, once]
        )


def job(name: str) -> Callable[[Callable[P, None]], Callable[P, None]]:
    """Register the decorated function as the job `name`; failures are retried with growing pauses."""

    def register(function: Callable[P, None]) -> Callable[P, None]:
        app.task(name=name, queue="mall", retry=RETRY)(function)
        return function

    return register
