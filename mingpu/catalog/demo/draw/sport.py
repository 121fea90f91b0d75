"""For moving and for outdoors."""

from mingpu.catalog.demo.draw.canvas import ACROSS, DOWN, Canvas, Look
from mingpu.catalog.demo.draw.colour import INK, lit
from mingpu.catalog.demo.draw.marks import emblem
from mingpu.catalog.demo.draw.parts import button, cast, fold, seam, shine, stitches
from mingpu.catalog.demo.draw.registry import kind
from mingpu.catalog.demo.draw.shapes import box, lathe, num, oval, polygon

METAL, DARK = "#c3c8cc", "#33383e"


@kind("yogamat", "floor", focus=(330, 480, 1.6), across=380, zoom=1.12)
def yogamat(c: Canvas, look: Look) -> None:
    """A yoga mat, half unrolled; `roller` is a foam roller, `block` two bricks."""
    if look.shape == "roller":
        c.shadow(400, 636, 220, 26)
        c.path(box(210, 480, 400, 150, 60), c.paint(look.colour, "tube"))
        for x in range(256, 560, 52):
            c.line(f"M{x} 486Q{x + 18} 556 {x} 626", INK, 9, 0.15)
        c.path(oval(230, 555, 40, 75), c.paint(lit(look.colour, -0.1), "flat"))
        c.path(oval(230, 555, 24, 48), lit(look.accent, -0.2))
        return
    if look.shape == "block":
        c.shadow(400, 640, 210, 24)
        for x, y, tint in ((250, 540, look.colour), (300, 440, look.accent)):
            c.path(box(x, y, 270, 100, 16), c.paint(tint, "soft"))
            c.path(box(x, y, 270, 100, 16), c.veil("down", 0.7))
            emblem(c, look.mark, (x + 220, y + 52, 36), "#fff", 0.8)
        return
    c.shadow(400, 640, 260, 20)
    c.path("M180 600L520 560L700 640L330 690Z", c.paint(look.colour, "flat"))
    c.path("M330 690L700 640V648L330 699Z", lit(look.colour, -0.4))
    stitches(c, "M240 614L536 578", look.accent, 0.9)
    c.path(
        "M150 560A60 60 0 0 1 200 500L500 462A56 56 0 0 1 556 520V566L240 626A62 62 0 0 1 150 560Z",
        c.paint(look.colour, "tube"),
    )
    c.path(oval(208, 564, 58, 62), c.paint(lit(look.colour, 0.1), "soft"))
    for r in (46, 33, 20, 8):
        c.line(oval(208, 564, r, r * 1.06), look.accent if r % 2 else lit(look.colour, -0.3), 5)
    for x in (330, 450):
        c.line(
            f"M{x} {484 - (x - 330) * 0.12:.0f}Q{x + 22} 540 {x + 10} {606 - (x - 330) * 0.2:.0f}",
            look.accent,
            19,
        )


@kind("dumbbell", "floor", focus=(300, 500, 1.6), across=380, zoom=1.15)
def dumbbell(c: Canvas, look: Look) -> None:
    """A dumbbell: hexagonal heads, round `vinyl`, or a `kettle`bell."""
    if look.shape == "kettle":
        c.shadow(400, 640, 160, 24)
        c.tube("M316 470C280 260 520 260 484 470", DARK, 48)
        c.path(oval(400, 520, 146, 120), c.paint(look.colour, "ball"))
        c.path(oval(400, 520, 62, 54), c.paint(look.accent, "soft"))
        emblem(c, look.mark, (400, 520, 56), "#fff")
        return
    c.shadow(400, 632, 260, 24)
    c.path(box(300, 516, 200, 48, 20), c.paint(METAL, "tube"))
    c.path(box(320, 512, 160, 56, 24), c.paint(look.accent, "tube"))
    for x, flip in ((170, 1), (486, -1)):
        if look.shape == "vinyl":
            c.path(box(x, 440, 144, 200, 66), c.paint(look.colour, "tube"))
            c.path(box(x, 440, 144, 200, 66), c.veil("round", 0.5))
        else:
            c.path(
                polygon(
                    [
                        (x + 20, 430),
                        (x + 124, 430),
                        (x + 144, 470),
                        (x + 144, 604),
                        (x + 124, 640),
                        (x + 20, 640),
                        (x, 604),
                        (x, 470),
                    ],
                    12,
                ),
                c.paint(look.colour, "tube"),
            )
            c.path(
                polygon([(x + 20, 430), (x + 124, 430), (x + 144, 470), (x, 470)], 10),
                lit(look.colour, 0.25),
                opacity=0.7,
            )
        emblem(c, look.mark, (x + 72, 536, 46), look.accent if look.shape != "vinyl" else "#fff", 0.9)
        c.path(box(x + 72 + flip * 66 - 8, 500, 16, 80, 6), lit(look.colour, -0.3))


