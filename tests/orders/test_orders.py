"""Orders after they were placed: looking, cancelling, expiring, and whose they are."""

from datetime import timedelta
from uuid import uuid4

import pytest

from mingpu.lib.errors import NotFound
from mingpu.orders.errors import WrongState
from mingpu.orders.queries import order_of, orders_of, trading_facts
from mingpu.orders.services import cancel, expire
from tests.factories import make_person, make_product, place, stock_of
from tests.jobs import run_jobs, waiting


@pytest.fixture
def buyer():
    return make_person()


def test_an_order_shows_what_was_bought_and_hides_where_it_goes(buyer):
    sku = make_product(price_fen=12_300)
    placed = place(buyer, {sku: 2})
    it = order_of(person_id=buyer.id, order_no=placed.order_no)
    assert (it.status, it.total_fen, it.shipping_fen, it.actions) == (
        "pending_payment",
        24_600,
        0,
        ["pay", "cancel"],
    )
    [line] = it.lines
    assert (line.sku, line.quantity, line.price_fen, line.subtotal_fen, line.options) == (
        sku, 2, 12_300, 24_600, {"颜色": "雾灰"},
    )  # fmt: skip
    assert it.consignee
    assert (it.consignee.name, it.consignee.phone) == ("林**", "138****0042")
    assert it.consignee.address == "浙江省杭州市西湖区文三路***"
    assert [(event.before, event.after, event.cause) for event in it.events] == [
        ("", "pending_payment", "placed")
    ]


def test_a_small_order_pays_for_its_delivery(buyer):
    placed = place(buyer, {make_product(price_fen=900): 1})
    it = order_of(person_id=buyer.id, order_no=placed.order_no)
    assert (it.goods_fen, it.shipping_fen, it.total_fen) == (900, 800, 1700)


def test_cancelling_gives_the_goods_back_once(buyer):
    sku = make_product(stock=3)
    placed = place(buyer, {sku: 2})
    assert stock_of(sku) == 1
    cancel(person_id=buyer.id, order_no=placed.order_no)
    assert stock_of(sku) == 3
    with pytest.raises(WrongState) as refused:
        cancel(person_id=buyer.id, order_no=placed.order_no)
    assert "已取消" in refused.value.message
    assert stock_of(sku) == 3
    assert waiting("payments.close", order_no=placed.order_no) == 1


def test_an_unpaid_order_expires_by_its_due_time(buyer):
    sku = make_product(stock=1)
    placed = place(buyer, {sku: 1})
    assert run_jobs(buyer.id, names=("orders.expire",)) == []
    assert stock_of(sku) == 0
    assert run_jobs(buyer.id, names=("orders.expire",), ahead=timedelta(minutes=31)) == ["orders.expire"]
    it = order_of(person_id=buyer.id, order_no=placed.order_no)
    assert (it.status, it.actions, stock_of(sku)) == ("expired", [], 1)
    assert not expire(person_id=buyer.id, order_no=placed.order_no)
    assert stock_of(sku) == 1


def test_an_expiry_that_comes_after_cancelling_does_nothing(buyer):
    sku = make_product(stock=1)
    placed = place(buyer, {sku: 1})
    cancel(person_id=buyer.id, order_no=placed.order_no)
    run_jobs(buyer.id, ahead=timedelta(hours=1))
    assert order_of(person_id=buyer.id, order_no=placed.order_no).status == "cancelled"
    assert stock_of(sku) == 1


@pytest.mark.parametrize("verb", [cancel, order_of])
def test_another_persons_order_does_not_exist(buyer, verb):
    placed = place(buyer, {make_product(): 1})
    with pytest.raises(NotFound) as theirs:
        verb(person_id=make_person().id, order_no=placed.order_no)
    with pytest.raises(NotFound) as none:
        verb(person_id=buyer.id, order_no="MNOBODYHASTHISNO")
    assert theirs.value.message == none.value.message
    assert order_of(person_id=buyer.id, order_no=placed.order_no).status == "pending_payment"


def test_another_person_cannot_make_an_order_expire(buyer):
    placed = place(buyer, {make_product(): 1})
    assert not expire(person_id=uuid4(), order_no=placed.order_no)
    assert order_of(person_id=buyer.id, order_no=placed.order_no).status == "pending_payment"


def test_the_list_is_paged_newest_first_and_counted_by_state(buyer):
    sku = make_product(stock=100)
    numbers = [place(buyer, {sku: 1}).order_no for _ in range(5)]
    cancel(person_id=buyer.id, order_no=numbers[0])
    first = orders_of(person_id=buyer.id, page=1, page_size=2)
    assert (first.total, [it.order_no for it in first.items]) == (5, [numbers[4], numbers[3]])
    assert [it.order_no for it in orders_of(person_id=buyer.id, page=3, page_size=2).items] == [numbers[0]]
    assert orders_of(person_id=buyer.id, page=9, page_size=2).items == ()
    assert dict(first.counts) == {"pending_payment": 4, "cancelled": 1}
    gone = orders_of(person_id=buyer.id, status="cancelled")
    assert (gone.total, [it.order_no for it in gone.items]) == (1, [numbers[0]])
    assert all(it.lines for it in first.items)
    assert orders_of(person_id=make_person().id).total == 0


def test_order_numbers_are_not_to_be_guessed(buyer):
    sku = make_product(stock=20)
    numbers = [place(buyer, {sku: 1}).order_no for _ in range(5)]
    assert len({number[:6] for number in numbers}) == 5
    assert all(len(number) == 17 for number in numbers)


def test_trade_safety_counts_and_sees_nothing_else(buyer):
    sku = make_product(stock=20)
    for _ in range(3):
        placed = place(buyer, {sku: 1})
    cancel(person_id=buyer.id, order_no=placed.order_no)
    facts = trading_facts(person_id=buyer.id)
    assert (facts.orders_last_hour, facts.unpaid) == (3, 2)
