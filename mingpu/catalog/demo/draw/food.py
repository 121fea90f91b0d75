"""Food and drink in their packets, jars and tins."""

from mingpu.catalog.demo.draw.canvas import ACROSS, DOWN, SLANT, Canvas, Look
from mingpu.catalog.demo.draw.colour import INK, is_dark, lit, mix
from mingpu.catalog.demo.draw.marks import emblem, label
from mingpu.catalog.demo.draw.parts import fold, leaf, mouth, seam, shine, steam
from mingpu.catalog.demo.draw.registry import kind
from mingpu.catalog.demo.draw.shapes import band, box, lathe, num, oval, polygon

PAPER = "#f6efdf"
GREEN = "#5f8a66"


def _panel(c: Canvas, look: Look, area: tuple[float, float, float, float]) -> None:
    """Print the front of a packet: a paper panel with emblem, or with hills, or a sun."""
    x, y, width, height = area
    if look.pattern == "hill":
        d = box(x, y, width, height, 10)
        with c.clipped(d):
            c.path(d, c.gradient([(0, lit(look.accent, 0.75), 1), (1, lit(look.accent, 0.35), 1)]))
            c.path(oval(x + width * 0.7, y + height * 0.3, width * 0.12, width * 0.12), "#f3d9a0")
            for i, share in enumerate((0.55, 0.72, 0.86)):
                top = y + height * share
                c.path(
                    f"M{num(x - 10)} {num(top)}q{num(width * 0.3)} {num(-height * 0.22)} {num(width * 0.55)} 0t{num(width * 0.6)} -8V{num(y + height + 9)}H{num(x - 10)}Z",
                    lit(look.accent, 0.1 - 0.25 * i),
                )
        emblem(c, look.mark, (x + width / 2, y + height * 0.3, width * 0.3), lit(look.accent, -0.45))
        return
    label(c, area, look.mark, PAPER, lit(look.accent, -0.3))


@kind("teatin", "table", focus=(400, 470, 1.7), across=240, zoom=1.25)
def teatin(c: Canvas, look: Look) -> None:
    """A tea caddy: round tin, `square` tin, or `cake` of pressed tea in paper."""
    if look.shape == "cake":
        c.shadow(400, 634, 180, 24)
        c.path(lathe([(176, 560), (190, 590), (170, 634)], tilt=0.3), c.paint(lit(look.colour, -0.1)))
        c.path(oval(400, 556, 184, 62), c.paint(look.colour, "soft"))
        c.path(oval(400, 554, 110, 37), c.paint(look.accent, "soft"))
        with c.group("translate(0 276) scale(1 .5)"):
            emblem(c, look.mark, (400, 556, 90), PAPER)
        for x in (236, 300, 520, 570):
            seam(c, f"M{x} 590q{(x - 400) * 0.1:.0f} 20 {(400 - x) * 0.12:.0f} 40", 0.12, 3)
        return
    c.shadow(400, 634, 130)
    if look.shape == "square":
        c.path(box(284, 340, 232, 294, 12), c.paint(look.colour, "cloth"))
        c.path(box(278, 316, 244, 72, 10), c.paint(lit(look.colour, -0.12), "cloth"))
        c.path(box(290, 300, 220, 22, 8), c.paint(lit(look.colour, 0.1), "soft"))
        seam(c, "M282 388H518", 0.3)
        _panel(c, look, (326, 424, 148, 160))
        return
    body = lathe([(112, 330), (112, 634)])
    c.body(body, Look(look.colour, look.accent, "", "" if look.pattern == "hill" else look.pattern), size=50)
    c.path(lathe([(108, 296), (117, 304), (117, 380)]), c.paint(lit(look.accent, -0.05)))
    c.path(oval(400, 296, 108), c.paint(lit(look.accent, 0.25), "soft"))
    c.path(oval(400, 295, 30, 5), lit(look.accent, -0.3))
    _panel(c, look, (326, 430, 140, 140))
    shine(c, [(312, 400), (312, 600)], 10, 0.4)


