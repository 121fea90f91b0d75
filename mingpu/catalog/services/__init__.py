"""Changing the catalogue: taking one in from files, and telling readers that something changed."""

from mingpu.catalog.services.announcing import announce, mark_changed
from mingpu.catalog.services.importing import BATCH, ImportReport, import_feed
from mingpu.catalog.services.pricing import move_prices_on
from mingpu.catalog.services.publishing import fall_due
from mingpu.catalog.services.showing import make_renditions, tend_renditions

__all__ = [
    "BATCH", "ImportReport", "announce", "fall_due", "import_feed", "make_renditions", "mark_changed", "move_prices_on",
    "tend_renditions",
]  # fmt: skip
