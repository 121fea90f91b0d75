"""Parts that many things share: mouths of vessels, glazes, plants, cords, stitches."""

from collections.abc import Sequence

from mingpu.catalog.demo.draw.canvas import ACROSS, SLANT, Canvas
from mingpu.catalog.demo.draw.colour import INK, lit
from mingpu.catalog.demo.draw.shapes import TILT, Point, curve, num, oval, polygon, ring_points

SMALL = 6


def mouth(
    c: Canvas,
    y: float,
    r: float,
    colour: str,
    *,
    full: str = "",
    cx: float = 400,
    lip: float = 9,
    depth: float = 0.3,
) -> None:
    """Draw the open top of a round vessel: lip, inside, and what it is `full` of (a colour, "" for empty)."""
    ry = r * TILT
    c.path(oval(cx, y, r, ry), c.gradient([(0, lit(colour, 0.55), 1), (1, lit(colour, 0.1), 1)], SLANT))
    hole = oval(cx, y + 1, r - lip, ry - lip * 0.42)
    c.path(hole, c.gradient([(0, lit(colour, -0.55), 1), (1, lit(colour, -0.1), 1)], ACROSS))
    if full:
        with c.clipped(hole):
            level = c.gradient([(0, lit(full, -0.3), 1), (0.7, full, 1), (1, lit(full, 0.25), 1)], SLANT)
            c.path(oval(cx, y + ry * depth * 2, r - lip - 2, ry - lip * 0.4), level)


def glaze(c: Canvas, body: str, span: tuple[float, float], y: float, colour: str, *, run: float = 14) -> None:
    """Dip the lower part of `body` below `y` into another glaze; span is its (left, right)."""
    left, right = span
    step = (right - left) / 4
    edge = f"M{num(left)} {num(y)}" + "".join(
        f"q{num(step / 2)} {num(run if i % 2 else -run * 0.4)} {num(step)} {num(run * 0.3 if i % 2 else run * 0.2)}"
        for i in range(4)
    )
    with c.clipped(body):
        c.path(f"{edge}V800H{num(left)}Z", c.paint(colour, "round"))
        c.line(edge, lit(colour, 0.5), 3, 0.6)


def shine(c: Canvas, points: Sequence[Point], width: float = 12, opacity: float = 0.55) -> None:
    """Draw the long reflection of the window on something glossy."""
    c.line(curve(points), "#fff", width, opacity)


def stitches(c: Canvas, d: str, colour: str, opacity: float = 0.7) -> None:
    """Draw a row of stitches along `d`."""
    c.line(d, colour, 2.5, opacity, dash="9 7")


def leaf(c: Canvas, root: Point, tip: Point, colour: str, width: float = 0.3, *, plain: bool = False) -> None:
    """Draw one leaf from `root` to `tip`; width as a share of its length; a `plain` one has no light half."""
    dx, dy = tip[0] - root[0], tip[1] - root[1]
    middle = (root[0] + dx * 0.45, root[1] + dy * 0.45)
    side = (-dy * width, dx * width)
    one, two = (middle[0] + side[0], middle[1] + side[1]), (middle[0] - side[0], middle[1] - side[1])
    ends = f"{num(tip[0])} {num(tip[1])}"
    start = f"{num(root[0])} {num(root[1])}"
    whole = f"M{start}Q{num(one[0])} {num(one[1])} {ends}Q{num(two[0])} {num(two[1])} {start}Z"
    c.path(whole, c.paint(colour, "flat"))
    if not plain:
        c.path(f"M{start}Q{num(one[0])} {num(one[1])} {ends}Z", lit(colour, 0.3), opacity=0.45)


def steam(c: Canvas, x: float, y: float, size: float = 1) -> None:
    """Let two threads of steam rise from (x, y)."""
    for dx, height in ((-22, 88), (18, 112)):
        s = size
        d = f"M{num(x + dx * s)} {num(y)}c{num(-26 * s)} {num(-height * s / 3)} {num(26 * s)} {num(-height * s / 2)} 0 {num(-height * s)}"
        c.line(d, "#fff", 9 * s, 0.4)


