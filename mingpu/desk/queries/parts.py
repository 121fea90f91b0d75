"""A merchant's parts of orders: what it sees of its own, without a person; and one consignee, masked, to send to.

The queue is read for a merchant: the database shows only that merchant's rows and no column that says whose they
are. A consignee is looked at for one part at a time, while it is to be sent, and the person reads of it.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.db.models import Count, F, Q, QuerySet

from mingpu.lib.clock import now
from mingpu.lib.errors import NotFound
from mingpu.lib.text import Text
from mingpu.orders.models import Consignee, Line, Part
from mingpu.orders.rules import NEVER_SENT, PART_LABELS, SENT_WITHIN
from mingpu.privacy.masks import mask
from mingpu.privacy.purposes import AccountFrozen, Purpose, processing

TO_SHIP, PARTLY, SENT, WAITING, ENDED = "to_ship", "partly_sent", "sent", "waiting", "closed"
OPEN: Final = (TO_SHIP, PARTLY)  # what there is still something to send of
PAGE_SIZE: Final = 20
TONES: Final = {TO_SHIP: "warn", PARTLY: "brand", SENT: "ok"}
GOODS: Final = "goods"  # the kind of what is carried


@dataclass(frozen=True, slots=True)
class PartLine:
    """One line of a part; money in fen. left: pieces that are not in a parcel yet."""

    sku: str
    title: str
    options: Mapping[str, str]
    kind: str
    real_name: bool
    price_fen: int
    quantity: int
    payable_fen: int
    sent: int

    @property
    def left(self) -> int:
        """Pieces that are still to be sent; none of what is not carried."""
        return self.quantity - self.sent if self.kind == GOODS else 0

    @property
    def subtotal_fen(self) -> int:
        """List price times pieces."""
        return self.price_fen * self.quantity


@dataclass(frozen=True, slots=True)
class PartRow:
    """One part in the queue; money in fen. sold_fen: what the goods brought the merchant, before commission."""

    part_no: str
    state: str
    goods_fen: int
    own_discount_fen: int
    shipping_fen: int
    pieces: int
    pieces_sent: int
    placed_at: datetime
    ready_at: datetime | None
    lines: tuple[PartLine, ...] = ()

    @property
    def state_label(self) -> Text:
        """The state in words."""
        return PART_LABELS[self.state]

    @property
    def tone(self) -> str:
        """The colour of the state's label."""
        return TONES.get(self.state, "quiet")

    @property
    def sold_fen(self) -> int:
        """What the goods brought: discounts that the mall bears are not the merchant's loss."""
        return self.goods_fen - self.own_discount_fen

    @property
    def due_at(self) -> datetime | None:
        """Until when it is to be sent; None where there is nothing to send."""
        return self.ready_at + SENT_WITHIN if self.ready_at and self.state in OPEN else None

    @property
    def overdue(self) -> bool:
        """Whether that time is over: the buyer may have the money back for the asking."""
        return self.due_at is not None and self.due_at <= now()

    @property
    def refunded_at(self) -> datetime | None:
        """When what is not sent by then is refunded unasked; None where there is nothing to send."""
        return self.ready_at + NEVER_SENT if self.ready_at and self.state in OPEN else None

    @property
    def to_send(self) -> bool:
        """Whether something of it waits to be sent."""
        return self.state in OPEN and any(line.left for line in self.lines)


@dataclass(frozen=True, slots=True)
class PartPage:
    """A page of parts with the number of those that wait to be sent."""

    items: tuple[PartRow, ...]
    total: int
    page: int
    page_size: int
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Masked:
    """To whom a part goes, masked as on the label."""

    name: str
    phone: str
    address: str


LINE_COLUMNS: Final = tuple(it.name for it in fields(PartLine))
PART_COLUMNS: Final = tuple(it.name for it in fields(PartRow) if it.name != "lines")


