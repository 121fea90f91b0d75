"""What a case is given, and giving it; every sum is worked out and written under the lock of the order's row."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db.models import Sum

from mingpu.delivery.models import ParcelLine, Shipment
from mingpu.delivery.rules import OUTWARD, SIGNED, WITH_COURIER
from mingpu.lib.errors import NotFound
from mingpu.lib.jobs import enqueue
from mingpu.orders.models import Line, Order, Part
from mingpu.payments.models import Refund
from mingpu.privacy.purposes import Purpose, processing
from mingpu.service import rules
from mingpu.service.errors import NotArrived, NotReturnable, SeveralSellers, TooMuch
from mingpu.service.models import CARRIED, Case, CaseLine, Row
from mingpu.service.services.goods import keep, settle

LINE: Final = ("sku", "title", "merchant", "kind", "quantity", "payable_fen")
BACK: Final = (rules.REFUND, rules.RETURN)  # kinds that end with the money going back


@dataclass(frozen=True, slots=True)
class Given:
    """What a case is given, in fen: SKU -> fen for its pieces, and for delivery. merchant: whose goods they are."""

    merchant: str
    fens: Mapping[str, int]
    shipping_fen: int

    @property
    def amount_fen(self) -> int:
        """All of it."""
        return sum(self.fens.values()) + self.shipping_fen


def allot(order_no: str, case: Mapping[str, str], lines: Mapping[str, int]) -> Given:
    """Return what a case about `lines` (SKU -> pieces) is given; the order's row is locked meanwhile.

    case: case_no, type, reason. Never more than the order holds. Raises TooMuch, SeveralSellers, NotReturnable.
    """
    bought = {row["sku"]: row for row in Line.objects.filter(order_no=order_no).values(*LINE)}
    others = CaseLine.objects.held(order_no, but=case["case_no"])
    held = {
        row["sku"]: row for row in others.values("sku").annotate(pieces=Sum("quantity"), given=Sum("fen"))
    }
    for sku, pieces in lines.items():
        left = bought[sku]["quantity"] - _of(held, sku, "pieces") if sku in bought else 0
        if pieces > left:
            raise TooMuch(left=left)
        if bought[sku]["kind"] != CARRIED:
            raise NotReturnable(title=bought[sku]["title"])
    merchants = {bought[sku]["merchant"] for sku in lines}
    if len(merchants) > 1:
        raise SeveralSellers
    fens = {
        sku: rules.share(
            bought[sku]["payable_fen"], bought[sku]["quantity"], pieces=pieces,
            before=_of(held, sku, "pieces"), given_fen=_of(held, sku, "given"),
        )
        for sku, pieces in lines.items()
    }  # fmt: skip
    fens, left = _at_most(fens, Refund.objects.left(order_no))
    [merchant] = merchants
    all_of_it = all(
        lines.get(sku, 0) + _of(held, sku, "pieces") == row["quantity"]
        for sku, row in bought.items()
        if row["merchant"] == merchant
    )
    return Given(merchant, fens, min(left, _shipping(order_no, merchant, case)) if all_of_it else 0)


def _at_most(fens: Mapping[str, int], left: int) -> tuple[dict[str, int], int]:
    """Cut sums (SKU -> fen) to what an order still holds, and return what is left then.

    Money of an order may have gone back without a case; it is not promised twice.
    """
    found = {}
    for sku, fen in sorted(fens.items()):
        found[sku] = min(fen, left)
        left -= found[sku]
    return found, left


def _of(held: Mapping[str, Mapping[str, Any]], sku: str, what: str) -> int:
    return int(held[sku][what]) if sku in held else 0


def _shipping(order_no: str, merchant: str, case: Mapping[str, str]) -> int:
    """Return what is left of the delivery fee of a part of which nothing is kept.

    It goes back when nothing of the part had left the house, or when all of it goes back by the seller's fault.
    """
    alive = Case.objects.holding().filter(order_no=order_no, merchant=merchant)
    others = list(alive.exclude(case_no=case["case_no"]).values("type", "reason", "shipping_fen"))
    if any(it["type"] not in BACK for it in [*others, case]):
        return 0
    part = Part.objects.filter(order_no=order_no, merchant=merchant).values("part_no", "shipping_fen").get()
    sent = Shipment.objects.filter(
        part_no=part["part_no"], direction=OUTWARD, case_no="", status__in=WITH_COURIER
    )
    faults = {rules.FAULT[str(it["reason"])] for it in [*others, case]}
    if faults != {rules.SELLER} and sent.exists():
        return 0
    return int(part["shipping_fen"]) - sum(it["shipping_fen"] for it in others)


def check_arrived(order_no: str, lines: Mapping[str, int]) -> None:
    """Make sure that so many pieces were signed for, besides those that other cases bring back; raises NotArrived."""
    signed = Shipment.objects.filter(order_no=order_no, direction=OUTWARD, status=SIGNED, case_no="")
    arrived = dict(
        ParcelLine.objects.filter(shipment_id__in=list(signed.values_list("id", flat=True)))
        .values_list("sku")
        .annotate(Sum("quantity"))
    )
    coming = Case.objects.filter(order_no=order_no).exclude(type=rules.REFUND).values("case_no")
    others = CaseLine.objects.held(order_no).filter(case_no__in=coming)
    spoken_for = dict(others.values_list("sku").annotate(Sum("quantity")))
    for sku, pieces in lines.items():
        if pieces + spoken_for.get(sku, 0) > arrived.get(sku, 0):
            raise NotArrived(arrived=arrived.get(sku, 0))


def pay_back(person_id: UUID, case: Row) -> None:
    """Have the money of a case paid back by the paths it came, inside the caller's block; raises NothingLeft."""
    lines = dict(CaseLine.objects.filter(case_no=case["case_no"]).values_list("sku", "fen"))
    first = min(lines)
    lines[first] += case["shipping_fen"]  # of the same merchant's part
    reason = f"case:{case['case_no']}"
    Refund.objects.ask(case["order_no"], person_id, case["amount_fen"], reason, lines=lines)
    if not case["amount_fen"]:  # nothing was paid for these pieces, so no institution will tell
        enqueue("service.refunded", person_id=str(person_id), case_no=case["case_no"])


