"""The cart: of visitors and persons, and the two becoming one."""

from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mingpu.cart import services
from mingpu.cart.errors import CartFull, FavouritesFull, NotBuyable
from mingpu.cart.queries import cart_of, count_of, marked, priced
from mingpu.lib.errors import Invalid, NotFound
from mingpu.merchants.queries import shops
from mingpu.promotions.queries import special_skus
from tests.factories import make_person, make_product
from tests.statements import counted


@pytest.fixture
def visitor():
    return uuid4()


def lines_of(owner):
    return {line.sku: line.quantity for line in cart_of(owner_id=owner).lines}


def test_adding_counts_up_and_setting_replaces(visitor):
    sku = make_product(price_fen=2000)
    assert services.add_line(owner_id=visitor, sku=sku, quantity=2) == 2
    assert services.add_line(owner_id=visitor, sku=sku, quantity=3) == 5
    assert services.set_line(owner_id=visitor, sku=sku, quantity=1).count == 1
    cart = cart_of(owner_id=visitor)
    assert (cart.count, cart.total_fen, cart.shipping_fen, cart.orderable) == (1, 2000, 800, True)


def test_taking_out_is_harmless_when_it_is_not_there(visitor):
    sku, other = make_product(), make_product()
    services.add_line(owner_id=visitor, sku=sku, quantity=2)
    assert services.remove_line(owner_id=visitor, sku=other) == 2
    assert services.remove_line(owner_id=visitor, sku=sku) == 0
    assert services.remove_line(owner_id=visitor, sku=sku) == 0
    assert not cart_of(owner_id=visitor).orderable


@pytest.mark.parametrize("quantity", [0, -1, 1000, 10**9])
def test_a_silly_number_is_refused(visitor, quantity):
    with pytest.raises(Invalid):
        services.set_line(owner_id=visitor, sku=make_product(), quantity=quantity)
    assert count_of(owner_id=visitor) == 0


def test_adding_stops_at_the_most(visitor):
    sku = make_product()
    services.add_line(owner_id=visitor, sku=sku, quantity=999)
    assert services.add_line(owner_id=visitor, sku=sku, quantity=999) == 999


def test_what_is_unknown_or_not_for_sale_is_refused(visitor):
    for sku in ("no-such-sku", "", make_product(for_sale=False)):
        with pytest.raises(NotBuyable):
            services.add_line(owner_id=visitor, sku=sku, quantity=1)


def test_every_line_says_why_it_cannot_be_ordered(visitor):
    scarce, gone = make_product(stock=2), make_product(stock=0)
    services.add_line(owner_id=visitor, sku=scarce, quantity=3)
    services.add_line(owner_id=visitor, sku=gone, quantity=1)
    cart = cart_of(owner_id=visitor)
    problems = {line.sku: str(line.problem) for line in cart.lines}
    assert problems == {scarce: "只剩 2 件", gone: "已售罄"}
    assert (cart.total_fen, cart.shipping_fen, cart.orderable) == (0, 0, False)


def test_what_left_the_catalogue_is_shown_as_such():
    cart = priced([("left-the-catalogue", 1)])
    assert (cart.orderable, str(cart.lines[0].problem), cart.lines[0].product_id) == (
        False,
        "商品已下架",
        None,
    )


def test_a_cart_is_its_owners_alone(visitor):
    services.add_line(owner_id=visitor, sku=make_product(), quantity=1)
    assert cart_of(owner_id=uuid4()).lines == ()
    assert cart_of(owner_id=make_person().id).lines == ()


def test_a_cart_holds_so_many_kinds_and_no_more(visitor, monkeypatch):
    monkeypatch.setattr(services, "MOST_LINES", 2)
    skus = [make_product() for _ in range(3)]
    for sku in skus[:2]:
        services.add_line(owner_id=visitor, sku=sku, quantity=1)
    with pytest.raises(CartFull):
        services.add_line(owner_id=visitor, sku=skus[2], quantity=1)
    assert services.add_line(owner_id=visitor, sku=skus[0], quantity=1) == 3
    person = make_person()
    services.add_line(owner_id=person.id, sku=skus[2], quantity=1)
    services.merge(visitor_id=visitor, person_id=person.id)
    assert len(lines_of(person.id)) == 2
    assert skus[2] in lines_of(person.id)


SKUS: list[str] = []
CARTS = st.dictionaries(st.integers(0, 3), st.integers(1, 9))


@settings(max_examples=12, deadline=None)
@given(theirs=CARTS, mine=CARTS)
def test_signing_in_brings_the_larger_number_along_and_twice_is_harmless(theirs, mine):
    while len(SKUS) < 4:
        SKUS.append(make_product())
    visitor, person = uuid4(), make_person().id
    for place, quantity in theirs.items():
        services.set_line(owner_id=visitor, sku=SKUS[place], quantity=quantity)
    for place, quantity in mine.items():
        services.set_line(owner_id=person, sku=SKUS[place], quantity=quantity)
    assert services.merge(visitor_id=visitor, person_id=person) == bool(theirs)
    expected = {SKUS[it]: max(theirs.get(it, 0), mine.get(it, 0)) for it in {*theirs, *mine}}
    assert lines_of(person) == expected
    assert lines_of(visitor) == {}
    assert not services.merge(visitor_id=visitor, person_id=person)
    assert lines_of(person) == expected


def test_the_number_of_statements_is_fixed(visitor):
    skus = [make_product() for _ in range(6)]
    shops(), special_skus()  # kept for a second
    with counted() as adding:
        services.add_line(owner_id=visitor, sku=skus[0], quantity=1)
    assert len(adding) == 3  # the article, the line, the pieces
    shops(), special_skus()
    with counted() as small:
        cart_of(owner_id=visitor)
    for sku in skus[1:]:
        services.add_line(owner_id=visitor, sku=sku, quantity=1)
    shops(), special_skus()
    with counted() as large:
        cart_of(owner_id=visitor)
    assert len(small) == len(large) == 2  # the lines, their articles


def test_many_at_once_or_none():
    owner, few = make_person().id, [make_product(), make_product()]
    codes = [f"x{place}" for place in range(services.MOST_LINES)]
    services.add_lines(owner_id=owner, pieces=dict.fromkeys(few, 2))
    services.add_lines(owner_id=owner, pieces={few[1]: 998})
    services.add_lines(owner_id=owner, pieces={})
    assert [(line.sku, line.quantity) for line in cart_of(owner_id=owner).lines] == [
        (few[1], 999),
        (few[0], 2),
    ]
    with pytest.raises(CartFull):
        services.add_lines(owner_id=owner, pieces=dict.fromkeys(codes, 1))
    assert len(cart_of(owner_id=owner).lines) == 2


def test_favourites_have_an_end_and_are_their_owners_alone(monkeypatch):
    owner, other = make_person().id, make_person().id
    first, second = (priced([(make_product(), 1)]).lines[0].product_id for _ in range(2))
    monkeypatch.setattr(services, "MOST_FAVOURITES", 1)
    for _ in range(2):
        services.add_favourite(owner_id=owner, product_id=first)
    with pytest.raises(FavouritesFull):
        services.add_favourite(owner_id=owner, product_id=second)
    assert marked(owner_id=owner, product_ids=[first, second]) == {first}
    assert marked(owner_id=other, product_ids=[first, second]) == frozenset()
    with pytest.raises(NotFound):
        services.add_favourite(owner_id=owner, product_id=uuid4())
