"""What I was told and how I want to be told, as JSON."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema, Status

from mingpu.api.base import LARGEST_PAGE, Body, me, only
from mingpu.notices import services
from mingpu.notices.kinds import GROUPS
from mingpu.notices.queries import Preferences, notices_of, preferences_of, unread_of
from mingpu.notices.rules import DAY

router = Router(tags=["notices"])
Page = Annotated[int, Query(ge=1, le=1000)]
Size = Annotated[int, Query(ge=1, le=LARGEST_PAGE)]
Minutes = Annotated[int | None, Field(ge=0, lt=DAY)]


class NoticeOut(Schema):
    """Something I was told, in the language I ask in. page, about: what it leads to, e.g. `order` and its number."""

    id: UUID
    kind: str
    group: str
    title: str
    text: str
    page: str
    about: str
    at: datetime
    read: bool
    days_left: int


class Notices(Schema):
    """A page of notices, the newest first. unread: of all of them, 100 at most."""

    total: int
    items: list[NoticeOut]
    page: int
    page_size: int
    unread: int


class Unread(Schema):
    """How many wait to be read, 100 at most."""

    unread: int


class Reading(Body):
    """Read, or unread again."""

    read: bool


class WayOut(Schema):
    """One channel of a kind: app | mail | sms. fixed: it cannot be switched off."""

    channel: str
    on: bool
    fixed: bool


class KindOut(Schema):
    """One thing I can be told of. marketing: only while I agree to the purpose `marketing`."""

    kind: str
    group: str
    group_label: str
    title: str
    marketing: bool
    ways: list[WayOut]


class NoticeSettings(Schema):
    """How I am told. quiet_from, quiet_to: minutes since midnight in zone; equal: no quiet hours."""

    kinds: list[KindOut]
    quiet_from: int
    quiet_to: int
    zone: str
    language: str


class Chosen(Body):
    """One channel of one kind, on or off."""

    kind: str = Field(max_length=40)
    channel: str = Field(max_length=10)
    on: bool


class SettingsChange(Body):
    """What to change; what is missing stays."""

    choices: list[Chosen] = Field([], max_length=100)
    quiet_from: Minutes = None
    quiet_to: Minutes = None
    zone: str | None = Field(None, max_length=40)
    language: str | None = Field(None, max_length=10)


@router.get("/me/notices", response=Notices, summary="What I was told")
def my_notices(
    request: HttpRequest, page: Page = 1, page_size: Size = 20, unread: Query[bool] = False  # noqa: FBT002 -- a query parameter
) -> dict[str, Any]:  # fmt: skip
    """Return a page of notices; unread: only those not read yet."""
    only(request, "page", "page_size", "unread")
    it = notices_of(me(request), page=page, page_size=page_size, unread=unread)
    items = [
        {
            "id": one.id, "kind": one.kind, "group": one.group, "title": str(one.title), "text": str(one.text),
            "page": one.page, "about": one.about, "at": one.at, "read": one.read, "days_left": one.days_left,
        }
        for one in it.items
    ]  # fmt: skip
    return {
        "total": it.total,
        "items": items,
        "page": it.page,
        "page_size": it.page_size,
        "unread": it.unread,
    }


@router.get("/me/notices/unread", response=Unread, summary="How many wait to be read")
def my_unread(request: HttpRequest) -> dict[str, int]:
    """Return the number for a bell."""
    only(request)
    return {"unread": unread_of(me(request))}


@router.post("/me/notices/read", response={204: None}, summary="Mark all as read")
def read_all(request: HttpRequest) -> Status[None]:
    """Mark every notice as read."""
    services.read_all(person_id=me(request))
    return Status(204, None)


@router.patch("/me/notices/{uuid:notice_id}", response={204: None}, summary="Mark one as read")
def read(request: HttpRequest, notice_id: UUID, reading: Reading) -> Status[None]:
    """Mark a notice as read, or as unread again. 404 for anybody else's."""
    services.read(person_id=me(request), notice_id=notice_id, read=reading.read)
    return Status(204, None)


@router.delete("/me/notices/{uuid:notice_id}", response={204: None}, summary="Delete one")
def delete(request: HttpRequest, notice_id: UUID) -> Status[None]:
    """Delete a notice. 404 for anybody else's."""
    services.delete(person_id=me(request), notice_id=notice_id)
    return Status(204, None)


@router.get("/me/notice-settings", response=NoticeSettings, summary="How I am told")
def my_settings(request: HttpRequest) -> dict[str, Any]:
    """Return every kind with its channels, and the quiet hours."""
    return _settings(preferences_of(me(request)))


@router.patch("/me/notice-settings", response=NoticeSettings, summary="Change how I am told")
def change_settings(request: HttpRequest, change: SettingsChange) -> dict[str, Any]:
    """Change some of it and return all. 422 `bad_choice` for what cannot be set or cannot be switched off."""
    said = change.dict(exclude={"choices"})
    chosen = {(it.kind, it.channel): it.on for it in change.choices}
    services.choose(person_id=me(request), choices=chosen, **said)
    return _settings(preferences_of(me(request)))


def _settings(it: Preferences) -> dict[str, Any]:
    kinds = [
        {
            "kind": row.kind.code, "group": row.kind.group, "group_label": str(GROUPS[row.kind.group]),
            "title": str(row.kind.title), "marketing": row.kind.marketing,
            "ways": [{"channel": way.channel, "on": way.on, "fixed": way.fixed} for way in row.ways],
        }
        for row in it.rows
    ]  # fmt: skip
    return {
        "kinds": kinds, "quiet_from": it.quiet_from, "quiet_to": it.quiet_to, "zone": it.zone,
        "language": it.language,
    }  # fmt: skip
