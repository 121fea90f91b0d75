"""200 buyers at once for a stock of 50, while web and worker are killed at random moments and start again."""

import json
import random
import secrets
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from bench.mall import Mall, mall
from bench.shopping import TO

BUYERS, STOCK, KILLS = 200, 50, 6


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    feed = tmp_path_factory.mktemp("feed") / "one.jsonl"
    line = {
        "external_id": "hot-1", "source": "test", "title": "限量马克杯", "brand": "测试", "category_path": ["家居"],
        "skus": [{"sku": "HOT00001", "options": {}, "price": "99.00", "stock": STOCK}],
    }  # fmt: skip
    feed.write_text(json.dumps(line, ensure_ascii=False) + "\n")
    with mall("counterparts", "web", "worker", catalogue=str(feed)) as it:
        yield it


def buy(world: Mall, token: str) -> tuple[int, str]:
    """Order one piece as a patient app does: the same key until there is an answer."""
    key = secrets.token_hex(16)
    body = {"lines": [{"sku": "HOT00001", "quantity": 1}], "consignee": TO, "payment": "wechatpay"}
    for _ in range(200):
        try:
            answer = httpx.post(
                f"{world.address}/api/v1/orders",
                json=body,
                headers={"Authorization": f"Bearer {token}", "Idempotency-Key": key},
                timeout=10,
            )
        except httpx.HTTPError:
            time.sleep(0.1)
            continue
        if answer.status_code in (201, 409):
            return answer.status_code, answer.json().get("order_no", answer.json().get("code"))
        time.sleep(0.1)
    raise AssertionError("no answer at all")


def assassin(world: Mall, stop: threading.Event, seed: int) -> None:
    """Kill and restart web and worker at random moments."""
    dice = random.Random(seed)
    for _ in range(KILLS):
        if stop.wait(dice.uniform(0.2, 1.2)):
            return
        part = dice.choice(["web", "worker"])
        world.kill(part)
        world.start(part)


def test_fifty_sold_whatever_dies(world):
    tokens = [token for _, token in world.people(BUYERS)]
    stop = threading.Event()
    killer = threading.Thread(target=assassin, args=(world, stop, 20261123))
    killer.start()
    with ThreadPoolExecutor(32) as crowd:
        answers = list(crowd.map(lambda token: buy(world, token), tokens))
    stop.set()
    killer.join()
    sold = [number for status, number in answers if status == 201]
    refused = [code for status, code in answers if status == 409]
    assert len(sold) == len(set(sold)) == STOCK
    assert refused == ["out_of_stock"] * (BUYERS - STOCK)
    left = world.command(
        "-c",
        "from mingpu.ops.database import connect_admin; c = connect_admin('mingpu');"
        "print(c.execute('SELECT stock FROM catalog_sku').fetchone()[0],"
        " c.execute('SELECT count(*) FROM orders_order').fetchone()[0],"
        " c.execute('SELECT sum(quantity) FROM orders_line').fetchone()[0])",
    )
    assert left.split() == ["0", str(STOCK), str(STOCK)]


def test_payments_survive_the_same(world):
    """Ten of those orders are paid while web and worker die: each is paid once, none is lost."""
    buyers = world.people(1)
    token = buyers[0][1]
    world.command(
        "-c",
        "from mingpu.ops.database import connect_admin; connect_admin('mingpu').execute("
        "'UPDATE catalog_sku SET stock = 10')",
    )
    orders = [buy(world, token)[1] for _ in range(10)]
    stop = threading.Event()
    killer = threading.Thread(target=assassin, args=(world, stop, 7))
    killer.start()
    for order_no in orders:
        pay(world, token, order_no)
    stop.set()
    killer.join()
    deadline = time.monotonic() + 120
    waiting = set(orders)
    while waiting and time.monotonic() < deadline:
        for order_no in sorted(waiting):
            try:
                order = httpx.get(
                    f"{world.address}/api/v1/orders/{order_no}", headers={"Authorization": f"Bearer {token}"}
                ).json()
            except httpx.HTTPError:
                continue
            if order["status"] in {"paid", "shipped"}:
                waiting.discard(order_no)
        time.sleep(0.5)
    assert not waiting
    charged = world.command(
        "-c",
        "from mingpu.ops.database import connect_admin; c = connect_admin('mingpu');"
        "print(*c.execute(\"SELECT count(*), count(DISTINCT order_no) FROM payments_entry WHERE kind = 'charge'\")"
        ".fetchone())",
    )
    assert charged.split() == ["10", "10"]


def pay(world: Mall, token: str, order_no: str) -> None:
    """Start the payment and scan, trying again while the web is down."""
    for _ in range(200):
        try:
            started = httpx.post(
                f"{world.address}/api/v1/orders/{order_no}/payments",
                json={"method": "wechatpay"},
                headers={"Authorization": f"Bearer {token}"},
                timeout=10,
            )
            if started.status_code == 201:
                scanned = httpx.post(
                    f"{world.outside}/wechatpay/scan", json={"code_url": started.json()["code_url"]}
                )
                assert scanned.status_code < 400, scanned.text
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.1)
    raise AssertionError("could not start to pay")
