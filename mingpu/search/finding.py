"""Answering one query from one state of the index."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import zip_longest
from typing import Any
from uuid import UUID

import tantivy
from tantivy import Occur, Order, Query

from mingpu.search.facets import count_below, count_facets, filters, narrowed
from mingpu.search.guessing import Guesses
from mingpu.search.meanings import Meaning, meanings
from mingpu.search.mending import mend, spelled_out, worded
from mingpu.search.ranking import ENOUGH, ENOUGH_SORTED, JUDGED, Judge, Matcher, Other, Weights, silent
from mingpu.search.reading import Reading, Teachings, read
from mingpu.search.rules import FacetCount, SearchPage, SearchQuery
from mingpu.search.spelling import MOST, Meant, Spelling
from mingpu.search.store import Snapshot
from mingpu.search.text import replaced, runs

_MAX_HITS = 100_000  # how far one may page; the total and the facets stay true beyond
_EXPECTED = 7.0  # odds from which a slip is as good as what was typed
_CAUTION, _CHOICE = 2.0, 1.0  # what one less costs, below that and above it
_BRAND_SHARE = 0.6  # of the products that hold every word, that must carry a brand for it to be meant
_ORDERS = {
    "price": ("price", Order.Asc),
    "-price": ("price", Order.Desc),
    "sales": ("sales", Order.Desc),
    "new": ("listed_at", Order.Desc),
}
_BY_RANK = ("rank", Order.Desc)

Near = Callable[[str], Sequence[str]]  # the ids of products that mean what a text says, the likest first


@dataclass(frozen=True, slots=True)
class _Match:
    """What a query found.

    total: how many hits, None where nobody counted. others: readings that may have been meant as well. precise: what holds every word of it, as many as `held`.
    strict: there is nothing else among the hits. corrected: what was searched instead.
    """

    reading: Reading
    query: Query
    total: int | None
    precise: Query
    held: int
    strict: bool
    corrected: str | None = None
    others: tuple[Other, ...] = ()

    @property
    def firm(self) -> int:
        """How many products hold every word that was searched for."""
        return 0 if self.others or self.reading.unknown else self.held


class Finder:
    """Searches one committed state of the index. What it asked once is kept as long as it: make one for each query.

    teachings: the operator's words. near: neighbours in meaning, if any.
    """

    def __init__(
        self,
        schema: tantivy.Schema,
        snapshot: Snapshot,
        teachings: Teachings,
        weights: Weights,
        near: Near | None = None,
    ) -> None:
        self._near = near
        self._schema = schema
        self._searcher = snapshot.searcher
        self._records = snapshot.records
        self._teachings = teachings
        self._weights = weights
        self._holding = cache(snapshot.known.holding)
        self._spelling = Spelling(snapshot.known, self._holding)

    def search(self, query: SearchQuery) -> SearchPage:
        """Return one page of hits and the facets of all hits."""
        if not query.q.strip():
            return self._page(query, Query.all_query(), None)
        match = self._match(query)
        akin = self._neighbours(query, match)
        if match is None:
            if akin:
                return self._page(query, Query.empty_query(), None, akin)
            return SearchPage(page=query.page, page_size=query.page_size)
        brand = None if query.exact or query.brand is not None else self._brand(match)
        if brand:
            page = self._page(replace(query, brand=brand.value), match.query, match, akin)
            meant: tuple[tuple[str, str], ...] = (("brand", brand.value),)
        else:
            page, meant = self._page(query, match.query, match, akin), ()
        return replace(page, corrected_query=match.corrected, recognised=meant)

    def below(self, query: SearchQuery) -> tuple[FacetCount, ...]:
        """Return the categories directly below the one chosen, each with how many products the filters leave."""
        if query.category is None:
            return ()
        within = narrowed(Query.all_query(), filters(self._schema, query))
        return count_below(self._searcher, within, query.category)

    def digests(self) -> dict[str, bytes]:
        """Return what stands in the index: product id -> digest of what it was told."""
        hits = self._searcher.search(Query.all_query(), max(1, self._searcher.num_docs)).hits
        return {str(UUID(bytes=key)): held for key, held in self._records.digests(self._places(hits))}

    def _match(self, query: SearchQuery) -> _Match | None:
        """Return what counts as a hit; None when the words are found nowhere, also not in another spelling."""
        enough = ENOUGH if query.sort == "relevance" else ENOUGH_SORTED
        reading = self._read(query.q, exact=query.exact)
        others: tuple[Other, ...] = ()
        precise = Matcher(self._schema, reading, self._weights).precise
        held = self._count(precise()) if reading.words and not reading.unknown else 0
        if not held and not query.exact:
            mended = self._mended(query.q)
            if mended:
                text, again, found_by = mended
                return self._steps(again, enough, text, held=found_by)
            others = self._others(reading)
            reading = self._guessed(reading)
        if reading.is_empty and not others:
            return None
        found = self._steps(reading, enough, others=others, held=held or None)
        return None if found.total == 0 else found

    def _steps(
        self,
        reading: Reading,
        enough: int,
        corrected: str | None = None,
        others: tuple[Other, ...] = (),
        held: int | None = None,
    ) -> _Match:
        """Return the first step that finds enough, else the loosest one, uncounted. held: by the first, where that is known."""
        steps = Matcher(self._schema, reading, self._weights, others).steps()
        first = query = next(steps)
        total: int | None = self._count(first) if held is None else held
        held = total or 0
        ahead = next(steps, None)
        while ahead is not None and total is not None and total < enough:
            query, ahead = ahead, next(steps, None)
            total = self._count(query) if ahead is not None else None
        # Else the first step is a loose one.
        strict = query is first and bool(reading.words or reading.code) and not others and not reading.unknown
        return _Match(reading, query, total, first, held, strict, corrected, others)

    def _read(self, text: str, *, exact: bool) -> Reading:
        return read(
            text, teachings=self._teachings, holding=self._holding,
            products=self._searcher.num_docs, exact=exact,
        )  # fmt: skip

    def _mended(self, text: str) -> tuple[str, Reading, int] | None:
        """Return another spelling of a query and how many products hold all its words, some: no guess is worth less."""
        mended = mend(self._searcher, self._spelling, self._teachings.cleaned(text))
        again = self._read(mended, exact=False) if mended else None
        if not mended or not again or not again.words or again.unknown:
            return None
        held = self._count(Matcher(self._schema, again, self._weights).precise())
        return (mended, again, held) if held else None

    def _others(self, reading: Reading) -> tuple[Other, ...]:
        """Return the likeliest readings with another character in the place of one typed."""
        found: list[tuple[Meant, str]] = []
        for run, cjk in dict.fromkeys(runs(reading.text)):
            if cjk:
                found += [(it, replaced(reading.text, {run: it.text})) for it in self._spelling.meant(run)]
        found.sort(key=lambda it: (-it[0].odds, it[1]))
        best = max([_EXPECTED, *(it.odds for it, _ in found)])
        return tuple(
            Other(self._read(text, exact=False), it.char, it.odds, _doubt(it.odds, best))
            for it, text in found[:MOST]
        )

    def _guessed(self, reading: Reading) -> Reading:
        """Return a reading with what its stretches of pinyin may mean beside what they say."""
        holding, products = self._holding, self._searcher.num_docs
        guesses = Guesses(holding, products, self._weights)
        for run, cjk in runs(reading.text):
            if not cjk and not holding("units", run):
                cut = spelled_out(self._searcher, run) or []
                words = worded(self._searcher, cut)
                guesses.spelled([it for it in words if it[1] not in self._teachings.stop])
        return guesses.added_to(reading)

    def _brand(self, match: _Match) -> Meaning | None:
        """Return the brand a query means: the first named that most products holding its words carry.

        Its words are all of them, or where no product holds all, the name's own. A name that is a word besides
        (苹果 in 苹果手机壳) stays a word.
        """
        for found in meanings(self._searcher, match.reading.text):
            if found.kind != "brand":
                continue
            named = match if match.held else self._steps(self._read(found.text, exact=True), 1)
            carried = narrowed(named.precise, {"brand": Query.term_query(self._schema, "brand", found.value)})
            if named.held and self._count(carried) >= _BRAND_SHARE * named.held:
                return found
        return None

    def _neighbours(self, query: SearchQuery, match: _Match | None) -> tuple[str, ...]:
        """Return the ids of products that mean what was searched for; none where enough hold every word of it."""
        firm = match.firm if match else 0
        if self._near is None or query.exact or query.sort != "relevance" or firm >= ENOUGH_SORTED:
            return ()
        return tuple(self._near((match and match.corrected) or self._teachings.cleaned(query.q)))

    def _page(
        self, query: SearchQuery, hits: Query, match: _Match | None, akin: Sequence[str] = ()
    ) -> SearchPage:
        """Return a page of hits and of those `akin` that are none; the facets count both."""
        narrowing = filters(self._schema, query)
        wanted = narrowed(hits, narrowing)
        more = self._more(wanted, narrowing, akin) if akin else []
        by = _ORDERS.get(query.sort) or (None if match or akin else _BY_RANK)
        if by is not None:
            keys, total = self._ordered(wanted, by, query)
        elif match:
            keys, total = self._judged(wanted, match, query, more)
        else:
            first = (query.page - 1) * query.page_size
            keys, total = more[first : first + query.page_size], len(more)
        every = _either(hits, self._called(akin)) if akin else hits
        return SearchPage(
            product_ids=tuple(str(UUID(bytes=key)) for key in keys),
            total=total,
            page=query.page,
            page_size=query.page_size,
            facets=count_facets(self._searcher, every, narrowing),
        )

    def _more(self, wanted: Query, narrowing: dict[str, Query], akin: Sequence[str]) -> list[bytes]:
        """Return those of some products that the filters leave and that are no hits, in their order."""
        called = self._called(akin)
        left = set(self._keys(narrowed(called, narrowing), len(akin)))
        left -= set(self._keys(narrowed(wanted, {"": called}), len(akin)))
        return [key for it in akin if (key := UUID(it).bytes) in left]

    def _called(self, product_ids: Sequence[str]) -> Query:
        return Query.term_set_query(self._schema, "product", list(product_ids))

    def _keys(self, query: Query, most: int) -> list[bytes]:
        return self._records.ids(self._places(self._searcher.search(silent(query), most).hits))

    def _ordered(self, wanted: Query, by: tuple[str, Order], query: SearchQuery) -> tuple[list[bytes], int]:
        """Return the ids of one page in the order of a column, and the number of hits."""
        first = (query.page - 1) * query.page_size
        reach = min(query.page_size, max(0, _MAX_HITS - first))
        result = self._searcher.search(
            wanted, max(1, reach), offset=first if reach else 0, order_by_field=by[0], order=by[1]
        )
        return self._records.ids(self._places(result.hits[:reach])), result.count  # type: ignore[attr-defined]

    def _judged(
        self, wanted: Query, match: _Match, query: SearchQuery, more: Sequence[bytes]
    ) -> tuple[list[bytes], int]:
        """Return the ids of one page, the best first, and the number of hits and of what is `more`.

        The names of the likeliest are read, those that come after stand as they were chosen. Where every hit holds
        every word, the likeliest are those that sell. What is more stands among what was read.
        """
        first = (query.page - 1) * query.page_size
        last = min(first + query.page_size, _MAX_HITS)
        order: dict[str, Any] = {"order_by_field": _BY_RANK[0], "order": _BY_RANK[1]} if match.strict else {}
        if match.strict or (match.total is not None and match.total <= JUDGED):
            asked = silent(wanted)
        else:
            asked = Matcher(self._schema, match.reading, self._weights, match.others).scored(wanted)
        if first >= JUDGED + len(more):  # of what comes later, only the page is fetched
            reach = max(0, last - first)
            result = self._searcher.search(
                asked, max(1, reach), offset=min(first, _MAX_HITS) - len(more), **order
            )
            keys = self._records.ids(self._places(result.hits[:reach]))
        else:
            result = self._searcher.search(asked, max(JUDGED, last), **order)
            places = self._places(result.hits)
            records = Judge(match.reading, self._weights, match.others).ordered(
                self._records.read(places[:JUDGED])
            )
            front = [it.key for it in records]
            if more:
                firm = set(self._keys(match.precise, ENOUGH_SORTED)) if match.firm else ()
                front = _mixed(front, firm, more)
            keys = [*front, *self._records.ids(places[JUDGED:last])][first:last]
        return keys, result.count + len(more)  # type: ignore[attr-defined]

    def _places(self, hits: list[tuple[object, tantivy.DocAddress]]) -> list[int]:
        found = self._searcher.fast_field_values("place", [address for _, address in hits])
        return [int(place or 0) for place in found]

    def _count(self, query: Query) -> int:
        return self._searcher.search(silent(query), 1).count  # type: ignore[attr-defined,no-any-return]


def _mixed(judged: Sequence[bytes], firm: Collection[bytes], more: Sequence[bytes]) -> list[bytes]:
    """Return what holds every word, then in turn what does not and what only means alike: neither is known to fit better."""
    loose = [key for key in judged if key not in firm]
    turns = [key for both in zip_longest(loose, more) for key in both if key is not None]
    return [*(key for key in judged if key in firm), *turns]


def _either(one: Query, other: Query) -> Query:
    return Query.boolean_query([(Occur.Should, one), (Occur.Should, other)])


def _doubt(odds: float, best: float) -> float:
    """Return what it costs a reading to be as likely as `odds` say, where the best of all has `best`."""
    return _CAUTION * max(0.0, _EXPECTED - odds) + _CHOICE * (best - max(odds, _EXPECTED))
