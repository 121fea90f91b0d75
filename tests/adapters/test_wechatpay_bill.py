"""The bill of a day: the institution's books, told truly, told wrongly, cut short, not made yet."""

import hashlib
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mingpu.adapters.counterparts.store import Store
from mingpu.adapters.counterparts.wechatpay_bill import bill_of
from mingpu.adapters.counterparts.wechatpay_wire import Refused
from mingpu.adapters.payment import BillKind, BillLine, PaymentFailed
from mingpu.adapters.payment.wechatpay import WeChatPayGateway
from mingpu.adapters.payment.wechatpay_bill import check_hash, may_still_come, read
from tests.adapters.conftest import Mall, Side, unique, until
from tests.adapters.paying import Till, refund_of, trade_of

CHINA = timezone(timedelta(hours=8))
DAY = date(2026, 1, 2)
INSERT_TRADE = "INSERT INTO trade VALUES (?, ?, ?, ?, 'http://x', NULL, 'SUCCESS', ?, ?, 'o-somebody', 0)"
INSERT_REFUND = "INSERT INTO refund VALUES (?, ?, ?, ?, 'http://x', '', 'SUCCESS', 'SUCCESS', 0, ?)"


@pytest.fixture
def till(side: Side, mall: Mall) -> Till:
    return Till(side, mall)


def today() -> date:
    return datetime.now(CHINA).date()


def settled(till: Till, amount_fen: int, back_fen: int) -> tuple[str, str, str, str]:
    """Pay and give a part back; return their numbers and ours."""
    order = till.paid(amount_fen)
    refund = refund_of(order, back_fen)
    till.gateway.refund(refund)
    done = until(lambda: (s := till.gateway.query_refund(refund)).status == "succeeded" and s)
    theirs = till.gateway.query(trade_of(order)).transaction_id
    assert theirs
    return order.out_trade_no, theirs, refund.out_refund_no, done.refund_id


def test_a_day_holds_what_was_paid_and_what_went_back(till: Till):
    number, theirs, refund_no, refund_id = settled(till, 1990, 90)
    unpaid = till.order()
    till.gateway.create(unpaid)
    lines = [line for line in till.gateway.bill(today()) if line.number in {number, refund_no}]
    assert sorted(lines, key=lambda line: line.kind) == [
        BillLine(kind=BillKind.CHARGE, number=number, provider_txn=theirs, amount_fen=1990),
        BillLine(kind=BillKind.REFUND, number=refund_no, provider_txn=refund_id, amount_fen=90),
    ]
    assert unpaid.out_trade_no not in {line.number for line in till.gateway.bill(today())}


def test_a_bill_not_made_yet_is_no_empty_bill(till: Till):
    till.paid()
    till.side.fault("wechatpay", "no_bill")
    with pytest.raises(PaymentFailed) as failed:
        till.gateway.bill(today())
    assert (failed.value.permanent, failed.value.code) == (False, "no_bill")
    assert till.gateway.bill(today())


def test_a_day_without_movements_is_empty_and_one_to_come_is_refused(till: Till):
    assert till.gateway.bill(date(2020, 1, 1)) == []
    with pytest.raises(PaymentFailed) as failed:
        till.gateway.bill(today() + timedelta(days=2))
    assert failed.value.permanent


@pytest.mark.parametrize(
    ("hours", "still"), [(0, True), (24, True), (33.9, True), (34, False), (48, False)]
)  # 34: ten in the morning of the next day in China
def test_until_ten_of_the_next_day_a_bill_may_still_come(hours, still):
    start = datetime(2026, 1, 2, tzinfo=CHINA)
    assert may_still_come(DAY, (start + timedelta(hours=hours)).astimezone(UTC)) is still


@pytest.mark.parametrize("kind", ["wrong_amount", "missing_line", "extra_line"])
def test_a_bill_that_differs_is_read_as_it_is(till: Till, kind):
    number = till.paid(4200).out_trade_no
    before = till.gateway.bill(today())
    till.side.fault("wechatpay", kind, on="bill")
    after = till.gateway.bill(today())
    counts = {"wrong_amount": 0, "missing_line": -1, "extra_line": 1}
    assert len(after) - len(before) == counts[kind]
    assert set(after) != set(before)
    assert till.gateway.bill(today()) == before
    assert number in {line.number for line in before}


def test_the_file_is_asked_of_our_gateway_with_our_signature(till: Till):
    till.paid()
    till.gateway.bill(today())
    raw = till.side.received("wechatpay", "/v3/billdownload/file")[-1]
    assert raw["path"].startswith("/v3/billdownload/file?token=")
    assert "mchid=" in raw["headers"]["authorization"]
    stranger = replace(
        till.config, merchant_private_key_pem=till.side.keys.wechatpay.platform_private_key_pem
    )
    with pytest.raises(PaymentFailed, match="SIGN_ERROR"):
        WeChatPayGateway(stranger).bill(today())


