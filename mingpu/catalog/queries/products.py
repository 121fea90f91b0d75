"""Products as pages, lists, carts and the text index read them."""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from uuid import UUID

from django.db import connection

from mingpu.catalog.attributes import Definitions, facets_of
from mingpu.catalog.barcodes import spellings
from mingpu.catalog.cache import ProductShelf, Shelf
from mingpu.catalog.models import SHOWN, Product
from mingpu.catalog.options import OptionAxis, axes_of, in_order
from mingpu.catalog.pictures import address
from mingpu.catalog.publication import OVER, REASONS, SOON, standing
from mingpu.catalog.queries.structure import brand_aliases, structure
from mingpu.catalog.queries.watching import watch
from mingpu.catalog.rich_text import paragraphs
from mingpu.catalog.rules import NOT_FOR_SALE, UNKNOWN_REASON, in_language, offered
from mingpu.catalog.views import Card, Listing, ProductPage, SkuInfo, SkuView
from mingpu.lib.clock import now
from mingpu.lib.text import Text, current_language

PAGE_COLUMNS = (
    "id", "title", "title_en", "subtitle", "brand", "category", "images", "for_sale", "description",
    "description_en", "description_html", "attributes", "measures", "axes", "not_for_sale", "sales", "listed_at", "merchant", "kind", "real_name",
    "published_from", "published_until",
)  # fmt: skip
# What everybody reads all day is written out: building such a statement anew takes longer than running it.
PRODUCTS = f"SELECT {', '.join(PAGE_COLUMNS)} FROM catalog_product WHERE id = ANY(%s::uuid[])"  # noqa: S608 -- our own names
SKUS = """
SELECT price_fen, stock, position, code, list_price_fen, grams, face_fen, lowest_fen,
       CASE WHEN price_since > now() - interval '30 days' THEN earlier_fen END, barcode, options, product_id FROM catalog_sku
WHERE product_id = ANY(%s::uuid[]) ORDER BY position, code
"""
# A list's products come in one statement, each with the SKU that `rules.offered` would choose.
CARDS = f"""
SELECT p.id, p.title, p.title_en, p.subtitle, p.brand, p.category, p.images, s.code, s.price_fen,
       s.list_price_fen, s.stock, p.merchant, p.kind,
       CASE WHEN s.price_since > now() - interval '30 days' THEN s.earlier_fen END
FROM catalog_product p LEFT JOIN LATERAL (
    SELECT code, price_fen, list_price_fen, stock, price_since, earlier_fen FROM catalog_sku
    WHERE product_id = p.id AND p.for_sale ORDER BY (stock <= 0), price_fen, position, code LIMIT 1
) s ON true WHERE p.id = ANY(%s::uuid[]) AND {SHOWN}
"""  # noqa: S608 -- our own words
NAMED_SKUS = f"""
SELECT s.code, s.product_id, s.options, s.price_fen, s.stock, p.title, p.title_en, p.images, p.for_sale AND {SHOWN},
       p.merchant, p.kind, p.real_name, p.brand, p.category, s.grams, s.face_fen,
       CASE WHEN p.published_from > now() THEN '{SOON}' WHEN p.published_until <= now() THEN '{OVER}' ELSE '' END
FROM catalog_sku s JOIN catalog_product p ON p.id = s.product_id WHERE s.code = ANY(%s::text[])
"""  # noqa: S608 -- our own words
_CARD_BYTES, _CARDS = 1500, 20_000  # about what one takes, and how many are kept
_ROW_BYTES = 6000


_rows: ProductShelf[dict[str, Any]] = ProductShelf(watch, entries=5000, size=5000 * _ROW_BYTES)
_paths: Shelf[str, list[tuple[str, ...]]] = Shelf(watch, entries=1, size=1_000_000)
_cards: ProductShelf[Card] = ProductShelf(watch, entries=_CARDS, size=_CARDS * _CARD_BYTES)


