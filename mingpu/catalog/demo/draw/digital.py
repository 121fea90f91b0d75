"""Small electronics: sound, keys, phones, cameras, watches."""

from mingpu.catalog.demo.draw.canvas import ACROSS, SLANT, Canvas, Look
from mingpu.catalog.demo.draw.colour import INK, is_dark, lit, mix
from mingpu.catalog.demo.draw.marks import emblem
from mingpu.catalog.demo.draw.parts import button, cast, hours, seam, shine
from mingpu.catalog.demo.draw.registry import kind
from mingpu.catalog.demo.draw.shapes import box, lathe, oval

METAL, GLASS = "#b9bfc4", "#20262e"


@kind("headphones", "disc", focus=(400, 400, 1.3), across=380, zoom=1.0)
def headphones(c: Canvas, look: Look) -> None:
    """Over-ear headphones; `round` cups or `square` ones."""
    c.shadow(400, 648, 190, 20)
    c.tube("M232 460C200 110 600 110 568 460", lit(look.colour, -0.1), 40)
    c.line("M262 330C290 170 510 170 538 330", lit(look.accent, -0.1), 20)
    for side in (1, -1):
        x = 400 + side * 170
        c.path(box(x - 13, 330, 26, 110, 10), c.paint(METAL, "metal"))
        inner = box(x - 62 if side > 0 else x - 28, 400, 90, 210, 40)
        c.path(inner, c.paint(lit(look.accent, -0.25), "cloth"))
        outer = box(x - 24 if side > 0 else x - 58, 386, 82, 240, 38)
        c.path(outer, c.paint(look.colour, "cloth"))
        c.path(outer, c.veil("down", 0.5))
        ex = x + side * 18
        if look.shape == "square":
            c.path(box(ex - 20, 440, 40, 130, 14), c.paint(look.accent, "soft"))
        else:
            c.path(oval(ex, 506, 26, 66), c.paint(look.accent, "metal"), opacity=0.9)
        emblem(c, look.mark, (ex, 506, 26), "#fff" if is_dark(look.accent) else INK, 0.85)
    c.line("M246 300C270 190 330 160 380 154", "#fff", 7, 0.4)


@kind("earbuds", "disc", focus=(400, 340, 1.6), across=330, zoom=1.1)
def earbuds(c: Canvas, look: Look) -> None:
    """Wireless earbuds in their open case; `bean` without stems."""
    c.shadow(400, 632, 180, 24)
    lid = "M236 440Q230 260 290 246H510Q570 260 564 440Z"
    c.path(lid, c.paint(lit(look.colour, -0.06), "cloth"))
    c.path("M262 436Q258 290 306 280H494Q542 290 538 436Z", c.paint(lit(look.colour, -0.28), "down"))
    for side in (1, -1):
        x = 400 + side * 66
        if look.shape != "bean":
            c.path(box(x - 17, 380, 34, 110, 17), c.paint(look.colour))
        c.path(oval(x + side * 6, 374, 46, 50), c.paint(look.colour, "ball"))
        c.path(oval(x - side * 22, 366, 20, 28), c.paint(look.accent, "ball"))
        c.path(oval(x + side * 16, 384, 9, 15), INK, opacity=0.45)
    case = box(226, 426, 348, 204, 84)
    c.path(case, c.paint(look.colour, "cloth"))
    c.path(case, c.veil("down", 0.5))
    c.path(box(252, 420, 296, 24, 12), lit(look.colour, -0.4))
    c.path(oval(400, 480, 6, 6), "#7fd6a2")
    emblem(c, look.mark, (400, 546, 50), look.accent, 0.8)
    shine(c, [(258, 480), (254, 530), (280, 590)], 9, 0.4)


@kind("keyboard", "flatlay", focus=(330, 380, 1.7), across=420, zoom=1.1)
def keyboard(c: Canvas, look: Look) -> None:
    """A keyboard from above: compact, `full` with number pad, or `round` keys."""
    wide = 640 if look.shape == "full" else 540
    left = 400 - wide / 2
    with c.group("rotate(-8 400 400)"):
        d = box(left, 270, wide, 250, 24)
        cast(c, d, 16, 26)
        c.path(box(left, 276, wide, 252, 24), lit(look.colour, -0.4))
        c.path(d, c.paint(look.colour, "flat"))
        c.path(box(left + 16, 286, wide - 32, 218, 12), lit(look.colour, -0.45))
        radius = 15 if look.shape == "round" else 6
        light = c.paint(mix(look.colour, "#ffffff", 0.35 if is_dark(look.colour) else 0.65), "soft")
        side = c.paint(look.accent, "soft")
        columns = int((wide - 40) / 43)
        for row in range(4):
            y, indent = 294 + row * 41, 9 * row
            first = left + 20 + 42 + indent
            keys = [box(round(first + 43 * i), y, 36, 34, radius) for i in range(columns - 3)]
            c.path("".join(keys), light)
            last = round(first + 43 * (columns - 3))
            c.path(
                box(left + 20, y, 35 + indent, 34, radius)
                + box(last, y, left + wide - 20 - last, 34, radius),
                side,
            )
        c.path(box(left + 170, 458, wide - 340, 34, radius), light)
        c.path(
            "".join(
                box(x, 458, 66, 34, radius)
                for x in (left + 20, left + 95, left + wide - 161, left + wide - 86)
            ),
            side,
        )


