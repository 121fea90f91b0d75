"""Guardians of people under 14, what happens after one's death, and close relatives: as JSON."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Field, Router, Schema, Status

from mingpu.accounts.services import change_profile
from mingpu.api.base import Body, me, network, whole
from mingpu.api.privacy_choices import Answer, Choice, choice
from mingpu.api.proof import Proof, prove
from mingpu.api.rights import Kinds, kinds
from mingpu.lib.text import current_language
from mingpu.privacy import cancellation, consent
from mingpu.privacy.minors import childhood_of
from mingpu.privacy.purposes import acting
from mingpu.rights.services import (
    ask_as_kin,
    ask_guardian,
    choose_for_child,
    confirm_child,
    delete_item,
    end_guardianship,
    kin_copy,
    kin_status,
    never_for_children,
    require_guardian,
    set_wish,
    wards_of,
    wish_of,
)

router = Router(tags=["rights"])


class Childhood(Schema):
    """Whether this account counts as of somebody under 14, and whether a guardian stands for it."""

    child: bool
    guarded: bool


class Code(Schema):
    """What the child gives to its guardian, good for three days."""

    code: str


class Confirmed(Proof):
    """The child's code, and proof that it is the guardian."""

    code: str = Field(max_length=40)


class ChildOut(Schema):
    """A child I am guardian of."""

    id: UUID


class Children(Schema):
    """The children I am guardian of."""

    total: int
    items: list[ChildOut]
    page: int
    page_size: int


class ChildsChoice(Choice):
    """One of my child's. permission: of the device; never: a yes to it does not count for somebody under 14."""

    permission: bool
    never: bool


class Choices(Schema):
    """What can be agreed to or refused for a child."""

    total: int
    items: list[ChildsChoice]
    page: int
    page_size: int


class Details(Body):
    """What a guardian corrects; what is not named stays."""

    nickname: str | None = Field(None, max_length=100)
    gender: str | None = Field(None, max_length=20)
    birthday: str | None = Field(None, max_length=20)


class Wish(Body):
    """nobody | delete | contact, which needs a name; "" takes it back."""

    choice: Literal["", "nobody", "delete", "contact"]
    contact: str = Field("", max_length=64)


class WishOut(Schema):
    """What I arranged; "" for nothing."""

    choice: str
    contact: str


class KinAsked(Body):
    """A relative's request. about: the dead's phone or username; documents: described, never sent."""

    wanted: Literal["copy", "correct", "delete"]
    applicant: str = Field(max_length=64)
    relation: str = Field(max_length=32)
    phone: str = Field(max_length=40)
    about: str = Field(max_length=254)
    documents: str = Field(max_length=1000)
    words: str = Field("", max_length=2000)


class KinMade(Schema):
    """Its number, and the token to follow it with; shown this once."""

    no: str
    token: str


class Token(Body):
    """The token a relative was given."""

    token: str = Field(max_length=100)


class KinOut(Schema):
    """How far a relative's request is."""

    no: str
    wanted: str
    state: str
    opened_at: datetime
    due_at: datetime
    effect_at: datetime | None
    reason_label: str
    has_copy: bool


@router.get("/me/privacy/guardian", response=Childhood, summary="Whether I need a guardian")
def my_guardian(request: HttpRequest) -> Any:
    """Return whether this account counts as of somebody under 14."""
    return childhood_of(me(request))


@router.post("/me/privacy/guardian", response={201: Code}, summary="A code for my guardian")
def need_guardian(request: HttpRequest) -> Status[dict[str, str]]:
    """Return a code for the guardian; an earlier one is good no more."""
    return Status(201, {"code": ask_guardian(person_id=me(request))})


@router.get("/me/privacy/children", response=Children, summary="Children I am guardian of")
def my_children(request: HttpRequest) -> dict[str, Any]:
    """Return the children I am guardian of."""
    return whole([{"id": it} for it in wards_of(me(request))])


@router.post("/me/privacy/children", response={201: ChildOut}, summary="Confirm that I am a child's guardian")
def confirm(request: HttpRequest, confirmed: Confirmed) -> Status[dict[str, Any]]:
    """Stand for a child by the code it gave me. 403 `proof_needed`, 404 for a code that is not good."""
    prove(request, confirmed, "guardian", always=True)
    return Status(201, {"id": confirm_child(guardian_id=me(request), code=confirmed.code)})


@router.delete("/me/privacy/children/{uuid:child_id}", response={204: None}, summary="Withdraw")
def end(request: HttpRequest, child_id: UUID) -> Status[None]:
    """Withdraw; the child's account stops shopping at once. 404 for another's child."""
    with acting("guardian"):
        end_guardianship(guardian_id=me(request), child_id=child_id)
    return Status(204, None)


