"""From a cart to an order: judged, taken from stock and written down in two short transactions."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from typing import Any, cast
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError

from mingpu.accounts.models import Address
from mingpu.accounts.rules import consignee
from mingpu.cart.models import Line as CartLine
from mingpu.catalog.models import Sku
from mingpu.catalog.queries import SkuInfo, skus
from mingpu.lib.clock import now
from mingpu.lib.errors import Invalid, NotFound
from mingpu.lib.ids import public_number
from mingpu.lib.jobs import enqueue
from mingpu.lib.money import shipping
from mingpu.lib.text import Text
from mingpu.orders.errors import EmptyOrder, KeyReused, NotForSale, OutOfStock, TooManyUnpaid
from mingpu.orders.models import Consignee, Event, Line, Order, Placement
from mingpu.orders.queries import LINE_COLUMNS, LineView, trading_facts
from mingpu.orders.rules import PENDING
from mingpu.payments.rules import METHODS
from mingpu.privacy.purposes import Purpose, processing
from mingpu.risk.rules import assess

MOST_LINES = 500
MOST_PIECES = 999
SHORTEST_KEY, LONGEST_KEY = 8, 128
TO = ("name", "phone", "province", "city", "district", "street", "landline", "email")


@dataclass(frozen=True, slots=True)
class To:
    """Where an order goes; landline and e-mail may stay blank."""

    name: str
    phone: str
    province: str
    city: str
    district: str
    street: str
    landline: str | None = None
    email: str | None = None


@dataclass(frozen=True, slots=True)
class Placed:
    """A placed order, as it was placed; money in fen. `repeated` when this key had placed it before."""

    order_no: str
    total_fen: int
    lines: tuple[LineView, ...]
    status: str = PENDING
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class _Wish:
    """What a caller asks for; see `check_out`."""

    payment: str
    lines: Mapping[str, int] | None
    address_id: UUID | None
    to: To | None

    def digest(self) -> bytes:
        """Fingerprint it. Where it goes is hashed too: the hash of an address stays with its person's rows."""
        lines = sorted(self.lines.items()) if self.lines is not None else None
        to = asdict(self.to) if self.to else None
        return _digest(json.dumps([self.payment, lines, str(self.address_id), to], ensure_ascii=False))


def check_out(
    *,
    person_id: UUID,
    key: str,
    payment: str,
    lines: Mapping[str, int] | None = None,
    address_id: UUID | None = None,
    to: To | None = None,
) -> Placed:
    """Place an order: all of it or nothing.

    key: the caller's Idempotency-Key; the same key and request answer the same order. lines: SKU -> pieces;
    None takes the cart, which is emptied of them. address_id or to: where it goes.
    Raises EmptyOrder, NotForSale, OutOfStock, KeyReused, TooManyUnpaid, Invalid, BadField (consignee),
    NotFound (address).
    """
    wish = _checked(key, _Wish(payment, lines, address_id, to))
    facts = trading_facts(person_id=person_id)
    if not assess(facts).allowed:
        known = _earlier(person_id, key, wish)
        if known:
            return known
        raise TooManyUnpaid(count=facts.unpaid)
    try:
        return _place(person_id, key, wish)
    except IntegrityError:  # the same key, at the same moment, in another process
        known = _earlier(person_id, key, wish)
        if known is None:
            raise
        return known


def _place(person_id: UUID, key: str, wish: _Wish) -> Placed:
    """Write the order and everything that belongs to it in one transaction of the ordering purpose."""
    order_no = public_number("M")
    with processing(Purpose.ORDERING, subject=person_id, reference=order_no):
        known = _placed(person_id, key, wish)
        if known:
            return known
        wanted = dict(wish.lines) if wish.lines is not None else _cart(person_id)
        if not wanted:
            raise EmptyOrder
        goods = skus(list(wanted))
        _check_for_sale(wanted, goods)
        whom = _whom(person_id, wish)
        left = _take(wanted, goods)
        bought = _lines(wanted, goods)
        total = _write(order_no, person_id, wish.payment, bought)
        Consignee.objects.create(order_no=order_no, person_id=person_id, **whom)
        Placement.objects.create(
            person_id=person_id,
            key_hash=_digest(key),
            request_hash=wish.digest(),
            order_no=order_no,
            at=now(),
        )
        if wish.lines is None:
            CartLine.objects.filter(owner_id=person_id, sku__in=list(wanted)).delete()
        if sold_out := sorted(code for code, rest in left.items() if rest == 0):
            enqueue("search.refresh", once=f"refresh-{order_no}", skus=sold_out)
        return Placed(order_no, total, bought)


