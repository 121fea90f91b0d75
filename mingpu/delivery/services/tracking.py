"""Following parcels: what couriers report moves parcel and order forward, never back."""

import logging
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.db.models import Sum

from mingpu.adapters.courier import RouteEvent
from mingpu.adapters.providers import courier
from mingpu.catalog.models import Sku
from mingpu.delivery.models import RouteEvent as Step
from mingpu.delivery.models import Row, Shipment
from mingpu.delivery.rules import (
    ENDS,
    FINAL,
    HOMEWARD,
    LOST,
    OUTWARD,
    REFUSED,
    RETURNED,
    RETURNING,
    SIGNED,
    WITH_COURIER,
    furthest,
)
from mingpu.delivery.services.couriers import PARCEL, locked
from mingpu.delivery.services.shelves import put_back
from mingpu.lib.clock import now
from mingpu.lib.jobs import enqueue
from mingpu.orders.models import Line, Order, Part
from mingpu.orders.rules import CANCELLED, DELIVERED, OVER
from mingpu.privacy.purposes import Purpose, processing

log = logging.getLogger(__name__)
COD: Final = "cod"


def follow(*, waybill_no: str) -> None:
    """Ask the courier where a parcel is and believe that; a push is only the reason to ask.

    Raises CourierFailed when the courier does not answer.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT mingpu.lookup_waybill(%s)", [waybill_no])
        row = cursor.fetchone()
    if not row or row[0] is None:
        return
    person_id = UUID(str(row[0]))
    with processing(Purpose.DELIVERY, subject=person_id, reference=waybill_no, reading=True):
        name = Shipment.objects.filter(waybill_no=waybill_no).values_list("courier", flat=True).first()
    if name:
        record_steps(person_id=person_id, waybill_no=waybill_no, steps=courier(name).routes(waybill_no))


def look_after(*, person_id: UUID, order_no: str, parcel_no: str = "") -> None:
    """Ask about parcels that should have arrived by now, in case their pushes were lost; else do nothing.

    parcel_no: only this one. Raises CourierFailed when the courier does not answer.
    """
    with processing(Purpose.DELIVERY, subject=person_id, reference=order_no, reading=True):
        rows = Shipment.objects.filter(order_no=order_no, person_id=person_id, waybill_no__isnull=False)
        if parcel_no:
            rows = rows.filter(parcel_no=parcel_no)
        rows = rows.exclude(status__in=FINAL)
        open_ones = [(name, number or "") for name, number in rows.values_list("courier", "waybill_no")]
    for name, number in open_ones:
        record_steps(person_id=person_id, waybill_no=number, steps=courier(name).routes(number))


def record_steps(*, person_id: UUID, waybill_no: str, steps: Sequence[RouteEvent]) -> None:
    """Add the steps that are new and move parcel and order forward, never back."""
    with processing(Purpose.DELIVERY, subject=person_id, reference=waybill_no):
        own = Shipment.objects.filter(waybill_no=waybill_no, person_id=person_id)
        order_no = own.values_list("order_no", flat=True).first()
        order = locked(person_id, order_no) if order_no else None
        if order is None:
            return
        parcel = own.select_for_update().values(*PARCEL, "restocked").get()
        _write(person_id, parcel, steps)
        after = furthest(parcel["status"], [step.status.value for step in steps])
        if after == SIGNED and _back_with_the_sender(parcel, steps):
            after = RETURNED
        told = _told(parcel, steps, after)
        if after == parcel["status"]:
            if told:
                own.update(**told)
            return
        Shipment.objects.move(parcel["parcel_no"], person_id, after=after, cause="reported", **told)
        _follow_up(person_id, order, {**parcel, **told}, after)
        if after == RETURNED:  # behind the stock, which is locked first
            put_back(parcel, Shipment.objects.contents(parcel["id"]))


def _write(person_id: UUID, parcel: Row, steps: Sequence[RouteEvent]) -> None:
    known = set(Step.objects.filter(shipment_id=parcel["id"]).values_list("event_id", flat=True))
    Step.objects.bulk_create(
        Step(
            shipment_id=parcel["id"], person_id=person_id, event_id=step.event_id, at=step.at,
            place=step.place, status=step.status.value, text="",
        )
        for step in {step.event_id: step for step in steps}.values()
        if step.event_id not in known
    )  # fmt: skip


def _back_with_the_sender(parcel: Row, steps: Sequence[RouteEvent]) -> bool:
    """Tell whether it is the sender who signed: nobody paid at the door for a parcel on its way back."""
    seen = {parcel["status"], *(step.status.value for step in steps)}
    paid = any(step.cod_fen for step in steps)
    return parcel["cod_fen"] is not None and RETURNING in seen and not paid


def _told(parcel: Row, steps: Sequence[RouteEvent], after: str) -> dict[str, Any]:
    """Return what the steps tell besides the way, as columns.

    Of an identity card that is yes or no and the receipt, and only where a check was asked for. What was collected
    is what was asked for where the courier does not say; its statement of the day shows the rest.
    """
    found: dict[str, Any] = {}
    latest = sorted(steps, key=lambda step: step.at)
    if parcel["status"] in FINAL:
        return found
    for step in latest:
        if step.pickup_code and after not in FINAL:
            found["pickup_code"] = step.pickup_code
        if parcel["real_name"] and step.real_name is not None:
            found["real_name_ok"], found["device_receipt"] = step.real_name, step.device_receipt
    if parcel["cod_fen"] and after == SIGNED:
        said = [step.cod_fen for step in latest if step.cod_fen is not None]
        found["collected_fen"] = said[-1] if said else parcel["cod_fen"]
    return found


def _follow_up(person_id: UUID, order: Mapping[str, Any], parcel: Row, after: str) -> None:
    """Let the order follow its parcel, which just moved to `after`."""
    who, order_no = str(person_id), order["order_no"]
    if parcel["direction"] == HOMEWARD:
        if after == SIGNED:
            enqueue("service.return_arrived", person_id=who, case_no=parcel["case_no"])
        return
    if not parcel["case_no"]:
        if parcel["status"] not in WITH_COURIER:
            more = {"pieces_sent": parcel["pieces"]}
            Order.objects.change(order_no, person_id, cause="picked_up", more=more)
        if after == SIGNED:
            _signed(person_id, order, parcel)
        elif order["payment"] == COD and not order["paid_at"]:
            if after in (REFUSED, RETURNED, LOST):
                _not_bought(person_id, order, parcel, after)
            return
    if after in (RETURNED, LOST):
        enqueue("service.came_back", person_id=who, order_no=order_no, parcel_no=parcel["parcel_no"])
        if not parcel["case_no"]:
            _arrived(person_id, order, "came_back")


def _signed(person_id: UUID, order: Mapping[str, Any], parcel: Row) -> None:
    """Count a parcel as signed for; money taken at the door makes the order paid in the same change."""
    order_no = order["order_no"]
    facts: dict[str, object] = {}
    collected = parcel.get("collected_fen") or 0
    due = order["total_fen"] - order["refunded_fen"]
    if order["payment"] == COD and not order["paid_at"] and collected >= due:
        facts["paid_at"] = now()
    if facts and order["status"] in OVER:
        _taken_after_all(person_id, order, restocked=parcel["restocked"])
    else:
        _arrived(person_id, order, "signed", more={"pieces_signed": parcel["pieces"]}, **facts)
    if collected:
        enqueue(
            "payments.collected", person_id=str(person_id), order_no=order_no, courier=parcel["courier"],
            waybill_no=parcel["waybill_no"], amount_fen=collected,
        )  # fmt: skip


def _taken_after_all(person_id: UUID, order: Mapping[str, Any], *, restocked: bool) -> None:
    """Let an order stand again that was cancelled or refused, and then taken and paid for at the door.

    What a cancelled one gave back to stock is taken again; what was refused had not come back, but for what
    earlier versions counted as back at once.
    """
    order_no, pieces, moment = order["order_no"], order["pieces"], now()
    _change(
        person_id, order_no, "taken_after_all", ended="", paid_at=moment, delivered_at=moment, pieces_sent=pieces,
        pieces_signed=pieces,
    )  # fmt: skip
    Part.objects.filter(order_no=order_no).update(ended_at=None)
    if order["status"] == CANCELLED or restocked:
        wanted = dict(Line.objects.filter(order_no=order_no).values_list("sku", "quantity"))
        if len(Sku.objects.take(wanted)) < len(wanted):
            log.error("goods of order %s were sold again before they were taken after all", order_no)


def _arrived(
    person_id: UUID,
    order: Mapping[str, Any],
    cause: str,
    *,
    more: dict[str, int] | None = None,
    **facts: object,
) -> None:
    """Add facts to an order; it is delivered when none of its pieces is on its way or still to be sent.

    What was returned or lost does not keep the rest from being delivered, nor the order from its end: a delivery
    fee that does not go back is handed on when it is completed.
    """
    order_no = order["order_no"]
    rows = Shipment.objects.filter(order_no=order_no, direction=OUTWARD, case_no="", status__in=ENDS)
    if (rows.aggregate(sum=Sum("pieces"))["sum"] or 0) >= order["pieces"]:
        facts["delivered_at"] = now()
    if not facts and not more:
        return
    _change(person_id, order_no, cause, more=more, **facts)


def _change(
    person_id: UUID, order_no: str, cause: str, *, more: dict[str, int] | None = None, **facts: object
) -> None:
    """Add facts to an order; once it is delivered, the time for confirming that runs."""
    if Order.objects.change(order_no, person_id, cause=cause, more=more, **facts) == DELIVERED:
        due = now() + timedelta(days=settings.RECEIPT_DAYS)
        enqueue("delivery.receipt_due", at=due, person_id=str(person_id), order_no=order_no)


def _not_bought(person_id: UUID, order: Mapping[str, Any], parcel: Row, after: str) -> None:
    """Close an order that was to be paid at the door and was not; goods that are back can be sold again.

    A parcel that was refused may still be taken, so its goods wait until they are back. Those of a cancelled order
    were given back with it.
    """
    order_no = order["order_no"]
    cause = "lost_on_the_way" if after == LOST else "refused_at_door"
    if Order.objects.change(order_no, person_id, cause=cause, ended="closed"):
        Part.objects.filter(order_no=order_no, ended_at=None).update(ended_at=now())
        enqueue("payments.close", person_id=str(person_id), order_no=order_no)
    if after == RETURNED and order["status"] != CANCELLED and not parcel["restocked"]:
        pieces = Shipment.objects.contents(parcel["id"])
        left = Sku.objects.give_back(pieces)
        Shipment.objects.filter(id=parcel["id"]).update(restocked=True)
        if any(left[code] == pieces[code] for code in left):  # it was sold out and is not any more
            enqueue("search.refresh", once=f"refresh-{parcel['parcel_no']}", skus=sorted(left))
    elif after == LOST and order["status"] == CANCELLED:
        pieces = Shipment.objects.contents(parcel["id"])
        if len(Sku.objects.take(pieces)) < len(pieces):
            log.error("goods of parcel %s are lost and were sold again", parcel["parcel_no"])
