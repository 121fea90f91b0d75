"""The statement, what was done with my data, my copy of it, leaving, certificates: as JSON."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from ninja import Body as InBody
from ninja import Query, Router, Schema, Status

from mingpu.accounts.queries import token_hash
from mingpu.api.base import LARGEST_PAGE, me
from mingpu.api.proof import Proof, prove, token_of
from mingpu.privacy import cancellation, certificate, deletion, dpv, export, ledger, sent, statement, versions
from mingpu.privacy.register import REGISTER
from mingpu.rights.services import ask_copy

router = Router(tags=["privacy"])
Page = Annotated[int, Query(ge=1, le=100_000)]
Size = Annotated[int, Query(ge=1, le=LARGEST_PAGE)]


class UseOut(Schema):
    """One use of my data. number: of the line; items: what that purpose may touch."""

    number: int
    at: datetime
    purpose: str
    purpose_label: str
    actor_kind: str
    actor: str
    items: list[str]
    basis: str
    reference: str


class ClauseOut(Schema):
    """A clause of the statement and what it says."""

    id: str
    says: str


class ExplainedOut(UseOut):
    """One use in plain words. rule: who may; sealed: whether the line lies under a seal already."""

    why: str
    rule: str
    clauses: list[ClauseOut]
    sealed: bool


class Uses(Schema):
    """A page of uses, newest first."""

    total: int
    items: list[UseOut]
    page: int
    page_size: int


class ShareOut(Schema):
    """One message that left, word for word; payload null once its key is gone."""

    id: UUID
    at: datetime
    recipient: str
    recipient_label: str
    purpose: str
    items: list[str]
    payload: dict[str, Any] | None
    reference: str


class FieldOut(Schema):
    """A field its recipient may receive. label: its kind, "" for none of a person's; sent: whether it went this time."""

    name: str
    label: str
    sent: bool


class ShareExplained(ShareOut):
    """One message in plain words. party: by its legal name; fields: all it may receive; rule: what stops more."""

    why: str
    party: str
    relation: str
    contact: str
    contract: str
    rule: str
    fields: list[FieldOut]
    clauses: list[ClauseOut]


class Shares(Schema):
    """A page of shares, newest first."""

    total: int
    items: list[ShareOut]
    page: int
    page_size: int


class DeletionOut(Schema):
    """One recipient told to delete. state: waiting | accepted | acknowledged | refused | closed.

    outcome: deleted | kept_by_law, '' without a receipt; kept_until: a day, '' where nothing is kept.
    """

    id: UUID
    recipient: str
    recipient_label: str
    cause: str
    messages: int
    made_at: datetime
    due_at: datetime
    state: str
    state_label: str
    settled_at: datetime | None
    outcome: str
    kept_until: str


class Deletions(Schema):
    """My notices of deletion, newest first."""

    total: int
    items: list[DeletionOut]
    page: int
    page_size: int


class ExportAsked(Schema):
    """A copy that is being made, or is there."""

    id: UUID
    state: str


class ExportOut(ExportAsked):
    """One of my copies."""

    requested_at: datetime
    ready_at: datetime | None
    expires_at: datetime | None
    size: int | None


class Exports(Schema):
    """My copies, newest first."""

    total: int
    items: list[ExportOut]
    page: int
    page_size: int


class BlockerOut(Schema):
    """A matter to be finished first."""

    kind: str
    reference: str
    label: str


class LeavingOut(Schema):
    """Where I stand with leaving. state: active | cooling_off | erasing."""

    state: str
    blockers: list[BlockerOut]
    until: datetime | None
    certificate_id: UUID | None


