"""Money in and out: attempts, refunds, the movements that prove them, and what bills say otherwise."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models

from mingpu.lib.clock import now
from mingpu.lib.ids import public_number
from mingpu.lib.jobs import enqueue
from mingpu.lib.money import yuan
from mingpu.orders.models import Event, Line, Order, Part, Step
from mingpu.orders.rules import NOTES
from mingpu.payments.errors import NothingLeft
from mingpu.payments.rules import (
    APPROVED,
    BALANCE,
    COD,
    LATE,
    REJECTED,
    SUCCEEDED,
    WAY_BACK,
    may_pay,
    may_refund,
)
from mingpu.payments.shares import Slice, Taken, add, from_json, key_of, slices, spread, taking, to_json

PART = (
    "part_no", "merchant", "commission", "goods_fen", "discount_fen", "own_discount_fen", "shipping_fen",
)  # fmt: skip
LINE = ("sku", "merchant", "kind", "price_fen", "quantity", "reductions")
BOUGHT = NOTES["refunded_in_part"]
Row = Mapping[str, Any]


class AttemptQuerySet(models.QuerySet["Attempt"]):
    """Verbs on attempts; each runs inside the caller's `processing`."""

    def begin(self, person_id: uuid.UUID, order_no: str, *, cause: str, status: str, **columns: Any) -> Row:
        """Write an attempt under the next number of its order, whose row the caller has locked, and log it."""
        number = f"{order_no}{self.filter(order_no=order_no).count() + 1:02d}"
        row: dict[str, Any] = {
            "id": uuid.uuid4(),
            "order_no": order_no,
            "status": status,
            "out_trade_no": number,
            **columns,
        }
        row.setdefault("created_at", now())
        self.create(person_id=person_id, **row)
        Event.objects.log(
            order_no,
            person_id,
            [Step(machine="payment", reference=number, before="", after=status, cause=cause)],
        )
        return row

    def move(
        self, attempt_id: uuid.UUID, person_id: uuid.UUID, *, after: str, cause: str, **columns: Any
    ) -> bool:
        """Move an attempt by the table and log it; False, and nothing written, from where `cause` does not lead on."""
        rows = self.filter(id=attempt_id)
        it = rows.select_for_update().values("order_no", "out_trade_no", "status").first()
        if it is None or not may_pay(it["status"], after, cause):
            return False
        rows.update(status=after, **columns)
        step = Step(
            machine="payment", reference=it["out_trade_no"], before=it["status"], after=after, cause=cause
        )
        Event.objects.log(it["order_no"], person_id, [step])
        return True

    def held(self, order_no: str) -> list[Row]:
        """Return the attempts whose money is the order's, oldest first; not what came late and goes back."""
        late = Refund.objects.filter(order_no=order_no, reason=LATE).values("attempt_id")
        rows = self.filter(order_no=order_no, status=SUCCEEDED).exclude(id__in=late)
        return list(
            rows.order_by("created_at", "out_trade_no").values(
                "id", "method", "out_trade_no", "amount_fen", "provider_txn", "created_at"
            )
        )


