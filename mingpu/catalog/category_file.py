"""Reading a tree of categories from a file: TSV, CSV or JSON lines, a row for each category."""

import csv
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from mingpu.catalog.naming import MAX_LEVELS

_LEVELS: Final = (
    ("level1", "一级类目", "一级"), ("level2", "二级类目", "二级"), ("level3", "三级类目", "三级"),
)  # fmt: skip
_ENGLISH: Final = ("en", "english", "英文名")
MAX_LINE: Final = 10_000  # characters

Line = tuple[tuple[str, ...], str]


def read_categories(path: Path) -> Iterator[Line | int]:
    """Yield (path of Chinese names, English name of its last or "") for each row, the line's number for one that cannot be read.

    path: a .tsv, .csv, .jsonl or .ndjson file in UTF-8. Columns or keys are level1, level2, level3 and en; JSON may
    give `path`, a list of names, instead of the levels. What else there is, is ignored. Raises OSError, and
    ValueError for a file that is no text or has no such columns.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        if path.suffix.lower() in {".jsonl", ".ndjson"}:
            for number, line in enumerate(file, 1):
                if line.strip():
                    yield _json_line(line) or number
            return
        tabs = path.suffix.lower() == ".tsv"
        rows = csv.DictReader(file, delimiter="\t" if tabs else ",", quoting=csv.QUOTE_NONE if tabs else 0)
        if not any(name in (rows.fieldnames or ()) for name in _LEVELS[0]):
            raise ValueError("level1")
        for row in rows:
            yield _line(row) or rows.line_num


def _json_line(line: str) -> Line | None:
    try:
        row = json.loads(line[:MAX_LINE])
    except (ValueError, RecursionError):
        return None
    return _line(row) if isinstance(row, dict) else None


def _line(row: Mapping[str, Any]) -> Line | None:
    given = row.get("path")
    if isinstance(given, list):
        names = given[:MAX_LEVELS]
    else:
        names = [_first(row, written) for written in _LEVELS]
        while names and not names[-1]:
            names.pop()
    if not names or not all(isinstance(name, str) and name.strip() for name in names):
        return None
    return tuple(name.strip() for name in names), _first(row, _ENGLISH)


def _first(row: Mapping[str, Any], written: tuple[str, ...]) -> str:
    found = next((row[name] for name in written if row.get(name)), "")
    return found.strip() if isinstance(found, str) else ""
