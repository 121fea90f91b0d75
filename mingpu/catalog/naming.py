"""How categories and brands are spelled: one name for every spelling, and a name for addresses. No database."""

import re
import tomllib
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import pypinyin

MAX_LEVELS = 3  # of the category tree
MAX_SLUG = 60  # characters
_ENGLISH = Path(__file__).parent / "english.toml"
_NOT_SLUG = re.compile(r"[^a-z0-9]+")
_HAN = re.compile(r"[㐀-鿿豈-﫿]")
_APOSTROPHES = str.maketrans("", "", "'’")


@dataclass(frozen=True, slots=True)
class BrandNames:
    """One brand as a file writes it. name: what it is shown and filtered by. aliases: its other spellings."""

    name: str
    en: str = ""
    aliases: tuple[str, ...] = ()

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of every spelling, the name's own first."""
        return _keys((self.name, self.en, *self.aliases))


@cache
def english() -> Mapping[str, Mapping[str, str]]:
    """Return the English names a mall begins with: kind (categories, brands, names, values) -> Chinese -> English."""
    return tomllib.loads(_ENGLISH.read_text(encoding="utf-8"))


def brand_names(written: str) -> BrandNames:
    """Read a brand; `Laneige/兰芝` is one brand of two names, `AC/DC` one name."""
    parts = [part for part in (part.strip() for part in written.split("/")) if part]
    chinese = [part for part in parts if is_chinese(part)]
    foreign = [part for part in parts if not is_chinese(part)]
    if not chinese or not foreign:
        return BrandNames(written, english()["brands"].get(written, ""))
    name, en = chinese[0], foreign[0]
    return BrandNames(name, en, tuple(dict.fromkeys((*chinese[1:], *foreign[1:], written))))


@lru_cache(maxsize=10_000)  # the same few brands come with every product
def _keys(spellings: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(key for key in map(brand_key, spellings) if key))


def is_chinese(name: str) -> bool:
    """Say whether a name has a Chinese character."""
    return bool(_HAN.search(name))


def brand_key(written: str) -> str:
    """Return what is the same for spellings that differ in width, case, spaces and marks only."""
    folded = unicodedata.normalize("NFKC", written).casefold()
    kept = "".join(char for char in folded if char.isalnum())
    return kept or folded.strip()


def slug_of(zh: str, en: str = "") -> str:
    """Return a name for addresses: the English one, else the pinyin; small ASCII letters, digits and hyphens."""
    plain = unicodedata.normalize("NFKD", en.translate(_APOSTROPHES)).encode("ascii", "ignore").decode()
    slug = _NOT_SLUG.sub("-", plain.lower()).strip("-")
    if not slug:
        slug = _NOT_SLUG.sub("-", "-".join(pypinyin.lazy_pinyin(zh)).lower()).strip("-")
    return slug[:MAX_SLUG].rstrip("-") or "x"


def free_slug(slug: str, taken: Collection[str]) -> str:
    """Return `slug`, with a number after it where it is taken."""
    free, number = slug, 1
    while free in taken:
        number += 1
        free = f"{slug}-{number}"
    return free


def path_value(path: Sequence[str]) -> str:
    """Return a category path as one text, as facets and addresses spell it: `居家/床品件套`; a slash in a name is `／`."""
    return "/".join(name.replace("/", "／").strip() for name in path if name.strip())
