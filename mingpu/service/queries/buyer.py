"""After-sales as the buyer sees it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from mingpu.delivery.queries import ShipmentView, read_shipments
from mingpu.delivery.rules import CANCELLED
from mingpu.invoices.queries import InvoiceView, read_invoices
from mingpu.lib.errors import NotFound
from mingpu.lib.text import Text
from mingpu.merchants.rules import OWN_SHOP
from mingpu.orders.models import Event
from mingpu.orders.queries import OrderView, read_order
from mingpu.orders.rules import MOVABLE
from mingpu.payments.queries import PaymentView, RefundView, read_payments
from mingpu.privacy import keys
from mingpu.privacy.purposes import Purpose, processing
from mingpu.service import files, rules
from mingpu.service.models import Case, CaseLine, Evidence
from mingpu.virtual.queries import HandedOver, read_handovers

COLUMNS = (
    "case_no", "order_no", "merchant", "type", "reason", "status", "amount_fen", "shipping_fen", "created_at",
    "due_at", "answer", "way", "return_courier", "waybill_no",
)  # fmt: skip
# What a buyer does is named after where it leads.
ACTIONS = {
    rules.WITHDRAWN: "withdraw",
    rules.INSPECTION: "sent_back",
    rules.ARBITRATION: "ask_arbitration",
}


NOTHING_HANDED = HandedOver("", ())


@dataclass(frozen=True, slots=True)
class EvidenceView:
    """A photo or video of a case. kind: photo | video; size in bytes."""

    number: str
    kind: str
    media_type: str
    size: int
    added_at: datetime


@dataclass(frozen=True, slots=True)
class CaseView:
    """One case; money in fen. due_at: until when it may stay as it is, None for as long as it takes.

    way: how goods come back, courier | own, "" while that is open; swaps: SKU -> the SKU it is exchanged for.
    """

    case_no: str
    order_no: str
    type: str
    reason: str
    status: str
    amount_fen: int
    created_at: datetime
    answer: str
    merchant: str = OWN_SHOP
    shipping_fen: int = 0
    due_at: datetime | None = None
    way: str = ""
    return_courier: str = ""
    waybill_no: str = ""
    description: str = ""
    appeal: str = ""
    lines: tuple[tuple[str, int], ...] = ()
    swaps: tuple[tuple[str, str], ...] = ()
    events: tuple[tuple[datetime, Text], ...] = ()
    evidence: tuple[EvidenceView, ...] = ()

    @property
    def type_label(self) -> Text:
        """The kind in words."""
        return rules.TYPES[self.type]

    @property
    def reason_label(self) -> Text:
        """The reason in words."""
        return rules.REASON_LABELS[self.reason]

    @property
    def status_label(self) -> Text:
        """The state in words."""
        return rules.LABELS[self.status]

    @property
    def freight(self) -> str:
        """Who pays the way back: seller | buyer."""
        return rules.FAULT[self.reason]

    @property
    def freight_label(self) -> Text:
        """Who pays the way back, in words."""
        return rules.FREIGHT_LABELS[self.freight]

    @property
    def actions(self) -> list[str]:
        """What the buyer can do now: withdraw, ask_arbitration, choose_return, sent_back."""
        found = [
            ACTIONS[after]
            for (before, after), who in rules.MOVES.items()
            if before == self.status and "buyer" in who
        ]
        if self.status == rules.AWAITING_RETURN:
            return [] if self.way == rules.COURIER else ["choose_return", *found]
        return found


@dataclass(frozen=True, slots=True)
class OrderInFull:
    """One order and everything that hangs on it, for its buyer.

    invoices: those that were passed on. handed: what its virtual goods have come to.
    """

    order: OrderView
    payments: tuple[PaymentView, ...]
    refunds: tuple[RefundView, ...]
    shipments: tuple[ShipmentView, ...]
    cases: tuple[CaseView, ...]
    invoices: tuple[InvoiceView, ...] = ()
    handed: HandedOver = NOTHING_HANDED

    @property
    def movable(self) -> bool:
        """Whether where it goes can still be changed: nothing of it is packed."""
        packed = any(it.status != CANCELLED for it in self.shipments)
        return self.order.consignee is not None and self.order.status in MOVABLE and not packed


def cases_of(*, person_id: UUID, order_no: str) -> tuple[CaseView, ...]:
    """Return the cases of an order, newest first."""
    with processing(Purpose.ORDER_LOOKUP, subject=person_id, reference=order_no, reading=True):
        return _cases(person_id, order_no)


def order_in_full(*, person_id: UUID, order_no: str) -> OrderInFull:
    """Return an order with all that belongs to it: one look, one line in the record of uses.

    Raises NotFound for an order that is not this person's.
    """
    with processing(Purpose.ORDER_LOOKUP, subject=person_id, reference=order_no, reading=True):
        order = read_order(person_id, order_no)
        payments, refunds = read_payments(person_id, order_no)
        shipments, cases = read_shipments(person_id, order_no), _cases(person_id, order_no)
        invoices = read_invoices(person_id, order_no) if order.paid_at else ()
        virtual = any(line.kind != "goods" for line in order.lines)
        handed = read_handovers(person_id, order_no) if virtual else NOTHING_HANDED
    return OrderInFull(order, payments, refunds, shipments, cases, invoices, handed)


def _cases(person_id: UUID, order_no: str) -> tuple[CaseView, ...]:
    rows = Case.objects.filter(order_no=order_no, person_id=person_id).order_by("-created_at")
    return tuple(CaseView(**row) for row in rows.values(*COLUMNS))


def left_of(*, person_id: UUID, order_no: str) -> dict[str, int]:
    """Return SKU -> pieces of an order that no case asks for yet; empty for an order that is not theirs."""
    with processing(Purpose.ORDER_LOOKUP, subject=person_id, reference=order_no, reading=True):
        return CaseLine.objects.left(order_no)


def case_of(*, person_id: UUID, case_no: str) -> CaseView:
    """Return one case in full; raises NotFound for a case that is not theirs."""
    with processing(Purpose.ORDER_LOOKUP, subject=person_id, reference=case_no, reading=True):
        return read_case(person_id, case_no)


def read_case(person_id: UUID, case_no: str) -> CaseView:
    """Do what `case_of` does, inside the caller's block, of order lookup or of service."""
    found = Case.objects.filter(case_no=case_no, person_id=person_id)
    row = found.values(*COLUMNS, "description", "appeal").first()
    if row is None:
        raise NotFound
    row["description"], row["appeal"] = row["description"] or "", row["appeal"] or ""
    lines = list(
        CaseLine.objects.filter(case_no=case_no).order_by("sku").values_list("sku", "quantity", "swap")
    )
    steps = Event.objects.filter(order_no=row["order_no"], machine="after_sale", reference=case_no)
    return CaseView(
        **row,
        lines=tuple((sku, pieces) for sku, pieces, _ in lines),
        swaps=tuple((sku, swap) for sku, _, swap in lines if swap),
        events=tuple(
            (at, rules.CAUSES[cause]) for at, cause in steps.order_by("at").values_list("at", "cause")
        ),
        evidence=read_evidence(case_no),
    )


