"""Measure search in parts, each by itself or all in turn. Writes docs/measurements/search.*.

    MINGPU_DATA=/path/to/data python -m scripts.measure_search [--only quality variants recognition scale api vectors fuzz]

What was measured of other parts before stays, each with the time of its measuring. Reads `zh_search`, `zh_catalogue`,
`zh_title_ner` and `category_tree_zh` under MINGPU_DATA (default: ../shared/data beside the checkout).
"""

import argparse
import json
import os
import platform
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from scripts import search_scale
from scripts.search_api import api_lines, measure_api
from scripts.search_clock import alone, load
from scripts.search_data import REAL, SEED
from scripts.search_quality import measure_quality, quality_lines
from scripts.search_recognition import measure_recognition, recognition_lines
from scripts.search_variants import measure_variants, variant_lines
from scripts.search_vectors import measure_vectors, vector_lines

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "docs" / "measurements"
PARTS = ("quality", "variants", "recognition", "scale", "api", "vectors", "fuzz")
BIG = 1_000_000
TITLES = {
    "quality": "Quality",
    "variants": "The same queries, written otherwise",
    "recognition": "Brands and product words in titles",
    "scale": "Scale",
    "api": "The API's answer",
    "vectors": "Recall by meaning",
    "fuzz": "Fuzz",
}
SIZED = frozenset({"scale", "api"})  # parts measured at sizes, each kept by itself
LINES: dict[str, Callable[..., Iterator[str]]] = {
    "quality": quality_lines, "variants": variant_lines, "recognition": recognition_lines,
    "scale": search_scale.scale_lines, "api": api_lines, "vectors": vector_lines, "fuzz": search_scale.fuzz_lines,
}  # fmt: skip
ABOUT = (
    "By `python -m scripts.measure_search`, part by part; each says when, and how many processes wanted a core (load) "
    "before and after it. How fast a catalogue is taken in and how soon a change is found is in [catalogue.md](catalogue.md)."
)

Figures = dict[str, Any]


def main() -> None:
    """Measure, write, print."""
    chosen = arguments(sys.argv[1:])
    os.environ.setdefault(
        "DJANGO_SETTINGS_MODULE", "mingpu.settings"
    )  # reading a feed looks for pictures kept
    data = Path(os.environ.get("MINGPU_DATA") or ROOT.parent / "shared" / "data")
    if not (data / "zh_search").is_dir():
        sys.exit(f"no measuring data at {data}; set MINGPU_DATA")
    for part in chosen.only:
        for size in sizes_of(part, chosen):
            print(f"{part} {size or ''}", flush=True)
            keep(OUT, part, size, measured(partial(measure, part, data, size, chosen)))
    sys.stdout.write((OUT / "search.md").read_text(encoding="utf-8"))


def arguments(said: list[str]) -> argparse.Namespace:
    """Return what to measure and how much of it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS, help="parts to measure")
    parser.add_argument("--sizes", type=int, nargs="+", default=[REAL, 100_000, BIG], help="of scale, items")
    parser.add_argument(
        "--log-queries", type=int, default=100_000, help="of scale, queries of the log to ask"
    )
    parser.add_argument("--api-size", type=int, default=BIG, help="of api, items")
    parser.add_argument("--api-queries", type=int, default=20_000, help="of api, queries of the log to ask")
    parser.add_argument("--fuzzed", type=int, default=search_scale.FUZZED, help="of fuzz, queries to make up")
    parser.add_argument(
        "--index", type=Path, help="of scale with one size, and api: where that index is, or is to stay"
    )
    chosen = parser.parse_args(said)
    if chosen.index and len({size for part in SIZED & {*chosen.only} for size in sizes_of(part, chosen)}) > 1:
        parser.error("--index is for one size")
    return chosen


def sizes_of(part: str, chosen: argparse.Namespace) -> list[int]:
    """Return the sizes at which a part is to be measured; 0 alone for a part that has none."""
    sizes: dict[str, list[int]] = {"scale": chosen.sizes, "api": [chosen.api_size]}
    return sizes.get(part, [0])


def measure(part: str, data: Path, size: int, chosen: argparse.Namespace) -> Figures:
    """Measure one part at one size; 0 for a part that has none."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "index"
        alike: dict[str, Callable[[], Figures]] = {
            "quality": partial(measure_quality, data / "zh_search", place),
            "variants": partial(measure_variants, data / "zh_search", place),
            "recognition": partial(measure_recognition, data / "zh_title_ner", place),
            "api": partial(measure_api, data, size, chosen.api_queries, chosen.index),
            "vectors": partial(alone, measure_vectors, place),
            "fuzz": partial(measure_fuzz, data, place, chosen.fuzzed),
            "scale": partial(measure_scale, data, chosen.index or place, size, chosen.log_queries),
        }
        return alike[part]()


def measure_fuzz(data: Path, place: Path, count: int) -> Figures:
    """Build an index of the real items and ask it made-up queries; each in a process of its own."""
    alone(search_scale.build, data, place, REAL)
    return alone(search_scale.fuzz, data, place, count)


def measure_scale(data: Path, place: Path, size: int, queries: int) -> Figures:
    """Build an index of `size` items where there is none, and replay the log; each in a process of its own."""
    there = alone(search_scale.held, place)
    if there not in {0, size}:
        sys.exit(f"the index at {place} holds {there:,} items, not {size:,}")
    if not there:
        alone(search_scale.build, data, place, size)
        print(f"built: {search_scale.built(place)}", flush=True)
    return alone(search_scale.replay, data, place, queries)


def measured(run: Callable[[], Figures]) -> Figures:
    """Return figures with when they were measured, on what, and under which load."""
    before = load()
    figures = run()
    return {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "load_before": before,
        "load_after": load(),
        "figures": figures,
    }


def keep(out: Path, part: str, size: int, found: Figures) -> None:
    """Put what was measured in the place of what was known of that part, and write figures and page."""
    out.mkdir(parents=True, exist_ok=True)
    path = out / "search.json"
    known: Figures = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    parts: Figures = known.get("parts", {})
    if size:
        parts.setdefault(part, {})[str(size)] = found
    else:
        parts[part] = found
    text = json.dumps({"seed": SEED, "parts": parts}, ensure_ascii=False, indent=2)
    path.write_text(text + "\n", encoding="utf-8")
    (out / "search.md").write_text("\n".join(page_lines(parts)) + "\n", encoding="utf-8")


def page_lines(parts: Figures) -> Iterator[str]:
    """Yield the page of Markdown, parts in their order, sizes from small to large."""
    yield from ("# Search, measured", "", f"{ABOUT} Seed {SEED}.")
    for part in (it for it in PARTS if it in parts):
        yield from ("", f"## {TITLES[part]}")
        if part not in SIZED:
            yield from ("", _when(parts[part]), "", *LINES[part](parts[part]["figures"]))
            continue
        for size, found in sorted(parts[part].items(), key=lambda it: int(it[0])):
            yield from ("", f"### {int(size):,} items", "", _when(found), "")
            yield from LINES[part](size, found["figures"])


def _when(found: Figures) -> str:
    return (
        f"Measured at {found['measured_at']}, Python {found['python']}, {found['cores']} cores, load "
        f"{found['load_before']} before and {found['load_after']} after."
    )


if __name__ == "__main__":
    main()
