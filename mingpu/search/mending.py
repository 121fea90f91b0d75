"""Mending a query that found nothing: by sound for Chinese and for pinyin, by one slip for Latin words."""

import re

import tantivy

from mingpu.search.text import normalise, runs
from mingpu.search.vocabulary import FS, merged, pinyin, shortened

_MAX_RUN = 24  # characters of one stretch that is mended; longer ones are not words mistyped
_MENDED_RUN = range(2, _MAX_RUN + 1)
_WORD_SYLLABLES = range(2, 7)
_WORD_LETTERS = range(3, 25)
_UNKNOWN = 10.0  # price of a character nothing explains, against 1 for a word mended and less for one kept
_KEPT = 0.5


def mend(searcher: tantivy.Searcher, text: str) -> str | None:
    """Return a spelling of `text` that the catalogue knows, or None when there is nothing better."""
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
            if word != run and abs(len(word) - len(run)) <= 1:
                found[word] = count
    return min(found, key=lambda word: (-found[word], word), default=None)


def _from_pinyin(searcher: tantivy.Searcher, run: str) -> str | None:
    """Return the fewest catalogue words whose pinyin makes up the whole of `run`."""
    best: list[tuple[float, str] | None] = [(0.0, ""), *[None] * len(run)]
    for end in range(1, len(run) + 1):
        for start in range(max(0, end - _WORD_LETTERS.stop + 1), end - _WORD_LETTERS.start + 1):
            before = best[start]
            if before is None:
                continue
            word, count = _sounding(searcher, run[start:end])
            price = before[0] + 1 - min(count, 1000) / 10_000
            if word and (best[end] is None or (price, "") < (best[end] or (0.0, ""))):
                best[end] = (price, before[1] + word)
    return best[-1][1] if best[-1] else None


def _by_sound(searcher: tantivy.Searcher, run: str) -> str | None:
    """Return a Chinese stretch with its unknown words replaced by catalogue words that sound alike."""
    if len(run) not in _MENDED_RUN:
        return None
    syllables = pinyin(run)
    if len(syllables) != len(run):
        return None
    best = [(0.0, "")]
    for end in range(1, len(run) + 1):
        choices = [(best[end - 1][0] + _UNKNOWN, best[end - 1][1] + run[end - 1])]
        for start in range(max(0, end - _WORD_SYLLABLES.stop + 1), end - _WORD_SYLLABLES.start + 1):
            cost, made = best[start]
            written = run[start:end]
            if searcher.doc_freq("words", written):
                choices.append((cost + _KEPT, made + written))
                continue
            word, _ = _sounding(searcher, "".join(syllables[start:end]), length=end - start)
            if word:
                choices.append((cost + 1, made + word))
        best.append(min(choices))
    return best[-1][1] if best[-1][1] != run else None


def _sounding(searcher: tantivy.Searcher, sound: str, length: int | None = None) -> tuple[str, int]:
    """Return the commonest catalogue word of that pinyin and how many products use it; ("", 0) when none."""
    terms = searcher.terms_with_prefix("echo", merged(sound) + FS)
    words = [(count, term.rpartition(FS)[2]) for term, count in terms]
    count, word = max((w for w in words if length is None or len(w[1]) == length), default=(0, ""))
    return word, count
