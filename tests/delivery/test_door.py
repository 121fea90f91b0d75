"""What is paid at the door: taken, refused, lost, and taken after all."""

import pytest

from mingpu.adapters.courier import RouteEvent, RouteStatus
from mingpu.delivery import services
from mingpu.delivery.errors import OneParcelOnly
from mingpu.lib.clock import now
from mingpu.orders.errors import WrongState
from mingpu.orders.services import cancel
from mingpu.service.services import open_case
from mingpu.wallet.queries import verify
from tests.delivery.parcels import article, asked_of, buy, collected_of, parcel_of, report, ship
from tests.factories import stock_of
from tests.jobs import run_jobs, waiting
from tests.merchants.examples import make_merchant
from tests.support import zone


def test_an_amount_is_told_to_the_courier_only_where_it_is_paid_at_the_door(outside):
    merchant = make_merchant(cod=True, couriers=("yto",))
    heavy = article(merchant=merchant, grams=20_000)
    it = buy({heavy: 2}, payment="cod")
    with pytest.raises(OneParcelOnly):
        ship(it, merchant, {heavy: 1})
    ship(it, merchant)
    [parcel] = it.parcels
    assert (parcel.pieces, parcel.cod_fen) == (2, it.order.total_fen)
    assert collected_of(asked_of(outside, parcel)[0]) == it.order.total_fen
    paid_before = buy({article(merchant=merchant): 1}).pay(outside)
    ship(paid_before, merchant)
    assert collected_of(asked_of(outside, paid_before.parcels[0])[0]) is None
    assert paid_before.parcels[0].cod_fen is None


def test_money_taken_at_the_door_makes_the_order_paid_with_the_signature(outside, cod):
    with pytest.raises(WrongState):
        services.confirm_receipt(person_id=cod.buyer.id, order_no=cod.order_no)
    report(outside, parcel_of(cod), "out_for_delivery")
    with pytest.raises(WrongState):  # nothing has been paid yet
        services.confirm_receipt(person_id=cod.buyer.id, order_no=cod.order_no)
    report(outside, parcel_of(cod), "signed")
    assert (cod.order.status, bool(cod.order.paid_at)) == ("delivered", True)
    number = parcel_of(cod).waybill_no
    total = cod.order.total_fen
    assert (
        waiting("payments.collected", waybill_no=number, amount_fen=total, courier=parcel_of(cod).courier)
        == 1
    )
    report(outside, parcel_of(cod), "exception")
    assert waiting("payments.collected", waybill_no=number) == 1


def test_what_is_refused_at_the_door_closes_the_order_and_can_be_sold_again(outside, cod):
    sku = cod.skus[0]
    before = stock_of(sku)
    report(outside, parcel_of(cod), "out_for_delivery")
    for status in ("refused", "returning", "returned"):
        report(outside, parcel_of(cod), status)
        assert (parcel_of(cod).status, cod.order.status) == (status, "closed")
        assert stock_of(sku) == before + (status == "returned")  # before that it may be taken after all
    assert cod.order.events[-1].cause == "refused_at_door"
    assert cod.part().state == "closed"
    assert waiting("payments.close", order_no=cod.order_no) == 1
    assert waiting("service.came_back", order_no=cod.order_no) == 0


def test_what_is_refused_and_taken_after_all_stands_again(outside, cod):
    before = stock_of(cod.skus[0])
    report(outside, parcel_of(cod), "refused")
    run_jobs(cod.buyer.id, names=("payments.close",))
    report(outside, parcel_of(cod), "signed")
    assert (cod.order.status, cod.part().state, stock_of(cod.skus[0])) == ("delivered", "sent", before)
    assert cod.order.events[-1].cause == "taken_after_all"
    comes_out_even(cod)


