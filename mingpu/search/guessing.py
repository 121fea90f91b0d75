"""What pinyin in a query may mean: syllables beside what was typed."""

from dataclasses import replace
from itertools import pairwise

from mingpu.search.ranking import Weights
from mingpu.search.reading import Holding, Reading, Token, Word, weight


class Guesses:
    """Collects what may be meant. holding: how many products hold a token. products: how many there are."""

    def __init__(self, holding: Holding, products: int, weights: Weights) -> None:
        self._holding = holding
        self._products = products
        self._weights = weights
        self._words: list[Word] = []
        self._sounds: dict[str, Token] = {}

    def spelled(self, words: list[tuple[list[str], str]]) -> None:
        """Take in a stretch of pinyin, cut to words: (syllables, how the word is most likely written)."""
        weights = self._weights
        cut = [syllable for syllables, _ in words for syllable in syllables]
        for syllable in cut:
            self._add(syllable, weights.units)
        for one, two in pairwise(cut):
            self._add(f"{one}'{two}", weights.pairs)
            self._words += self._pair(f"{one}'{two}")
        for syllables, _ in words:
            self._spoken(syllables)

    def _spoken(self, syllables: list[str]) -> None:
        """Take in one word by its sound: as much as a word counts, besides its syllables and their pairs."""
        pairs = [f"{one}'{two}" for one, two in pairwise(syllables)]
        held = min((self._holding("sounds", pair) for pair in pairs), default=0)
        if held:
            text = "'".join(syllables)
            known = self._sounds[text].weight if text in self._sounds else 0.0
            worth = weight(held, self._products) * self._weights.parts
            self._sounds[text] = Token(text, held, known + worth)

    def added_to(self, reading: Reading) -> Reading:
        """Return a reading with everything taken in."""
        return replace(
            reading,
            words=tuple(sorted([*reading.words, *self._words], key=lambda it: it.reach)),
            sounds=tuple(self._sounds.values()),
        )

    def _add(self, text: str, factor: float) -> None:
        if held := self._holding("sounds", text):
            self._sounds[text] = Token(text, held, weight(held, self._products) * factor)

    def _pair(self, text: str) -> list[Word]:
        """Return two syllables as a word, where some product holds them side by side."""
        held = self._holding("sounds", text)
        return [Word(text, (("sounds", text),), held, sound=True)] if held else []
