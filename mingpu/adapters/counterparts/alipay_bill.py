"""Alipay's bill of a day: a zip of movements and summary, CSV in GBK."""

import io
import sqlite3
import zipfile
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from mingpu.adapters.counterparts.alipay_wire import CHINA, china_time, yuan

_HEAD = (
    "支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,门店编号,门店名称,操作员,终端号,对方账户,"
    "订单金额（元）,商家实收（元）,支付宝红包（元）,集分宝（元）,支付宝优惠（元）,商家优惠（元）,券核销金额（元）,"
    "券名称,商家红包消费金额（元）,卡消费金额（元）,退款批次号/请求号,服务费（元）,分润（元）,备注"
)
_SUMMARY = "门店编号,门店名称,交易订单总笔数,退款订单总笔数,订单金额（元）,商家实收（元）"
_RULE = "-" * 40


def span(day: date) -> tuple[float, float]:
    """Return the Unix times between which `day` lies in China."""
    start = datetime.combine(day, time(), CHINA)
    return start.timestamp(), (start + timedelta(days=1)).timestamp()


def write_bill(rows: Sequence[sqlite3.Row], *, seller_id: str, day: date, lie: str | None) -> bytes:
    """Write the bill of `day`. lie: wrong_amount, missing_line or extra_line, about the newest movement."""
    lines = [_line(row) for row in rows]
    if lie == "missing_line":
        lines = lines[:-1]
    elif lie == "wrong_amount":
        lines[-1] = _line(rows[-1], off=1)
    elif lie == "extra_line":
        lines.append(_line(rows[-1], prefix="X"))
    begin, end = f"{day:%Y年%m月%d日} 00:00:00", f"{day + timedelta(days=1):%Y年%m月%d日} 00:00:00"
    frame = [f"#账号：[{seller_id}0156]", f"#起始日期：[{begin}]   终止日期：[{end}]"]
    charges = [row["fen"] for row in rows if not row["out_request_no"]]
    refunds = [row["fen"] for row in rows if row["out_request_no"]]
    table = [
        "#支付宝业务明细查询",
        *frame,
        f"#{_RULE}业务明细列表{_RULE}",
        _HEAD,
        *lines,
        f"#{_RULE}业务明细列表结束{_RULE}",
        f"#交易合计：{len(charges)}笔，退款合计：{len(refunds)}笔",
        f"#导出时间：[{china_time()}]",
    ]
    counts = [str(len(charges)), str(len(refunds)), _signed(sum(charges)), _signed(sum(charges + refunds))]
    summary = ["#支付宝业务汇总查询", *frame, _SUMMARY, ",".join(["合计\t", "\t", *counts])]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        stem = f"{seller_id}0156_{day:%Y%m%d}"
        archive.writestr(f"{stem}_业务明细(汇总).csv", "\r\n".join([*summary, ""]).encode("gbk"))
        archive.writestr(f"{stem}_业务明细.csv", "\r\n".join([*table, ""]).encode("gbk"))
    return packed.getvalue()


def _line(row: sqlite3.Row, *, off: int = 0, prefix: str = "") -> str:
    at, amount = china_time(row["at"]), _signed(row["fen"] + off)
    kind = "退款" if row["out_request_no"] else "交易"
    theirs, ours = prefix + row["trade_no"], prefix + row["out_trade_no"]
    request = prefix + row["out_request_no"] if row["out_request_no"] else ""
    cells = [
        f"{theirs}\t",
        f"{ours}\t",
        kind,
        row["subject"],
        at,
        at,
        *[""] * 4,
        "例*(exa***@mingpu.example)",
    ]
    cells += [amount, amount, *["0.00"] * 5, "", "0.00", "0.00", f"{request}\t", "0.00", "0.00", ""]
    return ",".join(cells)


def _signed(fen: int) -> str:
    return f"-{yuan(-fen)}" if fen < 0 else yuan(fen)
