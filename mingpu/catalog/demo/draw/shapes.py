"""Outlines as SVG path data, in user units of the 800 x 800 picture; y grows downwards."""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from math import cos, hypot, radians, sin

Point = tuple[float, float]
TILT = 0.13  # how much of a circle the camera sees from above


def num(value: float) -> str:
    """Write a coordinate with at most one decimal, as short as it goes."""
    text = f"{value:.1f}".rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text


def spot(point: Point) -> str:
    """Write one point."""
    return f"{num(point[0])} {num(point[1])}"


def polygon(points: Sequence[Point], radius: float = 0) -> str:
    """Return a closed outline through `points`, its corners rounded by `radius`."""
    if not radius:
        return "M" + "L".join(spot(p) for p in points) + "Z"
    parts: list[str] = []
    for before, here, after in zip((points[-1], *points[:-1]), points, (*points[1:], points[0]), strict=True):
        start, end = _toward(here, before, radius), _toward(here, after, radius)
        parts.append(f"{'L' if parts else 'M'}{spot(start)}Q{spot(here)} {spot(end)}")
    return "".join(parts) + "Z"


def _toward(here: Point, there: Point, step: float) -> Point:
    length = hypot(there[0] - here[0], there[1] - here[1]) or 1
    share = min(step / length, 0.5)
    return here[0] + (there[0] - here[0]) * share, here[1] + (there[1] - here[1]) * share


def box(x: float, y: float, width: float, height: float, radius: float = 0) -> str:
    """Return a rectangle, its corners rounded by `radius`."""
    return polygon([(x, y), (x + width, y), (x + width, y + height), (x, y + height)], radius)


def oval(cx: float, cy: float, rx: float, ry: float | None = None) -> str:
    """Return an ellipse; without `ry`, a circle seen from a little above."""
    ry = rx * TILT if ry is None else ry
    r = f"{num(rx)} {num(ry)} 0 1 0 "
    return f"M{spot((cx - rx, cy))}A{r}{spot((cx + rx, cy))}A{r}{spot((cx - rx, cy))}Z"


def _curve(points: Sequence[Point]) -> str:
    """Continue a path smoothly through `points`, the first being where the pen is (Catmull-Rom)."""
    padded = [points[0], *points, points[-1]]
    parts: list[str] = []
    for i in range(1, len(padded) - 2):
        a, b, c, d = padded[i - 1 : i + 3]
        first = (b[0] + (c[0] - a[0]) / 6, b[1] + (c[1] - a[1]) / 6)
        second = (c[0] - (d[0] - b[0]) / 6, c[1] - (d[1] - b[1]) / 6)
        parts.append(f"C{spot(first)} {spot(second)} {spot(c)}")
    return "".join(parts)


def _runs(points: Iterable[Point]) -> list[list[Point]]:
    """Split at points given twice in a row: those are corners."""
    runs: list[list[Point]] = [[]]
    for point in points:
        if runs[-1] and runs[-1][-1] == point:
            runs.append([point])
        else:
            runs[-1].append(point)
    return runs


def curve(points: Sequence[Point]) -> str:
    """Return an open smooth line through `points`; a point given twice is a corner."""
    return f"M{spot(points[0])}" + "".join(_curve(run) for run in _runs(points))


def blob(points: Sequence[Point]) -> str:
    """Return a closed smooth outline through `points`."""
    ring = [points[-1], *points, points[0], points[1]]
    parts = [f"M{spot(points[0])}"]
    for i in range(1, len(ring) - 2):
        a, b, c, d = ring[i - 1 : i + 3]
        first = (b[0] + (c[0] - a[0]) / 6, b[1] + (c[1] - a[1]) / 6)
        second = (c[0] - (d[0] - b[0]) / 6, c[1] - (d[1] - b[1]) / 6)
        parts.append(f"C{spot(first)} {spot(second)} {spot(c)}")
    return "".join(parts) + "Z"


def lathe(profile: Sequence[Point], cx: float = 400, tilt: float = TILT) -> str:
    """Return the outline of a turned body: `profile` is (half width, y) from top to bottom.

    A point given twice is a corner. Top and bottom are closed by the circle seen with `tilt`.
    """
    right = [(cx + r, y) for r, y in profile]
    left = [(cx - r, y) for r, y in reversed(profile)]
    (top, _), (bottom, _) = profile[0], profile[-1]
    foot = f"A{num(bottom)} {num(bottom * tilt)} 0 0 1 {spot(left[0])}"
    lip = f"A{num(top)} {num(top * tilt)} 0 0 1 {spot(right[0])}Z"
    down = "".join(_curve(run) for run in _runs(right))
    up = "".join(_curve(run) for run in _runs(left))
    return f"M{spot(right[0])}{down}{foot}{up}{lip}"


def band(profile: Sequence[Point], cx: float = 400, tilt: float = TILT) -> str:
    """Return a strip wrapped around a turned body: like `lathe`, its top edge curving as its bottom does."""
    body = lathe(profile, cx, tilt)
    top = profile[0][0]
    lip = f"A{num(top)} {num(top * tilt)} 0 0 1 "
    return (
        body.replace(lip, lip.replace("0 0 1 ", "0 0 0 "), 1)
        if body.count(lip) == 1
        else _flip_lip(body, lip)
    )


def _flip_lip(body: str, lip: str) -> str:
    """Turn the last arc of `body`, which has two equal ones."""
    head, tail = body.rsplit(lip, 1)
    return head + lip.replace("0 0 1 ", "0 0 0 ") + tail


def mirror(points: Sequence[Point], cx: float = 400) -> list[Point]:
    """Return `points` (right half, top to bottom) followed by their mirror image (left half, bottom to top).

    Where the half ends on the axis the outline goes on smoothly.
    """
    back = list(reversed(points))
    while back and back[0][0] == cx:
        back.pop(0)
    return [*points, *((2 * cx - x, y) for x, y in back)]


def even(points: Sequence[Point], cx: float = 400) -> str:
    """Return the closed outline whose right half is `points`, top to bottom; a point given twice is a corner."""
    whole = mirror(points, cx)
    return curve(whole) + "Z"


def turned(points: Iterable[Point], degrees: float, about: Point = (400, 400)) -> list[Point]:
    """Return `points` turned clockwise by `degrees` around `about`."""
    c, s = cos(radians(degrees)), sin(radians(degrees))
    return [
        (
            about[0] + (x - about[0]) * c - (y - about[1]) * s,
            about[1] + (x - about[0]) * s + (y - about[1]) * c,
        )
        for x, y in points
    ]


def ring_points(cx: float, cy: float, rx: float, ry: float, count: int, *, start: float = -90) -> list[Point]:
    """Return `count` points evenly on an ellipse, clockwise from `start` degrees."""
    angles = [radians(start + 360 * i / count) for i in range(count)]
    return [(cx + rx * cos(t), cy + ry * sin(t)) for t in angles]


def zigzag(start: Point, end: Point, teeth: int, depth: float) -> list[Point]:
    """Return points from `start` to `end` with `teeth` notches of `depth` units to the right of the way."""
    dx, dy = (end[0] - start[0]) / teeth, (end[1] - start[1]) / teeth
    length = hypot(dx, dy)
    nx, ny = -dy / length * depth, dx / length * depth
    corners = [(start[0] + dx * i, start[1] + dy * i) for i in range(teeth + 1)]
    points: list[Point] = [corners[0]]
    for a, b in pairwise(corners):
        points += [((a[0] + b[0]) / 2 + nx, (a[1] + b[1]) / 2 + ny), b]
    return points
