"""Paying back: by the way the money came, once, never more than was paid."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mingpu.adapters.payment import PaymentFailed
from mingpu.lib.errors import NotFound
from mingpu.payments import refunds
from mingpu.payments.errors import NothingLeft, StillUnderWay
from mingpu.payments.models import Refund
from mingpu.payments.queries import stuck_refunds
from mingpu.payments.refunds import RefundPending
from mingpu.payments.services import settle_parts
from mingpu.privacy.purposes import Purpose, processing
from tests.checkout.test_crowd import at_once
from tests.jobs import run_jobs, waiting
from tests.payments.trading import METHODS, books_agree, deal, fund, letters_about, paid, take, theirs
from tests.people import from_owner
from tests.support import zone

REFUND = ("payments.refund", "payments.mend_refund", "payments.close")


@pytest.fixture
def sold(outside):
    it = deal(stock=9, pieces=3)
    paid(outside, it)
    run_jobs(it.buyer.id, names=REFUND)
    return it


def work(it):
    run_jobs(it.buyer.id, names=REFUND)


def stuck(it):
    with zone("desk"):
        return [(one.out_refund_no, one.status) for one in stuck_refunds() if one.order_no == it.order_no]


def test_a_refund_goes_back_and_is_counted_once(outside, sold):
    [asked] = sold.ask(9900, f"case:{sold.order_no}")
    assert [(one.status, one.amount_fen) for one in sold.refunds] == [("approved", 9900)]
    work(sold)
    assert sold.entries == [("charge", 29_700), ("refund", 9900)]
    assert (sold.order.refunded_fen, sold.order.status) == (9900, "paid")
    for letter in letters_about("wechatpay", asked.out_refund_no) * 2:
        take(letter)
    work(sold)
    assert sold.entries == [("charge", 29_700), ("refund", 9900)]
    assert sold.order.refunded_fen == 9900
    assert waiting("service.refunded", case_no=sold.order_no) == 1
    assert waiting("invoices.reverse_due", order_no=sold.order_no) == 1


def test_the_last_refund_closes_the_order(outside, sold):
    for number in range(3):
        sold.ask(9900, f"case:C{number}")
    work(sold)
    assert (sold.order.refunded_fen, sold.order.status) == (29_700, "closed")
    assert sold.order.events[-1].cause == "refunded_in_full"
    assert [part.state for part in sold.order.parts] == ["closed"]
    assert theirs(sold)[1] == 29_700
    assert sold.books_left() == {}


def test_more_than_is_left_is_refused_and_the_same_reason_is_the_same_refund(outside, sold):
    first = sold.ask(20_000, "case:C1")
    assert [one.out_refund_no for one in sold.ask(20_000, "case:C1")] == [one.out_refund_no for one in first]
    with pytest.raises(NothingLeft) as refused:
        sold.ask(9701, "case:C2")
    assert refused.value.facts == {"left": "97.00"}
    assert sold.ask(0, "case:C3") == []
    sold.ask(9700, "case:C4")
    with pytest.raises(NothingLeft):
        sold.ask(1, "case:C5")


def test_many_at_once_never_take_more_than_there_is(outside, sold):
    def ask(number):
        try:
            sold.ask(7000, f"case:C{number}")
        except NothingLeft:
            return 0
        return 7000

    assert sum(at_once(ask, range(8))) == 28_000
    work(sold)
    assert theirs(sold)[1] == 28_000


def test_the_desk_can_ask_in_its_own_purpose(outside, sold):
    with zone("desk"), processing(Purpose.SERVICE, subject=sold.buyer.id):
        Refund.objects.ask(sold.order_no, sold.buyer.id, 100, "case:C1", lines={sold.sku: 100})
    work(sold)
    assert sold.order.refunded_fen == 100


def test_a_refund_that_still_runs_is_asked_for_again(outside, sold):
    [asked] = sold.ask(9900)
    with zone("worker"), pytest.raises(RefundPending):
        refunds.carry_out(person_id=sold.buyer.id, out_refund_no=asked.out_refund_no)
    assert sold.refunds[0].status == "submitted"
    assert sold.order.refunded_fen == 0
    work(sold)
    assert sold.refunds[0].status == "succeeded"
    assert len(outside.books(sold.order_no)[1]) == 1


def test_a_refund_handed_in_many_times_at_once_is_one(outside, sold):
    [asked] = sold.ask(9900)

    def hand_in(_):
        try:
            refunds.carry_out(person_id=sold.buyer.id, out_refund_no=asked.out_refund_no)
        except RefundPending:
            return

    at_once(hand_in, range(6))
    work(sold)
    assert [one["amount"] for one in outside.books(sold.order_no)[1]] == [9900]
    assert sold.entries == [("charge", 29_700), ("refund", 9900)]


def test_a_refund_to_the_balance_many_times_at_once_is_one(outside):
    it = deal()
    fund(it.buyer, balance=9900)
    it.stored()
    [asked] = it.ask(4000)
    at_once(lambda _: refunds.carry_out(person_id=it.buyer.id, out_refund_no=asked.out_refund_no), range(6))
    assert (it.wallet.balance_fen, it.refunds[0].status) == (4000, "succeeded")
    books_agree()


def test_an_institution_that_does_not_answer_is_asked_later(outside, sold):
    [asked] = sold.ask(9900)
    outside.side.fault("wechatpay", "http_500", on="answer", times=2)
    with zone("worker"), pytest.raises(PaymentFailed):
        refunds.carry_out(person_id=sold.buyer.id, out_refund_no=asked.out_refund_no)
    assert sold.refunds[0].status == "approved"
    work(sold)
    assert sold.refunds[0].status == "succeeded"


@pytest.fixture
def abnormal(outside, sold):
    """A refund that the buyer's account cannot take."""
    outside.side.fault("wechatpay", "abnormal")
    [sold.asked] = sold.ask(9900, f"case:{sold.order_no}")
    work(sold)
    return sold


