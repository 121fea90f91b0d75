"""Keeping the renditions of pictures as the catalogue has them."""

from mingpu.catalog import renditions
from mingpu.catalog.models import Product
from mingpu.lib.jobs import enqueue

JOB = "catalog.renditions"
SECONDS = 4.0  # of one job, so that others get their turn


def make_renditions() -> None:
    """Make renditions that wait, for a few seconds; while some are left, another job goes on."""
    if renditions.make_due(SECONDS):
        enqueue(JOB, once=JOB)


def tend_renditions() -> tuple[int, int]:
    """Delete renditions that no product uses any more and see to those that are missing.

    Returns how many were deleted and of how many pictures some were missing. Runs in the worker's zone.
    """
    rows = Product.objects.values_list("images", flat=True)
    used = {name for images in rows.iterator(chunk_size=5000) for name in images}
    gone, lacking = renditions.sweep(used), renditions.want(used)
    if lacking:
        enqueue(JOB, once=JOB)
    return gone, lacking
