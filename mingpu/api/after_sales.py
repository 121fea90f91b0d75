"""After-sales as JSON: asking, sending back, evidence, having the mall decide."""

from datetime import datetime
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Field, File, Router, Schema, Status, UploadedFile

from mingpu.api.base import Body, me
from mingpu.api.buying import summed
from mingpu.api.order_bodies import WantedLine
from mingpu.api.order_shapes import PiecesOut
from mingpu.checkout.wish import MOST_LINES
from mingpu.service.queries import CaseView, EvidenceView, case_of, open_evidence
from mingpu.service.rules import ARBITRATION, COURIER, OWN, WITHDRAWN
from mingpu.service.services import (
    LONGEST_DESCRIPTION,
    add_evidence,
    ask_arbitration,
    choose_return,
    open_case,
    remove_evidence,
    sent_back,
    withdraw,
)

router = Router(tags=["after-sales"])


class CaseWanted(WantedLine):
    """So many pieces of an article. swap: the variant wanted for it in an exchange, "" for the same."""

    swap: str = Field("", max_length=200)


class NewCase(Body):
    """What to ask for; lines: the pieces it is about, all of one merchant."""

    type: Literal["refund", "return", "exchange", "repair"]
    lines: list[CaseWanted] = Field(min_length=1, max_length=MOST_LINES)
    reason: str = Field(max_length=40)
    description: str | None = Field(None, max_length=LONGEST_DESCRIPTION)


class NewAppeal(Body):
    """What the mall should know."""

    appeal: str = Field("", max_length=LONGEST_DESCRIPTION)


class NewReturn(Body):
    """How the goods come back. by `self`: with the waybill's number they count as handed in."""

    by: Literal["courier", "self"]
    courier: str = Field("", max_length=20)
    waybill_no: str = Field("", max_length=32)


class CaseOpened(Schema):
    """A case just opened."""

    case_no: str
    status: str
    amount_fen: int


class CaseState(Schema):
    """Where a case stands after what was done."""

    case_no: str
    status: str


class CaseEventOut(Schema):
    """One step of a case."""

    at: datetime
    text: str


class EvidenceOut(Schema):
    """A photo or video of a case. kind: photo | video; size in bytes."""

    number: str
    kind: str
    media_type: str
    size: int
    added_at: datetime


class EvidenceAdded(Schema):
    """A photo or video that was taken in."""

    number: str


class CaseLineOut(PiecesOut):
    """So many pieces of an article. swap: the variant wanted for it, "" for the same."""

    swap: str


class CaseOut(Schema):
    """One case in full. actions: what the buyer can do now. due_at: until when it may stay as it is.

    shipping_fen: the part of amount_fen that is the delivery fee. by: how the goods come back, courier | self, ""
    while that is open. freight: who pays the way back, seller | buyer.
    """

    case_no: str
    order_no: str
    merchant: str
    type: str
    type_label: str
    reason: str
    reason_label: str
    status: str
    status_label: str
    amount_fen: int
    shipping_fen: int
    created_at: datetime
    due_at: datetime | None
    answer: str
    description: str
    appeal: str
    by: str
    courier: str
    waybill_no: str
    freight: str
    freight_label: str
    actions: list[str]
    lines: list[CaseLineOut]
    events: list[CaseEventOut]
    evidence: list[EvidenceOut]


@router.post("/orders/{order_no}/after-sales", response={201: CaseOpened}, summary="Ask for after-sales")
def open_after_sales(request: HttpRequest, order_no: str, new: NewCase) -> Status[Any]:
    """Ask for a refund, return, exchange or repair of some pieces.

    409 in a state where that is not possible, 422 for too many, 404 for anybody else's order.
    """
    opened = open_case(
        person_id=me(request), order_no=order_no, kind=new.type, lines=summed(new.lines), reason=new.reason,
        description=new.description or "", swap={line.sku: line.swap for line in new.lines if line.swap},
    )  # fmt: skip
    return Status(201, opened)


@router.get("/after-sales/{case_no}", response=CaseOut, summary="One after-sales case")
def show_case(request: HttpRequest, case_no: str) -> dict[str, Any]:
    """Return one case in full. 404 for anybody else's."""
    return _case(case_of(person_id=me(request), case_no=case_no))


