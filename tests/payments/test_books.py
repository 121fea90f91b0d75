"""Money and stock under any order of events: nothing is lost, nothing is counted twice, nothing moves backwards."""

import secrets
from contextlib import suppress
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from mingpu.catalog.models import Product
from mingpu.checkout.services import check_out
from mingpu.delivery.queries import shipments_of
from mingpu.delivery.services import confirm_receipt, follow
from mingpu.lib.errors import MallError
from mingpu.orders.errors import OutOfStock
from mingpu.orders.rules import FINAL, may_move
from mingpu.orders.services import cancel, expire
from mingpu.payments.rules import may_pay, may_refund
from mingpu.payments.services import poll
from mingpu.privacy.purposes import Purpose, processing
from mingpu.promotions.models import Coupon
from mingpu.promotions.services import claim
from mingpu.wallet.queries import verify
from tests.counterparts import outside
from tests.factories import TO, make_person, make_product, stock_of
from tests.jobs import run_jobs
from tests.merchants.examples import make_merchant
from tests.payments.trading import METHODS, Deal, fund, letters_about, take, theirs
from tests.promotions.shop import made
from tests.support import zone

STOCK, PRICE, MOST = 6, 4000, 4
OFTEN = st.sampled_from([True, True, False])
ALIVE = ("paid", "confirmed", "partially_shipped", "shipped", "delivered", "completed")
FAR = ("placed", "begun", "paid", "told", "booked", "shipped")


