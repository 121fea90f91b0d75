"""Where goods lie: a merchant's warehouses and the pieces on their shelves. Nobody's data.

`catalog_sku.stock` stays the one number that orders take from. Of a SKU that lies in warehouses, the pieces on all
shelves less those promised to orders and not yet packed are its stock. Whatever changes both locks the SKU first.
"""

from collections.abc import Collection, Mapping

from django.db import connection, models

# What moves goods and finds no shelves, and an opening that makes them, must not run at once; the first may.
OPENING = "SELECT pg_advisory_xact_lock(hashtext('catalog_warehouse'))"
PACKING = "SELECT pg_advisory_xact_lock_shared(hashtext('catalog_warehouse'))"
HOLD = """
SELECT sku, warehouse, pieces FROM catalog_shelf WHERE sku = ANY(%s) ORDER BY sku, warehouse FOR UPDATE
"""
ADD = """
INSERT INTO catalog_shelf (sku, warehouse, pieces)
SELECT w.* FROM unnest(%s::text[], %s::text[], %s::int[]) AS w (sku, warehouse, pieces) ORDER BY w.sku, w.warehouse
ON CONFLICT (sku, warehouse) DO UPDATE SET pieces = catalog_shelf.pieces + EXCLUDED.pieces
"""
# What an import says of stock is about the merchant's first warehouse.
FOLLOW = """
INSERT INTO catalog_shelf (sku, warehouse, pieces)
SELECT s.code, w.code, s.stock - coalesce(b.stock, 0) FROM catalog_sku s
JOIN catalog_product p ON p.id = s.product_id AND p.kind = 'goods'
JOIN LATERAL (
    SELECT code FROM catalog_warehouse WHERE merchant = p.merchant AND active ORDER BY position, code LIMIT 1
) w ON true
LEFT JOIN unnest(%s::text[], %s::int[]) AS b (code, stock) ON b.code = s.code
WHERE s.code = ANY(%s) AND s.stock IS DISTINCT FROM b.stock ORDER BY s.code
ON CONFLICT (sku, warehouse) DO UPDATE SET pieces = catalog_shelf.pieces + EXCLUDED.pieces
"""
# The first warehouse of a merchant gets what there is: the stock, and what is promised and not yet packed.
STOCK_UP = """
INSERT INTO catalog_shelf (sku, warehouse, pieces)
SELECT s.code, %s, s.stock + coalesce(o.pieces, 0) FROM catalog_sku s
JOIN catalog_product p ON p.id = s.product_id AND p.kind = 'goods' AND p.merchant = %s
LEFT JOIN unnest(%s::text[], %s::int[]) AS o (sku, pieces) ON o.sku = s.code
WHERE NOT EXISTS (SELECT FROM catalog_shelf h WHERE h.sku = s.code) ORDER BY s.code
"""


class Warehouse(models.Model):
    """A place where a merchant keeps goods; its first one, by position, is meant where none is named."""

    code = models.TextField(primary_key=True)
    merchant = models.TextField()
    name = models.TextField()
    name_en = models.TextField(default="")
    province = models.TextField()
    position = models.SmallIntegerField(default=0)
    active = models.BooleanField(default=True)  # one that is not sends nothing, and still takes back

    class Meta:
        indexes = [models.Index(fields=["merchant", "position"], name="warehouse_of_merchant")]


class ShelfQuerySet(models.QuerySet["Shelf"]):
    """Verbs on shelves; each runs inside the caller's transaction."""

    def hold(self, skus: Collection[str]) -> dict[str, dict[str, int]]:
        """Lock the shelves of SKUs, in sorted order; SKU -> warehouse -> pieces, without SKUs that lie in none."""
        found: dict[str, dict[str, int]] = {}
        with connection.cursor() as cursor:
            cursor.execute(PACKING)
            cursor.execute(HOLD, [sorted(skus)])
            for sku, warehouse, pieces in cursor.fetchall():
                found.setdefault(sku, {})[warehouse] = pieces
        return found

    def add(self, moves: Mapping[tuple[str, str], int]) -> None:
        """Put pieces on shelves, or take them off where fewer than none: (SKU, warehouse) -> pieces."""
        keys = sorted(key for key, pieces in moves.items() if pieces)
        if keys:
            with connection.cursor() as cursor:
                cursor.execute(ADD, [*map(list, zip(*keys, strict=True)), [moves[key] for key in keys]])

    def follow(self, codes: Collection[str], before: Mapping[str, int]) -> None:
        """Let the shelves follow a stock that was set, in merchants' first warehouses.

        codes: SKUs that may have changed, locked. before: code -> the stock they had; none for a new one.
        """
        known = sorted(before)
        with connection.cursor() as cursor:
            cursor.execute(PACKING)
            cursor.execute(FOLLOW, [known, [before[code] for code in known], sorted(codes)])

    def stock_up(self, warehouse: str, merchant: str, promised: Mapping[str, int]) -> int:
        """Put what a merchant has on the shelves of its first warehouse; returns how many SKUs that are.

        promised: SKU -> pieces sold and not yet packed. What lies somewhere already is left alone.
        """
        known = sorted(promised)
        with connection.cursor() as cursor:
            cursor.execute(STOCK_UP, [warehouse, merchant, known, [promised[sku] for sku in known]])
            return int(cursor.rowcount)


class Shelf(models.Model):
    """So many pieces of a SKU in a warehouse.

    Fewer than none while goods that were sold again are still on their way back from a parcel that was cancelled too late.
    """

    pk = models.CompositePrimaryKey("sku", "warehouse")
    sku = models.TextField()
    warehouse = models.TextField()
    pieces = models.IntegerField()

    objects = ShelfQuerySet.as_manager()
