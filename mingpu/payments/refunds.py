"""Paying back: by the path the money came, never more than was paid, safe to repeat."""

from uuid import UUID

from django.db import IntegrityError, transaction

from mingpu.adapters.calls import CallFailed
from mingpu.adapters.payment import RefundRequest, RefundState, RefundStatus
from mingpu.adapters.providers import payment_gateway
from mingpu.lib.clock import now
from mingpu.lib.jobs import enqueue
from mingpu.lib.payloads import flatten
from mingpu.orders.models import Order
from mingpu.orders.rules import CLOSED
from mingpu.payments.models import Attempt, Entry, Refund
from mingpu.payments.rules import ABNORMAL, FAILED, REFUNDED, REQUESTED, SUBMITTED
from mingpu.privacy import sharing
from mingpu.privacy.purposes import Purpose, processing


class RefundPending(Exception):
    """The institution has not finished; the job is to ask again later."""


def carry_out(*, person_id: UUID, out_refund_no: str) -> None:
    """Bring one refund forward: hand it in if that was not done, else ask how it stands.

    Raises RefundPending while the institution works on it, CallFailed when it does not answer; the job is
    then tried again with growing pauses.
    """
    with processing(Purpose.SETTLEMENT, subject=person_id, reading=True):
        row = (
            Refund.objects.filter(out_refund_no=out_refund_no)
            .values("order_no", "attempt_id", "amount_fen", "status")
            .first()
        )
        if row is None or row["status"] in (REFUNDED, ABNORMAL, FAILED):
            return
        paid = (
            Attempt.objects.filter(id=row["attempt_id"]).values("method", "out_trade_no", "amount_fen").get()
        )
    request = RefundRequest(
        out_trade_no=paid["out_trade_no"], out_refund_no=out_refund_no, amount_fen=row["amount_fen"],
        total_fen=paid["amount_fen"],
    )  # fmt: skip
    gateway = payment_gateway(paid["method"])
    state = gateway.query_refund(out_refund_no)
    if state.status == RefundStatus.ABSENT:
        state = _hand_in(person_id, row["order_no"], paid["method"], request)
    _record(person_id, row["order_no"], paid["method"], request, state)
    if state.status in (RefundStatus.PROCESSING, RefundStatus.UNKNOWN):
        raise RefundPending


def _hand_in(person_id: UUID, order_no: str, method: str, request: RefundRequest) -> RefundState:
    gateway = payment_gateway(method)
    payload = flatten(gateway.payload_for(request))
    sharing.check(method, payload)
    with processing(Purpose.SETTLEMENT, subject=person_id, reference=order_no):
        sharing.record(
            recipient=method,
            purpose=Purpose.SETTLEMENT,
            person_id=person_id,
            payload=payload,
            reference=order_no,
        )
    try:
        state = gateway.refund(request)
    except CallFailed as failed:
        if failed.permanent and failed.code != "not_enough":
            with processing(Purpose.SETTLEMENT, subject=person_id, reference=order_no):
                Refund.objects.filter(out_refund_no=request.out_refund_no).update(status=FAILED)
        raise
    with processing(Purpose.SETTLEMENT, subject=person_id, reference=order_no):
        rows = Refund.objects.filter(out_refund_no=request.out_refund_no, status=REQUESTED)
        rows.update(status=SUBMITTED, provider_refund=state.refund_id or "")
    return state


def _record(person_id: UUID, order_no: str, method: str, request: RefundRequest, state: RefundState) -> None:
    """Write down how a refund ended; only a sum equal to the one asked for counts."""
    rows = Refund.objects.filter(out_refund_no=request.out_refund_no, status__in=(REQUESTED, SUBMITTED))
    if state.status in (RefundStatus.ABNORMAL, RefundStatus.CLOSED):
        with processing(Purpose.SETTLEMENT, subject=person_id, reference=order_no):
            rows.update(status=ABNORMAL if state.status == RefundStatus.ABNORMAL else FAILED)
    if (
        state.status != RefundStatus.SUCCEEDED
        or state.amount_fen != request.amount_fen
        or not state.refund_id
    ):
        return
    with processing(Purpose.SETTLEMENT, subject=person_id, reference=order_no):
        try:
            with transaction.atomic():
                Entry.objects.create(
                    order_no=order_no, person_id=person_id, provider=method, provider_txn=state.refund_id,
                    kind="refund", amount_fen=request.amount_fen, at=now(),
                )  # fmt: skip
        except IntegrityError:
            return  # known already
        rows.update(status=REFUNDED, provider_refund=state.refund_id)
        _count(person_id, order_no, request)


def _count(person_id: UUID, order_no: str, request: RefundRequest) -> None:
    """Add a finished refund to its order; an order that has been refunded in full is closed.

    A payment that bought nothing (late) was never the order's money, so it is not counted there.
    """
    refund = Refund.objects.filter(out_refund_no=request.out_refund_no).values("reason").get()
    if refund["reason"] == "late_payment":
        return
    order = (
        Order.objects.select_for_update().filter(order_no=order_no).values("total_fen", "refunded_fen").get()
    )
    refunded = order["refunded_fen"] + request.amount_fen
    Order.objects.filter(order_no=order_no).update(refunded_fen=refunded)
    if refunded == order["total_fen"]:
        Order.objects.move(order_no, person_id, after=CLOSED, cause="refunded_in_full")
    kind, _, case_no = refund["reason"].partition(":")
    if kind == "case":
        enqueue("service.refunded", person_id=str(person_id), case_no=case_no)
