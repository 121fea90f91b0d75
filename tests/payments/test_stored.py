"""Stored value and mixed payment: charged first, oldest card first, given back once, never lost."""

from functools import partial

import pytest

from mingpu.orders.services import cancel, expire
from mingpu.payments.errors import NothingLeft, NothingToPay
from mingpu.payments.services import close, settle_parts
from tests.checkout.test_crowd import at_once
from tests.factories import make_person, make_product, stock_of
from tests.jobs import run_jobs, waiting
from tests.payments.trading import METHODS, books_agree, deal, fund, letters_about, order, paid, scan, take


@pytest.fixture
def rich(outside):
    """An order of 99 yuan by somebody with 30 yuan on two cards and 50 on the balance."""
    it = deal()
    it.cards = fund(it.buyer, balance=5000, cards=(1000, 2000))
    return it


def test_cards_go_first_the_oldest_first_then_the_balance_and_the_rest_is_asked_of_the_institution(rich):
    use = rich.stored()
    assert (use.cards_fen, use.balance_fen, use.left_fen, use.paid) == (3000, 5000, 1900, False)
    assert [(one.method, one.amount_fen, one.status) for one in rich.attempts] == [
        ("ecard", 1000, "succeeded"), ("ecard", 2000, "succeeded"), ("balance", 5000, "succeeded"),
    ]  # fmt: skip
    assert (rich.wallet.balance_fen, rich.wallet.cards_fen) == (0, 0)
    begun = rich.start()
    assert begun.amount_fen == 1900
    scan(begun)
    take(letters_about("wechatpay", begun.out_trade_no)[0])
    assert rich.order.status == "paid"
    assert sum(fen for kind, fen in rich.entries if kind == "charge") == 9900
    books_agree()


def test_what_covers_everything_pays_at_once_and_calls_nobody(outside):
    it = deal()
    fund(it.buyer, balance=20_000)
    use = it.stored()
    assert (use.balance_fen, use.left_fen, use.paid) == (9900, 0, True)
    assert (it.order.status, it.wallet.balance_fen) == ("paid", 10_100)
    assert waiting("delivery.book", order_no=it.order_no) == 1
    assert outside.side.received("wechatpay", it.order_no) == []
    with pytest.raises(NothingToPay):
        it.start()


def test_only_the_chosen_cards_are_used(rich):
    use = rich.stored(balance=False, cards=[rich.cards[1]])
    assert (use.cards_fen, use.balance_fen) == (2000, 0)
    assert [card.balance_fen for card in rich.wallet.cards] == [1000, 0]


@pytest.mark.parametrize("end", [cancel, expire])
def test_an_order_that_ends_unpaid_gives_it_back_once(rich, end):
    rich.stored()
    rich.start("alipay")
    end(person_id=rich.buyer.id, order_no=rich.order_no)
    at_once(lambda _: close(person_id=rich.buyer.id, order_no=rich.order_no), range(4))
    run_jobs(rich.buyer.id)
    assert (rich.wallet.balance_fen, [card.balance_fen for card in rich.wallet.cards]) == (5000, [1000, 2000])
    assert {one.status for one in rich.attempts} == {"closed"}
    assert sum(fen if kind == "charge" else -fen for kind, fen in rich.entries) == 0
    assert rich.books_left() == {}
    books_agree()


def test_a_code_begun_before_stored_value_was_charged_can_still_be_paid_and_the_surplus_goes_back(rich):
    whole = rich.start()
    assert whole.amount_fen == 9900
    rich.stored(cards=False)
    rest = rich.start()
    assert rest.amount_fen == 4900
    scan(whole)
    take(letters_about("wechatpay", whole.out_trade_no)[0])
    run_jobs(rich.buyer.id)
    assert rich.order.status == "paid"
    assert rich.wallet.balance_fen == 5000
    assert [one.status for one in rich.attempts] == ["succeeded", "closed", "closed"]
    books_agree()


