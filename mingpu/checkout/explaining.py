"""Writing down which rule refused an order, so that its person can have it explained and looked at by somebody."""

from collections.abc import Callable, Mapping
from typing import Any, Final
from uuid import UUID

from mingpu.checkout.errors import CodNotOffered
from mingpu.checkout.wish import Wish
from mingpu.lib.errors import MallError
from mingpu.merchants.errors import NotDelivered
from mingpu.orders.errors import TooManyUnpaid
from mingpu.privacy import decisions
from mingpu.privacy.purposes import Purpose, processing
from mingpu.promotions.errors import CouponUnusable, TooManyCoupons
from mingpu.risk.rules import MOST_ORDERS_AN_HOUR, MOST_UNPAID

Told = tuple[Purpose, str, Mapping[str, int | str]]


def _trade(refused: MallError, wish: Wish) -> Told:
    del wish
    facts = refused.facts
    if facts["rule"] == "pace":
        counts = {"orders_last_hour": facts["orders_last_hour"], "most": MOST_ORDERS_AN_HOUR}
        return Purpose.TRADE_SAFETY, "trade.pace", counts
    return Purpose.TRADE_SAFETY, "trade.unpaid", {"unpaid": facts["count"], "most": MOST_UNPAID}


def _area(refused: MallError, wish: Wish) -> Told:
    del refused, wish
    return Purpose.ORDERING, "delivery.area", {}


def _coupons(refused: MallError, wish: Wish) -> Told:
    del refused
    return Purpose.ORDERING, "coupon.unusable", {"chosen": len(wish.coupons)}


def _cod(refused: MallError, wish: Wish) -> Told:
    del refused, wish
    return Purpose.ORDERING, "order.cod", {}


# What goods and stock decide says nothing about the person and leaves no record.
_RULES: Final[Mapping[type[Exception], Callable[[Any, Wish], Told]]] = {
    TooManyUnpaid: _trade,
    NotDelivered: _area,
    CouponUnusable: _coupons,
    TooManyCoupons: _coupons,
    CodNotOffered: _cod,
}


def explain(person_id: UUID, wish: Wish, refused: Exception) -> None:
    """Write down a refusal that a rule about the person, their address or their coupons decided; others leave nothing."""
    read = _RULES.get(type(refused))
    if read is None:
        return
    purpose, rule, inputs = read(refused, wish)
    with processing(purpose, subject=person_id):
        decisions.record(person_id, rule, "refused", inputs)
