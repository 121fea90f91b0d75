"""Another mall that takes over a person's data: the port, its values and its error."""

from dataclasses import dataclass, field
from typing import Any, Protocol

from mingpu.adapters.calls import CallFailed


class HandoverFailed(CallFailed):
    """The other mall did not take the package, or did not answer; see `CallFailed`.

    Code `unanswered`: it may have it all the same; the same number again is the same package.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """One person's package on its way. transfer_no: ours; a repeat is the same handover. tables: what it holds."""

    transfer_no: str
    content: bytes = field(repr=False)
    sha256: str
    tables: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the other mall answered. accepted: it has the package and keeps it; number: its own for it."""

    accepted: bool
    number: str
    reason: str = ""


class OtherMall(Protocol):
    """Takes packages. Every call is safe to repeat."""

    def payload_for(self, package: Package) -> dict[str, Any]:
        """Return the message that `hand_over` sends."""
        ...

    def hand_over(self, package: Package) -> Receipt:
        """Hand a package over and return the answer. Raises HandoverFailed."""
        ...
