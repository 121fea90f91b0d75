import base64
import hashlib
import json
import re
import time
from dataclasses import replace
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingpu.adapters.counterparts import wiring
from mingpu.adapters.courier import CourierFailed, RouteStatus, Waybill
from mingpu.adapters.courier.yto import YtoConfig, YtoCourier
from mingpu.adapters.courier.yto_wire import CANCEL, CREATE, INTERFACES, PUSH, TRACKS, sign
from tests.adapters.conftest import QUICK, SOON, STUBBORN, Mall, Side, free_port, unique
from tests.adapters.parcels import BUYER, SHOP, parcel, push, pushes


@pytest.fixture
def courier(side: Side) -> YtoCourier:
    return with_patience(side, QUICK)


def with_patience(side: Side, patience: Any, **changes: Any) -> YtoCourier:
    config = wiring.yto_config(side.keys, address=side.address)
    return YtoCourier(replace(config, patience=patience, **changes))


# --- orders


def test_a_parcel_is_booked_and_found(courier):
    request = parcel()
    assert courier.find(request.parcel_no) is None
    waybill = courier.book(request)
    assert re.fullmatch(r"YT\d{13}", waybill.waybill_no)
    assert re.fullmatch(r"\d{3}-\d{2}-\d{3}", waybill.sorting_code)
    assert courier.find(request.parcel_no) == waybill


def test_booking_twice_is_one_parcel(side: Side, courier):
    request = parcel()
    assert courier.book(request) == courier.book(request)
    paths = [one["path"].split("/")[2] for one in side.received("yto", request.parcel_no)]
    assert paths == [CREATE, CREATE]


def test_the_courier_gets_people_and_addresses_and_nothing_of_the_goods(side: Side, courier):
    request = parcel()
    courier.book(request)
    (raw,) = side.received("yto", request.parcel_no)
    body = json.loads(raw["body"])
    assert set(body) == {"timestamp", "param", "format", "sign"}
    assert json.loads(body["param"]) == courier.payload_for(request)
    assert courier.payload_for(request) == {
        "logisticsNo": request.parcel_no,
        "senderName": SHOP.name,
        "senderProvinceName": SHOP.province,
        "senderCityName": SHOP.city,
        "senderCountyName": SHOP.district,
        "senderAddress": SHOP.street,
        "senderMobile": SHOP.phone,
        "recipientName": BUYER.name,
        "recipientProvinceName": BUYER.province,
        "recipientCityName": BUYER.city,
        "recipientCountyName": BUYER.district,
        "recipientAddress": BUYER.street,
        "recipientMobile": BUYER.phone,
        "recipientPhone": BUYER.landline,
        "productCode": "PK",
    }


def test_an_amount_and_a_check_stand_beside_the_parcel(courier):
    told = courier.payload_for(parcel(cod_fen=129905, real_name=True))
    assert told["increments"] == [{"type": 1, "amount": "1299.05"}]
    assert told["realNameCheck"] == "1"
    with pytest.raises(CourierFailed, match="bad_request"):
        courier.book(parcel(cod_fen=0))


def test_the_push_comes_before_the_call_has_returned(side: Side, mall: Mall, courier):
    """Who is told of a parcel may not know its number yet; it must ask again later, not give up."""
    seen = len(mall.calls)
    waybill = courier.book(parcel())
    told = [call for call in mall.calls[seen:] if waybill.waybill_no.encode() in call.body]
    (event,) = courier.parse_push(told[0].headers, side.keys.yto.push_secret, told[0].body)
    assert (event.op_code, event.status) == ("ACCEPT", RouteStatus.OTHER)
    assert courier.routes(waybill.waybill_no) == [event]


def test_without_an_answer_a_repeat_finds_the_parcel(side: Side, courier):
    request = parcel()
    side.fault("yto", "timeout")
    with pytest.raises(CourierFailed) as failed:
        courier.book(request)
    assert (failed.value.permanent, failed.value.code) == (False, "unanswered")
    assert courier.book(request) == courier.find(request.parcel_no)
    side.fault("yto", "http_500")
    assert with_patience(side, STUBBORN).book(parcel())


def test_nobody_there_is_told_quickly(side: Side):
    away = with_patience(side, QUICK, url=f"http://127.0.0.1:{free_port()}/open")
    started = time.monotonic()
    with pytest.raises(CourierFailed, match="unanswered"):
        away.find("T1")
    assert time.monotonic() - started < SOON
    away.close()


@pytest.mark.parametrize("parcel_no", ["", "x" * 65, "a b", "王"])
def test_what_the_courier_cannot_take_never_leaves(courier, parcel_no):
    for ask in (
        lambda: courier.book(replace(parcel(), parcel_no=parcel_no)),
        lambda: courier.find(parcel_no),
        lambda: courier.cancel(Waybill(waybill_no="YT0000000000000", parcel_no=parcel_no)),
        lambda: courier.routes("../x"),
    ):
        with pytest.raises(CourierFailed, match="bad_request"):
            ask()


@pytest.mark.parametrize("field", ["name", "province", "city", "street"])
def test_the_courier_refuses_an_incomplete_address_for_good(courier, field):
    with pytest.raises(CourierFailed) as failed:
        courier.book(replace(parcel(), consignee=replace(BUYER, **{field: ""})))
    assert (failed.value.permanent, failed.value.code) == (True, "B01")


# --- calling off


def test_a_pick_up_is_called_off_once_and_for_all(side: Side, courier):
    request = parcel()
    waybill = courier.book(request)
    assert courier.cancel(waybill)
    assert courier.cancel(waybill)  # was off before
    assert side.post("/yto/push", waybill_no=waybill.waybill_no, op_code="GOT").status_code == 422
    assert courier.book(request) == waybill  # the number stays used