@kind("mouse", "flatlay", focus=(390, 330, 1.7), across=260, zoom=1.0)
def mouse(c: Canvas, look: Look) -> None:
    """A mouse from above; `grip` has a thumb rest."""
    with c.group("rotate(14 400 400)"):
        d = "M400 170Q530 170 532 330V500Q526 640 400 640T268 500V330Q270 170 400 170Z"
        if look.shape == "grip":
            d = "M410 170Q540 176 540 330V500Q530 640 410 640Q300 640 268 560Q216 520 236 440Q276 400 270 330Q280 170 410 170Z"
        cast(c, d, 20, 26)
        c.path(d, c.paint(look.colour, "ball"))
        with c.clipped(d):
            c.path("M240 380Q400 440 560 380V700H240Z", c.paint(look.accent, "cloth"), opacity=0.95)
            c.path("M240 380Q400 440 560 380V150H240Z", c.fade("#fff", 0.3, 0, (0, 0, 1, 1)))
            seam(c, "M400 160V402M252 384Q400 442 548 384", 0.34, 4)
        c.path(box(384, 226, 32, 90, 16), c.paint("#34393f"))
        c.path(box(390, 240, 20, 60, 10), c.paint(METAL, "tube"))
        emblem(c, look.mark, (400, 560, 44), "#fff" if is_dark(look.accent) else INK, 0.6)
        shine(c, [(308, 300), (326, 230), (366, 200)], 12, 0.45)


@kind("phonecase", "flatlay", focus=(360, 290, 1.6), across=260, zoom=1.0)
def phonecase(c: Canvas, look: Look) -> None:
    """A phone case from behind with camera window; `ring` holder or `clear`."""
    with c.group("rotate(10 400 400)"):
        d = box(260, 126, 280, 552, 56)
        cast(c, d, 22, 26)
        c.path(d, lit(look.colour, -0.35))
        face = box(264, 126, 272, 546, 54)
        c.body(face, look, "soft", size=60)
        if look.pattern == "hill":
            with c.clipped(face):
                c.path(oval(470, 330, 50, 50), lit(look.accent, 0.6))
                for i, y in enumerate((420, 490, 570)):
                    c.path(
                        f"M240 {y}Q330 {y - 90} 410 {y - 10}T560 {y - 40}V700H240Z",
                        lit(look.accent, 0.3 - 0.35 * i),
                    )
        if look.pattern == "mark":
            emblem(c, look.mark, (400, 480, 120), look.accent, 0.9)
        c.path(box(284, 148, 142, 148, 40), c.paint(lit(look.colour, -0.2), "flat"))
        for x, y in ((322, 188), (388, 188), (322, 256)):
            c.path(oval(x, y, 27, 27), "#14181d")
            c.path(oval(x, y, 16, 16), c.gradient([(0, "#5d7f97", 1), (1, "#141b22", 1)], (0.35, 0.3, 0.7)))
        c.path(oval(388, 252, 12, 12), "#f3ead0")
        if look.shape == "ring":
            c.path(oval(400, 470, 70, 70), "none", line=lit(look.accent, -0.1), width=15)
            c.path(oval(398, 467, 70, 70), "none", line=lit(look.accent, 0.5), width=4)
        shine(c, [(278, 330), (278, 620)], 7, 0.4)


