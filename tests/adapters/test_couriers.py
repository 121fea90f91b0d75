"""What holds for every courier: what leaves for it, money and identity cards at the door, its statement."""

import json
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingpu.adapters.counterparts import wiring
from mingpu.adapters.courier import (
    BookingRequest,
    CollectedLine,
    Contact,
    Courier,
    CourierFailed,
    RouteStatus,
)
from mingpu.adapters.courier.reading import CHINA, fen_of, statement, yuan_of
from mingpu.adapters.courier.sf import SfConfig, SfCourier
from mingpu.adapters.courier.yto import YtoConfig, YtoCourier
from mingpu.lib.payloads import flatten
from mingpu.privacy import sharing
from mingpu.privacy.register import REGISTER
from tests.adapters.conftest import QUICK, Side
from tests.adapters.parcels import parcel, push

COURIERS: dict[str, Courier] = {
    "sf": SfCourier(SfConfig(partner_id="p", checkword="c", push_secret="s", monthly_card="7551234567")),
    "yto": YtoCourier(YtoConfig(interfaces={}, push_secret="s")),
}
WORDS = st.text(st.characters(exclude_categories=["Cs", "Nd"]), min_size=1, max_size=20)
CONTACTS = st.builds(
    Contact,
    name=WORDS,
    phone=st.from_regex(r"1[3-9]\d{9}", fullmatch=True),
    province=WORDS,
    city=WORDS,
    district=WORDS,
    street=WORDS,
    landline=st.none() | st.just("010-12345678"),
)
AMOUNTS = st.none() | st.integers(1, 2_000_000)
PARCELS = st.builds(
    BookingRequest,
    parcel_no=st.from_regex(r"[0-9A-Za-z_-]{1,64}", fullmatch=True),
    consignee=CONTACTS,
    sender=CONTACTS,
    cod_fen=AMOUNTS,
    real_name=st.booleans(),
)
# Where an amount may stand in each message: everywhere else, nothing may hang on it.
MONEY = {
    "sf": {"serviceList[0].name", "serviceList[0].value", "serviceList[1].name"},
    "yto": {"increments[0].type", "increments[0].amount"},
}
both = pytest.mark.parametrize("party", ["sf", "yto"])


@pytest.fixture
def courier(side: Side, party: str) -> Courier:
    if party == "sf":
        return SfCourier(replace(wiring.sf_config(side.keys, address=side.address), patience=QUICK))
    return YtoCourier(replace(wiring.yto_config(side.keys, address=side.address), patience=QUICK))


def today() -> date:
    return datetime.now(CHINA).date()


# --- what leaves


@both
@given(request=PARCELS)
def test_all_that_leaves_is_on_the_list_of_the_register(party, request):
    payload = flatten(COURIERS[party].payload_for(request))
    sharing.check(party, payload)
    personal = {name for name in payload if REGISTER.recipients[party].fields[name]}
    for contact in (request.consignee, request.sender):
        for one in fields(contact):
            value = getattr(contact, one.name)
            if value is not None:
                assert any(payload[name] == value for name in personal), one.name


@both
@given(request=PARCELS)
def test_without_an_amount_to_collect_there_is_none_anywhere(party, request):
    """Nothing in the message hangs on the amount but the one field that stands for it; without it, not even that."""
    message = COURIERS[party].payload_for
    silent = flatten(message(replace(request, cod_fen=None)))
    assert not {name for name in silent if "amount" in name.lower() or name.endswith(".value")}
    if request.real_name is False:
        assert not MONEY[party] & silent.keys()
    if request.cod_fen is not None:
        told = flatten(message(request))
        assert {name: told[name] for name in silent.keys() - MONEY[party]} == {
            name: silent[name] for name in silent.keys() - MONEY[party]
        }
        assert told.keys() - silent.keys() <= MONEY[party]
        assert yuan_of(request.cod_fen) in told.values()


