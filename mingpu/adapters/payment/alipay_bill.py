"""Alipay's bill of a day (type `trade`), as we read it.

No schema of it is published; this is our reading of the files as they are. What is downloaded is a zip of two
CSV files in GBK, the movements (业务明细) and a summary (汇总); the summary is left alone. Lines that begin with
`#` frame the table: account, days and totals. The table has a line of column names, then one line a movement, each
value possibly followed by tabs. `业务类型` is 交易 or 退款; amounts are in yuan, those of refunds negative.
`订单金额（元）` is what was asked for, whoever bore a discount of the institution. A refund has the number of the
payment it belongs to and, as `退款批次号/请求号`, ours. Accounts of buyers are in the file; they are not read.
"""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import Final

from mingpu.adapters.payment import BillKind, BillLine
from mingpu.lib.money import to_fen

LARGEST: Final = 64 * 1024 * 1024  # bytes as downloaded
_LARGEST_FILE: Final = 1024 * 1024 * 1024  # bytes unpacked
_TRADE_NO, _OURS, _KIND = "支付宝交易号", "商户订单号", "业务类型"
_AMOUNT, _REFUND = "订单金额（元）", "退款批次号/请求号"
_COLUMNS: Final = frozenset({_TRADE_NO, _OURS, _KIND, _AMOUNT, _REFUND})
_KINDS: Final = {"交易": BillKind.CHARGE, "退款": BillKind.REFUND}
_YUAN: Final = re.compile(r"-?\d{1,11}(\.\d{1,2})?")


def refund_id(trade_no: str, out_request_no: str) -> str:
    """Return the institution's name of a refund: it has no number of its own, only these two together."""
    return f"{trade_no}:{out_request_no}"


def read_bill(packed: bytes, *, seller_id: str, day: date) -> list[BillLine]:
    """Return the movements of a bill as downloaded; it must be ours and begin on `day`.

    Raises ValueError for what cannot be read, or is another's or another day's.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(packed)) as archive:
            if sum(one.file_size for one in archive.infolist()) > _LARGEST_FILE:
                raise ValueError("too large")
            for one in archive.infolist():  # by content: how names are encoded differs
                with archive.open(one) as raw:
                    lines = list(io.TextIOWrapper(raw, encoding="gb18030", errors="replace", newline=""))
                    found = _table(lines)
                    if found is not None:
                        _check_frame(lines, seller_id, f"[{day:%Y年%m月%d日} 00:00:00]")
                        return found
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, RuntimeError):
        raise ValueError("not a bill") from None
    raise ValueError("no movements in it")


def _check_frame(lines: Iterable[str], seller_id: str, begins: str) -> None:
    """Refuse the bill of another account or day, as told in the lines above the table. Raises ValueError."""
    frame = [line for line in lines if line.startswith("#")]
    ours = any(line.startswith(f"#账号：[{seller_id}") for line in frame)
    if not ours or not any(line.startswith("#起始日期：") and begins in line for line in frame):
        raise ValueError("not this bill")


def _table(lines: Iterable[str]) -> list[BillLine] | None:
    """Return the lines of a file of movements, None for another file. Raises ValueError."""
    rows = csv.reader(line for line in lines if not line.startswith("#"))
    head = [cell.strip() for cell in next(rows, [])]
    if not set(head) >= _COLUMNS:
        return None
    return list(_lines(head, rows))


def _lines(head: list[str], rows: Iterator[list[str]]) -> Iterator[BillLine]:
    for row in rows:
        cells = [cell.strip() for cell in row]
        if not any(cells):
            continue
        line = dict(zip(head, cells, strict=True))
        kind = _KINDS.get(line[_KIND])
        if kind is None or not _YUAN.fullmatch(line[_AMOUNT]):
            raise ValueError("an unknown kind of movement")
        fen = to_fen(Decimal(line[_AMOUNT]))
        if not line[_TRADE_NO] or (fen > 0) is not (kind is BillKind.CHARGE):
            raise ValueError("a movement the wrong way")
        if kind is BillKind.CHARGE:
            number, theirs = line[_OURS], line[_TRADE_NO]
        else:
            number = line[_REFUND]
            theirs = refund_id(line[_TRADE_NO], number)
        yield BillLine(kind=kind, number=number, provider_txn=theirs, amount_fen=abs(fen))
