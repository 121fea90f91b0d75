"""What counts as a hit, and which hit comes first.

Hits are asked for in steps, from products that hold every word of the query down to those that share its rarest
words, until there are enough: real titles seldom hold all that a shopper types. Which of them comes first is decided
by reading the names of the likeliest few hundred (`Judge`): characters forgive how a text was cut, pairs keep order,
words keep meaning, and a word's place (name, brand, category, attribute) adds to it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import log1p

import tantivy
from tantivy import Occur, Query

from mingpu.search.reading import Reading, Term, Token, Word
from mingpu.search.records import Record
from mingpu.search.text import is_cjk

ENOUGH = 100  # hits, the longest page: with so many of one step, nothing looser is looked for
ENOUGH_SORTED = 24  # the same where the order says nothing of how well they fit: near misses would come first
JUDGED = 200  # hits whose names are read
BROAD = 3_000  # products that the loosest step may bring in; above, only its rarest words count
_COMBINED = 4  # words whose combinations are tried
_PLAIN = 3_000  # a character held by more products tells too little to look all of them up
_COMMON = 0.85  # of their characters, shared by two products that are the same to a shopper
_WINDOW, _SAME, _SPREAD = 12, 2, 48  # of so many neighbours at most so many alike, among the first so many


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each way of cutting a text counts, against a single character's 1.

    pairs, parts: in the names. alike: a word by another that means the same. more: a word in the attributes.
    place: a word in the brand or the category besides. early: a word at the head of the title, less the later it
    stands. near: all words side by side, less the further apart; about as much as one common word. code: a SKU code typed exactly. in_stock: what can be bought,
    as much as a fairly common character, so it only decides between near equals. sales: per power of e sold.
    """

    units: float = 1.0
    pairs: float = 0.5
    parts: float = 1.0
    alike: float = 1.5
    more: float = 0.5
    place: float = 0.3
    early: float = 0.1
    near: float = 6.0
    code: float = 20.0
    in_stock: float = 0.5
    sales: float = 0.05


class Matcher:
    """Turns a reading into what the index is asked."""

    def __init__(self, schema: tantivy.Schema, reading: Reading, weights: Weights) -> None:
        self._schema = schema
        self._reading = reading
        self._weights = weights

    def steps(self) -> Iterator[Query]:
        """Yield what counts as a hit, from every word to the rarest ones; each holds what the one before held."""
        words = self._reading.words
        before: list[Query] = []
        if words or self._reading.code:
            before = [self.precise()]
            yield before[0]
        some = words[:_COMBINED]
        for size in range(min(len(some), len(words) - 1), 1, -1):
            before = [self._or_code([self._all(chosen) for chosen in combinations(some, size)])]
            yield before[0]
        yield _any_of([self._loosest(), *before])  # which leaves out common words, and so what holds several

    def precise(self) -> Query:
        """Return what holds every word of the query, or is called by its SKU code."""
        return self._or_code([self._all(self._reading.words)] if self._reading.words else [])

    def scored(self, match: Query) -> Query:
        """Return `match` with every hit scored roughly: good enough to choose those whose names are read."""
        reading, weights = self._reading, self._weights
        scores = [
            *self._scores("pairs", reading.pairs, weights.pairs),
            *self._scores("words", reading.parts, weights.parts),
            *self._scores("more", reading.parts, weights.more),
            *self._scores("sounds", [it for it in reading.sounds if it.held < _PLAIN], 1.0),
            *self._scores("units", [it for it in reading.units if it.held < _PLAIN], weights.units),
            *(
                Query.const_score_query(self._word(it), weights.alike * weight)
                for word, weight in zip(reading.words, reading.word_weights, strict=True)
                for it in word.alike
            ),
        ]
        return Query.boolean_query([(Occur.Must, silent(match)), *((Occur.Should, it) for it in scores)])

    def _or_code(self, queries: list[Query]) -> Query:
        code = self._reading.code
        return _any_of([*queries, self._term("codes", code)] if code else queries)

    def _all(self, words: Sequence[Word]) -> Query:
        return Query.boolean_query([(Occur.Must, self._word(word)) for word in words])

    def _word(self, word: Word) -> Query:
        """Return what holds one word, or one that means the same."""
        held = Query.boolean_query([(Occur.Must, self._term(*term)) for term in word.terms])
        more = [] if word.sound else [self._term("more", word.text)]
        return _any_of([held, *more, *map(self._word, word.alike)])

    def _loosest(self) -> Query:
        """Return what shares a word or a pair of characters, the rarest first, as far as `BROAD` goes."""
        chosen: list[Query] = []
        total = 0
        for held, query in sorted(self._single(), key=lambda it: it[0]):
            if chosen and total + held > BROAD:
                break
            chosen.append(query)
            total += held
        return self._or_code(chosen)

    def _single(self) -> list[tuple[int, Query]]:
        words = [(word.reach, self._word(word)) for word in self._reading.words]
        known: set[Term] = {term for word in self._reading.words for term in word.terms}
        tokens = {"pairs": self._reading.pairs, "sounds": self._reading.sounds}
        return words + [
            (token.held, self._term(field, token.text))
            for field, found in tokens.items()
            for token in found
            if _telling(token.text) and (field, token.text) not in known
        ]

    def _scores(self, field: str, tokens: Sequence[Token], factor: float) -> list[Query]:
        return [
            Query.const_score_query(self._term(field, token.text), token.weight * factor) for token in tokens
        ]

    def _term(self, field: str, token: str) -> Query:
        return Query.term_query(self._schema, field, token, index_option="basic")