@router.get("/me/privacy/children/{uuid:child_id}/data", response=Kinds, summary="What is held of my child")
def childs_data(request: HttpRequest, child_id: UUID) -> dict[str, Any]:
    """Return every kind of item. 404 for another's child."""
    with acting("guardian"):
        require_guardian(guardian_id=me(request), child_id=child_id)
        return whole(kinds(child_id))


@router.delete(
    "/me/privacy/children/{uuid:child_id}/data/{table}/{key}", response={204: None}, summary="Delete one of them"
)  # fmt: skip
def delete_childs(request: HttpRequest, child_id: UUID, table: str, key: str) -> Status[None]:
    """Delete one item of my child's. 404 for another's child."""
    with acting("guardian"):
        require_guardian(guardian_id=me(request), child_id=child_id)
        delete_item(person_id=child_id, table=table, key=key)
    return Status(204, None)


@router.get("/me/privacy/children/{uuid:child_id}/choices", response=Choices, summary="My child's consents")
def childs_choices(request: HttpRequest, child_id: UUID) -> dict[str, Any]:
    """Return permissions and consents as they stand for my child. 404 for another's child."""
    with acting("guardian"):
        require_guardian(guardian_id=me(request), child_id=child_id)
        return whole(_choices(child_id))


@router.put(
    "/me/privacy/children/{uuid:child_id}/choices/{name}", response=ChildsChoice, summary="Agree or refuse for my child"
)  # fmt: skip
def choose(request: HttpRequest, child_id: UUID, name: str, answer: Answer) -> dict[str, Any]:
    """Say yes or no for my child. 404 for another's child or no such matter, 409 `never_for_children`."""
    choose_for_child(
        guardian_id=me(request), child_id=child_id, name=name, granted=answer.granted, language=current_language()
    )  # fmt: skip
    with acting("guardian"):
        return next(it for it in _choices(child_id) if it["name"] == name)


def _choices(child_id: UUID) -> list[dict[str, Any]]:
    decisions = consent.decisions_of(child_id)
    return [
        {**choice(it, decisions[it.name]), "permission": it.permission, "never": never_for_children(it.name)}
        for it in consent.matters()
    ]


@router.patch("/me/privacy/children/{uuid:child_id}/profile", response={204: None}, summary="Correct")
def correct(request: HttpRequest, child_id: UUID, details: Details) -> Status[None]:
    """Correct my child's details, the birthday included. 404 for another's child."""
    with acting("guardian"):
        require_guardian(guardian_id=me(request), child_id=child_id)
        change_profile(person_id=child_id, guardian=True, **details.dict(exclude_unset=True))
    return Status(204, None)


@router.post(
    "/me/privacy/children/{uuid:child_id}/cancellation", response={202: None}, summary="Cancel its account"
)
def cancel(request: HttpRequest, child_id: UUID, proof: Proof) -> Status[None]:
    """Have my child's account cancelled, with its cooling-off period. 404 for another's child."""
    prove(request, proof, "guardian", always=True)
    with acting("guardian"):
        require_guardian(guardian_id=me(request), child_id=child_id)
        cancellation.request(child_id)
    return Status(202, None)


@router.get("/me/privacy/after-death", response=WishOut, summary="What I arranged for after my death")
def my_wish(request: HttpRequest) -> dict[str, str]:
    """Return what I arranged."""
    choice, contact = wish_of(me(request))
    return {"choice": choice, "contact": contact}


@router.put("/me/privacy/after-death", response=WishOut, summary="Arrange for after my death")
def arrange(request: HttpRequest, wish: Wish) -> dict[str, str]:
    """Arrange it, or take it back."""
    set_wish(person_id=me(request), choice=wish.choice, contact=wish.contact)
    return my_wish(request)


@router.post(
    "/relatives/requests", auth=None, response={201: KinMade}, summary="Ask as a close relative of the dead"
)
def kin(request: HttpRequest, asked: KinAsked) -> Status[dict[str, str]]:
    """Make a request; needs no account and is answered alike whether or not there is one under that name."""
    no, token = ask_as_kin(address=network(request), **asked.dict())
    return Status(201, {"no": no, "token": token})


@router.post("/relatives/status", auth=None, response=KinOut, summary="How far a relative's request is")
def follow(request: HttpRequest, token: Token) -> dict[str, Any]:
    """Return how far it is. 404 for a token that is not good."""
    del request
    it = kin_status(token.token)
    return {**it, "reason_label": str(it["reason_label"])}


@router.post("/relatives/copy", auth=None, summary="The copy that was granted")
def copy(request: HttpRequest, token: Token) -> HttpResponse:
    """Return the zip for three days after it was granted. 404 before and after."""
    del request
    response = HttpResponse(kin_copy(token.token), content_type="application/zip")
    response.headers["Cache-Control"] = "private, no-store"
    return response
