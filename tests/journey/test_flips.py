"""A small flip test: after the answer to an off nothing is seen any more, by any process; and a careless one is caught."""

from collections.abc import Iterator

import pytest

from bench.mall import Mall, mall
from scripts import flips


@pytest.fixture(scope="module")
def world() -> Iterator[Mall]:
    with mall() as it:
        yield it


def test_nothing_is_seen_after_an_off(world):
    steps, judged = flips.run(world, 60, 20261130, people=4)
    assert judged.played == 60
    assert judged.stale == []
    assert judged.deaf == 0
    assert all(judged.seen[kind] for kind in ("read", "rows", "shelf", "job"))
    assert judged.flips["off"] >= 60
    assert sum(it["kind"] == "job" for it in steps) == judged.flips["enqueue"]


def test_a_careless_process_is_caught(world):
    _, judged = flips.run(world, 50, 7, people=1, careless=True)
    assert judged.stale


# ---- the judge ----


def step(kind, start, end, *, seen=False):
    return {
        "person": "p",
        "matter": "personalisation",
        "kind": kind,
        "start": start,
        "end": end,
        "seen": seen,
    }


@pytest.mark.parametrize(
    ("steps", "stale"),
    [
        ([step("on", 0, 1), step("read", 2, 3, seen=True)], 0),
        ([step("on", 0, 1), step("off", 2, 3), step("read", 4, 5)], 0),
        ([step("on", 0, 1), step("off", 2, 3), step("read", 4, 5, seen=True)], 1),
        ([step("on", 0, 1), step("off", 2, 6), step("read", 4, 5, seen=True)], 0),  # began before the answer
        ([step("off", 2, 3), step("on", 4, 9), step("read", 5, 6, seen=True)], 0),  # may be the yes already
        (
            [step("on", 0, 2), step("off", 1, 3), step("read", 4, 5, seen=True)],
            0,
        ),  # which came last is not known
        ([step("on", 0, 1), step("leave", 2, 3), step("job", 4, 5, seen=True)], 1),
        ([step("on", 0, 1), step("leave", 2, 3), step("stay", 4, 5), step("shelf", 6, 7, seen=True)], 0),
        (
            [step("on", 0, 1), step("leave", 2, 3), step("http", 4, 5, seen=True)],
            0,
        ),  # the page of choices answers
    ],
    ids=[str(place) for place in range(9)],
)
def test_the_judge_knows_what_may_be(steps, stale):
    assert len(flips.judge(steps).stale) == stale


def test_the_judge_hears_a_yes_that_was_not():
    assert flips.judge([step("on", 0, 1), step("http", 2, 3)]).deaf == 1
    assert flips.judge([step("on", 0, 1), step("off", 2, 3), step("http", 4, 5)]).deaf == 0
