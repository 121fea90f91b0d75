"""Reading a query: which words it has, which of them the catalogue knows, and what they may stand for.

Nothing is asked of the index here but how many products hold a token; what follows from that is decided by
`ranking`.
"""

import re
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import log

import rjieba

from mingpu.search.rules import Lexicon
from mingpu.search.schema import code_token
from mingpu.search.text import analyse, is_cjk, latin_tokens, normalise, runs, word_pairs

MAX_TOKENS = 64  # of each kind that are looked up; a query of 200 characters has few more
MAX_WORDS = 12  # that a hit may be asked for; the rarest are kept
_MOST_JOINED = 4  # words that may mean something together

Term = tuple[str, str]  # field, token
Holding = Callable[[str, str], int]  # how many products hold a token of a field


@dataclass(frozen=True, slots=True)
class Token:
    """One character, pair, part or syllable of a query. held: how many products hold it. weight: what that says."""

    text: str
    held: int
    weight: float


@dataclass(frozen=True, slots=True)
class Word:
    """One word a hit may be asked for. terms: all of them stand in what holds it. alike: words as good as it.

    held: how many products hold its rarest term, or `more`. more: in how many it stands among the attributes. sound: it is
    known by its syllables only.
    """

    text: str
    terms: tuple[Term, ...]
    held: int
    alike: tuple["Word", ...] = ()
    sound: bool = False
    more: int = 0

    @property
    def reach(self) -> int:
        """How many products hold it or one that means the same, at most."""
        return self.held + sum(it.held for it in self.alike)


@dataclass(frozen=True, slots=True)
class Reading:
    """A query as it was read.

    text: without what says nothing. words: that a hit may be asked for, the rarest first, without what says nothing and what no product holds.
    units, pairs, parts: what some product holds of its characters, their pairs, its words; sounds: of syllables and
    their pairs, where it was typed in pinyin. code: as a SKU code, "" when it is none. unknown: whether a word is
    held by no product. products: how many there are.
    """

    text: str = ""
    words: tuple[Word, ...] = ()
    units: tuple[Token, ...] = ()
    pairs: tuple[Token, ...] = ()
    parts: tuple[Token, ...] = ()
    sounds: tuple[Token, ...] = ()
    code: str = ""
    unknown: bool = False
    products: int = 0

    @property
    def word_weights(self) -> tuple[float, ...]:
        """What each of `words` says when it or one that means the same is there."""
        return tuple(weight(word.reach, self.products) for word in self.words)

    @property
    def is_empty(self) -> bool:
        """Say whether nothing is left to search for."""
        return not (self.words or self.units or self.sounds or self.code)


