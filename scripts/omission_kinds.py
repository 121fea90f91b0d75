"""What is left out, by kind: one change each, drawn at random from all the places where it could be made.

Three grounds. `DATABASE`: SQL behind the register's back. `REGISTER`: a change of the register's own data. `CODE`: a
change of one file of a copy of the project. A kind returns None where its draw would change nothing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any, Final

Raw = dict[str, Any]
Kind = Callable[[Random], Any]
DATABASE: Final[dict[str, Kind]] = {}
REGISTER: Final[dict[str, Kind]] = {}
CODE: Final[dict[str, Kind]] = {}


@dataclass(frozen=True, slots=True)
class Sql:
    """Statements run as the administrator inside a transaction that is rolled back."""

    text: str


@dataclass(frozen=True, slots=True)
class Change:
    """A change of the register's data, in place. what: in words, for the report."""

    what: str
    do: Callable[[Raw], None]


@dataclass(frozen=True, slots=True)
class Edit:
    """A change of one file, or its removal. file: below the project's root; None for `text` removes it."""

    file: str
    what: str
    text: str | None


def kind(ground: dict[str, Kind]) -> Callable[[Kind], Kind]:
    """Add a kind under its function's name."""

    def add(made: Kind) -> Kind:
        ground[made.__name__] = made
        return made

    return add


def draw(ground: Mapping[str, Kind], name: str, chance: Random, *, tries: int = 10_000) -> Any:
    """Draw a change of one kind. Raises LookupError when it finds no place for it."""
    for _ in range(tries):
        made = ground[name](chance)
        if made is not None:
            return made
    raise LookupError(name)
