"""What buyers of other shops complain about, as far as it is about money: see docs/complaints.md."""

from mingpu.checkout.services import Placed
from mingpu.lib.errors import MallError
from mingpu.orders.errors import OutOfStock
from mingpu.orders.services import cancel
from tests.checkout.test_crowd import at_once
from tests.factories import make_person, make_product, place, stock_of
from tests.jobs import run_jobs
from tests.payments.trading import letters_about, order, scan, take, theirs

STOCK, PAYING, COMING = 30, 6, 18


def test_complaint_5_callbacks_against_checkouts_never_block_each_other_and_charge_once(outside):
    """Callbacks, each three times, while others order and cancel the same article: nobody deadlocks or pays twice."""
    sku = make_product(stock=STOCK)
    paying = [order(make_person(), {sku: 1}) for _ in range(PAYING)]
    leaving = [order(make_person(), {sku: 1}) for _ in range(PAYING)]
    letters = []
    for it in paying:
        begun = it.start("wechatpay")
        scan(begun)
        letters += letters_about("wechatpay", begun.out_trade_no)[:1] * 3
    acts = [
        *((take, letter) for letter in letters),
        *((lambda buyer: place(buyer, {sku: 1}), make_person()) for _ in range(COMING)),
        *((lambda it: cancel(person_id=it.buyer.id, order_no=it.order_no), it) for it in leaving),
    ]
    found = at_once(lambda act: act[0](act[1]), acts[::2] + acts[1::2])
    assert not [it for it in found if isinstance(it, MallError) and not isinstance(it, OutOfStock)]
    bought = sum(isinstance(it, Placed) for it in found)
    assert stock_of(sku) == STOCK - PAYING - bought
    for it in paying:
        assert (it.order.status, it.entries) == ("paid", [("charge", it.order.total_fen)])


def test_complaint_3_who_comes_second_is_charged_nothing(outside):
    """The last piece goes to another while an order that had given it back is being paid: the money goes back."""
    sku = make_product(stock=1)
    late = order(make_person(), {sku: 1})
    begun = late.start("alipay")
    cancel(person_id=late.buyer.id, order_no=late.order_no)
    order(make_person(), {sku: 1})
    scan(begun, late=True)
    take(letters_about("alipay", begun.out_trade_no)[0])
    run_jobs(late.buyer.id)
    assert (late.order.status, late.order.paid_at, stock_of(sku)) == ("cancelled", None, 0)
    assert theirs(late) == (late.order.total_fen, late.order.total_fen)
