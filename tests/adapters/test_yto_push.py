import json
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingpu.adapters.counterparts.yto import STEPS, Yto
from mingpu.adapters.courier import ForgedPush, RouteEvent, RouteStatus
from mingpu.adapters.courier.yto import YtoConfig, YtoCourier
from mingpu.adapters.courier.yto_wire import OPERATIONS, PUSH, sign
from tests.adapters.conftest import QUICK, Call, Mall, Side, until
from tests.adapters.parcels import parcel, path_of, push, pushes
from tests.adapters.test_yto import with_patience

JSON = {"Content-Type": "application/json;charset=UTF-8"}
SECRET = "the-push-secret"
TRACK = {
    "logisticsNo": "T1",
    "waybill_No": "YT0000000000001",
    "upload_Time": "2026-01-01 10:00:00",
    "infoContent": "GOT",
    "processInfo": "已收件 业务员 张三 13800000000",
    "city": "杭州市",
    "district": "余杭区",
}


@pytest.fixture
def courier(side: Side) -> YtoCourier:
    return with_patience(side, QUICK)


@pytest.fixture(scope="module")
def alone() -> YtoCourier:
    keys = {PUSH: {"app_key": "a", "client_code": "K1", "secret": SECRET}}
    return YtoCourier(YtoConfig.from_account(interfaces=keys, push_secret="path"))


def read(side: Side, courier: YtoCourier, call: Call) -> list[RouteEvent]:
    return courier.parse_push(call.headers, side.keys.yto.push_secret, call.body)


def told(side: Side, mall: Mall, courier: YtoCourier, number: str, events: int) -> list[list[RouteEvent]]:
    """What each push told of a parcel, once `events` steps have been told."""

    def found() -> list[list[RouteEvent]] | None:
        each = [read(side, courier, call) for call in pushes(side, mall, "yto", number)]
        ours = [[event for event in one if event.waybill_no == number] for one in each]
        return ours if len({event for one in ours for event in one}) >= events else None

    answer: list[list[RouteEvent]] = until(found)
    return answer


def body_of(*tracks: Any, secret: str = SECRET, **change: Any) -> bytes:
    param = json.dumps({"tracks": list(tracks)}, ensure_ascii=False)
    message = {"timestamp": "1", "param": param, "format": "JSON", "sign": sign(param, PUSH, secret)}
    return json.dumps(message | change).encode()


# --- steps


@pytest.mark.parametrize("operation", [*OPERATIONS, "12345"])
def test_each_operation_means_something(side: Side, courier, operation):
    waybill = courier.book(parcel())
    push(side, "yto", waybill.waybill_no, operation)
    event = courier.routes(waybill.waybill_no)[-1]
    assert (event.op_code, event.status) == (operation, OPERATIONS.get(operation, RouteStatus.OTHER))
    assert abs(event.at - datetime.now(UTC)) < timedelta(minutes=1)


def test_the_courier_knows_every_operation_we_do():
    assert {step.op_code for step in STEPS} == set(OPERATIONS)


def test_a_step_is_the_same_whether_pushed_or_asked_for(side: Side, mall: Mall, courier):
    number = courier.book(parcel(cod_fen=100, real_name=True)).waybill_no
    for status in ("picked_up", "at_station", "refused", "check", "signed"):
        push(side, "yto", number, status, **({"pickup_code": "A1"} if status == "at_station" else {}))
    pushed = {event for one in told(side, mall, courier, number, 6) for event in one}
    assert pushed == set(courier.routes(number))
    assert len({event.event_id for event in pushed}) == 6


def test_routes_are_sorted_by_time_whatever_the_order_of_reports(side: Side, courier):
    number = courier.book(parcel()).waybill_no
    start = datetime.now(UTC) - timedelta(hours=5)
    for code, hours in (("SIGNED", 4), ("GOT", 0), ("SENT_SCAN", 3), ("ARRIVAL", 1)):
        push(side, "yto", number, code, at=(start + timedelta(hours=hours)).isoformat(), place="某地")
    events = courier.routes(number)
    assert [event.op_code for event in events] == ["GOT", "ARRIVAL", "SENT_SCAN", "SIGNED", "ACCEPT"]
    assert events[0].place == "某地"


def test_a_parcel_nobody_knows_has_no_steps(courier):
    assert courier.routes("YT9999999999999") == []


# --- pushes


def test_a_push_comes_again_until_it_is_confirmed(side: Side, mall: Mall, courier):
    number = courier.book(parcel()).waybill_no
    path = path_of(side, "yto")
    ok, again = courier.push_reply(ok=True)[1], courier.push_reply(ok=False)[1]
    seen = len(pushes(side, mall, "yto", number))
    mall.replies[path] = [(200, again), (500, ok), (200, ok)]
    push(side, "yto", number, "GOT")
    calls = pushes(side, mall, "yto", number, seen + 3)[seen:]
    assert len({tuple(read(side, courier, call)) for call in calls}) == 1
    time.sleep(0.5)
    assert len(pushes(side, mall, "yto", number)) == seen + 3


def test_pushes_are_batched_to_ten(side: Side, mall: Mall, courier):
    number = courier.book(parcel()).waybill_no
    base = datetime.now(UTC) - timedelta(hours=30)
    together = time.monotonic() + 12.0
    for hour in range(25):
        side.fault("yto", "delay", seconds=together - time.monotonic())
        push(side, "yto", number, "ARRIVAL", at=(base + timedelta(hours=hour)).isoformat())
    most = max(len(one) for one in told(side, mall, courier, number, 26))
    assert 5 <= most <= Yto.batch == 10  # how many fall together is the clock's business


