"""What cooks and keeps: pans, pots, knives, boards, canisters."""

from mingpu.catalog.demo.draw.canvas import ACROSS, SLANT, Canvas, Look
from mingpu.catalog.demo.draw.colour import INK, lit, mix
from mingpu.catalog.demo.draw.marks import emblem
from mingpu.catalog.demo.draw.parts import button, grain, seam, shine
from mingpu.catalog.demo.draw.registry import kind
from mingpu.catalog.demo.draw.shapes import band, box, lathe, oval

STEEL, WOOD = "#c6cacd", "#c08a58"


@kind("pan", "flatlay", focus=(330, 430, 1.6), zoom=1.05)
def pan(c: Canvas, look: Look) -> None:
    """A frying pan from above: round or `square`; accent is its handle."""
    c.path(oval(362, 474, 250, 236), c.gradient([(0.7, INK, 0.42), (1, INK, 0)], (0.5, 0.5, 0.5)))
    with c.group("rotate(-38 340 430)"):
        handle = "M540 408C600 404 640 396 790 398C812 400 812 460 790 462C640 464 600 456 540 452Z"
        c.path(handle, INK, opacity=0.2)
        grain(c, handle, look.accent, (540, 396, 270, 66), how="tube")
        c.path(box(520, 404, 58, 52, 12), c.paint(STEEL, "tube"))
        c.path(oval(776, 430, 9, 9), INK, opacity=0.7)
    if look.shape == "square":
        rim, inner, base = (
            box(136, 226, 408, 408, 70),
            box(154, 244, 372, 372, 58),
            box(190, 280, 300, 300, 40),
        )
    else:
        rim, inner, base = oval(340, 430, 218, 218), oval(340, 430, 202, 202), oval(340, 430, 166, 166)
    c.path(rim, c.paint(look.colour, "steel"))
    c.path(inner, c.gradient([(0, lit(look.colour, -0.5), 1), (1, lit(look.colour, -0.1), 1)], SLANT))
    c.path(base, c.gradient([(0, lit(look.colour, -0.05), 1), (1, lit(look.colour, -0.4), 1)], SLANT))
    if look.pattern == "ridge":
        with c.clipped(base):
            for x in range(190, 500, 34):
                c.line(f"M{x} 250V610", lit(look.colour, 0.18), 9, 0.6)
    elif look.pattern:
        c.path(base, c.tile(look.pattern, lit(look.colour, 0.5), 44), opacity=0.6)
    c.line("M190 360C206 300 260 262 320 258", "#fff", 12, 0.3)


@kind("casserole", "table", focus=(360, 470, 1.8), across=360, zoom=1.2)
def casserole(c: Canvas, look: Look) -> None:
    """A covered pot: enamel, `tall` stock pot, or `clay` with a rounded belly; accent is the knob."""
    shapes = {
        "": [(170, 450), (172, 560), (160, 620), (140, 634)],
        "tall": [(148, 380), (150, 500), (148, 610), (134, 634)],
        "clay": [(172, 450), (186, 500), (166, 580), (112, 632)],
    }
    profile = shapes[look.shape]
    top, y = profile[0]
    waist = max(r for r, _ in profile)
    c.shadow(400, 634, waist)
    for side in (-1, 1):
        x = 400 + side * (waist - 6)
        c.tube(f"M{x} {y + 42}c{side * 64} -10 {side * 64} 54 {side * 2} 48", look.colour, 22)
    body = lathe(profile)
    c.body(body, look, size=60)
    lid = lathe([(30, y - 70), (top * 0.66, y - 52), (top, y - 12), (top + 6, y)])
    c.body(lid, look, size=60)
    c.line(
        f"M{400 - top - 5} {y + 1}A{top + 5} {(top + 5) * 0.13} 0 0 0 {400 + top + 5} {y + 1}",
        lit(look.colour, 0.45),
        5,
        0.8,
    )
    c.path(lathe([(13, y - 92), (11, y - 66)]), c.paint(look.accent))
    c.path(oval(400, y - 100, 34, 15), c.paint(look.accent, "ball"))
    shine(c, [(400 - top * 0.78, y - 22), (400 - top * 0.5, y - 46)], 10, 0.5)
    shine(c, [(400 - waist * 0.8, y + 40), (400 - waist * 0.78, 560)], 13, 0.42)


