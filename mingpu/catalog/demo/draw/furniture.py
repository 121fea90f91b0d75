"""Furniture in a corner of a room."""

from mingpu.catalog.demo.draw.canvas import Canvas, Look
from mingpu.catalog.demo.draw.colour import INK, lit, mix
from mingpu.catalog.demo.draw.parts import cast, fold, grain, leaf, seam, stitches
from mingpu.catalog.demo.draw.registry import kind
from mingpu.catalog.demo.draw.shapes import box, lathe, oval, polygon

BOOKS = ("#35606a", "#c47b5a", "#e8dcc4", "#8fa7ba", "#cf4a33", "#d39b35", "#4d7561", "#b2a5c6")


def _legs(
    c: Canvas, places: tuple[tuple[float, float], ...], top: float, colour: str, width: float = 20
) -> None:
    """Stand something on tapering legs: (x at the top, x at the floor)."""
    for x, foot in places:
        half = width / 2
        leg = polygon(
            [(x - half, top), (x + half, top), (foot + half * 0.6, 646), (foot - half * 0.6, 646)], 4
        )
        c.path(leg, c.paint(colour))


@kind("sofa", "floor", focus=(280, 480, 1.6), across=480, zoom=1.05)
def sofa(c: Canvas, look: Look) -> None:
    """A sofa: two seats, `bench` with one long cushion, or `curve` with a round back."""
    c.shadow(400, 648, 330, 30)
    _legs(c, ((150, 138), (650, 662), (300, 300), (500, 500)), 590, "#8a5f42")
    back = box(128, 330, 544, 240, 46)
    if look.shape == "curve":
        back = "M110 520Q90 320 250 312Q400 296 550 312Q710 320 690 520V580H110Z"
    c.body(back, look, "down", size=60)
    arms = [box(92, 430, 92, 174, 40), box(616, 430, 92, 174, 40)]
    if look.shape != "bench":
        for x in (176, 404):
            c.body(box(x, 356, 220, 160, 34), look, "soft", size=60)
            c.path(box(x, 356, 220, 160, 34), c.veil("down", 0.5))
    if look.shape == "bench":
        c.body(box(176, 484, 448, 84, 26), look, "down")
    else:
        for x in (172, 402):
            c.body(box(x, 492, 226, 80, 26), look, "down", size=60)
    c.path(box(150, 560, 500, 44, 14), c.paint(lit(look.colour, -0.16), "down"))
    for d in arms:
        c.body(d, look, "cloth", size=60)
    with c.group("rotate(-10 230 440)"):
        pad = box(186, 386, 116, 112, 24)
        cast(c, pad, 8, 8)
        c.path(pad, c.paint(look.accent, "soft"))
        seam(c, "M206 404L284 482M284 404L206 482", 0.08, 8)


@kind("chair", "floor", focus=(400, 400, 1.5), across=300, zoom=1.05)
def chair(c: Canvas, look: Look) -> None:
    """A chair: wooden dining chair, `lounge` armchair, or `office` chair on castors."""
    c.shadow(400, 648, 190, 24)
    if look.shape == "lounge":
        _legs(c, ((280, 256), (520, 544)), 560, look.accent)
        back = "M268 560L252 300Q252 220 330 214H470Q548 220 548 300L532 560Z"
        c.body(back, look, "cloth", size=56)
        for x in range(310, 500, 60):
            fold(c, (x, 250), (x, 480), 12, 0.12)
        c.body(box(250, 470, 300, 84, 34), look, "down", size=56)
        for x in (206, 520):
            c.body(box(x, 396, 76, 172, 36), look, "cloth", size=56)
    elif look.shape == "office":
        for x in (270, 400, 530):
            c.tube(f"M400 590L{x} 622", "#5b6066", 15)
            c.path(oval(x, 636, 14, 14), "#2c2f34")
        c.tube("M400 500V596", "#8b9196", 20)
        c.body(
            "M290 190Q290 150 330 148H470Q510 150 510 190L500 400Q498 424 470 424H330Q302 424 300 400Z",
            look,
            "cloth",
            size=40,
        )
        c.path("M388 420H412V500H388Z", "#4b5056")
        c.body(box(256, 452, 288, 62, 28), look, "down")
        for side in (1, -1):
            c.tube(f"M{400 + side * 156} 500V400h{-30 * side}", look.accent, 18)
    else:
        wood = look.colour
        _legs(c, ((300, 282), (500, 518), (326, 316), (474, 484)), 470, wood, 22)
        for x in (318, 359, 400, 441, 482):
            c.tube(f"M{x} 470L{400 + (x - 400) * 1.2:.0f} 236", lit(wood, -0.06), 11)
        c.tube("M288 250Q400 176 512 250", wood, 32)
        seat = "M276 462Q400 424 524 462L544 496Q400 520 256 496Z"
        c.path(seat, c.paint(look.accent if look.pattern == "pad" else wood, "cloth"))
        c.path("M256 494Q400 520 544 494V508Q400 534 256 508Z", c.paint(lit(wood, -0.22)))
        c.tube("M300 574H500", lit(wood, -0.05), 11)


