"""What a Chinese stretch was meant to say where one of its characters is another one's, mistyped.

The catalogue itself says what is likely: how often its names put two characters side by side, and which words they
have. Every character may be the slip, not only one that no name holds: 电力车 may well be 电动车. A slip is worth
considering where the stretch becomes much likelier with a character that sounds or looks like the one typed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache, partial
from math import log

import tantivy

from mingpu.search.reading import Holding
from mingpu.search.shapes import mistaken_for

MOST = 4  # ways to mean a stretch
LENGTHS = range(2, 25)  # characters of one that are read; longer ones are no words mistyped
_DOUBTED = 6  # characters of a stretch that may be the slip: those that fit their neighbours least
_FITTING = -9.0  # as a logarithm: a character that fits its neighbours as well is none
_WEIGHED = 8  # replacements whose words are looked at: those that fit their neighbours best
_CLEARER = 2.0  # as a logarithm: how much likelier a pair must become for that
LIKELIER = 4.0  # the same of the whole, for a way to mean it
_BEFORE = 100.0  # what is known of a pair before any name is read, in names: rare characters prove little
_RARE = 0.1  # what a character, or a word, that no name holds counts as
_CHARACTERS, _WORDS = 40, 12  # of a name, about
_SHORT = 2  # characters of a token that is remembered
_MOST_KEPT, _MOST_ALIKE = 50_000, 10_000  # tokens, pairs; characters that are remembered
_SELDOM = 1 / 5_000  # of the products: what fewer hold is not what was meant
_LONGEST, _AROUND = 5, 4  # characters of a word, and of what stands around a slip, that are read


@dataclass(frozen=True, slots=True)
class Meant:
    """A way to mean a stretch: `text`, in which `char` stands instead of what was typed.

    odds: how much likelier it is than what was typed, as a logarithm, before asking how seldom people slip.
    """

    odds: float
    char: str
    text: str


class Known:
    """What one state of the index holds, remembered where that says nothing of who asked: characters and their pairs.

    searcher: that state. products: how many there are.
    """

    def __init__(self, searcher: tantivy.Searcher) -> None:
        self.products = searcher.num_docs
        self._ask = searcher.doc_freq
        self._kept = lru_cache(_MOST_KEPT)(searcher.doc_freq)
        self._units = lru_cache(_MOST_ALIKE)(partial(searcher.doc_freq, "units"))
        self.mistaken_for = lru_cache(_MOST_ALIKE)(self._mistaken_for)
        self.follows = lru_cache(_MOST_KEPT)(self._follows)
        self.meant_after = lru_cache(_MOST_KEPT)(self._meant_after)
        self.meant_before = lru_cache(_MOST_KEPT)(self._meant_before)

    def holding(self, field: str, token: str) -> int:
        """Return how many products hold a token of a field."""
        return self._ask(field, token) if len(token) > _SHORT else self._kept(field, token)

    def _follows(self, char: str, other: str) -> float:
        """Return how likely `other` follows `char`, "" at the beginning: by their pairs as far as there are many, else by itself."""
        alone = (self._units(other) + _RARE) / (self.products * _CHARACTERS + 1)
        if not char:
            return log(alone)
        pairs = self._kept("pairs", char + other) + _BEFORE * alone
        return log(pairs / (self._units(char) + _BEFORE))

    def _meant_after(self, char: str, typed: str) -> tuple[str, ...]:
        """Return the characters that `typed` may stand for by mistake, those that some product holds after `char`."""
        return tuple(it for it in self.mistaken_for(typed) if self._ask("pairs", char + it))

    def _meant_before(self, typed: str, char: str) -> tuple[str, ...]:
        """Return the same of those that some product holds before `char`."""
        return tuple(it for it in self.mistaken_for(typed) if self._ask("pairs", it + char))

    def _mistaken_for(self, char: str) -> tuple[str, ...]:
        """Return the characters that `char` may stand for by mistake, those that enough products hold."""
        least = max(1.0, _SELDOM * self.products)
        return tuple(it for it in mistaken_for(char) if self._units(it) >= least)


class Spelling:
    """Reads stretches against the names of a catalogue.

    What was read once is kept as long as the object: make one for each query. holding: how many products hold a token,
    where somebody else keeps that for the query.
    """

    def __init__(self, known: Known, holding: Holding | None = None) -> None:
        self._known = known
        self._holding = holding or cache(known.holding)
        self._products = known.products
        self._follows = known.follows
        self._word = cache(self._word_once)
        self._words = cache(self._words_once)
        self.meant = cache(self._meant)

    def _meant(self, run: str) -> list[Meant]:
        """Return what a Chinese stretch may have been meant to say, the likeliest first, at most `MOST` ways."""
        if len(run) not in LENGTHS:
            return []
        found = []
        for closer, place, char in sorted(self._closer(run), reverse=True)[:_WEIGHED]:
            better = self._words(run, place, char) - self._words(run, place, run[place])
            odds = (closer + better) / 2
            if odds >= LIKELIER:
                found.append(Meant(odds, char, run[:place] + char + run[place + 1 :]))
        return sorted(found, key=lambda it: (-it.odds, it.text))[:MOST]

    def _closer(self, run: str) -> Iterator[tuple[float, int, str]]:
        """Yield characters that fit a place better than the one there: (how much likelier, the place, which).

        Each stands beside one of its neighbours in some product.
        """
        fits = [self._fit(run, place, char) for place, char in enumerate(run)]
        for place in sorted(range(len(run)), key=fits.__getitem__)[:_DOUBTED]:
            if fits[place] > _FITTING:
                break
            before, after = run[place - 1 : place] if place else "", run[place + 1 : place + 2]
            beside = {
                *(self._known.meant_after(before, run[place]) if before else ()),
                *(self._known.meant_before(run[place], after) if after else ()),
            }
            for char in beside:
                closer = self._fit(run, place, char) - fits[place]
                if closer >= _CLEARER:
                    yield closer, place, char

    def _fit(self, run: str, place: int, char: str) -> float:
        """Return how likely `char` is at a place and what follows after it, as a logarithm."""
        before, after = run[place - 1 : place] if place else "", run[place + 1 : place + 2]
        return self._follows(before, char) + (self._follows(char, after) if after else 0.0)

    def _words_once(self, run: str, place: int, char: str) -> float:
        """Return how likely the words around a place are with `char` there, cut the likeliest way."""
        start = max(0, place - _AROUND)
        text = run[start:place] + char + run[place + 1 : place + 1 + _AROUND]
        best = [0.0]
        for end in range(1, len(text) + 1):
            likeliest = best[-1] + self._word(text[end - 1])
            for begin in range(end - 2, max(0, end - _LONGEST) - 1, -1):
                if not self._holding("pairs", text[begin : begin + _SHORT]):
                    break  # what no name writes side by side is no word of any
                likeliest = max(likeliest, best[begin] + self._word(text[begin:end]))
            best.append(likeliest)
        return best[-1]

    def _word_once(self, word: str) -> float:
        """Return how likely a word is, as a logarithm; any character is one, however rare."""
        held = self._holding("words", word) + (_RARE if len(word) == 1 else 0.0)
        return log(held / (self._products * _WORDS + 1)) if held else float("-inf")
