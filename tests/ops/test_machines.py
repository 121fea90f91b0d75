"""The drawn machines are those that run."""

from scripts.draw_machines import MACHINES, PAGE, page


def test_the_page_is_drawn_from_the_tables_that_run():
    assert PAGE.read_text() == page(), "run `python -m scripts.draw_machines`"


def test_every_state_of_every_machine_can_be_reached_and_left_or_is_an_end():
    for name, _, moves in MACHINES:
        after = {to for _, to in moves}
        starts = {before for before, _ in moves} - after
        assert starts, f"{name} has no beginning"
