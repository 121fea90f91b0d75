"""Many at once: the stock is the stock, a key is one order, and nobody waits for each other in a circle."""

import secrets
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from django.db import connection

from mingpu.checkout.services import Placed
from mingpu.lib.errors import MallError
from mingpu.orders.errors import KeyReused, OutOfStock
from mingpu.orders.queries import orders_of
from mingpu.orders.services import cancel
from tests.factories import Buyer, make_person, make_product, place, stock_of

T = TypeVar("T")
AT_ONCE = 40  # connections; the embedded server takes 120


def at_once(work: Callable[[T], Any], given: Sequence[T]) -> list[Any]:
    """Do the work for everything given, as many at a time as there are connections; each thread has its own."""
    start = threading.Barrier(min(AT_ONCE, len(given)))
    begun = threading.local()

    def run(it: T) -> Any:
        if not hasattr(begun, "once"):
            begun.once = True
            connection.ensure_connection()
            start.wait(60)
        try:
            return work(it)
        except MallError as refused:
            return refused

    def leave(_: int) -> None:
        connection.close()

    size = min(AT_ONCE, len(given))
    with ThreadPoolExecutor(size) as pool:
        found = list(pool.map(run, given))
        gate = threading.Barrier(size)
        list(pool.map(lambda it: (gate.wait(60), leave(it)), range(size)))
    return found


def test_two_hundred_buyers_and_fifty_pieces():
    sku, buyers = make_product(stock=50), [make_person() for _ in range(200)]
    found = at_once(lambda buyer: place(buyer, {sku: 1}), buyers)
    assert Counter(type(it) for it in found) == {Placed: 50, OutOfStock: 150}
    assert stock_of(sku) == 0
    assert all("0 件" in it.message for it in found if isinstance(it, OutOfStock))
    held = [buyer for buyer, it in zip(buyers, found, strict=True) if isinstance(it, Placed)]
    assert all(orders_of(person_id=buyer.id).total == 1 for buyer in held)
    assert sum(orders_of(person_id=buyer.id).total for buyer in buyers) == 50


def test_one_key_many_times_at_once_is_one_order():
    sku, buyer = make_product(stock=50), make_person()
    found = at_once(lambda _: place(buyer, {sku: 2}, key="the-only-key"), range(16))
    assert len({it.order_no for it in found}) == 1
    assert sum(not it.repeated for it in found) == 1
    assert stock_of(sku) == 48
    assert orders_of(person_id=buyer.id).total == 1


def test_one_key_for_different_orders_at_once_is_one_order():
    skus, buyer = [make_product(stock=5) for _ in range(8)], make_person()
    found = at_once(lambda sku: place(buyer, {sku: 1}, key="the-only-key"), skus)
    assert Counter(type(it) for it in found) == {Placed: 1, KeyReused: 7}
    assert sum(stock_of(sku) for sku in skus) == 39


def test_baskets_in_opposite_order_never_wait_in_a_circle():
    skus, buyers = [make_product(stock=500) for _ in range(6)], [make_person() for _ in range(12)]

    def shop(buyer: Buyer) -> int:
        done = 0
        for _ in range(6):
            basket = skus[:]
            secrets.SystemRandom().shuffle(basket)
            placed = place(buyer, dict.fromkeys(basket, 1))
            if done % 2:
                cancel(person_id=buyer.id, order_no=placed.order_no)
            done += 1
        return done

    assert at_once(shop, buyers) == [6] * 12
    assert [stock_of(sku) for sku in skus] == [500 - 12 * 3] * 6


def test_cancelling_at_once_gives_back_once():
    sku, buyer = make_product(stock=10), make_person()
    placed = place(buyer, {sku: 4})
    found = at_once(lambda _: cancel(person_id=buyer.id, order_no=placed.order_no), range(8))
    assert sum(it is None for it in found) == 1
    assert stock_of(sku) == 10