class Attempt(models.Model):
    """One try to pay one order, through one institution or with one kind of stored value.

    provider_txn: the institution's number; the card's id for an E-card, the waybill for cash at the door.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    order_no = models.TextField()
    person_id = models.UUIDField()
    method = models.TextField()
    clearing = models.TextField(db_default="")  # who clears it: netsunion | unionpay | ""
    via = models.TextField(db_default="qr")  # qr | page | "" where nobody is sent anywhere
    out_trade_no = models.TextField(unique=True)  # the number the institution knows
    amount_fen = models.BigIntegerField()
    status = models.TextField()
    code_url = models.TextField(default="")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    provider_txn = models.TextField(default="")

    objects = AttemptQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["order_no"], name="attempt_of_order")]
        constraints = [models.CheckConstraint(condition=models.Q(amount_fen__gt=0), name="attempt_positive")]


@dataclass(frozen=True, slots=True)
class _Piece:
    """So many fen of one attempt."""

    attempt: Row
    fen: int


class RefundQuerySet(models.QuerySet["Refund"]):
    """Verbs on refunds; each runs inside the caller's `processing`."""

    def alive(self) -> "RefundQuerySet":
        """Refunds that stand: not declined, and not replaced by another number."""
        return self.filter(replaced_by="").exclude(status=REJECTED)

    def left(self, order_no: str) -> int:
        """Return what was paid for an order and no refund has been asked of, in fen; for one that is paid.

        By its total, which is what it holds: money taken at the door may not be booked yet.
        """
        before = self.alive().filter(order_no=order_no).exclude(reason=LATE)
        total: int = Order.objects.filter(order_no=order_no).values_list("total_fen", flat=True).get()
        return total - sum(before.values_list("amount_fen", flat=True))

    def ask(
        self,
        order_no: str,
        person_id: uuid.UUID,
        amount_fen: int,
        reason: str,
        *,
        lines: Mapping[str, int] | None = None,
    ) -> list["Refund"]:
        """Pay part of an order back: by the way the money came, what was charged last first.

        Under the order's row lock, which it takes. reason: `case:<number>` or the like; the same reason again
        answers the same refunds. lines: SKU -> fen, where it is known what the money was for; the rest is taken
        from all merchants by what is left. Returns one refund for each path, approved, oldest path last; empty
        for nothing. Raises NothingLeft when more is asked than the order holds.
        """
        rows = Order.objects.select_for_update().filter(order_no=order_no, person_id=person_id)
        status = rows.values_list("status", flat=True).get()
        known = list(self.alive().filter(order_no=order_no, reason=reason).order_by("created_at"))
        if known or amount_fen <= 0:
            return known
        before = list(self.alive().filter(order_no=order_no).exclude(reason=LATE))
        held = Attempt.objects.held(order_no) if status in BOUGHT else []  # else it is released, not refunded
        paths, left = _paths(held, before)
        if amount_fen > left:
            raise NothingLeft(left=yuan(left))
        pieces = _pieces(paths, amount_fen)
        shared = _shared(order_no, pieces, before, lines or {}, last=amount_fen == left)
        found = [
            self._new(order_no, person_id, piece, reason, shares=to_json(what))
            for piece, what in zip(pieces, shared, strict=True)
        ]
        self.write(found, cause="asked")
        return found

    def give_back(self, order_no: str, person_id: uuid.UUID, attempt: Row) -> "Refund":
        """Pay back in full what bought nothing; such money was never the order's."""
        it = self._new(order_no, person_id, _Piece(attempt, attempt["amount_fen"]), LATE, shares={})
        self.write([it], cause=LATE)
        return it

    def write(self, refunds: Iterable["Refund"], *, cause: str) -> None:
        """Write approved refunds with their first step, each with the job that brings it forward."""
        refunds = self.bulk_create(refunds)
        for it in refunds:
            step = Step(machine="refund", reference=it.out_refund_no, before="", after=it.status, cause=cause)
            Event.objects.log(it.order_no, it.person_id, [step])
            enqueue("payments.refund", person_id=str(it.person_id), out_refund_no=it.out_refund_no)

    def move(self, number: str, person_id: uuid.UUID, *, after: str, cause: str, **columns: Any) -> bool:
        """Move a refund by the table and log it; False, and nothing written, from where `cause` does not lead on."""
        rows = self.filter(out_refund_no=number)
        it = rows.select_for_update().values("order_no", "status").first()
        if it is None or not may_refund(it["status"], after, cause):
            return False
        rows.update(status=after, **columns)
        step = Step(machine="refund", reference=number, before=it["status"], after=after, cause=cause)
        Event.objects.log(it["order_no"], person_id, [step])
        return True

    def renewed(self, old: "Refund", *, path: str) -> "Refund":
        """Return a refund like `old` under a new number, not written yet."""
        return Refund(
            order_no=old.order_no, person_id=old.person_id, attempt_id=old.attempt_id, amount_fen=old.amount_fen,
            out_refund_no=public_number("R"), reason=old.reason, status=APPROVED, created_at=now(), path=path,
            shares=old.shares, booked_at=old.booked_at,
        )  # fmt: skip

    def _new(
        self, order_no: str, person_id: uuid.UUID, piece: _Piece, reason: str, *, shares: Row
    ) -> "Refund":
        method = piece.attempt["method"]
        return Refund(
            order_no=order_no, person_id=person_id, attempt_id=piece.attempt["id"], out_refund_no=public_number("R"),
            amount_fen=piece.fen, reason=reason, status=APPROVED, created_at=now(), shares=shares,
            path=BALANCE if method == COD else method,
        )  # fmt: skip


