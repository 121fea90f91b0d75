"""Handing over virtual goods: once each, at once where it is ours to give, by the supplier's word where it is not.

A top-up is announced under a number of its own before anything is sent, and that number never changes: whatever
goes wrong on the way, the supplier is asked about it, and sent the same again only when it has never heard of it.
"""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Count, F

from mingpu.adapters.providers import topup_supplier
from mingpu.adapters.topup import TopUpFailed, TopUpRequest, TopUpStatus
from mingpu.lib.clock import now
from mingpu.lib.jobs import enqueue
from mingpu.lib.payloads import flatten
from mingpu.orders.models import Event, Line, Order, Part, Step
from mingpu.orders.rules import PAID
from mingpu.privacy import sharing
from mingpu.privacy.permits import stands
from mingpu.privacy.purposes import Purpose, processing
from mingpu.virtual.errors import ContactsOff
from mingpu.virtual.models import Handover, Target
from mingpu.virtual.rules import (
    DONE,
    ECARD,
    FAILED,
    FINAL,
    PENDING,
    POLL_AFTER,
    REFUNDED,
    REFUSALS,
    SENT,
    TOPUP,
    Piece,
    pieces,
)
from mingpu.wallet.books import Kind, balance_bought, card_sold
from mingpu.wallet.models import Balance, Transfer, Voucher

SUPPLIER = "topup_supplier"
LINE = (
    "position", "sku", "merchant", "kind", "face_fen", "price_fen", "quantity", "payable_fen", "reductions",
)  # fmt: skip
ENDS = {TopUpStatus.DONE: (DONE, "arrived"), TopUpStatus.FAILED: (FAILED, "refused")}


def picked(*, person_id: UUID) -> None:
    """Let a page open the browser's picker for one entry of the contacts; raises ContactsOff unless it is allowed.

    The picker hands over the one number that was picked; of the others nothing is ever asked.
    """
    if not stands(person_id, "contacts"):
        raise ContactsOff


def deliver(*, person_id: UUID, order_no: str) -> None:
    """Hand over the virtual goods of a paid order, or begin to; safe to repeat at any point."""
    with processing(Purpose.VIRTUAL_GOODS, subject=person_id, reference=order_no):
        if _locked(order_no) != PAID or Handover.objects.filter(order_no=order_no).exists():
            return
        lines = Line.objects.filter(order_no=order_no).order_by("position").values(*LINE)
        _begin(person_id, order_no, list(pieces(order_no, lines)))
        _finish(person_id, order_no)


def _locked(order_no: str) -> str | None:
    """Lock an order's row and return its state."""
    rows = Order.objects.select_for_update().filter(order_no=order_no)
    return rows.values_list("status", flat=True).first()


def _begin(person_id: UUID, order_no: str, wanted: Iterable[Piece]) -> None:
    rows, failed = [], []
    for it in wanted:
        status, code = DONE, None
        if not it.deliverable:
            status = FAILED
            failed.append(it)
        elif it.kind == TOPUP:
            status = PENDING
            enqueue("virtual.send", person_id=str(person_id), delivery_no=it.delivery_no)
        else:
            code = _load(person_id, order_no, it)
        rows.append(
            Handover(
                delivery_no=it.delivery_no, order_no=order_no, person_id=person_id, sku=it.sku, kind=it.kind,
                face_fen=it.face_fen, payable_fen=it.payable_fen, status=status, code=code, created_at=now(),
                finished_at=now() if status == DONE else None,
            )
        )  # fmt: skip
    Handover.objects.bulk_create(rows)
    causes = {DONE: "handed_over", PENDING: "ordered", FAILED: "worth_nothing"}
    Event.objects.log(
        order_no,
        person_id,
        [
            Step(machine="handover", reference=row.delivery_no, before="", after=row.status, cause=causes[row.status])
            for row in rows
        ],
    )  # fmt: skip
    for it in failed:
        _give_back(person_id, order_no, it.delivery_no, sku=it.sku, fen=it.payable_fen)


def _load(person_id: UUID, order_no: str, it: Piece) -> str | None:
    """Make a card, or put balance on, with what proves it in the books; returns the card's code.

    The card is in no one's name: its batch is a month, never an order.
    """
    if it.kind == ECARD:
        code, kind = Voucher.objects.issue(it.face_fen, f"sold-{now():%Y-%m}"), Kind.CARD_SOLD
        moves = card_sold(it.sold_fen, it.face_fen)
    else:
        Balance.objects.give(person_id, it.face_fen)
        code, kind, moves = None, Kind.BALANCE_BOUGHT, balance_bought(it.sold_fen, it.face_fen)
    Transfer.objects.post(
        person_id=person_id, order_no=order_no, moves=moves, kind=kind, reference=it.delivery_no
    )
    return code


def send(*, person_id: UUID, delivery_no: str) -> None:
    """Bring one top-up forward: announce and send it, or ask how it stands; safe to repeat.

    Raises TopUpFailed when the supplier does not answer; the job is then tried again, and asks first.
    """
    it = _read(person_id, delivery_no)
    if it is None or it["status"] not in (PENDING, SENT):
        return
    supplier = topup_supplier()
    if it["status"] == SENT:
        state = supplier.query(delivery_no)
        if state != TopUpStatus.ABSENT:
            _record(person_id, it, state)
            return
    request = TopUpRequest(delivery_no=delivery_no, phone=it["phone"], amount_fen=it["face_fen"])
    try:
        payload = flatten(supplier.payload_for(request))
        if not _announced(person_id, it, payload):
            return
        state = supplier.send(request)
    except TopUpFailed as failed:
        if not failed.permanent or failed.code not in REFUSALS:
            raise
        state = TopUpStatus.FAILED
    _record(person_id, it, state)


