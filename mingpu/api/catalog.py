"""Products as JSON.

The two reads that everybody makes answer with bytes kept ready. They hold public data alone, the same for
every caller; whoever asks for the first time goes the long way and leaves the bytes behind.
"""

import secrets
from collections.abc import Callable
from dataclasses import replace
from hashlib import blake2b
from typing import Any, Literal, cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Field, Query, Router, Schema
from ninja.decorators import decorate_view

from mingpu.api.answer import ANSWERED, Answer
from mingpu.api.base import only
from mingpu.api.product_json import list_json, product_json
from mingpu.api.product_shapes import ProductDetail, ProductList
from mingpu.catalog.cache import ProductShelf, Shelf
from mingpu.catalog.naming import path_value
from mingpu.catalog.queries import shown_product, watch
from mingpu.catalog.queries.structure import brand_named, structure
from mingpu.lib.errors import Invalid, NotFound
from mingpu.lib.requests import MallRequest
from mingpu.lib.text import Text, current_language
from mingpu.personalise.services import note_view
from mingpu.search.queries import search_products
from mingpu.search.rules import (
    ATTRIBUTE,
    MAX_ATTRIBUTES,
    MAX_FEN,
    MAX_PAGE,
    MAX_PAGE_SIZE,
    MAX_QUERY,
    SearchQuery,
    attribute_filters,
)
from mingpu.search.services import count_search, note_search

View = Callable[..., HttpResponse]

router = Router(tags=["catalogue"])
SEARCH_SECONDS = 60.0  # answers to words somebody typed are kept no longer, and under a keyed hash of them
_MB = 1 << 20

_lists: Shelf[tuple[str, str], Answer] = Shelf(watch, entries=5000, size=48 * _MB, from_index=True)
_searches: Shelf[bytes, Answer] = Shelf(
    watch, entries=2000, size=16 * _MB, seconds=SEARCH_SECONDS, from_index=True
)
_products: ProductShelf[Answer] = ProductShelf(watch, entries=10_000, size=48 * _MB)
_hashing = secrets.token_bytes(32)


class ProductQuery(Schema):
    """What to list. Prices in fen, both ends included; category as the facet spells it (`居家/床品件套`).

    merchant: a shop's code. exact: take the words as they are typed, mend and recognise nothing. Beside these,
    `attr.<name>=<value>` filters by an attribute; it may be repeated.
    """

    q: str = Field("", max_length=MAX_QUERY)
    category: str | None = Field(None, min_length=1, max_length=MAX_QUERY)
    brand: str | None = Field(None, min_length=1, max_length=MAX_QUERY)
    merchant: str | None = Field(None, min_length=1, max_length=MAX_QUERY)
    min_price_fen: int | None = Field(None, ge=0, le=MAX_FEN)
    max_price_fen: int | None = Field(None, ge=0, le=MAX_FEN)
    in_stock: bool = False
    exact: bool = False
    sort: Literal["relevance", "price", "-price", "sales", "new"] = "relevance"
    page: int = Field(1, ge=1, le=MAX_PAGE)
    page_size: int = Field(24, ge=1, le=MAX_PAGE_SIZE)


def list_kept(run: View) -> View:
    """Answer a list from the bytes kept, else by `run`; then note or count what was searched for."""

    def view(request: HttpRequest, **path: Any) -> HttpResponse:
        asked = current_language(), request.META.get("QUERY_STRING", "")
        kept = _kept_list(*asked)
        response = run(request, **path) if kept is None else kept.to(request)
        if response.status_code in ANSWERED:
            _note(request, kept or _kept_list(*asked))
        return response

    return view


def product_kept(run: View) -> View:
    """Answer a product from the bytes kept, else by `run`; then note what a person looked at, who agreed to it."""

    def view(request: HttpRequest, product_id: str) -> HttpResponse:
        kept = _products.get((product_id, current_language()))
        response = run(request, product_id=product_id) if kept is None else kept.to(request)
        person_id = cast("MallRequest", request).person_id
        if person_id and response.status_code in ANSWERED:
            note_view(person_id=person_id, product_id=UUID(product_id))
        return response

    return view


