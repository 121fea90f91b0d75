"""From text to the tokens that are indexed and looked up. Products and queries pass the same way.

Chinese is kept three ways: single characters (which forgive bad segmentation), pairs of characters (which
keep order) and words (which keep meaning). Latin words and model numbers are kept whole and in parts.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from sys import intern
from typing import Any

import opencc
import pypinyin
import rjieba

# Han with its extensions, kana, Hangul: scripts written without spaces, or searched within words.
_CJK = "\u3005\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003ffff"
_LETTER = rf"(?:[a-z0-9]|(?![{_CJK}])[^\W_])"
_RUN = re.compile(
    rf"(?P<cjk>[{_CJK}]+)|{_LETTER}+(?:(?:(?<=\d)\.(?=\d)|(?<!\d)[.'-]|[.'-](?!\d)){_LETTER}+)*"
)
_PART = re.compile(r"\d+(?:\.\d+)?|[^\W\d_]+")
_DECIMAL_SAFE = re.compile(r"['-]|(?<!\d)\.|\.(?!\d)")
_SURROGATE = re.compile("[\ud800-\udfff]")
_LAST_ALPHABET = "\u1100"  # below lie the alphabets whose accents are dropped
_ACCENTED = re.compile("[\u00c0-\u10ff]")
_EACH: Any = list  # the library takes it, its types do not say so: each foreign character is its own syllable
_STEPS = 6  # each spelling rule may wake another; real text is still after one

MAX_TEXT = 5000  # characters of one field that are indexed
MAX_TOKEN = 60  # characters of a Latin token; longer ones are codes nobody types whole


def _simplified() -> dict[int, str]:
    """Return traditional -> simplified, character by character.

    Whole phrases would read better, but a character must become the same in a query as in a title, whatever
    stands beside it.
    """
    han = [chr(c) for first, last in ((0x3400, 0x9FFF), (0x20000, 0x2FFFF)) for c in range(first, last + 1)]
    converter = opencc.OpenCC("t2s")
    table = dict(zip(han, converter.convert("\n".join(han)).split("\n"), strict=True))
    closed = {}
    for char, simple in table.items():
        end = table.get(simple, simple)  # a few map onto another traditional form
        if end != char:
            closed[ord(char)] = end
    return closed


_SIMPLIFIED = _simplified()


@dataclass(frozen=True, slots=True)
class Tokens:
    """A text cut in its ways, each without repetition and in order of first appearance.

    units: single characters and Latin tokens. pairs: neighbouring characters and Latin tokens; a lone
    character stands for itself. words: dictionary words, long ones also in their parts, and Latin tokens.
    whole: the words a reader would see, each once: no parts.
    """

    units: tuple[str, ...]
    pairs: tuple[str, ...]
    words: tuple[str, ...]
    whole: tuple[str, ...]


def normalise(text: str) -> str:
    """Return `text` in the one spelling used for searching: half-width, lower case, simplified, no accents.

    Any text is accepted; control characters become spaces, lone surrogates vanish. Doing it twice changes
    nothing.
    """
    for _ in range(_STEPS):
        before, text = text, _step(text)
        if text == before:
            break
    return text


def _step(text: str) -> str:
    if not text.isascii():
        text = unicodedata.normalize("NFKC", _SURROGATE.sub("", text)).translate(_SIMPLIFIED)
        if _ACCENTED.search(text):
            text = _without_accents(text)
    text = text.casefold()
    return text if text.isprintable() else "".join(c if c.isprintable() else " " for c in text)


def _without_accents(text: str) -> str:
    """Return `text` without accents over letters of the alphabets; other scripts keep their marks."""
    out = []
    for char in text:
        plain = unicodedata.normalize("NFKD", char) if char < _LAST_ALPHABET else char
        out += [c for c in plain if c >= _LAST_ALPHABET or not unicodedata.combining(c)]
    return "".join(out)


def runs(text: str) -> list[tuple[str, bool]]:
    """Return the stretches of `text` that can be searched, each with whether it is Chinese (or kana, Hangul)."""
    return [(m.group(), m.group("cjk") is not None) for m in _RUN.finditer(normalise(text[:MAX_TEXT]))]


def replaced(text: str, others: Mapping[str, str]) -> str:
    """Return normalised text with some of its runs, as `runs` gives them, replaced by others; each only whole."""
    return _RUN.sub(lambda found: others.get(found.group(), found.group()), text)


def latin_tokens(run: str) -> list[str]:
    """Return a Latin run whole (separators taken out) and in parts: `r-50` -> `r50`, `r`, `50`."""
    whole = _DECIMAL_SAFE.sub("", run)
    parts = _PART.findall(run)
    tokens = [whole, *parts] if parts != [whole] else [whole]
    return [token[:MAX_TOKEN] for token in tokens]


def analyse(text: str) -> Tokens:
    """Cut `text` into tokens; any text is accepted, at most `MAX_TEXT` characters are read."""
    units: list[str] = []
    pairs: list[str] = []
    words: list[str] = []
    whole: list[str] = []
    for run, cjk in runs(text):
        if cjk:
            units += run
            pairs += word_pairs(run) or [run]
            words += rjieba.cut_for_search(run)
            whole += rjieba.cut(run)
        else:
            tokens = latin_tokens(run)
            units += tokens
            pairs += tokens
            words += tokens
            whole.append(tokens[0])
    return Tokens(_once(units), _once(pairs), _once(words), _once(whole))


def spelled(text: str) -> str:
    """Return `text` as one line to look into: Chinese runs whole, Latin tokens between spaces, also in parts.

    Of a token it is true that it stands in the text when ` token ` is in the line, of Chinese characters, pairs and
    words when they themselves are.
    """
    pieces: list[str] = []
    for run, cjk in runs(text):
        pieces += [run] if cjk else latin_tokens(run)
    return f" {' '.join(pieces)} "


def sounded(text: str) -> str:
    """Return `text` as its toneless syllables, each between `'`, runs apart: ` 'shou'ji' 'r50' `."""
    pieces: list[str] = []
    for run, cjk in runs(text):
        pieces += ["'".join(syllables_of(run))] if cjk else latin_tokens(run)
    return "".join(f" '{piece}' " for piece in pieces)


def syllables_of(run: str) -> list[str]:
    """Return the syllables of a Chinese run, read word by word: what is no Chinese stays as it is."""
    return [syllable for word in rjieba.cut(run) for syllable in pinyin(word)]


@lru_cache(maxsize=100_000)
def pinyin(text: str) -> tuple[str, ...]:
    """Return the toneless syllables of normalised text; what is not Chinese stays as it is."""
    return tuple(map(intern, pypinyin.lazy_pinyin(text, errors=_EACH)))  # a third of the memory


def merged(sound: str) -> str:
    """Return a pinyin text with the usual confusions undone: zh/z, ch/c, sh/s, ang/an, eng/en, ing/in."""
    for written, meant in (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ng", "n")):
        sound = sound.replace(written, meant)
    return sound


def printable(text: str) -> str:
    """Return `text` as one line that can be stored and shown: no controls, no lone surrogates."""
    kept = text if text.isprintable() else "".join(c if c.isprintable() else " " for c in text)
    return " ".join(kept.split())


def is_cjk(token: str) -> bool:
    """Say whether a token is of a script written without spaces."""
    return bool(token) and token[0] > _LAST_ALPHABET


def word_pairs(word: str) -> list[str]:
    """Return the pairs of characters inside a Chinese word; none for a single character."""
    return [word[i : i + 2] for i in range(len(word) - 1)]


def _once(tokens: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(tokens))
