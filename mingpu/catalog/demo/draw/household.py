"""Machines for air, floors, hair and teeth."""

from mingpu.catalog.demo.draw.canvas import DOWN, SLANT, Canvas, Look
from mingpu.catalog.demo.draw.colour import lit
from mingpu.catalog.demo.draw.marks import emblem
from mingpu.catalog.demo.draw.parts import button, cast, seam, shine
from mingpu.catalog.demo.draw.registry import kind
from mingpu.catalog.demo.draw.shapes import band, blob, box, lathe, num, oval, ring_points, turned

METAL = "#c3c8cc"


@kind("fan", "studio", focus=(400, 340, 1.5), across=330, zoom=1.02)
def fan(c: Canvas, look: Look) -> None:
    """A fan: on a stand, `clip` small desk fan, or `tower`."""
    if look.shape == "tower":
        c.shadow(400, 640, 110)
        body = lathe([(70, 150), (76, 180), (78, 560), (84, 600)])
        c.path(body, c.paint(look.colour))
        c.path(box(352, 200, 96, 350, 20), lit(look.colour, -0.4))
        c.path(box(352, 200, 96, 350, 20), c.tile("pin", lit(look.colour, 0.5), 40))
        c.path(lathe([(106, 604), (112, 634)]), c.paint(look.accent))
        c.path(oval(400, 150, 70), c.paint(lit(look.accent, 0.2), "soft"))
        return
    small = look.shape == "clip"
    cy, r = (400, 180) if small else (310, 190)
    c.shadow(400, 640, 130)
    c.tube(f"M400 {cy + 150}V616", lit(look.colour, -0.1), 24 if small else 19)
    c.path(lathe([(120, 604), (132, 634)]), c.paint(look.colour))
    c.path(oval(400, 604, 120), c.paint(lit(look.colour, 0.2), "soft"))
    for x in (370, 400, 430):
        c.path(oval(x, 606, 8, 4), look.accent)
    c.path(oval(400, cy, r, r), "#fff", opacity=0.28)
    petal = [(400, cy), (356, cy - 70), (372, cy - r + 26), (430, cy - r + 22), (452, cy - 60)]
    for angle in range(0, 360, 72):
        c.path(blob(turned(petal, angle + 12, (400, cy))), c.paint(look.accent, "flat"), opacity=0.92)
    for share in (1, 0.8, 0.6, 0.4):
        c.path(
            oval(400, cy, r * share, r * share),
            "none",
            line=lit(look.colour, -0.16),
            width=12 if share == 1 else 2.5,
        )
    spokes = "".join(f"M400 {cy}L{num(x)} {num(y)}" for x, y in ring_points(400, cy, r, r, 24))
    c.line(spokes, lit(look.colour, -0.16), 2.5, 0.8)
    c.path(oval(398, cy - 2, r, r), "none", line=lit(look.colour, 0.3), width=5)
    button(c, 400, cy, 36, look.colour)
    emblem(c, look.mark, (400, cy, 30), look.accent)


@kind("humidifier", "table", focus=(400, 480, 1.7), across=280, zoom=1.15)
def humidifier(c: Canvas, look: Look) -> None:
    """A humidifier: drop, `column`, or an air `purifier`."""
    if look.shape != "purifier":
        with c.group(opacity=0.42):
            for dx, height in ((-26, 120), (4, 170), (34, 130)):
                c.line(f"M400 340C{400 + dx} 290 {400 - dx} 250 {400 + dx * 2} {330 - height}", "#fff", 20)
    c.shadow(400, 634, 130)
    profile = {
        "": [(24, 330), (70, 380), (136, 500), (138, 570), (104, 634)],
        "column": [(70, 330), (104, 344), (108, 480), (104, 634)],
        "purifier": [(124, 260), (132, 290), (132, 600), (124, 634)],
    }[look.shape]
    body = lathe(profile)
    c.body(body, look)
    with c.clipped(body):
        if look.shape == "purifier":
            c.path("M260 420H540V640H260Z", c.tile("mesh", lit(look.colour, -0.55), 26), opacity=0.8)
            c.path("M260 396H540V404H260Z", look.accent)
        else:
            c.path("M240 540H560V640H240Z", c.paint(look.accent))
    if look.shape == "purifier":
        c.path(
            oval(400, 260, 124), c.gradient([(0, lit(look.colour, -0.3), 1), (1, lit(look.colour, 0.2), 1)])
        )
        c.path(oval(400, 258, 84, 11), lit(look.colour, -0.5))
        c.path(oval(400, 340, 30, 30), "none", line="#7fd0a8", width=5)
    else:
        c.path(oval(400, profile[0][1], profile[0][0] * 0.8), lit(look.colour, -0.45))
        button(c, 400, 596, 15, lit(look.accent, 0.5))
    r = profile[-3][0] if not look.shape else profile[1][0]
    shine(c, [(400 - r * 0.66, 450 if not look.shape else 370), (400 - r * 0.74, 540)], 13, 0.45)


