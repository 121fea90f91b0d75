"""Buyers at once: each connection fills a cart and orders, again and again, with a new person each time."""

import secrets
import time
from collections.abc import Iterator, Sequence

from bench.rush import Request, Rush, request, rush

TO = {
    "name": "张测试", "phone": "13900000000", "province": "浙江省", "city": "杭州市", "district": "西湖区",
    "street": "文三路 1 号 2 单元 301",
}  # fmt: skip


def whole(token: str, sku: str) -> list[Request]:
    """Return the requests of a whole checkout: fill an empty cart, look at it, order."""
    bearer = {"Authorization": f"Bearer {token}"}
    key = {"Idempotency-Key": secrets.token_hex(16)}
    return [
        request("PUT", f"/api/v1/cart/lines/{sku}", bearer, {"quantity": 1}),
        request("GET", "/api/v1/cart", bearer),
        request("POST", "/api/v1/orders", bearer | key, {"consignee": TO, "payment": "wechatpay"}),
    ]


def order(token: str, sku: str) -> list[Request]:
    """Return the one request that orders a piece past the cart."""
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": secrets.token_hex(16)}
    body = {"lines": [{"sku": sku, "quantity": 1}], "consignee": TO, "payment": "wechatpay"}
    return [request("POST", "/api/v1/orders", headers, body)]


def crowd(
    port: int,
    tokens: Sequence[str],
    skus: Sequence[str],
    *,
    connections: int,
    seconds: float,
    cart: bool = True,
) -> Rush:
    """Let `connections` buyers shop for a while; tokens go round, so that nobody's orders pile up.

    cart: each order goes through a cart; else articles are ordered at once.
    """

    def turns() -> Iterator[list[Request]]:
        end, turn = time.perf_counter() + seconds, 0
        while time.perf_counter() < end:
            yield (whole if cart else order)(tokens[turn % len(tokens)], skus[turn % len(skus)])
            turn += 1

    return rush(port, turns(), connections=connections)
