"""The hand-written part of the demo catalogue: brands, families of goods and their items, read from TOML.

A file in `source/` holds `[[family]]` tables (path, kind, text, text_en, attributes), each followed by its
`[[family.item]]` tables (brand, name, en, sub, say, say_en, price and was in yuan, draw, and where they apply
colours, options, attributes). trade.toml says what they weigh and whose they are. `draw` is "colour accent shape pattern", `-` for none; an option's label may
end in " +20": that choice costs 20 yuan more.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mingpu.catalog.demo.draw.canvas import Look
from mingpu.catalog.demo.draw.colour import NAMED, hexed
from mingpu.catalog.demo.draw.library import KINDS
from mingpu.catalog.demo.trade import Trade, read_trade

SOURCE = Path(__file__).parent / "source"
_TABLES = {"brands.toml", "trade.toml"}
_EXTRA = re.compile(r"^(?P<label>.+?)(?: \+(?P<yuan>\d+))?$")
_FAMILY_KEYS = {"path", "kind", "text", "text_en", "attributes", "item"}
_ITEM_KEYS = {
    "brand", "name", "en", "sub", "say", "say_en", "price", "was", "draw", "colours", "options", "attributes",
}  # fmt: skip


@dataclass(frozen=True)
class Brand:
    """An invented brand: its names and its emblem."""

    zh: str
    en: str
    mark: str


@dataclass(frozen=True)
class Choice:
    """One value of an option and what it costs on top, in fen."""

    label: str
    extra_fen: int


@dataclass(frozen=True)
class Good:
    """One product as written by hand; prices in fen, texts in both languages."""

    brand: Brand
    kind: str
    path: tuple[str, ...]
    title: str
    title_en: str
    subtitle: str
    description: str
    description_en: str
    price_fen: int
    list_price_fen: int | None
    colours: tuple[str, ...]
    options: tuple[tuple[str, tuple[Choice, ...]], ...]
    attributes: Mapping[str, tuple[str, ...]]
    draw: tuple[str, str, str, str]
    trade: Trade

    @property
    def slug(self) -> str:
        """The stable name of the product in ids and file names: its English name in small letters."""
        return re.sub(r"[^a-z0-9]+", "-", self.title_en.lower().replace("'", "").replace("é", "e")).strip("-")

    def look(self, colour: str = "") -> Look:
        """Return how it looks in `colour`, a Chinese name of its colours; in its first one when "".

        Raises KeyError for an unknown colour.
        """
        first, accent, shape, pattern = self.draw
        chosen = colour or first
        second = first if chosen == accent else accent  # a product is never one colour on itself
        return Look(hexed(chosen), hexed(second), shape, pattern, self.brand.mark)


def read_brands() -> dict[str, Brand]:
    """Return the brands by key."""
    rows = tomllib.loads((SOURCE / "brands.toml").read_text(encoding="utf-8"))
    return {key: Brand(**row) for key, row in rows.items()}


def read_goods() -> Iterator[Good]:
    """Yield every product, file by file in alphabetical order.

    Raises ValueError, naming the product, for an unknown key, kind, colour or a malformed drawing.
    """
    brands, trade = read_brands(), read_trade(SOURCE)
    for path in sorted(SOURCE.glob("*.toml")):
        if path.name in _TABLES:
            continue
        for family in tomllib.loads(path.read_text(encoding="utf-8"))["family"]:
            _expect(
                set(family) <= _FAMILY_KEYS and family["kind"] in KINDS, path.name, str(family.get("path"))
            )
            for item in family["item"]:
                yield _good(family, item, brands, trade)


def _good(family: dict[str, Any], item: dict[str, Any], brands: Mapping[str, Brand], trade: Trade) -> Good:
    """Put a family and one of its items together."""
    name, brand = item["name"], brands[item["brand"]]
    _expect(set(item) <= _ITEM_KEYS, name, "unknown key")
    words = [*(word if word != "-" else "" for word in item["draw"].split()), "", ""][:4]
    colours = tuple(item.get("colours", ()))
    _expect(all(colour in NAMED for colour in (*colours, *words[:2])), name, "unknown colour")
    _expect(not colours or colours[0] == words[0], name, "the first colour is the one drawn first")
    listed = item.get("was")
    joined = {**family["attributes"], **item.get("attributes", {})}
    return Good(
        brand=brand,
        kind=family["kind"],
        path=tuple(family["path"]),
        title=f"{brand.zh} {name}",
        title_en=f"{brand.en} {item['en']}",
        subtitle=item["sub"],
        description=item["say"] + family["text"],
        description_en=f"{item['say_en']} {family['text_en']}",
        price_fen=round(item["price"] * 100),
        list_price_fen=None if listed is None else round(listed * 100),
        colours=colours,
        options=tuple((key, tuple(map(_choice, labels))) for key, labels in item.get("options", {}).items()),
        attributes={key: tuple(values) for key, values in joined.items()},
        draw=(words[0], words[1], words[2], words[3]),
        trade=trade,
    )


def _choice(text: str) -> Choice:
    """Read an option's value and its surcharge."""
    found = _EXTRA.match(text)
    if found is None:
        raise ValueError(text)
    return Choice(found["label"], int(found["yuan"] or 0) * 100)


def _expect(holds: object, where: str, problem: str) -> None:
    """Raise ValueError unless `holds`."""
    if not holds:
        raise ValueError(f"{where}: {problem}")
