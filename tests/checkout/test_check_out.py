"""Placing an order: all of it or nothing, once, however often it is asked."""

from dataclasses import replace
from uuid import uuid4

import pytest

from mingpu.accounts.errors import BadField
from mingpu.accounts.services import delete_address
from mingpu.cart.queries import cart_of
from mingpu.cart.services import set_line
from mingpu.checkout.services import check_out
from mingpu.checkout.wish import Asked
from mingpu.lib.errors import Invalid, NotFound
from mingpu.orders.errors import EmptyOrder, KeyReused, NotForSale, OutOfStock, TooManyUnpaid
from mingpu.orders.queries import order_of, orders_of
from mingpu.orders.services import cancel
from mingpu.payments.services import start
from tests.factories import TO, make_address, make_person, make_product, place, stock_of
from tests.jobs import waiting
from tests.statements import counted


@pytest.fixture
def buyer():
    return make_person()


def test_an_order_takes_stock_and_sets_its_due_time(buyer):
    one, two = make_product(stock=5, price_fen=3000), make_product(stock=5, price_fen=4000)
    placed = place(buyer, {one: 2, two: 1})
    assert (placed.total_fen, placed.status, placed.repeated) == (10_000, "pending_payment", False)
    assert [(line.sku, line.quantity) for line in placed.lines] == [(one, 2), (two, 1)]
    assert (stock_of(one), stock_of(two)) == (3, 4)
    assert waiting("orders.expire", order_no=placed.order_no) == 1


def test_the_same_key_answers_the_same_order(buyer):
    sku = make_product(stock=5)
    first = place(buyer, {sku: 2}, key="a-key-of-mine")
    again = place(buyer, {sku: 2}, key="a-key-of-mine")
    assert replace(first, repeated=True) == again
    assert stock_of(sku) == 3
    assert orders_of(person_id=buyer.id).total == 1


def test_the_same_words_come_back_after_the_order_moved_on(buyer):
    sku = make_product(stock=5)
    first = place(buyer, {sku: 2}, key="a-key-of-mine")
    cancel(person_id=buyer.id, order_no=first.order_no)
    assert place(buyer, {sku: 2}, key="a-key-of-mine") == replace(first, repeated=True)


def test_the_same_key_for_something_else_is_refused(buyer):
    sku = make_product(stock=5)
    place(buyer, {sku: 2}, key="a-key-of-mine")
    same = {"lines": {sku: 2}, "to": TO}
    stored = Asked(balance=True, cards=False)
    for other in (
        {**same, "lines": {sku: 3}},
        {**same, "to": replace(TO, name="别人")},
        {**same, "stored": stored},
    ):
        with pytest.raises(KeyReused):
            check_out(person_id=buyer.id, key="a-key-of-mine", payment="wechatpay", **other)
    assert stock_of(sku) == 3


def test_a_key_is_its_persons_own(buyer):
    sku, other = make_product(stock=5), make_person()
    first = place(buyer, {sku: 2}, key="a-key-of-ours")
    second = place(other, {sku: 2}, key="a-key-of-ours")
    assert first.order_no != second.order_no
    assert stock_of(sku) == 1


def test_out_of_stock_writes_nothing_at_all(buyer):
    plenty, scarce = make_product(stock=9), make_product(stock=1, title="稀罕物")
    set_line(owner_id=buyer.id, sku=plenty, quantity=2)
    set_line(owner_id=buyer.id, sku=scarce, quantity=2)
    with pytest.raises(OutOfStock) as refused:
        check_out(person_id=buyer.id, key="k" * 8, payment="wechatpay", to=TO)
    assert refused.value.message == "稀罕物只剩 1 件。没有下单，购物车保持原样。"
    assert (stock_of(plenty), stock_of(scarce)) == (9, 1)
    assert orders_of(person_id=buyer.id).total == 0
    assert cart_of(owner_id=buyer.id).count == 4
    # and the key was not used up
    set_line(owner_id=buyer.id, sku=scarce, quantity=1)
    assert not check_out(person_id=buyer.id, key="k" * 8, payment="wechatpay", to=TO).repeated


def test_the_cart_is_ordered_and_emptied(buyer):
    sku, other = make_product(), make_product()
    set_line(owner_id=buyer.id, sku=sku, quantity=2)
    set_line(owner_id=buyer.id, sku=other, quantity=1)
    placed = check_out(person_id=buyer.id, key="k" * 8, payment="wechatpay", to=TO)
    assert {line.sku: line.quantity for line in placed.lines} == {sku: 2, other: 1}
    assert cart_of(owner_id=buyer.id).lines == ()
    assert check_out(person_id=buyer.id, key="k" * 8, payment="wechatpay", to=TO).order_no == placed.order_no


