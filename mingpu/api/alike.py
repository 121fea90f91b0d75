"""Products beside products, as JSON: what is like one, and several side by side."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from mingpu.api.base import only, whole
from mingpu.api.product_json import card_json, product_json
from mingpu.api.product_shapes import ProductDetail, ProductItem
from mingpu.catalog.comparison import MOST, compare
from mingpu.catalog.queries import compared, shown_product
from mingpu.lib.errors import Invalid, NotFound
from mingpu.lib.text import Text
from mingpu.search.related import related_to

RELATED = 12
router = Router(tags=["catalogue"])


class RelatedList(Schema):
    """Products like another, what can be had now first."""

    total: int
    items: list[ProductItem]
    page: int
    page_size: int


class CompareRowOut(Schema):
    """One attribute across products, in their order: a list of values for each, empty where it has none."""

    name: str
    label: str
    cells: list[list[str]]
    differs: bool


class ComparisonOut(Schema):
    """Up to four products side by side."""

    items: list[ProductDetail]
    rows: list[CompareRowOut]


class CompareQuery(Schema):
    """ids: of up to four products, joined by commas."""

    ids: str = Field(min_length=1, max_length=40 * MOST)


@router.get("/products/compare", auth=None, response=ComparisonOut, summary="Compare products")
def compare_products(request: HttpRequest, asked: Query[CompareQuery]) -> dict[str, Any]:
    """Return products side by side, in the reader's language; what is not shown is left out. Nothing is kept."""
    only(request, *CompareQuery.model_fields)
    products = compared(_ids(asked.ids))
    rows = [{**asdict(row), "differs": row.differs} for row in compare(products)]
    return {"items": [product_json(it) for it in products], "rows": rows}


@router.get(
    "/products/{uuid:product_id}/related", auth=None, response=RelatedList, summary="Products like one"
)
def related_products(request: HttpRequest, product_id: UUID) -> dict[str, Any]:
    """Return what is like a product by what it is: category, words of the title, brand, price. 404 for an unknown id."""
    only(request)
    it = shown_product(product_id)
    if it is None:
        raise NotFound
    return whole([card_json(card) for card in related_to(it, most=RELATED)])


def _ids(written: str) -> list[UUID]:
    """Return the ids of an address. Raises Invalid for what is none, and for too many."""
    try:
        found = [UUID(it) for it in written.split(",")]
    except ValueError:
        raise Invalid(field="ids", problem=Text("应为商品编号", "ids of products")) from None
    if len(found) > MOST:
        raise Invalid(field="ids", problem=Text(f"最多 {MOST} 件", f"{MOST} at most"))
    return found
