"""What is counted, of whom, and what analysts see of it."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mingpu.lib.clock import now
from mingpu.privacy import counted
from mingpu.privacy.consent import matters
from mingpu.privacy.register import REGISTER
from mingpu.privacy.uses import touched
from mingpu.statistics.errors import QuarterOpen
from mingpu.statistics.queries import cells
from mingpu.statistics.rules import LIMITS, last_quarter
from mingpu.statistics.services import close
from mingpu.wallet.rules import BEIJING
from tests.people import from_owner
from tests.statistics.people import article, customers, order, person, product, quarter
from tests.support import zone


def seen(since: date, statistic: str) -> dict[str, int]:
    """What an analyst sees of a statistic, cell by cell."""
    with zone("analyst"):
        close(since)
        return {it.cell: it.n for it in cells(since) if it.statistic == statistic}


def test_only_people_who_agreed_and_are_staying_are_counted():
    since = quarter()
    customers(since, alipay=12, cod=11)
    for _ in range(5):
        order(person(agreed=False), since, payment="cod")
        order(person(state="cooling_off"), since, payment="cod")
        order(person(state="frozen"), since, payment="cod")
    assert seen(since, "orders_by_payment") == {"alipay": 12, "cod": 11}


def test_nobody_under_fourteen_is_counted_whatever_was_said_in_their_name():
    if "of_age_on" not in REGISTER.tables["privacy_standing"].columns:
        pytest.skip("this register does not know children yet")
    since = quarter()
    people = customers(since, alipay=14, cod=12)
    from_owner(
        "UPDATE privacy_standing SET of_age_on = current_date + 1 WHERE person_id = ANY(%s)", [people[:2]]
    )
    from_owner("UPDATE privacy_standing SET of_age_on = current_date WHERE person_id = %s", [people[2]])
    assert seen(since, "orders_by_payment") == {"alipay": 12, "cod": 12}


def test_an_order_that_came_to_nothing_or_was_in_another_quarter_is_not_counted():
    since = quarter()
    who = customers(since, alipay=12, cod=11)[0]
    number = order(who, since, payment="cod")
    from_owner("UPDATE orders_order SET ended = 'cancelled', paid_at = NULL WHERE order_no = %s", [number])
    order(who, since, payment="cod", day=-1)
    order(who, since, payment="cod", day=95)
    assert seen(since, "orders_by_payment") == {"alipay": 12, "cod": 11}


def test_one_person_counts_for_three_orders_however_many_there_are():
    since = quarter()
    who = customers(since, alipay=12, cod=11)[0]
    for _ in range(40):
        order(who, since, payment="alipay")
    assert seen(since, "orders_by_payment") == {"alipay": 14, "cod": 11}
    assert seen(since, "people_by_orders") == {}  # one person alone has more orders: nobody's cell is shown


def test_a_quarter_that_is_not_over_is_not_counted():
    today = now().astimezone(BEIJING).date()
    this = date(today.year, today.month - (today.month - 1) % 3, 1)
    with zone("analyst"):
        for since in (this, date(2200, 1, 1), date(2020, 2, 1), date(2020, 1, 2)):
            with pytest.raises(QuarterOpen):
                close(since)
    assert last_quarter(today) < this


def test_small_cells_and_what_would_give_them_away_are_left_out():
    since = quarter()
    customers(since, alipay=30, cod=12, wechatpay=15, unionpay=3)
    # unionpay is too small; with the total known it would be found by subtraction, so cod goes with it
    assert seen(since, "orders_by_payment") == {"alipay": 30, "wechatpay": 15}


def test_where_everybody_did_the_same_it_is_not_told():
    since = quarter()
    customers(since, alipay=30)
    assert seen(since, "orders_by_payment") == {}


def test_goods_are_counted_by_their_widest_category():
    since = quarter()
    from_owner(
        "INSERT INTO catalog_category (slug, zh, en, position, former) VALUES ('st-a', '甲类', 'A', 0, '{}'), "
        "('st-b', '乙类', 'B', 0, '{}') ON CONFLICT DO NOTHING", [],
    )  # fmt: skip
    first, second = product("甲类"), product("乙类")
    for n in range(25):
        who = person()
        article(who, order(who, since), first if n < 12 else second)
    assert seen(since, "goods_by_category") == {"甲类": 12, "乙类": 13}


def test_everybody_counted_finds_it_in_their_record_of_uses_and_nobody_else_does():
    since = quarter()
    inside = customers(since, alipay=12)[0]
    outside = person(agreed=False)
    order(outside, since)
    seen(since, "orders_by_payment")
    line = "SELECT purpose, actor_kind, reference FROM privacy_accesslog WHERE subject = %s"
    assert from_owner(line, [inside]) == [("statistics", "system", f"statistics {since}")]
    assert from_owner(line, [outside]) == []


def test_what_is_counted_is_told_where_it_is_agreed_to():
    told = {str(label) for labels in touched("statistics").values() for label in labels}
    assert {"支付方式", "下单时间", "原因"} <= told
    card = next(it for it in matters() if it.name == "statistics")
    assert {str(it) for it in card.items} == told


def test_everything_counted_reads_is_on_the_register_and_no_sensitive_value_is_among_it():
    for table, columns in counted.read_columns(REGISTER).items():
        for column in columns:
            it = REGISTER.column(table, column)
            assert not it.sensitive, (table, column)
            assert not it.sealed, (table, column)


@settings(max_examples=12, deadline=None)
@given(st.lists(st.integers(0, 25), min_size=3, max_size=5))
def test_what_is_left_out_is_never_one_small_group(sizes):
    """Whatever the sizes: no cell below k, and what a known total would leave is nobody or at least k people."""
    since = quarter()
    ways = ["alipay", "cod", "wechatpay", "unionpay", "wallet"][: len(sizes)]
    customers(since, **dict(zip(ways, sizes, strict=True)))
    shown = seen(since, "orders_by_payment")
    assert all(n >= LIMITS.k for n in shown.values())
    hidden = [n for way, n in zip(ways, sizes, strict=True) if n and way not in shown]
    if shown and hidden:
        assert len(hidden) >= 2
        assert sum(hidden) >= LIMITS.k
    assert len(shown) != 1
