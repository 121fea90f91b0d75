"""200 things left out, added or softened, each for real, and how many of them the build notices.

    python -m scripts.measure_omissions [--seed 20261130] [--count 200]

A throw-away mall is made. Changes of the database happen in transactions that are rolled back, those of the register
in a copy of its folder that is read anew, those of code in a copy of the project where the build's own command runs.
Each is put to what `mingpu statement check` asks. Writes docs/measurements/omissions.{md,json}.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
REPORT = ROOT / "docs" / "measurements" / "omissions"
GROUNDS = ("database", "register", "code")
SHARES = {"database": 0.48, "register": 0.42, "code": 0.10}
HEAD = """# Seeded omissions

By `python -m scripts.measure_omissions` at {at}, seed {seed}: {count} changes of {kinds} kinds, each made for real in a
throw-away mall or copy and put to `mingpu statement check`, the build's own question. **{caught} of {count} noticed**, in
{seconds} s.

A change of the register is also put to a harder question: would it be noticed if whoever made it had written the
migration and the version of the statement anew, as if it were meant? {firm} of {register} would, by the register's own
rules; the others are changes of what is promised (a right, a term, a recipient's field), which no rule can tell from
a decision, and the build stops at them because the statement's version as kept and the reviewed migration say
something else.

| ground | kind | made | noticed | first noticed as |
|---|---|---|---|---|
"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One change and what was said of it. firm: noticed by the register's own rules; None where that is no question."""

    ground: str
    kind: str
    what: str
    kinds: list[str]  # of findings, each once
    firm: bool | None

    @property
    def caught(self) -> bool:
        """Whether anything was said."""
        return bool(self.kinds)


@contextmanager
def mall() -> Iterator[None]:
    """Make a mall from nothing and be its owner's process inside the block."""
    folder = tempfile.mkdtemp(prefix="mingpu-omissions-")
    os.environ.update(MINGPU_HOME=folder, DJANGO_SETTINGS_MODULE="mingpu.settings", MINGPU_ZONE="owner")
    try:
        subprocess.run([sys.executable, "-m", "mingpu.ops.fresh"], check=True, cwd=ROOT)
        yield
    finally:
        subprocess.run(
            [sys.executable, "-c", "from mingpu.ops import postgres; postgres.stop()"], check=False, cwd=ROOT
        )
        shutil.rmtree(folder, ignore_errors=True)


def plan(count: int, kinds: dict[str, list[str]]) -> list[tuple[str, str]]:
    """Spread `count` over the grounds and, within each, evenly over its kinds."""
    wanted = {ground: round(count * share) for ground, share in SHARES.items()}
    wanted["database"] += count - sum(wanted.values())
    return [
        (ground, kinds[ground][n % len(kinds[ground])]) for ground in GROUNDS for n in range(wanted[ground])
    ]


def main() -> int:
    """Make them all, write the report; 1 when one was missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=20261130)
    parser.add_argument("--count", type=int, default=200)
    wish = parser.parse_args()
    begun = time.monotonic()
    with mall():
        done = subprocess.run(
            [sys.executable, "-m", "scripts.omissions", str(wish.seed), str(wish.count)], check=True, cwd=ROOT,
            stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
    outcomes = [Outcome(**it) for it in json.loads(done.stdout.splitlines()[-1])]
    write(outcomes, wish.seed, round(time.monotonic() - begun))
    missed = [it for it in outcomes if not it.caught]
    for it in missed:
        print(f"missed: {it.ground} {it.kind}: {it.what}")
    print(f"{len(outcomes) - len(missed)} of {len(outcomes)} noticed")
    return int(bool(missed))


def write(outcomes: list[Outcome], seed: int, seconds: int) -> None:
    """Write both reports."""
    lines = []
    for ground, name in dict.fromkeys((it.ground, it.kind) for it in outcomes):
        these = [it for it in outcomes if (it.ground, it.kind) == (ground, name)]
        first = Counter(it.kinds[0] for it in these if it.kinds)
        told = ", ".join(f"{word} {n}" if n > 1 else word for word, n in first.most_common())
        lines.append(f"| {ground} | {name} | {len(these)} | {sum(it.caught for it in these)} | {told} |")
    register = [it for it in outcomes if it.ground == "register"]
    head = HEAD.format(
        at=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), seed=seed, count=len(outcomes), kinds=len(lines),
        caught=sum(it.caught for it in outcomes), seconds=seconds, register=len(register),
        firm=sum(bool(it.firm) for it in register),
    )  # fmt: skip
    missed = [f"- missed: {it.ground} {it.kind}: {it.what}" for it in outcomes if not it.caught]
    REPORT.with_suffix(".md").write_text(
        head + "\n".join(lines) + "\n" + "\n".join(["", *missed, ""] if missed else [])
    )
    whole = {"seed": seed, "seconds": seconds, "outcomes": [asdict(it) for it in outcomes]}
    REPORT.with_suffix(".json").write_text(json.dumps(whole, ensure_ascii=False, indent=0) + "\n")


if __name__ == "__main__":
    sys.exit(main())