def test_what_was_cancelled_on_the_road_and_is_taken_and_paid_for_stands_again(outside, cod):
    before = stock_of(cod.skus[0])
    cancel(person_id=cod.buyer.id, order_no=cod.order_no)
    run_jobs(cod.buyer.id, names=("payments.close",))
    assert stock_of(cod.skus[0]) == before + 1
    report(outside, parcel_of(cod), "signed")  # the courier left before it could be called off
    assert (cod.order.status, stock_of(cod.skus[0])) == ("delivered", before)
    comes_out_even(cod)


def test_what_was_cancelled_on_the_road_and_comes_back_is_in_stock_once(outside, cod):
    before = stock_of(cod.skus[0])
    cancel(person_id=cod.buyer.id, order_no=cod.order_no)
    for status in ("refused", "returned"):
        report(outside, parcel_of(cod), status)
    assert (cod.order.status, stock_of(cod.skus[0])) == ("cancelled", before + 1)


def test_receipt_confirmed_before_the_money_is_booked_is_settled_all_the_same(outside, cod):
    report(outside, parcel_of(cod), "refused")
    run_jobs(cod.buyer.id, names=("payments.close",))
    report(outside, parcel_of(cod), "signed")
    services.confirm_receipt(person_id=cod.buyer.id, order_no=cod.order_no)
    run_jobs(cod.buyer.id, names=("payments.settle_parts",))
    run_jobs(cod.buyer.id, names=("payments.collected",))
    run_jobs(cod.buyer.id, names=("payments.settle_parts",))
    with zone("worker"):
        assert verify([cod.order_no]) == []


def test_the_sender_who_signs_for_what_came_back_has_not_paid_for_it(outside, cod):
    before = stock_of(cod.skus[0])
    for place, status in enumerate((RouteStatus.REFUSED, RouteStatus.RETURNING, RouteStatus.SIGNED)):
        step = RouteEvent(
            event_id=f"step-{place}",
            waybill_no=parcel_of(cod).waybill_no,
            at=now(),
            place="",
            op_code="",
            status=status,
        )
        with zone("worker"):
            services.record_steps(person_id=cod.buyer.id, waybill_no=step.waybill_no, steps=[step])
    assert (parcel_of(cod).status, cod.order.status) == ("returned", "closed")
    assert stock_of(cod.skus[0]) == before + 1
    assert waiting("payments.collected", order_no=cod.order_no) == 0


def test_what_was_cancelled_on_the_road_and_is_lost_is_not_in_stock(outside, cod):
    before = stock_of(cod.skus[0])
    cancel(person_id=cod.buyer.id, order_no=cod.order_no)
    report(outside, parcel_of(cod), "lost")
    assert (cod.order.status, stock_of(cod.skus[0])) == ("cancelled", before)


def test_a_case_opened_before_the_money_is_booked_is_given_all_of_it(outside, cod):
    report(outside, parcel_of(cod), "signed")
    case = open_case(
        person_id=cod.buyer.id, order_no=cod.order_no, kind="return", lines={cod.skus[0]: 1}, reason="damaged"
    )
    assert case.amount_fen == cod.order.total_fen


def comes_out_even(it):
    """The money taken at the door is the order's, and once it is completed nothing is left over in the books."""
    run_jobs(it.buyer.id, names=("payments.collected",))
    services.confirm_receipt(person_id=it.buyer.id, order_no=it.order_no)
    run_jobs(it.buyer.id, names=("payments.settle_parts",))
    with zone("worker"):
        assert verify([it.order_no]) == []


def test_what_is_lost_before_it_was_paid_closes_the_order(outside, cod):
    before = stock_of(cod.skus[0])
    report(outside, parcel_of(cod), "lost")
    assert (cod.order.status, cod.order.events[-1].cause) == ("closed", "lost_on_the_way")
    assert stock_of(cod.skus[0]) == before


@pytest.fixture
def cod(outside):
    """An order that is paid at the door, and its parcel booked."""
    return buy({article(): 1}, payment="cod")
