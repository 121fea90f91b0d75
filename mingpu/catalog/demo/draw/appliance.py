"""Kitchen machines: cookers, kettles, mixers, coffee makers."""

from mingpu.catalog.demo.draw.canvas import ACROSS, Canvas, Look
from mingpu.catalog.demo.draw.colour import INK, lit
from mingpu.catalog.demo.draw.marks import emblem
from mingpu.catalog.demo.draw.parts import button, seam, shine, steam
from mingpu.catalog.demo.draw.registry import kind
from mingpu.catalog.demo.draw.shapes import band, box, lathe, oval

METAL, SCREEN = "#c3c8cc", "#1d252c"
GLASS = [(0.0, "#fff", 0.7), (0.14, "#fff", 0.05), (0.85, INK, 0.03), (0.95, INK, 0.25), (1.0, "#fff", 0.4)]


@kind("ricecooker", "table", focus=(400, 500, 1.7), across=380, zoom=1.12)
def ricecooker(c: Canvas, look: Look) -> None:
    """A rice cooker: rounded, `square`, or a `pressure` cooker with a locking lid."""
    c.shadow(400, 634, 190, 26)
    if look.shape == "square":
        body = "M226 420Q226 400 250 400H550Q574 400 574 420L584 590Q584 634 540 634H260Q216 634 216 590Z"
        lid = "M226 410Q220 310 290 300H510Q580 310 574 410Z"
    else:
        body = lathe([(182, 440), (192, 510), (178, 590), (150, 634)])
        lid = "M214 446Q214 320 400 312Q586 320 586 446A186 26 0 0 1 214 446Z"
    c.body(body, look)
    c.path(lid, c.paint(lit(look.colour, 0.12), "cloth"))
    c.line("M224 408H576" if look.shape == "square" else "M218 444A184 26 0 0 0 582 444", look.accent, 9)
    if look.shape == "pressure":
        c.path(box(300, 280, 200, 44, 22), c.paint("#3b4046", "down"))
        c.path(oval(400, 282, 26, 12), c.paint(METAL, "metal"))
    else:
        c.tube("M306 330Q400 270 494 330", lit(look.accent, -0.1), 18)
        c.path(oval(400, 322, 20, 7), INK, opacity=0.4)
        steam(c, 400, 300, 0.7)
    c.path(box(334, 488, 132, 104, 18), c.paint(SCREEN, "flat"))
    c.path(box(354, 504, 92, 34, 6), "#8fd0c4", opacity=0.85)
    for x in (364, 400, 436):
        c.path(oval(x, 566, 9, 9), look.accent)
    shine(c, [(250, 500), (256, 570)], 12, 0.4)
    shine(c, [(262, 400), (290, 354)], 11, 0.45)


def _water(c: Canvas, body: str) -> None:
    """Draw a glass jug with boiling water in it."""
    c.path(body, "#e6f0f0", opacity=0.6)
    with c.clipped(body):
        c.path("M250 460H550V620H250Z", c.fade("#9fd0d8", 0.5, 0.85))
        c.path(oval(400, 460, 122, 15), "#d5eef0")
        for x, y, r in ((360, 560, 7), (420, 520, 9), (440, 580, 5), (380, 500, 5)):
            c.path(oval(x, y, r, r), "#fff", opacity=0.7)
    c.path(body, c.gradient(GLASS, ACROSS))


@kind("kettle", "table", focus=(400, 450, 1.6), across=340, zoom=1.1)
def kettle(c: Canvas, look: Look) -> None:
    """An electric kettle: jug, `goose` neck for coffee, or `glass`."""
    c.shadow(400, 634, 160)
    c.path(lathe([(140, 610), (142, 632)]), c.paint("#3b4046"))
    if look.shape == "goose":
        c.tube("M300 570C200 560 280 360 180 330", look.colour, 22)
        c.tube("M500 410C640 360 640 560 560 600", look.accent, 25)
        body = lathe([(92, 400), (106, 430), (128, 560), (130, 604)])
    else:
        c.tube("M492 350C640 320 620 590 516 570", look.accent, 30)
        c.path("M296 380L232 352L290 460Z", c.paint(look.colour, "side"))
        body = lathe([(96, 340), (108, 380), (126, 500), (132, 606)])
    top = 400 if look.shape == "goose" else 340
    if look.shape == "glass":
        _water(c, body)
        c.path(band([(131, 584), (132, 606)]), c.paint(look.colour))
    else:
        c.body(body, look)
        c.path(band([(131, 588), (132, 606)]), c.paint(METAL, "metal"))
    lid = top - 40
    half = 92 if look.shape == "goose" else 96
    c.path(
        lathe([(40, lid), (half - 8, lid + 14), (half, top)]),
        c.paint(look.colour if look.shape != "glass" else look.accent),
    )
    c.path(lathe([(16, lid - 26), (12, lid + 4)]), c.paint(look.accent))
    c.path(oval(400, lid - 28, 20, 9), lit(look.accent, 0.25))
    emblem(c, look.mark, (400, 540, 38), look.accent if look.shape != "glass" else "#fff", 0.8)
    shine(c, [(328, top + 40), (300, 520), (296, 570)], 12, 0.45)


