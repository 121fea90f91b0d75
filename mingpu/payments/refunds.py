"""Paying back: by the path the money came, never more than was paid, safe to repeat."""

from contextlib import suppress
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from mingpu.adapters.calls import CallFailed
from mingpu.adapters.payment import RefundRequest, RefundState, RefundStatus
from mingpu.adapters.providers import payment_gateway
from mingpu.lib.clock import now
from mingpu.lib.errors import NotFound
from mingpu.lib.jobs import enqueue
from mingpu.lib.payloads import flatten
from mingpu.orders.models import Order, Part
from mingpu.orders.rules import CLOSED
from mingpu.payments.errors import StillUnderWay
from mingpu.payments.models import Attempt, Entry, Refund
from mingpu.payments.rules import (
    ABNORMAL,
    APPROVED,
    BALANCE,
    FAILED,
    INSTITUTIONS,
    LATE,
    REFUND_LABELS,
    REFUNDED,
    REQUESTED,
    STORED,
    STUCK,
    SUBMITTED,
    UNDER_WAY,
)
from mingpu.payments.services import purses
from mingpu.payments.services.booking import book_refund
from mingpu.payments.services.settling import lookup
from mingpu.privacy import sharing
from mingpu.privacy.purposes import AccountFrozen, Purpose, acting, processing
from mingpu.wallet.books import Kind, refunded
from mingpu.wallet.models import Transfer

SAME, TO_BALANCE = "same", "balance"
PATIENCE = timedelta(hours=3)  # the job of a refund tries for about so long by itself
MOST_SWEPT = 500
REFUND = ("order_no", "attempt_id", "amount_fen", "status", "reason", "path", "created_at", "replaced_by")


class RefundPending(Exception):
    """The institution has not finished; the job is to ask again later."""


def carry_out(*, person_id: UUID, out_refund_no: str) -> None:
    """Bring one refund forward: stored value at once; an institution is handed it, or asked how it stands.

    Raises RefundPending while the institution works on it, CallFailed when it does not answer; the job is
    then tried again with growing pauses.
    """
    row = _prepared(person_id, out_refund_no)
    if row is None or row["status"] not in UNDER_WAY or row["path"] in STORED:
        return
    request = _request(out_refund_no, row)
    state = payment_gateway(row["path"]).query_refund(request)
    if state.status == RefundStatus.ABSENT:
        state = _hand_in(person_id, row, request)
    _record(person_id, row, request, state)
    if state.status in (RefundStatus.PROCESSING, RefundStatus.UNKNOWN):
        raise RefundPending


def sweep() -> None:
    """Take up again what should be back by now and is not: its job may have given up in a long outage."""
    with processing(Purpose.RECONCILIATION, subject=None, reading=True):
        rows = Refund.objects.filter(status__in=UNDER_WAY, created_at__lt=now() - PATIENCE)
        numbers = list(rows.order_by("created_at").values_list("out_refund_no", flat=True)[:MOST_SWEPT])
    for number in numbers:
        person_id = lookup("refund", number)
        # Who is leaving cannot have left: a refund under way stands against it.
        with suppress(AccountFrozen):
            if person_id:
                with processing(Purpose.SETTLEMENT, subject=person_id, reference=number):
                    enqueue(
                        "payments.refund",
                        once=f"refund-{number}",
                        person_id=str(person_id),
                        out_refund_no=number,
                    )


def _prepared(person_id: UUID, number: str) -> dict[str, Any] | None:
    """Return a refund with what was paid, booked; one to stored value is finished in the same block."""
    with processing(Purpose.SETTLEMENT, subject=person_id, reference=number):
        order_no = Refund.objects.filter(out_refund_no=number).values_list("order_no", flat=True).first()
        if order_no is None:
            return None
        Order.objects.select_for_update().filter(order_no=order_no).values("order_no").get()
        row: dict[str, Any] = dict(Refund.objects.filter(out_refund_no=number).values(*REFUND).get())
        row["paid"] = (
            Attempt.objects.filter(id=row["attempt_id"])
            .values("method", "out_trade_no", "amount_fen", "provider_txn")
            .get()
        )
        if row["status"] == REQUESTED:  # of earlier versions, which asked when staff had agreed
            Refund.objects.move(number, person_id, after=APPROVED, cause="approved")
        if row["status"] in UNDER_WAY:
            book_refund(person_id, number)
            if row["path"] in STORED:
                _finish(person_id, number, row, provider_refund=number)
        return row


