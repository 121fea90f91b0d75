"""The shop window."""

from collections.abc import Sequence
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import path, reverse
from django.views.decorators.http import require_safe

from mingpu.catalog.labels import category_label
from mingpu.catalog.queries import Card, cards
from mingpu.lib.requests import MallRequest
from mingpu.lib.text import Text
from mingpu.merchants.queries import shop
from mingpu.merchants.rules import OWN_SHOP
from mingpu.personalise.queries import interests_of, views_of
from mingpu.search.queries import search_products, trending
from mingpu.search.rules import SearchQuery
from mingpu.web.addresses import category_url
from mingpu.web.head import SITE, Head, same
from mingpu.web.pages.media import picture
from mingpu.web.structured import organisation, website

SHELF = 10  # products of one shelf on the home page
ENTRANCES = 12  # categories on the home page
MOST_INTERESTS = 3  # that a shelf is made of
LEADING = 6  # of a category, to choose from for shelves and its picture


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """GET / -> the shop window; for who agreed to it, with shelves of what they looked at and of their interests."""
    asked = cast("MallRequest", request)
    shelves = [*_looked_at(asked), *_for_you(asked), *_shelves()]
    facts = {
        "trending": trending(),
        "categories": entrances(),
        "banners": _banners(),
        "free_fen": _free_from(),
        "sections": [it for it in shelves if it["items"]],
        "head": Head(str(SITE), same(reverse("home")), about=(organisation(), website())),
    }
    return render(request, "home.html", facts)


def entrances() -> list[dict[str, Any]]:
    """Return the widest categories with the most in them, each with its address and a picture out of it."""
    return [
        {
            "name": category_label(value),
            "url": category_url(value),
            "icon": next((card.image for card in _leading(value, "sales") if card.image), ""),
        }
        for value in _widest()
    ]


def _widest() -> list[str]:
    everything = search_products(SearchQuery(in_stock=True, page_size=1))
    return [it.value for it in everything.facets.category if "/" not in it.value][:ENTRANCES]


def _leading(category: str, sort: str) -> list[Card]:
    """Return what leads a category, first what has a picture."""
    found = search_products(SearchQuery(category=category, in_stock=True, sort=sort, page_size=LEADING))
    return sorted(found.cards, key=lambda card: not card.image)


def _free_from() -> int | None:
    """Return from how many fen the mall's own shop delivers free; None when it does not."""
    free = shop(OWN_SHOP).terms.free
    return free.from_fen if free else None


def _shelves() -> list[dict[str, Any]]:
    """Return the shelves everybody sees."""
    url = reverse("search")
    selling = _of_every_category("sales")
    new = _of_every_category("new", but=selling)
    return [
        {
            "title": Text("大家在买", "Selling well"), "subtitle": Text("各类里卖得好的", "Out of every category"),
            "url": f"{url}?sort=sales&in_stock=true", "items": selling,
        },
        {
            "title": Text("新品上架", "Just in"), "subtitle": Text("刚刚上架的", "New on our shelves"),
            "url": f"{url}?sort=new&in_stock=true", "items": new,
        },
    ]  # fmt: skip


def _of_every_category(sort: str, *, but: Sequence[Card] = ()) -> list[Card]:
    """Return a shelf out of the leaders of every wide category in turn, first what has a picture.

    but: what stands on another shelf already.
    """
    shown = {card.id for card in but}
    leaders = [_leading(value, sort) for value in _widest()]
    turns = [cards[place] for place in range(LEADING) for cards in leaders if place < len(cards)]
    mixed = {card.id: card for card in [*turns, *top(sort)] if card.id not in shown}
    return sorted(mixed.values(), key=lambda card: not card.image)[:SHELF]


def _looked_at(request: MallRequest) -> list[dict[str, Any]]:
    """Return the shelf of what the person looked at; none unless they agreed to keeping that."""
    if request.person_id is None:
        return []
    items = cards([it.product_id for it in views_of(person_id=request.person_id, limit=SHELF)])
    subtitle = Text("只有您看得到，可随时清除或关闭", "For you alone; clear it or switch it off at any time")
    return [
        {
            "title": Text("最近看过", "Recently viewed"),
            "subtitle": subtitle,
            "url": reverse("browsing"),
            "items": items,
        }
    ]


def _for_you(request: MallRequest) -> list[dict[str, Any]]:
    """Return the shelf by interests; none unless the person agreed and picked some that we sell things for."""
    if request.person_id is None:
        return []
    interests = interests_of(person_id=request.person_id)[:MOST_INTERESTS]
    found = [search_products(SearchQuery(q=it, in_stock=True, page_size=SHELF)).cards for it in interests]
    rounds = [card for place in range(SHELF) for cards in found for card in cards[place : place + 1]]
    items = list({card.id: card for card in rounds}.values())[:SHELF]
    names = interests and "、".join(interests)
    subtitle = Text(f"按您选择的兴趣：{names}", f"By the interests you picked: {', '.join(interests)}")
    return [{"title": Text("为您挑选", "Picked for you"), "subtitle": subtitle, "url": "", "items": items}]


def top(sort: str) -> Sequence[Card]:
    """Return a shelf of what leads the whole shop by a sort order."""
    return search_products(SearchQuery(in_stock=True, sort=sort, page_size=SHELF)).cards


def _banners() -> list[dict[str, Any]]:
    """Return the three words of welcome, each leading somewhere."""
    url = reverse("search")
    return [
        {
            "title": Text("好东西，明明白白", "Good things, plainly sold"),
            "text": Text("价格、库存、物流，都写清楚", "Price, stock and delivery, all said plainly"),
            "url": url, "image": static("brand/banners/home.svg"),
        },
        {
            "title": Text("声明写的，程序做的", "What we state is what runs"),
            "text": Text("每一次使用您的信息，您都看得到", "You see every use of your data"),
            "url": reverse("statement"), "image": static("brand/banners/desk.svg"),
        },
        {
            "title": Text("新品上架", "Just in"), "text": Text("看看这周来了什么", "See what came this week"),
            "url": f"{url}?sort=new&in_stock=true", "image": static("brand/banners/tea.svg"),
        },
    ]  # fmt: skip


urlpatterns = [
    path("", home, name="home"),
    path("media/catalog/<str:name>", picture, name="picture"),
]
