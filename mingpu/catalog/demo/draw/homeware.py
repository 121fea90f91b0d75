"""Textiles, lamps, plants and scents for the home."""

from mingpu.catalog.demo.draw.canvas import ACROSS, SLANT, Canvas, Look
from mingpu.catalog.demo.draw.colour import GLOW, INK, lit, mix
from mingpu.catalog.demo.draw.marks import emblem, label
from mingpu.catalog.demo.draw.parts import button, cast, fold, hours, leaf, mouth, seam, shine, stitches
from mingpu.catalog.demo.draw.registry import kind
from mingpu.catalog.demo.draw.shapes import box, lathe, num, oval, ring_points

GREENS = ("#5f8a66", "#4d7561", "#7d9c68")


@kind("pillow", "studio", focus=(350, 400, 1.6), across=380, zoom=1.15)
def pillow(c: Canvas, look: Look) -> None:
    """A cushion: square, `long` bed pillow, or `round`."""
    shapes = {
        "": "M220 260Q400 296 580 260Q552 440 588 616Q400 588 212 616Q248 440 220 260Z",
        "long": "M140 400Q400 430 660 400Q640 510 672 628Q400 602 128 628Q160 510 140 400Z",
        "round": oval(400, 440, 198, 190),
    }
    d = shapes[look.shape]
    c.shadow(400, 620, 210 if look.shape != "long" else 280, 24)
    c.body(d, look, "ball", size=70)
    with c.clipped(d):
        for start, end in (
            ((230, 270), (330, 400)),
            ((580, 270), (480, 390)),
            ((220, 620), (330, 500)),
            ((590, 620), (470, 500)),
        ):
            fold(c, start, end, 22, 0.16)
        if look.pattern == "half":
            c.path("M120 240H400V640H120Z", c.paint(look.accent, "ball"))
        c.path("M100 560Q400 640 700 560V660H100Z", c.fade(INK, 0, 0.2))
    c.line(d, lit(look.accent if look.pattern else look.colour, -0.15), 5)
    if look.pattern == "tuft":
        button(c, 400, 440, 13, look.accent)
    if look.pattern == "mark":
        emblem(c, look.mark, (400, 440, 120), look.accent, 0.85)


@kind("bedding", "studio", focus=(330, 470, 1.6), across=420, zoom=1.1)
def bedding(c: Canvas, look: Look) -> None:
    """Folded bed linen: a set in a pile; `quilt` is a thick duvet, `throw` a blanket with fringes."""
    c.shadow(400, 640, 250, 26)
    thick = {"": 58, "quilt": 100, "throw": 66}[look.shape]
    count = {"": 4, "quilt": 2, "throw": 3}[look.shape]
    for i in range(count):
        y = 636 - thick * (i + 1)
        wide = 250 - i * 8
        d = f"M{400 - wide} {y + thick}Q{360 - wide} {y + thick / 2} {400 - wide} {y}H{400 + wide}Q{424 + wide} {y + thick / 2} {400 + wide} {y + thick}Z"
        other = i % 2 == 1
        layer = Look(
            look.accent if other and look.shape == "" else look.colour,
            look.colour if other and look.shape == "" else look.accent,
            "",
            look.pattern,
        )
        c.body(d, layer, "tube", size=56)
        seam(c, f"M{400 - wide} {y + thick}Q400 {y + thick - 5} {400 + wide} {y + thick}", 0.28, 4)
        seam(c, f"M{380 - wide} {y + thick / 2:.0f}H{340 + wide}", 0.13, 3)
        if look.shape == "quilt":
            for x in range(210, 640, 90):
                fold(c, (x, y + 8), (x + 10, y + thick - 6), 18, 0.16)
        if look.shape == "throw":
            c.line(
                "".join(f"M{176 + k * 28} {y + thick - 4}v26" for k in range(17)), lit(look.colour, -0.12), 5
            )
    if look.shape == "":
        top = 636 - thick * count
        pad = f"M210 {top + 4}Q190 {top - 60} 250 {top - 70}H550Q610 {top - 60} 590 {top + 4}Z"
        c.body(pad, look, "down", size=56)
    else:
        c.path(box(360, 636 - thick * count, 80, thick * count, 4), c.paint(look.accent, "soft"))
        emblem(c, look.mark, (400, 636 - thick * count / 2, 46), "#fff", 0.85)


