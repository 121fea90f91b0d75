"""The order's states: every pair and cause, by the table and by hand."""

from itertools import product

import pytest

from mingpu.orders import rules

STATES = tuple(rules.LABELS)
# Written out once more, by hand: a change of the table must be meant.
ALLOWED = {
    ("", "pending_payment", "placed"),
    ("", "pending_confirmation", "placed"),
    ("", "paid", "placed"),
    ("pending_payment", "paid", "paid"),
    ("pending_payment", "cancelled", "cancelled_by_buyer"),
    ("pending_payment", "expired", "not_paid_in_time"),
    ("expired", "paid", "paid_late"),
    ("cancelled", "paid", "paid_late"),
    ("pending_confirmation", "confirmed", "confirmed"),
    ("pending_confirmation", "cancelled", "cancelled_by_buyer"),
    ("pending_confirmation", "cancelled", "declined"),
    ("pending_confirmation", "expired", "not_confirmed_in_time"),
    ("confirmed", "cancelled", "cancelled_by_buyer"),
    ("confirmed", "cancelled", "never_sent"),
    *(
        (before, after, "picked_up")
        for before in ("paid", "confirmed")
        for after in ("partially_shipped", "shipped")
    ),
    ("partially_shipped", "shipped", "picked_up"),
    ("partially_shipped", "shipped", "taken_out"),
    ("partially_shipped", "delivered", "taken_out"),
    ("paid", "closed", "taken_out"),
    ("partially_shipped", "closed", "lost_on_the_way"),
    ("shipped", "closed", "lost_on_the_way"),
    ("paid", "delivered", "handed_over"),
    *((before, "delivered", "signed") for before in ("paid", "confirmed", "partially_shipped", "shipped")),
    ("shipped", "delivered", "came_back"),
    ("cancelled", "delivered", "taken_after_all"),
    ("closed", "delivered", "taken_after_all"),
    ("shipped", "completed", "received_by_buyer"),
    ("delivered", "completed", "received_by_buyer"),
    ("delivered", "completed", "receipt_due"),
    *((before, "closed", "refused_at_door") for before in ("confirmed", "partially_shipped", "shipped")),
    *(
        (before, "closed", "refunded_in_full")
        for before in ("paid", "partially_shipped", "shipped", "delivered", "completed")
    ),
}


def test_every_pair_and_cause_is_as_written_here():
    found = {
        (before, after, cause)
        for before, after, cause in product(("", *STATES), STATES, rules.CAUSES)
        if rules.may_move(before, after, cause)
    }
    assert found == ALLOWED


def test_states_and_causes_that_do_not_exist_move_nothing():
    assert not rules.may_move("paid", "nowhere", "signed")
    assert not rules.may_move("pending_payment", "paid", "signed")
    assert not rules.may_move("", "shipped", "placed")


@pytest.mark.parametrize("cause", rules.CAUSES)
def test_sources_and_moves_agree(cause):
    assert rules.sources(cause) == sorted(
        {before for before, after in product(STATES, STATES) if rules.may_move(before, after, cause)}
    )


def test_what_is_over_stays_over_but_for_late_money_cash_at_the_door_and_full_refunds():
    ways_out = {(before, cause) for before, _, cause in ALLOWED if before in rules.FINAL}
    assert ways_out == {
        ("expired", "paid_late"),
        ("cancelled", "paid_late"),
        ("cancelled", "taken_after_all"),
        ("closed", "taken_after_all"),
        ("completed", "refunded_in_full"),
    }


@pytest.mark.parametrize("state", STATES)
def test_every_button_leads_to_a_move(state):
    moves = {"cancel": "cancelled_by_buyer", "receipt": "received_by_buyer", "pay": "paid"}
    for action in rules.actions(state):
        if action in moves:
            assert any(rules.may_move(state, after, moves[action]) for after in STATES)
    for action, cause in moves.items():
        if any(rules.may_move(state, after, cause) for after in STATES):
            assert action in rules.actions(state)


def test_every_state_and_cause_has_words_in_both_languages():
    for text in (*rules.LABELS.values(), *rules.CAUSES.values()):
        assert text.zh
        assert text.en
