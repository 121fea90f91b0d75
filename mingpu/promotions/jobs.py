"""Offers in the background."""

from contextlib import suppress

from mingpu.lib.errors import NotFound
from mingpu.lib.jobs import job
from mingpu.promotions import services


@job("promotions.stop")
def stop(*, offer_id: str) -> None:
    """Stop an offer, as staff decided; one that was never made needs nothing."""
    with suppress(NotFound):
        services.stop_offer(offer_id)
