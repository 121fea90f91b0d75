"""Telling a courier about a parcel, and calling it off. Nothing is open in the database meanwhile.

The courier gets name, phone and address of the consignee, and nothing of the goods; an amount only where it is to
be collected at the door.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from mingpu.adapters.courier import BookingRequest, Contact, CourierFailed, Waybill
from mingpu.adapters.providers import courier
from mingpu.delivery.models import Parcel, ParcelLine, Shipment, count_sent
from mingpu.delivery.rules import CANCELLED, HOMEWARD, LABELLED, OUTWARD, PENDING, choose_courier
from mingpu.delivery.services.shelves import hold, put_back, take_off
from mingpu.lib.clock import now
from mingpu.lib.ids import public_number
from mingpu.lib.jobs import enqueue
from mingpu.lib.payloads import flatten
from mingpu.merchants.queries import shop
from mingpu.orders.models import Consignee, Order
from mingpu.orders.rules import OVER, TO_SHIP
from mingpu.privacy import sharing
from mingpu.privacy.purposes import Purpose, processing

log = logging.getLogger(__name__)
TO: Final = ("name", "phone", "province", "city", "district", "street", "landline")
PARCEL: Final = (
    "id", "parcel_no", "order_no", "part_no", "merchant", "courier", "direction", "case_no", "pieces", "cod_fen",
    "real_name", "status", "waybill_no", "warehouse",
)  # fmt: skip
LOOK_AFTER: Final = (
    1,
    3,
    7,
    14,
    30,
    60,
)  # days after booking at which a parcel that has not arrived is asked for


ANEW: Final = timedelta(
    minutes=3
)  # after which what a refund wants is kept back, and the rest is packed again


@dataclass(frozen=True, slots=True)
class _Booking:
    courier: str
    request: BookingRequest


def new_parcel_no() -> str:
    """Return a number for a parcel: random, and all that a courier knows of the order."""
    return public_number("D")


def tell_courier(*, person_id: UUID, parcel_no: str) -> None:
    """Order the pick-up of a parcel that waits for it; safe to repeat at any point.

    A place that a courier does not serve is tried with the merchant's next one under a number of its own. Raises
    CourierFailed when the courier does not answer.
    """
    booking = _prepared(person_id, parcel_no)
    if booking is None:
        return
    client = courier(booking.courier)
    try:
        waybill = client.book(booking.request)
    except CourierFailed as failed:
        if failed.code != "undeliverable":
            raise
        if other := _not_served(person_id, parcel_no):
            tell_courier(person_id=person_id, parcel_no=other)
        return
    _booked(person_id, waybill)


def _prepared(person_id: UUID, parcel_no: str) -> _Booking | None:
    """Return what the courier is to be told, which is recorded with it; None when there is nothing to tell."""
    with processing(Purpose.DELIVERY, subject=person_id, reference=parcel_no):
        rows = Shipment.objects.filter(parcel_no=parcel_no, person_id=person_id, status=PENDING)
        parcel = rows.values(*PARCEL).first()
        if parcel is None:
            return None
        buyer = Contact(**Consignee.objects.filter(order_no=parcel["order_no"]).values(*TO).get())
        merchant = shop(parcel["merchant"]).merchant.sender
        sender, to = (buyer, merchant) if parcel["direction"] == HOMEWARD else (merchant, buyer)
        request = BookingRequest(
            parcel_no=parcel_no, consignee=to, sender=sender, cod_fen=parcel["cod_fen"], real_name=parcel["real_name"]
        )  # fmt: skip
        sharing.record(
            recipient=parcel["courier"],
            purpose=Purpose.DELIVERY,
            person_id=person_id,
            payload=flatten(courier(parcel["courier"]).payload_for(request)),
            reference=parcel["order_no"],
        )
    return _Booking(parcel["courier"], request)


def _booked(person_id: UUID, waybill: Waybill) -> None:
    """Write the waybill down; one whose parcel was called off meanwhile is taken back."""
    number, who = waybill.parcel_no, str(person_id)
    with processing(Purpose.DELIVERY, subject=person_id, reference=number):
        moved = Shipment.objects.move(
            number, person_id, after=LABELLED, cause="booked", waybill_no=waybill.waybill_no,
            sorting_code=waybill.sorting_code,
        )  # fmt: skip
        row = Shipment.objects.filter(parcel_no=number).values("order_no", "status").get()
        if row["status"] == CANCELLED:
            enqueue("delivery.take_back", person_id=who, parcel_no=number)
        for days in LOOK_AFTER if moved else ():
            due = now() + timedelta(days=days)
            enqueue("delivery.look_after", at=due, person_id=who, order_no=row["order_no"], parcel_no=number)


def _not_served(person_id: UUID, parcel_no: str) -> str:
    """Give a parcel up that its courier does not take; return the number of the one in its place, "" for none."""
    with processing(Purpose.DELIVERY, subject=person_id, reference=parcel_no):
        order_no = Shipment.objects.filter(parcel_no=parcel_no).values_list("order_no", flat=True).get()
        order = locked(person_id, order_no)
        if order is None or not cancel(person_id, parcel_no, cause="not_served"):
            return ""
        it = Shipment.objects.filter(parcel_no=parcel_no).values(*PARCEL).get()
        tried = Shipment.objects.filter(part_no=it["part_no"], status=CANCELLED, waybill_no=None)
        other = choose_courier(
            wished=order["courier"],
            used=shop(it["merchant"]).merchant.couriers,
            refused=tried.values_list("courier", flat=True),
        )
        if not other or not (it["case_no"] or order["status"] in TO_SHIP):
            log.error("no courier of %s takes parcel %s", it["merchant"], parcel_no)
            if it["direction"] == HOMEWARD:
                enqueue("service.nobody_comes", person_id=str(person_id), case_no=it["case_no"])
            return ""
        return pack(
            person_id,
            Parcel(
                parcel_no=new_parcel_no(), order_no=order_no, part_no=it["part_no"], merchant=it["merchant"],
                courier=other, lines=Shipment.objects.contents(it["id"]), cod_fen=it["cod_fen"],
                real_name=it["real_name"], direction=it["direction"], case_no=it["case_no"],
            ),
            own=bool(it["case_no"]) and not it["warehouse"],
        )  # fmt: skip


def locked(person_id: UUID, order_no: str) -> Mapping[str, Any] | None:
    """Lock an order's row and return what delivery goes by; None for one that is not this person's.

    Whatever changes parcels of an order does it under this lock, so that pieces are counted once.
    """
    rows = Order.objects.select_for_update().filter(order_no=order_no, person_id=person_id)
    return rows.values(
        "order_no",
        "status",
        "payment",
        "courier",
        "total_fen",
        "refunded_fen",
        "paid_at",
        "pieces",
    ).first()


def pack(person_id: UUID, it: Parcel, *, own: bool = False) -> str:
    """Write a parcel, counting goods of the order as sent, inside a block that locked it; returns its number.

    own: it holds what is the buyer's own already, which lies on no shelf.
    """
    if it.direction == OUTWARD and not own:
        where = take_off(order_no=it.order_no, merchant=it.merchant, lines=it.lines)
        it = replace(it, warehouse=where)
    Shipment.objects.pack(person_id, it)
    if not it.case_no:
        count_sent(it.order_no, it.part_no, it.lines)
    return it.parcel_no


def cancel(person_id: UUID, parcel_no: str, *, cause: str) -> bool:
    """Cancel a parcel that has not left, and count its goods as not sent; False when it has left or was cancelled."""
    if not Shipment.objects.move(parcel_no, person_id, after=CANCELLED, cause=cause):
        return False
    it = Shipment.objects.filter(parcel_no=parcel_no).values(*PARCEL).get()
    lines = Shipment.objects.contents(it["id"])
    if not it["case_no"]:
        count_sent(it["order_no"], it["part_no"], lines, back=True)
    put_back(it, lines)
    return True


def call_off(*, person_id: UUID, order_no: str, parcels: Sequence[str] = ()) -> None:
    """Call off what has not been picked up of an order; what has goes on, and stays to be seen. Safe to repeat.

    parcels: only these, by number, for refunds of pieces, and what else was in them is packed anew; without any, all
    of an order that is over, and nothing of one that stands again because it was paid late. Raises CourierFailed
    when a courier does not answer.
    """
    for it in _waiting(person_id, order_no, parcels):
        waybill = Waybill(waybill_no=it["waybill_no"], parcel_no=it["parcel_no"])
        if not courier(it["courier"]).cancel(waybill):
            continue
        with processing(Purpose.DELIVERY, subject=person_id, reference=order_no):
            locked(person_id, order_no)
            if cancel(person_id, it["parcel_no"], cause="called_off") and parcels:
                enqueue("delivery.book", at=now() + ANEW, person_id=str(person_id), order_no=order_no)


def _waiting(person_id: UUID, order_no: str, parcels: Sequence[str]) -> list[Mapping[str, Any]]:
    """Cancel what no courier has confirmed yet and return the parcels that one waits for."""
    with processing(Purpose.DELIVERY, subject=person_id, reference=order_no):
        order = locked(person_id, order_no)
        if order is None or not (parcels or order["status"] in OVER):
            return []
        rows = Shipment.objects.filter(order_no=order_no, direction=OUTWARD, case_no="")
        if parcels:
            rows = rows.filter(parcel_no__in=parcels)
        waiting = ParcelLine.objects.filter(shipment_id__in=rows.filter(status=PENDING).values("id"))
        hold(list(waiting.values_list("sku", flat=True)))
        for number in list(rows.filter(status=PENDING).values_list("parcel_no", flat=True)):
            cancel(person_id, number, cause="called_off")
            enqueue("delivery.take_back", person_id=str(person_id), parcel_no=number)
            if parcels:
                enqueue("delivery.book", at=now() + ANEW, person_id=str(person_id), order_no=order_no)
        return list(rows.filter(status=LABELLED).order_by("parcel_no").values(*PARCEL))


def take_back(*, person_id: UUID, parcel_no: str) -> None:
    """Call a cancelled parcel off at its courier, should that have been told of it; safe to repeat.

    Raises CourierFailed when the courier does not answer.
    """
    with processing(Purpose.DELIVERY, subject=person_id, reference=parcel_no, reading=True):
        rows = Shipment.objects.filter(parcel_no=parcel_no, person_id=person_id, status=CANCELLED)
        name = rows.values_list("courier", flat=True).first()
    if name is None:
        return
    client = courier(name)
    waybill = client.find(parcel_no)
    if waybill and not client.cancel(waybill):
        log.error("the courier took parcel %s before it could be called off", parcel_no)
