"""The chart of accounts: whatever happens to an order, it comes out even."""

from collections import Counter
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from mingpu.wallet import books
from mingpu.wallet.books import Move, Share
from mingpu.wallet.rules import (
    ACCOUNT_LABELS,
    CLEARING,
    PASSING,
    PLAIN,
    account_label,
    clearing,
    is_account,
    payable,
)

OWN, OTHERS = "mingpu", ("chaguan", "shuwu-2")
FEN = st.integers(0, 500_000)
PROVIDERS = ("wechatpay", "alipay", "unionpay")


@st.composite
def shares(draw):
    whose = draw(st.sampled_from((OWN, *OTHERS)))
    goods = draw(st.integers(1, 500_000))
    own = draw(st.integers(0, goods))
    platform = draw(st.integers(0, goods - own))
    shipping = draw(st.integers(0, 3_000))
    due = goods - own + shipping
    return Share(
        merchant=whose, goods_fen=goods, own_discount_fen=own, platform_discount_fen=platform,
        shipping_fen=shipping, commission_fen=0 if whose == OWN else draw(st.integers(0, due)),
    )  # fmt: skip


def net(moves):
    """Debit less credit of each account that is not even."""
    sums = Counter()
    for move in moves:
        assert move.amount_fen > 0
        sums[move.debit] += move.amount_fen
        sums[move.credit] -= move.amount_fen
    return {account: fen for account, fen in sums.items() if fen}


def split(total, parts, draw):
    """Cut a sum into as many parts, some of which may be nothing."""
    cuts = sorted(draw(st.integers(0, total)) for _ in range(parts - 1))
    return [after - before for before, after in zip([0, *cuts], [*cuts, total], strict=True)]


class AnOrder(RuleBasedStateMachine):
    """One order of several merchants under any legal course of events."""

    @initialize(parts=st.lists(shares(), min_size=1, max_size=4))
    def placed(self, parts):
        self.parts = parts
        self.owed = sum(it.owed_fen for it in parts)
        self.moves = []
        self.state = "placed"
        self.paid = Counter()  # path -> fen that came
        self.returning = Counter()  # path -> fen approved to go back, not gone yet
        self.open = []  # shares not completed
        self.done = []  # shares completed

    def post(self, *groups):
        for moves in groups:
            self.moves += moves

    @precondition(lambda self: self.state == "placed")
    @rule(data=st.data(), path=st.sampled_from(PROVIDERS), late=st.booleans(), stored=st.booleans())
    def pay(self, data, path, late, stored):
        """Cards and balance first, an institution for the rest; perhaps too late, when the order was given up."""
        card, balance, rest = split(self.owed, 3, data.draw) if stored else (0, 0, self.owed)
        self.post(books.recognised(self.parts))
        self.post(books.charged_cards([(uuid4(), card)]), books.charged("balance", balance))
        self.paid.update({"ecard": card, "balance": balance})
        if late:
            self.post(books.cancelled(self.parts), books.overpaid(card + balance))
            self.send_back({"ecard": card, "balance": balance})
            self.state = "ended"
            if data.draw(st.booleans()):
                self.post(books.charged(path, rest), books.overpaid(rest))
                self.paid[path] += rest
                self.send_back({path: rest})
            return
        self.post(books.charged(path, rest))
        self.paid[path] += rest
        self.open, self.state = list(self.parts), "paid"

    @precondition(lambda self: self.state == "placed")
    @rule(courier=st.sampled_from(["sf", "yto"]), taken=st.booleans(), settled=st.booleans())
    def cash_on_delivery(self, courier, taken, settled):
        self.post(books.recognised(self.parts))
        if not taken:
            self.post(books.cancelled(self.parts))
            self.state = "ended"
            return
        self.post(books.collected_at_door(courier, self.owed))
        if settled:
            self.post(books.courier_settled(courier, self.owed))
        self.paid["balance"] += self.owed  # no institution took it, so it goes back as balance
        self.open, self.state = list(self.parts), "paid"

    @precondition(lambda self: self.state == "paid" and self.open)
    @rule(data=st.data())
    def complete(self, data):
        share = self.open.pop(data.draw(st.integers(0, len(self.open) - 1)))
        self.post(books.completed([share]))
        self.done.append(share)

    @precondition(lambda self: self.state == "paid" and (self.open or self.done))
    @rule(data=st.data(), after=st.booleans())
    def refund(self, data, after):
        """Pieces of one share go back, before or after it is completed."""
        pool = self.done if (after and self.done) or not self.open else self.open
        share = pool.pop(data.draw(st.integers(0, len(pool) - 1)))
        back, rest = halves(share, data.draw)
        pool += [rest] if rest.goods_fen else []
        if pool is self.done:
            self.post(books.reopened([back]))
        self.post(books.refund_approved(back.owed_fen, platform_discount_fen=back.platform_discount_fen))
        self.send_back(self.ways(back.owed_fen))

    def ways(self, fen):
        """Where a sum goes back to: the institution first, what is left by the others in order."""
        found = {}
        for path in (*PROVIDERS, "balance", "ecard"):
            found[path] = min(fen, self.paid[path])
            self.paid[path] -= found[path]
            fen -= found[path]
        assert fen == 0
        return found

    def send_back(self, paths):
        self.returning.update(paths)

    @precondition(lambda self: sum(self.returning.values()))
    @rule(data=st.data())
    def money_arrives_back(self, data):
        path = data.draw(st.sampled_from(sorted(p for p, fen in self.returning.items() if fen)))
        fen = data.draw(st.integers(1, self.returning[path]))
        self.returning[path] -= fen
        self.post(books.refunded(path, fen, card_id=uuid4() if path == "ecard" else None))

    @rule()
    def in_between_the_books_say_what_is_open(self):
        left = net(self.moves)  # also when the order has ended, and there is nothing else to do
        assert -left.get("deposits", 0) == sum(it.due_fen for it in self.open)
        assert -left.get("refunds", 0) == sum(self.returning.values())
        assert left.get("receivable", 0) == 0

    def teardown(self):
        """Let everything come to its end: then what passes through is gone and everybody has their due."""
        if not hasattr(self, "parts"):
            return
        while self.open:
            share = self.open.pop()
            self.post(books.completed([share]))
            self.done.append(share)
        for path, fen in self.returning.items():
            self.post(books.refunded(path, fen, card_id=uuid4() if path == "ecard" else None))
        left = net(self.moves)
        assert not {account for account in PASSING if left.get(account)}
        assert sum(left.values()) == 0
        assert left.get("coupon_cost", 0) == sum(it.platform_discount_fen for it in self.done)
        assert -left.get("commission", 0) == sum(it.commission_fen for it in self.done)
        assert -left.get("sales", 0) == sum(it.sold_fen for it in self.done if it.merchant == OWN)
        assert -left.get("shipping", 0) == sum(it.shipping_fen for it in self.done if it.merchant == OWN)
        for merchant in OTHERS:
            due = sum(it.due_fen - it.commission_fen for it in self.done if it.merchant == merchant)
            assert -left.get(payable(merchant), 0) == due


