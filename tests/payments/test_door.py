"""Cash on delivery: confirmed by itself or by staff, collected parcel by parcel, paid back to the balance."""

import pytest

from mingpu.lib.errors import NotFound
from mingpu.orders.errors import WrongState
from mingpu.orders.models import Order, Part
from mingpu.orders.services import cancel
from mingpu.payments.queries import cod_reviews
from mingpu.payments.services import collected, confirm_cod, decide_cod, review_cod, settle_parts
from mingpu.privacy.purposes import Purpose, processing
from tests.checkout.test_crowd import at_once
from tests.factories import make_product
from tests.jobs import run_jobs, waiting
from tests.payments.trading import books_agree, deal, order
from tests.support import zone

MONEY = (
    "payments.review_cod",
    "payments.confirm_cod",
    "payments.decline_cod",
    "payments.refund",
    "payments.close",
)


def reviewed(**more):
    it = deal(payment="cod", **more)
    run_jobs(it.buyer.id, names=MONEY)
    return it


def take_cash(it, fen, waybill):
    with zone("worker"):
        collected(
            person_id=it.buyer.id, order_no=it.order_no, courier="sf", waybill_no=waybill, amount_fen=fen
        )


def facts(it, cause, **values):
    """Let something happen to an order that the courier would bring about."""
    with processing(Purpose.DELIVERY, subject=it.buyer.id):
        assert Order.objects.change(it.order_no, it.buyer.id, cause=cause, **values)


def waits(it):
    with zone("desk"):
        return [one.why for one in cod_reviews() if one.order_no == it.order_no]


def test_a_small_order_is_confirmed_by_itself_and_sent(outside):
    it = reviewed()
    assert it.order.status == "confirmed"
    assert it.order.parts[0].state == "to_ship"
    assert waiting("delivery.book", order_no=it.order_no) == 1
    assert waits(it) == []


@pytest.mark.parametrize("accept", [True, False])
def test_a_large_one_waits_for_staff(outside, accept):
    it = reviewed(price_fen=200_001)
    assert (it.order.status, waits(it)) == ("pending_confirmation", ["large"])
    with zone("desk"):
        decide_cod(order_no=it.order_no, accept=accept, staff="kefu")
    run_jobs(it.buyer.id, names=MONEY)
    assert it.order.status == ("confirmed" if accept else "cancelled")
    assert waits(it) == []
    with zone("desk"), pytest.raises((WrongState, NotFound)):
        decide_cod(order_no=it.order_no, accept=accept, staff="kefu")
    assert it.books_left() == ({"receivable": 200_001, "deposits": -200_001} if accept else {})


def test_who_refused_one_at_the_door_lately_waits_too(outside):
    it = reviewed()
    with processing(Purpose.DELIVERY, subject=it.buyer.id):
        Order.objects.filter(order_no=it.order_no).update(pieces_sent=1)
    facts(it, "refused_at_door", ended="closed")
    again = order(it.buyer, {make_product(price_fen=9900): 1}, payment="cod")
    run_jobs(it.buyer.id, names=MONEY)
    assert (again.order.status, waits(again)) == ("pending_confirmation", ["refused_before"])


def test_one_that_is_cancelled_before_it_is_sent_falls_away_in_the_books(outside):
    it = reviewed()
    cancel(person_id=it.buyer.id, order_no=it.order_no)
    run_jobs(it.buyer.id, names=MONEY)
    assert (it.order.status, it.books_left()) == ("cancelled", {})


def test_cash_for_a_parcel_counts_once_and_pays_the_order_when_it_is_all(outside):
    it = reviewed()
    with processing(Purpose.DELIVERY, subject=it.buyer.id):
        Order.objects.filter(order_no=it.order_no).update(pieces_sent=1)
    take_cash(it, 4000, f"A{it.order_no}")
    assert it.order.paid_at is None
    at_once(lambda _: take_cash(it, 5900, f"B{it.order_no}"), range(4))
    take_cash(it, 4000, f"A{it.order_no}")
    assert it.order.paid_at
    assert it.order.status == "shipped"
    assert it.paths == [("sf", "charge", 4000), ("sf", "charge", 5900)]
    assert [(one.method, one.amount_fen, one.clearing) for one in it.attempts] == [
        ("cod", 4000, ""),
        ("cod", 5900, ""),
    ]


def test_more_than_is_due_goes_to_the_balance(outside):
    it = reviewed()
    take_cash(it, 12_000, f"C{it.order_no}")
    run_jobs(it.buyer.id, names=MONEY)
    assert it.wallet.balance_fen == 2100
    assert [(one.reason, one.path, one.amount_fen) for one in it.refunds] == [
        ("late_payment", "balance", 2100)
    ]
    books_agree()


def test_cash_goes_back_to_the_balance(outside):
    it = reviewed()
    with processing(Purpose.DELIVERY, subject=it.buyer.id):
        Order.objects.filter(order_no=it.order_no).update(pieces_sent=1)
    take_cash(it, 9900, f"D{it.order_no}")
    it.ask(9900, "case:C1")
    run_jobs(it.buyer.id, names=MONEY)
    assert (it.order.status, it.wallet.balance_fen) == ("closed", 9900)
    assert it.books_left() == {}
    books_agree()


def test_completing_hands_the_money_on(outside):
    it = reviewed()
    with processing(Purpose.DELIVERY, subject=it.buyer.id):
        Order.objects.filter(order_no=it.order_no).update(pieces_sent=1)
    take_cash(it, 9900, f"E{it.order_no}")
    facts(it, "received_by_buyer", completed_at=it.order.placed_at)
    for _ in range(2):
        settle_parts(person_id=it.buyer.id, order_no=it.order_no)
    assert it.books_left() == {}
    it.ask(5000, "case:C1")
    it.ask(4900, "case:C2")
    run_jobs(it.buyer.id, names=MONEY)
    assert it.books_left() == {}
    assert it.order.status == "closed"


def test_confirming_what_was_never_asked_for_is_refused(outside):
    it = deal()
    with pytest.raises(WrongState):
        confirm_cod(person_id=it.buyer.id, order_no=it.order_no)
    review_cod(person_id=it.buyer.id, order_no=it.order_no)
    assert it.order.status == "pending_payment"
    with processing(Purpose.SETTLEMENT, subject=it.buyer.id):
        assert Part.objects.filter(order_no=it.order_no, ready_at=None).exists()
