"""Ways to go on from what is typed, and ways back from what was mistyped; both from the catalogue's words."""

from collections.abc import Iterable, Iterator, Mapping
from heapq import nlargest
from operator import itemgetter
from types import MappingProxyType

import tantivy

from mingpu.search.text import is_cjk, normalise
from mingpu.search.vocabulary import BRAND, CATEGORY, FS, PRODUCT

MAX_PREFIX = 60  # characters that are read
MOST_READY = 12  # continuations of a prefix that are made ready
_MANY = 1_000  # terms that begin alike: to read more takes longer than somebody typing should wait
_PHRASES = 10  # times as many phrases as words, about, begin alike
_SHORT_CJK, _SHORT_LATIN = 1, 3  # up to here a prefix is too wide for two-word phrases
_WEIGHT = {BRAND: 3, CATEGORY: 3, PRODUCT: 2}  # names of things weigh more than words that happen in titles
_HEAVIEST = max(_WEIGHT.values())
_SEEN = 2  # products that must use a word before it is offered

Scores = Mapping[str, int]  # continuations, and what each weighs
Ready = Mapping[str, Scores]  # the `MOST_READY` best of each prefix that begins many terms
NOTHING_READY: Ready = MappingProxyType({})


def suggest(searcher: tantivy.Searcher, prefix: str, limit: int, ready: Ready = NOTHING_READY) -> list[str]:
    """Return up to `limit` continuations of `prefix`, the commonest first; also by pinyin or its initials.

    When nothing begins with the whole of it, its last word is continued. ready: what need not be looked for.
    """
    typed = " ".join(normalise(prefix[:MAX_PREFIX]).split())
    if not typed or limit < 1:
        return []
    most = limit + 1  # one may be what was typed
    known = ready if most <= MOST_READY else NOTHING_READY
    found = _ranked(_scores(searcher, typed, most, known), most)
    head, space, tail = typed.rpartition(" ")
    if not found and space:
        return [f"{head} {text}" for text in _ranked(_scores(searcher, tail, limit, known), limit)]
    return [text for text in found if text != prefix][:limit]


def make_ready(searcher: tantivy.Searcher) -> Ready:
    """Return the continuations of every prefix that begins many terms; seconds for a million products."""
    ready: dict[str, Scores] = {}
    waiting = {term[0] for field in ("plain", "sound") for term, _ in searcher.terms_with_prefix(field, "")}
    while waiting:
        typed = waiting.pop()
        terms = [*_terms(searcher, typed)]
        if len(terms) >= _MANY:
            scores = _best(terms, MOST_READY)
            ready[typed] = {text: scores[text] for text in _ranked(scores, MOST_READY)}
        if len(terms) >= (_MANY / _PHRASES if _wide(typed) else _MANY):
            keys = (term.partition(FS)[0] for term, _ in terms)
            waiting |= {key[: len(typed) + 1] for key in keys if key.startswith(typed)} - {typed}
    return ready


def _ranked(scores: Scores, most: int) -> list[str]:
    return sorted(scores, key=lambda text: (-scores[text], len(text), text))[:most]


def _scores(searcher: tantivy.Searcher, typed: str, most: int, ready: Ready) -> Scores:
    """Return at least the `most` best continuations, with what each weighs."""
    if typed in ready:
        return ready[typed]
    known = ready.get(_sound(typed)) if typed.isascii() else None
    return {**_best(_terms(searcher, typed, spoken=known is None), most), **(known or {})}


def _best(terms: Iterable[tuple[str, int]], most: int) -> dict[str, int]:
    """Return what terms weigh, read from the commonest on, as far as they could be among the `most` best."""
    scores: dict[str, int] = {}
    least = 0  # what the last of the best weighs, or less
    for term, count in sorted(terms, key=itemgetter(1), reverse=True):
        if count * _HEAVIEST < least:
            break
        _, text, kind = term.split(FS)
        if kind in _WEIGHT or count >= _SEEN:
            scores[text] = max(scores.get(text, 0), count * _WEIGHT.get(kind, 1))
            if len(scores) % (2 * most) == 0:
                least = nlargest(most, scores.values())[-1]
    return scores


def _terms(searcher: tantivy.Searcher, typed: str, *, spoken: bool = True) -> Iterator[tuple[str, int]]:
    """Yield the terms that `typed` begins, with the number of products teaching each.

    spoken: those that it begins in pinyin too.
    """
    sound = _sound(typed) if spoken and typed.isascii() else ""
    yield from searcher.terms_with_prefix("plain", typed)
    if sound:
        yield from searcher.terms_with_prefix("sound", sound)
    if not _wide(typed):
        yield from searcher.terms_with_prefix("phrase", typed)
        if sound:
            yield from searcher.terms_with_prefix("phrase_sound", sound)


def _wide(typed: str) -> bool:
    return len(typed) <= (_SHORT_CJK if is_cjk(typed) else _SHORT_LATIN)


def _sound(typed: str) -> str:
    """Return what is typed as pinyin: without what stands between syllables."""
    return typed.replace("'", "").replace(" ", "")