@kind("coffeebag", "table", focus=(400, 460, 1.6), across=270, zoom=1.18)
def coffeebag(c: Canvas, look: Look) -> None:
    """A bag: coffee with valve, `pouch` with zip, or `drip` carton."""
    c.shadow(400, 634, 150)
    if look.shape == "drip":
        c.path(polygon([(270, 330), (480, 330), (480, 632), (270, 632)], 6), c.paint(look.colour, "soft"))
        c.path(
            polygon([(480, 330), (550, 306), (550, 608), (480, 632)], 4),
            c.paint(lit(look.colour, -0.3), "soft"),
        )
        c.path(polygon([(270, 330), (340, 306), (550, 306), (480, 330)], 4), lit(look.colour, 0.35))
        _panel(c, look, (302, 390, 146, 170))
        return
    bag = "M262 330L282 250H518L538 330L556 610Q556 634 530 634H270Q244 634 244 610Z"
    if look.shape == "pouch":
        bag = "M258 240H542Q534 420 556 600Q556 634 520 634H280Q244 634 244 600Q266 420 258 240Z"
    c.body(bag, Look(look.colour, look.accent, "", "" if look.pattern == "hill" else look.pattern), "cloth")
    with c.clipped(bag):
        fold(c, (540, 260), (500, 640), 30, 0.2)
        fold(c, (262, 300), (300, 640), 26, 0.16)
        c.path("M240 580H560V640H240Z", c.fade(INK, 0, 0.24))
    if look.shape == "pouch":
        c.path("M258 240H542L540 274H260Z", c.paint(lit(look.colour, -0.1)))
        seam(c, "M260 292H540", 0.2)
        c.path(oval(400, 258, 15, 9), lit(look.colour, -0.5))
    else:
        c.path("M282 250H518V286H282Z", c.paint(lit(look.colour, -0.14), "tube"))
        c.path(box(270, 262, 260, 18, 6), c.paint(look.accent, "tube"))
        c.path(oval(400, 330, 12, 12), lit(look.colour, -0.35))
        c.path(oval(399, 328, 5, 5), INK, opacity=0.5)
    _panel(c, look, (318, 374, 164, 180))


@kind("giftbox", "table", focus=(400, 500, 1.6), across=380, zoom=1.15)
def giftbox(c: Canvas, look: Look) -> None:
    """A box of biscuits or sweets: closed with ribbon, or `open` showing the pieces."""
    c.shadow(400, 634, 220, 26)
    front = box(200, 470, 400, 164, 10)
    if look.shape == "open":
        c.path("M200 470L240 396H560L600 470Z", lit(look.colour, -0.55))
        c.path("M212 470L246 404H554L588 470Z", "#f4ead6")
        c.path("M240 400L220 236H580L560 400Z", c.paint(lit(look.colour, 0.1), "soft"))
        emblem(c, look.mark, (400, 318, 84), look.accent)
        for row in range(2):
            for i in range(5):
                x, y = 268 + i * 66 + row * (i - 2) * 8, 424 + row * 34
                c.path(
                    oval(x, y, 30, 17), c.paint(mix("#d9a05b", look.accent, 0.25 * ((i + row) % 2)), "ball")
                )
                c.path(oval(x, y - 1, 11, 5), "#7a4a2c" if (i + row) % 2 else "#f3d9a0", opacity=0.8)
        c.path(front, c.paint(look.colour, "soft"))
        _panel(c, look, (320, 500, 160, 104))
        return
    c.path("M200 470L240 420H560L600 470Z", c.paint(lit(look.colour, 0.3), "soft"))
    c.body(front, look, "soft", size=50)
    c.path("M200 470H600V500H200Z", INK, opacity=0.08)
    c.path("M376 470L384 420H416L424 470V634H376Z", c.paint(look.accent, "soft"))
    c.path(
        "M400 424Q330 350 300 392Q300 432 400 428Q500 432 500 392Q470 350 400 424Z",
        c.paint(look.accent, "flat"),
    )
    c.path(oval(400, 424, 20, 16), c.paint(lit(look.accent, -0.15), "ball"))
    emblem(c, look.mark, (510, 560, 56), PAPER if is_dark(look.colour) else look.accent)


