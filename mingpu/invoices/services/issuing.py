"""What is done with the issuer, in the background: issue, look, cancel by red letter, issue the rest.

Nothing outside is called while a block is open. Without the consent the rows do not exist for this purpose, so
every step begins by asking whether it stands, and ends there when it does not.
"""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from mingpu.adapters.invoice import InvoiceFailed, InvoiceLine, InvoiceRequest, InvoiceState, InvoiceStatus
from mingpu.adapters.providers import invoice_issuer
from mingpu.invoices.errors import NotStuck
from mingpu.invoices.models import Invoice, Request
from mingpu.invoices.queries import due_of, goods_of
from mingpu.invoices.rules import (
    DROPPED,
    FAILED,
    ISSUED,
    ISSUING,
    LABELS,
    POLL_AFTER,
    REQUESTED,
    REVERSED,
    REVERSING,
    STUCK,
    invoice_lines,
)
from mingpu.invoices.services.asking import request
from mingpu.lib.clock import now
from mingpu.lib.errors import NotFound
from mingpu.lib.jobs import enqueue
from mingpu.lib.payloads import flatten
from mingpu.orders.models import Event, Step
from mingpu.privacy import sharing
from mingpu.privacy.purposes import Purpose, acting, processing
from mingpu.privacy.standing import agrees

ISSUER = "fapiao"
INVOICE = ("invoice_no", "order_no", "kind", "title", "tax_no", "total_fen", "lines", "status")
TOLD = (InvoiceStatus.ISSUED, InvoiceStatus.REVERSING, InvoiceStatus.REVERSED)


def issue(*, person_id: UUID, invoice_no: str) -> None:
    """Pass a request on to the issuer, once; one that was passed on is looked after. Safe to repeat.

    Raises InvoiceFailed when the issuer does not answer; the job is then tried again, and asks first.
    """
    if not agrees(person_id, Purpose.INVOICING):
        return
    handed = _handed_in(person_id, invoice_no)
    if handed is None:
        _look(person_id, invoice_no)
    else:
        _send(person_id, handed)


def _handed_in(person_id: UUID, invoice_no: str) -> InvoiceRequest | None:
    """Turn a request into an invoice over what the order holds now; None when there is none, or nothing to hold."""
    with processing(Purpose.INVOICING, subject=person_id, reference=invoice_no):
        columns = ("order_no", "kind", "title", "tax_no", "replaces", "asked_at")
        row = Request.objects.filter(invoice_no=invoice_no).values(*columns).first()
        if row is None or not Request.objects.filter(invoice_no=invoice_no).delete()[0]:
            return None
        total, goods = due_of(row["order_no"]), goods_of(row["order_no"])
        if total <= 0 or not goods:
            _log(person_id, row["order_no"], invoice_no, DROPPED, "nothing_left")
            return None
        lines = invoice_lines(total, goods)
        Invoice.objects.create(
            invoice_no=invoice_no, person_id=person_id, total_fen=total, status=ISSUING, **row,
            lines=[asdict(line) for line in lines],
        )  # fmt: skip
        _log(person_id, row["order_no"], invoice_no, ISSUING, "handed_in")
        it = InvoiceRequest(
            invoice_no=invoice_no, title=row["title"], tax_no=row["tax_no"], total_fen=total, lines=lines
        )
        _announce(person_id, row["order_no"], invoice_no, flatten(invoice_issuer().payload_for(it)))
    return it


def _log(person_id: UUID, order_no: str, invoice_no: str, after: str, cause: str) -> None:
    step = Step(machine="invoice", reference=invoice_no, before=REQUESTED, after=after, cause=cause)
    Event.objects.log(order_no, person_id, [step])


def _announce(person_id: UUID, order_no: str, invoice_no: str, payload: Mapping[str, Any]) -> None:
    """Hold a message against the list, record it and set the times at which the issuer is asked; in the block."""
    sharing.record(
        recipient=ISSUER, purpose=Purpose.INVOICING, person_id=person_id, payload=payload, reference=order_no
    )
    for seconds in POLL_AFTER:
        enqueue("invoices.follow", at=now() + timedelta(seconds=seconds), invoice_no=invoice_no)


def _send(person_id: UUID, it: InvoiceRequest) -> None:
    try:
        invoice_issuer().issue(it)
    except InvoiceFailed as failed:
        if not failed.permanent:
            raise
        with processing(Purpose.INVOICING, subject=person_id, reference=it.invoice_no):
            Invoice.objects.move(it.invoice_no, person_id, after=FAILED, cause="refused")


def follow(*, invoice_no: str) -> None:
    """Ask the issuer how an invoice stands and believe that; a callback is only the reason to ask.

    Raises InvoiceFailed when it does not answer.
    """
    person_id = _owner(invoice_no)
    if person_id and agrees(person_id, Purpose.INVOICING):
        _look(person_id, invoice_no)


def _owner(invoice_no: str) -> UUID | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT mingpu.lookup_invoice(%s)", [invoice_no])
        row = cursor.fetchone()
    return row[0] if row else None


def _look(person_id: UUID, invoice_no: str) -> None:
    with processing(Purpose.INVOICING, subject=person_id, reference=invoice_no, reading=True):
        row = Invoice.objects.filter(invoice_no=invoice_no).values(*INVOICE).first()
    if row is None or row["status"] not in (ISSUING, REVERSING):
        return
    state = invoice_issuer().query(invoice_no)
    if row["status"] == ISSUING:
        _issuing(person_id, row, state)
    elif state.status == InvoiceStatus.REVERSED:
        _reversed(person_id, row)
    elif state.status == InvoiceStatus.ISSUED:
        _cancel(person_id, invoice_no)  # the red letter was never heard of


