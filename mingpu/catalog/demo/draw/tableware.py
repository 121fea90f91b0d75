"""What stands on the table: cups, pots, bowls, plates."""

from mingpu.catalog.demo.draw.canvas import ACROSS, SLANT, Canvas, Look
from mingpu.catalog.demo.draw.colour import INK, lit, mix
from mingpu.catalog.demo.draw.marks import emblem
from mingpu.catalog.demo.draw.parts import glaze, mouth, shine, steam
from mingpu.catalog.demo.draw.registry import kind
from mingpu.catalog.demo.draw.shapes import blob, box, lathe, oval, turned

TEA, COFFEE, CLEAR = "#b5692f", "#4a2d20", "#dfeaea"

MUGS = {
    "": [(132, 372), (136, 500), (130, 606), (118, 632)],
    "round": [(120, 380), (140, 430), (152, 510), (134, 600), (96, 632)],
    "taper": [(150, 392), (140, 470), (120, 570), (104, 632)],
    "tall": [(112, 310), (114, 480), (112, 606), (102, 634)],
}


@kind("mug", "table", focus=(430, 470, 1.8), across=250, zoom=1.5)
def mug(c: Canvas, look: Look) -> None:
    """A mug: straight, round, taper or tall; `dip` gives it a second glaze."""
    profile = MUGS[look.shape]
    (top, y), waist = profile[0], max(r for r, _ in profile)
    c.shadow(400, 634, waist + 10)
    x, drop = 400 + waist - 14, 640 - y
    c.tube(f"M{x} {y + drop * 0.2}c92 -26 108 {drop * 0.52} -6 {drop * 0.5}", look.colour, 30)
    body = lathe(profile)
    c.body(body, look, size=46)
    if look.pattern == "dip":
        glaze(c, body, (400 - waist, 400 + waist), 520, look.accent)
    if look.pattern == "band":
        with c.clipped(body):
            c.path(box(200, 540, 400, 26), c.paint(look.accent))
            c.path(box(200, 578, 400, 8), c.paint(look.accent))
    if look.pattern == "mark":
        emblem(c, look.mark, (384, 510, 84), look.accent, 0.9)
    shine(c, [(400 - top * 0.66, y + 44), (400 - waist * 0.72, 520), (400 - waist * 0.66, 574)], 10, 0.5)
    mouth(c, y, top, look.colour, full=COFFEE, lip=10)
    steam(c, 400, y - 16)


@kind("glass", "table", focus=(400, 420, 1.9), across=220, zoom=1.4)
def glass(c: Canvas, look: Look) -> None:
    """A drinking glass: tumbler, ribbed highball or stemmed; the colour tints it."""
    shapes = {
        "": [(118, 380), (112, 520), (98, 632)],
        "tall": [(100, 280), (96, 480), (88, 634)],
        "curve": [(104, 330), (116, 400), (92, 500), (104, 590), (90, 634)],
    }
    profile = shapes[look.shape]
    top, y = profile[0]
    body, wall = lathe(profile), mix(look.colour, "#ffffff", 0.25)
    c.shadow(400, 630, 110, strength=0.7)
    c.path(body, wall, opacity=0.45)
    with c.clipped(body):
        inner = [(r - 9, yy) for r, yy in profile if yy > y + 60]
        c.path(
            lathe([(top - 9, y + 74), *inner[:-1], (inner[-1][0], 618)]), c.paint(look.accent), opacity=0.72
        )
        c.path(oval(400, y + 74, top - 9), lit(look.accent, 0.45), opacity=0.9)
        if look.pattern == "rib":
            c.path(body, c.tile("rib", "#fff", 52), opacity=0.9)
    sides = [(0.0, "#fff", 0.75), (0.1, "#fff", 0.1), (0.86, INK, 0.02), (0.94, INK, 0.2), (1.0, "#fff", 0.5)]
    c.path(body, c.gradient(sides, ACROSS))
    c.path(oval(400, y, top), "#fff", opacity=0.25, line=lit(look.colour, -0.15), width=4)
    shine(c, [(400 - top * 0.62, y + 30), (400 - profile[-1][0] * 0.66, 590)], 12, 0.6)


