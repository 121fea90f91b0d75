"""Buyers at once: each connection fills a cart and orders, again and again, with a new person each time."""

import json
import secrets
import threading
import time
from dataclasses import dataclass

from bench.load import Client, percentile

TO = {
    "name": "张测试", "phone": "13900000000", "province": "浙江省", "city": "杭州市", "district": "西湖区",
    "street": "文三路 1 号 2 单元 301",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shopping:
    """What a crowd did: whole checkouts per second and the time of each, milliseconds."""

    per_second: float
    p50: float
    p99: float
    refused: int


def check_out(client: Client, token: str, sku: str) -> tuple[int, float]:
    """Fill an empty cart, look at it, order; return the last status and the milliseconds of all three."""
    bearer = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    spent = 0.0
    order = json.dumps({"consignee": TO, "payment": "wechatpay"})
    status = 0
    for method, path, body, more in (
        ("PUT", f"/api/v1/cart/lines/{sku}", '{"quantity": 1}', {}),
        ("GET", "/api/v1/cart", None, {}),
        ("POST", "/api/v1/orders", order, {"Idempotency-Key": secrets.token_hex(16)}),
    ):
        status, _, took = client.ask(method, path, body, {**bearer, **more})
        spent += took
    return status, spent


def crowd(port: int, tokens: list[str], skus: list[str], *, connections: int, seconds: float) -> Shopping:
    """Let `connections` buyers shop for a while; tokens go round, so that nobody's orders pile up."""
    times: list[float] = []
    refused = [0]
    end = time.perf_counter() + seconds

    def shop(place: int) -> None:
        client = Client(port)
        turn = place
        while time.perf_counter() < end:
            status, spent = check_out(client, tokens[turn % len(tokens)], skus[turn % len(skus)])
            if status == 201:
                times.append(spent)
            else:
                refused[0] += 1
            turn += connections

    begun = time.perf_counter()
    threads = [threading.Thread(target=shop, args=(place,)) for place in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - begun
    return Shopping(len(times) / took, percentile(times, 0.5), percentile(times, 0.99), refused[0])
