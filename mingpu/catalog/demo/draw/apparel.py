"""Clothes, seen from the front on a hanger or laid out flat."""

from mingpu.catalog.demo.draw.canvas import ACROSS, DOWN, Canvas, Look
from mingpu.catalog.demo.draw.colour import INK, is_dark, lit, mix
from mingpu.catalog.demo.draw.marks import emblem
from mingpu.catalog.demo.draw.parts import button, cast, fold, hanger, seam, stitches
from mingpu.catalog.demo.draw.registry import kind
from mingpu.catalog.demo.draw.shapes import Point, even, oval, polygon


def _sleeves(c: Canvas, look: Look, points: list[Point], cuff: float = 0) -> None:
    """Draw both sleeves: `points` outline the right one; with `cuff`, a ribbed end that high."""
    for side in (1, -1):
        outline = [(400 + (x - 400) * side, y) for x, y in points]
        d = polygon(outline, 12)
        c.body(d, look, "cloth", size=44, turn=-28 * side)
        c.path(d, INK, opacity=0.06 if side < 0 else 0.12)
        if cuff:
            (ax, ay), (bx, by) = outline[2], outline[3]
            (ux, uy), (vx, vy) = outline[1], outline[4]
            far = [
                (bx + (vx - bx) * cuff, by + (vy - by) * cuff),
                (ax + (ux - ax) * cuff, ay + (uy - ay) * cuff),
            ]
            end = polygon([(ax, ay), (bx, by), *far], 7)
            c.path(end, lit(look.colour, -0.18))


def _print(c: Canvas, look: Look, y: float) -> None:
    """Print the breast: a picture, a small emblem, or a broad stripe."""
    if look.pattern == "print":
        with c.clipped(oval(400, y, 88, 88)):
            c.path("M300 0H500V800H300Z", look.accent)
            c.path(f"M440 {y - 40}m-20 0a20 20 0 1 0 40 0a20 20 0 1 0-40 0", lit(look.accent, 0.6))
            c.path(
                f"M280 {y + 70}L372 {y - 18}L430 {y + 40}L460 {y + 8}L540 {y + 90}V{y + 120}H280Z",
                lit(look.accent, -0.45),
            )
            c.path(
                f"M280 {y + 60}Q360 {y + 26} 430 {y + 58}T540 {y + 50}V{y + 120}H280Z", lit(look.accent, 0.3)
            )
    elif look.pattern == "mark":
        emblem(c, look.mark, (462, y - 36, 42), look.accent)
    elif look.pattern == "big":
        emblem(c, look.mark, (400, y + 6, 130), look.accent)
    elif look.pattern == "block":
        c.path(f"M240 {y - 10}H560V{y + 76}H240Z", look.accent)


TORSO: list[Point] = [
    (456, 176), (456, 176), (528, 200), (528, 200), (552, 300), (548, 480), (552, 648), (552, 648), (400, 660),
]  # fmt: skip


@kind("tshirt", "wall", focus=(420, 290, 1.8), across=330, zoom=1.12)
def tshirt(c: Canvas, look: Look) -> None:
    """A T-shirt: crew neck, `vneck` or `polo` collar."""
    sleeve: list[Point] = [(512, 192), (574, 232), (664, 366), (592, 414), (540, 336)]
    d = even(TORSO)
    cast(c, d)
    _sleeves(c, look, sleeve)
    c.path("M344 178Q400 164 456 178L448 216Q400 236 352 216Z", lit(look.colour, -0.42))
    neck = {"": "Q400 262 344 177", "vneck": "L400 290L344 177", "polo": "Q400 250 344 177"}[look.shape]
    front = d.replace("Z", "", 1) + neck + "Z"
    c.body(front, look, "cloth", size=52)
    with c.clipped(front):
        _print(c, look, 380)
        for start, end, width in (
            ((562, 330), (480, 520), 30),
            ((240, 340), (310, 540), 26),
            ((540, 700), (470, 500), 30),
        ):
            fold(c, start, end, width, 0.13)
        seam(c, "M252 634Q400 648 550 634", 0.16)
    rib = f"M456 177{neck}"
    c.line(rib, lit(look.accent if look.pattern == "ringer" else look.colour, -0.14), 15)
    if look.shape == "polo":
        c.path("M384 224H416V330H384Z", lit(look.colour, -0.1))
        for y in (256, 292, 322):
            button(c, 400, y, 5, "#f1ece2")
        for side in (1, -1):
            x = 400 + side * 60
            c.path(
                f"M{x} 166L{x + side * 26} 194L{400 + side * 40} 262L400 226Z", c.paint(look.accent, "flat")
            )
    stitches(c, "M232 398L206 380M568 398L594 380", INK, 0.25)