class Trading(RuleBasedStateMachine):
    """Buyers of two merchants' goods, three institutions, a courier and staff, in any order.

    Each step picks an order for which it may do something; what is refused all the same is part of life.
    """

    def __init__(self):
        super().__init__()
        self.outside = outside()
        self.skus = [make_product(stock=STOCK, price_fen=PRICE) for _ in range(2)]
        merchant = make_merchant(cod=True)
        with zone("worker"):
            Product.objects.filter(skus__code=self.skus[1]).update(merchant=merchant)
        self.offer = made("coupon", scope={"skus": self.skus}, steps=[{"threshold_fen": 1000, "off": 700}])
        self.known = []
        self.codes = []  # what can be paid still: (order, what was begun)
        self.letters = []

    # ---- what buyers do ----

    @precondition(lambda self: len(self.known) < MOST)
    @rule(
        pieces=st.tuples(st.integers(1, 2), st.integers(0, 2)),
        far=st.sampled_from(FAR),
        method=st.sampled_from([*METHODS, "cod"]),
        purse=st.sampled_from([0, 0, 1500, 30_000]),
        coupon=st.booleans(),
    )
    def order(self, pieces, far, method, purse, coupon):
        """A new order, taken as `far` as one that goes well."""
        buyer = make_person()
        fund(buyer, balance=purse // 2, cards=(purse // 3,) if purse else ())
        coupons = (claim(person_id=buyer.id, offer_id=self.offer),) if coupon else ()
        pieces = (pieces[0], 0) if method == "cod" else pieces  # offered for one shop's goods
        lines = {sku: count for sku, count in zip(self.skus, pieces, strict=True) if count}
        before = [stock_of(sku) for sku in self.skus]
        try:
            placed = check_out(
                person_id=buyer.id,
                key=secrets.token_hex(8),
                payment=method,
                lines=lines,
                to=TO,
                coupons=coupons,
            )
        except OutOfStock:
            assert any(count > there for count, there in zip(pieces, before, strict=True))
            return
        it = Deal(buyer, self.skus[0], placed.order_no)
        it.coupons, it.purse = coupons, it.wallet.balance_fen + it.wallet.cards_fen
        self.known.append(it)
        if method == "cod":
            run_jobs(buyer.id)
            return
        way = [lambda: self.begin(it, method), lambda: self.pay_for(-1), self.tell, lambda: self.work(it)]
        for step in [*way, lambda: self.report(it, "50")][: FAR.index(far)]:
            step()

    @precondition(lambda self: self.known)
    @rule(data=st.data(), method=st.sampled_from(METHODS))
    def begin_another_way(self, data, method):
        self.attempt(lambda: self.begin(self.some(data), method))

    @precondition(lambda self: self.codes)
    @rule(data=st.data(), told=OFTEN, worked=OFTEN)
    def pay(self, data, told, worked):
        it = self.pay_for(data.draw(st.integers(0, len(self.codes) - 1)))
        if told:
            self.tell()
            if worked:
                self.work(it)

    @precondition(lambda self: self.known)
    @rule(data=st.data(), balance=st.booleans(), cards=st.booleans())
    def use_stored_value(self, data, balance, cards):
        it = self.some(data)
        self.attempt(lambda: it.stored(balance=balance, cards=cards))

    @precondition(lambda self: self.letters)
    @rule(data=st.data())
    def a_callback_comes_again_or_late(self, data):
        take(self.letters[data.draw(st.integers(0, len(self.letters) - 1))])

    @precondition(lambda self: self.known)
    @rule(data=st.data(), end=st.sampled_from([cancel, expire, confirm_receipt]))
    def it_ends(self, data, end):
        it = self.some(data)
        self.attempt(lambda: end(person_id=it.buyer.id, order_no=it.order_no))

    # ---- what the others do ----

    @precondition(lambda self: self.known)
    @rule(data=st.data(), part=st.sampled_from([1, 2, 3, 4, 4]), worked=OFTEN)
    def refund(self, data, part, worked):
        it = self.some(data)
        self.attempt(lambda: it.ask(it.order.total_fen * part // 4, f"case:{secrets.token_hex(6)}"))
        if worked:
            self.work(it)

    @precondition(lambda self: self.known)
    @rule(data=st.data())
    def ask_the_institution(self, data):
        it = self.some(data)
        for one in it.attempts:
            if one.method in METHODS:
                poll(person_id=it.buyer.id, attempt_id=one.id)

    @precondition(lambda self: self.known)
    @rule(data=st.data(), code=st.sampled_from(["50", "30", "44", "80", "70"]))
    def the_courier_reports(self, data, code):
        self.report(self.some(data), code)

    @precondition(lambda self: self.known)
    @rule(data=st.data())
    def the_worker_works(self, data):
        self.work(self.some(data))

    # ---- what must hold ----

    @invariant()
    def everything_adds_up(self):
        held = dict.fromkeys(self.skus, 0)
        for it in self.known:
            order = it.order
            if order.status not in {"cancelled", "expired"}:
                for line in order.lines:
                    held[line.sku] += line.quantity
            self.moved_by_the_table(it, order)
            self.money_adds_up(it, order)
        assert {sku: stock_of(sku) + held[sku] for sku in self.skus} == dict.fromkeys(self.skus, STOCK)

    def moved_by_the_table(self, it, order):
        assert (order.events[0].before, order.events[0].cause) == ("", "placed")
        for before, after in pairwise(order.events):
            assert before.after == after.before
            assert may_move(after.before, after.after, after.cause)
        assert order.events[-1].after == order.status
        for machine, _, before, after, cause in it.steps:
            assert machine != "payment" or may_pay(before, after, cause)
            assert machine != "refund" or may_refund(before, after, cause)

    def money_adds_up(self, it, order):
        charged = sum(fen for kind, fen in it.entries if kind == "charge")
        back = sum(fen for kind, fen in it.entries if kind == "refund")
        released = sum(
            one.amount_fen
            for one in it.attempts
            if one.method in {"balance", "ecard"} and one.status == "closed"
        )
        asked = sum(one.amount_fen for one in it.refunds) + released
        assert back <= asked <= charged
        for_order = [one for one in it.refunds if one.reason != "late_payment"]
        assert order.refunded_fen == sum(one.amount_fen for one in for_order if one.status == "succeeded")
        if order.paid_at and order.payment != "cod":
            assert charged - back >= order.total_fen - order.refunded_fen
        if order.status in {"cancelled", "expired"}:
            assert not for_order

    def teardown(self):
        """Let everything come to its end; then every order is final, and all books are the same."""
        for letter in self.letters * 2:
            take(letter)
        for it in self.known:
            self.work(it)
            self.attempt(lambda it=it: expire(person_id=it.buyer.id, order_no=it.order_no))
            self.work(it)
            self.report(it, "80")
            self.work(it)
            self.attempt(lambda it=it: confirm_receipt(person_id=it.buyer.id, order_no=it.order_no))
            if it.order.status in ALIVE:  # a merchant that does not send
                self.attempt(lambda it=it: it.ask(it.order.total_fen - self.asked(it), "not_sent"))
            self.work(it)
            self.has_ended(it)
        self.everything_adds_up()
        final = [it.order_no for it in self.known if it.order.status in FINAL]
        with zone("worker"):
            assert verify(final) == []

    def has_ended(self, it):
        order = it.order
        assert order.status in FINAL or order.payment == "cod", order
        ours = [
            sum(fen for path, kind, fen in it.paths if path in METHODS and kind == what)
            for what in ("charge", "refund")
        ]
        assert tuple(ours) == theirs(it)
        purse = it.wallet.balance_fen + it.wallet.cards_fen
        spent = sum(
            fen if kind == "charge" else -fen for path, kind, fen in it.paths if path in {"balance", "ecard"}
        )
        assert purse == it.purse - spent
        if order.status in {"cancelled", "expired"}:
            assert (purse, ours[0]) == (it.purse, ours[1])
        with processing(Purpose.ORDER_LOOKUP, subject=it.buyer.id, reading=True):
            used = list(Coupon.objects.filter(id__in=it.coupons).values_list("state", "order_no"))
        bought = order.status not in {"cancelled", "expired"}
        assert used == [("used", it.order_no) if bought else ("held", "")] * len(it.coupons)

    # ---- looking and doing ----

    def asked(self, it):
        return sum(one.amount_fen for one in it.refunds if one.reason != "late_payment")

    def some(self, data):
        return data.draw(st.sampled_from(self.known))

    def attempt(self, verb):
        """Do something that may be refused in the state things are in."""
        with suppress(MallError):
            verb()

    def begin(self, it, method):
        begun = it.start(method)
        if begun.out_trade_no not in {one.out_trade_no for _, one in self.codes}:
            self.codes.append((it, begun))

    def pay_for(self, place):
        """Pay, be it late; the callback is kept."""
        it, begun = self.codes.pop(place)
        answer = self.outside.side.post(f"/{begun.method}/scan", code_url=begun.code_url, late=True)
        if answer.status_code == 200:
            self.letters += letters_about(begun.method, begun.out_trade_no)
        return it

    def tell(self):
        if self.letters:
            take(self.letters[-1])

    def report(self, it, code):
        """The courier reports a step of all parcels there are."""
        for parcel in shipments_of(person_id=it.buyer.id, order_no=it.order_no):
            if parcel.waybill_no and parcel.status != "cancelled":
                self.outside.push(parcel.waybill_no, code)
                with zone("worker"):
                    follow(waybill_no=parcel.waybill_no)

    def work(self, it):
        """Let the worker do what is due for a buyer."""
        run_jobs(it.buyer.id)


Trading.TestCase.settings = settings(
    max_examples=10,
    stateful_step_count=22,
    deadline=None,
    phases=(
        Phase.explicit,
        Phase.generate,
    ),  # what fails is told at once: a step here takes seconds to try again
    suppress_health_check=list(HealthCheck),
)
TestTrading = Trading.TestCase
TestTrading.pytestmark = [pytest.mark.usefixtures("outside")]