@kind("tent", "hills", focus=(400, 480, 1.5), across=480, zoom=1.12)
def tent(c: Canvas, look: Look) -> None:
    """A tent: dome, `ridge` with poles, or `canopy` tarp."""
    c.shadow(400, 640, 310, 26)
    if look.shape == "canopy":
        for x in (170, 630):
            c.tube(f"M{x} 640V300", "#b98a5e", 11)
        c.tube("M400 640V220", "#b98a5e", 11)
        c.path("M400 220L110 330Q280 300 400 330Q520 300 690 330Z", c.paint(look.colour, "soft"))
        c.path("M400 220L110 330Q280 300 400 330Z", c.fade("#fff", 0.2, 0))
        c.line("M110 330L60 620M690 330L740 620", "#f4efe4", 3, 0.8)
        c.path(
            "M120 330Q280 304 400 334Q520 304 680 330L676 352Q520 330 400 360Q280 330 124 352Z", look.accent
        )
        c.path(box(320, 540, 160, 16, 6), c.paint("#c79a68", "down"))
        c.line("M340 556L320 640M460 556L480 640", "#9a7448", 9)
        return
    if look.shape == "ridge":
        c.path("M400 250L700 640H470Z", c.paint(lit(look.colour, -0.22), "soft"))
        c.path("M400 250L100 640H470Z", c.paint(look.colour, "flat"))
        c.path("M370 330L260 640H440Z", c.gradient([(0, "#3a3028", 1), (1, "#6a5540", 1)]))
        c.path("M370 330L260 640H330Q350 480 370 330Z", c.paint(look.accent, "soft"))
        c.line("M388 268L412 230M400 250L396 216", "#b98a5e", 8)
    else:
        dome = "M110 640Q140 330 400 300Q660 330 690 640Z"
        c.path(dome, c.paint(look.colour, "round"))
        with c.clipped(dome):
            c.path("M400 296Q300 420 280 644H100V296Z", "#fff", opacity=0.1)
            c.path("M100 590H700V640H100Z", c.paint(look.accent, "round"))
            for d in ("M400 300Q290 420 270 640", "M400 300Q510 420 530 640"):
                c.line(d, lit(look.accent, 0.1), 9)
            c.path(
                "M320 640Q330 470 400 440Q470 470 480 640Z",
                c.gradient([(0, "#4a3d30", 1), (1, "#7a6248", 1)]),
            )
            c.path("M400 440Q330 470 320 640H356Q360 520 400 440Z", c.paint(look.accent, "soft"))
    c.line("M120 600L60 650M690 610L744 652", "#f4efe4", 3.5, 0.9)
    emblem(c, look.mark, (560, 500, 50), "#fff", 0.75)


@kind("bottlesport", "hills", focus=(400, 380, 1.7), across=190, zoom=1.12)
def bottlesport(c: Canvas, look: Look) -> None:
    """A sports bottle: straw lid, `wide` mouth with loop, or `squeeze`."""
    c.shadow(400, 636, 104)
    profile = {
        "": [(72, 300), (92, 330), (94, 480), (92, 610), (84, 636)],
        "wide": [(86, 280), (100, 300), (100, 610), (92, 636)],
        "squeeze": [(70, 290), (92, 330), (76, 440), (92, 540), (90, 636)],
    }[look.shape]
    top, y = profile[0]
    if look.shape == "wide":
        c.tube(f"M332 {y - 40}C320 {y - 130} 480 {y - 130} 468 {y - 40}", look.accent, 19)
    body = lathe(profile)
    c.body(body, look, size=44)
    if look.pattern == "clear":
        with c.clipped(body):
            c.path("M280 420H520V640H280Z", c.fade("#cfeaf0", 0.6, 0.9))
        for i in range(5):
            c.line(f"M452 {400 + i * 42}h22", look.accent, 5, 0.8)
    if look.pattern == "fade":
        c.path(body, c.fade(look.accent, 0, 0.9))
    c.path(lathe([(top - 6, y - 52), (top + 4, y - 44), (top + 4, y + 10)]), c.paint(look.accent))
    c.path(oval(400, y - 52, top - 6), lit(look.accent, 0.3))
    if look.shape != "wide":
        c.path(lathe([(22, y - 92), (26, y - 52)]), c.paint("#f4f1ea"))
    emblem(c, look.mark, (392, 500, 60), "#fff" if look.pattern != "clear" else look.accent, 0.85)
    shine(c, [(334, y + 50), (330, 590)], 11, 0.45)


