"""The studio: backdrops in quiet tones, chosen so that the product stands out from them."""

from collections.abc import Callable

from mingpu.catalog.demo.draw.canvas import DOWN, SLANT, Canvas
from mingpu.catalog.demo.draw.colour import GLOW, distance, lit, mix, oklab
from mingpu.catalog.demo.draw.shapes import oval, polygon

TONES = {
    "oat": "#ebe3d5",
    "sage": "#d3dccb",
    "mist": "#d5dfe6",
    "blush": "#efdcd3",
    "sand": "#e8d5b5",
    "lilac": "#dedae6",
    "ash": "#dededb",
    "clay": "#dfc4b4",
    "pool": "#c9dad6",
    "butter": "#efe3c4",
    "dusk": "#b9c7d2",
    "fern": "#bcc7b1",
}
FAR_ENOUGH = 0.16
PALE = 0.88  # lightness from which a product needs a darker backdrop


def tone_for(colour: str, turn: int) -> str:
    """Return the backdrop, the `turn`-th of those from which `colour` clearly stands out."""
    fitting = [tone for tone in TONES.values() if distance(tone, colour) > FAR_ENOUGH]
    ranked = fitting or sorted(TONES.values(), key=lambda tone: -distance(tone, colour))[:4]
    tone = ranked[turn % len(ranked)]
    return lit(tone, -0.09) if oklab(colour)[0] > PALE else tone


def _whole(c: Canvas, fill: str, opacity: float = 1) -> None:
    c.path("M0 0H800V800H0Z", fill, opacity=opacity)


def _glow(c: Canvas, cx: float = 0.45, cy: float = 0.42, strength: float = 0.85) -> None:
    _whole(c, c.gradient([(0, GLOW, strength), (1, GLOW, 0)], (cx, cy, 0.55)))


def _window(c: Canvas, turn: int) -> None:
    """Let light fall through a window upon the wall: two panes, one, or a bright day."""
    day, one = 2, 1
    if turn % 3 == day:
        _glow(c, 0.2, 0.1, 0.5)
        return
    light = c.fade(GLOW, 0.38, 0, SLANT)
    if turn % 3 == one:
        c.path(polygon([(-40, -20), (330, -20), (620, 566), (250, 566)]), light)
        return
    c.path(polygon([(60, -20), (230, -20), (520, 560), (350, 560)]), light)
    c.path(polygon([(262, -20), (400, -20), (690, 560), (552, 560)]), light)


def studio(c: Canvas, tone: str, _turn: int) -> None:
    """A seamless sheet of paper, bending from wall to floor."""
    stops = [
        (0.0, lit(tone, -0.05), 1.0),
        (0.62, tone, 1.0),
        (0.78, lit(tone, 0.3), 1.0),
        (1.0, lit(tone, -0.03), 1.0),
    ]
    _whole(c, c.gradient(stops, DOWN))
    _glow(c)


def table(c: Canvas, tone: str, turn: int) -> None:
    """A table top before a sunlit wall."""
    _whole(c, c.gradient([(0, lit(tone, -0.07), 1), (1, tone, 1)]))
    _window(c, turn)
    top = mix(tone, "#d8b48a", 0.34)
    c.path("M0 566H800V800H0Z", c.gradient([(0, lit(top, 0.3), 1), (1, lit(top, -0.02), 1)]))
    c.path("M0 566H800V572H0Z", lit(top, 0.6), opacity=0.7)
    _glow(c, 0.4, 0.45, 0.5)


def wall(c: Canvas, tone: str, turn: int) -> None:
    """A plain wall in evening light, for what hangs or lies flat."""
    _whole(c, c.gradient([(0, lit(tone, 0.3), 1), (1, lit(tone, -0.09), 1)], SLANT))
    _window(c, turn)


