"""The words a catalogue teaches: for suggestions, and for mending what was mistyped.

Only titles, brands and categories enter, never what anybody searched. A term is `key FS text FS kind`: the
index keeps terms sorted, so every question here is a look at the terms that begin with a key.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import rjieba

from mingpu.search.recognise import Span
from mingpu.search.rules import Document, category_values
from mingpu.search.text import is_cjk, latin_tokens, merged, normalise, pinyin, printable, runs

FS = "\x1f"
BRAND, CATEGORY, PRODUCT, WORD, PHRASE = "b", "c", "n", "w", "p"

_NO_BRAND = frozenset({"other", "其他", "其它", "无", "none", "other/其他"})
_MAX_NAME = 200  # characters of a facet value; the index refuses terms of 65,530 bytes
_WORD_LENGTH = range(2, 21)  # characters
_PHRASE_LENGTH = range(3, 9)  # two neighbouring words, in characters
_NAME_LENGTH = range(1, 41)  # brands and categories
_TITLE_READ = 200  # characters of a title that teach
_NEAR_LENGTH = range(5, 21)  # Latin words worth mending: shorter ones are too like each other


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The terms of one product, by the index field they belong in.

    plain: for a prefix in characters. phrase: the same for two words together. sound, phrase_sound: for a
    prefix in pinyin (of words also the initials). echo: exact pinyin with its regional mergers undone. near: Latin words
    with one letter left out. meaning: a brand's or category's name, what it is, and its facet value.
    """

    plain: tuple[str, ...]
    phrase: tuple[str, ...]
    sound: tuple[str, ...]
    phrase_sound: tuple[str, ...]
    echo: tuple[str, ...]
    near: tuple[str, ...]
    meaning: tuple[str, ...] = ()


def facet_term(value: str) -> str:
    """Return a brand, a category value, a merchant's code as it is counted and filtered by."""
    return printable(value)[:_MAX_NAME]


def shortened(token: str) -> set[str]:
    """Return a Latin word and every form of it with one letter left out.

    Two words that share a form are one slip apart (or one letter swapped), which is how `near` finds them.
    """
    return {token} | {token[:i] + token[i + 1 :] for i in range(len(token))}


def read_vocabulary(document: Document, spans: Sequence[Span] = ()) -> Vocabulary:
    """Return the terms that a product teaches. spans: what names a product or a brand in its title."""
    words, phrases = _title_words(document.title[:_TITLE_READ])
    kinds = dict.fromkeys(words, WORD)
    for span in spans:
        name = _spaced(document.title[span.start : span.end])
        if len(name) in _WORD_LENGTH and (span.kind == "product" or not document.brand):
            kinds[name] = PRODUCT if span.kind == "product" else BRAND
    names = {_spaced(name): printable(name) for name in (document.brand, *_alternatives(document.brand))}
    kinds.update(dict.fromkeys((n for n in names if len(n) in _NAME_LENGTH and n not in _NO_BRAND), BRAND))
    for level in document.category:
        name = _spaced(level)
        if len(name) in _NAME_LENGTH:
            names[name] = printable(level)
            kinds.setdefault(name, CATEGORY)
    plain, sound, echo, near = [], [], [], []
    for key, kind in kinds.items():
        text = f"{names.get(key, key)}{FS}{kind}"
        plain.append(f"{key}{FS}{text}")
        sound += [f"{spelling}{FS}{text}" for spelling in _spellings(key)]
        if is_cjk(key):
            echo.append(f"{merged(''.join(pinyin(key)))}{FS}{key}{FS}{kind}")
        near += [f"{form}{FS}{key}" for form in _near_forms(key)]
    return Vocabulary(
        plain=tuple(plain),
        phrase=tuple(f"{key}{FS}{key}{FS}{PHRASE}" for key in phrases),
        sound=tuple(sound),
        phrase_sound=tuple(f"{spelling}{FS}{key}{FS}{PHRASE}" for key, spelling in phrases.items()),
        echo=(*echo, *(f"{merged(spelling)}{FS}{key}{FS}{PHRASE}" for key, spelling in phrases.items())),
        near=tuple(near),
        meaning=tuple(_meanings(document)),
    )


def _meanings(document: Document) -> Iterator[str]:
    """Yield what a query may call the product's brand and categories."""
    if document.brand:
        brands = (document.brand, *_alternatives(document.brand), *document.brand_aliases)
        for name in dict.fromkeys(map(_spaced, brands)):
            if len(name) in _NAME_LENGTH and name not in _NO_BRAND:
                yield f"{name}{FS}{BRAND}{FS}{facet_term(document.brand)}"
    for value in category_values(document.category):
        name = _spaced(value.rpartition("/")[2])
        if len(name) in _NAME_LENGTH:
            yield f"{name}{FS}{CATEGORY}{FS}{facet_term(value)}"


def _title_words(title: str) -> tuple[list[str], dict[str, str]]:
    """Return the words of a title, and its pairs of neighbouring Chinese words with their pinyin, each once."""
    words: dict[str, None] = {}
    phrases: dict[str, str] = {}
    for run, cjk in runs(title):
        found = rjieba.cut(run) if cjk else latin_tokens(run)[:1]
        words.update(
            dict.fromkeys(word for word in found if len(word) in _WORD_LENGTH and not word.isdigit())
        )
        for one, two in pairwise(found):
            if len(one) + len(two) in _PHRASE_LENGTH:
                phrases[one + two] = "".join((*pinyin(one), *pinyin(two)))
    return list(words), {phrase: sound for phrase, sound in phrases.items() if phrase not in words}


def _alternatives(brand: str) -> list[str]:
    """Return both names of a brand written in two languages: `Laneige/兰芝`."""
    return brand.split("/") if "/" in brand else []


def _spaced(name: str) -> str:
    """Return a name as its key: normalised, single spaces, no separator of ours inside."""
    return " ".join(normalise(name).split())


def _spellings(key: str) -> Iterator[str]:
    """Yield the pinyin of a Chinese key, and its initials."""
    if is_cjk(key):
        syllables = pinyin(key)
        yield "".join(syllables)
        if len(syllables) > 1:
            yield "".join(syllable[:1] for syllable in syllables)


def _near_forms(key: str) -> set[str]:
    if len(key) in _NEAR_LENGTH and key.isascii() and key.isalpha():
        return shortened(key)
    return set()
