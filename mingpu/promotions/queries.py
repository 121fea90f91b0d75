"""Reading promotions. Offers are nobody's data; a person's coupons are read inside a `processing`.

Each is one statement whatever it is asked for.
"""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from mingpu.catalog.queries import SkuInfo
from mingpu.catalog.rules import STORED_VALUE
from mingpu.lib.clock import now
from mingpu.lib.kept import kept
from mingpu.lib.text import Text
from mingpu.privacy.purposes import Purpose, processing
from mingpu.promotions.rules import PLATFORM, Flash, Held, Item, Offer, Scope, Step

USABLE, USED, EXPIRED = "usable", "used", "expired"
_WIDTH = 12  # columns of an offer
_SHARED = {
    "offer": "o.id, o.kind, o.title, o.title_en, o.merchant, o.categories, o.brands, o.products, o.skus, o.form, "
    "o.steps, o.cap_fen",
    "going": "o.active AND o.starts_at <= %s AND o.ends_at > %s",
}
ACTIVITIES = """
SELECT {offer} FROM promotions_offer o
WHERE o.kind IN ('full_reduction', 'free_shipping') AND {going} AND (o.merchant = '' OR o.merchant = ANY(%s::text[]))
ORDER BY o.id
""".format(**_SHARED)
FLASHES = """
SELECT f.sku, f.id, f.price_fen, f.stock, f.per_person, {{had}}, o.title, o.title_en, o.merchant, o.ends_at
FROM promotions_flash f JOIN promotions_offer o ON o.id = f.offer_id WHERE f.sku = ANY(%s::text[]) AND {going}
""".format(**_SHARED)
HAD = """
(SELECT coalesce(sum(u.quantity), 0) FROM promotions_flashuse u
 WHERE u.flash_id = f.id AND u.person_id = %s AND NOT u.returned)
"""
MEMBER_PRICES = """
SELECT m.sku, min(m.price_fen) FROM promotions_memberprice m JOIN promotions_offer o ON o.id = m.offer_id
WHERE m.sku = ANY(%s::text[]) AND {going} GROUP BY m.sku
""".format(**_SHARED)
COUPONS = """
SELECT {offer}, c.id, c.state, c.order_no, c.claimed_at, c.expires_at
FROM promotions_coupon c JOIN promotions_offer o ON o.id = c.offer_id
WHERE c.person_id = %s AND {{which}} ORDER BY c.expires_at, c.id LIMIT 500
""".format(**_SHARED)
CLAIMABLE = """
SELECT {offer}, o.total - o.claimed, o.per_person, {{mine}}, o.valid_days, o.ends_at FROM promotions_offer o
WHERE o.kind = 'coupon' AND {going} AND (%s::text[] IS NULL OR o.merchant = '' OR o.merchant = ANY(%s::text[]))
ORDER BY o.ends_at, o.id
""".format(**_SHARED)
PRICED = """
(SELECT count(*) FROM promotions_flash f WHERE f.offer_id = o.id)
+ (SELECT count(*) FROM promotions_memberprice m WHERE m.offer_id = o.id)
"""
ALL = """
SELECT {offer}, o.starts_at, o.ends_at, o.active, o.claimed, o.total, {priced}
FROM promotions_offer o ORDER BY o.ends_at DESC, o.id
""".format(priced=PRICED, **_SHARED)
ENDS = "SELECT id, ends_at FROM promotions_offer WHERE id = ANY(%s::text[])"
# Begun or still to come, so that what is kept a moment too long leaves none out.
SPECIAL = """
SELECT f.sku FROM promotions_flash f JOIN promotions_offer o ON o.id = f.offer_id WHERE o.active AND o.ends_at > %s
UNION SELECT m.sku FROM promotions_memberprice m JOIN promotions_offer o ON o.id = m.offer_id
WHERE o.active AND o.ends_at > %s
"""
STALE = 1.0  # seconds for which buyers may see what was offered before
MINE = "(SELECT count(*) FROM promotions_coupon c WHERE c.offer_id = o.id AND c.person_id = %s)"


