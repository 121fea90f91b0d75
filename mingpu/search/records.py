"""What ranking reads of a product, kept beside the index: one file of records, appended to, read through the page cache.

The index finds products and counts them; which of the best comes first is decided by reading their names once more,
whole. A record is found by its place in the file, which the index holds as a column. Records of products that were
replaced stay behind until the next rebuild.
"""

import mmap
import os
import struct
from collections.abc import Iterable
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self
from uuid import UUID

from mingpu.search.rules import Document
from mingpu.search.text import analyse, sounded, spelled

FILE = "records.bin"
_HEAD = struct.Struct(
    "<16s8sBIIHHHH"
)  # id, digest, in stock, sold, listed at, bytes of names, words, more, sounds
_MOST = 0xFFFF
_SHARE = 16_000  # bytes of names, of their words, of their sounds that are kept; the rest of `_MOST` is for the attributes
_COUNT = 2**32 - 1


class Record(NamedTuple):
    """One product as ranking reads it. key: its id.

    names: title, brand and category, each on a line of its own, as `text.spelled` spells them. words, more: the
    words of the names, of the attributes, between spaces. sounds: the
    names' syllables, as `text.sounded`. sales: pieces sold. listed_at: seconds since 1970. digest: of everything
    the index was told of the product.
    """

    key: bytes
    digest: bytes
    in_stock: bool
    sales: int
    listed_at: int
    names: str
    words: str
    more: str
    sounds: str


class Records:
    """The reading side; grows with the file, safe for threads. Raises OSError where there is no file.

    The file is held open, so that it can be read on when its generation has been swept away.
    """

    def __init__(self, folder: Path) -> None:
        self._file = (folder / FILE).open("rb")
        self._map: mmap.mmap | None = None

    def read(self, places: Iterable[int]) -> list[Record]:
        """Return the records at `places`, in that order. Raises OSError and ValueError for a damaged file."""
        return [self._one(place) for place in places]

    def ids(self, places: Iterable[int]) -> list[bytes]:
        """Return the product ids at `places` alone, in that order; errors as in `read`."""
        return [self._held(place + 16)[place : place + 16] for place in places]

    def digests(self, places: Iterable[int]) -> list[tuple[bytes, bytes]]:
        """Return the product ids at `places` with their digests, in that order; errors as in `read`."""
        return [(held[:16], held[16:]) for held in (self._held(it + 24)[it : it + 24] for it in places)]

    def _one(self, place: int) -> Record:
        held = self._held(place + _HEAD.size)
        key, digest, in_stock, sales, listed_at, size, names, words, more = _HEAD.unpack_from(held, place)
        start = place + _HEAD.size
        body = held[start : start + size]
        texts = (body if len(body) == size else self._held(start + size)[start : start + size]).decode()
        words, more = names + words, names + words + more  # from lengths to places
        return Record(
            key, digest, bool(in_stock), sales, listed_at,
            texts[:names], texts[names:words], texts[words:more], texts[more:],
        )  # fmt: skip

    def _held(self, end: int) -> mmap.mmap:
        """Return the file in memory, at least up to `end`."""
        held = self._map
        if held is None or len(held) < end:
            held = self._map = mmap.mmap(self._file.fileno(), 0, access=mmap.ACCESS_READ)
            if len(held) < end:
                raise ValueError("a record lies beyond the end of its file")
        return held


class RecordWriter:
    """The writing side, for one writer at a time; what was appended and never referred to does no harm."""

    def __init__(self, folder: Path) -> None:
        self._file = (folder / FILE).open("ab")
        self._end = self._file.seek(0, os.SEEK_END)

    def append(self, document: Document) -> int:
        """Write a product's record; return its place."""
        place = self._end
        called = (" ".join((document.brand, *document.brand_aliases)), " ".join(document.category))
        names = names_of(document)
        spellings = (
            "\n".join(map(spelled, (document.title, *called))),
            _line(analyse(names).words),
            sounded(names),
        )
        named, words, sounds = (_cut(it, _SHARE) for it in spellings)
        left = _MOST - sum(len(it.encode()) for it in (named, words, sounds))
        first = named, words, _cut(_line(analyse(document.attributes_text).words), left)
        body = "".join((*first, sounds)).encode()
        head = _HEAD.pack(
            UUID(document.product_id).bytes, digest(document), document.in_stock,
            max(0, min(document.sales, _COUNT)), max(0, min(document.listed_at, _COUNT)), len(body), *map(len, first),
        )  # fmt: skip
        self._end += self._file.write(head + body)
        return place

    def sync(self) -> None:
        """Make everything appended durable; call before the index refers to it."""
        self._file.flush()
        os.fsync(self._file.fileno())

    def __enter__(self) -> Self:
        """Write until the block ends."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let go of the file."""
        self.close()

    def close(self) -> None:
        """Let go of the file; what `sync` did not write is referred to by nothing, and may be lost on a full disk."""
        with suppress(OSError):
            self._file.close()


def names_of(document: Document) -> str:
    """Return everything a product is called by: title, brand with its other names, category path."""
    return " ".join((document.title, document.brand, *document.brand_aliases, *document.category))


def digest(document: Document) -> bytes:
    """Return eight bytes that change when anything the index is told of a product does."""
    values = (
        document.title, document.brand, document.brand_aliases, document.category, document.attributes_text,
        document.price_fen, document.in_stock, document.sales, document.listed_at, document.skus, document.merchant,
        document.facets,
    )  # fmt: skip
    return blake2b(repr(values).encode(errors="surrogatepass"), digest_size=8).digest()


def _cut(text: str, most: int) -> str:
    """Return as much of `text` as fits into `most` bytes."""
    return text if 4 * len(text) <= most else text.encode()[:most].decode(errors="ignore")


def _line(words: Iterable[str]) -> str:
    return f" {' '.join(words)} "