def test_an_account_that_cannot_take_it_waits_for_a_person(abnormal):
    assert stuck(abnormal) == [(abnormal.asked.out_refund_no, "abnormal")]
    assert (abnormal.order.refunded_fen, abnormal.order.status) == (0, "paid")
    assert abnormal.entries == [("charge", 29_700)]
    with zone("worker"):
        refunds.carry_out(person_id=abnormal.buyer.id, out_refund_no=abnormal.asked.out_refund_no)
    assert [one.status for one in abnormal.refunds] == ["abnormal"]
    with pytest.raises(NothingLeft):
        abnormal.ask(19_801, "case:C2")  # it is promised all the same


def test_staff_can_have_it_paid_to_the_balance_once(abnormal):
    with zone("desk"):
        refunds.to_balance(out_refund_no=abnormal.asked.out_refund_no, staff="kefu")
    at_once(
        lambda _: refunds.mend(
            person_id=abnormal.buyer.id, out_refund_no=abnormal.asked.out_refund_no, way="balance"
        ),
        range(4),
    )
    work(abnormal)
    assert stuck(abnormal) == []
    assert [(one.path, one.status) for one in abnormal.refunds] == [("balance", "succeeded")]
    assert (abnormal.wallet.balance_fen, abnormal.order.refunded_fen) == (9900, 9900)
    assert waiting("service.refunded", case_no=abnormal.order_no) == 1
    with zone("desk"), pytest.raises(StillUnderWay):
        refunds.retry(out_refund_no=abnormal.asked.out_refund_no, staff="kefu")
    books_agree()


def test_staff_can_have_it_tried_again(abnormal):
    with zone("desk"):
        refunds.retry(out_refund_no=abnormal.asked.out_refund_no, staff="kefu")
    work(abnormal)
    assert stuck(abnormal) == [(abnormal.asked.out_refund_no, "abnormal")]
    causes = [step[4] for step in abnormal.steps if step[0] == "refund"]
    assert "asked_again" in causes


