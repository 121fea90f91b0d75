"""The counterparts as a process: what the contract promises, the pages, and that nothing is lost."""

import json
import stat
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography import x509
from hypothesis import given, settings
from hypothesis import strategies as st

from mingpu.adapters.counterparts import wiring
from mingpu.adapters.counterparts.faults import KINDS, Faults
from mingpu.adapters.counterparts.keys import provision
from mingpu.adapters.counterparts.store import Store
from mingpu.adapters.counterparts.wechatpay_ledger import Ledger
from mingpu.adapters.counterparts.wechatpay_wire import Refused
from mingpu.adapters.courier.sf import SfCourier
from mingpu.adapters.payment import PaymentStatus
from tests.adapters.conftest import PACE, QUICK, ROOT, Mall, Side
from tests.adapters.parcels import parcel
from tests.adapters.paying import Till, trade_of

HTML = {"Accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"}


@pytest.fixture
def till(side: Side, mall: Mall) -> Till:
    return Till(side, mall)


# --- keys


def test_keys_are_made_once_and_are_private(tmp_path: Path):
    first = provision(tmp_path / "a" / "b")
    assert provision(tmp_path / "a" / "b") == first
    assert provision(tmp_path / "other") != first
    (file,) = (tmp_path / "a" / "b").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert len(first.wechatpay.apiv3_key) == 32
    assert len(first.wechatpay.mchid) == 10


def test_processes_starting_together_agree_on_the_keys(tmp_path: Path):
    code = (
        "import sys; from pathlib import Path; from mingpu.adapters.counterparts.keys import provision;"
        "print(provision(Path(sys.argv[1])).sf.checkword)"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    many = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    assert len({one.communicate()[0] for one in many}) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["counterparts.json"]


def test_the_platform_certificate_is_the_platforms(side: Side):
    keys = side.keys.wechatpay
    certificate = x509.load_pem_x509_certificate(keys.platform_certificate_pem.encode())
    assert certificate.not_valid_after_utc.year >= 2029
    assert keys.merchant_private_key_pem.startswith("-----BEGIN PRIVATE KEY-----")


# --- the contract's calls


def test_the_inbox_is_a_list_of_messages(side: Side):
    found = side.get("/inbox")
    assert isinstance(found, list)
    assert all({"at", "channel", "to", "text"} <= set(one) for one in found)
    assert side.get("/inbox", to="nobody@post.example") == []


def test_received_shows_raw_requests(till: Till):
    order = till.order()
    till.gateway.create(order)
    (one,) = till.side.received("wechatpay", order.out_trade_no)
    assert (one["method"], one["path"]) == ("POST", "/v3/pay/transactions/native")
    assert one["headers"]["authorization"].startswith("WECHATPAY2-SHA256-RSA2048 mchid=")
    assert json.loads(one["body"])["out_trade_no"] == order.out_trade_no
    later = till.side.get("/received", party="wechatpay", after=one["id"])
    assert all(other["id"] > one["id"] for other in later)


def test_forms_do_as_well_as_json(till: Till):
    order = till.order()
    code_url = till.gateway.create(order)
    answer = httpx.post(till.side.address + "/wechatpay/scan", data={"code_url": code_url})
    assert answer.json() == {
        "out_trade_no": order.out_trade_no,
        "transaction_id": till.gateway.query(trade_of(order)).transaction_id,
        "amount_fen": 1990,
        "trade_state": "SUCCESS",
    }
    assert httpx.post(till.side.address + "/faults", data={"party": "sf", "kind": "drop"}).status_code == 201


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/wechatpay/scan", {"code_url": "weixin://wxpay/bizpayurl?pr=nothing"}, 404),
        ("/wechatpay/scan", {}, 404),
        ("/sf/push", {"waybill_no": "SF0000000000000", "op_code": "50"}, 404),
        ("/sf/push", {}, 404),
        ("/faults", {"party": "nobody", "kind": "drop"}, 422),
        ("/faults", {"party": "sms", "kind": "wrong_amount"}, 422),
        ("/faults", {"party": "wechatpay", "kind": "dance"}, 422),
        ("/faults", {"party": "wechatpay", "kind": "drop", "on": "answer"}, 422),
        ("/faults", {"party": "wechatpay", "kind": "drop", "times": 0}, 201),
        ("/faults", {"party": "wechatpay", "kind": "drop", "times": -1}, 422),
        ("/faults", {"party": "wechatpay", "kind": "drop", "times": "x"}, 422),
        ("/faults", {"party": "wechatpay", "kind": "drop", "times": 10**6}, 422),
    ],
)
def test_what_makes_no_sense_is_said_plainly(side: Side, path, body, status):
    answer = side.post(path, **body)
    assert answer.status_code == status
    if status > 400:
        assert answer.headers["content-type"] == "application/problem+json"
        assert set(answer.json()) == {"type", "title", "status", "detail", "code"}


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff\xfe", b"null"])
@pytest.mark.parametrize("path", ["/wechatpay/scan", "/faults", "/sf/push"])
def test_unreadable_bodies_are_refused(side: Side, path, body):
    headers = {"Content-Type": "application/json"}
    assert httpx.post(side.address + path, content=body, headers=headers).status_code == 422


