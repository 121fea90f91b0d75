"""What attacks on published counts would gain: k, l and t by pyCANON, three attacks by anonymeter.

The attacker is given all there would be to see: counts of every column of the set, with the error of a publication, and
people made up from them. Half of the set stands behind those counts, the other half does not; what an attack gets
right about the first beyond what it gets right about the second, it owes to the publication. Imported by what
measures and by nothing else: it takes seconds and many megabytes.
"""

import logging
import warnings
from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Any

import pandas as pd
from anonymeter.evaluators import InferenceEvaluator, LinkabilityEvaluator, SinglingOutEvaluator
from pycanon import anonymity

from mingpu.statistics.noise import laplace
from mingpu.statistics.rules import SURE, Measures, Risk, scale

COLUMNS = ("often", "payment", "speed", "goods")
KIND, SECRET = list(COLUMNS[:3]), COLUMNS[3]
ATTEMPTS = 500  # guesses an attack makes
TRIES = 20_000  # to find a description that fits nobody else
# They warn where an attack does no better than guessing, which is the aim.
logging.getLogger("anonymeter").setLevel(logging.ERROR)


def measure(profiles: Sequence[tuple[str, ...]], epsilon: float) -> Measures:
    """Measure a set of kinds of people, of the columns of `COLUMNS`, under counts with a share epsilon of the budget."""
    people = pd.DataFrame(profiles, columns=list(COLUMNS))
    return Measures(
        people=len(people),
        k=int(anonymity.k_anonymity(people, KIND)),
        l=int(anonymity.l_diversity(people, KIND, [SECRET])),
        t=float(anonymity.t_closeness(people, KIND, [SECRET])),
        risks=risks(people, lambda inside: rehearse(inside, epsilon), kind=KIND, secret=SECRET),
    )


def risks(people: Any, publish: Callable[[Any], Any], *, kind: list[str], secret: str) -> Mapping[str, Risk]:
    """Return what each attack gains on a frame of people.

    publish: turns those inside into people as an attacker would make them up from what is published. kind: what an attacker knows of somebody; secret: what it is after.
    """
    mixed = people.sample(frac=1, random_state=1).reset_index(drop=True)
    half = len(mixed) // 2
    inside, outside = mixed[:half], mixed[half:]
    made_up = publish(inside)
    attempts = min(ATTEMPTS, half)
    between = max(1, len(kind) // 2)
    evaluators = {
        "singling_out": SinglingOutEvaluator(
            ori=inside, syn=made_up, control=outside, n_attacks=attempts, n_cols=3, max_attempts=TRIES, seed=1
        ),
        "linkability": LinkabilityEvaluator(
            ori=inside, syn=made_up, control=outside, n_attacks=attempts,
            aux_cols=(kind[:between], [*kind[between:], secret]), n_neighbors=1,
        ),
        "inference": InferenceEvaluator(
            ori=inside, syn=made_up, control=outside, n_attacks=attempts, aux_cols=kind, secret=secret
        ),
    }  # fmt: skip
    return {name: _risk(it) for name, it in evaluators.items()}


def rehearse(people: Any, epsilon: float) -> Any:
    """Return people made up from counts with error, as many as there are: what a publication tells, and no more.

    Each column is counted by itself, one row a person, with a share epsilon.
    """
    chance = Random(1)  # noqa: S311 -- draws from what is public already
    made: dict[str, list[Any]] = {}
    for column in people.columns:
        counts = people[column].value_counts().sort_index()
        noisy = laplace([int(n) for n in counts], scale(1, epsilon))
        weights = [max(0, n) for n in noisy]
        if not sum(weights):
            weights = [1] * len(weights)
        made[column] = chance.choices(list(counts.index), weights, k=len(people))
    return pd.DataFrame(made)


def _risk(evaluator: Any) -> Risk:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            evaluator.evaluate() if isinstance(evaluator, SinglingOutEvaluator) else evaluator.evaluate(
                n_jobs=1
            )
            found = evaluator.risk(confidence_level=SURE)
        except RuntimeError:  # no description fits a single person, so nobody can be singled out
            return Risk(0.0, 0.0, 0.0)
    low, high = (min(1.0, max(0.0, float(it))) for it in found.ci)
    return Risk(round(min(1.0, max(0.0, float(found.value))), 4), round(low, 4), round(high, 4))
