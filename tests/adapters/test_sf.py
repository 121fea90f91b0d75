import base64
import hashlib
import json
import re
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, quote_plus

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingpu.adapters.counterparts import wiring
from mingpu.adapters.counterparts.sf import Sf
from mingpu.adapters.courier import BookingRequest, Contact, CourierFailed, ForgedPush, RouteStatus
from mingpu.adapters.courier.sf import CARGO, OPERATIONS, SfConfig, SfCourier, compact_json, digest
from tests.adapters.conftest import QUICK, STUBBORN, Call, Mall, Side, free_port, unique, until

SHOP = Contact(
    name="明铺仓库",
    phone="13700000000",
    province="广东省",
    city="深圳市",
    district="南山区",
    street="科技路1号",
)
BUYER = Contact(
    name="王*小~明 & 家人",
    phone="13912345678",
    province="北京市",
    city="北京市",
    district="海淀区",
    street="学院路 5 号 = 100% +1 “乙”",
    landline="010-12345678",
)


@pytest.fixture
def courier(side: Side) -> SfCourier:
    return with_patience(side, QUICK)


def with_patience(side: Side, patience: Any, **changes: Any) -> SfCourier:
    config = wiring.sf_config(side.keys, address=side.address)
    return SfCourier(replace(config, patience=patience, **changes))


def parcel() -> BookingRequest:
    return BookingRequest(order_no=unique(), consignee=BUYER, sender=SHOP)


def push(side: Side, waybill_no: str, op_code: str, **more: Any) -> None:
    answer = side.post("/sf/push", waybill_no=waybill_no, op_code=op_code, **more)
    assert answer.status_code == 202, answer.text


def pushes(side: Side, mall: Mall, waybill_no: str, count: int = 1) -> list[Call]:
    """The pushes about one parcel, once there are `count`."""
    path = f"/webhooks/sf/{side.keys.sf.push_secret}"

    def found() -> list[Call]:
        return [call for call in mall.at(path) if waybill_no.encode() in call.body]

    until(lambda: len(found()) >= count)
    return found()


def read(side: Side, courier: SfCourier, call: Call) -> list[Any]:
    return courier.parse_push(call.headers, side.keys.sf.push_secret, call.body)


# --- orders


def test_a_parcel_is_booked_and_found(courier):
    request = parcel()
    assert courier.find(request.order_no) is None
    waybill = courier.book(request)
    assert re.fullmatch(r"SF\d{13}", waybill.waybill_no)
    assert courier.find(request.order_no) == waybill
    assert courier.routes(waybill.waybill_no) == []


def test_booking_twice_is_one_parcel(side: Side, courier):
    request = parcel()
    assert courier.book(request) == courier.book(request)
    services = [parse_qs(one["body"])["serviceCode"][0] for one in side.received("sf", request.order_no)]
    assert services == ["EXP_RECE_CREATE_ORDER", "EXP_RECE_CREATE_ORDER", "EXP_RECE_SEARCH_ORDER_RESP"]


def test_the_courier_gets_people_and_addresses_and_nothing_of_the_goods(side: Side, courier):
    request = parcel()
    courier.book(request)
    (raw,) = side.received("sf", request.order_no)
    message = json.loads(parse_qs(raw["body"])["msgData"][0])
    assert message == courier.payload_for(request)
    assert message["cargoDetails"] == [{"name": CARGO}]
    sender, receiver = message["contactInfoList"]
    assert receiver == {
        "contactType": 2,
        "contact": BUYER.name,
        "mobile": BUYER.phone,
        "tel": BUYER.landline,
        "country": "CN",
        "province": BUYER.province,
        "city": BUYER.city,
        "county": BUYER.district,
        "address": BUYER.street,
    }
    assert "tel" not in sender
    assert set(message) == {
        "language",
        "orderId",
        "cargoDetails",
        "contactInfoList",
        "payMethod",
        "expressTypeId",
        "isReturnRoutelabel",
        "monthlyCard",
    }


def test_people_do_not_show_in_a_repr():
    assert "13912345678" not in repr(parcel())
    assert "小" not in repr(parcel())


def test_without_an_answer_a_repeat_finds_the_parcel(side: Side, courier):
    request = parcel()
    side.fault("sf", "timeout")
    started = time.monotonic()
    with pytest.raises(CourierFailed) as failed:
        courier.book(request)
    assert (failed.value.permanent, failed.value.code) == (False, "unanswered")
    assert time.monotonic() - started < 1.1
    assert courier.book(request) == courier.find(request.order_no)
    side.fault("sf", "timeout")
    assert with_patience(side, STUBBORN).book(parcel())  # 8016 on the second try, then a query


