"""Real-name verification: the port, its values and its errors. Whether a name and an ID number belong together."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from mingpu.adapters.calls import CallFailed


class IdentityCheckFailed(CallFailed):
    """The service did not answer the question; see `CallFailed`. It says nothing about the person.

    Codes the callers decide by: `unanswered`, `busy` (too many calls at once), `no_more_today` (too many of this
    person today, permanent). Any other code is the service's own.
    """


class Answer(StrEnum):
    """What the service says of a name and a number."""

    MATCH = "match"
    MISMATCH = "mismatch"
    UNKNOWN = "unknown"  # no such number in the register of persons


@dataclass(frozen=True, slots=True)
class Checked:
    """An answer. reference: the service's number of this call."""

    answer: Answer
    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityQuestion:
    """A name as on the card and an ID number of 18 characters."""

    name: str = field(repr=False)
    number: str = field(repr=False)


class IdentityCheck(Protocol):
    """Asks whether name and number belong together. Safe to repeat, though each call is paid for."""

    def payload_for(self, question: IdentityQuestion) -> dict[str, Any]:
        """Return the message that `check` sends for `question`."""
        ...

    def check(self, question: IdentityQuestion) -> Checked:
        """Return what the service says. Raises IdentityCheckFailed."""
        ...
