"""Measure what a line of the record of uses costs: bytes on disk, time of a block with it and without, sealing, checking.

Writes docs/measurements/log.md and log.json; on a mall made from nothing, alone on its server.
"""

import json
from pathlib import Path
from typing import Any

from bench.mall import mall

REPORT = Path("docs/measurements/log")


def main() -> None:
    """Make the mall, have it measured by a process of its worker's zone, write both files."""
    with mall() as it:
        found = json.loads(it.command("-m", "bench.log_lines", zone="worker"))
    REPORT.with_suffix(".json").write_text(json.dumps(found, indent=1) + "\n")
    REPORT.with_suffix(".md").write_text(_words(found))
    print(_words(found))


def _words(it: dict[str, Any]) -> str:
    return f"""# The record of uses

Made by `python -m scripts.measure_log`: {it["lines"]:.0f} reading blocks of {it["people"]} people by one process, on a mall made from
nothing. A reading block's line is in its transaction and committed in a group with others: the commit does not wait for the
disk.

| what | figure |
|---|---|
| table, bytes a line | {it["table_bytes_a_line"]} |
| its two indexes, bytes a line | {it["index_bytes_a_line"]} |
| a block with role, subject and line, µs | {it["block_us"]} |
| begin and commit alone, two messages, µs | {it["begin_commit_us"]} |
| sealing, µs a line | {it["seal_us_a_line"]} |
| checking the whole record, µs a line | {it["verify_us_a_line"]} |
"""


if __name__ == "__main__":
    main()
