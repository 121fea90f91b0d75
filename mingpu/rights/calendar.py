"""Working days as the law counts them: weekends, public holidays, and the weekend days that make up for them."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.conf import settings

BEIJING: Final = ZoneInfo("Asia/Shanghai")
ANSWER_WITHIN: Final = 15  # working days (PIPL 50, ECL 24, APP 6)
DAY = timedelta(days=1)
SATURDAY: Final = 5
OWN: Final = Path(__file__).with_name("workdays.toml")


@dataclass(frozen=True, slots=True)
class Year:
    """What is special about one year."""

    off: frozenset[date]
    work: frozenset[date]


@dataclass(frozen=True, slots=True)
class Due:
    """Until when something is to be done. certain: the holidays of every year on the way are known."""

    at: datetime
    certain: bool


class Calendar:
    """Working days by tables of years."""

    def __init__(self, years: Mapping[int, Year]) -> None:
        self._years = years

    def works(self, day: date) -> bool:
        """Tell whether people work on a day; weekends decide where the year has no table."""
        year = self._years.get(day.year)
        if year and day in year.work:
            return True
        return day.weekday() < SATURDAY and not (year and day in year.off)

    def knows(self, first: date, last: date) -> bool:
        """Tell whether every year from one day to another has a table."""
        return all(year in self._years for year in range(first.year, last.year + 1))

    def after(self, start: datetime, days: int) -> Due:
        """Return the end of the last of so many working days after the day of `start`, in Beijing's time."""
        first = day = start.astimezone(BEIJING).date()
        while days > 0:
            day += DAY
            days -= self.works(day)
        end = datetime.combine(day + DAY, time(), BEIJING).astimezone(UTC)
        return Due(end, self.knows(first, day))

    def left(self, moment: datetime, until: datetime) -> int:
        """Count the working days that are left after today before a deadline, negative once it is over."""
        today, last = (
            moment.astimezone(BEIJING).date(),
            (until - timedelta(seconds=1)).astimezone(BEIJING).date(),
        )
        low, high = sorted((today, last))
        count = sum(self.works(low + DAY * n) for n in range(1, (high - low).days + 1))
        return count if today <= last else -count


def read(*paths: Path) -> dict[int, Year]:
    """Read tables of years; a later file's year stands in place of an earlier one's. Raises ValueError for nonsense."""
    years = {}
    for path in paths:
        if path.is_file():
            for year, it in tomllib.loads(path.read_text()).items():
                years[int(year)] = _year(int(year), it)
    return years


def _year(year: int, it: Mapping[str, Any]) -> Year:
    off, work = (
        frozenset(day for span in it.get(name, ()) for day in _days(span)) for name in ("off", "work")
    )
    if both := off & work:
        raise ValueError(f"{year}: both a day off and a working day: {sorted(both)}")
    if other := {day for day in off | work if day.year != year}:
        raise ValueError(f"{year}: days of another year: {sorted(other)}")
    return Year(off, work)


def _days(span: str) -> Iterator[date]:
    first, _, last = span.partition("..")
    day, end = date.fromisoformat(first), date.fromisoformat(last or first)
    while day <= end:
        yield day
        day += DAY


@cache
def calendar() -> Calendar:
    """Return the calendar of this process: our tables, and the operator's on top."""
    return Calendar(read(OWN, settings.HOME / "workdays.toml"))


def due_by(start: datetime) -> Due:
    """Return until when a request made at `start` is to be answered: 15 working days."""
    return calendar().after(start, ANSWER_WITHIN)
