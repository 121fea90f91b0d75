"""The catalogue as rows of a catalogue file, in the shape that an import takes."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection
from django.db.models import Q

from mingpu.catalog.models import Product
from mingpu.catalog.options import OptionAxis, in_order
from mingpu.catalog.rich_text import has_markup
from mingpu.catalog.rules import GOODS, TAKEN_OFF
from mingpu.lib.money import plain_yuan

PAGE: Final = 1000  # products to a statement
COLUMNS: Final = (
    "id", "source", "external_id", "title", "title_en", "subtitle", "brand", "category", "merchant", "kind", "real_name",
    "not_for_sale", "price_fen", "sales", "attributes", "axes", "images", "description", "description_html",
    "description_en", "published_from", "published_until",
)  # fmt: skip
SKUS: Final = """
SELECT product_id, code, options, price_fen, list_price_fen, stock, grams, face_fen, barcode FROM catalog_sku
WHERE product_id = ANY(%s::uuid[]) ORDER BY product_id, position, code
"""


@dataclass(frozen=True, slots=True)
class Selection:
    """Which products: of one merchant, below a category path, of a brand, on sale only; "" and () are all."""

    merchant: str = ""
    category: tuple[str, ...] = ()
    brand: str = ""
    on_sale: bool = False

    @property
    def condition(self) -> Q:
        """The same for a query."""
        wanted = Q()
        if self.merchant:
            wanted &= Q(merchant=self.merchant)
        if self.category:
            wanted &= Q(**{f"category__{place}": name for place, name in enumerate(self.category)})
        if self.brand:
            wanted &= Q(brand=self.brand)
        return wanted & Q(for_sale=True) if self.on_sale else wanted


def count_items(selection: Selection) -> int:
    """Return how many products are selected."""
    return Product.objects.filter(selection.condition).count()


def feed_rows(selection: Selection) -> Iterator[dict[str, Any]]:
    """Yield products as an import takes them, in the order of source and id; two statements for a thousand.

    Prices are yuan as text, weights grams, pictures the names they are kept under; what says nothing is left out.
    `stock` is what there is now and `stock_seen` the same, so that what is sold before the file comes back stays sold.
    """
    rows = Product.objects.filter(selection.condition).order_by("source", "external_id")
    last: tuple[str, str] | None = None
    while True:
        after = Q(source__gt=last[0]) | Q(source=last[0], external_id__gt=last[1]) if last else Q()
        page = list(rows.filter(after).values(*COLUMNS)[:PAGE])
        skus = _skus_of([row["id"] for row in page if row["price_fen"] is not None])
        for row in page:
            yield _item(row, skus.get(row["id"], []))
        if len(page) < PAGE:
            return
        last = (page[-1]["source"], page[-1]["external_id"])


def _skus_of(ids: Sequence[Any]) -> dict[Any, list[tuple[Any, ...]]]:
    found: dict[Any, list[tuple[Any, ...]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(SKUS, [list(ids)])
        for product_id, *values in cursor.fetchall():
            found.setdefault(product_id, []).append(tuple(values))
    return found


def _item(row: Mapping[str, Any], skus: Sequence[tuple[Any, ...]]) -> dict[str, Any]:
    axes = [OptionAxis(name, tuple(values)) for name, values in row["axes"]]
    rich = row["description_html"]
    told = {
        "source": row["source"],
        "external_id": row["external_id"],
        "title": row["title"],
        "title_en": row["title_en"],
        "subtitle": row["subtitle"],
        "brand": row["brand"],
        "category_path": row["category"],
        "merchant": row["merchant"],
        "kind": "" if row["kind"] == GOODS else row["kind"],
        "real_name": row["real_name"],
        "price": "0" if row["not_for_sale"] == "zero_price" else "",
        "skus": [_variant(sku, axes) for sku in skus],
        "axes": {axis.name: list(axis.values) for axis in axes},
        "sales": row["sales"],
        "attributes": row["attributes"],
        "images": row["images"],
        "description": rich if has_markup(rich) else row["description"],
        "description_en": row["description_en"],
        "published_from": row["published_from"] and row["published_from"].isoformat(),
        "published_until": row["published_until"] and row["published_until"].isoformat(),
    }
    said = {name: value for name, value in told.items() if value}
    return {**said, "on_sale": False} if row["not_for_sale"] == TAKEN_OFF else said


def _variant(sku: tuple[Any, ...], axes: Sequence[OptionAxis]) -> dict[str, Any]:
    code, written, price, list_price, stock, grams, face, barcode = sku
    options = json.loads(written)
    told = {
        "sku": code,
        "options": in_order(options, axes),
        "price": plain_yuan(price),
        "list_price": list_price and plain_yuan(list_price),
        "stock": stock,
        "stock_seen": stock,
        "weight": grams,
        "face": face and plain_yuan(face),
        "barcode": barcode,
    }
    return {name: value for name, value in told.items() if value or name in {"stock", "stock_seen"}}
