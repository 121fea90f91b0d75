"""What may stand beside a price, and the course of it drawn: pure."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingpu.catalog.prices import (
    EARLIER,
    HEIGHT,
    LOWEST,
    RECOMMENDED,
    SHOWN,
    WIDTH,
    Beside,
    beside,
    plot,
)

NOW = datetime(2026, 11, 20, 6, 30, tzinfo=UTC)
FEN = st.integers(1, 10**9)
MAYBE = st.none() | FEN
STEPS = st.lists(st.tuples(st.integers(0, 200 * 24 * 3600), FEN), min_size=1, max_size=30).map(
    lambda found: [
        (NOW - timedelta(seconds=ago), fen) for ago, fen in sorted(dict(found).items(), reverse=True)
    ]
)


@pytest.mark.parametrize(
    ("known", "found"),
    [
        ((80, 80, 80, 100, 120), Beside(100, EARLIER)),
        ((80, 80, 80, None, 120), Beside(120, RECOMMENDED)),  # nobody was asked 120
        ((80, 80, 60, None, None), None),
        ((80, 80, 80, None, 80), None),
        ((50, 80, 80, None, 120), Beside(80, LOWEST)),  # a flash sale is measured by what was asked
        ((50, 80, 60, 100, 120), Beside(60, LOWEST)),
        ((50, 80, 40, 100, 120), None),  # it was cheaper than this within 30 days
    ],
)
def test_what_stands_beside_a_price(known, found):
    asked, usual, lowest, earlier, listed = known
    said = beside(asked, usual_fen=usual, lowest_fen=lowest, earlier_fen=earlier, list_price_fen=listed)
    assert said == found


@given(FEN, FEN, FEN, MAYBE, MAYBE)
def test_what_is_struck_through_was_asked_and_is_more(asked, usual, lowest, earlier, listed):
    said = beside(asked, usual_fen=usual, lowest_fen=lowest, earlier_fen=earlier, list_price_fen=listed)
    if said is not None:
        assert said.fen > asked
        assert said.label.zh
        assert not said.struck or said.fen in {lowest, earlier}


def corners(drawn):
    return [tuple(map(float, it.split(","))) for it in drawn.points.split()]


def test_a_price_that_never_changed_has_no_course():
    assert plot([], NOW) is None
    assert plot([(NOW - timedelta(days=5), 100)], NOW) is None
    assert plot([(NOW - timedelta(days=200), 100), (NOW - timedelta(days=100), 90)], NOW) is None


def test_a_course_begins_with_what_was_in_force_and_is_told_newest_first():
    drawn = plot(
        [(NOW - timedelta(days=120), 100), (NOW - timedelta(days=45), 80), (NOW - timedelta(days=9), 120)],
        NOW,
    )
    assert [it.fen for it in drawn.spans] == [120, 80, 100]
    assert drawn.spans[0].end is None
    assert drawn.spans[-1].begin == NOW - SHOWN
    assert (drawn.low_fen, drawn.high_fen) == (80, 120)
    first, *_, last = corners(drawn)
    assert (first[0], last[0]) == (0, WIDTH)
    assert corners(drawn)[1][0] == WIDTH / 2  # 45 of 90 days
    assert last[1] < first[1]  # dearer is higher up


@given(STEPS)
def test_every_course_stays_in_its_box_and_never_runs_back(steps):
    drawn = plot(steps, NOW)
    if drawn is None:
        return
    points = corners(drawn)
    assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in points)
    assert [x for x, _ in points] == sorted(x for x, _ in points)
    spans = list(reversed(drawn.spans))
    assert all(one.end == two.begin and one.fen != two.fen for one, two in pairwise(spans))
    assert spans[-1].fen == steps[-1][1]
