"""Finding products, ways to go on typing, what many search for, and a person's own searches."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import ProgrammingError, connection
from django.db.models import Max

from mingpu.adapters.providers import embedder
from mingpu.catalog.cache import Shelf
from mingpu.catalog.queries import Card, cards, category_paths, watch
from mingpu.lib.clock import now
from mingpu.lib.kept import kept
from mingpu.lib.text import current_language
from mingpu.privacy.purposes import AccountFrozen, Purpose, processing
from mingpu.privacy.register import REGISTER
from mingpu.privacy.standing import agrees
from mingpu.search.akin import Akin
from mingpu.search.counting import day_of, offends, spoken
from mingpu.search.index import TantivyIndex
from mingpu.search.models import Barred, QueryCount, Search, Synonym
from mingpu.search.popular import BEFORE_DAYS, FEWEST_TRENDING, RECENT_DAYS, Counted, Popular
from mingpu.search.rules import (
    FacetCount,
    Facets,
    Lexicon,
    SearchIndex,
    SearchPage,
    SearchQuery,
    category_values,
)
from mingpu.search.vectors import Vectors
from mingpu.search.words import Line, as_lexicon, word_key

KEPT = 20  # of a person's searches: as many as are shown
KEPT_DAYS = int(REGISTER.raw["retention"]["history"]["days"])
MAX_SUGGESTIONS = 10
OWN_FIRST, POPULAR_NEXT = 3, 4  # suggestions of these kinds, at most, once something is typed
OWN_UNASKED = 6  # and of one's own before anything is
MOST_POPULAR = 5000  # searches kept in each process
GROUPS = 50  # of synonyms on a page
NEWEST_SECONDS = 60.0  # how stale the day counted last may be
STALE = timedelta(days=7)  # what rose longer ago is no news

_MB = 1 << 20
_CARD_BYTES = 1500  # about what one hit takes
_COUNT_BYTES = 200  # and one count


def _akin() -> Akin | None:
    """Return what finds neighbours in meaning; None where no model is configured. Raises ValueError for one elsewhere."""
    model = embedder()
    if model is None:
        return None
    kept = Vectors(Path(settings.INDEX_PATH), model=model.model, dimensions=model.dimensions)
    return Akin(model, kept, seconds=settings.EMBEDDINGS_SECONDS, least=settings.EMBEDDINGS_LEAST)


akin: Akin | None = _akin()
index: SearchIndex = TantivyIndex(
    settings.INDEX_PATH,
    lexicon=lambda: lexicon(),  # noqa: PLW0108 -- defined below
    near=akin.near if akin else None,
)


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

    @property
    def days_left(self) -> int:
        """How many days until it goes by itself; 0 for the last one."""
        return max(0, (self.at + timedelta(days=KEPT_DAYS) - now()).days)


@dataclass(frozen=True, slots=True)
class Groups:
    """A page of groups of words that mean the same, each with its id."""

    items: tuple[tuple[UUID, tuple[str, ...]], ...]
    total: int
    page: int
    page_size: int


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A way to go on typing. kind: history (one's own, with its id) | popular (many search for it) | catalogue."""

    text: str
    kind: str
    id: UUID | None = None


# Every word of the operator in one statement.
WORDS = """
SELECT 'same', words FROM search_synonym UNION ALL SELECT kind, ARRAY[word] FROM search_barred ORDER BY 1, 2
"""
# What was counted in the weeks up to a day: each search once, its networks of the last days and those before.
COUNTED = """
SELECT query, max(sound), max(initials), coalesce(sum(people) FILTER (WHERE day > %s), 0),
       coalesce(sum(people) FILTER (WHERE day <= %s), 0)
FROM search_querycount WHERE day > %s GROUP BY query ORDER BY sum(people) DESC, query LIMIT %s
"""
_lexicon: Shelf[str, Lexicon] = Shelf(watch, entries=1, size=_MB)
_below: Shelf[SearchQuery, tuple[FacetCount, ...]] = Shelf(watch, entries=1000, size=4 * _MB, from_index=True)
_shelves: Shelf[tuple[SearchQuery, str], Found] = Shelf(watch, entries=2000, size=32 * _MB, from_index=True)


def search_products(query: SearchQuery, *, language: str | None = None) -> Found:
    """Return one page of products that fit. Nobody's data, the same for every reader.

    language: of the titles, the reader's by default. Two statements at most, for products not kept in this
    process. What was browsed is kept too; what somebody typed is not.
    """
    speech = language or current_language()
    if query.q.strip():
        return _found(index.search(query), speech)
    known = _shelves.get((query, speech))
    if known is None:
        seen = watch.number()
        known = _found(index.search(query), speech)
        _shelves.put((query, speech), known, size=_CARD_BYTES * (len(known.cards) + 1), seen=seen)
    return known


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
    browsing they are counted, all at once, and kept.
    """
    counts = found.facets.category
    if query.category is None or query.q.strip():
        return counts
    chosen, known = query.category, {it.value for it in counts}
    paths = (category_values(path) for path in category_paths())
    if all(it in known for values in paths for it in values if it.rpartition("/")[0] == chosen):
        return counts
    asked = replace(query, page=1)
    below = _below.get(asked)
    if below is None:
        seen = watch.number()
        below = index.below(asked)
        _below.put(asked, below, size=_COUNT_BYTES * (len(below) + 1), seen=seen)
    return (*counts, *(it for it in below if it.value not in known))


def suggestions(prefix: str, *, limit: int = MAX_SUGGESTIONS) -> list[str]:
    """Return up to `limit` ways to go on from what is typed, out of the catalogue's words alone."""
    return index.suggest(prefix, limit=limit)


