"""What a person sees of their orders."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, Q, QuerySet

from mingpu.lib.clock import now
from mingpu.lib.errors import NotFound
from mingpu.lib.text import Text
from mingpu.merchants.rules import OWN_SHOP
from mingpu.orders.models import Consignee, Event, Line, Order, Part
from mingpu.orders.rules import CAUSES, CONFIRMING, LABELS, PART_LABELS, PENDING, actions
from mingpu.privacy.masks import mask
from mingpu.privacy.purposes import Purpose, processing
from mingpu.risk.rules import TradeFacts

LINE_COLUMNS = (
    "order_no", "sku", "product_id", "title", "options", "image", "price_fen", "quantity", "payable_fen",
    "reductions", "merchant", "kind", "sent",
)  # fmt: skip
ORDER_COLUMNS = (
    "order_no", "status", "payment", "goods_fen", "discount_fen", "shipping_fen", "total_fen", "refunded_fen",
    "courier", "placed_at", "expires_at", "paid_at", "delivered_at", "completed_at", "pieces",
)  # fmt: skip
MOST_LISTED = 20  # lines of one order that a list shows; its own page shows all
MOST_WORDS, LONGEST_SEARCH = 8, 100
SLICE = 300  # orders of an export that are read at once
# Written out, as every order asks for it. What is not paid is not old: its due time closes it.
LONGEST_UNPAID = timedelta(days=2)
FACTS = """
SELECT count(*) FILTER (WHERE placed_at > %s), count(*) FILTER (WHERE status = ANY(%s::text[]))
FROM orders_order WHERE person_id = %s AND placed_at > %s
"""
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
    """One step of an order, or of something that belongs to it: see `models.Event`."""

    at: datetime
    before: str
    after: str
    cause: str
    machine: str = "order"
    reference: str = ""

    @property
    def text(self) -> Text:
        """The step in words, of an order's own."""
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
    """One order as its buyer sees it; money in fen, time in UTC.

    lines: in a list the first `MOST_LISTED`. events: the order's own steps; course: those of all its machines.
    """

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
    pieces: int
    lines: tuple[LineView, ...]
    events: tuple[EventView, ...] = ()
    consignee: ConsigneeView | None = None
    parts: tuple[PartView, ...] = ()
    course: tuple[EventView, ...] = ()

    @property
    def pieces_left_out(self) -> int:
        """Pieces in lines that are not shown."""
        return self.pieces - sum(line.quantity for line in self.lines)

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


def orders_of(
    *, person_id: UUID, status: str = "", q: str = "", merchant: str = "", page: int = 1, page_size: int = 10
) -> OrderPage:
    """Return a page of a person's orders with their lines; three statements whatever the size.

    q: words of titles, all of which one line has, or the beginning of an order number. merchant: code of one that
    has a part in it. Both narrow the counts too.
    """
    with processing(Purpose.ORDER_LOOKUP, subject=person_id, reading=True):
        own = _found(person_id, q, merchant)
        counts = dict(own.values_list("status").annotate(Count("order_no")))
        found = own.order_by("-placed_at", "order_no")
        if status:
            found = found.filter(status=status)
        rows = list(found.values(*ORDER_COLUMNS)[(page - 1) * page_size : page * page_size])
        lines = _lines([row["order_no"] for row in rows], most=MOST_LISTED)
    items = tuple(OrderView(**row, lines=lines.get(row["order_no"], ())) for row in rows)
    total = counts.get(status, 0) if status else sum(counts.values())
    return OrderPage(total, items, page, page_size, counts)


def _found(person_id: UUID, q: str, merchant: str) -> "QuerySet[Order]":
    """Return a person's orders that are searched for; the person's lines are read through, which an index finds.

    A row policy lets no index of words be asked, and the lines of one person are few enough.
    """
    found = Order.objects.filter(person_id=person_id)
    own = Line.objects.filter(person_id=person_id)
    if words := q[:LONGEST_SEARCH].split()[:MOST_WORDS]:
        named = own
        for word in words:
            named = named.filter(title__icontains=word)
        found = found.filter(
            Q(order_no__in=named.values("order_no")) | Q(order_no__startswith=words[0].upper())
        )
    if merchant:
        found = found.filter(order_no__in=own.filter(merchant=merchant).values("order_no"))
    return found


