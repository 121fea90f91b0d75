"""What a buyer sees of a parcel."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from mingpu.delivery.models import RouteEvent, Shipment
from mingpu.delivery.rules import COURIERS, EVENT_TEXTS, LABELS, RANK
from mingpu.lib.text import Text
from mingpu.privacy.purposes import Purpose, processing


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


@dataclass(frozen=True, slots=True)
class ShipmentView:
    """One parcel with its steps, newest first."""

    courier: str
    waybill_no: str | None
    status: str
    events: tuple[StepView, ...]

    @property
    def courier_label(self) -> Text:
        """The courier's name."""
        return COURIERS[self.courier]

    @property
    def status_label(self) -> Text:
        """The state in words."""
        return LABELS[self.status]


def shipments_of(*, person_id: UUID, order_no: str) -> tuple[ShipmentView, ...]:
    """Return the parcels of an order; empty for an order that is not theirs."""
    with processing(Purpose.ORDER_LOOKUP, subject=person_id, reference=order_no, reading=True):
        return read_shipments(person_id, order_no)


def read_shipments(person_id: UUID, order_no: str) -> tuple[ShipmentView, ...]:
    """Do what `shipments_of` does, inside the caller's block of order lookup."""
    own = Shipment.objects.filter(order_no=order_no, person_id=person_id)
    parcels = list(own.values("id", "courier", "waybill_no", "status"))
    steps = list(
        RouteEvent.objects.filter(shipment_id__in=[parcel["id"] for parcel in parcels]).values(
            "shipment_id", "at", "place", "status"
        )
    )
    # Reports of one moment stand in the order in which a parcel travels.
    steps.sort(key=lambda step: (step["at"], RANK.get(step["status"], 0)), reverse=True)
    return tuple(
        ShipmentView(
            parcel["courier"],
            parcel["waybill_no"],
            parcel["status"],
            tuple(
                StepView(step["at"], step["place"], step["status"])
                for step in steps
                if step["shipment_id"] == parcel["id"]
            ),
        )
        for parcel in parcels
    )
