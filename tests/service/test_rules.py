"""The states of a case: who may move it where; and sums that always add up."""

from datetime import UTC, datetime, timedelta
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from mingpu.service import rules

WHO = ("buyer", "staff", "platform", "courier", "system", "")
# Written out once more, by hand: a change of the table must be meant.
ALLOWED = {
    ("", "requested", "buyer"), ("", "requested", "courier"),
    ("requested", "seller_reviewing", "system"), ("requested", "refunding", "system"),
    ("seller_reviewing", "rejected", "staff"),
    ("seller_reviewing", "refunding", "staff"), ("seller_reviewing", "refunding", "system"),
    ("seller_reviewing", "awaiting_return", "staff"), ("seller_reviewing", "awaiting_return", "system"),
    ("seller_reviewing", "withdrawn", "buyer"),
    ("rejected", "arbitration", "buyer"), ("rejected", "closed", "system"),
    ("arbitration", "refunding", "platform"), ("arbitration", "awaiting_return", "platform"),
    ("arbitration", "replacing", "platform"), ("arbitration", "repairing", "platform"),
    ("arbitration", "closed", "platform"),
    ("awaiting_return", "awaiting_inspection", "buyer"), ("awaiting_return", "awaiting_inspection", "courier"),
    ("awaiting_return", "withdrawn", "buyer"), ("awaiting_return", "closed_timeout", "system"),
    ("awaiting_inspection", "refunding", "staff"), ("awaiting_inspection", "refunding", "system"),
    ("awaiting_inspection", "replacing", "staff"), ("awaiting_inspection", "replacing", "system"),
    ("awaiting_inspection", "repairing", "staff"), ("awaiting_inspection", "repairing", "system"),
    ("awaiting_inspection", "rejected", "staff"),
    ("replacing", "exchanged", "system"), ("replacing", "refunding", "system"),
    ("repairing", "repaired", "staff"), ("repairing", "refunding", "staff"), ("repairing", "refunding", "system"),
    ("refunding", "refunded", "system"),
}  # fmt: skip


def test_every_pair_and_person_is_as_written_here():
    states = ["", *rules.LABELS]
    found = {
        (before, after, who)
        for before, after, who in product(states, states, WHO)
        if rules.may_move(before, after, who)
    }
    assert found == ALLOWED


def test_what_is_over_stays_over_and_everything_else_comes_to_an_end():
    assert not {before for before, _, _ in ALLOWED} & rules.FINAL
    ends = set(rules.FINAL)
    while more := {before for before, after, _ in ALLOWED if after in ends} - ends:
        ends |= more
    assert ends == {"", *rules.LABELS}


def test_every_move_says_why_in_words_and_every_state_and_reason_has_a_name():
    causes = {cause for who in rules.MOVES.values() for cause in who.values()}
    assert causes == set(rules.CAUSES)
    assert {after for _, after in rules.MOVES} == set(rules.LABELS)
    assert set(rules.FAULT) == set(rules.REASON_LABELS)


def test_a_yes_sends_goods_back_before_anything_else():
    for kind, after in (("return", "refunding"), ("exchange", "replacing"), ("repair", "repairing")):
        assert rules.approved(kind, rules.REVIEWING) == rules.AWAITING_RETURN
        assert rules.approved(kind, rules.ARBITRATION) == rules.AWAITING_RETURN
        assert rules.approved(kind, rules.ARBITRATION, arrived=True) == after
        assert rules.approved(kind, rules.INSPECTION) == after
    for status in (rules.REVIEWING, rules.ARBITRATION):
        assert rules.approved("refund", status) == rules.REFUNDING


def test_whatever_a_yes_a_no_or_time_leads_to_is_in_the_table():
    for kind, arrived in product(rules.TYPES, (False, True)):
        for status, who in (("seller_reviewing", "staff"), ("awaiting_inspection", "staff"), ("repairing", "staff"), ("arbitration", "platform")):  # fmt: skip
            if (kind == "refund" and status in {"awaiting_inspection", "repairing"}) or (
                status == "seller_reviewing" and arrived
            ):
                continue
            assert rules.may_move(status, rules.approved(kind, status, arrived=arrived), who)
            assert rules.may_move(status, rules.refused(status), who)
        for status in rules.WAITS:
            after = rules.overdue(kind, status)
            assert rules.may_move(status, after, "system") or (after, status) == ("", "arbitration")


def test_goods_that_travel_get_the_time_it_takes():
    since = datetime(2026, 11, 1, tzinfo=UTC)
    week = timedelta(days=7)
    assert rules.due_at("seller_reviewing", since) == since + timedelta(hours=48)
    assert rules.due_at("awaiting_return", since) == since + week
    assert rules.due_at("awaiting_return", since, way="courier") == since + 2 * week
    assert rules.due_at("awaiting_inspection", since, way="courier") == since + week
    assert rules.due_at("awaiting_inspection", since, way="own") == since + 2 * week
    assert rules.due_at("refunding", since) is None


@given(st.data())
def test_shares_of_a_line_add_up_whatever_is_taken_back_in_between(data):
    quantity = data.draw(st.integers(1, 12))
    payable = data.draw(st.integers(0, 5_000))
    held: list[tuple[int, int]] = []
    for _ in range(data.draw(st.integers(0, 12))):
        if held and data.draw(st.booleans()):
            held.pop(data.draw(st.integers(0, len(held) - 1)))
        before = sum(pieces for pieces, _ in held)
        if before < quantity:
            pieces = data.draw(st.integers(1, quantity - before))
            given_fen = sum(fen for _, fen in held)
            held.append(
                (pieces, rules.share(payable, quantity, pieces=pieces, before=before, given_fen=given_fen))
            )
        assert 0 <= sum(fen for _, fen in held) <= payable
    before, given_fen = sum(pieces for pieces, _ in held), sum(fen for _, fen in held)
    rest = rules.share(payable, quantity, pieces=quantity - before, before=before, given_fen=given_fen)
    assert given_fen + rest == payable