def carry_on(person_id: UUID, case: Row) -> None:
    """Do what follows from the state that a case was just moved to, inside the same block."""
    who: dict[str, Any] = {"person_id": str(person_id), "case_no": case["case_no"]}
    if case["status"] == rules.REFUNDING:
        pay_back(person_id, case)
        if case["type"] == rules.REFUND and not case["parcel_no"]:
            enqueue("service.keep_back", **who)
    elif case["status"] == rules.REPLACING:
        enqueue("service.replace", **who)
    elif case["status"] == rules.REPAIRED or (case["status"] == rules.CLOSED and case["arrived_at"]):
        _send_again(case, who)


def _send_again(case: Row, who: dict[str, Any]) -> None:
    """Have the buyer's own goods brought back to them."""
    lines = CaseLine.objects.pieces(case["case_no"])
    enqueue("delivery.send_again", order_no=case["order_no"], lines=lines, own=True, **who)


def refunded(*, person_id: UUID, case_no: str) -> None:
    """Finish a case whose money is back; goods that never left the house, or are fit for sale, return to stock."""
    with processing(Purpose.AFTER_SALES, subject=person_id, reference=case_no):
        try:
            case = Case.objects.hold(person_id, case_no)
        except NotFound:
            return
        if case["status"] != rules.REFUNDING:
            return
        case = Case.objects.move(case, person_id, after=rules.REFUNDED, who="system")
        keep(person_id, case)
        settle(person_id, case)
        _end_gift(person_id, case["order_no"])


def _end_gift(person_id: UUID, order_no: str) -> None:
    """Have an order closed that cost nothing and of which nothing is kept: no refund will do that."""
    total = Order.objects.filter(order_no=order_no).values_list("total_fen", flat=True).get()
    if total or any(CaseLine.objects.left(order_no).values()):
        return
    open_cases = Case.objects.holding().filter(order_no=order_no).exclude(status=rules.REFUNDED)
    if not open_cases.exists():
        enqueue(
            "payments.refund_piece",
            person_id=str(person_id),
            order_no=order_no,
            amount_fen=0,
            reason="nothing_kept",
        )
