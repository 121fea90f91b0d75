"""After-sales: the buyer asks, staff decide, money goes back."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Sum

from mingpu.catalog.models import Sku
from mingpu.delivery.models import Shipment
from mingpu.delivery.rules import PICKED_UP, RANK
from mingpu.lib.clock import now
from mingpu.lib.errors import Invalid, NotFound
from mingpu.lib.ids import public_number
from mingpu.lib.jobs import enqueue
from mingpu.lib.text import Text
from mingpu.orders.models import Line, Order
from mingpu.orders.rules import COMPLETED, DELIVERED, LABELS, PAID, SHIPPED
from mingpu.payments.models import Attempt, Refund
from mingpu.payments.rules import FAILED, REQUESTED, SUCCEEDED
from mingpu.privacy.purposes import Purpose, processing
from mingpu.service import rules
from mingpu.service.errors import NotOffered, NotPossible, TooMuch, WrongCaseState
from mingpu.service.models import Case, CaseEvent, CaseLine

LONGEST_DESCRIPTION = 500
POSSIBLE = {"refund": (PAID, SHIPPED, DELIVERED, COMPLETED), "return": (DELIVERED, COMPLETED)}


@dataclass(frozen=True, slots=True)
class Opened:
    """A case just opened; money in fen."""

    case_no: str
    status: str
    amount_fen: int


def open_case(
    *, person_id: UUID, order_no: str, kind: str, lines: Mapping[str, int], reason: str, description: str = ""
) -> Opened:
    """Ask for a refund or a return of some pieces of an order.

    lines: SKU -> pieces, no more than were bought less those in earlier cases. Raises NotFound, NotOffered,
    NotPossible, TooMuch, Invalid; then nothing is written.
    """
    _check(kind, reason, lines, description)
    case_no = public_number("C")
    with processing(Purpose.AFTER_SALES, subject=person_id, reference=order_no):
        order = (
            Order.objects.select_for_update()
            .filter(order_no=order_no, person_id=person_id)
            .values("status", "shipping_fen")
            .first()
        )
        if order is None:
            raise NotFound
        if order["status"] not in POSSIBLE[kind]:
            raise NotPossible(status=LABELS[order["status"]])
        unshipped = order["status"] == PAID
        amount = _amount(order_no, lines, shipping_fen=order["shipping_fen"] if unshipped else 0)
        Case.objects.create(
            case_no=case_no, order_no=order_no, person_id=person_id, type=kind, reason=reason,
            description=description.strip() or None, status=rules.REVIEWING, amount_fen=amount, created_at=now(),
        )  # fmt: skip
        CaseLine.objects.bulk_create(
            CaseLine(case_no=case_no, person_id=person_id, sku=sku, quantity=pieces)
            for sku, pieces in lines.items()
        )
        CaseEvent.objects.create(
            case_no=case_no, person_id=person_id, at=now(), before="", after=rules.REVIEWING, actor="buyer"
        )
    return Opened(case_no, rules.REVIEWING, amount)


def _check(kind: str, reason: str, lines: Mapping[str, int], description: str) -> None:
    if kind == "exchange":
        raise NotOffered
    if kind not in rules.OFFERED:
        raise Invalid(field=Text("类型", "type"), problem=Text("不支持", "unknown"))
    if reason not in rules.REASONS:
        raise Invalid(field=Text("原因", "reason"), problem=Text("请选择一项", "choose one"))
    if not lines or any(pieces < 1 for pieces in lines.values()):
        raise Invalid(
            field=Text("商品", "goods"), problem=Text("请至少选择一件", "choose at least one piece")
        )
    if len(description) > LONGEST_DESCRIPTION:
        problem = Text(f"最多 {LONGEST_DESCRIPTION} 字", f"{LONGEST_DESCRIPTION} characters at most")
        raise Invalid(field=Text("说明", "description"), problem=problem)


def _amount(order_no: str, lines: Mapping[str, int], *, shipping_fen: int) -> int:
    """Return what the pieces cost, and the delivery fee too when nothing of the order is kept."""
    bought = {
        row["sku"]: row
        for row in Line.objects.filter(order_no=order_no).values("sku", "price_fen", "quantity")
    }
    alive = Case.objects.filter(order_no=order_no).exclude(status__in=(rules.REJECTED, rules.WITHDRAWN))
    asked = dict(
        CaseLine.objects.filter(case_no__in=list(alive.values_list("case_no", flat=True)))
        .values_list("sku")
        .annotate(Sum("quantity"))
    )
    for sku, pieces in lines.items():
        left = bought[sku]["quantity"] - asked.get(sku, 0) if sku in bought else 0
        if pieces > left:
            raise TooMuch(left=left)
    amount = sum(bought[sku]["price_fen"] * pieces for sku, pieces in lines.items())
    everything = all(lines.get(sku, 0) + asked.get(sku, 0) == row["quantity"] for sku, row in bought.items())
    return amount + (shipping_fen if everything else 0)


def withdraw(*, person_id: UUID, case_no: str) -> None:
    """Take a request back; raises NotFound, WrongCaseState once money is on its way."""
    with processing(Purpose.AFTER_SALES, subject=person_id, reference=case_no):
        _move(person_id, case_no, rules.WITHDRAWN, "buyer")


def sent_back(*, person_id: UUID, case_no: str) -> None:
    """Say that the goods are on their way back; raises NotFound, WrongCaseState."""
    with processing(Purpose.AFTER_SALES, subject=person_id, reference=case_no):
        _move(person_id, case_no, rules.INSPECTION, "buyer")


def decide(
    *, person_id: UUID, case_no: str, approve: bool, staff: str, answer: str = "", seen: tuple[str, ...] = ()
) -> str:
    """Decide a case at the desk; returns its new state.

    A yes to a refund writes the refund and enqueues it in the same transaction; a yes to a return first waits
    for the goods. seen: the states the decision was meant for, when it is not to hold for any other.
    Raises NotFound, WrongCaseState.
    """
    with processing(Purpose.SERVICE, subject=person_id, reference=case_no):
        case = (
            Case.objects.select_for_update()
            .filter(case_no=case_no, person_id=person_id)
            .values("type", "status", "order_no", "amount_fen")
            .first()
        )
        if case is None:
            raise NotFound
        if seen and case["status"] not in seen:
            raise WrongCaseState(status=rules.LABELS[case["status"]])
        after = rules.approved(case["type"], case["status"]) if approve else rules.REJECTED
        _move(person_id, case_no, after, "staff", decided_by=staff, answer=answer[:LONGEST_DESCRIPTION])
        if after == rules.REFUNDING:
            _refund(person_id, case_no, case["order_no"], case["amount_fen"])
    return after


def _refund(person_id: UUID, case_no: str, order_no: str, amount_fen: int) -> None:
    """Write the refund of a case, never beyond what was paid; the order's row is locked meanwhile."""
    order = Order.objects.select_for_update().filter(order_no=order_no).values("total_fen").get()
    rows = Refund.objects.filter(order_no=order_no).exclude(reason="late_payment").exclude(status=FAILED)
    before = rows.aggregate(sum=Sum("amount_fen"))["sum"] or 0
    amount = min(amount_fen, order["total_fen"] - before)
    if amount <= 0:
        raise NotPossible(status=LABELS["closed"])
    paid = Attempt.objects.filter(order_no=order_no, status=SUCCEEDED).exclude(
        id__in=Refund.objects.filter(order_no=order_no, reason="late_payment").values("attempt_id")
    )  # what was paid twice went back as a late payment
    attempt_id = paid.values_list("id", flat=True).get()
    number = public_number("R")
    Refund.objects.create(
        order_no=order_no, person_id=person_id, attempt_id=attempt_id, out_refund_no=number, amount_fen=amount,
        reason=f"case:{case_no}", status=REQUESTED, created_at=now(),
    )  # fmt: skip
    enqueue("payments.refund", person_id=str(person_id), out_refund_no=number)