@kind("towel", "wall", focus=(380, 470, 1.6), across=300, zoom=1.08)
def towel(c: Canvas, look: Look) -> None:
    """A towel on a rail, or rolled up in a `pile`."""
    if look.shape == "pile":
        for x, y, tint in ((300, 540, look.colour), (500, 540, look.colour), (400, 374, look.accent)):
            c.path(oval(x + 10, y + 18, 100, 96), INK, opacity=0.16)
            c.path(oval(x, y, 98, 98), c.paint(tint, "ball"))
            swirl = f"M{x} {y}c14-24 42 0 30 26c-18 34-74 20-74-26c0-62 92-84 124-22"
            c.line(swirl, lit(tint, -0.4), 5, 0.6)
        return
    c.tube("M190 190H610", "#c9a25c", 17)
    for side in (190, 610):
        button(c, side, 190, 19, "#c9a25c")
    d = "M262 186H538L546 640Q400 652 254 640Z"
    cast(c, d)
    c.body(d, look, "cloth", size=52)
    with c.clipped(d):
        for x in (310, 400, 480):
            fold(c, (x, 200), (x + 6, 660), 30, 0.14)
        for y in (540, 584):
            c.path(f"M240 {y}H560V{y + 22}H240Z", look.accent, opacity=0.85)
        c.path("M250 180H550V226H250Z", c.fade(INK, 0.22, 0))
    for i in range(15):
        c.line(f"M{264 + i * 19.5:.0f} 642v22", lit(look.colour, -0.12), 5)


@kind("candle", "plinth", focus=(400, 470, 1.9), across=260, zoom=1.25)
def candle(c: Canvas, look: Look) -> None:
    """A scented candle: in a jar, a `pillar`, or a `tin`."""
    profile = {"": (112, 420), "pillar": (88, 340), "tin": (128, 500)}[look.shape]
    r, y = profile
    c.shadow(400, 638, r + 8)
    c.path(oval(400, y - 64, 130, 130), c.gradient([(0, GLOW, 0.95), (1, GLOW, 0)], (0.5, 0.5, 0.5)))
    c.body(lathe([(r, y), (r + 2, 520), (r, 636)]), look, size=46)
    if look.shape == "pillar":
        c.path(oval(400, y, r), lit(look.colour, 0.55))
        c.path(oval(400, y + 2, r * 0.6), c.gradient([(0, lit(look.colour, 0.2), 1), (1, "#fff3d6", 1)]))
        c.path(lathe([(r + 3, 540), (r + 3, 590)]), c.paint(look.accent))
    else:
        mouth(c, y, r, look.colour, full="#f6ecd6", lip=7, depth=0.35)
        label(
            c,
            (400 - r * 0.62, y + 62 if not look.shape else y + 30, r * 1.24, 108 if not look.shape else 88),
            look.mark,
            "#f6efe1",
            lit(look.accent, -0.2),
        )
    c.line(f"M400 {y + 4}v-26", "#4a3a30", 5)
    flame = f"M400 {y - 92}Q428 {y - 44} 400 {y - 20}Q372 {y - 44} 400 {y - 92}Z"
    c.path(flame, c.gradient([(0, "#ffd98a", 1), (0.6, "#ffb14a", 1), (1, "#f2853a", 1)]))
    c.path(f"M400 {y - 58}Q412 {y - 38} 400 {y - 24}Q388 {y - 38} 400 {y - 58}Z", "#fff6da")
    shine(c, [(400 - r * 0.82, y + 40), (400 - r * 0.8, 600)], 10, 0.45)


