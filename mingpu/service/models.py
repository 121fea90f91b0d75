"""After-sales: cases, the pieces they are about, what shows that they are right. Their course is in the orders' log."""

import uuid
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from django.db import models

from mingpu.lib.clock import now
from mingpu.lib.errors import NotFound
from mingpu.lib.jobs import enqueue
from mingpu.orders.models import Event, Line, Order, Step
from mingpu.privacy.fields import SealedText
from mingpu.service.errors import WrongCaseState
from mingpu.service.rules import DECIDING, FREE, LABELS, REJECTED, cause_of, due_at

Row = dict[str, Any]
CARRIED: Final = "goods"  # the kind of goods that parcels are for, so that they can come back
MOMENT: Final = timedelta(seconds=1)  # so that a deadline is over when its job comes
CASE = (
    "case_no", "order_no", "merchant", "type", "reason", "status", "amount_fen", "shipping_fen", "due_at", "way",
    "arrived_at", "resale", "parcel_no",
)  # fmt: skip


class CaseQuerySet(models.QuerySet["Case"]):
    """Verbs on cases; each runs inside the caller's `processing`."""

    def hold(self, person_id: uuid.UUID, case_no: str) -> Row:
        """Lock a case, its order before it, and return it; raises NotFound for one that is not theirs."""
        rows = self.filter(case_no=case_no, person_id=person_id)
        order_no = rows.values_list("order_no", flat=True).first()
        if order_no is None:
            raise NotFound
        Order.objects.select_for_update().filter(order_no=order_no).values("order_no").get()
        return dict(rows.select_for_update().values(*CASE).get())

    def move(self, case: Row, person_id: uuid.UUID, *, after: str, who: str, **columns: object) -> Row:
        """Move a case that the caller holds by the table, log it, and give it its deadline; returns it as it is now.

        Raises WrongCaseState, and writes nothing, where `who` may not move it so.
        """
        cause = cause_of(case["status"], after, who)
        if not cause:
            raise WrongCaseState(status=LABELS[case["status"]])
        due = due_at(after, now(), way=str(columns.get("way", case["way"])))
        self.filter(case_no=case["case_no"]).update(status=after, due_at=due, **columns)
        step = Step(
            machine="after_sale",
            reference=case["case_no"],
            before=case["status"],
            after=after,
            cause=cause,
        )
        Event.objects.log(case["order_no"], person_id, [step])
        if case["status"] in DECIDING and who != "buyer":
            about = {"kind": "case_decided", "about": case["case_no"], "mark": f"{case['status']}:{after}"}
            enqueue("notices.tell", person_id=str(person_id), **about)
        self.plan(case["case_no"], person_id, due)
        return {**case, "status": after, "due_at": due, **columns}

    def holding(self) -> "CaseQuerySet":
        """Cases that hold pieces and money: those under way or granted, and declined ones whose goods the seller has."""
        kept = models.Q(status=REJECTED, arrived_at__isnull=False)
        return self.exclude(models.Q(status__in=FREE) & ~kept)

    def plan(self, case_no: str, person_id: uuid.UUID, due: Any) -> None:
        """Have a deadline looked at when it is over."""
        if due is not None:
            enqueue("service.due", at=due + MOMENT, person_id=str(person_id), case_no=case_no)


