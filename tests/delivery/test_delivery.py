"""Parcels of the mall's own shop: booked once, followed whatever comes in whatever order, received once."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from mingpu.adapters.courier import CourierFailed
from mingpu.delivery import services
from mingpu.delivery.queries import shipments_of
from mingpu.lib.errors import NotFound
from mingpu.lib.payloads import flatten
from mingpu.orders.errors import WrongState
from mingpu.privacy.register import REGISTER
from mingpu.privacy.sharing import records_of
from tests.delivery.parcels import asked_of, follow, parcel_of
from tests.factories import make_person
from tests.jobs import run_jobs, waiting
from tests.payments.trading import deal, paid
from tests.people import from_owner
from tests.statements import counted
from tests.support import zone


@pytest.fixture
def sent(outside):
    """A paid order whose parcel is booked."""
    it = deal()
    paid(outside, it)
    run_jobs(it.buyer.id)
    return it


def test_a_paid_order_is_booked_once_however_often_it_is_tried(outside, sent):
    first = parcel_of(sent)
    assert (first.status, first.courier) == ("label_created", "sf")
    with zone("worker"):
        services.book(person_id=sent.buyer.id, order_no=sent.order_no)
    assert parcel_of(sent) == first
    assert len(asked_of(outside, first)) == 1


def test_a_booking_that_was_lost_on_the_way_is_found_again(outside):
    it = deal()
    paid(outside, it)
    outside.side.fault("sf", "http_500", on="answer", times=2)
    with zone("worker"), pytest.raises(CourierFailed):
        services.book(person_id=it.buyer.id, order_no=it.order_no)
    assert parcel_of(it).status == "pending"
    run_jobs(it.buyer.id)
    assert parcel_of(it).waybill_no


def test_the_courier_learns_where_to_and_nothing_of_the_goods(outside, sent):
    [asked] = asked_of(outside, parcel_of(sent))
    text = json.dumps(asked, ensure_ascii=False)
    assert asked["orderId"] == parcel_of(sent).parcel_no
    assert sent.order_no not in text
    assert "林知夏" in text
    assert "文三路 188 号 3 幢 502" in text
    assert sent.sku not in text
    assert "咖啡壶" not in text
    amounts = {9900, "9900", 99, "99", "99.0", "99.00"}
    assert not amounts & set(flatten(asked).values())
    assert "serviceList" not in asked  # nothing is collected at the door
    assert asked["cargoDetails"] == [{"name": "日用品"}]
    share = next(one for one in records_of(sent.buyer.id) if one.recipient == "sf")
    assert json.loads(share.payload)["contactInfoList[1].contact"] == "林知夏"


def test_an_unpaid_order_is_not_booked(outside):
    it = deal()
    with zone("worker"):
        services.book(person_id=it.buyer.id, order_no=it.order_no)
    assert shipments_of(person_id=it.buyer.id, order_no=it.order_no) == ()


def test_the_buyer_sees_the_parcel_move(outside, sent):
    number = parcel_of(sent).waybill_no
    for code, parcel, order in [
        ("50", "picked_up", "shipped"),
        ("30", "in_transit", "shipped"),
        ("44", "out_for_delivery", "shipped"),
        ("80", "signed", "delivered"),
    ]:
        outside.push(number, code)
        follow(number)
        assert (parcel_of(sent).status, sent.order.status) == (parcel, order)
    assert len(parcel_of(sent).events) == 4
    assert sent.order.delivered_at


def test_steps_repeated_are_written_once(outside, sent):
    number = parcel_of(sent).waybill_no
    moment = datetime.now(UTC).isoformat()
    for _ in range(3):
        outside.push(number, "50", at=moment)
        follow(number)
    assert len(parcel_of(sent).events) == 1
    assert [event.cause for event in sent.order.events].count("picked_up") == 1


def test_reports_out_of_order_never_move_it_back(outside, sent):
    number = parcel_of(sent).waybill_no
    begun = datetime.now(UTC) - timedelta(days=2)
    for hours, code in [(30, "80"), (1, "50"), (20, "44"), (10, "30"), (31, "70")]:
        outside.push(number, code, at=(begun + timedelta(hours=hours)).isoformat())
        follow(number)
        assert (parcel_of(sent).status, sent.order.status) == ("signed", "delivered")
    moments = [event.at for event in parcel_of(sent).events]
    assert moments == sorted(moments, reverse=True)


def test_a_parcel_whose_pushes_are_lost_is_asked_for(outside, sent):
    outside.side.fault("sf", "drop", on="callback", times=2)
    number = parcel_of(sent).waybill_no
    for code in ("50", "80"):
        outside.push(number, code)
    assert "delivery.look_after" not in run_jobs(sent.buyer.id, ahead=timedelta(hours=23))
    ran = run_jobs(sent.buyer.id, ahead=timedelta(days=2))
    assert "delivery.look_after" in ran
    assert (parcel_of(sent).status, sent.order.status) == ("signed", "delivered")


def test_a_parcel_that_arrived_is_not_asked_for_again(outside, sent):
    number = parcel_of(sent).waybill_no
    outside.push(number, "80")
    follow(number)
    before = len(outside.side.received("sf", number))
    run_jobs(sent.buyer.id, ahead=timedelta(days=6), names=("delivery.look_after",))
    assert len(outside.side.received("sf", number)) == before


def test_an_unknown_waybill_is_nobodys(outside):
    follow("SF0000000000000")


def test_an_exception_is_told_and_moves_nothing(outside, sent):
    number = parcel_of(sent).waybill_no
    outside.push(number, "50")
    outside.push(number, "70")
    follow(number)
    assert parcel_of(sent).status == "picked_up"
    assert any("再次派送" in str(event.text) for event in parcel_of(sent).events)


def test_the_buyer_confirms_once(outside, sent):
    with pytest.raises(WrongState):
        services.confirm_receipt(person_id=sent.buyer.id, order_no=sent.order_no)
    number = parcel_of(sent).waybill_no
    outside.push(number, "50")
    follow(number)
    services.confirm_receipt(person_id=sent.buyer.id, order_no=sent.order_no)
    assert (sent.order.status, sent.order.events[-1].cause) == ("completed", "received_by_buyer")
    with pytest.raises(WrongState):
        services.confirm_receipt(person_id=sent.buyer.id, order_no=sent.order_no)
    outside.push(number, "80")
    follow(number)
    assert sent.order.status == "completed"
    assert parcel_of(sent).status == "signed"


def test_receipt_comes_by_itself_some_days_after_signing(outside, sent):
    number = parcel_of(sent).waybill_no
    outside.push(number, "80")
    follow(number)
    assert waiting("delivery.receipt_due", order_no=sent.order_no) == 1
    assert "delivery.receipt_due" not in run_jobs(sent.buyer.id, ahead=timedelta(days=6))
    run_jobs(sent.buyer.id, ahead=timedelta(days=8))
    assert (sent.order.status, sent.order.events[-1].cause) == ("completed", "receipt_due")


def test_another_persons_parcel_does_not_exist(outside, sent):
    other = make_person()
    assert shipments_of(person_id=other.id, order_no=sent.order_no) == ()
    with pytest.raises(NotFound):
        services.confirm_receipt(person_id=other.id, order_no=sent.order_no)


def test_nothing_of_the_consignee_is_kept_with_a_parcel(outside, sent):
    tables = [name for name in REGISTER.tables if name.startswith("delivery_")]
    for table in tables:
        assert not {"name", "phone", "street", "address"} & REGISTER.tables[table].columns.keys()
    number = parcel_of(sent).waybill_no
    for code in ("50", "80"):
        outside.push(number, code)
        follow(number)
    everything = [from_owner(f"SELECT t::text FROM {table} t", []) for table in tables]
    assert len(everything[0]) >= 1
    for word in ("林知夏", "13800000042", "文三路"):
        assert word not in str(everything)


def test_a_pickup_code_is_its_owners_and_goes_with_the_parcel(outside, sent):
    number = parcel_of(sent).waybill_no
    outside.push(number, "678", pickup_code="8-2-1024")
    follow(number)
    assert (parcel_of(sent).status, parcel_of(sent).pickup_code) == ("out_for_delivery", "8-2-1024")
    [(kept,)] = from_owner("SELECT pickup_code FROM delivery_shipment WHERE waybill_no = %s", [number])
    assert b"8-2-1024" not in bytes(kept)
    outside.push(number, "679")
    follow(number)
    assert (parcel_of(sent).status, parcel_of(sent).pickup_code) == ("signed", "")


def test_completing_hands_the_money_on(outside, sent):
    outside.push(parcel_of(sent).waybill_no, "80")
    follow(parcel_of(sent).waybill_no)
    services.confirm_receipt(person_id=sent.buyer.id, order_no=sent.order_no)
    assert waiting("payments.settle_parts", order_no=sent.order_no) == 1


def test_every_transition_of_a_parcel_is_logged(outside, sent):
    it = parcel_of(sent)
    for code in ("50", "30", "44", "80"):
        outside.push(it.waybill_no, code)
        follow(it.waybill_no)
    rows = from_owner(
        "SELECT before, after, cause FROM orders_event WHERE machine = 'shipment' AND reference = %s ORDER BY at",
        [it.parcel_no],
    )
    assert rows == [
        ("", "pending", "packed"),
        ("pending", "label_created", "booked"),
        ("label_created", "picked_up", "reported"),
        ("picked_up", "in_transit", "reported"),
        ("in_transit", "out_for_delivery", "reported"),
        ("out_for_delivery", "signed", "reported"),
    ]


def test_parcels_are_read_in_three_statements_however_many(outside, sent):
    with counted() as statements:
        shipments_of(person_id=sent.buyer.id, order_no=sent.order_no)
    assert len(statements) == 3
