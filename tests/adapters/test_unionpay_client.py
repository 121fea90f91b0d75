"""The UnionPay client against its counterpart, over HTTP."""

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from urllib.parse import parse_qsl

import httpx
import pytest

from mingpu.adapters.calls import Patience
from mingpu.adapters.counterparts import wiring
from mingpu.adapters.counterparts.unionpay import UnionPay
from mingpu.adapters.payment import (
    BillKind,
    BillLine,
    Forged,
    PaymentFailed,
    PaymentRequest,
    PaymentStatus,
    RefundRequest,
    RefundStatus,
    Trade,
)
from mingpu.adapters.payment.unionpay import UnionPayGateway
from mingpu.lib.payloads import flatten
from mingpu.privacy import sharing
from tests.adapters.conftest import QUICK, STUBBORN, Call, Mall, Side, free_port, unique, until

CHINA = timezone(timedelta(hours=8))
HTML = {"Accept": "text/html"}


class Till:
    """One merchant's till: its client and its webhook."""

    def __init__(self, side: Side, mall: Mall) -> None:
        self.side, self.mall = side, mall
        self.path = f"/webhooks/{unique()}"
        config = wiring.unionpay_config(side.keys, address=side.address, notify_url=mall.url(self.path))
        self.config = replace(config, patience=QUICK)
        self.gateway = UnionPayGateway(self.config)

    def with_patience(self, patience: Patience) -> UnionPayGateway:
        return UnionPayGateway(replace(self.config, patience=patience))

    def order(self, amount_fen: int = 1990) -> PaymentRequest:
        now = datetime.now(UTC)
        return PaymentRequest(
            out_trade_no=unique(),
            amount_fen=amount_fen,
            started_at=now,
            expires_at=now + timedelta(minutes=30),
        )

    def scan(self, code_url: str, **more: Any) -> dict[str, Any]:
        answer = self.side.post("/unionpay/scan", code_url=code_url, **more)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def paid(self, amount_fen: int = 1990) -> PaymentRequest:
        """An order, paid; its notification may still be on its way."""
        order = self.order(amount_fen)
        self.scan(self.gateway.create(order))
        return order

    def refund_of(self, order: PaymentRequest, amount: int) -> RefundRequest:
        theirs = self.gateway.query(trade(order)).transaction_id
        return RefundRequest(
            out_trade_no=order.out_trade_no,
            out_refund_no=unique("R"),
            amount_fen=amount,
            total_fen=order.amount_fen,
            provider_txn=theirs or "0",
            asked_at=datetime.now(UTC),
        )

    def callbacks(self, count: int = 1) -> list[Call]:
        until(lambda: len(self.mall.at(self.path)) >= count)
        return self.mall.at(self.path)


@pytest.fixture
def till(side: Side, mall: Mall) -> Till:
    return Till(side, mall)


def trade(order: PaymentRequest) -> Trade:
    return Trade(out_trade_no=order.out_trade_no, started_at=order.started_at)


def failure(call: Any) -> tuple[bool, str]:
    with pytest.raises(PaymentFailed) as failed:
        call()
    return failed.value.permanent, failed.value.code


def test_an_order_is_created_paid_and_found(till: Till):
    order = till.order(123456)
    code = till.gateway.create(order)
    assert code.startswith("https://qr.95516.com/")
    assert till.gateway.create(order) == code
    assert till.gateway.query(trade(order)).status is PaymentStatus.PAYING
    till.gateway.close(trade(order))
    paid = till.scan(code)
    state = till.gateway.query(trade(order))
    assert (state.status, state.amount_fen) == (PaymentStatus.SUCCEEDED, 123456)
    assert state.transaction_id == paid["transaction_id"]
    assert state.paid_at is not None
    assert abs(state.paid_at - datetime.now(UTC)) < timedelta(minutes=1)
    assert failure(lambda: till.gateway.close(trade(order))) == (True, "already_paid")
    assert failure(lambda: till.gateway.create(order)) == (True, "already_paid")
    (call,) = till.callbacks()
    assert till.gateway.parse_callback(call.headers, call.body).payment == state


