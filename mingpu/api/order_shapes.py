"""What the calls about orders take and answer. Money in fen, time in UTC."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from ninja import Field, Schema

from mingpu.api.base import Body
from mingpu.cart.services import MOST_PIECES
from mingpu.checkout.wish import MOST_LINES
from mingpu.service.services import LONGEST_DESCRIPTION

Method = Literal["wechatpay", "unionpay", "alipay", "cod"]
Pieces = Annotated[int, Field(strict=True, ge=1, le=MOST_PIECES)]
Typed = Field(max_length=300)


class WantedLine(Body):
    """So many pieces of an article."""

    sku: str = Field(min_length=1, max_length=200)
    quantity: Pieces


class ConsigneeIn(Body):
    """Where an order goes; landline and e-mail may be missing."""

    name: str = Typed
    phone: str = Typed
    province: str = Typed
    city: str = Typed
    district: str = Field("", max_length=300)
    street: str = Field(max_length=600)
    landline: str | None = Field(None, max_length=300)
    email: str | None = Field(None, max_length=300)


class NewOrder(Body):
    """An order: of these lines, or of the cart; to an entry of the address book, or to a consignee."""

    lines: list[WantedLine] | None = Field(None, min_length=1, max_length=MOST_LINES)
    address_id: UUID | None = None
    consignee: ConsigneeIn | None = None
    payment: Method


class NewPayment(Body):
    """How to pay."""

    method: Method


class NewCase(Body):
    """What to ask for; lines: the pieces it is about."""

    type: Literal["refund", "return", "exchange"]
    lines: list[WantedLine] = Field(min_length=1, max_length=MOST_LINES)
    reason: str = Field(max_length=40)
    description: str | None = Field(None, max_length=LONGEST_DESCRIPTION)


class OrderLine(Schema):
    """One line as it was bought."""

    sku: str
    product_id: UUID
    title: str
    options: dict[str, str]
    image: str
    price_fen: int
    quantity: int
    subtotal_fen: int


class OrderPlaced(Schema):
    """An order as it was placed; a repeated request gets these very words."""

    order_no: str
    status: str
    total_fen: int
    lines: list[OrderLine]


class OrderState(Schema):
    """Where an order stands after what was done."""

    order_no: str
    status: str


class OrderItem(Schema):
    """One order of a list. actions: what the buyer can do now."""

    order_no: str
    status: str
    status_label: str
    payment: str
    goods_fen: int
    shipping_fen: int
    total_fen: int
    refunded_fen: int
    placed_at: datetime
    expires_at: datetime
    paid_at: datetime | None
    delivered_at: datetime | None
    completed_at: datetime | None
    actions: list[str]
    lines: list[OrderLine]


class OrderList(Schema):
    """A page of orders, the newest first."""

    total: int
    items: list[OrderItem]
    page: int
    page_size: int


class MaskedConsignee(Schema):
    """Where an order goes, masked."""

    name: str
    phone: str
    address: str
    landline: str
    email: str


class PaymentOut(Schema):
    """One attempt to pay."""

    attempt_id: UUID
    method: str
    amount_fen: int
    status: str
    created_at: datetime


class RefundOut(Schema):
    """Money on its way back."""

    out_refund_no: str
    amount_fen: int
    status: str
    created_at: datetime


class StepOut(Schema):
    """One report of the courier."""

    at: datetime
    place: str
    status: str
    text: str


class ShipmentOut(Schema):
    """One parcel, its steps newest first."""

    courier: str
    waybill_no: str | None
    status: str
    events: list[StepOut]


class EventOut(Schema):
    """One step of an order."""

    at: datetime
    before: str
    after: str
    cause: str
    text: str


class CaseItem(Schema):
    """One after-sales case of an order."""

    case_no: str
    type: str
    status: str
    amount_fen: int


class OrderDetail(OrderItem):
    """One order in full; events oldest first."""

    consignee: MaskedConsignee
    payments: list[PaymentOut]
    refunds: list[RefundOut]
    shipments: list[ShipmentOut]
    events: list[EventOut]
    cases: list[CaseItem]


class PaymentStarted(Schema):
    """A way to pay: show `code_url` as a QR code until `expires_at`."""

    attempt_id: UUID
    method: str
    code_url: str
    amount_fen: int
    status: str
    expires_at: datetime


class CaseOpened(Schema):
    """A case just opened."""

    case_no: str
    status: str
    amount_fen: int


class CaseState(Schema):
    """Where a case stands after what was done."""

    case_no: str
    status: str


class CaseLineOut(Schema):
    """So many pieces of an article."""

    sku: str
    quantity: int


class CaseEventOut(Schema):
    """One step of a case."""

    at: datetime
    text: str


class CaseOut(Schema):
    """One case in full."""

    case_no: str
    order_no: str
    type: str
    reason: str
    status: str
    status_label: str
    amount_fen: int
    created_at: datetime
    answer: str
    description: str
    actions: list[str]
    lines: list[CaseLineOut]
    events: list[CaseEventOut]