def _request(number: str, row: dict[str, Any]) -> RefundRequest:
    paid = row["paid"]
    return RefundRequest(
        out_trade_no=paid["out_trade_no"], out_refund_no=number, amount_fen=row["amount_fen"],
        total_fen=paid["amount_fen"], provider_txn=paid["provider_txn"], asked_at=row["created_at"],
    )  # fmt: skip


def _hand_in(person_id: UUID, row: dict[str, Any], request: RefundRequest) -> RefundState:
    gateway, number = payment_gateway(row["path"]), request.out_refund_no
    payload = flatten(gateway.payload_for(request))
    sharing.check(row["path"], payload)
    with processing(Purpose.SETTLEMENT, subject=person_id, reference=row["order_no"]):
        sharing.record(
            recipient=row["path"],
            purpose=Purpose.SETTLEMENT,
            person_id=person_id,
            payload=payload,
            reference=row["order_no"],
        )
    try:
        state = gateway.refund(request)
    except CallFailed as failed:
        if failed.permanent and failed.code != "not_enough":
            with processing(Purpose.SETTLEMENT, subject=person_id, reference=row["order_no"]):
                Refund.objects.move(number, person_id, after=FAILED, cause="refused")
        raise
    with processing(Purpose.SETTLEMENT, subject=person_id, reference=row["order_no"]):
        Refund.objects.move(
            number, person_id, after=SUBMITTED, cause="handed_in", provider_refund=state.refund_id or ""
        )
    return state


def _record(person_id: UUID, row: dict[str, Any], request: RefundRequest, state: RefundState) -> None:
    """Write down how a refund ended; only a sum equal to the one asked for counts."""
    number = request.out_refund_no
    ends = {
        RefundStatus.ABNORMAL: (ABNORMAL, "account_cannot_take_it"),
        RefundStatus.CLOSED: (FAILED, "closed_there"),
    }
    if state.status in ends:
        after, cause = ends[state.status]
        with processing(Purpose.SETTLEMENT, subject=person_id, reference=row["order_no"]):
            Refund.objects.move(number, person_id, after=after, cause=cause)
    if state.status == RefundStatus.SUCCEEDED and state.amount_fen == request.amount_fen and state.refund_id:
        with processing(Purpose.SETTLEMENT, subject=person_id, reference=row["order_no"]):
            Order.objects.select_for_update().filter(order_no=row["order_no"]).values("order_no").get()
            _finish(person_id, number, row, provider_refund=state.refund_id)


def _finish(person_id: UUID, number: str, row: dict[str, Any], *, provider_refund: str) -> None:
    """Write down that money is back, once; its order's row is locked."""
    order_no, fen, path, card_id = row["order_no"], row["amount_fen"], row["path"], None
    try:
        with transaction.atomic():
            Entry.objects.create(
                order_no=order_no, person_id=person_id, provider=path, provider_txn=provider_refund,
                number=number, kind="refund", amount_fen=fen, at=now(),
            )  # fmt: skip
    except IntegrityError:
        return  # known already
    if path in STORED:
        path, card_id = purses.give(person_id, path, row["paid"]["provider_txn"], fen)
    moved = Refund.objects.move(
        number, person_id, after=REFUNDED, cause="paid_back", provider_refund=provider_refund, path=path
    )
    if not moved:
        raise RuntimeError(f"paid back twice: {number}")
    Transfer.objects.post(
        person_id=person_id, order_no=order_no, moves=refunded(path, fen, card_id=card_id), kind=Kind.REFUNDED,
        reference=number,
    )  # fmt: skip
    if row["reason"] != LATE:
        _count(person_id, order_no, fen, row["reason"])


