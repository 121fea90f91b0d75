"""How a page is best shown on the screen that asks: read from the request, used within it, kept nowhere.

Browsers say so in client hints, and only those that were asked for (`ASKED`). What is read is made coarse at once:
a density of one or two, whether to spare data. Nothing finer enters any cache or could tell one screen from another.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Final

ASKED: Final = ("Sec-CH-DPR", "Sec-CH-Viewport-Width")  # Save-Data comes unasked
VARY: Final = (*ASKED, "Save-Data")
NARROW: Final = 480  # CSS pixels: a phone held upright
_NUMBER: Final = re.compile(r"[0-9]{1,5}(?:\.[0-9]{1,10})?")
_SHARP: Final = 1.25  # from this density on two points for one are worth sending


@dataclass(frozen=True, slots=True)
class Display:
    """A screen, coarsely. density: points for a CSS pixel, 1 or 2. narrow: a phone. saving: spare data."""

    density: int = 1
    narrow: bool = False
    saving: bool = False

    def points(self, width: int) -> int:
        """Return how many points a picture shown `width` CSS pixels wide should have."""
        shown = min(width, NARROW) if self.narrow else width
        return shown if self.saving else shown * self.density


class Shown:
    """The display of one request, and whether the answer came to depend on it."""

    __slots__ = ("_display", "used")

    def __init__(self, display: Display) -> None:
        self._display, self.used = display, False

    def use(self) -> Display:
        """Return it, and note that it was asked for."""
        self.used = True
        return self._display


_shown: ContextVar[Shown | None] = ContextVar("shown", default=None)


def read_display(headers: Mapping[str, str]) -> Display:
    """Return what a request's headers say; what cannot be read counts as not said."""
    density, width = _number(headers.get("Sec-CH-DPR")), _number(headers.get("Sec-CH-Viewport-Width"))
    return Display(
        density=2 if density >= _SHARP else 1,
        narrow=0 < width <= NARROW,
        saving=(headers.get("Save-Data") or "").strip().lower() == "on",
    )


def current_display() -> Display:
    """Return the display served now, the usual one outside a request; the answer depends on it from here on."""
    shown = _shown.get()
    return shown.use() if shown else Display()


@contextmanager
def showing(display: Display) -> Iterator[Shown]:
    """Make `display` the one served inside the block."""
    shown = Shown(display)
    mark = _shown.set(shown)
    try:
        yield shown
    finally:
        _shown.reset(mark)


def _number(said: str | None) -> float:
    return float(said) if said and _NUMBER.fullmatch(said.strip()) else 0.0
