"""After-sales: cases, the pieces they are about, and their course."""

import uuid

from django.db import models

from mingpu.privacy.fields import SealedText


class Case(models.Model):
    """A request about one order: refund, return or exchange."""

    case_no = models.TextField(primary_key=True)
    order_no = models.TextField()
    person_id = models.UUIDField()
    type = models.TextField()
    reason = models.TextField()  # one of rules.REASONS
    description = SealedText(null=True)
    status = models.TextField()
    amount_fen = models.BigIntegerField()
    created_at = models.DateTimeField()
    decided_by = models.TextField(default="")
    answer = models.TextField(default="")

    class Meta:
        indexes = [models.Index(fields=["order_no"], name="case_of_order")]


class CaseLine(models.Model):
    """So many pieces of an order's line."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    case_no = models.TextField()
    person_id = models.UUIDField()
    sku = models.TextField()
    quantity = models.PositiveIntegerField()


class CaseEvent(models.Model):
    """One transition of a case; only ever added."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    case_no = models.TextField()
    person_id = models.UUIDField()
    at = models.DateTimeField()
    before = models.TextField()
    after = models.TextField()
    actor = models.TextField()
