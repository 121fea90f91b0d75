"""Paying an order: by a code to scan, or at the institution's own page in this browser; and what came of it.

Only the institution that the buyer chose is ever called. What a browser brings back from an institution proves
nothing: the page then waits for what the institution itself says.
"""

from typing import Any, Final
from urllib.parse import urlencode

import segno
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.safestring import SafeString
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from mingpu.lib.clock import now
from mingpu.lib.requests import MallRequest
from mingpu.lib.text import Text
from mingpu.orders.queries import OrderView, order_of
from mingpu.orders.rules import CANCELLED, CONFIRMED, CONFIRMING, EXPIRED, PAID, PENDING
from mingpu.payments.queries import PaymentView, payments_of
from mingpu.payments.rules import COD, INSTITUTIONS, METHODS, OPEN, PAGE, STORED, SUCCEEDED, VIAS
from mingpu.payments.services import charge_stored, start
from mingpu.wallet.queries import purse_of
from mingpu.web.context import notify
from mingpu.web.pages import SeeOther, me, signed_in
from mingpu.web.pages.stepping import asks_to_pay
from mingpu.web.policy import HEADER, content_policy

CHECKING: Final = "checking"
MARKS: Final = {
    "wechatpay": Text("打开微信扫一扫", "Scan with WeChat"),
    "alipay": Text("支付宝扫一扫，或在浏览器里付", "Scan with Alipay, or pay in this browser"),
    "unionpay": Text("云闪付扫一扫，或在浏览器里付", "Scan with UnionPay, or pay in this browser"),
}


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def pay(request: MallRequest, order_no: str) -> HttpResponseBase:
    """GET -> the code to scan, or what came of it; asking again goes on with the payment that was begun.

    POST method -> 303 here, with the payment begun at that institution; POST use_cards, use_balance -> 303 here,
    with those charged. 404 for anybody else's order.
    """
    order = order_of(person_id=me(request), order_no=order_no)
    if request.method == "POST":
        return asks_to_pay(request, stored=not _method_in(request)) or _choose(request, order)
    state = _state(order)
    if state == "over":
        return SeeOther(reverse("order", args=[order_no]))
    if state == "pending" and request.GET.get("from") == "page":
        state = CHECKING
    if state == "pending" and (asked := asks_to_pay(request)):
        return asked
    return render(request, "pay.html", _facts(request, order, state))


@require_safe
@signed_in
def pay_status(request: MallRequest, order_no: str) -> HttpResponseBase:
    """GET, every few seconds -> 204 while nothing changed, then the fragment that says what did."""
    order = order_of(person_id=me(request), order_no=order_no)
    state = _state(order)
    if state == "pending" or (state == "confirming" and order.status == CONFIRMING):
        return HttpResponse(status=204)
    shown = "paid" if state == "over" else state
    return render(request, "parts/pay_status.html", {"order": order, "state": shown})


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def pay_page(request: MallRequest, order_no: str) -> HttpResponseBase:
    """POST method -> the form that takes this browser to the institution; only there may it be sent.

    GET -> 303 to the choice: nobody is called for a link that was followed.
    """
    if request.method != "POST":
        return SeeOther(reverse("pay", args=[order_no]))
    if asked := asks_to_pay(request):
        return asked
    method = _method_in(request)
    back = f"{settings.PUBLIC_ADDRESS}{reverse('pay_back', args=[order_no])}"
    begun = start(person_id=me(request), order_no=order_no, method=method, via=PAGE, back=back)
    if begun.page is None:  # the institution would not have one now
        return SeeOther(reverse("pay", args=[order_no]))
    facts = {
        "order_no": order_no, "method_label": METHODS[method], "amount_fen": begun.amount_fen,
        "expires_at": begun.expires_at, "page": begun.page,
    }  # fmt: skip
    response = render(request, "pay_page.html", facts)
    response.headers[HEADER] = content_policy(begun.page.url)
    return response


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def pay_back(request: HttpRequest, order_no: str) -> HttpResponseBase:
    """GET or POST, from an institution's page -> on to waiting; nothing that it brings is looked at.

    Somebody else's site sends the browser here, so it may come without its cookies: then a page without any
    data leads on to the order, which is behind the sign-in.
    """
    if request.method == "POST":
        return SeeOther(reverse("pay_back", args=[order_no]))
    onward = f"{reverse('pay', args=[order_no])}?from=page"
    if getattr(request, "person_id", None):
        return SeeOther(onward)
    return render(request, "pay_back.html", {"onward": onward})


