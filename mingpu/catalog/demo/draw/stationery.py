"""For the desk: notebooks, pens, books, paints."""

from mingpu.catalog.demo.draw.canvas import ACROSS, SLANT, Canvas, Look
from mingpu.catalog.demo.draw.colour import INK, is_dark, lit, mix
from mingpu.catalog.demo.draw.marks import emblem
from mingpu.catalog.demo.draw.parts import button, cast, grain, seam, shine, stitches
from mingpu.catalog.demo.draw.registry import kind
from mingpu.catalog.demo.draw.shapes import blob, box, lathe, oval, polygon

PAINTS = (
    "#cf4a33", "#e38a45", "#ecc957", "#7d9c68", "#4d7561", "#6fa8b0",
    "#3f5c8e", "#6b5083", "#bd7b78", "#6a4a3a", "#4b4f55", "#f2ede2",
)  # fmt: skip
PAPER, GOLD, METAL = "#f7f1e3", "#c9a25c", "#c3c8cc"


@kind("notebook", "flatlay", focus=(420, 330, 1.6), across=320, zoom=1.02)
def notebook(c: Canvas, look: Look) -> None:
    """A notebook: bound with elastic, `ring` bound, or `sewn` booklet."""
    with c.group("rotate(-7 400 400)"):
        d = box(230, 130, 350, 510, 16)
        cast(c, d, 20, 24)
        c.path(box(238, 138, 346, 510, 14), lit(look.colour, -0.45))
        c.path(box(238, 134, 340, 508, 12), PAPER)
        for x in range(3):
            c.line(f"M{576 + x * 2} 150V628", "#cbbfa4", 1, 0.7)
        c.body(box(230, 130, 342, 510, 14), look, "flat", size=64)
        c.path("M230 144Q230 130 244 130H276V640H244Q230 640 230 626Z", INK, opacity=0.1)
        seam(c, "M277 130V640", 0.2, 2)
        ink = look.accent
        if look.shape == "ring":
            rows = range(168, 620, 40)
            c.path("".join(oval(254, y, 8, 8) for y in rows), PAPER)
            c.tube("".join(f"M254 {y}q-34 -22 -46 4q0 14 18 10" for y in rows), METAL, 8)
        elif look.shape == "sewn":
            stitches(c, "M254 150V620", look.accent, 1)
        else:
            c.path("M520 130H536V640H520Z", c.paint(look.accent, "cloth"))
            c.path("M330 640V700L342 688L354 700V640Z", c.paint(look.accent, "soft"))
        if look.pattern in {"", "label"}:
            c.path(box(320, 220, 176, 96, 8), PAPER, opacity=1 if look.pattern == "label" else 0)
            emblem(c, look.mark, (408, 268, 60), ink)
        if look.pattern == "hill":
            with c.clipped(box(230, 130, 342, 510, 14)):
                c.path(oval(470, 300, 54, 54), lit(look.accent, 0.5))
                for i, y in enumerate((440, 510, 580)):
                    c.path(
                        f"M220 {y}Q320 {y - 90} 420 {y - 16}T600 {y - 40}V660H220Z",
                        lit(look.accent, 0.15 - 0.25 * i),
                    )


