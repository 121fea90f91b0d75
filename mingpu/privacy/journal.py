"""The journal of what was deleted or taken back one by one, so that no backup of the database brings it back.

It lies beside the key store, never in the database or its backups. A line holds a table, keyed marks of rows, a time;
no value and no id: who holds the key can only confirm an id they already know. Lines are on the disk before the
transaction that deletes commits. So a crash may leave a line whose deletion did not come about, never a deletion
without its line. A file a day; each names the one before, so that a missing one is noticed.
"""

import json
import os
import secrets
import threading
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings

from mingpu.lib.clock import now

GONE, EMPTIED, NO, LEAVES, STAYS = "gone", "emptied", "no", "leaves", "stays"
_BACKUP, _AFTER = "backup", "after"  # lines of the journal's own
_DAY = "%Y-%m-%d"
_file, _disk = threading.Lock(), threading.Lock()
_written: Counter[Path] = Counter()
_synced: Counter[Path] = Counter()


class Gap(Exception):
    """The journal does not reach back to a backup, or a part of it is missing; says which."""


@dataclass(frozen=True, slots=True)
class Line:
    """What one transaction deleted or took back of one kind.

    kind: gone (rows), emptied (columns of rows, in `more`), no (to the consent `name`), leaves, stays. name: a table, or a
    consent. marks: of rows, or of persons. more: what replaying needs beside them, never a value. at: RFC 3339.
    """

    kind: str
    name: str
    marks: tuple[str, ...]
    more: tuple[str, ...] = ()
    at: str = ""


def append(lines: Sequence[Line]) -> None:
    """Write lines down, on the disk at return. Threads that come at once share one wait for it. Raises OSError."""
    stamp = now().isoformat()
    words = [json.dumps(asdict(it) | {"at": stamp}, separators=(",", ":")) for it in lines]
    # It begins with the end of a line: what a power cut left half spoils nothing that comes after.
    text = ("\n" + "\n".join(words) + "\n").encode()
    path = _today()
    file = os.open(path, os.O_WRONLY | os.O_APPEND)
    try:
        with _file:
            if os.write(file, text) != len(text):
                raise OSError(f"{path} took a part of a line")
            _written[path] += 1
            mine = _written[path]
        with _disk:
            if _synced[path] < mine:
                reached = _written[path]
                os.fdatasync(file)
                _synced[path] = reached
    finally:
        os.close(file)


def position() -> dict[str, int]:
    """Return how far the journal reaches now, bytes by file, after a line that says so: a backup's beginning."""
    append([Line(_BACKUP, "", ())])
    return {path.name: path.stat().st_size for path in _files()}


def since(reached: Mapping[str, int]) -> list[Line]:
    """Return what was written after a position, in order. Raises Gap when that is not all there."""
    there = {path.name: path for path in _files()}
    newest = max(reached, default="")
    if newest not in there or there[newest].stat().st_size < reached[newest]:
        raise Gap(f"{newest or 'the journal'} is missing or was cut short")
    found: list[Line] = []
    for name, path in there.items():
        for line in _read(path, reached.get(name, 0)):
            if line.kind == _AFTER and name not in reached and line.name not in {"", *there}:
                raise Gap(f"{line.name} is missing")
            if line.kind not in {_AFTER, _BACKUP}:
                found.append(line)
    return sorted(found, key=lambda it: it.at)


def expire(days: int) -> int:
    """Delete the files that no backup of the last `days` needs; return how many. The newest always stays."""
    oldest = (now() - timedelta(days=days + 1)).strftime(_DAY)
    past = [path for path in _files()[:-1] if path.stem < oldest]
    for path in past:
        path.unlink()
    return len(past)


def _files() -> list[Path]:
    folder = Path(settings.JOURNAL)
    return sorted(folder.glob("????-??-??.jsonl")) if folder.is_dir() else []


def _today() -> Path:
    """Return the day's file, made whole with its first line where it is not there yet."""
    folder = Path(settings.JOURNAL)
    path = folder / f"{now().astimezone(UTC).strftime(_DAY)}.jsonl"
    if path.exists():
        return path
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    before = [it.name for it in _files() if it.name < path.name]
    part = folder / f"{secrets.token_hex(8)}.part"
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(json.dumps(asdict(Line(_AFTER, before[-1] if before else "", ()))) + "\n")
        file.flush()
        os.fsync(file.fileno())
    with suppress(FileExistsError):  # another process was first
        path.hardlink_to(part)
    part.unlink()
    entries = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(entries)
    finally:
        os.close(entries)
    return path


def _read(path: Path, offset: int) -> Iterator[Line]:
    """Yield the lines after so many bytes; one that a power cut left half stands for nothing that was committed."""
    with path.open("rb") as file:
        file.seek(offset)
        for text in file:
            try:
                known = json.loads(text)
                yield Line(
                    known["kind"], known["name"], tuple(known["marks"]), tuple(known["more"]), known["at"]
                )
            except (ValueError, KeyError, TypeError):
                continue


def age(stamp: str) -> timedelta:
    """Return how long ago a backup was made, by the stamp in its manifest."""
    return now() - datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
