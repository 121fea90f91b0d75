"""What a person marked to find again."""

from typing import Any, Final
from uuid import UUID

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_POST, require_safe

from mingpu.cart.queries import favourites_of
from mingpu.cart.services import add_favourite, remove_favourite
from mingpu.lib.requests import MallRequest
from mingpu.lib.text import Text
from mingpu.web.context import notify
from mingpu.web.pages import SeeOther, me, next_of, page_number, signed_in

PAGE_SIZE: Final = 24


@require_safe
@signed_in
def favourites(request: MallRequest) -> HttpResponseBase:
    """GET ?page= -> what was marked, newest first."""
    it = favourites_of(owner_id=me(request), page=page_number(request), page_size=PAGE_SIZE)
    items: list[dict[str, Any]] = [
        {"id": one.product_id, "card": one.card, "listed": [one.card]} for one in it.items
    ]
    listing = {"items": items, "total": it.total, "page": it.page, "page_size": it.page_size}
    return render(request, "favourites.html", {"listing": listing})


@require_POST
@signed_in
def favourite_set(request: MallRequest, product_id: UUID) -> HttpResponseBase:
    """POST marked (true | false) -> 303 back, marked or not. 404 for no product, 409 for too many."""
    marked = request.POST.get("marked") != "false"
    if marked:
        add_favourite(owner_id=me(request), product_id=product_id)
    else:
        remove_favourite(owner_id=me(request), product_id=product_id)
    if request.headers.get("HX-Request") and not request.POST.get(
        "next"
    ):  # a heart in a list: it shows by itself
        return HttpResponse(status=204)
    response = SeeOther(next_of(request, "favourites"))
    words = (
        Text("已收藏", "Added to your favourites") if marked else Text("已取消收藏", "No longer a favourite")
    )
    notify(response, words)
    return response


urlpatterns = [
    path("account/favourites", favourites, name="favourites"),
    path("favourites/<uuid:product_id>", favourite_set, name="favourite_set"),
]
