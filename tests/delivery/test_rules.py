"""The pure half of delivery: states that only climb, and what fits into one parcel."""

from itertools import pairwise, permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mingpu.delivery import rules
from mingpu.delivery.rules import packing

STATES = tuple(rules.RANK)
reports = st.lists(st.sampled_from([*STATES, "exception", "other"]), max_size=12)


@settings(max_examples=300)
@given(now=st.sampled_from(STATES), reported=reports)
def test_a_parcel_only_climbs_and_order_does_not_matter(now, reported):
    there = rules.furthest(now, reported)
    assert rules.RANK[there] >= rules.RANK[now]
    assert rules.furthest(now, reported[::-1]) == there
    assert rules.furthest(there, reported) == there
    assert there == now or rules.may_move(now, there, "reported")


@given(looks=st.lists(reports, min_size=1, max_size=6))
def test_however_reports_come_a_parcel_never_goes_back_and_stays_where_it_ended(looks):
    way = [rules.LABELLED]
    for reported in looks:
        way.append(rules.furthest(way[-1], reported))
    assert all(rules.RANK[after] >= rules.RANK[before] for before, after in pairwise(way))
    ended = [state for state in way if state in rules.FINAL]
    assert len(set(ended)) <= 1


def test_any_order_of_the_usual_reports_ends_at_the_door():
    usual = [rules.PICKED_UP, rules.IN_TRANSIT, rules.OUT_FOR_DELIVERY, rules.SIGNED]
    for told in permutations(usual):
        way = [rules.LABELLED]
        for report in told:
            way.append(rules.furthest(way[-1], [report]))
        assert way[-1] == rules.SIGNED


def test_the_table_of_moves_is_whole():
    states = {state for pair in rules.MOVES for state in pair if state}
    assert states == set(STATES) == set(rules.LABELS)
    assert {before for before, _ in rules.MOVES}.isdisjoint(rules.FINAL)
    for before, after in rules.MOVES:
        assert not before or rules.RANK[after] > rules.RANK[before]


@pytest.mark.parametrize(
    ("before", "after", "cause", "may"),
    [
        ("label_created", "signed", "reported", True),
        ("refused", "signed", "reported", True),
        ("refused", "out_for_delivery", "reported", False),
        ("picked_up", "cancelled", "called_off", False),
        ("pending", "signed", "reported", False),
        ("cancelled", "picked_up", "reported", False),
        ("signed", "returned", "reported", False),
        ("label_created", "cancelled", "reported", False),
    ],
)
def test_who_may_move_it(before, after, cause, may):
    assert rules.may_move(before, after, cause) is may


@pytest.mark.parametrize(
    ("wished", "used", "refused", "chosen"),
    [
        ("yto", ("sf", "yto"), (), "yto"),
        ("", ("sf", "yto"), (), "sf"),
        ("sf", ("yto",), (), "yto"),
        ("sf", ("sf", "yto"), ("sf",), "yto"),
        ("sf", ("sf",), ("sf",), ""),
    ],
)
def test_the_courier_wished_for_is_taken_where_the_merchant_uses_it(wished, used, refused, chosen):
    assert rules.choose_courier(wished=wished, used=used, refused=refused) == chosen


goods = st.lists(
    st.builds(
        packing.Goods,
        sku=st.text("abcdefgh", min_size=4, max_size=8),
        pieces=st.integers(1, 999),
        grams=st.one_of(st.just(0), st.integers(1, 60_000)),
        real_name=st.booleans(),
    ),
    max_size=12,
    unique_by=lambda it: it.sku,
)


@settings(max_examples=200, deadline=None)
@given(goods=goods)
def test_every_piece_is_packed_once_and_no_parcel_is_too_heavy_or_mixed(goods):
    of = {it.sku: it for it in goods}
    parcels = packing.pack(goods)
    found = dict.fromkeys(of, 0)
    for parcel in parcels:
        assert parcel.pieces > 0
        assert {of[sku].real_name for sku in parcel.lines} == {parcel.real_name}
        grams = sum(of[sku].grams * pieces for sku, pieces in parcel.lines.items())
        assert grams == parcel.grams
        heavy = [sku for sku in parcel.lines if of[sku].grams]
        assert grams <= packing.MOST_GRAMS or sum(parcel.lines[sku] for sku in heavy) == 1
        for sku, pieces in parcel.lines.items():
            found[sku] += pieces
    assert found == {it.sku: it.pieces for it in goods}


@given(goods=goods)
def test_what_is_paid_at_the_door_is_one_parcel(goods):
    parcel = packing.all_in_one(goods)
    assert parcel.lines == {it.sku: it.pieces for it in goods}
    assert parcel.real_name == any(it.real_name for it in goods)
