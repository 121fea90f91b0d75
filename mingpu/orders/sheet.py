"""All of a person's orders as a table for spreadsheets, written while it is read."""

import csv
import io
from collections.abc import Iterator
from typing import Any, Final
from uuid import UUID

from mingpu.lib.text import Text, speaking
from mingpu.orders.queries import LineView, OrderView, exported
from mingpu.privacy.purposes import acting

HEADERS: Final = (
    Text("订单号", "Order number"),
    Text("状态", "Status"),
    Text("下单时间", "Placed at"),
    Text("付款时间", "Paid at"),
    Text("商家", "Merchant"),
    Text("商品", "Article"),
    Text("规格", "Variant"),
    Text("规格编码", "SKU"),
    Text("数量", "Quantity"),
    Text("单价（元）", "List price (yuan)"),
    Text("实付（元）", "Paid for it (yuan)"),
    Text("订单运费（元）", "Delivery of the order (yuan)"),
    Text("订单合计（元）", "Total of the order (yuan)"),
    Text("已退款（元）", "Refunded of the order (yuan)"),
)
BOM: Final = "\ufeff"  # so that spreadsheets read it as UTF-8
_ACTIVE: Final = (*"=+-@\t\r\n", *"＝＋－＠")  # what a spreadsheet would run, in full width too


def sheet(person_id: UUID, language: str) -> Iterator[str]:
    """Yield the table as CSV in pieces, a row for each line, the newest order first, headed in `language`.

    The reader's language and name are set anew for each piece, as the request is over by then.
    """
    with speaking(language):
        head = BOM + _row([str(it) for it in HEADERS])
    yield head
    slices = exported(person_id=person_id)
    while True:
        with speaking(language), acting("person"):
            orders = next(slices, None)
            text = "".join(_row(_cells(it, line)) for it in orders or () for line in it.lines)
        if orders is None:
            return
        yield text


def _cells(it: OrderView, line: LineView) -> list[Any]:
    options = " ".join(f"{name}:{value}" for name, value in line.options.items())
    paid = it.paid_at.isoformat() if it.paid_at else ""
    sums = (line.price_fen, line.payable_fen, it.shipping_fen, it.total_fen, it.refunded_fen)
    return [
        it.order_no, str(it.status_label), it.placed_at.isoformat(), paid, line.merchant, _text(line.title),
        _text(options), _text(line.sku), line.quantity, *(f"{fen / 100:.2f}" for fen in sums),
    ]  # fmt: skip


def _text(words: str) -> str:
    """Return words that no spreadsheet takes for a formula."""
    return f"'{words}" if words.startswith(_ACTIVE) else words


def _row(cells: list[Any]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(cells)
    return line.getvalue()
