"""What every call to the outside shares: how long to wait, and when to try again."""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import TypeVar

T = TypeVar("T")


class CallFailed(Exception):
    """A call to another party did not do what was asked.

    permanent: True when the same call can never succeed (bad number, refused amount), False when a later
    try may. code: short, stable and free of personal data; the other side's own code where it gave one.
    """

    def __init__(self, *, permanent: bool, code: str) -> None:
        self.permanent = permanent
        self.code = code
        super().__init__(code)


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long a client waits, in seconds, and how often it tries a call that is safe to repeat.

    connect and read bound one try each; attempts >= 1 counts the first try.
    """

    connect: float = 2.0
    read: float = 5.0
    attempts: int = 2


def worth_another_try(status: int) -> bool:
    """Tell whether an HTTP status of refusal may pass by itself: too many requests, or their own trouble."""
    return status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR


def trying(call: Callable[[], T], *, attempts: int, failure: type[CallFailed] = CallFailed) -> T:
    """Run `call` until it answers, fails for good, or `attempts` tries are used up; return its answer.

    Only for calls that are safe to repeat. Between tries waits 50-250 ms, doubled each time, so that many
    callers who failed together do not come back together. Raises the last `failure`.
    """
    for left in range(attempts - 1, -1, -1):
        try:
            return call()
        except failure as failed:
            if failed.permanent or not left:
                raise
        time.sleep((50 + secrets.randbelow(200)) / 1000 * 2 ** (attempts - 1 - left))
    raise AssertionError("attempts is at least 1")
