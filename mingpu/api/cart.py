"""The cart as JSON. Programs have carts of persons only; a visitor's lives in the browser's pages."""

from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import Field, Router, Schema

from mingpu.api.base import Body, me
from mingpu.api.shops import MerchantOut, merchant_json
from mingpu.cart.queries import Cart, CartLine, cart_of
from mingpu.cart.services import MOST_PIECES, remove_line, set_line

router = Router(tags=["cart"])
Pieces = Annotated[int, Field(strict=True, ge=1, le=MOST_PIECES)]


class Quantity(Body):
    """How many pieces a line is to hold."""

    quantity: Pieces


class CartLineOut(Schema):
    """One line with today's prices in fen. problem: why it cannot be ordered as it stands, else null.

    price_fen: list price of one piece; unit_price_fen: with flash and member prices; subtotal_fen: all pieces at
    those, before activities and coupons.
    """

    sku: str
    product_id: UUID | None
    title: str
    options: dict[str, str]
    image: str
    price_fen: int
    unit_price_fen: int
    quantity: int
    subtotal_fen: int
    available: int
    problem: str | None
    merchant: str
    kind: str


class CartShop(Schema):
    """The lines of one merchant. total_fen: those of them that can be ordered."""

    merchant: MerchantOut
    skus: list[str]
    total_fen: int


class CartOut(Schema):
    """The cart, newest line first. total_fen: the goods that can be ordered; shipping_fen: their delivery.

    merchants: whose lines they are, in the order of the lines.
    """

    lines: list[CartLineOut]
    merchants: list[CartShop]
    total_fen: int
    shipping_fen: int
    orderable: bool


@router.get("/cart", response=CartOut, summary="My cart")
def show_cart(request: HttpRequest) -> HttpResponse:
    """Return the cart with today's prices and stock."""
    return cart_answer(cart_of(owner_id=me(request), member=True))


@router.put("/cart/lines/{sku}", response=CartOut, summary="Put an article into my cart")
def put_line(request: HttpRequest, sku: str, wanted: Quantity) -> HttpResponse:
    """Set how many pieces of an article there are, and return the cart. 409 for what cannot be bought."""
    return cart_answer(set_line(owner_id=me(request), sku=sku, quantity=wanted.quantity, member=True))


@router.delete("/cart/lines/{sku}", response=CartOut, summary="Take an article out of my cart")
def delete_line(request: HttpRequest, sku: str) -> HttpResponse:
    """Take an article out, and return the cart; the same answer when it was not there."""
    remove_line(owner_id=me(request), sku=sku)
    return cart_answer(cart_of(owner_id=me(request), member=True))


def cart_answer(it: Cart) -> HttpResponse:
    """Answer with a cart, written at once: checking our own values against `CartOut` took longer than all else."""
    return JsonResponse(cart_json(it), json_dumps_params={"ensure_ascii": False})


def cart_json(it: Cart) -> dict[str, Any]:
    """Return a cart as the `CartOut` it is."""
    return {
        "lines": [_line(line) for line in it.lines],
        "merchants": [_shop(it, code) for code in it.merchants],
        "total_fen": it.total_fen,
        "shipping_fen": it.shipping_fen,
        "orderable": it.orderable,
    }


def _shop(it: Cart, code: str) -> dict[str, Any]:
    own = [line for line in it.lines if line.merchant == code]
    return {
        "merchant": merchant_json(code),
        "skus": [line.sku for line in own],
        "total_fen": sum(line.subtotal_fen for line in own if line.problem is None),
    }


def _line(line: CartLine) -> dict[str, Any]:
    return {
        "sku": line.sku, "product_id": line.product_id, "title": line.title, "options": dict(line.options),
        "image": line.image, "price_fen": line.price_fen, "unit_price_fen": line.unit_price_fen,
        "quantity": line.quantity, "subtotal_fen": line.subtotal_fen, "available": line.available,
        "problem": str(line.problem) if line.problem else None, "merchant": line.merchant, "kind": line.kind,
    }  # fmt: skip
