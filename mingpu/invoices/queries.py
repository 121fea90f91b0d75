"""Invoices as their buyer sees them, and those that wait for staff."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from mingpu.catalog.models import Product
from mingpu.invoices import rules
from mingpu.invoices.models import Invoice, Request, Title
from mingpu.invoices.rules import (
    COMPANY,
    INVOICED,
    KINDS,
    LABELS,
    LOADED,
    OTHER_WORD,
    REQUESTED,
    STUCK,
    TOPUP,
    TOPUP_WORD,
    WITH_FILE,
    Good,
)
from mingpu.lib.text import Text
from mingpu.orders.models import Line, Order
from mingpu.privacy.masks import mask
from mingpu.privacy.purposes import Purpose, processing
from mingpu.privacy.standing import agrees
from mingpu.wallet.models import Transfer

COLUMNS = (
    "invoice_no", "kind", "title", "total_fen", "status", "code", "number", "replaces", "asked_at", "issued_at",
)  # fmt: skip
MOVED = ("kind", "reference", "debit", "credit", "amount_fen")


@dataclass(frozen=True, slots=True, repr=False)
class TitleView:
    """A title as its person wrote it. kind: person | company; tax_no: "" for a person."""

    id: UUID
    kind: str
    title: str
    tax_no: str
    is_default: bool

    @property
    def kind_label(self) -> Text:
        """The kind in words."""
        return KINDS[self.kind]


@dataclass(frozen=True, slots=True, repr=False)
class InvoiceView:
    """One invoice of an order; fen, UTC. title: masked for a person. total_fen: None until it was passed on.

    code and number: the tax authority's, "" until it is issued. replaces: the one it took the place of.
    """

    invoice_no: str
    kind: str
    title: str
    total_fen: int | None
    status: str
    code: str
    number: str
    replaces: str
    asked_at: datetime
    issued_at: datetime | None

    @property
    def status_label(self) -> Text:
        """Where it stands, in words."""
        return LABELS[self.status]

    @property
    def has_file(self) -> bool:
        """Whether there is a document."""
        return self.status in WITH_FILE


@dataclass(frozen=True, slots=True)
class OrderInvoices:
    """An order's invoices, oldest first. agreed: whether the consent stands; without it nothing can be asked.

    due_fen: what one could be asked for now, nothing when one stands or is under way.
    """

    agreed: bool
    due_fen: int
    items: tuple[InvoiceView, ...]


def titles_of(*, person_id: UUID) -> tuple[TitleView, ...]:
    """Return a person's titles, the default first; none while the consent does not stand."""
    if not agrees(person_id, Purpose.INVOICING):
        return ()
    with processing(Purpose.INVOICING, subject=person_id, reading=True):
        rows = Title.objects.filter(person_id=person_id).order_by("-is_default", "-created_at")
        return tuple(
            TitleView(row["id"], row["kind"], row["title"] or "", row["tax_no"] or "", row["is_default"])
            for row in rows.values("id", "kind", "title", "tax_no", "is_default")
        )


def invoices_of(*, person_id: UUID, order_no: str) -> OrderInvoices:
    """Return an order's invoices and what could be asked for; nothing for an order that is not this person's."""
    with processing(Purpose.ORDER_LOOKUP, subject=person_id, reference=order_no, reading=True):
        items = list(read_invoices(person_id, order_no))
        alive = Invoice.objects.alive().filter(order_no=order_no, person_id=person_id).exists()
    agreed, due = agrees(person_id, Purpose.INVOICING), 0
    if agreed and not alive:
        with processing(Purpose.INVOICING, subject=person_id, reference=order_no, reading=True):
            waiting = Request.objects.filter(order_no=order_no).values(
                "invoice_no", "kind", "title", "replaces", "asked_at"
            )
            items += [_view(**row, total_fen=None, status=REQUESTED) for row in waiting]
            stands = Order.objects.filter(
                order_no=order_no, person_id=person_id, status__in=INVOICED
            ).exists()
            due = due_of(order_no) if stands and not waiting else 0
    return OrderInvoices(agreed, due, tuple(items))


def read_invoices(person_id: UUID, order_no: str) -> tuple[InvoiceView, ...]:
    """Return the invoices of an order that were passed on, oldest first, inside the caller's block of order lookup."""
    rows = Invoice.objects.filter(order_no=order_no, person_id=person_id).order_by("asked_at")
    return tuple(_view(**row) for row in rows.values(*COLUMNS))


def due_of(order_no: str) -> int:
    """Return what an order is to be invoiced for, fen, inside the caller's block."""
    moved = Transfer.objects.filter(order_no=order_no).values(*MOVED)
    return rules.due(moved, Line.objects.filter(order_no=order_no).values("kind", "payable_fen"))


def goods_of(order_no: str) -> list[Good]:
    """Return an order's goods by the widest category of each, inside the caller's block; never their names."""
    lines = list(
        Line.objects.filter(order_no=order_no)
        .exclude(kind__in=LOADED)
        .values("product_id", "kind", "quantity", "payable_fen")
    )
    paths = dict(
        Product.objects.filter(id__in={line["product_id"] for line in lines}).values_list("id", "category")
    )
    return [Good(_word(line, paths), line["quantity"], line["payable_fen"]) for line in lines]


def _word(line: Mapping[str, Any], paths: Mapping[UUID, list[str]]) -> str:
    if line["kind"] == TOPUP:
        return TOPUP_WORD
    return next(iter(paths.get(line["product_id"]) or []), OTHER_WORD)


def _view(
    *,
    kind: str,
    title: str | None,
    code: str = "",
    number: str = "",
    issued_at: datetime | None = None,
    invoice_no: str,
    total_fen: int | None,
    status: str,
    replaces: str,
    asked_at: datetime,
) -> InvoiceView:
    shown = title or "" if kind == COMPANY else mask("name", title)
    return InvoiceView(
        invoice_no, kind, shown, total_fen, status, code, number, replaces, asked_at, issued_at
    )


@dataclass(frozen=True, slots=True)
class StuckInvoice:
    """An invoice whose red letter was refused: numbers and amount in fen, nobody's name."""

    invoice_no: str
    order_no: str
    total_fen: int
    asked_at: datetime


def stuck_invoices(*, most: int = 200) -> tuple[StuckInvoice, ...]:
    """Return what waits for staff, oldest first. At the desk."""
    with processing(Purpose.CASE_QUEUE, subject=None, reading=True):
        rows = Invoice.objects.filter(status=STUCK).order_by("asked_at")
        columns = ("invoice_no", "order_no", "total_fen", "asked_at")
        return tuple(StuckInvoice(**row) for row in rows.values(*columns)[:most])
