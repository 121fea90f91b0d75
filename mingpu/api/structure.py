"""What the catalogue is made of, as JSON: the tree of categories, the brands."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Field, Query, Router, Schema

from mingpu.api.answer import Answer
from mingpu.api.base import only
from mingpu.catalog.queries.structure import brand_counts, brand_page, category_counts, structure
from mingpu.catalog.structure import BrandView
from mingpu.catalog.tree import Category
from mingpu.lib.text import current_language
from mingpu.search.rules import MAX_PAGE, MAX_PAGE_SIZE, MAX_QUERY

router = Router(tags=["catalogue"])


class CategoryItem(Schema):
    """A category and those below it, in order.

    value: what lists filter by. slug: its name in addresses. name: for the reader; zh and en: in both languages, en ""
    where there is none. count: products it and what is below it shows, up to a minute old.
    """

    value: str
    slug: str
    name: str
    zh: str
    en: str
    count: int
    below: list["CategoryItem"]


class CategoryTree(Schema):
    """All categories, of three levels at most."""

    items: list[CategoryItem]


class BrandItem(Schema):
    """A brand. name: what lists filter by; label: for the reader; aliases: how else it is written; count: as for categories."""

    name: str
    label: str
    en: str
    slug: str
    aliases: list[str]
    count: int


class BrandList(Schema):
    """A page of brands, in the order of their addresses."""

    total: int
    items: list[BrandItem]
    page: int
    page_size: int


class BrandQuery(Schema):
    """Which brands to list. q: part of a name, or another spelling."""

    q: str = Field("", max_length=MAX_QUERY)
    page: int = Field(1, ge=1, le=MAX_PAGE)
    page_size: int = Field(50, ge=1, le=MAX_PAGE_SIZE)


@router.get("/categories", auth=None, response=CategoryTree, summary="The tree of categories")
def categories(request: HttpRequest) -> HttpResponse:
    """Return all categories with how many products each shows."""
    only(request)
    counts = category_counts()
    return Answer({"items": [category_json(it, counts) for it in structure().tree.roots]}).to(request)


@router.get("/brands", auth=None, response=BrandList, summary="List brands")
def brands(request: HttpRequest, asked: Query[BrandQuery]) -> HttpResponse:
    """Return a page of brands with how many products each shows."""
    only(request, *BrandQuery.model_fields)
    found, counts = (
        brand_page(words=asked.q.strip(), page=asked.page, page_size=asked.page_size),
        brand_counts(),
    )
    body = {
        "total": found.total,
        "items": [brand_json(it, counts) for it in found.items],
        "page": asked.page,
        "page_size": asked.page_size,
    }
    return Answer(body).to(request)


def category_json(it: Category, counts: Mapping[str, int]) -> dict[str, Any]:
    """Return a category with those below it as the `CategoryItem` it is."""
    name = it.row.en if current_language() == "en" and it.row.en else it.row.zh
    return {
        "value": it.value, "slug": it.row.slug, "name": name, "zh": it.row.zh, "en": it.row.en,
        "count": counts.get(it.value, 0), "below": [category_json(one, counts) for one in it.below],
    }  # fmt: skip


def brand_json(it: BrandView, counts: Mapping[str, int]) -> dict[str, Any]:
    """Return a brand as the `BrandItem` it is."""
    return {
        "name": it.name, "label": it.label, "en": it.en, "slug": it.slug, "aliases": it.aliases,
        "count": counts.get(it.name, 0),
    }  # fmt: skip
