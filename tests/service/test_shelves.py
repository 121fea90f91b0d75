"""Goods of cases and the shelves of warehouses: what comes back lies somewhere again, and once."""

import pytest

from mingpu.catalog.queries import shelves_of
from tests.catalog.test_warehouses import opened
from tests.delivery.parcels import article, buy, ship
from tests.delivery.test_shelves import even
from tests.factories import stock_of
from tests.jobs import run_jobs
from tests.merchants.examples import make_merchant
from tests.service.cases import ask, case_of, decide, report, soon
from tests.service.test_course import arrive, sibling


@pytest.fixture
def shop():
    return make_merchant()


def sold(outside, shop, sku, pieces=2):
    """Something of a shop with one warehouse, paid for; returns (what was bought, the warehouse)."""
    [code] = opened(shop, "浙江省")
    return buy({sku: pieces}).pay(outside), code


def lies(sku):
    return shelves_of([sku])[sku]


@pytest.mark.parametrize(("resale", "back"), [(True, 1), (False, 0)])
def test_what_is_returned_and_fit_to_be_sold_lies_in_the_first_warehouse(outside, shop, resale, back):
    sku = article(merchant=shop, stock=9)
    it, code = sold(outside, shop, sku)
    ship(it, shop)
    report(outside, it, "signed")
    assert (stock_of(sku), lies(sku)) == (7, {code: 7})
    case = ask(it, 1, kind="return")
    decide(it, case, merchant=shop)
    arrive(outside, it, case)
    decide(it, case, merchant=shop, resale=resale)
    soon(it)
    assert case_of(it, case).status == "refunded"
    assert (stock_of(sku), lies(sku)) == (7 + back, {code: 7 + back})
    even(sku)


def test_what_is_kept_back_never_left_its_shelf(outside, shop):
    sku = article(merchant=shop, stock=9)
    it, code = sold(outside, shop, sku, pieces=3)
    case = ask(it, 2)
    decide(it, case, merchant=shop)
    soon(it)
    assert case_of(it, case).status == "refunded"
    assert (stock_of(sku), lies(sku)) == (8, {code: 9})
    even(sku)
    ship(it, shop)
    assert (stock_of(sku), lies(sku)) == (8, {code: 8})
    even(sku)


def test_an_exchange_takes_one_off_and_puts_the_other_on(outside, shop):
    sku = article(merchant=shop, stock=9)
    other = sibling(sku, stock=5)
    it, code = sold(outside, shop, sku, pieces=1)
    ship(it, shop)
    report(outside, it, "signed")
    case = ask(it, 1, kind="exchange", swap={sku: other})
    decide(it, case, merchant=shop)
    arrive(outside, it, case)
    decide(it, case, merchant=shop, resale=True)
    run_jobs(it.buyer.id)
    assert case_of(it, case).status == "exchanged"
    assert (stock_of(sku), lies(sku)) == (9, {code: 9})
    assert (stock_of(other), lies(other)) == (4, {code: 4})
    even(sku, other)
