"""Parcels: shipments and what couriers report about them."""

import uuid

from django.db import models


class Shipment(models.Model):
    """One parcel of an order with one courier."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    order_no = models.TextField(unique=True)
    person_id = models.UUIDField()
    courier = models.TextField()
    waybill_no = models.TextField(unique=True, null=True)
    status = models.TextField()
    created_at = models.DateTimeField()


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
