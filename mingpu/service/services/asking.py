"""What a buyer asks for: opening a case, taking it back, having the mall decide; and parcels that come back unasked."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db.models import F, Min

from mingpu.catalog.models import Sku
from mingpu.delivery.models import Shipment
from mingpu.delivery.rules import LOST
from mingpu.lib.clock import now
from mingpu.lib.errors import Invalid, NotFound
from mingpu.lib.ids import public_number
from mingpu.lib.jobs import enqueue
from mingpu.lib.text import Text
from mingpu.orders import services as orders
from mingpu.orders.models import Event, Order, Part, Step
from mingpu.orders.rules import CLOSED, COMPLETED, DELIVERED, LABELS, NEVER_SENT
from mingpu.privacy.purposes import Purpose, processing
from mingpu.service import rules
from mingpu.service.errors import CourierComes, NotAlike, NotPaid, NotPossible
from mingpu.service.models import MOMENT, Case, CaseLine, Row
from mingpu.service.services.money import Given, allot, carry_on, check_arrived
from mingpu.service.services.sending import late, not_sent_in_time, unsent

LONGEST_DESCRIPTION: Final = 500
MOST_CASES: Final = 60  # of one order, those taken back included


@dataclass(frozen=True, slots=True)
class Opened:
    """A case just opened; money in fen."""

    case_no: str
    status: str
    amount_fen: int


def open_case(
    *,
    person_id: UUID,
    order_no: str,
    kind: str,
    lines: Mapping[str, int],
    reason: str,
    description: str = "",
    swap: Mapping[str, str] | None = None,
) -> Opened:
    """Ask for a refund, return, exchange or repair of some pieces of an order, all of one merchant.

    Pieces that were to be sent by now and were not are refunded without asking the seller.
    lines: SKU -> pieces, no more than were bought less those that other cases hold. swap: SKU -> the SKU wanted for
    it in an exchange, where it is not the same. Raises NotFound, NotPossible, NotPaid, NotArrived, NotReturnable,
    NotAlike, SeveralSellers, TooMuch, Invalid; then nothing is written.
    """
    _check(kind, reason, lines, description)
    it = {"case_no": public_number("C"), "type": kind, "reason": reason}
    with processing(Purpose.AFTER_SALES, subject=person_id, reference=order_no):
        _check_order(_locked(person_id, order_no), kind)
        if Case.objects.filter(order_no=order_no).count() >= MOST_CASES:
            raise Invalid(
                field=Text("售后", "after-sales"), problem=Text("申请次数过多", "too many requests")
            )
        given = allot(order_no, it, lines)
        if kind != rules.REFUND and not _all_there(order_no):
            check_arrived(order_no, lines)
        wanted = {sku: other for sku, other in (swap or {}).items() if other not in {sku, ""}}
        if wanted:
            _check_alike(kind, wanted, lines)
        at_once = kind == rules.REFUND and not_sent_in_time(order_no, given.merchant, lines)
        case = _write(
            person_id, order_no, it, given, lines, swap=wanted, who="buyer",
            description=description.strip() or None,
        )  # fmt: skip
        case = _first_step(person_id, case, at_once=at_once)
    return Opened(case["case_no"], case["status"], given.amount_fen)


def _first_step(person_id: UUID, case: Row, *, at_once: bool) -> Row:
    """Hand a request to the seller, or have the money back at once where a promise was not kept."""
    if not at_once:
        return Case.objects.move(case, person_id, after=rules.REVIEWING, who="system")
    case = Case.objects.move(case, person_id, after=rules.REFUNDING, who="promise")
    carry_on(person_id, case)
    return case


def _check(kind: str, reason: str, lines: Mapping[str, int], description: str) -> None:
    if kind not in rules.OFFERED:
        raise Invalid(field=Text("类型", "type"), problem=Text("不支持", "unknown"))
    if reason not in rules.REASONS:
        raise Invalid(field=Text("原因", "reason"), problem=Text("请选择一项", "choose one"))
    if not lines or any(pieces < 1 for pieces in lines.values()):
        raise Invalid(
            field=Text("商品", "goods"), problem=Text("请至少选择一件", "choose at least one piece")
        )
    _check_words(Text("说明", "description"), description)


def _check_words(field: Text, words: str) -> None:
    if len(words) > LONGEST_DESCRIPTION:
        problem = Text(f"最多 {LONGEST_DESCRIPTION} 字", f"{LONGEST_DESCRIPTION} characters at most")
        raise Invalid(field=field, problem=problem)


def _locked(person_id: UUID, order_no: str) -> Row:
    """Lock an order's row; raises NotFound for one that is not theirs."""
    rows = Order.objects.select_for_update().filter(order_no=order_no, person_id=person_id)
    found = rows.values("status", "paid_at").first()
    if found is None:
        raise NotFound
    return dict(found)


