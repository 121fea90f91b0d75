"""What the browser keeps of a round: sealed, short-lived, of one kind; and what is kept of elsewhere's words."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import asdict, replace
from datetime import timedelta
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingpu.accounts import linking_rules as rules
from mingpu.accounts.errors import RoundOver
from mingpu.adapters.signin import About
from mingpu.lib.clock import now


def ticket(**changes) -> rules.Ticket:
    made = rules.new_ticket(
        provider="wechat", intent="link", kind="web", redirect="https://m.example/back", inside=False, person="ab", onward="/x"
    )  # fmt: skip
    return replace(made, **changes)


def test_a_ticket_comes_back_as_it_went_and_says_nothing_meanwhile():
    it = ticket()
    text = rules.sealed(it)
    assert rules.opened(rules.Ticket, text) == it
    assert text.isascii()
    assert len(text) < rules.LONGEST
    for secret in (it.state, it.nonce, it.verifier):
        assert secret not in text + repr(it)
    assert rules.sealed(it) != text


def test_each_round_has_secrets_of_its_own():
    first, second = ticket(), ticket()
    for name in ("state", "nonce", "verifier"):
        assert getattr(first, name) != getattr(second, name)
        assert len(getattr(first, name)) >= 43
    assert (first.round().fresh, replace(first, intent="login").round().fresh) == (True, False)


def test_one_kind_does_not_pass_for_the_other():
    arrival = rules.new_arrival(
        ticket(), mark=b"m" * 16, about=About(nickname="林", avatar="https://a.example/1")
    )
    assert rules.opened(rules.Arrival, rules.sealed(arrival)) == arrival
    for kind, other in ((rules.Ticket, arrival), (rules.Arrival, ticket())):
        with pytest.raises(RoundOver):
            rules.opened(kind, rules.sealed(other))
    assert "林" not in repr(arrival)


@pytest.mark.parametrize(("seconds", "fine"), [(0, True), (600, True), (601, False), (-5, False)])
def test_ten_minutes(seconds, fine):
    moment = now().replace(microsecond=0)
    text = rules.sealed(ticket(at=int(moment.timestamp())))
    with patch("mingpu.accounts.linking_rules.now", lambda: moment + timedelta(seconds=seconds)):
        if fine:
            assert rules.opened(rules.Ticket, text)
        else:
            with pytest.raises(RoundOver):
                rules.opened(rules.Ticket, text)


@given(st.text(max_size=300) | st.binary(max_size=300).map(lambda raw: raw.hex()))
def test_nothing_else_opens(text):
    with pytest.raises(RoundOver):
        rules.opened(rules.Ticket, text)


@given(st.integers(0, 400), st.integers(1, 255))
def test_nothing_altered_opens(place, change):
    raw = bytearray(urlsafe_b64decode(rules.sealed(ticket()) + "=="))
    raw[place % len(raw)] ^= change
    with pytest.raises(RoundOver):
        rules.opened(rules.Ticket, urlsafe_b64encode(bytes(raw)).decode())


def test_an_answer_is_held_against_its_round():
    it = ticket()
    right = {"provider": "wechat", "kind": "web", "state": it.state, "person": "ab"}
    rules.hold(it, **right)
    for name, wrong in (
        ("provider", "openid"),
        ("kind", "api"),
        ("state", ticket().state),
        ("state", ""),
        ("person", "cd"),
        ("person", ""),
    ):
        with pytest.raises(RoundOver):
            rules.hold(it, **(right | {name: wrong}))
    rules.hold(replace(it, intent="login", person=""), **(right | {"person": "anybody"}))
    assert set(asdict(it)) == {
        "provider",
        "intent",
        "kind",
        "state",
        "nonce",
        "verifier",
        "redirect",
        "inside",
        "person",
        "onward",
        "at",
    }


@pytest.mark.parametrize(
    ("told", "kept"),
    [("  林 知夏\n", "林 知夏"), ("a\x00b\u202ec", "a b c"), ("x" * 99, "x" * 40), ("\u200b", ""), ("", ""), ("😀", "😀")],
    ids=["blanks", "controls", "long", "nothing-to-see", "empty", "emoji"],
)  # fmt: skip
def test_nicknames_of_elsewhere(told, kept):
    assert rules.nickname(told) == kept


@pytest.mark.parametrize(
    ("told", "fine"),
    [
        ("https://thirdwx.qlogo.cn/mmopen/x/132", True), ("http://thirdwx.qlogo.cn/x", False), ("javascript:alert(1)", False),
        ("data:image/png;base64,AAAA", False), ("https://user@a.example/", False), ("https://a.example/ b", False),
        ("//a.example/x", False), ("https://", False), ("https://[", False), ("https://a.example/" + "x" * 500, False), ("", False),
    ],
    ids=["tls", "plain", "script", "data", "user", "blank", "no-scheme", "no-host", "broken", "long", "none"],
)  # fmt: skip
def test_addresses_of_pictures(told, fine):
    assert rules.avatar(told) == (told if fine else "")


def test_who_somebody_is_there_is_kept_as_a_hash_of_service_and_subject():
    marks = {
        rules.mark_of(*it) for it in (("wechat", "a"), ("openid", "a"), ("wechat", "b"), ("wechat", "a"))
    }
    assert len(marks) == 3
    assert all(len(it) == 16 for it in marks)