def halves(share, draw):
    """Cut a share in two that add up, each of which is a share."""
    names = ("goods_fen", "own_discount_fen", "platform_discount_fen", "shipping_fen", "commission_fen")
    if draw(st.booleans()):
        nothing = Share(merchant=share.merchant, goods_fen=0)
        return share, nothing
    eighths = draw(st.integers(1, 7))
    first = {name: getattr(share, name) * eighths // 8 for name in names}
    first["platform_discount_fen"] = min(
        first["platform_discount_fen"], first["goods_fen"] - first["own_discount_fen"]
    )
    second = {name: getattr(share, name) - fen for name, fen in first.items()}
    try:
        return Share(merchant=share.merchant, **first), Share(merchant=share.merchant, **second)
    except ValueError:  # the odd fen made one of them impossible
        return share, Share(merchant=share.merchant, goods_fen=0)


AnOrder.TestCase.settings = settings(max_examples=60, stateful_step_count=14, deadline=None)
TestAnOrder = AnOrder.TestCase


@given(fen=FEN, face=FEN)
def test_sold_stored_value_leaves_nothing_behind(fen, face):
    """What the line brought is used up, and the buyer has the face whatever it cost."""
    for sold, account in ((books.card_sold, "ecard"), (books.balance_bought, "balance")):
        left = net(sold(fen, face))
        assert -left.get(account, 0) == face
        assert left.get("deposits", 0) == fen
        assert sum(left.values()) == 0


@given(share=shares())
def test_backwards_undoes(share):
    assert net(books.recognised([share]) + books.cancelled([share])) == {}
    assert net(books.completed([share]) + books.reopened([share])) == {}


def test_a_payout_and_a_settlement_empty_what_they_empty():
    moves = books.settled("alipay", 900) + books.paid_out("chaguan", 700) + books.card_issued(100)
    assert net(moves) == {
        "clearing:bank": 200, "clearing:alipay": -900, "payable:chaguan": 700, "coupon_cost": 100, "ecard": -100,
    }  # fmt: skip
    assert moves[1].merchant == "chaguan"


def test_moves_between_the_same_accounts_become_one():
    card = uuid4()
    moves = [
        Move("ecard", "receivable", 5, purse_id=card), Move("ecard", "receivable", 6, purse_id=card),
        Move("ecard", "receivable", 7, purse_id=uuid4()), Move("receivable", "deposits", 0),
    ]  # fmt: skip
    assert sorted(move.amount_fen for move in books.merged(moves)) == [7, 11]


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Move("receivable", "receivable", 1),
        lambda: Move("cash", "deposits", 1),
        lambda: Move("clearing:paypal", "deposits", 1),
        lambda: Move("payable:Tea House", "deposits", 1),
        lambda: Move("payable:tea\n", "deposits", 1),
        lambda: Move("receivable", "deposits", -1),
        lambda: Share(merchant=OWN, goods_fen=10, own_discount_fen=11),
        lambda: Share(merchant=OWN, goods_fen=10, platform_discount_fen=11),
        lambda: Share(merchant=OWN, goods_fen=10, commission_fen=1),
        lambda: Share(merchant="chaguan", goods_fen=10, commission_fen=11),
        lambda: payable(OWN),
        lambda: clearing("cash"),
        lambda: books.collected_at_door("wechatpay", 1),
        lambda: books.charged("wechatpay", -1),
    ],
)
def test_what_is_not_in_the_chart_is_refused(wrong):
    with pytest.raises(ValueError, match=r"."):
        wrong()


def test_every_account_has_a_name_in_two_languages():
    for account in (*PLAIN, *(f"clearing:{party}" for party in CLEARING), "payable:chaguan"):
        assert is_account(account)
        label = account_label(account)
        assert label.zh
        assert label.en
    assert set(ACCOUNT_LABELS) == {*PLAIN, "clearing", "payable"}
