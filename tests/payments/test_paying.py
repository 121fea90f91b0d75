"""Taking money: said once or ten times, early or late, right or wrong."""

import json
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from django.db import IntegrityError

from mingpu.adapters.payment import PaymentState, PaymentStatus
from mingpu.delivery.queries import shipments_of
from mingpu.delivery.services import confirm_receipt, follow
from mingpu.lib.clock import now
from mingpu.orders.services import cancel, expire
from mingpu.payments import services
from mingpu.payments.errors import NothingToPay, PaymentUnavailable
from mingpu.payments.models import Entry
from mingpu.privacy.cancellation import request as leave
from mingpu.privacy.purposes import Purpose, processing
from mingpu.privacy.sharing import records_of
from tests.adapters.conftest import until
from tests.checkout.test_crowd import at_once
from tests.factories import make_person, place, stock_of
from tests.jobs import run_jobs, waiting
from tests.payments.trading import METHODS, deal, paid, scan, take
from tests.support import zone


def test_a_payment_makes_the_order_paid_and_books_the_parcel(outside):
    it = deal()
    paid(outside, it)
    assert (it.order.status, it.entries) == ("paid", [("charge", 9900)])
    assert it.order.paid_at
    assert [one.status for one in it.attempts] == ["succeeded"]
    assert waiting("delivery.book", order_no=it.order_no) == 1


def test_the_institution_learns_number_and_amount_and_it_is_on_record(outside):
    it = deal()
    begun = it.start()
    [request] = outside.side.received("wechatpay", begun.out_trade_no)
    said = json.loads(request["body"])
    assert said["amount"] == {"total": 9900, "currency": "CNY"}
    assert said["description"] == "明铺订单"
    assert set(said) == {
        "appid", "mchid", "description", "out_trade_no", "notify_url", "time_expire", "amount",
    }  # fmt: skip
    [share] = _shares(it)
    assert (share.recipient, share.reference) == ("wechatpay", it.order_no)
    assert json.loads(share.payload)["out_trade_no"] == begun.out_trade_no


def _shares(it):
    return [one for one in records_of(it.buyer.id) if one.recipient == "wechatpay"]


def test_paying_again_goes_on_with_what_was_begun(outside):
    it = deal()
    first = it.start()
    assert it.start() == replace(first, status="action_required")
    assert len(it.attempts) == 1


def test_a_callback_ten_times_is_one_payment(outside):
    it = deal()
    letter = paid(outside, it)
    for _ in range(9):
        take(letter)
    assert it.entries == [("charge", 9900)]
    assert waiting("delivery.book", order_no=it.order_no) == 1


def test_a_callback_many_times_at_once_is_one_payment(outside):
    it = deal()
    begun = it.start()
    outside.scan(begun.code_url)
    [letter] = outside.callbacks(begun.out_trade_no)
    assert at_once(lambda _: take(letter), range(8)) == [None] * 8
    assert (it.order.status, it.entries) == ("paid", [("charge", 9900)])
    assert waiting("delivery.book", order_no=it.order_no) == 1


def test_a_lost_callback_is_asked_for(outside):
    outside.side.fault("wechatpay", "drop", on="callback")
    it = deal()
    begun = it.start()
    outside.scan(begun.code_url)
    assert it.order.status == "pending_payment"
    run_jobs(it.buyer.id, ahead=timedelta(seconds=11), names=("payments.poll",))
    assert (it.order.status, it.entries) == ("paid", [("charge", 9900)])


@pytest.mark.parametrize("method", METHODS)
def test_institutions_are_asked_on_after_the_order_was_given_up(outside, method):
    it = deal()
    begun = it.start(method)
    cancel(person_id=it.buyer.id, order_no=it.order_no)
    run_jobs(it.buyer.id, names=("payments.close",))
    assert it.attempts[0].status == "closed"
    scan(begun, late=True)  # and its notification is lost
    run_jobs(it.buyer.id, ahead=timedelta(seconds=2000), names=("payments.poll",))
    assert (it.order.status, it.entries) == ("paid", [("charge", 9900)])


def test_asking_before_anybody_paid_changes_nothing(outside):
    it = deal()
    begun = it.start()
    services.poll(person_id=it.buyer.id, attempt_id=begun.id)
    assert (it.order.status, it.attempts[0].status) == ("pending_payment", "action_required")


def test_money_after_the_time_revives_the_order_while_there_is_stock(outside):
    it = deal(stock=3, pieces=2)
    begun = it.start()
    expire(person_id=it.buyer.id, order_no=it.order_no)
    assert stock_of(it.sku) == 3
    outside.scan(begun.code_url, late=True)
    [letter] = outside.callbacks(begun.out_trade_no)
    take(letter)
    take(letter)
    assert (it.order.status, stock_of(it.sku)) == ("paid", 1)
    assert [event.cause for event in it.order.events] == ["placed", "not_paid_in_time", "paid_late"]
    assert it.refunds == ()
    assert waiting("delivery.book", order_no=it.order_no) == 1


