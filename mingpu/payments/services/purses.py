"""Stored value on its way to an order and back; inside a settlement block that has locked the order's row."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from mingpu.lib.clock import now
from mingpu.payments.models import Attempt, Entry, Row
from mingpu.payments.rules import BALANCE, ECARD, ENDED, STORED, SUCCEEDED
from mingpu.wallet.books import Kind, charged, overpaid, refunded
from mingpu.wallet.models import Balance, Card, Transfer


def charge_cards(
    person_id: UUID, order_no: str, fen: int, expires_at: datetime, *, only: Iterable[UUID] | None = None
) -> int:
    """Charge up to `fen` to a person's cards, oldest first; returns what was charged. only: these cards."""
    taken = Card.objects.take(person_id, fen, only) if fen > 0 else []
    for card_id, part in taken:
        _write(person_id, order_no, ECARD, part, expires_at, card_id=card_id)
    return sum(part for _, part in taken)


def charge_balance(person_id: UUID, order_no: str, fen: int, expires_at: datetime) -> int:
    """Charge up to `fen` to a person's balance; returns what was charged."""
    rows = Balance.objects.select_for_update().filter(person_id=person_id)
    part = min(fen, rows.values_list("balance_fen", flat=True).first() or 0)
    if part <= 0 or not Balance.objects.take(person_id, part):
        return 0
    _write(person_id, order_no, BALANCE, part, expires_at)
    return part


def of_order(order_no: str) -> list[Row]:
    """Return the attempts by stored value that an order has or had, in the order of their numbers."""
    rows = Attempt.objects.filter(order_no=order_no, method__in=STORED, status__in=(SUCCEEDED, ENDED))
    return list(
        rows.order_by("out_trade_no").values(
            "id", "order_no", "method", "status", "amount_fen", "out_trade_no", "provider_txn", "expires_at"
        )
    )


def charge_again(person_id: UUID, order_no: str, rows: Iterable[Row]) -> bool:
    """Charge again, from the same purses and as much, what was released; False when one of them has less now."""
    for row in sorted(rows, key=lambda row: (row["method"] == BALANCE, row["out_trade_no"])):
        if row["method"] == BALANCE:
            got = charge_balance(person_id, order_no, row["amount_fen"], row["expires_at"])
        else:
            card = [UUID(row["provider_txn"])]
            got = charge_cards(person_id, order_no, row["amount_fen"], row["expires_at"], only=card)
        if got != row["amount_fen"]:
            return False
    return True


def release(person_id: UUID, order_no: str, rows: Iterable[Row]) -> None:
    """Give stored value back that bought nothing: once, for only a charge that stands can be released."""
    for row in rows:
        if not Attempt.objects.move(row["id"], person_id, after=ENDED, cause="released"):
            continue
        number, fen = row["out_trade_no"], row["amount_fen"]
        path, card_id = give(person_id, row["method"], row["provider_txn"], fen)
        Entry.objects.create(
            order_no=order_no, person_id=person_id, provider=path, provider_txn=number, number=number,
            kind="refund", amount_fen=fen, at=now(),
        )  # fmt: skip
        for kind, moves in (
            (Kind.OVERPAID, overpaid(fen)),
            (Kind.REFUNDED, refunded(path, fen, card_id=card_id)),
        ):
            Transfer.objects.post(
                person_id=person_id, order_no=order_no, moves=moves, kind=kind, reference=number
            )


def give(person_id: UUID, method: str, card: str, fen: int) -> tuple[str, UUID | None]:
    """Put `fen` back where it came from; on the balance when the card is no more. Returns path and card."""
    if method == ECARD and Card.objects.give(UUID(card), fen):
        return ECARD, UUID(card)
    Balance.objects.give(person_id, fen)
    return BALANCE, None


def _write(
    person_id: UUID,
    order_no: str,
    method: str,
    fen: int,
    expires_at: datetime,
    *,
    card_id: UUID | None = None,
) -> None:
    row = Attempt.objects.begin(
        person_id, order_no, cause="stored_value_used", status=SUCCEEDED, method=method, via="", clearing="",
        amount_fen=fen, expires_at=expires_at, provider_txn=str(card_id or ""),
    )  # fmt: skip
    number = row["out_trade_no"]
    Entry.objects.create(
        order_no=order_no, person_id=person_id, provider=method, provider_txn=number, number=number,
        kind="charge", amount_fen=fen, at=now(),
    )  # fmt: skip
    Transfer.objects.post(
        person_id=person_id, order_no=order_no, moves=charged(method, fen, card_id=card_id), kind=Kind.CHARGED,
        reference=number,
    )  # fmt: skip
