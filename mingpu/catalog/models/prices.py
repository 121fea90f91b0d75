"""What SKUs cost, and since when: nobody's data. The database writes the rows itself."""

import uuid
from datetime import datetime

from django.db import connection, models

# The least that was asked in 30 days is the least of the prices that began in them and of the one they began with.
MOVE_ON = """
WITH moved AS (
    SELECT s.code, (
        SELECT min(h.price_fen) FROM catalog_price h WHERE h.sku = s.code AND h.since >= coalesce((
            SELECT max(b.since) FROM catalog_price b WHERE b.sku = s.code AND b.since <= now() - interval '30 days'
        ), '-infinity')) AS lowest_fen
    FROM catalog_sku s WHERE s.lowest_fen < s.price_fen OR s.earlier_fen IS NOT NULL
), stale AS MATERIALIZED (
    SELECT s.code, m.lowest_fen FROM catalog_sku s JOIN moved m USING (code)
    WHERE s.lowest_fen <> m.lowest_fen
       OR (s.earlier_fen IS NOT NULL AND s.price_since <= now() - interval '30 days')
    ORDER BY s.code FOR UPDATE OF s
)
UPDATE catalog_sku s SET lowest_fen = t.lowest_fen,
    earlier_fen = CASE WHEN s.price_since > now() - interval '30 days' THEN s.earlier_fen END
FROM stale t WHERE s.code = t.code RETURNING s.code
"""
# From the price that was in force at the beginning.
OF_PRODUCT = """
SELECT s.code, h.since, h.price_fen FROM catalog_sku s JOIN catalog_price h ON h.sku = s.code
WHERE s.product_id = %s AND h.since >= coalesce(
    (SELECT max(b.since) FROM catalog_price b WHERE b.sku = s.code AND b.since <= %s), '-infinity')
ORDER BY s.code, h.since
"""


class PriceQuerySet(models.QuerySet["Price"]):
    """Reading the history, and letting time pass over what follows from it."""

    def of_product(self, product_id: uuid.UUID, begin: datetime) -> list[tuple[str, datetime, int]]:
        """Return (SKU, since when, fen) of a product since `begin`, the price in force then first; one statement."""
        with connection.cursor() as cursor:
            cursor.execute(OF_PRODUCT, [product_id, begin])
            return [(str(code), since, int(fen)) for code, since, fen in cursor.fetchall()]

    def move_on(self) -> list[str]:
        """Bring what SKUs say of their last 30 days up to now; returns the codes of those that changed."""
        with connection.cursor() as cursor:
            cursor.execute(MOVE_ON)
            return [str(code) for (code,) in cursor.fetchall()]


class Price(models.Model):
    """From `since` on, until the next row, a SKU cost `price_fen`; kept when the SKU leaves the catalogue."""

    pk = models.CompositePrimaryKey("sku", "since")
    sku = models.TextField()
    since = models.DateTimeField()
    price_fen = models.BigIntegerField()

    objects = PriceQuerySet.as_manager()
