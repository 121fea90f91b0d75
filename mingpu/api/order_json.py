"""Orders written as the shapes they are answered in; straight, as long orders are checked faster in tests."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.http import JsonResponse

from mingpu.api.shops import merchant_json
from mingpu.delivery.queries import ShipmentView
from mingpu.invoices.queries import InvoiceView
from mingpu.lib.text import Text
from mingpu.orders.queries import LineView, OrderView
from mingpu.payments.queries import PaymentView, RefundView
from mingpu.virtual.queries import HandoverView


def answer(it: Mapping[str, Any], *, status: int = 200) -> JsonResponse:
    """Answer with one of our own values, which needs no checking."""
    return JsonResponse(it, status=status, json_dumps_params={"ensure_ascii": False})


def line_json(line: LineView) -> dict[str, Any]:
    """Return an `OrderLine`."""
    return {
        "sku": line.sku, "product_id": line.product_id, "title": line.title, "options": dict(line.options),
        "image": line.image, "price_fen": line.price_fen, "quantity": line.quantity,
        "subtotal_fen": line.subtotal_fen, "payable_fen": line.payable_fen,
        "reductions": [reduction_json(it) for it in line.reductions], "merchant": line.merchant,
        "kind": line.kind, "sent": line.sent,
    }  # fmt: skip


def reduction_json(it: Mapping[str, Any]) -> dict[str, Any]:
    """Return a `ReductionOut` of a reduction as it is kept."""
    label = Text(it["label"]["zh"], it["label"]["en"])
    return {
        "kind": it["kind"],
        "rule": it["rule"],
        "label": str(label),
        "fen": it["fen"],
        "funder": it["funder"],
    }


def item_json(it: OrderView) -> dict[str, Any]:
    """Return an `OrderItem`."""
    return {
        "order_no": it.order_no, "status": it.status, "status_label": str(it.status_label), "payment": it.payment,
        "goods_fen": it.goods_fen, "discount_fen": it.discount_fen, "shipping_fen": it.shipping_fen,
        "total_fen": it.total_fen, "refunded_fen": it.refunded_fen, "courier": it.courier,
        "placed_at": it.placed_at, "expires_at": it.expires_at, "paid_at": it.paid_at,
        "delivered_at": it.delivered_at, "completed_at": it.completed_at, "pieces": it.pieces,
        "pieces_left_out": it.pieces_left_out, "actions": it.actions,
        "lines": [line_json(line) for line in it.lines],
    }  # fmt: skip


def parts_json(it: OrderView) -> list[dict[str, Any]]:
    """Return the `PartOut` of every merchant."""
    return [
        {
            "part_no": part.part_no, "merchant": merchant_json(part.merchant), "state": part.state,
            "state_label": str(part.state_label), "goods_fen": part.goods_fen, "discount_fen": part.discount_fen,
            "shipping_fen": part.shipping_fen, "pieces": part.pieces, "pieces_sent": part.pieces_sent,
        }
        for part in it.parts
    ]  # fmt: skip


def payments_json(payments: Iterable[PaymentView]) -> list[dict[str, Any]]:
    """Return a `PaymentOut` for each."""
    return [
        {
            "attempt_id": one.id, "method": one.method, "method_label": str(one.method_label),
            "amount_fen": one.amount_fen, "status": one.status, "status_label": str(one.status_label),
            "clearing": one.clearing, "clearing_label": str(one.clearing_label), "created_at": one.created_at,
        }
        for one in payments
    ]  # fmt: skip


def refunds_json(refunds: Iterable[RefundView]) -> list[dict[str, Any]]:
    """Return a `RefundOut` for each."""
    return [
        {
            "out_refund_no": one.out_refund_no, "amount_fen": one.amount_fen, "status": one.status,
            "status_label": str(one.status_label), "path": one.path, "path_label": str(one.path_label),
            "created_at": one.created_at,
        }
        for one in refunds
    ]  # fmt: skip


def shipment_json(it: ShipmentView) -> dict[str, Any]:
    """Return a `ShipmentOut`."""
    return {
        "parcel_no": it.parcel_no, "part_no": it.part_no, "merchant": it.merchant, "direction": it.direction,
        "case_no": it.case_no, "courier": it.courier, "courier_label": str(it.courier_label),
        "waybill_no": it.waybill_no, "status": it.status, "status_label": str(it.status_label),
        "pickup_code": it.pickup_code, "cod_fen": it.cod_fen, "real_name": it.real_name,
        "lines": [{"sku": sku, "quantity": quantity} for sku, quantity in it.lines],
        "events": [
            {"at": step.at, "place": step.place, "status": step.status, "text": str(step.text)}
            for step in it.events
        ],
    }  # fmt: skip


def handover_json(it: HandoverView) -> dict[str, Any]:
    """Return a `HandoverOut`."""
    return {
        "delivery_no": it.delivery_no, "sku": it.sku, "kind": it.kind, "kind_label": str(it.kind_label),
        "face_fen": it.face_fen, "status": it.status, "status_label": str(it.status_label),
        "has_code": it.has_code, "finished_at": it.finished_at,
    }  # fmt: skip


def invoice_json(it: InvoiceView) -> dict[str, Any]:
    """Return an `InvoiceOut`."""
    return {
        "invoice_no": it.invoice_no, "kind": it.kind, "title": it.title, "total_fen": it.total_fen,
        "status": it.status, "status_label": str(it.status_label), "code": it.code, "number": it.number,
        "replaces": it.replaces, "has_file": it.has_file, "asked_at": it.asked_at, "issued_at": it.issued_at,
    }  # fmt: skip
