import json
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingpu.adapters.counterparts.sf import Sf
from mingpu.adapters.courier import ForgedPush, RouteStatus
from mingpu.adapters.courier.sf import SfConfig, SfCourier
from mingpu.adapters.courier.sf_wire import OPERATIONS
from tests.adapters.conftest import QUICK, Call, Mall, Side, until
from tests.adapters.parcels import parcel, path_of, push, pushes
from tests.adapters.test_sf import with_patience


@pytest.fixture
def courier(side: Side) -> SfCourier:
    return with_patience(side, QUICK)


def read(side: Side, courier: SfCourier, call: Call) -> list[Any]:
    return courier.parse_push(call.headers, side.keys.sf.push_secret, call.body)


# A loss is told by the words beside 72.
MEANINGS = [*(OPERATIONS | {"72": RouteStatus.LOST}).items(), ("12345", RouteStatus.OTHER)]


@pytest.mark.parametrize(("op_code", "status"), MEANINGS)
def test_each_operation_means_something(side: Side, courier, op_code, status):
    waybill = courier.book(parcel())
    push(side, "sf", waybill.waybill_no, op_code)
    (event,) = courier.routes(waybill.waybill_no)
    assert (event.op_code, event.status, event.waybill_no) == (op_code, status, waybill.waybill_no)
    assert abs(event.at - datetime.now(UTC)) < timedelta(minutes=1)


def test_a_step_is_the_same_whether_pushed_or_asked_for(side: Side, mall: Mall, courier):
    number = courier.book(parcel()).waybill_no
    for code in ("50", "30", "80"):
        push(side, "sf", number, code)
    told = {event for call in until_told(side, mall, courier, number, 3) for event in call}
    assert told == set(courier.routes(number))
    assert len({event.event_id for event in told}) == 3


def until_told(side: Side, mall: Mall, courier: SfCourier, number: str, events: int) -> list[list[Any]]:
    """What each push told, once `events` steps have been told."""

    def told() -> list[list[Any]] | None:
        found = [read(side, courier, call) for call in pushes(side, mall, "sf", number)]
        ours = [[event for event in one if event.waybill_no == number] for one in found]
        return ours if len({event for one in ours for event in one}) >= events else None

    answer: list[list[Any]] = until(told)
    return answer


def test_routes_are_sorted_by_time_whatever_the_order_of_reports(side: Side, courier):
    number = courier.book(parcel()).waybill_no
    start = datetime.now(UTC) - timedelta(hours=5)
    for code, hours in (("80", 4), ("50", 0), ("44", 3), ("30", 1)):
        push(side, "sf", number, code, at=(start + timedelta(hours=hours)).isoformat(), place="某地")
    events = courier.routes(number)
    assert [event.op_code for event in events] == ["50", "30", "44", "80"]
    assert events[0].place == "某地"
    assert events[0].at == start.replace(microsecond=0)


def test_a_push_comes_again_until_it_is_confirmed(side: Side, mall: Mall, courier):
    number = courier.book(parcel()).waybill_no
    path = path_of(side, "sf")
    ok, again = courier.push_reply(ok=True)[1], courier.push_reply(ok=False)[1]
    mall.replies[path] = [(200, again), (500, ok), (200, ok)]
    push(side, "sf", number, "50")
    calls = pushes(side, mall, "sf", number, 3)
    assert len({call.body for call in calls}) == 1
    time.sleep(0.5)
    assert len(pushes(side, mall, "sf", number)) == 3


def test_pushes_are_batched_to_ten(side: Side, mall: Mall, courier):
    number = courier.book(parcel()).waybill_no
    base = datetime.now(UTC) - timedelta(hours=30)
    together = time.monotonic() + 12.0
    for hour in range(25):
        side.fault("sf", "delay", seconds=together - time.monotonic())
        push(side, "sf", number, "31", at=(base + timedelta(hours=hour)).isoformat())
    told = until_told(side, mall, courier, number, 25)
    assert (
        5 <= max(len(one) for one in told) <= Sf.batch == 10
    )  # how many fall together is the clock's business


