"""Brand emblems and labels: small geometric signs, since a picture must not depend on any font."""

from mingpu.catalog.demo.draw.canvas import Canvas
from mingpu.catalog.demo.draw.colour import INK, lit
from mingpu.catalog.demo.draw.shapes import box, num

# Each drawn within -12..12, in lines 2.4 wide.
EMBLEMS = {
    "ring": "M-9 0a9 9 0 1 0 18 0a9 9 0 1 0-18 0M-3 0a3 3 0 1 0 6 0a3 3 0 1 0-6 0",
    "peak": "M-11 8L-3-7L2 2L5-3L11 8Z",
    "leaf": "M-8 9C-9-4-1-9 9-10C9 1 3 8-8 9ZM-8 9L3-3",
    "wave": "M-11-3q5.500-7 11 0t11 0M-11 5q5.500-7 11 0t11 0",
    "sun": "M-10 5a10 10 0 0 1 20 0ZM0-10V-8M-9-6L-7-4M9-6L7-4",
    "eave": "M-11-1C-5-2-2-5 0-9C2-5 5-2 11-1M-7 2V9H7V2",
    "lamp": "M-7 0a7 7 0 1 1 14 0c0 4-3 5-3 8h-8c0-3-4-4-4-8M-3 10H3",
    "knot": "M-9-3H9M-9 3H9M-3-9V9M3-9V9",
    "drop": "M0-10C5-3 8 0 8 4a8 8 0 0 1-16 0C-8 0-5-3 0-10Z",
    "sprout": "M0 10V0C0-6-5-8-10-8C-10-2-6 0 0 0C0-5 4-8 10-8C10-3 6 0 0 0",
    "paw": "M-5 4a5 4 0 0 1 10 0a5 4 0 0 1-10 0M-9-2v-1M-4-7v-1M4-7v-1M9-2v-1",
    "brick": "M-10-8H10V8H-10ZM-10 0H10M0-8V0",
    "moon": "M3-10A10 10 0 1 0 9 5A9 9 0 0 1 3-10Z",
    "arrow": "M-9 9L0-9L9 9L0 4Z",
    "bloom": "M0 0C-6-2-6-10 0-10C6-10 6-2 0 0C6-2 11 4 6 8C2 11-1 4 0 0C1 4-2 11-6 8C-11 4-6-2 0 0",
    "square": "M-9-9H9V9H-9ZM-4-4H4V4H-4Z",
    "star": "M0-10L3-3L10 0L3 3L0 10L-3 3L-10 0L-3-3Z",
    "grain": "M0 11V-2M0-2C-4-4-4-8 0-11C4-8 4-4 0-2M0 5C-5 5-8 2-8-2C-4-2-1 1 0 5C1 1 4-2 8-2C8 2 5 5 0 5",
}


def emblem(c: Canvas, name: str, place: tuple[float, float, float], colour: str, opacity: float = 1) -> None:
    """Draw a brand's emblem; place: where its centre is, and how wide it is (x, y, size)."""
    x, y, size = place
    with c.group(f"translate({num(x)} {num(y)}) scale({size / 24:.3g})"):
        c.line(EMBLEMS[name], colour, 2.4, opacity)


def label(c: Canvas, area: tuple[float, float, float, float], mark: str, paper: str, ink: str = INK) -> None:
    """Stick a paper label on `area` (x, y, width, height): emblem above, fine rules below it."""
    x, y, width, height = area
    c.path(
        box(x, y, width, height, 5),
        c.gradient([(0, lit(paper, 0.3), 1), (1, lit(paper, -0.08), 1)], (0, 0, 1, 0)),
    )
    size = min(width, height) * 0.4
    emblem(c, mark, (x + width / 2, y + height * 0.36, size), ink)
    for share, where in ((0.5, 0.7), (0.34, 0.8)):
        half = width * share / 2
        c.line(f"M{num(x + width / 2 - half)} {num(y + height * where)}h{num(half * 2)}", ink, 3, 0.55)
