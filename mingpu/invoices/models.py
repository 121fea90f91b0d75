"""Invoices: titles a person keeps, requests under way, and what was issued.

Titles and requests rest on the consent alone and go the moment it is withdrawn. An invoice the issuer has been
asked for is a tax record of its order and is kept with it; without the consent nothing more is done about it.
"""

import uuid
from typing import Any

from django.db import models

from mingpu.invoices.rules import OVER, may_move
from mingpu.orders.models import Event, Step
from mingpu.privacy.fields import SealedText


class Title(models.Model):
    """To whom a person has invoices made out. kind: person | company; tax_no: a company's."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    person_id = models.UUIDField()
    kind = models.TextField()
    title = SealedText()
    tax_no = SealedText(null=True)
    is_default = models.BooleanField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person_id"], name="title_one_default", condition=models.Q(is_default=True)
            )
        ]


class Request(models.Model):
    """An invoice that was asked for and has not gone to the issuer. replaces: the one it takes the place of."""

    invoice_no = models.TextField(primary_key=True)
    order_no = models.TextField(unique=True)
    person_id = models.UUIDField(db_index=True)
    kind = models.TextField()
    title = SealedText()
    tax_no = SealedText(null=True)
    replaces = models.TextField(default="")
    asked_at = models.DateTimeField()


class InvoiceQuerySet(models.QuerySet["Invoice"]):
    """Verbs on invoices; each runs inside the caller's `processing`."""

    def alive(self) -> "InvoiceQuerySet":
        """Invoices that stand or may come to: one an order at most."""
        return self.exclude(status__in=OVER)

    def move(self, invoice_no: str, person_id: uuid.UUID, *, after: str, cause: str, **columns: Any) -> bool:
        """Move an invoice by the table and log it; False, and nothing written, from where `cause` does not lead on."""
        rows = self.filter(invoice_no=invoice_no)
        it = rows.select_for_update().values("order_no", "status").first()
        if it is None or not may_move(it["status"], after, cause):
            return False
        rows.update(status=after, **columns)
        step = Step(machine="invoice", reference=invoice_no, before=it["status"], after=after, cause=cause)
        Event.objects.log(it["order_no"], person_id, [step])
        return True


class Invoice(models.Model):
    """One invoice as the issuer was asked for it. Money in fen, time in UTC.

    lines: [{goods, quantity, amount_fen, tax_rate}], categories and no names. code and number: the tax
    authority's. replaces: the invoice it took the place of when money went back.
    """

    invoice_no = models.TextField(primary_key=True)
    order_no = models.TextField()
    person_id = models.UUIDField()
    kind = models.TextField()
    title = SealedText()
    tax_no = SealedText(null=True)
    total_fen = models.BigIntegerField()
    lines = models.JSONField()
    status = models.TextField()
    code = models.TextField(db_default="")
    number = models.TextField(db_default="")
    replaces = models.TextField(default="")
    asked_at = models.DateTimeField()
    issued_at = models.DateTimeField(null=True)

    objects = InvoiceQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["order_no"], name="invoice_of_order"),
            models.Index(fields=["asked_at"], name="invoice_stuck", condition=models.Q(status="stuck")),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["order_no"], name="invoice_one_alive", condition=~models.Q(status__in=list(OVER))
            ),
            models.CheckConstraint(condition=models.Q(total_fen__gt=0), name="invoice_positive"),
        ]
