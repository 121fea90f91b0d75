"""What a person sees of their orders."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Q

from mingpu.lib.clock import now
from mingpu.lib.errors import NotFound
from mingpu.lib.text import Text
from mingpu.merchants.rules import OWN_SHOP
from mingpu.orders.models import Consignee, Event, Line, Order, Part
from mingpu.orders.rules import CAUSES, LABELS, PART_LABELS, PENDING, actions
from mingpu.privacy.masks import mask
from mingpu.privacy.purposes import Purpose, processing
from mingpu.risk.rules import TradeFacts

LINE_COLUMNS = (
    "order_no", "sku", "product_id", "title", "options", "image", "price_fen", "quantity", "payable_fen",
    "reductions", "merchant", "kind", "sent",
)  # fmt: skip
ORDER_COLUMNS = (
    "order_no", "status", "payment", "goods_fen", "discount_fen", "shipping_fen", "total_fen", "refunded_fen",
    "courier", "placed_at", "expires_at", "paid_at", "delivered_at", "completed_at",
)  # fmt: skip
PART_COLUMNS = (
    "part_no",
    "merchant",
    "state",
    "goods_fen",
    "discount_fen",
    "shipping_fen",
    "pieces",
    "pieces_sent",
)


@dataclass(frozen=True, slots=True)
class LineView:
    """One line of an order as it was bought; money in fen.

    payable_fen: for all pieces, with every reduction taken off; reductions: why, each {kind, rule, label, fen,
    funder}; sent: pieces that are in parcels.
    """

    sku: str
    product_id: UUID
    title: str
    options: Mapping[str, str]
    image: str
    price_fen: int
    quantity: int
    payable_fen: int
    reductions: Sequence[Mapping[str, Any]] = ()
    merchant: str = OWN_SHOP
    kind: str = "goods"
    sent: int = 0

    @property
    def subtotal_fen(self) -> int:
        """List price times pieces."""
        return self.price_fen * self.quantity

    @property
    def explained(self) -> tuple[tuple[Text, int], ...]:
        """The reductions in words, each with its fen."""
        return tuple((Text(it["label"]["zh"], it["label"]["en"]), it["fen"]) for it in self.reductions)


@dataclass(frozen=True, slots=True)
class PartView:
    """One merchant's share of an order; money in fen."""

    part_no: str
    merchant: str
    state: str
    goods_fen: int
    discount_fen: int
    shipping_fen: int
    pieces: int
    pieces_sent: int

    @property
    def state_label(self) -> Text:
        """The state in words."""
        return PART_LABELS[self.state]


@dataclass(frozen=True, slots=True)
class EventView:
    """One step of an order."""

    at: datetime
    before: str
    after: str
    cause: str

    @property
    def text(self) -> Text:
        """The step in words."""
        return CAUSES[self.cause]


@dataclass(frozen=True, slots=True)
class ConsigneeView:
    """To whom it goes, masked: the person knows it by a glance, a bystander does not."""

    name: str
    phone: str
    address: str
    landline: str
    email: str


@dataclass(frozen=True, slots=True)
class OrderView:
    """One order as its buyer sees it; money in fen, time in UTC."""

    order_no: str
    status: str
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
    lines: tuple[LineView, ...]
    events: tuple[EventView, ...] = ()
    consignee: ConsigneeView | None = None
    parts: tuple[PartView, ...] = ()

    @property
    def status_label(self) -> Text:
        """The state in words."""
        return LABELS[self.status]

    @property
    def actions(self) -> list[str]:
        """What the buyer can do now."""
        return actions(self.status)


@dataclass(frozen=True, slots=True)
class OrderPage:
    """A page of orders, newest first, with the number in each state."""

    total: int
    items: tuple[OrderView, ...]
    page: int
    page_size: int
    counts: Mapping[str, int]


def orders_of(*, person_id: UUID, status: str = "", page: int = 1, page_size: int = 10) -> OrderPage:
    """Return a page of a person's orders with their lines; three statements whatever the size."""
    with processing(Purpose.ORDER_LOOKUP, subject=person_id, reading=True):
        own = Order.objects.filter(person_id=person_id)
        counts = dict(own.values_list("status").annotate(Count("order_no")))
        found = own.order_by("-placed_at", "order_no")
        if status:
            found = found.filter(status=status)
        rows = list(found.values(*ORDER_COLUMNS)[(page - 1) * page_size : page * page_size])
        lines = _lines([row["order_no"] for row in rows])
    items = tuple(OrderView(**row, lines=lines.get(row["order_no"], ())) for row in rows)
    total = counts.get(status, 0) if status else sum(counts.values())
    return OrderPage(total, items, page, page_size, counts)


def order_of(*, person_id: UUID, order_no: str) -> OrderView:
    """Return one order in full; raises NotFound for an order that is not this person's."""
    with processing(Purpose.ORDER_LOOKUP, subject=person_id, reference=order_no, reading=True):
        return read_order(person_id, order_no)


def read_order(person_id: UUID, order_no: str) -> OrderView:
    """Do what `order_of` does, inside the caller's block of order lookup."""
    row = Order.objects.filter(order_no=order_no, person_id=person_id).values(*ORDER_COLUMNS).first()
    if row is None:
        raise NotFound
    events = Event.objects.filter(order_no=order_no, machine="order").order_by("at")
    steps = tuple(EventView(**event) for event in events.values("at", "before", "after", "cause"))
    to = Consignee.objects.filter(order_no=order_no).values(
        "name", "phone", "province", "city", "district", "street", "landline", "email"
    )
    whom = to.first()  # None for goods that are not sent
    parts = Part.objects.filter(order_no=order_no).order_by("merchant").values(*PART_COLUMNS)
    return OrderView(
        **row,
        lines=_lines([order_no]).get(order_no, ()),
        events=steps,
        consignee=_masked(whom) if whom else None,
        parts=tuple(PartView(**part) for part in parts),
    )


def trading_facts(*, person_id: UUID) -> TradeFacts:
    """Return what trade safety judges by: how many orders lately, and how many unpaid."""
    with processing(Purpose.TRADE_SAFETY, subject=person_id, reading=True):
        own = Order.objects.filter(person_id=person_id)
        facts = own.aggregate(
            orders_last_hour=Count("order_no", filter=Q(placed_at__gt=now() - timedelta(hours=1))),
            unpaid=Count("order_no", filter=Q(status=PENDING)),
        )
        return TradeFacts(**facts)


def _lines(numbers: list[str]) -> dict[str, tuple[LineView, ...]]:
    found: dict[str, list[LineView]] = {}
    rows = Line.objects.filter(order_no__in=numbers).order_by("order_no", "position")
    for row in rows.values(*LINE_COLUMNS):
        found.setdefault(row.pop("order_no"), []).append(LineView(**row))
    return {number: tuple(lines) for number, lines in found.items()}


def _masked(to: Mapping[str, Any]) -> ConsigneeView:
    area = to["province"] + ("" if to["city"] == to["province"] else to["city"]) + to["district"]
    return ConsigneeView(
        name=mask("name", to["name"]),
        phone=mask("phone", to["phone"]),
        address=area + mask("street", to["street"]),
        landline=mask("landline", to["landline"] or ""),
        email=mask("email", to["email"] or ""),
    )
