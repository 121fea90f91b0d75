"""Measure what the journal of deletions costs: a line, lines at once, a deletion with it, finding rows again.

Writes docs/measurements/journal.md and journal.json; on a mall made from nothing.
"""

import json
from pathlib import Path
from typing import Any

from bench.mall import mall

REPORT = Path("docs/measurements/journal")


def main() -> None:
    """Make the mall, have it measured by a process of its storefront's zone, write both files."""
    with mall() as it:
        found = json.loads(it.command("-m", "bench.deletions", zone="storefront"))
    REPORT.with_suffix(".json").write_text(json.dumps(found, indent=1) + "\n")
    REPORT.with_suffix(".md").write_text(_words(found))
    print(_words(found))


def _words(it: dict[str, Any]) -> str:
    return f"""# The journal of deletions

Made by `python -m scripts.measure_journal` on a mall made from nothing. A line is written and waited for on the disk before its
deletion commits; placing an order, searching and filling a cart write none.

| what | figure |
|---|---|
| a line, median, ms | {it["line_ms"]:.2f} |
| lines a second, {it["threads"]} threads at once | {it["lines_a_second"]:.0f} |
| deleting an address by its verb, median, ms | {it["with_ms"]:.2f} |
| the same with the journal in memory, ms | {it["without_wait_ms"]:.2f} |
| bytes a line, with what begins a day | {it["bytes_a_line"]:.0f} |
| finding rows again: marks of a million keys, seconds | {it["replay_s_a_million"]:.1f} |
"""


if __name__ == "__main__":
    main()