def cards(ids: Iterable[UUID | str], language: str | None = None) -> list[Card]:
    """Return products as list entries, in the order asked for; unknown ids are left out.

    language: the reader's by default. One statement for all that are not kept in this process.
    """
    asked = [str(it) for it in ids]
    speech = language or current_language()
    seen = watch.number()
    found = {it: card for it in asked if (card := _cards.get((it, speech)))}
    missing = [it for it in asked if it not in found]
    if missing:
        for card in _read_cards(missing, speech):
            found[str(card.id)] = card
            _cards.put((str(card.id), speech), card, size=_CARD_BYTES, seen=seen)
    return [found[it] for it in asked if it in found]


def product(product_id: UUID, language: str | None = None) -> ProductPage | None:
    """Return everything a product's page shows; None for an unknown id.

    language: the reader's by default. Prices and stock are read now; one statement, and one more for a
    product not kept in this process.
    """
    key = (str(product_id), "")
    row = _rows.get(key)
    if row is None:
        seen = watch.number()
        row = next(_products_of([product_id]), None)
        if row is None:
            return None
        _rows.put(key, row, size=_ROW_BYTES + 3 * len(row["description"]), seen=seen)
    skus = _skus_of([product_id]).get(product_id, []) if row["for_sale"] and not _standing(row) else []
    return _page(row, skus, language or current_language())


def skus(codes: Iterable[str]) -> dict[str, SkuInfo]:
    """Return SKUs by code with today's price and stock, read now, in one statement; unknown codes are left out."""
    speech = current_language()
    return {
        code: SkuInfo(
            code, product_id, in_language(speech, zh, en), json.loads(options), price, stock,
            _image(json.loads(images)), for_sale, merchant, kind, real_name, brand, tuple(category), grams, face, state,
        )
        for (
            code, product_id, options, price, stock, zh, en, images, for_sale, merchant, kind, real_name, brand,
            category, grams, face, state,
        ) in _read(NAMED_SKUS, list(codes))
    }  # fmt: skip


def listings(ids: Sequence[UUID]) -> Iterator[Listing]:
    """Yield products for the text index; what is not shown now is left out.

    Three statements for all of `ids`, and one to see whether what attributes mean has changed.
    """
    watch.look_again()  # the index keeps what it is told, so it must be told what holds this moment
    skus, definitions = _skus_of(ids), structure().definitions
    rows = [row for row in _products_of(ids) if not _standing(row)]
    aliases = brand_aliases(row["brand"] for row in rows if row["brand"])
    for row in rows:
        yield _listing(row, skus.get(row["id"], []), aliases.get(row["brand"], ()), definitions)


def brands(source: str) -> list[str]:
    """Return the brands of the products from one source, sorted."""
    rows = Product.objects.filter(source=source).exclude(brand="")
    return sorted(rows.values_list("brand", flat=True).distinct())


def category_paths() -> list[tuple[str, ...]]:
    """Return every category path that a product has, each once; kept in this process, else one statement."""
    kept = _paths.get("")
    if kept is None:
        seen = watch.number()
        kept = [tuple(it) for it in Product.objects.values_list("category", flat=True).distinct()]
        _paths.put("", kept, size=len(kept), seen=seen)
    return kept


def changed_since(since: int) -> list[UUID]:
    """Return the ids of products that changed after the catalogue had the number `since`, in order of id."""
    return list(Product.objects.filter(changed__gt=since).order_by("id").values_list("id", flat=True))


def _read(statement: str, keys: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, [list(keys)])
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _read_cards(ids: list[str], language: str) -> Iterator[Card]:
    rows = _read(CARDS, ids)
    for (
        key,
        zh,
        en,
        subtitle,
        brand,
        category,
        images,
        code,
        price,
        list_price,
        stock,
        merchant,
        kind,
        earlier,
    ) in rows:
        yield Card(
            id=key, title=in_language(language, zh, en), subtitle=_beside(language, subtitle, en), brand=brand, category=tuple(category),
            sku=code or "", price_fen=price, list_price_fen=list_price, image=_image(json.loads(images)),
            in_stock=bool(stock), for_sale=code is not None, merchant=merchant, kind=kind, earlier_fen=earlier,
        )  # fmt: skip


