"""The vectors of titles following the catalogue, where an embedding model of this machine is configured."""

from collections.abc import Sequence
from uuid import UUID

from mingpu.catalog import queries as catalog
from mingpu.search.queries import akin
from mingpu.search.rules import Verified

BATCH = 1000  # products read at a time


def learn_meanings() -> int:
    """Bring the vectors of titles up to the catalogue; return how many were made, 0 where no model is configured.

    Nothing but titles of products goes to the model, in no transaction. Stopped half way it goes on where it was.
    Raises EmbeddingFailed and IndexBusy.
    """
    if akin is None:
        return 0
    until, since, made = catalog.number(), akin.level(), 0
    ids = catalog.changed_since(since if since is not None and since <= until else -1)
    for start in range(0, len(ids), BATCH):
        some = ids[start : start + BATCH]
        made += akin.follow([str(it) for it in some], _titles(some))
    akin.remember(until)
    return made


def verify_meanings(*, mend: bool = False) -> Verified | None:
    """Hold the vectors of titles against the catalogue; None where no model is configured.

    mend: make and forget what differs at once. Raises EmbeddingFailed and IndexBusy.
    """
    if akin is None:
        return None
    titles = _titles(catalog.changed_since(-1))
    found = akin.compare(titles)
    if mend and found.differences:
        wrong = [*found.missing, *found.stale, *found.extra]
        akin.follow(wrong, {it: titles[it] for it in wrong if it in titles})
    return found


def _titles(ids: Sequence[UUID]) -> dict[str, str]:
    """Return the titles of products that are shown now, by id."""
    return {
        listing.product_id: listing.title
        for start in range(0, len(ids), BATCH)
        for listing in catalog.listings(ids[start : start + BATCH])
    }
