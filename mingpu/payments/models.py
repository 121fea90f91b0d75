"""Money in and out: attempts, refunds, and the events that prove them."""

import uuid

from django.db import models


class Attempt(models.Model):
    """One try to pay one order through one institution."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    order_no = models.TextField()
    person_id = models.UUIDField()
    method = models.TextField()
    out_trade_no = models.TextField(unique=True)  # the number the institution knows
    amount_fen = models.BigIntegerField()
    status = models.TextField()
    code_url = models.TextField(default="")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    provider_txn = models.TextField(default="")

    class Meta:
        indexes = [models.Index(fields=["order_no"], name="attempt_of_order")]


class Refund(models.Model):
    """Money on its way back to where it came from."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    order_no = models.TextField()
    person_id = models.UUIDField()
    attempt_id = models.UUIDField()
    out_refund_no = models.TextField(unique=True)
    amount_fen = models.BigIntegerField()
    reason = models.TextField()  # late_payment | case:<case_no> | cancelled
    status = models.TextField()
    created_at = models.DateTimeField()
    provider_refund = models.TextField(default="")

    class Meta:
        indexes = [models.Index(fields=["order_no"], name="refund_of_order")]
        constraints = [
            models.CheckConstraint(condition=models.Q(amount_fen__gt=0), name="refund_positive"),
            models.UniqueConstraint(fields=["attempt_id", "reason"], name="refund_once_per_reason"),
        ]


class Entry(models.Model):
    """One proven movement of money: unique by provider, its number and kind, so a repeat changes nothing."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    order_no = models.TextField()
    person_id = models.UUIDField()
    provider = models.TextField()
    provider_txn = models.TextField()
    kind = models.TextField()  # charge | refund
    amount_fen = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provider", "provider_txn", "kind"], name="entry_once")
        ]
