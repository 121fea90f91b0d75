"""Goods of cases that have not left the house, or come back unasked."""

import pytest

from mingpu.delivery.services import call_off
from mingpu.service import queries, services
from tests.delivery.parcels import article, buy
from tests.factories import stock_of
from tests.jobs import run_jobs, waiting
from tests.merchants.examples import make_merchant
from tests.payments.trading import Deal
from tests.service.cases import ask, case_of, decide, report, sku_of, soon
from tests.support import zone


def test_refunded_pieces_are_taken_out_of_their_parcel_and_the_rest_goes_on(outside, sold):
    case = ask(sold)
    decide(sold, case)
    soon(sold)
    soon(sold)
    assert (case_of(sold, case).status, stock_of(sku_of(sold))) == ("refunded", 7)
    alive = [one for one in sold.parcels if one.status != "cancelled"]
    assert [one.lines for one in alive] == [((sku_of(sold), 2),)]
    report(outside, sold, "signed")
    assert (sold.order.status, sold.order.refunded_fen) == ("delivered", 9900)
    soon(sold)
    assert stock_of(sku_of(sold)) == 7


def test_an_order_whose_last_pieces_were_refunded_unsent_is_delivered(outside):
    shop = make_merchant()
    here, there = article(stock=5), article(merchant=shop, stock=5)
    it = buy({here: 1, there: 2}).pay(outside)
    report(outside, it, "signed")
    assert it.order.status == "partially_shipped"
    case = ask(it, lines={there: 2})
    decide(it, case, merchant=shop)
    soon(it)
    assert (it.order.status, stock_of(there), it.part(shop).state) == ("delivered", 5, "closed")
    assert waiting("delivery.receipt_due", order_no=it.order_no) == 1


def test_pieces_that_left_all_the_same_are_out_of_stock(outside, sold):
    case = ask(sold)
    report(outside, sold, "picked_up")
    decide(sold, case)
    soon(sold)
    assert (case_of(sold, case).status, stock_of(sku_of(sold))) == ("refunded", 6)


@pytest.mark.parametrize(("status", "stock"), [("returned", 9), ("lost", 6)])
def test_a_parcel_that_comes_back_or_is_lost_is_refunded_unasked(outside, sold, status, stock):
    report(outside, sold, status)
    run_jobs(sold.buyer.id)
    [case] = queries.cases_of(person_id=sold.buyer.id, order_no=sold.order_no)
    assert (case.status, case.amount_fen) == ("refunded", 29_700)
    assert stock_of(sku_of(sold)) == stock
    [parcel] = sold.parcels
    with zone("worker"):
        services.came_back(person_id=sold.buyer.id, order_no=sold.order_no, parcel_no=parcel.parcel_no)
    assert len(queries.cases_of(person_id=sold.buyer.id, order_no=sold.order_no)) == 1


def test_what_went_back_without_a_case_is_not_promised_again(outside, sold):
    Deal(sold.buyer, sku_of(sold), sold.order_no).ask(20_000, "goodwill")
    report(outside, sold, "lost")
    run_jobs(sold.buyer.id)
    [case] = queries.cases_of(person_id=sold.buyer.id, order_no=sold.order_no)
    assert (case.status, case.amount_fen, sold.order.status) == ("refunded", 9_700, "closed")


def test_calling_off_twice_leaves_what_was_packed_anew(outside):
    refunded, kept = article(stock=5), article(stock=5)
    it = buy({refunded: 1, kept: 1}).pay(outside)
    [first] = it.parcels
    case = ask(it, lines={refunded: 1})
    decide(it, case)
    soon(it)
    assert [(parcel.status, dict(parcel.lines)) for parcel in it.parcels if parcel.status != "cancelled"] == [
        ("label_created", {kept: 1})
    ]
    with zone("worker"):  # a worker died, and what it was doing is done again
        call_off(person_id=it.buyer.id, order_no=it.order_no, parcels=[first.parcel_no])
    soon(it)
    assert [parcel.status for parcel in it.parcels].count("label_created") == 1
    assert it.line(kept).sent == 1
