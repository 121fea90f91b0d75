"""Where a list that found nothing leads: the same without one filter, other words, the nearest category."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from django.urls import reverse
from django.utils.http import urlencode

from mingpu.catalog.labels import category_label
from mingpu.search.queries import search_products, suggested, trending
from mingpu.search.rules import SearchQuery
from mingpu.search.text import analyse
from mingpu.web.addresses import category_url
from mingpu.web.pages.listing import Address, Choice, relaxed

MOST_FILTERS = 8  # that are tried one by one; of a list with more none is
MOST_WORDS = 6  # that are offered instead
FEW = 2  # words with blanks between them from which each is tried alone


@dataclass(frozen=True, slots=True)
class Ways:
    """Where to go on from nothing, each with how many products are there.

    filters: the list without one of its filters. words: other searches. category: the one nearest to what was
    searched for, or None.
    """

    filters: tuple[Choice, ...]
    words: tuple[Choice, ...]
    category: Choice | None


def ways_on(address: Address, query: SearchQuery) -> Ways:
    """Return the ways on from a query that found nothing; only those that lead to something."""
    tried = relaxed(address, query)
    filters = [
        replace(choice, count=total)
        for choice, rest in (tried if len(tried) <= MOST_FILTERS else ())
        if (total := _total(rest))
    ]
    words = list(_words(query))
    return Ways(tuple(filters), tuple(words), _nearest([query.q, *(it.value for it in words)]))


def _words(query: SearchQuery) -> Iterator[Choice]:
    """Yield other searches: the words one by one, what goes on from the same beginning, what is on the rise."""
    if not query.q:
        return
    parts = query.q.split()
    if len(parts) < FEW:
        parts = [word for word in analyse(query.q).whole if len(word) > 1]
    alike = [it.text for it in suggested(query.q[:2])]
    tried = dict.fromkeys([*parts, *alike, *trending()])
    for words in list(tried)[:MOST_WORDS]:
        plain = SearchQuery(q=words)
        if words != query.q and (total := _total(plain)):
            yield Choice(_search_url(words), words, words, total)


def _nearest(searches: list[str]) -> Choice | None:
    """Return the category that most hits of the first search with any are in, the narrowest that holds half of them."""
    for words in filter(None, searches):
        found = search_products(SearchQuery(q=words, page_size=1))
        fits = [it for it in found.facets.category if it.count * 2 >= found.total]
        if found.total and fits:
            best = max(fits, key=lambda it: (it.value.count("/"), it.count))
            total = _total(SearchQuery(category=best.value))
            return Choice(category_url(best.value), category_label(best.value), best.value, total)
    return None


def _total(query: SearchQuery) -> int:
    return search_products(replace(query, page=1, page_size=1)).total


def _search_url(words: str) -> str:
    return f"{reverse('search')}?{urlencode({'q': words})}"
