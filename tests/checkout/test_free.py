"""An order that costs nothing goes the way of every other: nobody pays, everything else happens."""

import secrets
from contextlib import suppress
from datetime import timedelta

import pytest

from mingpu.catalog.models import Product
from mingpu.checkout.errors import CodNotOffered
from mingpu.checkout.services import check_out
from mingpu.delivery.queries import shipments_of
from mingpu.delivery.services import confirm_receipt, follow
from mingpu.lib.errors import MallError
from mingpu.promotions.services import claim
from mingpu.service.services import decide, open_case, sent_back
from mingpu.wallet.queries import verify
from tests.counterparts import outside
from tests.delivery.parcels import article
from tests.factories import TO, make_person
from tests.jobs import run_jobs
from tests.payments.trading import Deal
from tests.promotions.shop import made
from tests.support import zone
from tests.virtual.shop import PHONE, states, virtual, work


def given_away(sku: str, payment="wechatpay", **whereto) -> Deal:
    """Order an article for 99 yuan with a coupon over 99 yuan, delivered for nothing."""
    buyer = make_person()
    with zone("worker"):
        Product.objects.filter(skus__code=sku).update(brand=sku)
    made("free_shipping", scope={"brands": [sku]}, steps=[{"threshold_fen": 1}])
    offer = made("coupon", scope={"brands": [sku]}, steps=[{"threshold_fen": 100, "off": 9900}])
    coupon = claim(person_id=buyer.id, offer_id=offer)
    placed = check_out(
        person_id=buyer.id, key=secrets.token_hex(8), payment=payment, lines={sku: 1}, coupons=(coupon,),
        **whereto,
    )  # fmt: skip
    assert (placed.total_fen, placed.status) == (0, "paid")
    return Deal(buyer, sku, placed.order_no)


@pytest.mark.usefixtures("outside")
def test_goods_that_cost_nothing_are_sent_and_stand_in_the_books():
    it = given_away(article(price_fen=9900), to=TO)
    assert it.order.parts[0].state == "waiting"
    run_jobs(it.buyer.id)
    [parcel] = shipments_of(person_id=it.buyer.id, order_no=it.order_no)
    assert parcel.waybill_no
    assert it.books_left() == {"deposits": -9900}  # what the mall's coupon owes the shop
    assert it.attempts == ()


@pytest.mark.usefixtures("outside")
def test_nothing_is_not_paid_at_the_door():
    with pytest.raises(CodNotOffered):
        given_away(article(price_fen=9900), payment="cod", to=TO)


@pytest.mark.usefixtures("outside")
def test_a_top_up_that_costs_nothing_is_sent():
    it = given_away(virtual("topup", price_fen=9900), recharge=PHONE)
    run_jobs(it.buyer.id, names=("payments.nothing_due",))
    work(it)
    assert states(it) == ["sent"] or states(it) == ["done"]


@pytest.mark.usefixtures("outside")
@pytest.mark.parametrize("completed", [False, True])
def test_what_cost_nothing_and_comes_back_leaves_nothing_in_the_books(completed):
    sku = article(price_fen=9900)
    it = given_away(sku, to=TO)
    run_jobs(it.buyer.id)
    arrive(it)
    if completed:
        confirm_receipt(person_id=it.buyer.id, order_no=it.order_no)
        run_jobs(it.buyer.id, names=("payments.settle_parts",))
        assert it.books_left() == {}
    who = {"person_id": it.buyer.id}
    case = open_case(**who, order_no=it.order_no, kind="return", lines={sku: 1}, reason="late")
    for _ in range(2):  # that it may come back, and that it is back
        with zone("desk"):
            decide(**who, case_no=case.case_no, approve=True, staff="kefu")
        with suppress(MallError):
            sent_back(**who, case_no=case.case_no)
    run_jobs(it.buyer.id)
    assert (it.order.status, it.books_left(), it.refunds) == ("closed", {}, ())
    run_jobs(it.buyer.id, ahead=timedelta(days=30))
    with zone("worker"):
        assert verify([it.order_no]) == []


def arrive(it):
    [parcel] = shipments_of(person_id=it.buyer.id, order_no=it.order_no)
    outside().side.post(f"/{parcel.courier}/push", waybill_no=parcel.waybill_no, status="signed")
    with zone("worker"):
        follow(waybill_no=parcel.waybill_no)
