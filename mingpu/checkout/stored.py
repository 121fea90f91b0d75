"""Paying an order that was just placed with what the buyer has here."""

from dataclasses import dataclass
from uuid import UUID

from mingpu.catalog.rules import STORED_VALUE
from mingpu.checkout.services import Placed
from mingpu.checkout.wish import Asked
from mingpu.orders.queries import order_of
from mingpu.orders.rules import PAID, PENDING
from mingpu.payments.queries import payments_of
from mingpu.payments.rules import STORED, SUCCEEDED
from mingpu.payments.services import charge_stored


@dataclass(frozen=True, slots=True)
class Covered:
    """What stored value did for an order; fen. left_fen: still to be paid."""

    left_fen: int
    status: str


def cover(*, person_id: UUID, placed: Placed, asked: Asked) -> Covered:
    """Charge stored value to an order just placed, as far as it goes; what it does not cover is left to pay.

    Stored value is never bought with itself. Asked again with the same key, it answers what it did then; what a crash kept from being charged is charged.
    Raises NothingToPay when the order was paid, cancelled or closed in between.
    """
    whole = Covered(0 if placed.status == PAID else placed.total_fen, placed.status)
    bought = {line.kind for line in placed.lines}
    if not asked or placed.status != PENDING or bought & STORED_VALUE:
        return whole
    if placed.repeated:
        before = payments_of(person_id=person_id, order_no=placed.order_no)[0]
        if charged := sum(it.amount_fen for it in before if it.method in STORED and it.status == SUCCEEDED):
            left = max(0, placed.total_fen - charged)
            return Covered(left, PENDING if left else PAID)
        if order_of(person_id=person_id, order_no=placed.order_no).status != PENDING:
            return whole
    use = charge_stored(
        person_id=person_id, order_no=placed.order_no, use_balance=asked.balance, use_cards=asked.cards
    )
    return Covered(use.left_fen, PAID if use.paid else PENDING)
