"""What the calls about orders answer. Money in fen, time in UTC."""

from datetime import datetime
from uuid import UUID

from ninja import Schema

from mingpu.api.shops import MerchantOut


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


class InvoiceOut(Schema):
    """One invoice of an order. title: masked for a person. total_fen: null until it was passed on.

    replaces: the one it took the place of. has_file: there is a document to fetch.
    """

    invoice_no: str
    kind: str
    title: str
    total_fen: int | None
    status: str
    status_label: str
    code: str
    number: str
    replaces: str
    has_file: bool
    asked_at: datetime
    issued_at: datetime | None


class OrderDetail(OrderItem):
    """One order in full; events oldest first. course: the steps of all its machines.

    invoices: those that were passed on; `/orders/{order_no}/invoices` says what can be asked for.
    consignee: null for goods that are not carried anywhere. recharge: the phone topped up, masked, or "".
    movable: whether `PUT …/consignee` can still change where it goes.
    """

    consignee: MaskedConsignee | None
    movable: bool
    parts: list[PartOut]
    payments: list[PaymentOut]
    left_to_pay_fen: int
    refunds: list[RefundOut]
    shipments: list[ShipmentOut]
    events: list[EventOut]
    course: list[CourseOut]
    cases: list[CaseItem]
    invoices: list[InvoiceOut]
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
