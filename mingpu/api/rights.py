"""What is held of me, how long, what rules decided, and what I asked for: as JSON."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema, Status

from mingpu.accounts.services import step_up
from mingpu.api.base import LARGEST_PAGE, Body, me, whole
from mingpu.api.proof import Proof, prove, token_of
from mingpu.lib.clock import now
from mingpu.privacy import decisions, held
from mingpu.privacy.uses import Listing
from mingpu.rights.queries import RequestView, request_of, requests_of
from mingpu.rights.services import accept, ask, delete_item, needs_proof, withdraw

router = Router(tags=["rights"])
Page = Annotated[int, Query(ge=1, le=100_000)]
Size = Annotated[int, Query(ge=1, le=LARGEST_PAGE)]


class Lists(Schema):
    """What every list has besides its items."""

    total: int
    page: int
    page_size: int


class KindOut(Schema):
    """One kind of item that is held of me. alone: whether one can be deleted by itself; on_cancel: delete | freeze | detach."""

    table: str
    label: str
    count: int
    retention: str
    law: str
    first_end: datetime | None
    last_end: datetime | None
    days_left: int | None
    on_cancel: str
    alone: bool
    frozen: bool


class Kinds(Lists):
    """Everything that is held of me, by kind."""

    items: list[KindOut]


class CellOut(Schema):
    """One value. hidden: masked, until I prove who I am."""

    column: str
    label: str
    text: str
    hidden: bool


class ItemOut(Schema):
    """One item. key: by which a single one is deleted."""

    key: str
    cells: list[CellOut]
    ends: datetime | None
    days_left: int | None


class Items(Lists):
    """A page of one kind."""

    items: list[ItemOut]


class DecisionOut(Schema):
    """What a rule decided about me, in plain words. inputs: what it went by."""

    id: UUID
    at: datetime
    rule: str
    title: str
    outcome: str
    why: str
    inputs: dict[str, str]
    reference: str


class Decisions(Lists):
    """A page of decisions, newest first."""

    items: list[DecisionOut]


class StepOut(Schema):
    """One step of a request."""

    at: datetime
    state: str
    who: str
    name: str


class RequestOut(Schema):
    """A request of mine. days_left: working days, negative when it is overdue; reason: of a refusal."""

    no: str
    kind: str
    about: str
    words: str
    state: str
    opened_at: datetime
    due_at: datetime
    due_is_certain: bool
    days_left: int | None
    overdue: bool
    taken_by: str
    decided_at: datetime | None
    reason: str
    reason_label: str
    answer: str
    closed_at: datetime | None
    steps: list[StepOut]


class Requests(Lists):
    """A page of requests, newest first, without their steps."""

    items: list[RequestOut]


class Asked(Body):
    """What I ask. kind: correct | delete | object | human | complain | other; about: `table:…`, `purpose:…`, `use:…`, `decision:…`, `request:…`."""

    kind: str = Field(max_length=20)
    about: str = Field("", max_length=80)
    words: str = Field("", max_length=2000)


@router.get("/me/privacy/data", response=Kinds, summary="Everything held of me")
def my_data(request: HttpRequest) -> dict[str, Any]:
    """Return every kind of item with how many there are, how long they stay and why."""
    return whole(kinds(me(request)))


@router.get("/me/privacy/retention", response=Kinds, summary="How long what stays")
def my_retention(request: HttpRequest) -> dict[str, Any]:
    """Return the kinds I have items of, those that go first at the top."""
    return whole(sorted((it for it in kinds(me(request)) if it["count"]), key=_soonest))


@router.get("/me/privacy/data/{table}", response=Items, summary="One kind of what is held of me")
def my_items(request: HttpRequest, table: str, page: Page = 1, page_size: Size = 20) -> dict[str, Any]:
    """Return items, sensitive values masked."""
    return paged(held.rows_of(me(request), table, page=page, page_size=page_size))


@router.post("/me/privacy/data/{table}/reveal", response=Items, summary="The same in clear")
def reveal(
    request: HttpRequest, table: str, proof: Proof, page: Page = 1, page_size: Size = 20
) -> dict[str, Any]:
    """Return items in clear. 403 `proof_needed` without password or code."""
    prove(request, proof, "reveal", always=True)
    return paged(held.rows_of(me(request), table, page=page, page_size=page_size, revealed=True))


@router.delete("/me/privacy/data/{table}/{key}", response={204: None}, summary="Delete one item")
def delete(request: HttpRequest, table: str, key: str) -> Status[None]:
    """Delete one item by itself. 409 `not_deletable_alone` where account, order or law keep it."""
    act = needs_proof(table)
    if act:
        step_up.require(person_id=me(request), token=token_of(request), act=act)
    delete_item(person_id=me(request), table=table, key=key, proven=bool(act))
    return Status(204, None)


@router.get("/me/privacy/decisions", response=Decisions, summary="What rules decided about me")
def my_decisions(request: HttpRequest, page: Page = 1, page_size: Size = 20) -> dict[str, Any]:
    """Return decisions, each with its rule, what it went by, and why. Ask for a person by a request of kind `human`."""
    return paged(decisions.decisions_of(me(request), page=page, page_size=page_size))


@router.get("/me/privacy/requests", response=Requests, summary="My requests")
def my_requests(request: HttpRequest, page: Page = 1, page_size: Size = 20) -> dict[str, Any]:
    """Return what I asked for and how far it is."""
    found = requests_of(me(request), page=page, page_size=page_size)
    return {**paged(found), "items": [_told(it) for it in found.items]}


@router.post("/me/privacy/requests", response={201: RequestOut}, summary="Ask")
def ask_one(request: HttpRequest, asked: Asked) -> Status[dict[str, Any]]:
    """Open a request; it is answered within 15 working days. The same again while it is open is the first."""
    no = ask(person_id=me(request), kind=asked.kind, about=asked.about, words=asked.words)
    return Status(201, _told(request_of(me(request), no)))


@router.get("/me/privacy/requests/{no}", response=RequestOut, summary="One request with every step")
def my_request(request: HttpRequest, no: str) -> dict[str, Any]:
    """Return one request. 404 for another's."""
    return _told(request_of(me(request), no))


