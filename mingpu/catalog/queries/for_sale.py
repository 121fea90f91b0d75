"""Everything for sale by its place, for those who list the whole catalogue: in parts, never all of it at once."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection

from mingpu.catalog.cache import Shelf
from mingpu.catalog.models import SHOWN
from mingpu.catalog.queries.watching import watch

PART: Final = 20_000  # products of one part when parts are cut
MOST: Final = 50_000  # of one part ever: what came since it was cut included
_SLICE: Final = 2_000  # read at a time
_FOR_SALE: Final = f"p.for_sale AND {SHOWN}"
_PARTS: Final = f"""
SELECT (array_agg(id ORDER BY id))[1], max(changed_at) FROM (
    SELECT p.id, p.changed_at, (row_number() OVER (ORDER BY p.id) - 1) / %s AS part
    FROM catalog_product p WHERE {_FOR_SALE}
) numbered GROUP BY part ORDER BY part
"""  # noqa: S608 -- our own words
_PLACES: Final = f"""
SELECT p.id, p.title, p.changed_at FROM catalog_product p
WHERE p.id >= %s::uuid AND (%s::uuid IS NULL OR p.id < %s::uuid) AND {_FOR_SALE} ORDER BY p.id LIMIT %s
"""  # noqa: S608 -- our own words
_CATEGORIES: Final = f"SELECT DISTINCT p.category FROM catalog_product p WHERE {_FOR_SALE}"  # noqa: S608 -- our own words
_BRANDS: Final = f"SELECT DISTINCT p.brand FROM catalog_product p WHERE p.brand <> '' AND {_FOR_SALE}"  # noqa: S608 -- our own words


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the products for sale, in order of id. first: the id it begins with; until: that of the next part.

    changed_at: when anything in it last changed in what it shows (UTC).
    """

    first: UUID
    until: UUID | None
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Place:
    """A product for sale: its id, its Chinese title, when it last changed in what it shows (UTC)."""

    id: UUID
    title: str
    changed_at: datetime


_parts: Shelf[str, tuple[Part, ...]] = Shelf(watch, entries=1, size=100_000)
_names: Shelf[str, list[Any]] = Shelf(watch, entries=2, size=32_000_000)
_NAME_BYTES: Final = 200  # about what one takes


def parts() -> tuple[Part, ...]:
    """Return the parts that hold everything for sale; kept in this process, else one statement."""
    kept = _parts.get("")
    if kept is None:
        seen = watch.number()
        rows = _read(_PARTS, [PART])
        nexts: list[UUID | None] = [row[0] for row in rows[1:]]
        kept = tuple(
            Part(first, until, changed_at)
            for (first, changed_at), until in zip(rows, [*nexts, None], strict=False)
        )
        _parts.put("", kept, size=100 * len(kept), seen=seen)
    return kept


def places(part: Part) -> Iterator[Sequence[Place]]:
    """Yield the products of a part, some thousands at a time, one statement each; MOST of them at most."""
    after, left = part.first, MOST
    while left > 0:
        rows = _read(_PLACES, [after, part.until, part.until, min(_SLICE, left)])
        yield [Place(*row) for row in rows]
        left -= len(rows)
        if len(rows) < _SLICE:
            return
        after = UUID(int=rows[-1][0].int + 1)


def shown_categories() -> list[tuple[str, ...]]:
    """Return the category paths that something for sale has, sorted; kept in this process, else one statement."""
    return _named(_CATEGORIES, tuple)


def shown_brands() -> list[str]:
    """Return the brands that something for sale has, sorted; kept in this process, else one statement."""
    return _named(_BRANDS, str)


def _named(statement: str, name: Callable[[Any], Any]) -> list[Any]:
    """Return what a statement over all that is for sale names, but for "" and ()."""
    kept = _names.get(statement)
    if kept is None:
        seen = watch.number()
        kept = sorted(name(row[0]) for row in _read(statement, []) if row[0])
        _names.put(statement, kept, size=_NAME_BYTES * len(kept), seen=seen)
    return kept


def _read(statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