def test_their_trouble_may_pass(side: Side, courier):
    side.fault("sf", "http_500")
    with pytest.raises(CourierFailed) as failed:
        courier.book(parcel())
    assert (failed.value.permanent, failed.value.code) == (False, "http_500")
    side.fault("sf", "http_500")
    assert with_patience(side, STUBBORN).book(parcel())


def test_a_slow_answer_is_an_answer(side: Side, courier):
    side.fault("sf", "delay", on="answer", seconds=0.3)
    assert courier.book(parcel())


def test_nobody_there_is_told_quickly(side: Side):
    away = with_patience(side, QUICK, url=f"http://127.0.0.1:{free_port()}/std/service")
    started = time.monotonic()
    with pytest.raises(CourierFailed, match="unanswered"):
        away.find("T1")
    assert time.monotonic() - started < 1.5
    away.close()


@pytest.mark.parametrize(
    ("change", "code"),
    [({"checkword": "x" * 32}, "A1006"), ({"partner_id": "STRANGER"}, "A1004")],
)
def test_a_stranger_is_turned_away_for_good(side: Side, change, code):
    with pytest.raises(CourierFailed) as failed:
        with_patience(side, QUICK, **change).book(parcel())
    assert (failed.value.permanent, failed.value.code) == (True, code)


def test_a_clock_that_is_wrong_is_told(side: Side):
    late = SfCourier(wiring.sf_config(side.keys, address=side.address), clock=lambda: time.time() - 3600)
    with pytest.raises(CourierFailed) as failed:
        late.find("T1")
    assert (failed.value.permanent, failed.value.code) == (False, "A1002")


@pytest.mark.parametrize("order_no", ["", "x" * 65, "a b", "王"])
def test_what_the_courier_cannot_take_never_leaves(courier, order_no):
    with pytest.raises(CourierFailed, match="bad_request"):
        courier.book(replace(parcel(), order_no=order_no))
    with pytest.raises(CourierFailed, match="bad_request"):
        courier.find(order_no)
    with pytest.raises(CourierFailed, match="bad_request"):
        courier.routes("../x")


@pytest.mark.parametrize("field", ["name", "province", "city", "street"])
def test_the_courier_refuses_an_incomplete_address_for_good(courier, field):
    with pytest.raises(CourierFailed) as failed:
        courier.book(replace(parcel(), consignee=replace(BUYER, **{field: ""})))
    assert (failed.value.permanent, failed.value.code) == (True, "S0002")


def form(side: Side, **change: str) -> dict[str, str]:
    stamp, message = str(int(time.time())), '{"orderId":"none"}'
    return {
        "partnerID": side.keys.sf.partner_id,
        "requestID": unique(),
        "serviceCode": "EXP_RECE_SEARCH_ORDER_RESP",
        "timestamp": stamp,
        "msgDigest": digest(change.get("msgData", message), stamp, side.keys.sf.checkword),
        "msgData": message,
    } | change


@pytest.mark.parametrize(
    ("change", "outer", "inner"),
    [
        ({}, "A1000", "8018"),
        ({"serviceCode": "EXP_RECE_WHATEVER"}, "A1004", None),
        ({"msgDigest": "AAAA"}, "A1006", None),
        ({"partnerID": ""}, "A1001", None),
        ({"msgData": "{"}, "A1000", "S0001"),
        ({"msgData": "[]"}, "A1000", "S0001"),
        ({"msgData": "{}"}, "A1000", "S0002"),
    ],
)
def test_the_courier_checks_what_it_is_sent(side: Side, change, outer, inner):
    answer = httpx.post(side.address + "/std/service", data=form(side, **change)).json()
    assert answer["apiResultCode"] == outer
    if inner:
        assert isinstance(answer["apiResultData"], str)
        assert json.loads(answer["apiResultData"])["errorCode"] == inner


def test_the_courier_refuses_a_replay(side: Side):
    once = form(side)
    codes = [httpx.post(side.address + "/std/service", data=once).json()["apiResultCode"] for _ in range(2)]
    assert codes == ["A1000", "A1007"]


@given(
    st.recursive(
        st.text(max_size=20), lambda inner: st.dictionaries(st.text(max_size=5), inner), max_leaves=5
    )
)
def test_any_message_is_signed_as_java_and_as_python_would(message):
    """The digest is defined by Java's URL encoding; messages avoid the two signs it treats differently."""
    text = compact_json(message)
    assert json.loads(text) == message
    assert not set("*~") & set(text)
    plain = quote_plus(text + "1700000000000" + "Checkword1").encode()
    assert (
        digest(text, "1700000000000", "Checkword1") == base64.b64encode(hashlib.md5(plain).digest()).decode()
    )