def floor(c: Canvas, tone: str, turn: int) -> None:
    """A corner of a room: wall, skirting board, wooden floor."""
    _whole(c, c.gradient([(0, lit(tone, -0.04), 1), (0.7, lit(tone, 0.12), 1)]))
    _window(c, turn)
    wood = mix(tone, "#c9a176", 0.5)
    c.path("M0 590H800V800H0Z", c.gradient([(0, lit(wood, 0.14), 1), (1, lit(wood, 0.32), 1)]))
    for x in (-160, 40, 230, 410, 600, 810):
        c.line(f"M{400 + (x - 330) * 0.8:.0f} 592L{x} 800", lit(wood, -0.12), 1.5, 0.5)
    c.path("M0 566H800V590H0Z", c.gradient([(0, lit(tone, 0.75), 1), (1, lit(tone, 0.35), 1)]))
    c.path("M0 590H800V604H0Z", c.fade("#1b2233", 0.16, 0))


def plinth(c: Canvas, tone: str, _turn: int) -> None:
    """A round pedestal before an arch."""
    _whole(c, c.gradient([(0, lit(tone, -0.02), 1), (1, lit(tone, 0.1), 1)]))
    c.path(
        "M170 640V330A230 230 0 0 1 630 330V640Z",
        c.gradient([(0, lit(tone, -0.13), 1), (1, lit(tone, 0.1), 1)]),
    )
    c.path(
        "M190 640V332A211 211 0 0 1 612 332V640Z",
        c.gradient([(0, lit(tone, -0.03), 1), (1, lit(tone, 0.24), 1)]),
    )
    c.path("M0 640H800V800H0Z", c.gradient([(0, lit(tone, 0.16), 1), (1, lit(tone, 0.42), 1)]))
    c.shadow(410, 745, 300, 34, 0.7)
    side = [(0.0, lit(tone, 0.3), 1.0), (0.35, lit(tone, 0.62), 1.0), (1.0, lit(tone, -0.1), 1.0)]
    c.path("M140 640V715A260 50 0 0 0 660 715V640Z", c.gradient(side, (0, 0, 1, 0)))
    c.path(oval(400, 640, 260, 50), c.gradient([(0, lit(tone, 0.75), 1), (1, lit(tone, 0.45), 1)], SLANT))


def disc(c: Canvas, tone: str, turn: int) -> None:
    """A coloured round behind the thing."""
    studio(c, tone, turn)
    c.path(oval(400, 380, 262, 262), c.gradient([(0, lit(tone, -0.13), 1), (1, lit(tone, 0.16), 1)], SLANT))


def hills(c: Canvas, tone: str, _turn: int) -> None:
    """A morning outdoors: sun, two ranges of hills, grass."""
    _whole(c, c.gradient([(0, lit(tone, 0.1), 1), (0.72, lit(tone, 0.75), 1)]))
    c.path(
        oval(590, 210, 70, 70), c.gradient([(0, GLOW, 1), (0.45, GLOW, 0.9), (1, GLOW, 0)], (0.5, 0.5, 0.5))
    )
    far, near = mix(tone, "#6f8f8a", 0.4), mix(tone, "#6f8f6a", 0.55)
    c.path(
        "M0 470C120 380 200 360 300 430S470 350 580 400S720 400 800 440V800H0Z",
        c.paint(far, "down"),
        opacity=0.65,
    )
    c.path(
        "M0 560C140 500 260 520 380 545S640 500 800 540V800H0Z",
        c.gradient([(0, near, 1), (1, lit(near, 0.35), 1)]),
    )


def flatlay(c: Canvas, tone: str, _turn: int) -> None:
    """A cloth seen from above, for what lies flat."""
    _whole(c, c.gradient([(0, lit(tone, 0.4), 1), (1, lit(tone, -0.06), 1)], SLANT))


SCENES: dict[str, Callable[[Canvas, str, int], None]] = {
    scene.__name__: scene for scene in (studio, table, wall, floor, plinth, disc, hills, flatlay)
}
