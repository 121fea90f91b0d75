"""Phone top-up: the port, its values and its errors. Money is integer fen."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from mingpu.adapters.calls import CallFailed


class TopUpFailed(CallFailed):
    """The supplier did not do it, or did not answer; see `CallFailed`.

    Codes the callers decide by: `unanswered` (state unknown: query, never send a second one under a new
    number), `bad_number` (no such phone). Any other code is the supplier's own.
    """


class TopUpStatus(StrEnum):
    """Where one top-up stands at the supplier."""

    ABSENT = "absent"
    PROCESSING = "processing"
    DONE = "done"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class TopUpRequest:
    """Credit for one phone. delivery_no: ours; a repeat is the same top-up and is never paid out twice."""

    delivery_no: str
    phone: str = field(repr=False)
    amount_fen: int


class TopUpSupplier(Protocol):
    """Sends credit to phones. Every call is safe to repeat."""

    def payload_for(self, request: TopUpRequest) -> dict[str, Any]:
        """Return the message that `send` sends for `request`."""
        ...

    def send(self, request: TopUpRequest) -> TopUpStatus:
        """Ask for the credit; the outcome may follow by `query`. Raises TopUpFailed."""
        ...

    def query(self, delivery_no: str) -> TopUpStatus:
        """Ask where a top-up stands. Raises TopUpFailed."""
        ...
