"""A cart as its owner sees it: lines with today's price and stock."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import connection

from mingpu.cart.models import Line
from mingpu.catalog.queries import SkuInfo, skus
from mingpu.lib.text import Text
from mingpu.merchants.queries import shop
from mingpu.merchants.rules import OWN_SHOP
from mingpu.merchants.shipping import fee
from mingpu.privacy.purposes import Purpose, processing

LINES = "SELECT sku, quantity FROM cart_line WHERE owner_id = %s ORDER BY added_at DESC, sku"


@dataclass(frozen=True, slots=True)
class CartLine:
    """One line; money in fen. `problem` says why it cannot be ordered as it stands."""

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

    @property
    def subtotal_fen(self) -> int:
        """Price times pieces."""
        return self.price_fen * self.quantity


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


def cart_of(*, owner_id: UUID) -> Cart:
    """Return the cart of a person or visitor; two statements whatever its size."""
    with processing(Purpose.SHOPPING, subject=owner_id, reading=True):
        rows = lines_of(owner_id)
    return priced(rows)


def lines_of(owner_id: UUID) -> list[tuple[str, int]]:
    """Return (SKU, pieces), newest first, inside a running `processing`; written out, as it is asked so often."""
    with connection.cursor() as cursor:
        cursor.execute(LINES, [owner_id])
        rows: list[tuple[str, int]] = cursor.fetchall()
    return rows


def priced(rows: Sequence[tuple[str, int]], known: Mapping[str, SkuInfo] | None = None) -> Cart:
    """Return lines of (SKU, pieces) with today's price and stock, as a cart of them would be.

    known: SKUs read a moment ago; None to read them now.
    """
    found = skus([code for code, _ in rows]) if known is None else known
    return Cart(tuple(_line(code, quantity, found) for code, quantity in rows))


def count_of(*, owner_id: UUID) -> int:
    """Return how many pieces are in a cart, for the badge."""
    with processing(Purpose.SHOPPING, subject=owner_id, reading=True):
        return sum(Line.objects.filter(owner_id=owner_id).values_list("quantity", flat=True))


def _line(code: str, quantity: int, known: Mapping[str, SkuInfo]) -> CartLine:
    it = known.get(code)
    if it is None:
        gone = Text("商品已下架", "No longer offered")
        return CartLine(code, None, code, {}, "", 0, quantity, 0, gone)
    problem = None
    if not it.for_sale:
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
    )
