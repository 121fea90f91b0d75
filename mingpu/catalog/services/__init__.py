"""Changing the catalogue: taking one in from files, and telling readers that something changed."""

from mingpu.catalog.services.announcing import announce, mark_changed
from mingpu.catalog.services.importing import BATCH, ImportReport, import_feed

__all__ = ["BATCH", "ImportReport", "announce", "import_feed", "mark_changed"]
