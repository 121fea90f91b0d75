"""Warehouses and what lies in them."""

from collections.abc import Collection

from mingpu.catalog.models import Shelf, Warehouse
from mingpu.catalog.warehouses import WarehouseInfo
from mingpu.lib.text import Text


def warehouses_of(merchant: str) -> list[WarehouseInfo]:
    """Return a merchant's warehouses, its first one first; none for a merchant that keeps all in one place."""
    rows = Warehouse.objects.filter(merchant=merchant).order_by("position", "code")
    return [
        WarehouseInfo(
            it.code, it.merchant, Text(it.name, it.name_en or it.name), it.province, it.position, it.active
        )
        for it in rows
    ]


def shelves_of(skus: Collection[str]) -> dict[str, dict[str, int]]:
    """Return what lies where: SKU -> warehouse -> pieces; without SKUs that lie in no warehouse."""
    found: dict[str, dict[str, int]] = {}
    rows = Shelf.objects.filter(sku__in=list(skus)).order_by("sku", "warehouse")
    for sku, warehouse, pieces in rows.values_list("sku", "warehouse", "pieces"):
        found.setdefault(sku, {})[warehouse] = pieces
    return found