def test_buying_past_the_cart_leaves_the_cart_alone(buyer):
    sku = make_product()
    set_line(owner_id=buyer.id, sku=sku, quantity=2)
    place(buyer, {sku: 1})
    assert cart_of(owner_id=buyer.id).count == 2


def test_nothing_is_no_order(buyer):
    for lines in ({}, None):
        with pytest.raises(EmptyOrder):
            check_out(person_id=buyer.id, key="k" * 8, payment="wechatpay", lines=lines, to=TO)


def test_what_is_not_for_sale_is_refused_by_name(buyer):
    with pytest.raises(NotForSale, match="not_for_sale") as refused:
        place(buyer, {make_product(for_sale=False, title="展品"): 1})
    assert refused.value.message == "展品目前不出售。"
    with pytest.raises(NotForSale):
        place(buyer, {"no-such-sku": 1})


@pytest.mark.parametrize(
    "wrong",
    [
        {"key": "short"},
        {"key": "x" * 129},
        {"payment": "cash"},
        {"courier": "pigeon"},
        {"recharge": "12"},
        {"lines": {"sku": 0}},
        {"lines": {"sku": 1000}},
        {"lines": {f"sku-{number}": 1 for number in range(501)}},
        {"address_id": uuid4()},
    ],
)
def test_a_request_that_makes_no_sense_is_refused(buyer, wrong):
    given = {"key": "k" * 8, "payment": "wechatpay", "lines": {"sku": 1}, "to": TO} | wrong
    with pytest.raises(Invalid):
        check_out(person_id=buyer.id, **given)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("phone", "12345"),
        ("street", " "),
        ("landline", "abc"),
        ("email", "no at"),
        ("name", "x" * 41),
    ],
)
def test_a_consignee_that_cannot_be_reached_is_refused_by_field(buyer, field, value):
    with pytest.raises(BadField) as refused:
        check_out(
            person_id=buyer.id, key="k" * 8, payment="wechatpay", lines={make_product(): 1},
            to=replace(TO, **{field: value}),
        )  # fmt: skip
    assert refused.value.name == field


def test_optional_fields_left_blank_do_not_get_in_the_way(buyer):
    placed = check_out(
        person_id=buyer.id, key="k" * 8, payment="wechatpay", lines={make_product(): 1},
        to=replace(TO, landline="", email=None),
    )  # fmt: skip
    consignee = order_of(person_id=buyer.id, order_no=placed.order_no).consignee
    assert (consignee.landline, consignee.email) == ("", "")


def test_an_entry_of_the_address_book_goes_with_the_order(buyer):
    entry = make_address(buyer)
    placed = check_out(
        person_id=buyer.id, key="k" * 8, payment="wechatpay", lines={make_product(): 1}, address_id=entry
    )
    delete_address(person_id=buyer.id, address_id=entry)
    assert order_of(person_id=buyer.id, order_no=placed.order_no).consignee.name == "林**"


def test_another_persons_address_does_not_exist(buyer):
    theirs = make_address(make_person())
    sku = make_product(stock=1)
    for address in (theirs, uuid4()):
        with pytest.raises(NotFound):
            check_out(
                person_id=buyer.id, key="k" * 8, payment="wechatpay", lines={sku: 1}, address_id=address
            )
    assert stock_of(sku) == 1


def test_somebody_who_holds_much_unpaid_pays_first(buyer, outside):
    sku = make_product(stock=30)
    orders = [place(buyer, {sku: 1}, key=f"key-number-{number}") for number in range(20)]
    with pytest.raises(TooManyUnpaid):
        place(buyer, {sku: 1})
    assert (
        place(buyer, {sku: 1}, key="key-number-3").order_no == orders[3].order_no
    )  # asked again, not ordered again
    with pytest.raises(KeyReused):
        place(buyer, {sku: 2}, key="key-number-3")
    assert stock_of(sku) == 10
    cancel(person_id=buyer.id, order_no=orders[0].order_no)
    assert not place(buyer, {sku: 1}).repeated
    assert start(person_id=buyer.id, order_no=orders[1].order_no, method="wechatpay").code_url


def test_an_order_costs_the_same_number_of_statements_whatever_its_size(buyer, kept):
    few = {make_product(): 1}
    many = {make_product(): 2 for _ in range(20)}
    kept()
    with counted() as one:
        place(buyer, few)
    with counted() as twenty:
        place(buyer, many)
    assert len(one) == len(twenty) == 4


def test_an_order_from_the_cart_and_address_book_costs_three_more(buyer, kept):
    entry = make_address(buyer)
    set_line(owner_id=buyer.id, sku=make_product(), quantity=1)
    kept()
    with counted() as seen:
        check_out(person_id=buyer.id, key="k" * 8, payment="wechatpay", address_id=entry)
    assert len(seen) == 7  # the cart's lines, the entry, emptying the cart
