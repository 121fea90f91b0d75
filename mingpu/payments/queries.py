"""What a buyer sees of paying."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from mingpu.lib.text import Text
from mingpu.payments.models import Attempt, Refund
from mingpu.payments.rules import ATTEMPT_LABELS, METHODS, REFUND_LABELS
from mingpu.privacy.purposes import Purpose, processing


@dataclass(frozen=True, slots=True)
class PaymentView:
    """One attempt to pay; money in fen."""

    id: UUID
    method: str
    amount_fen: int
    status: str
    created_at: datetime

    @property
    def status_label(self) -> Text:
        """The state in words."""
        return ATTEMPT_LABELS[self.status]

    @property
    def method_label(self) -> Text:
        """The institution's name."""
        return METHODS[self.method]


@dataclass(frozen=True, slots=True)
class RefundView:
    """One refund; money in fen."""

    out_refund_no: str
    amount_fen: int
    status: str
    reason: str
    created_at: datetime

    @property
    def status_label(self) -> Text:
        """The state in words."""
        return REFUND_LABELS[self.status]


def payments_of(*, person_id: UUID, order_no: str) -> tuple[tuple[PaymentView, ...], tuple[RefundView, ...]]:
    """Return the attempts and refunds of an order, oldest first; empty for an order that is not theirs."""
    with processing(Purpose.ORDER_LOOKUP, subject=person_id, reference=order_no, reading=True):
        return read_payments(person_id, order_no)


def read_payments(person_id: UUID, order_no: str) -> tuple[tuple[PaymentView, ...], tuple[RefundView, ...]]:
    """Do what `payments_of` does, inside the caller's block of order lookup."""
    attempts = Attempt.objects.filter(order_no=order_no, person_id=person_id).order_by("created_at")
    refunds = Refund.objects.filter(order_no=order_no, person_id=person_id).order_by("created_at")
    return (
        tuple(
            PaymentView(**row)
            for row in attempts.values("id", "method", "amount_fen", "status", "created_at")
        ),
        tuple(
            RefundView(**row)
            for row in refunds.values("out_refund_no", "amount_fen", "status", "reason", "created_at")
        ),
    )