@kind("helmet", "studio", focus=(380, 400, 1.5), across=360, zoom=1.15)
def helmet(c: Canvas, look: Look) -> None:
    """A cycling helmet: vented, or smooth `city`."""
    c.shadow(400, 628, 200, 22)
    c.line("M270 520Q310 620 390 622Q470 616 520 520", DARK, 11)
    shell = "M170 500Q170 270 400 262Q620 270 640 470Q646 520 600 526Q400 500 220 540Q172 546 170 500Z"
    c.path(shell, c.paint(look.colour, "ball"))
    with c.clipped(shell):
        if look.shape == "city":
            c.path("M160 440Q400 400 660 430V470Q400 440 160 486Z", look.accent)
            for x in (330, 400, 470):
                c.path(box(x - 17, 300, 34, 60, 17), INK, opacity=0.55)
        else:
            for d in (
                "M226 430Q260 320 340 290L360 330Q290 370 270 450Z",
                "M320 436Q340 340 420 296L450 330Q380 370 366 432Z",
                "M420 432Q440 350 510 320L534 360Q474 380 466 432Z",
                "M520 436Q540 390 578 372L592 410Q566 420 556 440Z",
            ):
                c.path(d, c.gradient([(0, "#15181c", 1), (1, lit(look.colour, -0.7), 1)]))
            c.path("M170 480Q400 420 650 470V490Q400 450 170 512Z", look.accent)
        c.path("M160 520Q400 480 660 510V560H160Z", DARK)
    c.path("M212 380Q250 300 340 282Q270 320 240 400Z", "#fff", opacity=0.4)
    emblem(c, look.mark, (250, 470, 36), "#fff", 0.8)


@kind("ball", "studio", focus=(360, 400, 1.5), across=330, zoom=1.1)
def ball(c: Canvas, look: Look) -> None:
    """A ball: basketball, `soccer`, or `gym` ball."""
    c.shadow(400, 636, 170, 24)
    r = 196
    d = oval(400, 446, r, r)
    c.path(d, c.paint(look.colour, "ball"))
    with c.clipped(d):
        if look.shape == "gym":
            for i in range(7):
                c.path(
                    oval(400, 446, r * (0.28 + i * 0.11), r * (0.16 + i * 0.14)),
                    "none",
                    line=lit(look.colour, -0.3),
                    width=3,
                    opacity=0.4,
                )
            emblem(c, look.mark, (400, 446, 90), "#fff", 0.7)
        elif look.shape == "soccer":
            c.path(polygon([(400, 380), (462, 426), (438, 498), (362, 498), (338, 426)], 4), look.accent)
            for points in (
                [(400, 250), (470, 270), (440, 310), (360, 310), (330, 270)],
                [(590, 400), (600, 480), (548, 470), (534, 404), (560, 370)],
                [(210, 400), (200, 480), (252, 470), (266, 404), (240, 370)],
                [(500, 590), (440, 640), (430, 580), (480, 546), (530, 560)],
                [(300, 590), (360, 640), (370, 580), (320, 546), (270, 560)],
            ):
                c.path(polygon(points, 4), look.accent)
            seam(c, "M400 380V310M462 426L534 404M438 498L480 546M362 498L320 546M338 426L266 404", 0.4, 4)
        else:
            c.line("M204 446H596M400 250V642M262 300Q360 446 262 592M538 300Q440 446 538 592", look.accent, 7)
            c.path(d, c.tile("mesh", lit(look.colour, -0.5), 16), opacity=0.22)
    c.path(d, c.gradient([(0.6, INK, 0), (1, INK, 0.3)], (0.42, 0.36, 0.66)))
    c.path(oval(326, 350, 50, 32), "#fff", opacity=0.22)