def test_the_digest_of_a_known_message():
    """Worked out once with Java's URLEncoder rules by hand: `*` stays, `~` does not, a space is `+`."""
    expected = base64.b64encode(hashlib.md5(b"a+b*%7E%E4%B8%AD1cw").digest()).decode()
    assert digest("a b*~中", "1", "cw") == expected


# --- routes and pushes


@pytest.mark.parametrize(("op_code", "status"), [*OPERATIONS.items(), ("12345", RouteStatus.OTHER)])
def test_each_operation_means_something(side: Side, courier, op_code, status):
    waybill = courier.book(parcel())
    push(side, waybill.waybill_no, op_code)
    (event,) = courier.routes(waybill.waybill_no)
    assert (event.op_code, event.status, event.waybill_no) == (op_code, status, waybill.waybill_no)
    assert abs(event.at - datetime.now(UTC)) < timedelta(minutes=1)


def test_a_step_is_the_same_whether_pushed_or_asked_for(side: Side, mall: Mall, courier):
    number = courier.book(parcel()).waybill_no
    for code in ("50", "30", "80"):
        push(side, number, code)
    told = {event for call in until_told(side, mall, courier, number, 3) for event in call}
    assert told == set(courier.routes(number))
    assert len({event.event_id for event in told}) == 3


def until_told(side: Side, mall: Mall, courier: SfCourier, number: str, events: int) -> list[list[Any]]:
    """What each push told, once `events` steps have been told."""

    def told() -> list[list[Any]] | None:
        found = [read(side, courier, call) for call in pushes(side, mall, number)]
        ours = [[event for event in one if event.waybill_no == number] for one in found]
        return ours if len({event for one in ours for event in one}) >= events else None

    answer: list[list[Any]] = until(told)
    return answer


def test_routes_are_sorted_by_time_whatever_the_order_of_reports(side: Side, courier):
    number = courier.book(parcel()).waybill_no
    start = datetime.now(UTC) - timedelta(hours=5)
    for code, hours in (("80", 4), ("50", 0), ("44", 3), ("30", 1)):
        push(side, number, code, at=(start + timedelta(hours=hours)).isoformat(), place="某地")
    events = courier.routes(number)
    assert [event.op_code for event in events] == ["50", "30", "44", "80"]
    assert events[0].place == "某地"
    assert events[0].at == start.replace(microsecond=0)


def test_a_push_comes_again_until_it_is_confirmed(side: Side, mall: Mall, courier):
    number = courier.book(parcel()).waybill_no
    path = f"/webhooks/sf/{side.keys.sf.push_secret}"
    ok, again = courier.push_reply(ok=True)[1], courier.push_reply(ok=False)[1]
    mall.replies[path] = [(200, again), (500, ok), (200, ok)]
    push(side, number, "50")
    calls = pushes(side, mall, number, 3)
    assert len({call.body for call in calls}) == 1
    time.sleep(0.5)
    assert len(pushes(side, mall, number)) == 3


def test_pushes_are_batched_to_ten(side: Side, mall: Mall, courier):
    number = courier.book(parcel()).waybill_no
    base = datetime.now(UTC) - timedelta(hours=30)
    together = time.monotonic() + 6.0
    for hour in range(25):
        side.fault("sf", "delay", seconds=together - time.monotonic())
        push(side, number, "31", at=(base + timedelta(hours=hour)).isoformat())
    told = until_told(side, mall, courier, number, 25)
    assert max(len(one) for one in told) == Sf.batch == 10


def test_pushes_twice_never_and_the_wrong_way_round(side: Side, mall: Mall, courier):
    number = courier.book(parcel()).waybill_no
    side.fault("sf", "duplicate")
    push(side, number, "50")
    assert len(pushes(side, mall, number, 2)) == 2
    other = courier.book(parcel()).waybill_no
    side.fault("sf", "drop")
    push(side, other, "80")
    time.sleep(0.5)
    path = f"/webhooks/sf/{side.keys.sf.push_secret}"
    assert not [call for call in mall.at(path) if other.encode() in call.body]
    assert courier.routes(other)[0].status is RouteStatus.SIGNED  # asking tells
    third = courier.book(parcel()).waybill_no
    side.fault("sf", "reorder", seconds=30)
    push(side, third, "50")
    time.sleep(0.2)
    push(side, third, "80")
    calls = pushes(side, mall, third, 2)
    assert [read(side, courier, call)[0].op_code for call in calls] == ["80", "50"]


def test_a_forged_push_is_believed_by_nobody_who_asks(side: Side, mall: Mall, courier):
    number = courier.book(parcel()).waybill_no
    before = len(mall.calls)
    side.fault("sf", "forge", times=2)
    push(side, number, "50")

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