def _check_order(order: Row, kind: str) -> None:
    if order["status"] not in rules.POSSIBLE[kind]:
        raise NotPossible(status=LABELS[order["status"]])
    if order["paid_at"] is None:
        raise NotPaid


def _all_there(order_no: str) -> bool:
    """Tell whether everything of an order has arrived, by the courier's word or the buyer's."""
    return Order.objects.filter(order_no=order_no, status__in=(DELIVERED, COMPLETED)).exists()


def _check_alike(kind: str, wanted: Mapping[str, str], lines: Mapping[str, int]) -> None:
    """Make sure that what is wanted instead is a variant of the same article at the same price."""
    codes = {*wanted, *wanted.values()}
    known = {
        row["code"]: row
        for row in Sku.objects.filter(code__in=codes).values("code", "product_id", "price_fen")
    }
    for sku, other in wanted.items():
        pair = known.get(sku), known.get(other)
        same = all(pair) and all(
            pair[0][what] == pair[1][what]  # type: ignore[index]
            for what in ("product_id", "price_fen")
        )
        if kind != rules.EXCHANGE or sku not in lines or not same:
            raise NotAlike


def _write(
    person_id: UUID,
    order_no: str,
    it: Mapping[str, str],
    given: Given,
    lines: Mapping[str, int],
    *,
    who: str,
    swap: Mapping[str, str] | None = None,
    **more: Any,
) -> Row:
    """Write a case with its first step, and return it as it can be moved on."""
    row: Row = {
        **it, "order_no": order_no, "merchant": given.merchant, "status": rules.REQUESTED,
        "amount_fen": given.amount_fen, "shipping_fen": given.shipping_fen, "parcel_no": more.get("parcel_no", ""),
    }  # fmt: skip
    Case.objects.create(person_id=person_id, created_at=now(), **{**row, **more})
    CaseLine.objects.bulk_create(
        CaseLine(
            case_no=it["case_no"], person_id=person_id, sku=sku, quantity=pieces, fen=given.fens[sku],
            swap=(swap or {}).get(sku, ""),
        )
        for sku, pieces in lines.items()
    )  # fmt: skip
    cause = rules.cause_of("", rules.REQUESTED, who)
    step = Step(machine="after_sale", reference=it["case_no"], before="", after=rules.REQUESTED, cause=cause)
    Event.objects.log(order_no, person_id, [step])
    return {"due_at": None, "way": "", "arrived_at": None, "resale": False, **row}


def withdraw(*, person_id: UUID, case_no: str) -> None:
    """Take a request back.

    Raises NotFound, WrongCaseState once money is on its way, CourierComes once a pick-up is booked.
    """
    with processing(Purpose.AFTER_SALES, subject=person_id, reference=case_no):
        case = Case.objects.hold(person_id, case_no)
        if case["status"] == rules.AWAITING_RETURN and case["way"] == rules.COURIER:
            raise CourierComes
        Case.objects.move(case, person_id, after=rules.WITHDRAWN, who="buyer")


