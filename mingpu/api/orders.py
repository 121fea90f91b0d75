"""Orders, payments and after-sales as JSON."""

from collections.abc import Iterable
from typing import Any, Literal

from django.http import HttpRequest
from ninja import HeaderEx, P, QueryEx, Router, Status

from mingpu.api.base import me
from mingpu.api.order_shapes import (
    CaseOpened,
    CaseOut,
    CaseState,
    NewCase,
    NewOrder,
    NewPayment,
    OrderDetail,
    OrderList,
    OrderPlaced,
    OrderState,
    PaymentStarted,
    WantedLine,
)
from mingpu.checkout.services import Placed, check_out
from mingpu.checkout.wish import To
from mingpu.delivery.queries import ShipmentView
from mingpu.delivery.services import confirm_receipt
from mingpu.lib.errors import Invalid
from mingpu.lib.text import Text
from mingpu.orders.errors import KeyMissing
from mingpu.orders.queries import LineView, OrderView, orders_of
from mingpu.orders.rules import CANCELLED, COMPLETED
from mingpu.orders.services import cancel
from mingpu.payments.rules import METHODS
from mingpu.payments.services import start
from mingpu.service.queries import CaseView, case_of, order_in_full
from mingpu.service.rules import INSPECTION, WITHDRAWN
from mingpu.service.services import open_case, sent_back, withdraw

router = Router(tags=["orders"])
States = Literal[
    "pending_payment", "paid", "shipped", "delivered", "completed", "cancelled", "expired", "closed"
]
MOST_PAGES, LARGEST_PAGE = 10_000, 100


@router.post("/orders", response={201: OrderPlaced}, summary="Place an order")
def place_order(
    request: HttpRequest, new: NewOrder, key: HeaderEx[str | None, P(alias="Idempotency-Key")] = None
) -> Status[dict[str, Any]]:
    """Place an order of these lines or, without any, of the cart: all of it or nothing.

    The same key with the same body answers the same order again, with another body 422. 409 `out_of_stock`
    writes nothing.
    """
    if key is None:
        raise KeyMissing
    placed = check_out(
        person_id=me(request), key=key, payment=new.payment, address_id=new.address_id,
        lines=None if new.lines is None else _summed(new.lines),
        to=To(**new.consignee.dict()) if new.consignee else None,
    )  # fmt: skip
    return Status(201, _placed(placed))


@router.get("/orders", response=OrderList, summary="My orders")
def list_orders(
    request: HttpRequest, status: States | None = None, page: QueryEx[int, P(ge=1, le=MOST_PAGES)] = 1,
    page_size: QueryEx[int, P(ge=1, le=LARGEST_PAGE)] = 20,
) -> dict[str, Any]:  # fmt: skip
    """Return the caller's orders, the newest first."""
    it = orders_of(person_id=me(request), status=status or "", page=page, page_size=page_size)
    items = [_order(order) for order in it.items]
    return {"total": it.total, "items": items, "page": it.page, "page_size": it.page_size}


@router.get("/orders/{order_no}", response=OrderDetail, summary="One order")
def show_order(request: HttpRequest, order_no: str) -> dict[str, Any]:
    """Return one order in full, its consignee masked. 404 for anybody else's."""
    it = order_in_full(person_id=me(request), order_no=order_no)
    return {
        **_order(it.order),
        "consignee": it.order.consignee,
        "payments": [
            {
                "attempt_id": one.id, "method": one.method, "amount_fen": one.amount_fen, "status": one.status,
                "created_at": one.created_at,
            }
            for one in it.payments
        ],
        "refunds": it.refunds,
        "shipments": [_shipment(one) for one in it.shipments],
        "events": [
            {"at": one.at, "before": one.before, "after": one.after, "cause": one.cause, "text": str(one.text)}
            for one in it.order.events
        ],
        "cases": [
            {"case_no": one.case_no, "type": one.type, "status": one.status, "amount_fen": one.amount_fen}
            for one in it.cases
        ],
    }  # fmt: skip


@router.post("/orders/{order_no}/payments", response={201: PaymentStarted}, summary="Pay an order")
def start_payment(request: HttpRequest, order_no: str, new: NewPayment) -> Status[dict[str, Any]]:
    """Begin to pay, or go on with what was begun. 409 when there is nothing to pay, 503 to try again."""
    if new.method not in METHODS:
        raise Invalid(field=Text("支付方式", "method"), problem=Text("本店尚未提供", "not offered here yet"))
    it = start(person_id=me(request), order_no=order_no, method=new.method)
    begun = {
        "attempt_id": it.id, "method": it.method, "code_url": it.code_url, "amount_fen": it.amount_fen,
        "status": it.status, "expires_at": it.expires_at,
    }  # fmt: skip
    return Status(201, begun)


