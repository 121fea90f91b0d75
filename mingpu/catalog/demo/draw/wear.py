"""Shoes, hats, scarves, socks."""

from mingpu.catalog.demo.draw.canvas import SLANT, Canvas, Look
from mingpu.catalog.demo.draw.colour import INK, is_dark, lit
from mingpu.catalog.demo.draw.marks import emblem
from mingpu.catalog.demo.draw.parts import cast, fold, seam, stitches
from mingpu.catalog.demo.draw.registry import kind
from mingpu.catalog.demo.draw.shapes import blob, box, oval, polygon

UPPERS = {
    "": "M652 596L656 478Q660 424 640 402Q606 426 560 430Q516 428 490 392L440 350Q420 344 408 364L306 480Q226 512 180 542Q146 564 146 598Z",
    "high": "M650 596L648 420Q650 320 628 268Q570 288 500 266Q486 262 476 284L404 420L310 492Q226 516 180 544Q146 566 146 598Z",
    "slip": "M652 596L652 500Q652 450 632 436Q560 452 480 430Q440 420 404 432L312 486Q228 514 182 544Q146 566 146 598Z",
}


@kind("sneaker", "studio", focus=(330, 500, 1.7), across=430, zoom=1.18)
def sneaker(c: Canvas, look: Look) -> None:
    """A sports shoe from the side: low, `high` canvas, `slip`-on; pattern `run` gives a thick sole."""
    c.shadow(400, 640, 262, 26)
    upper = UPPERS[look.shape]
    if look.shape != "slip":
        c.path("M408 372Q424 330 462 322L520 400L440 470Z", lit(look.colour, -0.22))
    c.path(upper, c.paint(look.colour, "flat"))
    with c.clipped(upper):
        if look.pattern in {"speck", "mesh", "weave", "check"}:
            c.path("M140 260H660V600H140Z", c.tile(look.pattern, look.accent, 34))
        c.path("M560 400Q560 520 600 600H670V380Z", c.paint(look.accent, "flat"))
        toe = "M140 610V540Q200 520 262 500Q276 560 250 610Z"
        c.path(toe, c.paint("#f4f0e6" if look.shape == "high" else lit(look.colour, -0.12), "flat"))
        if look.shape != "slip":
            c.path(
                "M306 486L404 372L470 440Q440 520 350 560Q310 540 306 486Z",
                c.paint(lit(look.colour, 0.1), "flat"),
            )
            seam(c, "M470 440Q440 520 350 560Q312 540 308 488", 0.2)
        if look.pattern in {"", "run"}:
            c.path("M360 596Q440 560 500 470Q510 462 520 472Q500 560 450 600Z", look.accent, opacity=0.9)
        c.path("M140 570H660V600H140Z", c.fade(INK, 0, 0.22))
    if look.shape == "slip":
        c.path(
            "M402 432Q480 420 560 440Q520 520 450 500Q412 476 402 432Z", lit(look.colour, -0.3), opacity=0.55
        )
        stitches(c, "M404 436Q414 478 450 502Q516 520 556 444", "#fff", 0.5)
    else:
        for i in range(5):
            x, y = 326 + i * 25, 478 - i * 27
            c.line(f"M{x} {y}l52 {30 - i}", "#faf6ee" if is_dark(look.colour) else "#ffffff", 11)
            c.line(f"M{x + 2} {y + 8}l50 {30 - i}", INK, 2, 0.16)
    if not look.shape:
        c.line("M640 406Q606 428 560 432Q516 430 492 396", lit(look.colour, -0.3), 9)
    thick = 30 if look.pattern == "run" else 0
    sole = f"M140 {594 - thick}Q240 {606 - thick * 0.4} 400 {598 - thick * 0.6}T662 {586 - thick}Q676 640 640 644H186Q134 644 140 {594 - thick}Z"
    c.path(sole, c.gradient([(0, "#fbf8f1", 1), (0.6, "#ece6d9", 1), (1, "#bdb5a6", 1)]))
    seam(c, f"M146 {612 - thick * 0.5}Q260 622 400 {616 - thick * 0.3}T660 {604 - thick * 0.4}", 0.16, 2.5)
    c.line("M160 640H650", look.accent, 7, 0.85)