class Teachings:
    """A lexicon made ready: every word normalised, every group by each of its words."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.stop = frozenset(map(_plain, lexicon.stop)) - {""}
        self._offensive = _pattern(lexicon.offensive)
        self._groups: dict[str, tuple[str, ...]] = {}
        for group in lexicon.synonyms:
            words = tuple(dict.fromkeys(word for word in map(_plain, group) if word))
            for word in words:
                others = (it for it in words if it != word)
                self._groups[word] = tuple(dict.fromkeys((*self._groups.get(word, ()), *others)))

    def alike(self, word: str) -> tuple[str, ...]:
        """Return the words that mean the same."""
        return self._groups.get(word, ())

    def cleaned(self, text: str) -> str:
        """Return a query without offensive words: Chinese ones anywhere, others as words of their own."""
        plain = normalise(text)
        return self._offensive.sub(" ", plain) if self._offensive else plain

    def joined(self, words: Sequence[str]) -> list[str]:
        """Return words with neighbours put together where the whole of them has a meaning of its own here."""
        return [_glued(words[start:end]) for start, end in _stretches(words, self._groups)]

    def telling(self, text: str) -> str:
        """Return a cleaned query without its stop words; what they stood between stays apart.

        A query of stop words alone says what it says, and stays.
        """
        pieces = [
            (word, place == 0)
            for run, cjk in runs(text)
            for place, word in enumerate(rjieba.cut(run) if cjk else [run])
        ]
        words = [_whole(word) for word, _ in pieces]
        stretches = list(_stretches(words, self.stop))
        kept = [(start, end) for start, end in stretches if _glued(words[start:end]) not in self.stop]
        if not kept or len(kept) == len(stretches):
            return text
        shown = ["" for _ in pieces]
        for start, end in kept:
            shown[start:end] = [f" {word}" if begins else word for word, begins in pieces[start:end]]
        return "".join(it or " " for it in shown)


def read(text: str, *, teachings: Teachings, holding: Holding, products: int, exact: bool = False) -> Reading:
    """Return a query read. products: in the index. exact: every word counts, also those that say nothing."""
    cleaned = teachings.cleaned(text)
    kept_text = cleaned if exact else teachings.telling(cleaned)
    tokens = analyse(kept_text)
    words, unknown = [], False
    for text_ in teachings.joined(tokens.whole)[:MAX_TOKENS]:
        word = _word(text_, holding)
        alike = tuple(it for other in teachings.alike(text_) if (it := _word(other, holding)).held)
        unknown = unknown or not word.held
        if word.held or alike:
            words.append(replace(word, alike=alike))

    def weighed(found: Iterable[str], *fields: str) -> tuple[Token, ...]:
        held = ((token, max(holding(it, token) for it in fields)) for token in [*found][:MAX_TOKENS])
        return tuple(Token(token, count, weight(count, products)) for token, count in held if count)

    return Reading(
        text=kept_text, words=tuple(sorted(words, key=lambda it: it.reach)[:MAX_WORDS]),
        units=weighed(tokens.units, "units"), pairs=weighed(tokens.pairs, "pairs"),
        parts=weighed(tokens.words, "words", "more"), code=_code(cleaned, holding), unknown=unknown, products=products,
    )  # fmt: skip


def weight(held: int, products: int) -> float:
    """Return what a token weighs that `held` of `products` products hold: rare ones say more."""
    return log(1 + (max(products, held) - held + 0.5) / (held + 0.5))


def _word(text: str, holding: Holding) -> Word:
    """Return one word: its characters side by side in the names, or the word among the attributes."""
    terms: list[Term] = []
    for run, cjk in runs(text):
        pairs = word_pairs(run) if cjk else []
        terms += [("pairs", pair) for pair in pairs] or [("units", _whole(run))]
    held = min((holding(*term) for term in terms), default=0)
    more = holding("more", text)
    return Word(text, tuple(terms), max(held, more), more=more)


def _code(text: str, holding: Holding) -> str:
    code = code_token(text)
    return code if code and holding("codes", code) else ""


def _plain(word: str) -> str:
    """Return a word of the operator's as words of a query are put together: `t 恤`, `free shipping`."""
    return _glued(analyse(word).whole)


def _glued(words: Sequence[str]) -> str:
    """Return words as one, Latin ones apart, as `spelled` has them."""
    text = ""
    for word in words:
        apart = text and not (is_cjk(word) and is_cjk(text[-1]))
        text += f" {word}" if apart else word
    return text


def _stretches(words: Sequence[str], known: Container[str]) -> Iterator[tuple[int, int]]:
    """Yield where words that are known together begin and end, as many as are; others stand alone."""
    start = 0
    while start < len(words):
        end = min(len(words), start + _MOST_JOINED)
        while end > start + 1 and _glued(words[start:end]) not in known:
            end -= 1
        yield start, end
        start = end


def _whole(run: str) -> str:
    return run if is_cjk(run) else latin_tokens(run)[0]


def _pattern(words: Iterable[str]) -> re.Pattern[str] | None:
    """Return what finds any of these words in normalised text, the longest first."""
    plain = {" ".join(normalise(word).split()) for word in words} - {""}
    found = [
        re.escape(word) if any(map(is_cjk, word)) else rf"(?<![^\W_]){re.escape(word)}(?![^\W_])"
        for word in sorted(plain, key=len, reverse=True)
    ]
    return re.compile("|".join(found)) if found else None
