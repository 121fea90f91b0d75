"""The client and its counterpart: codes, pages, queries, closing, refunds, and what goes wrong on the way."""

import json
import logging
import re
import socket
import time
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, parse_qsl, urlsplit

import httpx
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from mingpu.adapters.counterparts.keys import new_rsa, private_pem
from mingpu.adapters.payment import PaymentFailed, PaymentStatus, RefundStatus
from mingpu.adapters.payment.alipay import AlipayGateway
from mingpu.adapters.payment.alipay_core import split_answer, written
from mingpu.lib.payloads import flatten
from mingpu.privacy import sharing
from tests.adapters.alipay_till import Till, trade
from tests.adapters.conftest import SOON, STUBBORN, Mall, Side, free_port, unique, until


@pytest.fixture
def till(side: Side, mall: Mall) -> Till:
    return Till(side, mall)


def failing(call) -> PaymentFailed:
    with pytest.raises(PaymentFailed) as failed:
        call()
    return failed.value


def sent(till: Till, marker: str) -> list[dict[str, str]]:
    """Every request to the institution that mentions `marker`, its content unpacked."""
    found = []
    for one in till.side.received("alipay", marker):
        asked = dict(parse_qsl(urlsplit(one["path"]).query) + parse_qsl(one["body"]))
        found.append(asked | json.loads(asked.pop("biz_content")))
    return found


# --- paying


def test_a_code_is_no_trade_until_it_is_scanned(till: Till):
    order = till.order(4200)
    code = till.gateway.create(order)
    assert code.startswith("https://qr.alipay.com/")
    assert till.state(order).status is PaymentStatus.ABSENT
    till.look(code)
    assert till.state(order).status is PaymentStatus.UNPAID
    paid = till.scan(code)
    state = till.state(order)
    assert (state.status, state.amount_fen) == (PaymentStatus.SUCCEEDED, 4200)
    assert state.transaction_id == paid["transaction_id"]
    assert state.paid_at is not None
    assert abs(state.paid_at - datetime.now(UTC)) < timedelta(seconds=10)
    assert till.side.post("/alipay/scan", code_url=code).status_code == 409


def test_an_announcement_repeated_is_the_same_and_a_changed_one_is_refused(till: Till):
    order = till.order()
    assert till.gateway.create(order) == till.gateway.create(order)
    other = till.order(5)
    object.__setattr__(other, "out_trade_no", order.out_trade_no)
    assert failing(lambda: till.gateway.create(other)).code == "ACQ.CONTEXT_INCONSISTENT"
    till.scan(till.gateway.create(order))
    assert failing(lambda: till.gateway.create(order)).code == "already_paid"


def test_nothing_but_numbers_amount_and_time_goes_out(till: Till):
    order = till.order(123456789)
    till.gateway.create(order)
    (asked,) = sent(till, order.out_trade_no)
    payload = till.gateway.payload_for(order)
    assert {k: v for k, v in asked.items() if k not in {"sign", "timestamp"}} == payload
    assert asked["total_amount"] == "1234567.89"
    assert asked["subject"] == f"明铺订单 {order.out_trade_no}"
    assert asked["time_expire"] == written(order.expires_at)
    assert asked["timestamp"][:10] == written(datetime.now(UTC))[:10]  # China time, whatever the machine's
    for message in (payload, till.gateway.payload_for(order, via="page") | {"return_url": "https://x/"}):
        sharing.check("alipay", flatten(message))
    sharing.check("alipay", flatten(till.gateway.payload_for(till.refund_of(order, 1))))


def test_the_cashiers_page_is_left_after_the_notice_was_sent(till: Till):
    order = till.order(1990)
    page = till.gateway.page(order, back="https://mall.example/orders/1?from=pay")
    assert order.out_trade_no not in page.url
    assert "19.90" not in page.url
    with httpx.Client(base_url=till.side.address, headers={"accept": "text/html"}) as browser:
        leads = browser.post(page.url, data=dict(page.fields))
        assert leads.status_code == 303
        cashier = browser.get(leads.headers["location"])
        assert "https://mall.example" in cashier.headers["content-security-policy"]
        assert till.state(order).status is PaymentStatus.UNPAID
        code = re.search(r'name="code_url" value="([^"]+)"', cashier.text)
        assert code
        returned = browser.post("/alipay/scan", data={"code_url": code[1]})
    assert len(till.mall.at(till.path)) == 1  # before the browser is sent back
    assert till.payment(till.notices()[0]) == till.state(order)
    assert returned.status_code == 303
    assert returned.headers["location"].startswith("https://mall.example/orders/1?from=pay&")
    words = parse_qs(urlsplit(returned.headers["location"]).query)
    assert words["out_trade_no"] == [order.out_trade_no]


