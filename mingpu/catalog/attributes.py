"""What values of attributes mean: texts, numbers with units, choices, yes or no. Pure; definitions are rows elsewhere.

A value that does not fit its definition is kept as the text it is, and whoever took it in is told.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Final

from mingpu.catalog.units import exactly, in_unit, read_quantity, shown
from mingpu.lib.text import Text

TEXT, NUMBER, CHOICE, BOOLEAN = "text", "number", "choice", "boolean"
KINDS: Final = {
    TEXT: Text("文字", "Text"),
    NUMBER: Text("数值", "Number"),
    CHOICE: Text("选项", "Choice"),
    BOOLEAN: Text("是／否", "Yes or no"),
}
YES, NO = "是", "否"  # how a yes and a no are kept among facets
_YES: Final = frozenset({"是", "有", "支持", "可", "可以", "yes", "true", "y", "1"})
_NO: Final = frozenset({"否", "无", "没有", "不支持", "不可", "不是", "no", "false", "n", "0"})

Measures = dict[str, list[float | None]]


@dataclass(frozen=True, slots=True)
class Definition:
    """What one attribute means.

    kind: of `KINDS`. unit: that numbers are kept in, "" for bare ones; unit_aliases: how else it is written.
    choices: what a choice is one of, () for anything. facet: lists can be filtered by it. category: the path it
    holds for and below, () for everywhere.
    """

    name: str
    en: str = ""
    kind: str = TEXT
    unit: str = ""
    unit_aliases: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    facet: bool = False
    category: tuple[str, ...] = ()
    position: int = 0

    def number(self, value: str) -> Fraction | None:
        """Return a value as a number in `unit`; None when it is not one."""
        return _number(value, self.unit, self.unit_aliases) if self.kind == NUMBER else None

    def fits(self, value: str) -> bool:
        """Say whether a value is what the definition asks for."""
        if self.kind == NUMBER:
            return self.number(value) is not None
        if self.kind == BOOLEAN:
            return yes_or_no(value) is not None
        return self.kind == TEXT or not self.choices or value in self.choices


class Definitions:
    """All definitions, found by name and by where a product stands."""

    def __init__(self, rows: Iterable[Definition] = ()) -> None:
        self._by_name: dict[str, list[Definition]] = {}
        for row in sorted(rows, key=lambda it: -len(it.category)):
            self._by_name.setdefault(row.name, []).append(row)

    def of(self, name: str, path: Sequence[str] = ()) -> Definition | None:
        """Return what `name` means for a product at `path`, the nearest category first; None when undefined."""
        for it in self._by_name.get(name, ()):
            if tuple(path[: len(it.category)]) == it.category:
                return it
        return None

    def english(self, name: str) -> str:
        """Return how an attribute is called in English; "" when that is not known."""
        return next((it.en for it in reversed(self._by_name.get(name, ())) if it.en), "")

    def __iter__(self) -> Iterator[Definition]:
        return (it for rows in self._by_name.values() for it in rows)


def yes_or_no(value: str) -> bool | None:
    """Read a yes or a no; None for anything else."""
    word = value.strip().casefold()
    return True if word in _YES else False if word in _NO else None


def measured(
    attributes: Mapping[str, Sequence[str]], definitions: Definitions, path: Sequence[str]
) -> tuple[Measures, tuple[str, ...]]:
    """Return the numbers of attributes that are numbers, and the names of attributes with a value that does not fit.

    attributes: name -> values. The numbers stand in the order of the values, in the definition's unit; None for
    a value that is no number.
    """
    numbers: Measures = {}
    strange: list[str] = []
    for name, values in attributes.items():
        it = definitions.of(name, path)
        if it is None:
            continue
        if it.kind == NUMBER:
            found = [it.number(value) for value in values]
            if any(number is not None for number in found):
                numbers[name] = [None if number is None else float(number) for number in found]
            fits = None not in found
        else:
            fits = all(it.fits(value) for value in values)
        if not fits:
            strange.append(name)
    return numbers, tuple(strange)


def facets_of(
    attributes: Iterable[tuple[str, Iterable[str]]], definitions: Definitions, path: Sequence[str]
) -> tuple[tuple[str, str], ...]:
    """Return (attribute, value) of what lists can be filtered by, each once; values that do not fit are left out.

    attributes: (name, values), a name more than once where an option is one too.

    Numbers are spelled in one way however they were written (`0.5L` and `500毫升` are `500 ml`), a yes is `是`.
    """
    found: dict[tuple[str, str], None] = {}
    for name, values in attributes:
        it = definitions.of(name, path)
        if it is not None and it.facet:
            found |= dict.fromkeys((name, kept) for value in values if (kept := _facet_value(it, value)))
    return tuple(found)


def value_shown(it: Definition, value: str, number: float | None, *, chinese: bool) -> str | None:
    """Return a number or a yes as the reader reads it; None where the value is a word of its own."""
    if it.kind == NUMBER and number is not None:
        return shown(exactly(number), it.unit, chinese=chinese)
    if it.kind == BOOLEAN and (said := yes_or_no(value)) is not None:
        return (YES if said else NO) if chinese else ("Yes" if said else "No")
    return None


@lru_cache(maxsize=20_000)  # the same few values come with every product
def _number(value: str, unit: str, aliases: tuple[str, ...]) -> Fraction | None:
    quantity = read_quantity(value)
    return in_unit(quantity, unit, aliases) if quantity else None


def _facet_value(it: Definition, value: str) -> str:
    if not it.fits(value):
        return ""
    if it.kind == NUMBER:
        number = it.number(value)
        return "" if number is None else shown(number, it.unit, chinese=False)
    if it.kind == BOOLEAN:
        return YES if yes_or_no(value) else NO
    return value
