"""My orders: looking, searching, paying, ending, and a file of them all, as JSON."""

from typing import Any, Literal

from django.conf import settings
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from ninja import Field, Query

from mingpu.accounts.services import step_up
from mingpu.api.base import LARGEST_PAGE, Body, me, only
from mingpu.api.buying import router  # one router: placing and listing share an address
from mingpu.api.order_bodies import NewConsignee, NewPayment
from mingpu.api.order_export import FILES, written
from mingpu.api.order_json import (
    answer,
    handover_json,
    invoice_json,
    item_json,
    parts_json,
    payments_json,
    refunds_json,
    shipment_json,
)
from mingpu.api.order_shapes import CodeOut, OrderDetail, OrderList, OrderState, PaymentStarted
from mingpu.api.proof import token_of
from mingpu.checkout.wish import asked_for
from mingpu.delivery.services import confirm_receipt, redirect
from mingpu.lib.errors import NotFound
from mingpu.lib.text import current_language
from mingpu.orders.queries import LONGEST_SEARCH, OrderView, orders_of
from mingpu.orders.rules import CANCELLED, COMPLETED, PENDING
from mingpu.orders.services import cancel
from mingpu.payments.queries import PaymentView
from mingpu.payments.rules import STORED, SUCCEEDED, WALLET
from mingpu.payments.services import Started, charge_stored, start
from mingpu.service.course import in_words
from mingpu.service.queries import order_in_full
from mingpu.virtual.queries import reveal

States = Literal[
    "pending_payment", "pending_confirmation", "confirmed", "paid", "partially_shipped", "shipped", "delivered",
    "completed", "cancelled", "expired", "closed",
]  # fmt: skip
MOST_PAGES = 10_000


class OrderQuery(Body):
    """Which of my orders. q: words of a title, or how an order number begins. merchant: a shop's code."""

    status: States | None = None
    q: str = Field("", max_length=LONGEST_SEARCH)
    merchant: str = Field("", max_length=32)
    page: int = Field(1, ge=1, le=MOST_PAGES)
    page_size: int = Field(20, ge=1, le=LARGEST_PAGE)


@router.get("/orders", response=OrderList, summary="My orders")
def list_orders(request: HttpRequest, asked: Query[OrderQuery]) -> HttpResponse:
    """Return the caller's orders, the newest first; the counts are of what was searched for, in every state."""
    only(request, *OrderQuery.model_fields)
    it = orders_of(
        person_id=me(request), status=asked.status or "", q=asked.q, merchant=asked.merchant, page=asked.page,
        page_size=asked.page_size,
    )  # fmt: skip
    items = [item_json(order) for order in it.items]
    listed = {"total": it.total, "items": items, "page": it.page, "page_size": it.page_size}
    return answer({**listed, "counts": dict(it.counts)})


@router.get("/orders/export", summary="All my orders as a file")
def export_orders(
    request: HttpRequest,
    format: Literal["csv", "jsonl"] = "csv",  # noqa: A002 -- the contract's name
) -> StreamingHttpResponse:
    """Return all orders with all lines, the newest first: `csv` a row for each line, `jsonl` a row for each order.

    It is written while it is read, slice by slice, so its size does not matter.
    """
    only(request, "format")
    response = StreamingHttpResponse(
        written(me(request), format, current_language()), content_type=f"{FILES[format]}; charset=utf-8"
    )
    response.headers["Content-Disposition"] = f'attachment; filename="orders.{format}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


@router.get("/orders/{order_no}", response=OrderDetail, summary="One order")
def show_order(request: HttpRequest, order_no: str) -> HttpResponse:
    """Return one order with its parts, money, parcels, cases and course. 404 for anybody else's."""
    it = order_in_full(person_id=me(request), order_no=order_no)
    order = it.order
    return answer(
        {
            **item_json(order),
            "consignee": _consignee(order), "movable": it.movable, "parts": parts_json(order), "payments": payments_json(it.payments),
            "left_to_pay_fen": _left(order, it.payments), "refunds": refunds_json(it.refunds),
            "shipments": [shipment_json(one) for one in it.shipments],
            "events": [
                {"at": one.at, "before": one.before, "after": one.after, "cause": one.cause, "text": str(one.text)}
                for one in order.events
            ],
            "course": [
                {
                    "at": one.at, "machine": one.machine, "reference": one.reference, "before": one.before,
                    "after": one.after, "cause": one.cause, "text": str(in_words(one)),
                }
                for one in order.course
            ],
            "cases": [
                {"case_no": one.case_no, "type": one.type, "status": one.status, "amount_fen": one.amount_fen}
                for one in it.cases
            ],
            "invoices": [invoice_json(one) for one in it.invoices],
            "recharge": it.handed.phone, "handovers": [handover_json(one) for one in it.handed.items],
        }
    )  # fmt: skip


