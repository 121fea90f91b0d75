"""Care and make-up: bottles, jars, tubes, sticks."""

from mingpu.catalog.demo.draw.canvas import ACROSS, SLANT, Canvas, Look
from mingpu.catalog.demo.draw.colour import INK, is_dark, lit, mix
from mingpu.catalog.demo.draw.marks import emblem, label
from mingpu.catalog.demo.draw.parts import cast, leaf, seam, shine, stitches
from mingpu.catalog.demo.draw.registry import kind
from mingpu.catalog.demo.draw.shapes import band, box, lathe, oval

GOLD = "#cfae74"


def _ink(look: Look) -> str:
    return "#fbf7ee" if is_dark(look.colour) else lit(mix(look.accent, INK, 0.35), -0.1)


def _words(c: Canvas, look: Look, y: float, half: float) -> None:
    """Print the brand's emblem and two fine rules straight on a bottle."""
    ink = _ink(look)
    emblem(c, look.mark, (396, y, half * 0.95), ink, 0.9)
    c.line(f"M{396 - half * 0.6:.0f} {y + half * 0.95:.0f}h{half * 1.2:.0f}", ink, 3, 0.7)
    c.line(f"M{396 - half * 0.4:.0f} {y + half * 1.2:.0f}h{half * 0.8:.0f}", ink, 3, 0.7)


@kind("lotion", "plinth", focus=(400, 440, 1.7), across=220, zoom=1.25)
def lotion(c: Canvas, look: Look) -> None:
    """A bottle with a pump: round, `square` shoulders, or `tall`."""
    profile = {
        "": [(40, 360), (44, 372), (98, 400), (104, 440), (104, 600), (96, 636)],
        "square": [(46, 350), (46, 366), (46, 366), (112, 372), (118, 384), (118, 630), (112, 638)],
        "tall": [(36, 300), (38, 316), (76, 344), (80, 380), (80, 600), (74, 636)],
    }[look.shape]
    neck, y = profile[0]
    c.shadow(400, 638, profile[-1][0] + 10)
    c.path(lathe([(neck + 4, y - 34), (neck + 6, y + 6)]), c.paint(look.accent))
    c.path(lathe([(11, y - 86), (11, y - 34)]), c.paint("#e9e4da"))
    c.path(
        f"M{400 - 70} {y - 112}Q{400 - 76} {y - 100} {400 - 72} {y - 84}L{400 - 30} {y - 92}H{400 + 44}Q{400 + 52} {y - 104} {400 + 42} {y - 116}H{400 - 50}Z",
        c.paint(look.accent, "down"),
    )
    body = lathe(profile)
    c.body(body, look, size=46)
    _words(c, look, 480, 60 if look.shape != "tall" else 50)
    r = profile[-2][0]
    shine(c, [(400 - r * 0.76, 420), (400 - r * 0.76, 590)], 11, 0.5)


@kind("cream", "plinth", focus=(400, 520, 1.9), across=280, zoom=1.35)
def cream(c: Canvas, look: Look) -> None:
    """A jar of cream: low jar with metal lid, `open` showing the cream, or `tall`."""
    top = {"": 500, "open": 510, "tall": 440}[look.shape]
    c.shadow(400, 638, 136)
    jar = lathe([(128, top), (132, top + 20), (126, 636)])
    c.path(jar, c.paint(look.colour))
    with c.clipped(jar):
        c.path(f"M260 {top}H540V{top + 30}H260Z", c.fade("#fff", 0.4, 0))
    _words(c, look, 530 if look.shape == "tall" else top + 58, 44)
    shine(c, [(296, top + 44), (298, 610)], 11, 0.5)
    if look.shape == "open":
        c.path(oval(400, top, 128), lit(look.colour, 0.5))
        c.path(oval(400, top - 2, 114, 14), "#fdf6ea")
        c.path(
            f"M316 {top - 4}Q350 {top - 46} 404 {top - 34}Q420 {top - 60} 436 {top - 30}Q484 {top - 26} 486 {top - 4}Q400 {top + 16} 316 {top - 4}Z",
            c.paint("#fbf2e2", "flat"),
        )
        with c.group("translate(150 96) rotate(-8 400 540)"):
            c.path(oval(400, 548, 116, 24), INK, opacity=0.16)
            c.path(oval(400, 530, 112, 22), c.paint(look.accent, "soft"))
        return
    lid = lathe([(126, top - 76), (134, top - 66), (134, top + 4)])
    c.path(lid, c.paint(look.accent, "metal" if look.pattern == "metal" else "round"))
    c.path(oval(400, top - 76, 126), lit(look.accent, 0.35))


