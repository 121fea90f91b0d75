import json
import threading
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from mingpu.adapters.calls import Patience
from mingpu.adapters.payment import (
    PaymentFailed,
    PaymentStatus,
    RefundStatus,
    Trade,
)
from mingpu.adapters.payment.wechatpay import DESCRIPTION, WeChatPayGateway
from tests.adapters.conftest import QUICK, SOON, STUBBORN, Mall, Side, free_port, unique, until
from tests.adapters.paying import Till, refund_of, trade_of


def nobodys() -> Trade:
    """A payment that was never announced."""
    return Trade(out_trade_no=unique(), started_at=datetime.now(UTC))


@pytest.fixture
def till(side: Side, mall: Mall) -> Till:
    return Till(side, mall)


@pytest.mark.parametrize("public_key_mode", [False, True])
def test_an_order_is_created_paid_and_found(side: Side, mall: Mall, public_key_mode):
    till = Till(side, mall, public_key_mode=public_key_mode)
    order = till.order(123456)
    code_url = till.gateway.create(order)
    assert code_url.startswith("weixin://wxpay/bizpayurl?pr=")
    assert till.gateway.query(trade_of(order)).status is PaymentStatus.UNPAID
    till.scan(code_url)
    state = till.gateway.query(trade_of(order))
    assert (state.status, state.amount_fen) == (PaymentStatus.SUCCEEDED, 123456)
    assert state.paid_at is not None
    assert state.transaction_id is not None
    assert abs(state.paid_at - datetime.now(UTC)) < timedelta(minutes=1)
    assert state.transaction_id.startswith("4200")


def test_public_key_mode_never_needs_certificates(side: Side, mall: Mall):
    before = len(side.received("wechatpay", "/v3/certificates"))
    till = Till(side, mall, public_key_mode=True)
    till.gateway.create(till.order())
    assert len(side.received("wechatpay", "/v3/certificates")) == before


def test_the_institution_gets_number_and_amount_and_nothing_else(till: Till):
    order = till.order(500)
    till.gateway.create(order)
    (raw,) = till.side.received("wechatpay", order.out_trade_no)
    expected = {
        "appid": till.config.appid,
        "mchid": till.config.mchid,
        "description": DESCRIPTION,
        "out_trade_no": order.out_trade_no,
        "notify_url": till.config.notify_url,
        "time_expire": order.expires_at.isoformat(timespec="seconds"),
        "amount": {"total": 500, "currency": "CNY"},
    }
    assert json.loads(raw["body"]) == expected == till.gateway.payload_for(order)


def test_a_refund_sends_exactly_its_payload(till: Till):
    order = till.paid(500)
    refund = refund_of(order, 200)
    till.gateway.refund(refund)
    (raw,) = till.side.received("wechatpay", refund.out_refund_no)
    assert json.loads(raw["body"]) == till.gateway.payload_for(refund)


def test_creating_twice_is_one_order(till: Till):
    order = till.order()
    assert till.gateway.create(order) == till.gateway.create(order)


def test_a_number_used_for_another_amount_is_refused_for_good(till: Till):
    order = till.order(100)
    till.gateway.create(order)
    with pytest.raises(PaymentFailed) as failed:
        till.gateway.create(replace(order, amount_fen=101))
    assert (failed.value.permanent, failed.value.code) == (True, "OUT_TRADE_NO_USED")


@pytest.mark.parametrize(
    ("number", "amount"),
    [("short", 1), ("x" * 33, 1), ("a/../../b", 1), ("ab|cd*ef", 1), ("good_number", 0), ("good_number", -5)],
)
def test_what_the_institution_cannot_take_never_leaves(till: Till, number, amount):
    order = replace(till.order(), out_trade_no=number, amount_fen=amount)
    with pytest.raises(PaymentFailed) as failed:
        till.gateway.create(order)
    assert (failed.value.permanent, failed.value.code) == (True, "bad_request")


def test_a_time_without_zone_never_leaves(till: Till):
    order = replace(till.order(), expires_at=datetime(2099, 1, 1))  # noqa: DTZ001 - the point of it
    with pytest.raises(PaymentFailed, match="bad_request"):
        till.gateway.create(order)