@router.post("/after-sales/{case_no}/withdraw", response=CaseState, summary="Take a request back")
def withdraw_case(request: HttpRequest, case_no: str) -> dict[str, str]:
    """Take a request back. 409 once money or a courier is on its way."""
    withdraw(person_id=me(request), case_no=case_no)
    return {"case_no": case_no, "status": WITHDRAWN}


@router.post(
    "/after-sales/{case_no}/sent-back", response=CaseState, summary="Say that the goods are sent back"
)
def goods_sent_back(request: HttpRequest, case_no: str) -> dict[str, str]:
    """Say that the goods are on their way back, without a word on how. 409 when they are not awaited."""
    return {"case_no": case_no, "status": sent_back(person_id=me(request), case_no=case_no)}


@router.post("/after-sales/{case_no}/return", response=CaseState, summary="Choose how the goods come back")
def return_goods(request: HttpRequest, case_no: str, new: NewReturn) -> dict[str, str]:
    """Have a courier pick the goods up, or say with which waybill I sent them. 409 when they are not awaited."""
    status = choose_return(
        person_id=me(request), case_no=case_no, way=COURIER if new.by == "courier" else OWN,
        courier=new.courier, waybill_no=new.waybill_no,
    )  # fmt: skip
    return {"case_no": case_no, "status": status}


@router.post(
    "/after-sales/{case_no}/arbitration", response=CaseState, summary="Have the mall decide about a request"
)
def arbitration(request: HttpRequest, case_no: str, new: NewAppeal) -> dict[str, str]:
    """Have the mall decide about a request that the seller declined. 409 in any other state."""
    ask_arbitration(person_id=me(request), case_no=case_no, appeal=new.appeal)
    return {"case_no": case_no, "status": ARBITRATION}


@router.post(
    "/after-sales/{case_no}/evidence", response={201: EvidenceAdded}, summary="Add a photo or video to a case"
)
def send_evidence(request: HttpRequest, case_no: str, file: File[UploadedFile]) -> Status[dict[str, str]]:
    """Add a photo (JPEG, PNG, WebP; 5 MB) or a video (MP4; 20 MB); where it was taken is taken out of it.

    The same file again is the one that is there. 422 for what is neither, 413 for too large, 409 for enough.
    """
    number = add_evidence(person_id=me(request), case_no=case_no, content=file.read())
    return Status(201, {"number": number})


@router.get("/after-sales/{case_no}/evidence/{number}", summary="A photo or video of a case")
def show_evidence(request: HttpRequest, case_no: str, number: str) -> HttpResponse:
    """Return a photo or video to its owner. 404 for anybody else's."""
    media_type, content = open_evidence(person_id=me(request), case_no=case_no, number=number)
    response = HttpResponse(content, content_type=media_type)
    response.headers["Content-Disposition"] = "inline"
    response.headers["Cache-Control"] = "private, no-store"
    return response


@router.delete(
    "/after-sales/{case_no}/evidence/{number}", response={204: None}, summary="Take a photo or video back"
)
def drop_evidence(request: HttpRequest, case_no: str, number: str) -> Status[None]:
    """Take a photo or video back while the case is not over. 404 for anybody else's."""
    remove_evidence(person_id=me(request), case_no=case_no, number=number)
    return Status(204, None)


def _case(it: CaseView) -> dict[str, Any]:
    swaps = dict(it.swaps)
    return {
        "case_no": it.case_no, "order_no": it.order_no, "merchant": it.merchant, "type": it.type,
        "type_label": str(it.type_label), "reason": it.reason, "reason_label": str(it.reason_label),
        "status": it.status, "status_label": str(it.status_label), "amount_fen": it.amount_fen,
        "shipping_fen": it.shipping_fen, "created_at": it.created_at, "due_at": it.due_at, "answer": it.answer,
        "description": it.description, "appeal": it.appeal, "by": "self" if it.way == OWN else it.way,
        "courier": it.return_courier, "waybill_no": it.waybill_no, "freight": it.freight,
        "freight_label": str(it.freight_label), "actions": it.actions,
        "lines": [
            {"sku": sku, "quantity": quantity, "swap": swaps.get(sku, "")} for sku, quantity in it.lines
        ],
        "events": [{"at": at, "text": str(text)} for at, text in it.events],
        "evidence": [_evidence(one) for one in it.evidence],
    }  # fmt: skip


def _evidence(it: EvidenceView) -> dict[str, Any]:
    return {
        "number": it.number,
        "kind": it.kind,
        "media_type": it.media_type,
        "size": it.size,
        "added_at": it.added_at,
    }
