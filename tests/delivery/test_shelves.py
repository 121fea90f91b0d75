"""Parcels and the shelves of warehouses: what is packed is off the shelf until it is cancelled or back."""

import pytest

from bench.audit import SHELVES
from mingpu.catalog.queries import shelves_of
from mingpu.delivery import services
from mingpu.lib.ids import public_number
from mingpu.orders.services import cancel
from tests.catalog.test_warehouses import opened
from tests.delivery.parcels import article, buy, report, ship
from tests.factories import stock_of
from tests.jobs import run_jobs
from tests.merchants.examples import make_merchant
from tests.people import from_owner
from tests.support import zone


@pytest.fixture
def shop():
    return make_merchant(cod=True)


def lies(sku):
    return shelves_of([sku]).get(sku, {})


def even(*skus):
    """Hold shelves and stock of SKUs against all that became of them, as the audit of a mall does."""
    found = {code: (lying - stock, owed) for code, stock, lying, owed in from_owner(SHELVES, [])}
    for sku in skus:
        left, owed = found[sku]
        assert left == owed, sku


def packed_in(it):
    """Where the parcels of an order were packed, in order of packing."""
    rows = from_owner(
        "SELECT warehouse FROM delivery_shipment WHERE order_no = %s ORDER BY created_at", [it.order_no]
    )
    return [row[0] for row in rows]


def test_a_parcel_leaves_the_nearest_warehouse_that_has_its_goods(outside, shop):
    near, far = article(merchant=shop, stock=9), article(merchant=shop, stock=9)
    gz, hz = opened(shop, "广东省", "浙江省")  # the consignee lives in Zhejiang
    from_owner("UPDATE catalog_shelf SET warehouse = %s WHERE sku = %s RETURNING 1", [hz, near])
    it = buy({near: 2}).pay(outside)
    other = buy({far: 1}).pay(outside)
    assert (stock_of(near), lies(near)) == (7, {hz: 9})
    ship(it, shop)
    ship(other, shop)
    assert packed_in(it) == [hz]
    assert packed_in(other) == [gz]
    assert (lies(near), lies(far)) == ({hz: 7}, {gz: 8})
    even(near, far)
    report(outside, it.parcels[0], "signed")
    assert (stock_of(near), lies(near)) == (7, {hz: 7})
    even(near, far)


def test_one_that_sends_nothing_is_passed_over(outside, shop):
    sku = article(merchant=shop, stock=4)
    hz, gz = opened(shop, "浙江省", "广东省")
    from_owner("INSERT INTO catalog_shelf (sku, warehouse, pieces) VALUES (%s, %s, 4) RETURNING 1", [sku, gz])
    from_owner("UPDATE catalog_warehouse SET active = false WHERE code = %s RETURNING 1", [hz])
    it = buy({sku: 1}).pay(outside)
    ship(it, shop)
    assert packed_in(it) == [gz]
    assert lies(sku) == {hz: 4, gz: 3}


def test_the_same_parcel_asked_for_twice_is_taken_off_once(outside, shop):
    sku = article(merchant=shop, stock=5)
    [hz] = opened(shop, "浙江省")
    it = buy({sku: 3}).pay(outside)
    number = ship(it, shop, {sku: 2})
    part_no = it.part(shop).part_no
    for _ in range(2):
        with zone("worker"):
            services.dispatch(person_id=it.buyer.id, part_no=part_no, parcel_no=number, lines={sku: 2})
    assert lies(sku) == {hz: 3}
    even(sku)


def test_what_is_called_off_lies_where_it_was_packed_again(outside, shop):
    sku = article(merchant=shop, stock=5)
    [hz] = opened(shop, "浙江省")
    it = buy({sku: 2}, payment="cod")
    ship(it, shop)
    assert (stock_of(sku), lies(sku)) == (3, {hz: 3})
    cancel(person_id=it.buyer.id, order_no=it.order_no)
    assert (stock_of(sku), lies(sku)) == (5, {hz: 3})  # in a parcel still, and to be sold already
    even(sku)
    run_jobs(it.buyer.id)
    assert (stock_of(sku), lies(sku)) == (5, {hz: 5})
    even(sku)


@pytest.mark.parametrize(("status", "stock", "shelf"), [("returned", 5, 5), ("lost", 3, 3)])
def test_what_was_not_bought_at_the_door_comes_back_to_both_or_to_neither(
    outside, shop, status, stock, shelf
):
    sku = article(merchant=shop, stock=5)
    [hz] = opened(shop, "浙江省")
    it = buy({sku: 2}, payment="cod")
    ship(it, shop)
    report(outside, it.parcels[0], "refused" if status == "returned" else "picked_up")
    report(outside, it.parcels[0], status)
    report(outside, it.parcels[0], status)
    assert (stock_of(sku), lies(sku)) == (stock, {hz: shelf})
    even(sku)


def test_what_was_packed_before_there_were_warehouses_comes_back_to_the_first(outside, shop):
    sku = article(merchant=shop, stock=5)
    it = buy({sku: 2}, payment="cod")
    ship(it, shop)
    waiting_for = buy({sku: 1}).pay(outside)
    first, _ = opened(shop, "浙江省", "广东省", promised={sku: 1})
    assert (stock_of(sku), lies(sku)) == (2, {first: 3})
    report(outside, it.parcels[0], "refused")
    report(outside, it.parcels[0], "returned")
    assert (stock_of(sku), lies(sku)) == (4, {first: 5})
    ship(waiting_for, shop)
    assert (stock_of(sku), lies(sku)) == (4, {first: 4})


def test_the_buyers_own_goods_lie_on_no_shelf(outside, shop):
    sku = article(merchant=shop, stock=5)
    [hz] = opened(shop, "浙江省")
    it = buy({sku: 1}).pay(outside)
    ship(it, shop)
    report(outside, it.parcels[0], "signed")
    for own, left in ((True, 4), (False, 3)):
        with zone("worker"):
            services.send_again(
                person_id=it.buyer.id,
                case_no=public_number("C"),
                order_no=it.order_no,
                lines={sku: 1},
                own=own,
            )
        assert lies(sku) == {hz: left}
