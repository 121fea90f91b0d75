"""Confirming that the goods are there."""

from uuid import UUID

from mingpu.lib.clock import now
from mingpu.lib.errors import NotFound
from mingpu.lib.jobs import enqueue
from mingpu.orders.errors import WrongState
from mingpu.orders.models import Order
from mingpu.orders.rules import LABELS
from mingpu.privacy.purposes import Purpose, processing


def confirm_receipt(*, person_id: UUID, order_no: str) -> None:
    """Complete an order because its buyer says the goods are there.

    Raises NotFound for an order that is not theirs, WrongState before it was sent, and while what is to be paid
    at the door has not been.
    """
    _complete(person_id, order_no, "received_by_buyer")


def receipt_due(*, person_id: UUID, order_no: str) -> None:
    """Complete an order whose parcels were signed for some days ago; nothing happens if it moved on."""
    try:
        _complete(person_id, order_no, "receipt_due")
    except (WrongState, NotFound):
        return


def _complete(person_id: UUID, order_no: str, cause: str) -> None:
    with processing(Purpose.DELIVERY, subject=person_id, reference=order_no):
        rows = Order.objects.select_for_update().filter(order_no=order_no, person_id=person_id)
        order = rows.values("status", "paid_at").first()
        if order is None:
            raise NotFound
        if order["paid_at"] is None or not Order.objects.change(
            order_no, person_id, cause=cause, completed_at=now()
        ):
            raise WrongState(status=LABELS[order["status"]])
        enqueue("payments.settle_parts", person_id=str(person_id), order_no=order_no)