@kind("thermos", "studio", focus=(400, 330, 1.9), across=210, zoom=1.15)
def thermos(c: Canvas, look: Look) -> None:
    """An insulated bottle: cup lid, `loop` carrying ring or slim `tumbler`."""
    profile = [(84, 300), (104, 336), (106, 480), (104, 610), (94, 634)]
    c.shadow(400, 632, 112)
    body = lathe(profile)
    if look.shape == "loop":
        c.tube("M352 190c0-86 96-86 96 0", look.accent, 20)
    cap = {"": (82, 150), "loop": (70, 186), "tumbler": (90, 236)}[look.shape]
    c.path(lathe([(cap[0] - 10, cap[1]), (cap[0], cap[1] + 12), (cap[0] + 2, 292)]), c.paint(look.accent))
    c.path(oval(400, cap[1], cap[0] - 10), lit(look.accent, 0.35))
    c.path(lathe([(82, 284), (82, 306)]), c.paint("#c3c8cc", "metal"))
    c.body(body, look, size=52)
    if look.pattern == "fade":
        c.path(body, c.fade(look.accent, 0, 0.85))
    emblem(c, look.mark, (392, 470, 52), "#fff" if look.pattern != "light" else INK, 0.8)
    c.path(lathe([(96, 616), (95, 634)]), c.paint("#b9bec2", "metal"))
    shine(c, [(336, 352), (328, 470), (332, 590)], 13, 0.42)


POTS = {
    "": [(62, 366), (128, 404), (166, 490), (146, 588), (92, 632)],
    "tall": [(66, 320), (110, 360), (134, 480), (138, 580), (112, 634)],
    "flat": [(70, 430), (150, 462), (184, 530), (150, 606), (96, 634)],
}


@kind("teapot", "table", focus=(330, 480, 1.8), across=330, zoom=1.2)
def teapot(c: Canvas, look: Look) -> None:
    """A teapot: round, tall or flat, with a side handle; `overhead` pattern gives a bail of bamboo."""
    profile = POTS[look.shape]
    (neck, y), waist = profile[0], max(r for r, _ in profile)
    middle = y + (640 - y) * 0.45
    c.shadow(400, 634, waist)
    bail = look.pattern == "bail"
    if bail:
        c.tube(
            f"M{400 - neck - 26} {y + 26}C{400 - waist} {y - 190} {400 + waist} {y - 190} {400 + neck + 26} {y + 26}",
            look.accent,
            17,
        )
    else:
        c.tube(f"M{400 + waist - 26} {middle - 42}c96 -46 132 116 -8 120", look.colour, 24)
    left = 400 - waist
    spout = f"M{left + 26} {middle - 16}C{left - 44} {middle - 20} {left - 40} {y + 10} {left - 88} {y - 6}l-14 16C{left - 58} {y + 50} {left - 40} {middle + 74} {left + 36} {middle + 66}Z"
    c.path(spout, c.paint(look.colour, "down"))
    body = lathe(profile)
    c.body(body, look, size=50)
    if look.pattern == "dip":
        glaze(c, body, (left, 400 + waist), middle + 46, look.accent)
    shine(
        c,
        [(400 - neck * 0.9, y + 48), (400 - waist * 0.68, middle - 4), (400 - waist * 0.7, middle + 50)],
        13,
        0.5,
    )
    lid = lathe([(16, y - 46), (neck * 0.8, y - 28), (neck + 4, y)])
    c.path(lid, c.paint(look.colour))
    c.path(oval(400, y - 58, 19, 17), c.paint(look.accent if bail else look.colour, "ball"))


