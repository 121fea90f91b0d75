"""Moments at which products begin or cease to be shown: rows of the queue, so that they come also after a crash."""

from collections.abc import Iterable
from uuid import UUID

from django.db import connection

# One job for each moment, whatever the number of products; the work is the index's, which says how it is called.
FALL_DUE = """
SELECT mingpu.enqueue('search.refresh', jsonb_build_object('product_ids', jsonb_agg(due.id ORDER BY due.id)), due.at, NULL)
FROM (
    SELECT id, published_from AS at FROM catalog_product WHERE id = ANY(%(ids)s::uuid[]) AND published_from > now()
    UNION ALL
    SELECT id, published_until FROM catalog_product WHERE id = ANY(%(ids)s::uuid[]) AND published_until > now()
) due GROUP BY due.at
"""


def fall_due(product_ids: Iterable[UUID]) -> None:
    """Have everything follow when these products begin or cease to be shown, inside the caller's transaction.

    A moment that was put off still comes and finds nothing to do.
    """
    with connection.cursor() as cursor:
        cursor.execute(FALL_DUE, {"ids": list(product_ids)})