def test_pushes_twice_never_and_the_wrong_way_round(side: Side, mall: Mall, courier):
    number = courier.book(parcel()).waybill_no
    side.fault("sf", "duplicate")
    push(side, "sf", number, "50")
    assert len(pushes(side, mall, "sf", number, 2)) == 2
    other = courier.book(parcel()).waybill_no
    side.fault("sf", "drop")
    push(side, "sf", other, "80")
    time.sleep(0.5)
    path = path_of(side, "sf")
    assert not [call for call in mall.at(path) if other.encode() in call.body]
    assert courier.routes(other)[0].status is RouteStatus.SIGNED  # asking tells
    third = courier.book(parcel()).waybill_no
    side.fault("sf", "reorder", seconds=30)
    push(side, "sf", third, "50")
    time.sleep(0.2)
    push(side, "sf", third, "80")
    calls = pushes(side, mall, "sf", third, 2)
    assert [read(side, courier, call)[0].op_code for call in calls] == ["80", "50"]


def test_a_forged_push_is_believed_by_nobody_who_asks(side: Side, mall: Mall, courier):
    number = courier.book(parcel()).waybill_no
    before = len(mall.calls)
    side.fault("sf", "forge", times=2)
    push(side, "sf", number, "50")

    def all_of_it() -> list[Call] | None:
        found = [call for call in mall.calls[before:] if number.encode() in call.body]
        return found if len(found) >= 3 else None

    lie, stranger, truth = until(all_of_it)
    (event,) = read(side, courier, lie)
    assert event.status is RouteStatus.SIGNED
    assert event.event_id not in {one.event_id for one in courier.routes(number)}
    secret = stranger.path.rpartition("/")[2]
    with pytest.raises(ForgedPush, match="path"):
        courier.parse_push(stranger.headers, secret, stranger.body)
    assert read(side, courier, truth) == courier.routes(number)


ROUTE = {
    "id": "1",
    "mailno": "SF0000000000001",
    "orderid": "T1",
    "acceptTime": "2026-01-01 10:00:00",
    "acceptAddress": "深圳",
    "opCode": "50",
    "remark": "x",
}
JSON = {"Content-Type": "application/json;charset=UTF-8"}


def body_of(*routes: Any) -> bytes:
    return json.dumps({"Body": {"WaybillRoute": list(routes)}}).encode()


def test_a_push_is_read(side: Side, courier):
    (event,) = courier.parse_push(JSON, side.keys.sf.push_secret, body_of(ROUTE))
    assert event.at == datetime(2026, 1, 1, 2, tzinfo=UTC)
    assert (event.place, event.status) == ("深圳", RouteStatus.PICKED_UP)
    assert "x" not in repr(event).replace("deta", "")
    assert courier.parse_push(JSON, side.keys.sf.push_secret, body_of()) == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b'{"Body": null}',
        b'{"Body": {"WaybillRoute": {}}}',
        b'{"Body": {"WaybillRoute": [null]}}',
        b'{"Body": {"WaybillRoute": ["x"]}}',
        b"\xff\xfe{}",
        b"[" * 100_000,
        body_of({}),
        body_of(ROUTE | {"mailno": "x"}),
        body_of(ROUTE | {"mailno": None}),
        body_of(ROUTE | {"acceptTime": "yesterday"}),
        body_of(ROUTE | {"acceptTime": None}),
        body_of({name: value for name, value in ROUTE.items() if name != "opCode"}),
        body_of(*[ROUTE] * 101),
        b" " * 300_000,
    ],
)
def test_what_is_no_push_is_refused(side: Side, courier, body):
    with pytest.raises(ForgedPush):
        courier.parse_push(JSON, side.keys.sf.push_secret, body)


@given(body=st.binary(max_size=200))
def test_noise_is_refused(body):
    config = SfConfig(partner_id="p", checkword="c", push_secret="s")
    with pytest.raises(ForgedPush):
        SfCourier(config).parse_push(JSON, "s", body)


def test_the_path_and_the_kind_of_content_count(side: Side, courier):
    secret = side.keys.sf.push_secret
    for wrong in ("", secret[:-1], secret + "x", "密"):
        with pytest.raises(ForgedPush, match="path"):
            courier.parse_push(JSON, wrong, body_of(ROUTE))
    for kind in ("text/plain", "", "application/x-www-form-urlencoded"):
        with pytest.raises(ForgedPush, match="content_type"):
            courier.parse_push({"content-type": kind}, secret, body_of(ROUTE))


def test_the_reply_is_what_the_courier_waits_for(courier):
    kind, body = courier.push_reply(ok=True)
    assert kind.startswith("application/json")
    assert json.loads(body)["return_code"] == "0000"
    assert json.loads(courier.push_reply(ok=False)[1])["return_code"] == "1000"