class Refund(models.Model):
    """Money on its way back: one path of one refund.

    path: where it goes, a method; cash goes to the balance. shares: slice of the order -> its amounts (`shares`).
    booked_at: when the books had it. replaced_by: the number that took its place when this one came to nothing.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    order_no = models.TextField()
    person_id = models.UUIDField()
    attempt_id = models.UUIDField()
    out_refund_no = models.TextField(unique=True)
    amount_fen = models.BigIntegerField()
    reason = models.TextField()  # late_payment | case:<case_no> | cancelled | ...
    status = models.TextField()
    created_at = models.DateTimeField()
    provider_refund = models.TextField(default="")
    path = models.TextField(db_default="wechatpay")
    shares = models.JSONField(default=dict)
    booked_at = models.DateTimeField(null=True)
    replaced_by = models.TextField(db_default="")

    objects = RefundQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["order_no"], name="refund_of_order"),
            models.Index(
                fields=["created_at"], name="refund_stuck",
                condition=models.Q(status__in=["failed", "abnormal"], replaced_by=""),
            ),
        ]  # fmt: skip
        constraints = [
            models.CheckConstraint(condition=models.Q(amount_fen__gt=0), name="refund_positive"),
            models.UniqueConstraint(
                fields=["attempt_id", "reason"],
                name="refund_once_per_reason",
                condition=models.Q(replaced_by=""),
            ),
        ]


class Entry(models.Model):
    """One proven movement of money: unique by provider, its number and kind, so a repeat changes nothing."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    order_no = models.TextField()
    person_id = models.UUIDField()
    provider = models.TextField()
    provider_txn = models.TextField()
    number = models.TextField(db_default="")  # ours, of the same
    kind = models.TextField()  # charge | refund
    amount_fen = models.BigIntegerField()
    at = models.DateTimeField()
    billed_on = models.DateField(null=True)  # the day of the bill it stands in

    class Meta:
        indexes = [models.Index(fields=["provider", "at"], name="entry_of_day")]
        constraints = [
            models.UniqueConstraint(fields=["provider", "provider_txn", "kind"], name="entry_once")
        ]


class Review(models.Model):
    """Cash on delivery that staff decide about, and why it was not confirmed by itself. Money in fen."""

    order_no = models.TextField(primary_key=True)
    person_id = models.UUIDField()
    total_fen = models.BigIntegerField()
    why = models.TextField()  # large | refused_before
    asked_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)


class Difference(models.Model):
    """Something a day's bill and our books disagree about; our trade numbers, nobody's name. Money in fen."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    day = models.DateField()
    provider = models.TextField()
    what = models.TextField()  # missing_here | missing_there | other_amount | stuck | changed_bill
    kind = models.TextField()  # charge | refund | collected
    number = models.TextField()
    provider_txn = models.TextField(default="")
    ours_fen = models.BigIntegerField(null=True)
    theirs_fen = models.BigIntegerField(null=True)
    found_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)  # when it was gone

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "day", "what", "kind", "number"], name="difference_once"
            )
        ]


def _paths(attempts: Iterable[Row], refunds: Iterable["Refund"]) -> tuple[list[_Piece], int]:
    """Return what each attempt still holds, in the order in which it goes back, and all of it together."""
    gone: dict[uuid.UUID, int] = {}
    for it in refunds:
        gone[it.attempt_id] = gone.get(it.attempt_id, 0) + it.amount_fen
    newest = sorted(attempts, key=lambda row: (row["created_at"], row["out_trade_no"]), reverse=True)
    newest.sort(key=lambda row: WAY_BACK[row["method"]])
    found = [_Piece(row, row["amount_fen"] - gone.get(row["id"], 0)) for row in newest]
    found = [piece for piece in found if piece.fen > 0]
    return found, sum(piece.fen for piece in found)


def _pieces(paths: Iterable[_Piece], fen: int) -> list[_Piece]:
    """Take `fen` off the paths, one after the other."""
    found = []
    for piece in paths:
        if part := min(piece.fen, fen):
            found.append(_Piece(piece.attempt, part))
            fen -= part
    return found


def _shared(
    order_no: str,
    pieces: Sequence[_Piece],
    before: Iterable["Refund"],
    lines: Mapping[str, int],
    *,
    last: bool,
) -> list[Taken]:
    """Return what each piece takes of the order's slices. lines: SKU -> fen; last: nothing is left after them."""
    parts = parts_of(order_no)
    wished: dict[str, int] = {}
    for line in Line.objects.filter(order_no=order_no, sku__in=list(lines)).values(*LINE):
        key = key_of(line, parts)
        wished[key] = wished.get(key, 0) + lines[line["sku"]]
    taken: Taken = {}
    for row in before:
        taken = add(taken, from_json(row.shares))
    fens = spread(sum(piece.fen for piece in pieces), parts, taken, wished)
    found = []
    for piece in pieces:
        mine = _first(fens, piece.fen)
        what = taking(parts, taken, mine, last=last and not any(fens.values()))
        taken = add(taken, what)
        found.append(what)
    return found


def _first(shared: dict[str, int], fen: int) -> dict[str, int]:
    """Take `fen` off the slices, one after the other; what is left stays in `shared`."""
    found = {}
    for key, there in shared.items():
        if part := min(there, fen):
            found[key] = part
            shared[key] = there - part
            fen -= part
    return found


def parts_of(order_no: str) -> list[Slice]:
    """Return an order's slices, inside the caller's block."""
    goods = list(Line.objects.filter(order_no=order_no).values(*LINE))
    return slices(list(Part.objects.filter(order_no=order_no).values(*PART)), goods)