def test_what_the_institution_refused_gets_a_new_number(outside):
    it = deal()
    paid(outside, it, "unionpay")
    outside.side.fault("unionpay", "refused", on="refund")
    [asked] = it.ask(9900, "case:C1")
    work(it)
    assert stuck(it) == [(asked.out_refund_no, "failed")]
    with zone("desk"):
        refunds.retry(out_refund_no=asked.out_refund_no, staff="kefu")
    work(it)
    assert [(one.path, one.status) for one in it.refunds] == [("unionpay", "succeeded")]
    assert it.refunds[0].out_refund_no != asked.out_refund_no
    assert (it.order.status, it.books_left(), theirs(it)[1]) == ("closed", {}, 9900)


def test_staff_cannot_touch_one_that_is_not_stuck(outside, sold):
    [asked] = sold.ask(9900)
    with zone("desk"):
        with pytest.raises(StillUnderWay):
            refunds.to_balance(out_refund_no=asked.out_refund_no, staff="kefu")
        with pytest.raises(NotFound):
            refunds.retry(out_refund_no="RNOBODYHASTHIS", staff="kefu")


def test_what_was_paid_twice_is_refunded_from_the_payment_that_counts(outside):
    it = deal(stock=5)
    first = it.start()
    it.give_up_attempt(first.id)
    second = it.start()
    for begun in (second, first):
        outside.scan(begun.code_url)
        take(letters_about("wechatpay", begun.out_trade_no)[0])
    work(it)
    it.ask(9900)
    work(it)
    assert it.order.status == "closed"
    assert sorted((one["out_trade_no"], one["amount"]) for one in outside.books(it.order_no)[1]) == [
        (first.out_trade_no, 9900), (second.out_trade_no, 9900),
    ]  # fmt: skip
    assert (waiting("payments.refund", person_id=str(it.buyer.id)), it.books_left()) == (0, {})


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data(), method=st.sampled_from(METHODS))
def test_any_mix_refunded_in_any_cuts_goes_back_to_the_fen(outside, data, method):
    it = deal(price_fen=data.draw(st.integers(2000, 12_000)))
    total = it.order.total_fen
    fund(it.buyer, balance=data.draw(st.integers(1, 4000)), cards=(data.draw(st.integers(1, 3000)),))
    before = it.wallet.balance_fen + it.wallet.cards_fen
    if not it.stored().paid:
        paid(outside, it, method)
    cuts = {data.draw(st.integers(1, total)) for _ in range(data.draw(st.integers(0, 4)))} | {total}
    done = 0
    for cut in sorted(cuts):
        it.ask(cut - done, f"case:{it.order_no}{cut}")
        done = cut
        with pytest.raises(NothingLeft):
            it.ask(total - done + 1, "case:X")
        if data.draw(st.booleans()):
            work(it)
    work(it)
    assert (it.order.status, it.order.refunded_fen, it.books_left()) == ("closed", total, {})
    assert it.wallet.balance_fen + it.wallet.cards_fen == before
    settle_parts(person_id=it.buyer.id, order_no=it.order_no)
    assert it.books_left() == {}
    books_agree()


def test_a_refund_whose_job_gave_up_is_taken_up_again(outside):
    it = deal()
    paid(outside, it)
    [refund] = it.ask(9900, "case:C1")
    asked = refund.out_refund_no
    gone = (
        "DELETE FROM procrastinate_jobs WHERE task_name = 'payments.refund' AND args->>'out_refund_no' = %s"
    )
    from_owner(gone, [asked])
    with zone("worker"):
        refunds.sweep()
    assert waiting("payments.refund", out_refund_no=asked) == 0  # not yet: its own job is still trying
    old = "UPDATE payments_refund SET created_at = now() - interval '4 hours' WHERE out_refund_no = %s"
    from_owner(old, [asked])
    with zone("worker"):
        refunds.sweep()
        refunds.sweep()
    assert waiting("payments.refund", out_refund_no=asked) == 1