@kind("diffuser", "plinth", focus=(400, 500, 1.8), across=230, zoom=1.2)
def diffuser(c: Canvas, look: Look) -> None:
    """A bottle of room scent with reeds: square, `drop`-shaped or `tall`."""
    profile = {
        "": [(34, 430), (34, 452), (104, 470), (108, 500), (106, 636)],
        "drop": [(30, 400), (32, 450), (90, 520), (118, 590), (92, 638)],
        "tall": [(30, 400), (30, 430), (72, 456), (76, 520), (74, 638)],
    }[look.shape]
    c.shadow(400, 638, profile[-1][0] + 14)
    neck = profile[0][1]
    for dx, height in ((-78, 250), (-40, 270), (-8, 262), (30, 280), (70, 248)):
        c.line(f"M{400 + dx * 0.18:.0f} {neck + 100}L{400 + dx} {neck - height + 60}", "#b08a5c", 7)
    body = lathe(profile)
    c.path(body, c.paint(look.colour), opacity=0.88)
    with c.clipped(body):
        c.path("M260 540H540V660H260Z", c.paint(lit(look.accent, 0.1)), opacity=0.55)
    c.path(lathe([(36, neck - 10), (37, neck + 18)]), c.paint("#c9a25c", "metal"))
    c.path(oval(400, neck - 10, 36), "#7a5a33")
    label(c, (352, 548, 96, 72), look.mark, "#f7f1e5", INK)
    shine(c, [(400 - profile[-1][0] * 0.76, 540), (400 - profile[-1][0] * 0.74, 610)], 9, 0.5)


def _lit_shade(c: Canvas, d: str, colour: str) -> None:
    """Draw a lampshade with the light on inside."""
    stops = [(0.0, lit(colour, -0.12), 1.0), (0.4, lit(colour, 0.72), 1.0), (1.0, lit(colour, -0.2), 1.0)]
    c.path(d, c.gradient(stops, ACROSS))
    c.path(d, c.fade("#ffdf9a", 0.1, 0.5))


def _shade_lamp(c: Canvas, look: Look, glow: str) -> None:
    """Draw a cloth shade on a ceramic base."""
    c.path(oval(400, 330, 300, 280), glow, opacity=0.8)
    base = lathe([(34, 400), (72, 460), (96, 540), (64, 630)])
    c.body(base, Look(look.accent, look.colour, "", look.pattern), size=44)
    c.path(lathe([(9, 366), (9, 404)]), c.paint("#c9a25c", "metal"))
    _lit_shade(c, lathe([(110, 180), (176, 380)]), look.colour)
    c.line("M224 380A176 23 0 0 0 576 380", lit(look.colour, -0.2), 5)


def _globe_lamp(c: Canvas, look: Look, glow: str) -> None:
    """Draw a ball of opal glass on a turned foot."""
    c.path(oval(400, 400, 330, 300), glow, opacity=0.9)
    c.path(lathe([(86, 560), (96, 590), (96, 632)]), c.paint(look.colour))
    glass = c.gradient([(0, "#fffdf5", 1), (0.6, "#fdf0cf", 1), (1, "#ecd3a0", 1)], (0.45, 0.4, 0.62))
    c.path(oval(400, 430, 150, 150), glass)
    c.path(lathe([(70, 556), (86, 576)]), c.paint(look.accent, "metal"))


@kind("lamp", "table", focus=(400, 420, 1.35), across=300, zoom=1.08)
def lamp(c: Canvas, look: Look) -> None:
    """A lamp: jointed desk lamp, `shade` on a ceramic base, or `globe`."""
    glow = c.gradient([(0, "#fff3cf", 0.95), (1, "#fff3cf", 0)], (0.5, 0.5, 0.5))
    c.shadow(410, 634, 120, 18)
    if look.shape == "shade":
        _shade_lamp(c, look, glow)
        return
    if look.shape == "globe":
        _globe_lamp(c, look, glow)
        return
    c.path(oval(530, 420, 210, 210), glow, opacity=0.7)
    c.path("M452 336L600 420L690 566H400Z", c.fade("#fff3cf", 0.55, 0))
    c.path(lathe([(110, 612), (112, 632)], 340), c.paint(look.colour))
    c.path(oval(340, 612, 110), lit(look.colour, 0.25))
    c.tube("M340 606L262 400L452 236", look.accent, 15)
    for x, y in ((262, 400), (340, 600), (452, 240)):
        button(c, x, y, 17, lit(look.accent, -0.2))
    shade = "M420 232Q440 196 486 214L560 262Q620 330 600 412L436 320Q414 270 420 232Z"
    c.path(shade, c.paint(look.colour, "flat"))
    c.path(
        "M436 320Q520 330 600 412Q560 424 500 392Q444 360 436 320Z",
        c.gradient([(0, "#fffbe9", 1), (1, "#ffe6a3", 1)]),
    )


