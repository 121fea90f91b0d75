"""Comparing each day's bills of institutions and couriers with our books: numbers, amounts and states, no persons."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import Q

from mingpu.adapters.calls import CallFailed
from mingpu.adapters.payment import NO_BILL, BillKind, Trade
from mingpu.adapters.providers import courier, payment_gateway
from mingpu.lib.clock import now
from mingpu.lib.jobs import enqueue
from mingpu.lib.text import Text
from mingpu.payments.models import Attempt, Difference, Entry, Refund
from mingpu.payments.rules import (
    CHANGED_BILL,
    DIFFERENCE_LABELS,
    INSTITUTIONS,
    MISSING_HERE,
    MISSING_THERE,
    OPEN,
    OTHER_AMOUNT,
    STUCK,
    STUCK_HERE,
    UNDER_WAY,
)
from mingpu.payments.services.settling import lookup, settle
from mingpu.privacy.purposes import AccountFrozen, Purpose, processing
from mingpu.wallet.books import Kind, Move
from mingpu.wallet.errors import DifferentEvent
from mingpu.wallet.models import Transfer
from mingpu.wallet.rules import BANK, BEIJING, COURIERS, clearing, day_bounds

CHARGE, REFUND = "charge", "refund"
# A movement may be told to us a little after midnight, or booked there a little after: then it is in the next bill.
MARGIN: Final = timedelta(minutes=30)
TOO_LONG: Final = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class BillRow:
    """One movement as a bill has it; fen. number: ours; provider_txn: theirs."""

    kind: str
    number: str
    provider_txn: str
    amount_fen: int


@dataclass(frozen=True, slots=True)
class Found:
    """One difference; fen, None for the side that has nothing."""

    what: str
    kind: str
    number: str
    provider_txn: str
    ours_fen: int | None
    theirs_fen: int | None
    day: date

    @property
    def label(self) -> Text:
        """What is different, in words."""
        return DIFFERENCE_LABELS[self.what]


@dataclass(frozen=True, slots=True)
class Report:
    """What comparing one bill brought; fen. healed: movements that were missing here and are not any more."""

    party: str
    day: date
    charged_fen: int
    refunded_fen: int
    lines: int
    healed: int = 0
    differences: tuple[Found, ...] = field(default=())


def parties() -> tuple[str, ...]:
    """Return everybody whose bills are compared: institutions, then couriers."""
    return (*INSTITUTIONS, *COURIERS)


def yesterday() -> date:
    """Return the day before this one, in Beijing."""
    return now().astimezone(BEIJING).date() - timedelta(days=1)


def day_of(text: str) -> date:
    """Read a day, YYYY-MM-DD. Raises ValueError."""
    return date.fromisoformat(text)


def plan(*, party: str, day: date) -> None:
    """Have one party's bill compared by the worker, once however often it is asked for."""
    with processing(Purpose.RECONCILIATION, subject=None, reference=f"{party} {day}"):
        enqueue("payments.reconcile_day", once=f"reconcile-{party}-{day}", party=party, day=day.isoformat())


def reconcile(*, party: str, day: date) -> Report:
    """Compare a party's bill of `day` (Beijing) with our books, heal what we missed, write down what is left.

    A charge we were never told of is asked for and settled like a callback; a refund likewise. Safe to repeat.
    Raises CallFailed while the bill is not there, unless nothing moved by our own books: then there may be none, and
    the days after look again. KeyError for a party that is none.
    """
    rows = _bill(party, day) if _moved(party, day) else _bill_or_none(party, day)
    healed = 0
    for it in _compare(party, day, rows):
        if it.what == MISSING_HERE:
            # Somebody who is leaving keeps their difference; it must not keep the others from being found.
            with suppress(AccountFrozen):
                healed += _heal(party, it)
    found = tuple(_compare(party, day, rows))
    with processing(Purpose.RECONCILIATION, subject=None, reference=f"{party} {day}"):
        found += _book(party, day, rows)
        _write_down(party, day, found)
    charged, refunded = (sum(row.amount_fen for row in rows if row.kind == kind) for kind in (CHARGE, REFUND))
    return Report(party, day, charged, refunded, len(rows), healed, found)


