"""Checkout: what is ordered, what it costs and why, where it goes and how it is paid; and placing the order."""

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.http import HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.http import require_http_methods, require_POST

from mingpu.accounts import rules
from mingpu.accounts.queries import Address, addresses_of
from mingpu.accounts.services import save_address
from mingpu.cart.queries import count_of
from mingpu.checkout.bill import Area
from mingpu.checkout.offered import Method, methods_for
from mingpu.checkout.queries import Estimate, placed_by
from mingpu.checkout.services import Placed, check_out
from mingpu.checkout.stored import cover
from mingpu.checkout.wish import Asked, To, asked_for
from mingpu.delivery.queries import couriers_for
from mingpu.lib.errors import MallError
from mingpu.lib.ids import token
from mingpu.lib.requests import MallRequest
from mingpu.lib.text import Text
from mingpu.orders.errors import EmptyOrder
from mingpu.payments.rules import COD, INSTITUTIONS
from mingpu.privacy.permits import stands
from mingpu.virtual.services import picked
from mingpu.wallet.queries import Purse, purse_of
from mingpu.web.context import notify, remember_cart
from mingpu.web.pages import SeeOther, me, signed_in, why
from mingpu.web.pages.basket import (
    GOODS,
    TOPUP,
    Basket,
    basket_of,
    coupon_groups,
    coupons_in,
    read_id,
    shops_of,
    sums_of,
    what_it_costs,
)
from mingpu.web.pages.order_forms import CheckoutForm
from mingpu.web.pages.stepping import asks_to_pay

NEW, FIRST, NOWHERE = "new", "first", "none"  # in place of an address' id
SEEN: Final = "seen_fen"  # the sum that was on the page when its button was pressed
REASONS = why(
    phone="orders_consignee.phone delivery",
    street="orders_consignee.street delivery",
    landline="orders_consignee.landline delivery",
    email="orders_consignee.email order_lookup",
    recharge="virtual_target.phone virtual_goods",
)
DEARER = Text(
    "应付金额有变动，请确认后再提交。", "The sum to pay has changed. Please check it, then send again."
)
NOTES: Final = {
    "wechatpay": Text("微信扫码付款", "Scan with WeChat"),
    "alipay": Text("扫码，或在浏览器里付款", "Scan, or pay in this browser"),
    "unionpay": Text("扫码，或在浏览器里付款", "Scan, or pay in this browser"),
    COD: Text("签收时付给快递员", "Pay the courier at the door"),
}


@dataclass(frozen=True, slots=True)
class _Desk:
    """All that a checkout page is drawn from; what was typed is in `form`."""

    basket: Basket
    form: CheckoutForm
    book: list[Address]
    chosen: str  # an address' id, `new` or `none`
    cost: Estimate
    trouble: str
    purse: Purse

    @property
    def payment(self) -> str:
        """The way of paying that is marked."""
        return str(self.form["payment"].value() or INSTITUTIONS[0])

    @property
    def asked(self) -> Asked:
        """What of balance and E-cards is to be used; nothing with cash on delivery."""
        if self.payment == COD:
            return Asked(balance=False, cards=False)
        cards, balance = (bool(self.form[name].value()) for name in ("use_cards", "use_balance"))
        return asked_for(self.payment, use_cards=cards, use_balance=balance)

    @property
    def stored(self) -> tuple[int, int]:
        """What E-cards and balance pay of it, in fen."""
        asked = self.asked
        return self.purse.reaching(
            self.cost.bill.total_fen, use_balance=asked.balance, use_cards=bool(asked.cards)
        )

    @property
    def held_fen(self) -> int:
        """What is on balance and E-cards together."""
        return self.purse.balance_fen + sum(card.balance_fen for card in self.purse.cards)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def checkout(request: MallRequest) -> HttpResponseBase:
    """GET /checkout[?sku=&quantity=] -> the page; POST -> the page again with its sums for what is chosen now.

    To the cart if it cannot be ordered.
    """
    typed = request.POST if request.method == "POST" else None
    basket = basket_of(me(request), request.GET if typed is None else typed)
    if not basket.goods.lines or basket.problem:
        response = SeeOther(reverse("cart"))
        if basket.problem:
            notify(response, basket.problem, kind="error")
        return response
    if typed is None:
        form = CheckoutForm(initial={"payment": INSTITUTIONS[0], "save_address": True})
        return _page(request, _desk(me(request), basket, form, FIRST, request.GET), token())
    form = CheckoutForm(initial=typed.dict())  # nothing is held against it before it is sent
    desk = _desk(me(request), basket, form, typed.get("address_id", FIRST), typed)
    return _page(request, desk, typed.get("key") or token())


