"""For the small ones: toys, bottles, carriages, clothes."""

from mingpu.catalog.demo.draw.canvas import ACROSS, Canvas, Look
from mingpu.catalog.demo.draw.colour import INK, lit, mix
from mingpu.catalog.demo.draw.marks import emblem
from mingpu.catalog.demo.draw.parts import button, cast, fold, seam, shine, stitches
from mingpu.catalog.demo.draw.registry import kind
from mingpu.catalog.demo.draw.shapes import box, even, lathe, num, oval, polygon

METAL = "#c3c8cc"


@kind("plush", "studio", focus=(400, 330, 1.7), across=330, zoom=1.08)
def plush(c: Canvas, look: Look) -> None:
    """A soft toy: bear, `rabbit` or `elephant`."""
    c.shadow(400, 640, 180, 28)
    fur, pale = look.colour, lit(look.colour, 0.45)
    for side in (1, -1):
        c.path(oval(400 + side * 96, 610, 74, 44), c.paint(fur, "ball"))
        c.path(oval(400 + side * 112, 612, 38, 28), pale)
    c.path(oval(400, 516, 128, 122), c.paint(fur, "ball"))
    c.path(oval(400, 536, 80, 82), pale, opacity=0.75)
    for side in (1, -1):
        with c.group(f"rotate({side * -24} {400 + side * 120} 470)"):
            c.path(oval(400 + side * 124, 490, 40, 78), c.paint(fur, "ball"))
        if look.shape == "rabbit":
            with c.group(f"rotate({side * 12} {400 + side * 50} 250)"):
                c.path(oval(400 + side * 54, 180, 38, 110), c.paint(fur, "ball"))
                c.path(oval(400 + side * 54, 186, 19, 80), mix(fur, "#e8a9a4", 0.55))
        elif look.shape == "elephant":
            c.path(oval(400 + side * 150, 320, 84, 92), c.paint(fur, "ball"))
            c.path(oval(400 + side * 150, 324, 54, 62), mix(fur, "#e8a9a4", 0.5))
        else:
            c.path(oval(400 + side * 102, 228, 50, 50), c.paint(fur, "ball"))
            c.path(oval(400 + side * 102, 232, 27, 27), pale)
    c.path(oval(400, 318, 142, 124), c.paint(fur, "ball"))
    for side in (1, -1):
        c.path(oval(400 + side * 54, 304, 12, 14), "#2a2522")
        c.path(oval(396 + side * 54, 299, 4, 4), "#fff")
        c.path(oval(400 + side * 84, 348, 22, 14), "#e8938a", opacity=0.4)
    if look.shape == "elephant":
        c.tube("M400 350C400 420 380 450 346 440", fur, 50)
    else:
        c.path(oval(400, 360, 50, 38), pale)
        c.path(oval(400, 344, 17, 12), "#4a3a34")
        c.line("M400 356V372M400 372q-14 14 -26 4M400 372q14 14 26 4", "#4a3a34", 4)
    c.path(
        "M400 440Q330 400 316 442Q330 486 400 448Q470 486 484 442Q470 400 400 440Z",
        c.paint(look.accent, "flat"),
    )
    c.path(oval(400, 444, 17, 17), c.paint(lit(look.accent, -0.12), "ball"))
    stitches(c, "M400 470V600", lit(fur, -0.35), 0.4)


