"""What is suggested for wide prefixes, made ready by who writes the index and kept in a file beside its terms.

A few hundred prefixes, nearly all of one to four letters, begin so many terms that to read them takes longer than
somebody typing should wait. What is commonest among so many hardly changes, so the file may be a day old, or made when
the index was two thirds of what it is.
"""

import json
import logging
import os
import time
from pathlib import Path
from typing import Any

import tantivy

from mingpu.search.records import FILE as RECORDS
from mingpu.search.suggest import NOTHING_READY, Ready, make_ready

log = logging.getLogger(__name__)

FILE = "ready.json"
_DAY = 86_400.0
_GROWN = 1.5  # times what it was
_LITTLE = 1_000_000  # bytes of records: with less nothing begins many terms


def prepare(folder: Path) -> None:
    """Make ready what the generation in a folder holds, durably and at once. Raises OSError and ValueError."""
    made = {"records": _records(folder), "ready": make_ready(tantivy.Index.open(str(folder)).searcher())}
    beside = folder / f"{FILE}.new"
    with beside.open("w", encoding="utf-8") as file:
        json.dump(made, file, ensure_ascii=False)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(folder / FILE)


def keep_ready(folder: Path | None) -> None:
    """Make it ready anew where what is there is outdated; that stays where it fails."""
    try:
        if folder and _outdated(folder):
            prepare(folder)
    except (OSError, ValueError) as reason:
        log.warning("suggestions cannot be made ready: %s", reason)


def ready_in(folder: Path) -> Ready:
    """Return what was made ready there; nothing where there is no such file or it cannot be read."""
    found: Ready = _read(folder).get("ready", NOTHING_READY)
    return found


def stamp_of(folder: Path) -> int:
    """Return a number that changes with what was made ready there; 0 when nothing was."""
    try:
        return (folder / FILE).stat().st_mtime_ns
    except OSError:
        return 0


def _outdated(folder: Path) -> bool:
    """Say whether what was made ready there is older, or of much less, than it should be."""
    size = _records(folder)
    if size < _LITTLE:
        return False
    try:
        made = time.time() - (folder / FILE).stat().st_mtime
    except FileNotFoundError:
        return True
    return made > _DAY or size > _GROWN * _read(folder).get("records", 0)


def _read(folder: Path) -> dict[str, Any]:
    try:
        found = json.loads((folder / FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _records(folder: Path) -> int:
    return (folder / RECORDS).stat().st_size