def _read(person_id: UUID, delivery_no: str) -> dict[str, Any] | None:
    """Return a top-up and where it goes; None for one that is not this person's."""
    with processing(Purpose.VIRTUAL_GOODS, subject=person_id, reference=delivery_no, reading=True):
        row = (
            Handover.objects.filter(delivery_no=delivery_no, kind=TOPUP)
            .values("delivery_no", "order_no", "sku", "status", "face_fen", "payable_fen")
            .first()
        )
        if row is None:
            return None
        phone = Target.objects.filter(order_no=row["order_no"]).values_list("phone", flat=True).first()
    return {**row, "phone": phone or ""}


def _announced(person_id: UUID, it: Mapping[str, Any], payload: Mapping[str, Any]) -> bool:
    """Record what is about to leave and when the supplier will be asked; False when the order is over."""
    sharing.check(SUPPLIER, payload)
    number, order_no = it["delivery_no"], it["order_no"]
    with processing(Purpose.VIRTUAL_GOODS, subject=person_id, reference=order_no):
        status = _locked(order_no)
        known = Handover.objects.filter(delivery_no=number).values_list("status", flat=True).first()
        if known != it["status"]:
            return False  # another worker was faster
        if status != PAID:
            Handover.objects.move(number, person_id, after=REFUNDED, cause="order_over", finished_at=now())
            return False
        sharing.record(
            recipient=SUPPLIER, purpose=Purpose.VIRTUAL_GOODS, person_id=person_id, payload=payload,
            reference=order_no,
        )  # fmt: skip
        Handover.objects.filter(delivery_no=number).update(tries=F("tries") + 1)
        if Handover.objects.move(number, person_id, after=SENT, cause="announced"):
            for seconds in POLL_AFTER:
                due = now() + timedelta(seconds=seconds)
                enqueue("virtual.send", at=due, person_id=str(person_id), delivery_no=number)
    return True


def _record(person_id: UUID, it: Mapping[str, Any], state: TopUpStatus) -> None:
    """Write down how a top-up ended; nothing while it is under way."""
    if state not in ENDS:
        return
    after, cause = ENDS[state]
    with processing(Purpose.VIRTUAL_GOODS, subject=person_id, reference=it["order_no"]):
        _locked(it["order_no"])
        if after == FAILED:
            _fail(person_id, it)
        else:
            Handover.objects.move(it["delivery_no"], person_id, after=after, cause=cause, finished_at=now())
        _finish(person_id, it["order_no"])


def _fail(person_id: UUID, it: Mapping[str, Any]) -> None:
    if Handover.objects.move(it["delivery_no"], person_id, after=FAILED, cause="refused"):
        _give_back(person_id, it["order_no"], it["delivery_no"], sku=it["sku"], fen=it["payable_fen"])


def _give_back(person_id: UUID, order_no: str, delivery_no: str, *, sku: str, fen: int) -> None:
    """Have what was paid for a piece paid back; the refund is once for its reason."""
    if fen:
        enqueue(
            "payments.refund_piece", person_id=str(person_id), order_no=order_no, amount_fen=fen, sku=sku,
            reason=f"handover:{delivery_no}",
        )  # fmt: skip
    Handover.objects.move(delivery_no, person_id, after=REFUNDED, cause="refund_asked", finished_at=now())


def _finish(person_id: UUID, order_no: str) -> None:
    """Once every piece has come to its end: the order is delivered, or, where none arrived, closed by refunds."""
    rows = Handover.objects.filter(order_no=order_no)
    if rows.exclude(status__in=FINAL).exists():
        return
    done = dict(rows.filter(status=DONE).values_list("sku").annotate(Count("delivery_no")))
    count = sum(done.values())
    if not done:
        _close_free(person_id, order_no)
        return
    if not Order.objects.change(
        order_no, person_id, cause="handed_over", pieces_sent=count, pieces_signed=count, delivered_at=now()
    ):
        return
    merchants: dict[str, int] = {}
    for sku, merchant in Line.objects.filter(order_no=order_no, sku__in=list(done)).values_list(
        "sku", "merchant"
    ):
        Line.objects.filter(order_no=order_no, sku=sku).update(sent=done[sku])
        merchants[merchant] = merchants.get(merchant, 0) + done[sku]
    for merchant, sent in merchants.items():
        Part.objects.filter(order_no=order_no, merchant=merchant).update(pieces_sent=sent)
    due = now() + timedelta(days=settings.RECEIPT_DAYS)
    enqueue("virtual.receipt_due", at=due, person_id=str(person_id), order_no=order_no)


def _close_free(person_id: UUID, order_no: str) -> None:
    """Have an order closed that cost nothing: there is nothing to pay back by which it would close itself."""
    if Order.objects.filter(order_no=order_no, total_fen=0).exists():
        enqueue(
            "payments.refund_piece", person_id=str(person_id), order_no=order_no, amount_fen=0,
            reason="nothing_delivered",
        )  # fmt: skip


def receipt_due(*, person_id: UUID, order_no: str) -> None:
    """Complete an order some days after everything arrived; nothing happens if it moved on."""
    with processing(Purpose.VIRTUAL_GOODS, subject=person_id, reference=order_no):
        if Order.objects.change(order_no, person_id, cause="receipt_due", completed_at=now()):
            enqueue("payments.settle_parts", person_id=str(person_id), order_no=order_no)
