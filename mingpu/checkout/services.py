"""From a cart to an order: judged, priced, taken from stock and written down in two short transactions."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, connection

from mingpu.accounts.models import Address
from mingpu.accounts.rules import street_of
from mingpu.cart.models import Line as CartLine
from mingpu.catalog.queries import SkuInfo, skus
from mingpu.catalog.rules import GOODS
from mingpu.checkout.bill import Area, Bill, make_out
from mingpu.checkout.errors import CodNotOffered
from mingpu.checkout.explaining import explain
from mingpu.checkout.queries import terms_for
from mingpu.checkout.wish import NOTHING, Asked, To, Wish, check_whereto, checked, digest
from mingpu.lib.clock import now
from mingpu.lib.errors import MallError, NotFound
from mingpu.lib.ids import public_number
from mingpu.lib.jobs import enqueue
from mingpu.merchants.queries import shop
from mingpu.orders.errors import EmptyOrder, KeyReused, NotForSale, OutOfStock, TooManyUnpaid
from mingpu.orders.models import Line, Order
from mingpu.orders.queries import LINE_COLUMNS, LineView, trading_facts
from mingpu.orders.rules import CONFIRMING, PAID, PENDING
from mingpu.privacy.purposes import Purpose, processing, seal_value
from mingpu.promotions.errors import CouponUnusable, FlashGone
from mingpu.promotions.models import Coupon, Flash
from mingpu.risk.rules import assess
from mingpu.virtual.models import Target

TO: Final = ("name", "phone", "province", "city", "district", "street", "landline", "email")
CONFIRM_WITHIN: Final = timedelta(hours=24)
PLACED = "SELECT request_hash, order_no FROM orders_placement WHERE person_id = %s AND key_hash = %s"
# Stock and everything of the order in one message, so that a much wanted SKU stays locked as shortly as can be.
PLACE = """
WITH wanted AS (SELECT * FROM unnest(%(skus)s::text[], %(pieces)s::int[]) AS w (code, quantity)),
locked AS MATERIALIZED (
    SELECT s.code FROM catalog_sku s JOIN wanted w USING (code) ORDER BY s.code FOR UPDATE OF s
), taken AS (
    UPDATE catalog_sku s SET stock = s.stock - w.quantity FROM wanted w JOIN locked l USING (code)
    WHERE s.code = w.code AND s.stock >= w.quantity RETURNING s.code, s.stock
), the_order AS (
    INSERT INTO orders_order (order_no, person_id, payment, goods_fen, discount_fen, shipping_fen, total_fen, courier,
        placed_at, expires_at, paid_at, pieces, pieces_sent, pieces_signed, ended, refunded_fen)
    SELECT r.*, 0, 0, '', 0 FROM jsonb_to_record(%(order)s::jsonb) AS r (order_no text, person_id uuid, payment text,
        goods_fen bigint, discount_fen bigint, shipping_fen bigint, total_fen bigint, courier text,
        placed_at timestamptz, expires_at timestamptz, paid_at timestamptz, pieces int)
), parts AS (
    INSERT INTO orders_part (order_no, person_id, part_no, merchant, goods_fen, discount_fen, own_discount_fen,
        shipping_fen, commission, pieces, pieces_sent, placed_at)
    SELECT %(order_no)s, %(person_id)s, r.part_no, r.merchant, r.goods_fen, r.discount_fen, r.own_discount_fen,
        r.shipping_fen, r.commission, r.pieces, 0, %(at)s
    FROM jsonb_to_recordset(%(parts)s::jsonb) AS r (part_no text, merchant text, goods_fen bigint,
        discount_fen bigint, own_discount_fen bigint, shipping_fen bigint, commission int, pieces int)
), lines AS (
    INSERT INTO orders_line (order_no, person_id, id, position, merchant, sku, product_id, title, options, image, kind,
        real_name, grams, face_fen, price_fen, quantity, payable_fen, reductions, sent)
    SELECT %(order_no)s, %(person_id)s, gen_random_uuid(), r.*, 0 FROM jsonb_to_recordset(%(lines)s::jsonb) AS r
        (position smallint, merchant text, sku text, product_id uuid, title text, options jsonb, image text, kind text,
        real_name boolean, grams int, face_fen bigint, price_fen bigint, quantity int, payable_fen bigint,
        reductions jsonb)
), consignee AS (
    INSERT INTO orders_consignee (order_no, person_id, name, phone, province, city, district, street, landline, email)
    SELECT %(order_no)s, %(person_id)s, %(name)s, %(phone)s, %(province)s, %(city)s, %(district)s, %(street)s,
        %(landline)s, %(email)s
    WHERE %(carried)s
), event AS (
    INSERT INTO orders_event (id, order_no, person_id, machine, reference, at, before, after, cause)
    VALUES (gen_random_uuid(), %(order_no)s, %(person_id)s, 'order', %(order_no)s, %(at)s, '', %(status)s, 'placed')
), placement AS (
    INSERT INTO orders_placement (id, person_id, key_hash, request_hash, order_no, at)
    VALUES (gen_random_uuid(), %(person_id)s, %(key_hash)s, %(request_hash)s, %(order_no)s, %(at)s)
)
SELECT code, stock, NULL FROM taken
UNION ALL SELECT '', 0, mingpu.enqueue('orders.expire', %(expiry)s::jsonb, %(due)s, NULL)::text
"""


@dataclass(frozen=True, slots=True)
class Placed:
    """A placed order, as it was placed; money in fen. `repeated` when this key had placed it before."""

    order_no: str
    total_fen: int
    lines: tuple[LineView, ...]
    status: str = PENDING
    repeated: bool = False
    discount_fen: int = 0
    shipping_fen: int = 0


def check_out(
    *,
    person_id: UUID,
    key: str,
    payment: str,
    lines: Mapping[str, int] | None = None,
    address_id: UUID | None = None,
    to: To | None = None,
    coupons: tuple[UUID, ...] = (),
    courier: str = "",
    recharge: str = "",
    stored: Asked = NOTHING,
) -> Placed:
    """Place an order: all of it or nothing; see `wish.Wish` for what can be asked.

    key: the caller's Idempotency-Key; the same key and request answer the same order. stored: what `stored.cover` is
    going to charge, a part of the request like any other. The cart is emptied of
    what was ordered from it.
    Raises EmptyOrder, NotForSale, OutOfStock, KeyReused, TooManyUnpaid, Invalid, BadField (consignee), NotFound
    (address), NotDelivered, TooManyCoupons, CouponUnusable,
    FlashGone, CodNotOffered.
    """
    asked = Wish(
        payment=payment, lines=lines, address_id=address_id, to=to, coupons=coupons, courier=courier,
        recharge=recharge, stored=stored,
    )  # fmt: skip
    wish = checked(key, asked)
    try:
        return _refused_or_placed(person_id, key, wish)
    except (
        MallError,
        IntegrityError,
    ) as refused:  # the same key may have placed it before, or just now in another process
        if known := _earlier(person_id, key, wish):
            return known
        explain(person_id, wish, refused)
        raise


def _refused_or_placed(person_id: UUID, key: str, wish: Wish) -> Placed:
    """Place an order, looking first at the goods: most of a rush ends there, and nothing about the person is read."""
    goods = skus(list(wish.lines)) if wish.lines else {}
    _check_goods(wish.lines or {}, goods)
    facts = trading_facts(person_id=person_id)
    verdict = assess(facts)
    if not verdict.allowed:
        raise TooManyUnpaid(count=facts.unpaid, rule=verdict.rule, orders_last_hour=facts.orders_last_hour)
    return _place(person_id, key, wish, goods)


def _place(person_id: UUID, key: str, wish: Wish, goods: Mapping[str, SkuInfo]) -> Placed:
    """Write the order and everything that belongs to it in one transaction of the ordering purpose.

    goods: what was asked for by name, looked at; a cart's are looked at here.
    """
    order_no = public_number("M")
    with processing(Purpose.ORDERING, subject=person_id, reference=order_no):
        known = _placed(person_id, key, wish)
        if known:
            return known
        wanted = dict(wish.lines) if wish.lines is not None else _cart(person_id)
        if not wanted:
            raise EmptyOrder
        if wish.lines is None:
            goods = skus(list(wanted))
            _check_goods(wanted, goods)
        check_whereto(wish, frozenset(it.kind for it in goods.values()))
        # What is not carried anywhere needs no address; one that was given all the same is not kept.
        carried = any(it.kind == GOODS for it in goods.values())
        whom = _whom(person_id, wish) if carried else None
        bill = make_out(
            wanted, goods, terms_for(person_id, goods, wish.coupons), member=True,
            area=Area(whom["province"], whom["city"]) if whom else Area(),
        )  # fmt: skip
        if wish.payment == "cod" and not bill.cod:
            raise CodNotOffered
        views = _views(bill)
        status = _write(order_no, person_id, _Papers(key, wish, whom, bill, views))
        _use_offers(person_id, order_no, wish, bill)
        if wish.recharge:
            Target.objects.create(order_no=order_no, person_id=person_id, phone=wish.recharge)
        if wish.lines is None:
            CartLine.objects.filter(owner_id=person_id, sku__in=list(wanted)).delete()
        return Placed(
            order_no, bill.total_fen, views, status, discount_fen=bill.discount_fen,
            shipping_fen=bill.shipping_fen,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Papers:
    """What is written down besides the numbers."""

    key: str
    wish: Wish
    whom: Mapping[str, Any] | None
    bill: Bill
    views: tuple[LineView, ...]


def _check_goods(wanted: Mapping[str, int], goods: Mapping[str, SkuInfo]) -> None:
    """Raise NotForSale or OutOfStock for the first that cannot be had; the stock counts again when it is taken."""
    for code, pieces in wanted.items():
        it = goods.get(code)
        if it is None or not it.for_sale or not shop(it.merchant).merchant.active:
            raise NotForSale(title=it.title if it else code)
        if it.stock < pieces:
            raise OutOfStock(title=it.title, left=it.stock)


def _use_offers(person_id: UUID, order_no: str, wish: Wish, bill: Bill) -> None:
    """Use up flash pieces and coupons, so that nobody else can; raises where somebody was faster."""
    wanted = dict(bill.quote.flash)
    if wanted:
        taken = Flash.objects.take(person_id, wanted, order_no)
        if short := next((sku for sku in wanted if taken.get(sku) != wanted[sku]), None):
            raise FlashGone(title=bill.goods[short].title)
    coupons = set(wish.coupons)
    if bill.quote.missing or set(bill.quote.used) != coupons:
        raise CouponUnusable
    if coupons and Coupon.objects.use(person_id, coupons, order_no) != coupons:
        raise CouponUnusable


def _write(order_no: str, person_id: UUID, papers: _Papers) -> str:
    """Take the stock and write the order; returns its state. Raises OutOfStock for the first that is short."""
    bill, payment, moment = papers.bill, papers.wish.payment, now()
    status = _status(payment, bill.total_fen)
    paid = moment if status == PAID else None
    due = moment + (CONFIRM_WITHIN if payment == "cod" else timedelta(minutes=settings.UNPAID_MINUTES))
    pieces = {line.sku: line.quantity for line in bill.lines}
    order = {
        "order_no": order_no, "person_id": str(person_id), "payment": payment, "goods_fen": bill.goods_fen,
        "discount_fen": bill.discount_fen, "shipping_fen": bill.shipping_fen, "total_fen": bill.total_fen,
        "courier": papers.wish.courier, "placed_at": moment.isoformat(), "expires_at": due.isoformat(),
        "paid_at": paid.isoformat() if paid else None, "pieces": bill.pieces,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(
            PLACE,
            {
                "skus": sorted(pieces), "pieces": [pieces[code] for code in sorted(pieces)], "order": json.dumps(order),
                "order_no": order_no, "person_id": person_id, "at": moment, "status": status,
                "parts": json.dumps(_parts(bill)), "lines": json.dumps(_lines(papers)), "due": due,
                "key_hash": digest(papers.key), "request_hash": papers.wish.digest(), **_sealed(papers.whom),
                "expiry": json.dumps({"person_id": str(person_id), "order_no": order_no}),
            },
        )  # fmt: skip
        left = {code: stock for code, stock, _ in cursor.fetchall() if code}
    _check_taken(pieces, left, bill)
    _announce(person_id, order_no, payment, left, paid=paid)
    return status


def _status(payment: str, total_fen: int) -> str:
    """Return the state in which an order begins."""
    return CONFIRMING if payment == "cod" else PENDING if total_fen else PAID


def _check_taken(pieces: Mapping[str, int], left: Mapping[str, int], bill: Bill) -> None:
    for code in pieces:
        if code not in left:
            it = skus([code]).get(code, bill.goods[code])  # again: what was seen before may be sold by now
            raise OutOfStock(title=it.title, left=it.stock)


def _announce(
    person_id: UUID, order_no: str, payment: str, left: Mapping[str, int], *, paid: datetime | None
) -> None:
    """Add the jobs that an order brings along."""
    if sold_out := sorted(code for code, rest in left.items() if rest == 0):
        enqueue("search.refresh", once=f"refresh-{order_no}", skus=sold_out)
    if payment == "cod":
        enqueue("payments.review_cod", person_id=str(person_id), order_no=order_no)
    elif paid:
        enqueue("payments.nothing_due", person_id=str(person_id), order_no=order_no)


def _parts(bill: Bill) -> list[dict[str, Any]]:
    return [
        {
            "part_no": public_number("P"), "merchant": it.merchant, "goods_fen": it.goods_fen,
            "discount_fen": it.discount_fen, "own_discount_fen": it.own_discount_fen, "shipping_fen": it.fee.fen,
            "commission": it.commission, "pieces": it.pieces,
        }
        for it in bill.shares
    ]  # fmt: skip


def _lines(papers: _Papers) -> list[dict[str, Any]]:
    return [
        {
            "position": position, "merchant": view.merchant, "sku": view.sku, "product_id": str(view.product_id),
            "title": view.title, "options": view.options, "image": view.image, "kind": view.kind,
            "real_name": it.real_name, "grams": it.grams, "face_fen": it.face_fen, "price_fen": view.price_fen,
            "quantity": view.quantity, "payable_fen": view.payable_fen, "reductions": view.reductions,
        }
        for position, view in enumerate(papers.views)
        if (it := papers.bill.goods[view.sku])
    ]  # fmt: skip


def _views(bill: Bill) -> tuple[LineView, ...]:
    return tuple(
        LineView(
            line.sku, it.product_id, it.title, dict(it.options), it.image, it.price_fen, line.quantity,
            line.payable_fen, [reduction.to_json() for reduction in line.reductions], it.merchant, it.kind,
        )
        for line in bill.lines
        if (it := bill.goods[line.sku])
    )  # fmt: skip


def _sealed(whom: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the consignee's columns sealed, and whether there is one."""
    given = whom or {}
    sealed = {
        name: seal_value("orders_consignee", name, given[name].encode()) if given.get(name) else None
        for name in TO
    }
    return {**sealed, "carried": whom is not None}


