"""What counts as a hit, and which hit comes first.

A hit shares at least half of the query's characters and Latin tokens with the product, and one pair of
neighbouring characters: real titles seldom hold every word a shopper types. Where enough products hold every
word, only those are hits, so that counts, facets and price order are not drowned in near misses.
"""

import math
from dataclasses import dataclass

import tantivy
from tantivy import Occur, Query

from mingpu.search.schema import code_token
from mingpu.search.text import analyse, is_cjk, word_pairs

ENOUGH = 24  # products holding every word: a page full, then near misses are left out
MAX_TOKENS = 64  # of each kind that are looked up; a query of 200 characters has few more


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each way of cutting a text counts, against a single character's 1.

    pairs, words: over names (title, brand, category). more: words of the attributes. code: a SKU code typed
    exactly. in_stock: what can be bought, as much as a fairly common character, so it only decides between
    near equals. share: of the query's units that a hit must hold.
    """

    units: float = 1.0
    pairs: float = 0.5
    words: float = 0.5
    more: float = 0.5
    code: float = 20.0
    in_stock: float = 0.5
    share: float = 0.5


class Matcher:
    """Turns one query into what the index is asked: `precise` or `lenient` hits, bare or scored."""

    def __init__(self, schema: tantivy.Schema, text: str, weights: Weights) -> None:
        self._schema = schema
        self._weights = weights
        self._tokens = analyse(text)
        self._code = code_token(text)

    @property
    def is_empty(self) -> bool:
        """Say whether the query holds nothing that can be searched."""
        return not self._tokens.units

    def precise(self) -> Query:
        """Return what holds every word of the query, or is called by its SKU code."""
        every = [(Occur.Must, self._word(word)) for word in self._tokens.whole[:MAX_TOKENS]]
        return _any_of([Query.boolean_query(every), self._term("codes", self._code)])

    def lenient(self) -> Query:
        """Return what holds enough of the query, scored by its characters and pairs."""
        weights = self._weights
        units = self._tokens.units[:MAX_TOKENS]
        enough = Query.boolean_query(
            [(Occur.Should, score) for score in self._scores("units", units, weights.units)],
            minimum_number_should_match=max(1, math.ceil(len(units) * weights.share)),
        )
        return Query.boolean_query([(Occur.Must, enough), (Occur.Must, self._some_pair())])

    def either(self) -> Query:
        """Return what is `precise` or `lenient`, not scored."""
        return silent(_any_of([self.precise(), self.lenient()]))

    def rest(self, match: Query) -> Query:
        """Return `match`, scored by characters and pairs already, with the other scores added."""
        return self._with_scores(match, [])

    def scored(self, match: Query) -> Query:
        """Return `match` with every hit scored anew."""
        tokens, weights = self._tokens, self._weights
        first = [
            *self._scores("units", tokens.units, weights.units),
            *self._scores("pairs", tokens.pairs, weights.pairs),
            Query.const_score_query(self._term("codes", self._code), weights.code),
        ]
        return self._with_scores(silent(match), first)

    def _with_scores(self, match: Query, scores: list[Query]) -> Query:
        tokens, weights = self._tokens, self._weights
        scores += [
            *self._scores("words", tokens.words, weights.words),
            *self._scores("more", tokens.words, weights.more),
            Query.const_score_query(Query.term_query(self._schema, "in_stock", True), weights.in_stock),
        ]
        return Query.boolean_query([(Occur.Must, match), *((Occur.Should, score) for score in scores)])

    def _scores(self, field: str, tokens: tuple[str, ...], weight: float) -> list[Query]:
        return [Query.boost_query(self._term(field, token), weight) for token in tokens[:MAX_TOKENS]]

    def _word(self, word: str) -> Query:
        """Return what holds one word: its characters side by side in the names, or the word in the attributes."""
        pairs = word_pairs(word) if is_cjk(word) else []
        if pairs:
            held = Query.boolean_query([(Occur.Must, self._term("pairs", pair)) for pair in pairs])
        else:
            held = self._term("units", word)
        return _any_of([held, self._term("more", word)])

    def _some_pair(self) -> Query:
        """Return what shares a pair, a Latin token, or a character that the query has standing alone."""
        pairs = self._tokens.pairs
        shared = [pair for pair in pairs if len(pair) > 1]
        alone = [pair for pair in pairs if len(pair) == 1]
        return _any_of(
            [
                *self._scores("pairs", tuple(shared), self._weights.pairs),
                *(silent(self._term("units", unit)) for unit in alone[:MAX_TOKENS]),
            ]
        )

    def _term(self, field: str, token: str) -> Query:
        return Query.term_query(self._schema, field, token, index_option="basic")


def silent(query: Query) -> Query:
    """Return `query` matching as before and adding nothing to the score."""
    return Query.const_score_query(query, 0.0)


def _any_of(queries: list[Query]) -> Query:
    return Query.boolean_query([(Occur.Should, query) for query in queries])
