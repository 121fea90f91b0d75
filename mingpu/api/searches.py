"""Ways to go on typing, and what a person searched for and looked at, as JSON."""

from datetime import datetime
from typing import Any, Literal, cast
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema, Status

from mingpu.api.base import me, only
from mingpu.api.product_json import card_json
from mingpu.api.product_shapes import ProductItem
from mingpu.catalog.queries import cards
from mingpu.lib.requests import MallRequest
from mingpu.personalise.queries import views_of
from mingpu.personalise.services import clear_views, forget_view
from mingpu.search.queries import history_of, suggested, trending
from mingpu.search.rules import MAX_QUERY
from mingpu.search.services import clear_history, forget_one

router = Router(tags=["search"])


class SuggestionItem(Schema):
    """A way to go on typing. kind: my own search (id: to forget it by), what many search for, a word of the goods."""

    text: str
    kind: Literal["history", "popular", "catalogue"]
    id: UUID | None


class Suggestions(Schema):
    """Ways to go on from what is typed, the same twice: their texts alone, and where each comes from."""

    items: list[str]
    entries: list[SuggestionItem]


class Trending(Schema):
    """What is on the rise, the steepest first."""

    items: list[str]


class PastSearchItem(Schema):
    """One thing the person searched for, when last, and in how many days it goes by itself."""

    id: UUID
    text: str
    at: datetime
    days_left: int


class SearchHistory(Schema):
    """A person's searches, the newest first."""

    items: list[PastSearchItem]


class ViewedItem(Schema):
    """A product the person looked at, when last, in how many days it goes by itself; null when it left the catalogue."""

    id: UUID
    product_id: UUID
    at: datetime
    days_left: int
    product: ProductItem | None


class BrowsingHistory(Schema):
    """What a person looked at, the newest first."""

    items: list[ViewedItem]


@router.get("/suggestions", auth=None, response=Suggestions, summary="Ways to go on typing")
def suggest(request: HttpRequest, q: Query[str] = "") -> dict[str, Any]:
    """Return up to ten ways to go on from `q`; before anything is typed, one's own searches and what is on the rise.

    One's own need a token, and agreement to keeping them.
    """
    only(request, "q")
    found = suggested(q[:MAX_QUERY], person_id=cast("MallRequest", request).person_id)
    return {
        "items": [it.text for it in found],
        "entries": [{"text": it.text, "kind": it.kind, "id": it.id} for it in found],
    }


@router.get("/suggestions/trending", auth=None, response=Trending, summary="Trending searches")
def show_trending(request: HttpRequest) -> dict[str, list[str]]:
    """Return what is on the rise, out of anonymous counts by the day; nothing where too little was counted."""
    only(request)
    return {"items": list(trending())}


@router.get("/me/search-history", response=SearchHistory, summary="My searches")
def my_searches(request: HttpRequest) -> dict[str, Any]:
    """Return the caller's searches, the newest first; none while they do not agree to keeping them."""
    rows = history_of(person_id=me(request))
    return {"items": [{"id": it.id, "text": it.text, "at": it.at, "days_left": it.days_left} for it in rows]}


@router.delete("/me/search-history", response={204: None}, summary="Forget my searches")
def clear_searches(request: HttpRequest) -> Status[None]:
    """Delete all of the caller's searches."""
    clear_history(person_id=me(request))
    return Status(204, None)


@router.delete("/me/search-history/{uuid:search_id}", response={204: None}, summary="Forget one search")
def forget_search(request: HttpRequest, search_id: UUID) -> Status[None]:
    """Delete one of the caller's searches. 404 for any other."""
    forget_one(person_id=me(request), search_id=search_id)
    return Status(204, None)


@router.get("/me/browsing-history", response=BrowsingHistory, summary="What I looked at")
def my_views(request: HttpRequest) -> dict[str, Any]:
    """Return what the caller looked at, the newest first; nothing while they do not agree to keeping it."""
    only(request)
    rows = views_of(person_id=me(request))
    known = {it.id: card_json(it) for it in cards([it.product_id for it in rows])}
    return {
        "items": [
            {
                "id": it.id, "product_id": it.product_id, "at": it.at, "days_left": it.days_left,
                "product": known.get(it.product_id),
            }
            for it in rows
        ]
    }  # fmt: skip


@router.delete("/me/browsing-history", response={204: None}, summary="Forget what I looked at")
def clear_my_views(request: HttpRequest) -> Status[None]:
    """Delete all the caller looked at."""
    clear_views(person_id=me(request))
    return Status(204, None)


@router.delete("/me/browsing-history/{uuid:view_id}", response={204: None}, summary="Forget one of them")
def forget_my_view(request: HttpRequest, view_id: UUID) -> Status[None]:
    """Delete one thing the caller looked at. 404 for any other."""
    forget_view(person_id=me(request), view_id=view_id)
    return Status(204, None)