def seam(c: Canvas, d: str, opacity: float = 0.28, width: float = 3) -> None:
    """Draw a fold or a joint: a thin line of shade."""
    c.line(d, INK, width, opacity)


def slab(c: Canvas, face: Sequence[Point], depth: Point, colour: str, radius: float = 6) -> None:
    """Draw a flat thing with an edge: `face` seen from the front, its thickness going by `depth`."""
    back = [(x + depth[0], y + depth[1]) for x, y in face]
    c.path(polygon(back, radius), c.paint(lit(colour, -0.35), "flat"))
    c.path(polygon(face, radius), c.paint(colour, "flat"))


def button(c: Canvas, x: float, y: float, r: float, colour: str) -> None:
    """Draw a round button or knob seen from the front."""
    if r > SMALL:  # the shadow of a smaller one is not seen
        c.path(oval(x + r * 0.08, y + r * 0.14, r * 1.04, r * 1.04), INK, opacity=0.25)
    c.path(oval(x, y, r, r), c.paint(colour, "ball"))


def grain(
    c: Canvas, d: str, colour: str, area: tuple[float, float, float, float], *, how: str = "soft"
) -> None:
    """Fill `d` with wood; its veins run along x through `area` (x, y, width, height)."""
    x, y, width, height = area
    c.path(d, c.paint(colour, how))
    with c.clipped(d):
        for i, share in enumerate((0.1, 0.26, 0.38, 0.55, 0.7, 0.88)):
            bend = (-14, 10, -8, 16, -12, 8)[i]
            here = (
                f"M{num(x)} {num(y + height * share)}q{num(width / 2)} {bend} {num(width)} {num(bend * 0.3)}"
            )
            c.line(here, lit(colour, -0.3), 2 + i % 3, 0.3)


def cast(c: Canvas, d: str, x: float = 11, y: float = 15) -> None:
    """Lay the shadow of a flat thing `d` on what is right behind it, `x` and `y` away."""
    with c.group(f"translate({num(x)} {num(y)})", 0.16):
        c.path(d, INK, line=INK, width=3)


def fold(c: Canvas, start: Point, end: Point, width: float, strength: float = 0.2) -> None:
    """Draw a fold in cloth: a soft wedge of shade from `start` to `end`, `width` units at its widest."""
    (x, y), (tx, ty) = start, end
    middle = (x + tx) / 2, (y + ty) / 2
    there = f"Q{num(middle[0] - width * 0.4)} {num(middle[1])} {num(tx)} {num(ty)}"
    back = f"Q{num(middle[0] + width * 1.4)} {num(middle[1])} {num(x)} {num(y)}Z"
    c.path(f"M{num(x)} {num(y)}{there}{back}", c.fade(INK, strength, 0, ACROSS))


def hanger(c: Canvas, y: float, half: float, colour: str = "#b98a5e") -> None:
    """Draw a clothes hanger whose bar lies below (400, y)."""
    c.line(f"M400 {num(y)}v-34c0-22 34-18 30-44c-4-24-44-26-50 2", "#9aa0a5", 7)
    c.tube(f"M{num(400 - half)} {num(y + 44)}Q400 {num(y - 26)} {num(400 + half)} {num(y + 44)}", colour, 17)


def hours(c: Canvas, y: float, r: float, colour: str, widths: tuple[float, float]) -> None:
    """Mark the twelve hours of a dial around (400, y): every third one the first of `widths`, else the second."""
    for first, width in ((0, widths[0]), (1, widths[1]), (2, widths[1])):
        d = ""
        for px, py in ring_points(400, y, r, r, 12)[first::3]:
            d += f"M{num(px)} {num(py)}L{num(400 + (px - 400) * 0.88)} {num(y + (py - y) * 0.88)}"
        c.line(d, colour, width)