@kind("serum", "plinth", focus=(400, 480, 1.8), across=190, zoom=1.3)
def serum(c: Canvas, look: Look) -> None:
    """A dropper bottle, an `oil` bottle with cork, or a `spray`."""
    c.shadow(400, 638, 100)
    body = lathe([(36, 396), (38, 420), (86, 450), (90, 480), (90, 600), (84, 636)])
    if look.shape == "spray":
        c.path(lathe([(30, 260), (34, 270), (34, 394)]), c.paint(look.accent, "metal"))
    elif look.shape == "oil":
        c.path(lathe([(26, 340), (31, 400)]), c.paint("#c79a68"))
        c.path(oval(400, 340, 26), "#dab483")
    else:
        c.path("M372 330V250Q372 206 400 206T428 250V330Z", c.paint(lit(look.accent, -0.3)))
        c.path(lathe([(40, 326), (42, 396)]), c.paint(GOLD, "metal"))
    c.path(body, c.paint(look.colour), opacity=0.9)
    with c.clipped(body):
        c.path("M300 470H500V650H300Z", c.fade(lit(look.colour, -0.4), 0.25, 0.6))
    if look.shape == "":
        c.path(box(393, 400, 14, 190, 6), "#fff", opacity=0.3)
    label(c, (336, 500, 128, 96), look.mark, "#f8f2e6", INK)
    shine(c, [(330, 470), (328, 600)], 9, 0.55)


@kind("lipstick", "plinth", focus=(380, 420, 1.8), across=220, zoom=1.2)
def lipstick(c: Canvas, look: Look) -> None:
    """A lipstick with its cap; `gloss` is a clear tube with an applicator."""
    c.shadow(400, 638, 130)
    if look.shape == "gloss":
        for x, top, blend in ((340, 300, 0), (470, 380, 0.5)):
            tube = box(x - 42, top + 130, 84, 638 - top - 130, 16)
            c.path(tube, c.paint(mix(look.colour, look.accent, blend)))
            c.path(tube, c.fade("#fff", 0.45, 0, ACROSS))
            c.path(box(x - 34, top, 68, 138, 12), c.paint(GOLD, "metal"))
            c.line(f"M{x - 22} {top + 170}V600", "#fff", 7, 0.6)
        return
    c.path("M316 420V300Q316 270 348 244L384 220V420Z", c.paint(look.colour))
    c.path("M316 300Q316 270 348 244L384 220V262Q352 276 330 312Z", lit(look.colour, 0.3), opacity=0.7)
    c.path(lathe([(40, 400), (40, 480)], 350), c.paint(GOLD, "metal"))
    c.path(lathe([(52, 470), (52, 634)], 350), c.paint(look.accent))
    c.path(band([(52, 480), (52, 492)], 350), c.paint(GOLD, "metal"))
    c.path(lathe([(52, 390), (54, 634)], 486), c.paint(look.accent))
    c.path(oval(486, 390, 52), lit(look.accent, 0.3))
    c.path(band([(54, 600), (54, 634)], 486), c.paint(GOLD, "metal"))
    emblem(c, look.mark, (482, 500, 44), "#f5ead2" if is_dark(look.accent) else INK, 0.8)
    shine(c, [(446, 420), (446, 586)], 8, 0.5)


def _palette(c: Canvas, look: Look) -> None:
    """Draw eight eye shadows in a case."""
    d = box(170, 280, 460, 250, 30)
    with c.group("rotate(-8 400 400)"):
        cast(c, d, 16, 22)
        c.path(d, c.paint(look.accent, "flat"))
        for row in range(2):
            for i in range(4):
                tint = lit(
                    mix(look.colour, ("#f2dcc8", "#b07a5c", "#6a4038", "#d79a90")[i], 0.62),
                    0.12 - 0.28 * row,
                )
                x, y = 202 + i * 102, 306 + row * 102
                c.path(box(x, y, 90, 90, 14), lit(look.accent, -0.4))
                c.path(box(x + 4, y + 5, 84, 84, 12), c.paint(tint, "soft"))


