"""Where an index lies on disk: generations, the switch between them, one writer, many readers.

    <path>/CURRENT        the name of the generation in use; replaced as a whole
    <path>/4-<hex>/       one generation: a tantivy directory of layout version 4, its records, suggestions made ready
    <path>/write.lock     held by the one writer, released by the system when it dies

A reader looks at CURRENT, at the generation's meta.json and ready.json at most every half second; all are only ever
replaced whole, so a writer killed at any point leaves what was committed before.
"""

import errno
import fcntl
import logging
import os
import shutil
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import tantivy
from tantivy import Query

from mingpu.search.errors import IndexBusy
from mingpu.search.ready import ready_in, stamp_of
from mingpu.search.records import Records
from mingpu.search.schema import VERSION
from mingpu.search.spelling import Known
from mingpu.search.suggest import Ready

log = logging.getLogger(__name__)

CHECK_SECONDS = 0.5  # how stale a reader may be
_POLL_SECONDS = 0.02
_MERGED = 8  # parts of one size that the library makes one of, as soon as there are so many
_PART = 20_000  # products of a part, at most: what is held in memory while it is written, about 60 MB
_TRIES = 5  # a generation may be swept away between reading its name and opening it


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One committed state of the index. stamp: what its files that are replaced looked like before it was opened.

    known: what was asked of it before. ready: what is suggested for wide prefixes.
    """

    generation: str
    index: tantivy.Index
    searcher: tantivy.Searcher
    stamp: tuple[int, ...]
    records: Records
    known: Known
    ready: Ready


class Store:
    """The reading side of an index directory; safe for threads, and for processes forked after it was made."""

    def __init__(self, path: Path, *, check_seconds: float = CHECK_SECONDS) -> None:
        self.path = path
        self._check_seconds = check_seconds
        self._forget()

    def snapshot(self) -> Snapshot | None:
        """Return the newest state known, at most `check_seconds` old; None where no index can be read."""
        if self._pid != os.getpid():
            self._forget()
        if time.monotonic() >= self._next_check and self._gate.acquire(blocking=not self._looked):
            try:
                self._refresh()
            finally:
                self._gate.release()
        return self._snapshot

    def look_again(self) -> None:
        """Make the next `snapshot` look at the disk."""
        self._next_check = 0.0

    def generation_path(self) -> Path | None:
        """Return the directory of the generation in use; None when there is none of this layout version."""
        try:
            name = (self.path / "CURRENT").read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError):
            return None
        return self.path / name if _is_generation(name) else None

    def new_generation(self) -> Path:
        """Make an empty directory for another generation; nothing refers to it until `switch`."""
        made = self.path / f"{VERSION}-{uuid4().hex}"
        made.mkdir(parents=True)
        return made

    def switch(self, generation: Path) -> None:
        """Make `generation` the one in use, durably and at once. Call with the write lock held."""
        beside = self.path / "CURRENT.new"
        with beside.open("w", encoding="ascii") as file:
            file.write(generation.name)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(self.path / "CURRENT")
        folder = os.open(self.path, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        self.look_again()

    def sweep(self) -> None:
        """Remove generations not in use, such as a killed writer left. Call with the write lock held.

        Readers of a removed one go on until they look again: their files stay mapped.
        """
        current = self.generation_path()
        for entry in self.path.iterdir():
            if entry.is_dir() and entry != current and entry.name[:1].isdigit():
                shutil.rmtree(entry, ignore_errors=True)

    def _forget(self) -> None:
        self._pid = os.getpid()
        self._gate = threading.Lock()
        self._snapshot: Snapshot | None = None
        self._looked = False
        self._next_check = 0.0

    def _refresh(self) -> None:
        self._next_check = time.monotonic() + self._check_seconds
        for _ in range(_TRIES):
            try:
                self._snapshot = self._load()
                break
            except (
                OSError,
                ValueError,
            ) as reason:  # tantivy raises ValueError for a directory it cannot read
                problem = reason
        else:
            log.warning("the search index at %s cannot be read: %s", self.path, problem)
        self._looked = True

    def _load(self) -> Snapshot | None:
        place = self.generation_path()
        if place is None:
            return None
        meta, made = (place / "meta.json").stat(), stamp_of(place)
        stamp = (meta.st_ino, meta.st_mtime_ns, meta.st_size, made)
        known = self._snapshot if self._snapshot and self._snapshot.generation == place.name else None
        if known and known.stamp == stamp:
            return known
        ready = known.ready if known and known.stamp[-1] == made else ready_in(place)
        index = known.index if known else _opened(place)
        index.reload()
        searcher, records = index.searcher(), known.records if known else Records(place)
        return _checked(Snapshot(place.name, index, searcher, stamp, records, Known(searcher), ready))


class WriteLock:
    """The right to write an index directory, for one holder on the machine at a time."""

    def __init__(self, path: Path, *, wait_seconds: float) -> None:
        """Take the right, waiting up to `wait_seconds`. Raises IndexBusy."""
        path.mkdir(parents=True, exist_ok=True)
        self._file = (path / "write.lock").open("a")
        until = time.monotonic() + wait_seconds
        while not self._taken():
            if time.monotonic() >= until:
                self._file.close()
                raise IndexBusy
            time.sleep(_POLL_SECONDS)

    def release(self) -> None:
        """Give the right back, also where a process forked meanwhile still has the file."""
        fcntl.flock(self._file, fcntl.LOCK_UN)
        self._file.close()

    def _taken(self) -> bool:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as reason:
            if reason.errno in (errno.EAGAIN, errno.EACCES):
                return False
            self._file.close()
            raise
        return True


def part_size(products: int) -> int:
    """Return in parts of how many products to write so many, that all of them come to lie in one piece.

    Every look-up is made in each piece of an index, so one answers soonest. What nobody could tell (0) is one part.
    """
    parts = 1
    while products > parts * _PART:
        parts *= _MERGED
    return -(-products // parts) or sys.maxsize


def _opened(place: Path) -> tantivy.Index:
    index = tantivy.Index.open(str(place))
    index.config_reader(reload_policy="manual")
    return index


def _checked(snapshot: Snapshot) -> Snapshot:
    """Return it when the last of its records can be read. Raises OSError or ValueError for a file cut short."""
    searcher = snapshot.searcher
    last = searcher.search(Query.all_query(), 1, order_by_field="place").hits
    places = searcher.fast_field_values("place", [address for _, address in last])
    snapshot.records.read(int(place) for place in places if place is not None)
    return snapshot


def _is_generation(name: str) -> bool:
    """Say whether `name` is one of ours, of this layout version, and no way out of the directory."""
    version, dash, rest = name.partition("-")
    return bool(dash) and version == str(VERSION) and rest.isalnum()
