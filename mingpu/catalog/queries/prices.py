"""What SKUs cost, and since when."""

from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

from mingpu.catalog.cache import ProductShelf
from mingpu.catalog.models import Price
from mingpu.catalog.prices import SHOWN, Step
from mingpu.catalog.queries.watching import watch
from mingpu.lib.clock import now

_STEP_BYTES: Final = 150
Steps = Mapping[str, Sequence[Step]]

_steps: ProductShelf[Steps] = ProductShelf(watch, entries=5000, size=16 << 20)


def price_steps(product_id: UUID) -> Steps:
    """Return the prices of a product's SKUs over the last 90 days: SKU -> (since when, fen) in order of time.

    The price in force when the 90 days began comes first. Kept in this process until the product changes, else one
    statement.
    """
    key = (str(product_id), "")
    kept = _steps.get(key)
    if kept is None:
        seen = watch.number()
        found: dict[str, list[Step]] = {}
        for code, since, fen in Price.objects.of_product(product_id, now() - SHOWN):
            found.setdefault(code, []).append((since, fen))
        kept = found
        _steps.put(key, kept, size=_STEP_BYTES * (1 + sum(map(len, found.values()))), seen=seen)
    return kept