def _brushes(c: Canvas, look: Look) -> None:
    """Draw four make-up brushes."""
    for i, (x, width, height) in enumerate(((250, 62, 150), (350, 44, 120), (440, 30, 96), (524, 50, 104))):
        with c.group(f"rotate({-12 + i * 8} {x} 640)"):
            stick = f"M{x - 12} 420H{x + 12}L{x + 7} 680Q{x} 690 {x - 7} 680Z"
            cast(c, stick, 12, 12)
            c.path(stick, c.paint(look.accent))
            c.path(box(x - 16, 350, 32, 84, 5), c.paint(GOLD, "metal"))
            c.path(
                f"M{x - 15} 354Q{x - width} {354 - height * 0.6} {x} {354 - height}Q{x + width} {354 - height * 0.6} {x + 15} 354Z",
                c.paint(look.colour, "down"),
            )


@kind("compact", "flatlay", focus=(400, 470, 1.6), across=340, zoom=1.15)
def compact(c: Canvas, look: Look) -> None:
    """A powder compact open with mirror; `palette` holds eye shadows; `brush` set."""
    if look.shape == "palette":
        _palette(c, look)
        return
    if look.shape == "brush":
        _brushes(c, look)
        return
    lower, upper = oval(400, 500, 180, 150), oval(400, 270, 176, 140)
    cast(c, lower, 14, 24)
    c.path(upper, c.paint(look.accent, "flat"))
    c.path(
        oval(400, 272, 152, 118),
        c.gradient([(0, "#fafcfc", 1), (0.5, "#c6d6dc", 1), (1, "#e4eef0", 1)], SLANT),
    )
    c.path("M300 330L420 160H480L330 366Z", "#fff", opacity=0.35)
    c.path(lower, c.paint(look.accent, "flat"))
    c.path(oval(400, 498, 150, 118), lit(look.accent, -0.35))
    c.path(oval(400, 504, 146, 113), c.paint(look.colour, "soft"))
    emblem(c, look.mark, (400, 506, 110), lit(look.colour, -0.22), 0.9)
    c.path(box(360, 356, 80, 28, 8), c.paint(GOLD, "tube"))


@kind("soap", "plinth", focus=(400, 540, 1.8), across=300, zoom=1.2)
def soap(c: Canvas, look: Look) -> None:
    """A bar of soap: with band, `stack` of three, or `dish`."""
    c.shadow(400, 638, 180, 26)
    rows = 3 if look.shape == "stack" else 1
    if look.shape == "dish":
        c.path(lathe([(190, 600), (170, 628), (140, 638)]), c.paint(look.accent))
        c.path(oval(400, 600, 190), lit(look.accent, 0.3))
    for i in range(rows):
        y = (600 if look.shape == "dish" else 636) - 92 * (i + 1)
        x = 400 + (-12, 16, -4)[i] - 150
        tint = (look.colour, mix(look.colour, look.accent, 0.5), look.accent)[i]
        d = box(x, y + 22, 300, 70, 24)
        c.path(d, c.paint(lit(tint, -0.12)))
        top = f"M{x + 8} {y + 40}Q{x + 14} {y} {x + 50} {y}H{x + 250}Q{x + 286} {y} {x + 292} {y + 40}Q{x + 150} {y + 56} {x + 8} {y + 40}Z"
        c.path(top, c.paint(lit(tint, 0.2), "soft"))
        c.path(d, c.tile("speck", lit(tint, -0.4), 46), opacity=0.6)
        if look.shape == "":
            c.path(f"M{x + 96} {y}h108v92h-108Z", c.paint("#f6f0e2", "soft"))
            emblem(c, look.mark, (x + 150, y + 50, 48), lit(look.accent, -0.2))
    if look.shape == "":
        leaf(c, (540, 640), (640, 590), "#5f8a66")
        leaf(c, (540, 640), (620, 640), "#7d9c68")