@kind("vacuum", "floor", focus=(420, 300, 1.5), across=300, zoom=1.0)
def vacuum(c: Canvas, look: Look) -> None:
    """A cordless stick vacuum, or a `robot` one."""
    if look.shape == "robot":
        c.shadow(400, 640, 250, 40)
        c.path(lathe([(236, 570), (236, 604), (224, 616)], tilt=0.42), c.paint(lit(look.colour, -0.15)))
        c.path(oval(400, 570, 236, 99), c.paint(look.colour, "soft"))
        c.path(oval(400, 568, 216, 88), "none", line=look.accent, width=4, opacity=0.8)
        c.path(lathe([(70, 536), (72, 562)], tilt=0.42), c.paint(lit(look.accent, -0.2)))
        c.path(oval(400, 536, 70, 29), c.paint(look.accent, "soft"))
        c.path(oval(400, 616, 12, 6), "#7fd6a2")
        c.line("M190 610l-40 26M206 624l-26 30", lit(look.colour, -0.4), 5)
        return
    c.shadow(340, 648, 180, 20)
    c.tube("M430 350L366 604", METAL, 21)
    c.path("M250 606Q250 588 272 588H440Q460 588 462 606L470 646H240Z", c.paint(look.accent, "down"))
    c.path("M244 630H468L470 648H238Z", c.paint("#34393f", "soft"))
    c.path(
        "M420 160Q440 150 470 156L520 172Q540 182 530 210L470 372Q462 392 440 386L412 376Q396 368 402 346Z",
        c.paint(look.colour, "flat"),
    )
    c.tube("M520 178C620 190 620 320 512 330", look.accent, 25)
    with c.group("rotate(17 470 220)"):
        c.path(box(408, 200, 124, 136, 34), "#e4ecec", opacity=0.75)
        c.path(box(424, 246, 92, 84, 20), c.paint(look.accent, "soft"), opacity=0.5)
        c.path(box(408, 160, 124, 56, 24), c.paint(lit(look.colour, -0.1), "cloth"))
        c.path(box(418, 210, 12, 110, 6), "#fff", opacity=0.6)
    button(c, 556, 196, 11, "#cf4a33")


@kind("hairdryer", "disc", focus=(340, 330, 1.6), across=340, zoom=1.05)
def hairdryer(c: Canvas, look: Look) -> None:
    """A hair dryer: classic, `ring` with an open head, or a `brush`."""
    c.shadow(440, 640, 130, 18)
    c.line("M470 636C520 690 640 640 700 700", "#3b4046", 11)
    if look.shape == "brush":
        c.tube("M400 640V420", look.colour, 62)
        c.path(box(346, 130, 108, 300, 50), c.paint(look.accent, "cloth"))
        for y in range(160, 410, 26):
            c.line(f"M332 {y}H468", lit(look.accent, -0.5), 5, dash="1 11")
        button(c, 400, 520, 14, look.accent)
        return
    c.path("M438 380H526L508 636Q480 652 452 636Z", c.paint(look.colour))
    c.path(box(464, 470, 36, 76, 16), c.paint(look.accent, "down"))
    if look.shape == "ring":
        c.path(box(252, 220, 300, 210, 104), c.paint(look.colour, "tube"))
        c.path(oval(290, 325, 50, 104), c.paint(lit(look.colour, -0.15), "flat"))
        c.path(
            oval(286, 325, 33, 76),
            c.gradient([(0, lit(look.accent, -0.5), 1), (1, lit(look.accent, 0.1), 1)]),
        )
    else:
        c.path("M240 262L540 210Q590 212 592 300T540 404L240 372Z", c.paint(look.colour, "tube"))
        c.path("M150 254L250 262V372L150 384Q140 318 150 254Z", c.paint("#34393f", "tube"))
        c.path(oval(566, 306, 30, 84), c.paint(look.accent, "flat"))
        for dy in (-44, -15, 15, 44):
            seam(c, f"M550 {306 + dy}h32", 0.4, 5)
        c.path("M300 254L318 250V384L300 381Z", c.paint(look.accent, "tube"))
    emblem(c, look.mark, (420, 308, 50), look.accent, 0.9)
    shine(c, [(320, 262), (500, 240)], 11, 0.45)


