"""Ways to go on from what is typed, and ways back from what was mistyped; both from the catalogue's words."""

from heapq import nlargest
from operator import itemgetter

import tantivy

from mingpu.search.text import is_cjk, normalise
from mingpu.search.vocabulary import BRAND, CATEGORY, FS, PRODUCT

MAX_PREFIX = 60  # characters that are read
_SHORT_CJK, _SHORT_LATIN = 1, 3  # up to here a prefix is too wide for two-word phrases
_WEIGHT = {BRAND: 3, CATEGORY: 3, PRODUCT: 2}  # names of things weigh more than words that happen in titles
_HEAVIEST = max(_WEIGHT.values())
_SEEN = 2  # products that must use a word before it is offered


def suggest(searcher: tantivy.Searcher, prefix: str, limit: int) -> list[str]:
    """Return up to `limit` continuations of `prefix`, the commonest first; also by pinyin or its initials.

    When nothing begins with the whole of it, its last word is continued.
    """
    typed = " ".join(normalise(prefix[:MAX_PREFIX]).split())
    if not typed or limit < 1:
        return []
    found = _ranked(searcher, typed, limit + 1)  # one may be what was typed
    head, space, tail = typed.rpartition(" ")
    if not found and space:
        return [f"{head} {text}" for text in _ranked(searcher, tail, limit)]
    return [text for text in found if text != prefix][:limit]


def _ranked(searcher: tantivy.Searcher, typed: str, most: int) -> list[str]:
    """Return the `most` best continuations. Terms are read from the commonest on, as far as they could be among them."""
    scores: dict[str, int] = {}
    least = 0  # what the last of the best weighs, or less
    for term, count in sorted(_terms(searcher, typed), key=itemgetter(1), reverse=True):
        if count * _HEAVIEST < least:
            break
        _, text, kind = term.split(FS)
        if kind in _WEIGHT or count >= _SEEN:
            scores[text] = max(scores.get(text, 0), count * _WEIGHT.get(kind, 1))
            if len(scores) % (2 * most) == 0:
                least = nlargest(most, scores.values())[-1]
    return sorted(scores, key=lambda text: (-scores[text], len(text), text))[:most]


def _terms(searcher: tantivy.Searcher, typed: str) -> list[tuple[str, int]]:
    """Return the terms that `typed` begins, with the number of products teaching each."""
    wide = len(typed) <= (_SHORT_CJK if is_cjk(typed) else _SHORT_LATIN)
    terms = searcher.terms_with_prefix("plain", typed)
    if not wide:
        terms += searcher.terms_with_prefix("phrase", typed)
    if typed.isascii():
        sound = typed.replace("'", "").replace(" ", "")
        terms += searcher.terms_with_prefix("sound", sound) if sound else []
        terms += searcher.terms_with_prefix("phrase_sound", sound) if not wide else []
    return terms