@kind("boot", "studio", focus=(450, 420, 1.7), across=380, zoom=1.06)
def boot(c: Canvas, look: Look) -> None:
    """A boot from the side: `chelsea` with elastic, `rain` in rubber, or laced."""
    c.shadow(410, 640, 232, 26)
    upper = "M590 604Q602 560 590 500Q576 450 594 220Q594 198 572 196H432Q410 196 410 220L420 380Q416 452 336 484Q226 512 198 562Q186 590 190 606Z"
    c.path(upper, c.paint(look.colour, "flat" if look.shape != "rain" else "steel"))
    with c.clipped(upper):
        c.path("M180 470H360V610H180Z", c.fade("#fff", 0.22, 0, (0, 0, 1, 1)))
        c.path("M520 190H600V610H560Z", c.fade(INK, 0, 0.25, (0, 0, 1, 0)))
        if look.shape == "chelsea":
            c.path("M452 196H536L516 430Q494 450 474 430Z", lit(look.accent, -0.2))
            c.path("M452 196H536L516 430Q494 450 474 430Z", c.tile("rib", INK, 24))
        if look.shape == "rain":
            c.path("M180 190H610V240H180Z", look.accent)
            c.line("M440 280V400Q430 480 340 520", "#fff", 16, 0.35)
    if not look.shape:
        c.path("M412 210L470 230L462 420Q420 490 350 520L330 486Q400 460 408 400Z", lit(look.colour, -0.25))
        for i in range(6):
            c.line(f"M{410 - max(i - 3, 0) * 22} {250 + i * 42}l52 -10", look.accent, 9)
        seam(c, "M470 230L462 420Q430 500 470 604M412 236H596", 0.22)
    c.path(
        "M186 596H604V620L600 644H506L498 628H270L262 644H206Q180 640 186 596Z",
        c.paint(lit(look.accent, -0.45) if look.shape == "rain" else "#3a332f", "down"),
    )
    c.line("M190 598H602", lit(look.colour, 0.3), 4, 0.5)


def _straw_hat(c: Canvas, look: Look) -> None:
    """Draw a woven hat with a ribbon."""
    brim, crown = oval(400, 510, 280, 84), "M258 500Q250 300 400 292Q550 300 542 500Q400 556 258 500Z"
    cast(c, brim)
    c.body(brim, look, "soft")
    c.path(brim, c.tile("weave", lit(look.colour, -0.4), 30), opacity=0.8)
    c.path(oval(412, 516, 168, 44), INK, opacity=0.2)
    c.path(crown, c.paint(look.colour, "cloth"))
    c.path(crown, c.tile("weave", lit(look.colour, -0.4), 30), opacity=0.8)
    c.path("M255 446Q400 500 545 446L542 502Q400 558 258 502Z", c.paint(look.accent, "cloth"))


def _bucket_hat(c: Canvas, look: Look) -> None:
    """Draw a bucket hat with a stitched brim."""
    crown = "M272 440L312 292Q400 256 488 292L528 440Q400 490 272 440Z"
    brim = "M276 430Q400 474 524 430L606 556Q400 640 194 556Z"
    cast(c, brim)
    c.body(crown, look, "cloth")
    c.body(brim, look, "cloth")
    c.path("M276 430Q400 474 524 430L532 444Q400 492 268 444Z", INK, opacity=0.14)
    for i in range(3):
        stitches(
            c,
            f"M{262 - i * 20} {468 + i * 30}Q400 {520 + i * 38} {538 + i * 20} {468 + i * 30}",
            lit(look.colour, -0.3),
        )
    emblem(c, look.mark, (400, 370, 62), look.accent)


@kind("cap", "wall", focus=(340, 400, 1.5), across=360, zoom=1.12)
def cap(c: Canvas, look: Look) -> None:
    """A cap: baseball, `bucket` hat, or `straw` hat with ribbon."""
    if look.shape == "straw":
        _straw_hat(c, look)
        return
    if look.shape == "bucket":
        _bucket_hat(c, look)
        return
    crown = "M232 500Q222 300 420 286Q606 300 598 500Q420 540 232 500Z"
    cast(c, crown)
    c.body(crown, look, "cloth")
    seam(c, "M420 288Q330 360 326 514M420 288Q520 360 520 512", 0.2)
    brim = "M236 490Q340 470 470 516Q300 560 176 600Q120 612 128 580Q150 520 236 490Z"
    cast(c, brim, 8, 18)
    c.path(brim, c.paint(look.accent if look.pattern == "duo" else look.colour, "flat"))
    for i in range(3):
        stitches(
            c,
            f"M{216 - i * 22} {512 + i * 18}Q310 {496 + i * 22} {430 - i * 36} {526 + i * 10}",
            lit(look.colour, -0.35),
        )
    c.path(oval(420, 284, 16, 9), lit(look.colour, -0.15))
    emblem(c, look.mark, (424, 420, 74), look.accent if look.pattern != "duo" else "#fff")


