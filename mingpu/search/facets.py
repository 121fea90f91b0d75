"""Counting hits by category, brand, merchant and price."""

from typing import Any

import tantivy
from tantivy import FieldType, Occur, Query

from mingpu.search.ranking import silent
from mingpu.search.rules import MAX_FEN, FacetCount, Facets, SearchQuery, price_ranges, price_value
from mingpu.search.schema import brand_term, category_term, merchant_term

MAX_VALUES = 100  # of a facet; rarer ones are left out
_RANGES = price_ranges()
_PRICE_KEYS = {low: price_value(low, high) for low, high in _RANGES}
_ASKED: dict[str, dict[str, Any]] = {
    "category": {"terms": {"field": "category", "size": MAX_VALUES}},
    "brand": {"terms": {"field": "brand", "size": MAX_VALUES}},
    "merchant": {"terms": {"field": "merchant", "size": MAX_VALUES}},
    "price": {
        "range": {
            "field": "price",
            "ranges": [
                {"from": low, "to": MAX_FEN * 2 if high is None else high + 1} for low, high in _RANGES
            ],
        }
    },
}


def filters(schema: tantivy.Schema, query: SearchQuery) -> dict[str, Query]:
    """Return the filters that `query` sets, by the facet they belong to; `stock` belongs to none."""
    found = {}
    if query.category is not None:
        found["category"] = Query.term_query(schema, "category", category_term(query.category))
    if query.brand is not None:
        found["brand"] = Query.term_query(schema, "brand", brand_term(query.brand))
    if query.merchant is not None:
        found["merchant"] = Query.term_query(schema, "merchant", merchant_term(query.merchant))
    if query.min_price_fen is not None or query.max_price_fen is not None:
        low, high = query.min_price_fen, query.max_price_fen
        lower = _within(0 if low is None else low)
        upper = _within(MAX_FEN if high is None else high)
        empty = upper < lower or (high is not None and high < 0)
        found["price"] = (
            Query.empty_query()
            if empty
            else Query.range_query(schema, "price", FieldType.Integer, lower_bound=lower, upper_bound=upper)
        )
    if query.in_stock:
        found["stock"] = Query.term_query(schema, "in_stock", True)
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
    return Facets(
        category=_by_count(answers["category"]),
        brand=_by_count(answers["brand"]),
        merchant=_by_count(answers["merchant"]),
        price=_by_range(answers["price"]),
    )


def _within(fen: int) -> int:
    return max(0, min(fen, MAX_FEN))


def _by_count(answer: dict[str, Any]) -> tuple[FacetCount, ...]:
    counted = [FacetCount(bucket["key"], bucket["doc_count"]) for bucket in answer["buckets"]]
    return tuple(sorted(counted, key=lambda item: (-item.count, item.value)))


def _by_range(answer: dict[str, Any]) -> tuple[FacetCount, ...]:
    counts = {bucket.get("from"): bucket["doc_count"] for bucket in answer["buckets"]}
    return tuple(FacetCount(key, counts[low]) for low, key in _PRICE_KEYS.items() if counts.get(low))
