"""Four processes do random things to the same orders, articles and coupons; then everything must come out even.

Callbacks come late, twice, in any order or not at all; jobs are done by two at once. A run is told by its seeds, which
a failure prints; how the processes interleave is the machine's, so the same seeds may find it only now and then.
"""

import json
import os
import secrets
import subprocess
import sys
from collections import Counter
from contextlib import suppress
from datetime import timedelta

import pytest

from mingpu.delivery.queries import shipments_of
from mingpu.delivery.services import confirm_receipt, follow
from mingpu.lib.errors import MallError
from mingpu.orders.queries import orders_of
from mingpu.orders.rules import FINAL
from mingpu.orders.services import expire
from mingpu.payments.services import poll
from mingpu.privacy.purposes import Purpose, processing
from mingpu.promotions.models import Coupon
from mingpu.service.models import Case, CaseLine
from mingpu.service.queries import cases_of
from mingpu.service.services import decide, sent_back
from mingpu.wallet.queries import verify
from tests.conftest import ROOT
from tests.factories import make_person, make_product, stock_of
from tests.jobs import run_jobs
from tests.payments.hands import end_of
from tests.payments.trading import METHODS, Deal, fund, theirs
from tests.people import from_owner
from tests.promotions.shop import made
from tests.support import zone

PROCESSES, BUYERS, STOCK = 4, 8, 40
SECONDS = float(os.environ.get("MINGPU_TEST_SECONDS") or 6)
OPEN_CASES = ("seller_reviewing", "awaiting_return", "awaiting_inspection")


@pytest.fixture(scope="module")
def seeds():
    return [secrets.randbelow(10**9) for _ in range(PROCESSES)]


@pytest.fixture
def market(outside):
    """Buyers with money on their balance and cards, few pieces, few coupons."""
    buyers = [make_person() for _ in range(BUYERS)]
    for buyer in buyers:
        fund(buyer, balance=30_000, cards=(8_000, 15_000))
    skus = [make_product(stock=STOCK, price_fen=4_000) for _ in range(3)]
    offer = made(
        "coupon", scope={"skus": skus}, steps=[{"threshold_fen": 1_000, "off": 700}], per_person=3, total=12
    )
    return buyers, skus, offer


def test_whatever_happens_at_once_everything_comes_out_even(market, outside, seeds):
    buyers, skus, offer = market
    did = let_loose(market, outside, seeds)
    deals = [
        Deal(buyer, skus[0], order.order_no)
        for buyer in buyers
        for order in orders_of(person_id=buyer.id, page_size=100).items
    ]
    come_to_rest(buyers, deals, outside)
    told = f"seeds {seeds}: {dict(did)}"
    stuck = [told_of(it) for it in deals if it.order.status not in FINAL]
    assert not stuck, "\n".join([*stuck, told])
    assert missing_pieces(skus, deals) == {}, told
    for it in deals:
        assert money_is_off(it) == {}, f"{told_of(it)}\n{told}"
    with zone("worker"):
        assert verify([it.order_no for it in deals]) == [], told
    assert coupons_add_up(buyers, offer, deals), told
    assert len(deals) > BUYERS, told


def let_loose(market, outside, seeds):
    """Run the processes; returns what they did. Fails with the traceback and seed of one that broke."""
    buyers, skus, offer = market
    running = {}
    for seed in seeds:
        asked = {
            "seed": seed, "seconds": SECONDS, "buyers": [str(it.id) for it in buyers], "skus": skus, "offer": offer,
            "counterparts": outside.side.address, "port": outside.side.port,
        }  # fmt: skip
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.payments.hands"], cwd=ROOT, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        process.stdin.write(json.dumps(asked))
        process.stdin.close()
        process.stdin = None
        running[seed] = process
    did = Counter()
    for seed, process in running.items():
        out, err = process.communicate(timeout=SECONDS + 120)
        assert process.returncode == 0, f"seed {seed} of {seeds}: {err[-12_000:]}"
        did += Counter(json.loads(out))
    return did


def come_to_rest(buyers, deals, outside):
    """Ask about what was never told, do every job, let deadlines pass and parcels arrive, until nothing is left."""
    for turn in range(12):
        for it in deals:
            ask(it)
        for buyer in buyers:
            run_jobs(buyer.id)
        for it in deals:
            finish(it, outside, unpaid=turn > 0)
        for buyer in buyers:
            run_jobs(
                buyer.id, ahead=timedelta(minutes=10 * turn)
            )  # a courier is asked again after ever longer waits
        if all(it.order.status in FINAL and not waiting_cases(it) for it in deals):
            break
    for buyer in buyers:
        run_jobs(buyer.id)


def ask(it):
    for one in it.attempts:
        if one.method in METHODS:
            poll(person_id=it.buyer.id, attempt_id=one.id)


