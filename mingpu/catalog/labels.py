"""How categories, brands and attributes are called in English; stored, found and filtered by is the Chinese name."""

import tomllib
from collections.abc import Mapping
from pathlib import Path

from mingpu.lib.text import current_language

ENGLISH: Mapping[str, Mapping[str, str]] = tomllib.loads(
    (Path(__file__).parent / "english.toml").read_text(encoding="utf-8")
)


def category_label(value: str) -> str:
    """Return the last name of a category path such as `居家/床品件套` in the reader's language."""
    return _label("categories", value.rpartition("/")[2].replace("／", "/"))


def brand_label(name: str) -> str:
    """Return a brand's name in the reader's language."""
    return _label("brands", name)


def name_label(name: str) -> str:
    """Return the name of an attribute or option, such as `颜色`, in the reader's language."""
    return _label("names", name)


def value_label(value: str) -> str:
    """Return the value of an attribute or option, such as `米白`, in the reader's language."""
    return _label("values", value)


def _label(kind: str, name: str) -> str:
    return ENGLISH[kind].get(name, name) if current_language() == "en" else name
