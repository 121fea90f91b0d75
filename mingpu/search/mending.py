"""Mending a query whose words the catalogue does not know: by sound, by shape, by one slip, from pinyin and initials."""

from collections.abc import Callable
from math import log

import tantivy

from mingpu.search.shapes import syllables
from mingpu.search.spelling import LENGTHS, Spelling
from mingpu.search.text import merged, normalise, pinyin, replaced, runs
from mingpu.search.vocabulary import FS, PHRASE, shortened

_MAX_RUN = LENGTHS.stop - 1  # letters of one stretch that is mended
_MAX_SPELLED = 60  # letters of pinyin that are read
_WORD_SYLLABLES = range(2, 7)
_WORD_LETTERS = range(3, 25)
_SYLLABLE = range(1, 7)  # letters
_INITIALS = range(2, 7)
_SOUNDED = range(2, 9)  # characters of a stretch that is mended by its sound as a whole
_MOST_SLIPS = 3  # characters of a Chinese stretch that are replaced
_SURE = 7.0  # odds from which a character is replaced, as `spelling.Meant` has them
_UNSEEN = 0.05  # what two syllables that never met count as
_FIRM = 3  # products that must put two words together before the pair is taken for one
_MENDED, _KEPT = 1.0, 0.5  # price of a word mended, and of one left as it is: the cheapest reading wins


def mend(searcher: tantivy.Searcher, spelling: Spelling, text: str) -> str | None:
    """Return a spelling of `text` in words that the catalogue knows, or None when there is nothing better."""
    typed = " ".join(normalise(text).split())
    better: dict[str, str] = {}
    for run, cjk in dict.fromkeys(runs(typed)):
        other = _by_sound(searcher, run) or _by_slips(spelling, run) if cjk else _latin(searcher, run)
        if other:
            better[run] = other
    mended = replaced(typed, better)
    return mended if mended != typed else None


def _by_slips(spelling: Spelling, run: str) -> str | None:
    """Return a Chinese stretch with the characters replaced that are most likely slips; None where none is."""
    mended = run
    for _ in range(_MOST_SLIPS):
        likeliest = next(iter(spelling.meant(mended)), None)
        if likeliest is None or likeliest.odds < _SURE:
            break
        mended = likeliest.text
    return mended if mended != run else None


def spelled_out(searcher: tantivy.Searcher, run: str) -> list[str] | None:
    """Return the syllables of a stretch of pinyin, cut so that the catalogue knows the most; None for other text.

    run: letters, perhaps with `'` between syllables.
    """
    letters = run.replace("'", "")
    if not (letters.isascii() and letters.isalpha()) or not 2 <= len(letters) <= _MAX_SPELLED:  # noqa: PLR2004
        return None
    known = syllables()
    # For each end: the best cut so far by its last syllable, as (worth, cut).
    best: list[dict[str, tuple[float, list[str]]]] = [{"": (0.0, [])}, *({} for _ in letters)]
    for end in range(1, len(letters) + 1):
        for start in range(max(0, end - _SYLLABLE.stop + 1), end):
            syllable = letters[start:end]
            if syllable not in known or not best[start]:
                continue
            worth, cut = max(
                (worth + _together(searcher, last, syllable), cut)
                for last, (worth, cut) in best[start].items()
            )
            best[end][syllable] = (worth, [*cut, syllable])
    return max(best[-1].values())[1] if best[-1] else None


def worded(searcher: tantivy.Searcher, cut: list[str]) -> list[tuple[list[str], str]]:
    """Return the likeliest words of the catalogue that syllables spell: (the syllables of each, how it is written).

    Syllables that belong to no word stand alone, written "".
    """
    best: list[tuple[float, list[tuple[list[str], str]]]] = [(0.0, [])]
    for end in range(1, len(cut) + 1):
        alone = best[end - 1][0] + log(_UNSEEN / (searcher.num_docs + 1))
        ways = [(alone, [*best[end - 1][1], (cut[end - 1 : end], "")])]
        for start in range(max(0, end - _WORD_SYLLABLES.stop + 1), end - 1):
            word, held = _sounding(searcher, "".join(cut[start:end]), length=end - start)
            if word:
                worth = best[start][0] + log(held / (searcher.num_docs + 1))
                ways.append((worth, [*best[start][1], (cut[start:end], word)]))
        best.append(max(ways))
    return best[-1][1]


def _together(searcher: tantivy.Searcher, last: str, sound: str) -> float:
    """Return how likely one syllable follows another in this catalogue, as a logarithm; "" begins a stretch."""
    token = f"{last}'{sound}" if last else sound
    return log((searcher.doc_freq("sounds", token) + _UNSEEN) / (searcher.num_docs + 1))


def _latin(searcher: tantivy.Searcher, run: str) -> str | None:
    """Return a Latin word one slip away, or the Chinese that a pinyin stretch or its initials spell."""
    if len(run) > _MAX_SPELLED or not run.isalpha() or not run.isascii() or searcher.doc_freq("units", run):
        return None
    short = len(run) <= _MAX_RUN
    return (
        (_from_pinyin(searcher, run) if short else None)
        or _near(searcher, run)
        or (_from_initials(searcher, run) if short else None)
    )


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


def _from_initials(searcher: tantivy.Searcher, run: str) -> str | None:
    """Return the commonest catalogue word whose syllables begin with these letters: `lyq` for 连衣裙."""
    if len(run) not in _INITIALS:
        return None
    found: dict[str, int] = {}
    for term, count in searcher.terms_with_prefix("sound", run + FS):
        word = term.split(FS)[1]
        if len(word) == len(run):
            found[word] = max(found.get(word, 0), count)
    return min(found, key=lambda word: (-found[word], word), default=None)


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
    sounds = pinyin(run) if len(run) in _SOUNDED else ()  # what was read is kept: nothing long
    if not sounds or len(sounds) != len(run):
        return None

    def read(start: int, end: int) -> tuple[float, str] | None:
        written = run[start:end]
        if searcher.doc_freq("words", written):
            return _KEPT, written
        word, _ = _sounding(searcher, "".join(sounds[start:end]), length=end - start)
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
