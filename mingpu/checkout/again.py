"""Buying again what an order was about, as far as it can be had."""

from dataclasses import dataclass
from uuid import UUID

from mingpu.cart.queries import CartLine, priced
from mingpu.cart.services import MOST_PIECES, add_lines
from mingpu.lib.text import Text
from mingpu.orders.queries import lines_of


@dataclass(frozen=True, slots=True)
class Left:
    """An article of the order that did not go into the cart whole. pieces: how many of it are missing."""

    sku: str
    title: str
    pieces: int
    problem: Text


@dataclass(frozen=True, slots=True)
class Again:
    """What went into the cart, SKU -> pieces, and what did not."""

    added: dict[str, int]
    left: tuple[Left, ...]


def buy_again(*, person_id: UUID, order_no: str) -> Again:
    """Put an order's articles into the cart once more, as many pieces of each as there are in stock.

    Raises NotFound for an order that is not this person's, CartFull when they do not fit; then none were put.
    """
    lines = lines_of(person_id=person_id, order_no=order_no)
    pieces: dict[str, int] = {}
    for line in lines:
        pieces[line.sku] = min(MOST_PIECES, pieces.get(line.sku, 0) + line.quantity)
    titles = {line.sku: line.title for line in lines}
    now = priced(list(pieces.items())).lines
    added = {line.sku: fitting for line in now if (fitting := _fitting(line))}
    left = tuple(
        Left(line.sku, titles[line.sku], line.quantity - added.get(line.sku, 0), line.problem)
        for line in now
        if line.problem
    )
    add_lines(owner_id=person_id, pieces=added)
    return Again(added, left)


def _fitting(line: CartLine) -> int:
    """Return how many pieces can be had: all, what is left of an article, or none of one that is not sold."""
    if line.problem is None:
        return line.quantity
    return line.available if line.for_sale else 0
