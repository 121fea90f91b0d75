"""Products that are shown from a moment on, and until another."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingpu.cart.errors import NotBuyable
from mingpu.cart.queries import cart_of
from mingpu.cart.services import add_line
from mingpu.catalog.errors import Ended
from mingpu.catalog.feed_values import RefusedError
from mingpu.catalog.models import Product
from mingpu.catalog.publication import OVER, SOON, moment_field, period, standing, written
from mingpu.catalog.queries import cards, changed_since, listings, product, shown_product, skus
from mingpu.catalog.services import mark_changed
from mingpu.lib.clock import now
from mingpu.orders.errors import NotForSale
from mingpu.search.queries import search_products
from mingpu.search.rules import SearchQuery
from tests.catalog.shop import index_now, item, look, source, stored, take
from tests.catalog.shop import skus as skus_of
from tests.factories import make_person, make_product, place
from tests.jobs import waiting
from tests.support import zone

HOUR = timedelta(hours=1)
AWARE = st.integers(0, 2**32).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))


def publish(code, begin=None, end=None):
    with zone("worker"):
        Product.objects.filter(skus__code=code).update(published_from=begin, published_until=end)
        mark_changed(skus=[code])
    look()
    return Product.objects.values_list("id", flat=True).get(skus__code=code)


# ---- the rule ----


@given(AWARE, AWARE, AWARE)
def test_it_is_shown_exactly_between_its_two_moments(begin, end, at):
    assert standing(None, None, at) == ""
    assert (standing(begin, None, at) == SOON) == (at < begin)
    assert (standing(None, end, at) == OVER) == (at >= end)
    assert (standing(begin, end, at) == "") == (begin <= at < end)


@given(AWARE)
def test_a_form_holds_the_minute_in_beijing(moment):
    back = moment_field(written(moment), "begin")
    assert timedelta(0) <= moment - back < timedelta(minutes=1)


@pytest.mark.parametrize(
    ("given_", "utc"),
    [
        ("2026-11-11T20:00:00+08:00", "2026-11-11T12:00:00+00:00"),
        ("2026-11-11 20:00", "2026-11-11T12:00:00+00:00"),
        ("2026-11-11", "2026-11-10T16:00:00+00:00"),
        ("2026-11-11T12:00:00Z", "2026-11-11T12:00:00+00:00"),
        (" 2026-11-11T12:00Z ", "2026-11-11T12:00:00+00:00"),
    ],
)
def test_moments_of_a_file(given_, utc):
    assert moment_field(given_, "published_from").astimezone(UTC).isoformat() == utc


@pytest.mark.parametrize(
    "given_", ["soon", "11/11/2026", "2026-13-01", 20261111, True, ["2026-11-11"], "2" * 99]
)
def test_no_moment_is_guessed(given_):
    with pytest.raises(RefusedError) as refused:
        moment_field(given_, "published_from")
    assert refused.value.code == "bad_moment"


def test_nothing_said_is_always():
    assert period({"published_from": " ", "published_until": None}) == (None, None)
    with pytest.raises(RefusedError) as refused:
        period({"published_from": "2026-11-12", "published_until": "2026-11-11"})
    assert refused.value.code == "ends_before_it_begins"


# ---- everywhere ----


@pytest.mark.parametrize(("begin", "end", "state"), [(HOUR, None, SOON), (None, -HOUR, OVER)])
def test_what_is_not_published_is_in_no_list_and_cannot_be_bought(begin, end, state):
    code = make_product()
    key = publish(code, begin and now() + begin, end and now() + end)
    assert cards([key]) == []
    assert list(listings([key])) == []
    it = product(key)
    assert (it.standing, it.for_sale, it.skus) == (state, False, ())
    assert not skus([code])[code].for_sale
    buyer = make_person()
    with pytest.raises(NotBuyable) as refused:
        add_line(owner_id=buyer.id, sku=code, quantity=1)
    assert ("还没有开售" if state == SOON else "已经结束销售") in refused.value.message
    with pytest.raises(NotForSale):
        place(buyer, {code: 1})


def test_what_lies_in_a_cart_says_why_it_cannot_be_ordered():
    code, buyer = make_product(), make_person()
    add_line(owner_id=buyer.id, sku=code, quantity=1)
    publish(code, end=now() - HOUR)
    [line] = cart_of(owner_id=buyer.id).lines
    assert line.problem.zh == "已经结束销售"


def test_before_it_begins_there_is_no_such_page_and_after_its_end_it_is_said_where_it_was():
    code = make_product()
    key = publish(code, begin=now() + HOUR)
    assert shown_product(key) is None
    publish(code, begin=now() - HOUR, end=now() + HOUR)
    assert shown_product(key).standing == ""
    publish(code, end=now() - HOUR)
    with pytest.raises(Ended) as ended:
        shown_product(key)
    assert ended.value.status == 410
    assert ended.value.facts["category"] == ()


def test_search_follows_both_ways():
    origin = source()
    title = f"独一无二的壶 {origin}"
    take(item(origin, title=title))
    index_now()
    query = SearchQuery(q=origin)
    assert search_products(query).total == 1
    take(item(origin, title=title, published_until=now() - HOUR))
    assert index_now()
    assert search_products(query).total == 0
    take(item(origin, title=title, published_from=now() - HOUR, published_until=now() + HOUR))
    index_now()
    assert search_products(query).total == 1
    assert stored(origin).id in changed_since(-1)


# ---- the moments are rows ----


def test_every_moment_to_come_is_a_job():
    origin = source()
    soon, later = now() + HOUR, now() + 2 * HOUR
    take(
        item(origin, "1", published_from=soon, published_until=later),
        item(origin, "2", published_from=soon),
        item(origin, "3", published_from=now() - HOUR),
    )
    one, two = str(stored(origin, "1").id), str(stored(origin, "2").id)
    assert waiting("search.refresh", product_ids=sorted([one, two])) == 1
    assert waiting("search.refresh", product_ids=[one]) == 1
    assert waiting("search.refresh", product_ids=[str(stored(origin, "3").id)]) == 0


def test_a_file_that_says_nothing_leaves_what_the_desk_set():
    origin = source()
    take(item(origin))
    end = now() + HOUR
    with zone("worker"):
        Product.objects.filter(source=origin).update(published_until=end)
    take(item(origin, title="新的标题"))
    assert stored(origin).published_until == end
    take(item(origin, title="更新的标题", published_from=now() - HOUR))
    assert stored(origin).published_until is None
    assert list(skus_of(origin))