def test_a_push_needs_a_sensible_code_and_time(side: Side):
    courier = SfCourier(wiring.sf_config(side.keys, address=side.address))
    number = courier.book(parcel()).waybill_no
    for more in ({"op_code": "x"}, {"op_code": "50", "at": "2026-01-01"}, {"op_code": "50", "at": "now"}):
        assert side.post("/sf/push", waybill_no=number, **more).status_code == 422
    courier.close()


def test_all_kinds_of_the_contract_are_known():
    contract = {"duplicate", "delay", "reorder", "drop", "forge", "wrong_amount", "timeout", "http_500"}
    wechatpay = {kind for kinds in KINDS["wechatpay"].values() for kind in kinds}
    assert contract | {"abnormal", "rotate_key", "no_bill", "missing_line", "extra_line"} == wechatpay


def test_faults_wait_and_can_be_taken_back(side: Side):
    side.fault("wechatpay", "drop", times=3)
    assert {"party": "wechatpay", "kind": "drop", "on": "callback", "remaining": 3} in side.get("/faults")
    assert httpx.delete(side.address + "/faults").json() == []


def test_other_paths_and_methods_are_not_there(side: Side):
    assert httpx.get(side.address + "/nothing").status_code == 404
    assert httpx.get(side.address + "/wechatpay/scan").status_code == 405


# --- what the institution checks by itself


@pytest.mark.parametrize(
    "change",
    [
        {"amount": {"total": 0}},
        {"amount": {"total": -1}},
        {"amount": {"total": 1.5}},
        {"amount": {"total": True}},
        {"amount": {"total": "1"}},
        {"amount": {"total": 1, "currency": "USD"}},
        {"amount": 1},
        {"out_trade_no": "short"},
        {"out_trade_no": "x" * 33},
        {"out_trade_no": "with space"},
        {"out_trade_no": 12345678},
        {"description": ""},
        {"description": "x" * 128},
        {"description": None},
        {"notify_url": "ftp://x/y"},
        {"notify_url": "http://x/y?z=1"},
        {"notify_url": None},
        {"mchid": "1"},
        {"appid": "wx1"},
        {"time_expire": "2020-01-01T00:00:00+08:00"},
        {"time_expire": "2999-01-01T00:00:00"},
        {"time_expire": "soon"},
    ],
)
def test_orders_out_of_shape_are_refused(tmp_path: Path, side: Side, change):
    keys = side.keys.wechatpay
    store = Store(tmp_path)
    good: dict[str, Any] = {
        "appid": keys.appid,
        "mchid": keys.mchid,
        "description": "明铺订单",
        "out_trade_no": "a-B_9|*x",
        "notify_url": "http://127.0.0.1/x",
        "amount": {"total": 1, "currency": "CNY"},
        "something_new": "is tolerated",
    }
    ledger = Ledger(keys, store, pace=PACE)
    with pytest.raises(Refused) as refused:
        ledger.create(good | change)
    assert refused.value.status == 400
    assert ledger.create(good).startswith("weixin://")
    store.close()


