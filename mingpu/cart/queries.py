"""A cart as its owner sees it: lines with today's price and stock. And favourites."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db import connection

from mingpu.cart.models import Favourite, Line
from mingpu.catalog.publication import REASONS
from mingpu.catalog.queries import Card, SkuInfo, cards, skus
from mingpu.catalog.rules import GOODS
from mingpu.lib.errors import NotFound
from mingpu.lib.text import Text
from mingpu.merchants.queries import shop
from mingpu.merchants.rules import OWN_SHOP
from mingpu.merchants.shipping import fee
from mingpu.privacy.purposes import Purpose, processing
from mingpu.promotions.pricing import price, unit_price
from mingpu.promotions.queries import flashes, member_prices, special_skus, to_items

LINES = "SELECT sku, quantity FROM cart_line WHERE owner_id = %s ORDER BY added_at DESC, sku"


@dataclass(frozen=True, slots=True)
class CartLine:
    """One line; money in fen. `problem` says why it cannot be ordered as it stands.

    price_fen: the list price of one piece; unit_fen: what the next piece costs this buyer, None for the same.
    saved_fen: what member and flash prices take off all pieces.
    """

    sku: str
    product_id: UUID | None
    title: str
    options: Mapping[str, str]
    image: str
    price_fen: int
    quantity: int
    available: int
    problem: Text | None
    merchant: str = OWN_SHOP
    kind: str = "goods"
    grams: int = 0
    unit_fen: int | None = None
    saved_fen: int = 0
    for_sale: bool = True

    @property
    def unit_price_fen(self) -> int:
        """What one piece costs this buyer, before activities and coupons."""
        return self.price_fen if self.unit_fen is None else self.unit_fen

    @property
    def subtotal_fen(self) -> int:
        """What all pieces cost, before activities and coupons."""
        return self.price_fen * self.quantity - self.saved_fen


@dataclass(frozen=True, slots=True)
class Cart:
    """All lines, newest first."""

    lines: tuple[CartLine, ...]

    @property
    def count(self) -> int:
        """Pieces in all lines."""
        return sum(line.quantity for line in self.lines)

    @property
    def total_fen(self) -> int:
        """What the orderable lines cost."""
        return sum(line.subtotal_fen for line in self.lines if line.problem is None)

    @property
    def senders(self) -> tuple[str, ...]:
        """The shops that have something to send, in the order of the lines."""
        return tuple(dict.fromkeys(line.merchant for line in self.lines if line.kind == GOODS))

    @property
    def merchants(self) -> tuple[str, ...]:
        """The shops they are from, in the order of the lines."""
        return tuple(dict.fromkeys(line.merchant for line in self.lines))

    @property
    def shipping_fen(self) -> int:
        """What most places pay for their delivery, before any offer; the checkout knows the place."""
        carried = [line for line in self.lines if line.problem is None and line.kind == "goods"]
        return sum(
            fee(
                shop(code).terms, province="", city="", pieces=sum(line.quantity for line in own),
                grams=sum(line.grams * line.quantity for line in own),
                payable_fen=sum(line.subtotal_fen for line in own),
            ).fen
            for code in dict.fromkeys(line.merchant for line in carried)
            if (own := [line for line in carried if line.merchant == code])
        )  # fmt: skip

    @property
    def orderable(self) -> bool:
        """Whether everything in it can be ordered."""
        return bool(self.lines) and all(line.problem is None for line in self.lines)


def cart_of(*, owner_id: UUID, member: bool = False) -> Cart:
    """Return the cart of a person or visitor; two statements whatever its size, four with prices of their own.

    member: signed in, so that prices for members are theirs.
    """
    with processing(Purpose.SHOPPING, subject=owner_id, reading=True):
        rows = lines_of(owner_id)
    return priced(rows, member=member)


def lines_of(owner_id: UUID) -> list[tuple[str, int]]:
    """Return (SKU, pieces), newest first, inside a running `processing`; written out, as it is asked so often."""
    with connection.cursor() as cursor:
        cursor.execute(LINES, [owner_id])
        rows: list[tuple[str, int]] = cursor.fetchall()
    return rows


def priced(
    rows: Sequence[tuple[str, int]], known: Mapping[str, SkuInfo] | None = None, *, member: bool = False
) -> Cart:
    """Return lines of (SKU, pieces) with today's price and stock, as a cart of them would be.

    known: SKUs read a moment ago; None to read them now. Flash prices are counted as for somebody who has bought
    nothing at them yet; the checkout knows better.
    """
    found = skus([code for code, _ in rows]) if known is None else known
    lines = tuple(_line(code, quantity, found) for code, quantity in rows)
    special = {line.sku: line.quantity for line in lines if line.sku in found} if rows else {}
    special = {code: pieces for code, pieces in special.items() if code in special_skus()}
    return Cart(_at_their_prices(lines, special, found, member=member) if special else lines)


def _at_their_prices(
    lines: tuple[CartLine, ...], special: Mapping[str, int], known: Mapping[str, SkuInfo], *, member: bool
) -> tuple[CartLine, ...]:
    items = to_items(special, known, member_fen=member_prices(special), flash=flashes(special))
    unit = {it.sku: unit_price(it, member=member) for it in items}
    saved = {it.sku: it.discount_fen for it in price(items, member=member).lines}
    return tuple(
        replace(line, unit_fen=unit[line.sku], saved_fen=saved[line.sku]) if line.sku in unit else line
        for line in lines
    )


def count_of(*, owner_id: UUID) -> int:
    """Return how many pieces are in a cart, for the badge."""
    with processing(Purpose.SHOPPING, subject=owner_id, reading=True):
        return sum(Line.objects.filter(owner_id=owner_id).values_list("quantity", flat=True))


@dataclass(frozen=True, slots=True)
class FavouriteView:
    """A product somebody marked; card: as lists show it, None when it left the catalogue."""

    product_id: UUID
    added_at: datetime
    card: Card | None


@dataclass(frozen=True, slots=True)
class FavouritePage:
    """A page of favourites, newest first, of `total`."""

    total: int
    items: tuple[FavouriteView, ...]
    page: int
    page_size: int


def favourites_of(*, owner_id: UUID, page: int = 1, page_size: int = 20) -> FavouritePage:
    """Return a page of what somebody marked, in the reader's language; three statements whatever its size."""
    with processing(Purpose.SHOPPING, subject=owner_id, reading=True):
        own = Favourite.objects.filter(owner_id=owner_id)
        total = own.count()
        found = own.order_by("-added_at", "product_id").values_list("product_id", "added_at")
        rows = list(found[(page - 1) * page_size : page * page_size])
    known = {card.id: card for card in cards([key for key, _ in rows])}
    return FavouritePage(
        total, tuple(FavouriteView(key, at, known.get(key)) for key, at in rows), page, page_size
    )


