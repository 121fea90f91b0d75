"""For cats, dogs and fish."""

from mingpu.catalog.demo.draw.canvas import ACROSS, Canvas, Look
from mingpu.catalog.demo.draw.colour import INK, lit, mix
from mingpu.catalog.demo.draw.marks import emblem
from mingpu.catalog.demo.draw.parts import button, cast, leaf, seam, shine
from mingpu.catalog.demo.draw.registry import kind
from mingpu.catalog.demo.draw.shapes import band, box, lathe, num, oval, ring_points

GOLD = "#c9a25c"


def _cat(c: Canvas, x: float, y: float, fur: str) -> None:
    """Draw a cat asleep, curled up around (x, y)."""
    with c.group(f"translate({num(x)} {num(y)})"):
        c.path(
            "M-120 30Q-130 -60 -20 -66Q110 -66 124 10Q126 50 60 54H-70Q-116 54 -120 30Z", c.paint(fur, "ball")
        )
        c.path(
            "M-118 20Q-130 -14 -104 -40L-100 -76L-72 -54Q-56 -58 -42 -54L-16 -74L-12 -36Q8 -4 -16 26Q-60 56 -104 36Z",
            c.paint(lit(fur, 0.12), "flat"),
        )
        c.line("M-88 -4q10 10 20 0M-46 -4q10 10 20 0", "#3a322c", 4)
        c.path(oval(-57, 10, 6, 4), "#d98a86")
        c.line("M120 20Q140 66 60 62Q0 62 -20 48", lit(fur, -0.15), 21)


@kind("catbed", "floor", focus=(400, 480, 1.4), across=360, zoom=1.2)
def catbed(c: Canvas, look: Look) -> None:
    """A cat bed: round nest with a sleeping cat, `cave`, or a scratching `tree`."""
    if look.shape == "tree":
        c.shadow(400, 644, 190, 24)
        c.path(lathe([(180, 612), (180, 640)]), c.paint(look.colour))
        for x, top in ((330, 400), (470, 270)):
            c.path(lathe([(26, top), (26, 612)], x), c.paint("#d3b07a"))
            c.path(box(x - 26, top, 52, 612 - top), c.tile("stripe", "#a98450", 20), opacity=0.5)
        for x, y, r in ((330, 396, 120), (470, 264, 110)):
            c.path(lathe([(r, y), (r, y + 26)], x), c.paint(look.colour))
            c.path(oval(x, y, r), c.paint(lit(look.colour, 0.25), "soft"))
        _cat(c, 470, 240, "#d9a566")
        c.line("M410 300V370", "#8a6a4c", 3)
        c.path(oval(410, 380, 17, 17), c.paint(look.accent, "ball"))
        return
    c.shadow(400, 640, 220, 26)
    if look.shape == "cave":
        d = "M190 600Q180 330 400 320Q620 330 610 600Q600 640 540 640H260Q200 640 190 600Z"
        c.path(d, c.paint(look.colour, "cloth"))
        c.path(d, c.tile("knit", lit(look.colour, -0.4), 50))
        c.path(
            "M290 620Q280 450 400 446Q520 450 510 620Z",
            c.gradient([(0, lit(look.colour, -0.65), 1), (1, lit(look.colour, -0.35), 1)]),
        )
        c.path("M290 622Q400 570 510 622V636H290Z", c.paint(look.accent, "soft"))
        for x in (366, 434):
            c.path(oval(x, 540, 11, 9), "#f3d774")
            c.path(oval(x, 540, 3, 8), INK)
        return
    c.path(lathe([(206, 510), (222, 560), (210, 612), (190, 636)], tilt=0.24), c.paint(look.colour))
    c.path(oval(400, 510, 208, 60), c.paint(lit(look.colour, 0.12), "soft"))
    c.path(oval(400, 514, 164, 44), c.paint(look.accent, "soft"))
    _cat(c, 400, 484, "#e0b27a" if look.pattern == "" else "#8e9196")
    front = band([(206, 516), (222, 566), (210, 612), (190, 636)], tilt=0.24)
    c.body(front, Look(look.colour, look.accent, "", look.pattern), size=50)
    seam(c, "M200 570Q400 650 600 570", 0.12)


