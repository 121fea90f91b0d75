"""Real-name verification as JSON."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Field, Router, Schema, Status

from mingpu.accounts import services
from mingpu.accounts.queries import name_checked
from mingpu.api.base import Body, me
from mingpu.privacy.purposes import Purpose
from mingpu.privacy.standing import agrees

router = Router(tags=["accounts"])


class NameIn(Body):
    """A name and a number as they stand on the identity card."""

    name: str = Field(max_length=300)
    number: str = Field(max_length=300)


class NameOut(Schema):
    """What became of the last check; never the number. agreed: my consent `real_name` stands, without which there is none.

    state: verified | mismatch | unanswered | checking, null for none. name: masked, "" unless verified.
    """

    agreed: bool
    state: str | None
    name: str
    at: datetime | None
    checked_by: str


@router.get("/me/real-name", response=NameOut, summary="My real-name verification")
def real_name(request: HttpRequest) -> dict[str, Any]:
    """Return whether my name is verified, when and by whom."""
    return _shown(request)


@router.put("/me/real-name", response=NameOut, summary="Have my name verified")
def verify(request: HttpRequest, asked: NameIn) -> dict[str, Any]:
    """Ask whether name and number belong together; they are kept, sealed, only if they do.

    403 `real_name_off` without my consent, 409 `real_name_known`, 422 `real_name_mismatch`, 429 `real_name_tries`,
    503 `real_name_unanswered`.
    """
    services.verify_name(person_id=me(request), **asked.dict())
    return _shown(request)


@router.delete("/me/real-name", response={204: None}, summary="Delete my real-name verification")
def forget(request: HttpRequest) -> Status[None]:
    """Delete name, number and answer at once. 404 where there is nothing."""
    services.forget_name(person_id=me(request))
    return Status(204, None)


def _shown(request: HttpRequest) -> dict[str, Any]:
    it = name_checked(me(request))
    return {
        "agreed": agrees(me(request), Purpose.REAL_NAME), "state": it.state if it else None, "name": it.name if it else "",
        "at": it.at if it else None, "checked_by": it.checked_by if it else "",
    }  # fmt: skip
