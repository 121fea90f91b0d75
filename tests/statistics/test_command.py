"""`mingpu statistics`, as an operator types it."""

import re

import pytest

from mingpu.statistics.queries import published
from tests.ops.test_commands import mingpu as typed
from tests.people import from_owner
from tests.statistics.people import quarter
from tests.statistics.test_pages import name
from tests.statistics.test_release import bought, proposal


@pytest.fixture(autouse=True)
def _fresh_budget():
    from_owner("UPDATE statistics_spending SET at = at - interval '3 years'", [])


def mingpu(*words):
    """Return what was printed, and hold it against whether the command says that it worked."""
    status, said = typed("statistics", *words)
    assert status == int(
        "refused" in said or "no number" in said or bool(re.search(r"\([a-z_]+\)$", said.strip()))
    ), said
    return said


def test_an_analyst_looks_at_a_quarter():
    since = quarter()
    bought(since, alipay=14, cod=12)
    assert re.search(r"orders_by_payment +alipay +14 +14", mingpu("look", "--quarter", name(since)))
    assert "no cell has 10 people" in mingpu("look", "--quarter", name(quarter()))
    assert "quarter_open" in mingpu("look", "--quarter", "2300Q1")


def test_a_proposal_is_approved_and_published_with_error():
    pytest.importorskip("opendp", reason="make statistics")
    since = quarter()
    bought(since, alipay=400, cod=300)
    it = proposal(since)
    assert "not_approved" in mingpu("publish", it)
    assert "own_approval" in mingpu("approve", it, "--by", "analyst-a")
    assert mingpu("approve", it, "--by", "kefu") == ""
    mingpu("publish", it)
    published.forget()
    figures = {one.cell: one.value for one in next(one for one in published() if one.id == it).figures}
    assert 250 < figures["alipay"] < 550  # 150 is more than 12 times the scale
    assert 150 < figures["cod"] < 450
    assert f"{name(since)}: 0.25" in mingpu("budget")
    assert re.search(rf"{it}.*已公布", typed("statistics", "list")[1])


def test_what_falls_short_is_refused_with_its_code():
    pytest.importorskip("anonymeter", reason="make statistics")
    since = quarter()
    bought(since, alipay=14, cod=12)
    ask = ("propose", "orders_by_payment", "--quarter", name(since), "--by", "a")
    assert "risk_too_high" in mingpu(*ask)  # so few people: the interval reaches far
    assert "epsilon_too_large" in mingpu(*ask, "--epsilon", "3")
    assert "no number" in mingpu(*ask, "--epsilon", "much")


def test_approving_needs_a_name():
    since = quarter()
    bought(since, alipay=14, cod=12)
    assert "own_approval" in mingpu("approve", proposal(since), "--by", "")
