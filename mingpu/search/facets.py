"""Counting hits by category, brand, merchant, attribute and price."""

from collections.abc import Iterable, Sequence
from heapq import nsmallest
from typing import Any

import tantivy
from tantivy import FieldType, Occur, Query

from mingpu.search.ranking import silent
from mingpu.search.rules import MAX_FEN, PRICE_STEPS, FacetCount, Facets, SearchQuery, price_value
from mingpu.search.schema import attribute_term
from mingpu.search.vocabulary import FS, facet_term

MAX_VALUES = 100  # of a facet; rarer ones are left out
MAX_ATTRIBUTES, MAX_CHOICES = 8, 20  # attributes with their values; rarer ones are left out
_MOST_CATEGORIES = 20_000  # of the whole shop, more than any has
RANGES = 6  # price ranges that are shown, at most
_Counted = tuple[int, str]  # less how many hits, and the value: so that they sort as they are shown
_ATTRIBUTE = "attribute"
_ASKED: dict[str, dict[str, Any]] = {
    "category": {"terms": {"field": "category", "size": MAX_VALUES}},
    "brand": {"terms": {"field": "brand", "size": MAX_VALUES}},
    "merchant": {"terms": {"field": "merchant", "size": MAX_VALUES}},
    "price": {"terms": {"field": "price_step", "size": len(PRICE_STEPS)}},
    _ATTRIBUTE: {"terms": {"field": "attribute", "size": 400}},
}


def filters(schema: tantivy.Schema, query: SearchQuery) -> dict[str, Query]:
    """Return the filters that `query` sets, by the facet they belong to; `stock` belongs to none.

    One of an attribute belongs to the attribute's name, under `attribute` and a separator.
    """
    found = {}
    if query.category is not None:
        found["category"] = Query.term_query(schema, "category", facet_term(query.category))
    if query.brand is not None:
        found["brand"] = Query.term_query(schema, "brand", facet_term(query.brand))
    if query.merchant is not None:
        found["merchant"] = Query.term_query(schema, "merchant", facet_term(query.merchant))
    if query.min_price_fen is not None or query.max_price_fen is not None:
        found["price"] = _between(schema, query.min_price_fen, query.max_price_fen)
    if query.in_stock:
        found["stock"] = Query.term_query(schema, "in_stock", True)
    chosen: dict[str, list[str]] = {}
    for name, value in query.attributes:
        chosen.setdefault(facet_term(name), []).append(attribute_term(name, value))
    for name, terms in chosen.items():
        found[f"{_ATTRIBUTE}{FS}{name}"] = Query.term_set_query(schema, _ATTRIBUTE, terms)
    return found


def narrowed(match: Query, filters: dict[str, Query], *, but: str = "") -> Query:
    """Return `match` under every filter except the one of facet `but`; scores stay those of `match`."""
    kept = [(Occur.Must, silent(query)) for facet, query in filters.items() if facet != but]
    return Query.boolean_query([(Occur.Must, match), *kept]) if kept else match


def count_facets(searcher: tantivy.Searcher, match: Query, filters: dict[str, Query]) -> Facets:
    """Count every hit of `match` by facet, each under the filters of the others."""
    free = {facet: ask for facet, ask in _ASKED.items() if facet not in filters}
    answers: dict[str, Any] = searcher.aggregate(narrowed(match, filters), free) if free else {}
    for facet, ask in _ASKED.items():
        if facet in filters:
            answers |= searcher.aggregate(narrowed(match, filters, but=facet), {facet: ask})
    attributes = _by_name(answers[_ATTRIBUTE]["buckets"])
    for facet in filters:
        if facet.startswith(_ATTRIBUTE):
            own = searcher.aggregate(narrowed(match, filters, but=facet), {_ATTRIBUTE: _ASKED[_ATTRIBUTE]})
            name = facet.split(FS)[1]
            attributes |= {name: _by_name(own[_ATTRIBUTE]["buckets"]).get(name, [])}
    return Facets(
        category=_by_count(answers["category"]),
        brand=_by_count(answers["brand"]),
        merchant=_by_count(answers["merchant"]),
        price=_by_price(answers["price"]),
        attributes=_shown(attributes),
    )


def count_below(searcher: tantivy.Searcher, match: Query, category: str) -> tuple[FacetCount, ...]:
    """Count every hit of `match` by the categories directly below one, the commonest first."""
    ask = {"category": {"terms": {"field": "category", "size": _MOST_CATEGORIES}}}
    answer: dict[str, Any] = searcher.aggregate(match, ask)
    counted = _by_count(answer["category"])
    return tuple(it for it in counted if it.value.rpartition("/")[0] == category)


def ranges(counts: Sequence[int], most: int = RANGES) -> list[tuple[int, int]]:
    """Return steps put together to ranges holding about equally many: (first step, last step), empty ends left out.

    counts: hits per step of `PRICE_STEPS`. At most `most` ranges, which leave no gap between the first and the last.
    """
    held = [place for place, count in enumerate(counts) if count]
    if not held:
        return []
    share, made, begun, within = sum(counts) / most, [], held[0], 0
    for place in range(held[0], held[-1] + 1):
        within += counts[place]
        if within >= share or place == held[-1]:
            made.append((begun, place))
            begun, within = place + 1, 0
    return made


def _between(schema: tantivy.Schema, low: int | None, high: int | None) -> Query:
    lower = _within(0 if low is None else low)
    upper = _within(MAX_FEN if high is None else high)
    if upper < lower or (high is not None and high < 0):
        return Query.empty_query()
    return Query.range_query(schema, "price", FieldType.Integer, lower_bound=lower, upper_bound=upper)


def _within(fen: int) -> int:
    return max(0, min(fen, MAX_FEN))


def _by_count(answer: dict[str, Any]) -> tuple[FacetCount, ...]:
    return _sorted([(-bucket["doc_count"], bucket["key"]) for bucket in answer["buckets"]])


def _sorted(counted: list[_Counted]) -> tuple[FacetCount, ...]:
    return tuple([FacetCount(value, -less) for less, value in sorted(counted)])


def _by_name(buckets: Iterable[dict[str, Any]]) -> dict[str, list[_Counted]]:
    found: dict[str, list[_Counted]] = {}
    for bucket in buckets:
        name, _, value = bucket["key"].partition(FS)
        found.setdefault(name, []).append((-bucket["doc_count"], value))
    return found


def _shown(attributes: dict[str, list[_Counted]]) -> tuple[tuple[str, tuple[FacetCount, ...]], ...]:
    """Return attributes, that of the most products first, each with its values, the commonest first."""
    told = {name: nsmallest(MAX_CHOICES, values) for name, values in attributes.items() if values}
    less = sorted((sum([it[0] for it in values]), name) for name, values in told.items())
    return tuple([(name, _sorted(told[name])) for _, name in less[:MAX_ATTRIBUTES]])


def _by_price(answer: dict[str, Any]) -> tuple[FacetCount, ...]:
    counts = [0] * len(PRICE_STEPS)
    for bucket in answer["buckets"]:
        counts[int(bucket["key"])] = bucket["doc_count"]
    found = []
    for first, last in ranges(counts):
        high = PRICE_STEPS[last + 1] - 1 if last + 1 < len(PRICE_STEPS) else None
        found.append(FacetCount(price_value(PRICE_STEPS[first], high), sum(counts[first : last + 1])))
    return tuple(found)
