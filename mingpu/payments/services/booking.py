"""What paying means in the books; inside a settlement block that has locked the order's row."""

from uuid import UUID

from mingpu.lib.clock import now
from mingpu.orders.models import Order, Part
from mingpu.orders.rules import OVER
from mingpu.payments.models import Refund, parts_of
from mingpu.payments.rules import LATE
from mingpu.payments.shares import CARDS, Amounts, Slice, Taken, add, from_json
from mingpu.privacy.purposes import Purpose, processing
from mingpu.wallet.books import (
    Kind,
    Move,
    Share,
    cancelled,
    completed,
    overpaid,
    recognised,
    refund_approved,
    reopened,
)
from mingpu.wallet.models import Transfer
from mingpu.wallet.rules import DEPOSITS

LOADS = (Kind.CARD_SOLD, Kind.BALANCE_BOUGHT)


def recognise(person_id: UUID, order_no: str) -> None:
    """Write down that an order stands: what its buyer owes."""
    _post(person_id, order_no, recognised(_whole(order_no)), Kind.RECOGNISED, order_no)


def fall_away(person_id: UUID, order_no: str) -> None:
    """Write down that an order which stood, and was not paid for, does not stand any more; safe to repeat.

    What was handed on to its merchants, as can be where all of it was a gift, is taken back first.
    """
    if _in_the_books(Kind.RECOGNISED, order_no):
        for it in parts_of(order_no):
            if _in_the_books(Kind.COMPLETED, it.key):
                share = it.share(it.full, before=it.full)
                _post(person_id, order_no, reopened([share]), Kind.REOPENED, f"{order_no}:{it.key}")
        _post(person_id, order_no, cancelled(_whole(order_no)), Kind.CANCELLED, order_no)


def stand_again(person_id: UUID, order_no: str) -> bool:
    """Write down that an order which had fallen away stands after all: it was paid for at the door; False for others."""
    if not _fallen_away(order_no):
        return False
    _post(person_id, order_no, recognised(_whole(order_no)), Kind.RECOGNISED, _again(order_no))
    return True


def _fallen_away(order_no: str) -> bool:
    return _in_the_books(Kind.CANCELLED, order_no) and not _in_the_books(Kind.RECOGNISED, _again(order_no))


def _again(order_no: str) -> str:
    return f"{order_no}:again"


def book_refund(person_id: UUID, number: str) -> None:
    """Write down that a refund is to be paid, once; shares that were completed are opened again for it."""
    row = (
        Refund.objects.filter(out_refund_no=number, booked_at=None)
        .values("order_no", "amount_fen", "reason", "shares")
        .first()
    )
    if row is None:
        return
    order_no, fen = row["order_no"], row["amount_fen"]
    if row["reason"] == LATE:
        _post(person_id, order_no, overpaid(fen), Kind.OVERPAID, number)
    else:
        before, mine = _taken(order_no), from_json(row["shares"])
        for it in parts_of(order_no):
            what = mine.get(it.key)
            if what and not it.key.endswith(CARDS) and _in_the_books(Kind.COMPLETED, it.key):
                share = it.share(what, before=it.full - before.get(it.key, Amounts()))
                _post(person_id, order_no, reopened([share]), Kind.REOPENED, f"{number}:{it.key}")
        borne = sum(it.platform for it in mine.values())
        moves = refund_approved(fen, platform_discount_fen=borne)
        _post(person_id, order_no, moves, Kind.APPROVED, number)
    Refund.objects.filter(out_refund_no=number).update(booked_at=now())


def settle_parts(*, person_id: UUID, order_no: str) -> None:
    """Hand a completed order's money on to its merchants, less what went back and the commission; safe to repeat.

    One that stands again and is not in the books again yet waits for that, which asks for this anew.
    """
    with processing(Purpose.SETTLEMENT, subject=person_id, reference=order_no):
        rows = Order.objects.select_for_update().filter(order_no=order_no, completed_at__isnull=False)
        status = rows.values_list("status", flat=True).first()
        gone = _fallen_away(order_no)
        if status is None or (gone and status not in OVER):
            return
        taken = _taken(order_no)
        for it in parts_of(order_no):
            if gone or _in_the_books(Kind.COMPLETED, it.key):
                continue
            left = it.full - taken.get(it.key, Amounts())
            moves = _loaded(order_no, it, left) if it.key.endswith(CARDS) else completed([it.share(left)])
            _post(person_id, order_no, moves, Kind.COMPLETED, it.key)
        Part.objects.filter(order_no=order_no, settled_at=None).update(settled_at=now())


def _loaded(order_no: str, it: Slice, left: Amounts) -> list[Move]:
    """Return what stored value that was sold leaves to be booked: nothing, unless it was delivered in part."""
    rows = Transfer.objects.filter(order_no=order_no, kind__in=LOADS, debit=DEPOSITS)
    rest = left.due - sum(rows.values_list("amount_fen", flat=True))
    if rest < 0:
        return reopened([Share(merchant=it.merchant, goods_fen=-rest)])
    return completed([Share(merchant=it.merchant, goods_fen=rest)])


def _whole(order_no: str) -> list[Share]:
    return [it.share(it.full) for it in parts_of(order_no)]


def _taken(order_no: str) -> Taken:
    """Return what refunds that are in the books took of each slice."""
    taken: Taken = {}
    rows = Refund.objects.alive().filter(order_no=order_no, booked_at__isnull=False).exclude(reason=LATE)
    for kept in rows.values_list("shares", flat=True):
        taken = add(taken, from_json(kept))
    return taken


def _in_the_books(kind: Kind, reference: str) -> bool:
    return Transfer.objects.filter(kind=kind, reference=reference).exists()


def _post(person_id: UUID, order_no: str, moves: list[Move], kind: Kind, reference: str) -> None:
    Transfer.objects.post(person_id=person_id, order_no=order_no, moves=moves, kind=kind, reference=reference)
