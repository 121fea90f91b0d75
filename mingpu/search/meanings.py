"""What words of a query name: a brand, a category. The names are those the index holds."""

from collections.abc import Iterator
from dataclasses import dataclass

import rjieba
import tantivy

from mingpu.search.text import runs
from mingpu.search.vocabulary import BRAND, CATEGORY, FS

_MOST = 4  # words that may make up one name


@dataclass(frozen=True, slots=True)
class Meaning:
    """A name found in a query. kind: "brand" or "category". value: as the facet has it. text: as it was typed."""

    kind: str
    value: str
    text: str


def meanings(searcher: tantivy.Searcher, text: str) -> Iterator[Meaning]:
    """Yield the brands and categories that words of `text` name, longer names first."""
    for name in _names(text):
        for term, _ in searcher.terms_with_prefix("meaning", name + FS):
            _, kind, value = term.split(FS, 2)
            yield Meaning({BRAND: "brand", CATEGORY: "category"}[kind], value, name)


def _names(text: str) -> list[str]:
    """Return the stretches of up to `_MOST` neighbouring words, the longest first."""
    found: dict[str, None] = {}
    words = [(word, cjk) for run, cjk in runs(text) for word in (rjieba.cut(run) if cjk else [run])]
    for size in range(min(_MOST, len(words)), 0, -1):
        for start in range(len(words) - size + 1):
            some = words[start : start + size]
            for glue in ("", " ") if any(cjk for _, cjk in some) else (" ",):  # 小米mi is written either way
                found[glue.join(word for word, _ in some)] = None
    return sorted(found, key=len, reverse=True)
