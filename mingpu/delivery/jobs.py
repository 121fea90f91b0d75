"""Couriers in the background."""

from uuid import UUID

from mingpu.delivery import services
from mingpu.lib.jobs import job


@job("delivery.book")
def book(*, person_id: str, order_no: str) -> None:
    """Book the pick-up of a paid order."""
    services.book(person_id=UUID(person_id), order_no=order_no)


@job("delivery.follow")
def follow(*, waybill_no: str) -> None:
    """Ask where a parcel is."""
    services.follow(waybill_no=waybill_no)


@job("delivery.look_after")
def look_after(*, person_id: str, order_no: str) -> None:
    """Ask for a parcel that should have arrived."""
    services.look_after(person_id=UUID(person_id), order_no=order_no)


@job("delivery.receipt_due")
def receipt_due(*, person_id: str, order_no: str) -> None:
    """Complete an order some days after its parcel was signed for."""
    services.receipt_due(person_id=UUID(person_id), order_no=order_no)