def test_a_page_that_was_tampered_with_leads_nowhere(till: Till):
    fields = dict(till.gateway.page(till.order(1990), back="https://mall.example/").fields)
    fields["biz_content"] = fields["biz_content"].replace("19.90", "0.01")
    answer = httpx.post(f"{till.config.gateway}?charset=utf-8", data=fields)
    assert "isv.invalid-signature" in answer.text


@pytest.mark.parametrize("number", ["x", "a" * 65, "a/b/c/d/e", "ab&c=def"])
def test_a_number_the_institution_cannot_take_is_not_sent(till: Till, number):
    order = till.order()
    object.__setattr__(order, "out_trade_no", number)
    for call in (till.gateway.create, lambda one: till.gateway.query(trade(one)), till.gateway.payload_for):
        assert failing(lambda call=call: call(order)).code == "bad_request"


# --- closing


def test_closing_is_harmless_and_tells_when_the_buyer_was_faster(till: Till):
    unscanned, scanned, paid = till.order(), till.order(), till.paid()
    till.gateway.create(unscanned)
    till.look(till.gateway.create(scanned))
    for _ in range(2):
        till.gateway.close(trade(unscanned))
        till.gateway.close(trade(scanned))
    till.gateway.close(trade(till.order()))
    assert till.state(scanned).status is PaymentStatus.CLOSED
    failed = failing(lambda: till.gateway.close(trade(paid)))
    assert (failed.permanent, failed.code) == (True, "already_paid")
    till.gateway.refund(till.refund_of(paid, paid.amount_fen))
    assert failing(lambda: till.gateway.close(trade(paid))).code == "already_paid"


def test_a_code_ends_with_its_time_and_money_may_come_later_all_the_same(till: Till):
    order = till.order(seconds=6.6)  # the institution's clock has whole seconds
    code = till.gateway.create(order)
    till.look(code)
    time.sleep(6.7)
    assert till.side.post("/alipay/scan", code_url=code).status_code == 409
    assert till.state(order).status is PaymentStatus.CLOSED
    till.scan(code, late=True)
    assert till.state(order).status is PaymentStatus.SUCCEEDED


# --- refunds


def test_refunds_are_told_apart_repeated_and_never_more_than_was_paid(till: Till):
    order = till.paid(1000)
    first, second = till.refund_of(order, 300), till.refund_of(order, 700)
    assert till.gateway.query_refund(first).status is RefundStatus.ABSENT
    done = till.gateway.refund(first)
    assert (done.status, done.amount_fen, done.total_fen) == (RefundStatus.SUCCEEDED, 300, 1000)
    again = till.gateway.refund(first)
    assert again == till.gateway.query_refund(first)
    assert (again.refund_id, again.amount_fen) == (done.refund_id, 300)
    assert till.state(order).status is PaymentStatus.SUCCEEDED
    assert failing(lambda: till.gateway.refund(till.refund_of(order, 701))).permanent
    assert till.gateway.refund(second).refund_id != done.refund_id
    state = till.state(order)
    assert (state.status, state.amount_fen) == (PaymentStatus.REFUNDED, 1000)
    assert till.gateway.refund(second).status is RefundStatus.SUCCEEDED  # repeated when all of it is back


def test_a_refund_that_cannot_be_done_now_is_not_there_and_can_be_done_later(till: Till):
    request = till.refund_of(till.paid(), 90)
    till.side.fault("alipay", "not_enough")
    failed = failing(lambda: till.gateway.refund(request))
    assert (failed.permanent, failed.code) == (False, "not_enough")
    assert till.gateway.query_refund(request).status is RefundStatus.ABSENT
    assert till.gateway.refund(request).status is RefundStatus.SUCCEEDED


def test_no_refund_of_what_was_not_paid_or_is_finished(till: Till):
    order = till.paid()
    till.side.post("/alipay/finish", out_trade_no=order.out_trade_no)
    assert till.state(order).status is PaymentStatus.SUCCEEDED
    failed = failing(lambda: till.gateway.refund(till.refund_of(order, 1)))
    assert (failed.permanent, failed.code) == (True, "ACQ.TRADE_HAS_FINISHED")
    unknown = till.refund_of(till.order(), 1)
    assert till.gateway.query_refund(unknown).out_trade_no == ""
    assert failing(lambda: till.gateway.refund(unknown)).permanent


# --- answers that go wrong


@pytest.mark.parametrize("fault", ["timeout", "http_500", "forge"])
def test_an_answer_that_fails_is_asked_for_again(till: Till, fault):
    order = till.paid()
    for times in (1, 2):
        till.side.fault("alipay", fault, on="answer", times=times)
        gateway = till.with_patience(STUBBORN)
        if times == 1:
            assert gateway.query(trade(order)).status is PaymentStatus.SUCCEEDED
        else:
            failed = failing(lambda gateway=gateway: gateway.query(trade(order)))
            assert not failed.permanent
            code = {"timeout": "unanswered", "http_500": "http_500", "forge": "unsigned"}[fault]
            assert failed.code == code


