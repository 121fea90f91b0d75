"""Plots drawn on the server: places and lengths for an SVG; colours are the style sheet's."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

WIDTH: Final = 360  # units; about as many pixels on a phone
ROW: Final = 36
_TEXT, _BAR = 14, 20  # from the top of a row: the foot of its words, the top of its bar


@dataclass(frozen=True, slots=True)
class Bar:
    """One row: words above, the bar below; its error begins at `low` and is `reach` long. All 0 for None."""

    label: str
    value: int | None
    text_y: int
    bar_y: int
    length: float
    low: float
    reach: float


@dataclass(frozen=True, slots=True)
class Bars:
    """A plot of bars, from the top down."""

    rows: tuple[Bar, ...]
    height: int
    width: int = WIDTH

    @property
    def empty(self) -> bool:
        """Whether no row has anything to show."""
        return all(it.value is None for it in self.rows)


def bars(figures: Sequence[tuple[str, int | None]], error: int) -> Bars:
    """Return a plot of (label, value); error: to either side of a value, cut off at nothing."""
    most = max((value + error for _, value in figures if value is not None), default=0) or 1
    rows = []
    for n, (label, value) in enumerate(figures):
        known = value or 0
        low, high = (max(0, known - error), known + error) if value is not None else (0, 0)
        rows.append(
            Bar(
                label,
                value,
                n * ROW + _TEXT,
                n * ROW + _BAR,
                *(_across(it, most) for it in (known, low, high - low)),
            )
        )
    return Bars(tuple(rows), len(rows) * ROW)


def _across(value: int, most: int) -> float:
    return round(value / most * WIDTH, 1)
