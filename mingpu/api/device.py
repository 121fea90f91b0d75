"""What an app may do with camera, photos, microphone, contacts and location: refused where switched off, or not there.

None of these calls reads what was sent before the door lets it through, and none is let through yet: the guard
leaves their bodies unread as well (`web.middleware.UNREAD`).
"""

from typing import NoReturn
from uuid import UUID

from django.http import HttpRequest
from ninja import Router

from mingpu.api.base import me
from mingpu.privacy.permits import NotAvailable, enter
from mingpu.privacy.purposes import Purpose
from mingpu.privacy.register import REGISTER

router = Router(tags=["device"])


@router.post("/me/device/scans", response={204: None}, summary="Read a code or a picture of the camera")
def scan(request: HttpRequest) -> NoReturn:
    """Take a picture of the camera. 403 `permission_off` without it, 501 `not_available` with it."""
    _door(me(request), Purpose.SCANNING)


@router.post("/me/device/photo-searches", response={204: None}, summary="Find goods like those in a photo")
def photo_search(request: HttpRequest) -> NoReturn:
    """Take a photo of the album. 403 `permission_off` without it, 501 `not_available` with it."""
    _door(me(request), Purpose.PHOTO_SEARCH)


@router.post("/me/device/voice-searches", response={204: None}, summary="Search by voice")
def voice_search(request: HttpRequest) -> NoReturn:
    """Take a recording of the microphone. 403 `permission_off` without it, 501 `not_available` with it."""
    _door(me(request), Purpose.VOICE)


@router.post("/me/device/delivery-estimates", response={204: None}, summary="When would it be delivered here")
def delivery_estimate(request: HttpRequest) -> NoReturn:
    """Take a rough location. 403 `permission_off` without it, 501 `not_available` with it."""
    _door(me(request), Purpose.NEARBY)


@router.post("/me/device/friends", response={204: None}, summary="Who in my contacts is here too")
def friends(request: HttpRequest) -> NoReturn:
    """Take entries of the contacts. 403 `permission_off` without it, 501 `not_available` with it."""
    _door(me(request), Purpose.FRIENDS)


def _door(person_id: UUID, purpose: Purpose) -> NoReturn:
    enter(person_id, purpose)
    raise NotAvailable(title=REGISTER.purposes[purpose].title)
