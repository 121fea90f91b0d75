"""The bill of a day: as downloaded, as read, and what is refused."""

import io
import zipfile
from datetime import date, datetime, timedelta

import httpx
import pytest

from mingpu.adapters.payment import BillKind, PaymentFailed
from mingpu.adapters.payment.alipay import BILL_BY
from mingpu.adapters.payment.alipay_bill import read_bill
from mingpu.adapters.payment.alipay_core import CHINA
from tests.adapters.alipay_till import Till
from tests.adapters.conftest import Mall, Side

HEAD = "支付宝交易号,商户订单号,业务类型,商品名称,对方账户,订单金额（元）,商家实收（元）,退款批次号/请求号"
FRAME = "#支付宝业务明细查询\r\n#账号：[20881234567890120156]\r\n#起始日期：[2026年11月22日 00:00:00]   终止日期：[…]\r\n"
DAY = date(2026, 11, 22)


@pytest.fixture
def till(side: Side, mall: Mall) -> Till:
    return Till(side, mall)


def today() -> date:
    return datetime.now(CHINA).date()


def packed(*files: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for place, text in enumerate(files):
            archive.writestr(f"{place}.csv", text.encode("gbk"))
    return made.getvalue()


def table(*lines: str) -> str:
    return "\r\n".join(
        [FRAME + "#---业务明细列表---", HEAD, *lines, "#---业务明细列表结束---", "#交易合计：…", ""]
    )


def test_a_day_is_read_to_the_fen(till: Till):
    order = till.paid(123456)
    request = till.refund_of(order, 99)
    refund = till.gateway.refund(request)
    state = till.state(order)
    lines = {(line.kind, line.number): line for line in till.gateway.bill(today())}
    charge = lines[BillKind.CHARGE, order.out_trade_no]
    assert (charge.amount_fen, charge.provider_txn) == (123456, state.transaction_id)
    back = lines[BillKind.REFUND, request.out_refund_no]
    assert (back.amount_fen, back.provider_txn) == (99, refund.refund_id)


@pytest.mark.parametrize("lie", ["wrong_amount", "missing_line", "extra_line"])
def test_a_bill_that_differs_is_shown_as_it_is(till: Till, lie):
    order = till.paid(500)
    told = till.gateway.bill(today())
    till.side.fault("alipay", lie, on="bill")
    lied = till.gateway.bill(today())
    if lie == "wrong_amount":
        assert {line.amount_fen for line in lied if line.number == order.out_trade_no} == {501}
    else:
        assert len(lied) - len(told) == (1 if lie == "extra_line" else -1)


def test_a_bill_not_made_yet_is_told_from_a_day_without_business(till: Till):
    till.paid()
    till.side.fault("alipay", "no_bill")
    with pytest.raises(PaymentFailed) as failed:
        till.gateway.bill(today())
    assert (failed.value.permanent, failed.value.code) == (False, "no_bill")
    for ago, quiet in ((3, True), (1, False), (-1, False)):
        day = today() - timedelta(days=ago)
        if quiet:
            assert till.gateway.bill(day) == []
        else:
            with pytest.raises(PaymentFailed, match="no_bill"):
                till.gateway.bill(day)
    assert timedelta(hours=24) < BILL_BY < timedelta(hours=48)


def test_the_address_of_a_bill_is_a_secret(till: Till):
    answer = httpx.get(f"{till.side.address}/alipay/bill", params={"token": "guessed"})
    assert answer.status_code == 403


def test_what_the_file_says():
    text = table(
        "2026\t,A1\t,交易,明铺订单 A1,例*(a***@b.cn),1234.56,1230.00,\t",
        '2026\t,A1\t,退款,"有,逗号",,-0.09,-0.09,R1\t',
        "",
    )
    summary = "#支付宝业务汇总查询\r\n门店编号,门店名称,交易订单总笔数\r\n合计,,1\r\n"
    charge, refund = read_bill(packed(summary, text), seller_id="2088123456789012", day=DAY)
    assert (charge.kind, charge.number, charge.provider_txn, charge.amount_fen) == (
        BillKind.CHARGE,
        "A1",
        "2026",
        123456,
    )
    assert (refund.kind, refund.number, refund.provider_txn, refund.amount_fen) == (
        BillKind.REFUND,
        "R1",
        "2026:R1",
        9,
    )
    assert read_bill(packed(table()), seller_id="2088123456789012", day=DAY) == []


@pytest.mark.parametrize(
    "line",
    [
        "2026,A1,转账,x,,1.00,1.00,",
        "2026,A1,交易,x,,-1.00,1.00,",
        "2026,A1,退款,x,,1.00,1.00,R1",
        "2026,A1,交易,x,,1.001,1.00,",
        "2026,A1,交易,x,,,1.00,",
        "2026,A1,交易,x,,0.00,1.00,",
        ",A1,交易,x,,1.00,1.00,",
        "2026,A1,交易,x,,1.00",
    ],
)
def test_half_a_bill_is_worse_than_none(line):
    with pytest.raises(ValueError):  # noqa: PT011 - any kind of it
        read_bill(packed(table(line)), seller_id="2088123456789012", day=DAY)


def test_another_accounts_or_days_bill_is_not_ours():
    good = packed(table())
    for seller, day in (("2088000000000000", DAY), ("2088123456789012", DAY + timedelta(days=1))):
        with pytest.raises(ValueError, match="not this bill"):
            read_bill(good, seller_id=seller, day=day)
    for bad in (b"", b"PK", good[:-30], packed("a,b\r\n"), table().encode("gbk")):
        with pytest.raises(ValueError):  # noqa: PT011 - any kind of it
            read_bill(bad, seller_id="2088123456789012", day=DAY)
