"""Money and stock under any order of events: nothing is lost, nothing is counted twice, nothing moves backwards."""

from contextlib import suppress
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from mingpu.delivery.queries import shipments_of
from mingpu.delivery.rules import PICKED_UP, RANK
from mingpu.delivery.services import confirm_receipt, follow
from mingpu.lib.errors import MallError
from mingpu.orders.errors import OutOfStock
from mingpu.orders.rules import may_move
from mingpu.orders.services import cancel, expire
from mingpu.payments.services import poll
from mingpu.service.queries import CaseView, case_of, cases_of, left_of
from mingpu.service.rules import INSPECTION
from mingpu.service.services import decide, open_case, sent_back, withdraw
from tests.counterparts import Letter, outside
from tests.factories import make_person, make_product, place, stock_of
from tests.jobs import run_jobs
from tests.payments.trading import Deal, take
from tests.support import zone

STOCK, PRICE, MOST = 6, 4000, 4
OFTEN = st.sampled_from([True, True, False])
HOLDING = ("pending_payment", "paid", "shipped", "delivered", "completed", "closed")


class Trading(RuleBasedStateMachine):
    """Buyers of one article, an institution, a courier and staff, in any order.

    Each step picks an order for which it may do something; what is refused all the same is part of life.
    """

    def __init__(self) -> None:
        super().__init__()
        self.outside = outside()
        self.sku = make_product(stock=STOCK, price_fen=PRICE)
        self.known: list[Deal] = []
        self.codes: dict[str, tuple[Deal, str]] = {}  # order -> what its QR code says
        self.letters: list[Letter] = []
        self.settled: set[str] = set()  # cases whose money is back
        self.returned = 0  # pieces that came back to stock with them

    # ---- what buyers do ----

    @precondition(lambda self: len(self.known) < MOST)
    @rule(
        pieces=st.integers(1, 3),
        far=st.sampled_from(["placed", "begun", "paid", "told", "booked", "shipped"]),
    )
    def order(self, pieces, far):
        """A new order, taken as `far` as one that goes well."""
        buyer = make_person()
        before = stock_of(self.sku)
        try:
            placed = place(buyer, {self.sku: pieces})
        except OutOfStock:
            assert before < pieces
            return
        it = Deal(buyer, self.sku, placed.order_no)
        self.known.append(it)
        way = [self.begin, self.pay_for, self.tell, self.work, self.ship]
        for step in way[: ["placed", "begun", "paid", "told", "booked", "shipped"].index(far)]:
            step(it)

    @precondition(lambda self: self.codes)
    @rule(data=st.data(), told=OFTEN, worked=OFTEN)
    def pay(self, data, told, worked):
        it, _ = self.codes[data.draw(st.sampled_from(sorted(self.codes)))]
        self.pay_for(it)
        if told:
            self.tell(it)
            if worked:
                self.work(it)

    @precondition(lambda self: self.letters)
    @rule(data=st.data())
    def a_callback_comes_again_or_late(self, data):
        take(self.letters[data.draw(st.integers(0, len(self.letters) - 1))])

    @precondition(lambda self: self.known)
    @rule(data=st.data(), end=st.sampled_from([cancel, expire, confirm_receipt]))
    def it_ends(self, data, end):
        it = self.some(data)
        self.attempt(lambda: end(person_id=it.buyer.id, order_no=it.order_no))

    @precondition(lambda self: self.paid())
    @rule(data=st.data(), pieces=st.integers(1, 3), kind=st.sampled_from(["refund", "refund", "return"]))
    def complain(self, data, pieces, kind):
        it = data.draw(st.sampled_from(self.paid()))
        left = left_of(person_id=it.buyer.id, order_no=it.order_no)[self.sku]
        self.attempt(
            lambda: open_case(
                person_id=it.buyer.id, order_no=it.order_no, kind=kind, lines={self.sku: min(pieces, left)},
                reason="late",
            )
        )  # fmt: skip

    # ---- what the others do ----

    @precondition(lambda self: self.open_cases())
    @rule(
        data=st.data(),
        verb=st.sampled_from(["approve", "approve", "reject", "sent_back", "withdraw"]),
        worked=OFTEN,
    )
    def a_case_moves(self, data, verb, worked):
        it, case = data.draw(st.sampled_from(self.open_cases()))
        who = {"person_id": it.buyer.id, "case_no": case.case_no}
        if verb in {"sent_back", "withdraw"}:
            self.attempt(lambda: {"sent_back": sent_back, "withdraw": withdraw}[verb](**who))
            return
        with zone("desk"):
            self.attempt(lambda: decide(**who, approve=verb == "approve", staff="kefu"))
        if worked:
            self.work(it)

    @precondition(lambda self: self.known)
    @rule(data=st.data())
    def ask_the_institution(self, data):
        it = self.some(data)
        for one in it.attempts:
            poll(person_id=it.buyer.id, attempt_id=one.id)

    @precondition(lambda self: self.paid())
    @rule(data=st.data(), code=st.sampled_from(["50", "30", "44", "80", "70"]))
    def the_courier_reports(self, data, code):
        self.report(data.draw(st.sampled_from(self.paid())), code)

    @precondition(lambda self: self.known)
    @rule(data=st.data())
    def the_worker_works(self, data):
        self.work(self.some(data))

    # ---- what must hold ----

    @invariant()
    def everything_adds_up(self):
        held = 0
        for it in self.known:
            order = it.order
            held += order.lines[0].quantity if order.status in HOLDING else 0
            self.moved_by_the_table(order)
            self.money_adds_up(it, order)
        assert stock_of(self.sku) + held - self.returned == STOCK

    def moved_by_the_table(self, order):
        assert (order.events[0].before, order.events[0].cause) == ("", "placed")
        for before, after in pairwise(order.events):
            assert before.after == after.before
            assert may_move(after.before, after.after, after.cause)
        assert order.events[-1].after == order.status

    def money_adds_up(self, it, order):
        entries, refunds = it.entries, it.refunds
        charged = sum(fen for kind, fen in entries if kind == "charge")
        back = sum(fen for kind, fen in entries if kind == "refund")
        asked = sum(one.amount_fen for one in refunds if one.status != "failed")
        assert back <= asked <= charged
        for_cases = [one for one in refunds if one.reason != "late_payment"]
        assert order.refunded_fen == sum(one.amount_fen for one in for_cases if one.status == "succeeded")
        assert order.refunded_fen <= order.total_fen
        if order.status in {"paid", "shipped", "delivered", "completed"}:
            assert charged >= order.total_fen
        trades, returned = self.outside.books(it.order_no)
        assert charged <= sum(one["total"] for one in trades if one["transaction_id"])
        assert back <= sum(one["amount"] for one in returned if one["status"] == "SUCCESS")

    def teardown(self):
        """Let everything that is under way come to its end; then our books are the institution's."""
        for letter in self.letters * 2:
            take(letter)
        for it in self.known:
            self.work(it)
            trades, refunds = self.outside.books(it.order_no)
            theirs = [("charge", one["total"]) for one in trades if one["transaction_id"]]
            theirs += [("refund", one["amount"]) for one in refunds if one["status"] == "SUCCESS"]
            assert sorted(it.entries) == sorted(theirs)
            if it.order.status in {"pending_payment", "cancelled", "expired"}:
                assert sum(fen if kind == "charge" else -fen for kind, fen in theirs) == 0
        self.everything_adds_up()

    # ---- looking ----

    def some(self, data) -> Deal:
        return data.draw(st.sampled_from(self.known))

    def paid(self) -> list[Deal]:
        return [it for it in self.known if it.order.status in {"paid", "shipped", "delivered", "completed"}]

    def open_cases(self) -> list[tuple[Deal, CaseView]]:
        return [
            (it, case)
            for it in self.known
            for case in self.cases(it)
            if case.actions or case.status == INSPECTION
        ]

    def attempt(self, verb):
        """Do something that may be refused in the state things are in."""
        with suppress(MallError):
            verb()

    def cases(self, it) -> list[CaseView]:
        found = cases_of(person_id=it.buyer.id, order_no=it.order_no)
        return [case_of(person_id=it.buyer.id, case_no=one.case_no) for one in found]

    def begin(self, it):
        self.codes[it.order_no] = it, it.start().code_url

    def pay_for(self, it):
        """Pay, be it late; the callback is kept."""
        answer = self.outside.side.post("/wechatpay/scan", code_url=self.codes.pop(it.order_no)[1], late=True)
        assert answer.status_code == 200
        self.letters += self.outside.callbacks(answer.json()["out_trade_no"])

    def tell(self, it):
        take(self.letters[-1])

    def ship(self, it):
        self.report(it, "50")

    def report(self, it, code):
        """The courier reports a step, if there is a parcel."""
        for parcel in shipments_of(person_id=it.buyer.id, order_no=it.order_no):
            if parcel.waybill_no:
                self.outside.push(parcel.waybill_no, code)
                with zone("worker"):
                    follow(waybill_no=parcel.waybill_no)

    def work(self, it):
        """Let the worker do what is due for a buyer."""
        run_jobs(it.buyer.id)
        self.note_settled(it)

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
    max_examples=12,
    stateful_step_count=24,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
TestTrading = Trading.TestCase
TestTrading.pytestmark = [pytest.mark.usefixtures("outside")]
