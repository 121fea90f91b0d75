"""Who saw a value of mine in full, as JSON."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema, Status

from mingpu.api.base import LARGEST_PAGE, me
from mingpu.governance.queries import looks_of, mirror_of, notices_of
from mingpu.governance.services import ask_mirror

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


class SeenOut(Schema):
    """One reader: what they would see and what the database refuses them, each [label, text]."""

    id: str
    label: str
    seen: list[tuple[str, str]]
    refused: list[tuple[str, str]]
    empty: int


class MirrorOut(Schema):
    """What others would see of me; made_at: null while it is being made."""

    asked_at: datetime | None
    made_at: datetime | None
    readers: list[SeenOut]


@router.post(
    "/me/privacy/mirror", response={202: MirrorOut}, summary="Have it shown what others would see of me"
)
def ask(request: HttpRequest) -> Status[dict[str, Any]]:
    """Start making it; GET it in a few seconds."""
    ask_mirror(me(request))
    return Status(202, _mirror(request))


@router.get("/me/privacy/mirror", response=MirrorOut, summary="What others would see of me")
def my_mirror(request: HttpRequest) -> dict[str, Any]:
    """Return what was made last, through those very roles."""
    return _mirror(request)


def _mirror(request: HttpRequest) -> dict[str, Any]:
    it = mirror_of(me(request))
    if it is None:
        return {"asked_at": None, "made_at": None, "readers": []}
    readers = [
        {"id": one.id, "label": str(one.label), "seen": one.seen, "refused": one.refused, "empty": one.empty}
        for one in it.readers
    ]
    return {"asked_at": it.asked_at, "made_at": it.made_at, "readers": readers}
