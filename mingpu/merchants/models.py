"""The companies that sell on the mall, and what they ask for delivery: nobody's data."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Merchant(models.Model):
    """One company; the mall's own shop is one of them. commission: in 1/10000."""

    code = models.TextField(primary_key=True)
    name = models.TextField()
    name_en = models.TextField(default="")
    kind = models.TextField()  # self | third_party
    commission = models.IntegerField()
    sender = models.JSONField()  # a company's contact: name, phone, province, city, district, street
    couriers = ArrayField(models.TextField())  # the first is used unless another is asked for
    cod = models.BooleanField(default=False)
    active = models.BooleanField(default=True)
    joined_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=["self", "third_party"]), name="merchant_kind_known"
            ),
            models.CheckConstraint(
                condition=models.Q(commission__gte=0, commission__lte=10_000),
                name="merchant_commission_share",
            ),
            models.CheckConstraint(
                condition=models.Q(couriers__len__gte=1, couriers__contained_by=["sf", "yto"]),
                name="merchant_couriers_known",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="third_party") | models.Q(active=True), name="merchant_own_shop_open"
            ),
        ]


class Template(models.Model):
    """Terms of delivery by name; `shipping.Template` is the value. One of a merchant's is in use."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    merchant = models.ForeignKey(Merchant, models.PROTECT, related_name="templates")
    name = models.TextField()
    basis = models.TextField()  # piece | weight
    rules = models.JSONField(default=list)  # {regions, first, first_fen, next, next_fen}
    default_rule = models.JSONField()
    free = models.JSONField(default=dict)  # {from_fen, from_pieces, regions}, or nothing
    no_delivery = models.JSONField(default=list)  # regions
    in_use = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["merchant", "name"], name="template_name"),
            models.UniqueConstraint(
                fields=["merchant"], condition=models.Q(in_use=True), name="template_in_use"
            ),
            models.CheckConstraint(
                condition=models.Q(basis__in=["piece", "weight"]), name="template_basis_known"
            ),
        ]
