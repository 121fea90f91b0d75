"""Measure search: quality on judged queries, latency on a real query log. Writes docs/measurements/search.*.

    MINGPU_DATA=/path/to/data python scripts/measure_search.py [--log-queries 100000]

Reads `zh_search` and `zh_catalogue` under MINGPU_DATA (default: ../shared/data beside the checkout).
"""

import argparse
import json
import os
import platform
import random
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from statistics import mean
from typing import Any
from uuid import NAMESPACE_OID, uuid5

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # the script runs from a checkout, installed or not

from mingpu.catalog.feed import FeedItem, read_feed  # noqa: E402
from mingpu.search.index import TantivyIndex  # noqa: E402
from mingpu.search.ranking import Weights  # noqa: E402
from mingpu.search.rules import Document, SearchQuery  # noqa: E402

SEED = 20_240_601
RESAMPLES = 10_000
HALVINGS = 200
CUT = 10
TARGETS = {"mrr10": 0.78, "recall10": 0.90, "recall100": 0.96, "facet_mrr10": 0.985, "p99_ms": 10.0}
OUT = ROOT / "docs" / "measurements"

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


@dataclass(frozen=True)
class Judged:
    """A query and the titles' ids that people found relevant to it."""

    text: str
    relevant: frozenset[str]


@dataclass(frozen=True)
class Ranks:
    """Per query, the place (from 1) of the first relevant title among the first 100; 0 when absent."""

    places: tuple[int, ...]

    def mrr(self) -> list[float]:
        """Return one reciprocal rank per query, 0 below place 10."""
        return [1 / place if 0 < place <= CUT else 0.0 for place in self.places]

    def recall(self, depth: int) -> list[float]:
        """Return per query whether a relevant title came within `depth`."""
        return [float(0 < place <= depth) for place in self.places]


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--log-queries", type=int, default=100_000, help="queries of the log to time")
    chosen = parser.parse_args()
    data = Path(os.environ.get("MINGPU_DATA") or ROOT.parent / "shared" / "data")
    if not (data / "zh_search").is_dir():
        sys.exit(f"no measuring data at {data}; set MINGPU_DATA")
    with tempfile.TemporaryDirectory() as place:
        found: dict[str, Any] = {
            "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "machine": {"python": platform.python_version(), "cores": os.cpu_count(), "load_before": _load()},
            "seed": SEED,
            "targets": TARGETS,
            "quality": measure_quality(data / "zh_search", Path(place) / "judged"),
            "latency": measure_latency(data, Path(place) / "catalogue", chosen.log_queries),
        }
    found["machine"]["load_after"] = _load()
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / "search.json").write_text(json.dumps(found, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    page = as_page(found)
    (OUT / "search.md").write_text(page, encoding="utf-8")
    sys.stdout.write(page)


def measure_quality(data: Path, place: Path) -> dict[str, Any]:
    """Return the judged figures with their intervals, each cutting alone, and the check by halves."""
    names = quality_index(data, place)
    queries, facets = judged(data), facet_queries(data)

    def tried(weights: Weights, asked: Sequence[Judged]) -> Ranks:
        return ranks(TantivyIndex(place, weights=weights), asked, names)

    dev, guard = tried(Weights(), queries), tried(Weights(), facets)
    return {
        "titles": len(names),
        "queries": len(queries),
        "facet_queries": len(facets),
        "mrr10": _interval(dev.mrr()),
        **{f"recall{depth}": _interval(dev.recall(depth)) for depth in (1, 10, 100)},
        "facet_mrr10": _interval(guard.mrr()),
        "alone": {name: round(mean(tried(w, queries).mrr()), 4) for name, w in ALONE.items()},
        "halves": _halves([tried(weights, queries).mrr() for weights in GRID], dev.mrr()),
    }


def quality_index(data: Path, place: Path) -> dict[str, str]:
    """Index the judged titles at `place`; return product id -> the title's id in the judgements."""
    titles = [line.split("\t", 1) for line in _rows(data / "docs.tsv")]
    names = {str(uuid5(NAMESPACE_OID, name)): name for name, _ in titles}
    TantivyIndex(place).rebuild(
        Document(product_id, title) for product_id, (_, title) in zip(names, titles, strict=True)
    )
    return names


def measure_latency(data: Path, place: Path, count: int) -> dict[str, Any]:
    """Return milliseconds of searches, filtered searches, browsing and suggestions, and what the log finds."""
    rows = [item for item in read_feed(data / "zh_catalogue") if isinstance(item, FeedItem)]
    documents = [as_document(item) for item in rows]
    index = TantivyIndex(place)
    started = time.perf_counter()
    index.rebuild(documents)
    built = time.perf_counter() - started
    log = (data / "zh_search" / "query_log.txt").read_text(encoding="utf-8").splitlines()
    chance = random.Random(SEED)  # noqa: S311 - sampling, not secrets
    chance.shuffle(log)
    log = log[:count]
    for query in log[:200]:  # the first touch of a page of the file is not what is measured
        index.search(SearchQuery(q=query))
    pages: list[tuple[int, bool]] = []

    def plain(query: str) -> None:
        page = index.search(SearchQuery(q=query))
        pages.append((page.total, page.corrected_query is not None))

    some = log[: max(1, count // 10)]
    narrow = SearchQuery(min_price_fen=50_00, max_price_fen=300_00, in_stock=True, sort="price")
    brands = [facet.value for facet in index.search(SearchQuery()).facets.brand]
    timed = {
        "search": _timed(plain, log),
        "search, filtered": _timed(lambda q: index.search(replace(narrow, q=q)), some),
        "browse a brand": _timed(lambda b: index.search(SearchQuery(brand=b)), brands * 10),
        "browse all": _timed(lambda _: index.search(SearchQuery()), some[:1000]),
        "suggest": _timed(index.suggest, [query[: chance.randint(1, 4)] for query in some]),
    }
    return {
        "items": len(documents),
        "build_seconds": round(built, 1),
        "queries": len(log),
        "found_nothing": round(mean(total == 0 for total, _ in pages), 4),
        "mended": round(mean(mended for _, mended in pages), 4),
        "ms": timed,
    }


def as_page(found: dict[str, Any]) -> str:
    """Return the figures as a page of Markdown."""
    machine = found["machine"]
    lines = [
        "# Search, measured",
        "",
        (
            f"By `scripts/measure_search.py` at {found['measured_at']}; seed {found['seed']}; {machine['cores']} cores "
            f"under a load of {machine['load_before']} before and {machine['load_after']} after."
        ),
        "",
        *_quality_lines(found["quality"]),
        *_latency_lines(found["latency"]),
    ]
    return "\n".join(lines)


def _quality_lines(quality: dict[str, Any]) -> list[str]:
    names = {
        "mrr10": f"MRR@10 (target ≥ {TARGETS['mrr10']})",
        "recall1": "recall@1",
        "recall10": "recall@10",
        "recall100": "recall@100",
        "facet_mrr10": f"brand + product queries, MRR@10 (target ≥ {TARGETS['facet_mrr10']})",
    }
    halves = quality["halves"]
    head = (
        f"## Quality: {quality['queries']} judged queries, {quality['facet_queries']} brand + product queries, "
        f"{quality['titles']:,} titles"
    )
    overfitting = (
        f"Overfitting: the queries were halved at random {halves['halvings']} times; the best of "
        f"{halves['settings']} settings on one half scores {halves['chosen_on_other_half']:.3f} on the other, "
        f"and the settings in use score {halves['in_use']:.3f}; over all queries the {halves['settings']} "
        f"settings lie between {halves['worst']:.3f} and {halves['best']:.3f}. These vary the weights of pairs and "
        "words and the share of a query that makes a hit. The shape itself (single characters, no term frequency, "
        "almost no length normalisation) was chosen looking at the same queries, which this check cannot see: "
        "expect somewhat less on queries not seen yet."
    )
    return [
        head,
        "",
        "| figure | value, bootstrap 95 % interval |",
        "|---|---|",
        *(f"| {name} | {_with_interval(quality[key])} |" for key, name in names.items()),
        "",
        "Each way of cutting text alone, under the same rule for what is a hit:",
        "",
        "| cutting | MRR@10 |",
        "|---|---|",
        *(f"| {name} | {value:.3f} |" for name, value in quality["alone"].items()),
        f"| together | {quality['mrr10']['value']:.3f} |",
        "",
        overfitting,
        "",
    ]


def _latency_lines(latency: dict[str, Any]) -> list[str]:
    remarks = (
        f"Target: search p99 ≤ {TARGETS['p99_ms']:.0f} ms. The index is built in {latency['build_seconds']} s. "
        f"Of the {latency['queries']:,} queries of the log, {latency['found_nothing']:.1%} find nothing and "
        f"{latency['mended']:.2%} find something after mending."
    )
    return [
        f"## Latency: {latency['items']:,} items, one thread, 24 hits with all facets, milliseconds",
        "",
        "| call | times | p50 | p99 | max |",
        "|---|---|---|---|---|",
        *(
            f"| {name} | {ms['count']:,} | {ms['p50']:.2f} | {ms['p99']:.2f} | {ms['max']:.2f} |"
            for name, ms in latency["ms"].items()
        ),
        "",
        remarks,
        "",
    ]


def _load() -> float:
    """Return how many processes wanted a core in the last minute: others' work slows ours."""
    return round(os.getloadavg()[0], 1)


def _rows(path: Path) -> list[str]:
    """Return the lines of a table under its header."""
    return path.read_text(encoding="utf-8").splitlines()[1:]


def judged(data: Path) -> list[Judged]:
    """Return the judged queries of the development half."""
    relevant: dict[str, set[str]] = {}
    for line in _rows(data / "qrels.dev.tsv"):
        query, title, _ = line.split("\t")
        relevant.setdefault(query, set()).add(title)
    rows = [line.split("\t", 1) for line in _rows(data / "queries.dev.tsv")]
    return [Judged(text, frozenset(relevant[query])) for query, text in rows]


def facet_queries(data: Path) -> list[Judged]:
    """Return the derived brand + product queries of the development half."""
    rows = [line.split("\t") for line in _rows(data / "facet_queries.dev.tsv")]
    return [Judged(text, frozenset(titles.replace(",", " ").split())) for text, titles in rows]


def ranks(index: TantivyIndex, asked: Sequence[Judged], names: dict[str, str]) -> Ranks:
    """Return where each query finds its first relevant title. names: as `quality_index` returns them."""
    places = []
    for query in asked:
        hits = [names[hit] for hit in index.search(SearchQuery(q=query.text, page_size=100)).product_ids]
        places.append(next((place for place, hit in enumerate(hits, 1) if hit in query.relevant), 0))
    return Ranks(tuple(places))


def as_document(item: FeedItem) -> Document:
    """Return a catalogue row as the index would get it."""
    return Document(
        product_id=str(uuid5(NAMESPACE_OID, f"{item.source} {item.external_id}")),
        title=f"{item.title} {item.subtitle}",
        brand=item.brand,
        category=item.category_path,
        attributes_text=" ".join(f"{name} {' '.join(values)}" for name, values in item.attributes.items()),
        price_fen=item.price_fen,
        in_stock=item.for_sale,
        sales=item.sales,
        skus=tuple(sku.code for sku in item.skus if sku.code),
        merchant=item.merchant,
    )


def _timed(call: Callable[[str], object], arguments: Sequence[str]) -> dict[str, float]:
    taken = []
    for argument in arguments:
        started = time.perf_counter()
        call(argument)
        taken.append((time.perf_counter() - started) * 1000)
    taken.sort()
    at = {
        name: taken[min(len(taken) - 1, int(len(taken) * share))]
        for name, share in (("p50", 0.5), ("p99", 0.99))
    }
    return {"count": len(taken)} | {
        name: round(value, 3) for name, value in (at | {"max": taken[-1]}).items()
    }


def _interval(values: Sequence[float]) -> dict[str, float]:
    """Return the mean and its bootstrap 95 % interval."""
    chance = random.Random(SEED)  # noqa: S311 - resampling, not secrets
    means = sorted(mean(chance.choices(values, k=len(values))) for _ in range(RESAMPLES))
    low, high = means[int(RESAMPLES * 0.025)], means[int(RESAMPLES * 0.975)]
    return {"value": round(mean(values), 4), "low": round(low, 4), "high": round(high, 4)}


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


def _with_interval(figure: dict[str, float]) -> str:
    return f"{figure['value']:.3f} ({figure['low']:.3f}–{figure['high']:.3f})"


if __name__ == "__main__":
    main()