HOODIE: list[Point] = [
    (462, 196), (462, 196), (536, 216), (536, 216), (566, 330), (556, 480), (562, 600), (562, 600), (400, 612),
]  # fmt: skip
SHIRT: list[Point] = [
    (450, 180), (450, 180), (530, 206), (530, 206), (554, 320), (548, 480), (556, 620), (556, 620), (520, 652),
    (400, 660),
]  # fmt: skip
COAT: list[Point] = [(450, 150), (450, 150), (532, 180), (532, 180), (560, 300), (556, 480)]


def _hood(c: Canvas, look: Look) -> None:
    """Draw the hood behind the neck, and what is seen inside it."""
    hood = even([(400, 112), (452, 122), (492, 180), (484, 240), (484, 240), (400, 300)])
    c.path(hood, c.paint(lit(look.colour, -0.08), "cloth"))
    inside = even([(400, 150), (436, 160), (454, 204), (440, 240), (440, 240), (400, 286)])
    c.path(inside, lit(look.colour, -0.5))


def _hood_front(c: Canvas, look: Look) -> None:
    """Draw what of a hood lies over the breast: its rim, the cords, and the pocket below."""
    rim = "M338 190Q356 262 400 286Q444 262 462 190L490 214Q476 290 400 322Q324 290 310 214Z"
    c.path(rim, c.paint(look.colour, "flat"))
    for x in (372, 428):
        c.line(f"M{x} 286q{(x - 400) // 7} 50 {(x - 400) // 14} 104", look.accent, 6)
    pocket = "M310 600L326 500Q328 488 340 488H460Q472 488 474 500L490 600Z"
    c.path(pocket, c.paint(look.colour, "soft"))
    seam(c, pocket, 0.2)


@kind("hoodie", "wall", focus=(420, 300, 1.7), across=360, zoom=1.1)
def hoodie(c: Canvas, look: Look) -> None:
    """A sweatshirt: with hood, `crew` neck or `zip` front."""
    body = even(HOODIE)
    hem = even([(560, 596), (560, 596), (548, 650), (548, 650), (400, 660)])
    cast(c, body)
    if look.shape != "crew":
        _hood(c, look)
    _sleeves(c, look, [(520, 208), (584, 246), (694, 584), (628, 612), (548, 400)], 0.16)
    c.path(hem, lit(look.colour, -0.14))
    c.path(hem, c.tile("rib", INK, 26), opacity=0.35)
    c.body(body, look, "cloth")
    if look.shape == "crew":
        c.path("M338 196Q400 178 462 196Q452 246 400 248Q348 246 338 196Z", lit(look.colour, -0.45))
        c.line("M462 198Q448 252 400 252Q352 252 338 198", lit(look.colour, -0.12), 20)
    with c.clipped(body):
        _print(c, look, 400)
        for start, end, width in (((572, 370), (490, 560), 30), ((230, 380), (310, 560), 26)):
            fold(c, start, end, width, 0.15)
    if look.shape != "crew":
        _hood_front(c, look)
    if look.shape == "zip":
        c.line("M400 310V650", lit(look.colour, -0.5), 9)
        c.line("M400 310V650", "#d5d8da", 3, dash="3 4")


def _shirt_collar(c: Canvas, look: Look) -> None:
    """Draw a stand-up collar for `linen`, else two collar points."""
    if look.shape == "linen":
        band = "M350 182Q352 226 400 240Q448 226 450 182L462 188Q458 244 400 260Q342 244 338 188Z"
        c.path(band, c.paint(look.colour, "flat"))
        return
    for side in (1, -1):
        x = 400 + 52 * side
        d = f"M{x} 172L{x + 26 * side} 196L{400 + 46 * side} 274L400 234Z"
        c.path(d, c.paint(lit(look.colour, 0.1), "flat"))
        seam(c, f"M{x + 26 * side} 196L{400 + 46 * side} 274L400 234", 0.2, 2)


@kind("shirt", "wall", focus=(400, 270, 1.8), across=340, zoom=1.08)
def shirt(c: Canvas, look: Look) -> None:
    """A buttoned shirt on a hanger: long sleeves or `short`; `linen` stand-up collar."""
    hanger(c, 168, 110)
    body = even(SHIRT)
    cast(c, body)
    sleeve: list[Point] = [(514, 196), (574, 236), (676, 584), (612, 606), (544, 380)]
    if look.shape == "short":
        sleeve = [(514, 196), (574, 236), (654, 390), (582, 424), (540, 340)]
    _sleeves(c, look, sleeve, 0 if look.shape == "short" else 0.12)
    c.body(body, look, "cloth", size=48)
    c.path("M350 182Q400 166 450 182L436 232H364Z", lit(look.colour, -0.4))
    with c.clipped(body):
        for start, end, width in (
            ((560, 350), (490, 560), 30),
            ((242, 360), (310, 560), 26),
            ((480, 700), (450, 480), 26),
        ):
            fold(c, start, end, width, 0.13)
    c.path("M384 232H416V660H384Z", c.paint(look.colour, "soft"))
    seam(c, "M384 240V658M416 240V658", 0.16, 2)
    for y in range(262, 640, 62):
        button(c, 400, y, 6, look.accent)
    _shirt_collar(c, look)
    c.path("M446 320H520V398Q484 416 446 398Z", c.paint(look.colour, "soft"))
    seam(c, "M446 320H520V398Q484 416 446 398Z", 0.18, 2.5)


