"""What the calls about orders take and answer. Money in fen, time in UTC."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from ninja import Field, Schema

from mingpu.api.base import Body
from mingpu.api.shops import MerchantOut
from mingpu.cart.services import MOST_PIECES
from mingpu.checkout.wish import MOST_COUPONS, MOST_LINES

Method = Literal["wechatpay", "unionpay", "alipay", "cod", "wallet"]
Pieces = Annotated[int, Field(strict=True, ge=1, le=MOST_PIECES)]
Flag = Annotated[bool, Field(strict=True)]
Typed = Field(max_length=300)
MOST_CARDS = 50


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


class Stored(Body):
    """What of my balance and E-cards to use. use_cards: all of them, oldest first, or these."""

    use_balance: Flag = False
    use_cards: Flag | Annotated[list[UUID], Field(max_length=MOST_CARDS)] = False


class Wanted(Stored):
    """What is to be bought: these lines or, without any, the cart; with which coupons."""

    lines: list[WantedLine] | None = Field(None, min_length=1, max_length=MOST_LINES)
    address_id: UUID | None = None
    consignee: ConsigneeIn | None = None
    courier: Literal["", "sf", "yto"] = ""
    recharge: str = Field("", max_length=40)


class NewOrder(Wanted):
    """An order: of these lines, or of the cart; to an entry of the address book, or to a consignee.

    coupons: mine that are to be used. courier: "" leaves it to the merchant. recharge: the phone a top-up is for.
    payment `wallet`: balance and E-cards alone, all of both where neither is named.
    """

    coupons: list[UUID] = Field([], max_length=MOST_COUPONS)
    payment: Method


class NewQuote(Wanted):
    """What would be ordered. coupons: null takes those that help most.

    province and city: where it would go, when there is no address yet.
    """

    coupons: list[UUID] | None = Field(None, max_length=MOST_COUPONS)
    payment: Method | None = None
    province: str = Field("", max_length=60)
    city: str = Field("", max_length=60)


class NewPayment(Stored):
    """How to pay what is left. via: `qr` for a code to scan, `page` for the institution's own page."""

    method: Method
    via: Literal["qr", "page"] = "qr"


class ReductionOut(Schema):
    """Why a line costs less. kind: flash | member | full_reduction | coupon; rule: the offer's id.

    funder: who bears it, `platform` or a merchant's code.
    """

    kind: str
    rule: str
    label: str
    fen: int
    funder: str


class OrderLine(Schema):
    """One line as it was bought. subtotal_fen: at list price; payable_fen: with every reduction taken off.

    sent: pieces that are in parcels.
    """

    sku: str
    product_id: UUID
    title: str
    options: dict[str, str]
    image: str
    price_fen: int
    quantity: int
    subtotal_fen: int
    payable_fen: int
    reductions: list[ReductionOut]
    merchant: str
    kind: str
    sent: int


class OrderPlaced(Schema):
    """An order as it was placed; a repeated request gets these very words.

    left_to_pay_fen: what balance and E-cards did not cover. While it is more than nothing the order waits for
    it, also one that was to be paid by `wallet` alone: pay the rest another way, or cancel and get all back.
    """

    order_no: str
    status: str
    total_fen: int
    discount_fen: int
    shipping_fen: int
    left_to_pay_fen: int
    lines: list[OrderLine]


class OrderState(Schema):
    """Where an order stands after what was done."""

    order_no: str
    status: str


class OrderItem(Schema):
    """One order of a list. actions: what the buyer can do now.

    lines: the first twenty; pieces_left_out: those in the others, which the order's own page shows.
    """

    order_no: str
    status: str
    status_label: str
    payment: str
    goods_fen: int
    discount_fen: int
    shipping_fen: int
    total_fen: int
    refunded_fen: int
    courier: str
    placed_at: datetime
    expires_at: datetime
    paid_at: datetime | None
    delivered_at: datetime | None
    completed_at: datetime | None
    pieces: int
    pieces_left_out: int
    actions: list[str]
    lines: list[OrderLine]


