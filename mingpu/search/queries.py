"""Finding products, ways to go on typing, and a person's own searches."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import connection

from mingpu.catalog.cache import Shelf
from mingpu.catalog.queries import Card, cards, category_paths, watch
from mingpu.lib.text import current_language
from mingpu.privacy.purposes import Purpose, processing
from mingpu.search.index import TantivyIndex
from mingpu.search.models import Barred, Search, Synonym
from mingpu.search.rules import (
    FacetCount,
    Facets,
    Lexicon,
    SearchIndex,
    SearchPage,
    SearchQuery,
    category_values,
)
from mingpu.search.words import OFFENSIVE, SAME, STOP, Line

KEPT = 20  # of a person's searches: as many as are shown
MAX_SUGGESTIONS = 10

_MB = 1 << 20
_CARD_BYTES = 1500  # about what one hit takes

index: SearchIndex = TantivyIndex(settings.INDEX_PATH)


@dataclass(frozen=True, slots=True)
class Found:
    """One page of hits, ready to show.

    facets: counts over all hits. corrected_query: what was searched instead when the words found nothing.
    recognised: what words were taken to mean, as `SearchPage` says it.
    """

    cards: tuple[Card, ...]
    total: int
    page: int
    page_size: int
    facets: Facets = field(default_factory=Facets)
    corrected_query: str | None = None
    recognised: tuple[tuple[str, str], ...] = ()

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.total // self.page_size))


@dataclass(frozen=True, slots=True)
class PastSearch:
    """One thing a person searched for, and when last (UTC)."""

    id: UUID
    text: str
    at: datetime


# Every word of the operator in one statement.
WORDS = """
SELECT 'same', words FROM search_synonym UNION ALL SELECT kind, ARRAY[word] FROM search_barred ORDER BY 1, 2
"""
_lexicon: Shelf[str, Lexicon] = Shelf(watch, entries=1, size=_MB)
_shelves: Shelf[tuple[SearchQuery, str], Found] = Shelf(watch, entries=2000, size=32 * _MB, from_index=True)


def search_products(query: SearchQuery, *, language: str | None = None) -> Found:
    """Return one page of products that fit. Nobody's data, the same for every reader.

    language: of the titles, the reader's by default. Two statements at most, for products not kept in this
    process. What was browsed is kept too; what somebody typed is not.
    """
    speech = language or current_language()
    if query.q.strip():
        return _found(index.search(query), speech)
    kept = _shelves.get((query, speech))
    if kept is None:
        seen = watch.number()
        kept = _found(index.search(query), speech)
        _shelves.put((query, speech), kept, size=_CARD_BYTES * (len(kept.cards) + 1), seen=seen)
    return kept


def _found(page: SearchPage, language: str) -> Found:
    return Found(
        cards=tuple(cards(page.product_ids, language)),
        total=page.total,
        page=page.page,
        page_size=page.page_size,
        facets=page.facets,
        corrected_query=page.corrected_query,
        recognised=page.recognised,
    )


def subcategories(query: SearchQuery, found: Found) -> tuple[FacetCount, ...]:
    """Return the category facet of a list, complete below the category chosen.

    The facet holds the commonest categories of the whole shop, so those deep down may be missing; while
    browsing they are counted one by one, and kept.
    """
    counts = found.facets.category
    if query.category is None or query.q.strip():
        return counts
    chosen = query.category
    known = {it.value for it in counts}
    paths = (category_values(path) for path in category_paths())
    below = {value for values in paths for value in values if value.rpartition("/")[0] == chosen}
    more = []
    for value in sorted(below - known):
        total = search_products(replace(query, category=value, page=1, page_size=1)).total
        more += [FacetCount(value, total)] if total else []
    return (*counts, *sorted(more, key=lambda it: -it.count))


def suggestions(prefix: str, *, limit: int = MAX_SUGGESTIONS) -> list[str]:
    """Return up to `limit` ways to go on from what is typed, out of the catalogue's words alone."""
    return index.suggest(prefix, limit=limit)


def lexicon() -> Lexicon:
    """Return what the operator teaches search, at most a second old; one statement when the catalogue moved."""
    kept = _lexicon.get("")
    if kept is None:
        seen = watch.number()
        lines = list(word_lines())
        kept = Lexicon(
            synonyms=tuple(it.words for it in lines if it.kind == SAME),
            stop=frozenset(it.words[0] for it in lines if it.kind == STOP),
            offensive=frozenset(it.words[0] for it in lines if it.kind == OFFENSIVE),
        )
        _lexicon.put("", kept, size=len(lines), seen=seen)
    return kept


def word_lines() -> Iterator[Line]:
    """Yield all the operator's words: groups that mean the same, then what is barred; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(WORDS)
        for kind, words in cursor.fetchall():
            yield Line(kind, tuple(words))


def synonym_groups() -> list[tuple[UUID, tuple[str, ...]]]:
    """Return the groups of words that mean the same, each with its id."""
    return [
        (key, tuple(words)) for key, words in Synonym.objects.order_by("words").values_list("id", "words")
    ]


def barred_words(kind: str) -> list[str]:
    """Return the stop words or the offensive ones, sorted."""
    return list(Barred.objects.filter(kind=kind).order_by("key").values_list("word", flat=True))


def history_of(*, person_id: UUID) -> list[PastSearch]:
    """Return a person's searches, the newest first; none while they do not agree to keeping them."""
    with processing(Purpose.SEARCH_HISTORY, subject=person_id, reading=True):
        rows = Search.objects.filter(person_id=person_id).order_by("-at", "id")[:KEPT]
        return [PastSearch(key, text or "", at) for key, text, at in rows.values_list("id", "keywords", "at")]