@kind("dress", "wall", focus=(410, 290, 1.7), across=320, zoom=1.06)
def dress(c: Canvas, look: Look) -> None:
    """A dress: sleeved A-line, `slip` with straps, or `shirt` dress with belt."""
    hanger(c, 130, 92)
    if look.shape == "slip":
        top = [(442, 218), (442, 218), (498, 236), (498, 236), (488, 330), (476, 380)]
        for side in (1, -1):
            c.line(f"M{400 + side * 60} 226L{400 + side * 52} 150", lit(look.colour, -0.15), 9)
    else:
        top = [(446, 150), (446, 150), (516, 176), (516, 176), (512, 290), (484, 384)]
        _sleeves(c, look, [(500, 168), (556, 200), (612, 316), (548, 352), (510, 296)])
    body = even([*top, (484, 384), (548, 520), (592, 690), (592, 690), (500, 704), (400, 708)])
    cast(c, body)
    c.body(body, look, "cloth", size=58)
    with c.clipped(body):
        for x, tx, width in ((350, 268, 46), (390, 350, 40), (428, 436, 42), (458, 520, 44)):
            fold(c, (x, 392), (tx * 1.6 - x * 0.6, 900), width, 0.17)
        fold(c, (500, 240), (470, 380), 30, 0.12)
    if look.shape == "slip":
        c.path("M358 218Q400 262 442 218L436 200Q400 220 364 200Z", lit(look.colour, -0.4))
        c.line("M356 217Q400 264 444 217", lit(look.colour, -0.12), 6)
    else:
        c.path("M354 151Q400 140 446 151Q440 214 400 216Q360 214 354 151Z", lit(look.colour, -0.42))
        c.line("M446 152Q440 216 400 218Q360 216 354 152", lit(look.colour, -0.1), 9)
    if look.shape == "shirt":
        c.line("M400 220V700", lit(look.colour, -0.2), 3)
        for y in range(244, 690, 56):
            button(c, 400, y, 5, look.accent)
        c.path("M316 372Q400 388 484 372L486 398Q400 414 314 398Z", c.paint(look.accent, "cloth"))
    else:
        seam(c, "M317 384Q400 400 483 384", 0.25)


@kind("skirt", "wall", focus=(400, 340, 1.5), across=330, zoom=1.12)
def skirt(c: Canvas, look: Look) -> None:
    """A skirt: pleated, or `aline` with buttons."""
    body = even([(486, 214), (486, 214), (540, 380), (590, 628), (590, 628), (500, 648), (400, 654)])
    cast(c, body)
    c.body(body, look, "cloth", size=52)
    with c.clipped(body):
        if look.shape == "aline":
            for x, tx, width in ((360, 300, 40), (440, 480, 44)):
                fold(c, (x, 300), (tx * 1.5 - x * 0.5, 820), width, 0.15)
            seam(c, "M400 220V656", 0.2)
            for y in range(266, 640, 64):
                button(c, 414, y, 8, look.accent)
        else:
            for i in range(9):
                fold(c, (322 + i * 19, 214), (90 + i * 73, 1100), 46, 0.3)
    c.path(
        even([(484, 176), (484, 176), (488, 220), (488, 220), (400, 230)]),
        c.paint(lit(look.colour, -0.12), "cloth"),
    )
    seam(c, "M314 220Q400 232 486 220", 0.3)


# Half of a leg: (outer edge of the hem, its inner edge, where it ends, where the knee is).
LEGS = {
    "": (500, 424, 690, 420),
    "wide": (560, 420, 690, 420),
    "jogger": (474, 418, 664, 420),
    "shorts": (540, 416, 450, 340),
}


