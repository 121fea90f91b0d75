"""What promotions are: offers, what they cover, what they take off a price. Pure values, no database.

Money is integer fen, a percentage is what is taken off (10 is 九折). A merchant's code of "" is the mall itself.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from heapq import heapify, heappop, heappush
from typing import Any, Final
from uuid import UUID

from mingpu.lib.money import yuan
from mingpu.lib.text import Text

COUPON, FULL_REDUCTION, FREE_SHIPPING = "coupon", "full_reduction", "free_shipping"
FLASH, MEMBER_PRICE = "flash", "member_price"
KINDS: Final[Mapping[str, Text]] = {
    COUPON: Text("优惠券", "Coupon"),
    FULL_REDUCTION: Text("满减", "Money off"),
    FREE_SHIPPING: Text("包邮", "Free delivery"),
    FLASH: Text("限时抢购", "Flash sale"),
    MEMBER_PRICE: Text("会员价", "Member price"),
}
MEMBER: Final = "member"  # the kind and rule of a member price's reduction
FIXED, PERCENTAGE = "fixed", "percentage"
FORMS: Final = frozenset({FIXED, PERCENTAGE})
PLATFORM: Final = "platform"
NOTHING_COVERED: Final = Text("没有适用的商品", "No goods it applies to")
NOTHING_LEFT: Final = Text("商品已无可减金额", "There is nothing left to take off")


@dataclass(frozen=True, slots=True)
class Flash:
    """A flash price: `pieces` is how many this buyer may still have at it, None for any number."""

    rule: str
    price_fen: int
    pieces: int | None = None
    label: Text = KINDS[FLASH]
    funder: str = ""  # "" for the merchant of the goods


@dataclass(frozen=True, slots=True)
class Item:
    """What is to be priced: so many pieces of one SKU. category: its path, widest first."""

    sku: str
    title: str
    merchant: str
    category: tuple[str, ...]
    brand: str
    price_fen: int
    quantity: int
    member_price_fen: int | None = None
    flash: Flash | None = None
    product: str = ""
    reducible: bool = True  # False for stored value: money is not sold below what it is

    @property
    def goods_fen(self) -> int:
        """What it costs before any promotion."""
        return self.price_fen * self.quantity


@dataclass(frozen=True, slots=True)
class Scope:
    """What an offer is about. Every list that is not empty must name the item; four empty ones name all.

    categories: paths, widest first; a path covers what lies under it. products: ids as text.
    """

    categories: tuple[tuple[str, ...], ...] = ()
    brands: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    skus: tuple[str, ...] = ()

    def covers(self, item: Item) -> bool:
        """Tell whether an item is meant."""
        return (
            (not self.skus or item.sku in self.skus)
            and (not self.products or item.product in self.products)
            and (not self.brands or item.brand in self.brands)
            and (not self.categories or any(item.category[: len(it)] == it for it in self.categories))
        )


@dataclass(frozen=True, slots=True)
class Step:
    """From `threshold_fen` on, `off` is taken off: fen, or per cent."""

    threshold_fen: int
    off: int = 0


@dataclass(frozen=True, slots=True)
class Offer:
    """One promotion. steps: rising; the highest one reached counts. cap_fen: the most a percentage takes off.

    Raises ValueError for what cannot be one.
    """

    id: str
    kind: str
    title: Text
    merchant: str = ""
    scope: Scope = Scope()
    form: str = FIXED
    steps: tuple[Step, ...] = (Step(0),)
    cap_fen: int | None = None

    def __post_init__(self) -> None:
        rising = all(
            a.threshold_fen < b.threshold_fen and (a.off < b.off or self.kind == FREE_SHIPPING)
            for a, b in zip(self.steps, self.steps[1:], strict=False)
        )
        fits = all(it.threshold_fen >= 0 and it.off >= 0 for it in self.steps)
        per_cent = self.form == FIXED or all(it.off <= 100 for it in self.steps)  # noqa: PLR2004
        capped = self.cap_fen is None or self.cap_fen > 0
        if not (self.kind in KINDS and self.form in FORMS and self.steps and rising and fits and per_cent):
            raise ValueError(self.id)
        if not capped:
            raise ValueError(self.id)

    @property
    def funder(self) -> str:
        """Who pays for it: `platform`, or the merchant's code."""
        return self.merchant or PLATFORM

    def covers(self, item: Item) -> bool:
        """Tell whether an item counts towards it: a merchant's offers never touch another's goods, none stored value."""
        return item.reducible and self.merchant in ("", item.merchant) and self.scope.covers(item)

    def reached(self, fen: int) -> Step | None:
        """Return the best step for goods worth `fen`; None when there is not enough."""
        return max(
            (it for it in self.steps if it.threshold_fen <= fen),
            key=lambda it: it.threshold_fen,
            default=None,
        )

    def missing(self, fen: int) -> Text:
        """Say how much is missing to its first step."""
        short = yuan(self.steps[0].threshold_fen - fen)
        return Text(f"还差 ¥{short}", f"¥{short} short")

    @property
    def terms(self) -> tuple[Text, ...]:
        """Say in a few words what it gives, a sentence for each step; empty for prices of their own."""
        if self.kind in (FLASH, MEMBER_PRICE):
            return ()
        return tuple(_terms(self, step) for step in self.steps)