def _bill(party: str, day: date) -> list[BillRow]:
    if party in COURIERS:
        lines = courier(party).collected(day)
        return [BillRow(CHARGE, line.waybill_no, line.waybill_no, line.amount_fen) for line in lines]
    kinds = {BillKind.CHARGE: CHARGE, BillKind.REFUND: REFUND}
    return [
        BillRow(kinds[line.kind], line.number, line.provider_txn, line.amount_fen)
        for line in payment_gateway(party).bill(day)
    ]


def _bill_or_none(party: str, day: date) -> list[BillRow]:
    try:
        return _bill(party, day)
    except CallFailed as failed:
        if failed.code != NO_BILL:
            raise
        return []


def _moved(party: str, day: date) -> bool:
    """Tell whether anything moved on a day, by our own books."""
    since, until = day_bounds(day)
    with processing(Purpose.RECONCILIATION, subject=None, reference=f"{party} {day}", reading=True):
        return Entry.objects.filter(provider=party, at__gte=since - MARGIN, at__lt=until + MARGIN).exists()


def _compare(party: str, day: date, rows: list[BillRow]) -> list[Found]:
    """Return all differences, and mark the movements that stand in this bill."""
    since, until = day_bounds(day)
    with processing(Purpose.RECONCILIATION, subject=None, reference=f"{party} {day}"):
        ours = {(it["kind"], it["provider_txn"]): it for it in _entries(party, rows)}
        found = list(_theirs(day, rows, ours))
        matched = [
            ours[row.kind, row.provider_txn]["id"] for row in rows if (row.kind, row.provider_txn) in ours
        ]
        Entry.objects.filter(id__in=matched, billed_on=None).update(billed_on=day)
        missing = Entry.objects.filter(
            provider=party, billed_on=None, at__lt=until - MARGIN, at__gte=since - TOO_LONG
        )
        found += [
            Found(
                MISSING_THERE, it["kind"], it["number"], it["provider_txn"], it["amount_fen"], None,
                it["at"].astimezone(BEIJING).date(),
            )
            for it in missing.values("kind", "number", "provider_txn", "amount_fen", "at")
        ]  # fmt: skip
        if party in INSTITUTIONS:
            found += _stuck(party, until)
    return found


def _entries(party: str, rows: list[BillRow]) -> Iterator[dict[str, Any]]:
    theirs = [row.provider_txn for row in rows]
    columns = ("id", "kind", "provider_txn", "amount_fen", "number")
    for start in range(0, len(theirs), 1000):
        known = Entry.objects.filter(provider=party, provider_txn__in=theirs[start : start + 1000])
        yield from known.values(*columns)


def _theirs(day: date, rows: list[BillRow], ours: dict[tuple[str, str], dict[str, Any]]) -> Iterator[Found]:
    for row in rows:
        it = ours.get((row.kind, row.provider_txn))
        if it is None:
            yield Found(MISSING_HERE, row.kind, row.number, row.provider_txn, None, row.amount_fen, day)
        elif (it["amount_fen"], it["number"]) != (row.amount_fen, row.number):
            yield Found(
                OTHER_AMOUNT, row.kind, row.number, row.provider_txn, it["amount_fen"], row.amount_fen, day
            )


