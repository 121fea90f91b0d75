"""Callbacks as the institution sends them, as it sends them on a bad day, and as it never would."""

import base64
import json
import string
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mingpu.adapters.counterparts.keys import make_certificate, new_rsa
from mingpu.adapters.counterparts.wechatpay import WeChatPay
from mingpu.adapters.counterparts.wechatpay_wire import (
    SigningKey,
    load_rsa,
    notification,
    sealed_headers,
    serial_of,
)
from mingpu.adapters.payment import Forged, PaymentFailed, PaymentStatus, RefundStatus
from mingpu.adapters.payment.wechatpay import WeChatPayGateway
from tests.adapters.conftest import Call, Mall, Side, free_port, launch
from tests.adapters.paying import Till, refund_of, trade_of


@pytest.fixture
def till(side: Side, mall: Mall) -> Till:
    return Till(side, mall)


@pytest.fixture(scope="module")
def genuine(running: Side, mall: Mall) -> tuple[Till, Call]:
    """One genuine callback, and a client that has already accepted it."""
    till = Till(running, mall)
    till.paid(1990)
    (call,) = till.callbacks()
    till.gateway.parse_callback(call.headers, call.body)
    return till, call


def refused(till: Till, headers: Mapping[str, str], body: bytes) -> str:
    """The code with which a callback was refused as forged."""
    with pytest.raises(Forged) as forged:
        till.gateway.parse_callback(headers, body)
    return forged.value.code


def institution(side: Side) -> SigningKey:
    """The institution's own first key, to sign what it would never sign."""
    keys = side.keys.wechatpay
    certificate = x509.load_pem_x509_certificate(keys.platform_certificate_pem.encode())
    return SigningKey(serial_of(certificate), load_rsa(keys.platform_private_key_pem))


PLAIN: dict[str, Any] = {
    "out_trade_no": "T1234567",
    "trade_state": "SUCCESS",
    "transaction_id": "4200000000000000000000000001",
    "success_time": "2026-01-01T10:00:00+08:00",
    "payer": {"openid": "o-somebody"},
    "amount": {"total": 1990, "payer_total": 1990, "currency": "CNY", "payer_currency": "CNY"},
}
REFUND: dict[str, Any] = {
    "out_trade_no": "T1234567",
    "out_refund_no": "R1234567",
    "refund_id": "5030000000000000000000000001",
    "refund_status": "SUCCESS",
    "success_time": "2026-01-01T10:00:00+08:00",
    "amount": {"total": 1990, "refund": 90, "payer_total": 1990, "payer_refund": 90},
}


def word(
    side: Side, plain: dict[str, Any], kind: str = "TRANSACTION.SUCCESS", **event: Any
) -> tuple[Any, bytes]:
    """Headers and body of a callback that the institution itself signed, saying `plain`."""
    keys = side.keys.wechatpay
    ours = {"appid": keys.appid, "mchid": keys.mchid}
    about = {
        "id": "e1",
        "create_time": "2026-01-01T10:00:00+08:00",
        "event_type": kind,
        "original_type": "transaction",
        "summary": "",
    }
    body = notification(about | event, ours | plain, keys.apiv3_key)
    return sealed_headers(institution(side), body), body.encode()


# --- good days and bad days


def test_a_payment_is_told_once_and_holds_what_was_paid(till: Till):
    order = till.paid(4200)
    (call,) = till.callbacks()
    event = till.gateway.parse_callback(call.headers, call.body)
    assert event.refund is None
    assert event.payment is not None
    assert event.payment.out_trade_no == order.out_trade_no
    assert (event.payment.status, event.payment.amount_fen) == (PaymentStatus.SUCCEEDED, 4200)
    assert event.payment == till.gateway.query(trade_of(order))
    assert "openid" not in repr(event)
    time.sleep(0.4)
    assert len(till.callbacks()) == 1


