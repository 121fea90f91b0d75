"""Opening warehouses, and letting their shelves follow what is said of stock."""

from collections.abc import Mapping

from django.db import connection, transaction

from mingpu.catalog.errors import WarehouseExists
from mingpu.catalog.models import Product, Shelf, Sku, Warehouse
from mingpu.catalog.models.warehouses import OPENING
from mingpu.catalog.rules import GOODS
from mingpu.catalog.warehouses import WarehouseInfo
from mingpu.lib.text import Text

# Three of the mall's own, for trying out.
DEMO = (
    ("mingpu-hz", Text("杭州仓", "Hangzhou"), "浙江省"),
    ("mingpu-gz", Text("广州仓", "Guangzhou"), "广东省"),
    ("mingpu-cd", Text("成都仓", "Chengdu"), "四川省"),
)


def begin_opening(merchant: str) -> None:
    """Hold a merchant's goods still, inside the caller's transaction, until a warehouse of theirs is open.

    No parcel is packed and no stock taken meanwhile, so that what is promised can be counted.
    """
    own = Sku.objects.filter(product__merchant=merchant, product__kind=GOODS).order_by("code")
    list(own.select_for_update(of=("self",)).values_list("code", flat=True))
    with connection.cursor() as cursor:  # behind the stock, as everywhere
        cursor.execute(OPENING)


def open_warehouse(*, warehouse: WarehouseInfo, promised: Mapping[str, int]) -> int:
    """Open a warehouse, behind `begin_opening`; returns how many SKUs it has taken in.

    What lies in no warehouse yet lies in this one from now on. promised: SKU -> pieces sold and not yet packed, which
    are there besides the stock. Raises WarehouseExists.
    """
    names = {"name": warehouse.name.zh, "name_en": warehouse.name.en, "province": warehouse.province}
    _, new = Warehouse.objects.get_or_create(
        code=warehouse.code,
        defaults={
            **names, "merchant": warehouse.merchant, "position": warehouse.position, "active": warehouse.active
        },
    )  # fmt: skip
    if not new:
        raise WarehouseExists(code=warehouse.code)
    return Shelf.objects.stock_up(warehouse.code, warehouse.merchant, promised)


def ensure_demo_warehouses(merchant: str) -> None:
    """Open three warehouses for a merchant that has no goods yet; nothing happens for any other. The worker's zone."""
    if Product.objects.filter(merchant=merchant).exists():
        return
    with transaction.atomic():
        for position, (code, name, province) in enumerate(DEMO):
            if not Warehouse.objects.filter(code=code).exists():
                info = WarehouseInfo(code, merchant, name, province, position)
                open_warehouse(warehouse=info, promised={})


def follow_stock(before: Mapping[str, int], codes: set[str]) -> None:
    """Let shelves follow stock that was just set, inside the caller's transaction.

    before: SKU -> the stock it had, locked. codes: the SKUs there are now; others of `before` are gone.
    """
    if gone := before.keys() - codes:
        Shelf.objects.filter(sku__in=gone).delete()
    Shelf.objects.follow(codes, {code: stock for code, stock in before.items() if code in codes})