@kind("campchair", "hills", focus=(400, 430, 1.5), across=360, zoom=1.08)
def campchair(c: Canvas, look: Look) -> None:
    """A folding chair, a folding `table`, or a `hammock`."""
    if look.shape == "hammock":
        for x in (120, 680):
            c.path(box(x - 22, 120, 44, 530, 10), c.paint("#8a6a4c"))
        c.line("M130 300L240 390M670 300L560 390", "#f1e6d0", 7)
        d = "M220 370Q400 470 580 370Q600 560 400 580Q200 560 220 370Z"
        c.body(d, look, "down", size=60)
        c.path("M220 370Q400 470 580 370Q400 540 220 370Z", lit(look.colour, -0.35))
        return
    c.shadow(400, 646, 210, 20)
    if look.shape == "table":
        for a, b in ((210, 560), (590, 240)):
            c.tube(f"M{a} 450L{b} 640", look.accent, 15)
        for i in range(6):
            c.path(box(170 + i * 78, 420, 74, 34, 5), c.paint(look.colour, "down"))
        c.path(lathe([(30, 372), (28, 424)], 300), c.paint("#f4efe4"))
        c.path(lathe([(22, 340), (30, 370), (40, 424)], 470), c.paint("#4d7561"))
        return
    for d in ("M240 640L520 420", "M560 640L280 420", "M240 640V330", "M560 640V330"):
        c.tube(d, look.accent, 13)
    c.path("M262 190Q400 230 538 190L548 440H252Z", c.paint(look.colour, "cloth"))
    seam(c, "M262 232Q400 270 538 232", 0.2)
    c.path("M250 430H550L578 520Q400 560 222 520Z", c.paint(lit(look.colour, -0.06), "down"))
    for x in (236, 500):
        c.path(box(x - 20, 330, 104, 26, 12), c.paint(lit(look.accent, 0.2), "down"))
    emblem(c, look.mark, (400, 320, 62), "#fff", 0.8)


@kind("lantern", "hills", focus=(400, 420, 1.6), across=230, zoom=1.15)
def lantern(c: Canvas, look: Look) -> None:
    """A camping lantern, or a `stove` with pot."""
    c.shadow(400, 638, 130)
    if look.shape == "stove":
        c.path(lathe([(60, 560), (84, 600), (84, 634)]), c.paint(look.accent))
        c.line("M330 560H470M350 540L330 510M450 540L470 510", METAL, 11)
        for x in (362, 400, 438):
            c.path(f"M{x} 508Q{x + 18} 536 {x} 552Q{x - 18} 536 {x} 508Z", "#6fb4e8", opacity=0.85)
        c.path(lathe([(120, 380), (122, 480), (110, 508)]), c.paint(look.colour))
        c.tube("M520 420L640 400", DARK, 19)
        c.path(lathe([(60, 350), (124, 376), (124, 384)]), c.paint(lit(look.colour, 0.1)))
        c.path(oval(400, 344, 20, 12), c.paint(look.accent, "ball"))
        return
    c.path(oval(400, 450, 280, 250), c.gradient([(0, "#fff0c0", 0.95), (1, "#fff0c0", 0)], (0.5, 0.5, 0.5)))
    c.line("M316 350C316 210 484 210 484 350", METAL, 9)
    c.path(
        lathe([(90, 370), (92, 540)]),
        c.gradient([(0, "#fff6d8", 0.9), (0.5, "#ffe9a8", 1), (1, "#f3cf7e", 0.9)], ACROSS),
    )
    c.path("M400 410Q430 460 400 500Q370 460 400 410Z", c.gradient([(0, "#fffbe8", 1), (1, "#ffb84a", 1)]))
    c.path(lathe([(40, 300), (84, 330), (104, 376)]), c.paint(look.colour))
    c.path(lathe([(104, 534), (112, 560), (112, 636)]), c.paint(look.colour))
    for x in (330, 400, 470):
        c.line(f"M{x} {386}V530", lit(look.colour, -0.3), 6, 0.8)
    button(c, 400, 596, 19, look.accent)


