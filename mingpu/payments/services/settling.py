"""Believing an institution: what makes an order paid, and what happens to money that comes too late.

Whatever an institution says is compared with what we asked for before anything is marked paid, and said twice it
changes nothing. An order is paid exactly when what it holds is its total.
"""

import logging
from datetime import timedelta
from uuid import UUID

from django.db import connection, transaction

from mingpu.adapters.payment import PaymentState, PaymentStatus
from mingpu.catalog.models import Sku
from mingpu.lib.clock import now
from mingpu.lib.jobs import enqueue
from mingpu.orders.models import Line, Order, Part
from mingpu.orders.rules import CANCELLED, CLOSED, CONFIRMING, EXPIRED, NEVER_SENT, OVER, PENDING
from mingpu.payments.models import Attempt, Entry, Refund, Review, Row
from mingpu.payments.rules import COD, ENDED, INSTITUTIONS, LATE, OPEN, SUCCEEDED
from mingpu.payments.services import purses
from mingpu.payments.services.booking import book_refund, fall_away, recognise
from mingpu.privacy.purposes import Purpose, processing
from mingpu.promotions.models import Coupon, Flash
from mingpu.wallet.books import Kind, charged
from mingpu.wallet.models import Transfer

log = logging.getLogger(__name__)
GOODS = "goods"
MOMENT = timedelta(seconds=1)  # so that a time is over when its job comes
PAID_AS = {PENDING: "paid", EXPIRED: "paid_late", CANCELLED: "paid_late"}


class _Gone(Exception):
    """A late payment cannot have what it was for any more."""


def settle(*, state: PaymentState, method: str) -> None:
    """Bring an attempt and its order in line with what the institution `method` says; safe to repeat.

    A sum other than asked for is never taken as payment, nor one institution's word for another's: the attempt
    stays as it is and the log says so.
    """
    person_id = lookup("attempt", state.out_trade_no)
    if person_id is None:
        return
    if state.status == PaymentStatus.SUCCEEDED:
        _succeed(person_id, state, method)
    elif state.status == PaymentStatus.REFUNDED:
        _returned(person_id, state, method)
    elif state.status == PaymentStatus.CLOSED:
        with processing(Purpose.SETTLEMENT, subject=person_id):
            rows = Attempt.objects.filter(out_trade_no=state.out_trade_no, method=method, status__in=OPEN)
            for attempt_id in rows.values_list("id", flat=True):
                Attempt.objects.move(attempt_id, person_id, after=ENDED, cause="given_up")


def _succeed(person_id: UUID, state: PaymentState, method: str) -> None:
    with processing(Purpose.SETTLEMENT, subject=person_id):
        attempts = Attempt.objects.filter(out_trade_no=state.out_trade_no)
        row = attempts.values("id", "order_no", "method", "amount_fen", "out_trade_no").get()
        txn = state.transaction_id
        if row["method"] != method or state.amount_fen != row["amount_fen"] or not txn:
            log.error("settlement refused: not the sum, or not the way, asked for; attempt %s", row["id"])
            return
        order = _locked(row["order_no"])
        known = attempts.filter(status=SUCCEEDED).values_list("provider_txn", flat=True).first()
        if known is not None:  # said before; with another number it is for a person, who finds it in the bill
            if known != txn:
                log.error("settlement refused: two payments of one number, attempt %s", row["id"])
            return
        Entry.objects.create(
            order_no=row["order_no"], person_id=person_id, provider=method, provider_txn=txn,
            number=row["out_trade_no"], kind="charge", amount_fen=row["amount_fen"], at=now(),
        )  # fmt: skip
        Attempt.objects.move(row["id"], person_id, after=SUCCEEDED, cause="paid", provider_txn=txn)
        Transfer.objects.post(
            person_id=person_id, order_no=row["order_no"], moves=charged(method, row["amount_fen"]),
            kind=Kind.CHARGED, reference=row["out_trade_no"],
        )  # fmt: skip
        if not _bought(person_id, order, row):
            refund = Refund.objects.give_back(row["order_no"], person_id, row)
            book_refund(person_id, refund.out_refund_no)


def _returned(person_id: UUID, state: PaymentState, method: str) -> None:
    """Note a payment that came and went back before we heard of it: it buys nothing; the day's bill shows both."""
    with processing(Purpose.SETTLEMENT, subject=person_id, reading=True):
        rows = Attempt.objects.filter(out_trade_no=state.out_trade_no, method=method)
        unheard = rows.exclude(status=SUCCEEDED).values_list("id", flat=True).first()
    if unheard:
        log.error("settlement refused: paid and refunded elsewhere, attempt %s", unheard)


def _place(row: Row) -> int:
    """Return which attempt of its order this is, counted from 1; the order's number comes before it."""
    return int(row["out_trade_no"][len(row["order_no"]) :])


def _locked(order_no: str) -> Row:
    rows = Order.objects.select_for_update().filter(order_no=order_no)
    return rows.values("order_no", "status", "total_fen", "payment", "ended", "confirmed_at", "paid_at").get()