@kind("leash", "flatlay", focus=(400, 330, 1.5), across=330, zoom=1.05)
def leash(c: Canvas, look: Look) -> None:
    """A dog lead, coiled; `collar` with tag, or `harness`."""
    if look.shape == "collar":
        c.path(oval(412, 396, 190, 168), "none", line=INK, width=46, opacity=0.16)
        c.path(oval(400, 380, 190, 168), "none", line=lit(look.colour, -0.12), width=46)
        c.path(oval(399, 377, 190, 168), "none", line=look.colour, width=38)
        c.line(oval(400, 379, 190, 168), look.accent, 4, 0.9, dash="10 9")
        c.path(box(360, 186, 80, 56, 10), c.paint(GOLD, "steel"))
        c.path(oval(400, 590, 50, 50), c.paint(GOLD, "ball"))
        c.path(oval(400, 544, 13, 13), "none", line=GOLD, width=7)
        emblem(c, look.mark, (400, 592, 50), "#5b4420")
        return
    if look.shape == "harness":
        d = "M270 250Q400 190 530 250L560 420Q480 470 400 472Q320 470 240 420Z"
        cast(c, d, 14, 20)
        c.body(d, look, "soft", size=50)
        c.line(d, look.accent, 11)
        for x in (250, 550):
            c.line(f"M{x} 416Q{400 + (x - 400) * 1.2:.0f} 560 400 620", lit(look.accent, -0.1), 27)
        c.path(box(364, 590, 72, 50, 10), c.paint("#3a3f45", "soft"))
        c.path(oval(400, 300, 24, 24), "none", line=GOLD, width=9)
        emblem(c, look.mark, (400, 390, 70), "#fff", 0.85)
        return
    route = "M250 250C150 420 260 620 420 600S620 420 500 340S270 420 360 520S560 540 600 640"
    with c.group("translate(10 16)"):
        c.line(route, INK, 26, 0.16)
    c.line(route, lit(look.colour, -0.2), 27)
    c.line(route, look.colour, 21)
    c.line(route, look.accent, 4, 0.8, dash="9 8")
    c.path(oval(262, 210, 40, 54), "none", line=look.colour, width=23)
    c.line("M600 640L626 676", GOLD, 17)
    c.path(oval(640, 700, 24, 30), "none", line=GOLD, width=11)
    button(c, 490, 342, 12, GOLD)


def _fish(c: Canvas, x: float, y: float, size: float, colour: str) -> None:
    """Draw a goldfish at (x, y)."""
    with c.group(f"translate({num(x)} {num(y)}) scale({size})"):
        c.path("M-56 0Q-20 -44 40 -8L86 -36Q78 0 88 34L40 8Q-20 42 -56 0Z", c.paint(colour, "down"))
        c.path("M-10 -24Q10 -52 34 -36L24 -14Z", lit(colour, 0.25))
        c.path(oval(-34, -6, 6, 6), "#2a2522")


@kind("fishbowl", "table", focus=(400, 450, 1.6), across=340, zoom=1.15)
def fishbowl(c: Canvas, look: Look) -> None:
    """A fish bowl with a goldfish, or a rectangular `tank` with plants."""
    tank = look.shape == "tank"
    c.shadow(400, 636, 230 if tank else 160, 24)
    glass = (
        box(170, 330, 460, 304, 10)
        if tank
        else "M280 300Q200 360 200 460Q210 620 320 634H480Q590 620 600 460Q600 360 520 300Z"
    )
    with c.clipped(glass):
        c.path("M160 280H640V640H160Z", "#e4f0f0", opacity=0.7)
        c.path(
            "M160 380H640V640H160Z",
            c.gradient([(0, mix(look.colour, "#ffffff", 0.45), 0.8), (1, look.colour, 0.9)]),
        )
        c.path("M160 376H640V384H160Z", "#fff", opacity=0.6)
        c.path("M160 600Q280 574 400 596T640 590V640H160Z", "#d9bf94")
        c.path("M160 600Q280 574 400 596T640 590V640H160Z", c.tile("speck", "#8a6f48", 40))
        for x, h in ((270, 130), (300, 90), (500, 150), (530, 100)):
            c.line(
                f"M{x} 610C{x - 26} {610 - h / 3:.0f} {x + 26} {610 - h / 1.6:.0f} {x} {610 - h}",
                "#5f8a66",
                9,
            )
        for x, y, s in ((380, 470, 1), (470, 540, 0.7)) if tank else ((390, 480, 1.15),):
            _fish(c, x, y, s, look.accent)
        for x, y, r in ((330, 420, 6), (344, 400, 4), (456, 430, 7)):
            c.path(oval(x, y, r, r), "#fff", opacity=0.7)
    c.path(glass, c.gradient([(0, "#fff", 0.4), (0.3, "#fff", 0), (0.85, INK, 0.02), (1, INK, 0.16)], ACROSS))
    if tank:
        c.path(glass, "none", line="#f4f8f8", width=7, opacity=0.8)
        c.path(box(160, 304, 480, 34, 10), c.paint("#3a3f45", "down"))
        c.line("M220 344H580", "#fff6d0", 5, 0.9)
    else:
        c.path(oval(400, 300, 122, 16), "#ffffff", opacity=0.35, line="#f4f8f8", width=6)
        shine(c, [(236, 420), (230, 480), (252, 550)], 15, 0.5)