@dataclass(frozen=True, slots=True)
class OfferView:
    """An offer as its operator sees it. claimed of total: coupons; prices: SKUs with a price of their own."""

    offer: Offer
    starts_at: datetime
    ends_at: datetime
    active: bool
    claimed: int
    total: int | None
    prices: int


@dataclass(frozen=True, slots=True)
class FlashView:
    """A flash sale of one SKU as pages show it. stock: pieces left in all; pieces: left for this buyer."""

    sku: str
    price_fen: int
    stock: int
    per_person: int
    pieces: int
    title: Text
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class CouponView:
    """A coupon as its owner sees it. state: usable | used | expired; order_no: where it was used, or ""."""

    id: UUID
    offer: Offer
    state: str
    order_no: str
    claimed_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Claimable:
    """A coupon that can be had. left: how many in all, None for any number; mine: how many one has of it."""

    offer: Offer
    left: int | None
    per_person: int
    mine: int
    valid_days: int | None
    ends_at: datetime

    @property
    def open(self) -> bool:
        """Whether one more can be claimed."""
        return self.mine < self.per_person and self.left != 0


@kept(STALE)
def special_skus() -> frozenset[str]:
    """Return the SKUs that have, or will have, a flash price or one for members."""
    moment = now()
    return frozenset(row[0] for row in _read(SPECIAL, [moment, moment]))


@kept(STALE)
def activities(merchants: tuple[str, ...]) -> tuple[Offer, ...]:
    """Return what `offers_for` returns now, at most a second old."""
    return offers_for(merchants)


def forget() -> None:
    """Ask anew: offers were changed in this process. Others see it within a second."""
    special_skus.forget()
    activities.forget()


def offers_for(merchants: Iterable[str], at: datetime | None = None) -> tuple[Offer, ...]:
    """Return the full reductions and free deliveries that go on for goods of these merchants, the mall's included."""
    moment = at or now()
    return tuple(_offer(row) for row in _read(ACTIVITIES, [moment, moment, list(merchants)]))


def all_offers() -> tuple[OfferView, ...]:
    """Return every offer that was made, newest end first, for its operator."""
    return tuple(OfferView(_offer(row), *row[_WIDTH:]) for row in _read(ALL, []))


def ends_of(ids: Iterable[str]) -> dict[str, datetime]:
    """Return when these offers end, stopped ones included; those that were never made are left out."""
    return {row[0]: row[1] for row in _read(ENDS, [list(ids)])}


def flashes(
    skus: Iterable[str], at: datetime | None = None, *, person_id: UUID | None = None
) -> dict[str, Flash]:
    """Return the flash prices that go on, by SKU, sold out ones left out.

    person_id: whose earlier pieces count against the limit, inside a running `processing` of theirs; None for
    somebody who has bought nothing.
    """
    return {
        sku: Flash(row[1], row[2], pieces, Text(row[6], row[7]), row[8] or PLATFORM)
        for row in _flashes(skus, at, person_id)
        if (sku := row[0]) and (pieces := _pieces(row))
    }


def flash_views(skus: Iterable[str], at: datetime | None = None) -> dict[str, FlashView]:
    """Return the flash sales that go on, by SKU, for pages: with what is left and until when."""
    return {
        row[0]: FlashView(row[0], row[2], row[3], row[4], _pieces(row), Text(row[6], row[7]), row[9])
        for row in _flashes(skus, at, None)
    }


def member_prices(skus: Iterable[str], at: datetime | None = None) -> dict[str, int]:
    """Return the prices for members that hold now, SKU -> fen."""
    moment = at or now()
    return {row[0]: row[1] for row in _read(MEMBER_PRICES, [list(skus), moment, moment])}