def test_pushes_twice_late_never_and_the_wrong_way_round(side: Side, mall: Mall, courier):
    number = courier.book(parcel()).waybill_no
    side.fault("yto", "duplicate")
    push(side, "yto", number, "GOT")
    assert len(pushes(side, mall, "yto", number, 3)) == 3
    other = courier.book(parcel()).waybill_no
    side.fault("yto", "drop")
    push(side, "yto", other, "SIGNED")
    time.sleep(0.4)
    assert len(pushes(side, mall, "yto", other)) == 1
    assert courier.routes(other)[-1].status is RouteStatus.SIGNED  # asking tells
    third = courier.book(parcel()).waybill_no
    side.fault("yto", "reorder", seconds=30)
    push(side, "yto", third, "GOT")
    time.sleep(0.2)
    push(side, "yto", third, "SIGNED")
    calls = pushes(side, mall, "yto", third, 3)[1:]
    assert [read(side, courier, call)[0].op_code for call in calls] == ["SIGNED", "GOT"]


def test_a_forged_push_is_refused(side: Side, mall: Mall, courier):
    number = courier.book(parcel()).waybill_no
    seen = len(mall.calls)
    side.fault("yto", "forge", times=2)
    push(side, "yto", number, "GOT")

    def all_of_it() -> list[Call] | None:
        found = [call for call in mall.calls[seen:] if number.encode() in call.body]
        return found if len(found) >= 3 else None

    lie, stranger, truth = until(all_of_it)
    with pytest.raises(ForgedPush, match="signature"):
        read(side, courier, lie)
    with pytest.raises(ForgedPush, match="path"):
        courier.parse_push(stranger.headers, stranger.path.rpartition("/")[2], stranger.body)
    assert read(side, courier, truth) == courier.routes(number)[1:]


def test_a_push_is_read_and_the_one_who_carries_is_forgotten(alone):
    (event,) = alone.parse_push(JSON, "path", body_of(TRACK))
    assert event.at == datetime(2026, 1, 1, 2, tzinfo=UTC)
    assert (event.place, event.status) == ("杭州市余杭区", RouteStatus.PICKED_UP)
    assert "张三" not in repr(event)
    assert "13800000000" not in repr(event)
    assert alone.parse_push(JSON, "path", body_of()) == []


def test_nothing_of_an_identity_card_is_kept_should_it_be_sent(alone):
    card = {"idNo": "110101199003070000", "idName": "张三", "photo": "AAAA"}
    check = {"infoContent": "REAL_NAME", "realNameResult": "1", "deviceReceipt": "D-7"}
    (event,) = alone.parse_push(JSON, "path", body_of(TRACK | check | card))
    assert (event.real_name, event.device_receipt) == (True, "D-7")
    kept = [str(getattr(event, name)) for name in RouteEvent.__slots__]
    assert not any(secret in one for one in kept for secret in card.values())


@pytest.mark.parametrize(
    "track",
    [
        {},
        None,
        "x",
        TRACK | {"waybill_No": "x"},
        TRACK | {"waybill_No": None},
        TRACK | {"upload_Time": "yesterday"},
        TRACK | {"upload_Time": None},
        {name: value for name, value in TRACK.items() if name != "infoContent"},
        TRACK | {"codAmount": "1"},
        TRACK | {"codAmount": 100},
        TRACK | {"pickupCode": "<script>"},
        TRACK | {"realNameResult": True},
        TRACK | {"realNameResult": "2"},
        TRACK | {"realNameResult": "1", "deviceReceipt": "110101 199003"},
    ],
)
def test_steps_out_of_shape_are_refused(alone, track):
    with pytest.raises(ForgedPush, match="unreadable"):
        alone.parse_push(JSON, "path", body_of(track))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b"\xff\xfe{}",
        b"[" * 100_000,
        b" " * 300_000,
        body_of(TRACK, param=None),
        body_of(TRACK, sign=None),
        body_of(TRACK, sign="\ud800"),
        body_of(TRACK, param="\ud800"),
        body_of(TRACK, param="[]", sign=sign("[]", PUSH, SECRET)),
        body_of(TRACK, param="{", sign=sign("{", PUSH, SECRET)),
        body_of(*[TRACK] * 101),
        body_of(TRACK, secret="another"),
    ],
)
def test_what_is_no_push_is_refused(alone, body):
    with pytest.raises(ForgedPush):
        alone.parse_push(JSON, "path", body)


@given(body=st.binary(max_size=200), where=st.integers(0, 2000), bit=st.integers(0, 7))
def test_noise_and_changes_are_refused(alone, body, where, bit):
    with pytest.raises(ForgedPush):
        alone.parse_push(JSON, "path", body)
    good = bytearray(body_of(TRACK))
    start = good.index(b'"param"')  # the time of sending is not signed, and is not read
    good[start + where % (len(good) - start)] ^= 1 << bit
    try:
        found = alone.parse_push(JSON, "path", bytes(good))
    except ForgedPush:
        return
    assert found == alone.parse_push(JSON, "path", body_of(TRACK))  # e.g. in the name of the format


def test_the_path_and_the_kind_of_content_count(alone):
    for wrong in ("", "pat", "pathx", "密"):
        with pytest.raises(ForgedPush, match="path"):
            alone.parse_push(JSON, wrong, body_of(TRACK))
    for kind in ("text/plain", "", "application/x-www-form-urlencoded"):
        with pytest.raises(ForgedPush, match="content_type"):
            alone.parse_push({"content-type": kind}, "path", body_of(TRACK))


def test_the_reply_is_what_the_courier_waits_for(alone):
    kind, body = alone.push_reply(ok=True)
    assert kind.startswith("application/json")
    assert json.loads(body)["statusCode"] == 0
    assert json.loads(alone.push_reply(ok=False)[1])["statusCode"] == 1
