"""The product index on tantivy: searching, suggesting, writing."""

import logging
import shutil
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from operator import length_hint
from pathlib import Path
from uuid import UUID

import tantivy

from mingpu.search.finding import Finder, Near
from mingpu.search.ranking import Weights
from mingpu.search.reading import Teachings
from mingpu.search.ready import keep_ready, prepare
from mingpu.search.recognise import Labelled, Recogniser, train
from mingpu.search.records import RecordWriter, digest
from mingpu.search.rules import Document, FacetCount, Lexicon, SearchPage, SearchQuery, Verified
from mingpu.search.schema import build_schema, to_row
from mingpu.search.store import Snapshot, Store, WriteLock, part_size
from mingpu.search.suggest import suggest

log = logging.getLogger(__name__)

WAIT_SECONDS = 30.0  # for another writer to finish
TAUGHT = "taught"  # what was learnt of titles, beside the generations
_BATCH_HEAP, _REBUILD_HEAP = 15_000_000, 96_000_000  # bytes; the library's minimum is 15 MB


@dataclass(slots=True)
class _Batch:
    """An open transaction of one writer."""

    lock: WriteLock
    writer: tantivy.IndexWriter
    records: RecordWriter


class TantivyIndex:
    """A `SearchIndex` in a directory; threads and processes may share it, one writes at a time.

    path: made by the first write. weights: how hits are ordered. lexicon: gives the operator's words as they are
    now. near: gives neighbours in meaning, where there is a model for it. wait_seconds: how long a writer waits for
    another one.
    """

    def __init__(
        self,
        path: Path | str,
        *,
        weights: Weights | None = None,
        lexicon: Callable[[], Lexicon] = Lexicon,
        near: Near | None = None,
        wait_seconds: float = WAIT_SECONDS,
    ) -> None:
        self._store = Store(Path(path))
        self._weights = weights or Weights()
        self._wait_seconds = wait_seconds
        self._lexicon = lexicon
        self._near = near
        self._teachings: tuple[Lexicon, Teachings] | None = None
        self._schema = build_schema()
        self._batch: _Batch | None = None
        self._writing = threading.RLock()

    def search(self, query: SearchQuery) -> SearchPage:
        """Return one page of hits and the facets of all hits. A missing or empty index gives an empty page."""
        snapshot = self._store.snapshot()
        if snapshot is None:
            return SearchPage(page=query.page, page_size=query.page_size)
        return self._finder(snapshot).search(query)

    def below(self, query: SearchQuery) -> tuple[FacetCount, ...]:
        """Return the categories directly below the one chosen, with what the filters leave in each, words apart."""
        snapshot = self._store.snapshot()
        return self._finder(snapshot).below(query) if snapshot else ()

    def suggest(self, prefix: str, *, limit: int = 10) -> list[str]:
        """Return up to `limit` continuations of `prefix`, from the words of the catalogue alone."""
        snapshot = self._store.snapshot()
        if snapshot is None:
            return []
        return suggest(snapshot.searcher, prefix, limit, snapshot.ready)

    def _finder(self, snapshot: Snapshot) -> Finder:
        return Finder(self._schema, snapshot, self._taught(), self._weights, self._near)

    def _taught(self) -> Teachings:
        """Return the operator's words made ready, anew when they changed."""
        lexicon, known = self._lexicon(), self._teachings
        if known is None or known[0] is not lexicon:
            known = self._teachings = (lexicon, Teachings(lexicon))
        return known[1]

    def count(self) -> int:
        """Return how many products the index holds; 0 when there is none."""
        snapshot = self._store.snapshot()
        return snapshot.searcher.num_docs if snapshot else 0

    def teach(self, titles: Sequence[Labelled]) -> None:
        """Learn to tell brands and product words in titles; used from the next writing of a product on."""
        train(titles, self._store.path / TAUGHT)

    def compare(self, documents: Iterable[Document]) -> Verified:
        """Hold the index against these products: exactly they should be in it, exactly so."""
        snapshot = self._store.snapshot()
        known = self._finder(snapshot).digests() if snapshot else {}
        held, missing, stale = len(known), [], []
        for document in documents:
            digest_held = known.pop(document.product_id, None)
            if digest_held is None:
                missing.append(document.product_id)
            elif digest_held != digest(document):
                stale.append(document.product_id)
        return Verified(held, tuple(sorted(missing)), tuple(sorted(stale)), tuple(sorted(known)))

    def upsert(self, documents: Iterable[Document]) -> int:
        """Add or replace products; readers see them after `commit`. Return how many. Raises IndexBusy."""
        with self._writing:
            batch = self._open_batch()
            return self._write(batch.writer, batch.records, documents)

    def delete(self, product_ids: Iterable[str]) -> int:
        """Take products out; unknown ids are ignored. Return how many ids were given. Raises IndexBusy.

        Raises ValueError for an id that is no UUID.
        """
        with self._writing:
            writer = self._open_batch().writer
            done = 0
            for product_id in product_ids:
                writer.delete_documents_by_term("product", str(UUID(product_id)))
                done += 1
            return done

    def commit(self) -> None:
        """Make what was upserted and deleted visible and durable, and let the next writer in."""
        with self._writing:
            if self._batch is None:
                return
            try:
                self._batch.records.sync()
                self._batch.writer.commit()
                self._batch.writer.wait_merging_threads()
                keep_ready(self._store.generation_path())
            finally:
                self._close_batch()
                self._store.look_again()

    def rollback(self) -> None:
        """Forget what was upserted and deleted since the last commit, and let the next writer in."""
        with self._writing:
            if self._batch is None:
                return
            try:
                self._batch.writer.rollback()
                self._batch.writer.wait_merging_threads()
            finally:
                self._close_batch()

    def rebuild(self, documents: Iterable[Document]) -> int:
        """Replace the whole index at once; until then readers see the old one, and keep it on any error.

        Of several documents with one id the last counts. Return how many products there are. Raises
        IndexBusy, and RuntimeError inside an uncommitted batch of this object.
        """
        with self._writing:
            if self._batch is not None:
                raise RuntimeError("commit or roll back before rebuilding")
            lock = WriteLock(self._store.path, wait_seconds=self._wait_seconds)
            try:
                self._store.sweep()
                made = self._write_generation(documents)
                self._store.switch(made)
                self._store.sweep()
            finally:
                lock.release()
        return self.count()

    def _write_generation(self, documents: Iterable[Document]) -> Path:
        """Write a whole new generation; nothing is left of it when that fails."""
        made = self._store.new_generation()
        try:
            self._fill(made, documents)
            prepare(made)
        except BaseException:
            shutil.rmtree(made, ignore_errors=True)
            raise
        return made

    def _fill(self, place: Path, documents: Iterable[Document]) -> None:
        """Write products into an empty generation, in equal parts that the library puts together to one."""
        writer = tantivy.Index(self._schema, path=str(place)).writer(_REBUILD_HEAP, 1)
        every = iter(documents)
        told = length_hint(every)
        size = part_size(told)
        try:
            with RecordWriter(place) as records:
                for left in range(told - size, 0, -size):
                    self._write(writer, records, _until(every, left))
                    writer.commit()
                self._write(writer, records, every)
                records.sync()
            writer.commit()
        finally:
            writer.wait_merging_threads()  # none of its threads may touch the files from here on

    def _open_batch(self) -> _Batch:
        """Return the transaction under way, or begin one."""
        if self._batch is None:
            lock = WriteLock(self._store.path, wait_seconds=self._wait_seconds)
            try:
                self._store.sweep()
                place = self._store.generation_path()
                if place is None:
                    place = self._write_generation(())
                    self._store.switch(place)
                writer = tantivy.Index.open(str(place)).writer(_BATCH_HEAP, 1)
                records = RecordWriter(place)
            except BaseException:
                lock.release()
                raise
            self._batch = _Batch(lock, writer, records)
        return self._batch

    def _close_batch(self) -> None:
        batch, self._batch = self._batch, None
        if batch is not None:
            batch.records.close()
            batch.lock.release()

    def _write(
        self, writer: tantivy.IndexWriter, records: RecordWriter, documents: Iterable[Document]
    ) -> int:
        """Put products in the place of what was there under their ids; return how many."""
        recogniser, done = self._recogniser(), 0
        for document in documents:
            spans = recogniser.spans(document.title) if recogniser else ()
            writer.delete_documents_by_term("product", document.product_id)
            writer.add_document(to_row(document, records.append(document), spans))
            done += 1
        return done

    def _recogniser(self) -> Recogniser | None:
        """Return what tells brands and products in titles; None where nothing was taught that can be read."""
        try:
            return Recogniser(self._store.path / TAUGHT)
        except FileNotFoundError:
            return None
        except (OSError, ValueError, LookupError, TypeError) as reason:
            log.warning("what was taught of titles cannot be read: %s", reason)
            return None


def _until(documents: Iterator[Document], left: int) -> Iterator[Document]:
    """Yield documents, one at least, until they say that no more than `left` come."""
    for document in documents:
        yield document
        if length_hint(documents) <= left:
            return