@both
@given(request=PARCELS)
def test_a_message_is_made_of_people_places_and_constants_alone(party, request):
    """Whatever is not the parcel's number, a contact or an amount is the same for every parcel there is."""
    payload = flatten(COURIERS[party].payload_for(request))
    other = flatten(COURIERS[party].payload_for(replace(parcel(), real_name=request.real_name)))
    contacts = {getattr(one, it.name) for one in (request.consignee, request.sender) for it in fields(one)}
    for name, value in payload.items():
        if name not in MONEY[party] and value != request.parcel_no and value not in contacts:
            assert other[name] == value, name


@given(st.integers(1, 10**11 - 1))
def test_amounts_survive_being_written(fen):
    assert fen_of(yuan_of(fen)) == fen


@pytest.mark.parametrize("text", ["", "1", "1.0", "-1.00", "1,000.00", " 1.00", "1.00\n", "١.00", 1.0, None])
def test_what_is_no_amount_is_not_read_as_one(text):
    with pytest.raises(ValueError, match="amount"):
        fen_of(text)


# --- at the door


@both
def test_money_is_taken_once_when_the_parcel_is_signed(side: Side, party, courier):
    waybill = courier.book(parcel(cod_fen=12345))
    for status in ("picked_up", "out_for_delivery", "exception", "signed", "signed"):
        push(side, party, waybill.waybill_no, status)
    events = courier.routes(waybill.waybill_no)[-5:]
    assert [event.cod_fen for event in events] == [None, None, None, 12345, None]
    assert len({event.event_id for event in events}) == 5
    line = CollectedLine(waybill_no=waybill.waybill_no, parcel_no=waybill.parcel_no, amount_fen=12345)
    assert courier.collected(today()).count(line) == 1
    assert line not in courier.collected(today() - timedelta(days=1))


@both
@pytest.mark.parametrize("end", ["refused", "returned", "lost"])
def test_what_was_not_handed_over_was_not_paid(side: Side, party, courier, end):
    waybill = courier.book(parcel(cod_fen=500))
    push(side, party, waybill.waybill_no, "picked_up")
    push(side, party, waybill.waybill_no, end)
    event = courier.routes(waybill.waybill_no)[-1]
    assert (event.status, event.cod_fen) == (RouteStatus(end), None)
    assert waybill.waybill_no not in {line.waybill_no for line in courier.collected(today())}


@both
def test_nothing_is_taken_for_a_parcel_that_was_paid(side: Side, party, courier):
    waybill = courier.book(parcel())
    push(side, party, waybill.waybill_no, "signed")
    assert courier.routes(waybill.waybill_no)[-1].cod_fen is None
    assert (
        side.post(f"/{party}/push", waybill_no=waybill.waybill_no, op_code="signed", cod=5).status_code == 422
    )
    assert waybill.waybill_no not in {line.waybill_no for line in courier.collected(today())}


@both
def test_the_statement_says_what_was_taken_even_where_it_is_less(side: Side, party, courier):
    day = datetime(2026, 1, 1, 15, 59, tzinfo=UTC)  # still the first in Beijing; a minute later it is not
    amounts = []
    for minutes, taken in ((0, 900), (0, 1000), (2, 1000)):
        waybill = courier.book(parcel(cod_fen=1000))
        at = (day + timedelta(minutes=minutes)).isoformat()
        push(side, party, waybill.waybill_no, "signed", at=at, cod=taken)
        amounts.append((waybill.waybill_no, taken))
    told = [(line.waybill_no, line.amount_fen) for line in courier.collected(date(2026, 1, 1))]
    assert set(amounts[:2]) <= set(told)
    assert amounts[2] not in told


@both
def test_a_statement_that_is_wrong_is_told_as_it_is(side: Side, party, courier):
    """The books stay right; only the answer is wrong, once. Whoever compares must notice."""
    day = date(2026, 2, 2)
    if not courier.collected(day):
        waybill = courier.book(parcel(cod_fen=700))
        push(side, party, waybill.waybill_no, "signed", at="2026-02-02T12:00:00+08:00")
    (right,) = courier.collected(day)
    side.fault(party, "wrong_amount", on="bill")
    assert courier.collected(day) == [replace(right, amount_fen=701)]
    side.fault(party, "missing_line", on="bill")
    assert courier.collected(day) == []
    side.fault(party, "extra_line", on="bill")
    assert len(courier.collected(day)) == 2
    assert courier.collected(day) == [right]


