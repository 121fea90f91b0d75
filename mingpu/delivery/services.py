"""Bringing parcels: booking a courier, following the parcel, confirming receipt."""

from datetime import timedelta
from uuid import UUID, uuid4

from django.conf import settings
from django.db import connection

from mingpu.adapters.courier import BookingRequest, Contact, RouteEvent
from mingpu.adapters.providers import courier
from mingpu.delivery.models import RouteEvent as Step
from mingpu.delivery.models import Shipment
from mingpu.delivery.rules import CANCELLED, LABELLED, PENDING, PICKED_UP, RANK, SIGNED, furthest
from mingpu.lib.clock import now
from mingpu.lib.errors import NotFound
from mingpu.lib.jobs import enqueue
from mingpu.lib.payloads import flatten
from mingpu.orders.errors import WrongState
from mingpu.orders.models import Consignee, Order
from mingpu.orders.rules import COMPLETED, DELIVERED, LABELS, PAID, SHIPPED
from mingpu.privacy import sharing
from mingpu.privacy.purposes import Purpose, processing

TO = ("name", "phone", "province", "city", "district", "street", "landline")
COURIER = "sf"
LOOK_AFTER = (1, 3, 7, 14)  # days after booking at which a parcel that has not arrived is asked for


def book(*, person_id: UUID, order_no: str) -> None:
    """Order a pick-up for a paid order; safe to repeat at any point.

    The courier gets name, phone and address of the consignee, and nothing of the goods.
    """
    to = _prepare(person_id, order_no)
    if to is None:
        return
    request = BookingRequest(parcel_no=order_no, consignee=to, sender=Contact(**settings.SENDER))
    client = courier(COURIER)
    payload = flatten(client.payload_for(request))
    sharing.check(COURIER, payload)
    with processing(Purpose.DELIVERY, subject=person_id, reference=order_no):
        sharing.record(
            recipient=COURIER,
            purpose=Purpose.DELIVERY,
            person_id=person_id,
            payload=payload,
            reference=order_no,
        )
    waybill = client.book(request)
    with processing(Purpose.DELIVERY, subject=person_id, reference=order_no):
        booked = Shipment.objects.filter(order_no=order_no, status=PENDING)
        if booked.update(status=LABELLED, waybill_no=waybill.waybill_no):
            for days in LOOK_AFTER:
                due = now() + timedelta(days=days)
                enqueue("delivery.look_after", at=due, person_id=str(person_id), order_no=order_no)


def _prepare(person_id: UUID, order_no: str) -> Contact | None:
    """Write the shipment down and return where it goes; None when there is nothing to book."""
    with processing(Purpose.DELIVERY, subject=person_id, reference=order_no):
        order = Order.objects.select_for_update().filter(order_no=order_no, person_id=person_id)
        if order.values_list("status", flat=True).first() != PAID:
            return None
        status = Shipment.objects.filter(order_no=order_no).values_list("status", flat=True).first()
        if status is None:
            Shipment.objects.create(
                id=uuid4(), order_no=order_no, person_id=person_id, courier=COURIER, status=PENDING,
                created_at=now(),
            )  # fmt: skip
        elif status != PENDING:
            return None
        to = Consignee.objects.filter(order_no=order_no).values(*TO).get()
    return Contact(**to)


def follow(*, waybill_no: str) -> None:
    """Ask the courier where a parcel is and believe that; a push is only the reason to ask."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT mingpu.lookup_waybill(%s)", [waybill_no])
        row = cursor.fetchone()
    if not row or row[0] is None:
        return
    record_steps(person_id=row[0], waybill_no=waybill_no, steps=courier(COURIER).routes(waybill_no))


def look_after(*, person_id: UUID, order_no: str) -> None:
    """Ask about a parcel that should have arrived by now, in case its pushes were lost; else do nothing."""
    with processing(Purpose.DELIVERY, subject=person_id, reference=order_no, reading=True):
        rows = Shipment.objects.filter(order_no=order_no, person_id=person_id, waybill_no__isnull=False)
        number = rows.exclude(status__in=(SIGNED, CANCELLED)).values_list("waybill_no", flat=True).first()
    if number:
        record_steps(person_id=person_id, waybill_no=number, steps=courier(COURIER).routes(number))


def record_steps(*, person_id: UUID, waybill_no: str, steps: list[RouteEvent]) -> None:
    """Add the steps that are new and move parcel and order forward, never back."""
    with processing(Purpose.DELIVERY, subject=person_id, reference=waybill_no):
        parcel = (
            Shipment.objects.select_for_update()
            .filter(waybill_no=waybill_no, person_id=person_id)
            .values("id", "order_no", "status")
            .first()
        )
        if parcel is None:
            return
        known = set(Step.objects.filter(shipment_id=parcel["id"]).values_list("event_id", flat=True))
        Step.objects.bulk_create(
            Step(
                shipment_id=parcel["id"], person_id=person_id, event_id=step.event_id, at=step.at,
                place=step.place, status=step.status.value, text="",
            )
            for step in {step.event_id: step for step in steps}.values()
            if step.event_id not in known
        )  # fmt: skip
        status = furthest(parcel["status"], [step.status.value for step in steps])
        if status != parcel["status"]:
            Shipment.objects.filter(id=parcel["id"]).update(status=status)
            _move_order(person_id, parcel["order_no"], status)


def _move_order(person_id: UUID, order_no: str, status: str) -> None:
    if status == SIGNED:
        if Order.objects.move(order_no, person_id, after=DELIVERED, cause="signed", delivered_at=now()):
            due = now() + timedelta(days=settings.RECEIPT_DAYS)
            enqueue("delivery.receipt_due", at=due, person_id=str(person_id), order_no=order_no)
    elif RANK[status] >= RANK[PICKED_UP]:
        Order.objects.move(order_no, person_id, after=SHIPPED, cause="picked_up")


def confirm_receipt(*, person_id: UUID, order_no: str) -> None:
    """Complete an order because its buyer says the goods are there.

    Raises NotFound for an order that is not theirs, WrongState before it was shipped.
    """
    _complete(person_id, order_no, "received_by_buyer")


def receipt_due(*, person_id: UUID, order_no: str) -> None:
    """Complete an order whose parcel was signed for some days ago; nothing happens if it moved on."""
    try:
        _complete(person_id, order_no, "receipt_due")
    except (WrongState, NotFound):
        return


def _complete(person_id: UUID, order_no: str, cause: str) -> None:
    with processing(Purpose.DELIVERY, subject=person_id, reference=order_no):
        if not Order.objects.move(order_no, person_id, after=COMPLETED, cause=cause, completed_at=now()):
            rows = Order.objects.filter(order_no=order_no, person_id=person_id)
            status = rows.values_list("status", flat=True).first()
            if status is None:
                raise NotFound
            raise WrongState(status=LABELS[status])