def to_items(
    wanted: Mapping[str, int],
    goods: Mapping[str, SkuInfo],
    *,
    member_fen: Mapping[str, int],
    flash: Mapping[str, Flash],
) -> list[Item]:
    """Return what `pricing.price` takes, for SKU -> pieces of which every SKU is in `goods`."""
    return [
        Item(
            code, it.title, it.merchant, it.category, it.brand, it.price_fen, pieces, member_fen.get(code),
            flash.get(code), str(it.product_id), reducible=it.kind not in STORED_VALUE,
        )
        for code, pieces in wanted.items()
        if (it := goods[code])
    ]  # fmt: skip


def coupon_offers(person_id: UUID, ids: Collection[UUID]) -> tuple[Held, ...]:
    """Return those of these coupons that the person can use now, inside a running `processing`."""
    which = "c.id = ANY(%s::uuid[]) AND c.state = 'held' AND c.expires_at > %s"
    rows = _read(COUPONS.format(which=which), [person_id, list(ids), now()])
    return tuple(_held(row) for row in rows)


def usable_coupons(person_id: UUID, at: datetime | None = None) -> tuple[Held, ...]:
    """Return all the coupons a person can use now, soonest to expire first, inside a running `processing`."""
    which = "c.state = 'held' AND c.expires_at > %s"
    return tuple(_held(row) for row in _read(COUPONS.format(which=which), [person_id, at or now()]))


def coupons_of(*, person_id: UUID, state: str = "", at: datetime | None = None) -> tuple[CouponView, ...]:
    """Return a person's coupons, soonest to expire first. state: usable, used or expired; "" for all."""
    moment = at or now()
    with processing(Purpose.SHOPPING, subject=person_id, reading=True):
        rows = _read(COUPONS.format(which="true"), [person_id])
    views = [_view(row, moment) for row in rows]
    return tuple(it for it in views if state in ("", it.state))


def claimable(
    *, person_id: UUID | None = None, merchants: Iterable[str] | None = None, at: datetime | None = None
) -> tuple[Claimable, ...]:
    """Return the coupons that are handed out now, the mall's and these merchants' (None for all).

    person_id: who asks, for how many of each they have.
    """
    moment, codes = at or now(), None if merchants is None else list(merchants)
    values = [moment, moment, codes, codes]
    if person_id is None:
        rows = _read(CLAIMABLE.format(mine="0"), values)
    else:
        with processing(Purpose.SHOPPING, subject=person_id, reading=True):
            rows = _read(CLAIMABLE.format(mine=MINE), [person_id, *values])
    return tuple(Claimable(_offer(row), *row[_WIDTH:]) for row in rows)


def _flashes(skus: Iterable[str], at: datetime | None, person_id: UUID | None) -> list[tuple[Any, ...]]:
    moment = at or now()
    values = [list(skus), moment, moment]
    if person_id is None:
        return _read(FLASHES.format(had="0"), values)
    return _read(FLASHES.format(had=HAD), [person_id, *values])


def _pieces(row: tuple[Any, ...]) -> int:
    """Return how many pieces of a flash sale a buyer can still have."""
    stock, per_person, had = row[3:6]
    return max(0, min(int(stock), int(per_person) - int(had)))


def _read(statement: str, values: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _offer(row: tuple[Any, ...]) -> Offer:
    key, kind, zh, en, merchant, categories, brands, products, skus, form, steps, cap = row[:_WIDTH]
    paths = tuple(tuple(path) for path in json.loads(categories))
    scope = Scope(paths, tuple(brands), tuple(products), tuple(skus))
    return Offer(
        key, kind, Text(zh, en), merchant, scope, form, tuple(Step(*it) for it in json.loads(steps)), cap
    )


def _held(row: tuple[Any, ...]) -> Held:
    return Held(id=row[_WIDTH], offer=_offer(row), expires_at=row[-1])


def _view(row: tuple[Any, ...], moment: datetime) -> CouponView:
    key, state, order_no, claimed_at, expires_at = row[_WIDTH:]
    if state == "held":
        state = USABLE if expires_at > moment else EXPIRED
    return CouponView(key, _offer(row), state, order_no, claimed_at, expires_at)
