"""Paying back: by the way the money came, once, never more than was paid."""

import pytest

from mingpu.adapters.payment import PaymentFailed
from mingpu.payments import refunds
from mingpu.payments.refunds import RefundPending
from mingpu.payments.services import record_callback
from mingpu.service.services import decide, open_case
from tests.checkout.test_crowd import at_once
from tests.jobs import run_jobs, waiting
from tests.payments.trading import deal, paid
from tests.support import zone


def approved(it, pieces=1, kind="refund"):
    """A case of some pieces, approved: its refund is written and waits for the worker."""
    case = open_case(
        person_id=it.buyer.id, order_no=it.order_no, kind=kind, lines={it.sku: pieces}, reason="damaged"
    )
    with zone("desk"):
        decide(person_id=it.buyer.id, case_no=case.case_no, approve=True, staff="kefu")
    return case


@pytest.fixture
def sold(outside):
    it = deal(stock=9, pieces=3)
    paid(outside, it)
    run_jobs(it.buyer.id)
    return it


def test_a_refund_goes_back_and_is_counted_once(outside, sold):
    approved(sold)
    number = sold.refunds[0].out_refund_no
    run_jobs(sold.buyer.id)
    assert [(one.status, one.amount_fen) for one in sold.refunds] == [("succeeded", 9900)]
    assert sold.entries == [("charge", 29_700), ("refund", 9900)]
    assert (sold.order.refunded_fen, sold.order.status) == (9900, "paid")
    for letter in [*outside.callbacks(number), *outside.callbacks(number)]:
        record_callback(method="wechatpay", headers=letter.headers, body=letter.body)
    run_jobs(sold.buyer.id)
    assert sold.entries == [("charge", 29_700), ("refund", 9900)]
    assert sold.order.refunded_fen == 9900


def test_the_last_refund_closes_the_order(outside, sold):
    for _ in range(3):
        approved(sold)
    run_jobs(sold.buyer.id)
    assert (sold.order.refunded_fen, sold.order.status) == (29_700, "closed")
    assert sold.order.events[-1].cause == "refunded_in_full"
    _, books = outside.books(sold.order_no)
    assert sum(one["amount"] for one in books) == 29_700


def test_a_refund_that_still_runs_is_asked_for_again(outside, sold):
    approved(sold)
    number = sold.refunds[0].out_refund_no
    with zone("worker"), pytest.raises(RefundPending):
        refunds.carry_out(person_id=sold.buyer.id, out_refund_no=number)
    assert sold.refunds[0].status == "submitted"
    assert sold.order.refunded_fen == 0
    run_jobs(sold.buyer.id)
    assert sold.refunds[0].status == "succeeded"
    _, books = outside.books(sold.order_no)
    assert len(books) == 1


def test_a_refund_handed_in_many_times_at_once_is_one(outside, sold):
    approved(sold)
    number = sold.refunds[0].out_refund_no

    def hand_in(_):
        try:
            refunds.carry_out(person_id=sold.buyer.id, out_refund_no=number)
        except RefundPending:
            return

    at_once(hand_in, range(6))
    run_jobs(sold.buyer.id)
    _, books = outside.books(sold.order_no)
    assert [one["amount"] for one in books] == [9900]
    assert sold.entries == [("charge", 29_700), ("refund", 9900)]


def test_an_institution_that_does_not_answer_is_asked_later(outside, sold):
    approved(sold)
    number = sold.refunds[0].out_refund_no
    outside.side.fault("wechatpay", "http_500", on="answer", times=2)
    with zone("worker"), pytest.raises(PaymentFailed):
        refunds.carry_out(person_id=sold.buyer.id, out_refund_no=number)
    assert sold.refunds[0].status == "requested"
    run_jobs(sold.buyer.id)
    assert sold.refunds[0].status == "succeeded"


def test_an_account_that_cannot_take_it_waits_for_a_person(outside, sold):
    outside.side.fault("wechatpay", "abnormal")
    approved(sold)
    run_jobs(sold.buyer.id)
    assert [one.status for one in sold.refunds] == ["abnormal"]
    assert (sold.order.refunded_fen, sold.order.status) == (0, "paid")
    assert sold.entries == [("charge", 29_700)]
    number = sold.refunds[0].out_refund_no
    with zone("worker"):
        refunds.carry_out(person_id=sold.buyer.id, out_refund_no=number)
    assert [one.status for one in sold.refunds] == ["abnormal"]


def test_what_was_paid_twice_is_refunded_from_the_payment_that_counts(outside):
    it = deal(stock=5)
    first = it.start()
    it.give_up_attempt(first.id)
    second = it.start()
    for begun in (second, first):
        outside.scan(begun.code_url)
        letter = outside.callbacks(begun.out_trade_no)[0]
        record_callback(method="wechatpay", headers=letter.headers, body=letter.body)
    run_jobs(it.buyer.id)
    approved(it)
    run_jobs(it.buyer.id)
    assert it.order.status == "closed"
    _, books = outside.books(it.order_no)
    assert sorted((one["out_trade_no"], one["amount"]) for one in books) == [
        (first.out_trade_no, 9900), (second.out_trade_no, 9900),
    ]  # fmt: skip
    assert waiting("payments.refund", person_id=str(it.buyer.id)) == 0
