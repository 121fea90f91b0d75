"""How fast search is, and how large: a real query log against catalogues of several sizes; and no query breaks it."""

import gc
import json
import random
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from statistics import mean
from typing import Any

from mingpu.search.index import TantivyIndex
from mingpu.search.rules import SearchQuery
from scripts.search_clock import pin, spread, timed
from scripts.search_data import REAL, SEED, Documents, index_at, query_log

TARGETS = {"search": 10.0, "search, filtered": 10.0, "suggest": 5.0}  # p99, milliseconds
FIRST_TOUCH = 200  # queries before the clock runs: reading a file's pages in is not what is measured
BUILT = "built.json"  # beside the index
LONGEST = 10_000
FUZZED = 20_000
SLOW = 100.0  # milliseconds of its own time: a query that takes more is a slow one
MB = 1_000_000

# From where fuzz takes its characters.
ALPHABETS = (
    (0x20, 0x7E), (0x00, 0x1F), (0x4E00, 0x9FFF), (0x80, 0x2FF), (0x300, 0x36F), (0x590, 0x6FF), (0x2000, 0x206F),
    (0x3040, 0x30FF), (0xAC00, 0xD7A3), (0xD800, 0xDFFF), (0xE000, 0xF8FF), (0xFF00, 0xFFEF), (0x1F300, 0x1FAFF),
    (0x20000, 0x2FFFF), (0x0, 0x10FFFF),
)  # fmt: skip
OPERATORS = (
    "AND", "OR", "NOT", "*", "?", '"', "(", ")", "[", "]", "{", "}", "+", "-", "^", "~", ":", "title:", "/.*/", "\\", "||", "&&",
    "<", ">", "%", "'", ";--", "\x00", "\u202e", "\ufeff", "\u200d", "👩‍👩‍👧‍👦", "🇨🇳", "😀", "…", "　", "\n", "2米", "1e309", "-0", "NaN",
)  # fmt: skip


def build(data: Path, place: Path, size: int) -> None:
    """Index `size` items at a place, and note there what it took, making the items included."""
    began, spent = time.perf_counter(), time.process_time()
    TantivyIndex(place).rebuild(Documents(data, size))
    seconds = time.perf_counter() - began
    taken = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": round(seconds, 1),
        "own_seconds": round(time.process_time() - spent, 1),
        "per_second": round(size / seconds, 1),
    }
    (place / BUILT).write_text(json.dumps(taken), encoding="utf-8")


def built(place: Path) -> dict[str, Any] | None:
    """Return when the index at a place was built and what it took; None when that was not noted."""
    note = place / BUILT
    return json.loads(note.read_text(encoding="utf-8")) if note.exists() else None


def held(place: Path) -> int:
    """Return how many items an index already holds."""
    return TantivyIndex(place).count()


