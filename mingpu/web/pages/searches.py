"""Under the search box: ways to go on typing. In the account: what a person searched for and looked at."""

from typing import Any, cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.http import require_POST, require_safe

from mingpu.catalog.queries import cards
from mingpu.lib.requests import MallRequest
from mingpu.personalise.queries import views_of
from mingpu.personalise.services import clear_views, forget_view
from mingpu.privacy.standing import agrees
from mingpu.search.queries import history_of, suggested
from mingpu.search.rules import MAX_QUERY
from mingpu.search.services import clear_history, forget_one
from mingpu.web.pages import SeeOther, me, signed_in


@require_safe
def suggest(request: HttpRequest) -> HttpResponse:
    """GET /suggest?q= -> a fragment with ways to go on typing; before anything is typed, one's own and what rises."""
    return _suggestions(cast("MallRequest", request), request.GET.get("q", ""))


@require_safe
@signed_in
def history(request: MallRequest) -> HttpResponse:
    """GET /account/searches -> a person's searches, newest first; to the sign-in for a visitor."""
    person_id = me(request)
    enabled = agrees(person_id, "search_history")
    items = history_of(person_id=person_id) if enabled else []
    return render(request, "history.html", {"items": items, "enabled": enabled})


@require_POST
@signed_in
def history_delete(request: MallRequest, search_id: UUID) -> HttpResponse:
    """POST /account/searches/<id>/delete -> 303 to the list; 404 for what is not theirs. htmx: the suggestions anew."""
    forget_one(person_id=me(request), search_id=search_id)
    return _forgotten(request)


@require_POST
@signed_in
def history_clear(request: MallRequest) -> HttpResponse:
    """POST /account/searches/clear -> 303 to the list, now empty. htmx: the suggestions anew."""
    clear_history(person_id=me(request))
    return _forgotten(request)


@require_safe
@signed_in
def browsing(request: MallRequest) -> HttpResponse:
    """GET /account/browsing -> what a person looked at, newest first; to the sign-in for a visitor."""
    person_id = me(request)
    enabled = agrees(person_id, "browsing_history")
    rows = views_of(person_id=person_id) if enabled else []
    known = {card.id: card for card in cards([it.product_id for it in rows])}
    items: list[dict[str, Any]] = [
        {
            "id": it.id, "at": it.at, "days_left": it.days_left, "card": known.get(it.product_id),
            "listed": [known[it.product_id]] if it.product_id in known else [],
        }
        for it in rows
    ]  # fmt: skip
    return render(request, "browsing.html", {"items": items, "enabled": enabled})


@require_POST
@signed_in
def browsing_delete(request: MallRequest, view_id: UUID) -> HttpResponse:
    """POST /account/browsing/<id>/delete -> 303 to the list; 404 for what is not theirs."""
    forget_view(person_id=me(request), view_id=view_id)
    return SeeOther(reverse("browsing"))


@require_POST
@signed_in
def browsing_clear(request: MallRequest) -> HttpResponse:
    """POST /account/browsing/clear -> 303 to the list, now empty."""
    clear_views(person_id=me(request))
    return SeeOther(reverse("browsing"))


def _forgotten(request: MallRequest) -> HttpResponse:
    """Answer with the list under the search box where it was asked from there, else with the way to the page."""
    if "suggest" in request.POST:
        return _suggestions(request, request.POST.get("q", ""))
    return SeeOther(reverse("history"))


def _suggestions(request: MallRequest, typed: str) -> HttpResponse:
    found = suggested(typed[:MAX_QUERY], person_id=request.person_id)
    own = [it for it in found if it.kind == "history"]
    others = [it for it in found if it.kind != "history"]
    facts = {"own": own, "others": others, "typed": typed.strip()[:MAX_QUERY]}
    return render(request, "parts/suggest.html", facts)


urlpatterns = [
    path("suggest", suggest, name="suggest"),
    path("account/searches", history, name="history"),
    path("account/searches/clear", history_clear, name="history_clear"),
    path("account/searches/<uuid:search_id>/delete", history_delete, name="history_delete"),
    path("account/browsing", browsing, name="browsing"),
    path("account/browsing/clear", browsing_clear, name="browsing_clear"),
    path("account/browsing/<uuid:view_id>/delete", browsing_delete, name="browsing_delete"),
]
