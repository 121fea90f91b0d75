"""The device an app runs on, as JSON: what it may tell of it, what is kept, how that is taken back."""

from dataclasses import asdict
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Router, Schema, Status

from mingpu.accounts import services
from mingpu.accounts.device_rules import Screen, short_side
from mingpu.accounts.queries import devices_of, display_of, sessions_of
from mingpu.api.base import Body, me, whole
from mingpu.catalog.renditions import WIDTHS
from mingpu.lib.errors import NotFound
from mingpu.lib.requests import MallRequest

router = Router(tags=["devices"])
Told = Field(None, max_length=300)


class DeviceIn(Body):
    """What an app may tell; all of it may be missing, null or blank, and nothing else is taken (no list of software).

    resolution: `1080x2400`. The identifiers from `mac` to `imsi` are hashed at the door and never kept.
    """

    name: str | None = Told
    model: str | None = Told
    os: str | None = Told
    os_version: str | None = Told
    app_version: str | None = Told
    language: str | None = Told
    resolution: str | None = Told
    plmn: str | None = Told
    browser: str | None = Told
    mac: str | None = Told
    imei: str | None = Told
    android_id: str | None = Told
    idfa: str | None = Told
    openudid: str | None = Told
    guid: str | None = Told
    imsi: str | None = Told


class Fit(Schema):
    """What fits this screen. picture_width: the widest rendition worth fetching, in points."""

    picture_width: int


class DeviceNoted(Schema):
    """What came of it. known: whether I used this device before, null where it told no identifier.

    linked: whether it will be known again at my next sign-in, for which I have to agree to `continuity`.
    """

    id: UUID
    known: bool | None
    linked: bool
    display: Fit


class ThisDevice(Schema):
    """What this app told of its screen; "" for what it did not tell."""

    id: UUID
    model: str
    os: str
    os_version: str
    language: str
    resolution: str
    plmn: str
    browser: str
    seen_at: datetime
    display: Fit


class DeviceOut(Schema):
    """One of my devices. told: what else it told, while it is signed in; linked_at: null for one not linked."""

    id: UUID
    name: str
    told: dict[str, str]
    signed_in: bool
    current: bool
    linked_at: datetime | None
    seen_at: datetime


class Devices(Schema):
    """My devices, the last seen first."""

    total: int
    items: list[DeviceOut]
    page: int
    page_size: int


class SignInOut(Schema):
    """A sign-in. kind: web | api; device: what its app told of, if any; current: it is this one; used_at: an hour."""

    id: UUID
    kind: str
    name: str
    device: UUID | None
    current: bool
    created_at: datetime
    expires_at: datetime
    used_at: datetime


class SignIns(Schema):
    """My sign-ins, the newest first."""

    total: int
    items: list[SignInOut]
    page: int
    page_size: int


class SignInName(Body):
    """What to call a sign-in."""

    name: str = Field(max_length=300)


@router.put("/me/device", response=DeviceNoted, summary="Tell about this device")
def tell(request: HttpRequest, device: DeviceIn) -> dict[str, Any]:
    """Take what this app tells of its device in place of what it told before; it goes with the sign-in.

    422 for what is not written as it should be.
    """
    noted = services.note_device(person_id=me(request), token=_token(request), **device.dict())
    return {**asdict(noted), "display": _fit(_screen(request))}


@router.get("/me/device", response=ThisDevice, summary="What this device told")
def told(request: HttpRequest) -> dict[str, Any]:
    """Return what this app told of its screen, and what fits it. 404 where it told nothing."""
    screen = _screen(request)
    return {**asdict(screen), "display": _fit(screen)}


@router.get("/me/devices", response=Devices, summary="My devices")
def my_devices(request: HttpRequest) -> dict[str, Any]:
    """Return every device of which anything is kept: signed in, linked, or marked for the safety of the account."""
    here = display_of(me(request), _token(request))
    current = here.id if here else None
    return whole([{**asdict(it), "current": it.id == current} for it in devices_of(me(request))])


@router.delete("/me/devices/{uuid:device_id}", response={204: None}, summary="Remove a device")
def remove(request: HttpRequest, device_id: UUID) -> Status[None]:
    """Unlink a device, forget all it told, and end its sign-in, this one too. 404 for anybody else's."""
    services.forget_device(person_id=me(request), device_id=device_id)
    return Status(204, None)


@router.get("/me/sessions", response=SignIns, summary="Where I am signed in")
def my_sessions(request: HttpRequest) -> dict[str, Any]:
    """Return every sign-in that lasts, the newest first."""
    return whole(sessions_of(me(request), _token(request)))


@router.patch("/me/sessions/{uuid:session}", response={204: None}, summary="Name a sign-in")
def name_sign_in(request: HttpRequest, session: UUID, change: SignInName) -> Status[None]:
    """Call a sign-in something; blank for nothing. 404 for anybody else's."""
    services.name_session(person_id=me(request), session=session, name=change.name)
    return Status(204, None)


@router.delete("/me/sessions", response={204: None}, summary="End all other sign-ins")
def end_others(request: HttpRequest) -> Status[None]:
    """End every sign-in but this one."""
    services.end_other_sessions(person_id=me(request), token=_token(request))
    return Status(204, None)


@router.delete("/me/sessions/{uuid:session}", response={204: None}, summary="End a sign-in")
def end_sign_in(request: HttpRequest, session: UUID) -> Status[None]:
    """End one sign-in, this one too. 404 for anybody else's."""
    services.end_session(person_id=me(request), session=session)
    return Status(204, None)


def _screen(request: HttpRequest) -> Screen:
    screen = display_of(me(request), _token(request))
    if screen is None:
        raise NotFound
    return screen


def _fit(screen: Screen) -> dict[str, int]:
    points = short_side(screen.resolution) or WIDTHS[-2]
    return {"picture_width": next((it for it in WIDTHS if it >= points), WIDTHS[-1])}


def _token(request: HttpRequest) -> str:
    return cast("MallRequest", request).token
