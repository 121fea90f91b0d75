"""Jobs: rows written in the caller's transaction, so that a job exists exactly when its cause does.

The queue is procrastinate's. Purposes may not touch its tables; they call one function of the owner that
can only add a job. Arguments are ids, never personal values.
"""

import functools
import json
import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any, ParamSpec

from django.db import connection
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from mingpu.lib.errors import MallError

log = logging.getLogger(__name__)
P = ParamSpec("P")
QUEUE = "mall"
LEAVING = (
    "account_frozen"  # the code of the refusal that `privacy.purposes` raises for somebody who is leaving
)
RETRY = RetryStrategy(max_attempts=12, exponential_wait=2)


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
        app.task(name=name, queue=QUEUE, retry=RETRY)(_connected(function))
        return function

    return register


def every(cron: str, name: str) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Register the decorated function to run on the minutes `cron` names, once whatever the number of workers."""

    def register(function: Callable[[], None]) -> Callable[[], None]:
        def tick(timestamp: int) -> None:  # noqa: ARG001 -- procrastinate passes the minute it is for
            _connected(function)()

        app.periodic(cron=cron)(app.task(name=name, queue=QUEUE, queueing_lock=name)(tick))
        return function

    return register


def _connected(function: Callable[P, None]) -> Callable[P, None]:
    """Drop a connection that the server closed since this thread's last job, and jobs of who is leaving.

    Nobody can leave while something of theirs is open, so what is left of their jobs has nothing to do.
    """

    @functools.wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        connection.close_if_unusable_or_obsolete()
        try:
            function(*args, **kwargs)
        except MallError as refused:
            if refused.code != LEAVING:
                raise
            log.info("job dropped, its person is leaving: %s.%s", function.__module__, function.__name__)
        finally:
            connection.close_if_unusable_or_obsolete()

    return run
