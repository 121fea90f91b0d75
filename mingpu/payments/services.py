"""Taking money: attempts, and what institutions say about them. Paying back is `refunds`.

Nothing outside is called while a transaction is open. Whatever an institution says is compared with what we
asked for before anything is marked paid, and said twice it changes nothing.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import IntegrityError, connection, transaction

from mingpu.adapters.calls import CallFailed
from mingpu.adapters.payment import PaymentRequest, PaymentState, PaymentStatus
from mingpu.adapters.providers import payment_gateway
from mingpu.catalog.models import Sku
from mingpu.lib.clock import now
from mingpu.lib.errors import NotFound
from mingpu.lib.ids import public_number
from mingpu.lib.jobs import enqueue
from mingpu.lib.payloads import flatten
from mingpu.orders.models import Line, Order
from mingpu.orders.rules import PAID, PENDING
from mingpu.payments.errors import NothingToPay, PaymentUnavailable
from mingpu.payments.models import Attempt, Entry, Refund
from mingpu.payments.rules import (
    ACTION,
    CREATED,
    ENDED,
    FAILED,
    METHODS,
    OPEN,
    POLL_AFTER,
    REQUESTED,
    SUCCEEDED,
    UNKNOWN,
)
from mingpu.privacy import sharing
from mingpu.privacy.purposes import Purpose, processing

log = logging.getLogger(__name__)
ATTEMPT = ("id", "order_no", "method", "out_trade_no", "amount_fen", "status", "code_url", "expires_at")
MOST_ATTEMPTS = 99


@dataclass(frozen=True, slots=True)
class Started:
    """A way to pay now: what the QR code says, until when."""

    id: UUID
    order_no: str
    method: str
    out_trade_no: str
    amount_fen: int
    status: str
    code_url: str
    expires_at: datetime


def start(*, person_id: UUID, order_no: str, method: str) -> Started:
    """Begin to pay an order with the institution the buyer chose, or go on with what was begun.

    Raises NotFound, NothingToPay (paid, closed or too late), PaymentUnavailable when the institution does not
    answer: the order stays as it is.
    """
    if method not in METHODS:
        raise NothingToPay
    attempt = _attempt(person_id, order_no, method)
    if attempt.code_url:
        return attempt
    request = PaymentRequest(
        out_trade_no=attempt.out_trade_no, amount_fen=attempt.amount_fen, expires_at=attempt.expires_at
    )
    gateway = payment_gateway(method)
    _announce(person_id, attempt, flatten(gateway.payload_for(request)))
    try:
        code_url = gateway.create(request)
    except CallFailed as failed:
        with processing(Purpose.SETTLEMENT, subject=person_id, reference=order_no):
            status = FAILED if failed.permanent else UNKNOWN
            Attempt.objects.filter(id=attempt.id, status=CREATED).update(status=status)
        raise PaymentUnavailable from failed
    with processing(Purpose.SETTLEMENT, subject=person_id, reference=order_no):
        rows = Attempt.objects.filter(id=attempt.id)
        begun = rows.filter(status__in=(CREATED, UNKNOWN)).update(status=ACTION, code_url=code_url)
        if not begun and rows.filter(status=ENDED).exists():
            raise NothingToPay  # given up meanwhile; the code stays here, so nobody can pay by it
    return replace(attempt, code_url=code_url, status=ACTION)


def _announce(person_id: UUID, attempt: Started, payload: Mapping[str, Any]) -> None:
    """Hold the message against the list, record it, and set the times at which the institution will be asked."""
    sharing.check(attempt.method, payload)
    with processing(Purpose.SETTLEMENT, subject=person_id, reference=attempt.order_no):
        sharing.record(
            recipient=attempt.method, purpose=Purpose.SETTLEMENT, person_id=person_id, payload=payload,
            reference=attempt.order_no,
        )  # fmt: skip
        for seconds in POLL_AFTER:
            due = now() + timedelta(seconds=seconds)
            enqueue("payments.poll", at=due, person_id=str(person_id), attempt_id=str(attempt.id))


def _attempt(person_id: UUID, order_no: str, method: str) -> Started:
    """Return the open attempt of an order, or write a new one."""
    with processing(Purpose.SETTLEMENT, subject=person_id, reference=order_no):
        order = (
            Order.objects.select_for_update()
            .filter(order_no=order_no, person_id=person_id)
            .values("status", "total_fen", "expires_at")
            .first()
        )
        if order is None:
            raise NotFound
        if order["status"] != PENDING or order["expires_at"] <= now():
            raise NothingToPay
        known = list(Attempt.objects.filter(order_no=order_no).order_by("created_at").values(*ATTEMPT))
        for row in known:
            if row["status"] in OPEN and row["method"] == method:
                return Started(**row)
        if len(known) >= MOST_ATTEMPTS:
            raise NothingToPay
        row = {
            "id": uuid4(), "order_no": order_no, "method": method, "status": CREATED, "code_url": "",
            "out_trade_no": f"{order_no}{len(known) + 1:02d}", "amount_fen": order["total_fen"],
            "expires_at": order["expires_at"],
        }  # fmt: skip
        Attempt.objects.create(person_id=person_id, created_at=now(), **row)
        return Started(**row)


def record_callback(*, method: str, headers: Mapping[str, str], body: bytes) -> None:
    """Take what an institution reports on its own account.

    Raises adapters.payment.Forged for what is not its own or not for us (nothing is kept of it), and
    PaymentFailed when that cannot be told just now.
    """
    event = payment_gateway(method).parse_callback(headers, body)
    if event.payment:
        settle(state=event.payment)
    elif event.refund:
        person_id = _lookup("refund", event.refund.out_refund_no)
        if person_id:
            with processing(Purpose.SETTLEMENT, subject=person_id):
                enqueue(
                    "payments.refund", person_id=str(person_id), out_refund_no=event.refund.out_refund_no,
                )  # fmt: skip


def poll(*, person_id: UUID, attempt_id: UUID) -> None:
    """Ask the institution about an attempt that has no answer yet; a callback may have been lost."""
    with processing(Purpose.SETTLEMENT, subject=person_id, reading=True):
        row = Attempt.objects.filter(id=attempt_id).values("out_trade_no", "method", "status").first()
    if row is None or row["status"] not in (*OPEN, FAILED):
        return
    settle(state=payment_gateway(row["method"]).query(row["out_trade_no"]))


def close(*, person_id: UUID, order_no: str) -> None:
    """Make sure that an order which was given up can no longer be paid; a faster buyer gets it settled."""
    with processing(Purpose.SETTLEMENT, subject=person_id, reference=order_no, reading=True):
        rows = Attempt.objects.filter(order_no=order_no, status__in=OPEN)
        attempts = list(rows.values("id", "out_trade_no", "method"))
    for row in attempts:
        gateway = payment_gateway(row["method"])
        try:
            gateway.close(row["out_trade_no"])
        except CallFailed as failed:
            if failed.code != "already_paid":
                raise
            settle(state=gateway.query(row["out_trade_no"]))
            continue
        with processing(Purpose.SETTLEMENT, subject=person_id, reference=order_no):
            Attempt.objects.filter(id=row["id"], status__in=OPEN).update(status=ENDED)


def settle(*, state: PaymentState) -> None:
    """Bring an attempt and its order in line with what the institution says; safe to repeat.

    A sum other than asked for is never taken as payment: the attempt stays open and the log says so.
    """
    person_id = _lookup("attempt", state.out_trade_no)
    if person_id is None:
        return
    if state.status in (PaymentStatus.SUCCEEDED, PaymentStatus.REFUNDED):
        _succeed(person_id, state)
    elif state.status == PaymentStatus.CLOSED:
        with processing(Purpose.SETTLEMENT, subject=person_id):
            Attempt.objects.filter(out_trade_no=state.out_trade_no, status__in=OPEN).update(status=ENDED)


def _succeed(person_id: UUID, state: PaymentState) -> None:
    with processing(Purpose.SETTLEMENT, subject=person_id):
        attempt = Attempt.objects.filter(out_trade_no=state.out_trade_no)
        row = attempt.select_for_update().values("id", "order_no", "method", "amount_fen").get()
        if state.amount_fen != row["amount_fen"] or not state.transaction_id:
            log.error("settlement refused: the sum paid is not the sum asked for, attempt %s", row["id"])
            return
        try:
            with transaction.atomic():
                Entry.objects.create(
                    order_no=row["order_no"], person_id=person_id, provider=row["method"],
                    provider_txn=state.transaction_id, kind="charge", amount_fen=state.amount_fen, at=now(),
                )  # fmt: skip
        except IntegrityError:
            return  # said before
        attempt.update(status=SUCCEEDED, provider_txn=state.transaction_id)
        if _paid(person_id, row["order_no"]):
            enqueue("delivery.book", person_id=str(person_id), order_no=row["order_no"])
            enqueue("payments.close", person_id=str(person_id), order_no=row["order_no"])
        else:
            _give_back(person_id, row["order_no"], row["id"], row["amount_fen"])


def _paid(person_id: UUID, order_no: str) -> bool:
    """Mark an order paid; a late one only if its goods can be taken from stock again, all of them."""
    if Order.objects.move(order_no, person_id, after=PAID, cause="paid", paid_at=now()):
        return True
    wanted = dict(Line.objects.filter(order_no=order_no).values_list("sku", "quantity"))
    try:
        with transaction.atomic():
            if not Order.objects.move(order_no, person_id, after=PAID, cause="paid_late", paid_at=now()):
                return False  # paid before by another attempt, or refunded
            if len(Sku.objects.take(wanted)) < len(wanted):
                raise IntegrityError("not enough left")
    except IntegrityError:
        return False
    return True


def _give_back(person_id: UUID, order_no: str, attempt_id: UUID, amount_fen: int) -> None:
    """Money that bought nothing goes back at once and in full."""
    number = public_number("R")
    Refund.objects.create(
        order_no=order_no, person_id=person_id, attempt_id=attempt_id, out_refund_no=number,
        amount_fen=amount_fen, reason="late_payment", status=REQUESTED, created_at=now(),
    )  # fmt: skip
    enqueue("payments.refund", person_id=str(person_id), out_refund_no=number)


def _lookup(kind: str, key: str) -> UUID | None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT mingpu.lookup_{kind}(%s)", [key])
        row = cursor.fetchone()
    return row[0] if row else None