@pytest.mark.parametrize("fault", [None, "abnormal"])
def test_a_refund_is_told(till: Till, fault):
    order = till.paid()
    if fault:
        till.side.fault("wechatpay", fault)
    refund = refund_of(order, 90)
    number = refund.out_refund_no
    till.gateway.refund(refund)
    event = till.gateway.parse_callback(till.callbacks(2)[1].headers, till.callbacks(2)[1].body)
    assert event.payment is None
    assert event.refund is not None
    assert (event.refund.out_refund_no, event.refund.amount_fen, event.refund.total_fen) == (number, 90, 1990)
    assert event.refund.status is (RefundStatus.ABNORMAL if fault else RefundStatus.SUCCEEDED)
    assert event.refund == till.gateway.query_refund(refund)


def test_names_of_headers_come_in_any_case(genuine):
    till, call = genuine
    for change in (str.lower, str.upper):
        headers = {change(name): value for name, value in call.headers.items()}
        till.gateway.parse_callback(headers, call.body)


@pytest.mark.parametrize("answer", [(500, b""), (401, b"no"), (302, b""), (201, b"{}")])
def test_it_comes_again_until_it_is_taken(till: Till, answer):
    till.mall.replies[till.path] = [answer, (503, b""), (204, b"")]
    till.paid()
    calls = till.callbacks(3)
    events = [till.gateway.parse_callback(call.headers, call.body) for call in calls]
    assert len({event.event_id for event in events}) == 1
    assert len({call.headers["Wechatpay-Nonce"] for call in calls}) == 3  # signed anew each time
    time.sleep(0.5)
    assert len(till.callbacks()) == 3


def test_the_table_of_retries_is_the_institutions():
    assert len(WeChatPay.waits) == 15
    assert sum(WeChatPay.waits) == (24 * 60 + 4) * 60


def test_duplicates_are_the_same_event(till: Till):
    till.side.fault("wechatpay", "duplicate")
    till.paid()
    first, second = (till.gateway.parse_callback(one.headers, one.body) for one in till.callbacks(2))
    assert first == second


def test_a_delayed_callback_comes_later_and_is_fresh(till: Till):
    till.side.fault("wechatpay", "delay", seconds=1.2)
    begun = time.monotonic()
    till.paid()
    (call,) = till.callbacks()
    assert time.monotonic() - begun >= 1.1
    till.gateway.parse_callback(call.headers, call.body)


def test_a_dropped_callback_never_comes_and_asking_finds_the_payment(till: Till):
    till.side.fault("wechatpay", "drop")
    order = till.paid()
    time.sleep(0.6)
    assert not till.mall.at(till.path)
    assert till.gateway.query(trade_of(order)).status is PaymentStatus.SUCCEEDED


def test_reordered_the_older_event_comes_after_the_newer(till: Till):
    till.side.fault("wechatpay", "reorder", seconds=30)
    older, newer = till.paid(), till.paid()
    told = [till.payment(one) for one in till.callbacks(2)]
    assert [payment.out_trade_no for payment in told] == [newer.out_trade_no, older.out_trade_no]


def test_a_wrong_amount_is_signed_well_and_left_to_the_caller_to_refuse(till: Till):
    till.mall.replies[till.path] = [(400, b""), (200, b"")]
    till.side.fault("wechatpay", "wrong_amount")
    till.paid(1990)
    wrong, right = (till.payment(one) for one in till.callbacks(2))
    assert (wrong.amount_fen, right.amount_fen) == (1989, 1990)


def test_four_kinds_of_forgery_are_refused_and_the_true_one_still_comes(till: Till):
    till.gateway.query(trade_of(till.paid()))
    till.callbacks()
    till.side.fault(
        "wechatpay", "forge", times=4
    )  # and the mall takes each: the postman goes on all the same
    order = till.paid()
    calls = till.callbacks(6)[1:]
    codes = [refused(till, call.headers, call.body) for call in calls[:4]]
    assert codes == ["signature", "signature", "signature", "stale"]
    assert till.payment(calls[4]).out_trade_no == order.out_trade_no


