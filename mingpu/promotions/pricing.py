"""What a basket costs, and why: every fen that is taken off has a reduction that names its rule.

First the price of each piece: the best of flash, member and ordinary price. Then activities, the merchants' own
before the mall's; then coupons, likewise. Thresholds look at the goods before activities and coupons, so that
no offer can take another away; free delivery looks at ordinary prices. What an offer takes off is split over the
lines it covers. Every step can only lower a line, and lowers it no less for finding it lower: so one more
activity or coupon never makes a basket dearer.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import product
from math import prod
from uuid import UUID

from mingpu.lib.text import Text
from mingpu.promotions.errors import TooManyCoupons
from mingpu.promotions.rules import (
    COUPON,
    FIXED,
    FLASH,
    FREE_SHIPPING,
    FULL_REDUCTION,
    KINDS,
    MEMBER,
    MEMBER_PRICE,
    NOTHING_COVERED,
    NOTHING_LEFT,
    Held,
    Item,
    Offer,
    Reduction,
    apportion,
)

MOST_TRIES = 128  # choices of coupons that are all tried; with more, each shop's best is taken by itself
Choice = tuple[Held, ...]


@dataclass(frozen=True, slots=True)
class PricedLine:
    """One line: `price_fen` a piece before promotions, `payable_fen` for all its pieces after them."""

    sku: str
    merchant: str
    quantity: int
    price_fen: int
    reductions: tuple[Reduction, ...]
    payable_fen: int

    @property
    def goods_fen(self) -> int:
        """What it costs before promotions."""
        return self.price_fen * self.quantity

    @property
    def discount_fen(self) -> int:
        """What is taken off."""
        return sum(it.fen for it in self.reductions)


@dataclass(frozen=True, slots=True)
class Unused:
    """An offer or coupon that takes nothing off, and why. coupon: its id where it is one somebody chose."""

    offer: Offer
    reason: Text
    coupon: UUID | None = None


@dataclass(frozen=True, slots=True)
class Share:
    """One merchant's share of a quote, in fen."""

    goods_fen: int
    discount_fen: int
    payable_fen: int


@dataclass(frozen=True, slots=True)
class Quote:
    """A priced basket, lines in the order they were given; goods at ordinary prices, all in fen.

    free_shipping: merchants whose delivery is free. used: coupons that take something off. missing: coupons that
    were chosen and take nothing off; `unused` says why. flash: SKU -> pieces at the flash price.
    """

    lines: tuple[PricedLine, ...]
    goods_fen: int
    discount_fen: int
    payable_fen: int
    free_shipping: frozenset[str]
    unused: tuple[Unused, ...]
    used: tuple[UUID, ...]
    missing: frozenset[UUID]
    flash: Mapping[str, int]

    @property
    def merchants(self) -> dict[str, Share]:
        """Each merchant's share."""
        found: dict[str, Share] = {}
        for line in self.lines:
            it = found.get(line.merchant, Share(0, 0, 0))
            found[line.merchant] = Share(
                it.goods_fen + line.goods_fen,
                it.discount_fen + line.discount_fen,
                it.payable_fen + line.payable_fen,
            )
        return found

    @property
    def reductions(self) -> tuple[Reduction, ...]:
        """What every rule takes off the whole basket, in the order they were applied."""
        found: dict[tuple[str, str, str], Reduction] = {}
        for it in (it for line in self.lines for it in line.reductions):
            fen = it.fen + (found[key].fen if (key := (it.kind, it.rule, it.funder)) in found else 0)
            found[key] = Reduction(it.kind, it.rule, it.label, fen, it.funder)
        order = [FLASH, MEMBER, FULL_REDUCTION, COUPON]
        return tuple(sorted(found.values(), key=lambda it: (order.index(it.kind), it.rule, it.funder)))