def _products_of(ids: Sequence[UUID]) -> Iterator[dict[str, Any]]:
    """Yield the products there are, by PAGE_COLUMNS."""
    for values in _read(PRODUCTS, ids):
        row = dict(zip(PAGE_COLUMNS, values, strict=True))
        row |= {name: json.loads(row[name]) for name in ("images", "attributes", "measures", "axes")}
        yield row


def _skus_of(ids: Sequence[UUID]) -> dict[UUID, list[tuple[Any, ...]]]:
    """Return the SKUs of products in order of position: the columns of SKUS, without whose they are."""
    found: dict[UUID, list[tuple[Any, ...]]] = {}
    for *values, options, product_id in _read(SKUS, ids):
        found.setdefault(product_id, []).append((*values, json.loads(options)))
    return found


def _page(row: dict[str, Any], skus: list[tuple[Any, ...]], language: str) -> ProductPage:
    prices = [sku[0] for sku in skus]
    axes, english = _axes(row, skus), language == "en" and row["description_en"]
    state = _standing(row)
    reason = REASONS[state] if state else NOT_FOR_SALE.get(row["not_for_sale"], UNKNOWN_REASON)
    return ProductPage(
        id=row["id"],
        title=in_language(language, row["title"], row["title_en"]),
        subtitle=_beside(language, row["subtitle"], row["title_en"]),
        description=in_language(language, row["description"], row["description_en"]),
        brand=row["brand"],
        category=tuple(row["category"]),
        attributes={name: tuple(values) for name, values in row["attributes"].items()},
        images=tuple(address(name) for name in row["images"]),
        skus=tuple(
            SkuView(
                code, in_order(options, axes), price, list_price, stock, grams, face, barcode, lowest, earlier
            )
            for price, stock, _, code, list_price, grams, face, lowest, earlier, barcode, options in skus
        ),
        price_from_fen=min(prices, default=None),
        price_to_fen=max(prices, default=None),
        sales=row["sales"],
        listed_at=row["listed_at"],
        for_sale=bool(skus),
        not_for_sale=None if skus else reason,
        merchant=row["merchant"],
        kind=row["kind"],
        real_name=row["real_name"],
        names=Text(row["title"], row["title_en"] or row["title"]),
        description_html=paragraphs(english)
        if english
        else row["description_html"] or paragraphs(row["description"]),
        specs=structure().specs(row["attributes"], row["measures"], row["category"], language),
        options=axes,
        standing=state,
        published_until=row["published_until"],
    )


def _standing(row: dict[str, Any]) -> str:
    return standing(row["published_from"], row["published_until"], now())


def _axes(row: dict[str, Any], skus: list[tuple[Any, ...]]) -> tuple[OptionAxis, ...]:
    """Return the axes as they were taken in, and behind them what SKUs have beyond them."""
    return axes_of((sku[-1] for sku in skus), dict(row["axes"]))


def _listing(
    row: dict[str, Any], skus: list[tuple[Any, ...]], aliases: tuple[str, ...], definitions: Definitions
) -> Listing:
    named = [*row["attributes"].items(), *((axis.name, axis.values) for axis in _axes(row, skus))]
    shown = offered(skus) if row["for_sale"] else None
    words = [*(f"{name} {' '.join(values)}" for name, values in row["attributes"].items()), row["subtitle"]]
    return Listing(
        product_id=str(row["id"]),
        title=f"{row['title']} {row['title_en']}".strip(),
        brand=row["brand"],
        category=tuple(row["category"]),
        attributes_text="\n".join(words),
        price_fen=shown[0] if shown else None,
        in_stock=bool(shown and shown[1] > 0),
        sales=row["sales"],
        listed_at=int(row["listed_at"].timestamp()),
        skus=tuple(code for sku in skus for code in (sku[3], *(spellings(sku[-2]) if sku[-2] else ()))),
        merchant=row["merchant"],
        brand_aliases=aliases,
        facets=facets_of(named, definitions, row["category"]),
    )


def _beside(language: str, subtitle: str, title_en: str) -> str:
    """Return the subtitle; none beside an English title, as it is Chinese."""
    return "" if language == "en" and title_en else subtitle


def _image(names: list[str]) -> str:
    return address(names[0]) if names else ""
