"""What counts as a hit, and which hit comes first.

Hits are asked for in steps, from products that hold every word of the query down to those that share its rarest
words, until there are enough: real titles seldom hold all that a shopper types. Which of them comes first is decided
by reading the names of the likeliest few hundred (`Judge`): characters forgive how a text was cut, pairs keep order,
words keep meaning, and a word's place (name, brand, category, attribute) adds to it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, zip_longest
from math import log1p, prod

import tantivy
from tantivy import Occur, Query

from mingpu.search.reading import Reading, Term, Token, Word
from mingpu.search.records import Record
from mingpu.search.text import is_cjk

ENOUGH = 100  # hits, the longest page: with so many of one step, nothing looser is looked for
ENOUGH_SORTED = 24  # the same where the order says nothing of how well they fit: near misses would come first
JUDGED = 150  # hits whose names are read
BROAD = 3_000  # products that the loosest step may bring in; above, only its rarest words count
_MATCHED = 2  # other readings that are looked for; more are only read for among what is found
_NEAR = 3.0  # odds by which the second of them may be less likely than the first
_SPELT_OUT = 8  # lists of terms that one combination of words may become
_COMBINED = 4  # words whose combinations are tried
_PLAIN = 3_000  # a character held by more products tells too little to look all of them up
_TELLING = 50_000  # the same of pairs and words
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


@dataclass(frozen=True, slots=True)
class Other:
    """Another reading of a query: with `char` where something else was typed.

    odds: how likely it is what was meant, as `spelling.Meant` has them. doubt: what it costs in the judge's score.
    """

    reading: Reading
    char: str
    odds: float
    doubt: float


class Matcher:
    """Turns a reading, and the likeliest of the others there may be, into what the index is asked."""

    def __init__(
        self, schema: tantivy.Schema, reading: Reading, weights: Weights, others: Sequence[Other] = ()
    ) -> None:
        self._schema = schema
        self._typed = reading
        likely = [it for it in others[:_MATCHED] if it.odds >= others[0].odds - _NEAR]
        meant = [it.reading for it in likely]
        self._reading = _together([reading, *meant])
        # Where words are known by no product, what is left of them says less than what was likely meant.
        self._asked = meant if reading.unknown and meant and not others[0].doubt else [reading, *meant]
        self._weights = weights

    def steps(self) -> Iterator[Query]:
        """Yield what counts as a hit, from every word to the rarest ones; each holds what the one before held."""
        before: list[Query] = []
        chosen: dict[frozenset[str], tuple[Word, ...]] = {}
        for step in zip_longest(*map(_narrowing, self._asked), fillvalue=()):
            more = {frozenset(it.text for it in words): words for found in step for words in found}
            kept = {it: words for it, words in chosen.items() if not any(map(it.issuperset, more))}
            chosen = kept | more
            before = [self._or_code([self._all(words) for words in chosen.values()])]
            yield before[0]
        if not before and self._reading.code:
            before = [self._or_code([])]
            yield before[0]
        yield _any_of([self._loosest(), *before])  # which leaves out common words, and so what holds several

    def precise(self) -> Query:
        """Return what holds every word of the query as typed, or is called by its SKU code."""
        words = self._typed.words
        return self._or_code([self._all(words)] if words else [])

    def scored(self, match: Query) -> Query:
        """Return `match` with every hit scored roughly: good enough to choose those whose names are read."""
        reading, weights = self._reading, self._weights
        pairs = {it.text for it in reading.pairs}
        words = {it.text for it in reading.parts}
        scores = [
            *self._scores("pairs", [it for it in reading.pairs if it.text not in words], weights.pairs),
            *self._scores(
                "pairs", [it for it in reading.parts if it.text in pairs], weights.pairs + weights.parts
            ),
            *self._scores("words", [it for it in reading.parts if it.text not in pairs], weights.parts),
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
        """Return what holds every word: flat lists of terms as far as can be, which the index is quickest with.

        A word that may be held in several ways makes a list for each, the commonest words first, up to `_SPELT_OUT`.
        """
        plain = {term: None for word in words if not (word.more or word.alike) for term in word.terms}
        rest: list[Query] = []
        lists = [plain]
        for word in sorted((it for it in words if it.more or it.alike), key=lambda it: -it.reach):
            ways = list(_ways(word))
            if len(lists) * len(ways) > _SPELT_OUT:
                rest.append(self._word(word))
            else:
                lists = [terms | dict.fromkeys(way) for terms in lists for way in ways]
        return _any_of([_every([*(self._term(*term) for term in terms), *rest]) for terms in lists])

    def _word(self, word: Word) -> Query:
        """Return what holds one word, or one that means the same."""
        held = _every([self._term(*term) for term in word.terms])
        more = [self._term("more", word.text)] if word.more else []
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
            Query.const_score_query(self._term(field, token.text), token.weight * factor)
            for token in tokens
            if token.held < _TELLING
        ]

    def _term(self, field: str, token: str) -> Query:
        return Query.term_query(self._schema, field, token, index_option="basic")


class Judge:
    """Scores products by their records: how well each fits a reading, or another one there may be."""

    def __init__(self, reading: Reading, weights: Weights, others: Sequence[Other] = ()) -> None:
        self._weights = weights
        self._others = [(it.char, it.doubt, Judge(it.reading, weights)) for it in others]
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
        """Return how well a product fits, by the reading it fits best; only the order of these figures means anything."""
        score = self._score(it)
        for char, doubt, judge in self._others:
            if char in it.names or char in it.more:  # else it fits that reading less than the one typed
                score = max(score, judge.score(it) - doubt)
        return score

    def _score(self, it: Record) -> float:
        names = it.names
        score = sum([weight for needle, weight in self._letters if needle in names])
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
        places: list[int] = []
        for word in self._asked:  # the rarest first, which most often is not there
            place = names.find(word)
            if place < 0:
                return 0.0
            places.append(place)
        return self._weights.near * (1 - (max(places) - min(places)) / len(names))


def _narrowing(reading: Reading) -> Iterator[list[tuple[Word, ...]]]:
    """Yield the words a hit is asked for, step by step: all of them, then so many of the rarest.

    Of the latter the rarest together, as far as `BROAD` goes: what two common words find was not meant.
    """
    words = reading.words
    if not words or (reading.unknown and words[0].reach > BROAD):
        return  # what is known of the query is too common to say what was meant by the rest
    yield [words]
    some = words[:_COMBINED]
    for size in range(min(len(some), len(words) - 1), 1, -1):
        expected = sorted(
            ((_expected(it, reading.products), it) for it in combinations(some, size)), key=lambda it: it[0]
        )
        total = 0.0
        chosen: list[tuple[Word, ...]] = []
        for held, combined in expected:
            total += held
            if chosen and total > BROAD:
                break
            chosen.append(combined)
        yield chosen


def _ways(word: Word) -> Iterator[tuple[Term, ...]]:
    """Yield the terms that stand in what holds a word, for each way to hold it or one that means the same."""
    yield word.terms
    if word.more:
        yield (("more", word.text),)
    for other in word.alike:
        yield from _ways(other)


def _expected(words: Sequence[Word], products: int) -> float:
    """Return how many products would hold all these words if each said nothing of the others."""
    return products * prod(it.reach / products for it in words)


def _together(readings: Sequence[Reading]) -> Reading:
    """Return one reading with the words and tokens of all."""
    first = readings[0]
    if len(readings) == 1:
        return first
    words = {word.text: word for it in reversed(readings) for word in it.words}

    def tokens(kind: str) -> tuple[Token, ...]:
        return tuple({token.text: token for it in readings for token in getattr(it, kind)}.values())

    return replace(
        first,
        words=tuple(sorted(words.values(), key=lambda it: it.reach)),
        units=tokens("units"),
        pairs=tokens("pairs"),
        parts=tokens("parts"),
        sounds=tokens("sounds"),
    )


def spread(records: list[Record]) -> list[Record]:
    """Return the same records with near-duplicates apart: of any dozen in the front at most a few are alike."""
    front, rest = records[:_SPREAD], records[_SPREAD:]
    kept: list[tuple[str, str, frozenset[str]]] = []
    early: list[Record] = []
    late: list[Record] = []
    for it in front:
        letters = frozenset(it.names.partition("\n")[0])
        first, last = min(letters), max(letters)  # most titles differ in these already
        near = [other for head, tail, other in kept[-_WINDOW:] if tail == last and head == first]
        if len(near) >= _SAME and sum(_alike(letters, other) for other in near) >= _SAME:
            late.append(it)
        else:
            early.append(it)
            kept.append((first, last, letters))
    return [*early, *late, *rest]


def silent(query: Query) -> Query:
    """Return `query` matching as before and adding nothing to the score."""
    return Query.const_score_query(query, 0.0)


def _alike(one: frozenset[str], other: frozenset[str]) -> bool:
    """Say whether two titles, each by its characters, are the same to a shopper."""
    if not _COMMON <= len(one) / len(other) <= 1 / _COMMON:
        return False
    return len(one & other) >= _COMMON * len(one | other)


def _needle(token: str) -> str:
    """Return what stands in a record's line when the token does."""
    return token if is_cjk(token) else f" {token} "


def _telling(token: str) -> bool:
    """Say whether a pair may find by itself: of characters or syllables, no part of a model number."""
    return "'" in token or (is_cjk(token) and len(token) > 1)


def _every(queries: list[Query]) -> Query:
    return queries[0] if len(queries) == 1 else Query.boolean_query([(Occur.Must, it) for it in queries])


def _any_of(queries: list[Query]) -> Query:
    return queries[0] if len(queries) == 1 else Query.boolean_query([(Occur.Should, it) for it in queries])
