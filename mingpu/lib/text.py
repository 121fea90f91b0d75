"""Words in the two languages of the mall, side by side."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

LANGUAGES = ("zh-hans", "en")
_language: ContextVar[str] = ContextVar("language", default="zh-hans")


@dataclass(frozen=True, slots=True)
class Text:
    """One sentence in Chinese and in English; `str()` gives the reader's language."""

    zh: str
    en: str

    def __str__(self) -> str:
        return self.zh if current_language() == "zh-hans" else self.en


def current_language() -> str:
    """Return the language of the reader served now: `zh-hans` or `en`."""
    return _language.get()


def choose_language(accept: str) -> str:
    """Pick one of `LANGUAGES` from an Accept-Language header; Chinese when it names neither.

    accept: e.g. `en-GB,en;q=0.9,zh;q=0.5`; an unreadable weight counts as 0.
    """
    best, weight = LANGUAGES[0], -1.0
    for part in accept.split(","):
        tag, _, q = part.strip().partition(";q=")
        try:
            value = float(q) if q else 1.0
        except ValueError:
            value = 0.0
        name = {"zh": "zh-hans", "en": "en"}.get(tag.strip().lower().split("-")[0])
        if name and value > weight:
            best, weight = name, value
    return best


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Make `language` the reader's language inside the block."""
    token = _language.set(language if language in LANGUAGES else LANGUAGES[0])
    try:
        yield
    finally:
        _language.reset(token)
