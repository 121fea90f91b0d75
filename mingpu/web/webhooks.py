"""What institutions and couriers report on their own account. Nobody is signed in here; everything is checked."""

import logging
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from mingpu.adapters.courier import ForgedPush
from mingpu.adapters.invoice import InvoiceFailed
from mingpu.adapters.payment import Forged, PaymentFailed, Reply
from mingpu.adapters.providers import courier, invoice_issuer, payment_gateway
from mingpu.lib.jobs import enqueue
from mingpu.payments.services import record_callback

log = logging.getLogger(__name__)
LARGEST: Final = 64 * 1024  # bytes of a callback


@csrf_exempt
@require_POST
def payment(request: HttpRequest, method: str) -> HttpResponse:
    """POST a callback of an institution -> its own words for taken, once it is safe with us.

    401 forged, 413 too large, 503 again later; then in its own words for not taken.
    """
    gateway = payment_gateway(method)
    if _too_large(request):
        return _answer(gateway.callback_reply(ok=False), 413)
    try:
        record_callback(method=method, headers=request.headers, body=request.body)
    except Forged as forged:
        log.warning("a callback of %s was refused: %s", method, forged.code)
        return _answer(gateway.callback_reply(ok=False), 401)
    except PaymentFailed as failed:
        if failed.permanent:
            raise
        return _answer(gateway.callback_reply(ok=False), 503)
    return _answer(gateway.callback_reply(ok=True))


@csrf_exempt
@require_POST
def fapiao(request: HttpRequest) -> HttpResponse:
    """POST a callback about an invoice -> as for payments. A callback is only a reason to ask."""
    issuer = invoice_issuer()
    if _too_large(request):
        return _answer(issuer.callback_reply(ok=False), 413)
    try:
        invoice_no = issuer.parse_callback(request.headers, request.body)
    except Forged as forged:
        log.warning("a callback about an invoice was refused: %s", forged.code)
        return _answer(issuer.callback_reply(ok=False), 401)
    except InvoiceFailed as failed:
        if failed.permanent:
            raise
        return _answer(issuer.callback_reply(ok=False), 503)
    enqueue("invoices.follow", once=f"invoice-{invoice_no}", invoice_no=invoice_no)
    return _answer(issuer.callback_reply(ok=True))


@csrf_exempt
@require_POST
def push(request: HttpRequest, name: str, secret: str = "") -> HttpResponse:
    """POST a push of a courier -> its own words for taken or not. A push is only a reason to ask."""
    client = courier(name)
    if _too_large(request):
        return _said(413, client.push_reply(ok=False))
    try:
        steps = client.parse_push(request.headers, secret, request.body)
    except ForgedPush as forged:
        log.warning("a push of %s was refused: %s", name, forged.code)
        return _said(401, client.push_reply(ok=False))
    for waybill_no in sorted({step.waybill_no for step in steps}):
        enqueue("delivery.follow", once=f"follow-{waybill_no}", waybill_no=waybill_no)
    return _said(200, client.push_reply(ok=True))


def _too_large(request: HttpRequest) -> bool:
    return int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST


def _answer(reply: Reply, status: int | None = None) -> HttpResponse:
    """Say `reply`; status: in place of its own, where the reason is ours to tell."""
    return HttpResponse(reply.body, status=status or reply.status, content_type=reply.content_type)


def _said(status: int, reply: tuple[str, bytes]) -> HttpResponse:
    kind, body = reply
    return HttpResponse(body, status=status, content_type=kind)


_METHODS: Final = ("wechatpay", "unionpay", "alipay")
_COURIERS: Final = ("sf", "yto")

urlpatterns = [
    *(path(f"webhooks/{one}", payment, {"method": one}, name=f"webhook_{one}") for one in _METHODS),
    path("webhooks/fapiao", fapiao, name="webhook_fapiao"),
    *(path(f"webhooks/{one}", push, {"name": one}, name=f"webhook_{one}_open") for one in _COURIERS),
    *(path(f"webhooks/{one}/<str:secret>", push, {"name": one}, name=f"webhook_{one}") for one in _COURIERS),
]
