"""Products whose titles mean what was searched for, by an embedding model of this machine, within a budget of time.

Only beside the words: a model that is slow, silent or gone costs a search no more than its budget, and then nothing
for a while.
"""

import logging
import time
from collections.abc import Collection, Mapping

from mingpu.adapters.embedding import Embedder, EmbeddingFailed
from mingpu.search.rules import Verified
from mingpu.search.vectors import Vectors, mark_of

log = logging.getLogger(__name__)

MOST = 24  # neighbours of a query
REST_SECONDS = 10.0  # that the model is left alone after it failed
_WRITTEN = 256  # titles whose vectors are written at once: a job stopped half way has lost no more


class Akin:
    """The neighbours of a query, and the vectors they are found by. Safe to share between threads.

    seconds: that a search waits, at most. least: how like (cosine) a neighbour must be.
    """

    def __init__(self, embedder: Embedder, vectors: Vectors, *, seconds: float, least: float) -> None:
        self._embedder = embedder
        self._vectors = vectors
        self._seconds = seconds
        self._least = least
        self._resting_until = 0.0

    def near(self, text: str) -> list[str]:
        """Return the ids of products whose titles mean alike, the likest first; none where that takes too long."""
        began = time.monotonic()
        if not text.strip() or began < self._resting_until:
            return []
        try:
            vector = self._embedder.embed_within(text, seconds=self._seconds)
            found = self._vectors.nearest(vector, most=MOST, least=self._least, until=began + self._seconds)
        except (EmbeddingFailed, TimeoutError, OSError) as reason:
            self._resting_until = time.monotonic() + REST_SECONDS
            log.warning("no recall by meaning for a while: %s", getattr(reason, "code", "too slow"))
            return []
        return [product_id for product_id, _ in found]

    def follow(self, product_ids: Collection[str], titles: Mapping[str, str]) -> int:
        """Bring vectors of products up to their titles now, forgetting those without one; return how many were made.

        Raises EmbeddingFailed and IndexBusy; what was made until then stays.
        """
        held = self._vectors.marks(product_ids)
        gone = [it for it in product_ids if it not in titles]
        wanted = [it for it, title in titles.items() if held.get(it) != mark_of(title)]
        if any(it in held for it in gone):
            self._vectors.put({}, drop=gone)
        for start in range(0, len(wanted), _WRITTEN):
            some = wanted[start : start + _WRITTEN]
            vectors = self._embedder.embed([titles[it] for it in some])
            self._vectors.put(
                {it: (mark_of(titles[it]), vector) for it, vector in zip(some, vectors, strict=True)}
            )
        return len(wanted)

    def compare(self, titles: Mapping[str, str]) -> Verified:
        """Hold the vectors against the titles there should be, by product id."""
        return self._vectors.compare(titles)

    def level(self) -> int | None:
        """Return the catalogue's number that the vectors follow; None when that is not known."""
        return self._vectors.level()

    def remember(self, number: int) -> None:
        """Note the catalogue's number that the vectors follow now."""
        self._vectors.remember(number)
