"""What a buyer sees of paying, and what waits at the desk."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from mingpu.lib.text import Text
from mingpu.payments.models import Attempt, Difference, Refund, Review
from mingpu.payments.rules import (
    ATTEMPT_LABELS,
    CLEARING_LABELS,
    DIFFERENCE_LABELS,
    METHODS,
    REFUND_LABELS,
    REVIEW_LABELS,
    STUCK,
)
from mingpu.privacy.purposes import Purpose, processing

MOST = 200  # rows of a queue that are shown


@dataclass(frozen=True, slots=True)
class PaymentView:
    """One attempt to pay; money in fen."""

    id: UUID
    method: str
    amount_fen: int
    status: str
    created_at: datetime
    clearing: str = ""

    @property
    def status_label(self) -> Text:
        """The state in words."""
        return ATTEMPT_LABELS[self.status]

    @property
    def method_label(self) -> Text:
        """The institution's name, or the kind of stored value."""
        return METHODS[self.method]

    @property
    def clearing_label(self) -> Text:
        """Who clears it between institution and banks; blank for nobody."""
        return CLEARING_LABELS[self.clearing]


@dataclass(frozen=True, slots=True)
class RefundView:
    """One refund on one path; money in fen."""

    out_refund_no: str
    amount_fen: int
    status: str
    reason: str
    created_at: datetime
    path: str = "wechatpay"

    @property
    def status_label(self) -> Text:
        """The state in words."""
        return REFUND_LABELS[self.status]

    @property
    def path_label(self) -> Text:
        """Where the money goes, in words."""
        label = METHODS[self.path]
        return Text(f"退回{label.zh}", f"Back to {label.en}")


def payments_of(*, person_id: UUID, order_no: str) -> tuple[tuple[PaymentView, ...], tuple[RefundView, ...]]:
    """Return the attempts and refunds of an order, oldest first; empty for an order that is not theirs."""
    with processing(Purpose.ORDER_LOOKUP, subject=person_id, reference=order_no, reading=True):
        return read_payments(person_id, order_no)


def read_payments(person_id: UUID, order_no: str) -> tuple[tuple[PaymentView, ...], tuple[RefundView, ...]]:
    """Do what `payments_of` does, inside the caller's block of order lookup. Refunds that were replaced are left out."""
    attempts = Attempt.objects.filter(order_no=order_no, person_id=person_id).order_by("created_at")
    refunds = Refund.objects.filter(order_no=order_no, person_id=person_id, replaced_by="").order_by(
        "created_at"
    )
    paid = ("id", "method", "amount_fen", "status", "created_at", "clearing")
    back = ("out_refund_no", "amount_fen", "status", "reason", "created_at", "path")
    return (
        tuple(PaymentView(**row) for row in attempts.values(*paid)),
        tuple(RefundView(**row) for row in refunds.values(*back)),
    )


@dataclass(frozen=True, slots=True)
class StuckRefund:
    """A refund that waits for a person; money in fen. Whose it is does not show."""

    out_refund_no: str
    order_no: str
    path: str
    amount_fen: int
    status: str
    reason: str
    created_at: datetime

    @property
    def status_label(self) -> Text:
        """The state in words."""
        return REFUND_LABELS[self.status]


def stuck_refunds() -> tuple[StuckRefund, ...]:
    """Return the refunds that wait for a person, oldest first."""
    with processing(Purpose.CASE_QUEUE, subject=None, reading=True):
        rows = Refund.objects.filter(status__in=STUCK, replaced_by="").order_by("created_at")
        columns = ("out_refund_no", "order_no", "path", "amount_fen", "status", "reason", "created_at")
        return tuple(StuckRefund(**row) for row in rows.values(*columns)[:MOST])


@dataclass(frozen=True, slots=True)
class WaitingReview:
    """An order with cash on delivery that waits for staff; money in fen. Whose it is does not show."""

    order_no: str
    total_fen: int
    why: str
    asked_at: datetime

    @property
    def why_label(self) -> Text:
        """Why it was not confirmed by itself, in words."""
        return REVIEW_LABELS[self.why]


def cod_reviews() -> tuple[WaitingReview, ...]:
    """Return the orders with cash on delivery that wait for staff, oldest first."""
    with processing(Purpose.CASE_QUEUE, subject=None, reading=True):
        rows = Review.objects.filter(decided_at=None).order_by("asked_at")
        return tuple(
            WaitingReview(**row) for row in rows.values("order_no", "total_fen", "why", "asked_at")[:MOST]
        )


@dataclass(frozen=True, slots=True)
class OpenDifference:
    """Something a bill and our books disagree about; money in fen, None for the side that has nothing."""

    day: date
    provider: str
    what: str
    kind: str
    number: str
    ours_fen: int | None
    theirs_fen: int | None
    found_at: datetime

    @property
    def label(self) -> Text:
        """What is different, in words."""
        return DIFFERENCE_LABELS[self.what]


def differences() -> tuple[OpenDifference, ...]:
    """Return what bills and our books still disagree about, newest first."""
    with processing(Purpose.RECONCILIATION, subject=None, reading=True):
        rows = Difference.objects.filter(settled_at=None).order_by("-found_at", "number")
        columns = ("day", "provider", "what", "kind", "number", "ours_fen", "theirs_fen", "found_at")
        return tuple(OpenDifference(**row) for row in rows.values(*columns)[:MOST])
