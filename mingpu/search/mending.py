"""Mending a query whose words the catalogue does not know: by sound, by shape, by one slip, from pinyin and initials."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import log, log1p

import tantivy

from mingpu.search.shapes import mistaken_for, syllables
from mingpu.search.text import merged, normalise, pinyin, replaced, runs
from mingpu.search.vocabulary import FS, PHRASE, shortened

_MAX_RUN = 24  # characters of one stretch that is mended; longer ones are not words mistyped
_MENDED_RUN = range(2, _MAX_RUN + 1)
_MAX_SPELLED = 60  # letters of pinyin that are read
_WORD_SYLLABLES = range(2, 7)
_WORD_LETTERS = range(3, 25)
_SYLLABLE = range(1, 7)  # letters
_INITIALS = range(2, 7)
_MOST_MEANT = 8  # characters one may have been meant for
_USUAL = 2  # products that must use a word before it is guessed at from some of its characters
_AROUND = range(2, 5)  # characters of such a word
_UNSEEN = 0.05  # what two syllables that never met count as
_FIRM = 3  # products that must put two words together before the pair is taken for one
_MENDED, _KEPT = 1.0, 0.5  # price of a word mended, and of one left as it is: the cheapest reading wins


@dataclass(frozen=True, slots=True)
class Slip:
    """A character at `place` of a stretch, between `before` and `after` ("" at an end), and what it may be meant for."""

    place: int
    before: str
    after: str
    meant: tuple[str, ...]


def mend(searcher: tantivy.Searcher, text: str) -> str | None:
    """Return a spelling of `text` in words that the catalogue knows, or None when there is nothing better."""
    typed = " ".join(normalise(text).split())
    better: dict[str, str] = {}
    for run, cjk in dict.fromkeys(runs(typed)):
        other = _by_sound(searcher, run) or _by_slips(searcher, run) if cjk else _latin(searcher, run)
        if other:
            better[run] = other
    mended = replaced(typed, better)
    return mended if mended != typed else None


def _by_slips(searcher: tantivy.Searcher, run: str) -> str | None:
    """Return a Chinese stretch with each character that fits nowhere replaced by the likeliest that does."""
    mended = run
    for slip in slips(searcher, run):
        if slip.meant:
            mended = mended[: slip.place] + slip.meant[0] + mended[slip.place + 1 :]
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
    sounds = pinyin(run) if len(run) in _MENDED_RUN else ()  # what was read is kept: nothing long
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


def slips(searcher: tantivy.Searcher, run: str) -> list[Slip]:
    """Return the characters of a Chinese stretch that fit none of their neighbours, with those that would.

    A character fits where some product holds it beside its neighbour. At most `_MOST_MEANT` for each, the likeliest
    first; none where nothing would fit better.
    """
    if len(run) not in _MENDED_RUN:
        return []
    found = []
    for place in _misfits(searcher, run):
        fitting = {
            char: worth for char in mistaken_for(run[place]) if (worth := _fits(searcher, run, place, char))
        }
        meant = sorted(fitting, key=lambda it: (-fitting[it], it))[:_MOST_MEANT]
        before = run[place - 1 : place] if place else ""
        found.append(Slip(place, before, run[place + 1 : place + 2], tuple(meant)))
    return found


def _misfits(searcher: tantivy.Searcher, run: str) -> Iterator[int]:
    """Yield the places of characters both of whose pairs no product holds; at an end, the only one."""
    known = [bool(searcher.doc_freq("pairs", run[i : i + 2])) for i in range(len(run) - 1)]
    for place in range(len(run)):
        around = known[max(0, place - 1) : place + 1]
        if around and not any(around):
            yield place


def _fits(searcher: tantivy.Searcher, run: str, place: int, char: str) -> float:
    """Return how well `char` fits at a place of a stretch: 0 when not at all.

    Some products must hold it beside both neighbours, and several beside one; or have a word of it and what is
    around it.
    """
    text = run[:place] + char + run[place + 1 :]
    pairs = [text[i : i + 2] for i in (place - 1, place) if i >= 0 and len(text[i : i + 2]) > 1]
    held = [searcher.doc_freq("pairs", pair) for pair in pairs]
    if not any(held):
        return 0.0
    worth = sum(map(log1p, held)) if len(held) > 1 and min(held) > 0 and max(held) >= _FIRM else 0.0
    for size in _AROUND:
        for start in range(max(0, place - size + 1), min(place, len(text) - size) + 1):
            used = searcher.doc_freq("words", text[start : start + size])
            worth += size * log1p(used) if used >= _USUAL else 0.0
    return worth


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