@kind("powerbank", "disc", focus=(400, 330, 1.6), across=260, zoom=1.05)
def powerbank(c: Canvas, look: Look) -> None:
    """A power bank: upright slab, `mini` rounded, or `plug` wall charger."""
    c.shadow(400, 636, 140, 20)
    if look.shape == "plug":
        for x in (352, 424):
            c.path(box(x, 220, 24, 100, 6), c.paint(METAL, "metal"))
        d = box(274, 300, 252, 336, 56)
        c.path(d, c.paint(look.colour, "cloth"))
        for y in (430, 520):
            c.path(box(346, y, 108, 40, 20), lit(look.colour, -0.5))
            c.path(box(366, y + 13, 68, 14, 7), look.accent)
        emblem(c, look.mark, (400, 370, 40), look.accent)
        return
    d = box(272, 210, 256, 426, 40 if not look.shape else 110)
    c.path(d, c.paint(look.colour, "cloth"))
    c.path(d, c.veil("soft", 0.5))
    if look.pattern == "cord":
        c.tube("M460 220C460 130 600 130 590 260V400", look.accent, 15)
        c.path(box(576, 396, 28, 52, 8), c.paint(METAL, "metal"))
    if look.pattern == "ring":
        c.path(oval(400, 380, 86, 86), "none", line=look.accent, width=9, opacity=0.8)
    emblem(c, look.mark, (400, 380, 58), look.accent, 0.9)
    for i in range(4):
        c.path(oval(364 + i * 24, 556, 6, 6), lit(look.colour, -0.4) if i // 3 else "#9fe0b8")
    c.path(box(352, 226, 34, 12, 6), INK, opacity=0.6)
    c.path(box(414, 226, 34, 12, 6), INK, opacity=0.6)
    shine(c, [(294, 270), (294, 570)], 8, 0.4)


@kind("watch", "disc", focus=(400, 400, 1.7), across=240, zoom=1.0)
def watch(c: Canvas, look: Look) -> None:
    """A watch lying flat: round with hands, `smart` with rings, or `square`."""
    for strap in ("M340 110Q400 98 460 110L470 310H330Z", "M330 490H470L456 690Q400 704 344 690Z"):
        cast(c, strap)
        c.body(strap, Look(look.accent, look.colour, "", look.pattern), "cloth", size=36)
    for y in (574, 606, 638):
        c.path(oval(400, y, 6, 6), INK, opacity=0.4)
    square = look.shape in {"smart", "square"}
    case = box(276, 272, 248, 256, 72) if square else oval(400, 400, 140, 140)
    cast(c, case, 12, 16)
    c.path(box(518, 376, 26, 48, 9) if square else box(532, 380, 28, 40, 8), c.paint(look.colour, "tube"))
    c.path(case, c.paint(look.colour, "steel"))
    dial = box(292, 288, 216, 224, 58) if square else oval(400, 400, 120, 120)
    if look.shape == "smart":
        c.path(dial, c.gradient([(0, "#2b323b", 1), (1, "#0d1116", 1)], SLANT))
        for r, tint, part in (
            (74, "#e5735c", "330 500"),
            (54, "#8fc7a0", "240 400"),
            (34, "#7fb2d6", "150 260"),
        ):
            c.line(oval(400, 400, r, r), mix(tint, "#0d1116", 0.7), 14)
            c.line(oval(400, 400, r, r), tint, 14, dash=part)
    else:
        face = "#23303a" if look.pattern == "dark" else "#f7f3e9"
        c.path(dial, c.gradient([(0, lit(face, -0.08), 1), (1, face, 1)], SLANT))
        dark = look.pattern == "dark"
        hours(c, 400, 96, "#d8c28c" if dark else mix(look.accent, INK, 0.4), (6, 3))
        hand = "#f7f3e9" if dark else INK
        c.line("M400 400L356 364", hand, 8)
        c.line("M400 400L450 340", hand, 5)
        button(c, 400, 400, 8, look.accent)
    c.path(dial, c.gradient([(0, "#fff", 0.35), (0.45, "#fff", 0.02), (1, "#fff", 0)], SLANT))


@kind("camera", "studio", focus=(400, 470, 1.6), across=420, zoom=1.15)
def camera(c: Canvas, look: Look) -> None:
    """A camera: rangefinder, `instant` with print slot, or `pocket`."""
    c.shadow(400, 634, 240, 24)
    top = 350
    c.path(
        "M180 360Q180 330 210 330H320L344 296H456L480 330H590Q620 330 620 360V400H180Z",
        c.paint("#c9cdd0" if look.shape != "instant" else look.colour, "steel"),
    )
    body = box(172, top, 456, 284, 34)
    c.path(body, c.paint(look.colour, "soft"))
    with c.clipped(body):
        c.path("M172 410H628V590H172Z", c.paint(look.accent, "soft"))
        c.path("M172 410H628V590H172Z", c.tile("mesh", lit(look.accent, -0.5), 24), opacity=0.5)
        c.path("M172 580H628V640H172Z", c.fade(INK, 0, 0.25))
    if look.shape == "instant":
        c.path(box(236, 600, 328, 16, 8), lit(look.colour, -0.6))
        c.path(box(480, 352, 110, 46, 12), c.gradient([(0, "#fdf6de", 1), (1, "#d8d2c0", 1)]))
        c.path("M372 410H428V590H372Z", "#cf4a33")
    button(c, 236, 326, 22, METAL)
    c.path(lathe([(34, 312), (36, 332)], 556), c.paint("#9aa0a5", "metal"))
    c.path(box(470, 362, 90, 38, 8), c.gradient([(0, "#2c343d", 1), (1, "#56646f", 1)], SLANT))
    for r, fill in (
        (124, c.paint("#3a3f45", "metal")),
        (108, "#191d22"),
        (92, c.paint("#4a5057", "steel")),
        (70, "#0e1115"),
    ):
        c.path(oval(400, 492, r, r), fill)
    c.path(
        oval(400, 492, 58, 58),
        c.gradient([(0, "#7fa5b8", 1), (0.5, "#2c4254", 1), (1, "#0b0f14", 1)], (0.36, 0.3, 0.8)),
    )
    c.path(oval(380, 470, 17, 13), "#fff", opacity=0.6)
    c.path(oval(424, 518, 9, 7), "#c9a2d8", opacity=0.5)
    emblem(c, look.mark, (226, 380, 30), INK if not is_dark(look.colour) else "#fff", 0.7)


@kind("speaker", "studio", focus=(400, 470, 1.6), across=300, zoom=1.08)
def speaker(c: Canvas, look: Look) -> None:
    """A loudspeaker: fabric cylinder, `box` of wood, or `radio` with handle."""
    c.shadow(400, 634, 170 if look.shape else 130, 24)
    if look.shape == "box":
        c.path(box(270, 250, 260, 384, 22), c.paint(look.accent, "flat"))
        c.path(box(288, 268, 224, 348, 14), c.paint(look.colour, "soft"))
        for cy, r in ((368, 56), (514, 86)):
            c.path(oval(400, cy, r, r), c.paint(METAL, "steel"))
            c.path(
                oval(400, cy, r - 8, r - 8),
                c.gradient([(0, "#14171b", 1), (0.5, "#3a4047", 1), (1, "#16191d", 1)], (0.5, 0.5, 0.5)),
            )
            c.path(oval(400, cy, r * 0.36, r * 0.36), c.paint("#4a5058", "ball"))
        return
    if look.shape == "radio":
        c.tube("M270 360C270 240 530 240 530 360", look.accent, 17)
        d = box(190, 340, 420, 294, 44)
        c.path(d, c.paint(look.colour, "soft"))
        c.path(box(214, 366, 246, 242, 28), lit(look.colour, -0.45))
        c.path(box(214, 366, 246, 242, 28), c.tile("mesh", lit(look.colour, 0.4), 26))
        button(c, 534, 432, 40, look.accent)
        c.line("M534 432V404", "#fff", 6, 0.8)
        for x in (506, 562):
            button(c, x, 548, 20, METAL)
        return
    body = lathe([(118, 250), (124, 300), (124, 580), (114, 634)])
    c.path(body, c.paint(look.colour))
    c.path(body, c.tile("mesh", lit(look.colour, -0.5), 22), opacity=0.6)
    c.path(
        oval(400, 250, 118),
        c.gradient([(0, lit(look.accent, 0.1), 1), (1, lit(look.accent, -0.3), 1)], ACROSS),
    )
    c.path(oval(400, 250, 80), "none", line="#8fe0c8", width=4, opacity=0.9)
    c.path(lathe([(121, 596), (116, 634)]), c.paint(look.accent))
    c.path(box(380, 470, 40, 66, 8), c.paint(lit(look.accent, 0.1)))
    emblem(c, look.mark, (400, 503, 26), "#fff")


@kind("router", "table", focus=(400, 520, 1.6), across=380, zoom=1.12)
def router(c: Canvas, look: Look) -> None:
    """A wireless router with aerials, or a `tower`."""
    if look.shape == "tower":
        c.shadow(400, 634, 110)
        body = lathe([(92, 290), (104, 320), (104, 590), (96, 634)])
        c.path(body, c.paint(look.colour))
        c.path(oval(400, 290, 92), c.paint(lit(look.colour, 0.2), "soft"))
        c.path(lathe([(104, 380), (104, 396)]), c.paint(look.accent))
        c.path(oval(400, 560, 6, 6), "#7fd6a2")
        return
    c.shadow(400, 634, 230, 24)
    for x, lean in ((220, -26), (322, -10), (478, 10), (580, 26)):
        c.tube(f"M{x} 560L{x + lean} 300", lit(look.colour, -0.12), 21)
    d = "M190 540H610L644 606Q648 632 620 632H180Q152 632 156 606Z"
    c.path(d, c.paint(look.colour, "down"))
    c.path("M190 540H610L628 576H172Z", c.paint(lit(look.colour, 0.2), "soft"))
    for i in range(9):
        c.line(f"M{330 + i * 18} 552l-2 12", INK, 4, 0.3)
    for i in range(5):
        c.path(oval(350 + i * 25, 604, 5, 5), look.accent if i // 4 else "#7fd6a2")
    emblem(c, look.mark, (220, 604, 28), look.accent, 0.9)