def test_the_institution_gets_number_and_amount_and_nothing_else(till: Till):
    order = till.order(500)
    till.gateway.create(order)
    (raw,) = till.side.received("unionpay", order.out_trade_no)
    sent = dict(parse_qsl(raw["body"], strict_parsing=True))
    assert sent.pop("signature")
    assert sent == till.gateway.payload_for(order)
    assert (sent["txnType"], sent["txnSubType"], sent["bizType"]) == ("01", "07", "000000")
    assert sent["txnTime"] == order.started_at.astimezone(CHINA).strftime("%Y%m%d%H%M%S")
    assert sent["payTimeout"] == order.expires_at.astimezone(CHINA).strftime("%Y%m%d%H%M%S")
    page = till.gateway.page(order, back="https://mall.example/back?a=1&b=2").fields
    refund = RefundRequest(
        out_trade_no=order.out_trade_no, out_refund_no=unique("R"), amount_fen=1, total_fen=2,
        provider_txn="202601010830001234567", asked_at=order.started_at,
    )  # fmt: skip
    for payload in (sent, page, till.gateway.payload_for(refund)):
        sharing.check("unionpay", flatten(payload))
        assert not {"orderDesc", "customerIp", "accNo", "reqReserved"} & set(payload)


def test_the_page_is_a_form_for_the_buyers_browser(till: Till):
    order = till.order(700)
    back = till.mall.url("/orders/back")
    page = till.gateway.page(order, back=back)
    assert (page.fields["txnSubType"], page.fields["bizType"]) == ("01", "000201")
    assert (page.fields["channelType"], page.fields["frontUrl"]) == ("07", back)
    assert set(page.fields) - {"signature", "frontUrl"} == set(till.gateway.payload_for(order, via="page"))
    assert till.gateway.query(trade(order)).status is PaymentStatus.ABSENT
    shown = httpx.post(page.url, data=page.fields, headers=HTML)
    assert shown.status_code == 200
    assert "¥7.00" in shown.text
    assert till.gateway.query(trade(order)).status is PaymentStatus.ABSENT  # opened is not paid
    till.gateway.close(trade(order))
    code = shown.text.split('name="code_url" value="')[1].split('"')[0]
    done = httpx.post(f"{till.side.address}/unionpay/scan", data={"code_url": code}, headers=HTML)
    assert f'action="{back}"' in done.text  # the browser goes back by itself, with the outcome signed
    assert f"form-action 'self' {till.mall.url('')}" in done.headers["content-security-policy"]
    (call,) = till.callbacks()
    told = till.gateway.parse_callback(call.headers, call.body).payment
    assert told == till.gateway.query(trade(order))


def test_a_form_that_was_changed_on_its_way_opens_nothing(till: Till):
    page = till.gateway.page(till.order(700), back=till.mall.url("/back"))
    shown = httpx.post(page.url, data={**page.fields, "txnAmt": "1"}, headers=HTML)
    assert shown.status_code == 400
    assert "code_url" not in shown.text


def test_a_front_return_without_a_notification_is_found_by_asking(till: Till):
    till.side.fault("unionpay", "drop")
    order = till.order()
    page = till.gateway.page(order, back=till.mall.url("/back"))
    shown = httpx.post(page.url, data=page.fields, headers=HTML)
    paid = till.scan(shown.text.split('name="code_url" value="')[1].split('"')[0])
    assert paid["front"]["url"] == till.mall.url("/back")
    time.sleep(0.4)
    assert not till.mall.at(till.path)
    assert till.gateway.query(trade(order)).status is PaymentStatus.SUCCEEDED


@pytest.mark.parametrize(
    "change",
    [
        {"out_trade_no": "short"},
        {"out_trade_no": "a-b-c-d-e-f"},
        {"out_trade_no": "x" * 33},
        {"amount_fen": 0},
        {"amount_fen": 10**12},
        {"expires_at": datetime(2020, 1, 1, tzinfo=UTC)},
        {"started_at": datetime(2020, 1, 1)},  # noqa: DTZ001 - the point of it
    ],
)
def test_what_the_institution_cannot_take_never_leaves(till: Till, change):
    order = replace(till.order(), **change)
    assert failure(lambda: till.gateway.create(order)) == (True, "bad_request")
    assert failure(lambda: till.gateway.page(order, back="https://mall.example/")) == (True, "bad_request")


