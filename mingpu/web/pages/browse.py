"""Lists of products with their filters: everything, a category, a brand, what was searched for."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast
from urllib.parse import unquote

from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponsePermanentRedirect,
    HttpResponseRedirect,
)
from django.shortcuts import render
from django.urls import path
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from mingpu.cart.queries import marked
from mingpu.catalog.labels import brand_label, category_label
from mingpu.catalog.queries.structure import brand_named, brand_with_slug, structure
from mingpu.lib.display import current_display
from mingpu.lib.requests import MallRequest
from mingpu.lib.text import Text
from mingpu.search.queries import Found, search_products, subcategories
from mingpu.search.rules import SearchQuery, category_values
from mingpu.search.services import count_search, note_search
from mingpu.web.addresses import brand_url, category_url
from mingpu.web.head import Head, same
from mingpu.web.pages import listing
from mingpu.web.pages.catalog import entrances, top
from mingpu.web.pages.lines import shop_name
from mingpu.web.pages.nothing import ways_on
from mingpu.web.structured import breadcrumbs

PAGE_SIZE = 24
FORM = frozenset({"min_price", "max_price", "in_stock"})  # what the form beside a list sends itself
PAGE_SAVING = 12  # for who asked to spare data


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """GET /search?q=&category=&brand=&min_price=&max_price=&in_stock=&attr.<name>=&sort=&page= -> a list with filters.

    301 to the list's own address for a category or a brand without words.
    """
    return _list(request, _asked(request))


@require_safe
def category(request: HttpRequest, value: str) -> HttpResponse:
    """GET /c/<category>?… -> the list of a category; 301 for one that was renamed, 404 for an unknown one."""
    written = value.strip("/")
    return _list(request, _asked(request, category=_category_now(written) or written))


@require_safe
def brand(request: HttpRequest, name: str) -> HttpResponse:
    """GET /b/<brand>?… -> the list of a brand; 301 for another spelling of it, 404 for an unknown one."""
    return _list(request, _asked(request, brand=name))


def _asked(request: HttpRequest, *, category: str | None = None, brand: str | None = None) -> SearchQuery:
    size = PAGE_SAVING if current_display().saving else PAGE_SIZE
    return listing.read_query(request.GET, page_size=size, category=category, brand=brand)


def _list(request: HttpRequest, query: SearchQuery) -> HttpResponse:
    address = listing.Address(request.GET, query)
    base, pairs = address.parts({})
    if request.path_info != unquote(base):
        return HttpResponsePermanentRedirect(_turned(base, pairs, query.page))
    found = search_products(query)
    if found.total and query.page > found.pages:  # the list has become shorter
        return HttpResponseRedirect(_turned(base, pairs, found.pages))
    if not found.total and not query.q:
        known = _known(query)
        if known is None:
            raise Http404
        if known != query:
            return HttpResponsePermanentRedirect(listing.Address(request.GET, known)())
    response = render(request, "search.html", _facts(request, address, query, found))
    if query.q and query.page == 1:
        _note(cast("MallRequest", request), query, found)
    return response


def _note(request: MallRequest, query: SearchQuery, found: Found) -> None:
    """Note a search of a person who agreed to it; count one of a stranger that found something."""
    if request.person_id:
        note_search(person_id=request.person_id, keywords=query.q)
    elif found.total and not request.untracked:
        count_search(words=found.corrected_query or query.q, address=request.address)


def _turned(base: str, pairs: Sequence[tuple[str, str]], page: int) -> str:
    """Return the address of a page of a list; the first has no number."""
    every = [*pairs, ("page", str(page))] if page > 1 else list(pairs)
    return f"{base}?{urlencode(every)}" if every else base


def _category_now(written: str) -> str | None:
    """Return the category that an address means: by its path, by one it had, by its short name; None for none."""
    tree = structure().tree
    found = tree.by_value(written) or tree.at(tree.resolve(written.split("/"))) or tree.by_slug(written)
    return found.value if found else None


def _known(query: SearchQuery) -> SearchQuery | None:
    """Return an empty list's query with category and brand as they are called; None where one is not of ours."""
    if query.category and _category_now(query.category) is None:
        return None
    if not query.brand:
        return query
    found = brand_named(query.brand) or brand_with_slug(query.brand)
    return replace(query, brand=found.name) if found else None


