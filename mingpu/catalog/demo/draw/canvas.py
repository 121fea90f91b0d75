"""One picture being drawn: shapes, light, shade and patterns as plain SVG, without scripts or references."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from string import ascii_lowercase

from mingpu.catalog.demo.draw.colour import GLOW, INK, lit, mix
from mingpu.catalog.demo.draw.patterns import TILES
from mingpu.catalog.demo.draw.shapes import num, oval
from mingpu.catalog.demo.draw.shorten import bounds, shorten

Stop = tuple[float, str, float]  # where 0..1, colour, opacity 0..1
ACROSS, DOWN, SLANT = (0, 0, 1, 0), (0, 0, 0, 1), (0, 0, 1, 1)

# How a colour turns in the light, which always comes from the upper left: (where, light or shade).
SHADES: dict[str, tuple[tuple[float, ...], list[tuple[float, float]]]] = {
    "round": (ACROSS, [(0, -0.2), (0.12, 0.04), (0.3, 0.34), (0.52, 0.04), (0.86, -0.34), (1, -0.2)]),
    "tube": (DOWN, [(0, -0.08), (0.2, 0.34), (0.5, 0), (0.88, -0.36), (1, -0.24)]),
    "flat": (SLANT, [(0, 0.22), (0.5, 0), (1, -0.2)]),
    "soft": (SLANT, [(0, 0.12), (0.55, 0), (1, -0.12)]),
    "down": (DOWN, [(0, 0.16), (0.5, 0), (1, -0.2)]),
    "up": (DOWN, [(0, -0.3), (0.6, -0.04), (1, 0.1)]),
    "side": (ACROSS, [(0, -0.12), (1, -0.34)]),
    "cloth": (ACROSS, [(0, -0.2), (0.16, 0.02), (0.36, 0.16), (0.6, 0.02), (0.84, -0.14), (1, -0.28)]),
    "metal": (
        ACROSS,
        [
            (0, -0.36),
            (0.1, 0.1),
            (0.24, 0.68),
            (0.36, 0.1),
            (0.6, -0.16),
            (0.8, -0.46),
            (0.92, -0.1),
            (1, -0.3),
        ],
    ),
    "steel": (SLANT, [(0, 0.5), (0.35, 0.06), (0.5, 0.4), (0.7, -0.1), (1, -0.3)]),
    "ball": ((0.34, 0.28, 0.78), [(0, 0.42), (0.4, 0.06), (0.78, -0.2), (1, -0.36)]),
}


@dataclass(frozen=True)
class Look:
    """What one product of a kind looks like.

    colour, accent: `#rrggbb`. shape: a variant the kind knows, "" for its first. pattern: a name of
    `patterns.TILES` or a way of painting the kind knows, "" for plain. mark: the brand's emblem.
    """

    colour: str
    accent: str
    shape: str = ""
    pattern: str = ""
    mark: str = "ring"


class Canvas:
    """Collects shapes and the gradients they need; `text` is the body of an SVG file."""

    def __init__(self) -> None:
        self._defs: dict[str, str] = {}
        self._out: list[str] = []
        self._ids = count()

    def _define(self, tag: str, rest: str) -> str:
        """Return the id of a definition, made once however often it is asked for."""
        key = f"{tag} {rest}"
        if key not in self._defs:
            turn, letter = divmod(next(self._ids), len(ascii_lowercase))
            self._defs[key] = ascii_lowercase[letter] + (str(turn) if turn else "")
        return self._defs[key]

    def gradient(self, stops: Sequence[Stop], way: Sequence[float] = DOWN) -> str:
        """Return a fill: linear for `way` (x1, y1, x2, y2), radial for (cx, cy, r), in shares of the shape."""
        body = "".join(
            (f'<stop offset="{_share(where)}" ' if where else "<stop ")
            + f'stop-color="{colour}"'
            + ("" if opacity == 1 else f' stop-opacity="{_share(opacity)}"')
            + "/>"
            for where, colour, opacity in stops
        )
        radial = len(way) == len(("cx", "cy", "r"))
        usual = {"cx": 0.5, "cy": 0.5, "r": 0.5} if radial else {"x1": 0, "y1": 0, "x2": 1, "y2": 0}
        pairs = zip(usual.items(), way, strict=True)
        place = " ".join(f'{name}="{_share(value)}"' for (name, normal), value in pairs if value != normal)
        tag = "radialGradient" if radial else "linearGradient"
        return f"url(#{self._define(tag, f'{place}>{body}</{tag}>')})"

    def paint(self, colour: str, how: str = "round") -> str:
        """Return a fill: `colour` as it turns in the light, `how` being a name of `SHADES`."""
        way, steps = SHADES[how]
        return self.gradient([(where, lit(colour, amount), 1) for where, amount in steps], way)

    def veil(self, how: str = "round", strength: float = 1) -> str:
        """Return the light and shade of `how` alone, to lay over a pattern."""
        way, steps = SHADES[how]
        return self.gradient(
            [(at, GLOW if v > 0 else INK, abs(v) * (0.8 if v > 0 else 0.75) * strength) for at, v in steps],
            way,
        )

    def fade(self, colour: str, start: float, end: float, way: Sequence[float] = DOWN) -> str:
        """Return `colour` going from opacity `start` to `end`."""
        return self.gradient([(0, colour, start), (1, colour, end)], way)

    def tile(self, name: str, colour: str, size: float = 60, turn: float = 0) -> str:
        """Return a repeating pattern as a fill; `size` is the side of one tile, `turn` in degrees."""
        spin = f"rotate({turn:g}) " if turn else ""
        scale = f' patternTransform="{spin}scale({size / 60:.3g})"'
        body = TILES[name].replace("@", colour)
        rest = f'width="60" height="60" patternUnits="userSpaceOnUse"{scale}>{body}</pattern>'
        return f"url(#{self._define('pattern', rest)})"

    def path(self, d: str, fill: str, *, opacity: float = 1, line: str = "", width: float = 0) -> None:
        """Fill the outline `d`; with `line`, draw its edge `width` wide."""
        edge = f' stroke="{line}" stroke-width="{num(width)}"' if line else ""
        see = f' opacity="{_share(opacity)}"' if opacity < 1 else ""
        self._out.append(f'<path d="{shorten(d)}" fill="{fill}"{edge}{see}/>')

    def body(self, d: str, look: Look, how: str = "round", *, size: float = 60, turn: float = 0) -> None:
        """Fill `d` with the look's colour in the light, the look's pattern on it if it is a tile."""
        if look.pattern not in TILES:
            self.path(d, self.paint(look.colour, how))
            return
        left, top, right, bottom = bounds(d)
        whole = f"M{num(left)} {num(top)}H{num(right)}V{num(bottom)}H{num(left)}Z"
        with self.clipped(d):
            self.path(whole, look.colour)
            self.path(whole, self.tile(look.pattern, look.accent, size, turn))
            self.path(whole, self.veil(how))

    def line(self, d: str, colour: str, width: float = 3, opacity: float = 1, dash: str = "") -> None:
        """Draw the open line `d` with round ends."""
        see = f' opacity="{_share(opacity)}"' if opacity < 1 else ""
        gaps = f' stroke-dasharray="{dash}"' if dash else ""
        self._out.append(
            f'<path d="{shorten(d)}" fill="none" stroke="{colour}" stroke-width="{num(width)}"{gaps}{see}/>'
        )

    def tube(self, d: str, colour: str, width: float) -> None:
        """Draw `d` as a round rod or cord: dark edge, body, a thread of light."""
        self.line(d, lit(colour, -0.34), width)
        with self.group(f"translate({num(-width * 0.07)} {num(-width * 0.09)})"):
            self.line(d, lit(colour, 0.02), width * 0.74)
        with self.group(f"translate({num(-width * 0.16)} {num(-width * 0.18)})"):
            self.line(d, lit(colour, 0.45), width * 0.2, 0.75)

    def shadow(self, cx: float, cy: float, rx: float, ry: float = 0, strength: float = 1) -> None:
        """Lay the soft shadow of a thing standing at (cx, cy), falling a little to the right."""
        ry = ry or max(rx * 0.13, 14)
        soft = self.gradient([(0, INK, 0.34), (0.5, INK, 0.16), (1, INK, 0)], (0.5, 0.5, 0.5))
        self.path(oval(cx + rx * 0.16, cy + ry * 0.3, rx * 1.28, ry * 1.75), soft, opacity=0.75 * strength)
        self.path(oval(cx, cy, rx * 1.02, ry * 0.8), soft, opacity=strength)

    def gloss(self, d: str, opacity: float = 0.5, way: Sequence[float] = DOWN) -> None:
        """Lay a reflection of the window on `d`."""
        self.path(d, self.fade("#fff", 0.95, 0.1, way), opacity=opacity)

    @contextmanager
    def group(self, transform: str = "", opacity: float = 1) -> Iterator[None]:
        """Draw the block's shapes moved by `transform`."""
        see = f' opacity="{_share(opacity)}"' if opacity < 1 else ""
        move = f' transform="{transform}"' if transform else ""
        self._out.append(f"<g{move}{see}>")
        yield
        self._out.append("</g>")

    @contextmanager
    def clipped(self, d: str) -> Iterator[None]:
        """Draw the block's shapes only inside the outline `d`."""
        clip = self._define("clipPath", f'><path d="{shorten(d)}"/></clipPath>')
        self._out.append(f'<g clip-path="url(#{clip})">')
        yield
        self._out.append("</g>")

    def text(self, width: int = 800, height: int = 800) -> str:
        """Return the whole SVG file."""
        parted = ((key.partition(" "), name) for key, name in self._defs.items())
        defs = "".join(
            f'<{tag} id="{name}"' + (rest if rest.startswith(">") else f" {rest}")
            for (tag, _, rest), name in parted
        )
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
            f'width="{width}" height="{height}" stroke-linecap="round" stroke-linejoin="round"><defs>{defs}</defs>{"".join(self._out)}</svg>\n'
        )


def _share(value: float) -> str:
    """Write a share 0..1 with at most two decimals."""
    return f"{round(value, 2):g}".replace("0.", ".", 1)


def duo(colour: str, accent: str) -> str:
    """Return a colour that goes with both: the one to use for small parts."""
    return lit(mix(colour, accent, 0.5), -0.25)
