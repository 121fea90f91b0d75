"""Measure what strangers can learn and win at the door; write docs/measurements/guessing.{md,json}.

`python -m scripts.measure_guessing [--calls 1000] [--guesses 100000] [--budget 2000] [--seed 20240601]`. Exit status 1 when
somebody got in, the victim did not, or the day's budget of codes was overdrawn.
"""

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

from bench.mall import mall

FOLDER = Path("docs/measurements")


def main() -> int:
    """Measure and write; 1 when something did not hold."""
    parser = argparse.ArgumentParser(prog="python -m scripts.measure_guessing")
    parser.add_argument(
        "--calls", type=int, default=1_000, help="with known names, and as many with unknown ones"
    )
    parser.add_argument("--guesses", type=int, default=100_000)
    parser.add_argument("--budget", type=int, default=2_000, help="codes a day")
    parser.add_argument("--seed", type=int, default=20240601)
    args = parser.parse_args()
    with mall("counterparts", MINGPU_CODES_A_DAY=str(args.budget + 2 * args.calls)) as it:
        call = ("-m", "bench.guessing", str(args.calls), str(args.guesses), str(args.seed))
        found = json.loads(it.command(*call, zone="storefront"))
    found["at"] = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    (FOLDER / "guessing.json").write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n")
    (FOLDER / "guessing.md").write_text(page(found))
    print(page(found))
    return int(not held(found))


def held(found: dict[str, Any]) -> bool:
    """Tell whether nobody got in but the victim, and the budget held."""
    attack = found["attack"]
    sent = attack["codes"]["outcomes"].get("done", 0)
    return (
        attack["got in"] == 0
        and set(attack["victim"].values()) == {"done"}
        and sent <= attack["codes"]["budget"]
        and all(it["same answers"] for it in found["timing"].values())
    )


def page(found: dict[str, Any]) -> str:
    """Return the report in words and tables."""
    attack, codes = found["attack"], found["attack"]["codes"]
    lines = [
        "# Guessing", "",
        f"By `python -m scripts.measure_guessing` at {found['at']}, seed {found['seed']}.", "",
        "## Does the time of an answer tell whether somebody has an account?", "",
        "Names and numbers that exist and that do not, in random order, each once and from a network of its own.",
        "Two-sample Kolmogorov–Smirnov: the largest distance of the two distributions of time, and how likely one as large is",
        "when there is no difference.", "",
        "| call | calls | known, median ms | unknown, median ms | distance | p | same answers |", "|---|--:|--:|--:|--:|--:|---|",
        *(
            f"| {what} | {it['calls']:,} | {it['known_ms']:.2f} | {it['unknown_ms']:.2f} | {it['distance']:.3f} | "
            f"{it['p']:.3f} | {'yes' if it['same answers'] else '**no**'} |"
            for what, it in found["timing"].items()
        ), "",
        f"## {attack['guesses']:,} guesses from {attack['networks']:,} networks", "",
        "| at | tried and wrong | slowed down | got in |", "|---|--:|--:|--:|",
        *(
            f"| {what} | {it.get('wrong', 0):,} | {it.get('slowed', 0):,} | {it.get('done', 0):,} |"
            for what, it in attack["outcomes"].items()
        ), "",
        (f"The victim, right after: with the password and the mark of a browser they know: {attack['victim']['with a mark']}; "
        f"with a code to their phone: {attack['victim']['by code']}."), "",
        (f"Codes to strangers' numbers: {codes['asked']:,} asked for, {codes['outcomes'].get('done', 0):,} sent "
        f"(budget of a day: {codes['budget']:,}), {codes['outcomes'].get('not sent', 0):,} not, "
        f"{codes['outcomes'].get('slowed', 0):,} slowed down."),
    ]  # fmt: skip
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
