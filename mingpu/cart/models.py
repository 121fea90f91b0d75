"""A cart: lines by owner, a person or a visitor's random id. And what a person wants to find again."""

import uuid

from django.db import models


class Line(models.Model):
    """So many pieces of one SKU."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    owner_id = models.UUIDField()
    sku = models.TextField()
    quantity = models.PositiveIntegerField()
    added_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner_id", "sku"], name="cart_line_once")]


class Favourite(models.Model):
    """A product that its owner marked."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    owner_id = models.UUIDField()
    product_id = models.UUIDField()
    added_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner_id", "product_id"], name="favourite_once")]