@kind("bookshelf", "floor", focus=(380, 430, 1.35), across=360, zoom=1.02)
def bookshelf(c: Canvas, look: Look) -> None:
    """A shelf: tall with books, `low` sideboard, or `ladder` with open sides."""
    c.shadow(400, 650, 210, 22)
    top, rows = (110, 4) if look.shape != "low" else (380, 2)
    left, right = (230, 570) if look.shape != "low" else (140, 660)
    step = (620 - top) / rows
    c.path(
        box(left, top, right - left, 530 - top + 110, 6),
        c.paint(lit(look.colour, -0.5), "soft"),
        opacity=0.25 if look.shape == "ladder" else 1,
    )
    for row in range(rows):
        floor_y, x = top + step * (row + 1) - 4, left + 34
        for i in range(4 + (row * 2) % 3 + (4 if look.shape == "low" else 0)):
            width, height = 20 + (i * 7 + row * 5) % 13, step * (0.56 + ((i * 3 + row) % 4) * 0.07)
            tint = BOOKS[(i + row * 3) % len(BOOKS)]
            c.path(f"M{x} {floor_y - height:.0f}h{width}v{height:.0f}h-{width}Z", tint)
            x += width + 2
        if row % 2 == 0:
            pot = x + 62
            for dx, dy in ((-26, -46), (4, -60), (30, -44)):
                leaf(c, (pot, floor_y - 30), (pot + dx, floor_y - 30 + dy), "#5f8a66", plain=True)
            c.path(lathe([(20, floor_y - 34), (15, floor_y - 2)], pot), c.paint(look.accent))
        else:
            c.path(box(x + 20, floor_y - step * 0.34, 84, step * 0.34, 6), c.paint(look.accent, "flat"))
    for row in range(rows + 1):
        y = top + step * row
        c.path(box(left - 8, y - 9, right - left + 16, 20), c.paint(look.colour, "soft"))
        if row:
            c.path(f"M{left} {y - 9 - step + 20:.0f}H{right}v26H{left}Z", c.fade(INK, 0.25, 0))
    for x in (left - 12, right - 8):
        c.path(box(x, top - 9, 20, 656 - top, 4), c.paint(look.colour))


@kind("stool", "floor", focus=(400, 450, 1.5), across=280, zoom=1.2)
def stool(c: Canvas, look: Look) -> None:
    """A small table or stool: round three-legged, `tray` metal table, or `pouf`."""
    c.shadow(400, 644, 160, 24)
    if look.shape == "pouf":
        body = lathe([(140, 440), (172, 480), (178, 550), (160, 620), (130, 640)])
        c.path(body, c.paint(look.colour))
        c.path(body, c.tile("knit", lit(look.colour, -0.45), 60))
        c.path(oval(400, 440, 140), c.paint(lit(look.colour, 0.12), "soft"))
        return
    if look.shape == "tray":
        c.tube("M400 380V616", "#4b5056", 15)
        c.path(lathe([(118, 622), (120, 638)]), c.paint("#4b5056"))
        c.path(lathe([(168, 352), (160, 392)]), c.paint(look.colour))
        c.path(oval(400, 352, 168), c.paint(lit(look.colour, -0.2), "soft"))
        c.path(lathe([(36, 300), (40, 352)], 360), c.paint(look.accent))
        c.path(oval(360, 300, 36), lit(look.accent, -0.4))
        return
    _legs(c, ((330, 272), (470, 528), (400, 404)), 420, look.colour, 26)
    c.path(lathe([(160, 402), (160, 424), (150, 432)]), c.paint(lit(look.colour, -0.1)))
    with c.clipped(oval(400, 402, 160, 30)):
        grain(c, oval(400, 402, 160, 30), lit(look.colour, 0.15), (230, 376, 340, 50))
    if look.pattern == "pad":
        c.path(lathe([(146, 372), (152, 396), (150, 408)]), c.paint(look.accent))
        c.path(oval(400, 372, 146), c.paint(lit(look.accent, 0.14), "soft"))