@kind("knife", "flatlay", focus=(420, 400, 1.7), zoom=1.05)
def knife(c: Canvas, look: Look) -> None:
    """A kitchen knife: chef's, `cleaver` or `paring`; the colour is its handle."""
    blades = {
        "": "M330 372L706 372C700 420 640 462 520 470L330 470Z",
        "cleaver": "M330 362L690 362Q704 362 704 378L704 500Q520 514 330 500Z",
        "paring": "M330 388L610 396C600 428 560 452 480 456L330 458Z",
    }
    blade = blades[look.shape]
    with c.group("rotate(-32 400 420)"):
        for d, opacity in ((blade, 0.2), (box(86, 382, 246, 74, 26), 0.24)):
            with c.group("translate(10 22)"):
                c.path(d, INK, opacity=opacity)
        c.path(
            blade,
            c.gradient(
                [(0, "#8f989d", 1), (0.3, "#e6eaec", 1), (0.6, "#b4bcc0", 1), (1, "#f6f8f8", 1)], SLANT
            ),
        )
        with c.clipped(blade):
            c.line("M300 490C460 480 640 480 720 400", "#fff", 34, 0.5)
            if look.pattern == "damask":
                for y in (440, 456, 474):
                    c.line(f"M330 {y}q30 -16 60 0t60 0t60 0t60 0t60 -14t60 -20", "#7d868b", 3, 0.5)
        if look.pattern == "hammer":
            c.path(blade, c.tile("mesh", "#fff", 48), opacity=0.5)
        c.path(box(300, 374, 40, 88, 6), c.paint(STEEL, "metal"))
        handle = "M96 384Q200 372 306 380V456Q200 452 104 462Q78 440 96 384Z"
        grain(c, handle, look.colour, (86, 374, 230, 90), how="tube")
        for x in (140, 200, 260):
            button(c, x, 420, 8, "#d8c28c")


@kind("board", "flatlay", focus=(400, 300, 1.6))
def board(c: Canvas, look: Look) -> None:
    """A chopping board: with grip hole, `round`, or `paddle`; `duo` joins two woods."""
    shapes = {
        "": box(210, 140, 380, 520, 34),
        "round": oval(400, 400, 250, 250),
        "paddle": "M360 110Q400 90 440 110V240H560Q600 240 600 284V620Q600 664 560 664H240Q200 664 200 620V284Q200 240 240 240H360Z",
    }
    d = shapes[look.shape]
    with c.group("rotate(-12 400 400)"):
        with c.group("translate(16 22)"):
            c.path(d, INK, opacity=0.22)
        with c.group("translate(6 9)"):
            c.path(d, lit(look.colour, -0.4))
        with c.group("rotate(90 400 400)"):
            turned = {"": box(140, 210, 520, 380, 34), "round": d}.get(look.shape)
            if turned:
                grain(c, turned, look.colour, (130, 150, 540, 500))
        if look.shape == "paddle":
            grain(c, d, look.colour, (190, 240, 420, 430))
        if look.pattern == "duo":
            with c.clipped(d):
                for x in (262, 500):
                    c.path(box(x, 60, 40, 680), c.paint(look.accent, "soft"), opacity=0.9)
        hole = {"": (400, 190, 60, 18), "round": (400, 206, 20, 20), "paddle": (400, 150, 16, 16)}[look.shape]
        c.path(oval(*hole), lit(look.colour, -0.6))
        if look.pattern == "groove":
            c.line(box(240, 240, 320, 390, 20), INK, 9, 0.16)
        emblem(c, look.mark, (540, 600 if look.shape != "round" else 540, 34), lit(look.colour, -0.5), 0.7)


