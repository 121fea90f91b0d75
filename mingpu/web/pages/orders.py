"""From the cart to the parcel: checkout, paying, the list of orders, one order."""

from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

import segno
from django.conf import settings
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST, require_safe

from mingpu.accounts import rules
from mingpu.accounts.queries import addresses_of
from mingpu.accounts.services import save_address
from mingpu.cart.queries import Cart, cart_of, count_of, priced
from mingpu.checkout.services import Placed, check_out
from mingpu.checkout.wish import To
from mingpu.delivery.queries import ShipmentView
from mingpu.delivery.services import confirm_receipt
from mingpu.lib.clock import now
from mingpu.lib.errors import MallError
from mingpu.lib.ids import token
from mingpu.lib.requests import MallRequest
from mingpu.lib.text import Text
from mingpu.orders.queries import OrderView, order_of, orders_of
from mingpu.orders.rules import (
    CANCELLED,
    CLOSED,
    COMPLETED,
    DELIVERED,
    EXPIRED,
    LABELS,
    PAID,
    PENDING,
    SHIPPED,
)
from mingpu.orders.services import cancel
from mingpu.payments.rules import METHODS
from mingpu.payments.services import start
from mingpu.service.queries import order_in_full
from mingpu.web.context import notify, remember_cart
from mingpu.web.pages import SeeOther, me, signed_in, why
from mingpu.web.pages.order_forms import CheckoutForm

NEW, FIRST = "new", "first"  # in place of an address' id
PAGE_SIZE: Final = 10
MOST_PAGES: Final = 10_000
TABS: Final = ("", PENDING, PAID, SHIPPED, DELIVERED, COMPLETED)
REASONS = why(
    phone="orders_consignee.phone delivery",
    street="orders_consignee.street delivery",
    landline="orders_consignee.landline delivery",
    email="orders_consignee.email order_lookup",
)
NOTES: Final = {
    PAID: Text("我们正在备货,交给快递后这里会显示物流。", "We are packing it; the parcel's way will show here."),
    CANCELLED: Text("您取消了这张订单,商品已放回货架。", "You cancelled this order; the goods are back on the shelf."),
    EXPIRED: Text(
        "没有在时限内付款。若您刚付了款,到账后订单会恢复,或原路退回。",
        "It was not paid in time. If you have just paid, the order is revived or the money goes back.",
    ),
    CLOSED: Text("已全额退款。", "Refunded in full."),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Basket:
    """What is about to be ordered: past the cart (`wanted`), or the cart itself."""

    wanted: dict[str, int]
    goods: Cart

    @property
    def direct(self) -> dict[str, Any] | None:
        """What the form carries on of a purchase past the cart."""
        return next(({"sku": sku, "quantity": pieces} for sku, pieces in self.wanted.items()), None)


@require_safe
@signed_in
def checkout(request: MallRequest) -> HttpResponseBase:
    """GET /checkout[?sku=&quantity=] -> what will be ordered, where to and how paid; to the cart if it cannot be."""
    basket = _basket(me(request), request.GET.get("sku", ""), request.GET.get("quantity", "1"))
    if not basket.goods.orderable:
        response = SeeOther(reverse("cart"))
        problem = next((line.problem for line in basket.goods.lines if line.problem), None)
        if problem:
            notify(response, problem, kind="error")
        return response
    form = CheckoutForm(initial={"payment": next(iter(METHODS)), "save_address": True})
    return _checkout_page(request, form, basket, FIRST, token())


@require_POST
@signed_in
def place_order(request: MallRequest) -> HttpResponseBase:
    """POST the checkout -> 303 to paying; the form again, with everything typed, when it cannot be."""
    typed, chosen = request.POST, request.POST.get("address_id", NEW)
    basket = _basket(me(request), typed.get("sku", ""), typed.get("quantity", "1"))
    form = CheckoutForm(typed, new_address=chosen == NEW)
    if form.is_valid():
        with form.telling():
            return _placed(request, form, _order(me(request), form, basket, chosen, typed.get("key", "")))
    return _checkout_page(request, form, basket, chosen, typed.get("key") or token())


def _order(person_id: UUID, form: CheckoutForm, basket: _Basket, chosen: str, key: str) -> Placed:
    """Place the order; raises what `check_out` raises."""
    said = form.cleaned_data
    to = To(**{name: said[name] or "" for name in rules.CONSIGNEE}) if chosen == NEW else None
    return check_out(
        person_id=person_id, key=key, payment=said["payment"], lines=basket.wanted or None,
        address_id=None if to else _uuid(chosen), to=to,
    )  # fmt: skip


def _placed(request: MallRequest, form: CheckoutForm, placed: Placed) -> HttpResponseBase:
    """Go on to paying; keep a new address where that was asked for."""
    response = SeeOther(reverse("pay", args=[placed.order_no]))
    if form.new_address and form.cleaned_data["save_address"] and not placed.repeated:
        fields = {name: form.cleaned_data[name] for name in rules.CONSIGNEE}
        try:
            save_address(person_id=me(request), **fields)
        except MallError as error:  # the order stands; only the address book did not take it
            notify(response, Text(error.message, error.message), kind="error")
    remember_cart(response, count_of(owner_id=me(request)))
    return response


def _checkout_page(
    request: MallRequest, form: CheckoutForm, basket: _Basket, chosen: str, key: str
) -> HttpResponse:
    """Draw the checkout; chosen: an address' id or `new`, as it was typed."""
    book, goods, picked = addresses_of(me(request)), basket.goods, form["payment"].value()
    mine = next((it.id for it in book if str(it.id) == chosen or (chosen == FIRST and it)), NEW)
    facts = {
        "form": form,
        "key": key,
        "direct": basket.direct,
        "lines": goods.lines,
        "goods_fen": goods.total_fen,
        "shipping_fen": goods.shipping_fen,
        "total_fen": goods.total_fen + goods.shipping_fen,
        "addresses": book,
        "address_id": mine,
        "methods": [
            {"value": name, "label": label, "checked": name == picked} for name, label in METHODS.items()
        ],
        "why": REASONS,
    }
    return render(request, "checkout.html", facts, status=form.status if form.errors else 200)


def _basket(person_id: UUID, sku: str, quantity: str) -> _Basket:
    """Read what is to be ordered; sku: '' for the cart."""
    if not sku:
        return _Basket({}, cart_of(owner_id=person_id))
    pieces = int(quantity) if quantity.isascii() and quantity.isdigit() and len(quantity) < 4 else 0  # noqa: PLR2004
    return _Basket({sku: pieces}, priced([(sku, pieces)]))


def _uuid(text: str) -> UUID:
    """Read an id; what is none becomes one that nobody has."""
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)


