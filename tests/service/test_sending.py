"""Goods that nobody sends: refunded for the asking after 48 hours, unasked after 15 days, and not a minute earlier."""

import pytest

from mingpu.desk.queries.parts import parts_of
from mingpu.orders.rules import NEVER_SENT, SENT_WITHIN
from mingpu.service import queries, services
from tests.checkout.test_crowd import at_once
from tests.delivery.parcels import article, buy, ship
from tests.factories import stock_of
from tests.jobs import run_jobs, waiting
from tests.merchants.examples import make_merchant
from tests.payments.trading import books_agree
from tests.people import from_owner
from tests.service.cases import ask, case_of, decide, report, steps
from tests.support import zone

HOURS = int(SENT_WITHIN.total_seconds()) // 3600
DAYS = NEVER_SENT.days


def ready(it, ago):
    """Have an order's parts wait to be sent for so long."""
    from_owner(
        "UPDATE orders_part SET ready_at = now() - %s::interval WHERE order_no = %s", [ago, it.order_no]
    )


def never_sent(it):
    with zone("worker"):
        services.never_sent(person_id=it.buyer.id, order_no=it.order_no)
    run_jobs(it.buyer.id)


def causes(it):
    """Why each case of an order was opened and refunded."""
    return [row[0] for row in from_owner(
        "SELECT cause FROM orders_event WHERE machine = 'after_sale' AND order_no = %s ORDER BY at, cause", [it.order_no]
    )]  # fmt: skip


@pytest.fixture
def shop():
    return make_merchant(cod=True)


@pytest.mark.parametrize(("ago", "status"), [
    (f"{HOURS} hours -1 minutes", "seller_reviewing"), (f"{HOURS} hours 1 minute", "refunding"),
])  # fmt: skip
def test_after_two_days_a_refund_needs_nobodys_yes(outside, shop, ago, status):
    it = buy({article(merchant=shop): 2}).pay(outside)
    ready(it, ago)
    case = ask(it, 1, reason="late")
    assert case.status == status
    run_jobs(it.buyer.id)
    if status == "refunding":
        assert [cause for _, _, cause in steps(case)] == ["asked", "not_sent_in_time", "money_back"]
        assert (it.order.refunded_fen, it.order.status, it.part(shop).pieces) == (9900, "paid", 1)
    books_agree()


def test_all_of_it_closes_the_order_and_the_goods_are_for_sale_again(outside, shop):
    it = buy({article(merchant=shop, stock=5): 2}).pay(outside)
    ready(it, f"{HOURS + 1} hours")
    ask(it, 2, reason="changed_mind")
    run_jobs(it.buyer.id)
    assert (it.order.status, it.order.refunded_fen) == ("closed", it.order.total_fen)
    assert stock_of(it.skus[0]) == 5
    books_agree()


def test_pieces_that_the_courier_has_are_for_the_seller_to_judge(outside, shop):
    it = buy({article(merchant=shop): 3}).pay(outside)
    sku = it.skus[0]
    ship(it, shop, {sku: 1})
    report(outside, it, "picked_up")
    ready(it, f"{HOURS + 1} hours")
    assert ask(it, 3).status == "seller_reviewing"
    [case] = queries.cases_of(person_id=it.buyer.id, order_no=it.order_no)
    services.withdraw(person_id=it.buyer.id, case_no=case.case_no)
    assert ask(it, 2).status == "refunding"
    run_jobs(it.buyer.id)
    assert it.order.refunded_fen == 2 * 9900


def test_goods_to_come_back_are_never_refunded_at_once(outside, shop):
    it = buy({article(merchant=shop): 1}).pay(outside)
    ship(it, shop)
    report(outside, it, "signed")
    ready(it, f"{DAYS + 1} days")
    for kind in ("refund", "return"):
        case = ask(it, kind=kind)
        assert case.status == "seller_reviewing"
        decide(it, case, approve=False, merchant=shop)
    never_sent(it)
    assert it.order.refunded_fen == 0


def test_after_fifteen_days_it_is_refunded_by_itself_once(outside, shop):
    it = buy({article(merchant=shop, stock=5): 2, article(): 1}).pay(outside)
    report(outside, it, "signed")
    assert waiting("service.never_sent", order_no=it.order_no) == 1
    ready(it, f"{DAYS} days -1 minutes")
    never_sent(it)
    assert causes(it) == []
    assert waiting("service.never_sent", order_no=it.order_no) == 2, "looked at again when it is time"
    ready(it, f"{DAYS} days 1 minute")
    at_once(lambda _: never_sent(it), range(3))
    never_sent(it)
    assert sorted(causes(it)) == ["money_back", "never_sent", "not_sent_in_time"]
    [case] = queries.cases_of(person_id=it.buyer.id, order_no=it.order_no)
    assert (case.reason, case_of(it, case).status) == ("unsent", "refunded")
    assert it.order.status == "delivered", "what came is kept, what did not is paid back"
    assert stock_of(it.skus[0]) == 5
    books_agree()


def test_what_another_case_holds_is_not_paid_back_twice(outside, shop):
    it = buy({article(merchant=shop): 2}).pay(outside)
    decide(it, ask(it, 1), merchant=shop)
    ready(it, f"{DAYS + 1} days")
    never_sent(it)
    assert it.order.refunded_fen == it.order.total_fen
    with zone("worker"):
        services.never_sent(person_id=it.buyer.id, order_no=it.order_no)
    assert len(queries.cases_of(person_id=it.buyer.id, order_no=it.order_no)) == 2
    books_agree()


def test_cash_on_delivery_that_is_never_sent_is_cancelled(outside, shop):
    it = buy({article(merchant=shop, stock=5): 1}, payment="cod")
    never_sent(it)
    assert it.order.status == "confirmed"
    ready(it, f"{DAYS + 1} days")
    never_sent(it)
    never_sent(it)
    assert (it.order.status, stock_of(it.skus[0])) == ("cancelled", 5)
    assert [(step.cause) for step in it.order.events if step.machine == "order"][-1] == "never_sent"
    books_agree()


def test_the_shop_sees_until_when_it_is_to_send(outside, shop):
    it = buy({article(merchant=shop): 1}).pay(outside)

    def row():
        with zone("desk"):
            return next(iter(parts_of(merchant=shop).items))

    assert (row().overdue, row().due_at - row().ready_at, row().refunded_at - row().ready_at) == (
        False, SENT_WITHIN, NEVER_SENT,
    )  # fmt: skip
    ready(it, f"{HOURS + 1} hours")
    assert row().overdue
    ship(it, shop)
    report(outside, it, "picked_up")
    with zone("desk"):
        (sent,) = parts_of(merchant=shop, state="sent").items
    assert (sent.overdue, sent.due_at, sent.refunded_at) == (False, None, None)
