"""Notices of deletion: the port through which a recipient is told to delete what it got, and its errors."""

from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from mingpu.adapters.calls import CallFailed


class NoticeFailed(CallFailed):
    """The recipient did not take the notice, or did not answer; see `CallFailed`.

    Codes the callers decide by: `no_account` (nobody agreed with this recipient how it is told), `unanswered` (state
    unknown: send it again, it is the same notice), `forged` (an answer the recipient did not sign). Any other code is
    the recipient's own.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class DeletionNotice:
    """One notice. id: ours, for ever the same notice; body: the very bytes, signed and fingerprinted as they are."""

    id: UUID
    recipient: str
    body: bytes = field(repr=False)
    digest: str


class DeletionDesk(Protocol):
    """Tells one recipient to delete. Every call is safe to repeat."""

    def public_key(self, recipient: str) -> str:
        """Return the key its receipts are believed by, base64. Raises NoticeFailed where there is no account."""
        ...

    def send(self, notice: DeletionNotice) -> str | None:
        """Send a notice; return the signed receipt, None while the recipient has only taken it on.

        Raises NoticeFailed, permanent when the recipient refuses.
        """
        ...
