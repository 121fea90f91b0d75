"""What each event of trade moves between accounts: the one place that knows the chart (decision 0009).

Every function returns moves for `Transfer.objects.post` and leaves out those of nothing. Money in fen, never
negative: ValueError. An order's receivable, deposits and refunds end at zero when it has come to its end.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from uuid import UUID

from mingpu.merchants.rules import OWN_SHOP
from mingpu.wallet.rules import (
    BALANCE,
    BANK,
    COMMISSION,
    COUPON_COST,
    COURIERS,
    DEPOSITS,
    ECARD,
    RECEIVABLE,
    REFUNDS,
    SALES,
    SHIPPING,
    STORED,
    clearing,
    is_account,
    payable,
)


class Kind(StrEnum):
    """Events of trade, with what names one of them (the reference)."""

    RECOGNISED = "recognised"  # order number
    CANCELLED = "cancelled"  # order number
    CHARGED = "charged"  # institution's transaction; number of the attempt for stored value
    OVERPAID = "overpaid"  # refund number
    APPROVED = "refund_approved"  # refund number
    REFUNDED = "refunded"  # refund number
    COMPLETED = "completed"  # part number
    REOPENED = "reopened"  # refund number
    SETTLED = "settled"  # number of the bill
    PAID_OUT = "paid_out"  # number of the payout
    CARD_SOLD = "card_sold"  # number of the delivery
    CARD_ISSUED = "card_issued"  # batch
    BALANCE_BOUGHT = "balance_bought"  # number of the delivery


@dataclass(frozen=True, slots=True)
class Move:
    """An amount in fen, > 0, from one account to another: debit takes, credit gives.

    merchant: whose statement it is on. purse_id: the card that moves; a balance finds its own by its person.
    Raises ValueError for accounts that are not in the chart or the same.
    """

    debit: str
    credit: str
    amount_fen: int
    merchant: str = ""
    purse_id: UUID | None = None

    def __post_init__(self) -> None:
        if not (is_account(self.debit) and is_account(self.credit)) or self.debit == self.credit:
            raise ValueError(f"{self.debit} -> {self.credit}")
        if self.amount_fen < 0:
            raise ValueError(self.amount_fen)


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """One merchant's share of an order, or of the pieces of it that an event is about; fen.

    goods_fen: at list prices. own_discount_fen: the discount the merchant bears. platform_discount_fen: the one
    the mall bears. shipping_fen: what the buyer pays for delivery. commission_fen: what the mall keeps of it.
    """

    merchant: str
    goods_fen: int
    own_discount_fen: int = 0
    platform_discount_fen: int = 0
    shipping_fen: int = 0
    commission_fen: int = 0

    def __post_init__(self) -> None:
        parts = (self.goods_fen, self.own_discount_fen, self.platform_discount_fen, self.shipping_fen)
        own = self.merchant == OWN_SHOP
        if min(*parts, self.commission_fen, self.owed_fen) < 0 or self.sold_fen < 0:
            raise ValueError("a share of an order is never negative")
        if self.commission_fen > (0 if own else self.due_fen):
            raise ValueError("a commission is a part of what a merchant is due; the mall's shop pays none")

    @property
    def sold_fen(self) -> int:
        """What the goods brought: discounts that the mall bears are not the merchant's loss."""
        return self.goods_fen - self.own_discount_fen

    @property
    def due_fen(self) -> int:
        """What is to be handed on when it is completed, commission included."""
        return self.sold_fen + self.shipping_fen

    @property
    def owed_fen(self) -> int:
        """What the buyer pays."""
        return self.due_fen - self.platform_discount_fen


def recognised(shares: Iterable[Share]) -> list[Move]:
    """An order stands: the buyer owes, and the mall owes for the discounts it bears."""
    return _some(move for share in shares for move in _owed(share))


def cancelled(shares: Iterable[Share]) -> list[Move]:
    """What was recognised and not completed falls away, unpaid: cancelled, expired, refused at the door."""
    return [_back(move) for move in recognised(shares)]


def charged(path: str, fen: int, *, card_id: UUID | None = None) -> list[Move]:
    """Money came for an order. path: institution, courier, `balance`, or `ecard` with the card's id."""
    return _some([Move(_place(path), RECEIVABLE, fen, purse_id=card_id)])


def charged_cards(taken: Iterable[tuple[UUID, int]]) -> list[Move]:
    """Money came off cards: id and fen each, as `Card.objects.take` returns them."""
    return [move for card_id, fen in taken for move in charged(ECARD, fen, card_id=card_id)]


