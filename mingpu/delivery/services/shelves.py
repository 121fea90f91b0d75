"""Parcels and the shelves of warehouses, in the block that writes the parcel.

The goods of a parcel are off the shelf from when it is packed until it is cancelled or back. A merchant without
warehouses has no shelves, and nothing of this concerns it.
"""

from collections.abc import Collection, Mapping

from mingpu.catalog.models import Shelf
from mingpu.catalog.queries import warehouses_of
from mingpu.catalog.warehouses import nearest_first, pick
from mingpu.delivery.models import Row
from mingpu.delivery.rules import OUTWARD
from mingpu.orders.models import Consignee


def hold(skus: Collection[str]) -> None:
    """Lock the shelves of all that a block is going to move, in one sorted order."""
    Shelf.objects.hold(skus)


def take_off(*, order_no: str, merchant: str, lines: Mapping[str, int]) -> str:
    """Take the goods of a parcel off the shelves and return the warehouse that packs it; "" where they lie in none.

    It is the nearest to the consignee that has them; only the province is looked at, and only where there is a choice.
    """
    held = Shelf.objects.hold(lines)
    if not held:
        return ""
    known = warehouses_of(merchant)
    province = ""
    if len(known) > 1:
        province = Consignee.objects.filter(order_no=order_no).values_list("province", flat=True).get() or ""
    found = pick(lines, held, nearest_first((it for it in known if it.active), province))
    if found is None:
        return ""
    Shelf.objects.add(found.moves)
    return found.warehouse


def put_back(parcel: Row, lines: Mapping[str, int]) -> None:
    """Put the goods of a parcel that was cancelled, or is back, on a shelf again: where they were packed.

    What was packed before its merchant had warehouses goes to the first of them; what was the buyer's own, to none.
    """
    if parcel["direction"] != OUTWARD:
        return
    where = parcel["warehouse"]
    if not where and not parcel["case_no"] and Shelf.objects.hold(lines):
        where = next((it.code for it in warehouses_of(parcel["merchant"])), "")
    if where:
        known = Shelf.objects.hold(lines)
        Shelf.objects.add({(sku, where): pieces for sku, pieces in lines.items() if sku in known})
