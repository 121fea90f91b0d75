"""Cash on delivery: who may have it, and the money the courier takes at the door."""

import logging
from contextlib import suppress
from datetime import timedelta
from uuid import UUID

from django.db import IntegrityError, transaction

from mingpu.lib.clock import now
from mingpu.lib.errors import NotFound
from mingpu.lib.jobs import enqueue
from mingpu.orders.errors import WrongState
from mingpu.orders.models import Order
from mingpu.orders.rules import CLOSED, CONFIRMING, LABELS
from mingpu.orders.services import decline
from mingpu.payments.models import Attempt, Entry, Refund, Review, Row
from mingpu.payments.rules import COD, COD_LOOK_BACK_DAYS, COD_UP_TO_FEN, LARGE, REFUSED_BEFORE, SUCCEEDED
from mingpu.payments.services.booking import book_refund, stand_again
from mingpu.payments.services.settling import lookup, stands
from mingpu.privacy.purposes import Purpose, acting, processing
from mingpu.promotions.models import Coupon, Flash
from mingpu.wallet.books import Kind, collected_at_door
from mingpu.wallet.models import Transfer

log = logging.getLogger(__name__)


def review_cod(*, person_id: UUID, order_no: str) -> None:
    """Confirm cash on delivery for an order, or leave it to staff: a large one, or one refused at the door lately.

    Judged by amounts and states of the person's orders alone. Safe to repeat.
    """
    since = now() - timedelta(days=COD_LOOK_BACK_DAYS)
    with processing(Purpose.TRADE_SAFETY, subject=person_id, reference=order_no, reading=True):
        own = Order.objects.filter(person_id=person_id, payment=COD)
        total = own.filter(order_no=order_no, status=CONFIRMING).values_list("total_fen", flat=True).first()
        refused = own.filter(ended=CLOSED, placed_at__gt=since).exists()
    if total is None:
        return
    if total <= COD_UP_TO_FEN and not refused:
        confirm_cod(person_id=person_id, order_no=order_no)
        return
    with processing(Purpose.SETTLEMENT, subject=person_id, reference=order_no):
        Order.objects.select_for_update().filter(order_no=order_no).values("order_no").get()
        if not Review.objects.filter(order_no=order_no).exists():
            Review.objects.create(
                order_no=order_no, person_id=person_id, total_fen=total, asked_at=now(),
                why=REFUSED_BEFORE if refused else LARGE,
            )  # fmt: skip


def confirm_cod(*, person_id: UUID, order_no: str) -> None:
    """Confirm cash on delivery: the order stands and is sent. Raises NotFound, WrongState; repeated it is nothing."""
    with processing(Purpose.SETTLEMENT, subject=person_id, reference=order_no):
        if Order.objects.change(order_no, person_id, cause="confirmed", confirmed_at=now()):
            stands(person_id, order_no)
            Review.objects.filter(order_no=order_no).update(decided_at=now())
            return
        rows = Order.objects.filter(order_no=order_no, person_id=person_id).values("status", "confirmed_at")
        order = rows.first()
    if order is None:
        raise NotFound
    if order["confirmed_at"] is None:
        raise WrongState(status=LABELS[order["status"]])


def decide_cod(*, order_no: str, accept: bool, staff: str) -> None:
    """Decide at the desk about an order that waits for it; the worker carries it out.

    Raises NotFound for an order that no decision is asked of, WrongState once it moved on.
    """
    person_id = lookup("review", order_no)
    if person_id is None:
        raise NotFound
    with acting("staff", staff), processing(Purpose.SERVICE, subject=person_id, reference=order_no):
        status = Order.objects.filter(order_no=order_no).values_list("status", flat=True).first()
        if status is None:
            raise NotFound
        if status != CONFIRMING:
            raise WrongState(status=LABELS[status])
        name = "payments.confirm_cod" if accept else "payments.decline_cod"
        enqueue(name, once=f"cod-{order_no}", person_id=str(person_id), order_no=order_no)


def carry_out_cod(*, person_id: UUID, order_no: str, accept: bool) -> None:
    """Do what staff decided about an order; nothing happens if it moved on meanwhile."""
    with suppress(WrongState, NotFound):
        if accept:
            confirm_cod(person_id=person_id, order_no=order_no)
        else:
            decline(person_id=person_id, order_no=order_no)
    with processing(Purpose.SETTLEMENT, subject=person_id, reference=order_no):
        Review.objects.filter(order_no=order_no, decided_at=None).update(decided_at=now())


def collected(*, person_id: UUID, order_no: str, courier: str, waybill_no: str, amount_fen: int) -> None:
    """Take it that the courier was given `amount_fen` at the door for a parcel; once for each waybill.

    courier: sf | yto. The order is paid when its parcels add up to its total; more than that goes to the balance.
    An order that was over, and was taken and paid for after all, stands in the books again.
    """
    with processing(Purpose.SETTLEMENT, subject=person_id, reference=order_no):
        order = (
            Order.objects.select_for_update()
            .filter(order_no=order_no, payment=COD)
            .values("total_fen", "paid_at", "expires_at")
            .first()
        )
        if order is None or amount_fen <= 0:
            log.error("nothing is collected at the door for order %s", order_no)
            return
        try:
            with transaction.atomic():
                Entry.objects.create(
                    order_no=order_no, person_id=person_id, provider=courier, provider_txn=waybill_no,
                    number=waybill_no, kind="charge", amount_fen=amount_fen, at=now(),
                )  # fmt: skip
        except IntegrityError:
            return  # said before
        left = order["total_fen"] - sum(row["amount_fen"] for row in Attempt.objects.held(order_no))
        found = {
            "method": COD,
            "via": "",
            "clearing": "",
            "expires_at": order["expires_at"],
            "provider_txn": waybill_no,
        }
        _book(person_id, order_no, courier, (min(amount_fen, left), max(0, amount_fen - left)), found)
        if amount_fen < left:
            log.error("order %s: %s collected less than was due", order_no, courier)
        if order["paid_at"]:  # as delivery found; it may have been over before
            _stands_again(person_id, order_no)
        elif amount_fen >= left:
            Order.objects.change(order_no, person_id, cause="collected", paid_at=now())


def _stands_again(person_id: UUID, order_no: str) -> None:
    """Let books and promotions follow an order that was over and was taken after all; nothing happens to others."""
    if stand_again(person_id, order_no):  # and if it is completed by now, this was waited for
        enqueue("payments.settle_parts", person_id=str(person_id), order_no=order_no)
    flash = Flash.objects.take_again(person_id, order_no)
    if not (Coupon.objects.use_again(person_id, order_no) and flash):
        log.error("order %s stands again, though what made it cheaper was given to others", order_no)


def _book(person_id: UUID, order_no: str, courier: str, fens: tuple[int, int], found: Row) -> None:
    """Write down what was collected, in fen: what is for the order, and what is too much and is to be given back."""
    for fen in filter(None, fens):
        row = Attempt.objects.begin(
            person_id, order_no, cause="collected_at_door", status=SUCCEEDED, amount_fen=fen, **found
        )
        Transfer.objects.post(
            person_id=person_id, order_no=order_no, moves=collected_at_door(courier, fen), kind=Kind.CHARGED,
            reference=row["out_trade_no"],
        )  # fmt: skip
    if fens[1]:
        refund = Refund.objects.give_back(order_no, person_id, row)
        book_refund(person_id, refund.out_refund_no)