def collected_at_door(courier: str, fen: int) -> list[Move]:
    """The courier took the money for an order. courier: sf | yto."""
    if courier not in COURIERS:
        raise ValueError(courier)
    return charged(courier, fen)


def overpaid(fen: int) -> list[Move]:
    """Money that bought nothing (late, twice, or an order given up) is to go back."""
    return _some([Move(RECEIVABLE, REFUNDS, fen)])


def refund_approved(fen: int, *, platform_discount_fen: int = 0) -> list[Move]:
    """Part of an order that is not completed is to go back; the mall takes its own discount on it back too.

    For a completed order `reopened` goes first.
    """
    return _some([Move(DEPOSITS, REFUNDS, fen), Move(DEPOSITS, COUPON_COST, platform_discount_fen)])


def refunded(path: str, fen: int, *, card_id: UUID | None = None) -> list[Move]:
    """Money has gone back the way it came; paths as for `charged`."""
    return _some([Move(REFUNDS, _place(path), fen, purse_id=card_id)])


def completed(shares: Iterable[Share]) -> list[Move]:
    """Shares are final: each merchant is owed its due less commission; the mall's own shop has sold."""
    return _some(move for share in shares for move in _earned(share))


def reopened(shares: Iterable[Share]) -> list[Move]:
    """Completed shares, or the pieces of them that are given back, are open again: `completed`, backwards."""
    return [_back(move) for move in completed(shares)]


def settled(party: str, fen: int) -> list[Move]:
    """An institution or a courier has handed what it held to our bank."""
    return _some([Move(clearing(BANK), clearing(party), fen)])


def courier_settled(courier: str, fen: int) -> list[Move]:
    """A courier has handed over what it took at doors. courier: sf | yto."""
    if courier not in COURIERS:
        raise ValueError(courier)
    return settled(courier, fen)


def paid_out(merchant: str, fen: int) -> list[Move]:
    """A merchant was paid what it was owed."""
    return _some([Move(payable(merchant), clearing(BANK), fen, merchant)])


def card_sold(fen: int, face_fen: int) -> list[Move]:
    """A card sold by the mall was delivered; fen: what its line brought. Cheaper is the mall's cost."""
    return _loaded(ECARD, fen, face_fen)


def balance_bought(fen: int, face_fen: int) -> list[Move]:
    """Balance sold by the mall was put on; fen: what its line brought. Cheaper is the mall's cost."""
    return _loaded(BALANCE, fen, face_fen)


def card_issued(face_fen: int) -> list[Move]:
    """A card was issued without an order, at the mall's cost."""
    return _some([Move(COUPON_COST, ECARD, face_fen)])


def merged(moves: Sequence[Move]) -> list[Move]:
    """Return moves with those between the same accounts, for the same merchant and purse, made one; sorted."""
    sums: dict[tuple[str, str, str, str], Move] = {}
    for move in moves:
        key = (move.debit, move.credit, move.merchant, str(move.purse_id or ""))
        fen = move.amount_fen + (sums[key].amount_fen if key in sums else 0)
        sums[key] = replace(move, amount_fen=fen)
    return [sums[key] for key in sorted(sums) if sums[key].amount_fen]


def _owed(share: Share) -> Iterator[Move]:
    yield Move(RECEIVABLE, DEPOSITS, share.owed_fen)
    yield Move(COUPON_COST, DEPOSITS, share.platform_discount_fen)


def _earned(share: Share) -> Iterator[Move]:
    if share.merchant == OWN_SHOP:
        yield Move(DEPOSITS, SALES, share.sold_fen, share.merchant)
        yield Move(DEPOSITS, SHIPPING, share.shipping_fen, share.merchant)
        return
    yield Move(DEPOSITS, payable(share.merchant), share.due_fen - share.commission_fen, share.merchant)
    yield Move(DEPOSITS, COMMISSION, share.commission_fen, share.merchant)


def _loaded(account: str, fen: int, face_fen: int) -> list[Move]:
    yielded = [Move(DEPOSITS, account, min(fen, face_fen))]
    yielded.append(Move(COUPON_COST, account, max(0, face_fen - fen)))
    yielded.append(Move(DEPOSITS, SALES, max(0, fen - face_fen), OWN_SHOP))
    return _some(yielded)


def _place(path: str) -> str:
    return path if path in STORED else clearing(path)


def _back(move: Move) -> Move:
    return replace(move, debit=move.credit, credit=move.debit)


def _some(moves: Iterable[Move]) -> list[Move]:
    return [move for move in moves if move.amount_fen]
