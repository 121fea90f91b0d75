"""One product: what it is, whose it is, what it costs this reader now and until when, how it comes to them."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, cast
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from mingpu.cart.queries import marked
from mingpu.catalog.labels import brand_label, category_label, value_label
from mingpu.catalog.prices import LABELS, LOWEST, Beside, beside, plot
from mingpu.catalog.queries import ProductPage, SkuView, price_steps, shown_product
from mingpu.lib.clock import now
from mingpu.lib.money import yuan
from mingpu.lib.requests import MallRequest
from mingpu.lib.text import Text
from mingpu.merchants.queries import shop, shops
from mingpu.personalise.services import note_view
from mingpu.promotions.queries import FlashView, activities, flash_views, member_prices, special_skus
from mingpu.promotions.rules import FLASH, KINDS, MEMBER_PRICE, Item
from mingpu.search.related import related_to
from mingpu.search.rules import category_values
from mingpu.web import structured
from mingpu.web.addresses import absolute, brand_url, category_url, long_id, product_url, short_url, slug
from mingpu.web.head import Head, in_short
from mingpu.web.pages.lines import shop_name, terms_in_words
from mingpu.web.pages.options import matrix, option_groups

RELATED = 5
GOODS = "goods"


@dataclass(frozen=True, slots=True)
class _Prices:
    """Prices of their own that some SKUs have now. member: whether member prices are this reader's."""

    flash: Mapping[str, FlashView]
    member_fen: Mapping[str, int]
    member: bool


@require_safe
def show_product(request: HttpRequest, short: str, words: str = "") -> HttpResponse:
    """GET /p/<short id>/<words of the title>?sku= -> everything about one product; 404 for an unknown id.

    404 before it is published too, and 410 when that is over, with the way to its category.
    301 to the right words where they are those of neither language.
    """
    key = long_id(short)
    it = shown_product(key) if key else None
    if it is None:
        raise Http404
    if words not in {slug(it.names.zh), slug(it.names.en)}:
        return _moved(request, it)
    person_id = cast("MallRequest", request).person_id
    prices = _prices(it, member=person_id is not None)
    chosen = _chosen(it, request.GET.get("sku", ""))
    skus = {sku.sku: _sku(sku, prices) for sku in it.skus}
    facts = {
        "product": {
            **asdict(it), "brand": brand_label(it.brand), "brand_url": brand_url(it.brand), "attributes": _attributes(it),
            "skus": list(skus.values()), "in_stock": it.in_stock,
            "not_for_sale_label": it.not_for_sale, "virtual": it.kind != GOODS,
        },
        "shop": _shop(it), "offers": _offers(it), "crumbs": _crumbs(it),
        "marked": person_id is not None and bool(marked(owner_id=person_id, product_ids=[it.id])),
        "selected": skus[chosen.sku] if chosen else None, "option_groups": option_groups(it, chosen),
        "matrix": matrix(it, chosen, {code: sku["price_fen"] for code, sku in skus.items()}),
        "related": related_to(it, most=RELATED), "course": _course(it, chosen), "head": _head(it, prices, skus),
    }  # fmt: skip
    response = render(request, "product.html", facts)
    if person_id:
        note_view(person_id=person_id, product_id=it.id)
    return response


@require_safe
def old_address(request: HttpRequest, product_id: UUID) -> HttpResponse:
    """GET /products/<id>?sku= -> 301 to the address it has now; 404 for an unknown id."""
    it = shown_product(product_id)
    if it is None:
        raise Http404
    return _moved(request, it)


def _moved(request: HttpRequest, it: ProductPage) -> HttpResponse:
    kept = [(name, value) for name in ("sku", "lang") if (value := request.GET.get(name))]
    return HttpResponsePermanentRedirect(
        f"{product_url(it.id, it.title)}{'?' if kept else ''}{urlencode(kept)}"
    )


def _head(it: ProductPage, prices: _Prices, skus: Mapping[str, Mapping[str, Any]]) -> Head:
    """Return what a product's page says of itself: as everybody may have it, whoever looks. skus: as they see it."""
    address = Text(product_url(it.id, it.names.zh), product_url(it.id, it.names.en))
    open_to_all = replace(prices, member=False)
    told = {sku.sku: _sku(sku, open_to_all) for sku in it.skus} if prices.member else skus
    about = structured.product(
        structured.Article(
            path=str(address), name=it.title, description=in_short(it.description or it.subtitle), images=it.images,
            brand=brand_label(it.brand), category=[category_label(value) for value in category_values(it.category)],
            attributes=_attributes(it), seller=str(shop_name(it.merchant)),
            offers=[structured.Offered(
                sku=sku.sku, price_fen=told[sku.sku]["price_fen"], in_stock=sku.in_stock, until=told[sku.sku]["until"],
                barcode=sku.barcode,
            ) for sku in it.skus],
        )
    )  # fmt: skip
    return Head(
        title=it.title, path=address, description=it.description or it.subtitle or it.title, kind="product",
        images=it.images, about=(about, structured.breadcrumbs(_crumbs(it))), share=absolute(short_url(it.id)),
    )  # fmt: skip


