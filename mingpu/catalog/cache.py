"""Public data kept in this process: bounded, and never older than the catalogue by more than a second.

Nothing personal enters: what a shelf holds is the same for every reader. A `Watch` asks at most once a second
which number the catalogue has; when it moved, shelves of whole answers are emptied and shelves of single
products lose the products that changed.
"""

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar
from uuid import UUID

from mingpu.lib.text import LANGUAGES

K = TypeVar("K")
V = TypeVar("V")

LOOK_SECONDS = 1.0  # how stale a reader may be
# The text index is looked at on its own clock (every half second): a list made right after a change may still
# show the index as it was, so it is kept only until this much after the change was noticed.
SETTLE_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class News:
    """What happened since a catalogue number. changed: the products; None when it may be any of them."""

    number: int
    changed: frozenset[UUID] | None


class Watch:
    """Knows the catalogue's number, and tells the shelves when it moved; threads may share it.

    look: takes the number known (None at first) and returns the news; one query when there are none.
    """

    def __init__(self, look: Callable[[int | None], News], *, seconds: float = LOOK_SECONDS) -> None:
        self._look, self._seconds = look, seconds
        self._gate = threading.Lock()
        self._next = 0.0
        self._number: int | None = None
        self._told: list[Callable[[Iterable[UUID] | None], None]] = []
        self.settled_at = 0.0

    def number(self) -> int:
        """Return the catalogue's number, at most a second old."""
        if time.monotonic() >= self._next and self._gate.acquire(blocking=self._number is None):
            try:
                self._refresh()
            finally:
                self._gate.release()
        assert self._number is not None
        return self._number

    def is_at(self, number: int) -> bool:
        """Say whether `number` is the last one known; asks nobody."""
        return self._number == number

    def look_again(self) -> None:
        """Make the next reader look."""
        self._next = 0.0

    def tell(self, forget: Callable[[Iterable[UUID] | None], None]) -> None:
        """Call `forget` with the changed products (None: any) whenever the number moves, from now on."""
        self._told.append(forget)

    def _refresh(self) -> None:
        news = self._look(self._number)
        if news.number != self._number:
            self._number = news.number  # before telling: what is put from here on must have seen it
            self.settled_at = time.monotonic() + SETTLE_SECONDS
            for forget in self._told:
                forget(news.changed)
        self._next = time.monotonic() + self._seconds


@dataclass(frozen=True, slots=True)
class _Kept(Generic[V]):
    value: V
    size: int
    until: float


class Shelf(Generic[K, V]):
    """Values by key, the least used thrown out first; emptied whenever the catalogue's number moves.

    entries, size: how many values, and how many bytes of them, are kept. seconds: how long one is kept.
    from_index: the values come from the text index, which settles a moment after the catalogue.
    """

    def __init__(
        self, watch: Watch, *, entries: int, size: int, seconds: float = math.inf, from_index: bool = False
    ) -> None:
        self._watch, self._entries, self._size = watch, entries, size
        self._seconds, self._from_index = seconds, from_index
        self._kept: OrderedDict[K, _Kept[V]] = OrderedDict()
        self._lock = threading.Lock()
        self._bytes = 0
        watch.tell(self.forget)

    def get(self, key: K) -> V | None:
        """Return the value kept under `key`, or None."""
        self._watch.number()
        with self._lock:
            found = self._kept.get(key)
            if found is None:
                return None
            if found.until < time.monotonic():
                self._take_out(key)
                return None
            self._kept.move_to_end(key)
            return found.value

    def put(self, key: K, value: V, *, size: int, seen: int) -> None:
        """Keep `value`.

        size: its bytes. seen: the number (`Watch.number`) before it was read; what the catalogue has moved
        past in the meantime is not kept.
        """
        now = time.monotonic()
        until = now + self._seconds
        if self._from_index and now < self._watch.settled_at:
            until = min(until, self._watch.settled_at)
        with self._lock:
            if size > self._size or not self._watch.is_at(seen):
                return
            self._take_out(key)
            self._kept[key] = _Kept(value, size, until)
            self._bytes += size
            while len(self._kept) > self._entries or self._bytes > self._size:
                self._take_out(next(iter(self._kept)))

    def forget(self, changed: Iterable[UUID] | None) -> None:
        """Throw out what may have changed: here, everything."""
        del changed
        with self._lock:
            self._kept.clear()
            self._bytes = 0

    def __len__(self) -> int:
        return len(self._kept)

    @property
    def size(self) -> int:
        """Bytes kept."""
        return self._bytes

    def _take_out(self, key: K) -> None:
        found = self._kept.pop(key, None)
        if found is not None:
            self._bytes -= found.size


class ProductShelf(Shelf[tuple[str, str], V]):
    """Values by (product id as text, language or ""); a change of the catalogue throws out the changed products only."""

    def forget(self, changed: Iterable[UUID] | None) -> None:
        """Throw out the changed products in every language; everything when it is not known which."""
        if changed is None:
            super().forget(None)
            return
        with self._lock:
            for product_id in changed:
                for language in ("", *LANGUAGES):
                    self._take_out((str(product_id), language))
