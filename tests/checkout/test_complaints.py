"""What buyers of other shops complain about, as far as it is about stock, coupons and size: see docs/complaints.md."""

import secrets
import time
from collections import Counter

import pytest
from psycopg.errors import CheckViolation

from mingpu.checkout.services import Placed, check_out
from mingpu.orders.errors import OutOfStock
from mingpu.orders.queries import order_of, orders_of
from mingpu.orders.services import cancel
from mingpu.promotions.errors import CouponUnusable
from mingpu.promotions.queries import coupons_of
from mingpu.promotions.services import claim
from tests.checkout.test_crowd import at_once
from tests.factories import TO, make_person, make_product, place, stock_of
from tests.people import from_owner
from tests.promotions.shop import goods, made
from tests.statements import counted

# Everything an order leaves behind, as far as it is somebody's.
TRACES = (
    "orders_order",
    "orders_line",
    "orders_part",
    "orders_event",
    "orders_placement",
    "payments_attempt",
)
LINES, ORDERS = 500, 10_000
SLOW = 10  # seconds, on whatever machine: how fast it is belongs to the benchmark, that it grows with the square does not pass


def test_complaint_2_a_basket_never_takes_more_of_any_article_than_there_is():
    """Each of many buyers wants three articles; the scarcest decides how many baskets are sold, whole ones only."""
    stocks = (20, 7, 15)
    skus = [make_product(stock=stock) for stock in stocks]

    def shop(buyer):
        basket = secrets.SystemRandom().sample(skus, 3)
        return place(buyer, dict.fromkeys(basket, 1))

    found = at_once(shop, [make_person() for _ in range(24)])
    assert Counter(type(it) for it in found) == {Placed: 7, OutOfStock: 17}
    assert [stock_of(sku) for sku in skus] == [stock - 7 for stock in stocks]


def test_complaint_3_who_comes_second_for_the_last_piece_leaves_nothing_behind():
    sku, buyers = make_product(stock=1), [make_person() for _ in range(2)]
    found = dict(zip(buyers, at_once(lambda buyer: place(buyer, {sku: 1}), buyers), strict=True))
    [loser] = [buyer for buyer, it in found.items() if isinstance(it, OutOfStock)]
    for table in TRACES:
        assert from_owner(f"SELECT count(*) FROM {table} WHERE person_id = %s", [loser.id]) == [(0,)], table
    jobs = "SELECT count(*) FROM procrastinate_jobs WHERE args ->> 'person_id' = %s"
    assert from_owner(jobs, [str(loser.id)]) == [(0,)]


def test_complaint_4_the_database_itself_refuses_a_stock_below_nothing():
    """Whoever takes a lock out one day sells nothing twice all the same."""
    sku = make_product(stock=1)
    with pytest.raises(CheckViolation, match="stock"):
        from_owner("UPDATE catalog_sku SET stock = stock - 2 WHERE code = %s", [sku])


def test_complaint_6_a_coupon_in_many_orders_at_once_reduces_one():
    sku, buyer = make_product(stock=50, price_fen=20_000), make_person()
    coupon = claim(person_id=buyer.id, offer_id=made("coupon"))
    found = at_once(lambda _: order_with(buyer, sku, coupon), range(8))
    assert Counter(type(it) for it in found) == {Placed: 1, CouponUnusable: 7}
    assert stock_of(sku) == 49, "who could not use it bought nothing at the full price either"
    [placed] = [it for it in found if isinstance(it, Placed)]
    assert (placed.discount_fen, placed.total_fen) == (1000, 19_000)


def test_complaint_7_a_cancelled_order_gives_its_coupon_back_and_it_can_be_used_again():
    sku, buyer = make_product(stock=5, price_fen=20_000), make_person()
    coupon = claim(person_id=buyer.id, offer_id=made("coupon"))
    first = order_with(buyer, sku, coupon)
    cancel(person_id=buyer.id, order_no=first.order_no)
    assert [it.state for it in coupons_of(person_id=buyer.id)] == ["usable"]
    second = order_with(buyer, sku, coupon)
    assert (second.discount_fen, [it.order_no for it in coupons_of(person_id=buyer.id)]) == (
        1000,
        [second.order_no],
    )


def test_complaint_12_an_order_of_five_hundred_lines_costs_the_statements_of_one(kept):
    buyer, few, many = make_person(), goods(1), goods(LINES)
    kept()
    with counted() as one:
        place(buyer, dict.fromkeys(few, 1))
    begun = time.monotonic()
    with counted() as all_of_them:
        placed = place(buyer, dict.fromkeys(many, 1))
    assert time.monotonic() - begun < SLOW
    assert len(all_of_them) == len(one)
    begun = time.monotonic()
    with counted() as looking:
        it = order_of(person_id=buyer.id, order_no=placed.order_no)
    assert time.monotonic() - begun < SLOW
    assert (len(it.lines), len(looking) <= 7) == (LINES, True)


def test_complaint_12_an_account_of_ten_thousand_orders_is_listed_and_searched_at_once():
    buyer, sku = make_person(), make_product(stock=3, title="白瓷马克杯")
    newest = place(buyer, {sku: 1})
    from_owner(
        "INSERT INTO orders_order (order_no, person_id, payment, goods_fen, shipping_fen, total_fen, placed_at,"
        " expires_at, paid_at, completed_at, pieces) SELECT 'M' || substr(md5(%s || n), 1, 16), %s, 'wechatpay', 5000, 0,"
        " 5000, now() - n * interval '1 hour', now(), now(), now(), 1 FROM generate_series(1, %s) n",
        [secrets.token_hex(8), buyer.id, ORDERS],
    )
    from_owner(
        "INSERT INTO orders_line (id, order_no, person_id, position, sku, product_id, title, options, image, price_fen,"
        " quantity, payable_fen, reductions) SELECT gen_random_uuid(), order_no, person_id, 0, 'X', gen_random_uuid(),"
        " '紫砂壶', '{}', '', 5000, 1, 5000, '[]' FROM orders_order WHERE person_id = %s AND total_fen = 5000"
        " AND completed_at IS NOT NULL",
        [buyer.id],
    )
    begun = time.monotonic()
    page = orders_of(person_id=buyer.id, page=3, page_size=20)
    found = orders_of(person_id=buyer.id, q="马克杯")
    assert time.monotonic() - begun < SLOW
    assert (page.total, len(page.items)) == (ORDERS + 1, 20)
    assert [it.order_no for it in found.items] == [newest.order_no]


def order_with(buyer, sku, coupon):
    return check_out(
        person_id=buyer.id,
        key=secrets.token_hex(8),
        payment="wechatpay",
        lines={sku: 1},
        to=TO,
        coupons=(coupon,),
    )
