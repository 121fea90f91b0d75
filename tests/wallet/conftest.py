"""What the wallet's tests share: money put on, the way other rooms do it."""

import secrets
from uuid import UUID

from mingpu.privacy.purposes import Purpose, processing
from mingpu.wallet import books
from mingpu.wallet.models import Balance, Card, Transfer
from mingpu.wallet.services import bind, issue_cards
from tests.support import zone


def number(prefix: str = "M") -> str:
    """A number nobody used before."""
    return prefix + secrets.token_hex(8).upper()


def top_up(person_id: UUID, fen: int) -> str:
    """Sell a person balance; return the order's number."""
    order_no = number()
    with zone("worker"), processing(Purpose.VIRTUAL_GOODS, subject=person_id, reference=order_no):
        Balance.objects.give(person_id, fen)
        Transfer.objects.post(
            person_id=person_id, order_no=order_no, moves=books.balance_bought(fen, fen),
            kind="balance_bought", reference=order_no,
        )  # fmt: skip
    return order_no


def new_card(person_id: UUID, face_fen: int) -> UUID:
    """Issue a card and bind it."""
    return bind(person_id=person_id, code=new_codes(face_fen)[0])


def new_codes(face_fen: int, count: int = 1) -> list[str]:
    """Issue cards, as the command does."""
    with zone("worker"):
        return issue_cards(face_fen=face_fen, count=count, batch="测试")


def spend(person_id: UUID, fen: int, order_no: str = "") -> bool:
    """Pay an order from cards, then balance; all of it or nothing."""
    order_no = order_no or number()
    try:
        with processing(Purpose.SETTLEMENT, subject=person_id, reference=order_no):
            taken = Card.objects.take(person_id, fen)
            rest = fen - sum(part for _, part in taken)
            if rest and not Balance.objects.take(person_id, rest):
                raise NotEnough
            moves = [*books.charged_cards(taken), *books.charged("balance", rest)]
            Transfer.objects.post(
                person_id=person_id, order_no=order_no, moves=moves, kind="charged", reference=order_no
            )
    except NotEnough:
        return False
    return True


class NotEnough(Exception):
    """A block is left without writing."""