def test_a_number_used_for_another_amount_is_refused_for_good(till: Till):
    order = till.order(100)
    till.gateway.create(order)
    assert failure(lambda: till.gateway.create(replace(order, amount_fen=101))) == (True, "duplicate")


def test_what_nobody_announced_is_absent_and_closing_it_is_harmless(till: Till):
    order = till.order()
    assert till.gateway.query(trade(order)).status is PaymentStatus.ABSENT
    till.gateway.close(trade(order))
    till.gateway.create(order)
    other = Trade(out_trade_no=order.out_trade_no, started_at=order.started_at - timedelta(days=1))
    assert till.gateway.query(other).status is PaymentStatus.ABSENT


def test_time_ends_what_nobody_paid_and_late_money_is_told_all_the_same(till: Till):
    order = replace(till.order(), expires_at=datetime.now(UTC) + timedelta(seconds=6))
    code = till.gateway.create(order)
    time.sleep(6.1)
    assert till.side.post("/unionpay/scan", code_url=code).status_code == 409
    assert till.gateway.query(trade(order)).status is PaymentStatus.FAILED
    till.scan(code, late=True)
    (call,) = till.callbacks()
    assert till.gateway.parse_callback(call.headers, call.body).payment


# --- refunds


def test_refunds_settle_with_a_notification_and_never_exceed_what_was_paid(till: Till):
    order = till.paid(1000)
    first = till.refund_of(order, 600)
    asked = till.gateway.refund(first)
    assert (asked.status, asked.amount_fen) == (RefundStatus.PROCESSING, 600)
    again = till.gateway.refund(first)  # a repeat is the same refund
    assert again.out_refund_no == first.out_refund_no
    done = until(lambda: (s := till.gateway.query_refund(first)).status == "succeeded" and s)
    assert (done.amount_fen, done.total_fen, done.out_trade_no) == (600, 1000, order.out_trade_no)
    assert done.settled_at is not None
    told = till.gateway.parse_callback({}, till.callbacks(2)[1].body).refund
    assert told is not None
    assert (told.out_refund_no, told.amount_fen, told.refund_id) == (done.out_refund_no, 600, done.refund_id)
    assert failure(lambda: till.gateway.refund(till.refund_of(order, 401))) == (True, "36")
    assert failure(lambda: till.gateway.refund(replace(first, amount_fen=1))) == (True, "duplicate")
    till.gateway.refund(till.refund_of(order, 400))


def test_nothing_goes_back_for_what_was_not_paid(till: Till):
    order = till.order(1000)
    till.gateway.create(order)
    refund = till.refund_of(order, 100)
    assert failure(lambda: till.gateway.refund(refund)) == (True, "35")
    assert till.gateway.query_refund(refund).status is RefundStatus.ABSENT
    assert failure(lambda: till.gateway.refund(replace(refund, amount_fen=1001))) == (True, "bad_request")


@pytest.mark.parametrize(
    ("fault", "status"), [("abnormal", RefundStatus.ABNORMAL), ("refused", RefundStatus.CLOSED)]
)
def test_a_refund_that_fails_is_told_when_asked(till: Till, fault, status):
    refund = till.refund_of(till.paid(), 1)
    till.side.fault("unionpay", fault)
    till.gateway.refund(refund)
    until(lambda: till.gateway.query_refund(refund).status is status)


# --- their trouble


def test_after_a_timeout_the_state_is_unknown_and_a_repeat_finds_it(till: Till):
    order = till.order()
    till.side.fault("unionpay", "timeout")
    assert failure(lambda: till.gateway.create(order)) == (False, "unanswered")
    assert till.gateway.query(trade(order)).status is PaymentStatus.PAYING  # it was done all the same
    till.side.fault("unionpay", "timeout")
    assert till.with_patience(STUBBORN).create(order)
    till.side.fault("unionpay", "http_500")
    assert failure(lambda: till.gateway.query(trade(order))) == (False, "http_500")
    away = UnionPayGateway(replace(till.config, gateway=f"http://127.0.0.1:{free_port()}"))
    assert failure(lambda: away.query(trade(order))) == (False, "unanswered")