@kind("blocks", "studio", focus=(360, 480, 1.6), across=420, zoom=1.15)
def blocks(c: Canvas, look: Look) -> None:
    """Wooden blocks: a stack, `rings` on a peg, or a `train`."""
    tints = (look.colour, look.accent, "#e3c08a", "#8fa7ba", "#d98a6a", "#a3b09c")
    if look.shape == "rings":
        c.shadow(400, 636, 170, 26)
        c.path(lathe([(150, 612), (156, 636)]), c.paint("#d6b27e"))
        c.path(lathe([(14, 250), (15, 610)]), c.paint("#d6b27e"))
        for i in range(5):
            r, y = 146 - i * 20, 576 - i * 62
            c.path(box(400 - r, y - 26, 2 * r, 60, 30), c.paint(tints[i], "tube"))
            c.path(box(400 - r, y - 26, 2 * r, 60, 30), c.veil("round", 0.5))
        c.path(oval(400, 252, 36, 36), c.paint(tints[5], "ball"))
        return
    if look.shape == "train":
        c.shadow(400, 640, 290, 22)
        for x, tint in ((150, tints[2]), (330, tints[0]), (510, tints[1])):
            c.path(box(x, 520, 150, 80, 14), c.paint(tint, "soft"))
            c.line(f"M{x + 150} 580h30", "#80573d", 9)
            for wheel in (x + 36, x + 114):
                button(c, wheel, 608, 32, "#c79a68")
                c.path(oval(wheel, 608, 9, 9), "#80573d")
        c.path(box(510, 420, 70, 110, 12), c.paint(lit(tints[1], -0.1), "soft"))
        c.path(box(524, 440, 42, 44, 8), "#f4efe4")
        c.path(lathe([(26, 450), (18, 524)], 620), c.paint(tints[0]))
        c.path(polygon([(356, 520), (405, 440), (454, 520)], 8), c.paint(tints[4], "soft"))
        c.path(box(180, 460, 90, 62, 8), c.paint(tints[3], "soft"))
        return
    c.shadow(400, 638, 240, 26)
    for x, y, number, sign in (
        (210, 506, 0, "star"),
        (344, 506, 1, "moon"),
        (478, 506, 2, "leaf"),
        (276, 374, 3, "sun"),
        (410, 374, 4, "bloom"),
    ):
        c.path(box(x, y, 128, 128, 12), c.paint(tints[number], "soft"))
        c.path(box(x + 12, y + 12, 104, 104, 8), "none", line="#fff", width=4, opacity=0.5)
        emblem(c, sign, (x + 64, y + 64, 66), "#fff", 0.92)
    c.path(polygon([(326, 374), (406, 248), (486, 374)], 12), c.paint(tints[5], "soft"))


@kind("babybottle", "studio", focus=(400, 420, 1.7), across=220, zoom=1.12)
def babybottle(c: Canvas, look: Look) -> None:
    """A baby bottle, a `sippy` cup with handles, or a `bowl` with spoon."""
    if look.shape == "bowl":
        c.shadow(400, 634, 170, 24)
        c.path(lathe([(168, 490), (160, 550), (130, 612), (112, 634)]), c.paint(look.colour))
        c.path(oval(400, 490, 168), c.paint(lit(look.colour, 0.2), "soft"))
        c.path(oval(400, 494, 148, 17), c.paint("#efd7a4", "soft"))
        c.tube("M430 486L590 370", look.accent, 19)
        for side in (1, -1):
            c.path(oval(400 + side * 60, 560, 10, 11), INK, opacity=0.7)
        c.line("M376 584q24 22 48 0", INK, 6, 0.7)
        return
    c.shadow(400, 634, 110)
    if look.shape == "sippy":
        for side in (1, -1):
            c.tube(
                f"M{400 + side * 96} 400c{side * 110} -10 {side * 100} 150 {side * -4} 140", look.accent, 25
            )
    else:
        c.path(
            "M366 250Q370 210 388 196Q382 160 400 156Q418 160 412 196Q430 210 434 250Z", c.paint("#f0d8b8")
        )
    body = lathe([(92, 330), (98, 370), (92, 450), (98, 560), (90, 634)])
    c.path(body, "#eef5f4", opacity=0.8)
    with c.clipped(body):
        c.path(
            "M290 420H510V640H290Z",
            c.paint("#fbf6ea" if look.shape != "sippy" else mix(look.colour, "#ffffff", 0.3)),
        )
        for i in range(6):
            c.line(f"M470 {440 + i * 28}h{16 if i % 2 else 26}", look.colour, 4, 0.8)
    c.path(body, c.gradient([(0, "#fff", 0.6), (0.2, "#fff", 0), (0.88, INK, 0.03), (1, INK, 0.18)], ACROSS))
    c.path(lathe([(74, 262), (98, 276), (100, 338)]), c.paint(look.colour))
    if look.shape == "sippy":
        c.path("M380 262V220Q380 206 400 206T424 220V262Z", c.paint(look.accent))
    emblem(c, look.mark, (386, 500, 62), look.accent, 0.9)
    shine(c, [(324, 380), (322, 600)], 11, 0.6)


