"""Notices as the institution sends them, as it sends them on a bad day, and as it never would."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mingpu.adapters.counterparts.alipay import Alipay
from mingpu.adapters.counterparts.alipay_wire import china_time, load_rsa, sign, signed_text
from mingpu.adapters.counterparts.keys import new_rsa
from mingpu.adapters.payment import Forged, PaymentStatus
from mingpu.adapters.payment.alipay import AlipayGateway
from tests.adapters.alipay_till import Till, trade
from tests.adapters.conftest import Mall, Side, launch

FIXED = settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture
def till(side: Side, mall: Mall) -> Till:
    return Till(side, mall)


@pytest.fixture(scope="module")
def hasty(mall: Mall, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Till]:
    """A till beside an institution whose 25 hours pass in two seconds."""
    side = launch(tmp_path_factory.mktemp("hasty"), mall.url("/webhooks/sf/x"), "--pace", "0.00002")
    yield Till(side, mall)
    assert side.stop() == 0


@pytest.fixture(scope="module")
def genuine(running: Side, mall: Mall) -> tuple[Till, dict[str, str]]:
    """A client, and the fields of a genuine notice of a payment and a refund of a part of it."""
    till = Till(running, mall)
    order = till.paid(1990)
    till.notices()
    till.gateway.refund(till.refund_of(order, 90))
    return till, read(till.notices(2)[1].body)


def read(body: bytes) -> dict[str, str]:
    return dict(parse_qsl(body.decode(), keep_blank_values=True))


def form(told: dict[str, str]) -> bytes:
    return urlencode(told).encode()


def refused(till: Till, body: bytes) -> str:
    """The code with which a notice was refused as forged."""
    with pytest.raises(Forged) as forged:
        till.gateway.parse_callback({}, body)
    return forged.value.code


def signed(side: Side, told: dict[str, str], key: Any = None) -> bytes:
    """What the institution itself would have to sign, or another with `key`."""
    plain = {name: value for name, value in told.items() if name not in {"sign", "sign_type"}}
    own = key or load_rsa(side.keys.alipay.platform_private_key_pem)
    return form(plain | {"sign": sign(own, signed_text(plain)), "sign_type": "RSA2"})


# --- good days


def test_a_payment_is_told_once_and_holds_what_was_paid(till: Till):
    order = till.paid(4200)
    (call,) = till.notices()
    event = till.gateway.parse_callback(call.headers, call.body)
    assert event.refund is None
    assert event.payment == till.state(order)
    assert event.payment is not None
    assert (event.payment.status, event.payment.amount_fen) == (PaymentStatus.SUCCEEDED, 4200)
    assert read(call.body)["buyer_id"] not in repr(event)  # who paid is not in it
    assert abs(event.created_at - datetime.now(UTC)) < timedelta(seconds=10)
    assert till.gateway.parse_callback({}, call.body) == event
    time.sleep(0.3)
    assert len(till.notices()) == 1


def test_a_refund_is_told_as_the_payment_refunded_and_is_no_new_charge(till: Till):
    order = till.paid(1000)
    (paid,) = (till.payment(one) for one in till.notices())
    for count, (amount, status) in enumerate([(300, "TRADE_SUCCESS"), (700, "TRADE_CLOSED")], start=2):
        till.gateway.refund(till.refund_of(order, amount))
        call = till.notices(count)[-1]
        assert read(call.body)["trade_status"] == status
        told = till.payment(call)
        assert told.status is PaymentStatus.REFUNDED
        assert (told.amount_fen, told.transaction_id, told.paid_at) == (
            1000,
            paid.transaction_id,
            paid.paid_at,
        )


def test_the_end_of_refunds_is_the_same_payment_and_another_event(till: Till):
    order = till.paid()
    till.side.post("/alipay/finish", out_trade_no=order.out_trade_no)
    first, second = (till.gateway.parse_callback({}, one.body) for one in till.notices(2))
    assert first.payment == second.payment
    assert first.event_id != second.event_id


def test_what_was_closed_unpaid_is_told_as_closed(till: Till):
    scanned = till.order()
    till.look(till.gateway.create(scanned))
    till.gateway.close(trade(scanned))
    (call,) = till.notices()
    told = till.payment(call)
    assert (told.out_trade_no, told.status) == (scanned.out_trade_no, PaymentStatus.CLOSED)
    assert told.amount_fen is None


def test_what_is_said_back(till: Till):
    yes, no = till.gateway.callback_reply(ok=True), till.gateway.callback_reply(ok=False)
    assert (yes.status, yes.body) == (200, b"success")
    assert no.body != b"success"


# --- bad days


def test_the_table_of_retries_is_the_institutions():
    assert len(Alipay.waits) == 7
    assert 24 * 3600 < sum(Alipay.waits) < 25 * 3600


@pytest.mark.parametrize("answer", [(200, b"fail"), (200, b"success\n"), (500, b"success"), (204, b"")])
def test_only_the_very_word_ends_it(till: Till, answer):
    till.mall.replies[till.path] = [answer, (200, b"success")]
    till.paid()
    first, second = (till.gateway.parse_callback({}, one.body) for one in till.notices(2))
    assert (first.event_id, first.payment) == (second.event_id, second.payment)
    assert first.created_at <= second.created_at


def test_eight_tries_and_no_more(hasty: Till):
    hasty.mall.replies[hasty.path] = [(200, b"fail")]
    hasty.paid()
    calls = hasty.notices(8)
    time.sleep(0.5)
    assert len(hasty.notices()) == 8
    assert len({hasty.gateway.parse_callback({}, one.body).event_id for one in calls}) == 1


def test_duplicates_are_the_same_event(till: Till):
    till.side.fault("alipay", "duplicate")
    till.paid()
    first, second = (till.gateway.parse_callback({}, one.body) for one in till.notices(2))
    assert (first.event_id, first.payment) == (second.event_id, second.payment)


def test_a_delayed_or_dropped_notice_and_asking_finds_the_payment(till: Till):
    till.side.fault("alipay", "delay", seconds=0.8)
    begun = time.monotonic()
    order = till.paid()
    assert till.state(order).status is PaymentStatus.SUCCEEDED
    till.notices()
    assert time.monotonic() - begun >= 0.7
    till.side.fault("alipay", "drop")
    till.paid()
    time.sleep(0.4)
    assert len(till.notices()) == 1


def test_reordered_the_refund_comes_before_the_payment(till: Till):
    till.side.fault("alipay", "reorder", seconds=30)
    order = till.paid(1000)
    till.gateway.refund(till.refund_of(order, 1000))
    told = [till.payment(one).status for one in till.notices(2)]
    assert told == [PaymentStatus.REFUNDED, PaymentStatus.SUCCEEDED]


def test_a_wrong_amount_is_signed_well_and_left_to_the_caller_to_refuse(till: Till):
    till.mall.replies[till.path] = [(200, b"fail"), (200, b"success")]
    till.side.fault("alipay", "wrong_amount")
    till.paid(1990)
    wrong, right = (till.payment(one) for one in till.notices(2))
    assert (wrong.amount_fen, right.amount_fen) == (1991, 1990)


def test_five_kinds_of_forgery_are_refused_and_the_true_one_still_comes(hasty: Till):
    till = Till(hasty.side, hasty.mall)
    till.side.fault("alipay", "forge", times=5)
    till.paid(1990)
    calls = till.notices(6)
    codes = [refused(till, one.body) for one in calls[:5]]
    assert codes == ["signature", "signature", "merchant", "merchant", "signature"]
    assert till.payment(calls[5]).amount_fen == 1990


# --- forgeries


def test_every_field_changed_left_out_or_emptied_is_refused(genuine):
    till, told = genuine
    assert len(told) >= 25
    event = till.gateway.parse_callback({}, form(told))
    for name, value in told.items():
        last = "1" if value[-1:] != "1" else "2"
        for other in (value[:-1] + last, value + "0", value[::-1] + "x", "", "0.01", value.upper() + " "):
            assert refused(till, form(told | {name: other}))
        assert refused(till, form({key: kept for key, kept in told.items() if key != name}))
    assert refused(till, form(told | {"new_field": "1"}))
    assert till.gateway.parse_callback({}, form(dict(reversed(told.items())))) == event


def test_fields_of_two_notices_swapped_are_refused(genuine):
    till, told = genuine
    other = till.paid(1)
    (call,) = [one for one in till.notices(3) if other.out_trade_no.encode() in one.body]
    stranger = read(call.body)
    for name in told.keys() & stranger.keys():
        if told[name] != stranger[name]:
            assert refused(till, form(told | {name: stranger[name]}))


def test_a_field_cannot_be_hidden_in_the_one_before_it(genuine):
    """The signed text stays the same when `a=1` and `b=2` become one field a of `1&b=2`."""
    till, told = genuine
    names = sorted(name for name in told if name not in {"sign", "sign_type"})
    for first, second in pairwise(names):
        merged = {name: value for name, value in told.items() if name != second}
        merged[first] = f"{told[first]}&{second}={told[second]}"
        assert refused(till, form(merged)) == "ambiguous"


@FIXED
@given(place=st.integers(0, 3000), byte=st.integers(0, 255))
def test_a_body_with_one_byte_changed_is_forged_or_says_the_same(genuine, place, byte):
    till, told = genuine
    body = form(told)
    at = place % len(body)
    changed = body[:at] + bytes([byte]) + body[at + 1 :]
    try:
        assert till.gateway.parse_callback({}, changed) == till.gateway.parse_callback({}, body)
    except Forged:
        assert changed != body


def test_the_institutions_own_word_for_another_merchant_is_refused(genuine):
    till, told = genuine
    assert till.gateway.parse_callback({}, signed(till.side, told))
    for change in ({"app_id": "2021000000000000"}, {"seller_id": "2088000000000000"}):
        assert refused(till, signed(till.side, told | change)) == "merchant"
    bare = {name: value for name, value in told.items() if name != "seller_id"}
    assert refused(till, signed(till.side, bare)) == "merchant"


def test_an_untrusted_key_and_an_old_digest_are_refused(genuine):
    till, told = genuine
    assert refused(till, signed(till.side, told, new_rsa())) == "signature"
    assert refused(till, form(told | {"sign_type": "RSA"})) == "algorithm"
    for other in (told["sign"] + "\n", told["sign"].rstrip("="), " " + told["sign"], told["sign"] + "===="):
        assert refused(till, form(told | {"sign": other})) == "signature"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"total_amount": "19.9"}, "amount"),
        ({"total_amount": "019.90"}, "amount"),
        ({"total_amount": "1e3"}, "amount"),
        ({"total_amount": "-19.90"}, "amount"),
        ({"total_amount": "0.00"}, "amount"),
        ({"total_amount": "１９.90"}, "amount"),
        ({"trade_status": "TRADE_WHATEVER"}, "kind"),
        ({"notify_type": "batch_trans_notify"}, "kind"),
        ({"trans_currency": "USD"}, "currency"),
        ({"charset": "GBK"}, "charset"),
        ({"notify_time": "2026-13-01 00:00:00"}, "time"),
        ({"gmt_payment": "yesterday"}, "time"),
        ({"notify_id": ""}, "notify_id"),
        ({"out_trade_no": "x" * 257}, "out_trade_no"),
    ],
)
def test_signed_but_not_what_it_should_say(genuine, change, code):
    till, told = genuine
    assert refused(till, signed(till.side, told | change)) == code


def test_a_notice_is_too_old_when_the_last_try_is_over(genuine):
    till, told = genuine
    for hours, fresh in ((25, True), (27, False), (-1, False)):
        body = signed(till.side, told | {"notify_time": china_time(time.time() - hours * 3600)})
        if fresh:
            assert till.gateway.parse_callback({}, body).payment
        else:
            assert refused(till, body) == "stale"


def test_a_recorded_notice_played_again_later_is_the_same_event_or_none(genuine):
    till, told = genuine
    event = till.gateway.parse_callback({}, form(told))
    for hours, taken in ((20, True), (30, False)):
        then = datetime.now(UTC) + timedelta(hours=hours)
        later = AlipayGateway(till.config, clock=lambda then=then: then)  # type: ignore[misc]
        if taken:
            assert later.parse_callback({}, form(told)) == event
        else:
            with pytest.raises(Forged):
                later.parse_callback({}, form(told))


@pytest.mark.parametrize(
    "body",
    [b"", b"x", b"a=1&a=2", b"\xff\xfe", b"a=%ff", b"a=1;b=2", b"A=1", b"a=1" * 30_000, b"a=1&" * 200],
)
def test_rubbish_is_refused(till: Till, body):
    assert refused(till, body)
