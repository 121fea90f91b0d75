"""Whose money a refund takes, fen by fen: how orders fall into merchants' shares. Pure, no database.

A share's numbers are always given back in proportion to what its buyer pays for it, and counted cumulatively, so
that however many refunds there are, the last one takes exactly what is left.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass
from typing import Any, Final

from mingpu.merchants.rules import OWN_SHOP, commission_of
from mingpu.wallet.books import Share

CARDS: Final = (
    ":cards"  # behind a part's number: the stored value sold in it, which is not handed on but loaded
)
LOADED: Final = ("ecard", "balance")  # kinds of lines that are


@dataclass(frozen=True, slots=True)
class Amounts:
    """Money of a share in fen: goods at list prices, discounts by who bears them, delivery fee."""

    goods: int = 0
    own: int = 0
    platform: int = 0
    shipping: int = 0

    def __add__(self, other: "Amounts") -> "Amounts":
        return Amounts(*(a + b for a, b in zip(astuple(self), astuple(other), strict=True)))

    def __sub__(self, other: "Amounts") -> "Amounts":
        return Amounts(*(a - b for a, b in zip(astuple(self), astuple(other), strict=True)))

    @property
    def sold(self) -> int:
        """What the goods brought."""
        return self.goods - self.own

    @property
    def owed(self) -> int:
        """What the buyer pays."""
        return self.sold - self.platform + self.shipping

    @property
    def due(self) -> int:
        """What is to be handed on, commission included."""
        return self.sold + self.shipping

    def of(self, fen: int) -> "Amounts":
        """Return what `fen` of `owed` stand for; all of it for all, never less for more."""
        if fen >= self.owed:
            return self
        own, platform, shipping = (
            part * fen // self.owed for part in (self.own, self.platform, self.shipping)
        )
        return Amounts(fen + own + platform - shipping, own, platform, shipping)


@dataclass(frozen=True, slots=True)
class Slice:
    """One merchant's part of an order, or the stored value sold in it. rate: commission, in 1/10000."""

    key: str
    merchant: str
    rate: int
    full: Amounts

    def share(self, amounts: Amounts, *, before: Amounts | None = None) -> Share:
        """Return `amounts` for the books; before: what was open before they are given back, for the commission."""
        left = (before.due - amounts.due) if before else 0
        open_fen = before.due if before else amounts.due
        rate = 0 if self.merchant == OWN_SHOP else self.rate
        kept = commission_of(fen=open_fen, commission=rate) - commission_of(fen=left, commission=rate)
        return Share(
            merchant=self.merchant, goods_fen=amounts.goods, own_discount_fen=amounts.own,
            platform_discount_fen=amounts.platform, shipping_fen=amounts.shipping, commission_fen=kept,
        )  # fmt: skip


Taken = dict[str, Amounts]  # slice -> what was given back of it


def slices(parts: Sequence[Mapping[str, Any]], lines: Sequence[Mapping[str, Any]]) -> list[Slice]:
    """Return an order's slices, parts by number, the stored value of each behind it.

    parts: part_no, merchant, commission, goods_fen, discount_fen, own_discount_fen, shipping_fen; lines:
    merchant, kind, price_fen, quantity, reductions.
    """
    found = []
    for part in sorted(parts, key=lambda part: str(part["part_no"])):
        platform = part["discount_fen"] - part["own_discount_fen"]
        full = Amounts(part["goods_fen"], part["own_discount_fen"], platform, part["shipping_fen"])
        loaded = [line for line in lines if line["merchant"] == part["merchant"] and line["kind"] in LOADED]
        cards = sum((_line(line) for line in loaded), Amounts())
        found.append(Slice(part["part_no"], part["merchant"], part["commission"], full - cards))
        if loaded:
            found.append(Slice(part["part_no"] + CARDS, part["merchant"], 0, cards))
    return found


def key_of(line: Mapping[str, Any], known: Sequence[Slice]) -> str:
    """Return the slice that a line (merchant, kind) is in; "" for none."""
    cards = line["kind"] in LOADED
    fits = (it.key for it in known if it.merchant == line["merchant"] and it.key.endswith(CARDS) == cards)
    return next(fits, "")


def spread(
    amount: int, known: Sequence[Slice], taken: Mapping[str, Amounts], wished: Mapping[str, int]
) -> dict[str, int]:
    """Split `amount` fen over slices: as wished as far as there is something left, the rest by what is left.

    Raises ValueError for more than is left of all.
    """
    left = {it.key: it.full.owed - taken.get(it.key, Amounts()).owed for it in known}
    if amount > sum(left.values()):
        raise ValueError(amount)
    found = dict.fromkeys(left, 0)
    rest = amount
    for key, fen in wished.items():
        found[key] = min(fen, left.get(key, 0), rest) if key in left else 0
        rest -= found[key]
    found = {key: fen for key, fen in found.items() if key in left}
    room = {key: left[key] - found[key] for key in left}
    whole, asked = sum(room.values()), rest
    for key, fen in room.items():
        part = asked * fen // whole if whole else 0
        found[key] += part
        room[key] -= part
        rest -= part
    for key, fen in room.items():  # the odd fen, and there is room: amount is no more than what is left
        more = min(fen, rest)
        found[key] += more
        rest -= more
    return found


def taking(
    known: Sequence[Slice], taken: Mapping[str, Amounts], fens: Mapping[str, int], *, last: bool
) -> Taken:
    """Return what `fens` (slice -> fen) stand for, after what was taken before.

    last: nothing of the order is left after this, so slices that cost nothing fall away too.
    """
    found: Taken = {}
    for it in known:
        before = taken.get(it.key, Amounts())
        fen = fens.get(it.key, 0)
        if not fen and not (last and not it.full.owed):
            continue
        what = it.full.of(before.owed + fen) - before
        if what != Amounts():
            found[it.key] = what
    return found


def add(sums: Mapping[str, Amounts], more: Mapping[str, Amounts]) -> Taken:
    """Return two takings together."""
    keys = dict.fromkeys([*sums, *more])
    return {key: sums.get(key, Amounts()) + more.get(key, Amounts()) for key in keys}


def to_json(taken: Mapping[str, Amounts]) -> dict[str, list[int]]:
    """Write a taking as it is kept."""
    return {key: list(astuple(it)) for key, it in taken.items()}


def from_json(kept: Mapping[str, Iterable[int]]) -> Taken:
    """Read a taking as it is kept."""
    return {key: Amounts(*numbers) for key, numbers in kept.items()}


def _line(line: Mapping[str, Any]) -> Amounts:
    own = sum(it["fen"] for it in line["reductions"] if it["funder"] == line["merchant"])
    all_of_it = sum(it["fen"] for it in line["reductions"])
    return Amounts(line["price_fen"] * line["quantity"], own, all_of_it - own, 0)
