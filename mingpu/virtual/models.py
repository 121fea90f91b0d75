"""What is delivered without a parcel: top-ups, cards, balance."""

import uuid
from typing import Any

from django.db import models

from mingpu.orders.models import Event, Step
from mingpu.privacy.fields import SealedText
from mingpu.virtual.rules import may_move


class Target(models.Model):
    """The phone that an order's top-up is for: one number, the buyer's own or one they picked."""

    order_no = models.TextField(primary_key=True)
    person_id = models.UUIDField()
    phone = SealedText()


class HandoverQuerySet(models.QuerySet["Handover"]):
    """Verbs on handovers; each runs inside the caller's `processing`, whose block has locked the order's row."""

    def move(self, delivery_no: str, person_id: uuid.UUID, *, after: str, cause: str, **columns: Any) -> bool:
        """Move a piece by the table and log it; False, and nothing written, from where `cause` does not lead on."""
        rows = self.filter(delivery_no=delivery_no)
        it = rows.select_for_update().values("order_no", "status").first()
        if it is None or not may_move(it["status"], after, cause):
            return False
        rows.update(status=after, **columns)
        step = Step(machine="handover", reference=delivery_no, before=it["status"], after=after, cause=cause)
        Event.objects.log(it["order_no"], person_id, [step])
        return True


class Handover(models.Model):
    """One piece of virtual goods on its way to the buyer; its number makes it idempotent at the supplier.

    payable_fen: what its buyer pays for it, and gets back when it does not arrive.
    """

    delivery_no = models.TextField(primary_key=True)  # the order's number, line and piece: never a second one
    order_no = models.TextField()
    person_id = models.UUIDField()
    sku = models.TextField()
    kind = models.TextField()  # topup | ecard | balance
    face_fen = models.BigIntegerField()
    payable_fen = models.BigIntegerField()
    status = models.TextField()
    code = SealedText(null=True)  # of an E-card, shown to its buyer
    tries = models.IntegerField(db_default=0)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    objects = HandoverQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["order_no"], name="handover_of_order")]
