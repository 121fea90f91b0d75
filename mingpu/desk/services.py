"""Signing in and out at the desk, and what staff change themselves: a merchant's stock, an offer's end.

Staff are nobody's customers: to sign in no purpose is needed, only the desk's login.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import cache
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from django.db.models import Q

from mingpu.catalog.feed import MAX_DESCRIPTION
from mingpu.catalog.feed_fields import clean
from mingpu.catalog.models import Product, Shelf, Sku, Warehouse
from mingpu.catalog.queries import warehouses_of
from mingpu.catalog.rich_text import has_markup, sanitised
from mingpu.catalog.services import begin_opening, fall_due, open_warehouse
from mingpu.catalog.warehouses import WarehouseInfo
from mingpu.desk.errors import EndsFirst, NotOnSale, StockMoved, TooManyTries, WrongStaffSignIn
from mingpu.desk.models import Staff, StaffSession, StaffTry
from mingpu.desk.queries import token_hash
from mingpu.desk.queries.goods import promised
from mingpu.governance.errors import NobodyFound
from mingpu.lib.clock import now
from mingpu.lib.errors import NotFound
from mingpu.lib.ids import token as new_token
from mingpu.lib.jobs import enqueue
from mingpu.privacy.fields import blind_index
from mingpu.privacy.purposes import Purpose, processing

log = logging.getLogger(__name__)
SHIFT = timedelta(hours=10)
WINDOW = timedelta(minutes=15)
TRIES_A_NAME, TRIES_AN_ADDRESS = 8, 30
GUESSES = 10  # numbers typed that led to nothing, by one member of staff in the window
_hasher = PasswordHasher()


def sign_in(*, name: str, password: str, address: str) -> str:
    """Sign a member of staff in and return the token of the shift.

    address: of the network. Takes as long for a name that does not exist.
    Raises WrongStaffSignIn, and TooManyTries after 8 wrong ones by name or 30 by address in 15 minutes.
    """
    it = StaffTry(
        name_index=blind_index("desk_stafftry.name", name.strip()),
        address_index=blind_index("desk_stafftry.address", address),
        at=now(),
    )
    _check_pace(it)
    work = (
        _nobody()
    )  # made before it is looked whether the name exists, so that the first unknown one shows nothing
    known = Staff.objects.filter(name=name.strip()).values_list("password_hash", flat=True).first()
    right = _fits(known or work, password)
    if known is None or not right:
        raise WrongStaffSignIn
    StaffTry.objects.filter(name_index=it.name_index).delete()
    token = new_token()
    StaffSession.objects.filter(expires_at__lte=now()).delete()
    StaffSession.objects.create(token_hash=token_hash(token), name=name.strip(), expires_at=now() + SHIFT)
    return token


def sign_out(*, token: str) -> None:
    """End a sign-in; nothing happens for one that has ended."""
    StaffSession.objects.filter(token_hash=token_hash(token)).delete()


@contextmanager
def counting_guesses(staff: str) -> Iterator[None]:
    """Count a number that leads to nothing inside the block: whoever types ten in 15 minutes may be guessing.

    Raises TooManyTries before the eleventh, and lets NotFound and NobodyFound through.
    """
    mine = blind_index("desk_stafftry.guess", staff)
    StaffTry.objects.filter(at__lte=now() - WINDOW).delete()
    if StaffTry.objects.filter(name_index=mine).count() >= GUESSES:
        log.warning("staff %s typed %s numbers that led to nothing", staff, GUESSES)
        raise TooManyTries(minutes=int(WINDOW.total_seconds()) // 60)
    try:
        yield
    except (NotFound, NobodyFound):
        StaffTry.objects.create(name_index=mine, address_index=b"", at=now())
        raise


def set_stock(*, merchant: str, sku: str, pieces: int, seen: int, warehouse: str = "") -> int:
    """Set how many pieces of a merchant's own SKU there are, and return how many there are to be sold now.

    seen: the number that was counted against; pieces sold since are taken off as well, so that none is sold twice.
    warehouse: whose shelf was counted, by code; "" for the stock as a whole, which the first warehouse then follows.
    Raises NotFound for a SKU or warehouse that is not this merchant's, StockMoved when fewer than none would be left.
    """
    with processing(Purpose.MERCHANT_QUEUE, subject=None, reference=sku, merchant=merchant):
        before = (
            Sku.objects.filter(code=sku, product__merchant=merchant).values_list("stock", flat=True).first()
        )
        if before is None:
            raise NotFound
        left = Sku.objects.recount(sku, merchant, pieces - seen)
        if left is None:
            raise StockMoved(left=before)
        _recount_shelf(merchant, sku, warehouse, pieces - seen)
        if bool(left) != bool(before):  # lists show whether it can be had
            enqueue("search.refresh", skus=[sku])
    return left


def _recount_shelf(merchant: str, sku: str, warehouse: str, by: int) -> None:
    """Let the shelf follow a stock that was counted; nothing where the SKU lies in no warehouse."""
    own = [it.code for it in warehouses_of(merchant)]
    if warehouse and warehouse not in own:
        raise NotFound
    if own and Shelf.objects.hold([sku]):
        Shelf.objects.add({(sku, warehouse or own[0]): by})


def add_warehouse(*, warehouse: WarehouseInfo) -> int:
    """Open a warehouse of a merchant; the first one takes in all there is. Returns how many SKUs it took in.

    Raises WarehouseExists.
    """
    merchant = warehouse.merchant
    with processing(Purpose.MERCHANT_QUEUE, subject=None, reference=warehouse.code, merchant=merchant):
        begin_opening(merchant)
        return open_warehouse(warehouse=warehouse, promised=promised(merchant))


def use_warehouse(*, merchant: str, code: str, active: bool) -> None:
    """Let parcels leave a merchant's own warehouse, or no more. Raises NotFound."""
    with processing(Purpose.MERCHANT_QUEUE, subject=None, reference=code, merchant=merchant):
        if not Warehouse.objects.filter(code=code, merchant=merchant).update(active=active):
            raise NotFound


