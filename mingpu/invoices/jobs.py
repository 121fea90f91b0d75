"""Invoices in the background. None of it does anything while the consent does not stand."""

from uuid import UUID

from mingpu.invoices import services
from mingpu.lib.jobs import job
from mingpu.privacy.permits import job_under
from mingpu.privacy.purposes import Purpose


@job_under("invoices.issue", Purpose.INVOICING)
def issue(*, person_id: str, invoice_no: str) -> None:
    """Pass a request on to the issuer."""
    services.issue(person_id=UUID(person_id), invoice_no=invoice_no)


@job("invoices.follow")
def follow(*, invoice_no: str) -> None:
    """Ask the issuer how an invoice stands."""
    services.follow(invoice_no=invoice_no)


@job_under("invoices.reverse_due", Purpose.INVOICING)
def reverse_due(*, person_id: str, order_no: str) -> None:
    """Compare an order's invoice with what the order holds, after money went back."""
    services.reverse_due(person_id=UUID(person_id), order_no=order_no)


@job("invoices.reverse")
def reverse(*, invoice_no: str) -> None:
    """Ask for the red letter."""
    services.reverse(invoice_no=invoice_no)


@job("invoices.try_again")
def try_again(*, invoice_no: str) -> None:
    """Ask once more for a red letter that was refused, as staff decided."""
    services.try_again(invoice_no=invoice_no)