@kind("blender", "table", focus=(400, 380, 1.6), across=260, zoom=1.08)
def blender(c: Canvas, look: Look) -> None:
    """A blender: jug on a base, or a `cup` to carry."""
    c.shadow(400, 634, 130)
    cup = look.shape == "cup"
    jug = lathe([(110, 250), (98, 400), (78, 486)]) if not cup else lathe([(88, 250), (92, 380), (90, 440)])
    if not cup:
        c.tube("M500 280C590 280 560 450 478 440", look.accent, 21)
    c.path(jug, "#eaf2f0", opacity=0.7)
    with c.clipped(jug):
        c.path("M280 330H520V500H280Z", c.paint(look.accent if cup else "#e58a73"))
        c.path(oval(400, 330, 110, 14), lit(look.accent if cup else "#e58a73", 0.4))
        for x, y in ((350, 380), (430, 360), (400, 430), (446, 420)):
            c.path(oval(x, y, 10, 8), "#fff", opacity=0.35)
    sides = [
        (0.0, "#fff", 0.75),
        (0.14, "#fff", 0.05),
        (0.86, INK, 0.03),
        (0.95, INK, 0.2),
        (1.0, "#fff", 0.4),
    ]
    c.path(jug, c.gradient(sides, ACROSS))
    c.path(lathe([(60, 206), (98, 220), (112 if not cup else 92, 252)]), c.paint(look.colour))
    if not cup:
        c.path(lathe([(34, 186), (36, 210)]), c.paint("#3b4046"))
    base = lathe([(82, 484), (110, 520), (124, 634)]) if not cup else lathe([(92, 436), (94, 500), (86, 634)])
    c.body(base, look)
    button(c, 400, 574, 27, look.accent)
    c.line("M400 574V558", "#fff", 5, 0.85)
    shine(c, [(316, 280), (326, 420)], 10, 0.6)


@kind("toaster", "table", focus=(360, 450, 1.6), across=380, zoom=1.15)
def toaster(c: Canvas, look: Look) -> None:
    """A toaster with two slices, or an `oven`."""
    c.shadow(400, 634, 220, 26)
    if look.shape == "oven":
        c.path(box(170, 340, 460, 290, 36), c.paint(look.colour, "soft"))
        c.path(box(170, 340, 460, 290, 36), c.veil("down", 0.5))
        c.path(box(200, 374, 310, 222, 20), c.gradient([(0, "#5b4431", 1), (1, "#241a14", 1)]))
        c.path(oval(350, 520, 96, 36), "#d99a4e")
        c.path(oval(346, 506, 88, 34), "#e8b368")
        c.line("M212 544H498", "#9a9a98", 5)
        c.path("M214 590L330 378H400L270 590Z", "#fff", opacity=0.12)
        c.tube("M232 398H478", METAL, 13)
        for y in (410, 484, 558):
            button(c, 570, y, 26, look.accent)
            c.line(f"M570 {y}v-16", "#fff", 5, 0.8)
        return
    for x in (290, 404):
        c.path(
            f"M{x} 420V320Q{x - 12} 280 {x + 46} 276Q{x + 106} 280 {x + 96} 320V420Z",
            c.paint("#d9a05b", "flat"),
        )
        c.path(f"M{x + 12} 420V322Q{x + 10} 292 {x + 47} 290Q{x + 88} 292 {x + 84} 322V420Z", "#efcd94")
    body = "M190 470Q190 390 270 390H530Q610 390 610 470V590Q610 630 570 630H230Q190 630 190 590Z"
    c.body(body, look, "soft")
    c.path(body, c.veil("down", 0.6))
    c.path(box(252, 392, 296, 16, 8), lit(look.colour, -0.6))
    c.path("M190 600H610Q606 630 570 630H230Q194 630 190 600Z", c.paint(METAL, "steel"))
    c.path(box(596, 470, 26, 40, 8), c.paint("#3b4046"))
    button(c, 540, 552, 24, look.accent)
    emblem(c, look.mark, (290, 520, 52), look.accent, 0.9)
    shine(c, [(214, 560), (214, 470), (250, 420)], 11, 0.45)


def _dripper(c: Canvas, look: Look) -> None:
    """Draw a filter cone on a glass jug."""
    c.shadow(400, 634, 110)
    jug = lathe([(70, 440), (74, 470), (112, 560), (104, 630)])
    c.tube("M486 480c70 0 60 110 10 110", look.accent, 15)
    c.path(jug, "#eef4f3", opacity=0.7)
    with c.clipped(jug):
        c.path("M280 548H520V640H280Z", c.paint("#5a3524"))
    c.path(
        jug,
        c.gradient([(0, "#fff", 0.7), (0.15, "#fff", 0.05), (0.9, INK, 0.15), (1, "#fff", 0.4)], ACROSS),
    )
    c.path("M270 268H530L440 420H360Z", c.paint(look.colour))
    c.path(lathe([(96, 414), (92, 432)]), c.paint(look.colour))
    c.path(oval(400, 268, 130, 18), c.gradient([(0, "#4a2d20", 1), (1, "#7a5138", 1)]))
    c.path(oval(400, 268, 130, 18), "none", line=lit(look.colour, 0.3), width=7)
    for x in (320, 360, 400, 440, 480):
        seam(c, f"M{x} 292L{400 + (x - 400) * 0.42:.0f} 408", 0.14)
    steam(c, 400, 250, 0.8)