def _count(person_id: UUID, order_no: str, fen: int, reason: str) -> None:
    """Add a finished refund to its order; an order that has been refunded in full is closed.

    A payment that bought nothing was never the order's money, so it is not counted here.
    """
    order = Order.objects.filter(order_no=order_no).values("total_fen", "refunded_fen", "status").get()
    last = order["refunded_fen"] + fen == order["total_fen"]
    closes = last and order["status"] != CLOSED
    cause = "refunded_in_full" if closes else "refunded_in_part"
    if not Order.objects.change(order_no, person_id, cause=cause, more={"refunded_fen": fen}):
        raise RuntimeError(f"a refund of an order that is {order['status']}: {order_no}")
    if closes:
        Part.objects.filter(order_no=order_no, ended_at=None).update(ended_at=now())
        enqueue("delivery.call_off", person_id=str(person_id), order_no=order_no)
    kind, _, case_no = reason.partition(":")
    others = Refund.objects.alive().filter(order_no=order_no, reason=reason).exclude(status=REFUNDED)
    if not others.exists():
        if kind == "case":
            enqueue("service.refunded", person_id=str(person_id), case_no=case_no)
        enqueue(
            "notices.tell", person_id=str(person_id), kind="refund_done", about=order_no,
            mark=f"{reason}:{order['refunded_fen'] + fen}",
        )  # fmt: skip
    enqueue("invoices.reverse_due", person_id=str(person_id), order_no=order_no)


def retry(*, out_refund_no: str, staff: str) -> None:
    """Have a stuck refund tried again, under a new number where the institution has closed the old one.

    At the desk; the worker does it. Raises NotFound, StillUnderWay.
    """
    _ask_to_mend(out_refund_no, staff, SAME)


def to_balance(*, out_refund_no: str, staff: str) -> None:
    """Have a stuck refund paid to the balance instead, unless the institution pays it after all.

    For one whose account at the institution cannot take it, which staff have settled with the buyer and with the
    institution. At the desk; the worker does it. Raises NotFound, StillUnderWay.
    """
    _ask_to_mend(out_refund_no, staff, TO_BALANCE)


def _ask_to_mend(number: str, staff: str, way: str) -> None:
    person_id = lookup("refund", number)
    if person_id is None:
        raise NotFound
    with acting("staff", staff), processing(Purpose.SERVICE, subject=person_id, reference=number):
        row = Refund.objects.filter(out_refund_no=number).values("status", "replaced_by").get()
        if row["status"] not in STUCK or row["replaced_by"]:
            raise StillUnderWay(status=REFUND_LABELS[row["status"]])
        enqueue(
            "payments.mend_refund",
            once=f"mend-{number}",
            person_id=str(person_id),
            out_refund_no=number,
            way=way,
        )


def mend(*, person_id: UUID, out_refund_no: str, way: str) -> None:
    """Do what staff decided about a stuck refund; what the institution says now goes first. way: same | balance.

    Raises CallFailed when it does not answer.
    """
    row = _prepared(person_id, out_refund_no)
    if row is None or row["status"] not in STUCK or row["replaced_by"] or row["path"] not in INSTITUTIONS:
        return
    request = _request(out_refund_no, row)
    state = payment_gateway(row["path"]).query_refund(request)
    if state.status == RefundStatus.SUCCEEDED:
        _record(person_id, row, request, state)
        return
    if state.status in (RefundStatus.PROCESSING, RefundStatus.UNKNOWN):
        _again(person_id, out_refund_no)
    elif way == TO_BALANCE:
        _replace(person_id, out_refund_no, path=BALANCE, cause="to_balance")
    elif state.status == RefundStatus.CLOSED:
        _replace(person_id, out_refund_no, path=row["path"], cause="another_number")
    elif state.status == RefundStatus.ABNORMAL:
        _again(person_id, out_refund_no)
        _record(person_id, row, request, _hand_in(person_id, row, request))
    else:
        _again(person_id, out_refund_no)


def _again(person_id: UUID, number: str) -> None:
    with processing(Purpose.SETTLEMENT, subject=person_id, reference=number):
        if Refund.objects.move(number, person_id, after=APPROVED, cause="asked_again"):
            enqueue("payments.refund", person_id=str(person_id), out_refund_no=number)


def _replace(person_id: UUID, number: str, *, path: str, cause: str) -> None:
    """Put a new number in a stuck refund's place, which is then nobody's any more."""
    with processing(Purpose.SETTLEMENT, subject=person_id, reference=number):
        old = (
            Refund.objects.select_for_update()
            .filter(out_refund_no=number, replaced_by="", status__in=STUCK)
            .first()
        )
        if old is None:
            return
        new = Refund.objects.renewed(old, path=path)
        Refund.objects.filter(out_refund_no=number).update(replaced_by=new.out_refund_no)
        Refund.objects.write([new], cause=cause)
