"""Lists of products with their filters: everything, a category, a brand, what was searched for."""

from collections.abc import Sequence
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
    return _list(request, listing.read_query(request.GET, page_size=_page_size()))


@require_safe
def category(request: HttpRequest, value: str) -> HttpResponse:
    """GET /c/<category>?… -> the list of a category; 404 for one that holds nothing."""
    return _list(request, listing.read_query(request.GET, page_size=_page_size(), category=value))


@require_safe
def brand(request: HttpRequest, name: str) -> HttpResponse:
    """GET /b/<brand>?… -> the list of a brand; 404 for one that has nothing."""
    return _list(request, listing.read_query(request.GET, page_size=_page_size(), brand=name))


def _page_size() -> int:
    return PAGE_SAVING if current_display().saving else PAGE_SIZE


def _list(request: HttpRequest, query: SearchQuery) -> HttpResponse:
    address = listing.Address(request.GET, query)
    base, pairs = address.parts({})
    if request.path_info != unquote(base):
        turned = [*pairs, ("page", str(query.page))] if query.page > 1 else pairs
        return HttpResponsePermanentRedirect(f"{base}?{urlencode(turned)}" if turned else base)
    found = search_products(query)
    if found.total and query.page > found.pages:  # the list has become shorter
        last = [*pairs, ("page", str(found.pages))] if found.pages > 1 else pairs
        return HttpResponseRedirect(f"{base}?{urlencode(last)}" if last else base)
    if not found.total and not query.q and not _exists(query):
        raise Http404
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


def _exists(query: SearchQuery) -> bool:
    """Say whether a category or brand is one of ours; where nothing can be found at all, every one may be."""
    if not (query.category or query.brand):
        return True
    named = SearchQuery(category=query.category, brand=None if query.category else query.brand, page_size=1)
    return search_products(named).total > 0 or not search_products(SearchQuery(page_size=1)).total


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
    """Say whether an address shows a part of a list only; another order is the same list."""
    return any(name != "sort" for name, _ in pairs)


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