class OrderList(Schema):
    """A page of orders, the newest first. counts: orders in each state, of those searched for."""

    total: int
    items: list[OrderItem]
    page: int
    page_size: int
    counts: dict[str, int]


class PartOut(Schema):
    """One merchant's part of an order."""

    part_no: str
    merchant: MerchantOut
    state: str
    state_label: str
    goods_fen: int
    discount_fen: int
    shipping_fen: int
    pieces: int
    pieces_sent: int


class MaskedConsignee(Schema):
    """Where an order goes, masked."""

    name: str
    phone: str
    address: str
    landline: str
    email: str


class PaymentOut(Schema):
    """One attempt to pay. clearing: who clears it between institution and bank, "" for nobody."""

    attempt_id: UUID
    method: str
    method_label: str
    amount_fen: int
    status: str
    status_label: str
    clearing: str
    clearing_label: str
    created_at: datetime


class RefundOut(Schema):
    """Money on its way back. path: the way it came, and goes back by."""

    out_refund_no: str
    amount_fen: int
    status: str
    status_label: str
    path: str
    path_label: str
    created_at: datetime


class StepOut(Schema):
    """One report of the courier."""

    at: datetime
    place: str
    status: str
    text: str


class PiecesOut(Schema):
    """So many pieces of an article."""

    sku: str
    quantity: int


class ShipmentOut(Schema):
    """One parcel, its steps newest first. direction: out | return; case_no: the case it is carried for, or "".

    pickup_code: of the locker or station where it waits, or "". real_name: an identity card is read at the door.
    """

    parcel_no: str
    part_no: str
    merchant: str
    direction: str
    case_no: str
    courier: str
    courier_label: str
    waybill_no: str | None
    status: str
    status_label: str
    pickup_code: str
    cod_fen: int | None
    real_name: bool
    lines: list[PiecesOut]
    events: list[StepOut]


class EventOut(Schema):
    """One step of an order."""

    at: datetime
    before: str
    after: str
    cause: str
    text: str


class CourseOut(EventOut):
    """One step of an order or of something that belongs to it.

    machine: order | payment | refund | shipment | after_sale | …; reference: the number of what moved.
    """

    machine: str
    reference: str


class CaseItem(Schema):
    """One after-sales case of an order."""

    case_no: str
    type: str
    status: str
    amount_fen: int


class HandoverOut(Schema):
    """One piece of virtual goods. has_code: an E-card's code is there; it is asked for by itself."""

    delivery_no: str
    sku: str
    kind: str
    kind_label: str
    face_fen: int
    status: str
    status_label: str
    has_code: bool
    finished_at: datetime | None


class OrderDetail(OrderItem):
    """One order in full; events oldest first. course: the steps of all its machines.

    consignee: null for goods that are not carried anywhere. recharge: the phone topped up, masked, or "".
    """

    consignee: MaskedConsignee | None
    parts: list[PartOut]
    payments: list[PaymentOut]
    left_to_pay_fen: int
    refunds: list[RefundOut]
    shipments: list[ShipmentOut]
    events: list[EventOut]
    course: list[CourseOut]
    cases: list[CaseItem]
    recharge: str
    handovers: list[HandoverOut]


class CodeOut(Schema):
    """An E-card's code, for its buyer."""

    delivery_no: str
    code: str


class PageOut(Schema):
    """Where to send the browser: a form to post there, or just the address when there are no fields."""

    url: str
    fields: dict[str, str]


class PaymentStarted(Schema):
    """A way to pay: show `code_url` as a QR code until `expires_at`, or send the browser to `page`.

    Paid by stored value, there is no attempt with an institution: attempt_id, page and expires_at are null and
    code_url is "". left_to_pay_fen: what this attempt is to bring in.
    """

    attempt_id: UUID | None
    method: str
    via: str
    code_url: str
    page: PageOut | None
    amount_fen: int
    left_to_pay_fen: int
    status: str
    expires_at: datetime | None


class LeftOut(Schema):
    """An article that did not go into the cart whole, and why."""

    sku: str
    title: str
    quantity: int
    problem: str


class AgainOut(Schema):
    """What went into the cart, and what did not."""

    added: list[PiecesOut]
    left: list[LeftOut]