def _take(wanted: Mapping[str, int], goods: Mapping[str, SkuInfo]) -> dict[str, int]:
    """Take everything from stock; returns SKU -> pieces left. Raises OutOfStock for the first that is short."""
    left = Sku.objects.take(wanted)
    for code in wanted:
        if code not in left:
            it = skus([code]).get(code, goods[code])  # again: what was seen before may be sold by now
            raise OutOfStock(title=it.title, left=it.stock)
    return left


def _lines(wanted: Mapping[str, int], goods: Mapping[str, SkuInfo]) -> tuple[LineView, ...]:
    return tuple(
        LineView(code, it.product_id, it.title, dict(it.options), it.image, it.price_fen, pieces)
        for code, pieces in wanted.items()
        if (it := goods[code])
    )


def _write(order_no: str, person_id: UUID, payment: str, bought: tuple[LineView, ...]) -> int:
    """Write order, lines, first event and the due time; returns the amount payable in fen."""
    moment = now()
    due = moment + timedelta(minutes=settings.UNPAID_MINUTES)
    goods_fen = sum(line.subtotal_fen for line in bought)
    fee = shipping(goods_fen)
    Order.objects.create(
        order_no=order_no, person_id=person_id, status=PENDING, payment=payment, goods_fen=goods_fen,
        shipping_fen=fee, total_fen=goods_fen + fee, placed_at=moment, expires_at=due,
    )  # fmt: skip
    Line.objects.bulk_create(
        Line(order_no=order_no, person_id=person_id, position=position, **asdict(line))
        for position, line in enumerate(bought)
    )
    Event.objects.create(
        order_no=order_no, person_id=person_id, at=moment, before="", after=PENDING, cause="placed"
    )
    enqueue("orders.expire", at=due, person_id=str(person_id), order_no=order_no)
    return goods_fen + fee


def _checked(key: str, wish: _Wish) -> _Wish:
    """Return the wish with its consignee written as it is kept. Raises Invalid, BadField."""
    if not SHORTEST_KEY <= len(key) <= LONGEST_KEY:
        size = f"{SHORTEST_KEY}–{LONGEST_KEY}"
        raise Invalid(
            field="Idempotency-Key", problem=Text(f"应为 {size} 个字符", f"must have {size} characters")
        )
    if wish.payment not in METHODS:
        raise Invalid(field=Text("支付方式", "payment"), problem=Text("本店尚未提供", "not offered here yet"))
    if (wish.address_id is None) == (wish.to is None):
        raise Invalid(
            field=Text("收货地址", "address"), problem=Text("请选择或填写一个", "choose one or fill one in")
        )
    lines = wish.lines or {}
    if len(lines) > MOST_LINES or any(not 1 <= pieces <= MOST_PIECES for pieces in lines.values()):
        zh, en = (
            f"每种 1–{MOST_PIECES} 件,最多 {MOST_LINES} 种",
            f"1–{MOST_PIECES} each, {MOST_LINES} kinds at most",
        )
        raise Invalid(field=Text("数量", "quantity"), problem=Text(zh, en))
    if wish.to is None:
        return wish
    return replace(wish, to=To(**cast("dict[str, Any]", consignee(asdict(wish.to)))))


def _cart(person_id: UUID) -> dict[str, int]:
    rows = CartLine.objects.filter(owner_id=person_id).order_by("-added_at", "sku")
    return dict(rows.values_list("sku", "quantity"))


def _check_for_sale(wanted: Mapping[str, int], goods: Mapping[str, SkuInfo]) -> None:
    for code in wanted:
        it = goods.get(code)
        if it is None or not it.for_sale:
            raise NotForSale(title=it.title if it else code)


def _whom(person_id: UUID, wish: _Wish) -> dict[str, Any]:
    """Return where it goes: as given, or from the address book. Raises NotFound."""
    if wish.to:
        return asdict(wish.to)
    assert wish.address_id, "a checked wish has one of the two"
    row = Address.objects.filter(id=wish.address_id, person_id=person_id).values(*TO).first()
    if row is None:
        raise NotFound
    return dict(row)


def _placed(person_id: UUID, key: str, wish: _Wish) -> Placed | None:
    """Find the order this key placed; raises KeyReused when the request was another."""
    row = (
        Placement.objects.filter(person_id=person_id, key_hash=_digest(key))
        .values_list("request_hash", "order_no")
        .first()
    )
    if row is None:
        return None
    if bytes(row[0]) != wish.digest():
        raise KeyReused
    total = Order.objects.filter(order_no=row[1]).values_list("total_fen", flat=True).get()
    lines = Line.objects.filter(order_no=row[1]).order_by("position").values(*LINE_COLUMNS[1:])
    return Placed(row[1], total, tuple(LineView(**line) for line in lines), repeated=True)


def _earlier(person_id: UUID, key: str, wish: _Wish) -> Placed | None:
    with processing(Purpose.ORDERING, subject=person_id, reading=True):
        return _placed(person_id, key, wish)


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
