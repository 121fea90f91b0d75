"""Trying to pay, and what institutions say about it.

Nothing outside is called while a transaction is open, and only the institution the buyer chose is ever called.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from mingpu.adapters.calls import CallFailed
from mingpu.adapters.payment import PaymentPage, PaymentRequest, Trade
from mingpu.adapters.providers import payment_gateway
from mingpu.lib.clock import now
from mingpu.lib.errors import NotFound
from mingpu.lib.jobs import enqueue
from mingpu.lib.payloads import flatten
from mingpu.orders.models import Order
from mingpu.orders.rules import PENDING
from mingpu.payments.errors import NothingToPay, PaymentUnavailable
from mingpu.payments.models import Attempt
from mingpu.payments.rules import (
    ACTION,
    ANNOUNCED,
    CLEARING,
    CREATED,
    ENDED,
    FAILED,
    INSTITUTIONS,
    OPEN,
    PAGE,
    POLL_AFTER,
    QR,
    SUCCEEDED,
    UNKNOWN,
    VIAS,
)
from mingpu.payments.services.settling import give_up, lookup, settle
from mingpu.privacy import sharing
from mingpu.privacy.purposes import Purpose, processing

ATTEMPT = (
    "id", "order_no", "method", "out_trade_no", "amount_fen", "status", "code_url", "created_at", "expires_at", "via",
)  # fmt: skip
MOST_ATTEMPTS = 60  # by institutions; numbers up to 99 leave room for stored value


@dataclass(frozen=True, slots=True)
class Started:
    """A way to pay now, until `expires_at`: what the QR code says, or the page to send the browser to."""

    id: UUID
    order_no: str
    method: str
    out_trade_no: str
    amount_fen: int
    status: str
    code_url: str
    created_at: datetime
    expires_at: datetime
    via: str = QR
    page: PaymentPage | None = None


def start(*, person_id: UUID, order_no: str, method: str, via: str = QR, back: str = "") -> Started:
    """Begin to pay an order with the institution the buyer chose, or go on with what was begun.

    method: one of `rules.INSTITUTIONS`. via: qr | page; back: our address the institution's page returns to, which
    proves nothing. Stored value that was charged already is not asked for again. Raises NotFound, NothingToPay
    (paid, closed, too late, or not a way to pay), PaymentUnavailable when the institution does not answer: the
    order stays as it is.
    """
    if method not in INSTITUTIONS or via not in VIAS[method]:
        raise NothingToPay
    attempt = _attempt(person_id, order_no, method, via)
    if attempt.code_url:
        return attempt
    request = PaymentRequest(
        out_trade_no=attempt.out_trade_no, amount_fen=attempt.amount_fen, started_at=attempt.created_at,
        expires_at=attempt.expires_at,
    )  # fmt: skip
    gateway = payment_gateway(method)
    try:
        _announce(person_id, attempt, flatten(gateway.payload_for(request, via=via)))
        code_url = "" if via == PAGE else gateway.create(request)
        page = gateway.page(request, back=back) if via == PAGE else None
    except CallFailed as failed:
        after, cause = (FAILED, "refused") if failed.permanent else (UNKNOWN, "unanswered")
        with processing(Purpose.SETTLEMENT, subject=person_id, reference=order_no):
            Attempt.objects.move(attempt.id, person_id, after=after, cause=cause)
        raise PaymentUnavailable from failed
    with processing(Purpose.SETTLEMENT, subject=person_id, reference=order_no):
        Attempt.objects.move(attempt.id, person_id, after=ACTION, cause="accepted", code_url=code_url)
        if Attempt.objects.filter(id=attempt.id, status=ENDED).exists():
            raise NothingToPay  # given up meanwhile; the code stays here, so nobody can pay by it
    return replace(attempt, code_url=code_url, page=page, status=ACTION)


def _announce(person_id: UUID, attempt: Started, payload: Mapping[str, Any]) -> None:
    """Hold the message against the list, record it, and set the times at which the institution will be asked."""
    sharing.check(attempt.method, payload)
    with processing(Purpose.SETTLEMENT, subject=person_id, reference=attempt.order_no):
        sharing.record(
            recipient=attempt.method, purpose=Purpose.SETTLEMENT, person_id=person_id, payload=payload,
            reference=attempt.order_no,
        )  # fmt: skip
        if not Attempt.objects.move(attempt.id, person_id, after=ANNOUNCED, cause="announced"):
            if Attempt.objects.filter(id=attempt.id, status=ENDED).exists():
                raise NothingToPay  # given up meanwhile; nothing is sent
            return  # it goes on from where it stood, and its times are set
        for seconds in POLL_AFTER:
            due = now() + timedelta(seconds=seconds)
            enqueue("payments.poll", at=due, person_id=str(person_id), attempt_id=str(attempt.id))


def _attempt(person_id: UUID, order_no: str, method: str, via: str) -> Started:
    """Return the open attempt that asks for the same, or write a new one; others stay as they are.

    What is left of other ways can still be paid, which is met when it happens, and is closed with the order.
    """
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
        left = order["total_fen"] - sum(row["amount_fen"] for row in Attempt.objects.held(order_no))
        known = list(
            Attempt.objects.filter(order_no=order_no, method__in=INSTITUTIONS)
            .order_by("created_at")
            .values(*ATTEMPT)
        )
        for row in known:
            same = (row["method"], row["via"], row["amount_fen"]) == (method, via, left)
            if same and row["status"] in OPEN:
                return Started(**row)
        if len(known) >= MOST_ATTEMPTS or left <= 0:
            raise NothingToPay
        row = Attempt.objects.begin(
            person_id, order_no, cause="begun", status=CREATED, method=method, via=via, clearing=CLEARING[method],
            amount_fen=left, expires_at=order["expires_at"],
        )  # fmt: skip
        return Started(**{name: row.get(name, "") for name in ATTEMPT})


def record_callback(*, method: str, headers: Mapping[str, str], body: bytes) -> None:
    """Take what an institution reports on its own account.

    Raises adapters.payment.Forged for what is not its own or not for us (nothing is kept of it), and
    PaymentFailed when that cannot be told just now.
    """
    event = payment_gateway(method).parse_callback(headers, body)
    if event.payment:
        settle(state=event.payment, method=method)
    elif event.refund:
        number = event.refund.out_refund_no
        if person_id := lookup("refund", number):
            with processing(Purpose.SETTLEMENT, subject=person_id):
                enqueue("payments.refund", person_id=str(person_id), out_refund_no=number)


def poll(*, person_id: UUID, attempt_id: UUID) -> None:
    """Ask the institution about an attempt that is not known to be paid; a callback may have been lost."""
    with processing(Purpose.SETTLEMENT, subject=person_id, reading=True):
        row = (
            Attempt.objects.filter(id=attempt_id)
            .values("out_trade_no", "method", "status", "created_at")
            .first()
        )
    if row is None or row["status"] == SUCCEEDED:
        return
    trade = Trade(out_trade_no=row["out_trade_no"], started_at=row["created_at"])
    settle(state=payment_gateway(row["method"]).query(trade), method=row["method"])


def close(*, person_id: UUID, order_no: str) -> None:
    """Make sure that an order which was paid or given up can no longer be paid; a faster buyer gets it settled.

    Stored value that was charged for an order that ended unpaid goes back.
    """
    attempts = give_up(person_id, order_no)
    for row in attempts:
        gateway = payment_gateway(row["method"])
        trade = Trade(out_trade_no=row["out_trade_no"], started_at=row["created_at"])
        try:
            if row["status"] != CREATED:  # else nobody was told of it
                gateway.close(trade)
        except CallFailed as failed:
            if failed.code != "already_paid":
                raise
            settle(state=gateway.query(trade), method=row["method"])
            continue
        with processing(Purpose.SETTLEMENT, subject=person_id, reference=order_no):
            Attempt.objects.move(row["id"], person_id, after=ENDED, cause="given_up")