class Judge:
    """Scores products by their records: how well each fits a reading."""

    def __init__(self, reading: Reading, weights: Weights) -> None:
        self._weights = weights
        self._letters = [
            *((_needle(it.text), it.weight * weights.units) for it in reading.units),
            *((_needle(it.text), it.weight * weights.pairs) for it in reading.pairs),
        ]
        self._parts = [(f" {it.text} ", it.text, it.weight) for it in reading.parts]
        self._sounds = [(f"'{it.text}'", it.weight) for it in reading.sounds]
        self._asked = [word.text for word in reading.words if not word.sound]
        self._alike = [
            (_needle(word.text), [_needle(it.text) for it in word.alike], weight * weights.alike)
            for word, weight in zip(reading.words, reading.word_weights, strict=True)
            if word.alike
        ]

    def ordered(self, records: Sequence[Record]) -> list[Record]:
        """Return records, the best first; of equals what sells, then what is new."""
        scored = [(-self.score(it), -it.sales, -it.listed_at, it.key, it) for it in records]
        return spread([it[-1] for it in sorted(scored, key=lambda it: it[:-1])])

    def score(self, it: Record) -> float:
        """Return how well a product fits; only the order of these figures means anything."""
        names, score = it.names, 0.0
        for needle, weight in self._letters:
            if needle in names:
                score += weight
        for needle, weight in self._sounds:
            if (place := it.sounds.find(needle)) >= 0:
                score += weight * (1 + self._weights.early * (1 - place / len(it.sounds)))
        for needle, others, weight in self._alike:
            if needle not in names and any(other in names for other in others):
                score += weight
        score += self._of_words(it) + self._of_nearness(names)
        return score + self._weights.in_stock * it.in_stock + self._weights.sales * log1p(it.sales)

    def _of_words(self, it: Record) -> float:
        """Return what the words say, each by where it stands."""
        weights, score = self._weights, 0.0
        title, _, besides = it.names.partition("\n")
        for needle, text, weight in self._parts:
            if needle in it.words:
                place = title.find(text)
                score += weight * weights.parts
                score += weight * weights.place if text in besides else 0.0
                score += weight * weights.early * (1 - place / len(title)) if place >= 0 else 0.0
            elif needle in it.more:
                score += weight * weights.more
        return score

    def _of_nearness(self, names: str) -> float:
        """Return what it says that all words stand close to each other."""
        if len(self._asked) < 2:  # noqa: PLR2004
            return 0.0
        places = [names.find(word) for word in self._asked]
        if min(places) < 0:
            return 0.0
        return self._weights.near * (1 - (max(places) - min(places)) / len(names))


def spread(records: list[Record]) -> list[Record]:
    """Return the same records with near-duplicates apart: of any dozen in the front at most a few are alike."""
    front, rest = records[:_SPREAD], records[_SPREAD:]
    kept: list[tuple[str, str, frozenset[str]]] = []
    early: list[Record] = []
    late: list[Record] = []
    for it in front:
        letters = frozenset(it.names.partition("\n")[0])
        mark = (min(letters), max(letters), letters)
        near = sum(_alike(mark, other) for other in kept[-_WINDOW:])
        if near >= _SAME:
            late.append(it)
        else:
            early.append(it)
            kept.append(mark)
    return [*early, *late, *rest]


def silent(query: Query) -> Query:
    """Return `query` matching as before and adding nothing to the score."""
    return Query.const_score_query(query, 0.0)


def _alike(one: tuple[str, str, frozenset[str]], other: tuple[str, str, frozenset[str]]) -> bool:
    """Say whether two titles are the same to a shopper. Each: its first and its last character of all, and all.

    Most titles differ in the last character already, which is quickly seen.
    """
    if one[1] != other[1] or one[0] != other[0]:
        return False
    return len(one[2] & other[2]) >= _COMMON * len(one[2] | other[2])


def _needle(token: str) -> str:
    """Return what stands in a record's line when the token does."""
    return token if is_cjk(token) else f" {token} "


def _telling(token: str) -> bool:
    """Say whether a pair may find by itself: of characters or syllables, no part of a model number."""
    return "'" in token or (is_cjk(token) and len(token) > 1)


def _any_of(queries: list[Query]) -> Query:
    return queries[0] if len(queries) == 1 else Query.boolean_query([(Occur.Should, it) for it in queries])