@both
def test_a_card_is_checked_by_the_device_and_only_its_answer_is_told(side: Side, party, courier):
    waybill = courier.book(parcel(real_name=True))
    push(side, party, waybill.waybill_no, "", real_name=False, receipt="D-1")
    sign = {"waybill_no": waybill.waybill_no, "op_code": "signed"}
    assert side.post(f"/{party}/push", **sign, real_name=False).status_code == 422
    push(side, party, waybill.waybill_no, "", real_name=True)
    push(side, party, waybill.waybill_no, "signed")
    events = courier.routes(waybill.waybill_no)[-3:]
    assert [(one.status, one.real_name) for one in events] == [
        (RouteStatus.OTHER, False),
        (RouteStatus.OTHER, True),
        (RouteStatus.SIGNED, None),
    ]
    assert events[0].device_receipt == "D-1"
    assert events[1].device_receipt.startswith("DR")
    assert len({one.event_id for one in events}) == 3


@both
def test_at_the_door_the_card_is_read_in_the_same_step(side: Side, party, courier):
    waybill = courier.book(parcel(real_name=True))
    push(side, party, waybill.waybill_no, "signed")
    assert courier.routes(waybill.waybill_no)[-1].real_name is True
    plain = courier.book(parcel())
    asked = {"waybill_no": plain.waybill_no, "op_code": "signed", "real_name": True}
    assert side.post(f"/{party}/push", **asked).status_code == 422  # nobody asked for it


@both
def test_a_parcel_waits_at_a_station_with_its_code(side: Side, party, courier):
    waybill = courier.book(parcel())
    push(side, party, waybill.waybill_no, "at_station", pickup_code="12-3456")
    event = courier.routes(waybill.waybill_no)[-1]
    assert (event.status, event.pickup_code) == (RouteStatus.OUT_FOR_DELIVERY, "12-3456")
    assert "12-3456" not in repr(event)
    wrong = {"waybill_no": waybill.waybill_no, "op_code": "at_station", "pickup_code": "谢谢 惠顾"}
    assert side.post(f"/{party}/push", **wrong).status_code == 422


# --- statements of many pages


def pages(*found: list[dict[str, Any]], total: int) -> list[CollectedLine]:
    return statement(
        lambda number: (total, found[number - 1] if number <= len(found) else []), waybill="w", parcel="p"
    )


def test_a_statement_is_read_to_its_last_page():
    line = {"w": "SF0000000000001", "p": "T1", "codAmount": "0.05"}
    assert pages([], total=0) == []
    assert [one.amount_fen for one in pages([line, line], [line], total=3)] == [5, 5, 5]


@pytest.mark.parametrize(
    "bad",
    [{}, {"w": "x"}, {"codAmount": "1"}, {"codAmount": None}, {"codAmount": "-1.00"}, {"w": None}],
)
def test_a_statement_that_does_not_add_up_is_not_half_believed(bad):
    line = {"w": "SF0000000000001", "p": "T1", "codAmount": "0.05"}
    for broken in ({"found": [[line]], "total": 2}, {"found": [[line, line]], "total": 1}):
        with pytest.raises(CourierFailed, match="unreadable"):
            pages(*broken["found"], total=broken["total"])  # type: ignore[arg-type]
    with pytest.raises(CourierFailed, match="unreadable"):
        pages([line | bad if bad else {}], total=1)


@both
def test_long_statements_come_in_pages(side: Side, party, courier, monkeypatch):
    monkeypatch.setattr(f"mingpu.adapters.courier.{party}.PAGE", 2)
    numbers = set()
    for _ in range(5):
        waybill = courier.book(parcel(cod_fen=100))
        push(side, party, waybill.waybill_no, "signed", at="2026-03-03T12:00:00+08:00")
        numbers.add(waybill.waybill_no)
    told = [line.waybill_no for line in courier.collected(date(2026, 3, 3))]
    assert numbers <= set(told)
    assert len(told) == len(set(told))
    asked = [one for one in side.received(party, "2026-03-03") if "pageNo" in json.dumps(one)]
    assert len(asked) >= 3