@settings(max_examples=30, deadline=None)
@given(
    total=st.integers(1, 10_000),
    asked=st.lists(st.tuples(st.integers(0, 6), st.integers(-5, 12_000)), max_size=12),
)
def test_refunds_never_add_up_to_more_than_was_paid(tmp_path_factory, running, total, asked):
    keys = running.keys.wechatpay
    store = Store(tmp_path_factory.mktemp("ledger"))
    ledger = Ledger(keys, store, pace=PACE)
    order = {
        "appid": keys.appid,
        "mchid": keys.mchid,
        "description": "x",
        "out_trade_no": "T1234567",
        "notify_url": "http://127.0.0.1/x",
        "amount": {"total": total, "currency": "CNY"},
    }
    ledger.pay(ledger.create(order))
    taken: dict[str, int] = {}
    for number, amount in asked:
        body = {
            "out_trade_no": "T1234567",
            "out_refund_no": f"R{number}",
            "amount": {"refund": amount, "total": total, "currency": "CNY"},
        }
        fits = amount > 0 and sum(taken.values()) + amount <= total
        repeat = taken.get(f"R{number}")
        try:
            ledger.refund(body, outcome="SUCCESS")
        except Refused:
            assert not fits or (repeat is not None and repeat != amount)
        else:
            assert repeat == amount if repeat is not None else fits
            taken[f"R{number}"] = amount
        assert store.value("SELECT coalesce(sum(amount), 0) FROM refund") == sum(taken.values()) <= total
    store.close()


def test_a_fault_is_used_up_in_order(tmp_path: Path):
    store = Store(tmp_path)
    faults = Faults(store)
    faults.add(party="wechatpay", kind="drop")
    faults.add(party="wechatpay", kind="forge", times=2)
    taken = [faults.take("wechatpay", "callback") for _ in range(4)]
    assert [(one.kind, one.turn) for one in taken if one] == [("drop", 0), ("forge", 0), ("forge", 1)]
    assert taken[3] is None
    store.close()


# --- pages


@pytest.mark.parametrize(
    "path", ["/", "/inbox", "/inbox?to=13800000000", "/wechatpay", "/fapiao", "/topup", "/sf", "/yto"]
)
@pytest.mark.parametrize(("language", "tag"), [("zh-CN", "zh-Hans"), ("en", "en")])
def test_pages_speak_both_languages_and_load_nothing_from_elsewhere(side: Side, path, language, tag):
    answer = httpx.get(side.address + path, headers=HTML | {"Accept-Language": language})
    assert answer.status_code == 200
    assert f'<html lang="{tag}">' in answer.text
    assert "http://" not in answer.text
    assert "https://" not in answer.text
    assert "<script" not in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert ("对方世界" in answer.text) == (tag == "zh-Hans")


def test_the_style_sheet_is_there(side: Side):
    answer = httpx.get(side.address + "/static/counterparts.css")
    assert answer.headers["content-type"].startswith("text/css")
    assert "url(" not in answer.text


def test_a_shopper_pays_on_the_phone_page(till: Till):
    order = till.order(123456)
    code_url = till.gateway.create(order)
    page = till.side.address + "/wechatpay/pay"
    before = httpx.get(page, params={"code_url": code_url}, headers=HTML)
    assert "¥1,234.56" in before.text
    assert "<button" in before.text
    scan = till.side.address + "/wechatpay/scan"
    after = httpx.post(scan, data={"code_url": code_url}, headers=HTML, follow_redirects=True)
    assert after.history[0].status_code == 303
    assert "<button" not in after.text
    assert "已支付" in after.text
    assert till.gateway.query(trade_of(order)).status is PaymentStatus.SUCCEEDED
    again = httpx.post(scan, data={"code_url": code_url}, headers=HTML)
    assert again.status_code == 409
    assert httpx.get(page, params={"code_url": "x"}, headers=HTML).status_code == 404


def test_the_courier_moves_a_parcel_on_the_console(side: Side):
    courier = SfCourier(wiring.sf_config(side.keys, address=side.address))
    number = courier.book(parcel()).waybill_no
    assert number in httpx.get(side.address + "/sf", headers=HTML).text
    data = {"waybill_no": number, "op_code": "44"}
    after = httpx.post(side.address + "/sf/push", data=data, headers=HTML, follow_redirects=True)
    assert "快件正在派送途中" in after.text
    assert [event.op_code for event in courier.routes(number)] == ["44"]
    courier.close()


def test_what_people_wrote_cannot_become_markup(side: Side):
    courier = SfCourier(wiring.sf_config(side.keys, address=side.address))
    nasty = '<img src=x onerror="alert(1)">\'"&'
    request = parcel()
    courier.book(replace(request, consignee=replace(request.consignee, name=nasty)))
    assert "<img" not in httpx.get(side.address + "/sf", headers=HTML).text
    assert "<img" not in httpx.get(side.address + "/inbox", params={"to": nasty}, headers=HTML).text
    courier.close()


def test_many_at_once_are_served(till: Till):
    """A burst of calls, as when everyone checks out together."""
    results: list[str] = []

    def work() -> None:
        results.extend(till.with_patience(QUICK).create(till.order()) for _ in range(10))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(results)) == 40
