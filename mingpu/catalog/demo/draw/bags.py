"""Bags, suitcases, umbrellas."""

from mingpu.catalog.demo.draw.canvas import ACROSS, Canvas, Look
from mingpu.catalog.demo.draw.colour import INK, lit, mix
from mingpu.catalog.demo.draw.marks import emblem
from mingpu.catalog.demo.draw.parts import button, cast, fold, seam, stitches
from mingpu.catalog.demo.draw.registry import kind
from mingpu.catalog.demo.draw.shapes import box, num, oval, polygon

BRASS = "#c9a25c"


def _pocket(c: Canvas, look: Look) -> None:
    """Draw the front pocket of a backpack with its zip."""
    pocket = "M286 450Q286 424 312 424H488Q514 424 514 450V580Q514 606 488 606H312Q286 606 286 580Z"
    c.path(pocket, c.paint(lit(look.colour, -0.05), "flat"))
    seam(c, pocket, 0.24)
    c.line("M304 456H496", lit(look.accent, -0.1), 8)
    c.line("M304 454H496", "#fff", 2, 0.4, dash="4 4")
    c.line("M480 458l6 34", BRASS, 6)


@kind("backpack", "studio", focus=(400, 470, 1.6), across=330, zoom=1.05)
def backpack(c: Canvas, look: Look) -> None:
    """A backpack from the front: round daypack, `roll` top, or `flap` with buckles."""
    c.shadow(400, 634, 180, 26)
    for side in (1, -1):
        c.tube(
            f"M{400 + side * 126} 300c{side * 90} 60 {side * 86} 230 {side * 30} 300",
            lit(look.colour, -0.25),
            30,
        )
    c.tube("M350 176q50 -66 100 0", lit(look.accent, -0.2), 17)
    body = "M244 330Q244 164 400 164T556 330V590Q556 634 512 634H288Q244 634 244 590Z"
    if look.shape == "roll":
        body = "M256 190H544L556 590Q556 634 512 634H288Q244 634 244 590Z"
    c.body(body, look, "cloth", size=54)
    with c.clipped(body):
        c.path("M240 560H560V640H240Z", c.fade(INK, 0, 0.28))
        if look.pattern == "base":
            c.path("M240 540H560V640H240Z", c.paint(look.accent, "cloth"))
    if look.shape == "roll":
        c.path("M246 150H554Q566 172 554 194H246Q234 172 246 150Z", c.paint(lit(look.colour, -0.08), "tube"))
        c.path("M384 150H416V420H384Z", c.paint(look.accent, "soft"))
        c.path(box(374, 330, 52, 44, 8), c.paint(BRASS, "steel"))
    elif look.shape == "flap":
        flap = "M244 320Q244 164 400 164T556 320V400Q556 430 520 430H280Q244 430 244 400Z"
        c.path(flap, INK, opacity=0.2)
        c.body(flap.replace("430", "420"), look, "cloth", size=54)
        for x in (316, 456):
            c.path(box(x, 380, 28, 130, 8), c.paint(look.accent, "soft"))
            c.path(box(x - 7, 446, 42, 34, 7), c.paint(BRASS, "steel"))
    else:
        seam(c, "M268 336Q270 206 400 204T532 336", 0.3, 5)
        c.line("M268 330Q270 200 400 198T532 330", BRASS, 3, dash="5 4")
    if look.shape != "flap":
        _pocket(c, look)
    c.path(
        "M366 262H434V320H366Z" if look.shape != "roll" else "M366 500H434V560H366Z",
        c.paint(look.accent, "soft"),
    )
    emblem(c, look.mark, (400, 291 if look.shape != "roll" else 530, 36), lit(look.accent, 0.75))


@kind("tote", "wall", focus=(400, 430, 1.5), across=340, zoom=1.06)
def tote(c: Canvas, look: Look) -> None:
    """A shopping bag: canvas tote, `bucket`, or `mini` leather with a flap."""
    if look.shape == "mini":
        c.tube("M270 420C260 110 540 110 530 420", look.accent, 20)
        body = "M236 380Q236 356 262 356H538Q564 356 564 380L574 590Q574 630 534 630H266Q226 630 226 590Z"
        cast(c, body)
        c.path(body, c.paint(look.colour, "cloth"))
        c.path(
            "M236 366Q400 350 564 366L560 470Q540 520 400 526Q260 520 240 470Z",
            c.paint(lit(look.colour, 0.06), "flat"),
        )
        seam(c, "M240 470Q260 520 400 526Q540 520 560 470", 0.3)
        stitches(c, "M254 462Q276 506 400 512Q524 506 546 462", lit(look.colour, 0.5))
        button(c, 400, 506, 17, BRASS)
        return
    for opacity, dy in ((0.55, -16), (1, 0)):
        with c.group(opacity=opacity):
            c.line(f"M316 {326 + dy}C316 {90 + dy} 484 {90 + dy} 484 {326 + dy}", lit(look.accent, -0.1), 24)
            c.line(
                f"M312 {326 + dy}C312 {86 + dy} 480 {86 + dy} 480 {326 + dy}", lit(look.accent, 0.2), 6, 0.5
            )
    body = "M222 300H578L600 610Q602 640 570 640H230Q198 640 200 610Z"
    if look.shape == "bucket":
        body = "M250 300Q400 272 550 300L590 600Q590 640 546 640H254Q210 640 210 600Z"
    cast(c, body)
    c.body(body, look, "cloth", size=60)
    with c.clipped(body):
        fold(c, (540, 300), (560, 660), 40, 0.14)
        fold(c, (240, 300), (290, 660), 40, 0.12)
        c.path("M200 296H600V330H200Z", INK, opacity=0.08)
    for x in (316, 484):
        stitches(c, f"M{x - 12} 312h24v56h-24z", look.accent)
    if look.pattern in {"", "mark"}:
        emblem(c, look.mark, (400, 480, 140), look.accent, 0.9)


