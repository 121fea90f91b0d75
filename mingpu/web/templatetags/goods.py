"""Tags for goods: their pictures, as the screen that asks can best show them, and their cards in a list."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache, partial
from typing import Any, Final

from django import template
from django.template import Engine
from django.utils.html import format_html
from django.utils.safestring import SafeString

from mingpu.catalog.pictures import address, name_at
from mingpu.catalog.renditions import Rendition, renditions
from mingpu.lib.display import Display, current_display
from mingpu.lib.text import Text, current_language

register = template.Library()
CARD_DATA: Final = (
    "id",
    "title",
    "subtitle",
    "brand",
    "image",
    "price_fen",
    "list_price_fen",
    "in_stock",
    "earlier_fen",
)
SMALL: Final = ("image/avif", "image/webp")  # the smaller first


@register.simple_tag
def picture(
    shown: str, width: int, *, sizes: str = "", alt: str = "", first: bool = False, eager: bool = False
) -> str:
    """Draw a picture of a product by its address: the browser picks from its renditions what fits.

    width: in CSS pixels, of a square; sizes: as in HTML where it changes with the page. first: the page's main
    picture, fetched before all else. eager: near the top of the page; others are fetched when they come near.
    """
    return _picture(shown, width, sizes or f"{width}px", alt, first, eager, current_display())


@lru_cache(maxsize=8192)
def _picture(  # noqa: PLR0917 -- the key of what is kept
    shown: str, width: int, sizes: str, alt: str, first: bool, eager: bool, display: Display  # noqa: FBT001
) -> str:  # fmt: skip
    rows = renditions(name_at(shown))
    fitting = _fitting(rows, display.points(width))
    offered = [it for it in rows if not display.saving or it.width <= fitting]
    plain = [it for it in offered if it.media_type not in SMALL]
    when = 'fetchpriority="high"' if first else "" if eager else 'loading="lazy"'
    image = format_html(
        '<img src="{}"{} alt="{}" width="{}" height="{}" {} decoding="async">',
        next((address(it.name) for it in plain if it.width == fitting), shown),
        _srcset(plain, sizes), alt, width, width, SafeString(when),
    )  # fmt: skip
    if not rows:
        return image
    sources = [
        format_html(
            '<source type="{}"{}>', kind, _srcset([it for it in offered if it.media_type == kind], sizes)
        )
        for kind in SMALL
    ]
    return SafeString(f"<picture>{''.join(sources)}{image}</picture>")


def _fitting(rows: Iterable[Rendition], points: int) -> int:
    """Return the width of the narrowest rendition that has these many points, of the widest where none has."""
    widths = sorted({it.width for it in rows})
    return next((it for it in widths if it >= points), widths[-1] if widths else 0)


def _srcset(rows: Iterable[Rendition], sizes: str) -> str:
    listed = ", ".join(f"{address(it.name)} {it.width}w" for it in rows)
    return format_html(' srcset="{}" sizes="{}"', listed, sizes) if listed else ""


@lru_cache(maxsize=8192)
def _card(
    engine: Engine, spoken: str, display: Display, eager: bool, values: tuple[Any, ...]  # noqa: ARG001, FBT001 -- parts of the key
) -> str:  # fmt: skip
    card = template.Context({"p": dict(zip(CARD_DATA, values, strict=True)), "eager": eager})
    return engine.get_template("parts/good.html").render(card)


@register.simple_tag(takes_context=True)
def cards(context: template.Context, items: Iterable[Any], eager: int = 0) -> str:
    """Draw the cards of a list of goods. eager: how many of them are at the top of the page.

    A card depends on nothing but the article, the language and the kind of screen, never on who looks, so it is
    drawn once and kept: a list of 24 costs a twentieth of drawing them anew.
    """
    assert context.template is not None
    engine, spoken = context.template.engine, current_language()
    display = replace(current_display(), narrow=False)  # a card is narrower than any screen
    rows = (tuple(str(it) if isinstance(it, Text) else it for it in _values(item)) for item in items or ())
    drawn = (_card(engine, spoken, display, at < eager, values) for at, values in enumerate(rows))
    return SafeString("".join(drawn))


def _values(item: Any) -> Iterator[Any]:
    get = item.get if isinstance(item, Mapping) else partial(getattr, item)
    return (get(name, None) for name in CARD_DATA)
