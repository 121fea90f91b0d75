"""Divisions to choose from, and whether a shop delivers to a place, as JSON."""

from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from mingpu.api.base import me, whole
from mingpu.cart.queries import cart_of
from mingpu.checkout.bill import Area
from mingpu.checkout.queries import undelivered
from mingpu.lib.divisions import atlas
from mingpu.lib.errors import NotFound

router = Router(tags=["places"])


class DivisionOut(Schema):
    """A province, city, district or town. level: 1 to 4; one may be missing between two. leaf: nothing lies below."""

    code: str
    name: str
    level: int
    leaf: bool


class DivisionList(Schema):
    """What a division is divided into, all of it."""

    total: int
    items: list[DivisionOut]
    page: int
    page_size: int


class ShopOut(Schema):
    """A shop that does not deliver to a place. region: of its terms, which the place lies in."""

    merchant: str
    name: str
    region: str


class Delivered(Schema):
    """Whether everything in the cart can be delivered to a place."""

    deliverable: bool
    shops: list[ShopOut]


@router.get("/divisions", auth=None, response=DivisionList, summary="Divisions below one")
def divisions(request: HttpRequest, parent: str = "") -> dict[str, Any]:  # noqa: ARG001
    """Return what lies right below a division, by its code; without one the provinces. 404 for an unknown code."""
    table = atlas()
    if parent and parent not in table.by_code:
        raise NotFound
    return whole(
        [
            {"code": it.code, "name": it.name, "level": it.level, "leaf": not table.below(it.code)}
            for it in table.below(parent)
        ]
    )


@router.get("/cart/delivery", response=Delivered, summary="Can the cart be delivered there")
def delivery(request: HttpRequest, province: str, city: str = "") -> dict[str, Any]:
    """Say which shops of the cart do not deliver to a place, before an order is tried."""
    shops = undelivered(cart_of(owner_id=me(request), member=True).senders, Area(province, city))
    return {
        "deliverable": not shops,
        "shops": [{"merchant": it.merchant, "name": str(it.name), "region": it.region} for it in shops],
    }
