"""What a buyer sees of their top-ups and cards."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from mingpu.lib.errors import NotFound
from mingpu.lib.text import Text
from mingpu.privacy.masks import mask
from mingpu.privacy.purposes import Purpose, processing
from mingpu.virtual.models import Handover, Target
from mingpu.virtual.rules import DONE, ECARD, KINDS, LABELS

COLUMNS = ("delivery_no", "sku", "kind", "face_fen", "status", "finished_at")


@dataclass(frozen=True, slots=True)
class HandoverView:
    """One piece: face in fen, time in UTC, None until it has come to its end."""

    delivery_no: str
    sku: str
    kind: str
    face_fen: int
    status: str
    finished_at: datetime | None

    @property
    def kind_label(self) -> Text:
        """What it is, in words."""
        return KINDS[self.kind]

    @property
    def status_label(self) -> Text:
        """Where it stands, in words."""
        return LABELS[self.status]

    @property
    def has_code(self) -> bool:
        """Whether there is a card's code to be shown; see `reveal`."""
        return self.kind == ECARD and self.status == DONE


@dataclass(frozen=True, slots=True)
class HandedOver:
    """An order's virtual goods. phone: the one topped up, masked; "" for none."""

    phone: str
    items: tuple[HandoverView, ...]


def handovers_of(*, person_id: UUID, order_no: str) -> HandedOver:
    """Return what an order's virtual goods have come to, by line and piece; nothing for one that has none."""
    with processing(Purpose.ORDER_LOOKUP, subject=person_id, reference=order_no, reading=True):
        return read_handovers(person_id, order_no)


def read_handovers(person_id: UUID, order_no: str) -> HandedOver:
    """Do what `handovers_of` does, inside the caller's block of order lookup."""
    rows = Handover.objects.filter(order_no=order_no, person_id=person_id)
    items = [HandoverView(**row) for row in rows.values(*COLUMNS)]
    phone = Target.objects.filter(order_no=order_no).values_list("phone", flat=True).first()
    items.sort(key=lambda it: [int(number) for number in it.delivery_no.split("-")[1:]])
    return HandedOver(mask("phone", phone), tuple(items))


def reveal(*, person_id: UUID, delivery_no: str) -> str:
    """Return the code of a card its buyer wants to see; lists do not show it. Raises NotFound."""
    with processing(Purpose.ORDER_LOOKUP, subject=person_id, reference=delivery_no, reading=True):
        rows = Handover.objects.filter(delivery_no=delivery_no, person_id=person_id, code__isnull=False)
        code = rows.values_list("code", flat=True).first()
    if code is None:
        raise NotFound
    return code
