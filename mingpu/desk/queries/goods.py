"""A merchant's own articles as its staff keep them: nobody's data, so no purpose is needed to look."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db.models import F, Q, Sum

from mingpu.catalog.models import Product, Sku
from mingpu.catalog.publication import REASONS, standing, written
from mingpu.catalog.queries import shelves_of, warehouses_of
from mingpu.catalog.rich_text import paragraphs
from mingpu.catalog.rules import GOODS, NOT_FOR_SALE, TAKEN_OFF, UNKNOWN_REASON, in_language
from mingpu.catalog.warehouses import WarehouseInfo
from mingpu.lib.clock import now
from mingpu.lib.text import Text, current_language
from mingpu.orders.models import Line, Part

PAGE_SIZE: Final = 20
ALL, ON, OFF = "", "on", "off"


@dataclass(frozen=True, slots=True)
class OwnShelf:
    """How many pieces of a variant lie in a warehouse, those promised to buyers included."""

    warehouse: str
    name: Text
    pieces: int


@dataclass(frozen=True, slots=True)
class OwnSku:
    """One variant; price in fen, pieces in stock. shelves: () where its shop has no warehouses."""

    sku: str
    options: Mapping[str, str]
    price_fen: int
    stock: int
    shelves: tuple[OwnShelf, ...] = ()


@dataclass(frozen=True, slots=True)
class OwnProduct:
    """One article with its variants. why: what keeps it from being sold, None when it is sold.

    begins, ends: when it is shown, as a form holds it; "" for always.
    """

    id: UUID
    title: str
    for_sale: bool
    why: Text | None
    can_return: bool
    skus: tuple[OwnSku, ...]
    begins: str = ""
    ends: str = ""


@dataclass(frozen=True, slots=True)
class OwnProducts:
    """A page of a merchant's articles."""

    items: tuple[OwnProduct, ...]
    total: int
    page: int
    page_size: int


@dataclass(frozen=True, slots=True)
class OwnDescription:
    """What an article's page says of it. written: as it was typed, html: as it is shown, safe markup."""

    id: UUID
    title: str
    written: str
    html: str


def own_description(*, merchant: str, product_id: UUID) -> OwnDescription | None:
    """Return what the page of a merchant's article says; None for one that is not theirs. One statement."""
    columns = ("title", "title_en", "description", "description_html")
    row = Product.objects.filter(id=product_id, merchant=merchant).values(*columns).first()
    if row is None:
        return None
    title = in_language(current_language(), row["title"], row["title_en"])
    markup, text = row["description_html"], row["description"]
    return OwnDescription(product_id, title, markup or text, markup or paragraphs(text))


def own_products(
    *, merchant: str, words: str = "", sale: str = ALL, page: int = 1, page_size: int = PAGE_SIZE
) -> OwnProducts:
    """Return a page of a merchant's articles by title, on sale or off it; five statements at most.

    words: part of a title or the whole code of a SKU. sale: on, off, or "" for both.
    """
    own = Product.objects.filter(merchant=merchant)
    if sale:
        own = own.filter(for_sale=sale == ON)
    if words:
        codes = Sku.objects.filter(code__in=(words, words.upper()), product__merchant=merchant).values(
            "product_id"
        )
        own = own.filter(Q(title__icontains=words) | Q(title_en__icontains=words) | Q(id__in=codes))
    total = own.count()
    columns = (
        "id",
        "title",
        "title_en",
        "for_sale",
        "not_for_sale",
        "price_fen",
        "published_from",
        "published_until",
    )
    rows = list(own.order_by("title", "id").values(*columns)[(page - 1) * page_size : page * page_size])
    return OwnProducts(tuple(_products(rows, warehouses_of(merchant))), total, page, page_size)


def promised(merchant: str) -> dict[str, int]:
    """Return what of a merchant's goods is sold and not yet packed: SKU -> pieces; inside the merchant's block."""
    alive = Part.objects.filter(merchant=merchant, ended_at=None).values("order_no")
    rows = Line.objects.filter(merchant=merchant, kind=GOODS, order_no__in=alive, quantity__gt=F("sent"))
    return dict(rows.values_list("sku").annotate(pieces=Sum(F("quantity") - F("sent"))))


def _products(rows: list[Any], warehouses: Sequence[WarehouseInfo]) -> Iterator[OwnProduct]:
    skus: dict[UUID, list[OwnSku]] = {}
    named = Sku.objects.filter(product_id__in=[row["id"] for row in rows]).order_by("position", "code")
    variants = list(named.values("product_id", "code", "options", "price_fen", "stock"))
    lying = shelves_of([sku["code"] for sku in variants]) if warehouses else {}
    for sku in variants:
        found = skus.setdefault(sku["product_id"], [])
        there = lying.get(sku["code"])
        shelves = (
            () if there is None else [OwnShelf(it.code, it.name, there.get(it.code, 0)) for it in warehouses]
        )
        found.append(OwnSku(sku["code"], sku["options"], sku["price_fen"], sku["stock"], tuple(shelves)))
    for row in rows:
        state = standing(row["published_from"], row["published_until"], now())
        why = REASONS[state] if state else NOT_FOR_SALE.get(row["not_for_sale"], UNKNOWN_REASON)
        yield OwnProduct(
            id=row["id"],
            title=in_language(current_language(), row["title"], row["title_en"]),
            for_sale=row["for_sale"],
            why=None if row["for_sale"] and not state else why,
            can_return=row["not_for_sale"] == TAKEN_OFF and row["price_fen"] is not None,
            skus=tuple(skus.get(row["id"], ())),
            begins=written(row["published_from"]),
            ends=written(row["published_until"]),
        )
