"""Products that somebody lays side by side."""

from collections.abc import Iterable
from uuid import UUID

from mingpu.catalog.comparison import MOST
from mingpu.catalog.queries.products import product
from mingpu.catalog.views import ProductPage


def compared(ids: Iterable[UUID]) -> list[ProductPage]:
    """Return the first four of these products that are shown now, each once; others are left out.

    Two statements at most for each.
    """
    return [it for key in list(dict.fromkeys(ids))[:MOST] if (it := product(key)) and not it.standing]