def suggested(
    prefix: str, *, person_id: UUID | None = None, limit: int = MAX_SUGGESTIONS
) -> list[Suggestion]:
    """Return ways to go on from what is typed: one's own searches, what many search for, the catalogue's words.

    person_id: whose own searches come first, while they agree to keeping them. Before anything is typed: one's
    own, then what is on the rise. What the operator barred as offensive is suggested to nobody.
    """
    typed = prefix.strip()
    own = _own(person_id, typed) if person_id else []
    barred = lexicon().offensive
    if typed:
        many, words = _popular().complete(typed, 2 * POPULAR_NEXT), suggestions(typed, limit=limit)
    else:
        many, words = list(trending()), []
    popular = [it for it in many if not offends(it, barred)][: POPULAR_NEXT if typed else limit]
    catalogue = [it for it in words if not offends(it, barred)]
    found: dict[str, Suggestion] = {}
    for it in (
        *(Suggestion(it.text, "history", it.id) for it in own),
        *(Suggestion(it, "popular") for it in popular),
        *(Suggestion(it, "catalogue") for it in catalogue),
    ):
        found.setdefault(word_key(it.text), it)
    return list(found.values())[:limit]


def trending() -> tuple[str, ...]:
    """Return what is on the rise among all who search without a sign-in; () where too little was counted lately."""
    last = _counted_last()
    if last is None or day_of(now()) - last > STALE:
        return ()
    barred = lexicon().offensive
    found = tuple(it for it in _popular().trending if not offends(it, barred))
    return found if len(found) >= FEWEST_TRENDING else ()


def _own(person_id: UUID, typed: str) -> list[PastSearch]:
    """Return a person's own searches that go on from what is typed; none while they do not agree, or are leaving."""
    if not agrees(person_id, Purpose.SEARCH_HISTORY):
        return []
    try:
        past = history_of(person_id=person_id)
    except (AccountFrozen, ProgrammingError):
        return []
    if not typed:
        return past[:OWN_UNASKED]
    key = word_key(typed)
    tight = key.replace(" ", "")
    found = [
        it
        for it in past
        if (own := word_key(it.text)).startswith(key) or any(s.startswith(tight) for s in spoken(own))
    ]
    return [it for it in found if word_key(it.text) != key][:OWN_FIRST]


@kept(NEWEST_SECONDS)
def _counted_last() -> date | None:
    last: date | None = QueryCount.objects.aggregate(last=Max("day"))["last"]
    return last


def _popular() -> Popular:
    return _read_popular(_counted_last())


@lru_cache(maxsize=1)
def _read_popular(last: date | None) -> Popular:
    """Return what was counted up to a day, sorted for this process; read once a day."""
    if last is None:
        return Popular()
    recent = last - timedelta(days=RECENT_DAYS)
    with connection.cursor() as cursor:
        cursor.execute(COUNTED, [recent, recent, recent - timedelta(days=BEFORE_DAYS), MOST_POPULAR])
        return Popular(Counted(*row) for row in cursor.fetchall())


def lexicon() -> Lexicon:
    """Return what the operator teaches search, at most a second old; one statement when the catalogue moved."""
    known = _lexicon.get("")
    if known is None:
        seen = watch.number()
        lines = list(word_lines())
        known = as_lexicon(lines)
        _lexicon.put("", known, size=len(lines), seen=seen)
    return known


def word_lines() -> Iterator[Line]:
    """Yield all the operator's words: groups that mean the same, then what is barred; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(WORDS)
        for kind, words in cursor.fetchall():
            yield Line(kind, tuple(words))


def synonym_groups(*, words: str = "", page: int = 1, page_size: int = GROUPS) -> Groups:
    """Return a page of the groups of words that mean the same. words: part of one of the words; two statements."""
    found = Synonym.objects.filter(key__contains=word_key(words)).order_by("key")
    rows = found.values_list("id", "words")[(page - 1) * page_size : page * page_size]
    return Groups(tuple((key, tuple(said)) for key, said in rows), found.count(), page, page_size)


def barred_words(kind: str) -> list[str]:
    """Return the stop words or the offensive ones, sorted."""
    return list(Barred.objects.filter(kind=kind).order_by("key").values_list("word", flat=True))


def history_of(*, person_id: UUID) -> list[PastSearch]:
    """Return a person's searches, the newest first; none while they do not agree to keeping them."""
    with processing(Purpose.SEARCH_HISTORY, subject=person_id, reading=True):
        rows = Search.objects.filter(person_id=person_id).order_by("-at", "id")[:KEPT]
        return [PastSearch(key, text or "", at) for key, text, at in rows.values_list("id", "keywords", "at")]