def ask_arbitration(*, person_id: UUID, case_no: str, appeal: str = "") -> None:
    """Have the mall decide about a request that the seller declined, while there is time for it.

    appeal: what the mall should know, at most 500 characters. The declined pieces were free to be asked for again, so
    they are counted anew. Raises NotFound, WrongCaseState, TooMuch, Invalid.
    """
    _check_words(Text("仲裁理由", "why"), appeal)
    with processing(Purpose.AFTER_SALES, subject=person_id, reference=case_no):
        case = Case.objects.hold(person_id, case_no)
        moved = Case.objects.move(
            case, person_id, after=rules.ARBITRATION, who="buyer", appeal=appeal.strip() or None
        )
        given = allot(moved["order_no"], moved, CaseLine.objects.pieces(case_no))
        CaseLine.objects.allot(case_no, given.fens)
        Case.objects.filter(case_no=case_no).update(
            amount_fen=given.amount_fen, shipping_fen=given.shipping_fen
        )


def came_back(*, person_id: UUID, order_no: str, parcel_no: str) -> None:
    """Refund a paid parcel that came back or was lost, without anybody asking; safe to repeat.

    A parcel that was sent for a case counts with the pieces it replaced.
    """
    with processing(Purpose.AFTER_SALES, subject=person_id, reference=order_no):
        order = _locked(person_id, order_no)
        parcel = (
            Shipment.objects.filter(parcel_no=parcel_no, order_no=order_no)
            .values("id", "status", "case_no")
            .first()
        )
        known = Case.objects.filter(order_no=order_no, parcel_no=parcel_no).exists()
        if parcel is None or known or order["status"] == CLOSED or order["paid_at"] is None:
            return
        lines = _not_had(person_id, order_no, dict(parcel))
        if not lines:
            return
        reason = rules.LOST if parcel["status"] == LOST else rules.UNDELIVERED
        it = {"case_no": public_number("C"), "type": rules.REFUND, "reason": reason}
        given = allot(order_no, it, lines)
        case = _write(person_id, order_no, it, given, lines, who="courier", parcel_no=parcel_no)
        case = Case.objects.move(case, person_id, after=rules.REFUNDING, who="system")
        carry_on(person_id, case)


def never_sent(*, person_id: UUID, order_no: str) -> None:
    """Refund what no merchant has sent in 15 days, without anybody asking; safe to repeat.

    An order with cash on delivery of which nothing was sent is cancelled. A part that is not that late is looked at
    again when it is.
    """
    with processing(Purpose.AFTER_SALES, subject=person_id, reference=order_no):
        order = _locked(person_id, order_no)
        merchants = late(order_no, NEVER_SENT)
        if order["paid_at"] and order["status"] in rules.POSSIBLE[rules.REFUND]:
            for merchant in merchants:
                _refund_unsent(person_id, order_no, merchant)
        others = Part.objects.filter(order_no=order_no, ended_at=None, ready_at__gt=now() - NEVER_SENT)
        if ready := others.filter(pieces_sent__lt=F("pieces")).aggregate(first=Min("ready_at"))["first"]:
            enqueue(
                "service.never_sent",
                at=ready + NEVER_SENT + MOMENT,
                person_id=str(person_id),
                order_no=order_no,
            )
    if merchants and not order["paid_at"]:
        orders.never_sent(person_id=person_id, order_no=order_no)


def _refund_unsent(person_id: UUID, order_no: str, merchant: str) -> None:
    lines = unsent(order_no, merchant)
    if not lines:
        return
    it = {"case_no": public_number("C"), "type": rules.REFUND, "reason": rules.UNSENT}
    case = _write(person_id, order_no, it, allot(order_no, it, lines), lines, who="promise")
    _first_step(person_id, case, at_once=True)


def _not_had(person_id: UUID, order_no: str, parcel: Row) -> dict[str, int]:
    """Return what a buyer does not have because of a parcel, and no case holds: SKU -> pieces."""
    if parcel["case_no"]:
        it = Case.objects.filter(case_no=parcel["case_no"], person_id=person_id)
        owed = it.filter(status__in=(rules.EXCHANGED, rules.REPAIRED)).exists() or parcel["status"] == LOST
        wanted = CaseLine.objects.pieces(parcel["case_no"]) if owed else {}
    else:
        wanted = Shipment.objects.contents(parcel["id"])
    left = CaseLine.objects.left(order_no)
    found = {sku: min(pieces, left.get(sku, 0)) for sku, pieces in wanted.items()}
    return {sku: pieces for sku, pieces in found.items() if pieces}
