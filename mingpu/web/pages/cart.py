"""The cart, for visitors and persons."""

from typing import Any, cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from mingpu.cart.queries import Cart, CartLine, cart_of, count_of
from mingpu.cart.services import add_line, merge, remove_line, set_line
from mingpu.catalog.queries import cards, product
from mingpu.checkout.bill import Bill
from mingpu.checkout.queries import estimate
from mingpu.lib.errors import Invalid
from mingpu.lib.money import yuan
from mingpu.lib.requests import MallRequest
from mingpu.lib.text import Text
from mingpu.merchants.queries import shop, shops
from mingpu.promotions.rules import NOTHING_COVERED, NOTHING_LEFT
from mingpu.search.queries import search_products
from mingpu.search.rules import SearchQuery
from mingpu.web.context import notify, remember_cart
from mingpu.web.pages import SeeOther, next_of
from mingpu.web.pages.basket import GOODS, MIXED, sums_of
from mingpu.web.pages.lines import shop_name

RECOMMENDED = 5
NO_PRODUCT = UUID(int=0)  # a link that leads nowhere, for an article that is no longer in the catalogue
NEVER = (NOTHING_COVERED, NOTHING_LEFT)  # reasons that more of the same would not change
QUANTITY = Text("数量", "quantity")


@require_safe
def cart(request: HttpRequest) -> HttpResponse:
    """GET /cart -> the cart; for a visitor without one, an empty one."""
    asked = cast("MallRequest", request)
    owner, person_id = asked.known_owner_id, asked.person_id
    it = cart_of(owner_id=owner, member=person_id is not None) if owner else Cart(())
    facts = {"cart": cart_facts(it, person_id), "recommended": [] if it.lines else _selling_well()}
    response = render(request, "cart.html", facts)
    remember_cart(response, it.count)
    return response


@require_POST
def cart_add(request: HttpRequest) -> HttpResponse:
    """POST sku (or product and its options), quantity, next -> 303 back, or to the checkout for `buy=now`."""
    sku, quantity = _chosen_sku(request), _quantity(request)
    if request.POST.get("buy") == "now":
        return SeeOther(f"{reverse('checkout')}?{urlencode({'sku': sku, 'quantity': str(quantity)})}")
    count = add_line(owner_id=cast("MallRequest", request).owner_id, sku=sku, quantity=quantity)
    response = SeeOther(next_of(request, "cart"))
    remember_cart(response, count)
    notify(
        response,
        Text("已加入购物车", "Added to your cart"),
        url=reverse("cart"),
        link=Text("去看看", "See the cart"),
    )
    return response


@require_POST
def cart_set(request: HttpRequest) -> HttpResponse:
    """POST sku, quantity (a button's `to` goes before it) -> 303 to the cart."""
    owner = cast("MallRequest", request).owner_id
    return _changed(
        set_line(owner_id=owner, sku=request.POST.get("sku", ""), quantity=_quantity(request)).count
    )


@require_POST
def cart_remove(request: HttpRequest) -> HttpResponse:
    """POST sku -> 303 to the cart."""
    owner = cast("MallRequest", request).owner_id
    return _changed(remove_line(owner_id=owner, sku=request.POST.get("sku", "")))


def bring_cart(request: MallRequest, response: HttpResponseBase, person_id: UUID) -> None:
    """Bring what a visitor put into the cart along to their account, as they sign in; safe to repeat."""
    if request.cookie_visitor is not None:
        merge(visitor_id=request.cookie_visitor, person_id=person_id)
    remember_cart(response, count_of(owner_id=person_id))


