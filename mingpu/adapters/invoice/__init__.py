"""Electronic invoices (fapiao): the port, its values and its errors. Money is integer fen, time is UTC."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final, Protocol

from mingpu.adapters.calls import CallFailed
from mingpu.adapters.payment import Reply

MOST_LINES: Final = 8  # of one invoice; the register names what may leave line by line


class InvoiceFailed(CallFailed):
    """The issuer did not do it, or did not answer; see `CallFailed`.

    Codes the callers decide by: `unanswered` (state unknown: query), `not_issued` (not there yet: later),
    `not_reversible` (the red letter was refused), `bad_request` (it could never be issued as asked). Any
    other code is the issuer's own.
    """


class InvoiceStatus(StrEnum):
    """Where one invoice stands."""

    ABSENT = "absent"
    ISSUING = "issuing"
    ISSUED = "issued"
    REVERSING = "reversing"
    REVERSED = "reversed"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceLine:
    """One line: category of goods (never their name), pieces, amount with tax in fen, tax rate in 1/10000."""

    goods: str
    quantity: int
    amount_fen: int
    tax_rate: int = 1300


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceRequest:
    """An invoice to be issued. invoice_no: ours; a repeat is the same invoice. tax_no: None for a person.

    total_fen: the sum of 1 to `MOST_LINES` lines. payment: the issuer's own number of the payment when it
    was paid there, which ties the two; the other calls about this invoice then name it too.
    """

    invoice_no: str
    title: str = field(repr=False)
    tax_no: str | None = field(repr=False)
    total_fen: int
    lines: Sequence[InvoiceLine]
    payment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceState:
    """An invoice as the issuer sees it. code and number are theirs, set once issued; code may stay empty."""

    invoice_no: str
    status: InvoiceStatus
    code: str = ""
    number: str = ""


class InvoiceIssuer(Protocol):
    """Issues and reverses invoices; both take their time. Every call is safe to repeat."""

    def payload_for(self, request: InvoiceRequest) -> dict[str, Any]:
        """Return the message that `issue` sends for `request`. Raises InvoiceFailed, code `bad_request`."""
        ...

    def issue(self, request: InvoiceRequest) -> None:
        """Ask for an invoice; the outcome follows by callback or `query`. Raises InvoiceFailed.

        That issuing failed is told by `query` alone.
        """
        ...

    def query(self, invoice_no: str, *, payment: str = "") -> InvoiceState:
        """Ask where an invoice stands. Raises InvoiceFailed."""
        ...

    def reverse(self, invoice_no: str, *, payment: str = "") -> None:
        """Ask for the red letter that cancels an invoice; harmless when it was asked for before.

        Raises InvoiceFailed, code `not_reversible` or `not_issued`.
        """
        ...

    def file(self, invoice_no: str, kind: str, *, payment: str = "") -> bytes:
        """Return the document; kind: pdf or ofd. Raises InvoiceFailed, code `not_issued` until it is."""
        ...

    def parse_callback(self, headers: Mapping[str, str], body: bytes) -> str:
        """Check a callback and return the invoice_no it is about; a reason to query, no more.

        Raises adapters.payment.Forged; InvoiceFailed, not permanent, when the issuer's keys cannot be
        fetched now: answer 503 and it will come again.
        """
        ...

    def callback_reply(self, *, ok: bool) -> Reply:
        """Return what tells the issuer that a callback was taken, or that it is to come again."""
        ...