def evidence_of(*, person_id: UUID, case_no: str) -> tuple[EvidenceView, ...]:
    """Return the photos and videos of a case, oldest first; empty for a case that is not theirs."""
    with processing(Purpose.ORDER_LOOKUP, subject=person_id, reference=case_no, reading=True):
        return read_evidence(case_no)


def read_evidence(case_no: str) -> tuple[EvidenceView, ...]:
    """Do what `evidence_of` does, inside the caller's block, which sees its own person's rows only."""
    rows = Evidence.objects.filter(case_no=case_no).order_by("added_at", "number")
    return tuple(
        EvidenceView(**row) for row in rows.values("number", "kind", "media_type", "size", "added_at")
    )


def open_evidence(*, person_id: UUID, case_no: str, number: str) -> tuple[str, bytes]:
    """Return media type and content of a photo or video for its owner; raises NotFound for any other."""
    with processing(Purpose.ORDER_LOOKUP, subject=person_id, reference=case_no, reading=True):
        media_type = media_type_of(case_no, number)
    return media_type, content_of(person_id, case_no, number)


def media_type_of(case_no: str, number: str) -> str:
    """Return what a photo or video is, inside the caller's block; raises NotFound."""
    rows = Evidence.objects.filter(number=number, case_no=case_no)
    found = rows.values_list("media_type", flat=True).first()
    if found is None:
        raise NotFound
    return str(found)


def content_of(person_id: UUID, case_no: str, number: str) -> bytes:
    """Return a photo or video once a block has found it; raises NotFound for one that was erased meanwhile."""
    try:
        return files.read(number, case_no, person_id)
    except (FileNotFoundError, keys.KeyErased):
        raise NotFound from None
