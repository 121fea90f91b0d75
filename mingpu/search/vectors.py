"""Vectors of titles, kept beside the index: rows of fixed length in two files, and the nearest of them by reading all.

    <path>/vectors/<model>.codes   a vector a row, its numbers as bytes
    <path>/vectors/<model>.ids     the product of the same row and a mark of its title; nought where the row is free
    <path>/vectors/<model>.level   the catalogue's number they follow

They belong to no generation of the index: a rebuild keeps them. A row is written before what refers to it, so a writer
killed at any point leaves rows that are whole or free. Only titles of products are in here, nobody's words.
"""

import mmap
import os
import struct
import time
from array import array
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from hashlib import blake2b
from heapq import nsmallest
from io import FileIO
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import simsimd

from mingpu.search.rules import Verified
from mingpu.search.store import WriteLock

FOLDER = "vectors"
_ROW = struct.Struct("<16s8s")  # id, mark
_FREE = bytes(16)
_AT_ONCE = 8192  # rows that are compared between two looks at the clock
_STEPS = 127  # of a number's size, one way
_WAIT_SECONDS = 30.0


class Vectors:
    """The vectors of one model; threads and processes may share them, one writes at a time.

    path: of the index. model, dimensions: as `Embedder` says them.
    """

    def __init__(self, path: Path, *, model: str, dimensions: int) -> None:
        name = blake2b(f"{model}\n{dimensions}".encode(), digest_size=8).hexdigest()
        self._folder = path / FOLDER
        self._ids, self._codes, self._level = (
            self._folder / f"{name}.{kind}" for kind in ("ids", "codes", "level")
        )
        self._dimensions = dimensions
        self._seen: tuple[int, mmap.mmap, mmap.mmap] | None = None

    def count(self) -> int:
        """Return how many products have a vector."""
        return sum(1 for _ in self._rows())

    def marks(self, product_ids: Collection[str]) -> dict[str, bytes]:
        """Return the marks of the titles that these products' vectors were made of, of those that have one."""
        wanted = {UUID(it).bytes for it in product_ids}
        return {str(UUID(bytes=key)): mark for _, key, mark in self._rows() if key in wanted}

    def put(
        self, vectors: Mapping[str, tuple[bytes, Iterable[float]]], *, drop: Collection[str] = ()
    ) -> None:
        """Keep vectors with the marks of their titles, by product id, and forget those of others. Raises IndexBusy."""
        lock = WriteLock(self._folder, wait_seconds=_WAIT_SECONDS)
        try:
            self._write({UUID(key).bytes: it for key, it in vectors.items()}, {UUID(it).bytes for it in drop})
        finally:
            lock.release()

    def nearest(
        self, vector: Iterable[float], *, most: int, least: float, until: float
    ) -> list[tuple[str, float]]:
        """Return the products nearest to a vector with their likeness (cosine, `least` to 1), the nearest first.

        Raises TimeoutError when not all are read by `until`, on the clock that only goes on.
        """
        ids, codes = self._mapped()
        asked = memoryview(_code(vector)).cast("b", shape=[1, self._dimensions])
        found: list[tuple[float, int]] = []
        bound = 1 - least
        for start, rows in self._blocks(codes, len(ids) // _ROW.size):
            if time.monotonic() > until:
                raise TimeoutError
            compared: Any = simsimd.cdist(asked, rows, metric="cosine")
            matrix: Any = memoryview(compared).tolist()
            distances: list[float] = matrix[0]  # there is one row
            if min(distances) > bound:
                continue
            near = [(it, start + place) for place, it in enumerate(distances) if it <= bound]
            found = nsmallest(most, [*found, *(it for it in near if _key(ids, it[1]) != _FREE)])
            bound = min(bound, found[-1][0]) if len(found) == most else bound
        return [(str(UUID(bytes=_key(ids, place))), 1 - distance) for distance, place in found]

    def compare(self, titles: Mapping[str, str]) -> Verified:
        """Hold the vectors against the titles there should be, by product id."""
        held = {str(UUID(bytes=key)): mark for _, key, mark in self._rows()}
        return Verified(
            len(held),
            tuple(sorted(titles.keys() - held.keys())),
            tuple(sorted(it for it in titles.keys() & held.keys() if held[it] != mark_of(titles[it]))),
            tuple(sorted(held.keys() - titles.keys())),
        )

    def level(self) -> int | None:
        """Return the catalogue's number that they follow; None when that is not known."""
        with suppress(OSError, ValueError):
            return int(self._level.read_text(encoding="ascii"))
        return None

    def remember(self, number: int) -> None:
        """Note the catalogue's number that they follow now."""
        self._folder.mkdir(parents=True, exist_ok=True)
        part = self._level.with_suffix(f".{uuid4().hex}")
        part.write_text(str(number), encoding="ascii")
        part.replace(self._level)

    def _rows(self) -> Iterator[tuple[int, bytes, bytes]]:
        """Yield every row in use: its place, id and mark."""
        held = self._mapped()[0]
        whole = len(held) // _ROW.size * _ROW.size
        for place, (key, mark) in enumerate(_ROW.iter_unpack(memoryview(held)[:whole])):
            if key != _FREE:
                yield place, key, mark

    def _blocks(self, codes: mmap.mmap | bytes, count: int) -> Iterator[tuple[int, memoryview]]:
        """Yield rows of numbers, so many at once, each with the place of the first."""
        size, held = self._dimensions, memoryview(codes)
        for start in range(0, min(count, len(codes) // size), _AT_ONCE):
            end = min(start + _AT_ONCE, count, len(codes) // size)
            yield start, held[start * size : end * size].cast("b", shape=[end - start, size])

    def _mapped(self) -> tuple[mmap.mmap | bytes, mmap.mmap | bytes]:
        """Return both files in memory, as long as they are now; what is written in place is seen at once."""
        try:
            size = self._ids.stat().st_size
        except FileNotFoundError:
            return b"", b""
        if size < _ROW.size:
            return b"", b""
        if self._seen is None or self._seen[0] != size:
            self._seen = (size, _map(self._ids), _map(self._codes))
        return self._seen[1:]

    def _write(self, vectors: Mapping[bytes, tuple[bytes, Iterable[float]]], drop: set[bytes]) -> None:
        places = {key: place for place, key, _ in self._rows() if key in vectors or key in drop}
        with _opened(self._codes) as codes, _opened(self._ids) as ids:
            end = os.fstat(ids.fileno()).st_size // _ROW.size
            for key in drop & places.keys() - vectors.keys():
                os.pwrite(ids.fileno(), bytes(_ROW.size), places[key] * _ROW.size)
            rows = []
            for key, (mark, vector) in vectors.items():
                place = places.get(key, end)
                end = max(end, place + 1)
                os.pwrite(codes.fileno(), _code(vector), place * self._dimensions)
                rows.append((place, _ROW.pack(key, mark)))
            os.fsync(codes.fileno())
            for place, row in rows:
                os.pwrite(ids.fileno(), row, place * _ROW.size)
            os.fsync(ids.fileno())


def mark_of(title: str) -> bytes:
    """Return eight bytes that change when a title does."""
    return blake2b(title.encode(errors="surrogatepass"), digest_size=8).digest()


def _code(vector: Iterable[float]) -> bytes:
    """Return a vector's numbers as bytes, the greatest as large as can be: its direction is what counts."""
    numbers = list(vector)
    scale = _STEPS / max(map(abs, numbers))
    return array("b", [round(it * scale) for it in numbers]).tobytes()


def _key(ids: mmap.mmap | bytes, place: int) -> bytes:
    return ids[place * _ROW.size : place * _ROW.size + len(_FREE)]


def _map(path: Path) -> mmap.mmap:
    with path.open("rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def _opened(path: Path) -> FileIO:
    path.touch()
    return FileIO(path, "r+b")
