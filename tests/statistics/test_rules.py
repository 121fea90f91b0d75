"""The gate as pure rules: every reason, the budget, quarters, what is shown."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingpu.lib.errors import Invalid
from mingpu.statistics.rules import (
    ATTACKS,
    LIMITS,
    STATISTICS,
    Budget,
    Measures,
    Risk,
    last_quarter,
    margin,
    measures_from,
    quarter,
    quarter_name,
    refusals,
    scale,
    shown,
)

SINCE = date(2026, 7, 1)
GOOD = Measures(500, 10, 2, 0.3, {name: Risk(0.01, 0.0, 0.05) for name in ATTACKS})
NOTHING_SPENT = Budget(2026, Decimal(0), {})
CHEAP = Decimal("0.25")


def codes(measures=GOOD, epsilon=CHEAP, budget=NOTHING_SPENT):
    return [it.code for it in refusals(measures, epsilon, budget, SINCE)]


def test_what_holds_to_everything_may_go():
    assert codes() == []


def risky(name):
    return {"measures": replace(GOOD, risks={**GOOD.risks, name: Risk(0.05, 0.0, 0.21)})}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"measures": replace(GOOD, k=9)}, "too_few_people"),
        ({"measures": replace(GOOD, l=1)}, "too_alike"),
        ({"measures": replace(GOOD, t=0.51)}, "too_telling"),
        *[(risky(name), "risk_too_high") for name in ATTACKS],
        ({"epsilon": Decimal("0.51")}, "epsilon_too_large"),
        ({"epsilon": Decimal(0)}, "epsilon_too_large"),
        ({"epsilon": Decimal(-1)}, "epsilon_too_large"),
        ({"budget": Budget(2026, Decimal("1.8"), {SINCE: Decimal("1.8")})}, "budget_exhausted"),
        ({"budget": Budget(2026, Decimal("7.9"), {})}, "budget_exhausted"),
    ],
    ids=["k", "l", "t", *ATTACKS, "dear", "nothing", "negative", "quarter", "year"],
)
def test_each_reason_alone_stops_it(changes, code):
    assert codes(**changes) == [code]


def test_what_was_not_measured_counts_as_the_worst():
    assert codes(measures=replace(GOOD, risks={})) == ["risk_too_high"] * len(ATTACKS)


def test_the_last_of_the_budget_can_be_spent_and_no_more():
    spent = Budget(2026, Decimal("1.75"), {SINCE: Decimal("1.75")})
    assert codes(budget=spent) == []
    assert codes(epsilon=Decimal("0.251"), budget=spent) == ["budget_exhausted"]


@given(st.lists(st.integers(1, 500), max_size=60))
def test_whatever_is_asked_for_the_sum_stays_within_the_budget(thousandths):
    spent = Decimal(0)
    for it in thousandths:
        epsilon = Decimal(it) / 1000
        if not codes(epsilon=epsilon, budget=Budget(2026, spent, {SINCE: spent})):
            spent += epsilon
    assert spent <= Decimal(str(LIMITS.epsilon_period))


def test_measures_are_kept_whole():
    assert measures_from(GOOD.as_json()) == GOOD
    assert GOOD.worst == 0.05
    assert replace(GOOD, risks={}).worst == 1.0


@given(st.dates(date(1950, 1, 1), date(2150, 12, 31)))
def test_a_quarter_is_read_as_it_is_said_and_the_last_one_is_over(today):
    since = last_quarter(today)
    assert quarter(quarter_name(since)) == since
    months = (today.year - since.year) * 12 + today.month - since.month
    assert 3 <= months <= 5


@pytest.mark.parametrize("said", ["", "2026", "2026Q5", "26Q1", "２０２６Q1", "2026Q1; DROP", "Q1"])
def test_nonsense_is_no_quarter(said):
    with pytest.raises(Invalid):
        quarter(said)


def test_a_count_below_k_is_not_shown():
    assert [shown(n) for n in (-40, 0, 9, 10, 11)] == [None, None, None, 10, 11]


def test_the_error_grows_with_what_one_person_can_add_and_as_the_share_falls():
    assert scale(3, 0.25) == 12
    assert margin(3, 0.25) == 36
    assert margin(1, 0.5) < margin(1, 0.25) < margin(3, 0.25)


def test_every_statistic_can_be_published_once_a_quarter_at_a_quarter_each():
    assert len(STATISTICS) * CHEAP <= Decimal(str(LIMITS.epsilon_period))
    assert 4 * Decimal(str(LIMITS.epsilon_period)) <= Decimal(str(LIMITS.epsilon_year))