def test_an_answer_by_an_untrusted_certificate_counts_for_nothing(till: Till):
    order = till.paid()
    till.side.fault("unionpay", "forge", on="answer", times=3)
    for _ in range(3):
        assert failure(lambda: till.gateway.query(trade(order))) == (False, "unsigned")
    till.side.fault("unionpay", "wrong_amount", on="answer")
    assert till.gateway.query(trade(order)).amount_fen == 1989  # handed to the caller, who compares


def test_a_merchant_with_another_key_is_turned_away(till: Till):
    keys = till.side.keys.unionpay
    stranger = replace(
        till.config,
        certificate_pem=keys.signing_certificate_pem,
        private_key_pem=keys.signing_private_key_pem,
    )
    assert failure(lambda: UnionPayGateway(stranger).create(till.order())) == (True, "11")


def test_it_comes_again_until_it_is_taken(till: Till):
    till.mall.replies[till.path] = [(500, b""), (302, b""), (200, b"ok")]
    till.paid()
    events = {till.gateway.parse_callback({}, call.body).event_id for call in till.callbacks(3)}
    assert len(events) == 1
    reply = till.gateway.callback_reply(ok=True)
    assert (reply.status, reply.body) == (200, b"ok")
    assert till.gateway.callback_reply(ok=False).status == 503
    assert sum(UnionPay.waits) == 12 * 60


def test_doubled_and_reordered_notifications(till: Till):
    till.side.fault("unionpay", "duplicate")
    till.paid()
    first, second = (till.gateway.parse_callback({}, call.body) for call in till.callbacks(2))
    assert first == second
    till.side.fault("unionpay", "reorder", seconds=30)
    older, newer = till.paid(), till.paid()
    told = [till.gateway.parse_callback({}, call.body).payment for call in till.callbacks(4)[2:]]
    assert [one and one.out_trade_no for one in told] == [newer.out_trade_no, older.out_trade_no]


def test_forged_notifications_are_refused_and_the_true_one_still_comes(till: Till):
    till.side.fault("unionpay", "forge", times=2)
    order = till.paid()
    calls = till.callbacks(3)
    for call in calls[:2]:
        with pytest.raises(Forged):
            till.gateway.parse_callback({}, call.body)
    true = till.gateway.parse_callback({}, calls[2].body).payment
    assert true is not None
    assert true.out_trade_no == order.out_trade_no


# --- the file of a day


def test_the_bill_of_a_day_holds_its_payments_and_refunds(till: Till):
    order = till.paid(4321)
    refund = till.refund_of(order, 21)
    till.gateway.refund(refund)
    until(lambda: till.gateway.query_refund(refund).status is RefundStatus.SUCCEEDED)
    theirs = till.gateway.query_refund(refund).refund_id
    today = datetime.now(CHINA).date()
    lines = till.gateway.bill(today)
    charge = BillLine(
        kind=BillKind.CHARGE,
        number=order.out_trade_no,
        provider_txn=refund.provider_txn,
        amount_fen=4321,
    )
    assert charge in lines
    back = BillLine(
        kind=BillKind.REFUND, number=refund.out_refund_no, provider_txn=theirs or "", amount_fen=21
    )
    assert back in lines
    assert till.gateway.bill(today - timedelta(days=40)) == []
    till.side.fault("unionpay", "no_bill")
    assert failure(lambda: till.gateway.bill(today)) == (False, "no_bill")
    for kind, more in (("missing_line", -1), ("extra_line", 1), ("wrong_amount", 0)):
        till.side.fault("unionpay", kind, on="bill")
        told = till.gateway.bill(today)
        assert len(told) == len(lines) + more
        assert told != lines


def test_another_days_or_merchants_file_is_not_read(till: Till):
    till.paid()
    today = datetime.now(CHINA).date()
    tomorrow = UnionPayGateway(till.config, clock=lambda: datetime.now(UTC) + timedelta(days=1))
    assert till.gateway.bill(today)
    leap = today.replace(year=today.year - 1) if (today.month, today.day) != (2, 29) else today
    assert failure(lambda: tomorrow.bill(leap)) == (False, "unreadable_bill")  # MMDD names no year
