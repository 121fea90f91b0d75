"""Talking with institutions in the background."""

from uuid import UUID

from mingpu.lib.jobs import job
from mingpu.payments import refunds, services


@job("payments.poll")
def poll(*, person_id: str, attempt_id: str) -> None:
    """Ask about an attempt whose callback has not come."""
    services.poll(person_id=UUID(person_id), attempt_id=UUID(attempt_id))


@job("payments.close")
def close(*, person_id: str, order_no: str) -> None:
    """Close the open attempts of an order."""
    services.close(person_id=UUID(person_id), order_no=order_no)


@job("payments.refund")
def refund(*, person_id: str, out_refund_no: str) -> None:
    """Bring a refund forward."""
    refunds.carry_out(person_id=UUID(person_id), out_refund_no=out_refund_no)
