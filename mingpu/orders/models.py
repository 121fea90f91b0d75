"""Orders: what was bought, for how much, to whom it goes, and what happened to it."""

import uuid

from django.db import models

from mingpu.lib.clock import now
from mingpu.orders.rules import sources
from mingpu.privacy.fields import SealedText


class OrderQuerySet(models.QuerySet["Order"]):
    """Verbs on orders; each runs inside the caller's `processing`."""

    def move(self, order_no: str, person_id: uuid.UUID, *, after: str, cause: str, **columns: object) -> bool:
        """Move an order if its state allows, and write the event; False when it was elsewhere.

        columns: further values to set. The states it may come from are those of `rules.MOVES`.
        """
        for before in sources(after, cause):
            moved = self.filter(order_no=order_no, person_id=person_id, status=before).update(
                status=after, **columns
            )
            if moved:
                Event.objects.create(
                    order_no=order_no, person_id=person_id, at=now(), before=before, after=after, cause=cause
                )
                return True
        return False


class Order(models.Model):
    """One purchase by one person. Money in fen, time in UTC; the number is random."""

    order_no = models.TextField(primary_key=True)
    person_id = models.UUIDField()
    status = models.TextField()
    payment = models.TextField()  # the way the buyer chose
    goods_fen = models.BigIntegerField()
    shipping_fen = models.BigIntegerField()
    total_fen = models.BigIntegerField()
    placed_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    completed_at = models.DateTimeField(null=True)
    refunded_fen = models.BigIntegerField(default=0)

    objects = OrderQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["person_id", "-placed_at"], name="order_of_person")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(total_fen=models.F("goods_fen") + models.F("shipping_fen")),
                name="order_adds_up",
            ),
            models.CheckConstraint(
                condition=models.Q(refunded_fen__gte=0, refunded_fen__lte=models.F("total_fen")),
                name="order_refund_within_total",
            ),
        ]


class Line(models.Model):
    """So many pieces of one SKU, as it was called and priced when bought."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    order_no = models.TextField()
    person_id = models.UUIDField()
    position = models.SmallIntegerField()
    sku = models.TextField()
    product_id = models.UUIDField()
    title = models.TextField()
    options = models.JSONField(default=dict)
    image = models.TextField(default="")
    price_fen = models.BigIntegerField()
    quantity = models.PositiveIntegerField()

    class Meta:
        indexes = [models.Index(fields=["order_no"], name="line_of_order")]


class Consignee(models.Model):
    """To whom an order goes; its own table, so that a purpose sees an order without seeing a person."""

    order_no = models.TextField(primary_key=True)
    person_id = models.UUIDField()
    name = SealedText()
    phone = SealedText()
    province = SealedText()
    city = SealedText()
    district = SealedText()
    street = SealedText()
    landline = SealedText(null=True)
    email = SealedText(null=True)


class Event(models.Model):
    """One transition of an order; only ever added."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    order_no = models.TextField()
    person_id = models.UUIDField()
    at = models.DateTimeField()
    before = models.TextField()
    after = models.TextField()
    cause = models.TextField()

    class Meta:
        indexes = [models.Index(fields=["order_no"], name="event_of_order")]


class Placement(models.Model):
    """The caller's key of one order placement: asked again, the same order is answered."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    person_id = models.UUIDField()
    key_hash = models.BinaryField()
    request_hash = models.BinaryField()
    order_no = models.TextField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person_id", "key_hash"], name="placement_once")]
