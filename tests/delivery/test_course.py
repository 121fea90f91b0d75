"""Whatever couriers report in whatever order: parcels only climb, and the pieces of an order add up."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from mingpu.adapters.courier import RouteEvent, RouteStatus
from mingpu.delivery import rules, services
from mingpu.orders.rules import COMPLETED, DELIVERED, PARTLY, SHIPPED
from mingpu.orders.rules import PAID as NOT_SENT
from tests.delivery.parcels import article, buy
from tests.people import from_owner

BEGUN = datetime(2026, 11, 1, 4, tzinfo=UTC)
ENDS = (RouteStatus.SIGNED, RouteStatus.RETURNED, RouteStatus.LOST)
WAY = (
    RouteStatus.PICKED_UP,
    RouteStatus.IN_TRANSIT,
    RouteStatus.EXCEPTION,
    RouteStatus.OUT_FOR_DELIVERY,
    RouteStatus.REFUSED,
    RouteStatus.RETURNING,
    RouteStatus.OTHER,
)


def step(parcel, number, status):
    return RouteEvent(
        event_id=f"{parcel.parcel_no}-{number}", waybill_no=parcel.waybill_no, at=BEGUN + timedelta(hours=number),
        place="", op_code="", status=status,
    )  # fmt: skip


def facts_of(it):
    [row] = from_owner(
        "SELECT pieces, pieces_sent, pieces_signed, delivered_at IS NOT NULL FROM orders_order WHERE order_no = %s",
        [it.order_no],
    )
    return row


@pytest.mark.parametrize("seed", range(8))
def test_random_reports_never_lead_back_and_pieces_add_up(outside, seed):
    chance = random.Random(seed)
    it = buy({article(grams=10_000): 5, article(grams=9_000, real_name=True): 2}).pay(outside)
    before = {parcel.parcel_no: parcel for parcel in it.parcels}
    told = []
    for parcel in before.values():
        way = [*chance.sample(WAY, chance.randint(0, len(WAY))), chance.choice(ENDS)]
        told += [(parcel, step(parcel, number, status)) for number, status in enumerate(way)]
    told += chance.choices(told, k=len(told))  # repeated
    chance.shuffle(told)  # late and out of order
    while told:
        parcel, _ = told[-1]
        count = chance.randint(1, 3)
        steps = [one for whose, one in told[-count:] if whose is parcel]
        services.record_steps(person_id=it.buyer.id, waybill_no=parcel.waybill_no, steps=steps)
        told = told[:-count] + [pair for pair in told[-count:] if pair[0] is not parcel]
        after = {one.parcel_no: one for one in it.parcels}
        for number, one in after.items():
            assert rules.RANK[one.status] >= rules.RANK[before[number].status]
            assert before[number].status not in rules.FINAL or one.status == before[number].status
        before = after
        pieces, sent, signed, delivered = facts_of(it)
        parcels = after.values()
        assert sent == sum(one.pieces for one in parcels if one.status in rules.WITH_COURIER)
        assert signed == sum(one.pieces for one in parcels if one.status == rules.SIGNED)
        assert pieces == sum(one.pieces for one in parcels) == 7
        assert delivered == all(one.status in rules.FINAL for one in parcels)
    assert all(one.status in rules.FINAL for one in before.values())
    moves = from_owner(
        "SELECT before, after FROM orders_event WHERE machine = 'shipment' AND order_no = %s", [it.order_no]
    )
    assert all(pair in rules.MOVES for pair in moves)
    assert it.order.status in {NOT_SENT, PARTLY, SHIPPED, DELIVERED, COMPLETED}