def _facts(
    request: HttpRequest, address: listing.Address, query: SearchQuery, found: Found
) -> dict[str, Any]:
    chips = listing.chips(address, query)
    base, pairs = address.parts({})
    return {
        "query": listing.echo(request.GET, query),
        "base": base,
        "kept": [it for it in pairs if it[0] not in FORM],
        "heading": _heading(query),
        "crumbs": [] if query.q else _crumbs(query),
        "marked": _marked(request, found),
        "listing": _page(address, found),
        "corrected_query": found.corrected_query,
        "corrected_url": address(q=found.corrected_query) if found.corrected_query else "",
        "exact_url": address(exact="1"),
        "inexact_url": address(exact=None) if query.exact and query.q else "",
        "recognised": listing.recognised(address, found.recognised),
        "categories": entrances() if not query.q and not chips and query.page == 1 else [],
        "active": chips,
        "clear_url": address.cleared() if chips else "",
        "sorts": listing.sorts(address, query),
        "facets": {
            "category": listing.categories(address, query, subcategories(query, found)),
            "brand": listing.brands(address, query, found.facets.brand),
            "merchant": listing.merchants(address, query, found.facets.merchant),
            "price": listing.prices(address, query, found.facets.price),
            "attributes": listing.attributes(address, query, found.facets.attributes),
        },
        "ways": ways_on(address, query) if not found.cards else None,
        "recommended": top("sales") if not found.cards else [],
        "head": _head(address, query, found),
    }


def _page(address: listing.Address, found: Found) -> dict[str, Any]:
    """Return a page of hits as the templates list it, with the addresses of those beside it."""
    before = {"page": str(found.page - 1)} if found.page > 2 else {}  # noqa: PLR2004 -- the first page has no number
    return {
        "total": found.total, "items": found.cards, "page": found.page, "pages": found.pages,
        "before_url": address(before) if found.page > 1 else "",
        "after_url": address({"page": str(found.page + 1)}) if found.page < found.pages else "",
    }  # fmt: skip


def _head(address: listing.Address, query: SearchQuery, found: Found) -> Head:
    """Return what a list says of itself. Searches, filtered lists and empty ones are not to be found elsewhere."""
    base, pairs = address.parts({})
    name = query.q or _heading(query) or str(Text("全部商品", "All goods"))
    page, kept = query.page, [("page", str(query.page))] if query.page > 1 else []
    return Head(
        title=name, path=same(base), pairs=kept, found=not query.q and not _narrowed(pairs) and bool(found.cards),
        description="" if query.q else str(_said(name, found)), images=[card.image for card in found.cards[:1]],
        about=() if query.q else (breadcrumbs(_crumbs(query)),),
        before=page - 1, after=page + 1 if page < found.pages else 0,
    )  # fmt: skip


def _narrowed(pairs: Sequence[tuple[str, str]]) -> bool:
    """Say whether an address shows a part of a list only; in another order or language it is the same list."""
    return any(name not in listing.STAYING for name, _ in pairs)


def _said(name: str, found: Found) -> Text:
    some = [card.title for card in found.cards[:3]]
    return Text(
        f"{name}：共 {found.total} 件，{'、'.join(some)}。价格、库存、物流都写清楚。",
        f"{name}: {found.total} items, such as {', '.join(some)}. Price, stock and delivery plainly said.",
    )


def _crumbs(query: SearchQuery) -> list[dict[str, str]]:
    """Return the way down to a list, the widest first."""
    values = category_values((query.category or "").split("/"))
    crumbs = [{"name": category_label(value), "url": category_url(value)} for value in values]
    if query.brand and not query.category:
        crumbs.append({"name": brand_label(query.brand), "url": brand_url(query.brand)})
    return crumbs


def _heading(query: SearchQuery) -> str:
    if query.category:
        return category_label(query.category)
    return (
        brand_label(query.brand) if query.brand else str(shop_name(query.merchant)) if query.merchant else ""
    )


def _marked(request: HttpRequest, found: Found) -> str:
    """Return which of a list's products the person marked, ids in one text for the script; "" for a visitor."""
    person_id = cast("MallRequest", request).person_id
    if person_id is None or not found.cards:
        return ""
    ids = marked(owner_id=person_id, product_ids=[card.id for card in found.cards])
    return " ".join(str(it) for it in ids)


urlpatterns = [
    path("search", search, name="search"),
    path("c/<path:value>", category, name="category"),
    path("b/<path:name>", brand, name="brand"),
]
