"""Money and stock under any order of events: nothing is lost, nothing is counted twice, nothing moves backwards."""

from itertools import pairwise

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, multiple, rule

from mingpu.adapters.calls import CallFailed
from mingpu.delivery.queries import shipments_of
from mingpu.delivery.rules import PICKED_UP, RANK
from mingpu.delivery.services import confirm_receipt, follow
from mingpu.lib.errors import MallError
from mingpu.orders.errors import OutOfStock
from mingpu.orders.rules import may_move
from mingpu.orders.services import cancel, expire
from mingpu.payments.services import poll
from mingpu.service.queries import CaseView, case_of, cases_of
from mingpu.service.services import decide, open_case, sent_back, withdraw
from tests.counterparts import Letter, outside
from tests.factories import make_person, make_product, place, stock_of
from tests.jobs import run_jobs
from tests.payments.trading import Deal, take
from tests.support import zone

STOCK, PRICE = 6, 4000
HOLDING = ("pending_payment", "paid", "shipped", "delivered", "completed", "closed")


class Trading(RuleBasedStateMachine):
    """Buyers of one article, an institution, a courier and staff, in any order."""

    deals = Bundle("deals")

    def __init__(self) -> None:
        super().__init__()
        self.outside = outside()
        self.sku = make_product(stock=STOCK, price_fen=PRICE)
        self.known: list[Deal] = []
        self.codes: dict[str, str] = {}  # order -> what the QR code says
        self.letters: list[Letter] = []
        self.settled: set[str] = set()  # cases whose money is back
        self.returned = 0  # pieces that came back to stock with them

    # ---- what buyers do ----

    @rule(target=deals, pieces=st.integers(1, 3))
    def order(self, pieces):
        buyer = make_person()
        before = stock_of(self.sku)
        try:
            placed = place(buyer, {self.sku: pieces})
        except OutOfStock:
            assert before < pieces
            return multiple()
        it = Deal(buyer, self.sku, placed.order_no)
        self.known.append(it)
        return it

    @rule(it=deals)
    def begin_to_pay(self, it):
        self.attempt(lambda: self.codes.setdefault(it.order_no, it.start().code_url))

    @rule(it=deals)
    def pay(self, it):
        code_url = self.codes.get(it.order_no)
        if not code_url:
            return
        answer = self.outside.side.post("/wechatpay/scan", code_url=code_url, late=True)
        if answer.status_code == 200:
            self.letters += self.outside.callbacks(answer.json()["out_trade_no"])

    @rule(it=deals)
    def give_up(self, it):
        self.attempt(lambda: cancel(person_id=it.buyer.id, order_no=it.order_no))

    @rule(it=deals)
    def receive(self, it):
        self.attempt(lambda: confirm_receipt(person_id=it.buyer.id, order_no=it.order_no))

    @rule(it=deals, pieces=st.integers(1, 3), kind=st.sampled_from(["refund", "return"]))
    def complain(self, it, pieces, kind):
        self.attempt(
            lambda: open_case(
                person_id=it.buyer.id, order_no=it.order_no, kind=kind, lines={self.sku: pieces}, reason="late"
            )
        )

    @rule(it=deals, back=st.booleans())
    def carry_on(self, it, back):
        for case in self.cases(it):
            verb = sent_back if back else withdraw
            self.attempt(lambda case=case, verb=verb: verb(person_id=it.buyer.id, case_no=case.case_no))

    # ---- what the others do ----

    @rule(number=st.integers(0, 30), times=st.integers(1, 2))
    def a_callback_comes(self, number, times):
        for _ in range(times if self.letters else 0):
            take(self.letters[number % len(self.letters)])

    @rule(it=deals)
    def the_time_is_over(self, it):
        expire(person_id=it.buyer.id, order_no=it.order_no)

    @rule(it=deals)
    def ask_the_institution(self, it):
        for one in it.attempts:
            poll(person_id=it.buyer.id, attempt_id=one.id)

    @rule(it=deals, code=st.sampled_from(["50", "30", "44", "80", "70"]))
    def the_courier_reports(self, it, code):
        for parcel in shipments_of(person_id=it.buyer.id, order_no=it.order_no):
            if parcel.waybill_no:
                self.outside.push(parcel.waybill_no, code)
                with zone("worker"):
                    follow(waybill_no=parcel.waybill_no)

    @rule(it=deals, approve=st.booleans())
    def staff_decide(self, it, approve):
        for case in self.cases(it):
            with zone("desk"):
                self.attempt(
                    lambda case=case: decide(
                        person_id=it.buyer.id, case_no=case.case_no, approve=approve, staff="kefu"
                    )
                )

    @rule(it=deals)
    def the_worker_works(self, it):
        run_jobs(it.buyer.id)
        self.note_settled(it)

    # ---- what must hold ----

    @invariant()
    def stock_adds_up(self):
        held = sum(self.pieces(it) for it in self.known if it.order.status in HOLDING)
        assert stock_of(self.sku) + held - self.returned == STOCK

    @invariant()
    def money_adds_up(self):
        for it in self.known:
            order, entries = it.order, it.entries
            charged = sum(fen for kind, fen in entries if kind == "charge")
            back = sum(fen for kind, fen in entries if kind == "refund")
            asked = sum(one.amount_fen for one in it.refunds if one.status != "failed")
            assert back <= asked <= charged
            assert order.refunded_fen <= order.total_fen
            for_cases = [one for one in it.refunds if one.reason != "late_payment"]
            assert order.refunded_fen == sum(one.amount_fen for one in for_cases if one.status == "succeeded")
            if order.status in {"paid", "shipped", "delivered", "completed"}:
                assert charged >= order.total_fen
            trades, refunds = self.outside.books(it.order_no)
            assert charged <= sum(one["total"] for one in trades if one["transaction_id"])
            assert back <= sum(one["amount"] for one in refunds if one["status"] == "SUCCESS")

    @invariant()
    def orders_move_by_the_table_alone(self):
        for it in self.known:
            order = it.order
            assert (order.events[0].before, order.events[0].cause) == ("", "placed")
            for before, after in pairwise(order.events):
                assert before.after == after.before
                assert may_move(after.before, after.after, after.cause)
            assert order.events[-1].after == order.status

    def teardown(self):
        """Let everything that is under way come to its end; then our books are the institution's."""
        for letter in self.letters * 2:
            take(letter)
        for it in self.known:
            run_jobs(it.buyer.id)
            self.note_settled(it)
        for it in self.known:
            trades, refunds = self.outside.books(it.order_no)
            theirs = sorted(
                [("charge", one["total"]) for one in trades if one["transaction_id"]]
                + [("refund", one["amount"]) for one in refunds if one["status"] == "SUCCESS"]
            )
            assert sorted(it.entries) == theirs
            if it.order.status in {"pending_payment", "cancelled", "expired"}:
                assert sum(fen if kind == "charge" else -fen for kind, fen in theirs) == 0
        self.stock_adds_up()
        self.money_adds_up()
        self.orders_move_by_the_table_alone()

    # ---- looking ----

    def attempt(self, verb):
        """Do something that may be refused in the state things are in."""
        try:
            verb()
        except (MallError, CallFailed):
            return

    def cases(self, it) -> list[CaseView]:
        with_lines = cases_of(person_id=it.buyer.id, order_no=it.order_no)
        return [case_of(person_id=it.buyer.id, case_no=one.case_no) for one in with_lines]

    def pieces(self, it) -> int:
        return it.order.lines[0].quantity

    def note_settled(self, it):
        """Count the pieces that a finished case brought back: returned ones, and those that never left."""
        parcels = shipments_of(person_id=it.buyer.id, order_no=it.order_no)
        left = any(RANK[parcel.status] >= RANK[PICKED_UP] for parcel in parcels)
        for case in self.cases(it):
            if case.status == "refunded" and case.case_no not in self.settled:
                self.settled.add(case.case_no)
                if case.type == "return" or not left:
                    self.returned += sum(quantity for _, quantity in case.lines)


Trading.TestCase.settings = settings(
    max_examples=15,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
TestTrading = Trading.TestCase
TestTrading.pytestmark = [pytest.mark.usefixtures("outside")]