def _method_in(request: HttpRequest) -> str:
    method = request.POST.get("method", "")
    return method if method in INSTITUTIONS else ""


def _choose(request: MallRequest, order: OrderView) -> HttpResponse:
    here = SeeOther(reverse("pay", args=[order.order_no]))
    if method := _method_in(request):
        start(person_id=me(request), order_no=order.order_no, method=method)
    else:
        use = charge_stored(
            person_id=me(request), order_no=order.order_no, use_cards="use_cards" in request.POST,
            use_balance="use_balance" in request.POST,
        )  # fmt: skip
        if not use.cards_fen + use.balance_fen:
            notify(here, Text("没有可用的余额或 E 卡", "There is nothing to use"), kind="error")
    return here


def _state(order: OrderView) -> str:
    """Return pending | paid | expired | confirming, or over for an order whose paying is long past."""
    if order.status == PENDING:
        return "pending" if order.expires_at > now() else "expired"
    if order.payment == COD and order.status in {CONFIRMING, CONFIRMED}:
        return "confirming"
    if order.status in {EXPIRED, CANCELLED}:
        return "expired"
    return "paid" if order.status == PAID else "over"


def _facts(request: MallRequest, order: OrderView, state: str) -> dict[str, Any]:
    facts: dict[str, Any] = {"order": order, "state": state}
    if state not in {"pending", CHECKING}:
        return facts
    payments, _ = payments_of(person_id=me(request), order_no=order.order_no)
    used = [it for it in payments if it.method in STORED and it.status == SUCCEEDED]
    left = order.total_fen - sum(it.amount_fen for it in used)
    method = _current(order, payments)
    facts |= {
        "left_fen": left, "used": [{"label": it.method_label, "fen": it.amount_fen} for it in used], "method": method,
        "method_label": METHODS[method] if method else "", "methods": _others(method),
        "can_page": method and PAGE in VIAS[method],
    }  # fmt: skip
    if state == "pending":
        facts |= _stored(request, left)
        if method:
            facts |= _code(request, order, method)
    return facts


def _current(order: OrderView, payments: tuple[PaymentView, ...]) -> str:
    """Return the institution that was asked last, or was chosen with the order; "" when there is none yet."""
    begun = [it.method for it in payments if it.method in INSTITUTIONS and it.status in OPEN]
    if begun:
        return begun[-1]
    return order.payment if order.payment in INSTITUTIONS else ""


def _others(method: str) -> list[dict[str, Any]]:
    return [
        {"value": it, "label": METHODS[it], "note": MARKS[it], "page": PAGE in VIAS[it]}
        for it in INSTITUTIONS
        if it != method
    ]


def _stored(request: MallRequest, left: int) -> dict[str, Any]:
    """Return what balance and E-cards could still pay of it."""
    purse = purse_of(person_id=me(request))
    cards, _ = purse.reaching(left, use_cards=True, use_balance=False)
    return {"cards_could_fen": cards, "balance_could_fen": min(purse.balance_fen, left)}


def _code(request: MallRequest, order: OrderView, method: str) -> dict[str, Any]:
    begun = start(person_id=me(request), order_no=order.order_no, method=method)
    facts: dict[str, Any] = {"qr_svg": qr_svg(begun.code_url)}
    if settings.COUNTERPARTS:
        host = request.get_host().partition(":")[0]
        query = urlencode({"code_url": begun.code_url})
        facts["scan_url"] = f"http://{host}:{settings.COUNTERPARTS_PORT}/{method}/pay?{query}"
    return facts


def qr_svg(text: str) -> str:
    """Draw a QR code as SVG without styles of its own, which the pages' policy would not allow."""
    drawn = segno.make(text, error="m").svg_inline(
        omitsize=True, svgclass="qr-code", lineclass=None, border=2
    )
    return SafeString(drawn)


urlpatterns = [
    path("orders/<str:order_no>/pay", pay, name="pay"),
    path("orders/<str:order_no>/pay/status", pay_status, name="pay_status"),
    path("orders/<str:order_no>/pay/page", pay_page, name="pay_page"),
    path("orders/<str:order_no>/pay/back", pay_back, name="pay_back"),
]