def marked(*, owner_id: UUID, product_ids: Collection[UUID]) -> frozenset[UUID]:
    """Return which of these products somebody marked, for the hearts of a list."""
    with processing(Purpose.SHOPPING, subject=owner_id, reading=True):
        rows = Favourite.objects.filter(owner_id=owner_id, product_id__in=list(product_ids))
        return frozenset(rows.values_list("product_id", flat=True))


def _line(code: str, quantity: int, known: Mapping[str, SkuInfo]) -> CartLine:
    it = known.get(code)
    if it is None:
        gone = Text("商品已下架", "No longer offered")
        return CartLine(code, None, code, {}, "", 0, quantity, 0, gone, for_sale=False)
    problem = None
    if it.standing:
        problem = REASONS[it.standing]
    elif not it.for_sale or not shop(it.merchant).merchant.active:
        problem = Text("目前不出售", "Not for sale now")
    elif it.stock == 0:
        problem = Text("已售罄", "Sold out")
    elif it.stock < quantity:
        problem = Text(f"只剩 {it.stock} 件", f"Only {it.stock} left")
    elif quantity < 1:
        problem = Text("请填写件数", "Please say how many pieces")
    return CartLine(
        code,
        it.product_id,
        it.title,
        it.options,
        it.image,
        it.price_fen,
        quantity,
        it.stock,
        problem,
        it.merchant,
        it.kind,
        it.grams,
        for_sale=it.for_sale,
    )


def line_sku(owner_id: UUID, line_id: UUID) -> str:
    """Return which SKU a line of a cart is of; raises NotFound for another's."""
    with processing(Purpose.SHOPPING, subject=owner_id, reading=True):
        sku = Line.objects.filter(owner_id=owner_id, id=line_id).values_list("sku", flat=True).first()
    if sku is None:
        raise NotFound
    return str(sku)


def favourite_product(owner_id: UUID, favourite_id: UUID) -> UUID:
    """Return which product a mark is on; raises NotFound for another's."""
    with processing(Purpose.SHOPPING, subject=owner_id, reading=True):
        rows = Favourite.objects.filter(owner_id=owner_id, id=favourite_id)
        product_id: UUID | None = rows.values_list("product_id", flat=True).first()
    if product_id is None:
        raise NotFound
    return product_id
