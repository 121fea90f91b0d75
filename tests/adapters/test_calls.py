import time

import pytest

from mingpu.adapters.calls import CallFailed, trying, worth_another_try


class Calls:
    """A call that behaves as told, in turn."""

    def __init__(self, *outcomes):
        self.waiting = list(outcomes)

    def __call__(self):
        outcome = self.waiting.pop(0)
        if isinstance(outcome, CallFailed):
            raise outcome
        return outcome


PASSING = CallFailed(permanent=False, code="passing")
FINAL = CallFailed(permanent=True, code="final")


def test_an_answer_ends_it():
    call = Calls("yes", "never")
    assert trying(call, attempts=3) == "yes"
    assert call.waiting == ["never"]


def test_what_may_pass_is_tried_again_after_a_moment():
    started = time.monotonic()
    assert trying(Calls(PASSING, "yes"), attempts=2) == "yes"
    assert 0.05 <= time.monotonic() - started < 5


def test_what_cannot_pass_is_not_tried_again():
    call = Calls(FINAL, "never")
    with pytest.raises(CallFailed, match="final"):
        trying(call, attempts=5)
    assert call.waiting == ["never"]


@pytest.mark.parametrize("attempts", [1, 2, 3])
def test_tries_end(attempts):
    call = Calls(*[PASSING] * 5)
    with pytest.raises(CallFailed, match="passing"):
        trying(call, attempts=attempts)
    assert len(call.waiting) == 5 - attempts


def test_other_errors_are_not_swallowed():
    def broken():
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        trying(broken, attempts=3)


@pytest.mark.parametrize(
    ("status", "worth"), [(400, False), (401, False), (404, False), (429, True), (500, True), (503, True)]
)
def test_which_refusals_may_pass(status, worth):
    assert worth_another_try(status) is worth
