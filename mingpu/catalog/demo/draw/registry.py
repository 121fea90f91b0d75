"""The kinds of goods we can draw, and how a drawing becomes a picture of one product."""

from collections.abc import Callable
from dataclasses import dataclass

from mingpu.catalog.demo.draw.canvas import Canvas, Look
from mingpu.catalog.demo.draw.scene import SCENES, tone_for
from mingpu.catalog.demo.draw.shapes import num

Draw = Callable[[Canvas, Look], None]


@dataclass(frozen=True)
class Kind:
    """A kind of goods: how to draw it, where it stands, and what a closer look looks at.

    focus: (x, y, zoom) of the detail picture. across: units from one to the other when two stand together.
    zoom: how much larger than drawn it is shown.
    """

    draw: Draw
    scene: str
    focus: tuple[float, float, float]
    across: float
    zoom: float


KINDS: dict[str, Kind] = {}


def kind(
    name: str,
    scene: str = "studio",
    *,
    focus: tuple[float, float, float] = (380, 400, 1.7),
    across: float = 250,
    zoom: float = 1,
) -> Callable[[Draw], Draw]:
    """Register the decorated function as the drawing of `name`; it draws in 800 x 800, standing on y = 640."""

    def register(draw: Draw) -> Draw:
        KINDS[name] = Kind(draw=draw, scene=scene, focus=focus, across=across, zoom=zoom)
        return draw

    return register


def picture(name: str, look: Look, *, view: str = "whole", turn: int = 0, beside: Look | None = None) -> str:
    """Return one SVG file of 800 x 800 showing a thing of kind `name`.

    view: `whole`, `detail` (closer), `pair` (with `beside`, a second look, half behind it). turn: which of
    the fitting backdrops. Raises KeyError for an unknown kind or view.
    """
    drawn, c = KINDS[name], Canvas()
    scene = (
        "studio" if view == "detail" and drawn.scene == "plinth" else drawn.scene
    )  # no pedestal that close
    SCENES[scene](c, tone_for(look.colour, turn), turn)
    if view == "pair" and beside is not None:
        scale = min(drawn.zoom * 0.8, 520 / drawn.across)
        half = drawn.across / 2 * scale
        placed(c, drawn.draw, beside, (400 + half, 628), scale * 0.92)
        placed(c, drawn.draw, look, (400 - half, 676), scale)
    elif view == "detail":
        x, y, zoom = drawn.focus
        with c.group(f"translate({num(400 - x * zoom)} {num(400 - y * zoom)}) scale({zoom:g})"):
            drawn.draw(c, look)
    else:
        sink = 0 if drawn.scene == "plinth" else 90 * (drawn.zoom - 1)  # a pedestal stays where it is
        placed(c, drawn.draw, look, (400, 640 + sink), drawn.zoom)
    return c.text()


def placed(c: Canvas, draw: Draw, look: Look, foot: tuple[float, float], scale: float) -> None:
    """Draw a thing with its standing point, (400, 640), moved to `foot` and made `scale` times as large."""
    with c.group(f"translate({num(foot[0] - 400 * scale)} {num(foot[1] - 640 * scale)}) scale({scale:g})"):
        draw(c, look)
