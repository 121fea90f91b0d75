"""How good search is on judged queries, and how much of that comes from which way of cutting text."""

import random
from collections.abc import Iterator, Sequence
from itertools import product
from pathlib import Path
from statistics import mean
from typing import Any

from mingpu.search.ranking import Weights
from scripts.search_clock import interval
from scripts.search_data import SEED, Judged, Ranks, facet_queries, index_at, judged, quality_index, ranks
from scripts.search_variants import with_interval

HALVINGS = 200
TARGETS = {"mrr10": 0.78, "recall10": 0.90, "recall100": 0.96, "facet_mrr10": 0.985}
FIGURES = {
    "mrr10": "MRR@10",
    "recall1": "recall@1",
    "recall10": "recall@10",
    "recall100": "recall@100",
    "facet_mrr10": "brand + product queries, MRR@10",
}

# Each way of cutting text alone, to see what the combination gains. The rule for what is a hit stays.
ALONE = {
    "characters only": Weights(pairs=0, parts=0, more=0),
    "pairs only": Weights(units=0, parts=0, more=0),
    "words only": Weights(units=0, pairs=0, more=0),
}
# The settings the check for overfitting chooses among: two weights, and the share of a query that makes a hit.
GRID = [
    Weights(pairs=pairs, parts=words, alike=share)
    for pairs, words, share in product((0.25, 0.5, 1.0), (0.0, 0.25, 0.5, 1.0), (0.5, 1.0, 1.5))
]


def measure_quality(data: Path, place: Path) -> dict[str, Any]:
    """Return the judged figures with their intervals, each cutting alone, and the check by halves. data: zh_search."""
    names = quality_index(data, place)
    queries, facets = judged(data), facet_queries(data)

    def tried(weights: Weights, asked: Sequence[Judged]) -> Ranks:
        return ranks(index_at(place, weights), asked, names)

    dev, guard = tried(Weights(), queries), tried(Weights(), facets)
    return {
        "titles": len(names),
        "queries": len(queries),
        "facet_queries": len(facets),
        "mrr10": interval(dev.mrr()),
        **{f"recall{depth}": interval(dev.recall(depth)) for depth in (1, 10, 100)},
        "facet_mrr10": interval(guard.mrr()),
        "alone": {name: round(mean(tried(w, queries).mrr()), 4) for name, w in ALONE.items()},
        "halves": _halves([tried(weights, queries).mrr() for weights in GRID], dev.mrr()),
    }


def quality_lines(quality: dict[str, Any]) -> Iterator[str]:
    """Yield the figures as lines of Markdown."""
    yield from (
        (
            f"{quality['queries']} judged queries, {quality['facet_queries']} brand + product queries, "
            f"{quality['titles']:,} titles; the index is asked with the words a mall begins with."
        ),
        "",
        "| figure | target | value, bootstrap 95 % interval |",
        "|---|---|---|",
    )
    for key, name in FIGURES.items():
        yield f"| {name} | {f'≥ {TARGETS[key]}' if key in TARGETS else ''} | {with_interval(quality[key])} |"
    yield from (
        "",
        "Each way of cutting text alone, under the same rule for what is a hit:",
        "",
        "| cutting | MRR@10 |",
        "|---|---|",
        *(f"| {name} | {value:.3f} |" for name, value in quality["alone"].items()),
        f"| together | {quality['mrr10']['value']:.3f} |",
        "",
        _overfitting(quality["halves"]),
    )


def _overfitting(halves: dict[str, Any]) -> str:
    return (
        f"Overfitting: the queries were halved at random {halves['halvings']} times; the best of "
        f"{halves['settings']} settings on one half scores {halves['chosen_on_other_half']:.3f} on the other, "
        f"and the settings in use score {halves['in_use']:.3f}; over all queries the {halves['settings']} "
        f"settings lie between {halves['worst']:.3f} and {halves['best']:.3f}. These vary the weights of pairs and "
        "words and the share of a query that makes a hit. That check cannot see the rest: the shape of the formula, "
        "the other weights, and the synonyms and stop words a mall begins with were all chosen while looking at these "
        "very queries. Expect less on queries not seen yet."
    )


def _halves(tried: Sequence[Sequence[float]], in_use: Sequence[float]) -> dict[str, float]:
    """Choose the best setting on random halves and score it on the other halves."""
    chance = random.Random(SEED)  # noqa: S311 - sampling, not secrets
    chosen, ours = [], []
    for _ in range(HALVINGS):
        order = list(range(len(in_use)))
        chance.shuffle(order)
        one, other = order[: len(order) // 2], order[len(order) // 2 :]
        best = max(tried, key=lambda scores: mean(scores[i] for i in one))
        chosen.append(mean(best[i] for i in other))
        ours.append(mean(in_use[i] for i in other))
    means = [mean(scores) for scores in tried]
    return {
        "halvings": HALVINGS,
        "settings": len(tried),
        "chosen_on_other_half": round(mean(chosen), 4),
        "in_use": round(mean(ours), 4),
        "worst": round(min(means), 4),
        "best": round(max(means), 4),
    }