def exported(*, person_id: UUID) -> Iterator[Sequence[OrderView]]:
    """Yield all of a person's orders with all lines, newest first, in slices read one by one as they are wanted.

    No transaction stays open between slices, however slowly somebody takes them.
    """
    after: dict[str, Any] | None = None
    while True:
        with processing(Purpose.ORDER_LOOKUP, subject=person_id, reference="export", reading=True):
            own = Order.objects.filter(person_id=person_id)
            if after:
                same = Q(placed_at=after["placed_at"], order_no__gt=after["order_no"])
                own = own.filter(Q(placed_at__lt=after["placed_at"]) | same)
            rows = list(own.order_by("-placed_at", "order_no").values(*ORDER_COLUMNS)[:SLICE])
            lines = _lines([row["order_no"] for row in rows])
        if not rows:
            return
        yield [OrderView(**row, lines=lines.get(row["order_no"], ())) for row in rows]
        after = rows[-1]


def lines_of(*, person_id: UUID, order_no: str) -> tuple[LineView, ...]:
    """Return what an order is about; raises NotFound for an order that is not this person's."""
    with processing(Purpose.ORDER_LOOKUP, subject=person_id, reference=order_no, reading=True):
        lines = _lines([order_no]).get(order_no)
    if lines is None:
        raise NotFound
    return lines


def order_of(*, person_id: UUID, order_no: str) -> OrderView:
    """Return one order in full; raises NotFound for an order that is not this person's."""
    with processing(Purpose.ORDER_LOOKUP, subject=person_id, reference=order_no, reading=True):
        return read_order(person_id, order_no)


def read_order(person_id: UUID, order_no: str) -> OrderView:
    """Do what `order_of` does, inside the caller's block of order lookup."""
    row = Order.objects.filter(order_no=order_no, person_id=person_id).values(*ORDER_COLUMNS).first()
    if row is None:
        raise NotFound
    events = Event.objects.filter(order_no=order_no, person_id=person_id).order_by("at")
    columns = ("at", "before", "after", "cause", "machine", "reference")
    course = tuple(EventView(**event) for event in events.values(*columns))
    to = Consignee.objects.filter(order_no=order_no).values(
        "name", "phone", "province", "city", "district", "street", "landline", "email"
    )
    whom = to.first()  # None for goods that are not sent
    parts = Part.objects.filter(order_no=order_no).order_by("merchant").values(*PART_COLUMNS)
    return OrderView(
        **row,
        lines=_lines([order_no]).get(order_no, ()),
        events=tuple(step for step in course if step.machine == "order"),
        course=course,
        consignee=_masked(whom) if whom else None,
        parts=tuple(PartView(**part) for part in parts),
    )


def order_exists(*, person_id: UUID, order_no: str) -> bool:
    """Tell whether there is such an order of this person."""
    with processing(Purpose.ORDER_LOOKUP, subject=person_id, reference=order_no, reading=True):
        return Order.objects.filter(order_no=order_no, person_id=person_id).exists()


def trading_facts(*, person_id: UUID) -> TradeFacts:
    """Return what trade safety judges by: how many orders lately, and how many hold stock and are not paid."""
    with processing(Purpose.TRADE_SAFETY, subject=person_id, reading=True), connection.cursor() as cursor:
        moment = now()
        cursor.execute(
            FACTS, [moment - timedelta(hours=1), [PENDING, CONFIRMING], person_id, moment - LONGEST_UNPAID]
        )
        return TradeFacts(*cursor.fetchone())


def _lines(numbers: list[str], *, most: int = 0) -> dict[str, tuple[LineView, ...]]:
    """Return the lines of orders in their places; most: of one order, 0 for all."""
    found: dict[str, list[LineView]] = {}
    rows = Line.objects.filter(order_no__in=numbers).order_by("order_no", "position")
    if most:
        rows = rows.filter(position__lt=most)
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
