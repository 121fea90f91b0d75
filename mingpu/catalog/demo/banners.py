"""Draw the six pictures of the home page: `python -m mingpu.catalog.demo.banners FOLDER`.

Each is 1200 x 480; the left 45 % stays quiet, so that words can stand on it.
"""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from mingpu.catalog.demo.draw.canvas import ACROSS, SLANT, Canvas, Look
from mingpu.catalog.demo.draw.colour import GLOW, hexed, lit, mix
from mingpu.catalog.demo.draw.library import KINDS
from mingpu.catalog.demo.draw.registry import placed
from mingpu.catalog.demo.draw.shapes import oval, polygon

WIDTH, HEIGHT = 1200, 480


@dataclass(frozen=True)
class Piece:
    """One thing in a banner: what it is, "colour accent shape pattern", where it stands, how large it is."""

    kind: str
    draw: str
    x: float
    y: float
    scale: float


@dataclass(frozen=True)
class Banner:
    """One banner: its backdrop, the backdrop's tone, its things from back to front."""

    scene: Callable[[Canvas, str], None]
    tone: str
    pieces: tuple[Piece, ...]


def _fill(c: Canvas, fill: str, top: float = 0) -> None:
    c.path(f"M0 {top:g}H{WIDTH}V{HEIGHT}H0Z", fill)


def _light(c: Canvas) -> None:
    """Let the sun fall across the right half through a window."""
    beam = c.fade(GLOW, 0.55, 0, SLANT)
    for x in (540, 740, 900):
        c.path(polygon([(x, -10), (x + 150, -10), (x + 330, 400), (x + 180, 400)]), beam)
    c.path(oval(820, 240, 480, 320), c.gradient([(0, GLOW, 0.7), (1, GLOW, 0)], (0.5, 0.5, 0.5)))


def _room(c: Canvas, tone: str) -> None:
    """A wall, a skirting board, a wooden floor."""
    _fill(c, c.gradient([(0, lit(tone, 0.28), 1), (1, tone, 1)], ACROSS))
    _light(c)
    wood = mix(tone, "#c9a176", 0.55)
    _fill(c, c.gradient([(0, lit(wood, 0.1), 1), (1, lit(wood, 0.34), 1)]), 388)
    for x in range(-100, 1400, 150):
        c.line(f"M{600 + (x - 600) * 0.86:.0f} 390L{x} 480", lit(wood, -0.12), 1.5, 0.5)
    c.path("M0 374H1200V389H0Z", lit(tone, 0.62))


def _table(c: Canvas, tone: str) -> None:
    """A long table before a wall."""
    _fill(c, c.gradient([(0, lit(tone, 0.28), 1), (1, tone, 1)], ACROSS))
    _light(c)
    top = mix(tone, "#d8b48a", 0.45)
    _fill(c, c.gradient([(0, lit(top, 0.34), 1), (1, top, 1)]), 366)
    c.path("M0 366H1200V371H0Z", lit(top, 0.65), opacity=0.8)


def _rail(c: Canvas, tone: str) -> None:
    """A wall with a clothes rail."""
    _room(c, tone)
    c.tube("M550 74H1166", "#b98a5e", 12)
    for x in (566, 1150):
        c.tube(f"M{x} 74V404", "#b98a5e", 11)
        c.path(oval(x + 6, 410, 70, 9), c.gradient([(0, "#1b2233", 0.3), (1, "#1b2233", 0)], (0.5, 0.5, 0.5)))


def _outside(c: Canvas, tone: str) -> None:
    """Hills in the morning."""
    _fill(c, c.gradient([(0, lit(tone, 0.1), 1), (0.8, lit(tone, 0.8), 1)]))
    c.path(
        oval(960, 110, 64, 64), c.gradient([(0, GLOW, 1), (0.5, GLOW, 0.9), (1, GLOW, 0)], (0.5, 0.5, 0.5))
    )
    far, middle, near = (mix(tone, green, 0.5) for green in ("#8aa6a8", "#6f8f8a", "#5f8560"))
    c.path("M0 330C140 240 260 300 400 290S640 170 780 220 980 280 1200 190V480H0Z", far, opacity=0.55)
    c.path("M0 380C200 300 360 360 560 330S900 260 1200 310V480H0Z", middle, opacity=0.75)
    c.path(
        "M0 410C260 360 480 400 700 380S1040 360 1200 376V480H0Z",
        c.gradient([(0, near, 1), (1, lit(near, 0.3), 1)]),
    )


