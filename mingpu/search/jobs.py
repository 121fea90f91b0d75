"""The index following the catalogue."""

from collections.abc import Sequence
from uuid import UUID

from mingpu.catalog.services import mark_changed
from mingpu.lib.jobs import job
from mingpu.search import services


@job("search.refresh")
def refresh(*, skus: Sequence[str] = (), product_ids: Sequence[str] = ()) -> None:
    """Show these products as they are now (sold out, back again), then bring the index up to the catalogue."""
    if skus or product_ids:
        mark_changed(product_ids=[UUID(it) for it in product_ids], skus=skus)
    services.catch_up()
