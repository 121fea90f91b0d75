"""What a purchase would cost, before it is made."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from mingpu.accounts.models import Address
from mingpu.catalog.queries import SkuInfo, skus
from mingpu.checkout.bill import Area, Bill, Terms, item_of, make_out
from mingpu.checkout.wish import digest
from mingpu.lib.errors import NotFound
from mingpu.lib.text import Text
from mingpu.merchants.queries import shop
from mingpu.merchants.shipping import not_delivered
from mingpu.orders.errors import NotForSale
from mingpu.orders.models import Placement
from mingpu.privacy.purposes import Purpose, processing
from mingpu.promotions.pricing import best
from mingpu.promotions.queries import (
    activities,
    coupon_offers,
    flashes,
    member_prices,
    special_skus,
    usable_coupons,
)
from mingpu.promotions.rules import Held


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a purchase would cost now.

    coupons: all the person could choose from; chosen: those counted in; best: those that help most.
    """

    bill: Bill
    coupons: tuple[Held, ...]
    chosen: frozenset[UUID]
    best: frozenset[UUID] = frozenset()


def terms_for(person_id: UUID, goods: Mapping[str, SkuInfo], coupons: Collection[UUID]) -> Terms:
    """Return what holds for a person who buys `goods`, inside a running `processing` of theirs."""
    held = coupon_offers(person_id, coupons) if coupons else ()
    return _terms(goods, held, person_id)


def estimate(
    *,
    person_id: UUID | None,
    wanted: Mapping[str, int],
    coupons: Collection[UUID] | None = None,
    address_id: UUID | None = None,
    area: Area | None = None,
) -> Estimate:
    """Return what `wanted` (SKU -> pieces, of at least one) would cost.

    person_id: None for a visitor, who has no coupons and no member prices. coupons: the ones chosen; None for
    those that help most. address_id or area: where it goes; without either, the fee is that of most places.
    Raises NotForSale for an unknown SKU, NotFound for an address that is not theirs, NotDelivered,
    TooManyCoupons.
    """
    goods = skus(list(wanted))
    if missing := next((code for code in wanted if code not in goods), None):
        raise NotForSale(title=missing)
    if person_id is None:
        bill = make_out(wanted, goods, _terms(goods, (), None), area=area or Area(), member=False)
        return Estimate(bill, (), frozenset())
    with processing(Purpose.SHOPPING, subject=person_id, reading=True):
        mine = usable_coupons(person_id)
        terms = _terms(goods, (), person_id)
    items = [item_of(goods[code], pieces, terms) for code, pieces in wanted.items()]
    helping = best(mine, items, member=True, offers=terms.offers)
    chosen = helping if coupons is None else tuple(it for it in mine if it.id in coupons)
    whereto = _area(person_id, address_id) if address_id else area or Area()
    bill = make_out(wanted, goods, terms.with_coupons(chosen), area=whereto, member=True)
    return Estimate(bill, mine, frozenset(it.id for it in chosen), frozenset(it.id for it in helping))


@dataclass(frozen=True, slots=True)
class Undelivered:
    """A shop that delivers nothing to a place. region: of the shop's terms, which the place lies in."""

    merchant: str
    name: Text
    region: str


def undelivered(merchants: Collection[str], area: Area) -> tuple[Undelivered, ...]:
    """Return which shops do not deliver to a place; () for a place without a province. Nobody's data is read."""
    if not area.province:
        return ()
    found = []
    for code in merchants:
        it = shop(code)
        if region := not_delivered(it.terms, province=area.province, city=area.city):
            found.append(Undelivered(code, it.merchant.name, region))
    return tuple(found)


def placed_by(*, person_id: UUID, key: str) -> str:
    """Return the number of the order that this key placed, whatever was asked for; "" for none."""
    with processing(Purpose.ORDERING, subject=person_id, reading=True):
        rows = Placement.objects.filter(person_id=person_id, key_hash=digest(key))
        return rows.values_list("order_no", flat=True).first() or ""


def _terms(goods: Mapping[str, SkuInfo], held: tuple[Held, ...], person_id: UUID | None) -> Terms:
    codes = tuple(sorted({it.merchant for it in goods.values()}))
    special = special_skus() & goods.keys()
    return Terms(
        shops={code: shop(code) for code in codes}, offers=activities(codes), coupons=held,
        member_fen=member_prices(special) if special else {},
        flashes=flashes(special, person_id=person_id) if special else {},
    )  # fmt: skip


def _area(person_id: UUID, address_id: UUID) -> Area:
    """Return province and city of an address of theirs; the rest of it stays sealed."""
    with processing(Purpose.PROFILE, subject=person_id, reading=True):
        row = Address.objects.filter(id=address_id, person_id=person_id).values("province", "city").first()
    if row is None:
        raise NotFound
    return Area(row["province"] or "", row["city"] or "")