@kind("stroller", "hills", focus=(400, 330, 1.5), across=360, zoom=1.02)
def stroller(c: Canvas, look: Look) -> None:
    """A pram: with hood and `pram` basket, or sport seat."""
    c.shadow(390, 648, 220, 18)
    c.tube("M300 600L500 380L640 220", METAL, 15)
    c.tube("M520 600L330 400", METAL, 15)
    c.tube("M626 236L676 212", "#4a3a34", 25)
    for x in (286, 526):
        c.path(oval(x, 600, 48, 48), "#3a3f45")
        c.path(oval(x, 600, 34, 34), METAL)
        c.path(oval(x, 600, 9, 9), "#3a3f45")
    basket = (
        "M240 372H560Q560 500 440 512H330Q240 500 240 372Z"
        if look.shape == "pram"
        else "M270 372L330 372Q350 440 420 448L540 440Q556 490 500 506H360Q290 490 270 372Z"
    )
    c.path(basket, c.paint(look.colour, "down"))
    hood = "M240 372A160 160 0 0 1 400 212V372Z"
    c.path("M400 212A160 160 0 0 1 470 230L400 372Z", c.paint(look.accent, "flat"))
    c.path(hood, c.paint(lit(look.colour, 0.06), "flat"))
    for x, y in ((262, 290), (320, 234)):
        seam(c, f"M400 372L{x} {y}", 0.25)
    if look.shape == "pram":
        c.path("M240 372H560V396H240Z", c.paint(look.accent, "soft"))
    emblem(c, look.mark, (400, 446, 48), "#fff", 0.8)
    c.path("M352 540H470L456 580H366Z", c.paint(lit(look.colour, -0.3), "down"))


def _bib(c: Canvas, look: Look) -> None:
    """Draw a bib, its neck opening a hole."""
    d = "M400 176C520 176 560 240 536 330Q572 380 566 450A166 166 0 0 1 234 450Q228 380 264 330C240 240 280 176 400 176Z"
    d += oval(400, 268, 84, 66)  # drawn the other way round, so it is a hole
    cast(c, d)
    c.body(d, look, "soft", size=50)
    c.line(d, look.accent, 9)
    emblem(c, look.mark, (400, 474, 110), look.accent, 0.9)


