"""Who saw a value of mine in full, as JSON."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from mingpu.api.base import LARGEST_PAGE, me
from mingpu.governance.queries import looks_of, notices_of

router = Router(tags=["privacy"])


class LookOut(Schema):
    """One opening: which value, who, why, until when; approved_by is "" where no second person was needed."""

    at: datetime
    item: str
    label: str
    staff: str
    approved_by: str
    reason: str
    note: str
    reference: str
    until: datetime | None


class Looks(Schema):
    """The newest hundred, newest first."""

    total: int
    items: list[LookOut]
    page: int
    page_size: int


@router.get("/me/privacy/looks", response=Looks, summary="Who saw values of mine in full")
def my_looks(request: HttpRequest) -> dict[str, Any]:
    """Return who could see which value of mine in full, and why; by law, what may be told by now."""
    found = [
        {
            "at": it.at, "item": it.item, "label": str(it.label), "staff": it.staff, "approved_by": it.approved_by,
            "reason": str(it.reason_label), "note": it.note, "reference": it.reference, "until": it.until,
        }
        for it in looks_of(me(request))
    ]  # fmt: skip
    return {"total": len(found), "items": found, "page": 1, "page_size": LARGEST_PAGE}


class NoticeOut(Schema):
    """What I was told of an incident; sent_at: null while it is on its way."""

    incident_no: str
    text: str
    at: datetime
    channel: str
    sent_at: datetime | None


class Notices(Schema):
    """The newest hundred, newest first."""

    total: int
    items: list[NoticeOut]
    page: int
    page_size: int


@router.get("/me/privacy/notices", response=Notices, summary="What I was told of incidents")
def my_notices(request: HttpRequest) -> dict[str, Any]:
    """Return the notices about incidents that touched my data."""
    found = [
        {"incident_no": it.incident_no, "text": str(it.text), "at": it.at, "channel": it.channel, "sent_at": it.sent_at}
        for it in notices_of(me(request))
    ]  # fmt: skip
    return {"total": len(found), "items": found, "page": 1, "page_size": LARGEST_PAGE}