def test_money_after_the_time_goes_back_when_the_goods_are_gone(outside):
    it = deal(stock=2, pieces=2)
    begun = it.start()
    expire(person_id=it.buyer.id, order_no=it.order_no)
    place(make_person(), {it.sku: 1})
    outside.scan(begun.code_url, late=True)
    [letter] = outside.callbacks(begun.out_trade_no)
    take(letter)
    take(letter)
    assert (it.order.status, stock_of(it.sku)) == ("expired", 1)
    run_jobs(it.buyer.id)
    assert [(one.amount_fen, one.status, one.reason) for one in it.refunds] == [
        (19_800, "succeeded", "late_payment")
    ]
    assert it.entries == [("charge", 19_800), ("refund", 19_800)]
    assert it.order.refunded_fen == 0  # it was never the order's money
    _, refunds = outside.books(it.order_no)
    assert [(one["amount"], one["status"]) for one in refunds] == [(19_800, "SUCCESS")]


def test_money_for_a_cancelled_order_is_met_the_same_way(outside):
    it = deal(stock=1)
    begun = it.start()
    cancel(person_id=it.buyer.id, order_no=it.order_no)
    place(make_person(), {it.sku: 1})
    outside.scan(begun.code_url, late=True)
    take(outside.callbacks(begun.out_trade_no)[0])
    run_jobs(it.buyer.id)
    assert (it.order.status, it.entries) == ("cancelled", [("charge", 9900), ("refund", 9900)])


def test_closing_an_order_closes_its_payment_at_the_institution(outside):
    it = deal()
    begun = it.start()
    cancel(person_id=it.buyer.id, order_no=it.order_no)
    run_jobs(it.buyer.id)
    assert [one.status for one in it.attempts] == ["closed"]
    answer = outside.side.post("/wechatpay/scan", code_url=begun.code_url)
    assert answer.status_code == 409


def test_a_buyer_who_was_faster_than_the_closing_is_settled(outside):
    outside.side.fault("wechatpay", "drop", on="callback")
    it = deal(stock=1)
    begun = it.start()
    cancel(person_id=it.buyer.id, order_no=it.order_no)
    outside.scan(begun.code_url)
    run_jobs(it.buyer.id)
    assert (it.order.status, it.entries) == ("paid", [("charge", 9900)])
    assert stock_of(it.sku) == 0


def test_a_sum_other_than_asked_for_is_never_taken(outside):
    it = deal()
    begun = it.start()
    for amount in (9899, 9901, 1, 990_000, None):
        state = PaymentState(
            out_trade_no=begun.out_trade_no, status=PaymentStatus.SUCCEEDED, amount_fen=amount,
            transaction_id=f"42000000{amount}",
        )  # fmt: skip
        services.settle(state=state, method="wechatpay")
    assert (it.order.status, it.entries, it.attempts[0].status) == ("pending_payment", [], "action_required")


def test_a_callback_with_a_wrong_sum_changes_nothing_and_the_right_one_counts(outside):
    outside.side.fault("wechatpay", "wrong_amount", on="callback")
    it = deal()
    begun = it.start()
    outside.scan(begun.code_url)
    [letter] = outside.callbacks(begun.out_trade_no)
    assert outside.said(letter)["amount"]["total"] == 9899
    take(letter)
    assert (it.order.status, it.entries) == ("pending_payment", [])
    services.poll(person_id=it.buyer.id, attempt_id=begun.id)
    assert (it.order.status, it.entries) == ("paid", [("charge", 9900)])


def test_an_order_paid_twice_keeps_one_payment_and_returns_the_other(outside):
    it = deal(stock=5)
    first = it.start()
    it.give_up_attempt(first.id)
    second = it.start()
    assert second.out_trade_no != first.out_trade_no
    for begun in (second, first):
        outside.scan(begun.code_url)
        take(outside.callbacks(begun.out_trade_no)[0])
    run_jobs(it.buyer.id)
    assert it.order.status == "paid"
    assert sorted(it.entries) == [("charge", 9900), ("charge", 9900), ("refund", 9900)]
    [refund] = it.refunds
    assert (refund.reason, refund.status) == ("late_payment", "succeeded")
    assert stock_of(it.sku) == 4
    _, refunds = outside.books(it.order_no)
    assert [one["out_trade_no"] for one in refunds] == [first.out_trade_no]


def test_an_unknown_number_is_nobodys(outside):
    state = PaymentState(
        out_trade_no="MNOBODYHASTHISNO01", status=PaymentStatus.SUCCEEDED, amount_fen=1, transaction_id="4"
    )
    services.settle(state=state, method="wechatpay")


