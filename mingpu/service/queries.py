"""After-sales as the buyer sees it, and as the desk does: masked, and only with a case in hand."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from mingpu.accounts.models import Contact
from mingpu.delivery.queries import ShipmentView, read_shipments
from mingpu.lib.errors import NotFound
from mingpu.lib.text import Text
from mingpu.orders.models import Consignee, Line, Order
from mingpu.orders.queries import OrderView, read_order
from mingpu.orders.rules import LABELS as ORDER_LABELS
from mingpu.payments.queries import PaymentView, RefundView, read_payments
from mingpu.privacy.masks import mask
from mingpu.privacy.purposes import Purpose, processing
from mingpu.service import rules
from mingpu.service.models import Case, CaseEvent, CaseLine

COLUMNS = ("case_no", "order_no", "type", "reason", "status", "amount_fen", "created_at", "answer")


@dataclass(frozen=True, slots=True)
class CaseView:
    """One case; money in fen."""

    case_no: str
    order_no: str
    type: str
    reason: str
    status: str
    amount_fen: int
    created_at: datetime
    answer: str
    description: str = ""
    lines: tuple[tuple[str, int], ...] = ()
    events: tuple[tuple[datetime, Text], ...] = ()

    @property
    def type_label(self) -> Text:
        """The kind in words."""
        return rules.TYPES[self.type]

    @property
    def reason_label(self) -> Text:
        """The reason in words."""
        return rules.REASONS[self.reason]

    @property
    def status_label(self) -> Text:
        """The state in words."""
        return rules.LABELS[self.status]

    @property
    def actions(self) -> list[str]:
        """What the buyer can do now."""
        moves = [
            after for (before, after), who in rules.MOVES.items() if before == self.status and who == "buyer"
        ]
        return [{"withdrawn": "withdraw", "awaiting_inspection": "sent_back"}[after] for after in moves]


@dataclass(frozen=True, slots=True)
class OrderInFull:
    """One order and everything that hangs on it, for its buyer."""

    order: OrderView
    payments: tuple[PaymentView, ...]
    refunds: tuple[RefundView, ...]
    shipments: tuple[ShipmentView, ...]
    cases: tuple[CaseView, ...]


@dataclass(frozen=True, slots=True)
class DeskCase:
    """What staff see of a case: the one order it is about, with the person masked."""

    case: CaseView
    order_status: Text
    total_fen: int
    placed_at: datetime
    goods: tuple[Mapping[str, Any], ...]
    consignee: str
    phone: str
    address: str
    contact_phone: str


def cases_of(*, person_id: UUID, order_no: str) -> tuple[CaseView, ...]:
    """Return the cases of an order, newest first."""
    with processing(Purpose.ORDER_LOOKUP, subject=person_id, reference=order_no, reading=True):
        return _cases(person_id, order_no)


def order_in_full(*, person_id: UUID, order_no: str) -> OrderInFull:
    """Return an order with its money, parcels and cases: one look, one line in the record of uses.

    Raises NotFound for an order that is not this person's.
    """
    with processing(Purpose.ORDER_LOOKUP, subject=person_id, reference=order_no, reading=True):
        order = read_order(person_id, order_no)
        payments, refunds = read_payments(person_id, order_no)
        shipments = read_shipments(person_id, order_no)
        return OrderInFull(order, payments, refunds, shipments, _cases(person_id, order_no))


def _cases(person_id: UUID, order_no: str) -> tuple[CaseView, ...]:
    rows = Case.objects.filter(order_no=order_no, person_id=person_id).order_by("-created_at")
    return tuple(CaseView(**row) for row in rows.values(*COLUMNS))


def left_of(*, person_id: UUID, order_no: str) -> dict[str, int]:
    """Return SKU -> pieces of an order that no case asks for yet; empty for an order that is not theirs."""
    with processing(Purpose.ORDER_LOOKUP, subject=person_id, reference=order_no, reading=True):
        bought = Line.objects.filter(order_no=order_no, person_id=person_id)
        left = dict(bought.order_by("position").values_list("sku", "quantity"))
        alive = Case.objects.filter(order_no=order_no, person_id=person_id).exclude(
            status__in=(rules.REJECTED, rules.WITHDRAWN)
        )
        for sku, pieces in CaseLine.objects.filter(case_no__in=alive.values("case_no")).values_list(
            "sku", "quantity"
        ):
            left[sku] = left.get(sku, 0) - pieces
    return left


def case_of(*, person_id: UUID, case_no: str) -> CaseView:
    """Return one case in full; raises NotFound for a case that is not theirs."""
    with processing(Purpose.ORDER_LOOKUP, subject=person_id, reference=case_no, reading=True):
        return _case(person_id, case_no, with_events=True)


def queue() -> tuple[Mapping[str, Any], ...]:
    """Return the cases that wait for staff, oldest first: numbers, kinds and sums, no persons."""
    with processing(Purpose.CASE_QUEUE, subject=None, reading=True):
        rows = Case.objects.filter(status__in=(rules.REVIEWING, rules.INSPECTION)).order_by("created_at")
        found = list(rows.values("case_no", "type", "reason", "status", "amount_fen", "created_at")[:200])
    return tuple(
        {
            **row,
            "type_label": rules.TYPES[row["type"]],
            "reason_label": rules.REASONS[row["reason"]],
            "status_label": rules.LABELS[row["status"]],
        }
        for row in found
    )


def person_of_case(case_no: str) -> UUID:
    """Return whose case it is; raises NotFound."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT mingpu.lookup_case(%s)", [case_no])
        row = cursor.fetchone()
    if row is None or row[0] is None:
        raise NotFound
    return UUID(str(row[0]))


def desk_case(*, case_no: str) -> DeskCase:
    """Return a case for the desk; the look is logged under the case's number and shown to the person."""
    person_id = person_of_case(case_no)
    with processing(Purpose.SERVICE, subject=person_id, reference=case_no, reading=True):
        case = _case(person_id, case_no, with_events=False)
        order = Order.objects.filter(order_no=case.order_no).values("status", "total_fen", "placed_at").get()
        goods = tuple(
            Line.objects.filter(order_no=case.order_no)
            .order_by("position")
            .values("sku", "title", "options", "price_fen", "quantity")
        )
        to = (
            Consignee.objects.filter(order_no=case.order_no)
            .values("name", "phone", "province", "city", "district", "street")
            .get()
        )
        phone = Contact.objects.filter(person_id=person_id).values_list("phone", flat=True).get()
    return DeskCase(
        case=case,
        order_status=ORDER_LABELS[order["status"]],
        total_fen=order["total_fen"],
        placed_at=order["placed_at"],
        goods=goods,
        consignee=mask("name", to["name"] or ""),
        phone=mask("phone", to["phone"] or ""),
        address=f"{to['province']}{to['city']}{to['district']}{mask('street', to['street'] or '')}",
        contact_phone=mask("phone", phone or ""),
    )


def _case(person_id: UUID, case_no: str, *, with_events: bool) -> CaseView:
    row = Case.objects.filter(case_no=case_no, person_id=person_id).values(*COLUMNS, "description").first()
    if row is None:
        raise NotFound
    row["description"] = row["description"] or ""
    lines = tuple(CaseLine.objects.filter(case_no=case_no).values_list("sku", "quantity"))
    events: tuple[tuple[datetime, Text], ...] = ()
    if with_events:
        steps = CaseEvent.objects.filter(case_no=case_no).order_by("at").values_list("at", "after")
        events = tuple((at, rules.LABELS[after]) for at, after in steps)
    return CaseView(**row, lines=lines, events=events)
