"""What somebody wants to find again, as JSON."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema, Status

from mingpu.api.base import LARGEST_PAGE, me, only
from mingpu.api.product_json import card_json
from mingpu.api.product_shapes import ProductItem
from mingpu.cart.queries import favourites_of
from mingpu.cart.services import add_favourite, remove_favourite

router = Router(tags=["favourites"])
Page = Annotated[int, Query(ge=1, le=1000)]
Size = Annotated[int, Query(ge=1, le=LARGEST_PAGE)]


class FavouriteOut(Schema):
    """A product I marked; product: as lists show it, null when it left the catalogue."""

    product_id: UUID
    added_at: datetime
    product: ProductItem | None


class Favourites(Schema):
    """A page of what I marked, newest first."""

    total: int
    items: list[FavouriteOut]
    page: int
    page_size: int


@router.get("/me/favourites", response=Favourites, summary="My favourites")
def my_favourites(request: HttpRequest, page: Page = 1, page_size: Size = 20) -> dict[str, Any]:
    """Return what the caller marked."""
    only(request, "page", "page_size")
    it = favourites_of(owner_id=me(request), page=page, page_size=page_size)
    items = [
        {
            "product_id": one.product_id,
            "added_at": one.added_at,
            "product": card_json(one.card) if one.card else None,
        }
        for one in it.items
    ]
    return {"total": it.total, "items": items, "page": it.page, "page_size": it.page_size}


@router.put("/me/favourites/{uuid:product_id}", response={204: None}, summary="Mark a product")
def mark(request: HttpRequest, product_id: UUID) -> Status[None]:
    """Mark a product; once is as good as twice. 404 for no product, 409 `favourites_full` past a thousand."""
    add_favourite(owner_id=me(request), product_id=product_id)
    return Status(204, None)


@router.delete("/me/favourites/{uuid:product_id}", response={204: None}, summary="Take a mark away")
def unmark(request: HttpRequest, product_id: UUID) -> Status[None]:
    """Take a mark away; the same answer when there was none."""
    remove_favourite(owner_id=me(request), product_id=product_id)
    return Status(204, None)