def price(
    items: Sequence[Item], *, member: bool, offers: Iterable[Offer] = (), coupons: Sequence[Held] = ()
) -> Quote:
    """Price a basket.

    items: no SKU twice. member: whether member prices are the buyer's. offers: activities going on, others are
    ignored. coupons: those the buyer chose. Where flash or member prices would cost more in lost thresholds
    than they save, they are left aside. Raises TooManyCoupons for two of one merchant or two of the mall.
    """
    groups = [it.offer.merchant for it in coupons]
    if len(set(groups)) < len(groups):
        raise TooManyCoupons
    going = _in_order({it.id: it for it in offers}.values())
    chosen = sorted(coupons, key=lambda it: _place(it.offer))
    bills = []
    for bill in _bills(items, member=member):
        bill.activities(going)
        for coupon in chosen:
            bill.take(coupon.offer, COUPON, coupon.id)
        bills.append(bill)
    cheapest = min(bills, key=lambda bill: sum(bill.left))  # the first of equals: with all prices
    return cheapest.quote(going, chosen)


def best(
    coupons: Iterable[Held], items: Sequence[Item], *, member: bool, offers: Iterable[Offer] = ()
) -> Choice:
    """Return which coupons make the basket cheapest; of equals the fewest, then those that end soonest.

    At most one of each merchant and one of the mall, none that takes nothing off. Exact up to `MOST_TRIES`
    combinations; with more, shop by shop.
    """
    going = _in_order({it.id: it for it in offers}.values())
    bills = list(_bills(items, member=member))
    for bill in bills:
        bill.activities(going)
    groups = _groups(coupons, bills)
    if prod(len(group) + 1 for group in groups) <= MOST_TRIES:
        every = product(*([None, *group] for group in groups))
        choices = [tuple(it for it in choice if it) for choice in every]
        return min(choices, key=lambda choice: _rank(choice, bills))
    return _shop_by_shop(groups, bills)


def unit_price(item: Item, *, member: bool) -> int:
    """Return what the next piece of an item costs before activities and coupons, for a list or product page."""
    prices = [item.price_fen]
    if member and item.member_price_fen is not None:
        prices.append(item.member_price_fen)
    if item.flash and item.flash.pieces != 0:
        prices.append(item.flash.price_fen)
    return min(prices)


def _place(offer: Offer) -> tuple[bool, str, str]:
    """The place of an offer among others: merchants' before the mall's."""
    return not offer.merchant, offer.merchant, offer.id


def _in_order(offers: Iterable[Offer]) -> list[Offer]:
    return sorted(offers, key=_place)


def _groups(coupons: Iterable[Held], bills: Sequence["_Bill"]) -> list[list[Held]]:
    """Return the coupons that would take something off, by merchant, the mall's last; one of each offer."""
    found: dict[str, Held] = {}
    for it in sorted(coupons, key=lambda it: (it.expires_at, it.id)):
        if it.offer.id not in found and any(bill.tried(it).left != bill.left for bill in bills):
            found[it.offer.id] = it
    groups: dict[tuple[bool, str], list[Held]] = {}
    for it in sorted(found.values(), key=lambda it: _place(it.offer)):
        groups.setdefault((not it.offer.merchant, it.offer.merchant), []).append(it)
    return list(groups.values())


def _rank(choice: Choice, bills: Sequence["_Bill"]) -> tuple[int, int, list[tuple[datetime, UUID]]]:
    payable = min(sum(bill.tried(*choice).left) for bill in bills)
    return payable, len(choice), sorted((it.expires_at, it.id) for it in choice)


def _shop_by_shop(groups: Sequence[Sequence[Held]], bills: Sequence["_Bill"]) -> Choice:
    """Choose in each group what helps most after those chosen before."""
    chosen: Choice = ()
    for group in groups:
        options: list[Choice] = [(), *((it,) for it in group)]
        option = min(options, key=lambda option: _rank(option, bills))
        chosen += option
        bills = [bill.tried(*option) for bill in bills]
    return chosen


def _bills(items: Sequence[Item], *, member: bool) -> Iterator["_Bill"]:
    """Yield the ways of pricing single pieces: with all prices first, then without flash, member or both."""
    if len({it.sku for it in items}) < len(items):
        raise ValueError("a SKU stands twice in a basket")
    flash = any(it.flash for it in items)
    member = member and any(it.member_price_fen is not None for it in items)
    for with_flash, with_member in product([True, False][: 1 + flash], [True, False][: 1 + member]):
        bill = _Bill(items)
        bill.price_pieces(flash=flash and with_flash, member=member and with_member)
        yield bill


