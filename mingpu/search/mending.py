"""Mending a query that found nothing: by sound for Chinese and for pinyin, by one slip for Latin words."""

import re
from collections.abc import Callable

import tantivy

from mingpu.search.text import normalise, runs
from mingpu.search.vocabulary import FS, PHRASE, merged, pinyin, shortened

_MAX_RUN = 24  # characters of one stretch that is mended; longer ones are not words mistyped
_MENDED_RUN = range(2, _MAX_RUN + 1)
_WORD_SYLLABLES = range(2, 7)
_WORD_LETTERS = range(3, 25)
_FIRM = 3  # products that must put two words together before the pair is taken for one
_MENDED, _KEPT = 1.0, 0.5  # price of a word mended, and of one left as it is: the cheapest reading wins


def mend(searcher: tantivy.Searcher, text: str) -> str | None:
    """Return a spelling of `text` in words that the catalogue knows, or None when there is nothing better."""
    typed = " ".join(normalise(text).split())
    mended = typed
    for run, cjk in dict.fromkeys(runs(typed)):
        better = _by_sound(searcher, run) if cjk else _latin(searcher, run)
        if better:
            mended = re.sub(re.escape(run), lambda _, better=better: better, mended)  # type: ignore[misc]
    return mended if mended != typed else None


def _latin(searcher: tantivy.Searcher, run: str) -> str | None:
    """Return a Latin word one slip away, or the Chinese that a pinyin stretch spells."""
    if len(run) > _MAX_RUN or not run.isalpha() or not run.isascii() or searcher.doc_freq("units", run):
        return None
    return _from_pinyin(searcher, run) or _near(searcher, run)


def _near(searcher: tantivy.Searcher, run: str) -> str | None:
    """Return the commonest catalogue word that is one letter added, lost, changed or swapped away."""
    found = {}
    for form in shortened(run):
        for term, count in searcher.terms_with_prefix("near", form + FS):
            word = term.rpartition(FS)[2]
            if _one_slip(run, word):
                found[word] = count
    return min(found, key=lambda word: (-found[word], word), default=None)


def _one_slip(one: str, two: str) -> bool:
    """Say whether two words differ by one letter more, less or other, or by two neighbours swapped."""
    if len(one) != len(two):
        short, long = sorted((one, two), key=len)
        return short in shortened(long)
    unlike = [i for i, (a, b) in enumerate(zip(one, two, strict=True)) if a != b]
    if len(unlike) == 2:  # noqa: PLR2004
        first, second = unlike
        return second == first + 1 and one[first] == two[second] and one[second] == two[first]
    return len(unlike) == 1


def _from_pinyin(searcher: tantivy.Searcher, run: str) -> str | None:
    """Return the fewest catalogue words whose pinyin makes up the whole of `run`."""

    def read(start: int, end: int) -> tuple[float, str] | None:
        word, count = _sounding(searcher, run[start:end])
        return (_MENDED - min(count, 1000) / 10_000, word) if word else None

    return _cheapest(len(run), _WORD_LETTERS, read)


def _by_sound(searcher: tantivy.Searcher, run: str) -> str | None:
    """Return a Chinese stretch with its unknown words replaced by catalogue words that sound alike.

    Every character must belong to a word: what is left over would be guessed at.
    """
    syllables = pinyin(run)
    if len(run) not in _MENDED_RUN or len(syllables) != len(run):
        return None

    def read(start: int, end: int) -> tuple[float, str] | None:
        written = run[start:end]
        if searcher.doc_freq("words", written):
            return _KEPT, written
        word, _ = _sounding(searcher, "".join(syllables[start:end]), length=end - start)
        return (_MENDED, word) if word else None

    best = _cheapest(len(run), _WORD_SYLLABLES, read)
    return best if best != run else None


def _cheapest(length: int, sizes: range, read: Callable[[int, int], tuple[float, str] | None]) -> str | None:
    """Return the cheapest way to read 0..length in pieces of `sizes`; None when there is none.

    read: gives the price and the text of a piece, or None.
    """
    best: list[tuple[float, str] | None] = [(0.0, ""), *[None] * length]
    for end in range(1, length + 1):
        for start in range(max(0, end - sizes.stop + 1), end - sizes.start + 1):
            before = best[start]
            piece = read(start, end) if before else None
            if before and piece:
                whole = (before[0] + piece[0], before[1] + piece[1])
                best[end] = min(best[end] or whole, whole)
    return best[length][1] if best[length] else None  # type: ignore[index]


def _sounding(searcher: tantivy.Searcher, sound: str, length: int | None = None) -> tuple[str, int]:
    """Return the commonest catalogue word of that pinyin and how many products use it; ("", 0) when none."""
    best = (0, "")
    for term, count in searcher.terms_with_prefix("echo", merged(sound) + FS):
        _, word, kind = term.split(FS)
        if (length is None or len(word) == length) and (kind != PHRASE or count >= _FIRM):
            best = max(best, (count, word))
    return best[1], best[0]