@kind("trousers", "wall", focus=(400, 260, 1.7), across=280, zoom=1.06)
def trousers(c: Canvas, look: Look) -> None:
    """Trousers: straight, `wide`, `jogger` or `shorts`."""
    with c.group("translate(-130 -40) scale(1.32)" if look.shape == "shorts" else ""):
        hem, inner, end, knee = LEGS[look.shape]
        hip: list[Point] = [(478, 150), (478, 150), (508, 250), ((508 + hem) / 2 + 6, knee)]
        leg: list[Point] = [(hem, end), (hem, end), (inner, end + 6), (inner, end + 6)]
        body = even([*hip, *leg, (400, 330), (400, 330)])
        cast(c, body)
        c.body(body, look, "cloth", size=52)
        with c.clipped(body):
            fold(c, (400, 330), (330, 330), 60, 0.2)
            for side in (1, -1):
                middle = 400 + side * (hem + inner - 800) / 2
                fold(c, (400 + side * 66, 260), (middle - 14, end + 60), 26, 0.18)
            c.path(f"M400 320V{end + 20}H{inner + 30}Z", c.fade(INK, 0.24, 0, ACROSS))
            c.path(f"M400 320V{end + 20}H{770 - inner}Z", c.fade(INK, 0.02, 0.24, ACROSS))
        _waist(c, look)
        if look.shape == "jogger":
            for x in (inner, 800 - hem):
                cuff = f"M{x - 2} {end - 6}h{hem - inner + 4}l-6 42h{inner - hem + 8}Z"
                c.path(cuff, c.paint(lit(look.colour, -0.2), "cloth"))


def _waist(c: Canvas, look: Look) -> None:
    """Draw the waistband and the pockets; a cord for what has elastic, else a button."""
    waist = even([(476, 132), (476, 132), (480, 166), (480, 166), (400, 176)])
    c.path(waist, c.paint(lit(look.colour, -0.1), "cloth"))
    seam(c, "M320 166Q400 178 480 166M400 174V322M486 176Q470 230 432 172M314 176Q330 230 368 172", 0.26)
    if look.shape in {"jogger", "shorts"}:
        c.path(waist, c.tile("rib", INK, 28), opacity=0.4)
        c.line("M392 172q-12 44-4 78M408 172q12 44 4 70", look.accent, 5)
    else:
        button(c, 400, 150, 8, look.accent)


def _quilting(c: Canvas, look: Look, body: str, end: float) -> None:
    """Quilt a down jacket: seams across body and sleeves, a padded collar."""
    for i in range(1, 6):
        x, y = 30 * i, 64 * i
        seam(c, f"M{540 + x} {212 + y}l{-30 + i} {22 + i}M{260 - x} {212 + y}l{30 - i} {22 + i}", 0.24, 5)
    with c.clipped(body):
        for y in range(226, int(end), 64):
            shade = f"M220 {y}Q400 {y + 26} 580 {y}V{y + 30}Q400 {y + 50} 220 {y + 30}Z"
            c.path(shade, c.fade(INK, 0.26, 0, DOWN))
            c.line(f"M220 {y - 4}Q400 {y + 22} 580 {y - 4}", lit(look.colour, 0.35), 4, 0.6)
    c.path("M342 148Q400 130 458 148V210Q400 232 342 210Z", c.paint(lit(look.colour, -0.06), "cloth"))


def _lapels(c: Canvas, look: Look) -> None:
    """Draw a wool coat's lapels and its three buttons."""
    for side in (1, -1):
        edge = f"L{400 + side * 92} 196L{400 + side * 70} 262L{400 + side * 96} 276L400 410"
        c.path(f"M{400 + side * 48} 146{edge}L400 288Z", c.paint(lit(look.colour, 0.05), "flat"))
        seam(c, f"M{edge[1:]}", 0.24)
    knob = look.accent if is_dark(look.colour) else mix(look.accent, INK, 0.3)
    for y in (430, 500, 570):
        button(c, 424, y, 10, knob)


@kind("coat", "wall", focus=(400, 270, 1.7), across=340, zoom=1.02)
def coat(c: Canvas, look: Look) -> None:
    """A coat on a hanger: wool with lapels, `puffer`, or `shell` rain jacket with hood."""
    hanger(c, 134, 100)
    end = 620 if look.shape else 690
    body = even([*COAT, (572, end), (572, end), (400, end + 12)])
    cast(c, body)
    if look.shape == "shell":
        hood = even([(400, 92), (456, 106), (478, 170), (440, 230), (440, 230), (400, 240)])
        c.path(hood, c.paint(look.colour, "cloth"))
    _sleeves(c, look, [(516, 172), (586, 214), (690, 566), (622, 590), (552, 380)], 0.1 if look.shape else 0)
    c.body(body, look, "cloth", size=56)
    c.path("M350 152Q400 136 450 152L400 290Z", lit(look.accent, -0.2))
    if look.shape == "puffer":
        _quilting(c, look, body, end)
    elif look.shape == "shell":
        rim = "M344 150Q352 216 400 240Q448 216 456 150L474 166Q462 246 400 270Q338 246 326 166Z"
        c.path(rim, c.paint(look.colour, "flat"))
    else:
        _lapels(c, look)
    seam(c, f"M400 {250 if look.shape else 410}V{end + 10}", 0.34, 4)
    for side in (1, -1):
        seam(c, f"M{400 + side * 96} 470l{side * 26} 78", 0.34, 6)