# ---- paying ----


@require_safe
@signed_in
def pay(request: MallRequest, order_no: str) -> HttpResponseBase:
    """GET -> the code to scan, or what came of it. Asking again goes on with the payment that was begun."""
    order = order_of(person_id=me(request), order_no=order_no)
    state = _pay_state(order)
    if state == "over":
        return SeeOther(reverse("order", args=[order_no]))
    return render(request, "pay.html", _pay_facts(request, order, state))


@require_safe
@signed_in
def pay_status(request: MallRequest, order_no: str) -> HttpResponseBase:
    """GET, every few seconds -> 204 while nothing changed, then the fragment that says what did."""
    order = order_of(person_id=me(request), order_no=order_no)
    state = _pay_state(order)
    if state == "pending":
        return HttpResponse(status=204)
    return render(
        request, "parts/pay_status.html", {"order": order, "state": "paid" if state == "over" else state}
    )


def _pay_state(order: OrderView) -> str:
    """Return pending | paid | expired, or over for an order whose paying is long past."""
    if order.status == PENDING:
        return "pending" if order.expires_at > now() else "expired"
    if order.status in {EXPIRED, CANCELLED}:
        return "expired"
    return "paid" if order.status == PAID else "over"


def _pay_facts(request: MallRequest, order: OrderView, state: str) -> dict[str, Any]:
    facts: dict[str, Any] = {"order": order, "state": state, "method_label": METHODS[order.payment]}
    if state == "pending":
        begun = start(person_id=me(request), order_no=order.order_no, method=order.payment)
        facts["qr_svg"] = qr_svg(begun.code_url)
        if settings.COUNTERPARTS:
            host = request.get_host().partition(":")[0]
            query = urlencode({"code_url": begun.code_url})
            facts["scan_url"] = f"http://{host}:{settings.COUNTERPARTS_PORT}/wechatpay/pay?{query}"
    return facts