@kind("tube", "plinth", focus=(400, 420, 1.7), across=200, zoom=1.15)
def tube(c: Canvas, look: Look) -> None:
    """A squeezable tube standing on its cap; `paste` lies on its side for the teeth."""
    c.shadow(400, 638, 96)
    body = "M288 230H512L478 560H322Z" if look.shape != "slim" else "M320 230H480L460 560H340Z"
    look_body = Look(look.colour, look.accent, "", look.pattern)
    c.body(body, look_body, size=50)
    half, foot = (80, 58) if look.shape == "slim" else (112, 74)
    c.path(f"M{400 - half} 206H{400 + half}V236H{400 - half}Z", c.paint(lit(look.colour, -0.06)))
    stitches(c, f"M{404 - half} 220H{396 + half}", INK, 0.16)
    c.path(lathe([(foot, 556), (foot + 2, 636)]), c.paint(look.accent))
    _words(c, look, 350, 64)
    if look.shape == "paste":
        c.path("M306 470H494L488 520H312Z", look.accent, opacity=0.8)
    shine(c, [(400 - half * 0.68, 260), (400 - half * 0.5, 540)], 11, 0.5)


@kind("toothbrush", "plinth", focus=(380, 300, 1.7), across=220, zoom=1.1)
def toothbrush(c: Canvas, look: Look) -> None:
    """Toothbrushes in a cup; `comb` is a wooden comb, upright."""
    if look.shape == "comb":
        c.shadow(400, 640, 130)
        d = "M260 300Q260 240 320 236H480Q540 240 540 300V400H260Z"
        c.path(
            "".join(box(262 + i * 19, 380, 12, 240 - abs(i - 7) * 3, 5) for i in range(15)),
            c.paint(look.colour),
        )
        c.path(d, c.paint(look.colour, "flat"))
        emblem(c, look.mark, (400, 320, 70), lit(look.colour, -0.5), 0.8)
        return
    c.shadow(400, 638, 110)
    for x, lean, tint in ((372, -26, look.colour), (430, 24, look.accent)):
        c.tube(f"M{x} 600L{x + lean} 250", tint, 21)
        tip = x + lean
        c.path(box(tip - 15, 150, 30, 110, 13), c.paint(tint))
        side = -1 if lean < 0 else 1
        for i in range(5):
            c.line(
                f"M{tip + side * 15} {168 + i * 18}h{side * 24}", "#fbf8f0" if i % 2 else lit(tint, 0.5), 12
            )
    cup = lathe([(92, 430), (94, 540), (86, 636)])
    c.path(cup, c.paint(mix(look.colour, "#f6f1e6", 0.8)))
    c.path(oval(400, 430, 92), "#fffdf8", opacity=0.5)
    emblem(c, look.mark, (396, 540, 54), lit(look.accent, -0.2), 0.7)
    shine(c, [(330, 470), (332, 600)], 10, 0.5)


@kind("perfume", "plinth", focus=(400, 500, 1.8), across=230, zoom=1.35)
def perfume(c: Canvas, look: Look) -> None:
    """A scent bottle: square flacon, `round`, or `column`."""
    c.shadow(400, 638, 130)
    d = {
        "": box(290, 400, 220, 236, 26),
        "round": oval(400, 516, 128, 122),
        "column": box(332, 320, 136, 316, 40),
    }[look.shape]
    top = {"": 400, "round": 396, "column": 320}[look.shape]
    c.path(box(374, top - 26, 52, 34, 5), c.paint(GOLD, "metal"))
    c.path(box(354, top - 112, 92, 90, 14), c.paint(look.accent))
    c.path(d, c.paint(look.colour, "soft"), opacity=0.85)
    with c.clipped(d):
        c.path(f"M260 {top + 60}H540V660H260Z", c.fade(lit(look.colour, -0.25), 0.35, 0.8))
        c.path("M270 640L400 380H450L320 660Z", "#fff", opacity=0.28)
    c.path(d, "none", line="#ffffff", width=5, opacity=0.5)
    label(c, (352, 490, 96, 80), look.mark, "#faf5ea", INK)
    seam(c, f"M360 {top - 60}h80", 0.1, 2)
