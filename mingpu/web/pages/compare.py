"""Products side by side. The choice lives in the address and in the page's own session; nothing is kept here."""

from collections.abc import Iterable, Sequence
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.http import require_safe

from mingpu.catalog.comparison import MOST, CompareRow, compare
from mingpu.catalog.labels import brand_label, name_label, value_label
from mingpu.catalog.queries import ProductPage, compared
from mingpu.search.related import related_to
from mingpu.web.addresses import long_id, product_url, short_id
from mingpu.web.pages.lines import shop_name

OFFERED: Final = 4  # likes to be added
LONGEST: Final = 400  # characters of an address that are looked at


@require_safe
def compare_page(request: HttpRequest) -> HttpResponse:
    """GET /compare?ids=<short id>,…&only=differences -> up to four products side by side."""
    products = compared(_ids(request.GET.get("ids", "")))
    keys = [it.id for it in products]
    only = request.GET.get("only") == "differences" and len(products) > 1
    rows = [_row(row) for row in compare(products) if row.differs or not only]
    facts = {
        "items": [_item(it, keys) for it in products], "rows": rows, "only": only, "most": MOST,
        "all_url": address(keys), "differences_url": f"{address(keys)}&only=differences",
        "chosen": ",".join(short_id(key) for key in keys), "offered": _offered(products, keys),
    }  # fmt: skip
    return render(request, "compare.html", facts)


def address(ids: Iterable[UUID]) -> str:
    """Return the address of a comparison."""
    chosen = ",".join(short_id(key) for key in ids)
    return f"{reverse('compare')}?ids={chosen}" if chosen else reverse("compare")


def _ids(written: str) -> list[UUID]:
    """Return the ids in an address, in either spelling; what is none is left out."""
    return [key for it in written[:LONGEST].split(",") if (key := long_id(it) or _uuid(it)) is not None]


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _item(it: ProductPage, keys: Sequence[UUID]) -> dict[str, Any]:
    return {
        "id": it.id, "title": it.title, "url": product_url(it.id, it.title), "image": next(iter(it.images), ""),
        "price_from_fen": it.price_from_fen, "price_to_fen": it.price_to_fen, "in_stock": it.in_stock,
        "brand": brand_label(it.brand), "shop": shop_name(it.merchant), "not_for_sale": it.not_for_sale,
        "remove_url": address(key for key in keys if key != it.id),
    }  # fmt: skip


def _row(row: CompareRow) -> dict[str, Any]:
    label = row.label if row.label != row.name else name_label(row.name)
    return {
        "label": label, "differs": row.differs,
        "cells": [[value_label(value) for value in cell] for cell in row.cells],
    }  # fmt: skip


def _offered(products: Sequence[ProductPage], keys: Sequence[UUID]) -> list[dict[str, Any]]:
    """Return what is like the first product, each with the address that adds it; nothing where four are chosen."""
    if not products or len(products) >= MOST:
        return []
    likes = [card for card in related_to(products[0], most=OFFERED + MOST) if card.id not in keys]
    return [
        {"title": card.title, "price_fen": card.price_fen, "add_url": address([*keys, card.id])}
        for card in likes[:OFFERED]
    ]


urlpatterns = [path("compare", compare_page, name="compare")]
