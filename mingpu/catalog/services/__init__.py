"""Changing the catalogue: taking goods in, and telling readers that something changed.

Imports of files are `services.imports`: it reads workbooks, which shop windows need not load.
"""

from mingpu.catalog.services.announcing import announce, mark_changed
from mingpu.catalog.services.following import follow, remeasure
from mingpu.catalog.services.importing import BATCH, import_feed
from mingpu.catalog.services.pricing import move_prices_on
from mingpu.catalog.services.publishing import fall_due
from mingpu.catalog.services.showing import make_renditions, tend_renditions
from mingpu.catalog.services.storing import begin_opening, ensure_demo_warehouses, open_warehouse
from mingpu.catalog.services.structuring import (
    add_category,
    change_brand,
    move_category,
    remove_attribute,
    remove_category,
    rename_category,
    save_attribute,
    shift_category,
    take_categories,
)
from mingpu.catalog.tally import ImportReport, Remark

__all__ = [
    "BATCH", "ImportReport", "Remark", "add_category", "announce", "begin_opening",
    "change_brand", "ensure_demo_warehouses", "fall_due", "follow", "import_feed",
    "make_renditions", "mark_changed", "move_category", "move_prices_on", "open_warehouse", "remeasure",
    "remove_attribute", "remove_category", "rename_category", "save_attribute", "shift_category",
    "take_categories", "tend_renditions",
]  # fmt: skip