@kind("petbowl", "floor", focus=(400, 540, 1.7), across=330, zoom=1.3)
def petbowl(c: Canvas, look: Look) -> None:
    """A feeding bowl, a `double` stand, or a `fountain`."""
    if look.shape == "fountain":
        c.shadow(400, 638, 150, 24)
        c.path(lathe([(134, 470), (146, 500), (140, 636)]), c.paint(look.colour))
        c.path(oval(400, 470, 134, 22), c.paint("#bfe0e6", "soft"))
        c.path(lathe([(30, 410), (36, 468)]), c.paint(look.accent))
        for side in (1, -1):
            c.line(f"M400 408Q{400 + side * 40} 400 {400 + side * 56} 466", "#d9f0f4", 11, 0.9)
        c.path(oval(400, 590, 7, 7), "#7fd6a2")
        emblem(c, look.mark, (394, 552, 42), look.accent)
        return
    c.shadow(400, 638, 200, 24)
    places = (300, 500) if look.shape == "double" else (400,)
    if look.shape == "double":
        c.path(box(180, 540, 440, 30, 10), c.paint(look.accent, "down"))
        for x in (210, 570):
            c.path(box(x, 564, 24, 76, 4), c.paint(lit(look.accent, -0.15)))
    for x in places:
        r = 92 if look.shape == "double" else 160
        y = 516 if look.shape == "double" else 520
        c.path(
            lathe(
                [(r, y), (r * 1.08, y + 60), (r * 1.14, y + (34 if look.shape == "double" else 116))], x, 0.16
            ),
            c.paint(look.colour),
        )
        c.path(oval(x, y, r, r * 0.16), lit(look.colour, 0.35))
        c.path(oval(x, y + 2, r - 12, r * 0.12), c.paint(lit(look.colour, -0.4), "soft"))
        for i, (px, py) in enumerate(ring_points(x, y - 2, r * 0.55, r * 0.05, 7)):
            c.path(oval(px, py - (i % 2) * 8, 17, 12), c.paint("#a56a3c", "ball"))
        c.path(oval(x, y - 10, 19, 13), c.paint("#b87a48", "ball"))
    if look.shape == "":
        emblem(c, "paw", (400, 598, 62), look.accent)


@kind("pettoy", "studio", focus=(400, 480, 1.5), across=360, zoom=1.15)
def pettoy(c: Canvas, look: Look) -> None:
    """A pet toy: rope bone, feather `wand`, or toy `mouse`."""
    if look.shape == "wand":
        c.shadow(420, 640, 160, 16)
        c.tube("M160 620L520 250", look.accent, 13)
        c.line("M520 250Q610 230 600 340", "#8a6a4c", 4)
        for tip, tint in (
            ((540, 500), look.colour),
            ((600, 530), mix(look.colour, "#ffffff", 0.5)),
            ((660, 490), look.accent),
        ):
            leaf(c, (600, 350), tip, tint, 0.26)
        c.path(oval(600, 350, 19, 19), c.paint(GOLD, "ball"))
        return
    if look.shape == "mouse":
        c.shadow(400, 628, 200, 22)
        c.line("M560 590Q690 600 660 500Q640 440 700 420", look.accent, 13)
        c.path(
            "M190 600Q200 440 400 430Q570 440 580 590Q570 624 520 624H260Q200 624 190 600Z",
            c.paint(look.colour, "ball"),
        )
        for x, y in ((330, 440), (420, 430)):
            c.path(oval(x, y, 54, 56), c.paint(lit(look.colour, 0.05), "ball"))
            c.path(oval(x, y + 4, 31, 33), mix(look.colour, "#e8a9a4", 0.6))
        c.path(oval(262, 540, 12, 13), "#2a2522")
        c.path(oval(194, 590, 17, 14), "#d98a86")
        c.line("M214 592l-70 -14M214 602l-70 8", "#6a5a50", 3, 0.7)
        return
    c.shadow(400, 600, 240, 24)
    for x, y in ((200, 500), (200, 576), (600, 500), (600, 576)):
        c.path(oval(x, y, 62, 60), c.paint(look.colour, "ball"))
    c.path(box(190, 494, 420, 90, 30), c.paint(look.colour, "tube"))
    for i in range(6):
        c.line(f"M{250 + i * 58} 496q34 40 10 86", look.accent, 13, 0.9)
    c.path(box(370, 488, 60, 102, 10), c.paint(lit(look.accent, -0.1), "tube"))
