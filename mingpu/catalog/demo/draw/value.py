"""What cannot be touched, drawn as things that can: a telephone filling up, a gift card, coins."""

from mingpu.catalog.demo.draw.canvas import SLANT, Canvas, Look
from mingpu.catalog.demo.draw.colour import INK, is_dark, lit
from mingpu.catalog.demo.draw.marks import emblem
from mingpu.catalog.demo.draw.parts import cast, shine
from mingpu.catalog.demo.draw.registry import kind
from mingpu.catalog.demo.draw.shapes import box, num, oval

GOLD = "#d8ab4e"


@kind("topup", "disc", focus=(400, 380, 1.5), across=290)
def topup(c: Canvas, look: Look) -> None:
    """A telephone whose screen fills up from below, four bars of signal, a coin with a bolt."""
    c.shadow(400, 638, 150, 20)
    c.path(box(264, 140, 272, 498, 50), c.paint(lit(look.colour, -0.25), "cloth"))
    screen = box(282, 160, 236, 458, 36)
    c.path(screen, c.gradient([(0, lit(look.accent, 0.5), 1), (1, lit(look.accent, 0.1), 1)]))
    with c.clipped(screen):
        c.path("M270 452Q335 414 400 452T530 452V640H270Z", lit(look.colour, 0.4))
        c.path("M270 482Q335 520 400 482T530 482V640H270Z", c.paint(look.colour, "down"))
    c.path("".join(box(336 + i * 34, 262 - i * 20, 22, 20 + i * 20, 6) for i in range(4)), look.colour)
    c.path(box(366, 174, 68, 14, 7), INK, opacity=0.6)
    coin = oval(400, 406, 84, 84)
    cast(c, coin, 6, 10)
    c.path(coin, c.paint(GOLD, "steel"))
    c.path(oval(400, 406, 66, 66), "none", line=lit(GOLD, -0.3), width=4)
    c.path("M414 352L366 416H396L386 462L434 396H404Z", lit(GOLD, -0.5))
    shine(c, [(292, 220), (292, 400)], 8, 0.4)


@kind("giftcard", "flatlay", focus=(410, 400, 1.6), across=380, zoom=1.05)
def giftcard(c: Canvas, look: Look) -> None:
    """Two cards, one over the other, tied with a ribbon."""
    with c.group("rotate(9 400 400)"):
        back = box(170, 250, 460, 290, 30)
        cast(c, back)
        c.path(back, c.paint(lit(look.accent, 0.1), "flat"))
    with c.group("rotate(-10 400 410)"):
        face = box(160, 270, 480, 300, 32)
        cast(c, face, 14, 20)
        c.path(face, c.paint(look.colour, "flat"))
        with c.clipped(face):
            c.path(oval(600, 290, 190, 190), lit(look.colour, 0.3), opacity=0.4)
            c.path(oval(620, 560, 130, 130), lit(look.colour, 0.5), opacity=0.3)
            c.path(box(236, 260, 46, 320), c.paint(look.accent, "cloth"))
        loops = "M258 420C190 330 130 380 168 420S226 440 258 420C326 330 386 380 348 420S290 440 258 420Z"
        c.path(loops, c.paint(lit(look.accent, 0.1), "down"))
        c.path("M252 424L196 506L232 500ZM264 424L322 506L286 500Z", lit(look.accent, -0.15))
        c.path(oval(258, 421, 21, 19), c.paint(lit(look.accent, -0.1), "ball"))
        light = "#fff" if is_dark(look.colour) else INK
        emblem(c, look.mark, (500, 376, 90), light, 0.9)
        c.line("M400 500H470M492 500H562", light, 9, 0.6)
        c.gloss("M160 302Q160 270 192 270H470L300 570H192Q160 570 160 538Z", 0.22, SLANT)


@kind("coins", "plinth", focus=(400, 520, 1.7), across=340)
def coins(c: Canvas, look: Look) -> None:
    """Three piles of coins, the tallest with an emblem standing on it."""
    c.shadow(410, 640, 190, 24)
    for x, y, count in ((512, 612, 4), (292, 622, 6), (402, 640, 9)):
        for i in range(count):
            _coin(c, x + (i * 7) % 9 - 4, y - i * 27, look.colour if i % 2 else lit(look.colour, 0.22))
    c.path(oval(402, 320, 76, 76), c.paint(look.colour, "steel"))
    c.path(oval(402, 320, 60, 60), "none", line=lit(look.colour, -0.35), width=4)
    emblem(c, look.mark, (402, 320, 66), lit(look.accent, -0.1))


def _coin(c: Canvas, x: float, y: float, colour: str) -> None:
    """Lay one coin down with its middle at (x, y)."""
    left, right = num(x - 66), num(x + 66)
    c.path(
        f"M{left} {num(y - 24)}V{num(y)}A66 17 0 0 0 {right} {num(y)}V{num(y - 24)}Z",
        c.paint(colour, "metal"),
    )
    c.path(oval(x, y - 24, 66, 17), c.paint(lit(colour, 0.2), "flat"))