BANNERS = {
    "home": Banner(_room, "#cfd9cf", (
        Piece("floorlamp", "米白 胡桃", 600, 418, 0.54),
        Piece("plant", "陶土 米白", 1106, 418, 0.42),
        Piece("sofa", "鼠尾草 陶土", 842, 430, 0.68),
        Piece("stool", "原木 鼠尾草", 1016, 462, 0.34),
    )),
    "tea": Banner(_table, "#e6d6c2", (
        Piece("vase", "青瓷 樱粉", 1080, 404, 0.54),
        Piece("teatin", "墨绿 黄铜", 640, 404, 0.48),
        Piece("teapot", "黛青 米白 - dip", 836, 422, 0.66),
        Piece("honey", "姜黄 胡桃", 990, 432, 0.44),
        Piece("mug", "米白 陶土 round dip", 690, 448, 0.4),
    )),
    "outdoor": Banner(_outside, "#c3d6dc", (
        Piece("tent", "橘色 藏青", 800, 418, 0.64),
        Piece("bicycle", "薄荷 焦糖", 1050, 436, 0.38),
        Piece("campchair", "墨绿 原木", 620, 446, 0.36),
        Piece("lantern", "墨绿 黄铜", 916, 454, 0.28),
    )),
    "wardrobe": Banner(_rail, "#dccfc8", (
        Piece("coat", "驼色 胡桃", 664, 376, 0.5),
        Piece("shirt", "天蓝 米白 - pin", 792, 360, 0.5),
        Piece("dress", "墨绿 黄铜 shirt", 926, 376, 0.5),
        Piece("coat", "柠黄 藏青 shell", 1052, 376, 0.5),
        Piece("suitcase", "雾蓝 藏青", 1112, 452, 0.27),
        Piece("boot", "焦糖 曜黑", 738, 452, 0.26),
        Piece("backpack", "黛青 焦糖", 632, 456, 0.27),
    )),
    "desk": Banner(_table, "#cbd6dd", (
        Piece("lamp", "墨绿 黄铜", 1020, 406, 0.62),
        Piece("speaker", "薄荷 焦糖 radio", 636, 408, 0.42),
        Piece("headphones", "米白 焦糖", 796, 424, 0.52),
        Piece("camera", "银色 焦糖", 926, 446, 0.38),
        Piece("pencils", "米白 朱红", 1116, 438, 0.34),
    )),
    "kids": Banner(_room, "#ecdcc6", (
        Piece("bookshelf", "奶白 陶土 low", 990, 414, 0.54),
        Piece("plush", "驼色 朱红", 820, 430, 0.58),
        Piece("plush", "云灰 雾蓝 elephant", 1080, 446, 0.4),
        Piece("blocks", "朱红 雾蓝", 650, 436, 0.42),
        Piece("toycar", "朱红 米白", 944, 460, 0.32),
    )),
}  # fmt: skip


def draw(banner: Banner) -> str:
    """Return one banner as SVG."""
    c = Canvas()
    banner.scene(c, banner.tone)
    for piece in banner.pieces:
        words = [*("" if word == "-" else word for word in piece.draw.split()), "", ""]
        look = Look(hexed(words[0]), hexed(words[1]), words[2], words[3])
        placed(c, KINDS[piece.kind].draw, look, (piece.x, piece.y), piece.scale)
    return c.text(WIDTH, HEIGHT)


def build(target: Path) -> None:
    """Write every banner into the folder `target`."""
    target.mkdir(parents=True, exist_ok=True)
    for name, banner in BANNERS.items():
        (target / f"{name}.svg").write_text(draw(banner), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    build(Path(sys.argv[1]))