@kind("noodles", "table", focus=(400, 480, 1.6), across=330, zoom=1.25)
def noodles(c: Canvas, look: Look) -> None:
    """Noodles: a bowl with egg and greens, a paper `cup`, or a dry `bundle`."""
    c.shadow(400, 636, 150, 22)
    if look.shape == "cup":
        body = lathe([(142, 400), (110, 632)])
        c.path(body, c.paint(PAPER))
        with c.clipped(body):
            c.path("M240 430H560V600H240Z", c.paint(look.colour))
            c.path("M240 440H560V448H240ZM240 586H560V592H240Z", look.accent)
        emblem(c, look.mark, (392, 520, 92), PAPER)
        c.path(oval(400, 398, 148), c.gradient([(0, lit(look.accent, 0.5), 1), (1, look.accent, 1)], SLANT))
        c.path(oval(400, 398, 148), "none", line="#fffdf6", width=7)
        c.path("M536 392L590 380L566 412Z", look.accent)
        return
    if look.shape == "bundle":
        for x, lean in ((300, -8), (400, 0), (500, 8)):
            with c.group(f"rotate({lean} {x} 640)"):
                c.path(box(x - 44, 270, 88, 366, 10), c.paint("#efd9a0"))
                c.path(box(x - 44, 270, 88, 366, 10), c.tile("pin", "#b98f4a", 34), opacity=0.5)
                c.path(box(x - 48, 400, 96, 120, 4), c.paint(look.colour))
                emblem(c, look.mark, (x, 460, 50), PAPER)
        return
    c.body(lathe([(196, 470), (176, 550), (112, 618), (78, 636)]), Look(look.colour, look.accent), size=50)
    mouth(c, 470, 196, look.colour, full="#d9913f", lip=9, depth=0.1)
    for i in range(7):
        x = 264 + i * 34
        c.line(f"M{x} {478 - i % 2 * 6}q20 -30 44 -2t44 -4", "#f3dfa6", 8)
    c.path(oval(470, 462, 46, 26), "#fffaf0")
    c.path(oval(474, 460, 22, 13), c.paint("#f0a43c", "ball"))
    leaf(c, (330, 476), (280, 436), GREEN)
    leaf(c, (340, 470), (350, 424), GREEN)
    c.tube("M420 470L560 330M440 476L590 350", look.accent, 9)
    steam(c, 380, 430, 0.9)


@kind("honey", "table", focus=(400, 500, 1.8), across=240, zoom=1.3)
def honey(c: Canvas, look: Look) -> None:
    """A glass jar: honey with dipper, `jam` with cloth cover, or `nuts`."""
    c.shadow(400, 634, 130)
    jar = lathe([(104, 400), (126, 430), (128, 520), (120, 634)])
    if look.shape == "":
        c.tube("M470 400L560 220", "#c79a62", 13)
    c.path(jar, c.paint(look.colour))
    c.path(jar, c.gradient([(0, "#fff", 0.4), (0.45, "#fff", 0), (1, INK, 0.18)], SLANT))
    if look.shape == "nuts":
        c.path(jar, c.tile("scale", lit(look.colour, -0.45), 34), opacity=0.7)
    with c.clipped(jar):
        c.path("M260 396H540V426H260Z", "#ffffff", opacity=0.5)
        c.path("M270 420V640H296V420Z", "#fff", opacity=0.35)
    label(c, (318, 476, 160, 116), look.mark, PAPER, lit(look.colour, -0.5))
    if look.shape == "jam":
        c.path(
            "M282 404L300 330Q400 300 500 330L518 404Q490 386 466 408Q436 386 400 410Q364 386 334 408Q310 386 282 404Z",
            c.paint(look.accent, "cloth"),
        )
        c.path(
            "M282 404L300 330Q400 300 500 330L518 404Q490 386 466 408Q436 386 400 410Q364 386 334 408Q310 386 282 404Z",
            c.tile("check", PAPER, 34),
        )
        c.line("M298 352Q400 376 502 352", PAPER, 7)
        return
    c.path(
        lathe([(104, 346), (112, 354), (112, 404)]),
        c.paint(look.accent, "metal" if look.pattern == "metal" else "round"),
    )
    c.path(oval(400, 346, 104), lit(look.accent, 0.3))


