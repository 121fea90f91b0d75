"""Due times of orders."""

from uuid import UUID

from mingpu.lib.jobs import job
from mingpu.orders import services


@job("orders.expire")
def expire(*, person_id: str, order_no: str) -> None:
    """Close the order if it is still unpaid."""
    services.expire(person_id=UUID(person_id), order_no=order_no)
