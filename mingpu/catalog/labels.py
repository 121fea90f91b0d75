"""How categories are called in English; a category is stored, found and filtered by its Chinese name."""

from mingpu.lib.text import current_language

ENGLISH: dict[str, str] = {}


def category_label(value: str) -> str:
    """Return the last name of a category path such as `居家/床品件套` in the reader's language."""
    name = value.rpartition("/")[2].replace("／", "/")
    return ENGLISH.get(name, name) if current_language() == "en" else name