@kind("canister", "table", focus=(400, 330, 1.8), across=250, zoom=1.3)
def canister(c: Canvas, look: Look) -> None:
    """A storage jar: `glass` showing what is inside (accent), or ceramic with a wooden lid."""
    profile = {"": [(120, 370), (122, 500), (114, 632)], "tall": [(98, 280), (100, 470), (94, 632)]}[
        look.shape
    ]
    top, y = profile[0]
    body = lathe(profile)
    c.shadow(400, 632, 124)
    if look.pattern == "glass":
        c.path(body, "#eef4f3", opacity=0.65)
        with c.clipped(body):
            c.path(
                lathe([(top - 9, y + 66), (top - 9, 560), (profile[-1][0] - 8, 622)]), c.paint(look.accent)
            )
            c.path(lathe([(top - 9, y + 66), (top - 9, 622)]), c.tile("speck", lit(look.accent, -0.4), 40))
            c.path(oval(400, y + 66, top - 9), lit(look.accent, 0.3))
        sides = [
            (0.0, "#fff", 0.7),
            (0.12, "#fff", 0.05),
            (0.86, INK, 0.02),
            (0.95, INK, 0.22),
            (1.0, "#fff", 0.4),
        ]
        c.path(body, c.gradient(sides, ACROSS))
    else:
        c.body(body, look, size=50)
        emblem(c, look.mark, (392, (y + 640) / 2 + 6, 70), look.accent, 0.85)
    shine(c, [(400 - top * 0.7, y + 40), (400 - top * 0.7, 590)], 12, 0.5)
    lid = lathe([(top - 2, y - 34), (top + 4, y - 26), (top + 4, y + 4)])
    wood = WOOD if look.pattern == "glass" else mix(WOOD, look.colour, 0.12)
    c.path(lid, c.paint(wood))
    c.path(oval(400, y - 34, top - 2), lit(wood, 0.28))
    c.path(oval(400, y - 34, (top - 2) * 0.6), "none", line=lit(wood, -0.2), width=2, opacity=0.5)
    c.path(lathe([(22, y - 66), (17, y - 38)]), c.paint(wood))
    c.path(oval(400, y - 67, 23, 9), lit(wood, 0.35))


@kind("lunchbox", "table", focus=(340, 470, 1.7), across=360, zoom=1.2)
def lunchbox(c: Canvas, look: Look) -> None:
    """A food box: two tiers with a band, or `single` with clips."""
    c.shadow(400, 634, 200, 30)
    single = look.shape == "single"
    tiers = [(500, 634)] if single else [(530, 634), (426, 528)]
    for top, bottom in tiers:
        c.body(box(210, top, 380, bottom - top, 34), look, size=56)
        c.path(box(210, top, 380, bottom - top, 34), c.veil("down", 0.6))
    top = tiers[-1][0]
    c.path(box(204, top - 46, 392, 54, 22), c.paint(look.accent, "down"))
    c.path(box(222, top - 40, 356, 10, 5), "#fff", opacity=0.35)
    seam(c, f"M208 {top + 8}H592", 0.25, 4)
    if single:
        for x in (240, 510):
            c.path(box(x, 474, 50, 62, 12), c.paint(lit(look.accent, -0.15), "down"))
    else:
        c.path(box(374, 376, 52, 262, 10), c.paint(lit(look.accent, -0.3), "soft"))
        c.path(box(374, 376, 52, 8, 4), "#fff", opacity=0.3)
    emblem(c, look.mark, (520, 584, 44), "#fff", 0.75)
    shine(c, [(234, top + 34), (234, 600)], 10, 0.35)


@kind("steamer", "table", focus=(340, 470, 1.7), across=380, zoom=1.15)
def steamer(c: Canvas, look: Look) -> None:
    """A bamboo steamer of one or two (`tall`) tiers."""
    c.shadow(400, 634, 196, 30)
    rows = [(540, 630)] if not look.shape else [(556, 634), (470, 548)]
    for top, bottom in rows:
        c.path(lathe([(190, top), (190, bottom)]), c.paint(look.colour))
        for edge in (top + 8, bottom - 16):
            c.path(band([(194, edge), (194, edge + 15)]), c.paint(lit(look.colour, -0.25)))
    top = rows[-1][0]
    c.path(lathe([(150, top - 62), (184, top - 44), (198, top - 4)]), c.paint(lit(look.colour, 0.05)))
    weave = oval(400, top - 62, 168, 40)
    c.path(weave, c.paint(look.colour, "soft"))
    c.path(weave, c.tile("weave", look.accent, 46, 45))
    c.path(weave, "none", line=lit(look.colour, -0.3), width=9)
    c.tube(f"M356 {top - 66}q44 -44 88 0", look.accent, 12)