@kind("gaiwan", "table", focus=(400, 470, 1.9), across=290, zoom=1.35)
def gaiwan(c: Canvas, look: Look) -> None:
    """A lidded tea bowl on its saucer."""
    c.shadow(400, 636, 176)
    c.path(lathe([(176, 596), (150, 618), (84, 636)]), c.paint(look.colour))
    c.path(
        oval(400, 596, 176),
        c.gradient([(0, lit(look.colour, 0.4), 1), (1, lit(look.colour, -0.1), 1)], SLANT),
    )
    c.path(oval(400, 600, 96), INK, opacity=0.2)
    bowl = lathe([(146, 420), (132, 480), (98, 552), (66, 594)])
    c.body(bowl, look, size=56)
    if look.pattern == "dip":
        glaze(c, bowl, (254, 546), 500, look.accent)
    if look.pattern == "mark":
        emblem(c, look.mark, (392, 500, 78), look.accent, 0.85)
    c.path(
        oval(400, 420, 146),
        c.gradient([(0, lit(look.colour, 0.5), 1), (1, lit(look.colour, -0.2), 1)], SLANT),
    )
    lid = lathe([(34, 356), (92, 376), (132, 414)])
    c.body(lid, look, size=56)
    c.path(lathe([(40, 330), (30, 340), (30, 358)]), c.paint(look.colour))
    c.path(oval(400, 330, 40), lit(look.colour, 0.35))
    shine(c, [(296, 452), (318, 510), (340, 548)], 9, 0.5)


@kind("bowl", "table", focus=(360, 490, 1.9), across=330, zoom=1.3)
def bowl(c: Canvas, look: Look) -> None:
    """A bowl: rice bowl, wide `deep` noodle bowl or `foot` high-footed one."""
    shapes = {
        "": [(178, 430), (164, 510), (116, 592), (72, 626), (72, 626), (70, 640)],
        "deep": [(208, 440), (190, 530), (128, 604), (84, 628), (84, 628), (82, 642)],
        "foot": [(168, 400), (150, 480), (96, 546), (56, 572), (56, 572), (74, 638)],
    }
    profile = shapes[look.shape]
    top, y = profile[0]
    c.shadow(400, 638, 108)
    body = lathe(profile)
    c.body(body, look, size=54)
    if look.pattern == "dip":
        glaze(c, body, (400 - top, 400 + top), 520, look.accent)
    if look.pattern == "band":
        with c.clipped(body):
            c.line(f"M{400 - top} {y + 22}Q400 {y + 78} {400 + top} {y + 22}", look.accent, 12, 0.9)
            c.line(f"M{400 - top} {y + 42}Q400 {y + 98} {400 + top} {y + 42}", look.accent, 4, 0.9)
    shine(c, [(400 - top * 0.82, y + 44), (400 - top * 0.68, y + 96)], 11, 0.5)
    mouth(c, y, top, look.colour, lip=8)


@kind("plate", "flatlay", focus=(330, 330, 1.7), across=360)
def plate(c: Canvas, look: Look) -> None:
    """A plate from above: round, `oval` or `scallop`; patterns run along its rim."""
    rx, ry = {"": (250, 250), "oval": (290, 200), "scallop": (252, 252)}[look.shape]
    c.path(oval(412, 424, rx + 10, ry + 10), c.gradient([(0.8, INK, 0.4), (1, INK, 0)], (0.5, 0.5, 0.5)))
    rim = look.accent if look.pattern == "rim" else look.colour
    outline = oval(400, 400, rx, ry)
    if look.shape == "scallop":
        petals = [turned([(400, 400 - (rx if i % 2 else rx - 13))], 7.5 * i)[0] for i in range(48)]
        outline = blob(petals)
    c.body(outline, look, "flat", size=48)
    c.line(outline if look.shape == "scallop" else oval(400, 400, rx - 6, ry - 6), rim, 8, 0.9)
    c.path(
        oval(400, 400, rx * 0.72, ry * 0.72),
        c.gradient([(0, lit(look.colour, -0.16), 1), (1, lit(look.colour, 0.3), 1)], SLANT),
    )
    c.path(oval(404, 405, rx * 0.68, ry * 0.68), c.paint(look.colour, "soft"))
    if look.pattern == "mark":
        emblem(c, look.mark, (400, 400, 130), look.accent, 0.75)
    shine(c, [(400 - rx * 0.8, 360), (400 - rx * 0.66, 400 - ry * 0.5), (360, 400 - ry * 0.84)], 10, 0.55)
