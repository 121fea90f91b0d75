"""What a statement is drawn from: months as the books count them, kinds in words, bars. Pure values, no database."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from mingpu.lib.text import Text
from mingpu.wallet.books import Kind
from mingpu.wallet.queries import StatementLine
from mingpu.wallet.rules import BEIJING, day_bounds

MONTH: Final = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")
MONTHS: Final = 12  # that a page offers
KIND_LABELS: Final = {
    Kind.COMPLETED: Text("订单完成", "Order completed"),
    Kind.REOPENED: Text("退款扣回", "Taken back for a refund"),
    Kind.PAID_OUT: Text("打款", "Paid out"),
}
WIDTH, HEIGHT = 620, 140  # of the drawing, in its own units
GAP: Final = 4


@dataclass(frozen=True, slots=True)
class Month:
    """A month of the books, in Beijing."""

    year: int
    month: int

    def __str__(self) -> str:
        return f"{self.year}-{self.month:02d}"

    @property
    def bounds(self) -> tuple[datetime, datetime]:
        """When it begins and when the next one does, in UTC."""
        return day_bounds(self.first)[0], day_bounds(self.next.first)[0]

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, self.month, 1)

    @property
    def next(self) -> "Month":
        """The month after."""
        return Month(self.year + self.month // 12, self.month % 12 + 1)

    @property
    def days(self) -> list[date]:
        """All its days."""
        count = (self.next.first - self.first).days
        return [self.first + timedelta(days=n) for n in range(count)]


@dataclass(frozen=True, slots=True)
class Bar:
    """One day's bar, in units of the drawing; fen may be less than zero, then it hangs below the line."""

    day: date
    fen: int
    x: int
    y: int
    width: int
    height: int


def month_of(text: str, today: datetime) -> Month | None:
    """Read `YYYY-MM`; the present month for nothing, None for what is no month."""
    if not text:
        local = today.astimezone(BEIJING)
        return Month(local.year, local.month)
    found = MONTH.fullmatch(text)
    return Month(int(found[1]), int(found[2])) if found else None


def months_before(today: datetime) -> list[Month]:
    """Return the present month and those before it, newest first."""
    local = today.astimezone(BEIJING)
    numbers = [local.year * 12 + local.month - 1 - n for n in range(MONTHS)]
    return [Month(number // 12, number % 12 + 1) for number in numbers]


def kind_label(kind: str) -> Text:
    """Return an event of the books in words."""
    return KIND_LABELS[Kind(kind)] if kind in set(KIND_LABELS) else Text("其他", "Other")


def bars(month: Month, lines: Iterable[StatementLine]) -> tuple[list[Bar], int]:
    """Return a bar for every day of what was earned (payouts left out), and where the zero line lies."""
    sums = dict.fromkeys(month.days, 0)
    for line in lines:
        if line.kind != Kind.PAID_OUT:
            sums[line.at.astimezone(BEIJING).date()] += line.payable_fen
    return _drawn(list(sums.items()))


def _drawn(sums: Sequence[tuple[date, int]]) -> tuple[list[Bar], int]:
    top, bottom = max(0, *(fen for _, fen in sums)), max(0, *(-fen for _, fen in sums))
    scale = (HEIGHT - 1) / ((top + bottom) or 1)
    # Whatever there is gets a unit at least, on its side of the line.
    zero = min(max(round(top * scale), bool(top)), HEIGHT - bool(bottom))
    step = WIDTH // len(sums)
    found = []
    for n, (day, fen) in enumerate(sums):
        height = max(1, round(abs(fen) * scale)) if fen else 0
        found.append(Bar(day, fen, n * step, zero - height if fen > 0 else zero, step - GAP, height))
    return found, zero