@router.get("/statement", auth=None, summary="The privacy statement")
def published(
    request: HttpRequest,
    format: Literal["json", "dpv"] = "json",  # noqa: A002 -- the contract's name
    version: Annotated[str, Query(max_length=20)] = "",
) -> HttpResponse:
    """Return the register as published; `format=dpv` as JSON-LD in DPV terms. Texts are in both languages.

    version: an earlier one, as it was kept, with the hash it was kept under; 404 for one that never was.
    """
    if version and version != REGISTER.version:
        kept = versions.version_of(version)
        return JsonResponse({**kept.statement, "hash": kept.hash}, json_dumps_params={"ensure_ascii": False})
    tag = f'"{REGISTER.digest}-{format}"'
    if request.headers.get("If-None-Match") == tag:
        response = HttpResponse(status=304)
    elif format == "dpv":
        response = JsonResponse(
            dpv.document(), content_type="application/ld+json", json_dumps_params={"ensure_ascii": False}
        )
    else:
        response = JsonResponse(statement.published(), json_dumps_params={"ensure_ascii": False})
    response.headers["ETag"] = tag
    response.headers["Cache-Control"] = "public, max-age=60"
    response.headers["Vary"] = "Accept-Encoding"
    return response


@router.get("/me/privacy/uses", response=Uses, summary="Every use of my data")
def my_uses(
    request: HttpRequest,
    *,
    page: Page = 1,
    page_size: Size = 20,
    purpose: Annotated[str, Query(max_length=40)] = "",
    actor_kind: Literal["", "person", "staff", "system"] = "",
    item: Annotated[str, Query(max_length=4)] = "",
    reference: Annotated[str, Query(max_length=64)] = "",
    since: date | None = None,
    until: date | None = None,
) -> Any:
    """Return who used what of mine, when and why. item: a kind, F1 to F12; since, until: days, both included."""
    wanted = ledger.Wanted(
        purpose, actor_kind, item, reference, ledger.begins(since), ledger.begins(until, days=1)
    )
    found = ledger.lines(me(request), wanted, page=page, page_size=page_size)
    items = [{"number": number, **asdict(use)} for number, use in found.items]
    return {"total": found.total, "items": items, "page": found.page, "page_size": found.page_size}


@router.get("/me/privacy/uses.csv", summary="Every use of my data, as a table")
def my_uses_csv(request: HttpRequest) -> HttpResponseBase:
    """Return all lines, newest first."""
    return tabled(ledger.uses_csv(me(request), ledger.Wanted()), "uses")


@router.get("/me/privacy/uses/{int:number}", response=ExplainedOut, summary="Why one use happened")
def my_use(request: HttpRequest, number: int) -> dict[str, Any]:
    """Return one line in plain words: the rule, the purpose, its clauses. 404 for another's."""
    it = ledger.explain(me(request), number)
    clauses = [{"id": name, "says": says} for name, says in it.clauses]
    return {
        "number": number,
        **asdict(it.use),
        "why": it.why,
        "rule": it.rule,
        "clauses": clauses,
        "sealed": it.sealed,
    }


@router.get("/me/privacy/shares.csv", summary="What left, as a table")
def my_shares_csv(request: HttpRequest) -> HttpResponseBase:
    """Return everything that left, newest first, with exactly what was sent."""
    return tabled(sent.csv(me(request), sent.Wanted()), "shares")


@router.get("/me/privacy/shares", response=Shares, summary="What left, to whom")
def my_shares(
    request: HttpRequest,
    *,
    page: Page = 1,
    page_size: Size = 20,
    recipient: Annotated[str, Query(max_length=40)] = "",
    purpose: Annotated[str, Query(max_length=40)] = "",
    item: Annotated[str, Query(max_length=4)] = "",
    reference: Annotated[str, Query(max_length=64)] = "",
    since: date | None = None,
    until: date | None = None,
) -> Any:
    """Return exactly what was sent to others in my name. item: a kind, F1 to F12; since, until: days, both included."""
    wanted = sent.Wanted(
        recipient, purpose, item, reference, ledger.begins(since), ledger.begins(until, days=1)
    )
    return sent.lines(me(request), wanted, page=page, page_size=page_size)


@router.get("/me/privacy/shares/{uuid:share_id}", response=ShareExplained, summary="Why one message left")
def my_share(request: HttpRequest, share_id: UUID) -> dict[str, Any]:
    """Return one message in plain words: to whom, what that party may receive at all, and why. 404 for another's."""
    it = sent.explain(me(request), share_id)
    clauses = [{"id": name, "says": says} for name, says in it.clauses]
    return {**asdict(it.sent), **asdict(it), "clauses": clauses}


