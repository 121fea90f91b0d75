"""Asking for the invoice of an order, and having its document."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from mingpu.adapters.invoice import InvoiceFailed
from mingpu.adapters.providers import invoice_issuer
from mingpu.invoices.errors import InvoiceUnavailable, NothingToInvoice, NotIssued
from mingpu.invoices.models import Invoice, Request, Title
from mingpu.invoices.queries import due_of
from mingpu.invoices.rules import (
    FILES,
    INVOICED,
    LABELS,
    REQUESTED,
    UNDER_WAY,
    WITH_FILE,
)
from mingpu.invoices.services.titles import require_consent
from mingpu.lib.clock import now
from mingpu.lib.errors import NotFound
from mingpu.lib.ids import public_number
from mingpu.lib.jobs import enqueue
from mingpu.orders.models import Event, Order, Step
from mingpu.privacy.purposes import Purpose, processing


@dataclass(frozen=True, slots=True)
class Asked:
    """An invoice that was asked for, now or before, and where it stands."""

    invoice_no: str
    status: str


@dataclass(frozen=True, slots=True, repr=False)
class InvoiceFile:
    """A document as the issuer made it. name: safe in a header."""

    name: str
    content_type: str
    content: bytes


def ask(*, person_id: UUID, order_no: str, title_id: UUID) -> Asked:
    """Ask for the invoice of a paid order, made out to one of the person's titles.

    One an order: asked again, the one there is is answered, and followed up. Raises InvoicingOff, NotFound (order
    or title), NothingToInvoice.
    """
    require_consent(person_id)
    with processing(Purpose.INVOICING, subject=person_id, reference=order_no):
        rows = Order.objects.filter(order_no=order_no, person_id=person_id)
        status = rows.values_list("status", flat=True).first()
        to = Title.objects.filter(id=title_id).values("kind", "title", "tax_no").first()
        if status is None or to is None:
            raise NotFound
        if known := _known(person_id, order_no):
            return known
        if status not in INVOICED or due_of(order_no) <= 0:
            raise NothingToInvoice
        number = request(person_id, order_no, to, cause="asked")
        if number:
            return Asked(number, REQUESTED)
    with processing(Purpose.INVOICING, subject=person_id, reference=order_no):
        known = _known(person_id, order_no)  # asked for twice at the same moment
    if known is None:
        raise NothingToInvoice
    return known


def _known(person_id: UUID, order_no: str) -> Asked | None:
    waiting = Request.objects.filter(order_no=order_no).values_list("invoice_no", flat=True).first()
    if waiting:
        enqueue("invoices.issue", once=f"issue-{waiting}", person_id=str(person_id), invoice_no=waiting)
        return Asked(waiting, REQUESTED)
    row = Invoice.objects.alive().filter(order_no=order_no).values("invoice_no", "status").first()
    if row is None:
        return None
    if row["status"] in UNDER_WAY:
        enqueue("invoices.follow", once=f"invoice-{row['invoice_no']}", invoice_no=row["invoice_no"])
    enqueue("invoices.reverse_due", person_id=str(person_id), order_no=order_no)
    return Asked(row["invoice_no"], row["status"])


def request(person_id: UUID, order_no: str, to: Mapping[str, Any], *, cause: str, replaces: str = "") -> str:
    """Write a request with the job that passes it on, inside the caller's block; "" when there is one already.

    to: kind, title, tax_no.
    """
    number = public_number("F")
    try:
        with transaction.atomic():
            Request.objects.create(
                invoice_no=number, order_no=order_no, person_id=person_id, replaces=replaces, asked_at=now(),
                kind=to["kind"], title=to["title"], tax_no=to["tax_no"],
            )  # fmt: skip
    except IntegrityError:
        return ""
    step = Step(machine="invoice", reference=number, before="", after=REQUESTED, cause=cause)
    Event.objects.log(order_no, person_id, [step])
    enqueue("invoices.issue", once=f"issue-{number}", person_id=str(person_id), invoice_no=number)
    return number


def file(*, person_id: UUID, invoice_no: str, kind: str) -> InvoiceFile:
    """Fetch an invoice's document from the issuer; nothing of it is kept here. kind: pdf | ofd.

    Raises InvoicingOff, NotFound, NotIssued, InvoiceUnavailable.
    """
    if kind not in FILES:
        raise NotFound
    require_consent(person_id)
    with processing(Purpose.INVOICING, subject=person_id, reference=invoice_no, reading=True):
        rows = Invoice.objects.filter(invoice_no=invoice_no, person_id=person_id)
        status = rows.values_list("status", flat=True).first()
    if status is None:
        raise NotFound
    if status not in WITH_FILE:
        raise NotIssued(status=LABELS[status])
    try:
        content = invoice_issuer().file(invoice_no, kind)
    except InvoiceFailed as failed:
        raise InvoiceUnavailable from failed
    return InvoiceFile(f"{invoice_no}.{kind}", FILES[kind], content)
