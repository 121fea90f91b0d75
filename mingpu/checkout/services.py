"""From a cart to an order: judged, taken from stock and written down in two short transactions."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError

from mingpu.accounts.models import Address
from mingpu.accounts.rules import consignee_problems
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
from mingpu.orders.queries import trading_facts
from mingpu.orders.rules import PENDING
from mingpu.payments.rules import METHODS
from mingpu.privacy.purposes import Purpose, processing
from mingpu.risk.rules import assess

MOST_LINES = 500
MOST_PIECES = 999
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
    """A placed order; money in fen. `repeated` when this key had placed it before."""

    order_no: str
    total_fen: int
    repeated: bool = False


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
    Raises EmptyOrder, NotForSale, OutOfStock, KeyReused, TooManyUnpaid, Invalid, NotFound (address).
    """
    _check_request(key, payment, lines, address_id, to)
    request = _request_hash(payment, lines, address_id, to)
    decision = assess(trading_facts(person_id=person_id))
    if not decision.allowed:
        known = _earlier(person_id, key, request)
        if known:
            return known
        raise TooManyUnpaid(count=trading_facts(person_id=person_id).unpaid)
    try:
        return _place(person_id, key, request, payment, lines, address_id, to)
    except IntegrityError:  # the same key, at the same moment, in another process
        known = _earlier(person_id, key, request)
        if known is None:
            raise
        return known


def _place(
    person_id: UUID,
    key: str,
    request: bytes,
    payment: str,
    lines: Mapping[str, int] | None,
    address_id: UUID | None,
    to: To | None,
) -> Placed:
    """Write the order and everything that belongs to it in one transaction of the ordering purpose."""
    order_no = public_number("M")
    with processing(Purpose.ORDERING, subject=person_id, reference=order_no):
        known = _placed(person_id, key, request)
        if known:
            return known
        wanted = dict(lines) if lines is not None else _cart(person_id)
        if not wanted:
            raise EmptyOrder
        goods = skus(list(wanted))
        _check_for_sale(wanted, goods)
        consignee = asdict(to) if to else _address(person_id, address_id)
        left = Sku.objects.take(wanted)
        for code in wanted:
            if code not in left:
                raise OutOfStock(title=goods[code].title, left=goods[code].stock)
        total = _write(order_no, person_id, payment, wanted, goods)
        Consignee.objects.create(order_no=order_no, person_id=person_id, **consignee)
        Placement.objects.create(
            person_id=person_id, key_hash=_digest(key), request_hash=request, order_no=order_no, at=now()
        )
        CartLine.objects.filter(owner_id=person_id, sku__in=list(wanted)).delete()
        if sold_out := sorted(code for code, rest in left.items() if rest == 0):
            enqueue("search.refresh", once=f"refresh-{order_no}", skus=sold_out)
        return Placed(order_no, total)


def _write(
    order_no: str, person_id: UUID, payment: str, wanted: Mapping[str, int], goods: Mapping[str, SkuInfo]
) -> int:
    """Write order, lines, first event and the due time; returns the amount payable in fen."""
    moment = now()
    due = moment + timedelta(minutes=settings.UNPAID_MINUTES)
    goods_fen = sum(goods[code].price_fen * pieces for code, pieces in wanted.items())
    fee = shipping(goods_fen)
    Order.objects.create(
        order_no=order_no, person_id=person_id, status=PENDING, payment=payment, goods_fen=goods_fen,
        shipping_fen=fee, total_fen=goods_fen + fee, placed_at=moment, expires_at=due,
    )  # fmt: skip
    Line.objects.bulk_create(
        Line(
            order_no=order_no, person_id=person_id, position=position, sku=code,
            product_id=goods[code].product_id, title=goods[code].title, options=dict(goods[code].options),
            image=goods[code].image, price_fen=goods[code].price_fen, quantity=pieces,
        )
        for position, (code, pieces) in enumerate(wanted.items())
    )  # fmt: skip
    Event.objects.create(
        order_no=order_no, person_id=person_id, at=moment, before="", after=PENDING, cause="placed"
    )
    enqueue("orders.expire", at=due, person_id=str(person_id), order_no=order_no)
    return goods_fen + fee


def _check_request(
    key: str, payment: str, lines: Mapping[str, int] | None, address_id: UUID | None, to: To | None
) -> None:
    if not 8 <= len(key) <= 128:
        raise Invalid(field="Idempotency-Key", problem=Text("应为 8–128 个字符", "must have 8–128 characters"))
    if payment not in METHODS:
        raise Invalid(field=Text("支付方式", "payment"), problem=Text("本店尚未提供", "not offered here yet"))
    if (address_id is None) == (to is None):
        raise Invalid(
            field=Text("收货地址", "address"), problem=Text("请选择或填写一个", "choose one or fill one in")
        )
    if to and (problems := consignee_problems(asdict(to))):
        field, problem = next(iter(problems.items()))
        raise Invalid(field=field, problem=problem)
    if lines is not None and (
        len(lines) > MOST_LINES or any(not 1 <= pieces <= MOST_PIECES for pieces in lines.values())
    ):
        raise Invalid(
            field=Text("数量", "quantity"),
            problem=Text(f"每种 1–{MOST_PIECES} 件,最多 {MOST_LINES} 种", f"1–{MOST_PIECES} each, {MOST_LINES} kinds at most"),
        )


def _cart(person_id: UUID) -> dict[str, int]:
    rows = CartLine.objects.filter(owner_id=person_id).order_by("-added_at", "sku")
    return dict(rows.values_list("sku", "quantity"))


def _check_for_sale(wanted: Mapping[str, int], goods: Mapping[str, SkuInfo]) -> None:
    for code in wanted:
        it = goods.get(code)
        if it is None or not it.for_sale:
            raise NotForSale(title=it.title if it else code)


def _address(person_id: UUID, address_id: UUID | None) -> dict[str, Any]:
    row = Address.objects.filter(id=address_id, person_id=person_id).values(*TO).first()
    if row is None:
        raise NotFound
    return dict(row)


def _placed(person_id: UUID, key: str, request: bytes) -> Placed | None:
    """Find the order this key placed; raises KeyReused when the request was another."""
    row = (
        Placement.objects.filter(person_id=person_id, key_hash=_digest(key))
        .values_list("request_hash", "order_no")
        .first()
    )
    if row is None:
        return None
    if bytes(row[0]) != request:
        raise KeyReused
    total = Order.objects.filter(order_no=row[1]).values_list("total_fen", flat=True).get()
    return Placed(row[1], total, repeated=True)


def _earlier(person_id: UUID, key: str, request: bytes) -> Placed | None:
    with processing(Purpose.ORDERING, subject=person_id, reading=True):
        return _placed(person_id, key, request)


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def _request_hash(payment: str, lines: Mapping[str, int] | None, address_id: UUID | None, to: To | None) -> bytes:
    """Fingerprint a request. Where it goes is hashed too: the hash of an address stays with its person's rows."""
    it = [payment, sorted(lines.items()) if lines is not None else None, str(address_id), asdict(to) if to else None]
    return _digest(json.dumps(it, ensure_ascii=False))
