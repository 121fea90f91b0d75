"""Quarters with people in them, made by the administrator in one go; each test has a quarter of its own."""

from collections.abc import Sequence
from datetime import date
from itertools import count
from uuid import UUID, uuid4

from mingpu.catalog.models import Product
from mingpu.lib.clock import now
from mingpu.ops.database import connect_admin, database_name
from mingpu.privacy.models import Standing
from mingpu.privacy.register import REGISTER
from tests.people import from_owner
from tests.support import zone

_quarters = count(step=3)  # those between stay empty, for orders at the edges
LINES = (
    "INSERT INTO orders_line (id, order_no, person_id, position, sku, product_id, title, options, image, merchant, kind, "
    "real_name, grams, payable_fen, reductions, sent, price_fen, quantity) SELECT gen_random_uuid(), t.no, t.who, 0, "
    "left(t.product::text, 8), t.product, 't', '{}', '', 'mingpu', 'goods', false, 1, 100, '[]', 0, 100, 1 "
    "FROM unnest(%s::text[], %s::uuid[], %s::uuid[]) AS t (no, who, product)"
)
YES = 1 << REGISTER.raw["purposes"]["statistics"]["flag"]


def quarter() -> date:
    """Return the first day of a quarter nobody ordered in yet."""
    n = next(_quarters)
    return date(1900 + n // 4, 3 * (n % 4) + 1, 1)


def person(*, agreed: bool = True, state: str = "active") -> UUID:
    """Somebody with an account who agreed to be counted, or did not."""
    row = Standing(person_id=uuid4(), state=state, consents=YES if agreed else 0)
    names = [field.column for field in Standing._meta.concrete_fields]
    from_owner(
        f"INSERT INTO privacy_standing ({', '.join(names)}) VALUES ({', '.join(['%s'] * len(names))})",
        [getattr(row, name) for name in names],
    )
    return row.person_id


def order(who: UUID, since: date, *, payment: str = "alipay", day: int = 3, pieces: int = 1) -> str:
    """An order of theirs in the quarter, paid and on its way, of one article without a category; its number."""
    number = f"S{uuid4().hex[:20]}"
    from_owner(
        "INSERT INTO orders_order (order_no, person_id, payment, goods_fen, shipping_fen, total_fen, placed_at, "
        "expires_at, paid_at, pieces) VALUES (%s, %s, %s, 100, 0, 100, %s::date + %s::int, now(), now(), %s)",
        [number, who, payment, since, day, pieces],
    )
    return number


def product(category: str) -> UUID:
    """A product of a top category."""
    it = uuid4()
    with zone("worker"):
        Product.objects.create(
            id=it, source="test", external_id=it.hex, title="t", category=[category], listed_at=now()
        )
    return it


def crowd(since: date, goods: Sequence[UUID] = (), **payments: int) -> list[UUID]:
    """So many people for each way of paying, with one order each, all in one go; in the order of the ways.

    goods: products, of which each in turn is in one of the orders.
    """
    ways = [payment for payment, many in payments.items() for _ in range(many)]
    people = [uuid4() for _ in ways]
    numbers = [f"S{it.hex[:20]}" for it in people]
    days = [3 + n % 60 for many in payments.values() for n in range(many)]
    names = [field.column for field in Standing._meta.concrete_fields if field.column != "person_id"]
    row = Standing(person_id=uuid4(), consents=YES)
    with connect_admin(database_name()) as admin:
        admin.execute(
            f"INSERT INTO privacy_standing (person_id, {', '.join(names)}) SELECT it, {', '.join(['%s'] * len(names))} "
            "FROM unnest(%s::uuid[]) it",
            [*(getattr(row, name) for name in names), people],
        )
        admin.execute(
            "INSERT INTO orders_order (order_no, person_id, payment, goods_fen, shipping_fen, total_fen, placed_at, "
            "expires_at, paid_at, pieces) SELECT t.no, t.who, t.way, 100, 0, 100, %s::date + t.day, now(), now(), 1 "
            "FROM unnest(%s::text[], %s::uuid[], %s::text[], %s::int[]) AS t (no, who, way, day)",
            [since, numbers, people, ways, days],
        )
        if goods:
            turns = [goods[n % len(goods)] for n in range(len(people))]
            admin.execute(LINES, [numbers, people, turns])
    return people


def article(who: UUID, number: str, product: UUID) -> None:
    """An article of a product in an order of theirs."""
    from_owner(LINES, [[number], [who], [product]])


def customers(since: date, **payments: int) -> list[UUID]:
    """So many people for each way of paying, with one order each of nothing known."""
    return crowd(since, **payments)
