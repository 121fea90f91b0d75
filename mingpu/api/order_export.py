"""All of a person's orders as a file, written while it is read."""

import csv
import io
import json
from collections.abc import Iterator, Mapping
from typing import Any, Final
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder

from mingpu.api.order_json import item_json
from mingpu.lib.text import Text, speaking
from mingpu.orders.queries import LineView, OrderView, exported
from mingpu.privacy.purposes import acting

FILES: Final[Mapping[str, str]] = {"csv": "text/csv", "jsonl": "application/x-ndjson"}
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
_ACTIVE: Final = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would run


def written(person_id: UUID, kind: str, language: str) -> Iterator[str]:
    """Yield the file in pieces. The reader's language and name are set anew for each, as the request is over."""
    if kind == "csv":
        with speaking(language):
            head = BOM + _row([str(it) for it in HEADERS])
        yield head
    slices = exported(person_id=person_id)
    while True:
        with speaking(language), acting("person"):
            orders = next(slices, None)
            text = "".join(_csv(it) if kind == "csv" else _json(it) for it in orders or ())
        if orders is None:
            return
        yield text


def _json(it: OrderView) -> str:
    return json.dumps(item_json(it), ensure_ascii=False, cls=DjangoJSONEncoder) + "\n"


def _csv(it: OrderView) -> str:
    return "".join(_row(_cells(it, line)) for line in it.lines)


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
