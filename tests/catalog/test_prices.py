"""What the database itself keeps of prices, and what time makes of it."""

from datetime import timedelta

import pytest
from django.db import connection

from mingpu.catalog.models import Price, Product, Sku
from mingpu.catalog.queries import cards, price_steps, product
from mingpu.catalog.services import mark_changed, move_prices_on
from mingpu.lib.clock import now
from tests.catalog.shop import item, look, skus, source, take
from tests.factories import make_product
from tests.support import zone

YUAN = 100


def reprice(code, fen):
    with zone("worker"):
        Sku.objects.filter(code=code).update(price_fen=fen)


def age(code, days):
    """Let what happened to a SKU have happened so many days earlier."""
    back = timedelta(days=days)
    with zone("worker"), connection.cursor() as cursor:
        for table, column, key in (("catalog_price", "since", "sku"), ("catalog_sku", "price_since", "code")):
            cursor.execute(f"UPDATE {table} SET {column} = {column} - %s WHERE {key} = %s", [back, code])


def history(code):
    return list(Price.objects.filter(sku=code).order_by("since").values_list("price_fen", flat=True))


def told(code):
    it = Sku.objects.get(code=code)
    return it.price_fen, it.lowest_fen, it.earlier_fen


def move_on():
    with zone("worker"):
        return Sku.objects.filter(code__in=Price.objects.move_on())


def test_every_price_leaves_a_row_whoever_writes_it():
    code = make_product(price_fen=100 * YUAN)
    reprice(code, 80 * YUAN)
    with zone("worker"), connection.cursor() as cursor:
        cursor.execute("UPDATE catalog_sku SET price_fen = 9000 WHERE code = %s", [code])
    assert history(code) == [100 * YUAN, 80 * YUAN, 90 * YUAN]


def test_a_price_that_stays_leaves_none():
    code = make_product(price_fen=100 * YUAN)
    before = Sku.objects.get(code=code).price_since
    reprice(code, 100 * YUAN)
    with zone("worker"):
        Sku.objects.filter(code=code).update(stock=3)
    assert history(code) == [100 * YUAN]
    assert Sku.objects.get(code=code).price_since == before


def test_an_import_leaves_rows_for_what_it_changed_alone():
    origin = source()
    take(item(origin, price_fen=12900), item(origin, "2", price_fen=500))
    take(item(origin, price_fen=9900), item(origin, "2", price_fen=500, title="另一只"))
    assert [history(code) for code in skus(origin)] == [[12900, 9900]]
    assert [history(code) for code in skus(origin, "2")] == [[500]]


def test_the_earlier_price_is_the_lowest_of_the_thirty_days_before_the_reduction():
    code = make_product(price_fen=100 * YUAN)
    age(code, 40)
    reprice(code, 70 * YUAN)
    age(code, 5)
    reprice(code, 120 * YUAN)  # raised to look reduced the next day
    age(code, 1)
    assert told(code) == (120 * YUAN, 70 * YUAN, None)
    reprice(code, 60 * YUAN)
    assert told(code) == (60 * YUAN, 60 * YUAN, 70 * YUAN)


def test_the_price_in_force_when_the_thirty_days_began_counts():
    code = make_product(price_fen=50 * YUAN)
    age(code, 20)
    reprice(code, 90 * YUAN)
    age(code, 20)
    reprice(code, 80 * YUAN)
    assert told(code) == (80 * YUAN, 50 * YUAN, None)  # 50 was asked until 20 days ago


def test_a_raised_price_is_no_reduction():
    code = make_product(price_fen=50 * YUAN)
    age(code, 3)
    reprice(code, 90 * YUAN)
    assert told(code) == (90 * YUAN, 50 * YUAN, None)


@pytest.mark.parametrize(
    "hidden", [{"for_sale": False}, {"published_from": now() + timedelta(days=1)}, {"published_until": now()}]
)
def test_what_was_asked_of_nobody_has_not_become_cheaper(hidden):
    code = make_product(price_fen=100 * YUAN)
    age(code, 10)
    with zone("worker"):
        Product.objects.filter(skus__code=code).update(**hidden)
    reprice(code, 60 * YUAN)
    assert told(code) == (60 * YUAN, 60 * YUAN, None)


def test_an_article_that_comes_back_remembers_its_prices_but_not_as_a_reduction():
    origin = source()
    take(item(origin, price_fen=10000))
    [code] = skus(origin)
    with zone("worker"):
        Sku.objects.filter(code=code).delete()
    take(item(origin, price_fen=12000, title="又来了"))
    assert history(code) == [10000, 12000]
    assert told(code) == (12000, 10000, None)


def test_time_takes_back_what_is_no_longer_true():
    code = make_product(price_fen=100 * YUAN)
    age(code, 10)
    reprice(code, 60 * YUAN)
    age(code, 29)
    assert code not in {it.code for it in move_on()}
    assert told(code) == (60 * YUAN, 60 * YUAN, 100 * YUAN)
    age(code, 2)
    assert code in {it.code for it in move_on()}
    assert told(code) == (60 * YUAN, 60 * YUAN, None)
    assert code not in {it.code for it in move_on()}


def test_the_lowest_price_rises_when_the_low_one_is_thirty_days_gone():
    code = make_product(price_fen=50 * YUAN)
    reprice(code, 90 * YUAN)
    age(code, 29)
    move_on()
    assert told(code)[1] == 50 * YUAN
    age(code, 2)
    move_on()
    assert told(code)[1] == 90 * YUAN


def test_taking_stock_touches_no_price():
    code = make_product(price_fen=50 * YUAN)
    age(code, 3)
    before = Sku.objects.get(code=code).price_since
    with zone("worker"):
        Sku.objects.take({code: 2})
    assert Sku.objects.get(code=code).price_since == before
    assert history(code) == [50 * YUAN]


def test_readers_are_told_when_time_changes_what_a_price_says():
    code = make_product(price_fen=100 * YUAN)
    reprice(code, 60 * YUAN)
    age(code, 31)
    with zone("worker"):
        before = Product.objects.get(skus__code=code).changed
        assert move_prices_on() >= 1
        assert Product.objects.get(skus__code=code).changed > before
    assert cards([Product.objects.get(skus__code=code).id])[0].earlier_fen is None


def test_what_is_read_of_prices():
    code = make_product(price_fen=100 * YUAN)
    age(code, 120)
    reprice(code, 80 * YUAN)
    age(code, 5)
    reprice(code, 60 * YUAN)
    with zone("worker"):
        mark_changed(skus=[code])
    look()
    key = Product.objects.get(skus__code=code).id
    assert [fen for _, fen in price_steps(key)[code]] == [100 * YUAN, 80 * YUAN, 60 * YUAN]
    [sku] = product(key).skus
    assert (sku.lowest_fen, sku.earlier_fen) == (60 * YUAN, 80 * YUAN)
    assert cards([key])[0].earlier_fen == 80 * YUAN
    # Said for 30 days and not a second longer, also before the hour in which time is let pass.
    age(code, 31)
    assert product(key).skus[0].earlier_fen is None