def set_for_sale(*, merchant: str, product_id: UUID, for_sale: bool) -> None:
    """Take a merchant's own article off sale, or put back what was taken off.

    Raises NotFound for an article that is not this merchant's, NotOnSale where it cannot be done.
    """
    with processing(Purpose.MERCHANT_QUEUE, subject=None, reference=str(product_id), merchant=merchant):
        if not Product.objects.filter(id=product_id, merchant=merchant).exists():
            raise NotFound
        change = Product.objects.put_back if for_sale else Product.objects.take_off
        if not change(product_id, merchant):
            raise NotOnSale
        enqueue("search.refresh", product_ids=[str(product_id)])


def set_description(*, merchant: str, product_id: UUID, written: str) -> None:
    """Set what the page of a merchant's own article says, as plain text or as markup, which is made safe.

    Raises NotFound for an article that is not this merchant's.
    """
    text = clean(written, {}, lines=True)[:MAX_DESCRIPTION].rstrip()
    markup = sanitised(written) if has_markup(written) else ""
    with processing(Purpose.MERCHANT_QUEUE, subject=None, reference=str(product_id), merchant=merchant):
        own = Product.objects.filter(id=product_id, merchant=merchant)
        if not own.update(description=text, description_html=markup):
            raise NotFound
        enqueue("search.refresh", product_ids=[str(product_id)])


def set_published(*, merchant: str, product_id: UUID, begin: datetime | None, end: datetime | None) -> None:
    """Set from when and until when a merchant's own article is shown; None for always.

    Raises NotFound for an article that is not this merchant's, EndsFirst for an end that is not after the beginning.
    """
    if begin and end and end <= begin:
        raise EndsFirst
    with processing(Purpose.MERCHANT_QUEUE, subject=None, reference=str(product_id), merchant=merchant):
        own = Product.objects.filter(id=product_id, merchant=merchant)
        if not own.update(published_from=begin, published_until=end):
            raise NotFound
        enqueue("search.refresh", product_ids=[str(product_id)])
        fall_due([product_id])


def ask_to_stop(*, offer_id: str) -> None:
    """Have an offer stopped by the worker, whose zone may change offers; safe to repeat."""
    enqueue("promotions.stop", once=f"stop-{offer_id}", offer_id=offer_id)


def _check_pace(it: StaffTry) -> None:
    """Write the try down first, then count: tries made at the same moment count each other."""
    StaffTry.objects.filter(at__lte=it.at - WINDOW).delete()
    it.save(force_insert=True)
    recent = StaffTry.objects.filter(Q(name_index=it.name_index) | Q(address_index=it.address_index))
    tries = list(recent.values_list("name_index", "address_index"))
    by_name = sum(bytes(name) == it.name_index for name, _ in tries)
    by_address = sum(bytes(address) == it.address_index for _, address in tries)
    if by_name > TRIES_A_NAME or by_address > TRIES_AN_ADDRESS:
        StaffTry.objects.filter(id=it.id).delete()  # only real tries count, so the wait ends
        raise TooManyTries(minutes=int(WINDOW.total_seconds()) // 60)


def _fits(password_hash: str, password: str) -> bool:
    try:
        return _hasher.verify(password_hash, password)
    except (Argon2Error, InvalidHashError):
        return False


@cache
def _nobody() -> str:
    """Return a hash for the work that an unknown name costs."""
    return _hasher.hash("nobody")