def test_a_refund_whose_answer_was_lost_is_done_once(till: Till):
    order = till.paid(1000)
    request = till.refund_of(order, 400)
    till.side.fault("alipay", "timeout", on="answer")
    assert failing(lambda: till.gateway.refund(request)).code == "unanswered"
    assert till.gateway.refund(request).amount_fen == 400
    assert till.gateway.query_refund(till.refund_of(order, 400, request.out_refund_no)).amount_fen == 400
    assert failing(lambda: till.gateway.refund(till.refund_of(order, 601))).permanent


def test_a_wrong_amount_is_shown_as_it_is_for_the_caller_to_refuse(till: Till):
    order = till.paid(1990)
    till.side.fault("alipay", "wrong_amount", on="answer")
    assert till.state(order).amount_fen == 1991


def test_another_app_or_key_is_refused_by_the_institution(till: Till):
    strangers = ({"app_id": "2021000000000000"}, {"merchant_private_key_pem": private_pem(new_rsa())})
    for change, code in zip(strangers, ("isv.invalid-app-id", "isv.invalid-signature"), strict=True):
        other = Till(till.side, till.mall, **change)
        failed = failing(lambda other=other: other.gateway.create(other.order()))
        assert (failed.permanent, failed.code) == (False, f"gateway_{code}")
    deaf = Till(till.side, till.mall, alipay_public_key_pem=_public_pem())
    assert failing(lambda: deaf.state(till.order())).code == "unsigned"  # ABSENT is not believed either


def _public_pem() -> str:
    return new_rsa().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def test_a_machine_of_another_zone_is_in_time(till: Till, monkeypatch):
    for zone in ("America/New_York", "UTC", "Asia/Shanghai"):
        monkeypatch.setenv("TZ", zone)
        time.tzset()
        till.gateway.create(till.order())
    monkeypatch.undo()
    time.tzset()


def test_nobody_there_is_no_answer(till: Till):
    gone = Till(till.side, till.mall, gateway=f"http://127.0.0.1:{free_port()}/gateway.do")
    assert failing(lambda: gone.state(till.order())).code == "unanswered"
    with socket.create_server(("127.0.0.1", 0)) as silent:
        mute = Till(till.side, till.mall, gateway=f"http://127.0.0.1:{silent.getsockname()[1]}/gateway.do")
        start = time.monotonic()
        assert failing(lambda: mute.state(till.order())).code == "unanswered"
        assert time.monotonic() - start < SOON


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b"\xff",
        b'{"sign":"x"}',
        b'{"a_response":1,"sign":"x"}',
        b'{"a_response":{} "sign":"x"}',
        b'{"a_response":{"a":1,"a":2},"sign":"x"}',
        b'{"a_response":{},"sign":"x","sign":"y"}',
        b'{"a_response":{},"sign":1}',
        b'{"sign":"x","a_response":{}}',
        b'{"a_response":{},"sign":"x"}{}',
        b'{"a_response":' + b'{"a":' * 100_000,
    ],
)
def test_answers_not_written_as_the_institution_writes_them_are_not_read(body):
    with pytest.raises(ValueError):  # noqa: PT011 - any kind of it
        split_answer(body)


def test_what_is_signed_of_an_answer_is_its_very_text():
    text = '{"a_response":{"b": "}\\u4e00\\",\\"sign\\":\\"" ,"c":{}} , "sign":"x\\/y="}'
    name, raw, content, signature = split_answer(text.encode())
    assert (name, signature) == ("a_response", "x/y=")
    assert raw == text[14:-18]
    assert content == {"b": '}一","sign":"', "c": {}}


def test_nothing_that_was_said_is_in_the_log(till: Till, caplog):
    caplog.set_level(logging.DEBUG)
    order = till.paid(7654321)
    till.gateway.refund(till.refund_of(order, 7654321))
    till.gateway.page(order, back="https://mall.example/")
    assert order.out_trade_no not in caplog.text
    assert "76543.21" not in caplog.text


@pytest.mark.parametrize("change", [{"gateway": "gateway.do"}, {"merchant_private_key_pem": "x"}])
def test_an_account_that_cannot_work_is_refused_at_once(till: Till, change):
    with pytest.raises(ValueError):  # noqa: PT011 - as the parts raise it
        Till(till.side, till.mall, **change)


def test_the_desk_shows_trades_and_the_party_is_known(till: Till):
    order = till.paid()
    shown = httpx.get(f"{till.side.address}/alipay", headers={"accept": "text/html"}).text
    assert order.out_trade_no in shown
    assert till.side.post("/alipay/scan", code_url="nothing").status_code == 404
    assert till.side.received("alipay", unique()) == []
    until(lambda: till.mall.at(till.path))
    assert isinstance(till.gateway, AlipayGateway)
