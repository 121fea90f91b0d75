"""Cancelling and closing orders. Placing one is `checkout.services.check_out`."""

from uuid import UUID

from mingpu.catalog.models import Sku
from mingpu.lib.clock import now
from mingpu.lib.errors import NotFound
from mingpu.lib.jobs import enqueue
from mingpu.orders.errors import WrongState
from mingpu.orders.models import Line, Order, Part
from mingpu.orders.rules import CANCELLED, EXPIRED, LABELS
from mingpu.privacy.purposes import Purpose, processing
from mingpu.promotions.models import Coupon, Flash


def cancel(*, person_id: UUID, order_no: str) -> None:
    """Cancel an order that is not paid yet; its stock, coupons and flash pieces go back.

    Raises NotFound for an order that is not this person's, WrongState once it is paid, sent or closed.
    """
    with processing(Purpose.ORDERING, subject=person_id, reference=order_no):
        _close(person_id, order_no, ended=CANCELLED, cause="cancelled_by_buyer")


def expire(*, person_id: UUID, order_no: str) -> bool:
    """Close an order whose time to be paid or confirmed is over; False when it was paid or closed before."""
    with processing(Purpose.ORDERING, subject=person_id, reference=order_no):
        causes = ("not_paid_in_time", "not_confirmed_in_time")
        return any(_ended(person_id, order_no, ended=EXPIRED, cause=cause) for cause in causes)


def decline(*, person_id: UUID, order_no: str) -> None:
    """Decline cash on delivery for an order that waits for it; raises NotFound, WrongState."""
    with processing(Purpose.ORDERING, subject=person_id, reference=order_no):
        _close(person_id, order_no, ended=CANCELLED, cause="declined")


def never_sent(*, person_id: UUID, order_no: str) -> bool:
    """Cancel an order with cash on delivery of which nothing was ever sent; False when it is not one.

    Whoever calls has made sure that its time is over.
    """
    with processing(Purpose.ORDERING, subject=person_id, reference=order_no):
        return _ended(person_id, order_no, ended=CANCELLED, cause="never_sent")


def _close(person_id: UUID, order_no: str, *, ended: str, cause: str) -> None:
    if not _ended(person_id, order_no, ended=ended, cause=cause):
        status = Order.objects.filter(order_no=order_no).values_list("status", flat=True).first()
        if status is None:
            raise NotFound
        raise WrongState(status=LABELS[status])


def _ended(person_id: UUID, order_no: str, *, ended: str, cause: str) -> bool:
    """End an order that nothing was paid for, and put back what it held; False when its state does not allow it."""
    if not Order.objects.change(order_no, person_id, cause=cause, ended=ended):
        return False
    Part.objects.filter(order_no=order_no).update(ended_at=now())
    pieces = dict(Line.objects.filter(order_no=order_no).values_list("sku", "quantity"))
    left = Sku.objects.give_back(pieces)
    Flash.objects.give_back(person_id, order_no)
    Coupon.objects.give_back(person_id, order_no)
    if any(left[code] == pieces[code] for code in left):  # it was sold out and is not any more
        enqueue("search.refresh", once=f"refresh-{order_no}", skus=sorted(left))
    enqueue("payments.close", person_id=str(person_id), order_no=order_no)
    enqueue("delivery.call_off", person_id=str(person_id), order_no=order_no)
    return True
