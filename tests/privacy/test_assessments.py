"""A purpose that is sensitive, decides or shares has an impact assessment, or the check fails."""

from copy import deepcopy
from datetime import timedelta

import pytest

from mingpu.privacy import check
from mingpu.privacy.assessments import assessments, needed, problems
from mingpu.privacy.register import REGISTER, Register


def without(name):
    raw = deepcopy(dict(REGISTER.raw))
    raw["assessments"] = {key: it for key, it in raw["assessments"].items() if key != name}
    return Register(raw, "x")


def test_every_one_that_needs_one_has_one():
    assert list(problems()) == []
    wanting = [it.id for it in REGISTER.purposes.values() if needed(it)]
    assert {"service", "reveal", "exception", "trade_safety", "settlement"} <= set(wanting)
    assert not {"merchant_queue", "case_queue", "oversight", "gate_desk"} & set(wanting)


@pytest.mark.parametrize(
    ("purpose", "why"),
    [
        ("reveal", ["sensitive"]),
        ("trade_safety", ["decides"]),
        ("identity_check", ["sensitive", "shares"]),
        ("shopping", []),
    ],
)
def test_why(purpose, why):
    assert needed(REGISTER.purposes[purpose]) == why


@pytest.mark.parametrize("name", [it.id for it in assessments()])
def test_one_taken_away_shows_in_the_check(name):
    gone = without(name)
    found = {str(it) for it in check.register_findings(gone) if it.kind == "assessment"}
    of = next(it for it in assessments() if it.id == name)
    assert len(found) == sum(bool(needed(REGISTER.purposes[it])) for it in of.purposes)


def test_one_that_was_replaced_counts_no_more_and_is_kept_three_years():
    raw = deepcopy(dict(REGISTER.raw))
    raw["assessments"]["staff"]["replaced"] = "2026-12-01"
    changed = Register(raw, "x")
    assert any("purpose service" in it for it in problems(changed))
    old = next(it for it in assessments(changed) if it.id == "staff")
    assert old.kept_until - old.replaced >= timedelta(days=3 * 365)


def test_an_assessment_of_nothing_shows():
    raw = deepcopy(dict(REGISTER.raw))
    raw["assessments"]["staff"]["purposes"].append("nonsense")
    assert any("nonsense" in it for it in problems(Register(raw, "x")))