def refunded(*, person_id: UUID, case_no: str) -> None:
    """Finish a case whose money is back; goods that never left the house return to stock."""
    with processing(Purpose.AFTER_SALES, subject=person_id, reference=case_no):
        case = (
            Case.objects.filter(case_no=case_no, person_id=person_id)
            .values("order_no", "status", "type")
            .first()
        )
        if case is None or case["status"] != rules.REFUNDING:
            return
        _move(person_id, case_no, rules.REFUNDED, "system")
        if case["type"] == "return" or not _left_the_house(case["order_no"]):
            Sku.objects.give_back(
                dict(CaseLine.objects.filter(case_no=case_no).values_list("sku", "quantity"))
            )


def _left_the_house(order_no: str) -> bool:
    """Tell whether the courier has the parcel, or had; the order itself is closed by now."""
    rows = Shipment.objects.filter(order_no=order_no).values_list("status", flat=True)
    return any(RANK[status] >= RANK[PICKED_UP] for status in rows)


def _move(person_id: UUID, case_no: str, after: str, who: str, **columns: object) -> None:
    rows = Case.objects.select_for_update().filter(case_no=case_no, person_id=person_id)
    before = rows.values_list("status", flat=True).first()
    if before is None:
        raise NotFound
    if not rules.may_move(before, after, who):
        raise WrongCaseState(status=rules.LABELS[before])
    Case.objects.filter(case_no=case_no).update(status=after, **columns)
    CaseEvent.objects.create(
        case_no=case_no, person_id=person_id, at=now(), before=before, after=after, actor=who
    )