def _prices(it: ProductPage, *, member: bool) -> _Prices:
    special = [sku.sku for sku in it.skus if sku.sku in special_skus()]
    if not special:
        return _Prices({}, {}, member)
    return _Prices(flash_views(special), member_prices(special), member)


def _sku(sku: SkuView, prices: _Prices) -> dict[str, Any]:
    """Return a variant with what a piece costs this reader now, and why it is less than usual."""
    usual, flash, member = sku.price_fen, prices.flash.get(sku.sku), prices.member_fen.get(sku.sku)
    asked, tag, until = usual, "", ""
    if prices.member and member is not None and member < asked:
        asked, tag = member, str(KINDS[MEMBER_PRICE])
    if flash and flash.pieces and flash.price_fen < asked:
        asked, tag, until = flash.price_fen, str(KINDS[FLASH]), flash.ends_at.isoformat(timespec="seconds")
    was = beside(
        asked,
        usual_fen=usual,
        lowest_fen=sku.lowest_fen,
        earlier_fen=sku.earlier_fen,
        list_price_fen=sku.list_price_fen,
    )
    return {
        **asdict(sku), "in_stock": sku.in_stock, "price_fen": asked, "list_price_fen": was.fen if was else None,
        "was_label": str(was.label) if was else "", "was_struck": bool(was and was.struck), "lowest": _lowest(sku, was), "tag": tag, "until": until,
        "member_fen": member if member and member < asked and not prices.member else None,
        "flash_left": flash.stock if until and flash else None, "per_person": flash.per_person if until and flash else None,
    }  # fmt: skip


def _lowest(sku: SkuView, was: Beside | None) -> str:
    """Say what the least of 30 days was, wherever a higher price stands beside, or is asked."""
    if not sku.lowest_fen or not ((was and was.kind != LOWEST) or sku.lowest_fen < sku.price_fen):
        return ""
    return f"{LABELS[LOWEST]} ¥{yuan(sku.lowest_fen)}"


def _course(it: ProductPage, chosen: SkuView | None) -> dict[str, Any] | None:
    """Return what the SKU the page opens with has cost; None where that never changed."""
    drawn = plot(price_steps(it.id).get(chosen.sku, ()), now()) if chosen else None
    if chosen is None or drawn is None:
        return None
    return {"plot": drawn, "variant": [value_label(value) for value in chosen.options.values()]}


def _shop(it: ProductPage) -> dict[str, Any]:
    """Return whose it is and on what terms they deliver."""
    known = shops().get(it.merchant)
    return {
        "name": shop_name(it.merchant), "own": bool(known and known.merchant.own),
        "url": f"{reverse('search')}?{urlencode({'merchant': it.merchant})}",
        "delivery": terms_in_words(shop(it.merchant).terms) if known and it.kind == GOODS else [],
        "cod": bool(known and known.merchant.cod and it.kind == GOODS),
    }  # fmt: skip


def _offers(it: ProductPage) -> list[dict[str, Any]]:
    """Return the offers that goods of this product count towards, each in its own words."""
    codes = [sku.sku for sku in it.skus] or [""]
    return [
        {"kind": KINDS[offer.kind], "title": offer.title, "terms": offer.terms}
        for offer in activities((it.merchant,))
        if any(offer.covers(_item(it, code)) for code in codes)
    ]


def _item(it: ProductPage, sku: str) -> Item:
    return Item(
        sku=sku, title=it.title, merchant=it.merchant, category=it.category, brand=it.brand, price_fen=0,
        quantity=1, product=str(it.id),
    )  # fmt: skip


def _chosen(it: ProductPage, code: str) -> SkuView | None:
    """Return the SKU the page opens with: the one asked for, else the cheapest that can be had."""
    asked = next((sku for sku in it.skus if sku.sku == code), None)
    return asked or min(it.skus, key=lambda sku: (not sku.in_stock, sku.price_fen), default=None)


def _attributes(it: ProductPage) -> dict[str, list[str]]:
    return {spec.label: [value.text for value in spec.values] for spec in it.specs}


def _crumbs(it: ProductPage) -> list[dict[str, str]]:
    return [
        {"name": category_label(value), "url": category_url(value)} for value in category_values(it.category)
    ]


urlpatterns = [
    path("p/<str:short>", show_product),
    path("p/<str:short>/", show_product),
    path("p/<str:short>/<path:words>", show_product),
    path("products/<uuid:product_id>", old_address),
]
