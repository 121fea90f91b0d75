"""Virtual goods in the background."""

from uuid import UUID

from mingpu.lib.jobs import job
from mingpu.virtual import services


@job("virtual.deliver")
def deliver(*, person_id: str, order_no: str) -> None:
    """Hand over what a paid order holds."""
    services.deliver(person_id=UUID(person_id), order_no=order_no)


@job("virtual.send")
def send(*, person_id: str, delivery_no: str) -> None:
    """Send one top-up, or ask how it stands."""
    services.send(person_id=UUID(person_id), delivery_no=delivery_no)


@job("virtual.receipt_due")
def receipt_due(*, person_id: str, order_no: str) -> None:
    """Complete an order some days after it was handed over."""
    services.receipt_due(person_id=UUID(person_id), order_no=order_no)
