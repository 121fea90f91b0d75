"""The index and the vectors of titles following the catalogue; days of anonymous counts coming to their end."""

from collections.abc import Sequence
from uuid import UUID

from mingpu.catalog.services import mark_changed
from mingpu.lib.jobs import every, job
from mingpu.search import learning, services


@job("search.refresh")
def refresh(*, skus: Sequence[str] = (), product_ids: Sequence[str] = ()) -> None:
    """Show these products as they are now (sold out, back again), then bring the index up to the catalogue."""
    if skus or product_ids:
        mark_changed(product_ids=[UUID(it) for it in product_ids], skus=skus)
    services.catch_up()


@every("10 * * * *", "search.close_days")
def close_days() -> None:
    """Count the days that are over, ten minutes past every hour: at ten past midnight in Beijing the last one."""
    services.close_days()


@every("* * * * *", "search.learn_meanings")
def learn_meanings() -> None:
    """Bring the vectors of titles up to the catalogue, where an embedding model is configured."""
    learning.learn_meanings()
