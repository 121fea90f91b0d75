"""The picture a person shows of themselves."""

from typing import Literal

from django.http import HttpRequest, HttpResponse
from ninja import File, Router, Status, UploadedFile

from mingpu.accounts import services
from mingpu.accounts.avatar_rules import TYPE
from mingpu.api.base import me

router = Router(tags=["accounts"])


@router.get("/me/avatar", summary="My avatar")
def my_avatar(request: HttpRequest, size: Literal["small", "large"] = "large") -> HttpResponse:
    """Return my own avatar as WebP, 96 or 320 points a side. 404 without one."""
    _, content = services.avatar_of(me(request), size)
    return HttpResponse(content, content_type=TYPE, headers={"Cache-Control": "private, no-store"})


@router.post("/me/avatar", response={204: None}, summary="Set my avatar")
def set_my_avatar(request: HttpRequest, file: File[UploadedFile]) -> Status[None]:
    """Keep a picture (JPEG, PNG, WebP, AVIF; 5 MB) as two small squares drawn anew. 413 too large, 422 no picture."""
    services.set_avatar(person_id=me(request), content=file.read())
    return Status(204, None)


@router.delete("/me/avatar", response={204: None}, summary="Delete my avatar")
def remove_my_avatar(request: HttpRequest) -> Status[None]:
    """Delete it. 404 without one."""
    services.remove_avatar(person_id=me(request))
    return Status(204, None)