@pytest.mark.parametrize("end", ["paid", "cancelled", "expired"])
def test_there_is_nothing_to_pay_once_it_is_over(outside, end):
    it = deal()
    if end == "paid":
        paid(outside, it)
    elif end == "cancelled":
        cancel(person_id=it.buyer.id, order_no=it.order_no)
    else:
        expire(person_id=it.buyer.id, order_no=it.order_no)
    with pytest.raises(NothingToPay):
        it.start()


def test_an_institution_that_does_not_answer_leaves_the_order_as_it_is(outside):
    it = deal()
    outside.side.fault("wechatpay", "http_500", on="answer", times=2)
    with pytest.raises(PaymentUnavailable):
        it.start()
    assert (it.order.status, it.attempts[0].status) == ("pending_payment", "unknown")
    begun = it.start()
    assert begun.code_url
    assert len(it.attempts) == 1


def test_a_forged_answer_is_no_answer(outside):
    it = deal()
    outside.side.fault("wechatpay", "forge", on="answer", times=2)
    with pytest.raises(PaymentUnavailable):
        it.start()
    assert it.attempts[0].status == "unknown"
    assert it.start().code_url


def test_a_way_of_paying_that_is_not_offered_begins_nothing(outside):
    it = deal()
    with pytest.raises(NothingToPay):
        services.start(person_id=it.buyer.id, order_no=it.order_no, method="cod")
    assert it.attempts == ()


def test_the_database_itself_takes_a_movement_of_money_once(outside):
    it = deal()
    paid(outside, it)
    [trade], _ = outside.books(it.order_no)
    with pytest.raises(IntegrityError), processing(Purpose.SETTLEMENT, subject=it.buyer.id):
        Entry.objects.create(
            order_no=it.order_no, person_id=it.buyer.id, provider="wechatpay",
            provider_txn=trade["transaction_id"], kind="charge", amount_fen=1, at=now(),
        )  # fmt: skip
    assert it.entries == [("charge", 9900)]


def test_a_code_for_an_order_that_was_given_up_meanwhile_never_leaves_the_house(outside):
    it = deal()
    outside.side.fault("wechatpay", "delay", on="answer", seconds=4.0)

    def give_up():
        until(lambda: outside.books(it.order_no)[0])
        cancel(person_id=it.buyer.id, order_no=it.order_no)
        it.give_up_attempt(it.attempts[0].id, "closed")  # as the worker does, in a process of its own

    begun, _ = at_once(lambda verb: verb(), [it.start, give_up])
    assert isinstance(begun, NothingToPay)
    assert [one.status for one in it.attempts] == ["closed"]


def test_paying_and_expiring_at_once_end_in_one_or_the_other(outside):
    for _ in range(6):
        it = deal(stock=1)
        begun = it.start()
        outside.scan(begun.code_url)
        [letter] = outside.callbacks(begun.out_trade_no)
        at_once(
            lambda verb: verb(),
            [
                partial(take, letter), partial(take, letter),
                partial(expire, person_id=it.buyer.id, order_no=it.order_no),
                partial(expire, person_id=it.buyer.id, order_no=it.order_no),
            ],
        )  # fmt: skip
        assert (it.order.status, it.entries, stock_of(it.sku)) == ("paid", [("charge", 9900)], 0)


def test_what_is_left_to_do_for_somebody_who_is_leaving_comes_to_nothing(outside):
    it = deal()
    paid(outside, it)
    run_jobs(it.buyer.id)
    number = shipments_of(person_id=it.buyer.id, order_no=it.order_no)[0].waybill_no
    outside.push(number, "80")
    with zone("worker"):
        follow(waybill_no=number)
    confirm_receipt(person_id=it.buyer.id, order_no=it.order_no)
    assert [one.kind for one in leave(it.buyer.id).blockers] == [
        "orders_part"
    ]  # its shop has not been paid yet
    run_jobs(it.buyer.id, names=("payments.settle_parts",))
    assert leave(it.buyer.id).state == "cooling_off"
    ran = run_jobs(it.buyer.id, ahead=timedelta(days=30), tries=1)
    assert {"payments.poll", "delivery.receipt_due"} <= set(ran)


def test_a_payment_that_went_back_before_we_heard_of_it_buys_nothing(outside):
    it = deal()
    begun = it.start()
    state = PaymentState(
        out_trade_no=begun.out_trade_no, status=PaymentStatus.REFUNDED, amount_fen=begun.amount_fen,
        transaction_id="4200000000000000000000000001",
    )  # fmt: skip
    services.settle(state=state, method=begun.method)
    assert (it.order.status, it.entries) == ("pending_payment", [])