@kind("floorlamp", "floor", focus=(400, 280, 1.5), across=260, zoom=1.02)
def floorlamp(c: Canvas, look: Look) -> None:
    """A floor lamp: tripod with drum, `arc`, or `paper` lantern."""
    glow = c.gradient([(0, "#fff3cf", 0.9), (1, "#fff3cf", 0)], (0.5, 0.5, 0.5))
    x = 470 if look.shape == "arc" else 400
    c.path(oval(x, 260, 300, 260), glow)
    c.shadow(400, 648, 130, 18)
    if look.shape == "arc":
        c.path(lathe([(80, 630), (82, 646)], 300), c.paint(look.accent))
        c.tube("M300 630V240Q310 110 420 116Q470 124 470 200", look.accent, 13)
        c.path("M380 290Q384 200 470 196Q556 200 560 290Z", c.paint(look.colour, "cloth"))
        c.path(oval(470, 290, 90, 15), "#fff1c8")
        return
    for foot in (290, 510, 400):
        c.tube(f"M400 380L{foot} 640", look.accent, 15)
    if look.shape == "paper":
        c.path(
            oval(400, 250, 130, 150),
            c.gradient(
                [(0, "#fffaf0", 1), (0.7, lit(look.colour, 0.3), 1), (1, lit(look.colour, -0.1), 1)],
                (0.45, 0.45, 0.6),
            ),
        )
        for y in range(130, 390, 30):
            half = 130 * max(0.0, 1 - ((y - 250) / 150) ** 2) ** 0.5
            seam(c, f"M{num(400 - half)} {y}Q400 {y + 16} {num(400 + half)} {y}", 0.1, 2)
        return
    _lit_shade(c, lathe([(116, 140), (146, 350)]), look.colour)


@kind("plant", "table", focus=(400, 440, 1.5), across=300, zoom=1.08)
def plant(c: Canvas, look: Look) -> None:
    """A pot with a plant: broad leaves, `cactus`, `fern` or `trail`ing."""
    c.shadow(400, 634, 120)
    if look.shape == "cactus":
        for d in (
            "M352 470V300Q352 240 400 240T448 300V470Z",
            "M448 400h30Q500 400 500 376V330Q500 310 520 310T540 330V380Q540 440 480 440H448Z",
            "M352 380h-20Q310 380 310 356V330Q310 314 294 314T276 330V366Q276 420 330 420H352Z",
        ):
            c.path(d, c.paint(GREENS[0]))
        for x in (374, 400, 426):
            c.line(f"M{x} 270V460", "#eaf0dc", 3, 0.6, dash="2 14")
        c.path(oval(400, 240, 17, 13), c.paint("#e58a73", "ball"))
    else:
        spread = {"": 9, "fern": 13, "trail": 9}[look.shape]
        tips = ring_points(400, 400, 170, 210, spread * 2, start=180)[: spread + 1]
        for i, (tx, ty) in enumerate(tips):
            far = 0.72 + (i * 5 % 3) * 0.14
            tip = (400 + (tx - 400) * far, 450 + (ty - 400) * far * 1.1)
            if look.shape == "trail" and i % 2 == 0:
                tip = (400 + (tx - 400) * 1.05, 590 - (i * 7) % 40)
            if look.shape == "trail":
                c.line(
                    f"M400 470Q{num((400 + tip[0]) / 2)} {num(tip[1] - 26)} {num(tip[0])} {num(tip[1])}",
                    GREENS[1],
                    5,
                )
            near = 0.1 if look.shape == "fern" else 0.3
            root = (400 + (tip[0] - 400) * near, 470 + (tip[1] - 470) * near)
            leaf(c, root, tip, GREENS[i % 3], 0.34 if look.shape == "" else 0.14, plain=look.shape == "fern")
    profile = {
        "cactus": [(112, 460), (104, 560), (88, 634)],
        "fern": [(100, 460), (118, 520), (84, 634)],
    }.get(look.shape, [(116, 460), (98, 632)])
    body = lathe(profile)
    c.body(body, look, size=46)
    if look.pattern == "dip":
        with c.clipped(body):
            c.path("M270 540H530V660H270Z", c.paint(look.accent))
    mouth(c, 460, profile[0][0], look.colour, full="#5a4536", lip=10, depth=0.2)