def parts_of(*, merchant: str, state: str = TO_SHIP, page: int = 1, page_size: int = PAGE_SIZE) -> PartPage:
    """Return a page of a merchant's parts: what is to be sent oldest first, the rest newest first.

    state: of `orders.rules.PART_LABELS`. Four statements whatever the size.
    """
    with processing(Purpose.MERCHANT_QUEUE, subject=None, reference="parts", reading=True, merchant=merchant):
        own = Part.objects.filter(merchant=merchant)
        waits = own.filter(ready_at__isnull=False, ended_at=None, pieces_sent__lt=F("pieces"))
        counts = waits.aggregate(
            to_ship=Count("part_no", filter=Q(pieces_sent=0)), partly_sent=Count("part_no", filter=~Q(pieces_sent=0))
        )  # fmt: skip
        found = own.filter(state=state)
        total = counts[state] if state in OPEN else found.count()
        ordered = found.order_by("ready_at" if state in OPEN else "-placed_at", "part_no")
        rows = list(ordered.values("order_no", *PART_COLUMNS)[(page - 1) * page_size : page * page_size])
        lines = _lines([row["order_no"] for row in rows], merchant)
    items = tuple(PartRow(lines=lines.get(row.pop("order_no"), ()), **row) for row in rows)
    return PartPage(items, total, page, page_size, counts)


def part_of(*, merchant: str, part_no: str) -> PartRow:
    """Return one part with the merchant's lines of it; raises NotFound for a part that is not this merchant's."""
    with processing(Purpose.MERCHANT_QUEUE, subject=None, reference=part_no, reading=True, merchant=merchant):
        row = (
            Part.objects.filter(merchant=merchant, part_no=part_no).values("order_no", *PART_COLUMNS).first()
        )
        if row is None:
            raise NotFound
        order_no = row.pop("order_no")
        return PartRow(**row, lines=_lines([order_no], merchant).get(order_no, ()))


def consignee_of(*, merchant: str, part_no: str) -> Masked | None:
    """Return to whom a part goes, masked; None when it is not carried, or its buyer's account is being closed.

    The look is written into the person's record of uses. Raises NotFound for a part that is not this merchant's.
    """
    person_id = person_of_part(merchant=merchant, part_no=part_no)
    with (
        suppress(AccountFrozen),
        processing(
            Purpose.MERCHANT_ORDER, subject=person_id, reference=part_no, merchant=merchant, reading=True
        ),
    ):
        own = Part.objects.filter(part_no=part_no, merchant=merchant, person_id=person_id)
        to = Consignee.objects.filter(order_no__in=own.values("order_no"), person_id=person_id)
        row = to.values("name", "phone", "province", "city", "district", "street").first()
        return _masked(row) if row else None
    return None


def person_of_part(*, merchant: str, part_no: str) -> UUID:
    """Return whose part it is; raises NotFound for a part that is not this merchant's."""
    part_of(merchant=merchant, part_no=part_no)  # the row policy of the queue decides whose it is
    with connection.cursor() as cursor:
        cursor.execute("SELECT mingpu.lookup_part(%s)", [part_no])
        row = cursor.fetchone()
    if row is None or row[0] is None:
        raise NotFound
    return UUID(str(row[0]))


def _lines(numbers: list[str], merchant: str) -> dict[str, tuple[PartLine, ...]]:
    rows: QuerySet[Line] = Line.objects.filter(order_no__in=numbers, merchant=merchant)
    found: dict[str, list[PartLine]] = {}
    for row in rows.order_by("order_no", "position").values("order_no", *LINE_COLUMNS):
        found.setdefault(row.pop("order_no"), []).append(PartLine(**row))
    return {number: tuple(lines) for number, lines in found.items()}


def _masked(to: Mapping[str, Any]) -> Masked:
    area = to["province"] + ("" if to["city"] == to["province"] else to["city"]) + to["district"]
    return Masked(mask("name", to["name"]), mask("phone", to["phone"]), area + mask("street", to["street"]))
