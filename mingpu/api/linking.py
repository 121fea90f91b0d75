"""Signing in through another service as JSON: rounds of an app, and the accounts that are linked."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Router, Schema, Status

from mingpu.accounts import services
from mingpu.accounts.services import Begun, CameBack
from mingpu.api.accounts import Half, Mark, SignIn
from mingpu.api.base import Body, me, network, whole
from mingpu.api.proof import Proof, prove
from mingpu.lib.text import current_language

router = Router(tags=["linked accounts"])
Sealed = Field(max_length=4000, description="as the mall gave it; sealed, good for ten minutes")


class Service(Schema):
    """A service people sign in through."""

    id: str
    title: str


class ServiceList(Schema):
    """All there are now; none where the operator configured none."""

    total: int
    items: list[Service]
    page: int
    page_size: int


class RoundOut(Schema):
    """A round under way. address: for the system's browser; ticket: to be kept by the app until the answer is there."""

    address: str
    ticket: str


class AnswerIn(Body):
    """What the service sent back to the app, as it came: `state`, and `code` or `error`, and `iss` where it is there."""

    ticket: str = Sealed
    state: str = Field(max_length=300)
    code: str = Field("", max_length=2000)
    error: str = Field("", max_length=300)
    iss: str = Field("", max_length=300)

    def said(self) -> dict[str, str]:
        """Return it as the verb takes it: only what is there."""
        return {
            name: value
            for name, value in self.dict(include={"state", "code", "error", "iss"}).items()
            if value
        }


class LoginAnswerIn(AnswerIn):
    """What the service sent back to a round to log in."""

    mark: str = Mark


class CameBackOut(Schema):
    """What became of a round to log in: a sign-in, half of one, or an arrival nobody here knows, to be linked later."""

    signed_in: SignIn | None
    half: Half | None
    arrival: str
    nickname: str


class RoundIn(Body):
    """A round to link or to unlink, with proof that it is me."""

    service: str = Field(max_length=60)
    intent: Literal["link", "unlink"]
    proof: Proof | None = None


class LinkAnswerIn(AnswerIn):
    """What a service sent back to a round of mine."""

    service: str = Field(max_length=60)


class LinkCameBackOut(Schema):
    """What became of a round of mine: an arrival to be linked with a yes, or "" after unlinking."""

    arrival: str
    nickname: str


class LinkIn(Body):
    """An arrival and my yes to the purpose `third_party_login`. proof: where somebody else could have set out for it."""

    arrival: str = Sealed
    agreed: bool
    proof: Proof | None = None


class LinkedOut(Schema):
    """A linked account; nickname and avatar as told when it was linked, "" for none."""

    service: str
    title: str
    nickname: str
    avatar: str
    linked_at: datetime
    used_at: datetime | None


class LinkedList(Schema):
    """All of mine, the newest first."""

    total: int
    items: list[LinkedOut]
    page: int
    page_size: int


@router.get("/sign-in-services", auth=None, response=ServiceList, summary="Services one can sign in through")
def sign_in_services(request: HttpRequest) -> dict[str, Any]:  # noqa: ARG001 -- they are the same for everybody
    """Return the services whose accounts open the mall."""
    return whole([{"id": name, "title": str(it.title)} for name, it in services.ways_in().items()])


@router.post(
    "/sign-in-services/{service}/rounds",
    auth=None,
    response={201: RoundOut},
    summary="Begin to sign in there",
)
def begin(request: HttpRequest, service: str) -> Status[Begun]:  # noqa: ARG001 -- nobody is known yet
    """Begin a round to log in. 404 for a service that serves no apps, 503 `provider_unanswered`."""
    return Status(201, services.begin_round(provider=service, intent="login", kind="api"))


@router.post(
    "/sign-in-services/{service}/answers",
    auth=None,
    response={201: CameBackOut},
    summary="Come back from there",
)
def come_back(request: HttpRequest, service: str, answer: LoginAnswerIn) -> Status[dict[str, Any]]:
    """Take the answer to a round, once.

    409 `round_over`, 403 `provider_declined`, `provider_refused` or `link_rests`, 503 `provider_unanswered`, 429 after many.
    """
    came = services.come_back(
        provider=service, ticket=answer.ticket, said=answer.said(), kind="api", address=network(request), marks=answer.mark
    )  # fmt: skip
    new, half = came.signed_in, None
    if isinstance(new, services.HalfIn):
        half = {"half": new.token, "expires_at": new.expires_at, "ways": list(new.ways)}
        new = None
    return Status(201, {"signed_in": new, "half": half, **_arrived(came)})


@router.get("/me/linked-accounts", response=LinkedList, summary="My linked accounts")
def linked_accounts(request: HttpRequest) -> dict[str, Any]:
    """Return the accounts elsewhere that open mine."""
    return whole(_linked(me(request)))


@router.post("/me/linked-accounts/rounds", response={201: RoundOut}, summary="Begin to link or unlink")
def begin_mine(request: HttpRequest, asked: RoundIn) -> Status[Begun]:
    """Begin a round after proof; the service asks the person anew as well. 401 or 422 for a wrong proof."""
    prove(request, asked.proof, "binding", always=True)
    begun = services.begin_round(
        provider=asked.service, intent=asked.intent, kind="api", person_id=me(request)
    )
    return Status(201, begun)


@router.post("/me/linked-accounts/answers", response=LinkCameBackOut, summary="Come back to link or unlink")
def come_back_mine(request: HttpRequest, answer: LinkAnswerIn) -> dict[str, Any]:
    """Take the answer to a round of mine, once: it unlinks, or hands out an arrival to say yes to.

    409 `round_over`, `already_linked`, `linked_elsewhere`, `other_account_came`.
    """
    came = services.come_back(
        provider=answer.service, ticket=answer.ticket, said=answer.said(), kind="api", address=network(request), person_id=me(request)
    )  # fmt: skip
    return _arrived(came)


@router.post("/me/linked-accounts", response={201: LinkedList}, summary="Link an account")
def link(request: HttpRequest, new: LinkIn) -> Status[dict[str, Any]]:
    """Link an arrival with my yes. 403 `consent_needed` without it, 409 `round_over`, `already_linked`, `linked_elsewhere`."""
    if not services.set_out(new.arrival, me(request)):
        prove(request, new.proof, "binding")
    services.link(
        person_id=me(request),
        arrival=new.arrival,
        agreed=new.agreed,
        language=current_language(),
        method="api",
    )
    return Status(201, whole(_linked(me(request))))


def _arrived(came: CameBack) -> dict[str, Any]:
    nickname = services.read_arrival(came.arrival).nickname if came.arrival else ""
    return {"arrival": came.arrival, "nickname": nickname}


def _linked(person_id: UUID) -> list[dict[str, Any]]:
    return [
        {
            "service": it.provider, "title": str(it.title), "nickname": it.nickname, "avatar": it.avatar,
            "linked_at": it.linked_at, "used_at": it.used_at,
        }
        for it in services.linked_of(person_id)
    ]  # fmt: skip
