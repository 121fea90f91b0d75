"""A person's orders: the list with its search, one order in full, and what can be done about it."""

from typing import Final

from django.http import HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mingpu.cart.queries import count_of
from mingpu.checkout.again import buy_again
from mingpu.delivery.services import confirm_receipt
from mingpu.invoices.queries import invoices_of
from mingpu.lib.requests import MallRequest
from mingpu.lib.text import Text, current_language
from mingpu.merchants.queries import shops
from mingpu.orders.queries import LONGEST_SEARCH, orders_of
from mingpu.orders.rules import (
    COMPLETED,
    CONFIRMED,
    CONFIRMING,
    DELIVERED,
    LABELS,
    PAID,
    PARTLY,
    PENDING,
    SHIPPED,
)
from mingpu.orders.services import cancel
from mingpu.orders.sheet import sheet
from mingpu.service.queries import order_in_full
from mingpu.virtual.queries import handovers_of, reveal
from mingpu.web.context import notify, remember_cart
from mingpu.web.pages import SeeOther, me, page_number, signed_in
from mingpu.web.pages.order_facts import card_facts, order_facts

PAGE_SIZE: Final = 10
TABS: Final = ("", PENDING, PAID, SHIPPED, DELIVERED, COMPLETED)
SOMETIMES: Final = (CONFIRMING, CONFIRMED, PARTLY)  # tabs that show while there is something in them


@require_safe
@signed_in
def orders(request: MallRequest) -> HttpResponseBase:
    """GET ?status=&q=&merchant=&page= -> a person's orders, newest first."""
    asked = request.GET
    status, merchant = asked.get("status", ""), asked.get("merchant", "")
    status = status if status in LABELS else ""
    merchant = merchant if merchant in shops() else ""
    q = asked.get("q", "").strip()[:LONGEST_SEARCH]
    listing = orders_of(
        person_id=me(request),
        status=status,
        q=q,
        merchant=merchant,
        page=page_number(request),
        page_size=PAGE_SIZE,
    )
    shown = [*TABS, *(it for it in SOMETIMES if listing.counts.get(it) or it == status)]
    if status and status not in shown:
        shown.append(status)
    facts = {
        "listing": {
            "items": [card_facts(it) for it in listing.items], "total": listing.total, "page": listing.page,
            "page_size": listing.page_size,
        },
        "status": status, "q": q, "merchant": merchant, "searched": bool(q or merchant),
        "shops": [{"code": code, "name": it.merchant.name} for code, it in shops().items()],
        "tabs": [_tab(it, listing.counts.get(it, 0)) for it in shown],
    }  # fmt: skip
    return render(request, "orders.html", facts)


def _tab(status: str, count: int) -> dict[str, object]:
    label = LABELS[status] if status else Text("全部", "All")
    if status == CONFIRMED:
        label = Text("货到付款待发", "To send, paid at the door")
    return {"status": status, "label": label, "count": count if status else 0}


@require_safe
@signed_in
def order(request: MallRequest, order_no: str) -> HttpResponseBase:
    """GET -> one order in full; 404 for anybody else's."""
    person_id = me(request)
    it = order_in_full(person_id=person_id, order_no=order_no)
    virtual = any(line.kind != "goods" for line in it.order.lines)
    handed = handovers_of(person_id=person_id, order_no=order_no) if virtual else None
    invoices = invoices_of(person_id=person_id, order_no=order_no) if it.order.paid_at else None
    return render(request, "order.html", order_facts(it, handed, invoices))


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


@require_POST
@signed_in
def order_again(request: MallRequest, order_no: str) -> HttpResponseBase:
    """POST -> 303 to the cart with the same goods in it, as far as they can be had."""
    again = buy_again(person_id=me(request), order_no=order_no)
    response = SeeOther(reverse("cart"))
    if not again.added:
        notify(response, Text("这些商品都买不到了", "None of it can be had any more"), kind="error")
    elif again.left:
        n = len(again.left)
        notify(
            response,
            Text(
                f"已加入购物车，{n} 种缺货或数量不足", f"In your cart; {n} articles could not be had in full"
            ),
        )
    else:
        notify(response, Text("已全部加入购物车", "All of it is in your cart"))
    remember_cart(response, count_of(owner_id=me(request)))
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def card_code(request: MallRequest, order_no: str, delivery_no: str) -> HttpResponseBase:
    """POST -> the code of an E-card that was bought, for its buyer; it is on no other page. 404 for others.

    GET -> 303 to the order: a code is asked for by its button alone.
    """
    if request.method != "POST":
        return SeeOther(reverse("order", args=[order_no]))
    code = reveal(person_id=me(request), delivery_no=delivery_no)
    return render(request, "card_code.html", {"order_no": order_no, "delivery_no": delivery_no, "code": code})


@require_safe
@signed_in
def orders_export(request: MallRequest) -> HttpResponseBase:
    """GET -> all orders with all lines as a table for spreadsheets, however many there are."""
    response = StreamingHttpResponse(
        sheet(me(request), current_language()), content_type="text/csv; charset=utf-8"
    )
    response.headers["Content-Disposition"] = 'attachment; filename="orders.csv"'
    return response


urlpatterns = [
    path("orders", orders, name="orders"),
    path("orders/export.csv", orders_export, name="orders_export"),
    path("orders/<str:order_no>", order, name="order"),
    path("orders/<str:order_no>/cancel", order_cancel, name="order_cancel"),
    path("orders/<str:order_no>/receipt", order_receipt, name="order_receipt"),
    path("orders/<str:order_no>/again", order_again, name="order_again"),
    path("orders/<str:order_no>/cards/<str:delivery_no>", card_code, name="card_code"),
]