@require_POST
@signed_in
def place_order(request: MallRequest) -> HttpResponseBase:
    """POST the checkout -> 303 to paying; the form again, with everything typed, when it cannot be."""
    typed = request.POST
    if known := placed_by(person_id=me(request), key=typed.get("key", "")):
        return SeeOther(reverse("pay", args=[known]))  # the form came twice, however it was changed meanwhile
    basket = basket_of(me(request), typed)
    if not basket.goods.lines:
        raise EmptyOrder
    carried = GOODS in basket.kinds
    chosen = typed.get("address_id", NEW) if carried else NOWHERE
    form = CheckoutForm(typed, new_address=chosen == NEW, topup=TOPUP in basket.kinds)
    desk = _desk(me(request), basket, form, chosen, typed)
    if form.is_valid() and _agrees(form, desk, typed):
        if desk.asked and (asked := asks_to_pay(request, stored=True)):
            return asked
        with form.telling():
            return _placed(
                request,
                desk,
                _order(me(request), desk, typed.get("key", ""), picked_one="1" in typed.get("picked", "")),
            )
    return _page(request, desk, typed.get("key") or token())


def _agrees(form: CheckoutForm, desk: _Desk, typed: QueryDict) -> bool:
    """Whether it can be sent as it stands: for no more than was on the page, and with money enough."""
    seen = typed.get(SEEN, "")
    if desk.basket.problem:
        form.add_error(None, str(desk.basket.problem))
    if desk.trouble:
        form.add_error(None, desk.trouble)
    if seen.isascii() and seen.isdigit() and desk.cost.bill.total_fen > int(seen):
        form.add_error(None, str(DEARER))
    if reason := next((it.reason for it in _ways(desk) if it.method == desk.payment), None):
        form.add_error("payment", str(reason))
    return not form.errors


def _order(person_id: UUID, desk: _Desk, key: str, *, picked_one: bool) -> Placed:
    """Place the order and charge what is to be charged to balance and E-cards.

    Coupons that take nothing off are left with the buyer. picked_one: the phone to top up was picked from the
    contacts. Raises what `check_out` raises, ContactsOff.
    """
    said = desk.form.cleaned_data
    if said["recharge"] and picked_one:
        picked(person_id=person_id)
    whom = {name: said[name] or "" for name in rules.CONSIGNEE}
    whom["street"] = rules.street_of(said["town"], whom["street"])
    to = To(**whom) if desk.chosen == NEW else None
    placed = check_out(
        person_id=person_id, key=key, payment=said["payment"], lines=desk.basket.direct or None, to=to,
        address_id=None if to or desk.chosen == NOWHERE else read_id(desk.chosen),
        coupons=desk.cost.bill.quote.used, courier=said["courier"] or "", recharge=said["recharge"] or "",
        stored=desk.asked,
    )  # fmt: skip
    cover(person_id=person_id, placed=placed, asked=desk.asked)
    return placed


def _placed(request: MallRequest, desk: _Desk, placed: Placed) -> HttpResponseBase:
    """Go on to paying; keep a new address where that was asked for."""
    response = SeeOther(reverse("pay", args=[placed.order_no]))
    said = desk.form.cleaned_data
    if desk.chosen == NEW and said["save_address"] and not placed.repeated:
        try:
            save_address(person_id=me(request), **{name: said[name] for name in rules.ENTRY})
        except MallError as error:  # the order stands; only the address book did not take it
            notify(response, Text(error.message, error.message), kind="error")
    remember_cart(response, count_of(owner_id=me(request)))
    return response