@dataclass(frozen=True, slots=True)
class Held:
    """A coupon somebody has."""

    id: UUID
    offer: Offer
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Reduction:
    """Why a line costs less: kind is flash, member, full_reduction or coupon, rule the offer's id."""

    kind: str
    rule: str
    label: Text
    fen: int
    funder: str

    def to_json(self) -> dict[str, Any]:
        """Return it as it is kept with an order's line."""
        label = {"zh": self.label.zh, "en": self.label.en}
        return {"kind": self.kind, "rule": self.rule, "label": label, "fen": self.fen, "funder": self.funder}

    @classmethod
    def from_json(cls, it: Mapping[str, Any]) -> "Reduction":
        """Return what `to_json` wrote."""
        return cls(it["kind"], it["rule"], Text(**it["label"]), it["fen"], it["funder"])


def _terms(offer: Offer, step: Step) -> Text:
    least = yuan(step.threshold_fen).removesuffix(".00")
    zh, en = (f"满 ¥{least} ", f" on ¥{least} or more") if step.threshold_fen else ("", "")
    if offer.kind == FREE_SHIPPING:
        return Text(f"{zh}包邮", f"Free delivery{en}")
    if offer.form == FIXED:
        off = yuan(step.off).removesuffix(".00")
        return Text(f"{zh}减 ¥{off}", f"¥{off} off{en}")
    tenths, rest = divmod(100 - step.off, 10)
    most = yuan(offer.cap_fen or 0).removesuffix(".00")
    cap_zh, cap_en = (f"，最多减 ¥{most}", f", at most ¥{most}") if offer.cap_fen else ("", "")
    folds = f"{tenths}.{rest}" if rest else str(tenths)
    return Text(f"{zh}打 {folds} 折{cap_zh}", f"{step.off} % off{en}{cap_en}")


def apportion(fen: int, weights: Sequence[int], names: Sequence[str]) -> list[int]:
    """Split an amount over lines by weight: it adds up to the fen, and no line gets more than its weight.

    fen: not negative. names: one for each weight, no two alike; they break ties, so that the order of lines means nothing. At most
    the sum of the weights is handed out. The odd fen go by highest averages (Webster), not by largest
    remainders: with those, one line less to split over can take a fen from another line, and a further offer
    could make an order dearer.
    """
    whole = sum(weights)
    if fen >= whole:
        return list(weights)
    # Rounded quotas are the shares of some total nearby; from there fen by fen to the one wanted.
    shares = [(2 * fen * weight + whole) // (2 * whole) for weight in weights]
    odd = fen - sum(shares)
    if not odd:
        return shares
    rank = {name: place for place, name in enumerate(sorted(names))}
    sign = 1 if odd > 0 else -1

    def turn(i: int) -> tuple[Fraction, int, int]:
        return -sign * Fraction(weights[i], 2 * shares[i] + sign), sign * rank[names[i]], i

    heap = [turn(i) for i in range(len(weights)) if weights[i] and (odd > 0 or shares[i])]
    heapify(heap)
    for _ in range(abs(odd)):
        i = heappop(heap)[2]
        shares[i] += sign
        if shares[i]:
            heappush(heap, turn(i))
    return shares