def test_a_success_after_closing_is_told_like_any_other(till: Till):
    order = till.order()
    code_url = till.gateway.create(order)
    till.gateway.close(trade_of(order))
    till.scan(code_url, late=True)
    (call,) = till.callbacks()
    assert till.payment(call).out_trade_no == order.out_trade_no
    assert till.gateway.query(trade_of(order)).status is PaymentStatus.SUCCEEDED


def test_after_a_rotation_old_and_new_clients_read_callbacks(side: Side, mall: Mall):
    till = Till(side, mall, certificate_pause=0.0)
    till.paid()
    (before,) = till.callbacks()
    till.gateway.parse_callback(before.headers, before.body)
    side.fault("wechatpay", "rotate_key")
    till.paid()
    after = till.callbacks(2)[1]
    assert before.headers["Wechatpay-Serial"] != after.headers["Wechatpay-Serial"]
    for gateway in (till.gateway, WeChatPayGateway(till.config)):
        for call in (before, after):  # the old certificate is still listed
            gateway.parse_callback(call.headers, call.body)


def test_callbacks_signed_with_the_public_key(mall: Mall, tmp_path):
    side = launch(tmp_path, mall.url("/unused"), "--callback-key", "public_key")
    try:
        till = Till(side, mall, public_key_mode=True)
        order = till.paid()
        (call,) = till.callbacks()
        assert call.headers["Wechatpay-Serial"] == side.keys.wechatpay.platform_public_key_id
        assert till.payment(call).out_trade_no == order.out_trade_no
        assert refused(Till(side, mall), call.headers, call.body) == "serial"  # a client without that key
        noise = call.headers | {"Wechatpay-Serial": "PUB_KEY_ID_0000"}
        assert refused(till, noise, call.body) == "serial"
    finally:
        side.stop()


# --- what never comes from the institution


def test_a_recorded_callback_is_worthless_after_five_minutes(side: Side, genuine):
    till, _ = genuine
    body = word(side, PLAIN)[1]
    for seconds in (-86400, -301, 302, 86400):
        headers = sealed_headers(institution(side), body.decode(), at=time.time() + seconds)
        assert refused(till, headers, body) == "stale"
    for seconds in (-290, 290):
        headers = sealed_headers(institution(side), body.decode(), at=time.time() + seconds)
        till.gateway.parse_callback(headers, body)


def test_every_byte_of_the_body_counts(genuine):
    till, call = genuine
    for place in range(len(call.body)):
        for mask in (0x01, 0x20, 0x80):
            changed = bytearray(call.body)
            changed[place] ^= mask
            assert refused(till, call.headers, bytes(changed)) in {"signature", "unreadable"}
    for body in (
        b"",
        call.body[:-1],
        call.body + b" ",
        b" " + call.body,
        call.body + b"\n",
        b"\xff\xfe",
        b"null",
    ):
        assert refused(till, call.headers, body) in {"signature", "unreadable"}


HEADERS = (
    "Wechatpay-Signature",
    "Wechatpay-Timestamp",
    "Wechatpay-Nonce",
    "Wechatpay-Serial",
    "Wechatpay-Signature-Type",
)


@pytest.mark.parametrize("name", HEADERS)
def test_every_character_of_every_header_counts(genuine, name):
    till, call = genuine
    value = call.headers[name]
    for place, character in enumerate(value):
        kinds = [string.digits, string.ascii_lowercase, string.ascii_uppercase, "+/=-_", " \t", "é"]
        for kind in kinds:
            other = next(one for one in kind if one.lower() != character.lower())
            changed = value[:place] + other + value[place + 1 :]
            assert refused(till, call.headers | {name: changed}, call.body)
    for changed in (
        "",
        value + "0",
        value[:-1],
        " " + value,
        value + " ",
        value + "\n",
        value * 2,
        "0x" + value,
    ):
        assert refused(till, call.headers | {name: changed}, call.body)
    assert refused(till, {k: v for k, v in call.headers.items() if k != name}, call.body)


