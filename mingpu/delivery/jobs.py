"""Couriers in the background."""

from uuid import UUID

from mingpu.delivery import services
from mingpu.lib.jobs import job


@job("delivery.book")
def book(*, person_id: str, order_no: str) -> None:
    """Have the mall's own goods of an order picked up."""
    services.book(person_id=UUID(person_id), order_no=order_no)


@job("delivery.ship")
def ship(*, person_id: str, part_no: str, parcel_no: str, lines: dict[str, int], courier: str = "") -> None:
    """Have what a merchant sends picked up."""
    services.dispatch(
        person_id=UUID(person_id), part_no=part_no, parcel_no=parcel_no, lines=lines, courier=courier
    )


@job("delivery.call_off")
def call_off(*, person_id: str, order_no: str, parcels: list[str] | None = None) -> None:
    """Call off what has not been picked up."""
    services.call_off(person_id=UUID(person_id), order_no=order_no, parcels=parcels or ())


@job("delivery.take_back")
def take_back(*, person_id: str, parcel_no: str) -> None:
    """Call a cancelled parcel off at its courier."""
    services.take_back(person_id=UUID(person_id), parcel_no=parcel_no)


@job("delivery.book_return")
def book_return(*, person_id: str, case_no: str, order_no: str, lines: dict[str, int]) -> None:
    """Have goods of a case fetched from the buyer."""
    services.book_return(person_id=UUID(person_id), case_no=case_no, order_no=order_no, lines=lines)


@job("delivery.send_again")
def send_again(
    *, person_id: str, case_no: str, order_no: str, lines: dict[str, int], own: bool = False
) -> None:
    """Send other or mended pieces for a case."""
    services.send_again(person_id=UUID(person_id), case_no=case_no, order_no=order_no, lines=lines, own=own)


@job("delivery.follow")
def follow(*, waybill_no: str) -> None:
    """Ask where a parcel is."""
    services.follow(waybill_no=waybill_no)


@job("delivery.look_after")
def look_after(*, person_id: str, order_no: str, parcel_no: str = "") -> None:
    """Ask for a parcel that should have arrived."""
    services.look_after(person_id=UUID(person_id), order_no=order_no, parcel_no=parcel_no)


@job("delivery.receipt_due")
def receipt_due(*, person_id: str, order_no: str) -> None:
    """Complete an order some days after its parcels were signed for."""
    services.receipt_due(person_id=UUID(person_id), order_no=order_no)
