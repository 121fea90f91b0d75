"""Virtual goods for tests: an order of them, paid, and what came of it."""

import secrets
from datetime import timedelta

from mingpu.catalog.models import Product, Sku
from mingpu.checkout.services import check_out
from mingpu.lib.clock import now
from mingpu.virtual.queries import HandoverView, handovers_of
from tests.factories import Buyer, make_person
from tests.jobs import run_jobs
from tests.payments.trading import Deal, paid
from tests.people import from_owner
from tests.support import zone

PHONE = "13812345678"
OURS = ("virtual.deliver", "virtual.send")
LATER = timedelta(days=4)


def virtual(kind: str, *, price_fen: int = 5000, face_fen: int | None = 5000) -> str:
    """Make an article that needs no parcel; returns its SKU's code."""
    code = f"V-{secrets.token_hex(6)}"
    with zone("worker"):
        product = Product.objects.create(
            source="test", external_id=code, title="话费充值", title_en="Top-up", price_fen=price_fen, for_sale=True,
            listed_at=now(), kind=kind, category=["充值"],
        )  # fmt: skip
        Sku.objects.create(code=code, product=product, price_fen=price_fen, stock=1000, face_fen=face_fen)
    return code


def ordered(lines: dict[str, int], *, phone: str = "", buyer: Buyer | None = None) -> Deal:
    """Order virtual goods."""
    buyer = buyer or make_person()
    placed = check_out(
        person_id=buyer.id, key=secrets.token_hex(8), payment="wechatpay", lines=lines, recharge=phone
    )
    return Deal(buyer, next(iter(lines)), placed.order_no)


def bought(outside, kind: str, pieces: int = 1, **changes) -> Deal:
    """Order one kind of virtual goods and pay."""
    phone = changes.pop("phone", PHONE if kind == "topup" else "")
    it = ordered({virtual(kind, **changes): pieces}, phone=phone)
    paid(outside, it)
    return it


def handed(it: Deal) -> tuple[HandoverView, ...]:
    return handovers_of(person_id=it.buyer.id, order_no=it.order_no).items


def states(it: Deal) -> list[str]:
    return [piece.status for piece in handed(it)]


def work(it: Deal, ahead: timedelta = LATER, names: tuple[str, ...] = OURS) -> list[str]:
    """Run what is due for an order's virtual goods, as if `ahead` had passed."""
    return run_jobs(it.buyer.id, ahead=ahead, names=names)


def of_books(it: Deal, kind: str) -> list[tuple[str, str, int]]:
    """Return an order's movements of one kind: (debit, credit, fen)."""
    from_books = "SELECT debit, credit, amount_fen FROM wallet_transfer WHERE order_no = %s AND kind = %s ORDER BY 1, 2"
    return from_owner(from_books, [it.order_no, kind])