@kind("beanie", "wall", focus=(400, 470, 1.6), across=320, zoom=1.2)
def beanie(c: Canvas, look: Look) -> None:
    """A knitted hat with a turned-up brim; `pom` gives it a bobble."""
    dome = "M256 500Q240 270 400 258Q560 270 544 500Z"
    cast(c, dome)
    if look.shape == "pom":
        pom = blob([(400 + r * x, 226 + r * y) for r, x, y in ((60, 0, -1), (66, 0.7, -0.7), (60, 1, 0), (64, 0.6, 0.6), (60, -0.6, 0.6), (64, -1, 0), (60, -0.7, -0.7))])  # fmt: skip
        c.path(pom, c.paint(look.accent, "ball"))
    c.path(dome, c.paint(look.colour, "cloth"))
    c.path(dome, c.tile("knit", lit(look.colour, -0.45), 36))
    if look.pattern == "band":
        with c.clipped(dome):
            c.path("M240 400H560V440H240Z", look.accent, opacity=0.9)
    brim = box(236, 478, 328, 104, 34)
    cast(c, brim, 2, 8)
    c.path(brim, c.paint(look.accent if look.pattern == "band" else look.colour, "cloth"))
    c.path(brim, c.tile("rib", INK, 44), opacity=0.5)
    c.path("M452 504H510V548H452Z", "#f3ead9")
    emblem(c, look.mark, (481, 526, 30), INK)


@kind("scarf", "wall", focus=(360, 300, 1.6), across=330, zoom=1.06)
def scarf(c: Canvas, look: Look) -> None:
    """A scarf looped once, two ends hanging with fringes."""
    for points, turn in (
        ([(330, 330), (436, 330), (470, 640), (352, 652)], -6),
        ([(384, 330), (486, 320), (566, 600), (450, 626)], -16),
    ):
        (rx, ry), (lx, ly) = points[2], points[3]
        fringe = [(lx + (rx - lx) * (i + 0.5) / 12, ly + (ry - ly) * (i + 0.5) / 12) for i in range(12)]
        c.line(
            "".join(f"M{x:.0f} {y:.0f}l{4 + i % 3} 44" for i, (x, y) in enumerate(fringe)),
            lit(look.colour, -0.14),
            6,
        )
        d = polygon(points, 8)
        cast(c, d)
        c.body(d, look, "cloth", size=56, turn=turn)
        for i in range(3):
            (ax, ay), (bx, by) = points[0], points[3]
            fold(c, (ax + 24 + 26 * i, ay + 30), (bx + 24 + 30 * i, by), 26, 0.16)
    loop = "M262 240Q280 170 400 168Q520 170 540 240Q556 330 470 372Q400 398 330 372Q246 330 262 240Z"
    cast(c, loop)
    c.body(loop, look, "flat", size=56, turn=20)
    c.path(
        "M318 232Q330 204 400 202Q470 204 484 232Q470 290 400 294Q330 290 318 232Z", lit(look.colour, -0.5)
    )
    for dy in (0, 26, 50):
        seam(c, f"M272 {286 + dy}Q340 {360 + dy * 0.5} 470 {340 + dy * 0.4}", 0.14, 7)


@kind("socks", "flatlay", focus=(360, 320, 1.6), across=320, zoom=1.05)
def socks(c: Canvas, look: Look) -> None:
    """A pair of socks laid flat: striped cuffs, heels and toes in the accent."""
    sock = "M300 150H420V420Q430 470 500 510L590 560Q640 600 606 650Q580 690 520 672L360 600Q300 560 300 480Z"
    for dx, dy, dark in ((70, -10, 0.14), (-60, 16, 0)):
        with c.group(f"translate({dx} {dy})"):
            cast(c, sock)
            c.body(sock, look, "flat", size=48)
            with c.clipped(sock):
                c.path(oval(318, 560, 84, 84), c.paint(look.accent, "flat"))
                c.path(oval(620, 650, 100, 110), c.paint(look.accent, "flat"))
                c.path("M290 140H430V222H290Z", c.paint(look.accent, "flat"))
                c.path("M290 140H430V222H290Z", c.tile("rib", INK, 30), opacity=0.5)
                fold(c, (330, 230), (420, 540), 40, 0.16)
                if dark:
                    c.path("M280 130H660V700H280Z", INK, opacity=dark)


@kind("gloves", "flatlay", focus=(400, 330, 1.5), across=320)
def gloves(c: Canvas, look: Look) -> None:
    """A pair of knitted mittens with ribbed cuffs."""
    mitten = "M330 560V330Q326 190 420 186Q500 190 502 330V372Q540 330 572 350Q596 372 566 416L500 520V560Z"
    for dx, turn in ((70, 14), (-120, -12)):
        with c.group(
            f"translate({dx} {40}) rotate({turn} 400 400)"
            + (" translate(830 0) scale(-1 1)" if dx < 0 else "")
        ):
            cast(c, mitten)
            c.body(mitten, look, "cloth", size=44)
            if not look.pattern:
                c.path(mitten, c.tile("knit", lit(look.colour, -0.4), 34))
            cuff = box(322, 548, 186, 96, 18)
            c.path(cuff, c.paint(look.accent, "cloth"))
            c.path(cuff, c.tile("rib", INK, 36), opacity=0.5)
            c.path("M330 540H500V550H330Z", c.gradient([(0, INK, 0), (1, INK, 0.2)], SLANT))
