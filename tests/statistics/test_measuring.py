"""The libraries that measure and add error, on people made up here."""

from math import exp
from random import Random

import pytest

pytest.importorskip("opendp", reason="make statistics")
pytest.importorskip("anonymeter", reason="make statistics")

import pandas as pd

from mingpu.statistics import attacks, noise
from mingpu.statistics.rules import LIMITS, STATISTICS, scale


def people(many, *, copies=1, chance=5):
    """Rows of the four columns; with copies=1 nothing binds one column to another."""
    random = Random(chance)
    rows = [
        (random.choice("1123"), random.choice(["wechatpay", "alipay"]), random.choice(["fast", "slow"]), random.choice("abcd"))
        for _ in range(many)
    ]  # fmt: skip
    return rows * copies


def test_k_l_and_t_are_those_of_the_set():
    rows = [("1", "alipay", "fast", goods) for goods in "aabb" * 5] + [("2", "alipay", "fast", "a")] * 7
    found = attacks.measure(rows, 0.25)
    assert (found.people, found.k, found.l) == (27, 7, 1)
    # the second kind buys nothing but a: further from the whole than the first
    assert found.t == pytest.approx(1 - 17 / 27, abs=0.01)


def test_counts_with_error_of_many_people_hold_to_the_limits():
    found = attacks.measure(people(1500), 0.25)
    assert found.k >= LIMITS.k
    assert found.l >= LIMITS.l
    assert found.t <= LIMITS.t
    assert found.worst <= LIMITS.risk
    for risk in found.risks.values():
        assert 0 <= risk.low <= risk.value <= risk.high <= 1


def test_attacks_that_work_are_seen_to_work():
    """The same attacks on the rows themselves, as if they had been published: they must gain a lot."""
    random = Random(2)
    rows = pd.DataFrame(
        [[*(random.choice("abcdefgh") for _ in range(7)), str(n % 50)] for n in range(400)],
        columns=[*"pqrstuv", "secret"],
    )
    known = {"kind": list("pqrstuv"), "secret": "secret"}
    found = attacks.risks(rows, lambda inside: inside, **known)
    assert found["singling_out"].value > 0.5
    assert found["linkability"].value > 0.5
    assert found["inference"].value > 0.5
    counted = attacks.risks(rows, lambda inside: attacks.rehearse(inside, 0.25), **known)
    assert max(it.high for it in counted.values()) < 0.3


def test_the_error_has_the_law_it_should_and_no_direction():
    many = 4000
    drawn = noise.laplace([100] * many, 12.0)
    off = [it - 100 for it in drawn]
    assert abs(sum(off) / many) < 1.5  # mean 0, standard error 0.27
    # P(error = 0) of the discrete law: (1 - a) / (1 + a) with a = exp(-1 / scale)
    a = exp(-1 / 12)
    zero = off.count(0) / many
    assert zero == pytest.approx((1 - a) / (1 + a), abs=0.02)
    assert max(abs(it) for it in off) > 30


def test_two_draws_differ():
    assert noise.laplace([1000] * 40, 12.0) != noise.laplace([1000] * 40, 12.0)


@pytest.mark.parametrize("name", STATISTICS)
def test_opendp_agrees_on_what_a_publication_takes(name):
    bound = STATISTICS[name].bound
    assert noise.cost(bound, scale(bound, 0.25)) == pytest.approx(0.25)
