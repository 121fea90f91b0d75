"""`python -m bench.warehouses`: three warehouses for the mall's own shop, all it has in the first; in the worker's zone."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mingpu.settings")
django.setup()

from django.db import transaction  # noqa: E402 -- after setup

from mingpu.catalog.services import begin_opening, open_warehouse  # noqa: E402 -- after setup
from mingpu.catalog.services.storing import DEMO  # noqa: E402 -- after setup
from mingpu.catalog.warehouses import WarehouseInfo  # noqa: E402 -- after setup
from mingpu.merchants.rules import OWN_SHOP  # noqa: E402 -- after setup

if __name__ == "__main__":
    with transaction.atomic():
        begin_opening(OWN_SHOP)
        for position, (code, name, province) in enumerate(DEMO):
            info = WarehouseInfo(code, OWN_SHOP, name, province, position)
            open_warehouse(warehouse=info, promised={})  # nobody has bought anything yet
