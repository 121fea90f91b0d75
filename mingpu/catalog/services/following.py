"""Products following what became of their category, their brand and their attributes. Runs in the worker's zone."""

import json
from collections.abc import Iterator, Sequence
from typing import Final
from uuid import UUID

from django.db import connection, transaction

from mingpu.catalog.attributes import measured
from mingpu.catalog.models import Brand, Product
from mingpu.catalog.naming import brand_key
from mingpu.catalog.queries.structure import read_definitions, read_tree
from mingpu.catalog.services.announcing import next_number, next_structure
from mingpu.lib.jobs import enqueue

BATCH: Final = 1000  # products that are measured anew in one transaction
REFRESH: Final = "search.refresh"
HOLDING = """
SELECT id FROM catalog_product
WHERE id > %s AND (attributes ?| %s OR EXISTS (SELECT 1 FROM jsonb_array_elements(axes) AS a WHERE a->>0 = ANY(%s)))
ORDER BY id LIMIT %s
"""
MEASURE = """
UPDATE catalog_product p SET measures = r.measures, changed = %s
FROM jsonb_to_recordset(%s::jsonb) AS r (id uuid, measures jsonb) WHERE p.id = r.id
"""


def follow() -> int:
    """Put every product where its path leads now and under the name its brand has now; returns how many moved.

    Finds out by itself what changed, so it can run at any time and as often as wanted.
    """
    with transaction.atomic():
        number = next_structure()
        moved = _follow_paths(number) + _follow_brands(number)
        enqueue(REFRESH, once=REFRESH)
    return moved


def remeasure(names: Sequence[str]) -> int:
    """Read the values of some attributes anew, as they are defined now; returns how many products have them."""
    with transaction.atomic():
        next_structure()
    done = 0
    for ids in _holding(names):
        with transaction.atomic():
            _measure(ids)
        done += len(ids)
    with transaction.atomic():
        enqueue(REFRESH, once=REFRESH)
    return done


def _follow_paths(number: int) -> int:
    tree, moved = read_tree(), 0
    for path in Product.objects.values_list("category", flat=True).distinct():
        now = list(tree.resolve(path))
        if now != path:
            moved += Product.objects.filter(category=path).update(category=now, changed=number)
    return moved


def _follow_brands(number: int) -> int:
    known = set(Brand.objects.values_list("name", flat=True))
    moved = 0
    for name in Product.objects.exclude(brand="").values_list("brand", flat=True).distinct():
        if name in known:
            continue
        now = Brand.objects.filter(keys__contains=[brand_key(name)]).values_list("name", flat=True).first()
        if now is not None:
            moved += Product.objects.filter(brand=name).update(brand=now, changed=number)
    return moved


def _holding(names: Sequence[str]) -> Iterator[list[UUID]]:
    """Yield the ids of products that have one of these attributes or options, in batches."""
    last = UUID(int=0)
    while True:
        with connection.cursor() as cursor:
            cursor.execute(HOLDING, [last, list(names), list(names), BATCH])
            ids = [key for (key,) in cursor.fetchall()]
        if not ids:
            return
        yield ids
        last = ids[-1]


def _measure(ids: Sequence[UUID]) -> None:
    definitions = read_definitions(read_tree())
    rows = [
        {"id": str(key), "measures": measured(attributes, definitions, path)[0]}
        for key, attributes, path in Product.objects.filter(id__in=ids).values_list(
            "id", "attributes", "category"
        )
    ]
    number = next_number()
    with connection.cursor() as cursor:
        cursor.execute(MEASURE, [number, json.dumps(rows, ensure_ascii=False)])
