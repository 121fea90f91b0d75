"""Answers that are the same for everybody, kept in this process for a moment."""

import functools
import threading
import time
from collections.abc import Callable
from typing import Generic, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")
MOST = 1_000  # answers of one function


class Kept(Generic[P, T]):
    """A function whose answers stand for `seconds`; `forget` lets this process ask anew at once."""

    def __init__(self, function: Callable[P, T], seconds: float) -> None:
        self._function, self._seconds = function, seconds
        self._answers: dict[object, tuple[float, T]] = {}
        self._gate = threading.Lock()
        functools.update_wrapper(self, function)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> T:
        """Return the answer kept, or ask; arguments must be hashable."""
        key = (args, tuple(sorted(kwargs.items())))
        known = self._answers.get(key)
        if known and known[0] > time.monotonic():
            return known[1]
        answer = self._function(*args, **kwargs)
        with self._gate:
            if len(self._answers) >= MOST:
                self._answers.clear()
            self._answers[key] = (time.monotonic() + self._seconds, answer)
        return answer

    def forget(self) -> None:
        """Throw all answers away: something was changed in this process."""
        with self._gate:
            self._answers.clear()


def kept(seconds: float) -> Callable[[Callable[P, T]], Kept[P, T]]:
    """Keep the answers of the decorated function for `seconds`; never for what belongs to a person."""

    def keep(function: Callable[P, T]) -> Kept[P, T]:
        return Kept(function, seconds)

    return keep
