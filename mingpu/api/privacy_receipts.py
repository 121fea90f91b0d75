"""Receipts of what I agreed to, every yes and no, what is new in the statement, and its versions: as JSON."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema, Status

from mingpu.api.base import me, whole
from mingpu.privacy import changes, consent, news, receipts, versions

router = Router(tags=["privacy"])
Version = Annotated[str, Query(max_length=20)]


class ReceiptOut(Schema):
    """One receipt. state: given | withdrawn | refused | outdated."""

    id: UUID
    name: str
    label: str
    permission: bool
    state: str
    version: str
    notice_hash: str
    since: datetime
    changed: datetime
    method: str


class Receipts(Schema):
    """My receipts, newest first."""

    total: int
    items: list[ReceiptOut]
    page: int
    page_size: int


class HappeningOut(Schema):
    """One yes or no as it was recorded. method: page | api | guardian, "" where it is not known."""

    id: UUID
    name: str
    label: str
    permission: bool
    granted: bool
    version: str
    notice_hash: str
    language: str
    method: str
    at: datetime


class History(Schema):
    """Every yes and no, newest first."""

    total: int
    items: list[HappeningOut]
    page: int
    page_size: int


class LineOut(Schema):
    """One difference. kind: added | removed | changed; what: purpose | item | recipient | permission | retention | words."""

    kind: str
    what: str
    id: str
    text: str


class StepOut(Schema):
    """From one version to another, and what is different."""

    before: str
    after: str
    lines: list[LineOut]


class NewsOut(Schema):
    """What is new to me. asks: consents that wait for a word of mine and are off until then; outdated: agreed to before."""

    known: str
    version: str
    steps: list[StepOut]
    asks: list[str]
    outdated: list[str]


class VersionOut(Schema):
    """A version of the statement that was in force, chained to the one before."""

    version: str
    hash: str
    previous: str


class Versions(Schema):
    """Every version, newest first."""

    total: int
    items: list[VersionOut]
    page: int
    page_size: int


@router.get("/me/privacy/receipts", response=Receipts, summary="Receipts of what I agreed to")
def my_receipts(request: HttpRequest) -> dict[str, Any]:
    """Return my receipts and how each stands. Withdrawing is PUT of the consent or permission, as agreeing is."""
    return whole(receipts.receipts_of(me(request)))


@router.get("/me/privacy/receipts/{uuid:receipt_id}", summary="One receipt, signed")
def my_receipt(request: HttpRequest, receipt_id: UUID) -> HttpResponse:
    """Return a receipt after ISO/IEC TS 27560 with its Ed25519 signature; checked offline. 404 for another's."""
    response = HttpResponse(receipts.receipt_file(me(request), receipt_id), content_type="application/json")
    response.headers["Content-Disposition"] = f'attachment; filename="receipt-{receipt_id.hex[:8]}.json"'
    return response


@router.get("/me/privacy/consent-history", response=History, summary="Every yes and no of mine")
def my_history(request: HttpRequest) -> dict[str, Any]:
    """Return what I said, when, by which way, to which notice; withdrawn ones too."""
    return whole(consent.history_of(me(request)))


@router.get("/me/privacy/news", response=NewsOut, summary="What is new in the statement")
def my_news(request: HttpRequest) -> dict[str, Any]:
    """Return what changed since the version I know. Nothing new is in force for me unless I agree."""
    it = news.news_of(me(request))
    return {
        "known": it.known, "version": it.version, "asks": list(it.asks), "outdated": list(it.outdated),
        "steps": [_step(step) for step in it.steps],
    }  # fmt: skip


@router.post("/me/privacy/news/read", response={204: None}, summary="I have seen what is new")
def read_news(request: HttpRequest) -> Status[None]:
    """Note that I have seen it; that agrees to nothing."""
    news.read(me(request))
    return Status(204, None)


@router.get("/statement/versions", auth=None, response=Versions, summary="Every version of the statement")
def statement_versions(request: HttpRequest) -> dict[str, Any]:  # noqa: ARG001 -- ninja's signature
    """Return the versions that were in force; `GET /statement?version=` has each of them whole."""
    return whole(list(versions.kept()[::-1]))


@router.get("/statement/changes", auth=None, response=StepOut, summary="What differs between two versions")
def statement_changes(request: HttpRequest, before: Version, after: Version) -> dict[str, Any]:  # noqa: ARG001 -- ninja's signature
    """Return, in plain words, what `after` says that `before` does not, and the other way. 404 for unknown ones."""
    return _step(changes.between(before, after))


def _step(it: changes.Step) -> dict[str, Any]:
    lines = [
        {"kind": line.kind, "what": line.what, "id": line.id, "text": str(line.text)} for line in it.lines
    ]
    return {"before": it.before, "after": it.after, "lines": lines}
