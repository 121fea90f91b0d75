"""The states of a case: who may move it where."""

from itertools import product

from mingpu.service import rules

# Written out once more, by hand: a change of the table must be meant.
ALLOWED = {
    ("seller_reviewing", "rejected", "staff"),
    ("seller_reviewing", "refunding", "staff"),
    ("seller_reviewing", "awaiting_return", "staff"),
    ("seller_reviewing", "withdrawn", "buyer"),
    ("awaiting_return", "awaiting_inspection", "buyer"),
    ("awaiting_return", "withdrawn", "buyer"),
    ("awaiting_inspection", "refunding", "staff"),
    ("awaiting_inspection", "rejected", "staff"),
    ("refunding", "refunded", "system"),
}


def test_every_pair_and_person_is_as_written_here():
    found = {
        (before, after, who)
        for before, after, who in product(rules.LABELS, rules.LABELS, ("buyer", "staff", "system", ""))
        if rules.may_move(before, after, who)
    }
    assert found == ALLOWED


def test_what_is_over_stays_over():
    assert not {before for before, _, _ in ALLOWED} & rules.FINAL


def test_a_yes_sends_goods_back_before_money():
    assert rules.approved("refund", rules.REVIEWING) == rules.REFUNDING
    assert rules.approved("return", rules.REVIEWING) == rules.AWAITING_RETURN
    assert rules.approved("return", rules.INSPECTION) == rules.REFUNDING