@kind("coffeemaker", "table", focus=(400, 470, 1.6), across=320, zoom=1.08)
def coffeemaker(c: Canvas, look: Look) -> None:
    """A coffee maker: espresso machine, `drip` with jug, or hand `dripper`."""
    if look.shape == "dripper":
        _dripper(c, look)
        return
    c.shadow(400, 634, 190, 26)
    c.path(box(246, 250, 308, 384, 30), c.paint(look.colour, "cloth"))
    c.path(
        "M276 400H524V600H276Z",
        c.gradient([(0, lit(look.colour, -0.62), 1), (1, lit(look.colour, -0.35), 1)]),
    )
    c.path(box(230, 594, 340, 42, 14), c.paint(METAL, "steel"))
    if look.shape == "drip":
        c.path("M330 420H470L440 462H360Z", c.paint("#3b4046"))
        c.path(lathe([(58, 478), (84, 520), (78, 592)]), c.paint("#4a2d20"), opacity=0.92)
        c.path(lathe([(60, 466), (58, 484)]), c.paint("#3b4046"))
        c.tube("M476 500c50 0 40 70 0 70", "#3b4046", 13)
        shine(c, [(346, 520), (344, 570)], 8, 0.5)
    else:
        c.path(lathe([(56, 396), (56, 424), (40, 440)]), c.paint(METAL, "metal"))
        c.tube("M450 428H566", look.accent, 19)
        c.path(lathe([(40, 524), (38, 570), (28, 592)]), c.paint("#f4efe4"))
        c.path(oval(400, 524, 40), "#5a3524")
        c.line("M392 444V520M408 444V520", "#5a3524", 5)
        c.tube("M500 420L516 560", METAL, 9)
    c.path(box(276, 282, 248, 82, 16), c.paint(lit(look.colour, -0.2), "down"))
    for x in (314, 360):
        button(c, x, 322, 16, METAL)
    c.path(oval(466, 322, 32, 32), "#f6f1e4")
    c.line("M466 322L482 302", "#cf4a33", 5)
    c.path("M262 236H538L546 256H254Z", c.paint(METAL, "steel"))


@kind("kitchenscale", "table", focus=(400, 520, 1.6), across=360, zoom=1.2)
def kitchenscale(c: Canvas, look: Look) -> None:
    """A kitchen scale weighing two apples."""
    c.shadow(400, 634, 190, 24)
    c.path("M220 560H580L610 620Q610 636 594 636H206Q190 636 190 620Z", c.paint(look.colour, "down"))
    c.path(box(330, 584, 140, 36, 8), c.paint(SCREEN, "flat"))
    c.line("M352 602h26M392 602h26M432 602h16", "#8fd0c4", 9)
    c.path(lathe([(190, 528), (180, 556)]), c.paint(METAL, "metal"))
    c.path(oval(400, 528, 190, 25), c.paint(lit(METAL, 0.2), "steel"))
    for x, r in ((350, 46), (436, 52)):
        c.path(oval(x, 520 - r, r, r), c.paint(look.accent, "ball"))
        c.line(f"M{x} {522 - 2 * r}q8 -16 20 -20", "#5b7a52", 6)


@kind("juicer", "table", focus=(400, 400, 1.6), across=300, zoom=1.1)
def juicer(c: Canvas, look: Look) -> None:
    """A slow juicer filling a glass."""
    c.shadow(400, 634, 150, 24)
    c.path(box(330, 230, 130, 130, 20), c.paint("#e6efee"), opacity=0.8)
    c.path(lathe([(56, 190), (62, 232)], 395), c.paint(look.accent))
    c.path(box(296, 340, 200, 130, 30), c.paint("#dfe9e8"), opacity=0.9)
    c.path(box(310, 380, 172, 80, 20), c.paint("#e8a24c", "soft"))
    c.path(box(300, 466, 192, 168, 34), c.paint(look.colour, "cloth"))
    c.tube("M496 430h34v24", look.accent, 21)
    c.path(
        "M500 520H578L568 634H510Z", c.gradient([(0, "#fff", 0.5), (0.25, "#efb25c", 0.9), (1, "#e08f35", 1)])
    )
    c.path("M500 520H578", "none", line="#ffffff", width=4)
    button(c, 396, 560, 26, look.accent)
    c.path(box(310, 250, 170, 10, 5), "#fff", opacity=0.5)
    c.path("M330 236V350", "none", line="#fff", width=7, opacity=0.6)