@kind("racket", "flatlay", focus=(460, 300, 1.5), across=300, zoom=1.05)
def racket(c: Canvas, look: Look) -> None:
    """A racket: badminton with shuttle, table-tennis `paddle`, or a skipping `rope`."""
    if look.shape == "rope":
        c.line("M250 250C120 520 420 720 520 520S380 240 560 250", INK, 13, 0.16)
        c.tube("M244 240C114 510 414 710 514 510S374 230 554 240", look.accent, 11)
        for x, y, turn in ((244, 220, 24), (560, 220, -16)):
            with c.group(f"rotate({turn} {x} {y})"):
                cast(c, box(x - 21, y - 120, 42, 150, 18), 8, 10)
                c.path(box(x - 21, y - 120, 42, 150, 18), c.paint(look.colour))
                c.path(box(x - 21, y - 60, 42, 16), look.accent)
        return
    with c.group("rotate(38 400 400)"):
        if look.shape == "paddle":
            blade = "M400 130Q540 130 546 280Q546 400 440 440H360Q254 400 254 280Q260 130 400 130Z"
            cast(c, blade, 18, 10)
            c.path(blade, c.paint(look.colour, "soft"))
            c.path(
                "M282 390Q400 360 518 390Q490 430 440 440H360Q310 430 282 390Z", c.paint("#d8b27a", "soft")
            )
            c.path(box(368, 424, 64, 210, 14), c.paint("#c79a62"))
            c.path(box(380, 430, 14, 196, 6), look.accent, opacity=0.7)
        else:
            c.line(oval(412, 266, 112, 150), INK, 18, 0.15)
            c.path(oval(400, 250, 108, 146), c.tile("grid", "#ffffff", 22), opacity=0.9)
            c.path(oval(400, 250, 110, 148), "none", line=look.colour, width=17)
            c.path(oval(398, 247, 110, 148), "none", line=lit(look.colour, 0.5), width=4)
            c.tube("M400 400V560", look.accent, 13)
            c.path(box(382, 548, 36, 160, 12), c.paint(lit(look.colour, -0.2)))
            for y in range(566, 700, 22):
                seam(c, f"M382 {y}L418 {y - 10}", 0.3)
    c.path(oval(590, 610, 34, 34), c.paint("#fdfaf2", "ball"))
    if look.shape != "paddle":
        c.path("M578 582L556 500L650 530L622 596Z", c.gradient([(0, "#ffffff", 1), (1, "#d9dde0", 1)], DOWN))
        seam(c, "M588 584L584 512M606 588L620 522", 0.2)


@kind("bicycle", "hills", focus=(420, 450, 1.4), across=480, zoom=1.05)
def bicycle(c: Canvas, look: Look) -> None:
    """A city bicycle, or a `scooter`."""
    c.shadow(400, 646, 290, 16)
    if look.shape == "scooter":
        c.tube("M560 590L500 230", METAL, 17)
        c.tube("M440 240L570 216", DARK, 23)
        c.path(
            "M180 590H500L560 560L572 590L520 620H180Q160 620 160 604T180 590Z", c.paint(look.colour, "down")
        )
        for x in (190, 572):
            c.path(oval(x, 612, 36, 36), DARK)
            c.path(oval(x, 612, 19, 19), look.accent)
        return
    for x in (210, 590):
        c.path(oval(x, 530, 116, 116), "none", line=DARK, width=13)
        c.path(oval(x, 530, 104, 104), "none", line=METAL, width=5)
        spokes = "".join(
            f"M{x} 530l{num(a)} {num(b)}"
            for a, b in ((100, 0), (-100, 0), (0, 100), (0, -100), (71, 71), (-71, 71), (71, -71), (-71, -71))
        )
        c.line(spokes, "#ffffff", 2, 0.6)
        c.path(oval(x, 530, 12, 12), METAL)
    for d in (
        "M210 530L330 340L380 540Z",
        "M330 340H530L380 540",
        "M530 340L590 530",
        "M322 310L380 540",
        "M530 340L516 270",
    ):
        c.tube(d, look.colour, 13)
    c.tube("M516 270Q560 240 600 262", METAL, 11)
    c.path("M276 304Q320 284 370 300Q340 326 300 322Q276 322 276 304Z", c.paint(look.accent, "flat"))
    c.path(oval(380, 540, 32, 32), "none", line=METAL, width=9)
    c.line("M380 540L410 590", DARK, 8)
    basket = "M560 290H690L676 390H576Z"
    c.path(basket, c.paint("#d1ab72", "soft"))
    c.path(basket, c.tile("weave", "#7d5a30", 30))
    fold(c, (590, 300), (600, 390), 10, 0.1)