def _stuck(party: str, until: datetime) -> Iterator[Found]:
    """Yield attempts and refunds that should have an outcome by now."""
    late = Attempt.objects.filter(method=party, status__in=OPEN, expires_at__lt=until - TOO_LONG)
    for number, fen, created_at in late.values_list("out_trade_no", "amount_fen", "created_at"):
        yield Found(STUCK_HERE, CHARGE, number, "", fen, None, created_at.astimezone(BEIJING).date())
    waits = Q(status__in=STUCK) | Q(status__in=UNDER_WAY, created_at__lt=until - TOO_LONG)
    back = Refund.objects.alive().filter(waits, path=party, created_at__lt=until)
    for number, fen, created_at in back.values_list("out_refund_no", "amount_fen", "created_at"):
        yield Found(STUCK_HERE, REFUND, number, "", fen, None, created_at.astimezone(BEIJING).date())


def _heal(party: str, it: Found) -> int:
    """Ask about a movement that is missing here; 1 when our books have it now."""
    if party in COURIERS:
        enqueue("delivery.follow", once=f"follow-{it.number}", waybill_no=it.number)
        return 0
    if it.kind == REFUND:
        person_id = lookup("refund", it.number)
        if person_id:
            with processing(Purpose.SETTLEMENT, subject=person_id, reference=it.number):
                enqueue("payments.refund", person_id=str(person_id), out_refund_no=it.number)
        return 0
    with processing(Purpose.RECONCILIATION, subject=None, reference=it.number, reading=True):
        rows = Attempt.objects.filter(out_trade_no=it.number, method=party)
        started = rows.values_list("created_at", flat=True).first()
    if started is None:
        return 0
    settle(
        state=payment_gateway(party).query(Trade(out_trade_no=it.number, started_at=started)), method=party
    )
    with processing(Purpose.RECONCILIATION, subject=None, reference=it.number, reading=True):
        return int(Entry.objects.filter(provider=party, kind=CHARGE, provider_txn=it.provider_txn).exists())


def _book(party: str, day: date, rows: list[BillRow]) -> tuple[Found, ...]:
    """Write into the books what was handed to our bank; a bill that changed since is a difference."""
    fen = sum(row.amount_fen if row.kind == CHARGE else -row.amount_fen for row in rows)
    if not fen:
        return ()
    there, bank = clearing(party), clearing(BANK)
    move = Move(bank, there, fen) if fen > 0 else Move(there, bank, -fen)
    number = f"bill:{party}:{day}"
    try:
        with transaction.atomic():
            Transfer.objects.post(
                person_id=None, order_no="", moves=[move], kind=Kind.SETTLED, reference=number
            )
    except DifferentEvent:
        return (Found(CHANGED_BILL, CHARGE, number, "", None, fen, day),)
    return ()


def _write_down(party: str, day: date, found: Iterable[Found]) -> None:
    """Keep what was found, once; what was found before and is gone is marked so."""
    found = list(found)
    moment = now()
    Difference.objects.bulk_create(
        (
            Difference(
                day=it.day, provider=party, what=it.what, kind=it.kind, number=it.number,
                provider_txn=it.provider_txn, ours_fen=it.ours_fen, theirs_fen=it.theirs_fen, found_at=moment,
            )
            for it in found
        ),
        ignore_conflicts=True,
    )  # fmt: skip
    still = {(it.what, it.kind, it.number) for it in found}
    open_now = Difference.objects.filter(provider=party, settled_at=None)
    gone = [
        it["id"]
        for it in open_now.values("id", "day", "what", "kind", "number")
        if (it["what"], it["kind"], it["number"]) not in still and _settled(party, day, it)
    ]
    Difference.objects.filter(id__in=gone).update(settled_at=moment)


def _settled(party: str, day: date, it: Mapping[str, Any]) -> bool:
    """Tell whether a difference that does not show now is gone; those of other days' bills need a look."""
    if it["what"] == STUCK_HERE or (it["day"] == day and it["what"] != MISSING_THERE):
        return True
    rows = Entry.objects.filter(provider=party, kind=it["kind"], number=it["number"])
    if it["what"] == MISSING_HERE:
        return rows.exists()
    return it["what"] == MISSING_THERE and rows.filter(billed_on__isnull=False).exists()