@router.post("/me/privacy/requests/{no}/withdraw", response=RequestOut, summary="Take a request back")
def withdraw_one(request: HttpRequest, no: str) -> dict[str, Any]:
    """Take an open request back. 409 for one that was answered."""
    withdraw(person_id=me(request), no=no)
    return _told(request_of(me(request), no))


@router.post("/me/privacy/requests/{no}/accept", response=RequestOut, summary="Close an answered request")
def accept_one(request: HttpRequest, no: str) -> dict[str, Any]:
    """Close a request that was answered. 409 for one that was not."""
    accept(person_id=me(request), no=no)
    return _told(request_of(me(request), no))


def kinds(person_id: UUID) -> list[dict[str, Any]]:
    """Return every kind of item held of a person, as it is answered."""
    moment = now()
    return [
        {
            **asdict(it), "alone": bool(it.alone),
            "days_left": max(0, (it.first_end - moment).days) if it.first_end else None,
        }
        for it in held.things_of(person_id)
    ]  # fmt: skip


def paged(found: Listing[Any]) -> dict[str, Any]:
    """Return a page as lists are answered."""
    return {"total": found.total, "items": found.items, "page": found.page, "page_size": found.page_size}


def _soonest(it: dict[str, Any]) -> tuple[bool, int]:
    return it["days_left"] is None, it["days_left"] or 0


def _told(it: RequestView) -> dict[str, Any]:
    steps = [{"at": s["at"], "state": s["after"], "who": s["who"], "name": s["name"]} for s in it.steps]
    plain = {name: getattr(it, name) for name in RequestOut.model_fields if hasattr(it, name)}
    return {**plain, "due_is_certain": it.certain, "steps": steps}
