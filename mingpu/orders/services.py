"""Cancelling and closing orders. Placing one is `checkout.services.check_out`."""

from uuid import UUID

from mingpu.catalog.models import Sku
from mingpu.lib.errors import NotFound
from mingpu.lib.jobs import enqueue
from mingpu.orders.errors import WrongState
from mingpu.orders.models import Line, Order
from mingpu.orders.rules import CANCELLED, EXPIRED, LABELS
from mingpu.privacy.purposes import Purpose, processing


def cancel(*, person_id: UUID, order_no: str) -> None:
    """Cancel an order that is not paid yet, and give its stock back.

    Raises NotFound for an order that is not this person's, WrongState once it is paid or closed.
    """
    with processing(Purpose.ORDERING, subject=person_id, reference=order_no):
        _close(person_id, order_no, after=CANCELLED, cause="cancelled_by_buyer")


def expire(*, person_id: UUID, order_no: str) -> bool:
    """Close an order whose time to pay is over; False when it was paid or closed before."""
    with processing(Purpose.ORDERING, subject=person_id, reference=order_no):
        try:
            _close(person_id, order_no, after=EXPIRED, cause="not_paid_in_time")
        except (WrongState, NotFound):
            return False
    return True


def _close(person_id: UUID, order_no: str, *, after: str, cause: str) -> None:
    if not Order.objects.move(order_no, person_id, after=after, cause=cause):
        status = Order.objects.filter(order_no=order_no).values_list("status", flat=True).first()
        if status is None:
            raise NotFound
        raise WrongState(status=LABELS[status])
    pieces = dict(Line.objects.filter(order_no=order_no).values_list("sku", "quantity"))
    left = Sku.objects.give_back(pieces)
    if any(left[code] == pieces[code] for code in left):  # it was sold out and is not any more
        enqueue("search.refresh", once=f"refresh-{order_no}", skus=sorted(left))
    enqueue("payments.close", person_id=str(person_id), order_no=order_no)
