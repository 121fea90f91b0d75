"""Measure the catalogue at size: taking it in, writing it out, and how soon a change can be found.

    python -m scripts.measure_catalogue [--sizes 10000 100000]

Makes throw-away malls (`bench.mall`) whose articles are the demo's, recombined. Writes docs/measurements/catalogue.*.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from bench.mall import Mall, feed, mall

OUT = Path("docs/measurements")
KINDS = ("jsonl", "csv", "xlsx")
CHANGES = 20
TARGET_SECONDS = 2.0  # from a change to its being found
PATIENCE = 30.0
# What a child does, in the worker's zone: one thing, timed, with the most memory it ever held.
CHILD = """
import json, resource, sys, time
import django
django.setup()
from pathlib import Path
from django.db import connection
from mingpu.catalog.feed import read_feed
from mingpu.catalog.queries.exports import Selection, count_items, feed_rows
from mingpu.catalog.services import import_feed
from mingpu.catalog.services.imports import import_path
from mingpu.ops.commands.export_catalog import _write
from mingpu.search.services import catch_up
what, path = sys.argv[1], Path(sys.argv[2])
begun = time.monotonic()
rows = 0
if what == "read":
    rows = sum(1 for _ in read_feed(path))
elif what == "dry":
    rows = import_feed(read_feed(path), dry=True).rows
elif what == "import":
    rows = import_path(path, lambda: read_feed(path), lines=0, progress=lambda _: None)[1].rows
elif what == "export":
    _write(path.suffix[1:], feed_rows(Selection()), path)
    rows = count_items(Selection())
elif what == "index":
    rows = catch_up()
elif what == "clear":
    with connection.cursor() as cursor:
        for table, key in (("catalog_sku", "code"), ("catalog_product", "id")):
            gone = 1
            while gone:
                cursor.execute(f"DELETE FROM {table} WHERE {key} IN (SELECT {key} FROM {table} LIMIT 5000)")
                gone = cursor.rowcount
                rows += gone
elif what == "change":  # one at a time, as it is told to
    for line in sys.stdin:
        path.write_text(line)
        import_feed(read_feed(path))
        print(time.time(), flush=True)