@kind("pen", "flatlay", focus=(420, 380, 1.7), across=260, zoom=1.1)
def pen(c: Canvas, look: Look) -> None:
    """A pen: fountain pen with its cap off, `ball`pen, or `brush` pen."""
    with c.group("rotate(-40 400 400)"):
        if look.shape == "ball":
            d = box(170, 376, 470, 48, 24)
            cast(c, d, 4, 22)
            c.path("M170 380L96 394Q90 400 96 406L170 420Z", c.paint(METAL, "tube"))
            c.path(box(166, 376, 300, 48, 10), c.paint(look.colour, "tube"))
            c.path(box(460, 376, 150, 48, 14), c.paint(look.accent, "tube"))
            c.path(box(606, 386, 50, 28, 10), c.paint(METAL, "tube"))
            c.path(box(480, 364, 120, 14, 7), c.paint(METAL, "tube"))
            return
        if look.shape == "brush":
            c.path(box(220, 380, 480, 40, 18), INK, opacity=0.16)
            c.path(box(240, 368, 430, 38, 18), c.paint(look.colour, "tube"))
            c.path(box(196, 364, 56, 46, 8), c.paint(look.accent, "tube"))
            c.path("M200 366Q120 350 60 392Q120 424 200 408Z", c.paint("#e9dcc2", "tube"))
            c.path("M120 366Q90 374 60 392Q94 408 126 412Z", "#2a2a2e")
            c.line("M670 387h24", GOLD, 9)
            return
        cast(c, box(200, 370, 420, 56, 28), 4, 22)
        c.path("M210 374L150 386L84 398L150 412L210 424Z", c.paint(GOLD, "tube"))
        c.line("M96 398H170", INK, 2, 0.6)
        c.path(oval(172, 398, 5, 5), INK, opacity=0.6)
        c.path(box(204, 372, 76, 54, 10), c.paint(lit(look.colour, -0.3), "tube"))
        c.path(box(276, 366, 340, 66, 30), c.paint(look.colour, "tube"))
        c.path(box(272, 364, 16, 70, 4), c.paint(GOLD, "tube"))
    with c.group("rotate(-14 480 560)"):
        d = box(360, 520, 250, 68, 32)
        cast(c, d, 4, 18)
        c.path(d, c.paint(look.accent if look.pattern == "duo" else look.colour, "tube"))
        c.path(box(360, 518, 18, 72, 4), c.paint(GOLD, "tube"))
        c.path(box(400, 508, 196, 13, 6), c.paint(GOLD, "tube"))
        c.path(oval(410, 514, 10, 10), c.paint(GOLD, "ball"))