@router.put("/orders/{order_no}/consignee", response=OrderDetail, summary="Change where an order goes")
def redirect_order(request: HttpRequest, order_no: str, new: NewConsignee) -> HttpResponse:
    """Send it to an entry of my address book or to a consignee, while nothing is packed. 403 `proof_needed`.

    404 for anybody else's, 409 `address_fixed`, `dearer_there` where delivery costs more, `not_delivered_there`.
    """
    step_up.require(person_id=me(request), token=token_of(request), act="order_address")
    to = new.consignee.dict() if new.consignee else None
    redirect(person_id=me(request), order_no=order_no, address_id=new.address_id, to=to)
    return show_order(request, order_no)


@router.get("/orders/{order_no}/handovers/{delivery_no}/code", response=CodeOut, summary="An E-card's code")
def show_code(request: HttpRequest, order_no: str, delivery_no: str) -> HttpResponse:
    """Return the code of an E-card to its buyer; nothing else ever shows it. 404 for anybody else's."""
    if not delivery_no.startswith(f"{order_no}-"):
        raise NotFound
    code = reveal(person_id=me(request), delivery_no=delivery_no)
    return answer({"delivery_no": delivery_no, "code": code})


@router.post("/orders/{order_no}/payments", response={201: PaymentStarted}, summary="Pay an order")
def start_payment(request: HttpRequest, order_no: str, new: NewPayment) -> HttpResponse:
    """Use balance and E-cards as far as asked, and begin to pay the rest, or go on with what was begun.

    403 `proof_needed` on a device that never paid, 409 when there is nothing to pay, 503 to try again. `wallet` charges all there is, or what is named, and says
    what is left.
    """
    asked = asked_for(new.method, use_balance=new.use_balance, use_cards=new.use_cards)
    step_up.require_to_pay(person_id=me(request), token=token_of(request), stored=bool(asked))
    if asked:
        use = charge_stored(
            person_id=me(request), order_no=order_no, use_balance=asked.balance, use_cards=asked.cards
        )
        if use.paid or new.method == WALLET:
            return answer(_stored(new, use.cards_fen + use.balance_fen, use.left_fen), status=201)
    begun = start(
        person_id=me(request), order_no=order_no, method=new.method, via=new.via,
        back=f"{settings.PUBLIC_ADDRESS}/orders/{order_no}/pay/back",
    )  # fmt: skip
    return answer(_started(begun), status=201)


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


def _consignee(it: OrderView) -> dict[str, str] | None:
    to = it.consignee
    if to is None:
        return None
    return {
        "name": to.name,
        "phone": to.phone,
        "address": to.address,
        "landline": to.landline,
        "email": to.email,
    }


def _left(it: OrderView, payments: tuple[PaymentView, ...]) -> int:
    """Return what is still to be paid of an order that waits for it."""
    if it.status != PENDING:
        return 0
    held = sum(one.amount_fen for one in payments if one.method in STORED and one.status == SUCCEEDED)
    return max(0, it.total_fen - held)


def _started(it: Started) -> dict[str, Any]:
    page = {"url": it.page.url, "fields": dict(it.page.fields)} if it.page else None
    return {
        "attempt_id": it.id, "method": it.method, "via": it.via, "code_url": it.code_url, "page": page,
        "amount_fen": it.amount_fen, "left_to_pay_fen": it.amount_fen, "status": it.status,
        "expires_at": it.expires_at,
    }  # fmt: skip


def _stored(new: NewPayment, charged_fen: int, left_fen: int) -> dict[str, Any]:
    """Return what stored value alone did; nothing of it waits for anybody."""
    return {
        "attempt_id": None, "method": WALLET, "via": new.via, "code_url": "", "page": None,
        "amount_fen": charged_fen, "left_to_pay_fen": left_fen, "status": SUCCEEDED, "expires_at": None,
    }  # fmt: skip
