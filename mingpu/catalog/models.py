"""What is for sale: nobody's data. A product shows; its SKUs carry price and stock."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Product(models.Model):
    """One article. Prices in fen; `price_fen` is its cheapest SKU's, None when it has none."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    source = models.TextField()
    external_id = models.TextField()
    title = models.TextField()
    title_en = models.TextField(default="")
    subtitle = models.TextField(default="")
    description = models.TextField(default="")
    description_en = models.TextField(default="")
    brand = models.TextField(default="")
    category = ArrayField(models.TextField(), default=list)  # path, widest first
    attributes = models.JSONField(default=dict)  # name -> values
    images = models.JSONField(default=list)  # URLs or file names under the source's pictures
    price_fen = models.BigIntegerField(null=True)
    list_price_fen = models.BigIntegerField(null=True)
    for_sale = models.BooleanField(default=False)
    not_for_sale = models.TextField(default="")  # the reason's code
    sales = models.IntegerField(default=0)
    listed_at = models.DateTimeField()
    fingerprint = models.TextField(default="")  # of the imported line: unchanged lines are skipped

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "external_id"], name="product_origin")]


class SkuQuerySet(models.QuerySet["Sku"]):
    """Verbs on stock."""

    def take(self, code: str, quantity: int) -> bool:
        """Take `quantity` pieces in one conditional statement; False, and nothing taken, when fewer are left."""
        return bool(
            self.filter(code=code, stock__gte=quantity).update(stock=models.F("stock") - quantity)
        )

    def give_back(self, code: str, quantity: int) -> None:
        """Return `quantity` pieces to stock."""
        self.filter(code=code).update(stock=models.F("stock") + quantity)


class Sku(models.Model):
    """One buyable variant."""

    code = models.TextField(primary_key=True)
    product = models.ForeignKey(Product, models.CASCADE, related_name="skus")
    options = models.JSONField(default=dict)  # name -> value
    price_fen = models.BigIntegerField()
    list_price_fen = models.BigIntegerField(null=True)
    stock = models.IntegerField(default=0)
    position = models.SmallIntegerField(default=0)

    objects = SkuQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(stock__gte=0), name="sku_stock_not_negative"),
            models.CheckConstraint(condition=models.Q(price_fen__gt=0), name="sku_price_positive"),
        ]


class CatalogVersion(models.Model):
    """One row: a number that grows with every change that shows, so that readers know when to look again."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    number = models.BigIntegerField(default=0)
