"""Payment institutions: the port, its values and its errors. Money is integer fen, time is UTC."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final, Protocol

from mingpu.adapters.calls import CallFailed

NO_BILL: Final = "no_bill"  # a day's bill is not made yet, or never will be: nothing moved


class PaymentFailed(CallFailed):
    """The institution did not do it, or did not answer; see `CallFailed`.

    Codes the callers decide by: `already_paid`, `closed`, `unanswered` (state unknown: query, never guess),
    `unsigned` (the answer's signature does not hold), `not_enough` (no funds for a refund now). Any other
    code is the institution's own.
    """


class Forged(PaymentFailed):
    """A callback that did not come from the institution, or is not meant for us; `code` says which check.

    Never to be acted upon. Answer 401 and keep nothing of it but `code`.
    """

    def __init__(self, code: str) -> None:
        super().__init__(permanent=True, code=code)


class PaymentStatus(StrEnum):
    """Where one payment stands at the institution."""

    ABSENT = "absent"  # the institution never heard of it
    UNPAID = "unpaid"
    PAYING = "paying"
    SUCCEEDED = "succeeded"
    REFUNDED = "refunded"  # was paid; since then refunds, in part or in full
    CLOSED = "closed"
    FAILED = "failed"
    UNKNOWN = "unknown"


class RefundStatus(StrEnum):
    """Where one refund stands at the institution."""

    ABSENT = "absent"
    PROCESSING = "processing"
    SUCCEEDED = "succeeded"
    CLOSED = "closed"  # refused; a new refund number is needed
    ABNORMAL = "abnormal"  # the buyer's account cannot take it; a person must look
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentRequest:
    """What the institution is asked to collect: all it ever learns of an order.

    out_trade_no: ours, 8-32 of [0-9A-Za-z], a new one for each attempt; amount_fen > 0;
    started_at, expires_at: aware; no payment is accepted after the latter.
    """

    out_trade_no: str
    amount_fen: int
    started_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Trade:
    """How a payment that was announced is named again: our number and the time we gave it."""

    out_trade_no: str
    started_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentPage:
    """Where the buyer's own browser is sent to pay: a form to post, or an address when `fields` is empty."""

    url: str
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundRequest:
    """Money to go back. out_refund_no: ours; a repeat is the same refund. total_fen: what was paid.

    provider_txn: the institution's number of the payment; asked_at: when the refund was written down, aware.
    """

    out_trade_no: str
    out_refund_no: str
    amount_fen: int
    total_fen: int
    provider_txn: str
    asked_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentState:
    """A payment as the institution sees it; merchant, app and currency are already checked to be ours.

    amount_fen, transaction_id and paid_at are set once paid. Compare amount_fen with the attempt before
    marking anything paid. Who paid is not in here: the mall has no use for it.
    """

    out_trade_no: str
    status: PaymentStatus
    amount_fen: int | None = None
    transaction_id: str | None = None
    paid_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundState:
    """A refund as the institution sees it. refund_id is theirs; amounts are None when absent."""

    out_trade_no: str
    out_refund_no: str
    status: RefundStatus
    refund_id: str | None = None
    amount_fen: int | None = None
    total_fen: int | None = None
    settled_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackEvent:
    """A genuine callback: exactly one of payment and refund is set.

    event_id is the same in every repeat; use it (or transaction_id) to take each event once. Events may
    come late, doubled and out of order.
    """

    event_id: str
    created_at: datetime
    payment: PaymentState | None = None
    refund: RefundState | None = None


class BillKind(StrEnum):
    """What a line of a bill is about."""

    CHARGE = "charge"
    REFUND = "refund"


@dataclass(frozen=True, slots=True, kw_only=True)
class BillLine:
    """One movement of a day as the institution books it.

    number: ours, of the payment or the refund; provider_txn: theirs, of the same; amount_fen > 0 in both kinds.
    """

    kind: BillKind
    number: str
    provider_txn: str
    amount_fen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """The answer to a callback in the institution's own words."""

    status: int
    content_type: str
    body: bytes


class PaymentGateway(Protocol):
    """One way to collect money. Every call is safe to repeat: our numbers make it the same request."""

    def payload_for(self, request: PaymentRequest | RefundRequest, *, via: str = "qr") -> dict[str, Any]:
        """Return the message that `create` (via qr), `page` (via page) or `refund` sends for `request`."""
        ...

    def create(self, order: PaymentRequest) -> str:
        """Announce a payment; return the text of the QR code that the buyer scans. Raises PaymentFailed."""
        ...

    def page(self, order: PaymentRequest, *, back: str) -> PaymentPage:
        """Return where to send the buyer's browser; back: our address it returns to, which proves nothing.

        Calls nobody. Raises PaymentFailed, permanent, code `no_page`, for an institution without one.
        """
        ...

    def query(self, trade: Trade) -> PaymentState:
        """Ask where a payment stands; ABSENT when the institution does not know it. Raises PaymentFailed."""
        ...

    def close(self, trade: Trade) -> None:
        """Make sure that it can no longer be paid; harmless when already closed or never announced.

        Raises PaymentFailed, code `already_paid`, when the buyer was faster.
        """
        ...

    def refund(self, request: RefundRequest) -> RefundState:
        """Send money back; the outcome follows by callback or `query_refund`. Raises PaymentFailed."""
        ...

    def query_refund(self, request: RefundRequest) -> RefundState:
        """Ask where a refund stands; ABSENT (out_trade_no empty) when not known. Raises PaymentFailed."""
        ...

    def parse_callback(self, headers: Mapping[str, str], body: bytes) -> CallbackEvent:
        """Check and read one callback.

        headers: names in any case; body: as received. Raises Forged; PaymentFailed, not permanent, when the
        institution's keys cannot be fetched now: answer 503 and it will come again.
        """
        ...

    def callback_reply(self, *, ok: bool) -> Reply:
        """Return what tells the institution that a callback was taken, or that it is to come again."""
        ...

    def bill(self, day: date) -> list[BillLine]:
        """Return everything it booked for us on `day` (Beijing time); empty when nothing happened.

        Raises PaymentFailed, not permanent, code `no_bill`, while the day's bill is not made yet.
        """
        ...