@kind("vase", "table", focus=(400, 470, 1.6), across=240, zoom=1.05)
def vase(c: Canvas, look: Look) -> None:
    """A vase with stems: bottle, `round` moon jar, or `tall` cylinder."""
    profile = {
        "": [(34, 400), (30, 440), (92, 520), (104, 580), (80, 634)],
        "round": [(48, 430), (70, 446), (138, 530), (110, 610), (66, 636)],
        "tall": [(66, 380), (74, 480), (70, 580), (60, 636)],
    }[look.shape]
    c.shadow(400, 634, 100)
    y = profile[0][1]
    stems = ((-120, 230), (-36, 290), (104, 250))
    for i, (dx, height) in enumerate(stems):
        x, top = 400 + dx, y - height + 20
        c.line(f"M400 {y + 10}Q{400 + dx * 0.3:.0f} {y - height * 0.5:.0f} {x} {top}", "#7c8a5f", 5)
        if look.pattern in {"", "bloom"} and i % 2 == 0:
            for px, py in ring_points(x, top, 27, 24, 5):
                c.path(oval(round(px), round(py), 25, 23), c.paint(look.accent, "ball"))
            leaf(c, ((400 + x) / 2, (y + top) / 2), ((400 + x) / 2 + 56, (y + top) / 2 - 40), GREENS[0])
            c.path(oval(x, top, 15, 14), "#e9c468")
        else:
            for share in (0.42, 0.6, 0.78, 0.96):
                bx, by = 400 + dx * share**1.6, y - height * share
                leaf(c, (bx, by), (bx + (50 if dx > 0 else -50), by - 26), GREENS[i], plain=True)
                leaf(c, (bx, by), (bx - (30 if dx > 0 else -30), by - 38), GREENS[i], plain=True)
    body = lathe(profile)
    c.body(body, look, size=44)
    mouth(c, y, profile[0][0], look.colour, lip=6)
    shine(
        c,
        [(400 - profile[-3][0] * 0.66, profile[-3][1]), (400 - profile[-2][0] * 0.66, profile[-2][1])],
        11,
        0.45,
    )


@kind("clock", "wall", focus=(400, 380, 1.5), across=420, zoom=1.15)
def clock(c: Canvas, look: Look) -> None:
    """A clock: round for the wall, `flip` for the desk, `bell` alarm clock."""
    if look.shape == "flip":
        c.path(box(196, 296, 408, 220, 26), INK, opacity=0.2)
        c.path(box(190, 280, 408, 220, 26), c.paint(look.colour, "flat"))
        for x in (218, 402):
            c.path(box(x, 310, 168, 160, 14), c.paint(lit(look.accent, -0.1), "down"))
            c.path(f"M{x} 388h168v4h-168Z", INK, opacity=0.4)
        for x, d in ((302, "M-24-44V44M24-44V44"), (486, "M-26-44H26V0H-26V44H26")):
            with c.group(f"translate({x} 390)"):
                c.line(d, "#f7f1e4", 15)
        return
    cy = 400
    if look.shape == "bell":
        for side in (1, -1):
            c.path(oval(400 + side * 104, 244, 66, 56), c.paint(look.accent, "metal"))
            c.tube(f"M{400 + side * 120} 560l{side * 40} 60", look.accent, 19)
        c.tube("M400 220V190", look.accent, 13)
    face = oval(400, cy, 200, 200)
    cast(c, face, 14, 20)
    c.path(face, c.paint(look.colour, "flat"))
    c.path(oval(400, cy, 172, 172), c.gradient([(0, "#efe9dc", 1), (1, "#fffdf7", 1)], SLANT))
    hours(c, cy, 146, lit(mix(look.colour, INK, 0.5), -0.2), (9, 4))
    c.line(f"M400 {cy}L334 {cy - 50}", INK, 13)
    c.line(f"M400 {cy}L478 {cy - 94}", INK, 8)
    c.line(f"M400 {cy}L420 {cy + 120}", look.accent, 4)
    button(c, 400, cy, 12, look.accent)
    stitches(c, oval(400, cy, 186, 186), "#fff", 0.12)
