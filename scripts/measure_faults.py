"""Kill web, worker, counterparts and database at random points under load; write what came of it.

`python -m scripts.measure_faults [--points 500] [--every 25] [--minutes M] [--seed N]` makes a mall, lets shoppers in, and writes
docs/measurements/faults.{md,json}. Exit status 1 when something did not hold.
"""

import argparse
import json
import math
import os
import secrets
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench.faults import VICTIMS, Run
from bench.mall import Mall, mall
from bench.shoppers import Market

FOLDER = Path("docs/measurements")
STOCKS = {"F0000001": 300, "F0000002": 900, **{f"F000000{number}": 200_000 for number in range(3, 9)}}
OFFER, REDUCTION = "faults-5-off", "faults-20-off-300"
PEOPLE, CARDS = 150, 900
PACE = 0.004  # a courier that tries again after half an hour does so after seven seconds


def main() -> int:
    """Run and write the report; 1 when there was a violation."""
    parser = argparse.ArgumentParser(prog="python -m scripts.measure_faults")
    parser.add_argument("--points", type=int, default=500)
    parser.add_argument("--every", type=int, default=25, help="points between two checks")
    parser.add_argument("--minutes", type=float, default=math.inf, help="at most, but for the last round")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6))
    parser.add_argument("--keep", type=Path, help="a file for what the parts wrote")
    args = parser.parse_args()
    found = measure(
        points=args.points, every=args.every, seed=args.seed, seconds=args.minutes * 60, keep=args.keep
    )
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / "faults.json").write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n")
    (FOLDER / "faults.md").write_text(page(found))
    print(page(found))
    return int(found["violations"] > 0)


def measure(
    *, points: int, every: int, seed: int, seconds: float = math.inf, keep: Path | None = None
) -> dict[str, Any]:
    """Make a mall, run the faults over it and return what was seen; keep: where the parts' own words go."""
    print(f"seed {seed}", flush=True)
    with mall("counterparts", "web", "worker", catalogue=str(catalogue())) as it:
        os.environ["MINGPU_HOME"] = str(it.home)
        it.command("-m", "bench.warehouses", zone="worker")
        run = Run(market(it), dict(STOCKS), seed)
        try:
            run.work(points, every, seconds)
        finally:
            if keep:
                keep.write_bytes(it.log.read_bytes())
        return {"at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), **run.report()}


def catalogue() -> Path:
    """Write the catalogue: a few articles, two of them scarce; returns the file."""
    path = Path(f"/tmp/mingpu-faults-{os.getpid()}.jsonl")  # noqa: S108 -- nobody's data, and taken away by the system
    lines = [
        {
            "external_id": code.lower(), "source": "faults", "title": f"试用品 {code}", "brand": "测试",
            "category_path": ["家居"], "skus": [{"sku": code, "options": {}, "price": "99.00", "stock": stock}],
        }
        for code, stock in STOCKS.items()
    ]  # fmt: skip
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines))
    return path


def market(it: Mall) -> Market:
    """Open the market: a coupon of which there are few, a reduction, E-cards, people; the outside world hurries."""
    it.pace = PACE
    it.kill("counterparts")
    it.start("counterparts")
    now = datetime.now(UTC)
    common = {
        "starts_at": (now - timedelta(hours=1)).isoformat(), "ends_at": (now + timedelta(days=9)).isoformat()
    }  # fmt: skip
    offers = [
        {
            "id": OFFER, "kind": "coupon", "title": {"zh": "减五元", "en": "¥5 off"}, "per_person": 3, "total": 250,
            "steps": [{"threshold_fen": 5_000, "off": 500}], **common,
        },
        {
            "id": REDUCTION, "kind": "full_reduction", "title": {"zh": "满三百减二十", "en": "¥20 off ¥300"},
            "steps": [{"threshold_fen": 30_000, "off": 2_000}], **common,
        },
    ]  # fmt: skip
    path = it.home / "offers.json"
    path.write_text(json.dumps(offers, ensure_ascii=False))
    it.command("-m", "mingpu", "offers", "add", str(path))
    cards = it.command("-m", "mingpu", "cards", "issue", "--face", "60.00", "--count", str(CARDS)).split()
    tokens = [token for _, token in it.people(PEOPLE)]
    return Market(mall=it, skus=list(STOCKS), offer=OFFER, tokens=tokens, cards=cards)


def page(found: dict[str, Any]) -> str:
    """Return the report in words and tables."""
    minutes = found["seconds"] / 60
    lines = [
        "# Faults", "",
        (f"By `python -m scripts.measure_faults` at {found['at']}, seed {found['seed']}: {found['points']} points in "
        f"{minutes:.0f} minutes of load and checks."),
        "At each point one part is killed with SIGKILL, all its processes at once, and started again while shoppers go",
        "on: they order, pay with three institutions, E-cards and at the door, cancel, pay late and twice, use coupons,",
        "get parcels, ask for money back. Every so often the load stops, the mall comes to rest, and everything is held",
        "against everything: ledger, stock, coupons, refunds, the log of all machines, and the institutions' and",
        "couriers' own books.", "",
        "| killed | points | back after, median s | p99 s | ended by itself | " + " | ".join(_steps(found)) + " |",
        "|---|---|---|---|---|" + "---|" * len(_steps(found)),
    ]  # fmt: skip
    for victim in VICTIMS:
        it = found["by victim"][victim]
        doing = " | ".join(str(it["doing"].get(step, 0)) for step in _steps(found))
        lines.append(
            f"| {victim} | {it['points']} | {it['median_s']:.2f} | {it['p99_s']:.2f} | "
            f"{found['ended by themselves'].get(victim, 0)} | {doing} |"
        )
    states = ", ".join(f"{count} {state}" for state, count in sorted(found["states"].items()))
    did = ", ".join(f"{count:,} {what}" for what, count in sorted(found["shoppers"].items()))
    checks = found["checks"]
    rest = sorted(it["rest"] for it in checks)
    return "\n".join([
        *lines, "",
        "The columns on the right count the shoppers who waited for an answer at the moment of the kill, by what they did.", "",
        f"Orders: {found['orders']:,} ({states}); {found['paid']:,} paid, {found['refunds']:,} refunds paid back.",
        f"Shoppers: {did}.", "",
        (f"Checks: {len(checks)}; the mall came to rest within {rest[len(rest) // 2]:.0f} s (median), {rest[-1]:.0f} s at "
        f"most. **Violations: {found['violations']}.**"), "",
        *(f"- after {it['points']} points: {line}" for it in checks for line in it["violations"]),
    ]).rstrip() + "\n"  # fmt: skip


def _steps(found: dict[str, Any]) -> list[str]:
    """Return what shoppers were seen doing, most of all first."""
    seen: dict[str, int] = {}
    for it in found["by victim"].values():
        for step, count in it["doing"].items():
            seen[step] = seen.get(step, 0) + count
    return sorted(seen, key=lambda step: -seen[step])


if __name__ == "__main__":
    sys.exit(main())
