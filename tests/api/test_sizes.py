"""Orders at size: 500 lines in one order, 10,000 orders of one person. What is asked of the database stays the same."""

import secrets
from datetime import UTC, datetime
from time import perf_counter
from uuid import uuid4

import pytest

from mingpu.cart.services import add_lines
from mingpu.orders.queries import SLICE
from tests.api.calling import call, lines, order, ordered, quoted, shelf
from tests.factories import make_person, make_product
from tests.merchants.examples import make_merchant
from tests.people import from_owner
from tests.statements import counted

ORDERS = 10_000
# As many orders as somebody collects in a life: three lines each, most of them done, every hundredth of another shop.
LIFE = """
WITH placed AS (
    SELECT 'M' || lpad(to_hex(n), 8, '0') || %(tag)s AS number, n, %(at)s - n * interval '3 hours' AS at
    FROM generate_series(1, %(count)s) n
), orders AS (
    INSERT INTO orders_order (order_no, person_id, payment, goods_fen, discount_fen, shipping_fen, total_fen, courier,
        placed_at, expires_at, paid_at, pieces, pieces_sent, pieces_signed, delivered_at, completed_at, ended, refunded_fen)
    SELECT number, %(person)s, 'wechatpay', 3000, 0, 0, 3000, '', at, at, CASE WHEN n %% 10 > 0 THEN at END, 3,
        CASE WHEN n %% 10 > 0 THEN 3 ELSE 0 END, 0, NULL, CASE WHEN n %% 10 > 0 THEN at END,
        CASE WHEN n %% 10 > 0 THEN '' ELSE 'cancelled' END, 0 FROM placed
), parts AS (
    INSERT INTO orders_part (part_no, order_no, person_id, merchant, goods_fen, discount_fen, own_discount_fen,
        shipping_fen, commission, pieces, pieces_sent, placed_at)
    SELECT 'P' || number, number, %(person)s, CASE WHEN n %% 100 > 0 THEN 'mingpu' ELSE %(shop)s END, 3000, 0, 0, 0,
        0, 3, 0, at FROM placed
)
INSERT INTO orders_line (id, order_no, person_id, position, merchant, sku, product_id, title, options, image, kind,
    real_name, grams, price_fen, quantity, payable_fen, reductions, sent)
SELECT gen_random_uuid(), number, %(person)s, place, CASE WHEN n %% 100 > 0 THEN 'mingpu' ELSE %(shop)s END, 'sku' || place, %(product)s,
    CASE WHEN n %% 1000 = 0 AND place = 2 THEN '紫砂壶 ' || n ELSE '搪瓷杯 ' || n END, '{}', '', 'goods', false, 0,
    1000, 1, 1000, '[]', 0 FROM placed, generate_series(0, 2) place
"""


@pytest.fixture(scope="module")
def collector():
    """Somebody with 10,000 orders, and the shop that every hundredth is of."""
    it, shop = make_person(), make_merchant()
    values = {
        "tag": secrets.token_hex(4).upper(), "count": ORDERS, "person": it.id, "shop": shop, "product": uuid4(),
        "at": datetime.now(UTC),
    }  # fmt: skip
    from_owner(LIFE, values)
    from_owner("ANALYZE orders_order, orders_line, orders_part", [])
    return it, shop


@pytest.fixture(scope="module")
def novice():
    it = make_person()
    ordered(it, {"lines": lines(make_product(title="紫砂壶"))})
    return it


def asked(run):
    """How many statements a step takes once all is warm, and the fastest of five runs in milliseconds.

    The fewest count: what is everybody's, such as the shops, is read anew every second.
    """
    run()
    took, statements = [], []
    for _ in range(5):
        started = perf_counter()
        with counted() as seen:
            run()
        took.append((perf_counter() - started) * 1000)
        statements.append(len(seen))
    return min(statements), min(took)


QUERIES = ("", "?page=400&page_size=20", "?status=cancelled", "?q=紫砂壶", "?merchant={}", "?q=M0000")


@pytest.mark.parametrize("query", QUERIES)
def test_a_life_of_orders_is_listed_by_as_many_statements_as_one(collector, novice, query):
    (it, shop), path = collector, f"/orders{query}"
    few, _ = asked(lambda: call(novice, "GET", path.format("mingpu")))
    many, took = asked(lambda: call(it, "GET", path.format(shop)))
    print(f"GET {path}: {many} statements, {took:.1f} ms")
    assert few <= many == 3  # fewer for an empty page
    assert took < 500


def test_a_life_of_orders_is_counted_and_searched_right(collector):
    it, shop = collector
    every = call(it, "GET", "/orders?page_size=100").json()
    assert (every["total"], len(every["items"])) == (ORDERS, 100)
    assert every["counts"] == {"completed": 9_000, "cancelled": 1_000}
    assert call(it, "GET", "/orders?q=紫砂壶").json()["total"] == 10
    assert call(it, "GET", f"/orders?merchant={shop}").json()["total"] == 100
    with counted() as seen:
        text = b"".join(call(it, "GET", "/orders/export?format=jsonl").streaming_content)
    assert text.count(b"\n") == ORDERS
    assert len(seen) == 2 * (ORDERS // SLICE + 1) + 1  # the last finds nothing more


@pytest.fixture(scope="module")
def crate():
    """500 articles."""
    return shelf(500)


def test_a_cart_of_500(crate):
    few, many = make_person(), make_person()
    add_lines(owner_id=few.id, pieces={crate[0]: 1})
    with counted() as seen:
        add_lines(owner_id=many.id, pieces=dict.fromkeys(crate, 1))
    assert len(seen) == 2
    one, _ = asked(lambda: call(few, "GET", "/cart"))
    all_of_them, took = asked(lambda: call(many, "GET", "/cart"))
    print(f"GET /cart of 500: {all_of_them} statements, {took:.1f} ms")
    assert one == all_of_them == 2
    assert len(call(many, "GET", "/cart").json()["lines"]) == 500


def test_an_order_of_500_lines(crate):
    few, many = make_person(), make_person()
    bodies = {few: {"lines": lines(crate[0])}, many: {"lines": lines(*crate)}}
    quotes = {who: asked(lambda who=who: quoted(who, bodies[who])) for who in bodies}
    print("POST /orders/quote", quotes)
    assert quotes[few][0] == quotes[many][0]
    placing = {
        who: asked(lambda who=who: order(who, bodies[who], key=secrets.token_hex(8))) for who in bodies
    }
    print("POST /orders", placing)
    assert placing[few][0] == placing[many][0]
    assert placing[many][1] < 1_000
    newest = {who: call(who, "GET", "/orders?page_size=1").json()["items"][0] for who in bodies}
    number = {who: it["order_no"] for who, it in newest.items()}
    shown = {who: asked(lambda who=who: call(who, "GET", f"/orders/{number[who]}")) for who in bodies}
    print("GET /orders/{no}", shown)
    assert shown[few][0] == shown[many][0]
    whole = call(many, "GET", f"/orders/{number[many]}").json()
    assert (len(whole["lines"]), whole["pieces_left_out"]) == (500, 0)
    [listed] = call(many, "GET", "/orders?page_size=1").json()["items"]
    assert (len(listed["lines"]), listed["pieces_left_out"]) == (20, 480)
    again = {who: asked(lambda who=who: call(who, "POST", f"/orders/{number[who]}/again")) for who in bodies}
    print("POST /orders/{no}/again", again)
    assert again[few][0] == again[many][0]
