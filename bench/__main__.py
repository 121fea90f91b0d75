"""`make bench`: measure a mall as `make run` starts it, and write what was measured into docs/measurements.

Every rate stands beside a trivial view of the same server, measured just before and just after it in the same
minute: machines are noisy, ratios less so.
"""

import json
import os
import platform
import secrets
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from bench import hot, same_sql
from bench.load import Client, Rate, paired, percentile, wrk
from bench.mall import PRODUCTS, ROOT, Mall, free_port, mall, wait_for
from bench.report import write
from bench.shopping import TO, crowd
from mingpu.home import secret
from mingpu.web.addresses import product_url

DATA = Path(os.environ.get("MINGPU_DATA") or ROOT.parent / "shared" / "data")


def main() -> None:
    """Measure everything that can be measured here and write the report."""
    found: dict[str, Any] = {
        "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "machine": f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}",
    }
    with mall("counterparts", "web", catalogue=str(PRODUCTS)) as it:
        os.environ["MINGPU_HOME"] = str(it.home)
        tokens = [token for _, token in it.people(120)]
        found["rates"] = rates(it, tokens)
        found["checkout"] = checkouts(it, tokens)
        found["hot sku"] = hot.measure(it)
        found["privacy cost"] = privacy_cost(it, tokens)
    if (DATA / "zh_catalogue").exists():
        with mall("web", catalogue=str(DATA / "zh_catalogue")) as it:
            found["search at size"] = search_at_size(it)
    write(found)


def beside_trivial(it: Mall, measure: Callable[[], Rate]) -> dict[str, float]:
    """Measure a rate between two measurements of the trivial view."""
    trivial = f"{it.address}/healthz"
    before = wrk(trivial, seconds=2).per_second
    rate = measure()
    after = wrk(trivial, seconds=2).per_second
    floor = (before + after) / 2
    return {
        "per_second": rate.per_second, "p50_ms": rate.p50, "p99_ms": rate.p99, "failed": rate.failed,
        "trivial": floor, "ratio": rate.per_second / floor,
    }  # fmt: skip


def rates(it: Mall, tokens: list[str]) -> dict[str, Any]:
    """Measure list, product, search and add to cart at concurrency 8."""
    client = Client(it.port)
    listed = json.loads(client.ask("GET", "/api/v1/products?in_stock=true&page_size=100")[1])["items"]
    product, title = listed[0]["id"], listed[0]["title"]
    words = sorted(
        {name[place : place + 2] for name in (good["title"] for good in listed) for place in range(6)}
    )
    skus = [good["sku"] for good in listed if good["sku"]]
    paths = [f"/api/v1/products?q={quote(first + second)}" for first in words for second in words][:4000]
    calls = {
        "list of 24": lambda: wrk(f"{it.address}/api/v1/products?page_size=24"),
        "product": lambda: wrk(f"{it.address}/api/v1/products/{product}"),
        "search": lambda: wrk(it.address, script=_round(paths)),
        "product page": lambda: wrk(f"{it.address}{product_url(product, title)}"),
        "home page": lambda: wrk(f"{it.address}/"),
        "add to cart": lambda: wrk(it.address, script=_puts(skus[:5], tokens)),
    }
    return {name: beside_trivial(it, call) for name, call in calls.items()}


def _round(paths: list[str]) -> str:
    listed = ",".join(json.dumps(path) for path in paths)
    return (
        f"local paths = {{{listed}}}\nlocal turn = 0\nfunction init(args) turn = math.random(#paths) end\n"
        'function request() turn = turn % #paths + 1; return wrk.format("GET", paths[turn]) end\n'
    )


def _puts(skus: list[str], tokens: list[str]) -> str:
    return (
        f"local skus = {{{','.join(json.dumps(sku) for sku in skus)}}}\n"
        f"local tokens = {{{','.join(json.dumps(token) for token in tokens)}}}\nlocal turn = math.random(1000)\n"
        'function request() turn = turn + 1; return wrk.format("PUT", "/api/v1/cart/lines/" .. skus[turn % #skus + 1], '
        '{["Authorization"] = "Bearer " .. tokens[turn % #tokens + 1], ["Content-Type"] = "application/json"}, '
        "'{\"quantity\": 1}') end\n"
    )