def test_a_file_is_held_against_its_checksum():
    right = {"hash_type": "SHA1", "hash_value": hashlib.sha1(b"x").hexdigest()}
    check_hash(b"x", right)
    for answer in ({}, right | {"hash_type": "MD5"}, right | {"hash_value": ""}):
        with pytest.raises(PaymentFailed, match="unreadable_hash"):
            check_hash(b"x", answer)
    with pytest.raises(PaymentFailed, match="unreadable_hash"):
        check_hash(b"y", right)


MOVES = st.lists(
    st.tuples(st.integers(1, 10**9), st.lists(st.integers(1, 10**7), max_size=3)), min_size=1, max_size=6
)


@settings(max_examples=40, deadline=None)
@given(moves=MOVES, name=st.sampled_from(["明铺订单", "a,b", "`x`", '"quoted", twice', ""]))
def test_whatever_was_booked_is_read_back(running, tmp_path_factory, moves, name):
    """Names of goods may hold commas, quotes and back-ticks; the sums of the bill hold."""
    keys, store = running.keys.wechatpay, Store(tmp_path_factory.mktemp("books"))
    expected = set()
    try:
        for place, (total, backs) in enumerate(moves):
            number, theirs = f"T{place}", f"4200{place}"
            at = f"2026-01-02T10:00:{place:02d}+08:00"
            store.run(INSERT_TRADE, number, unique(), total, name, theirs, at)
            expected.add((BillKind.CHARGE, number, theirs, total))
            for turn, back in enumerate(backs):
                refund_no, refund_id = f"R{place}{turn}", f"5030{place}{turn}"
                store.run(INSERT_REFUND, refund_no, refund_id, number, back, at)
                expected.add((BillKind.REFUND, refund_no, refund_id, back))
        lines = read(bill_of(keys, store, DAY, None), keys.mchid)
        found = {(one.kind, one.number, one.provider_txn, one.amount_fen) for one in lines}
        assert (found, len(lines)) == (expected, len(expected))
        with pytest.raises(Refused):
            bill_of(keys, store, DAY + timedelta(days=1), None)
    finally:
        store.close()


HEAD = (
    "商户号,微信订单号,商户订单号,交易状态,货币种类,微信退款单号,商户退款单号,退款状态,订单金额,申请退款金额"
)
SUMS = "总交易单数,订单总金额,申请退款总金额"
PAID = "`16,`4200,`T1,`SUCCESS,`CNY,`0,`0,`,`19.90,`0.00"
BACK = "`16,`4200,`T1,`REFUND,`CNY,`5030,`R1,`SUCCESS,`0.00,`0.90"


def bill(*rows: str, sums: str = "`2,`19.90,`0.90") -> bytes:
    return "\n".join([HEAD, *rows, SUMS, sums, ""]).encode()


def test_columns_are_found_by_name_and_a_mark_at_the_start_does_no_harm():
    lines = read(b"\xef\xbb\xbf" + bill(PAID, BACK).replace(b"\n", b"\r\n"), "16")
    assert [(line.kind, line.amount_fen) for line in lines] == [("charge", 1990), ("refund", 90)]
    gone = BACK.replace("SUCCESS", "CLOSED")
    assert [line.kind for line in read(bill(PAID, gone), "16")] == ["charge"]


@pytest.mark.parametrize(
    "file",
    [
        b"",
        b"\xff\xfe",
        b'{"code": "SYSTEM_ERROR"}',
        HEAD.encode(),
        bill(PAID),  # a line is missing
        bill(PAID, BACK, sums="`2,`19.91,`0.90"),
        bill(PAID, BACK, sums="`2,`19.90,`0.91"),
        bill(PAID, BACK).replace(b"`16", b"`17"),
        bill(PAID, BACK.replace("CNY", "USD")),
        bill(PAID, BACK.replace("REFUND", "NEWS")),
        bill(PAID, BACK.replace("`R1", "`")),
        bill(PAID, BACK.replace("0.90", "0.9O")),
        bill(PAID, BACK.replace("0.90", "-0.90")),
        bill(PAID.replace("19.90", "0.00"), BACK, sums="`2,`0.00,`0.90"),
        bill(PAID + ",`more", BACK),
        bill(PAID.removeprefix("`"), BACK),
        bill(PAID, BACK) + SUMS.encode() + b"\n`2,`19.90,`0.90",
    ],
)
def test_a_bill_out_of_shape_is_never_read_in_part(file):
    with pytest.raises(PaymentFailed, match="unreadable_") as failed:
        read(file, "16")
    assert not failed.value.permanent
