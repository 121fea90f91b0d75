"""Refusals by rules leave a record with their rule and inputs; what goods decide, and what goes well, leave none."""

from uuid import uuid4

import pytest

from mingpu.checkout.errors import CodNotOffered
from mingpu.checkout.services import check_out
from mingpu.lib.errors import MallError
from mingpu.merchants.errors import NotDelivered
from mingpu.merchants.shipping import PIECE, Rate, Template
from mingpu.orders.errors import OutOfStock, TooManyUnpaid
from mingpu.privacy.decisions import RULES, decisions_of
from mingpu.promotions.errors import CouponUnusable
from mingpu.risk.rules import MOST_UNPAID
from tests.delivery.parcels import article
from tests.factories import TO, make_person, make_product, place
from tests.merchants.examples import make_merchant


def refused(buyer, error, **more):
    with pytest.raises(error):
        check_out(person_id=buyer.id, key=uuid4().hex, **{"payment": "wechatpay", "to": TO, **more})
    return decisions_of(buyer.id)


def test_too_many_unpaid_orders_is_explained_by_counts():
    buyer, sku = make_person(), make_product(stock=100)
    for _ in range(MOST_UNPAID):
        place(buyer, {sku: 1})
    assert decisions_of(buyer.id).total == 0
    (it,) = refused(buyer, TooManyUnpaid, lines={sku: 1}).items
    assert (it.rule, it.outcome) == ("trade.unpaid", "refused")
    assert it.inputs == {"未付款订单数": str(MOST_UNPAID), "上限": str(MOST_UNPAID)}


def test_a_coupon_that_cannot_be_used_is_explained():
    buyer, sku = make_person(), make_product()
    (it,) = refused(buyer, CouponUnusable, lines={sku: 1}, coupons=(uuid4(),)).items
    assert (it.rule, it.inputs) == ("coupon.unusable", {"所选张数": "1"})


def test_goods_and_stock_leave_no_record():
    buyer, sku = make_person(), make_product(stock=1)
    assert refused(buyer, OutOfStock, lines={sku: 2}).total == 0
    place(buyer, {sku: 1})
    assert decisions_of(buyer.id).total == 0


@pytest.mark.usefixtures("outside")
def test_no_cash_on_delivery_and_no_delivery_there_are_explained():
    here = Template(name="只送本地", basis=PIECE, default=Rate((), 1, 800, 1, 0), no_delivery=(TO.province,))
    buyer, sku = make_person(), article(merchant=make_merchant(template=here))
    (it,) = refused(buyer, NotDelivered, lines={sku: 1}).items
    assert (it.rule, it.inputs) == ("delivery.area", {})
    buyer = make_person()
    several = {article(merchant=make_merchant()): 1, article(merchant=make_merchant()): 1}
    (it,) = refused(buyer, CodNotOffered, lines=several, payment="cod").items
    assert it.rule == "order.cod"


def test_every_rule_that_is_recorded_is_known():
    assert {"trade.unpaid", "trade.pace", "coupon.unusable", "delivery.area", "order.cod"} <= RULES.keys()
    assert issubclass(TooManyUnpaid, MallError)
