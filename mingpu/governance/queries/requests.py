"""Requests under an exception, as staff see them: no persons."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from mingpu.governance.models import ExceptionRequest
from mingpu.lib.clock import now
from mingpu.lib.errors import NotFound
from mingpu.lib.text import Text
from mingpu.privacy.exceptions import ExceptionCode, exceptions
from mingpu.privacy.gates import gates
from mingpu.privacy.purposes import Purpose, processing

MOST: Final = 100
STATES: Final = {
    "waiting": Text("待批准", "Waiting"),
    "open": Text("有效", "Open"),
    "declined": Text("已拒绝", "Declined"),
    "over": Text("已到期", "Over"),
    "closed": Text("已关闭", "Closed"),
}
COLUMNS: Final = (
    "exception_no", "code", "article", "case_no", "authority", "order_ref", "order_hash", "reason", "items", "days",
    "persons", "requester", "requested_at", "approver", "decided_at", "declined", "expires_at", "closed_at",
    "hidden_until", "hidden_by",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Request:
    """One request. items: labels of the gates; hidden_until: when the persons are told, None before approval."""

    exception_no: str
    code: ExceptionCode
    article: str
    case_no: str
    authority: str
    order_ref: str
    order_hash: str
    reason: str
    items: tuple[Text, ...]
    days: int
    persons: int
    requester: str
    requested_at: datetime
    approver: str
    decided_at: datetime | None
    declined: str
    expires_at: datetime | None
    closed_at: datetime | None
    hidden_until: datetime | None
    hidden_by: str

    @property
    def state(self) -> str:
        """One of STATES: waiting | open | declined | over | closed."""
        if self.declined:
            return "declined"
        if self.closed_at is not None:
            return "closed"
        if self.expires_at is None:
            return "waiting"
        return "open" if self.expires_at > now() else "over"

    @property
    def state_label(self) -> Text:
        """The state in words."""
        return STATES[self.state]


def requests() -> list[Request]:
    """Return the newest requests."""
    with processing(Purpose.GATE_DESK, subject=None, reference="exceptions", reading=True):
        rows = ExceptionRequest.objects.order_by("-requested_at").values(*COLUMNS)[:MOST]
        return [_request(row) for row in rows]


def request_of(exception_no: str) -> Request:
    """Return one request; raises NotFound."""
    with processing(Purpose.GATE_DESK, subject=None, reference=exception_no, reading=True):
        row = ExceptionRequest.objects.filter(exception_no=exception_no).values(*COLUMNS).first()
    if row is None:
        raise NotFound
    return _request(row)


def _request(row: Mapping[str, Any]) -> Request:
    known = gates()
    items = tuple(known[it].label for it in row["items"].split() if it in known)
    return Request(
        **{**row, "code": exceptions()[row["code"]], "items": items},
    )
