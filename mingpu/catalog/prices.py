"""What a price was, for those who are to judge what it is: reductions told honestly, and a plot. Pure, no database.

What is struck through has been asked: it is the least that was asked in the 30 days before the price went down. What
nobody was asked is no earlier price; it is shown, but named for what it is: what the seller recommends.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from mingpu.lib.text import Text

SHOWN: Final = timedelta(days=90)  # of the course of a price
EARLIER, RECOMMENDED, LOWEST = "earlier", "recommended", "lowest"
LABELS: Final = {
    EARLIER: Text("降价前 30 天最低价", "Lowest in the 30 days before"),
    RECOMMENDED: Text("建议零售价", "RRP"),
    LOWEST: Text("近 30 天最低价", "Lowest in 30 days"),
}
WIDTH, HEIGHT = 320, 80  # of the plot, in its own units
_EDGE: Final = 4  # above and below the line
Step = tuple[datetime, int]  # since when, fen


@dataclass(frozen=True, slots=True)
class Beside:
    """A price shown beside the one that is asked, in fen. kind: of LABELS; all but RECOMMENDED are struck through."""

    fen: int
    kind: str

    @property
    def label(self) -> Text:
        """What it is called."""
        return LABELS[self.kind]

    @property
    def struck(self) -> bool:
        """Whether it was asked of somebody, and so may be struck through."""
        return self.kind != RECOMMENDED


def beside(
    asked_fen: int, *, usual_fen: int, lowest_fen: int, earlier_fen: int | None, list_price_fen: int | None
) -> Beside | None:
    """Return what may stand beside what is asked now; None when nothing may.

    asked_fen: what this reader pays for a piece, which a flash sale or a member price may put below `usual_fen`.
    lowest_fen: the least the usual price was in the last 30 days. earlier_fen, list_price_fen: see `views.Card`.
    """
    if asked_fen < usual_fen:
        return Beside(lowest_fen, LOWEST) if lowest_fen > asked_fen else None
    if earlier_fen and earlier_fen > asked_fen:
        return Beside(earlier_fen, EARLIER)
    if list_price_fen and list_price_fen > asked_fen:
        return Beside(list_price_fen, RECOMMENDED)
    return None


@dataclass(frozen=True, slots=True)
class Span:
    """What was asked from `begin` until `end`; None for until now. Money in fen."""

    begin: datetime
    end: datetime | None
    fen: int


@dataclass(frozen=True, slots=True)
class Plot:
    """The course of a price, drawn: `points` of a line in a box of WIDTH by HEIGHT, and the same as spans, newest first.

    low_fen, high_fen: what the line touches at its lowest and highest.
    """

    points: str
    low_fen: int
    high_fen: int
    spans: tuple[Span, ...]
    width: int = WIDTH
    height: int = HEIGHT


def plot(steps: Sequence[Step], now: datetime) -> Plot | None:
    """Return the course of a price over the last 90 days; None where it never changed in them.

    steps: in order of time; the last that lies before the 90 days is where it begins.
    """
    spans = _spans(steps, now)
    if len(spans) < 2:  # noqa: PLR2004 -- one price is no course
        return None
    low, high = min(it.fen for it in spans), max(it.fen for it in spans)
    corners = [
        (_across(moment, spans[0].begin, now), _down(it.fen, low, high))
        for it in spans
        for moment in (it.begin, it.end or now)
    ]
    points = " ".join(f"{x:g},{y:g}" for x, y in corners)
    return Plot(points, low, high, tuple(reversed(spans)))


def _spans(steps: Sequence[Step], now: datetime) -> list[Span]:
    """Return the stretches of one price each, without those that were over before the 90 days began."""
    begin = now - SHOWN
    ends = [since for since, _ in steps[1:]]
    found: list[Span] = []
    for (since, fen), end in zip(steps, [*ends, None], strict=False):
        if end is not None and end <= begin:
            continue
        if found and found[-1].fen == fen:
            found[-1] = Span(found[-1].begin, end, fen)
        else:
            found.append(Span(max(since, begin), end, fen))
    return found


def _across(moment: datetime, begin: datetime, now: datetime) -> float:
    return round((moment - begin) / (now - begin) * WIDTH, 1)


def _down(fen: int, low: int, high: int) -> float:
    return round(_EDGE + (high - fen) / (high - low) * (HEIGHT - 2 * _EDGE), 1)
