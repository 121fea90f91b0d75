"""Handing my package to another mall, and taking over what one from there brings: as JSON."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, File, Router, Schema, Status
from ninja.files import UploadedFile

from mingpu.adapters.providers import handlers
from mingpu.api.base import Body, me, whole
from mingpu.api.proof import Proof, prove
from mingpu.rights.queries import transfers_of
from mingpu.rights.services import ask_transfer, bring, offers_of, stop_transfer, take_items

router = Router(tags=["rights"])


class HandlerOut(Schema):
    """A mall that a package can go to."""

    code: str
    name: str
    contact: str


class Handlers(Schema):
    """The operator's list."""

    total: int
    items: list[HandlerOut]
    page: int
    page_size: int


class TransferOut(Schema):
    """A package on its way. state: waiting | sending | accepted | refused | stopped; receipt: the other mall's own number."""

    id: UUID
    handler: str
    state: str
    asked_at: datetime
    send_at: datetime
    answered_at: datetime | None
    receipt: str
    code: str
    sha256: str
    bytes: int
    stoppable: bool


class Transfers(Schema):
    """My transfers, newest first."""

    total: int
    items: list[TransferOut]
    page: int
    page_size: int


class Wanted(Proof):
    """Whom to hand it to, my separate consent, and proof that it is me."""

    handler: str = Field(max_length=40)
    agreed: bool = False


class OfferOut(Schema):
    """One thing that could be taken over. problem: "" or why it cannot be."""

    id: str
    kind: str
    title: str
    lines: list[list[str]]
    problem: str


class Preview(Schema):
    """What a package brings; nothing is taken yet. source: who signed it."""

    id: UUID
    source: str
    items: list[OfferOut]


class Picked(Body):
    """What to take, by id; what is not named is dropped."""

    chosen: list[str] = Field(max_length=1100)


class TakenOut(Schema):
    """What became of one pick; code "" when it was taken."""

    id: str
    code: str


class TakenOver(Schema):
    """What became of every pick."""

    items: list[TakenOut]


@router.get("/me/privacy/handlers", response=Handlers, summary="Malls a package can go to")
def my_handlers(request: HttpRequest) -> dict[str, Any]:
    """Return the operator's list."""
    del request
    return whole(
        [{"code": it.code, "name": str(it.name), "contact": it.contact} for it in handlers().values()]
    )


@router.get("/me/privacy/transfers", response=Transfers, summary="My transfers")
def my_transfers(request: HttpRequest) -> dict[str, Any]:
    """Return my transfers and how far they are."""
    return whole(transfers_of(me(request)))


@router.post("/me/privacy/transfers", response={202: TransferOut}, summary="Hand my package to another mall")
def transfer(request: HttpRequest, wanted: Wanted) -> Status[Any]:
    """Have it sent after the wait. 403 `proof_needed`, 422 `consent_needed`, 409 `transfer_under_way`."""
    prove(request, wanted, "transfer", always=True)
    made = ask_transfer(person_id=me(request), handler=wanted.handler, agreed=wanted.agreed)
    return Status(202, next(it for it in transfers_of(me(request)) if it.id == made))


@router.post("/me/privacy/transfers/{uuid:transfer_id}/stop", response=TransferOut, summary="Stop a transfer")
def stop(request: HttpRequest, transfer_id: UUID) -> Any:
    """Call it off while it waits. 409 `transfer_sent` once it has left."""
    stop_transfer(person_id=me(request), transfer_id=transfer_id)
    return next(it for it in transfers_of(me(request)) if it.id == transfer_id)


@router.post("/me/privacy/imports", response={201: Preview}, summary="Bring a package from another mall")
def send_package(request: HttpRequest, file: File[UploadedFile]) -> Status[dict[str, Any]]:
    """Check a package and show what it brings. 422 with a code of its own for each fault."""
    made = bring(person_id=me(request), content=file.read())
    return Status(201, _preview(me(request), made))


@router.get("/me/privacy/imports/{uuid:intake_id}", response=Preview, summary="What a package brings")
def preview(request: HttpRequest, intake_id: UUID) -> dict[str, Any]:
    """Return the preview again, for a day. 404 for another's."""
    return _preview(me(request), intake_id)


@router.post("/me/privacy/imports/{uuid:intake_id}/take", response=TakenOver, summary="Take over what I pick")
def take(request: HttpRequest, intake_id: UUID, picked: Picked) -> dict[str, Any]:
    """Take what is named and drop the rest; the package is gone afterwards."""
    return {"items": take_items(person_id=me(request), intake_id=intake_id, chosen=set(picked.chosen))}


def _preview(person_id: UUID, intake_id: UUID) -> dict[str, Any]:
    source, found = offers_of(person_id, intake_id)
    items = [
        {"id": it.id, "kind": it.kind, "title": it.title, "lines": it.lines, "problem": it.problem}
        for it in found
    ]
    return {"id": intake_id, "source": source, "items": items}
