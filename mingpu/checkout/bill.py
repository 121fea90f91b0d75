"""What a purchase costs, line by line and merchant by merchant, each fen with its reason. Pure, no database."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from mingpu.catalog.queries import SkuInfo
from mingpu.catalog.rules import GOODS, STORED_VALUE
from mingpu.lib.text import Text
from mingpu.merchants.queries import Shop
from mingpu.merchants.shipping import Fee, Template, fee
from mingpu.promotions.pricing import PricedLine, Quote, price
from mingpu.promotions.rules import Flash, Held, Item, Offer, Reduction

AT_ONCE = Fee(0, Text("即时到账，无需配送", "Delivered at once, nothing to carry"), free=True)


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds for a purchase besides the goods: prices of its own, offers, the person's coupons, merchants.

    member_fen: SKU -> price for members; flashes: SKU -> flash price; offers hold for everybody, coupons are the
    person's own that were chosen.
    """

    shops: Mapping[str, Shop]
    member_fen: Mapping[str, int]
    flashes: Mapping[str, Flash]
    offers: Sequence[Offer]
    coupons: Sequence[Held]

    def with_coupons(self, coupons: Sequence[Held]) -> "Terms":
        """Return the same with these coupons chosen."""
        return replace(self, coupons=coupons)


@dataclass(frozen=True, slots=True)
class Area:
    """Where the goods go, as far as the delivery fee depends on it; blank for not known yet."""

    province: str = ""
    city: str = ""


@dataclass(frozen=True, slots=True)
class Share:
    """One merchant's share; money in fen. own_discount_fen: the part of the discount that the merchant bears."""

    merchant: str
    name: Text
    skus: tuple[str, ...]
    pieces: int
    goods_fen: int
    discount_fen: int
    own_discount_fen: int
    fee: Fee
    commission: int

    @property
    def payable_fen(self) -> int:
        """Goods less discounts, plus delivery."""
        return self.goods_fen - self.discount_fen + self.fee.fen


@dataclass(frozen=True, slots=True)
class Bill:
    """A whole purchase; money in fen. goods: SKU -> what it is; lines stand in the order of the request."""

    lines: tuple[PricedLine, ...]
    goods: Mapping[str, SkuInfo]
    shares: tuple[Share, ...]
    quote: Quote
    cod: bool  # whether it can be paid at the door

    @property
    def goods_fen(self) -> int:
        """At list prices."""
        return self.quote.goods_fen

    @property
    def discount_fen(self) -> int:
        """All reductions."""
        return self.quote.discount_fen

    @property
    def shipping_fen(self) -> int:
        """All delivery fees."""
        return sum(share.fee.fen for share in self.shares)

    @property
    def total_fen(self) -> int:
        """What is to be paid."""
        return self.goods_fen - self.discount_fen + self.shipping_fen

    @property
    def pieces(self) -> int:
        """Of all lines."""
        return sum(line.quantity for line in self.lines)

    @property
    def money(self) -> bool:
        """Whether some of it is stored value."""
        return any(it.kind in STORED_VALUE for it in self.goods.values())

    @property
    def virtual(self) -> bool:
        """Whether nothing of it is carried to a door."""
        return all(it.kind != GOODS for it in self.goods.values())


def make_out(
    wanted: Mapping[str, int], goods: Mapping[str, SkuInfo], terms: Terms, *, area: Area, member: bool
) -> Bill:
    """Return the bill for `wanted` (SKU -> pieces), every SKU of which is in `goods`.

    member: signed in. Raises merchants.errors.NotDelivered for a place that a merchant does not serve.
    """
    items = [item_of(goods[code], pieces, terms) for code, pieces in wanted.items()]
    quote = price(items, member=member, offers=terms.offers, coupons=terms.coupons)
    of_merchant: dict[str, list[PricedLine]] = {}
    for line in quote.lines:
        of_merchant.setdefault(line.merchant, []).append(line)
    shares = tuple(
        _share(code, lines, goods, terms, quote=quote, area=area)
        for code, lines in sorted(of_merchant.items())
    )
    carried = all(goods[code].kind == GOODS for code in wanted)
    cod = carried and len(shares) == 1 and terms.shops[shares[0].merchant].merchant.cod
    bought = {code: goods[code] for code in wanted}
    bill = Bill(tuple(quote.lines), bought, shares, quote, cod)
    return bill if bill.total_fen else replace(bill, cod=False)


def item_of(it: SkuInfo, pieces: int, terms: Terms) -> Item:
    """Return an article as promotions price it."""
    return Item(
        sku=it.code, title=it.title, merchant=it.merchant, category=it.category, brand=it.brand,
        price_fen=it.price_fen, quantity=pieces, member_price_fen=terms.member_fen.get(it.code),
        flash=terms.flashes.get(it.code), product=str(it.product_id), reducible=it.kind not in STORED_VALUE,
    )  # fmt: skip


def _share(
    code: str,
    lines: Sequence[PricedLine],
    goods: Mapping[str, SkuInfo],
    terms: Terms,
    *,
    quote: Quote,
    area: Area,
) -> Share:
    carried = [line for line in lines if goods[line.sku].kind == GOODS]
    charged = _fee(carried, goods, terms.shops[code].terms, area) if carried else AT_ONCE
    if code in quote.free_shipping:
        charged = Fee(
            0, charged.reason if charged.free else Text("活动包邮", "Free delivery by an offer"), free=True
        )
    listed = sum(line.price_fen * line.quantity for line in lines)
    return Share(
        merchant=code, name=terms.shops[code].merchant.name, skus=tuple(line.sku for line in lines),
        pieces=sum(line.quantity for line in lines), goods_fen=listed,
        discount_fen=listed - sum(line.payable_fen for line in lines),
        own_discount_fen=sum(it.fen for it in _reductions(lines) if it.funder == code),
        fee=charged, commission=terms.shops[code].merchant.commission,
    )  # fmt: skip


def _reductions(lines: Iterable[PricedLine]) -> Iterator[Reduction]:
    return (reduction for line in lines for reduction in line.reductions)


def _fee(lines: Sequence[PricedLine], goods: Mapping[str, SkuInfo], template: Template, area: Area) -> Fee:
    return fee(
        template, province=area.province, city=area.city, pieces=sum(line.quantity for line in lines),
        grams=sum(goods[line.sku].grams * line.quantity for line in lines),
        payable_fen=sum(line.payable_fen for line in lines),
    )  # fmt: skip
