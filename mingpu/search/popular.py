"""What many searched for, out of the anonymous counts: ways to go on typing, and what is on the rise. Pure values."""

import heapq
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from mingpu.search.text import normalise

RECENT_DAYS: Final = 3  # what is on the rise is looked for in the last days counted
BEFORE_DAYS: Final = 28  # and held against the days before them
TRENDING: Final = 10
FEWEST_TRENDING: Final = 3  # fewer say nothing, so none are shown
_SMOOTHING: Final = 5.0  # networks a day that everything is taken to have had before
_END = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class Counted:
    """What was searched for, its pinyin and initials, and from how many networks, day by day added up.

    recent: in the last `RECENT_DAYS` counted. before: in the `BEFORE_DAYS` before those.
    """

    query: str
    sound: str
    initials: str
    recent: int
    before: int


class Popular:
    """Everything counted lately, sorted so that what begins with some letters is found at once."""

    def __init__(self, rows: Iterable[Counted] = ()) -> None:
        lines = list(rows)
        self._weight = {it.query: it.recent + it.before for it in lines}
        self._keys = sorted(
            {(key, it.query) for it in lines for key in (it.query, it.sound, it.initials) if key}
        )
        self.trending = tuple(_rising(lines))

    def complete(self, typed: str, limit: int) -> list[str]:
        """Return up to `limit` searches that begin with what is typed, in characters, pinyin or initials."""
        plain = " ".join(normalise(typed).split())
        if not plain:
            return []
        tight = plain.replace("'", "").replace(" ", "")
        found = {query for key in {plain, tight} for query in self._beginning(key)} - {plain}
        return heapq.nsmallest(limit, found, key=lambda it: (-self._weight[it], len(it), it))

    def __len__(self) -> int:
        return len(self._weight)

    def _beginning(self, key: str) -> Iterable[str]:
        first, last = bisect_left(self._keys, (key, "")), bisect_left(self._keys, (key + _END, ""))
        return (query for _, query in self._keys[first:last])


def _rising(rows: Sequence[Counted]) -> list[str]:
    """Return what was searched for more in the last days than in the weeks before, the steepest first.

    A rate is networks a day. Growth is weighed with size, and smoothed, so that what is new and small does not
    stand above what is large and growing.
    """
    score = {}
    for it in rows:
        rate = it.recent / RECENT_DAYS
        if rate > 0:
            score[it.query] = rate * (rate + _SMOOTHING) / (it.before / BEFORE_DAYS + _SMOOTHING)
    found = heapq.nsmallest(TRENDING, score, key=lambda it: (-score[it], it))
    return found if len(found) >= FEWEST_TRENDING else []