@pytest.mark.parametrize("call", ["query", "close"])
def test_a_number_cannot_change_the_path(till: Till, call):
    with pytest.raises(PaymentFailed, match="bad_request"):
        getattr(till.gateway, call)(Trade(out_trade_no="x/../../refund", started_at=datetime.now(UTC)))


def test_an_order_nobody_announced_is_absent(till: Till):
    assert till.gateway.query(nobodys()).status is PaymentStatus.ABSENT
    assert till.gateway.query_refund(refund_of(till.order(), 1)).status is RefundStatus.ABSENT
    till.gateway.close(nobodys())


def test_a_closed_order_cannot_be_paid(till: Till):
    order = till.order()
    code_url = till.gateway.create(order)
    till.gateway.close(trade_of(order))
    till.gateway.close(trade_of(order))
    assert till.gateway.query(trade_of(order)).status is PaymentStatus.CLOSED
    assert till.side.post("/wechatpay/scan", code_url=code_url).status_code == 409
    with pytest.raises(PaymentFailed, match="closed"):
        till.gateway.create(order)


def test_a_paid_order_cannot_be_closed_or_announced_again(till: Till):
    order = till.paid()
    for call in (lambda: till.gateway.close(trade_of(order)), lambda: till.gateway.create(order)):
        with pytest.raises(PaymentFailed) as failed:
            call()
        assert (failed.value.permanent, failed.value.code) == (True, "already_paid")


def test_an_expired_order_cannot_be_paid(till: Till):
    order = replace(till.order(), expires_at=datetime.now(UTC) + timedelta(seconds=6))
    code_url = till.gateway.create(order)
    time.sleep(6.1)
    assert till.side.post("/wechatpay/scan", code_url=code_url).status_code == 409


def test_refunds_settle_and_never_exceed_what_was_paid(till: Till):
    order = till.paid(1000)
    first = refund_of(order, 600)
    assert till.gateway.refund(first).status is RefundStatus.PROCESSING
    assert till.gateway.refund(first).out_refund_no == first.out_refund_no  # a repeat is the same refund
    done = until(lambda: (s := till.gateway.query_refund(first)).status == "succeeded" and s)
    assert (done.amount_fen, done.total_fen, done.out_trade_no) == (600, 1000, order.out_trade_no)
    assert done.settled_at is not None
    with pytest.raises(PaymentFailed) as failed:
        till.gateway.refund(refund_of(order, 401))
    assert failed.value.permanent
    till.gateway.refund(refund_of(order, 400))
    assert till.gateway.query(trade_of(order)).status is PaymentStatus.REFUNDED
    assert till.gateway.query(trade_of(order)).amount_fen == 1000


def test_a_refund_number_belongs_to_one_amount(till: Till):
    order = till.paid(1000)
    first = refund_of(order, 100)
    till.gateway.refund(first)
    with pytest.raises(PaymentFailed, match="INVALID_REQUEST"):
        till.gateway.refund(replace(first, amount_fen=101))


def test_nothing_goes_back_for_an_unpaid_order_or_a_wrong_total(till: Till):
    order = till.order(1000)
    till.gateway.create(order)
    with pytest.raises(PaymentFailed, match="TRADE_STATE_ERROR"):
        till.gateway.refund(refund_of(order, 100))
    paid = till.paid(1000)
    with pytest.raises(PaymentFailed, match="INVALID_REQUEST"):
        till.gateway.refund(replace(refund_of(paid, 100), total_fen=2000))
    with pytest.raises(PaymentFailed, match="bad_request"):
        till.gateway.refund(refund_of(paid, 1001))


def test_an_abnormal_refund_is_told(till: Till):
    order = till.paid()
    till.side.fault("wechatpay", "abnormal")
    refund = refund_of(order, 1)
    till.gateway.refund(refund)
    until(lambda: till.gateway.query_refund(refund).status is RefundStatus.ABNORMAL)
    assert till.gateway.query(trade_of(order)).status is PaymentStatus.SUCCEEDED


