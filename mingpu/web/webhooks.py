"""What institutions and couriers report on their own account. Nobody is signed in here; everything is checked."""

import json
import logging
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from mingpu.adapters.courier import ForgedPush
from mingpu.adapters.payment import Forged, PaymentFailed
from mingpu.adapters.providers import courier
from mingpu.lib.jobs import enqueue
from mingpu.payments.services import record_callback

log = logging.getLogger(__name__)
LARGEST: Final = 64 * 1024  # bytes of a callback


@csrf_exempt
@require_POST
def wechatpay(request: HttpRequest) -> HttpResponse:
    """POST a callback of WeChat Pay -> 204 once it is safe with us; 401 forged, 413 too large, 503 again later."""
    if _too_large(request):
        return _fail(413, "too large")
    try:
        record_callback(method="wechatpay", headers=request.headers, body=request.body)
    except Forged as forged:
        log.warning("a callback of wechatpay was refused: %s", forged.code)
        return _fail(401, "signature")
    except PaymentFailed as failed:
        if failed.permanent:
            raise
        return _fail(503, "later")
    return HttpResponse(status=204)


@csrf_exempt
@require_POST
def sf(request: HttpRequest, secret: str = "") -> HttpResponse:
    """POST a push of SF -> the courier's own words for taken or not. A push is only a reason to ask."""
    client = courier("sf")
    if _too_large(request):
        return _said(413, client.push_reply(ok=False))
    try:
        steps = client.parse_push(request.headers, secret, request.body)
    except ForgedPush as forged:
        log.warning("a push of sf was refused: %s", forged.code)
        return _said(401, client.push_reply(ok=False))
    for waybill_no in sorted({step.waybill_no for step in steps}):
        enqueue("delivery.follow", once=f"follow-{waybill_no}", waybill_no=waybill_no)
    return _said(200, client.push_reply(ok=True))


def _too_large(request: HttpRequest) -> bool:
    return int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST


def _fail(status: int, message: str) -> HttpResponse:
    body = json.dumps({"code": "FAIL", "message": message})
    return HttpResponse(body, status=status, content_type="application/json")


def _said(status: int, reply: tuple[str, bytes]) -> HttpResponse:
    kind, body = reply
    return HttpResponse(body, status=status, content_type=kind)


urlpatterns = [
    path("webhooks/wechatpay", wechatpay, name="webhook_wechatpay"),
    path("webhooks/sf", sf, name="webhook_sf_open"),
    path("webhooks/sf/<str:secret>", sf, name="webhook_sf"),
]