def replay(data: Path, place: Path, count: int) -> dict[str, Any]:
    """Ask the index at a place `count` queries of the log, on one core; return times, what was found, and sizes."""
    pin()
    index, log = index_at(place), query_log(data)[:count]
    bare = _memory()
    for query in log[:FIRST_TOUCH]:
        index.search(SearchQuery(q=query))
    gc.freeze()  # as each of the mall's web processes does
    pages: list[tuple[int, bool]] = []

    def plain(query: str) -> None:
        page = index.search(SearchQuery(q=query))
        pages.append((page.total, page.corrected_query is not None))

    chance = random.Random(SEED)  # noqa: S311 - sampling, not secrets
    some = log[: max(1, count // 10)]
    narrow = SearchQuery(min_price_fen=50_00, max_price_fen=300_00, in_stock=True, sort="price")
    brands = [facet.value for facet in index.search(SearchQuery()).facets.brand]
    ms = {
        "search": timed(plain, log),
        "search, filtered": timed(lambda q: index.search(replace(narrow, q=q)), some),
        "browse a brand": timed(lambda b: index.search(SearchQuery(brand=b)), brands * 10),
        "browse all": timed(lambda _: index.search(SearchQuery()), some[:200]),
        "suggest": timed(index.suggest, [query[: chance.randint(1, 4)] for query in some]),
    }
    return {
        "items": index.count(),
        "build": built(place),
        "queries": len(log),
        "ms": ms,
        "found_nothing": round(mean(total == 0 for total, _ in pages), 4),
        "mended": round(mean(mended for _, mended in pages), 4),
        "median_hits": sorted(total for total, _ in pages)[len(pages) // 2],
        "disk_mb": _disk(place),
        "memory_mb": {"before": bare, "after": _memory()},
    }


def fuzz(data: Path, place: Path, count: int) -> dict[str, Any]:
    """Ask the index at a place `count` made-up queries, searching and suggesting; return errors and times."""
    pin()
    index = index_at(place)
    words = query_log(data)
    for query in words[:FIRST_TOUCH]:
        index.search(SearchQuery(q=query))
    gc.freeze()  # as each of the mall's web processes does
    errors: Counter[str] = Counter()
    own, slowest = [], (0.0, "")
    for query in made_up(words, count):
        began = time.thread_time()
        try:
            index.search(SearchQuery(q=query))
            index.suggest(query)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is counted
            errors[f"{type(error).__name__}: {error}"[:200]] += 1
        own.append((time.thread_time() - began) * 1000)
        slowest = max(slowest, (own[-1], ascii(query[:80])))
    print(f"slowest: {slowest[1]}", flush=True)
    return {
        "items": index.count(),
        "queries": count,
        "longest": LONGEST,
        "errors": dict(errors),
        "slow": sum(taken > SLOW for taken in own),
        "own": spread(own),
    }


def made_up(words: list[str], count: int) -> Iterator[str]:
    """Yield `count` queries of chance, always the same, as short as one character and as long as `LONGEST`."""
    chance = random.Random(SEED)  # noqa: S311 - sampling, not secrets
    for _ in range(count):
        length = int(LONGEST ** chance.random())
        parts: list[str] = []
        left = length
        while left > 0:
            parts.append(_part(chance, words, left))
            left -= len(parts[-1])
        yield "".join(parts)[:length]


def _part(chance: random.Random, words: list[str], length: int) -> str:
    kind = chance.randrange(4)
    if kind == 0:
        return chance.choice(words)
    if kind == 1:
        return chance.choice(OPERATORS)
    first, last = chance.choice(ALPHABETS)
    if kind == 2:  # noqa: PLR2004 - the same again and again
        return chr(chance.randint(first, last)) * chance.randint(1, length)
    return "".join(chr(chance.randint(first, last)) for _ in range(chance.randint(1, min(length, 50))))


def scale_lines(size: str, it: dict[str, Any]) -> Iterator[str]:
    """Yield the figures of one size as lines of Markdown."""
    kind = "real ones" if int(size) == REAL else "made by recombining halves of real titles"
    yield from (
        (
            f"{it['items']:,} items, {kind}; {it['queries']:,} queries of the log, one thread kept on one core, 24 hits with "
            "all facets. Milliseconds by the clock, and of the thread itself, which other work on the machine delays less."
        ),
        "",
        "| call | times | p50 | p95 | p99 | max | own p50 | own p95 | own p99 | own max | target p99 |",
        "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|",
    )
    for name, ms in it["ms"].items():
        figures = " | ".join(f"{ms[clock][at]:.2f}" for clock in ("wall", "own") for at in ms[clock])
        yield f"| {name} | {ms['count']:,} | {figures} | {f'≤ {TARGETS[name]:.0f}' if name in TARGETS else ''} |"
    disk, memory = it["disk_mb"], it["memory_mb"]
    yield from (
        "",
        (
            f"{_build_text(it['build'])} On disk {disk['all']:,.0f} MB, of it {disk['records']:,.0f} MB records. Memory of the "
            f"process: {memory['before']['own']:,.0f} MB of its own before the first query, {memory['after']['own']:,.0f} MB after "
            f"the last, and {memory['after']['mapped']:,.0f} MB of files mapped, which all processes share. "
            f"{it['found_nothing']:.1%} of the queries find nothing, {it['mended']:.2%} find something after mending; the "
            f"median query has {it['median_hits']:,} hits. Suggestions are for the first one to four characters of queries; "
            "those that begin many terms are made ready by who writes the index."
        ),
    )


def fuzz_lines(it: dict[str, Any]) -> Iterator[str]:
    """Yield what fuzz found as lines of Markdown."""
    yield (
        f"{it['queries']:,} made-up queries of 1 to {it['longest']:,} characters (any Unicode, lone surrogates and control "
        f"characters, operators, emoji, one character repeated, mixed with words of the log), each searched and "
        f"suggested for, against {it['items']:,} items: {sum(it['errors'].values())} errors; {it['slow']} took more than "
        f"{SLOW:.0f} ms of the thread's own time (p50 {it['own']['p50']:.2f}, p99 {it['own']['p99']:.2f}, slowest "
        f"{it['own']['max']:.1f} ms). Of a query only its first 200 characters are searched for."
    )
    yield from (f"- {number} × `{error}`" for error, number in it["errors"].items())


def _build_text(taken: dict[str, Any] | None) -> str:
    if not taken:
        return "The index had been built before."
    return (
        f"Built at {taken['at']} in {taken['seconds']:,.0f} s ({taken['own_seconds']:,.0f} s of processor time), "
        f"{taken['per_second']:,.0f} items a second."
    )


def _disk(place: Path) -> dict[str, float]:
    files = [file for file in place.rglob("*") if file.is_file()]
    records = sum(file.stat().st_size for file in files if file.name == "records.bin")
    return {
        "all": round(sum(file.stat().st_size for file in files) / MB, 1),
        "records": round(records / MB, 1),
    }


def _memory() -> dict[str, float]:
    """Return MB that this process holds now: of its own, and of mapped files."""
    said = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    own, mapped = (int(said[name].split()[0]) * 1024 / MB for name in ("RssAnon", "RssFile"))
    return {"own": round(own, 1), "mapped": round(mapped, 1)}
