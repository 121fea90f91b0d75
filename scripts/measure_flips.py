"""Switch, read, queue, run and cancel in random interleavings across processes; write what came of it.

`python -m scripts.measure_flips [--count 10000] [--offs 500] [--seed N]` makes a mall of its own and writes
docs/measurements/flips.{md,json}. Exit status 1 when anything was seen after an off.
"""

import argparse
import json
import math
import os
import platform
import secrets
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.mall import mall
from scripts import flips

FOLDER = Path("docs/measurements")
TARGET_MS = 50.0


def main() -> int:
    """Run and write the report; 1 when something was seen after an off or a process complained."""
    parser = argparse.ArgumentParser(prog="python -m scripts.measure_flips")
    parser.add_argument("--count", type=int, default=10_000, help="interleavings")
    parser.add_argument("--offs", type=int, default=500, help="offs whose time to effect is taken")
    parser.add_argument("--minutes", type=float, default=math.inf, help="begin no interleaving after these")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6))
    args = parser.parse_args()
    found = measure(args.count, args.offs, args.seed, args.minutes * 60)
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / "flips.json").write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n")
    (FOLDER / "flips.md").write_text(page(found))
    print(page(found))
    return int(bool(found["stale"] or found["complaints"]))


def measure(count: int, offs: int, seed: int, seconds: float = math.inf) -> dict[str, Any]:
    """Play the interleavings, take the times, and show that the judge sees: a careless process is caught."""
    print(f"seed {seed}", flush=True)
    load = os.getloadavg()[0]
    with mall() as it:
        begun = time.monotonic()
        steps, judged = flips.run(it, count, seed, seconds=seconds)
        took = time.monotonic() - begun
        effect = flips.effects(it, offs, seed)
        _, careless = flips.run(it, max(100, count // 100), seed + 1, people=2, careless=True)
        complaints = [line for line in flips.errors(it).splitlines() if " INFO " not in line]
    return {
        "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), "seed": seed, "python": platform.python_version(),
        "cores": os.cpu_count(), "load_before": round(load, 1), "interleavings": judged.played, "steps": len(steps),
        "seconds": round(took), "flips": dict(judged.flips), "seen": dict(judged.seen), "unseen": dict(judged.unseen),
        "stale": len(judged.stale), "deaf": judged.deaf, "careless_stale": len(careless.stale),
        "effect_ms": spread(effect), "off_answer_ms": spread(list(flips.answers(steps, "off"))),
        "complaints": len(complaints),
    }  # fmt: skip


def spread(values: Sequence[float]) -> dict[str, float]:
    """Return count, median, p95, p99 and the largest of some times."""
    ordered = sorted(values)

    def at(share: float) -> float:
        return round(ordered[max(0, math.ceil(share * len(ordered)) - 1)], 1)

    return {
        "count": len(ordered),
        "p50": at(0.5),
        "p95": at(0.95),
        "p99": at(0.99),
        "max": round(ordered[-1], 1),
    }


def page(it: dict[str, Any]) -> str:
    """Return the report."""
    kinds = sorted({*it["seen"], *it["unseen"]})
    rows = [f"| {kind} | {it['seen'].get(kind, 0):,} | {it['unseen'].get(kind, 0):,} |" for kind in kinds]
    effect, answer = it["effect_ms"], it["off_answer_ms"]
    holds = "held" if effect["p99"] <= TARGET_MS else "missed"
    lines = [
        "# Flips",
        f"By `python -m scripts.measure_flips` at {it['at']}, Python {it['python']}, {it['cores']} cores, load {it['load_before']} before it began, seed {it['seed']}.",
        f"{it['interleavings']:,} random interleavings ({it['steps']:,} steps, {it['seconds']:,} s) of switching consents and a permission, leaving and staying, reading, writing, asking over the API, serving what a process keeps, and queueing jobs, dealt out to three processes of the storefront at the same time and two of the mall's workers.",
        f"**Seen after the answer to an off: {it['stale']}.** A yes that was not heard: {it['deaf']}. A process that was made careless (it remembers what it once read) was caught {it['careless_stale']:,} times, so the judge sees.",
        "\n".join(["| step | saw something | saw nothing |", "|---|---|---|", *rows]),
        f"Switches: {', '.join(f'{name} {n:,}' for name, n in sorted(it['flips'].items()))}.",
        "\n".join([
            "| time, ms | p50 | p95 | p99 | max |",
            "|---|---|---|---|---|",
            f"| from saying no to the last read begun that still saw something ({effect['count']} offs, another process reading without a pause); target p99 ≤ {TARGET_MS:.0f}: {holds} | {_times(effect)} |",
            f"| until a no is answered, among the interleavings ({answer['count']:,}) | {_times(answer)} |",
        ]),
    ]  # fmt: skip
    return "\n\n".join(lines) + "\n"


def _times(it: dict[str, float]) -> str:
    return " | ".join(str(it[name]) for name in ("p50", "p95", "p99", "max"))


if __name__ == "__main__":
    sys.exit(main())
