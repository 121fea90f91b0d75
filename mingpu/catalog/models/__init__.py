"""What is for sale: nobody's data. A product shows; its SKUs carry price and stock."""

import uuid
from collections.abc import Mapping

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import connection, models
from django.db.models.functions import Now

from mingpu.catalog.models.imports import Import, ImportRemark
from mingpu.catalog.models.prices import Price
from mingpu.catalog.models.warehouses import Shelf, Warehouse
from mingpu.catalog.rules import TAKEN_OFF

__all__ = [
    "SHOWN",
    "CatalogVersion",
    "Import",
    "ImportRemark",
    "Price",
    "Product",
    "Shelf",
    "Sku",
    "Warehouse",
]

# Whether a product `p` is published now; what is not is in no list and cannot be bought.
SHOWN = """(p.published_from IS NULL OR p.published_from <= now())
    AND (p.published_until IS NULL OR p.published_until > now())"""
TAKE = """
WITH wanted AS (SELECT * FROM unnest(%s::text[], %s::int[]) AS w (code, quantity)),
locked AS MATERIALIZED (
    SELECT s.code FROM catalog_sku s JOIN wanted w USING (code) ORDER BY s.code FOR UPDATE OF s
)
UPDATE catalog_sku s SET stock = s.stock - w.quantity FROM wanted w JOIN locked l USING (code)
WHERE s.code = w.code AND s.stock >= w.quantity RETURNING s.code, s.stock
"""
GIVE_BACK = """
WITH pieces AS (SELECT * FROM unnest(%s::text[], %s::int[]) AS w (code, quantity)),
locked AS MATERIALIZED (
    SELECT s.code FROM catalog_sku s JOIN pieces w USING (code) ORDER BY s.code FOR UPDATE OF s
)
UPDATE catalog_sku s SET stock = s.stock + w.quantity FROM pieces w JOIN locked l USING (code)
WHERE s.code = w.code RETURNING s.code, s.stock
"""


_NOTHING = models.Value({}, models.JSONField())
_NO_AXES = models.Value([], models.JSONField())


class ProductQuerySet(models.QuerySet["Product"]):
    """Verbs on articles."""

    def take_off(self, product_id: uuid.UUID, merchant: str) -> bool:
        """Take a merchant's own article off sale; False when it is not theirs or not on sale."""
        own = self.filter(id=product_id, merchant=merchant, for_sale=True)
        return bool(own.update(for_sale=False, not_for_sale=TAKEN_OFF))

    def put_back(self, product_id: uuid.UUID, merchant: str) -> bool:
        """Put what a merchant took off on sale again; False for anything else, and for what has no price."""
        own = self.filter(id=product_id, merchant=merchant, not_for_sale=TAKEN_OFF, price_fen__isnull=False)
        return bool(own.update(for_sale=True, not_for_sale=""))


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
    description_html = models.TextField(db_default="")  # sanitised; "" where the file gave plain text
    brand = models.TextField(default="")  # a `Brand`'s name
    category = ArrayField(models.TextField(), default=list)  # path of a `Category`, widest first
    attributes = models.JSONField(default=dict)  # name -> values, as given
    measures = models.JSONField(default=dict, db_default=_NOTHING)  # name -> numbers in its attribute's unit
    axes = models.JSONField(default=list, db_default=_NO_AXES)  # [[option, [value, ...]], ...] in order
    images = models.JSONField(default=list)  # file names under MEDIA_ROOT/catalog, the main one first
    price_fen = models.BigIntegerField(null=True)
    list_price_fen = models.BigIntegerField(null=True)
    for_sale = models.BooleanField(default=False)
    not_for_sale = models.TextField(default="")  # the reason's code
    sales = models.IntegerField(default=0)
    merchant = models.TextField(db_default="mingpu")  # whose it is, by code
    kind = models.TextField(db_default="goods")  # goods | topup | ecard | balance: what is delivered, and how
    real_name = models.BooleanField(db_default=False)  # the taker's identity is checked at the door
    listed_at = models.DateTimeField()
    published_from = models.DateTimeField(null=True)  # shown from then on; None for always
    published_until = models.DateTimeField(null=True)  # and not any more from then on
    fingerprint = models.TextField(default="")  # of the imported line: unchanged lines are skipped
    changed = models.BigIntegerField(
        default=0
    )  # the catalogue's number when it last changed in what it shows
    changed_at = models.DateTimeField(db_default=Now())  # when that was; the database keeps it

    objects = ProductQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "external_id"], name="product_origin"),
            models.CheckConstraint(
                condition=models.Q(published_from__isnull=True)
                | models.Q(published_until__isnull=True)
                | models.Q(published_until__gt=models.F("published_from")),
                name="product_published_forwards",
            ),
        ]
        indexes = [models.Index(fields=["changed"], name="product_changed")]