def _bought(person_id: UUID, order: Row, row: Row) -> bool:
    """Let a payment buy its order, in time or late; False when it cannot, and then nothing has happened.

    It asked for the total less the stored value charged before it: that must stand, or be charged again; what was
    charged after it is too much and goes back.
    """
    if order["status"] not in PAID_AS:
        return False  # paid before by another way, or over for good
    stored = purses.of_order(order["order_no"])
    before = [it for it in stored if _place(it) < _place(row)]
    after = [it for it in stored if _place(it) > _place(row)]
    if row["amount_fen"] + sum(it["amount_fen"] for it in before) != order["total_fen"]:
        return False
    cause = PAID_AS[order["status"]]
    try:
        with transaction.atomic():
            if cause == "paid_late":
                _take_again(person_id, order["order_no"])
            gone = [it for it in before if it["status"] == ENDED]
            if not purses.charge_again(person_id, order["order_no"], gone):
                raise _Gone
            purses.release(person_id, order["order_no"], [it for it in after if it["status"] == SUCCEEDED])
            if not pay(person_id, order["order_no"], cause=cause):
                raise _Gone
    except _Gone:
        return False
    return True


def _take_again(person_id: UUID, order_no: str) -> None:
    """Take goods, flash pieces and coupons again that an order had given back, all of them or raise _Gone."""
    wanted = dict(Line.objects.filter(order_no=order_no).values_list("sku", "quantity"))
    if len(Sku.objects.take(wanted)) < len(wanted):
        raise _Gone
    if not Flash.objects.take_again(person_id, order_no) or not Coupon.objects.use_again(person_id, order_no):
        raise _Gone


def pay(person_id: UUID, order_no: str, *, cause: str) -> bool:
    """Mark an order paid, inside the block that took its money; False when it is not one to be paid."""
    if not Order.objects.change(order_no, person_id, cause=cause, paid_at=now()):
        return False
    stands(person_id, order_no)
    enqueue("payments.close", person_id=str(person_id), order_no=order_no)  # other ways that are still open
    return True


def stands(person_id: UUID, order_no: str) -> None:
    """Let what follows when an order stands follow: merchants may send, the books know, delivery begins."""
    Part.objects.filter(order_no=order_no).update(ready_at=now(), ended_at=None)
    recognise(person_id, order_no)
    kinds = set(Line.objects.filter(order_no=order_no).values_list("kind", flat=True))
    if GOODS in kinds:
        enqueue("delivery.book", person_id=str(person_id), order_no=order_no)
        until, key = now() + NEVER_SENT + MOMENT, f"unsent-{order_no}"
        enqueue("service.never_sent", at=until, once=key, person_id=str(person_id), order_no=order_no)
    if kinds - {GOODS}:
        enqueue("virtual.deliver", person_id=str(person_id), order_no=order_no)


def nothing_due(*, person_id: UUID, order_no: str) -> None:
    """Do for an order that cost nothing what a payment does for others; safe to repeat."""
    with processing(Purpose.SETTLEMENT, subject=person_id, reference=order_no):
        order = _locked(order_no)
        waiting = Part.objects.filter(order_no=order_no, ready_at=None).exists()
        if order["paid_at"] and order["total_fen"] == 0 and waiting:
            stands(person_id, order_no)


def refund_piece(*, person_id: UUID, order_no: str, amount_fen: int, reason: str, sku: str = "") -> None:
    """Pay back what could not be handed over, once for its reason.

    sku: what it was; "" for any of what is not carried. An order that cost nothing, of which nothing arrived or is
    kept, is closed. Raises NothingLeft.
    """
    with processing(Purpose.SETTLEMENT, subject=person_id, reference=order_no):
        order = _locked(order_no)
        if order["total_fen"] == 0:
            if order["ended"] != CLOSED:
                Order.objects.change(order_no, person_id, cause="refunded_in_full", ended=CLOSED)
                Part.objects.filter(order_no=order_no, ended_at=None).update(ended_at=now())
            fall_away(person_id, order_no)
            return
        lines = Line.objects.filter(order_no=order_no).exclude(kind=GOODS)
        if sku:
            lines = lines.filter(sku=sku)
        about = dict(lines.values_list("sku", "payable_fen"))
        Refund.objects.ask(order_no, person_id, amount_fen, reason, lines=about)


def give_up(person_id: UUID, order_no: str) -> list[Row]:
    """Undo what an order that ended holds, and return the attempts that are still open at institutions.

    An order that ended unpaid gives stored value back; one that ended at the door falls away in the books, and if
    it was paid for, all of it goes back. Nothing happens to one that can still be paid.
    """
    with processing(Purpose.SETTLEMENT, subject=person_id, reference=order_no):
        order = _locked(order_no)
        if order["status"] in (PENDING, CONFIRMING):
            return []
        held = Attempt.objects.held(order_no)
        if order["status"] in (CANCELLED, EXPIRED):
            purses.release(
                person_id, order_no, [it for it in purses.of_order(order_no) if it["status"] == SUCCEEDED]
            )
        over = order["status"] in OVER
        if over and order["payment"] == COD:
            Review.objects.filter(order_no=order_no, decided_at=None).update(decided_at=now())
        if over and order["payment"] == COD and order["confirmed_at"] and not held:
            fall_away(person_id, order_no)
        if order["ended"] == CLOSED and order["payment"] != COD:
            left = order["total_fen"] - _asked(order_no)
            Refund.objects.ask(order_no, person_id, left, "refused_at_door")
        rows = Attempt.objects.filter(order_no=order_no, status__in=OPEN, method__in=INSTITUTIONS)
        return list(
            rows.order_by("out_trade_no").values("id", "out_trade_no", "method", "status", "created_at")
        )


def _asked(order_no: str) -> int:
    rows = Refund.objects.alive().filter(order_no=order_no).exclude(reason=LATE)
    return sum(rows.values_list("amount_fen", flat=True))


def lookup(kind: str, key: str) -> UUID | None:
    """Return whose attempt, refund or order a number names; None for nobody's."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT mingpu.lookup_{kind}(%s)", [key])
        row = cursor.fetchone()
    return row[0] if row else None