@kind("onesie", "wall", focus=(400, 330, 1.6), across=340, zoom=1.18)
def onesie(c: Canvas, look: Look) -> None:
    """Baby clothes: bodysuit, `bib`, or knitted `set` cardigan."""
    if look.shape == "bib":
        _bib(c, look)
        return
    body = even(
        [
            (446, 210),
            (446, 210),
            (520, 226),
            (520, 226),
            (516, 340),
            (520, 470),
            (520, 470),
            (448, 560),
            (448, 560),
            (400, 570),
        ]
    )
    cast(c, body)
    for side in (1, -1):
        arm = [(400 + side * x, y) for x, y in ((104, 216), (160, 250), (224, 370), (160, 402), (112, 330))]
        c.body(polygon(arm, 14), look, "cloth", size=44, turn=-28 * side)
        c.line(f"M{num(arm[2][0])} {arm[2][1]}L{num(arm[3][0])} {arm[3][1]}", look.accent, 13)
    c.body(body, look, "cloth", size=44)
    with c.clipped(body):
        fold(c, (520, 300), (450, 500), 26, 0.13)
        fold(c, (280, 300), (330, 500), 26, 0.13)
    c.path("M354 212Q400 200 446 212Q440 266 400 268Q360 266 354 212Z", lit(look.colour, -0.35))
    c.line("M446 212Q440 268 400 270Q360 268 354 212", look.accent, 11)
    if look.shape == "set":
        c.line("M400 270V566", lit(look.colour, -0.3), 4)
        for y in (310, 364, 418, 472):
            button(c, 400, y, 9, look.accent)
        return
    c.line("M282 472Q330 500 354 556M518 472Q470 500 446 556", look.accent, 9)
    for x in (376, 400, 424):
        button(c, x, 552, 6, look.accent)
    if not look.pattern:
        emblem(c, look.mark, (400, 380, 100), look.accent, 0.9)


def _rocking_horse(c: Canvas, look: Look) -> None:
    """Draw a rocking horse."""
    c.shadow(400, 646, 230, 18)
    c.tube("M180 600Q400 690 620 600", look.accent, 27)
    for a, b in ((310, 280), (500, 530)):
        c.tube(f"M{a} 470L{b} 626", lit(look.colour, -0.08), 32)
    c.path(
        "M270 400Q300 370 360 380L420 372Q520 360 546 420Q556 480 500 496H320Q268 490 270 400Z",
        c.paint(look.colour, "down"),
    )
    c.path(
        "M270 430Q240 340 250 250Q240 210 270 196L300 210Q340 250 360 388Q320 440 270 430Z",
        c.paint(look.colour, "flat"),
    )
    c.path("M262 202Q180 220 176 276Q196 306 240 280L284 260Z", c.paint(look.colour, "flat"))
    c.line("M282 204Q350 260 362 372", look.accent, 21)
    c.line("M546 420Q600 440 590 520", look.accent, 21)
    c.path(oval(246, 240, 8, 9), "#2a2522")
    c.path("M360 376Q420 340 470 372L456 400H376Z", c.paint(lit(look.accent, -0.1), "soft"))


@kind("toycar", "studio", focus=(400, 480, 1.5), across=420, zoom=1.12)
def toycar(c: Canvas, look: Look) -> None:
    """A wooden toy car, a `bus`, or a rocking `horse`."""
    if look.shape == "horse":
        _rocking_horse(c, look)
        return
    c.shadow(400, 640, 250, 22)
    bus = look.shape == "bus"
    body = (
        box(160, 340, 480, 250, 60)
        if bus
        else "M150 560Q150 480 230 470L300 388Q316 370 340 370H480Q506 370 522 390L580 466Q650 476 650 540V570Q650 596 624 596H176Q150 596 150 560Z"
    )
    c.path(body, c.paint(look.colour, "down"))
    windows = (
        [(200, 380, 96, 90), (312, 380, 96, 90), (424, 380, 96, 90), (536, 380, 70, 90)]
        if bus
        else [(326, 396, 76, 72), (416, 396, 90, 72)]
    )
    for x, y, w, h in windows:
        c.path(box(x, y, w, h, 16), c.gradient([(0, "#f3f8f8", 1), (1, "#bcd2d8", 1)]))
    c.path("M160 510H640V534H160Z" if bus else "M152 530H648V550H152Z", look.accent)
    c.path(oval(630 if not bus else 622, 510 if not bus else 560, 12, 15), "#f6d98a")
    for x in (260, 540):
        button(c, x, 594, 50, "#c79a68")
        c.path(oval(x, 594, 29, 29), "none", line="#80573d", width=4, opacity=0.5)
        c.path(oval(x, 594, 10, 10), "#80573d")
    shine(c, [(196, 500 if not bus else 400), (250, 486 if not bus else 362)], 10, 0.4)
