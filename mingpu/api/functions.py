"""The extras and their doors: which there are, which are open, and whether I may use one now."""

from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema, Status

from mingpu.api.base import whole
from mingpu.privacy import doors

router = Router(tags=["privacy"])


class FunctionOut(Schema):
    """One extra. open: false while nothing carries it out; permission: the switch it needs, or empty."""

    name: str
    title: str
    why: str
    clauses: list[str]
    open: bool
    permission: str
    consent: bool


class Functions(Schema):
    """All extras."""

    total: int
    items: list[FunctionOut]
    page: int
    page_size: int


@router.get("/functions", auth=None, response=Functions, summary="The extras and whether they are open")
def functions(request: HttpRequest) -> dict[str, Any]:
    """Return every extra in the reader's language; those not open yet collect nothing."""
    del request
    return whole([
        {
            "name": it.name, "title": str(it.title), "why": str(it.why), "clauses": list(it.clauses),
            "open": it.open, "permission": it.permission, "consent": it.consent,
        }
        for it in doors.doors()
    ])  # fmt: skip


@router.get("/functions/{name}", auth=None, response={204: None}, summary="May I use this extra now")
def function(request: HttpRequest, name: str) -> Status[None]:
    """Answer 204, or why not: 403 `function_not_open`, `permission_off`, `consent_needed`, 401 without a sign-in."""
    doors.check(name, getattr(request, "person_id", None))
    return Status(204, None)
