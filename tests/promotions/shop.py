"""Offers made as an operator makes them, and many buyers at once."""

import secrets
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any, TypeVar

from django.db import connection

from mingpu.catalog.models import Product, Sku
from mingpu.lib.clock import now
from mingpu.lib.errors import MallError
from mingpu.privacy.purposes import Purpose, processing
from mingpu.promotions.models import Flash, Offer
from mingpu.promotions.services import make_offer
from tests.support import zone

T = TypeVar("T")
AT_ONCE = 24  # connections


def spec(kind: str, **other) -> dict[str, Any]:
    """A correct offer in JSON, going on since an hour."""
    moment = now()
    given = {
        "id": f"t-{secrets.token_hex(6)}", "kind": kind, "title": {"zh": "试", "en": "Trial"},
        "starts_at": (moment - timedelta(hours=1)).isoformat(),
        "ends_at": (moment + timedelta(days=1)).isoformat(),
    }  # fmt: skip
    if kind in ("full_reduction", "free_shipping"):  # other tests' baskets stay as they are
        given["scope"] = {"brands": [given["id"]]}
    if kind in ("coupon", "full_reduction"):
        given["steps"] = [{"threshold_fen": 9_900, "off": 1_000}]
    return {**given, **other}


def made(kind: str, **other) -> str:
    with zone("worker"):
        return make_offer(spec(kind, **other))


def goods(count: int = 1) -> list[str]:
    """SKUs of one product of the mall's own."""
    codes = [f"P-{secrets.token_hex(6)}" for _ in range(count)]
    with zone("worker"):
        product = Product.objects.create(
            source="test", external_id=codes[0], title="试", for_sale=True, listed_at=now()
        )
        for code in codes:
            Sku.objects.create(code=code, product=product, price_fen=10_000, stock=100)
    return codes


def sale(stock: int = 5, per_person: int = 2, count: int = 1, price_fen: int = 6_000) -> list[str]:
    """Put new SKUs into one flash sale and return their codes."""
    codes = goods(count)
    made(
        "flash",
        prices={it: {"price_fen": price_fen, "stock": stock, "per_person": per_person} for it in codes},
    )
    return codes


def left(sku: str) -> int:
    return Flash.objects.values_list("stock", flat=True).get(sku=sku)


def claimed(offer_id: str) -> int:
    return Offer.objects.values_list("claimed", flat=True).get(id=offer_id)


def within(person_id, work: Callable[[], T], purpose: Purpose = Purpose.ORDERING) -> T:
    """Do a verb's work as a caller's block would."""
    with processing(purpose, subject=person_id):
        return work()


def at_once(work: Callable[[T], Any], given: Sequence[T]) -> list[Any]:
    """Do the work for everything given on as many connections as there are; refusals are returned."""
    size = min(AT_ONCE, len(given))
    start, gate = threading.Barrier(size), threading.Barrier(size)
    begun = threading.local()

    def run(it: T) -> Any:
        if not hasattr(begun, "once"):
            begun.once = True
            connection.ensure_connection()
            start.wait(60)
        try:
            return work(it)
        except MallError as refused:
            return type(refused)

    def leave(_: int) -> None:
        gate.wait(60)
        connection.close()

    with ThreadPoolExecutor(size) as pool:
        found = list(pool.map(run, given))
        list(pool.map(leave, range(size)))
    return found