@dataclass(slots=True)
class _Bill:
    """A basket while it is priced. before: what thresholds look at; left: what is still to pay, line by line."""

    items: Sequence[Item]
    before: list[int] = field(default_factory=list)
    left: list[int] = field(default_factory=list)
    reductions: list[list[Reduction]] = field(default_factory=list)
    flash: dict[str, int] = field(default_factory=dict)
    unused: list[Unused] = field(default_factory=list)

    def tried(self, *coupons: Held) -> "_Bill":
        """Return a copy with these coupons on it; its reductions are not kept."""
        copy = _Bill(self.items, self.before, self.left.copy(), [[] for _ in self.items])
        for it in coupons:
            copy.take(it.offer, COUPON)
        return copy

    def price_pieces(self, *, flash: bool, member: bool) -> None:
        """Give every piece the best of its prices."""
        for item in self.items:
            ordinary, reductions, pieces = item.price_fen, [], 0
            if member and item.member_price_fen is not None:
                ordinary = min(ordinary, item.member_price_fen)
            if flash and item.flash and item.flash.price_fen < ordinary:
                it, most = item.flash, item.flash.pieces
                pieces = item.quantity if most is None else min(most, item.quantity)
                saved = pieces * (item.price_fen - it.price_fen)
                reductions.append(Reduction(FLASH, it.rule, it.label, saved, it.funder or item.merchant))
            if saved := (item.quantity - pieces) * (item.price_fen - ordinary):
                reductions.append(Reduction(MEMBER, MEMBER, KINDS[MEMBER_PRICE], saved, item.merchant))
            if pieces:
                self.flash[item.sku] = pieces
            self.reductions.append([it for it in reductions if it.fen])
            self.before.append(item.goods_fen - sum(it.fen for it in reductions))
        self.left = self.before.copy()

    def activities(self, offers: Sequence[Offer]) -> None:
        """Apply the full reductions."""
        for offer in offers:
            if offer.kind == FULL_REDUCTION:
                self.take(offer, FULL_REDUCTION)

    def take(self, offer: Offer, kind: str, coupon: UUID | None = None) -> int:
        """Take off what an offer gives; returns how much, and notes why when it is nothing."""
        covered = [i for i, item in enumerate(self.items) if offer.covers(item)]
        step = offer.reached(worth := sum(self.before[i] for i in covered))
        if not covered or step is None:
            reason = offer.missing(worth) if covered else NOTHING_COVERED
            self.unused.append(Unused(offer, reason, coupon))
            return 0
        wishes = [self.left[i] if offer.form == FIXED else self.left[i] * step.off // 100 for i in covered]
        most = step.off if offer.form == FIXED else offer.cap_fen
        whole = sum(wishes) if most is None else min(most, sum(wishes))
        if not whole:
            self.unused.append(Unused(offer, NOTHING_LEFT, coupon))
            return 0
        shares = apportion(whole, wishes, [self.items[i].sku for i in covered])
        for i, fen in zip(covered, shares, strict=True):
            if fen:
                self.left[i] -= fen
                self.reductions[i].append(Reduction(kind, offer.id, offer.title, fen, offer.funder))
        return whole

    def quote(self, offers: Sequence[Offer], coupons: Sequence[Held]) -> Quote:
        """Return the outcome."""
        free: set[str] = set()
        for offer in offers:
            if offer.kind == FREE_SHIPPING:
                free |= self._free_shipping(offer)
        lines = tuple(
            PricedLine(it.sku, it.merchant, it.quantity, it.price_fen, tuple(reductions), left)
            for it, reductions, left in zip(self.items, self.reductions, self.left, strict=True)
        )
        goods, payable = sum(it.goods_fen for it in self.items), sum(self.left)
        missing = frozenset(it.coupon for it in self.unused if it.coupon)
        used = tuple(it.id for it in coupons if it.id not in missing)
        return Quote(
            lines, goods, goods - payable, payable, frozenset(free), tuple(self.unused), used, missing, self.flash
        )  # fmt: skip

    def _free_shipping(self, offer: Offer) -> set[str]:
        covered = [item for item in self.items if offer.covers(item)]
        worth = sum(item.goods_fen for item in covered)
        if covered and offer.reached(worth):
            return {item.merchant for item in covered}
        reason = offer.missing(worth) if covered else NOTHING_COVERED
        self.unused.append(Unused(offer, reason))
        return set()
