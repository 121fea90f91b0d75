"""Paying with what a person has with us: E-cards first, oldest first, then the balance."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from mingpu.catalog.rules import STORED_VALUE
from mingpu.lib.clock import now
from mingpu.lib.errors import NotFound
from mingpu.orders.models import Line, Order
from mingpu.orders.rules import PENDING
from mingpu.payments.errors import NotByStoredValue, NothingToPay
from mingpu.payments.models import Attempt
from mingpu.payments.services.purses import charge_balance, charge_cards
from mingpu.payments.services.settling import pay
from mingpu.privacy.purposes import Purpose, processing

MOST_ATTEMPTS = 90  # of all kinds; numbers have two digits


@dataclass(frozen=True, slots=True)
class StoredUse:
    """What stored value did for an order; fen. left_fen: still to be paid, nothing when `paid`."""

    cards_fen: int
    balance_fen: int
    left_fen: int
    paid: bool


def charge_stored(
    *, person_id: UUID, order_no: str, use_balance: bool, use_cards: bool | Sequence[UUID]
) -> StoredUse:
    """Charge E-cards, oldest first, then the balance, to an order as far as they go.

    use_cards: all of the person's, none, or those of these ids. Covers it the rest, the order is paid at once.
    Raises NotFound, NothingToPay for an order that is not waiting for payment, NotByStoredValue.
    """
    with processing(Purpose.SETTLEMENT, subject=person_id, reference=order_no):
        order = (
            Order.objects.select_for_update()
            .filter(order_no=order_no, person_id=person_id)
            .values("status", "total_fen", "expires_at")
            .first()
        )
        if order is None:
            raise NotFound
        numbers = Attempt.objects.filter(order_no=order_no).count()
        if order["status"] != PENDING or order["expires_at"] <= now() or numbers > MOST_ATTEMPTS:
            raise NothingToPay
        if Line.objects.filter(order_no=order_no, kind__in=STORED_VALUE).exists():
            raise NotByStoredValue  # else a card's value could go round in circles and come out as money
        left = order["total_fen"] - sum(row["amount_fen"] for row in Attempt.objects.held(order_no))
        cards = balance = 0
        if use_cards:
            only = None if use_cards is True else use_cards
            cards = charge_cards(person_id, order_no, left, order["expires_at"], only=only)
        if use_balance:
            balance = charge_balance(person_id, order_no, left - cards, order["expires_at"])
        left -= cards + balance
        if left == 0:
            pay(person_id, order_no, cause="paid")
    return StoredUse(cards, balance, left, paid=left == 0)