class Case(models.Model):
    """A request about pieces of one merchant's part of an order: refund, return, exchange or repair. Money in fen.

    amount_fen: what is paid back if it comes to that, shipping_fen of it for delivery. due_at: until when it may stay
    as it is. way: how goods come back; waybill_no: of a parcel the buyer sends. resale: whether staff found them fit
    to be sold again. parcel_no: the parcel that came back by itself. appeal: why the mall is to decide.
    """

    case_no = models.TextField(primary_key=True)
    order_no = models.TextField()
    person_id = models.UUIDField()
    merchant = models.TextField(default="mingpu")
    type = models.TextField()
    reason = models.TextField()  # of rules.REASON_LABELS
    description = SealedText(null=True)
    appeal = SealedText(null=True)
    status = models.TextField()
    amount_fen = models.BigIntegerField()
    shipping_fen = models.BigIntegerField(default=0)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    way = models.TextField(default="")  # courier | own
    return_courier = models.TextField(default="")
    waybill_no = models.TextField(default="")
    arrived_at = models.DateTimeField(null=True)
    resale = models.BooleanField(default=False)
    parcel_no = models.TextField(default="")
    decided_by = models.TextField(default="")
    answer = models.TextField(default="")

    objects = CaseQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["order_no"], name="case_of_order"),
            models.Index(fields=["merchant", "due_at"], name="case_waiting"),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(status__in=sorted(LABELS)), name="case_state_known"),
            models.CheckConstraint(
                condition=models.Q(shipping_fen__gte=0, shipping_fen__lte=models.F("amount_fen")),
                name="case_amount_holds_shipping",
            ),
            models.UniqueConstraint(
                fields=["parcel_no"], name="case_once_per_parcel", condition=~models.Q(parcel_no="")
            ),
        ]


class CaseLineQuerySet(models.QuerySet["CaseLine"]):
    """Reading what cases hold, inside the caller's `processing`."""

    def held(self, order_no: str, *, but: str = "") -> "CaseLineQuerySet":
        """Lines of the cases of an order that hold pieces and money; but: leave this case out."""
        holding = Case.objects.holding().filter(order_no=order_no).exclude(case_no=but)
        return self.filter(case_no__in=holding.values("case_no"))

    def left(self, order_no: str) -> dict[str, int]:
        """Return the pieces of an order that no case holds: SKU -> pieces, as bought; not what is handed over at once."""
        bought = Line.objects.filter(order_no=order_no, kind=CARRIED).order_by("position")
        found = dict(bought.values_list("sku", "quantity"))
        for sku, pieces in self.held(order_no).values_list("sku", "quantity"):
            found[sku] = found.get(sku, 0) - pieces
        return found

    def pieces(self, case_no: str) -> dict[str, int]:
        """Return what a case is about: SKU -> pieces."""
        return dict(self.filter(case_no=case_no).values_list("sku", "quantity"))

    def allot(self, case_no: str, fens: Mapping[str, int]) -> None:
        """Write down anew what each line of a case is given."""
        for sku, fen in sorted(fens.items()):
            self.filter(case_no=case_no, sku=sku).update(fen=fen)


class CaseLine(models.Model):
    """So many pieces of an order's line. Money in fen.

    fen: what is paid back for them. swap: the SKU they are exchanged for. kept: pieces that had not left the house
    and stay. restocked: pieces that were given back to stock.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    case_no = models.TextField()
    person_id = models.UUIDField()
    sku = models.TextField()
    quantity = models.PositiveIntegerField()
    fen = models.BigIntegerField(default=0)
    swap = models.TextField(default="")
    kept = models.PositiveIntegerField(default=0)
    restocked = models.PositiveIntegerField(default=0)

    objects = CaseLineQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case_no", "sku"], name="case_line_once"),
            models.CheckConstraint(condition=models.Q(fen__gte=0), name="case_line_not_negative"),
            models.CheckConstraint(
                condition=models.Q(kept__lte=models.F("quantity"), restocked__lte=models.F("quantity")),
                name="case_line_within",
            ),
        ]


class Evidence(models.Model):
    """A photo or video of a case; the file lies sealed beside the database under `number`."""

    number = models.TextField(primary_key=True)
    case_no = models.TextField()
    person_id = models.UUIDField()
    kind = models.TextField()  # photo | video
    media_type = models.TextField()
    sha256 = models.TextField()  # of the file as it is kept
    size = models.IntegerField()
    added_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["case_no"], name="evidence_of_case")]