@kind("basket", "floor", focus=(380, 480, 1.7), across=330, zoom=1.25)
def basket(c: Canvas, look: Look) -> None:
    """A storage basket: woven, `fabric` box with handles, or `crate` of wood."""
    c.shadow(400, 638, 180, 24)
    if look.shape == "crate":
        for i in range(4):
            grain(
                c, box(228, 424 + i * 54, 344, 46, 4), look.colour, (228, 424 + i * 54, 344, 46), how="down"
            )
        for x in (228, 536):
            c.path(box(x, 424, 36, 208, 4), c.paint(lit(look.colour, -0.12)))
        c.path(box(350, 440, 100, 22, 11), lit(look.colour, -0.6))
        return
    if look.shape == "fabric":
        d = box(216, 420, 368, 216, 16)
        c.body(d, look, "soft", size=50)
        c.path(d, c.veil("down", 0.5))
        c.path("M216 420H584V462H216Z", c.paint(look.accent, "soft"))
        stitches(c, "M222 456H578", "#fff", 0.5)
        c.tube("M350 520c0 44 100 44 100 0", lit(look.accent, -0.1), 15)
        return
    for side in (1, -1):
        c.tube(f"M{400 + side * 130} 430c0-70 {side * 70}-70 {side * 52} 6", lit(look.colour, -0.15), 16)
    body = lathe([(186, 436), (194, 500), (184, 590), (156, 636)])
    c.path(body, c.paint(look.colour))
    c.path(body, c.tile("weave", lit(look.colour, -0.5), 44))
    with c.clipped(body):
        c.path("M200 560H600V650H200Z", c.paint(look.accent), opacity=0.85)
        c.path("M200 560H600V650H200Z", c.tile("weave", lit(look.accent, -0.4), 44))
    c.path(oval(400, 436, 186), lit(look.colour, -0.5))
    c.path(oval(400, 440, 160, 17), c.paint("#efe6d6", "soft"))
    c.path(oval(400, 436, 186), "none", line=lit(look.colour, -0.1), width=10)


@kind("mirror", "floor", focus=(400, 300, 1.4), across=280, zoom=1.02)
def mirror(c: Canvas, look: Look) -> None:
    """A standing mirror: arched, round (`round`) or with a wavy frame (`wave`)."""
    c.shadow(400, 650, 150, 18)
    frame = "M250 640V270A150 150 0 0 1 550 270V640Z"
    glass = "M268 624V272A132 132 0 0 1 532 272V624Z"
    if look.shape == "round":
        frame, glass = oval(400, 380, 200, 200), oval(400, 380, 180, 180)
        _legs(c, ((320, 300), (480, 500)), 540, look.colour, 22)
    if look.shape == "wave":
        frame = "M250 640Q228 600 250 560T250 480T250 400T250 320Q240 120 400 118Q560 120 550 320Q572 360 550 400T550 480T550 560T550 640Z"
    cast(c, frame, 16, 8)
    c.path(frame, c.paint(look.colour, "flat"))
    c.path(
        glass,
        c.gradient(
            [(0, "#f4f8f8", 1), (0.5, "#c9d8dc", 1), (1, mix("#dfe8ea", look.accent, 0.3), 1)], (0, 0, 1, 1)
        ),
    )
    with c.clipped(glass):
        c.path("M240 500L500 100H580L240 620Z", "#fff", opacity=0.35)
        c.path("M300 660L600 200V280L350 660Z", "#fff", opacity=0.25)
