"""An order as its pages show it: its steps, its shops, its parcels, its money, what was handed over at once."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from mingpu.delivery.queries import ShipmentView
from mingpu.invoices.queries import OrderInvoices
from mingpu.lib.text import Text
from mingpu.orders.queries import LineView, OrderView
from mingpu.orders.rules import (
    CANCELLED,
    CLOSED,
    COMPLETED,
    CONFIRMED,
    CONFIRMING,
    DELIVERED,
    EXPIRED,
    PAID,
    PARTLY,
    PENDING,
    SHIPPED,
)
from mingpu.payments.queries import PaymentView, RefundView
from mingpu.payments.rules import COD
from mingpu.service.course import in_words
from mingpu.service.queries import OrderInFull
from mingpu.virtual.queries import HandedOver
from mingpu.web.pages.lines import bought, by_shop, shop_name

NOTES: Final = {
    PAID: Text("我们正在备货，交给快递后这里会显示物流。", "We are packing it; the parcel's way will show here."),
    CONFIRMING: Text("货到付款等待确认，确认后马上备货。", "Cash on delivery is to be confirmed; packing follows."),
    CONFIRMED: Text("我们正在备货，签收时把货款付给快递员。", "We are packing it. You pay the courier at the door."),
    PARTLY: Text("商品分几个包裹寄出，先到的先看。", "It comes in several parcels; see below which is where."),
    CANCELLED: Text("这张订单已取消，商品已放回货架。", "This order was cancelled; the goods are back on the shelf."),
    EXPIRED: Text(
        "没有在时限内付款或确认。若您刚付了款，到账后订单会恢复，或原路退回。",
        "It was not paid or confirmed in time. If you have just paid, the order is revived or the money goes back.",
    ),
    CLOSED: Text("订单已关闭，已付的钱按原路退回。", "The order is closed; what was paid goes back the way it came."),
}  # fmt: skip
AT_ONCE: Final = Text("付款后马上到账，进度见下方。", "It is delivered as soon as it is paid; see below.")
STEPS: Final = {
    PENDING: Text("提交订单", "Placed"), CONFIRMING: Text("提交订单", "Placed"), PAID: Text("付款", "Paid"),
    CONFIRMED: Text("确认", "Confirmed"), SHIPPED: Text("发货", "On its way"), DELIVERED: Text("签收", "Delivered"),
    COMPLETED: Text("完成", "Completed"),
}  # fmt: skip
AGAIN: Final = frozenset({PAID, PARTLY, SHIPPED, DELIVERED, COMPLETED, CANCELLED, EXPIRED, CLOSED})


def card_facts(it: OrderView) -> dict[str, Any]:
    """Return an order as a list shows it."""
    names = [shop_name(code) for code, _ in by_shop(it.lines)]
    return {
        "order_no": it.order_no, "status": it.status, "status_label": it.status_label, "placed_at": it.placed_at,
        "lines": it.lines, "pieces": it.pieces, "total_fen": it.total_fen, "shops": names, "actions": it.actions,
        "again": it.status in AGAIN, "refunded_fen": it.refunded_fen, "more": it.pieces_left_out > 0,
    }  # fmt: skip


def order_facts(it: OrderInFull, handed: HandedOver | None, invoices: OrderInvoices | None) -> dict[str, Any]:
    """Return an order as `order.html` shows it. handed: for virtual goods; invoices: once it is paid."""
    order = it.order
    titles = {line.sku: line for line in order.lines}
    virtual = all(line.kind != "goods" for line in order.lines)
    return {
        "order": order, "steps": _steps(order, virtual=virtual), "again": order.status in AGAIN,
        "movable": it.movable, "note": AT_ONCE if virtual and order.status == PAID else NOTES.get(order.status, ""),
        "shops": _shops(order), "shipments": [shipment_facts(one, titles) for one in it.shipments],
        "payments": [_payment(one) for one in it.payments], "refunds": [_refund(one) for one in it.refunds],
        "cases": it.cases, "handed": _handed(handed, titles), "invoices": invoices,
        "course": [{"at": step.at, "text": in_words(step)} for step in reversed(order.course or order.events)],
        "cod_fen": order.total_fen if order.payment == COD and not order.paid_at else 0,
    }  # fmt: skip


def shipment_facts(parcel: ShipmentView, lines: Mapping[str, LineView]) -> dict[str, Any]:
    """Return a parcel as the pages show it; lines: of its order, by SKU."""
    return {
        "no": parcel.parcel_no, "courier": parcel.courier_label, "waybill_no": parcel.waybill_no or "",
        "status": parcel.status, "status_label": parcel.status_label, "pickup_code": parcel.pickup_code,
        "shop": shop_name(parcel.merchant), "coming_back": parcel.coming_back, "cod_fen": parcel.cod_fen or 0,
        "real_name": parcel.real_name, "case_no": parcel.case_no, "pieces": parcel.pieces,
        "lines": [
            {"title": lines[sku].title if sku in lines else sku, "image": lines[sku].image if sku in lines else "",
             "quantity": quantity}
            for sku, quantity in parcel.lines
        ],
        "events": [{"at": step.at, "place": step.place, "text": step.text} for step in parcel.events],
    }  # fmt: skip


def _shops(order: OrderView) -> list[dict[str, Any]]:
    parts = {part.merchant: part for part in order.parts}
    return [
        {
            "code": code, "name": shop_name(code), "lines": [bought(line) for line in lines],
            "part": parts.get(code), "state_label": parts[code].state_label if code in parts else "",
            "fee_fen": parts[code].shipping_fen if code in parts else 0,
        }
        for code, lines in by_shop(order.lines)
    ]  # fmt: skip


def _payment(it: PaymentView) -> dict[str, Any]:
    return {
        "label": it.method_label, "status": it.status, "status_label": it.status_label, "at": it.created_at,
        "amount_fen": it.amount_fen, "clearing": str(it.clearing_label),
    }  # fmt: skip


def _refund(it: RefundView) -> dict[str, Any]:
    return {
        "label": it.path_label, "status": it.status, "status_label": it.status_label, "at": it.created_at,
        "amount_fen": it.amount_fen,
    }  # fmt: skip


def _handed(it: HandedOver | None, lines: Mapping[str, LineView]) -> dict[str, Any] | None:
    if it is None:
        return None
    rows = [
        {
            "no": one.delivery_no, "title": lines[one.sku].title if one.sku in lines else one.kind_label,
            "label": one.kind_label, "face_fen": one.face_fen, "status": one.status, "has_code": one.has_code,
            "status_label": one.status_label, "at": one.finished_at,
        }
        for one in it.items
    ]  # fmt: skip
    return {"phone": it.phone, "items": rows}


def _way(order: OrderView, *, virtual: bool) -> Sequence[str]:
    first = (CONFIRMING, CONFIRMED) if order.payment == COD else (PENDING, PAID)
    return (*first, DELIVERED, COMPLETED) if virtual else (*first, SHIPPED, DELIVERED, COMPLETED)


def _steps(order: OrderView, *, virtual: bool) -> list[dict[str, Any]]:
    """Return the course of an order that goes well, with how far it has come; [] for one that was closed."""
    if order.status in {CANCELLED, EXPIRED, CLOSED}:
        return []
    reached = {event.after: event.at for event in order.events}
    way = _way(order, virtual=virtual)
    status = SHIPPED if order.status == PARTLY else order.status
    here = way.index(status) if status in way else 1
    return [
        {
            "label": STEPS[state], "at": reached.get(state),
            "state": "done" if place < here else "current" if place == here else "todo",
        }
        for place, state in enumerate(way)
    ]  # fmt: skip
