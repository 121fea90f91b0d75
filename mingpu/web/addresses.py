"""Addresses that people read and machines keep: of products, categories and brands.

A product's address is `/p/<short id>/<words of its title>`. The id alone decides; the words are for readers, and an
address with other words leads to the one with the right ones. Why: docs/decisions/0013.
"""

import re
from collections.abc import Iterable
from typing import Final
from unicodedata import normalize
from urllib.parse import quote, urlencode
from uuid import UUID

from django.conf import settings

SHORT: Final = 22  # characters of a short id: 58 ** 22 is just above 2 ** 128
LONGEST: Final = 32  # characters of a title that its address holds
_DIGITS: Final = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"  # without 0, O, I and l
_VALUES: Final = {sign: place for place, sign in enumerate(_DIGITS)}
# What others hang on a link to follow its reader. Nothing of it reaches a page of ours.
_TRACKERS: Final = re.compile(
    r"(?:utm_[a-z_]+|gclid|dclid|gbraid|wbraid|fbclid|msclkid|yclid|twclid|ttclid|igshid|mc_[ce]id|_ga|_gl|bd_vid"
    r"|qhclickid|sogou_vid|spm|scm|share_token|share_source|from_source)(?:=|$)",
    re.IGNORECASE,
)


def short_id(product_id: UUID) -> str:
    """Return a product's id in 22 letters and digits, the same for the same id."""
    number, signs = product_id.int, []
    for _ in range(SHORT):
        number, digit = divmod(number, len(_DIGITS))
        signs.append(_DIGITS[digit])
    return "".join(reversed(signs))


def long_id(short: str) -> UUID | None:
    """Return the id that `short_id` wrote; None for any other text."""
    if len(short) != SHORT or not _VALUES.keys() >= set(short):
        return None
    number = 0
    for sign in short:
        number = number * len(_DIGITS) + _VALUES[sign]
    return UUID(int=number) if number < 1 << 128 else None


def slug(title: str) -> str:
    """Return the words of a title as an address holds them, `手冲壶-细口-600ml`: letters and digits of any script.

    At most LONGEST characters, cut between Latin words; "" for a title without any letter. Doing it twice changes
    nothing.
    """
    plain = normalize("NFKC", normalize("NFKC", title).lower())
    words = "-".join("".join(sign if sign.isalnum() else " " for sign in plain).split())
    if len(words) <= LONGEST:
        return words
    head = words[:LONGEST]
    inside = head[-1].isascii() and head[-1] != "-" and words[LONGEST].isascii() and words[LONGEST] != "-"
    return (head.rpartition("-")[0] or head if inside else head).strip("-")


def product_url(product_id: UUID | str, title: str) -> str:
    """Return the address of a product's page, with the words of `title`."""
    key = product_id if isinstance(product_id, UUID) else UUID(product_id)
    words = slug(title)
    return f"/p/{short_id(key)}/{quote(words)}" if words else f"/p/{short_id(key)}"


def short_url(product_id: UUID) -> str:
    """Return a product's address without words, to be passed on; it leads to the full one."""
    return f"/p/{short_id(product_id)}"


def category_url(value: str) -> str:
    """Return the address of a category, given as the facet spells it: `居家/床品件套`."""
    return f"/c/{'/'.join(quote(name, safe='') for name in value.split('/'))}"


def brand_url(name: str) -> str:
    """Return the address of a brand."""
    return f"/b/{quote(name, safe='')}"


def absolute(path: str, pairs: Iterable[tuple[str, str]] = ()) -> str:
    """Return the whole address of a path of this shop, as the world knows it. pairs: its query."""
    query = urlencode(list(pairs))
    return f"{settings.PUBLIC_ADDRESS.rstrip('/')}{path}{'?' if query else ''}{query}"


def without_trackers(query: str) -> str:
    """Return a query string without what others hang on links to follow their reader; the rest as it was."""
    return "&".join(it for it in query.split("&") if not _TRACKERS.match(it))


def without_language(path: str) -> str:
    """Return an address of this shop without the language it asks for."""
    base, mark, query = path.partition("?")
    rest = "&".join(it for it in query.split("&") if not it.startswith("lang=")) if mark else ""
    return f"{base}?{rest}" if rest else base
