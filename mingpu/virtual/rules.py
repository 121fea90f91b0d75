"""Pieces of virtual goods: what each is worth, the states it goes through, when its supplier is asked."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from mingpu.lib.text import Text
from mingpu.wallet.rules import MOST_FACE_FEN

TOPUP, ECARD, BALANCE = "topup", "ecard", "balance"
KINDS = MappingProxyType(
    {
        TOPUP: Text("话费充值", "Phone top-up"),
        ECARD: Text("E 卡", "E-card"),
        BALANCE: Text("账户余额", "Balance"),
    }
)

PENDING, SENT, DONE, FAILED, REFUNDED = "pending", "sent", "done", "failed", "refunded"
FINAL = (DONE, REFUNDED)
# before -> after: causes that may move a piece so. What is ours to give is done at once; a top-up is `sent` from
# the moment its supplier may know of it, and from there only the supplier's word moves it.
MOVES = MappingProxyType(
    {
        ("", DONE): ("handed_over",),
        ("", PENDING): ("ordered",),
        ("", FAILED): ("worth_nothing",),
        (PENDING, SENT): ("announced",),
        (SENT, DONE): ("arrived",),
        (PENDING, FAILED): ("refused",),
        (SENT, FAILED): ("refused",),
        (FAILED, REFUNDED): ("refund_asked",),
        (PENDING, REFUNDED): ("order_over",),  # all of the order was paid back meanwhile
        (SENT, REFUNDED): ("order_over",),  # and its supplier has never heard of it
    }
)
LABELS = MappingProxyType(
    {
        PENDING: Text("准备中", "Preparing"),
        SENT: Text("充值中", "On its way"),
        DONE: Text("已到账", "Arrived"),
        FAILED: Text("未成功", "Did not work"),
        REFUNDED: Text("未成功，款项原路退回", "Did not work; the money goes back the way it came"),
    }
)
# What a supplier can say that makes it certain that nothing was topped up and nothing will be.
REFUSALS: Final = frozenset({"bad_number", "bad_amount", "bad_request"})
# Seconds after a top-up was announced at which its supplier is asked.
POLL_AFTER: Final = (10, 30, 120, 600, 3600, 21_600, 86_400, 259_200, 604_800, 1_209_600, 2_592_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One piece of a line; fen.

    payable_fen: what its buyer pays. sold_fen: what it brings, discounts that the mall bears included.
    """

    delivery_no: str
    sku: str
    kind: str
    face_fen: int
    payable_fen: int
    sold_fen: int

    @property
    def deliverable(self) -> bool:
        """Whether it is worth anything, and no more than may be."""
        return 0 < self.face_fen <= MOST_FACE_FEN if self.kind == ECARD else self.face_fen > 0


def pieces(order_no: str, lines: Iterable[Mapping[str, Any]]) -> Iterator[Piece]:
    """Yield the pieces of an order's virtual goods under numbers that are always the same.

    lines: position, sku, merchant, kind, face_fen, price_fen, quantity, payable_fen, reductions. Fen of a line
    are spread so that its pieces add up to it.
    """
    for line in lines:
        if line["kind"] not in KINDS:
            continue
        count = line["quantity"]
        borne = sum(it["fen"] for it in line["reductions"] if it["funder"] == line["merchant"])
        sold = line["price_fen"] * count - borne
        for place in range(count):
            yield Piece(
                delivery_no=f"{order_no}-{line['position']}-{place}", sku=line["sku"], kind=line["kind"],
                face_fen=line["face_fen"] or 0, payable_fen=part(line["payable_fen"], count, place),
                sold_fen=part(sold, count, place),
            )  # fmt: skip


def part(fen: int, count: int, place: int) -> int:
    """Return the share of piece `place` (from 0) when `fen` are spread over `count`; all of them add up."""
    return fen * (place + 1) // count - fen * place // count


def may_move(before: str, after: str, cause: str) -> bool:
    """Tell whether `cause` may move a piece from `before` to `after`."""
    return cause in MOVES.get((before, after), ())
