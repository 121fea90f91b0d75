"""Made-up baskets and offers: small shops, few categories, prices from a fen up, so that corners meet often."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import strategies as st

from mingpu.lib.text import Text
from mingpu.promotions.rules import (
    COUPON,
    FIXED,
    FREE_SHIPPING,
    FULL_REDUCTION,
    PERCENTAGE,
    Flash,
    Held,
    Item,
    Offer,
    Scope,
    Step,
)

SHOPS = ("mingpu", "north", "south")
PATHS = (("家电", "厨房电器"), ("家电", "风扇"), ("食品",))
BRANDS = ("甲", "乙")
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
fens = st.one_of(st.integers(1, 9), st.integers(1, 500), st.integers(1, 10**6))


def item(sku: str = "A", price_fen: int = 10_000, quantity: int = 1, **other) -> Item:
    values = {"title": sku, "merchant": "mingpu", "category": ("家电", "风扇"), "brand": "甲", **other}
    return Item(sku=sku, price_fen=price_fen, quantity=quantity, **values)


def money_off(key: str, threshold_fen: int, off: int, kind: str = FULL_REDUCTION, **other) -> Offer:
    return Offer(key, kind, Text(key, key), steps=(Step(threshold_fen, off),), **other)


def held(offer: Offer, number: int = 1, days: int = 1) -> Held:
    return Held(UUID(int=number), offer, NOON + timedelta(days=days))


@st.composite
def items(draw, at_most: int = 6) -> list[Item]:
    found = []
    for number in range(draw(st.integers(1, at_most))):
        list_fen = draw(fens)
        flash = draw(st.none() | st.builds(Flash, st.just(f"f{number}"), fens, st.none() | st.integers(0, 3)))
        found.append(
            item(
                f"S{number}", list_fen, draw(st.integers(1, 5)), merchant=draw(st.sampled_from(SHOPS)),
                category=draw(st.sampled_from(PATHS)), brand=draw(st.sampled_from(BRANDS)),
                member_price_fen=draw(st.none() | fens), flash=flash,
            )
        )  # fmt: skip
    return found


scopes = st.builds(
    Scope,
    categories=st.sampled_from([(), (), (("家电",),), (("家电", "风扇"), ("食品",))]),
    brands=st.sampled_from([(), (), ("甲",)]),
    skus=st.sampled_from([(), (), (), ("S0", "S1")]),
)


@st.composite
def offers(draw, key: str, kinds: tuple[str, ...] = (FULL_REDUCTION, FREE_SHIPPING)) -> Offer:
    kind = draw(st.sampled_from(kinds))
    form = FIXED if kind == FREE_SHIPPING else draw(st.sampled_from([FIXED, PERCENTAGE]))
    most = 100 if form == PERCENTAGE else 2000
    thresholds = sorted(draw(st.sets(st.integers(0, 3000), min_size=1, max_size=3)))
    offs = sorted(draw(st.sets(st.integers(1, most), min_size=len(thresholds), max_size=len(thresholds))))
    return Offer(
        key, kind, Text(key, key), draw(st.sampled_from(["", *SHOPS])), draw(scopes), form,
        tuple(map(Step, thresholds, offs)), draw(st.none() | st.integers(1, 300)) if form == PERCENTAGE else None,
    )  # fmt: skip


@st.composite
def activities(draw, at_most: int = 4) -> list[Offer]:
    return [draw(offers(f"o{number}")) for number in range(draw(st.integers(0, at_most)))]


@st.composite
def coupons(draw, at_most: int = 4) -> list[Held]:
    """Coupons of shops no two of which are alike, as somebody may choose them."""
    drawn = [draw(offers(f"c{number}", (COUPON,))) for number in range(draw(st.integers(0, at_most)))]
    chosen = {offer.merchant: offer for offer in drawn}
    return [held(offer, number) for number, offer in enumerate(chosen.values(), 1)]
