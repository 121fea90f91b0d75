"""Telling brands and product words in a title apart from the rest, as people marked them in titles like it.

A conditional random field over characters (Lafferty, McCallum, Pereira 2001), taught by `mingpu search teach` with
titles that people marked; a mall that was not taught has none. Besides the characters around it, a character tells
whether it lies in a product word or a brand that was marked elsewhere.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, get_args

import pycrfsuite

from mingpu.search.text import is_cjk

Kind = Literal["product", "brand"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
FOLDS: Final = (
    8  # a title is taught without the words of its own fold: else the words would explain everything
)
LONGEST: Final = 8  # characters of a word that is looked up
MAX_TITLE: Final = 500  # characters of a title that are read
_SETTINGS: Final = {"c1": 0.1, "c2": 0.05, "max_iterations": 60, "feature.possible_transitions": True}
_OUTSIDE: Final = "O"
_WORDS: Final = "words.json"
_MODEL: Final = "model.crf"

Words = dict[Kind, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Span:
    """Characters `start` to before `end` of a title that name a product or a brand."""

    start: int
    end: int
    kind: Kind


@dataclass(frozen=True, slots=True)
class Labelled:
    """A title with what people marked in it; spans do not overlap."""

    title: str
    spans: tuple[Span, ...]


class Recogniser:
    """Marks titles as it was taught; safe for one thread at a time. Raises OSError where nothing was taught."""

    def __init__(self, folder: Path) -> None:
        known = json.loads((folder / _WORDS).read_text(encoding="utf-8"))
        self._words: Words = {kind: frozenset(known[kind]) for kind in KINDS}
        self._tagger = pycrfsuite.Tagger()
        self._tagger.open(str(folder / _MODEL))

    def spans(self, title: str) -> list[Span]:
        """Return what names a product or a brand in a title, in order; any text is accepted."""
        read = _clean(title)
        return _spans(self._tagger.tag(_features(read, self._words))) if read else []


def train(titles: Sequence[Labelled], folder: Path) -> None:
    """Learn from marked titles and keep what was learnt in `folder`; some thousands take a quarter of a minute."""
    trainer = pycrfsuite.Trainer(verbose=False)
    folds = [titles[start::FOLDS] for start in range(FOLDS)]
    for fold in folds:
        others = [it for other in folds if other is not fold for it in other]
        words = _words_of(others)
        for it in fold:
            read = _clean(it.title)
            if read:
                trainer.append(_features(read, words), _tags(len(read), it.spans))
    trainer.set_params(_SETTINGS)
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / f"{_MODEL}.part"
    trainer.train(str(part))
    known = {kind: sorted(words) for kind, words in _words_of(titles).items()}
    words_part = folder / f"{_WORDS}.part"
    words_part.write_text(json.dumps(known, ensure_ascii=False), encoding="utf-8")
    words_part.replace(folder / _WORDS)
    part.replace(folder / _MODEL)


def _words_of(titles: Iterable[Labelled]) -> Words:
    found: dict[Kind, set[str]] = {kind: set() for kind in KINDS}
    for it in titles:
        read = _clean(it.title)
        for span in it.spans:
            found[span.kind].add(read[span.start : span.end])
    return {kind: frozenset(words) - {""} for kind, words in found.items()}


def _clean(title: str) -> str:
    """Return a title as it is read: the same length, in lower case, without what a learner cannot keep."""
    read = (char.lower() if len(char.lower()) == 1 else char for char in title[:MAX_TITLE])
    return "".join("?" if "\ud800" <= char <= "\udfff" or char == "\x00" else char for char in read)


def _tags(length: int, spans: Iterable[Span]) -> list[str]:
    """Return one tag a character: O outside; B, I, E of a span, S of one of a single character, with its kind."""
    tags = [_OUTSIDE] * length
    for span in spans:
        last = min(span.end, length) - 1
        for place in range(span.start, last + 1):
            inside = "B" if place == span.start else "E" if place == last else "I"
            tags[place] = f"{'S' if span.start == last else inside}-{span.kind}"
    return tags


def _spans(tags: Sequence[str]) -> list[Span]:
    """Return the spans that tags say; one that begins in the middle is taken as it stands."""
    found: list[Span] = []
    begun: tuple[int, Kind] | None = None
    for place, tag in enumerate([*tags, _OUTSIDE]):
        mark, _, kind = tag.partition("-")
        if begun and (mark in "OBS" or kind != begun[1]):
            found.append(Span(begun[0], place, begun[1]))
            begun = None
        if mark != _OUTSIDE and begun is None:
            begun = (place, "brand" if kind == "brand" else "product")
    return found


def _features(title: str, words: Words) -> list[list[str]]:
    """Return what each character tells: itself, its neighbours, their kinds, the known words it lies in."""
    padded = f"\x02\x02{title}\x03\x03"
    product, brand = (_marks(title, words[kind]) for kind in KINDS)
    rows = []
    for place in range(len(title)):
        before2, before, char, after, after2 = tuple(padded[place : place + 5])
        kinds = _kind(before), _kind(char), _kind(after)
        rows.append([
            f"0{char}", f"-{before}", f"+{after}", f"={before2}", f"#{after2}", f"a{before}{char}", f"b{char}{after}",
            f"c{before2}{before}", f"d{after}{after2}", f"e{before}{char}{after}", f"k{kinds[1]}",
            f"l{kinds[0]}{kinds[1]}", f"m{kinds[1]}{kinds[2]}", f"P{product[place]}", f"B{brand[place]}",
            f"Q{product[place]}{brand[place]}", f"p{product[place]}{product[place + 1]}",
            f"q{brand[place]}{brand[place + 1]}", *(["^"] if place == 0 else []),
            *(["$"] if place == len(title) - 1 else []),
        ])  # fmt: skip
    return rows


def _marks(title: str, words: frozenset[str]) -> list[str]:
    """Return, for each character and one place beyond, where it lies in the longest known word it is part of."""
    marks = [""] * (len(title) + 1)
    for start in range(len(title)):
        for size in range(min(LONGEST, len(title) - start), 0, -1):
            if title[start : start + size] in words:
                for place in range(start, start + size):
                    inside = "B" if place == start else "E" if place == start + size - 1 else "I"
                    if not marks[place] or int(marks[place][1]) < size:
                        marks[place] = f"{inside}{size}"
                break
    return marks


def _kind(char: str) -> str:
    if char.isdigit():
        return "d"
    if is_cjk(char):
        return "h"
    return "l" if char.isalpha() else "s" if char.isspace() else "p"