@router.get("/me/privacy/deletions", response=Deletions, summary="Who was told to delete")
def my_deletions(request: HttpRequest) -> dict[str, Any]:
    """Return who was told to delete what they got of me, and what they signed."""
    found = deletion.of_person(me(request))
    return {"total": len(found), "items": found, "page": 1, "page_size": max(LARGEST_PAGE, len(found))}


@router.post("/me/privacy/exports", response={202: ExportAsked}, summary="Ask for a copy of my data")
def ask_export(request: HttpRequest, proof: InBody[Proof | None] = None) -> Status[dict[str, Any]]:
    """Start making a copy; one that is being made already is the answer to a second call.

    A sign-in that was not proven in the last ten minutes needs proof, else 403 `proof_needed`; word goes to all my channels.
    """
    prove(request, proof, "export")
    return Status(202, {"id": ask_copy(person_id=me(request)), "state": "waiting"})


@router.get("/me/privacy/exports", response=Exports, summary="My copies")
def my_exports(request: HttpRequest) -> dict[str, Any]:
    """Return my copies and how far they are."""
    found = export.exports_of(me(request))
    return {"total": len(found), "items": found, "page": 1, "page_size": LARGEST_PAGE}


@router.get("/me/privacy/exports/{uuid:export_id}", summary="Fetch a copy")
def fetch_export(request: HttpRequest, export_id: UUID) -> HttpResponse:
    """Return the zip, or 202 while it is being made. 404 for another's or one past its three days."""
    known = export.find(me(request), export_id)
    if known.state != "ready":
        return JsonResponse({"id": str(known.id), "state": known.state}, status=202)
    return zipped(export.open_file(me(request), export_id), export_id)


@router.get("/me/cancellation", response=LeavingOut, summary="Where I stand with leaving")
def my_cancellation(request: HttpRequest) -> Any:
    """Return the state, what stands in the way, and the due time."""
    return cancellation.state_of(me(request))


@router.post("/me/cancellation", response={202: LeavingOut}, summary="Cancel my account")
def cancel(request: HttpRequest, proof: Proof) -> Status[Any]:
    """Start cooling off; with open matters nothing happens and they are named. All other sign-ins end."""
    person_id = me(request)
    prove(request, proof, "cancellation", always=True)
    return Status(202, cancellation.request(person_id, keep=token_hash(token_of(request))))


@router.delete("/me/cancellation", response={202: LeavingOut}, summary="Stay after all")
def stay(request: HttpRequest, proof: Annotated[Proof | None, InBody()] = None) -> Status[Any]:
    """Take the wish to leave back while cooling off; being signed in is enough. 409 once erasure has begun."""
    del proof
    return Status(202, cancellation.withdraw(me(request)))


@router.get("/certificates/public-key", auth=None, summary="The key certificates are signed with")
def public_key(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 -- ninja's signature
    """Return the Ed25519 public key, base64."""
    return HttpResponse(certificate.public_key() + "\n", content_type="text/plain")


@router.get("/certificates/{uuid:certificate_id}", auth=None, summary="A certificate of erasure")
def get_certificate(request: HttpRequest, certificate_id: UUID) -> HttpResponse:  # noqa: ARG001 -- ninja's signature
    """Return the signed certificate; needs no sign-in, names no one. 404 until it is issued."""
    text = cancellation.certificate_file(certificate_id)
    response = HttpResponse(text, content_type="application/json")
    response.headers["Content-Disposition"] = f'attachment; filename="{certificate_id}.json"'
    return response


def zipped(content: bytes, export_id: UUID) -> HttpResponse:
    """Answer with an archive that nobody on the way keeps."""
    response = HttpResponse(content, content_type="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="mingpu-{export_id.hex[:8]}.zip"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def tabled(lines: Iterable[str], name: str) -> HttpResponseBase:
    """Answer with a table that nobody on the way keeps."""
    response = HttpResponse("".join(lines), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="mingpu-{name}.csv"'
    response.headers["Cache-Control"] = "private, no-store"
    return response