BY_ATTRIBUTE = {
    "name": "attr.{name}", "in": "query", "required": False,
    "description": "A value of the attribute {name}, such as `attr.颜色=米白`; of several values of one any will do.",
    "schema": {"type": "array", "items": {"type": "string", "maxLength": MAX_QUERY}, "maxItems": MAX_ATTRIBUTES},
}  # fmt: skip


@router.get(
    "/products", auth=None, response=ProductList, summary="List or search products",
    openapi_extra={"parameters": [BY_ATTRIBUTE]},
)  # fmt: skip
@decorate_view(list_kept)
def products(request: HttpRequest, asked: Query[ProductQuery]) -> HttpResponse:
    """Return products that fit, in the reader's language, with facets over all hits.

    A category or a brand is also found by what it was called before and how else it is written.
    """
    filters = _attributes(request)
    language, words, seen = current_language(), request.META.get("QUERY_STRING", ""), watch.number()
    query = SearchQuery(**asked.dict(), attributes=filters)
    found = search_products(query)
    if not found.total and (now := _as_called_now(query)) != query:
        query, found = now, search_products(now)
    answer = Answer(list_json(found), counted=(found.corrected_query or query.q) if found.total else "")
    size = len(answer.body)
    if _has_words(words):
        _searches.put(_hidden(language, words), answer, size=size, seen=seen)
    else:
        _lists.put((language, words), answer, size=size + len(words), seen=seen)
    return answer.to(request)


@router.get("/products/{product_id}", auth=None, response=ProductDetail, summary="Show a product")
@decorate_view(product_kept)
def show_product(request: HttpRequest, product_id: str) -> HttpResponse:
    """Return everything a product's page shows, in the reader's language. 404 for an unknown id, 410 for what is over."""
    only(request)
    key, seen = _uuid(product_id), watch.number()
    it = shown_product(key) if key else None
    if key is None or it is None:
        raise NotFound
    answer = Answer(product_json(it))
    if it.published_until is None:  # what has an end is not shown a second beyond it
        _products.put((str(key), current_language()), answer, size=len(answer.body), seen=seen)
    return answer.to(request)


def _as_called_now(query: SearchQuery) -> SearchQuery:
    """Return a query with its category and brand under the names they have now."""
    category, brand = query.category, query.brand
    if category:
        written = [name.replace("／", "/") for name in category.split("/")]
        category = path_value(structure().tree.resolve(written))
    if brand and (known := brand_named(brand)):
        brand = known.name
    return replace(query, category=category, brand=brand)


def _attributes(request: HttpRequest) -> tuple[tuple[str, str], ...]:
    """Return the attributes to filter by. Raises Invalid for a parameter the call does not know, or too many."""
    named = [it for it in request.GET.lists() if it[0].startswith(ATTRIBUTE)]
    only(request, *ProductQuery.model_fields, *(name for name, _ in named))
    found = attribute_filters(named)
    asked = {(name, value) for name, values in named for value in values}
    if len(found) != len(asked):
        problem = Text(
            f"最多 {MAX_ATTRIBUTES} 项，名称和值不能为空或过长",
            f"at most {MAX_ATTRIBUTES}, each with a name and a value, neither too long",
        )
        raise Invalid(field=ATTRIBUTE, problem=problem)
    return found


def _kept_list(language: str, words: str) -> Answer | None:
    if _has_words(words):
        return _searches.get(_hidden(language, words))
    return _lists.get((language, words))


def _has_words(query_string: str) -> bool:
    """Say whether a query may hold what somebody typed."""
    return "q=" in query_string or "%71=" in query_string  # the same, written as a number


def _hidden(language: str, words: str) -> bytes:
    """Return a key for a typed query that nobody can read it back from."""
    return blake2b(f"{language}\n{words}".encode(), key=_hashing, digest_size=16).digest()


def _note(request: HttpRequest, answer: Answer | None) -> None:
    """Note a search of a person, count one of a stranger; turning a page is not another search."""
    asked = cast("MallRequest", request)
    if not _has_words(asked.META.get("QUERY_STRING", "")) or asked.GET.get("page", "1") != "1":
        return
    if asked.person_id:
        note_search(person_id=asked.person_id, keywords=asked.GET.get("q", ""))
    elif answer is not None and answer.counted and not asked.untracked:
        count_search(words=answer.counted, address=asked.address)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
