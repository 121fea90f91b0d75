"""How categories, brands and attributes are called for the reader; stored, found and filtered by is the Chinese name."""

from mingpu.catalog.queries.structure import structure
from mingpu.lib.text import current_language


def category_label(value: str) -> str:
    """Return the last name of a category path such as `居家/床品件套` in the reader's language."""
    return structure().category_label(value, current_language())


def brand_label(name: str) -> str:
    """Return a brand's name in the reader's language."""
    return structure().brand_label(name, current_language())


def name_label(name: str) -> str:
    """Return the name of an attribute or option, such as `颜色`, in the reader's language."""
    return structure().name_label(name, current_language())


def value_label(value: str) -> str:
    """Return the value of an attribute or option, such as `米白`, in the reader's language."""
    return structure().value_label(value, current_language())


def facet_label(name: str, value: str) -> str:
    """Return a value of the facet of the attribute `name`, such as `500 ml`, in the reader's language."""
    return structure().facet_label(name, value, current_language())