print(json.dumps({"rows": rows, "seconds": time.monotonic() - begun, "at": time.time(),
                  "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))
"""


def main() -> None:
    """Measure and write the report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000])
    sizes = parser.parse_args().sizes
    found: dict[str, Any] = {
        "at": datetime.now(UTC).isoformat(timespec="minutes"),
        "machine": {"cores": os.cpu_count(), "python": platform.python_version(), "load": os.getloadavg()[0]},
        "sizes": {},
    }
    for size in sizes:
        found["sizes"][size] = measure(size)
        found["machine"]["load_after"] = os.getloadavg()[0]
        write(found)
    print((OUT / "catalogue.md").read_text())


def measure(size: int) -> dict[str, Any]:
    """Measure a mall of so many articles."""
    with mall("counterparts", "web", catalogue="demo") as it:
        files = {kind: it.home / f"feed.{kind}" for kind in KINDS}
        feed(files["jsonl"], size)
        do(it, "clear", files["jsonl"])
        steps = {"dry run, all new (jsonl)": do(it, "dry", files["jsonl"])}
        steps["all new (jsonl)"] = do(it, "import", files["jsonl"])
        steps["all unchanged (jsonl)"] = do(it, "import", files["jsonl"])
        steps["index made from nothing"] = do(it, "index", files["jsonl"])
        for kind in KINDS:
            file = files[kind].with_stem("out")
            steps[f"export ({kind})"] = do(it, "export", file)
            steps[f"export ({kind})"]["mb"] = file.stat().st_size / 1e6
        for kind in KINDS[1:]:
            steps[f"reading alone ({kind})"] = do(it, "read", files[kind].with_stem("out"))
            do(it, "clear", files["jsonl"])
            steps[f"all new ({kind})"] = do(it, "import", files[kind].with_stem("out"))
        do(it, "index", files["jsonl"])
        it.start("worker")
        return {"steps": steps, "found_after": changes(it)}


def do(it: Mall, what: str, path: Path) -> dict[str, Any]:
    """Do one thing in a process of its own."""
    said: dict[str, Any] = json.loads(
        it.command("-c", CHILD, what, str(path), zone="worker").splitlines()[-1]
    )
    print(
        f"{what} {path.name}: {said['rows']} in {said['seconds']:.1f} s, {said['peak_mb']:.0f} MB", flush=True
    )
    return said


def changes(it: Mall) -> list[float]:
    """Return how long it took, in seconds, from the commit of a new article to its being found, worker and web running."""
    taken = []
    writer = subprocess.Popen(
        [sys.executable, "-c", CHILD, "change", str(it.home / "one.jsonl")], env={**it.env, "MINGPU_ZONE": "worker"},
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    told, said = writer.stdin, writer.stdout
    if told is None or said is None:
        raise RuntimeError("no pipes")
    for number in range(CHANGES):
        word = f"量子茶壶{number:03d}号"
        article = {"id": f"change-{number}", "source": "change", "title": word, "price": 9, "stock": 5}
        told.write(json.dumps(article, ensure_ascii=False) + "\n")
        told.flush()
        taken.append(wait(partial(finds, it, word), float(said.readline())))
        print(f"found after {taken[-1]:.2f} s", flush=True)
    told.close()
    writer.wait()
    return taken


def finds(it: Mall, word: str) -> bool:
    """Say whether the API's first hit for a title is the article of that title."""
    with urllib.request.urlopen(  # noqa: S310 -- our own address
        f"{it.address}/api/v1/products?q={urllib.parse.quote(word)}", timeout=10
    ) as answer:
        items = json.load(answer)["items"]
    return bool(items) and items[0]["title"] == word


def wait(there: Callable[[], bool], since: float) -> float:
    """Return the seconds from `since` until something is there; raises RuntimeError when it never is."""
    while not there():
        if time.time() - since > PATIENCE:
            raise RuntimeError("never found")
        time.sleep(0.02)
    return time.time() - since


def write(found: dict[str, Any]) -> None:
    """Write figures and report."""
    (OUT / "catalogue.json").write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n")
    machine = found["machine"]
    lines = [
        "# The catalogue at size",
        "",
        f"`python -m scripts.measure_catalogue`, {found['at']}, {machine['cores']} cores, Python {machine['python']};",
        "database, web and worker are on the same machine, which did other work meanwhile: load average",
        f"{machine['load']:.1f} when it began, {machine['load_after']:.1f} when it ended. Articles are the demo's, recombined.",
        "Every step is a process of its own; memory is the most it held. An import commits a thousand rows at a time.",
    ]
    for size, it in found["sizes"].items():
        lines += [
            "",
            f"## {int(size):,} articles",
            "",
            "| step | articles | seconds | articles/s | peak MB | file MB |",
            "|---|--:|--:|--:|--:|--:|",
        ]
        for step, said in it["steps"].items():
            rate = said["rows"] / said["seconds"]
            file = f"{said['mb']:.1f}" if "mb" in said else ""
            lines.append(
                f"| {step} | {said['rows']:,} | {said['seconds']:.1f} | {rate:,.0f} | {said['peak_mb']:.0f} | {file} |"
            )
        first, *waits = it["found_after"]
        verdict = "within" if max(waits) <= TARGET_SECONDS else "not all within"
        lines += [
            "",
            f"From the commit of a new article to its being the API's first hit, {len(waits)} times: median",
            f"{statistics.median(waits):.2f} s, at most {max(waits):.2f} s, {verdict} {TARGET_SECONDS:.0f} s. One before them, while the worker",
            f"was starting, took {first:.2f} s.",
        ]
    (OUT / "catalogue.md").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
