"""Small tools to carry."""

from mingpu.catalog.demo.draw.canvas import SLANT, Canvas, Look
from mingpu.catalog.demo.draw.colour import INK, is_dark, lit
from mingpu.catalog.demo.draw.marks import emblem
from mingpu.catalog.demo.draw.parts import button, cast
from mingpu.catalog.demo.draw.registry import kind
from mingpu.catalog.demo.draw.shapes import box

STEEL = "#b4bcc0"


@kind("multitool", "flatlay", focus=(420, 380, 1.6), across=360, zoom=1.3)
def multitool(c: Canvas, look: Look) -> None:
    """A folding knife with its tools fanned out, or `plier`: pliers with tools in the handles."""
    if look.shape == "plier":
        _pliers(c, look)
        return
    with c.group("rotate(-24 400 420)"):
        for turn, d in (
            (-118, "M300 420L430 404Q446 420 430 436Z"),
            (-62, "M300 408H470L482 414V426L470 432H300Z"),
            (-30, "M300 406H500V414H486V424H500V434H300Z"),
        ):
            with c.group(f"rotate({turn} 300 420)"):
                c.path(d, c.paint(lit(STEEL, -0.1), "tube"))
        blade = "M500 388L706 396C700 424 650 450 500 452Z"
        cast(c, blade)
        c.path(blade, c.gradient([(0, "#8f989d", 1), (0.4, "#eef1f2", 1), (1, "#a9b2b6", 1)], SLANT))
        c.line("M516 440C620 438 680 420 698 402", "#fff", 6, 0.7)
        _handle(c, look, 384)


def _handle(c: Canvas, look: Look, y: float) -> None:
    """Draw the closed handle, (400, y + 36) its middle line, with rivets and the brand's emblem."""
    d = box(270, y, 260, 76, 38)
    cast(c, d, 10, 16)
    c.path(d, c.paint(look.colour, "tube"))
    c.path(box(270, y + 30, 260, 12, 6), INK, opacity=0.3)
    for x in (304, 496):
        button(c, x, y + 38, 11, look.accent)
    emblem(c, look.mark, (400, y + 38, 44), "#fff" if is_dark(look.colour) else INK, 0.85)


def _pliers(c: Canvas, look: Look) -> None:
    """Draw the pliers from above, jaws up."""
    with c.group("rotate(12 400 400)"):
        for side in (1, -1):
            x = 400 + side * 74
            jaw = f"M400 350L{400 + side * 64} 330Q{400 + side * 66} 210 {400 + side * 10} 130H400Z"
            cast(c, jaw)
            c.path(jaw, c.paint(lit(STEEL, 0.06 * side), "steel"))
            for y in (190, 214, 238):
                c.line(f"M400 {y}h{side * 16}", lit(STEEL, -0.5), 4)
            with c.group(f"rotate({-9 * side} 400 350)"):
                arm = box(x - 34, 340, 68, 320, 30)
                cast(c, arm, 10, 14)
                c.path(arm, c.paint(look.colour, "round"))
                c.path(box(x - 9, 370, 18, 260, 9), c.paint(STEEL, "metal"))
                button(c, x, 632, 11, look.accent)
        button(c, 400, 346, 34, look.accent)
        emblem(c, look.mark, (400, 346, 34), INK, 0.8)