def checkouts(it: Mall, tokens: list[str]) -> dict[str, Any]:
    """Measure whole checkouts at concurrency 8 and 64, and the same statements by pgbench."""
    client = Client(it.port)
    listed = json.loads(client.ask("GET", "/api/v1/products?in_stock=true&page_size=100")[1])["items"]
    skus = [good["sku"] for good in listed if good["sku"]]
    for token in tokens:  # carts were filled by the measurement before
        client.ask("GET", "/api/v1/cart", headers={"Authorization": f"Bearer {token}"})
    found: dict[str, Any] = {}
    for what, cart in (("whole checkout", True), ("order alone", False)):
        for connections in (8, 64):
            before = wrk(f"{it.address}/healthz", seconds=2).per_second
            fresh = [token for _, token in it.people(400)]
            seen = crowd(it.port, fresh, skus, connections=connections, seconds=8, cart=cart)
            figures = seen.figures(201)
            found[f"{what}, concurrency {connections}"] = {
                **figures, "refused": len(seen.turns) - seen.count(201), "trivial": before,
                "ratio": figures["per_second"] / before,
            }  # fmt: skip
    found["pgbench"] = replay(it)
    return found


def replay(it: Mall) -> dict[str, float]:
    """Take one checkout's statements from the application and let pgbench run them."""
    taken = json.loads(it.command("-m", "bench.statements", zone="storefront"))
    script = same_sql.script(taken["statements"], taken["person"], taken["order_no"], PRODUCTS)
    rate = same_sql.pgbench(
        script, database="mingpu", login="zone_storefront", password=secret("zone-storefront", "password")
    )
    return {"per_second": rate, "statements": len(taken["statements"])}


@contextmanager
def plain_server(it: Mall) -> Any:
    """Serve the same mall without enforcement on another port; yields the port."""
    port, password = free_port(), secrets.token_hex(16)
    it.command("-c", f"from bench.plain import make_login; make_login('{password}')", zone="owner")
    call = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(port), "--workers", "1",
        "--blocking-threads", "1", "--no-ws", "--log-level", "warning", "bench.plain:application",
    ]  # fmt: skip
    env = {**it.env, "MINGPU_ZONE": "storefront", "BENCH_PASSWORD": password}
    other = subprocess.Popen(call, env=env, cwd=ROOT)
    try:
        wait_for(f"http://127.0.0.1:{port}/healthz")
        yield port
    finally:
        other.terminate()
        other.wait(20)


def privacy_cost(it: Mall, tokens: list[str]) -> dict[str, Any]:
    """Measure five pages with enforcement on and off, in turn, page by page."""
    client = Client(it.port)
    token = tokens[0]
    bearer = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    stocked = json.loads(client.ask("GET", "/api/v1/products?in_stock=true")[1])["items"]
    everything = json.loads(client.ask("GET", "/api/v1/products?in_stock=false&page_size=100")[1])["items"]
    empty = next((good for good in everything if not good["in_stock"]), stocked[0])
    order = json.dumps(
        {"lines": [{"sku": stocked[0]["sku"], "quantity": 1}], "consignee": TO, "payment": "wechatpay"}
    )
    _, body, _ = client.ask(
        "POST", "/api/v1/orders", order, {**bearer, "Idempotency-Key": secrets.token_hex(16)}
    )
    client.ask("PUT", f"/api/v1/cart/lines/{stocked[1]['sku']}", '{"quantity": 2}', bearer)
    pages = {
        "account": "/account",
        "product in stock": product_url(stocked[0]["id"], stocked[0]["title"]),
        "product out of stock": product_url(empty["id"], empty["title"]),
        "cart": "/cart",
        "order": f"/orders/{json.loads(body)['order_no']}",
    }
    cookie = {"Cookie": f"mingpu_session=web-{token}"}
    found: dict[str, Any] = {}
    it.kill("web")
    with one_worker(it), plain_server(it) as port:
        for name, path in pages.items():
            on, off = paired(Client(it.port, cookie), Client(port, cookie), path)
            found[name] = {"on_ms": on, "off_ms": off, "cost": on / off - 1}
    costs = sorted(page["cost"] for page in found.values())
    found["median"] = {"cost": costs[len(costs) // 2]}
    return found


@contextmanager
def one_worker(it: Mall) -> Any:
    """Serve with one worker, so that both sides of a comparison have the same."""
    call = [sys.executable, "-m", "mingpu", "serve", "--workers", "1"]
    process = subprocess.Popen(call, env=it.env, cwd=ROOT)
    try:
        wait_for(f"{it.address}/healthz")
        yield
    finally:
        process.terminate()
        process.wait(20)


def search_at_size(it: Mall) -> dict[str, float]:
    """Measure single searches over HTTP on the real catalogue, every query for the first time."""
    queries = (DATA / "zh_search" / "query_log.txt").read_text().splitlines()[:3000]
    client = Client(it.port)
    times = [client.ask("GET", f"/api/v1/products?q={quote(query)}")[2] for query in queries]
    trivial = [client.ask("GET", "/healthz")[2] for _ in range(500)]
    return {
        "queries": len(times), "p50_ms": percentile(times, 0.5), "p99_ms": percentile(times, 0.99),
        "trivial_p50_ms": percentile(trivial, 0.5),
    }  # fmt: skip


main()