def test_money_after_the_time_takes_stored_value_again(rich):
    rich.stored()
    begun = rich.start()
    expire(person_id=rich.buyer.id, order_no=rich.order_no)
    run_jobs(rich.buyer.id)
    assert rich.wallet.balance_fen == 5000
    scan(begun, late=True)
    take(letters_about("wechatpay", begun.out_trade_no)[0])
    assert (rich.order.status, rich.wallet.balance_fen, rich.wallet.cards_fen) == ("paid", 0, 0)
    books_agree()


def test_money_after_the_time_goes_back_when_the_stored_value_is_spent(rich):
    rich.stored()
    begun = rich.start()
    expire(person_id=rich.buyer.id, order_no=rich.order_no)
    run_jobs(rich.buyer.id)
    other = order(rich.buyer, {make_product(price_fen=6000): 1})
    other.stored()
    scan(begun, late=True)
    take(letters_about("wechatpay", begun.out_trade_no)[0])
    run_jobs(rich.buyer.id)
    assert (rich.order.status, stock_of(rich.sku)) == ("expired", 5)
    assert [(one.path, one.amount_fen, one.status) for one in rich.refunds] == [
        ("wechatpay", 1900, "succeeded")
    ]
    assert rich.books_left() == {}
    books_agree()


def test_two_orders_at_once_never_spend_the_same_money(outside):
    buyer = make_person()
    fund(buyer, balance=9900, cards=(3000,))
    both = [order(buyer, {make_product(price_fen=9900): 1}) for _ in range(2)]
    uses = at_once(lambda it: it.stored(), both)
    assert sum(use.cards_fen for use in uses) == 3000
    assert sum(use.balance_fen for use in uses) == 9900
    assert both[0].wallet.balance_fen == 0
    books_agree()


def test_charging_and_cancelling_at_once_lose_nothing(outside):
    for _ in range(4):
        it = deal()
        fund(it.buyer, balance=4000)

        def give_up(it=it):
            cancel(person_id=it.buyer.id, order_no=it.order_no)

        at_once(_trying, [partial(it.stored), give_up, partial(it.stored)])
        run_jobs(it.buyer.id)
        assert (it.order.status, it.wallet.balance_fen) == ("cancelled", 4000)
    books_agree()


def _trying(verb):
    try:
        verb()
    except NothingToPay:
        return


@pytest.mark.parametrize("method", METHODS)
def test_a_mixed_payment_goes_back_institution_first_then_balance_then_cards(outside, method):
    it = deal(price_fen=10_000)
    fund(it.buyer, balance=3000, cards=(2000,))
    it.stored()
    paid(outside, it, method)
    it.ask(6000, "case:C1")
    it.ask(3000, "case:C2")
    run_jobs(it.buyer.id, names=("payments.refund",))
    assert sorted((one.path, one.amount_fen, one.status) for one in it.refunds) == sorted(
        [
            (method, 5000, "succeeded"), ("balance", 1000, "succeeded"), ("balance", 2000, "succeeded"),
            ("ecard", 1000, "succeeded"),
        ]
    )  # fmt: skip
    assert (it.order.status, it.order.refunded_fen) == ("paid", 9000)
    it.ask(1000, "case:C3")
    run_jobs(it.buyer.id, names=("payments.refund",))
    assert (it.order.status, it.order.refunded_fen) == ("closed", 10_000)
    assert (it.wallet.balance_fen, it.wallet.cards_fen) == (3000, 2000)
    settle_parts(person_id=it.buyer.id, order_no=it.order_no)
    assert it.books_left() == {}
    books_agree()


def test_what_an_order_holds_before_it_is_paid_is_released_not_refunded(rich):
    rich.stored()
    with pytest.raises(NothingLeft):
        rich.ask(1)
    cancel(person_id=rich.buyer.id, order_no=rich.order_no)
    with pytest.raises(NothingLeft):
        rich.ask(1)
