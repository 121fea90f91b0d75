"""Telling readers that something changed: the catalogue's number."""

from collections.abc import Iterable
from uuid import UUID

from django.db import connection, transaction

from mingpu.catalog.models import Product, Sku

NEXT_NUMBER = """
INSERT INTO catalog_catalogversion (id, number) VALUES (1, 1)
ON CONFLICT (id) DO UPDATE SET number = catalog_catalogversion.number + 1 RETURNING number
"""
NEXT_STRUCTURE = """
INSERT INTO catalog_catalogversion (id, number, structure) VALUES (1, 1, 1)
ON CONFLICT (id) DO UPDATE SET number = catalog_catalogversion.number + 1,
    structure = catalog_catalogversion.number + 1 RETURNING number
"""


def mark_changed(*, product_ids: Iterable[UUID] = (), skus: Iterable[str] = ()) -> int:
    """Tell every reader, within a second, that these products show something else now (sold out, back again).

    skus: codes; their products are meant. Returns the catalogue's new number. Runs in the worker's zone.
    """
    with transaction.atomic():
        number = next_number()
        marked = Product.objects.filter(id__in=list(product_ids)) | Product.objects.filter(
            id__in=Sku.objects.filter(code__in=list(skus)).values("product_id")
        )
        marked.update(changed=number)
    return number


def announce() -> int:
    """Tell every reader that lists are to be made anew, when the index has caught up; returns the number."""
    return next_number()


def next_number() -> int:
    """Raise the catalogue's number by one, in the current transaction; returns the new one."""
    with connection.cursor() as cursor:
        cursor.execute(NEXT_NUMBER)
        return int(cursor.fetchone()[0])


def next_structure() -> int:
    """Raise the catalogue's number because categories, brands or attributes change; returns the new one.

    Whoever adds some calls it first: until the transaction ends nobody else can.
    """
    with connection.cursor() as cursor:
        cursor.execute(NEXT_STRUCTURE)
        return int(cursor.fetchone()[0])
