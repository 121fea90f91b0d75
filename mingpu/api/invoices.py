"""Electronic invoices as JSON: my titles, asking for an order's invoice, its document."""

from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Field, P, QueryEx, Router, Schema, Status

from mingpu.api.base import Body, me, only, whole
from mingpu.api.order_json import invoice_json
from mingpu.api.order_shapes import InvoiceOut
from mingpu.invoices.queries import TitleView, invoices_of, titles_of
from mingpu.invoices.rules import LONGEST_TITLE
from mingpu.invoices.services import ask, delete_title, file, save_title
from mingpu.lib.errors import NotFound
from mingpu.orders.queries import order_exists

router = Router(tags=["invoices"])


class TitleIn(Body):
    """Who an invoice is made out to. tax_no: of a company, which needs one."""

    kind: Literal["person", "company"]
    title: str = Field(min_length=1, max_length=LONGEST_TITLE)
    tax_no: str = Field("", max_length=40)
    is_default: bool = Field(default=False, strict=True)


class TitleOut(Schema):
    """One of my titles, as I wrote it."""

    id: UUID
    kind: str
    kind_label: str
    title: str
    tax_no: str
    is_default: bool


class Titles(Schema):
    """My titles, the default first; none while I do not agree to invoicing."""

    total: int
    items: list[TitleOut]
    page: int
    page_size: int


class Kept(Schema):
    """A title that was kept."""

    id: UUID


class NewInvoice(Body):
    """To which of my titles an order's invoice is to be made out."""

    title_id: UUID


class InvoiceAsked(Schema):
    """An invoice that was asked for, now or before, and where it stands."""

    invoice_no: str
    status: str


class Invoices(Schema):
    """An order's invoices, oldest first. agreed: my consent stands, without which none can be asked for.

    due_fen: what one could be asked for now; nothing when one stands or is under way.
    """

    agreed: bool
    due_fen: int
    items: list[InvoiceOut]


@router.get("/me/invoice-titles", response=Titles, summary="My invoice titles")
def my_titles(request: HttpRequest) -> dict[str, Any]:
    """Return the caller's titles."""
    return whole([_title(it) for it in titles_of(person_id=me(request))])


@router.post("/me/invoice-titles", response={201: Kept}, summary="Keep an invoice title")
def add_title(request: HttpRequest, new: TitleIn) -> Status[dict[str, UUID]]:
    """Keep a title; the same again is the same. 403 `consent_needed` without my consent, 409 past ten."""
    return Status(201, {"id": save_title(person_id=me(request), **new.dict())})


@router.put("/me/invoice-titles/{uuid:title_id}", response=Kept, summary="Change an invoice title")
def change_title(request: HttpRequest, title_id: UUID, new: TitleIn) -> dict[str, UUID]:
    """Write a title anew; invoices made out to it stay as they are. 404 for anybody else's."""
    return {"id": save_title(person_id=me(request), title_id=title_id, **new.dict())}


@router.delete("/me/invoice-titles/{uuid:title_id}", response={204: None}, summary="Delete an invoice title")
def remove_title(request: HttpRequest, title_id: UUID) -> Status[None]:
    """Delete a title; invoices made out to it stay as they are. 404 for anybody else's."""
    delete_title(person_id=me(request), title_id=title_id)
    return Status(204, None)


@router.get("/orders/{order_no}/invoices", response=Invoices, summary="An order's invoices")
def show_invoices(request: HttpRequest, order_no: str) -> dict[str, Any]:
    """Return an order's invoices, and what one could be asked for. 404 for anybody else's."""
    it = invoices_of(person_id=me(request), order_no=order_no)
    if not it.items and not order_exists(person_id=me(request), order_no=order_no):
        raise NotFound
    return {"agreed": it.agreed, "due_fen": it.due_fen, "items": [invoice_json(one) for one in it.items]}


@router.post("/orders/{order_no}/invoice", response={201: InvoiceAsked}, summary="Ask for an invoice")
def ask_invoice(request: HttpRequest, order_no: str, new: NewInvoice) -> Status[Any]:
    """Ask for the invoice of a paid order; asked again, the one there is answers.

    403 `consent_needed` without my consent, 409 `nothing_to_invoice`, 404 for anybody else's order or title.
    """
    return Status(201, ask(person_id=me(request), order_no=order_no, title_id=new.title_id))


@router.get("/orders/{order_no}/invoice/file", summary="An invoice's document")
def invoice_file(
    request: HttpRequest,
    order_no: str,
    kind: Literal["pdf", "ofd"] = "pdf",
    invoice_no: QueryEx[str, P(max_length=32)] = "",
) -> HttpResponse:
    """Return the document of an order's newest invoice, or of the one named. 404 while there is none."""
    only(request, "kind", "invoice_no")
    there = [
        it.invoice_no for it in invoices_of(person_id=me(request), order_no=order_no).items if it.has_file
    ]
    wanted = invoice_no or next(reversed(there), "")
    if wanted not in there:
        raise NotFound
    it = file(person_id=me(request), invoice_no=wanted, kind=kind)
    response = HttpResponse(it.content, content_type=it.content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{it.name}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _title(it: TitleView) -> dict[str, Any]:
    return {
        "id": it.id, "kind": it.kind, "kind_label": str(it.kind_label), "title": it.title, "tax_no": it.tax_no,
        "is_default": it.is_default,
    }  # fmt: skip
