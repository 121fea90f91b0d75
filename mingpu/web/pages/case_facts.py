"""A case of after-sales as its page shows it: where it stands, until when, and what comes next."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from mingpu.delivery.queries import ShipmentView
from mingpu.lib.text import Text
from mingpu.orders.queries import LineView, OrderView
from mingpu.service import rules
from mingpu.service.queries import CaseView
from mingpu.web.pages.lines import shop_name
from mingpu.web.pages.order_facts import shipment_facts

NOTES: Final = {
    rules.REVIEWING: Text("商家会尽快处理。", "The seller will look at it soon."),
    rules.REJECTED: Text("不同意这个结果，可以请平台仲裁。", "If you do not agree, the mall can decide."),
    rules.ARBITRATION: Text(
        "平台会看双方说明和照片后决定。", "The mall looks at what both sides say and show."
    ),
    rules.AWAITING_RETURN: Text("请选择怎样寄回商品。", "Please choose how the goods come back."),
    rules.INSPECTION: Text(
        "商家收到后检查，检查通过就往下办。", "The seller checks the goods when they are there."
    ),
    rules.REPLACING: Text("正在安排换货。", "The replacement is being arranged."),
    rules.REPAIRING: Text("正在维修，修好寄给您。", "It is being mended and comes back to you."),
    rules.REFUNDING: Text("退款已提交，按原来的付款方式退回。", "The refund is under way, the way you paid."),
    rules.REFUNDED: Text("已按原来的付款方式退回。", "The money is back where it came from."),
}
# What is written before and after the moment by which somebody has to act; then it goes on by itself.
DEADLINES: Final = {
    rules.REVIEWING: (Text("商家需在", "The seller has until"), Text("前处理，逾期自动同意", "to answer; then it is granted")),
    rules.REJECTED: (Text("可在", "The mall can be asked until"), Text("前申请平台仲裁", "to decide")),
    rules.ARBITRATION: (Text("平台一般在", "The mall usually answers by"), Text("前答复", "")),
    rules.AWAITING_RETURN: (Text("请在", "Please send it by"), Text("前寄出，逾期售后关闭", "or the case closes")),
    rules.INSPECTION: (Text("商家需在", "The seller has until"), Text("前验收，逾期视为通过", "to check it; then it is accepted")),
    rules.REPAIRING: (Text("应在", "To be mended by"), Text("前修好，逾期改为退款", "or refunded instead")),
}  # fmt: skip
FIRST: Final = (rules.REVIEWING,)
BACK: Final = (*FIRST, rules.AWAITING_RETURN, rules.INSPECTION)
WAYS: Final = {
    rules.REFUND: (*FIRST, rules.REFUNDING, rules.REFUNDED),
    rules.RETURN: (*BACK, rules.REFUNDING, rules.REFUNDED),
    rules.EXCHANGE: (*BACK, rules.REPLACING, rules.EXCHANGED),
    rules.REPAIR: (*BACK, rules.REPAIRING, rules.REPAIRED),
}
PAYS_BACK: Final = frozenset({rules.REFUND, rules.RETURN})
BY_COURIER: Final = Text("快递员会上门取件，请把商品包好。", "A courier comes for it; please have it packed.")


def case_facts(it: CaseView, order: OrderView, parcels: Sequence[ShipmentView]) -> dict[str, Any]:
    """Return a case as `case.html` shows it. parcels: those of this case."""
    lines = {line.sku: line for line in order.lines}
    note = (
        BY_COURIER
        if it.status == rules.AWAITING_RETURN and it.way == rules.COURIER
        else NOTES.get(it.status, "")
    )
    return {
        "case_no": it.case_no, "order_no": it.order_no, "type": it.type, "type_label": it.type_label,
        "status": it.status, "status_label": it.status_label, "opened_at": it.created_at,
        "deadline": _deadline(it), "refund_fen": it.amount_fen if it.type in PAYS_BACK else 0,
        "reason_label": it.reason_label, "description": it.description, "appeal": it.appeal, "answer": it.answer,
        "shop": shop_name(it.merchant), "freight": it.freight_label if it.type != rules.REFUND else "",
        "lines": [_asked(lines[sku], pieces, dict(it.swaps)) for sku, pieces in it.lines if sku in lines],
        "events": [{"at": at, "text": text} for at, text in reversed(it.events)], "steps": _steps(it),
        "note": note, "actions": it.actions, "way": it.way, "waybill_no": it.waybill_no,
        "return_courier": it.return_courier, "over": it.status in rules.FINAL,
        "evidence": [{"number": one.number, "kind": one.kind, "at": one.added_at} for one in it.evidence],
        "shipments": [shipment_facts(parcel, lines) for parcel in parcels],
    }  # fmt: skip


def _deadline(it: CaseView) -> dict[str, Any] | None:
    """Return the moment by which somebody has to act, and the words around it; None for a state without one."""
    if it.due_at is None or it.status not in DEADLINES:
        return None
    before, after = DEADLINES[it.status]
    return {"before": before, "at": it.due_at, "after": after}


def _asked(line: LineView, quantity: int, swaps: Mapping[str, str]) -> dict[str, Any]:
    return {
        "sku": line.sku, "product_id": line.product_id, "title": line.title, "options": line.options,
        "image": line.image, "price_fen": line.price_fen, "quantity": quantity,
        "subtotal_fen": line.price_fen * quantity, "swap": swaps.get(line.sku, ""),
    }  # fmt: skip


def _steps(it: CaseView) -> list[dict[str, Any]]:
    """Return the course of a case that goes well, with how far it has come; [] for one that went otherwise."""
    way = WAYS.get(it.type, ())
    if it.status not in way:
        return []
    here = way.index(it.status)
    states = ["done" if place < here else "current" if place == here else "todo" for place in range(len(way))]
    return [{"label": rules.LABELS[name], "state": state} for name, state in zip(way, states, strict=True)]