def test_what_was_picked_up_is_not_called_off(side: Side, courier):
    waybill = courier.book(parcel())
    push(side, "yto", waybill.waybill_no, "GOT")
    assert not courier.cancel(waybill)
    with pytest.raises(CourierFailed, match="B03"):
        courier.cancel(replace(waybill, parcel_no=unique()))


# --- who may call


def test_calls_from_elsewhere_are_refused(side: Side, courier):
    """The list holds 127.0.0.1; the second loopback address stands for any other machine."""
    elsewhere = with_patience(side, QUICK, source_address="127.0.0.2")
    with pytest.raises(CourierFailed) as failed:
        elsewhere.find("T1")
    assert (failed.value.permanent, failed.value.code) == (True, "S03")
    assert with_patience(side, QUICK, source_address="127.0.0.1").find("T1") is None
    side.fault("yto", "blocked")  # the list was changed on their side
    with pytest.raises(CourierFailed, match="S03"):
        courier.find("T1")
    assert courier.find("T1") is None


def test_each_interface_has_credentials_of_its_own(side: Side, courier):
    interfaces = dict(wiring.yto_config(side.keys, address=side.address).interfaces)
    assert len({one.secret for one in interfaces.values()}) == len(INTERFACES)
    swapped = interfaces | {CREATE: interfaces[TRACKS]}
    with pytest.raises(CourierFailed) as failed:
        with_patience(side, QUICK, interfaces=swapped).book(parcel())
    assert (failed.value.permanent, failed.value.code) == (True, "S05")
    wrong = interfaces | {CREATE: replace(interfaces[CREATE], secret=interfaces[TRACKS].secret)}
    with pytest.raises(CourierFailed, match="S02"):
        with_patience(side, QUICK, interfaces=wrong).book(parcel())
    del interfaces[CANCEL]
    poor = with_patience(side, QUICK, interfaces=interfaces)
    with pytest.raises(CourierFailed, match="no_credentials"):
        poor.cancel(poor.book(parcel()))


def test_a_clock_that_is_wrong_is_told(side: Side):
    config = wiring.yto_config(side.keys, address=side.address)
    late = YtoCourier(replace(config, patience=QUICK), clock=lambda: time.time() - 3600)
    with pytest.raises(CourierFailed) as failed:
        late.find("T1")
    assert (failed.value.permanent, failed.value.code) == (False, "S07")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({}, "B03"),
        ({"sign": "AAAA"}, "S02"),
        ({"param": "[]"}, "S01"),
        ({"param": None}, "S01"),
        ({"timestamp": "soon"}, "S01"),
        ({"format": "XML"}, "S01"),
    ],
)
def test_the_courier_checks_what_it_is_sent(side: Side, change, code):
    ours = side.keys.yto.interfaces["order_query_adapter"]
    body: dict[str, Any] = {
        "timestamp": str(int(time.time() * 1000)),
        "param": '{"logisticsNo":"none"}',
        "format": "JSON",
    } | change
    body.setdefault("sign", sign(str(body["param"]), "order_query_adapter", ours["secret"]))
    path = f"/open/order_query_adapter/v1/{ours['app_key']}/{ours['client_code']}"
    assert httpx.post(side.address + path, json=body).json()["code"] == code


def test_nobody_may_call_what_is_no_interface(side: Side):
    ours = side.keys.yto.interfaces[PUSH]
    for method in (PUSH, "waybill_print_adapter"):
        path = f"/open/{method}/v1/{ours['app_key']}/{ours['client_code']}"
        assert httpx.post(side.address + path, json={}).json()["code"] == "S04"


# --- signing


def test_the_proof_of_a_known_message():
    """Worked out by hand from the rule that two public clients share."""
    expected = base64.b64encode(hashlib.md5(b'{"NUMBER":"YT1"}track_query_adapterv1s3cret').digest())
    assert sign('{"NUMBER":"YT1"}', "track_query_adapter", "s3cret") == expected.decode()


@given(
    param=st.text(max_size=40),
    other=st.text(max_size=40),
    secret=st.text(st.characters(categories=["L", "N"]), min_size=8, max_size=16),
)
def test_no_two_messages_share_a_proof(param, other, secret):
    assert (sign(param, CREATE, secret) == sign(other, CREATE, secret)) == (param == other)
    assert sign(param, CREATE, secret) != sign(param, TRACKS, secret)


def test_secrets_do_not_show():
    config = YtoConfig.from_account(
        interfaces={CREATE: {"app_key": "a", "client_code": "K1", "secret": "hidden-1"}},
        push_secret="hidden-2",
    )
    assert "hidden" not in repr(config)


# --- the console


def test_the_courier_moves_a_parcel_on_the_console(side: Side, mall: Mall, courier):
    html = {"Accept": "text/html"}
    waybill = courier.book(parcel(cod_fen=8800, real_name=True))
    page = httpx.get(side.address + "/yto", headers=html).text
    assert waybill.waybill_no in page
    assert "88.00" in page
    data = {"waybill_no": waybill.waybill_no, "status": "signed"}
    after = httpx.post(side.address + "/yto/push", data=data, headers=html, follow_redirects=True)
    assert "已签收，感谢使用圆通速递" in after.text
    assert courier.routes(waybill.waybill_no)[-1].cod_fen == 8800
    assert pushes(side, mall, "yto", waybill.waybill_no, 2)
    assert side.post("/yto/push", waybill_no="YT1", op_code="GOT").status_code == 404