def _cart(person_id: UUID) -> dict[str, int]:
    rows = CartLine.objects.filter(owner_id=person_id).order_by("-added_at", "sku")
    return dict(rows.values_list("sku", "quantity"))


def _whom(person_id: UUID, wish: Wish) -> dict[str, Any] | None:
    """Return where it goes: as given, or from the address book; None for nowhere. Raises NotFound."""
    if wish.to:
        return asdict(wish.to)
    if wish.address_id is None:
        return None
    row = Address.objects.filter(id=wish.address_id, person_id=person_id).values(*TO, "town").first()
    if row is None:
        raise NotFound
    town = row.pop("town")
    return {**row, "street": street_of(town, row["street"])}


def _placed(person_id: UUID, key: str, wish: Wish) -> Placed | None:
    """Find the order this key placed; raises KeyReused when the request was another."""
    with connection.cursor() as cursor:
        cursor.execute(PLACED, [person_id, digest(key)])
        row = cursor.fetchone()
    if row is None:
        return None
    if bytes(row[0]) != wish.digest():
        raise KeyReused
    columns = ("payment", "total_fen", "discount_fen", "shipping_fen")
    payment, total, discount, shipping = Order.objects.filter(order_no=row[1]).values_list(*columns).get()
    lines = Line.objects.filter(order_no=row[1]).order_by("position").values(*LINE_COLUMNS[1:])
    return Placed(
        row[1], total, tuple(LineView(**line) for line in lines), _status(payment, total), repeated=True,
        discount_fen=discount, shipping_fen=shipping,
    )  # fmt: skip


def _earlier(person_id: UUID, key: str, wish: Wish) -> Placed | None:
    with processing(Purpose.ORDERING, subject=person_id, reading=True):
        return _placed(person_id, key, wish)
