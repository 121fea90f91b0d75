"""How fast the API answers a search at size: a throw-away mall filled with recombined items, asked in one process."""

import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.mall import Mall, mall
from scripts.search_clock import alone
from scripts.search_scale import held

TARGET = 25.0  # p99, milliseconds
FEW = "24"  # articles the mall begins with
ANALYZE = (
    "from mingpu.ops.database import connect_admin, database_name; "
    "connect_admin(database_name()).execute('VACUUM ANALYZE catalog_product, catalog_sku')"
)


def measure_api(data: Path, size: int, count: int, place: Path | None) -> dict[str, Any]:
    """Return what the API's answers to `count` queries of the log take in a mall of `size` items.

    place: an index of the very same items to use, None to have the mall write its own.
    """
    if place and alone(held, place) != size:
        sys.exit(f"the index at {place} does not hold {size:,} items")
    with mall(catalogue=FEW) as it:
        filled = _child(it, "fill", str(data), str(size), zone="worker")
        print(f"filled: {filled}", flush=True)
        it.command("-c", ANALYZE, zone="owner")
        if place:
            shutil.rmtree(it.home / "index")
            (it.home / "index").symlink_to(place.resolve())
        else:
            it.command("-m", "mingpu", "search", "rebuild")
        asked = _child(it, "ask", str(data), str(count), zone="storefront")
    return {"filled": filled, "index": "given" if place else "own", **asked}


def _child(it: Mall, *call: str, zone: str) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(
        it.command("-m", "scripts.search_mall", *call, zone=zone).splitlines()[-1]
    )
    return said


def api_lines(size: str, it: dict[str, Any]) -> Iterator[str]:
    """Yield the figures as lines of Markdown."""
    own, ms = it["index"] == "own", it["ms"]
    yield from (
        (f"`GET /api/v1/products?q=…` with 24 hits and all facets, {int(size):,} items; {it['queries']:,} different queries of "
        "the log, each once, so that no answer kept from before is given; target: p99 ≤ "
        f"{TARGET:.0f} ms. Milliseconds by the clock, and of the answering thread itself."),
        "",
        "| clock | p50 | p95 | p99 | max |",
        "|---|--:|--:|--:|--:|",
        *(f"| {name} | {' | '.join(f'{ms[clock][at]:.2f}' for at in ms[clock])} |"
          for name, clock in (("by the clock", "wall"), ("of its own", "own"))),
        "",
        (f"{it['found_nothing']:.1%} of the answers hold nothing; statuses: "
        f"{', '.join(f'{status} × {number:,}' for status, number in it['statuses'].items())}; the median answer has "
        f"{it['median_kb']:.1f} kB."),
        "",
        ("How it was made: a throw-away mall with its own PostgreSQL; products, recombined from real titles as above, and "
        f"one SKU each were written by COPY into the tables in the worker's zone ({it['filled']['seconds']:,.0f} s), not "
        "imported from a file, which takes longer and is measured in [catalogue.md](catalogue.md); brands and categories "
        "are on the products alone. The index was "
        f"{'then written by `mingpu search rebuild`' if own else 'one made beforehand of the very same items'}. "
        "One process in the storefront's zone, kept on one core, calls the application the server would call, with "
        "middleware, database and counting of searches, without the HTTP server; the database runs beside it."),
    )  # fmt: skip