def cart_facts(it: Cart, person_id: UUID | None) -> dict[str, Any]:
    """Return a cart as `cart.html` shows it: shop by shop, with what offers take off and what is missing to more.

    person_id: who is signed in, for their prices; None for a visitor. Coupons come in at the checkout.
    """
    wanted = {line.sku: line.quantity for line in it.lines if line.problem is None}
    bill = estimate(person_id=person_id, wanted=wanted, coupons=()).bill if wanted else None
    mixed = len({line.kind for line in it.lines} | {GOODS}) > 1 and any(
        line.kind == GOODS for line in it.lines
    )
    return {
        "shops": [_shop(code, [line for line in it.lines if line.merchant == code], bill) for code in it.merchants],
        "lines": it.lines, "count": it.count, "goods_fen": bill.goods_fen if bill else 0,
        "discount_fen": bill.discount_fen if bill else 0, "shipping_fen": bill.shipping_fen if bill else 0,
        "total_fen": bill.total_fen if bill else 0, "explained": sums_of(bill)["explained"] if bill else [],
        "orderable": it.orderable and not mixed, "problem": MIXED if mixed else None,
        "offers": _missing(bill, "") if bill else [],
    }  # fmt: skip


def _shop(code: str, lines: list[CartLine], bill: Bill | None) -> dict[str, Any]:
    share = next((one for one in bill.shares if one.merchant == code), None) if bill else None
    known = shops().get(code)
    return {
        "code": code, "name": shop_name(code), "own": bool(known and known.merchant.own),
        "lines": [_line(line) for line in lines], "offers": _missing(bill, code) if bill else [],
        "fee_fen": share.fee.fen if share else None, "fee_reason": share.fee.reason if share else "",
        "discount_fen": share.discount_fen if share else 0,
    }  # fmt: skip


def _line(line: CartLine) -> dict[str, Any]:
    return {
        "sku": line.sku, "product_id": line.product_id or NO_PRODUCT, "title": line.title, "options": line.options,
        "image": line.image, "price_fen": line.unit_price_fen, "was_fen": line.price_fen,
        "quantity": line.quantity, "subtotal_fen": line.subtotal_fen, "available": line.available,
        "problem": line.problem, "virtual": line.kind != GOODS,
    }  # fmt: skip


def _missing(bill: Bill, code: str) -> list[Text]:
    """Say what is missing to the offers of a shop, or with "" to the mall's own, and to its free delivery."""
    found = [
        Text(f"{one.reason.zh}，{one.offer.terms[0].zh}", f"{one.reason.en}: {one.offer.terms[0].en}")
        for one in bill.quote.unused
        if one.offer.merchant == code and one.coupon is None and one.offer.terms and one.reason not in NEVER
    ]
    share = next((one for one in bill.shares if one.merchant == code), None)
    free = shop(code).terms.free if share and share.fee.fen else None
    if share and free and free.from_fen:
        short = yuan(free.from_fen - (share.goods_fen - share.discount_fen))
        found.append(Text(f"还差 ¥{short} 免运费", f"¥{short} short of free delivery"))
    return found


def _changed(count: int) -> HttpResponse:
    response = SeeOther(reverse("cart"))
    remember_cart(response, count)
    return response


def _quantity(request: HttpRequest) -> int:
    value = request.POST.get("to") or request.POST.get("quantity") or "1"
    if not (value.isascii() and value.isdigit() and len(value) < 5):  # noqa: PLR2004 -- the service says what fits
        raise Invalid(field=QUANTITY, problem=Text("请填写件数", "a number is needed"))
    return int(value)


def _chosen_sku(request: HttpRequest) -> str:
    """Return the SKU a form names, by its code or, where no script filled that in, by product and options."""
    if sku := request.POST.get("sku"):
        return sku
    try:
        it = product(UUID(request.POST.get("product", "")))
    except ValueError:
        it = None
    asked = {name[7:]: value for name, value in request.POST.items() if name.startswith("option:")}
    found = [sku.sku for sku in it.skus if dict(sku.options) == asked] if it else []
    if len(found) != 1:
        raise Invalid(field=Text("规格", "options"), problem=Text("请选择一种组合", "choose a combination"))
    return found[0]


def _selling_well() -> list[Any]:
    best = search_products(SearchQuery(in_stock=True, sort="sales", page_size=RECOMMENDED))
    return cards([card.id for card in best.cards])


urlpatterns = [
    path("cart", cart, name="cart"),
    path("cart/add", cart_add, name="cart_add"),
    path("cart/set", cart_set, name="cart_set"),
    path("cart/remove", cart_remove, name="cart_remove"),
]
