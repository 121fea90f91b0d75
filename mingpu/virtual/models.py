"""What is delivered without a parcel: top-ups, cards, balance."""

from django.db import models

from mingpu.privacy.fields import SealedText


class Target(models.Model):
    """The phone that an order's top-up is for: one number, the buyer's own or one they picked."""

    order_no = models.TextField(primary_key=True)
    person_id = models.UUIDField()
    phone = SealedText()


class Handover(models.Model):
    """One piece of virtual goods on its way to the buyer; its number makes it idempotent at the supplier."""

    delivery_no = models.TextField(primary_key=True)  # the order's number, line and piece: never a second one
    order_no = models.TextField()
    person_id = models.UUIDField()
    sku = models.TextField()
    kind = models.TextField()  # topup | ecard | balance
    face_fen = models.BigIntegerField()
    status = models.TextField()
    code = SealedText(null=True)  # of an E-card, shown to its buyer
    tries = models.IntegerField(db_default=0)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["order_no"], name="handover_of_order")]