@kind("iron", "table", focus=(400, 450, 1.5), across=360, zoom=1.1)
def iron(c: Canvas, look: Look) -> None:
    """A steam iron, or a hand-held garment `steamer`."""
    if look.shape == "steamer":
        c.shadow(400, 634, 110)
        c.path("M340 380H460L446 620Q400 640 354 620Z", c.paint(look.colour))
        c.path("M250 230Q400 190 540 250L520 380Q400 420 330 400Z", c.paint(look.colour, "flat"))
        c.path("M250 230L238 236L318 410L332 402Z", c.paint(METAL, "steel"))
        button(c, 400, 470, 22, look.accent)
        for y in (250, 300, 350):
            c.line(f"M{230 + (y - 250) * 0.5:.0f} {y}c-30 -10 -50 10 -80 -6", "#fff", 13, 0.45)
        return
    c.shadow(400, 634, 230, 20)
    c.path("M150 604H620V630Q620 636 612 636H140Q130 620 150 604Z", c.paint(METAL, "steel"))
    c.path("M150 604Q220 470 400 450H600Q624 450 624 480V606Z", c.paint(look.colour, "flat"))
    c.path("M236 548Q300 490 420 486H560V540Q400 548 236 548Z", "#e8f2f4", opacity=0.55)
    c.tube("M330 452C360 340 500 320 590 350Q620 370 604 452", look.accent, 36)
    button(c, 470, 424, 24, lit(look.colour, -0.2))
    emblem(c, look.mark, (560, 574, 32), "#fff", 0.8)


@kind("etoothbrush", "plinth", focus=(400, 300, 1.7), across=190, zoom=1.1)
def etoothbrush(c: Canvas, look: Look) -> None:
    """An electric toothbrush on its charger, or a `shaver`."""
    c.shadow(400, 638, 90)
    c.path(lathe([(66, 606), (72, 636)]), c.paint(lit(look.accent, 0.1)))
    c.path(oval(400, 606, 66), lit(look.accent, 0.4))
    if look.shape == "shaver":
        c.path(lathe([(52, 300), (46, 420), (42, 604)]), c.paint(look.colour))
        c.path(box(330, 210, 140, 100, 40), c.paint("#34393f", "soft"))
        for x, y in ((366, 236), (434, 236), (400, 282)):
            c.path(oval(x, y, 29, 29), c.paint(METAL, "steel"))
            c.path(oval(x, y, 14, 14), c.paint("#5b6268", "ball"))
    else:
        c.path(lathe([(11, 200), (12, 300), (20, 330)]), c.paint(lit(look.colour, 0.2)))
        c.path(box(378, 130, 40, 84, 18), c.paint(lit(look.colour, 0.2)))
        for i in range(5):
            c.line(f"M376 {146 + i * 14}h-28", "#f4f7f7" if i % 2 else look.accent, 9)
        c.path(lathe([(22, 330), (42, 380), (44, 500), (38, 606)]), c.paint(look.colour))
        c.path(band([(24, 330), (26, 346)]), c.paint(look.accent))
    button(c, 400, 440, 15, look.accent)
    for i in range(3):
        c.path(oval(400, 480 + i * 20, 4, 4), "#fff", opacity=0.8)
    shine(c, [(370, 400), (370, 570)], 8, 0.5)


@kind("scale", "flatlay", focus=(400, 300, 1.6), across=340, zoom=1.0)
def scale(c: Canvas, look: Look) -> None:
    """A bathroom scale from above, round or square (`square`)."""
    d = oval(400, 400, 230, 230) if look.shape != "square" else box(180, 180, 440, 440, 60)
    cast(c, d, 16, 22)
    c.path(d, c.paint(look.colour, "soft"))
    c.path(box(310, 232, 180, 74, 16), c.gradient([(0, "#2c343d", 1), (1, "#12171c", 1)], DOWN))
    c.line("M342 252v36M372 252h22v18h-22v18h22M424 252h22v36h-22z", "#8fe0c8", 5)
    for x, w in ((270, -1), (530, 1)):
        c.path(oval(x, 430, 44, 100), c.gradient([(0, METAL, 0.9), (1, "#eef1f2", 0.9)], SLANT))
        seam(c, f"M{x} {350}v160", 0.1 * abs(w), 2)
    emblem(c, look.mark, (400, 470, 60), look.accent, 0.8)
