"""What a buyer sees of parcels, and what a merchant does."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from mingpu.delivery.models import ParcelLine, RouteEvent, Shipment
from mingpu.delivery.rules import EVENT_TEXTS, HOMEWARD, LABELS, OUTWARD, RANK
from mingpu.delivery.rules.label import Label, label
from mingpu.lib.errors import NotFound
from mingpu.lib.text import Text
from mingpu.merchants.queries import shop
from mingpu.merchants.rules import COURIERS
from mingpu.orders.models import Consignee
from mingpu.privacy.purposes import Purpose, processing

COLUMNS = (
    "id", "parcel_no", "part_no", "merchant", "direction", "courier", "waybill_no", "status", "pieces", "cod_fen",
    "real_name", "real_name_ok", "created_at",
)  # fmt: skip
TO = ("name", "phone", "province", "city", "district", "street")


@dataclass(frozen=True, slots=True)
class StepView:
    """One step of a parcel."""

    at: datetime
    place: str
    status: str

    @property
    def text(self) -> Text:
        """The step in words."""
        return EVENT_TEXTS.get(self.status, EVENT_TEXTS["other"])


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelView:
    """One parcel, without anything of a person; money in fen.

    lines: (SKU, pieces). direction: out | return. real_name: the taker's identity card is read at the door;
    real_name_ok: the device's answer, None before it.
    """

    parcel_no: str
    part_no: str
    merchant: str
    direction: str
    courier: str
    waybill_no: str | None
    status: str
    pieces: int
    cod_fen: int | None
    real_name: bool
    real_name_ok: bool | None
    created_at: datetime
    lines: tuple[tuple[str, int], ...]

    @property
    def courier_label(self) -> Text:
        """The courier's name."""
        return COURIERS[self.courier]

    @property
    def status_label(self) -> Text:
        """The state in words."""
        return LABELS[self.status]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShipmentView(ParcelView):
    """One parcel as its buyer sees it, its steps newest first.

    pickup_code: for the locker or station where it waits, "" when there is none. case_no: the case it is carried
    for, "" for goods of the order.
    """

    events: tuple[StepView, ...]
    pickup_code: str
    case_no: str

    @property
    def coming_back(self) -> bool:
        """Whether it goes from the buyer to the merchant."""
        return self.direction == HOMEWARD


@dataclass(frozen=True, slots=True)
class CourierChoice:
    """A courier that can be asked for; merchants: those that send by it, the others keep to their own."""

    code: str
    label: Text
    merchants: tuple[str, ...]


def shipments_of(*, person_id: UUID, order_no: str) -> tuple[ShipmentView, ...]:
    """Return the parcels of an order; empty for an order that is not theirs."""
    with processing(Purpose.ORDER_LOOKUP, subject=person_id, reference=order_no, reading=True):
        return read_shipments(person_id, order_no)


def read_shipments(person_id: UUID, order_no: str) -> tuple[ShipmentView, ...]:
    """Do what `shipments_of` does, inside the caller's block of order lookup; three statements, however many."""
    own = Shipment.objects.filter(order_no=order_no, person_id=person_id)
    rows = list(own.order_by("created_at", "parcel_no").values(*COLUMNS, "pickup_code", "case_no"))
    numbers = [row["id"] for row in rows]
    lines = _lines(numbers)
    steps = _steps(numbers)
    return tuple(
        ShipmentView(
            **{**row, "pickup_code": row["pickup_code"] or ""},
            lines=lines.get(number, ()),
            events=steps.get(number, ()),
        )
        for row in rows
        if (number := row.pop("id"))
    )


def _steps(numbers: Sequence[UUID]) -> dict[UUID, tuple[StepView, ...]]:
    if not numbers:
        return {}
    found: dict[UUID, list[StepView]] = {}
    rows = RouteEvent.objects.filter(shipment_id__in=numbers)
    for number, at, place, status in rows.values_list("shipment_id", "at", "place", "status"):
        found.setdefault(number, []).append(StepView(at, place, status))
    for steps in found.values():
        # Reports of one moment stand in the order in which a parcel travels.
        steps.sort(key=lambda step: (step.at, RANK.get(step.status, 0)), reverse=True)
    return {number: tuple(steps) for number, steps in found.items()}


def _lines(numbers: Sequence[UUID]) -> dict[UUID, tuple[tuple[str, int], ...]]:
    if not numbers:
        return {}
    found: dict[UUID, list[tuple[str, int]]] = {}
    rows = ParcelLine.objects.filter(shipment_id__in=numbers).order_by("sku")
    for number, sku, pieces in rows.values_list("shipment_id", "sku", "quantity"):
        found.setdefault(number, []).append((sku, pieces))
    return {number: tuple(lines) for number, lines in found.items()}


def parcels_of(*, merchant: str, part_nos: Iterable[str]) -> Mapping[str, tuple[ParcelView, ...]]:
    """Return a merchant's parcels by part, oldest first, for the desk: no person is looked at. Two statements."""
    with processing(Purpose.MERCHANT_QUEUE, subject=None, merchant=merchant, reading=True):
        rows = list(
            Shipment.objects.filter(part_no__in=list(part_nos), merchant=merchant)
            .order_by("created_at", "parcel_no")
            .values(*COLUMNS)
        )
        lines = _lines([row["id"] for row in rows])
    found: dict[str, list[ParcelView]] = {}
    for row in rows:
        number = row.pop("id")
        found.setdefault(row["part_no"], []).append(ParcelView(**row, lines=lines.get(number, ())))
    return {part_no: tuple(parcels) for part_no, parcels in found.items()}


def label_of(*, part_no: str, merchant: str, parcel_no: str) -> Label:
    """Return the masked label of a parcel to the buyer, for the desk; the look is logged and shown to the buyer.

    Raises NotFound for a parcel that is not of this merchant's part, or goes the other way: the courier prints
    that one itself.
    """
    person_id = person_of_part(part_no)
    sender = shop(merchant).merchant.sender
    with processing(
        Purpose.MERCHANT_ORDER, subject=person_id, reference=part_no, merchant=merchant, reading=True
    ):
        rows = Shipment.objects.filter(
            parcel_no=parcel_no,
            part_no=part_no,
            merchant=merchant,
            direction=OUTWARD,
            waybill_no__isnull=False,
        )
        it = rows.values(
            "order_no", "parcel_no", "courier", "waybill_no", "sorting_code", "cod_fen", "real_name"
        ).first()
        if it is None:
            raise NotFound
        to = Consignee.objects.filter(order_no=it["order_no"]).values(*TO).get()
    return label(it, consignee=to, sender=sender)


def person_of_part(part_no: str) -> UUID:
    """Return whose order a part belongs to, for the desk; raises NotFound."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT mingpu.lookup_part(%s)", [part_no])
        row = cursor.fetchone()
    if row is None or row[0] is None:
        raise NotFound
    return UUID(str(row[0]))


def couriers_for(merchants: Iterable[str]) -> tuple[CourierChoice, ...]:
    """Return the couriers a buyer of these merchants can ask for, those that most of them use first.

    merchants: codes. Raises merchants.errors.UnknownMerchant.
    """
    used = {code: shop(code).merchant.couriers for code in sorted(set(merchants))}
    found = [
        CourierChoice(courier, text, tuple(code for code, couriers in used.items() if courier in couriers))
        for courier, text in COURIERS.items()
    ]
    return tuple(sorted((it for it in found if it.merchants), key=lambda it: -len(it.merchants)))
