"""Ways of paying: only the one chosen is called, each to the end, and the buyer may change their mind."""

from datetime import timedelta

import pytest

from mingpu.orders.services import cancel
from mingpu.payments.errors import NothingToPay
from mingpu.payments.rules import CHOICES, METHODS, PAYMENT_MOVES, REFUND_MOVES, may_pay, may_refund
from mingpu.privacy.sharing import records_of
from tests.jobs import run_jobs
from tests.payments.trading import METHODS as INSTITUTIONS
from tests.payments.trading import books_agree, deal, letters_about, paid, scan, take, theirs


@pytest.mark.parametrize("method", INSTITUTIONS)
def test_each_institution_takes_and_gives_back_and_no_other_hears_of_it(outside, method):
    it = deal(price_fen=10_000)
    letter = paid(outside, it, method)
    take(letter)
    assert (it.order.status, it.paths) == ("paid", [(method, "charge", 10_000)])
    label = {"wechatpay": "netsunion", "alipay": "netsunion", "unionpay": "unionpay"}[method]
    assert [(one.clearing, one.status) for one in it.attempts] == [(label, "succeeded")]
    it.ask(2500)
    run_jobs(it.buyer.id, names=("payments.refund",))
    assert it.paths == [(method, "charge", 10_000), (method, "refund", 2500)]
    assert [(one.status, one.path) for one in it.refunds] == [("succeeded", method)]
    assert theirs(it)[1] == 2500
    assert {one.recipient for one in records_of(it.buyer.id)} == {method}
    for other in set(INSTITUTIONS) - {method}:
        assert outside.side.received(other, it.order_no) == []
    books_agree()


@pytest.mark.parametrize("method", ["alipay", "unionpay"])
def test_a_page_is_handed_out_and_what_comes_back_from_the_browser_proves_nothing(outside, method):
    it = deal()
    begun = it.start(method, "page")
    assert begun.code_url == ""
    assert begun.page is not None
    assert begun.page.url.startswith(outside.side.address)
    assert [(one.status, one.method) for one in it.attempts] == [("action_required", method)]
    again = it.start(method, "page")
    assert again.out_trade_no == begun.out_trade_no
    assert it.order.status == "pending_payment"


def test_the_wechat_page_is_not_offered(outside):
    it = deal()
    with pytest.raises(NothingToPay):
        it.start("wechatpay", "page")
    assert it.attempts == ()


@pytest.mark.parametrize("method", ["cod", "balance", "ecard", "wallet", "visa"])
def test_only_institutions_are_begun(outside, method):
    it = deal()
    with pytest.raises(NothingToPay):
        it.start(method)
    assert it.attempts == ()


def test_the_buyer_may_change_the_way_and_what_was_left_open_is_closed(outside):
    it = deal()
    first = it.start("alipay")
    paid(outside, it, "unionpay")
    run_jobs(it.buyer.id, names=("payments.close",))
    assert [(one.method, one.status) for one in it.attempts] == [
        ("alipay", "closed"),
        ("unionpay", "succeeded"),
    ]
    assert first.amount_fen == 9900


@pytest.mark.parametrize(
    ("first", "second"), [("alipay", "wechatpay"), ("unionpay", "alipay"), ("wechatpay", "unionpay")]
)
def test_both_ways_paid_is_one_order_and_one_way_back(outside, first, second):
    it = deal()
    codes = [it.start(first), it.start(second)]
    for begun in codes:
        scan(begun)
        take(letters_about(begun.method, begun.out_trade_no)[0])
    run_jobs(it.buyer.id, names=("payments.refund", "payments.close"))
    assert it.order.status == "paid"
    assert it.paths == [(first, "charge", 9900), (second, "charge", 9900), (second, "refund", 9900)]
    assert [(one.reason, one.path, one.status) for one in it.refunds] == [
        ("late_payment", second, "succeeded")
    ]
    assert theirs(it)[1] == 9900
    books_agree()


@pytest.mark.parametrize("method", INSTITUTIONS)
def test_a_lost_callback_is_asked_for(outside, method):
    outside.side.fault(method, "drop", on="callback")
    it = deal()
    scan(it.start(method))
    run_jobs(it.buyer.id, ahead=timedelta(seconds=11), names=("payments.poll",))
    assert (it.order.status, it.paths) == ("paid", [(method, "charge", 9900)])


@pytest.mark.parametrize("method", INSTITUTIONS)
def test_money_for_a_cancelled_order_revives_it_or_goes_back(outside, method):
    it = deal(stock=1)
    begun = it.start(method)
    cancel(person_id=it.buyer.id, order_no=it.order_no)
    scan(begun, late=True)
    take(letters_about(method, begun.out_trade_no)[0])
    assert it.order.status == "paid"
    assert it.order.events[-1].cause == "paid_late"


def test_every_step_of_a_payment_and_its_refund_is_in_the_log_and_in_the_tables(outside):
    it = deal()
    paid(outside, it)
    it.ask(9900)
    run_jobs(it.buyer.id, names=("payments.refund",))
    payment = [step for step in it.steps if step[0] == "payment"]
    assert [(before, after, cause) for _, _, before, after, cause in payment] == [
        ("", "created", "begun"), ("created", "requested", "announced"),
        ("requested", "action_required", "accepted"), ("action_required", "succeeded", "paid"),
    ]  # fmt: skip
    refund = [step for step in it.steps if step[0] == "refund"]
    assert [(after, cause) for _, _, _, after, cause in refund] == [
        ("approved", "asked"), ("submitted", "handed_in"), ("succeeded", "paid_back"),
    ]  # fmt: skip
    assert all(may_pay(before, after, cause) for _, _, before, after, cause in payment)
    assert all(may_refund(before, after, cause) for _, _, before, after, cause in refund)


def test_nothing_leaves_a_final_state_but_by_the_table():
    assert {after for before, after in PAYMENT_MOVES if before == "succeeded"} == {"closed"}
    assert not [after for before, after in REFUND_MOVES if before in {"succeeded", "rejected"}]
    assert list(CHOICES) == ["wechatpay", "alipay", "unionpay", "cod", "wallet"]
    assert list(METHODS)[-2:] == ["balance", "ecard"]
