"""Whose money a refund takes: however it is cut, the last refund takes exactly what is left."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingpu.payments.shares import Amounts, Slice, Taken, add, from_json, slices, spread, taking, to_json


@st.composite
def amounts(draw):
    goods = draw(st.integers(0, 50_000))
    own = draw(st.integers(0, goods))
    platform = draw(st.integers(0, goods - own))
    return Amounts(goods, own, platform, draw(st.integers(0, 3000)))


@st.composite
def orders(draw):
    number = draw(st.integers(1, 4))
    return [
        Slice(f"P{place}", draw(st.sampled_from(["mingpu", "tea-house"])), draw(st.integers(0, 10_000)), draw(amounts()))
        for place in range(number)
    ]  # fmt: skip


@given(known=orders(), data=st.data())
def test_refunds_in_any_cuts_add_up_to_the_order_and_never_take_more(known, data):
    left = sum(it.full.owed for it in known)
    taken: Taken = {}
    cuts = data.draw(st.integers(1, 20))
    while left:
        cuts -= 1
        fen = data.draw(st.integers(1, left)) if cuts > 0 else left
        wished = data.draw(st.dictionaries(st.sampled_from(["P0", "P1", "P9"]), st.integers(0, 60_000)))
        fens = spread(fen, known, taken, wished)
        assert sum(fens.values()) == fen
        left -= fen
        what = from_json(to_json(taking(known, taken, fens, last=not left)))
        assert sum(it.owed for it in what.values()) == fen
        for it in known:
            mine = what.get(it.key)
            if mine:
                before = it.full - taken.get(it.key, Amounts())
                share = it.share(mine, before=before)  # refuses what is negative or beyond its due
                assert share.owed_fen == mine.owed
        taken = add(taken, what)
    for it in known:
        if it.full.owed:
            assert taken[it.key] == it.full


@given(known=orders(), data=st.data())
def test_the_commission_given_back_is_what_was_kept(known, data):
    for it in known:
        whole = it.share(it.full).commission_fen
        back, taken, cuts = 0, Amounts(), data.draw(st.integers(1, 20))
        while taken.owed < it.full.owed:
            cuts -= 1
            fen = data.draw(st.integers(taken.owed + 1, it.full.owed)) if cuts > 0 else it.full.owed
            what = it.full.of(fen) - taken
            back += it.share(what, before=it.full - taken).commission_fen
            taken = taken + what
        if it.full.owed:
            assert back == whole


def test_more_than_is_left_is_refused():
    known = [Slice("P1", "mingpu", 0, Amounts(1000, 0, 0, 100))]
    with pytest.raises(ValueError, match="1101"):
        spread(1101, known, {}, {})


def test_stored_value_that_is_sold_is_a_slice_of_its_own():
    part = {
        "part_no": "P1", "merchant": "mingpu", "commission": 0, "goods_fen": 15_000, "discount_fen": 500,
        "own_discount_fen": 200, "shipping_fen": 800,
    }  # fmt: skip
    lines = [
        {"merchant": "mingpu", "kind": "goods", "price_fen": 5000, "quantity": 1, "reductions": []},
        {
            "merchant": "mingpu", "kind": "ecard", "price_fen": 5000, "quantity": 2,
            "reductions": [{"fen": 200, "funder": "mingpu"}, {"fen": 300, "funder": "platform"}],
        },
    ]  # fmt: skip
    goods, cards = slices([part], lines)
    assert (goods.key, goods.full) == ("P1", Amounts(5000, 0, 0, 800))
    assert (cards.key, cards.full) == ("P1:cards", Amounts(10_000, 200, 300, 0))