def test_a_signature_has_one_spelling(genuine):
    """Base64 read leniently would take all of these for the same signature."""
    till, call = genuine
    good = call.headers["Wechatpay-Signature"]
    twin = good[:-3] + chr(ord(good[-3]) + 1) + "=="  # other unused bits
    for changed in (
        good + "=",
        good.rstrip("="),
        good[:10] + "\n" + good[10:],
        good[:9] + "!" + good[9:],
        twin,
    ):
        assert refused(till, call.headers | {"Wechatpay-Signature": changed}, call.body) == "signature"


def test_django_style_names_are_no_second_way_in(genuine):
    """The library alone would prefer these names, whatever the real headers say."""
    till, call = genuine
    shadow = {"HTTP_" + name.upper().replace("-", "_"): call.headers[name] for name in HEADERS}
    assert refused(till, shadow, call.body) == "algorithm"
    wrong = call.headers | {"Wechatpay-Nonce": "0" * 32}
    assert refused(till, wrong | shadow, call.body) == "signature"


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    headers=st.dictionaries(st.sampled_from([*HEADERS, "Content-Type"]), st.text(max_size=40)),
    body=st.binary(max_size=300),
)
def test_noise_is_refused_and_never_breaks_anything(genuine, headers, body):
    till, _ = genuine
    refused(till, headers, body)


def test_a_huge_body_is_not_even_read(genuine):
    till, call = genuine
    assert refused(till, call.headers, call.body + b" " * 70_000) == "too_large"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"mchid": "1600000000"}, "merchant"),
        ({"appid": "wx0000000000000000"}, "merchant"),
        ({"amount": PLAIN["amount"] | {"currency": "USD"}}, "currency"),
        ({"amount": {"total": 1990}}, "currency"),
        ({"amount": None}, "currency"),
        ({"amount": PLAIN["amount"] | {"total": 0}}, "amount"),
        ({"amount": PLAIN["amount"] | {"total": -1}}, "amount"),
        ({"amount": PLAIN["amount"] | {"total": 19.9}}, "amount"),
        ({"amount": PLAIN["amount"] | {"total": 1990.0}}, "amount"),
        ({"amount": PLAIN["amount"] | {"total": True}}, "amount"),
        ({"amount": PLAIN["amount"] | {"total": "1990"}}, "amount"),
        ({"trade_state": "NOTPAY"}, "kind"),
        ({"trade_state": "REFUND"}, "kind"),
        ({"trade_state": None}, "kind"),
        ({"out_trade_no": ""}, "out_trade_no"),
        ({"out_trade_no": ["T1234567"]}, "out_trade_no"),
        ({"transaction_id": None}, "transaction_id"),
        ({"transaction_id": "4" * 300}, "transaction_id"),
        ({"success_time": "yesterday"}, "time"),
        ({"success_time": "2026-01-01T10:00:00"}, "time"),
    ],
)
def test_well_signed_but_not_for_us_or_not_in_shape(side: Side, genuine, change, code):
    till, _ = genuine
    assert refused(till, *word(side, PLAIN | change)) == code


@pytest.mark.parametrize(
    ("change", "kind", "code"),
    [
        ({"mchid": "1600000000"}, "REFUND.SUCCESS", "merchant"),
        ({}, "REFUND.ABNORMAL", "kind"),
        ({"refund_status": "PROCESSING"}, "REFUND.SUCCESS", "kind"),
        ({}, "REFUND.NEWS", "kind"),
        ({}, "TRANSACTION.SUCCESS", "kind"),
        ({"amount": {"total": 1990, "refund": 0}}, "REFUND.SUCCESS", "amount"),
        ({"amount": [1990]}, "REFUND.SUCCESS", "amount"),
        ({"refund_id": None}, "REFUND.SUCCESS", "refund_id"),
    ],
)
def test_refunds_well_signed_but_not_in_shape(side: Side, genuine, change, kind, code):
    till, _ = genuine
    told = till.gateway.parse_callback(*word(side, REFUND, "REFUND.SUCCESS")).refund
    assert told is not None
    assert told.amount_fen == 90
    assert refused(till, *word(side, REFUND | change, kind)) == code


