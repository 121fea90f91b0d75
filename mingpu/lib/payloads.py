"""Writing a nested message as flat names, so that it can be held against a list."""

from collections.abc import Mapping, Sequence
from typing import Any


def flatten(message: Mapping[str, Any]) -> dict[str, Any]:
    """Return `{"amount.total": 5, "contacts[0].name": …}` for a message of objects, lists and plain values."""
    found: dict[str, Any] = {}
    _walk("", message, found)
    return found


def _walk(name: str, value: Any, found: dict[str, Any]) -> None:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            _walk(f"{name}.{key}" if name else str(key), inner, found)
    elif isinstance(value, Sequence) and not isinstance(value, str | bytes):
        for place, inner in enumerate(value):
            _walk(f"{name}[{place}]", inner, found)
    else:
        found[name] = value
