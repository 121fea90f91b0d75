"""Parcels: shipments, what is in them, and what couriers report about them.

Nothing of the consignee is kept here: name, phone and address stay with the order and are read when the courier
is told, so there is nothing to drop when a parcel has come to its end.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection, models

from mingpu.delivery.rules import CANCELLED, FINAL, OUTWARD, PENDING, may_move
from mingpu.lib.clock import now
from mingpu.orders.models import Event, Step
from mingpu.privacy.fields import SealedText

Row = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """A parcel about to be written; lines: SKU -> pieces. cod_fen: to be collected at the door. warehouse: that packs it."""

    parcel_no: str
    order_no: str
    part_no: str
    merchant: str
    courier: str
    lines: Mapping[str, int]
    cod_fen: int | None = None
    real_name: bool = False
    direction: str = OUTWARD
    case_no: str = ""
    warehouse: str = ""


class ShipmentQuerySet(models.QuerySet["Shipment"]):
    """Verbs on parcels; each runs inside the caller's `processing`, under the lock of the order's row."""

    def pack(self, person_id: uuid.UUID, it: Parcel) -> None:
        """Write a parcel with what is in it, and log it."""
        row = self.create(
            parcel_no=it.parcel_no, order_no=it.order_no, part_no=it.part_no, person_id=person_id,
            merchant=it.merchant, courier=it.courier, status=PENDING, direction=it.direction, case_no=it.case_no,
            pieces=sum(it.lines.values()), cod_fen=it.cod_fen, real_name=it.real_name, warehouse=it.warehouse, created_at=now(),
        )  # fmt: skip
        ParcelLine.objects.bulk_create(
            ParcelLine(
                shipment_id=row.id, person_id=person_id, merchant=it.merchant, sku=sku, quantity=pieces
            )
            for sku, pieces in it.lines.items()
        )
        step = Step(machine="shipment", reference=it.parcel_no, before="", after=PENDING, cause="packed")
        Event.objects.log(it.order_no, person_id, [step])

    def move(self, parcel_no: str, person_id: uuid.UUID, *, after: str, cause: str, **columns: Any) -> bool:
        """Move a parcel by the table and log it; False, and nothing written, from where `cause` does not lead on.

        A pickup code is of no use any more when the parcel has come to its end, so it goes.
        """
        rows = self.filter(parcel_no=parcel_no, person_id=person_id)
        it = rows.select_for_update().values("order_no", "status").first()
        if it is None or not may_move(it["status"], after, cause):
            return False
        if after in FINAL:
            columns["pickup_code"] = None
        rows.update(status=after, **columns)
        step = Step(machine="shipment", reference=parcel_no, before=it["status"], after=after, cause=cause)
        Event.objects.log(it["order_no"], person_id, [step])
        return True

    def contents(self, shipment_id: uuid.UUID) -> dict[str, int]:
        """Return what is in a parcel: SKU -> pieces."""
        return dict(ParcelLine.objects.filter(shipment_id=shipment_id).values_list("sku", "quantity"))

    def of_case(self, case_no: str, direction: str) -> str:
        """Return the parcel of a case that goes this way, by number; "" when there is none yet."""
        rows = self.filter(case_no=case_no, direction=direction).exclude(status=CANCELLED)
        return rows.values_list("parcel_no", flat=True).first() or ""


class Shipment(models.Model):
    """One parcel of a merchant's part of an order, with one courier. Money in fen.

    parcel_no: random, what the courier knows in place of the order's number. direction: out | return.
    case_no: the after-sales case it belongs to; such a parcel does not count as goods of the order sent.
    cod_fen: to be collected at the door; collected_fen: what was. real_name: the taker's identity card is to be
    read by the courier's certified device; real_name_ok and device_receipt are all of its answer that is kept.
    restocked: whether its goods went back to stock. warehouse: where they were taken off the shelf, by code; "" where
    the merchant has none, and for what was not taken off any.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    parcel_no = models.TextField(unique=True)
    order_no = models.TextField()
    part_no = models.TextField()
    person_id = models.UUIDField()
    merchant = models.TextField()
    direction = models.TextField(db_default=OUTWARD)
    case_no = models.TextField(db_default="")
    courier = models.TextField()
    waybill_no = models.TextField(unique=True, null=True)
    sorting_code = models.TextField(db_default="")
    status = models.TextField()
    pieces = models.IntegerField()
    cod_fen = models.BigIntegerField(null=True)
    collected_fen = models.BigIntegerField(null=True)
    real_name = models.BooleanField(db_default=False)
    real_name_ok = models.BooleanField(null=True)
    device_receipt = models.TextField(db_default="")
    pickup_code = SealedText(null=True)
    restocked = models.BooleanField(db_default=False)
    warehouse = models.TextField(db_default="")
    created_at = models.DateTimeField()

    objects = ShipmentQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["order_no"], name="shipment_of_order"),
            models.Index(fields=["part_no"], name="shipment_of_part"),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(pieces__gt=0), name="shipment_not_empty"),
            models.CheckConstraint(
                condition=models.Q(direction=OUTWARD) | models.Q(cod_fen=None), name="shipment_cod_outward"
            ),
            models.UniqueConstraint(
                fields=["case_no", "direction"], name="shipment_once_per_case",
                condition=~models.Q(case_no="") & ~models.Q(status=CANCELLED),
            ),
        ]  # fmt: skip


class ParcelLine(models.Model):
    """So many pieces of one SKU in a parcel."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    shipment_id = models.UUIDField()
    person_id = models.UUIDField()
    merchant = models.TextField()
    sku = models.TextField()
    quantity = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["shipment_id", "sku"], name="parcel_line_once")]


class RouteEvent(models.Model):
    """One report of the courier; a repeated one is the same row."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    shipment_id = models.UUIDField()
    person_id = models.UUIDField()
    event_id = models.TextField()
    at = models.DateTimeField()
    place = models.TextField(default="")
    status = models.TextField()
    text = models.TextField(default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["shipment_id", "event_id"], name="route_event_once")]


COUNT = """
WITH lines AS (
    UPDATE orders_line l SET sent = l.sent + w.pieces FROM unnest(%(skus)s::text[], %(pieces)s::int[]) AS w (sku, pieces)
    WHERE l.order_no = %(order_no)s AND l.sku = w.sku
)
UPDATE orders_part SET pieces_sent = pieces_sent + %(sum)s WHERE part_no = %(part_no)s
"""


def count_sent(order_no: str, part_no: str, lines: Mapping[str, int], *, back: bool = False) -> None:
    """Count pieces as being in parcels, or not any more; inside a block of delivery that locked the order.

    lines: SKU -> pieces. Raises django.db.IntegrityError for more than were bought.
    """
    sign = -1 if back else 1
    pieces = [sign * lines[sku] for sku in sorted(lines)]
    named: Row = {
        "order_no": order_no,
        "part_no": part_no,
        "skus": sorted(lines),
        "pieces": pieces,
        "sum": sum(pieces),
    }
    with connection.cursor() as cursor:
        cursor.execute(COUNT, named)