def sealed_by(side: Side, body: dict[str, Any]) -> tuple[dict[str, str], bytes]:
    text = json.dumps(body)
    return sealed_headers(institution(side), text), text.encode()


def test_what_cannot_be_decrypted_is_refused(side: Side, genuine):
    till, call = genuine
    body = json.loads(call.body)
    resource = body["resource"]
    raw = bytearray(base64.b64decode(resource["ciphertext"]))
    raw[0] ^= 1
    broken = {
        "ciphertext": base64.b64encode(bytes(raw)).decode(),
        "nonce": "0" * 12,
        "associated_data": "refund",
        "algorithm": "AES",
    }
    for name, value in broken.items():
        assert refused(till, *sealed_by(side, body | {"resource": resource | {name: value}}))
    for name in ("ciphertext", "nonce", "algorithm"):
        less = {key: value for key, value in resource.items() if key != name}
        assert refused(till, *sealed_by(side, body | {"resource": less}))
    for change in (
        {"resource_type": "plain"},
        {"resource": None},
        {"resource": "x"},
        {"id": None},
        {"create_time": 5},
    ):
        assert refused(till, *sealed_by(side, body | change))
    others: list[Any] = [[], "x", 5, None]
    for other in others:
        assert refused(till, *sealed_by(side, other))


def test_an_expired_certificate_is_trusted_no_longer(side: Side, genuine):
    till = Till(side, genuine[0].mall)
    key = new_rsa()
    fresh = make_certificate(key, "pay.counterpart.example")
    past = datetime.now(UTC) - timedelta(days=30)
    expired = (
        x509.CertificateBuilder(fresh.issuer, fresh.subject, key.public_key(), fresh.serial_number)
        .not_valid_before(past)
        .not_valid_after(past + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    body = word(side, PLAIN)[1]
    headers = sealed_headers(SigningKey(serial_of(fresh), key), body.decode())
    till.gateway._core._certificates = [fresh]
    till.gateway.parse_callback(headers, body)
    till.gateway._core._certificates = [expired]
    assert refused(till, headers, body) == "signature"


def test_strangers_serials_cause_few_fetches_and_cost_no_trust(side: Side, mall: Mall):
    till = Till(side, mall)
    till.paid()
    (call,) = till.callbacks()
    before = len(side.received("wechatpay", "/v3/certificates"))
    for number in range(20):
        assert refused(till, call.headers | {"Wechatpay-Serial": f"{number:040X}"}, call.body) == "signature"
    assert len(side.received("wechatpay", "/v3/certificates")) == before + 2  # and one when it started
    till.gateway.parse_callback(call.headers, call.body)


def test_while_keys_cannot_be_fetched_a_callback_is_put_off_not_refused(genuine):
    till, call = genuine
    away = WeChatPayGateway(replace(till.config, gateway=f"http://127.0.0.1:{free_port()}"))
    with pytest.raises(PaymentFailed) as failed:
        away.parse_callback(call.headers, call.body)
    for _ in range(5):
        assert not isinstance(failed.value, Forged)
        assert (failed.value.permanent, failed.value.code) == (False, "no_certificates")
        with pytest.raises(PaymentFailed) as failed:
            away.parse_callback(call.headers, call.body)


def test_a_failed_fetch_does_not_lose_the_keys_at_hand(side: Side, mall: Mall):
    till = Till(side, mall, certificate_pause=0.0)
    till.paid()
    (call,) = till.callbacks()
    till.gateway.parse_callback(call.headers, call.body)
    till.gateway._core._gate_way = f"http://127.0.0.1:{free_port()}"
    with pytest.raises(PaymentFailed, match="no_certificates"):
        till.gateway.parse_callback(call.headers | {"Wechatpay-Serial": "ABCDEF0123456789"}, call.body)
    till.gateway.parse_callback(call.headers, call.body)