@kind("suitcase", "floor", focus=(400, 360, 1.6), across=300, zoom=1.04)
def suitcase(c: Canvas, look: Look) -> None:
    """A hard-shell suitcase with ribs; `trunk` has corners and straps."""
    c.shadow(400, 642, 170, 24)
    c.line("M340 200V90H460V200", "#9fa5a9", 15)
    c.line("M336 200V88H456", "#e4e8ea", 4)
    c.path(box(326, 70, 148, 36, 16), c.paint("#3c4046", "down"))
    for x in (280, 500):
        c.path(oval(x + 10, 634, 20, 20), "#2c2f34")
        c.path(oval(x + 10, 632, 9, 9), "#8b9095")
    shell = box(238, 186, 324, 436, 46)
    c.body(shell, look, "cloth", size=60)
    c.path(shell, c.veil("down", 0.5))
    if look.shape == "trunk":
        for y in (270, 520):
            c.path(f"M238 {y}H562V{y + 34}H238Z", c.paint(look.accent, "cloth"))
            c.path(box(384, y - 6, 34, 46, 6), c.paint(BRASS, "steel"))
        for x, y in ((238, 186), (506, 186), (238, 566), (506, 566)):
            with c.clipped(shell):
                c.path(box(x - 6, y - 6, 68, 68, 14), c.paint(look.accent, "flat"))
    else:
        for i in range(7):
            x = 278 + i * 41
            c.line(f"M{x} 220V590", INK, 9, 0.13)
            c.line(f"M{x - 5} 220V590", "#fff", 4, 0.25)
    c.path(box(362, 380, 76, 44, 10), c.paint(look.accent if not look.shape else look.colour, "down"))
    emblem(c, look.mark, (400, 402, 28), "#fff")
    seam(c, "M238 420H362M438 420H562" if look.shape else "M238 404H240", 0.2)


@kind("umbrella", "studio", focus=(330, 300, 1.5), across=420, zoom=1.05)
def umbrella(c: Canvas, look: Look) -> None:
    """An open umbrella from below the rim, or `folded` and strapped."""
    if look.shape == "folded":
        c.shadow(400, 640, 120, 16)
        c.line("M400 620V642", "#8b8f94", 10)
        wrap = "M376 230Q352 420 386 606Q400 624 414 606Q448 420 424 230Z"
        c.body(wrap, look, "cloth", size=44)
        for i, x in enumerate((384, 400, 418)):
            fold(c, (x, 236), (390 + 10 * i, 604), 16, 0.26)
        c.path("M364 372Q400 390 437 372L438 398Q400 416 363 398Z", lit(look.colour, -0.25))
        button(c, 414, 391, 7, BRASS)
        c.path(box(388, 212, 24, 24, 6), c.paint("#aeb3b7", "metal"))
        c.tube("M400 212V150C400 90 486 90 480 152", look.accent, 24)
        return
    c.shadow(440, 640, 210, 24)
    c.line("M400 350V598", "#8f969b", 11)
    c.line("M397 350V598", "#e6eaec", 3)
    c.tube("M400 566V604C400 656 470 650 466 604", look.accent, 22)
    dome = "M118 392C140 200 280 134 400 130C520 134 660 200 682 392Q640 348 588 382Q540 348 494 384Q446 350 400 386Q354 350 306 384Q260 348 212 382Q160 348 118 392Z"
    c.body(dome, look, "ball", size=64)
    tops = [(118, 392), (212, 382), (306, 384), (400, 386), (494, 384), (588, 382), (682, 392)]
    with c.clipped(dome):
        for i, (x, y) in enumerate(tops[1:-1]):
            bend = 400 + (x - 400) * 0.94
            seam(c, f"M400 130Q{num(bend)} 220 {x} {y}", 0.22)
            if look.pattern == "panel" and i % 2:
                nx, ny = tops[i + 2]
                c.path(
                    f"M400 130Q{num(bend)} 220 {x} {y}L{nx} {ny}Q{num(400 + (nx - 400) * 0.94)} 220 400 130Z",
                    look.accent,
                )
    c.path(polygon([(394, 132), (397, 104), (403, 104), (406, 132)], 2), c.paint("#aeb3b7", "metal"))
    c.line("M196 330Q230 230 330 176", "#fff", 12, 0.3)


@kind("wallet", "flatlay", focus=(360, 380, 1.5), across=320, zoom=1.15)
def wallet(c: Canvas, look: Look) -> None:
    """A small leather purse: folded wallet or `card` holder."""
    d = box(210, 270, 380, 270, 26)
    with c.group("rotate(-9 400 400)"):
        if look.shape == "card":
            for i, tint in enumerate((look.accent, "#e9e2d2", mix(look.accent, "#ffffff", 0.4))):
                c.path(box(250, 196 + i * 24, 300, 180, 16), c.paint(tint, "flat"))
        cast(c, d, 14, 20)
        c.path(d, c.paint(look.colour, "flat"))
        stitches(c, box(224, 284, 352, 242, 18), lit(look.colour, 0.5))
        if look.shape == "card":
            c.path("M210 300H590V286H210Z", c.gradient([(0, INK, 0.2), (1, INK, 0)], ACROSS))
            seam(c, "M340 272Q400 340 460 272", 0.4)
        else:
            c.path(
                "M430 350H604Q620 350 620 366V436Q620 452 604 452H430Q390 440 390 401T430 350Z",
                c.paint(lit(look.colour, -0.08), "flat"),
            )
            button(c, 442, 401, 17, BRASS)
        emblem(c, look.mark, (292, 470, 50), lit(look.colour, -0.45))
