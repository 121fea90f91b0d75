"""A trade is judged by counts alone, and ordinary shopping is never refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingpu.risk.rules import MOST_ORDERS_AN_HOUR, MOST_UNPAID, Decision, TradeFacts, assess


@pytest.mark.parametrize(
    ("last_hour", "unpaid", "rule"),
    [
        (0, 0, ""),
        (MOST_ORDERS_AN_HOUR - 1, MOST_UNPAID - 1, ""),
        (0, MOST_UNPAID, "unpaid"),
        (MOST_ORDERS_AN_HOUR, 0, "pace"),
        (MOST_ORDERS_AN_HOUR, MOST_UNPAID, "unpaid"),
    ],
)
def test_what_is_refused_and_by_which_rule(last_hour, unpaid, rule):
    assert assess(TradeFacts(last_hour, unpaid)) == Decision(allowed=not rule, rule=rule)


counts = st.integers(min_value=0, max_value=1_000)


@given(counts, counts, counts)
def test_more_trading_never_makes_a_refused_trade_allowed(last_hour, unpaid, more):
    if not assess(TradeFacts(last_hour, unpaid)).allowed:
        assert not assess(TradeFacts(last_hour + more, unpaid)).allowed
        assert not assess(TradeFacts(last_hour, unpaid + more)).allowed


def test_the_facts_name_nobody():
    assert set(TradeFacts.__dataclass_fields__) == {"orders_last_hour", "unpaid"}