@router.post("/orders/{order_no}/cancel", response=OrderState, summary="Cancel an order")
def cancel_order(request: HttpRequest, order_no: str) -> dict[str, str]:
    """Cancel an order that is not paid. 409 once it is paid or closed, 404 for anybody else's."""
    cancel(person_id=me(request), order_no=order_no)
    return {"order_no": order_no, "status": CANCELLED}


@router.post("/orders/{order_no}/receipt", response=OrderState, summary="Confirm receipt")
def confirm(request: HttpRequest, order_no: str) -> dict[str, str]:
    """Say that the goods are there. 409 before they were shipped, 404 for anybody else's."""
    confirm_receipt(person_id=me(request), order_no=order_no)
    return {"order_no": order_no, "status": COMPLETED}


@router.post("/orders/{order_no}/after-sales", response={201: CaseOpened}, summary="Ask for after-sales")
def open_after_sales(request: HttpRequest, order_no: str, new: NewCase) -> Status[Any]:
    """Ask for a refund or return of some pieces. 409 in a state where that is not possible, 422 for too many."""
    opened = open_case(
        person_id=me(request), order_no=order_no, kind=new.type, lines=_summed(new.lines), reason=new.reason,
        description=new.description or "",
    )  # fmt: skip
    return Status(201, opened)


@router.get("/after-sales/{case_no}", response=CaseOut, summary="One after-sales case")
def show_case(request: HttpRequest, case_no: str) -> dict[str, Any]:
    """Return one case in full. 404 for anybody else's."""
    return _case(case_of(person_id=me(request), case_no=case_no))


@router.post("/after-sales/{case_no}/withdraw", response=CaseState, summary="Take a request back")
def withdraw_case(request: HttpRequest, case_no: str) -> dict[str, str]:
    """Take a request back. 409 once money is on its way."""
    withdraw(person_id=me(request), case_no=case_no)
    return {"case_no": case_no, "status": WITHDRAWN}


@router.post(
    "/after-sales/{case_no}/sent-back", response=CaseState, summary="Say that the goods are sent back"
)
def goods_sent_back(request: HttpRequest, case_no: str) -> dict[str, str]:
    """Say that the goods are on their way back. 409 when they are not awaited."""
    sent_back(person_id=me(request), case_no=case_no)
    return {"case_no": case_no, "status": INSPECTION}


def _summed(lines: Iterable[WantedLine]) -> dict[str, int]:
    """Return SKU -> pieces; an article named twice counts together."""
    found: dict[str, int] = {}
    for line in lines:
        found[line.sku] = found.get(line.sku, 0) + line.quantity
    return found


def _placed(it: Placed) -> dict[str, Any]:
    return {
        "order_no": it.order_no,
        "status": it.status,
        "total_fen": it.total_fen,
        "lines": [_line(line) for line in it.lines],
    }


def _order(it: OrderView) -> dict[str, Any]:
    return {
        "order_no": it.order_no, "status": it.status, "status_label": str(it.status_label), "payment": it.payment,
        "goods_fen": it.goods_fen, "shipping_fen": it.shipping_fen, "total_fen": it.total_fen,
        "refunded_fen": it.refunded_fen, "placed_at": it.placed_at, "expires_at": it.expires_at,
        "paid_at": it.paid_at, "delivered_at": it.delivered_at, "completed_at": it.completed_at,
        "actions": it.actions, "lines": [_line(line) for line in it.lines],
    }  # fmt: skip


def _line(line: LineView) -> dict[str, Any]:
    return {
        "sku": line.sku, "product_id": line.product_id, "title": line.title, "options": dict(line.options),
        "image": line.image, "price_fen": line.price_fen, "quantity": line.quantity,
        "subtotal_fen": line.subtotal_fen,
    }  # fmt: skip


def _shipment(it: ShipmentView) -> dict[str, Any]:
    return {
        "courier": it.courier,
        "waybill_no": it.waybill_no,
        "status": it.status,
        "events": [
            {"at": step.at, "place": step.place, "status": step.status, "text": str(step.text)}
            for step in it.events
        ],
    }


def _case(it: CaseView) -> dict[str, Any]:
    return {
        "case_no": it.case_no, "order_no": it.order_no, "type": it.type, "reason": it.reason, "status": it.status,
        "status_label": str(it.status_label), "amount_fen": it.amount_fen, "created_at": it.created_at,
        "answer": it.answer, "description": it.description, "actions": it.actions,
        "lines": [{"sku": sku, "quantity": quantity} for sku, quantity in it.lines],
        "events": [{"at": at, "text": str(text)} for at, text in it.events],
    }  # fmt: skip