def qr_svg(text: str) -> str:
    """Draw a QR code as SVG without styles of its own, which the pages' policy would not allow."""
    drawn = segno.make(text, error="m").svg_inline(
        omitsize=True, svgclass="qr-code", lineclass=None, border=2
    )
    return SafeString(drawn)


# ---- orders ----


@require_safe
@signed_in
def orders(request: MallRequest) -> HttpResponseBase:
    """GET ?status=&page= -> a person's orders, newest first."""
    status, page = request.GET.get("status", ""), request.GET.get("page", "1")
    status = status if status in LABELS else ""
    number = int(page) if page.isascii() and page.isdigit() and 0 < len(page) < 6 else 1  # noqa: PLR2004
    listing = orders_of(
        person_id=me(request), status=status, page=min(max(number, 1), MOST_PAGES), page_size=PAGE_SIZE
    )
    tabs = [
        {
            "status": it,
            "label": LABELS[it] if it else Text("全部", "All"),
            "count": listing.counts.get(it, 0) if it else 0,
        }
        for it in TABS
    ]
    return render(request, "orders.html", {"listing": listing, "status": status, "tabs": tabs})


@require_safe
@signed_in
def order(request: MallRequest, order_no: str) -> HttpResponseBase:
    """GET -> one order in full; 404 for anybody else's."""
    it = order_in_full(person_id=me(request), order_no=order_no)
    facts = {
        "order": it.order,
        "steps": _steps(it.order),
        "note": NOTES.get(it.order.status, ""),
        "payments": it.payments,
        "refunds": it.refunds,
        "shipments": [shipment_facts(parcel) for parcel in it.shipments],
        "cases": it.cases,
    }
    return render(request, "order.html", facts)


@require_POST
@signed_in
def order_cancel(request: MallRequest, order_no: str) -> HttpResponseBase:
    """POST -> 303 to the order, cancelled; 409 once it is paid or closed."""
    cancel(person_id=me(request), order_no=order_no)
    response = SeeOther(reverse("order", args=[order_no]))
    notify(response, Text("订单已取消", "The order is cancelled"))
    return response


@require_POST
@signed_in
def order_receipt(request: MallRequest, order_no: str) -> HttpResponseBase:
    """POST -> 303 to the order, completed; 409 before it was shipped."""
    confirm_receipt(person_id=me(request), order_no=order_no)
    response = SeeOther(reverse("order", args=[order_no]))
    notify(response, Text("已确认收货", "Receipt confirmed"))
    return response


def shipment_facts(parcel: ShipmentView) -> dict[str, Any]:
    """Return a parcel as the pages show it."""
    return {
        "courier": parcel.courier_label,
        "waybill_no": parcel.waybill_no or "",
        "status": parcel.status,
        "status_label": parcel.status_label,
        "events": [{"at": step.at, "place": step.place, "text": step.text} for step in parcel.events],
    }


def _steps(it: OrderView) -> list[dict[str, Any]]:
    """Return the course of an order that goes well, with how far it has come; [] for one that was closed."""
    if it.status in {CANCELLED, EXPIRED, CLOSED}:
        return []
    reached = {event.after: event.at for event in it.events}
    way = [PENDING, PAID, SHIPPED, DELIVERED, COMPLETED]
    here = way.index(it.status)
    words = {
        PENDING: Text("提交订单", "Placed"), PAID: Text("付款", "Paid"), SHIPPED: Text("发货", "On its way"),
        DELIVERED: Text("签收", "Delivered"), COMPLETED: Text("完成", "Completed"),
    }  # fmt: skip
    return [
        {
            "label": words[state],
            "at": reached.get(state),
            "state": "done" if place < here else "current" if place == here else "todo",
        }
        for place, state in enumerate(way)
    ]


urlpatterns = [
    path("checkout", checkout, name="checkout"),
    path("checkout/place", place_order, name="place_order"),
    path("orders", orders, name="orders"),
    path("orders/<str:order_no>", order, name="order"),
    path("orders/<str:order_no>/pay", pay, name="pay"),
    path("orders/<str:order_no>/pay/status", pay_status, name="pay_status"),
    path("orders/<str:order_no>/cancel", order_cancel, name="order_cancel"),
    path("orders/<str:order_no>/receipt", order_receipt, name="order_receipt"),
]