@kind("pencils", "table", focus=(400, 360, 1.6), across=260, zoom=1.18)
def pencils(c: Canvas, look: Look) -> None:
    """Pencils in a pot; `box` is a flat tin of colours, `clips` a holder with scissors."""
    tints = (look.accent, "#cf4a33", "#d39b35", "#4d7561", "#3f5c8e", "#b2a5c6", "#e58a73", "#6fa8b0")
    if look.shape == "box":
        c.shadow(400, 640, 260, 22)
        c.path(box(150, 430, 500, 206, 20), c.paint(look.colour, "soft"))
        c.path(box(166, 446, 468, 174, 12), lit(look.colour, -0.5))
        for i in range(11):
            x, tint = 176 + i * 41, lit(tints[i % 8], 0.35 * (i // 8))
            c.path(f"M{x} 490L{x + 16} 452L{x + 32} 490Z", "#e9cf9f")
            c.path(f"M{x + 10} 466L{x + 16} 452L{x + 22} 466Z", tint)
            c.path(f"M{x} 490h32v124h-32Z", tint)
        c.path(box(166, 490, 468, 124), c.veil("down", 0.6))
        return
    c.shadow(400, 634, 120)
    for i, (x, lean) in enumerate(((330, -60), (364, -24), (396, 6), (430, 30), (462, 62))):
        tint = tints[i % 8]
        top = 230 + (i * 37) % 60
        with c.group(f"rotate({lean / 5} {x} 600)"):
            c.path(f"M{x - 13} {top + 44}L{x} {top}L{x + 13} {top + 44}Z", "#e9cf9f")
            c.path(f"M{x - 5} {top + 16}L{x} {top}L{x + 5} {top + 16}Z", tint)
            c.path(f"M{x - 13} {top + 44}h26V600h-26Z", tint)
            c.path(f"M{x - 13} {top + 44}h8V600h-8Z", "#fff", opacity=0.3)
    if look.shape == "clips":
        c.line("M496 300L470 480M520 480L500 300", METAL, 13)
        for x in (486, 536):
            c.path(oval(x - 4, 270, 26, 34), "none", line=lit(look.accent, -0.1), width=13)
    body = lathe([(106, 420), (108, 500), (104, 634)])
    c.body(body, look, size=46)
    c.path("M294 420A106 14 0 0 0 506 420V430A106 14 0 0 1 294 430Z", lit(look.colour, 0.4))
    emblem(c, look.mark, (394, 534, 66), look.accent if look.pattern == "" else lit(look.colour, -0.5), 0.85)
    shine(c, [(324, 460), (324, 600)], 10, 0.4)


def _open_book(c: Canvas, look: Look) -> None:
    """Draw an open book with a ribbon."""
    c.shadow(400, 640, 270, 24)
    c.path("M120 480L400 520L680 480L700 620L400 656L100 620Z", lit(look.colour, -0.2))
    for side in (1, -1):
        page = f"M400 500Q{400 + side * 130} 430 {400 + side * 270} 466L{400 + side * 288} 604Q{400 + side * 140} 570 400 640Z"
        c.path(
            page,
            c.gradient(
                [
                    (0, "#fffdf6" if side > 0 else "#e8dfcb", 1),
                    (1, "#efe7d4" if side > 0 else "#fffdf6", 1),
                ],
                ACROSS,
            ),
        )
        for i in range(5):
            y = 512 + i * 19
            c.line(
                f"M{400 + side * 40} {y + 6}Q{400 + side * 140} {y - 38} {400 + side * 246} {y - 20}",
                INK,
                3,
                0.22,
            )
    c.path("M420 506L432 690L446 676L458 688L446 494Z", c.paint(look.accent, "soft"))


def _series(c: Canvas, look: Look) -> None:
    """Draw three cloth-bound volumes from the back."""
    c.shadow(400, 640, 200, 20)
    for i, tint in enumerate((look.colour, look.accent, mix(look.colour, "#f4efe4", 0.55))):
        x, top = 268 + i * 90, 260 + (i * 31) % 50
        c.path(box(x, top, 84, 380 - (top - 260), 8), c.paint(tint, "cloth"))
        ink = "#f5ead2" if is_dark(tint) else lit(tint, -0.6)
        c.line(f"M{x + 4} {top + 40}h76M{x + 4} 590h76", ink, 5, 0.8)
        emblem(c, look.mark, (x + 42, top + 110, 46), ink)
        c.line(f"M{x + 42} {top + 170}v90", ink, 6, 0.6)


def _cover_sun(c: Canvas, look: Look) -> None:
    """Print a setting sun on a cover."""
    c.path(oval(405, 400, 96, 96), c.paint(look.accent, "flat"))
    for i in range(4):
        c.path(f"M240 {430 + i * 34}H570V{440 + i * 42}H240Z", look.colour)


def _cover_city(c: Canvas, look: Look) -> None:
    """Print houses with lit windows on a cover."""
    for i, (x, h) in enumerate(((270, 150), (330, 220), (396, 120), (440, 260), (510, 180))):
        c.path(f"M{x} {640 - h}h52v{h}h-52Z", lit(look.accent, 0.2 - 0.14 * (i % 3)))
        c.path(f"M{x} {640 - h}h52v{h}h-52Z", c.tile("dot", "#f6e3a8", 22), opacity=0.7)


def _cover_plant(c: Canvas, look: Look) -> None:
    """Print a plant on a cover."""
    c.line("M405 640Q400 500 410 400", lit(look.accent, -0.2), 7)
    for y, s in ((560, 1), (520, -1), (476, 1), (440, -1)):
        outline = [(405, y), (405 + s * 50, y - 56), (405 + s * 104, y - 66), (405 + s * 66, y - 14)]
        c.path(blob(outline), c.paint(look.accent, "flat"))


def _cover_hills(c: Canvas, look: Look) -> None:
    """Print hills under a moon on a cover."""
    c.path(oval(470, 350, 44, 44), lit(look.accent, 0.6))
    for i, y in enumerate((470, 530, 590)):
        hill = f"M240 {y}Q330 {y - 100} 410 {y - 16}T580 {y - 40}V660H240Z"
        c.path(hill, lit(look.accent, 0.2 - 0.28 * i))


COVERS = {"sun": _cover_sun, "city": _cover_city, "plant": _cover_plant}


@kind("book", "table", focus=(400, 430, 1.5), across=320, zoom=1.08)
def book(c: Canvas, look: Look) -> None:
    """A book standing: with hills, `series` of three, or `open`."""
    if look.shape == "open":
        _open_book(c, look)
        return
    if look.shape == "series":
        _series(c, look)
        return
    c.shadow(410, 640, 170, 20)
    c.path(polygon([(556, 200), (606, 222), (606, 622), (556, 640)], 4), "#efe6d2")
    for i in range(4):
        c.line(f"M{566 + i * 10} {212 + i * 4}V{632 - i * 4}", "#bfb296", 1.5, 0.8)
    cover = box(250, 196, 310, 444, 8)
    c.path(cover, c.paint(look.colour, "flat"))
    with c.clipped(cover):
        COVERS.get(look.pattern, _cover_hills)(c, look)
    ink = "#f8f1e0" if is_dark(look.colour) else lit(mix(look.accent, INK, 0.4), -0.2)
    c.line("M300 246H480", ink, 16)
    c.line("M300 284H410", ink, 8, 0.8)
    emblem(c, look.mark, (520, 610, 26), ink, 0.8)
    c.path(
        "M250 204Q250 196 258 196H276V640H258Q250 640 250 632Z",
        c.gradient([(0, INK, 0.25), (0.6, "#fff", 0.16), (1, INK, 0.14)], ACROSS),
    )


def _tapes(c: Canvas, look: Look) -> None:
    """Draw three rolls of paper tape."""
    for x, y, r, tint in (
        (300, 330, 120, look.colour),
        (500, 400, 104, look.accent),
        (350, 550, 92, mix(look.colour, look.accent, 0.5)),
    ):
        c.path(oval(x + 12, y + 16, r, r), INK, opacity=0.18)
        c.path(oval(x, y, r, r), c.paint(tint, "flat"))
        c.path(oval(x, y, r * 0.72, r * 0.72), lit(tint, -0.2))
        c.path(oval(x, y, r * 0.66, r * 0.66), "#e9dcc2")
        c.path(oval(x + 3, y + 4, r * 0.52, r * 0.52), c.gradient([(0, INK, 0.34), (1, INK, 0.16)]))
        c.line(oval(x, y, r * 0.86, r * 0.86), "#fff", 5, 0.5, dash="8 16")


def _easel(c: Canvas, look: Look) -> None:
    """Draw a wooden palette with dabs of paint."""
    d = "M400 190C560 170 660 270 640 400C620 500 520 470 490 520C460 590 470 640 380 640C240 640 150 530 160 400C170 280 270 205 400 190Z"
    cast(c, d, 16, 22)
    grain(c, d, look.colour, (150, 180, 500, 460))
    c.path(oval(330, 540, 40, 36), lit(look.colour, -0.6))
    for i, (x, y) in enumerate(
        ((240, 420), (250, 330), (310, 268), (390, 250), (470, 262), (540, 310), (570, 386))
    ):
        c.path(
            blob([(x, y - 34), (x + 32, y - 8), (x + 22, y + 28), (x - 22, y + 30), (x - 34, y - 4)]),
            c.paint(PAINTS[i], "ball"),
        )


@kind("paints", "flatlay", focus=(360, 380, 1.6), across=380, zoom=1.08)
def paints(c: Canvas, look: Look) -> None:
    """A tin of water colours with brush; `easel` palette, or `tape` rolls."""
    if look.shape == "tape":
        _tapes(c, look)
        return
    if look.shape == "easel":
        _easel(c, look)
        return
    with c.group("rotate(-6 400 400)"):
        d = box(170, 270, 460, 280, 26)
        cast(c, d, 16, 24)
        c.path(d, c.paint(look.colour, "steel"))
        c.path(box(188, 288, 424, 244, 16), "#f4f2ec")
        for i, tint in enumerate(PAINTS):
            x, y = 204 + (i % 6) * 67, 304 + (i // 6) * 84
            c.path(box(x, y, 57, 70, 10), tint, line=lit(tint, -0.25), width=3)
            c.path(f"M{x + 10} {y + 12}h24v10h-24Z", "#fff", opacity=0.3)
        c.path(box(204, 478, 392, 40, 14), lit("#f4f2ec", -0.12))
    with c.group("rotate(24 560 560)"):
        c.path(box(300, 604, 330, 22, 10), INK, opacity=0.18)
        c.path(box(330, 590, 300, 20, 9), c.paint(look.accent, "tube"))
        c.path(box(280, 586, 60, 28, 4), c.paint(METAL, "tube"))
        c.path("M284 588Q230 584 196 602Q230 618 284 612Z", c.paint("#6a4a3a", "tube"))


def _globe(c: Canvas, look: Look) -> None:
    """Draw a globe on its stand."""
    c.shadow(400, 636, 110)
    c.path(lathe([(90, 604), (98, 634)]), c.paint(look.accent))
    c.line("M400 604V560", GOLD, 13)
    c.line("M290 260A180 180 0 1 0 540 520", GOLD, 13)
    d = oval(400, 390, 146, 146)
    c.path(d, c.paint(look.colour, "ball"))
    with c.clipped(d):
        for points in (
            [
                (330, 290),
                (400, 280),
                (420, 330),
                (370, 370),
                (380, 420),
                (340, 470),
                (310, 400),
                (280, 340),
            ],
            [(450, 340), (520, 320), (560, 380), (520, 440), (470, 430), (440, 390)],
            [(420, 470), (480, 480), (470, 520), (430, 510)],
        ):
            c.path(blob(points), lit(look.accent, 0.35))
        seam(c, "M254 390Q400 430 546 390M400 244Q330 390 400 536", 0.14, 2)
    shine(c, [(296, 350), (320, 300), (366, 266)], 13, 0.4)


def _case(c: Canvas, look: Look) -> None:
    """Draw a pencil case with its zip."""
    c.shadow(400, 630, 240, 20)
    d = box(170, 490, 460, 140, 60)
    c.body(d, look, "tube", size=44)
    c.line("M206 520H590", lit(look.accent, -0.1), 9)
    c.line("M206 518H590", "#fff", 2, 0.5, dash="4 4")
    c.line("M590 522l34 26", GOLD, 9)
    c.path(box(200, 560, 70, 40, 8), c.paint(look.accent, "soft"))
    emblem(c, look.mark, (235, 580, 28), PAPER)


@kind("deskset", "table", focus=(400, 480, 1.6), across=360, zoom=1.12)
def deskset(c: Canvas, look: Look) -> None:
    """A desk organiser with drawers, a `globe`, or a pencil `case`."""
    if look.shape == "globe":
        _globe(c, look)
        return
    if look.shape == "case":
        _case(c, look)
        return
    c.shadow(400, 636, 210, 24)
    grain(c, box(210, 380, 380, 254, 10), look.colour, (210, 380, 380, 254), how="flat")
    for y in (500, 566):
        c.path(box(228, y, 344, 56, 6), c.paint(look.accent, "soft"))
        button(c, 400, y + 28, 10, GOLD)
    c.path(
        "M228 398H572V486H228Z",
        c.gradient([(0, lit(look.colour, -0.6), 1), (1, lit(look.colour, -0.3), 1)], SLANT),
    )
    for x, h, tint in (
        (250, 150, "#35606a"),
        (284, 130, "#c47b5a"),
        (320, 160, "#e8dcc4"),
        (354, 120, "#a3b09c"),
    ):
        c.path(f"M{x} {486 - h}h30v{h}h-30Z", tint)
        c.path(f"M{x} {486 - h}h8v{h}h-8Z", "#fff", opacity=0.25)
    for x, lean in ((470, -18), (500, 6), (530, 22)):
        c.tube(f"M{x} 480L{x + lean} 290", (look.accent, "#d39b35", "#3f5c8e")[x % 3], 13)
