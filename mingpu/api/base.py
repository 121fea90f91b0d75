"""What every call shares: bodies that take nothing unknown, the bearer token, who is asking."""

from typing import Any, ClassVar
from uuid import UUID

from django.http import HttpRequest
from ninja import Schema
from ninja.security import HttpBearer
from pydantic import ConfigDict

from mingpu.lib.errors import Invalid
from mingpu.lib.requests import MallRequest
from mingpu.lib.text import Text

LARGEST_PAGE = 100


class Body(Schema):
    """What a call takes. A field it does not know is refused with 422: nothing is collected by accident."""

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="forbid", str_max_length=2000)


class Problem(Schema):
    """A refusal (RFC 9457). `code` is stable; `detail` is for people; `fields` names what to look at again.

    With `proof_needed`: `act` is what is to be done, `proofs` what would show that it is the person (`POST /me/proofs`).
    """

    type: str
    title: str
    status: int
    detail: str
    code: str
    fields: list[str] | None = None
    act: str | None = None
    proofs: list[str] | None = None


class Bearer(HttpBearer):
    """`Authorization: Bearer …`: a token of ours. Cookies count for nothing here."""

    def authenticate(self, request: HttpRequest, token: str) -> UUID | None:
        """Return who the token belongs to, as the guard found out, or None."""
        del token
        return getattr(request, "person_id", None)


def me(request: HttpRequest) -> UUID:
    """Return who is asking; only in calls behind the bearer token."""
    person_id = getattr(request, "person_id", None)
    assert isinstance(person_id, UUID)
    return person_id


def network(request: HttpRequest) -> str:
    """Return the network address a call comes from, for counting tries."""
    return request.address if isinstance(request, MallRequest) else ""


def whole(items: list[Any]) -> dict[str, Any]:
    """Return a short list as lists are answered, all on its first page."""
    return {"total": len(items), "items": items, "page": 1, "page_size": LARGEST_PAGE}


def only(request: HttpRequest, *names: str) -> None:
    """Raise Invalid for a parameter in the address that a call does not know."""
    if unknown := next((name for name in request.GET if name not in names), None):
        raise Invalid(field=unknown[:40], problem=Text("没有这个参数", "there is no such parameter"))