class SkuQuerySet(models.QuerySet["Sku"]):
    """Verbs on stock."""

    def take(self, wanted: Mapping[str, int]) -> dict[str, int]:
        """Take pieces of several SKUs in one conditional statement, locking them in sorted order.

        wanted: code -> pieces, >= 1. Returns code -> pieces left, for those that had enough; the caller
        compares with what it wanted and rolls back when one is missing.
        """
        codes = sorted(wanted)
        with connection.cursor() as cursor:
            cursor.execute(TAKE, [codes, [wanted[code] for code in codes]])
            return dict(cursor.fetchall())

    def give_back(self, pieces: Mapping[str, int]) -> dict[str, int]:
        """Return pieces to stock, locking in sorted order; returns code -> pieces there are now."""
        codes = sorted(pieces)
        with connection.cursor() as cursor:
            cursor.execute(GIVE_BACK, [codes, [pieces[code] for code in codes]])
            return dict(cursor.fetchall())

    def recount(self, code: str, merchant: str, by: int) -> int | None:
        """Add `by` pieces, or take them off, because a merchant counted its own; returns the pieces there are now.

        None, and nothing changed, when the SKU is not theirs or fewer than none would be left.
        """
        own = self.filter(code=code, product__merchant=merchant)
        if not own.filter(stock__gte=-by).update(stock=models.F("stock") + by):
            return None
        return own.values_list("stock", flat=True).get()


class Sku(models.Model):
    """One buyable variant. The database itself keeps what its price was: migration 0004_time has the triggers.

    price_since: when it began to cost this. lowest_fen: the least it cost in the last 30 days, now included.
    earlier_fen: where the price went down, the least it cost in the 30 days before; else None.
    """

    code = models.TextField(primary_key=True)
    product = models.ForeignKey(Product, models.CASCADE, related_name="skus")
    options = models.JSONField(default=dict)  # name -> value
    price_fen = models.BigIntegerField()
    list_price_fen = models.BigIntegerField(null=True)
    stock = models.IntegerField(default=0)
    feed_stock = models.IntegerField(null=True)  # what its file said last: only a new figure replaces `stock`
    feed_seen = models.IntegerField(
        null=True
    )  # and the pieces that figure was counted against, if it said so
    position = models.SmallIntegerField(default=0)
    grams = models.IntegerField(db_default=500)  # of one piece with its packing
    face_fen = models.BigIntegerField(null=True)  # what virtual goods are worth; None for goods
    barcode = models.TextField(db_default="")  # a GTIN of 8, 12, 13 or 14 digits, its check digit right
    price_since = models.DateTimeField(db_default=Now())
    lowest_fen = models.BigIntegerField(db_default=0)  # set by the trigger
    earlier_fen = models.BigIntegerField(null=True)

    objects = SkuQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(stock__gte=0), name="sku_stock_not_negative"),
            models.CheckConstraint(condition=models.Q(price_fen__gt=0), name="sku_price_positive"),
        ]
        indexes = [  # what the passing of time may change, for `PriceQuerySet.move_on`
            models.Index(
                fields=["price_since"],
                condition=models.Q(lowest_fen__lt=models.F("price_fen"))
                | models.Q(earlier_fen__isnull=False),
                name="sku_price_moved",
            )
        ]


class CatalogVersion(models.Model):
    """One row: a number that grows with every change that shows, so that readers know when to look again.

    structure: the number at which categories, brands or attributes last changed, which shows on any product.
    """

    id = models.SmallIntegerField(primary_key=True, default=1)
    number = models.BigIntegerField(default=0)
    structure = models.BigIntegerField(db_default=0)


class Category(models.Model):
    """A place in the tree of goods, of three levels. Products keep its path of Chinese names."""

    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="below")
    slug = models.TextField(unique=True)
    zh = models.TextField()
    en = models.TextField(default="")
    position = models.IntegerField(default=0)
    former = ArrayField(models.TextField(), default=list)  # paths it had, `a/b`: files may still name them

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["parent", "zh"], name="category_place", nulls_distinct=False)
        ]


class Brand(models.Model):
    """A brand: the name it is shown and filtered by, and how else it is written."""

    slug = models.TextField(unique=True)
    name = models.TextField(unique=True)
    en = models.TextField(default="")
    aliases = ArrayField(models.TextField(), default=list)
    keys = ArrayField(models.TextField(), default=list)  # `naming.brand_key` of every spelling, to find it by

    class Meta:
        indexes = [GinIndex(fields=["keys"], name="brand_keys")]


class Attribute(models.Model):
    """What values of an attribute or option mean, everywhere or in one category and below it."""

    name = models.TextField()
    category = models.ForeignKey(Category, models.CASCADE, null=True, related_name="attributes")
    en = models.TextField(default="")
    kind = models.TextField(default="text")  # text | number | choice | boolean
    unit = models.TextField(default="")  # that numbers are kept and shown in
    unit_aliases = ArrayField(models.TextField(), default=list)  # how else sellers write the unit
    choices = ArrayField(models.TextField(), default=list)  # what a choice is one of
    facet = models.BooleanField(default=False)
    position = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["name", "category"], name="attribute_place", nulls_distinct=False)
        ]


class Wording(models.Model):
    """How a value of attributes and options is called in English."""

    zh = models.TextField(primary_key=True)
    en = models.TextField()