def _issuing(person_id: UUID, row: Mapping[str, Any], state: InvoiceState) -> None:
    number, order_no = row["invoice_no"], row["order_no"]
    if state.status in TOLD:
        with processing(Purpose.INVOICING, subject=person_id, reference=order_no):
            marks = {"code": state.code, "number": state.number, "issued_at": now()}
            Invoice.objects.move(number, person_id, after=ISSUED, cause="issued", **marks)
            told = {"kind": "invoice_ready", "about": order_no, "mark": number}
            enqueue("notices.tell", person_id=str(person_id), **told)
            _compare(person_id, order_no)
    elif state.status == InvoiceStatus.FAILED:
        with processing(Purpose.INVOICING, subject=person_id, reference=order_no):
            Invoice.objects.move(number, person_id, after=FAILED, cause="not_issued")
    elif state.status == InvoiceStatus.ABSENT:
        it = InvoiceRequest(
            invoice_no=number, title=row["title"], tax_no=row["tax_no"], total_fen=row["total_fen"],
            lines=[InvoiceLine(**line) for line in row["lines"]],
        )  # fmt: skip
        payload = flatten(invoice_issuer().payload_for(it))
        with processing(Purpose.INVOICING, subject=person_id, reference=order_no):
            sharing.record(
                recipient=ISSUER, purpose=Purpose.INVOICING, person_id=person_id, payload=payload, reference=order_no
            )  # fmt: skip
        _send(person_id, it)


def reverse_due(*, person_id: UUID, order_no: str) -> None:
    """Cancel an order's invoice whose sum is not what the order holds any more; safe to repeat.

    One that is not issued yet is compared when it is.
    """
    if agrees(person_id, Purpose.INVOICING):
        with processing(Purpose.INVOICING, subject=person_id, reference=order_no):
            _compare(person_id, order_no)


def _compare(person_id: UUID, order_no: str) -> None:
    row = Invoice.objects.filter(order_no=order_no, status=ISSUED).values("invoice_no", "total_fen").first()
    if row is None or row["total_fen"] == due_of(order_no):
        return
    number = row["invoice_no"]
    if Invoice.objects.move(number, person_id, after=REVERSING, cause="money_went_back"):
        _announce(person_id, order_no, number, _red_letter(number))
        enqueue("invoices.reverse", invoice_no=number)


def _red_letter(invoice_no: str) -> dict[str, str]:
    """Return what of a red letter is ours: which invoice; the rest of the message is the issuer's own numbers."""
    return {"fapiao_apply_id": invoice_no, "fapiao_information[0].fapiao_id": invoice_no}


def reverse(*, invoice_no: str) -> None:
    """Ask the issuer for the red letter of an invoice that is to be cancelled; safe to repeat.

    Raises InvoiceFailed when it does not answer.
    """
    person_id = _owner(invoice_no)
    if person_id and agrees(person_id, Purpose.INVOICING):
        with processing(Purpose.INVOICING, subject=person_id, reference=invoice_no, reading=True):
            status = Invoice.objects.filter(invoice_no=invoice_no).values_list("status", flat=True).first()
        if status == REVERSING:
            _cancel(person_id, invoice_no)


def _cancel(person_id: UUID, invoice_no: str) -> None:
    try:
        invoice_issuer().reverse(invoice_no)
    except InvoiceFailed as failed:
        if not failed.permanent:
            raise
        with processing(Purpose.INVOICING, subject=person_id, reference=invoice_no):
            Invoice.objects.move(invoice_no, person_id, after=STUCK, cause="red_letter_refused")


def _reversed(person_id: UUID, row: Mapping[str, Any]) -> None:
    """Write down that an invoice is cancelled, and ask for one over what is left."""
    number, order_no = row["invoice_no"], row["order_no"]
    with processing(Purpose.INVOICING, subject=person_id, reference=order_no):
        moved = Invoice.objects.move(number, person_id, after=REVERSED, cause="reversed")
        if moved and due_of(order_no) > 0:
            request(person_id, order_no, row, cause="rest", replaces=number)


def retry_reversal(*, invoice_no: str, staff: str) -> None:
    """Have a red letter that was refused tried again, once the buyer has agreed to it. At the desk.

    Raises NotFound, NotStuck.
    """
    with acting("staff", staff), processing(Purpose.CASE_QUEUE, subject=None, reference=invoice_no):
        status = Invoice.objects.filter(invoice_no=invoice_no).values_list("status", flat=True).first()
        if status is None:
            raise NotFound
        if status != STUCK:
            raise NotStuck(status=LABELS[status])
        enqueue("invoices.try_again", once=f"again-{invoice_no}", invoice_no=invoice_no)


def try_again(*, invoice_no: str) -> None:
    """Do what staff decided about a stuck invoice. Raises InvoiceFailed when the issuer does not answer."""
    person_id = _owner(invoice_no)
    if person_id is None or not agrees(person_id, Purpose.INVOICING):
        return
    with processing(Purpose.INVOICING, subject=person_id, reference=invoice_no):
        order_no = Invoice.objects.filter(invoice_no=invoice_no).values_list("order_no", flat=True).first()
        if order_no and Invoice.objects.move(invoice_no, person_id, after=REVERSING, cause="tried_again"):
            _announce(person_id, order_no, invoice_no, _red_letter(invoice_no))
    reverse(invoice_no=invoice_no)
