"""Daily roots: what the record of uses had come to at the end of each day, for others to keep.

Whoever keeps a root of some day can ask later whether the record that led to it is still the same: the chain of seals
must hold the same root at the same place, and the rows below it must hash to it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, timedelta
from pathlib import Path
from typing import Final

from mingpu.home import home
from mingpu.lib.clock import now
from mingpu.privacy import logseal
from mingpu.privacy.models import LogSeal

FILE: Final = "roots.txt"
MOST: Final = 400  # days


@dataclass(frozen=True, slots=True)
class DailyRoot:
    """The last seal of a day (UTC): its number, the last row under it, and the root over everything up to there."""

    day: date
    seal: int
    last_id: int
    root: str

    def __str__(self) -> str:
        return f"{self.day} {self.seal} {self.last_id} {self.root}"


def daily_roots(days: int = MOST) -> list[DailyRoot]:
    """Return the last root of each day, newest first; needs no purpose, for a root names no one."""
    since = now() - timedelta(days=days)
    found: dict[date, DailyRoot] = {}
    for number, at, last_id, root in (
        LogSeal.objects.filter(at__gte=since).order_by("id").values_list("id", "at", "last_id", "root")
    ):
        day = at.astimezone(UTC).date()
        found[day] = DailyRoot(day, number, last_id, root)
    return sorted(found.values(), key=lambda it: it.day, reverse=True)


def publish() -> int:
    """Add the roots of days that are over to the file of roots; returns how many were new. Safe to repeat."""
    path, today = home() / FILE, now().date()
    known = {it.day for it in read(path.read_text().splitlines())} if path.exists() else set()
    fresh = [it for it in reversed(daily_roots()) if it.day < today and it.day not in known]
    if fresh:
        with path.open("a") as file:
            file.writelines(f"{it}\n" for it in fresh)
    return len(fresh)


def read(lines: Iterable[str]) -> Iterator[DailyRoot]:
    """Read a file of roots; raises ValueError for a line that is none."""
    for line in lines:
        if line.strip() and not line.startswith("#"):
            day, seal, last_id, root = line.split()
            yield DailyRoot(date.fromisoformat(day), int(seal), int(last_id), root)


def verify(kept: Iterable[DailyRoot]) -> Iterator[str]:
    """Yield what does not hold: of the record itself, or of roots that somebody kept.

    Runs where the purpose `oversight` may be used: the worker's zone.
    """
    yield from logseal.verify()
    for it in kept:
        there = LogSeal.objects.filter(id=it.seal).values_list("root", "last_id").first()
        if there is None:
            yield f"{it.day}: seal {it.seal} is not there any more"
        elif there != (it.root, it.last_id):
            yield f"{it.day}: seal {it.seal} has another root than the one that was kept"


def kept_in(path: Path) -> list[DailyRoot]:
    """Return the roots of a file."""
    return list(read(path.read_text().splitlines()))