def finish(it, outside, *, unpaid):
    """Bring an order towards its end; unpaid: also one whose time to be paid is not over."""
    if unpaid:
        with suppress(MallError):
            expire(person_id=it.buyer.id, order_no=it.order_no)
    close_cases(it)
    arrive(it, outside)
    with suppress(MallError):
        confirm_receipt(person_id=it.buyer.id, order_no=it.order_no)


def waiting_cases(it):
    return [one for one in cases_of(person_id=it.buyer.id, order_no=it.order_no) if one.status in OPEN_CASES]


def close_cases(it):
    for case in waiting_cases(it):
        who = {"person_id": it.buyer.id, "case_no": case.case_no}
        with suppress(MallError):
            if case.status == "awaiting_return":
                sent_back(**who)
                run_jobs(it.buyer.id)
            with zone("desk"):
                decide(**who, approve=True, staff="kefu")


def arrive(it, outside):
    for parcel in shipments_of(person_id=it.buyer.id, order_no=it.order_no):
        if parcel.waybill_no and parcel.status not in {"cancelled", "signed", "refused", "returned"}:
            end = end_of(parcel.parcel_no)
            for status in ("picked_up", end, *(["returned"] if end == "refused" else [])):
                outside.side.post(f"/{parcel.courier}/push", waybill_no=parcel.waybill_no, status=status)
            with zone("worker"):
                follow(waybill_no=parcel.waybill_no)


def told_of(it):
    """Return what is known of an order that does not end: its state, its log, its parcels, cases and jobs."""
    jobs = from_owner(
        "SELECT task_name, scheduled_at, attempts FROM procrastinate_jobs WHERE args->>'order_no' = %s",
        [it.order_no],
    )
    parcels = [
        (one.parcel_no, one.status, one.waybill_no)
        for one in shipments_of(person_id=it.buyer.id, order_no=it.order_no)
    ]
    ways = [(one.method, one.status, one.amount_fen, one.created_at) for one in it.attempts]
    cases = [(one.case_no, one.status) for one in cases_of(person_id=it.buyer.id, order_no=it.order_no)]
    return "\n".join(map(str, (it.order_no, it.order.status, *it.steps, ways, parcels, cases, jobs)))


def missing_pieces(skus, deals):
    """Return SKU -> pieces that are not in stock, with an order that stands, or came back from one."""
    held = dict.fromkeys(skus, 0)
    for it in deals:
        if it.order.status not in {"cancelled", "expired"}:
            for line in it.order.lines:
                held[line.sku] += line.quantity
        with processing(Purpose.ORDER_LOOKUP, subject=it.buyer.id, reading=True):
            numbers = list(Case.objects.filter(order_no=it.order_no).values_list("case_no", flat=True))
            for sku, pieces in CaseLine.objects.filter(case_no__in=numbers).values_list("sku", "restocked"):
                held[sku] -= pieces
    back = from_owner(
        "SELECT p.sku, sum(p.quantity) FROM delivery_parcelline p JOIN delivery_shipment s ON s.id = p.shipment_id"
        " WHERE s.restocked AND p.sku = ANY(%s) GROUP BY p.sku",
        [skus],
    )
    for sku, pieces in back:
        held[sku] -= int(pieces)
    return {sku: off for sku in skus if (off := STOCK - stock_of(sku) - held[sku])}


def money_is_off(it):
    """Return where institutions say otherwise, what an order holds is not what was bought, or the books are not even."""
    ours = tuple(
        sum(fen for path, kind, fen in it.paths if path in METHODS and kind == what)
        for what in ("charge", "refund")
    )
    charged = sum(fen for _, kind, fen in it.paths if kind == "charge")
    back = sum(fen for _, kind, fen in it.paths if kind == "refund")
    order = it.order
    bought = order.paid_at and order.status not in {"cancelled", "expired"}
    pairs = {
        "institutions": (ours, theirs(it)),
        "held": (charged - back, order.total_fen - order.refunded_fen if bought else 0),
        "books": (it.books_left(), {}),
    }
    return {what: pair for what, pair in pairs.items() if pair[0] != pair[1]}


def coupons_add_up(buyers, offer, deals):
    """No more than there were, each used by one order that stands, and every order that used one has one."""
    bought = Counter(
        it.order_no
        for it in deals
        if it.order.status not in {"cancelled", "expired"}
        and any(one["kind"] == "coupon" for line in it.order.lines for one in line.reductions)
    )
    used, claimed = Counter(), 0
    for buyer in buyers:
        with processing(Purpose.SHOPPING, subject=buyer.id, reading=True):
            rows = list(
                Coupon.objects.filter(person_id=buyer.id, offer_id=offer).values_list("state", "order_no")
            )
        claimed += len(rows)
        used += Counter(order_no for state, order_no in rows if state == "used")
    return claimed <= 12 and used == bought