@kind("sack", "table", focus=(400, 460, 1.6), across=300, zoom=1.15)
def sack(c: Canvas, look: Look) -> None:
    """A sack of rice or flour; pet food when `kibble`; `vacuum` bricks of rice."""
    c.shadow(400, 634, 180, 26)
    if look.shape == "vacuum":
        for x, y, tint in ((420, 330, lit(look.colour, -0.1)), (380, 350, look.colour)):
            d = box(x - 120, y, 240, 634 - y, 20)
            c.path(d, c.paint(tint, "cloth"))
            c.path(box(x - 126, y - 12, 252, 28, 4), c.paint(lit(tint, 0.2)))
        c.path(box(290, 400, 180, 190, 30), "#f7f3ea", opacity=0.95)
        c.path(box(290, 400, 180, 190, 30), c.tile("speck", "#cbbf9d", 34))
        emblem(c, look.mark, (380, 490, 84), lit(look.accent, -0.1))
        return
    d = "M246 300Q270 270 262 240H538Q530 270 554 300Q580 460 560 610Q556 634 520 634H280Q244 634 240 610Q220 460 246 300Z"
    c.body(
        d,
        Look(look.colour, look.accent, "", "" if look.pattern == "hill" else look.pattern),
        "cloth",
        size=44,
    )
    with c.clipped(d):
        for x, tx in ((300, 320), (480, 470), (540, 520)):
            fold(c, (x, 250), (tx, 460), 24, 0.16)
        c.path("M230 560H570V640H230Z", c.fade(INK, 0, 0.25))
    c.path("M262 216H538L542 262Q400 280 258 262Z", c.paint(look.accent, "tube"))
    c.line("M276 238H524", PAPER, 4, 0.8, dash="14 10")
    _panel(c, look, (306, 350, 188, 200))
    if look.shape == "kibble":
        for x, y in ((200, 630), (226, 640), (600, 634), (572, 642)):
            c.path(oval(x, y, 16, 11), c.paint("#a56a3c", "ball"))


@kind("bottle", "table", focus=(400, 480, 1.7), across=200, zoom=1.1)
def bottle(c: Canvas, look: Look) -> None:
    """A bottle: cooking oil, `soy` sauce, `juice`, or `milk`."""
    profile = {
        "": [(34, 230), (36, 300), (88, 380), (96, 440), (94, 610), (84, 634)],
        "soy": [(28, 220), (30, 310), (76, 390), (80, 430), (80, 610), (72, 634)],
        "juice": [(50, 300), (52, 330), (94, 400), (98, 440), (94, 610), (84, 634)],
        "milk": [(54, 290), (54, 340), (90, 420), (92, 450), (92, 610), (84, 634)],
    }[look.shape]
    neck, y = profile[0]
    c.shadow(400, 634, 104)
    body = lathe(profile)
    c.path(body, "#eef4f0", opacity=0.75)
    with c.clipped(body):
        c.path(f"M280 {y + 40}H520V640H280Z", c.paint(look.colour))
        c.path("M280 600H520V640H280Z", c.fade(INK, 0, 0.2))
    c.path(
        body, c.gradient([(0, "#fff", 0.35), (0.16, "#fff", 0.02), (0.88, INK, 0.05), (1, INK, 0.2)], ACROSS)
    )
    c.path(lathe([(neck + 2, y - 46), (neck + 5, y - 40), (neck + 5, y + 8)]), c.paint(look.accent))
    c.path(oval(400, y - 46, neck + 2), lit(look.accent, 0.3))
    half = profile[-2][0]
    c.path(band([(half + 2, 466), (half, 582)]), c.paint(PAPER))
    emblem(c, look.mark, (394, 530, 62), lit(look.accent, -0.2))
    c.path(band([(half + 1, 476), (half + 1, 482)]), look.accent)
    shine(c, [(400 - half * 0.68, 420), (400 - half * 0.7, 600)], 10, 0.55)


@kind("fruit", "table", focus=(380, 480, 1.6), across=340, zoom=1.2)
def fruit(c: Canvas, look: Look) -> None:
    """Fresh fruit: oranges in a heap, `apple`s, or a `box` of them."""
    c.shadow(400, 634, 210, 26)
    places = ((282, 566, 76), (420, 570, 80), (540, 580, 66), (352, 452, 74), (480, 466, 70))
    for i, (x, y, r) in enumerate(places):
        c.path(oval(x, y, r, r * 0.95), c.paint(lit(look.colour, 0.06 * (i % 3)), "ball"))
        if look.shape == "apple":
            c.path(oval(x + 4, y - r * 0.8, r * 0.24, r * 0.1), INK, opacity=0.2)
            c.line(f"M{x + 4} {y - r * 0.8:.0f}q4 -22 18 -30", "#6a4a3a", 7)
        else:
            c.path(oval(x + 6, y - r * 0.74, 7, 5), "#5b7a52")
    leaf(c, (356, 388), (430, 330), GREEN)
    leaf(c, (352, 388), (300, 340), "#7d9c68")
    if look.shape == "box":
        c.path("M190 520H610L596 634H204Z", c.paint("#d9b98a", "soft"))
        c.path("M190 520H610V544H190Z", c.gradient([(0, lit("#d9b98a", 0.3), 1), (1, "#d9b98a", 1)], DOWN))
        emblem(c, look.mark, (400, 590, 60), lit(look.accent, -0.1))
