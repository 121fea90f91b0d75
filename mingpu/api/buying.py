"""What a purchase would cost, placing it, and buying the same again, as JSON."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import HeaderEx, P, Router

from mingpu.accounts.services import step_up
from mingpu.api.base import me
from mingpu.api.order_bodies import NewOrder, NewQuote, WantedLine
from mingpu.api.order_json import answer, line_json
from mingpu.api.order_shapes import AgainOut, OrderPlaced
from mingpu.api.proof import token_of
from mingpu.api.quote import QuoteOut, quote_json
from mingpu.cart.queries import cart_of
from mingpu.checkout.again import buy_again
from mingpu.checkout.bill import Area
from mingpu.checkout.queries import estimate
from mingpu.checkout.services import Placed, check_out
from mingpu.checkout.stored import Covered, cover
from mingpu.checkout.wish import To, asked_for
from mingpu.orders.errors import EmptyOrder, KeyMissing
from mingpu.wallet.queries import purse_of

router = Router(tags=["orders"])


@router.post("/orders", response={201: OrderPlaced}, summary="Place an order")
def place_order(
    request: HttpRequest, new: NewOrder, key: HeaderEx[str | None, P(alias="Idempotency-Key")] = None
) -> HttpResponse:
    """Place an order of these lines or, without any, of the cart: all of it or nothing.

    The same key with the same body answers the same order again, with another body 422. 409 `out_of_stock`
    writes nothing. 403 `proof_needed` for balance or E-cards on a device that never paid. Balance and E-cards are charged as far as they are asked for and go; what is left is in the
    answer.
    """
    if key is None:
        raise KeyMissing
    asked = asked_for(new.payment, use_balance=new.use_balance, use_cards=new.use_cards)
    if asked:
        step_up.require_to_pay(person_id=me(request), token=token_of(request), stored=True)
    placed = check_out(
        person_id=me(request), key=key, payment=new.payment, address_id=new.address_id,
        lines=None if new.lines is None else summed(new.lines),
        to=To(**new.consignee.dict()) if new.consignee else None, coupons=tuple(new.coupons),
        courier=new.courier, recharge=new.recharge, stored=asked,
    )  # fmt: skip
    covered = cover(person_id=me(request), placed=placed, asked=asked)
    return answer(_placed(placed, covered), status=201)


@router.post("/orders/quote", response=QuoteOut, summary="What it would cost")
def quote(request: HttpRequest, new: NewQuote) -> HttpResponse:
    """Say what an order with this body would cost, line by line and merchant by merchant; nothing is written.

    Without an address the delivery fee is that of most places. 409 for what is not for sale or not delivered there.
    """
    person_id = me(request)
    asked = asked_for(new.payment or "", use_balance=new.use_balance, use_cards=new.use_cards)
    wanted = summed(new.lines) if new.lines else _cart(request)
    if not wanted:
        raise EmptyOrder
    to = new.consignee
    it = estimate(
        person_id=person_id, wanted=wanted, coupons=new.coupons, address_id=new.address_id,
        area=Area(to.province, to.city) if to else Area(new.province, new.city),
    )  # fmt: skip
    purse = purse_of(person_id=person_id)
    return answer(quote_json(it, wanted, purse, asked))


@router.post("/orders/{order_no}/again", response=AgainOut, summary="Buy the same again")
def again(request: HttpRequest, order_no: str) -> dict[str, Any]:
    """Put an order's articles into the cart, as far as they can be had, and say what could not be."""
    it = buy_again(person_id=me(request), order_no=order_no)
    return {
        "added": [{"sku": sku, "quantity": quantity} for sku, quantity in it.added.items()],
        "left": [
            {"sku": one.sku, "title": one.title, "quantity": one.pieces, "problem": str(one.problem)}
            for one in it.left
        ],
    }


def summed(lines: Iterable[WantedLine]) -> dict[str, int]:
    """Return SKU -> pieces; an article named twice counts together."""
    found: dict[str, int] = {}
    for line in lines:
        found[line.sku] = found.get(line.sku, 0) + line.quantity
    return found


def _cart(request: HttpRequest) -> dict[str, int]:
    return {line.sku: line.quantity for line in cart_of(owner_id=me(request)).lines}


def _placed(it: Placed, covered: Covered) -> dict[str, Any]:
    return {
        "order_no": it.order_no, "status": covered.status, "total_fen": it.total_fen,
        "discount_fen": it.discount_fen, "shipping_fen": it.shipping_fen, "left_to_pay_fen": covered.left_fen,
        "lines": [line_json(line) for line in it.lines],
    }  # fmt: skip