def test_after_a_timeout_the_state_is_unknown_and_a_repeat_finds_it(till: Till):
    order = till.order()
    till.side.fault("wechatpay", "timeout")
    started = time.monotonic()
    with pytest.raises(PaymentFailed) as failed:
        till.gateway.create(order)
    assert (failed.value.permanent, failed.value.code) == (False, "unanswered")
    assert time.monotonic() - started < SOON
    assert till.gateway.query(trade_of(order)).status is PaymentStatus.UNPAID  # it was done all the same
    till.side.fault("wechatpay", "timeout")
    assert till.with_patience(STUBBORN).create(order).startswith("weixin://")


def test_their_trouble_is_not_permanent_and_a_repeat_helps(till: Till):
    till.side.fault("wechatpay", "http_500")
    with pytest.raises(PaymentFailed) as failed:
        till.gateway.create(till.order())
    assert (failed.value.permanent, failed.value.code) == (False, "SYSTEM_ERROR")
    till.side.fault("wechatpay", "http_500")
    assert till.with_patience(STUBBORN).create(till.order())


def test_an_answer_with_a_bad_signature_counts_for_nothing(till: Till):
    order = till.paid()
    till.gateway.query(trade_of(order))
    till.side.fault("wechatpay", "forge", on="answer")
    with pytest.raises(PaymentFailed) as failed:
        till.gateway.query(trade_of(order))
    assert (failed.value.permanent, failed.value.code) == (False, "unsigned")


def test_a_wrong_amount_in_an_answer_is_handed_to_the_caller(till: Till):
    order = till.paid(1000)
    till.side.fault("wechatpay", "wrong_amount", on="answer")
    assert till.gateway.query(trade_of(order)).amount_fen == 999


def test_nobody_there_is_told_quickly_and_the_client_can_be_made_without_them(till: Till):
    gateway = WeChatPayGateway(replace(till.config, gateway=f"http://127.0.0.1:{free_port()}"))
    started = time.monotonic()
    with pytest.raises(PaymentFailed) as failed:
        gateway.query(nobodys())
    assert (failed.value.permanent, failed.value.code) == (False, "unanswered")
    assert time.monotonic() - started < SOON


def test_a_merchant_with_another_key_is_turned_away(till: Till):
    stranger = replace(
        till.config, merchant_private_key_pem=till.side.keys.wechatpay.platform_private_key_pem
    )
    with pytest.raises(PaymentFailed) as failed:
        WeChatPayGateway(stranger).create(till.order())
    assert (failed.value.permanent, failed.value.code) == (True, "SIGN_ERROR")


def test_another_merchants_trade_is_not_ours(till: Till):
    order = till.paid()
    other = WeChatPayGateway(replace(till.config, appid="wx0000000000000000"))
    with pytest.raises(PaymentFailed, match="unreadable_merchant"):
        other.query(trade_of(order))


def test_a_renewed_key_is_fetched_once(side: Side, mall: Mall):
    till = Till(side, mall)
    till.gateway.create(till.order())
    side.fault("wechatpay", "rotate_key")
    before = len(side.received("wechatpay", "/v3/certificates"))
    order = till.paid()
    (call,) = till.callbacks()
    assert till.payment(call).out_trade_no == order.out_trade_no
    assert len(side.received("wechatpay", "/v3/certificates")) == before + 1


def test_many_threads_starting_together_fetch_certificates_once(side: Side, mall: Mall):
    till = Till(side, mall)
    before = len(side.received("wechatpay", "/v3/certificates"))
    codes: list[str] = []
    slow = till.with_patience(Patience(connect=5, read=5, attempts=1))
    threads = [threading.Thread(target=lambda: codes.append(slow.create(till.order()))) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(codes) == 12
    assert len(side.received("wechatpay", "/v3/certificates")) == before + 1


def test_secrets_do_not_show(till: Till):
    shown = repr(till.config) + repr(till.side.keys)
    for secret in (till.config.apiv3_key, "PRIVATE KEY", till.side.keys.sf.checkword):
        assert secret not in shown


@pytest.mark.parametrize("gateway", ["ftp://x", "not a url", "https://host/path"])
def test_a_gateway_must_be_scheme_and_host(till: Till, gateway):
    with pytest.raises(ValueError, match="gateway"):
        WeChatPayGateway(replace(till.config, gateway=gateway, patience=QUICK))
