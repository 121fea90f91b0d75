"""What stretches of a query that the catalogue does not know may mean: evidence that counts less than what was typed."""

from dataclasses import replace
from itertools import pairwise

from mingpu.search.mending import Slip
from mingpu.search.ranking import Weights
from mingpu.search.reading import Holding, Reading, Token, Word, weight
from mingpu.search.text import pinyin

_DOUBT = 0.7  # what a guess weighs against what was typed


class Guesses:
    """Collects what may be meant. holding: how many products hold a token. products: how many there are."""

    def __init__(self, holding: Holding, products: int, weights: Weights) -> None:
        self._holding = holding
        self._products = products
        self._weights = weights
        self._doubted: set[str] = set()
        self._words: list[Word] = []
        self._pairs: dict[str, Token] = {}
        self._sounds: dict[str, Token] = {}

    def meant(self, slip: Slip, typed: str) -> None:
        """Take in what a character, `typed` by mistake, may stand for, and everything that sounds like it."""
        if not slip.meant:
            return
        self._doubted |= {typed, slip.before, slip.after} - {""}
        variants = []
        for char in slip.meant:
            pairs = [pair for pair in (slip.before + char, char + slip.after) if len(pair) > 1]
            for pair in pairs:
                self._add(self._pairs, "pairs", pair, _DOUBT * (self._weights.pairs + self._weights.units))
            variants.append(self._word(slip.before + char + slip.after, "pairs", pairs))
        sounds = ["".join(pinyin(char)) for char in (slip.before, typed, slip.after) if char]
        together = [f"{one}'{two}" for one, two in pairwise(sounds)]
        for pair in together:
            self._add(self._sounds, "sounds", pair, _DOUBT * (self._weights.pairs + self._weights.units))
        variants.append(self._word("'".join(sounds), "sounds", together))
        known = [it for it in variants if it.held]
        if known:
            self._words.append(replace(known[0], alike=tuple(known[1:])))

    def spelled(self, words: list[tuple[list[str], str]]) -> None:
        """Take in a stretch of pinyin, cut to words: (syllables, how the word is most likely written)."""
        weights = self._weights
        cut = [syllable for syllables, _ in words for syllable in syllables]
        for syllable in cut:
            self._add(self._sounds, "sounds", syllable, weights.units)
        for one, two in pairwise(cut):
            self._add(self._sounds, "sounds", f"{one}'{two}", weights.pairs)
            pair = self._word(f"{one}'{two}", "sounds", [f"{one}'{two}"])
            self._words += [pair] if pair.held else []
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
        """Return a reading with everything taken in; what stood alone beside a doubtful character is not asked for."""
        kept = [word for word in reading.words if word.text not in self._doubted]
        return replace(
            reading,
            words=tuple(sorted([*kept, *self._words], key=lambda it: it.reach)),
            pairs=_with(reading.pairs, self._pairs),
            sounds=tuple(self._sounds.values()),
        )

    def _add(self, found: dict[str, Token], field: str, text: str, factor: float) -> None:
        if held := self._holding(field, text):
            found[text] = Token(text, held, weight(held, self._products) * factor)

    def _word(self, text: str, field: str, tokens: list[str]) -> Word:
        """Return a word of those tokens that some product holds."""
        tokens = [token for token in tokens if self._holding(field, token)]
        held = min((self._holding(field, token) for token in tokens), default=0)
        return Word(text, tuple((field, token) for token in tokens), held, sound=field == "sounds")


def _with(typed: tuple[Token, ...], guessed: dict[str, Token]) -> tuple[Token, ...]:
    known = {it.text for it in typed}
    return (*typed, *(it for it in guessed.values() if it.text not in known))