def _desk(person_id: UUID, basket: Basket, form: CheckoutForm, chosen: str, asked: QueryDict) -> _Desk:
    """Read what the page needs. chosen: an address' id, `new` or `first`, as it was asked for."""
    book = addresses_of(person_id) if GOODS in basket.kinds else []
    if GOODS not in basket.kinds:
        chosen = NOWHERE
    else:
        mine = next((it.id for it in book if str(it.id) == chosen or (chosen == FIRST and it)), None)
        chosen = str(mine) if mine else (NEW if chosen == FIRST else chosen)
    area = Area(asked.get("province", ""), asked.get("city", "")) if chosen == NEW else Area()
    known = next((it.id for it in book if str(it.id) == chosen), None)
    cost, trouble = what_it_costs(person_id, basket, coupons_in(asked), address_id=known, area=area)
    return _Desk(basket, form, book, chosen, cost, trouble, purse_of(person_id=person_id))


def _page(request: MallRequest, desk: _Desk, key: str) -> HttpResponse:
    form, bill = desk.form, desk.cost.bill
    facts = {
        "form": form, "key": key, "direct": desk.basket.form_fields, "why": REASONS, "trouble": desk.trouble,
        "carried": GOODS in desk.basket.kinds, "topup": TOPUP in desk.basket.kinds,
        "contacts": TOPUP in desk.basket.kinds and stands(me(request), "contacts"),
        "shops": shops_of(bill), "sums": sums_of(bill), "coupon_groups": coupon_groups(desk.cost),
        "addresses": desk.book, "address_id": read_id(desk.chosen) if desk.chosen not in {NEW, NOWHERE} else NEW,
        "methods": _methods(desk), "couriers": _couriers(desk), "stored": _stored(desk),
    }  # fmt: skip
    return render(
        request, "checkout.html", facts, status=form.status if form.is_bound and form.errors else 200
    )


def _stored(desk: _Desk) -> dict[str, Any]:
    """Return what balance and E-cards hold and what they would pay."""
    cards_pay, balance_pays = desk.stored
    full = [card.balance_fen for card in desk.purse.cards if card.balance_fen]
    return {
        "cards": len(full), "cards_fen": sum(full), "balance_fen": desk.purse.balance_fen, "off": desk.payment == COD,
        "use_cards": bool(desk.asked.cards), "use_balance": desk.asked.balance, "cards_pay_fen": cards_pay,
        "balance_pays_fen": balance_pays, "left_fen": desk.cost.bill.total_fen - cards_pay - balance_pays,
    }  # fmt: skip


def _ways(desk: _Desk) -> tuple[Method, ...]:
    return methods_for(desk.cost.bill, stored_fen=desk.held_fen)


def _methods(desk: _Desk) -> list[dict[str, Any]]:
    """Return the ways of paying; those that are not offered with the reason."""
    return [
        {
            "value": it.method, "label": it.label, "note": it.reason or NOTES.get(it.method, ""),
            "checked": it.method == desk.payment and it.reason is None, "available": it.reason is None,
        }
        for it in _ways(desk)
    ]  # fmt: skip


def _couriers(desk: _Desk) -> list[dict[str, Any]]:
    """Return the couriers to choose from; one alone is no choice. note: where not every shop of it uses one."""
    shops = {share.merchant for share in desk.cost.bill.shares}
    found = couriers_for(shops) if GOODS in desk.basket.kinds else ()
    if len(found) < 2:  # noqa: PLR2004
        return []
    picked = str(desk.form["courier"].value() or "")
    rows: list[dict[str, Any]] = [{"value": "", "label": Text("由店铺安排", "Left to the shop"), "note": ""}]
    for it in found:
        some = "" if set(it.merchants) == shops else Text("部分店铺", "some shops")
        rows.append({"value": it.code, "label": it.label, "note": some})
    return [{**row, "checked": row["value"] == picked} for row in rows]


urlpatterns = [
    path("checkout", checkout, name="checkout"),
    path("checkout/place", place_order, name="place_order"),
]
