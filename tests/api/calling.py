"""Calling the API as a person's app does, and what the tests about trade share."""

import json
import secrets
from typing import Any
from uuid import UUID

from django.conf import settings

from mingpu.catalog.models import Product, Sku
from mingpu.catalog.services import mark_changed
from mingpu.lib.clock import now
from tests.factories import TO_JSON, Buyer
from tests.support import zone

PROBLEM = "application/problem+json"


def call(who: Any, method: str, path: str, body: Any = None, **headers: str) -> Any:
    settings.STATIC_ROOT.mkdir(exist_ok=True)
    data = json.dumps(body) if body is not None else ""
    client = who.api() if isinstance(who, Buyer) else who
    return client.generic(method, f"/api/v1{path}", data, content_type="application/json", headers=headers)


def order(who: Buyer, body: dict[str, Any], key: str = "a-key-of-mine") -> Any:
    """Place an order that is carried somewhere and paid by WeChat Pay, unless the body says otherwise."""
    whole = {"consignee": TO_JSON, "payment": "wechatpay", **body}
    return call(who, "POST", "/orders", whole, **{"Idempotency-Key": key})


def ordered(who: Buyer, body: dict[str, Any]) -> dict[str, Any]:
    answer = order(who, body, key=secrets.token_hex(8))
    assert answer.status_code == 201, answer.content
    return dict(answer.json())


def quoted(who: Buyer, body: dict[str, Any]) -> dict[str, Any]:
    answer = call(who, "POST", "/orders/quote", body)
    assert answer.status_code == 200, answer.content
    return dict(answer.json())


def refused(answer: Any, status: int, code: str) -> dict[str, Any]:
    assert (answer.status_code, answer["Content-Type"]) == (status, PROBLEM), answer.content
    said = answer.json()
    assert (said["status"], said["code"]) == (status, code), said
    assert set(said) <= {"type", "title", "status", "detail", "code", "fields", "act", "proofs"}
    return dict(said)


def lines(*skus: str, quantity: int = 1) -> list[dict[str, Any]]:
    return [{"sku": sku, "quantity": quantity} for sku in skus]


def shelf(count: int, *, price_fen: int = 1000, stock: int = 100, **facts: Any) -> list[str]:
    """Make products of one SKU each, fast; facts: columns of the product."""
    codes = [f"Z-{secrets.token_hex(6)}-{place}" for place in range(count)]
    moment = now()
    with zone("worker"):
        products = Product.objects.bulk_create(
            Product(
                source="test", external_id=code, title=f"搪瓷杯{place}", title_en=f"Enamel mug {place}",
                price_fen=price_fen, for_sale=True, listed_at=moment, **facts,
            )
            for place, code in enumerate(codes)
        )  # fmt: skip
        Sku.objects.bulk_create(
            Sku(code=code, product=it, price_fen=price_fen, stock=stock, options={"颜色": "雾灰"})
            for code, it in zip(codes, products, strict=True)
        )
        mark_changed(skus=codes)
    return codes


def product_of(sku: str) -> UUID:
    return Sku.objects.values_list("product_id", flat=True).get(code=sku)
