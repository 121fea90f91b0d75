"""What the catalogue is made of, as one value: categories, brands' English names, attributes, wording. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from mingpu.catalog.attributes import TEXT, Definition, Definitions, value_shown
from mingpu.catalog.tree import Tree
from mingpu.catalog.units import UNITS, read_quantity, shown

LAST: Final = 2**31  # where attributes stand that have no position


@dataclass(frozen=True, slots=True)
class SpecValue:
    """One value of an attribute as the reader reads it. number: in the attribute's unit, None for what is no number."""

    text: str
    number: float | None = None


@dataclass(frozen=True, slots=True)
class Spec:
    """An attribute of a product. label: its name for the reader. kind: of `attributes.KINDS`. unit: of its numbers."""

    name: str
    label: str
    values: tuple[SpecValue, ...]
    kind: str = TEXT
    unit: str = ""


@dataclass(frozen=True, slots=True)
class BrandView:
    """A brand: the name it is filtered by, how it is shown to the reader, its name in addresses, other spellings."""

    id: int
    name: str
    label: str
    en: str
    slug: str
    aliases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BrandPage:
    """A page of brands by slug, and how many there are in all."""

    items: tuple[BrandView, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Structure:
    """Everything that says how goods are called and what their attributes mean.

    brands: name -> English name, where there is one. words: Chinese value -> English value.
    """

    tree: Tree = field(default_factory=Tree)
    definitions: Definitions = field(default_factory=Definitions)
    brands: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)

    def category_label(self, value: str, language: str) -> str:
        """Return the last name of a category path such as `居家/床品件套`."""
        found = self.tree.by_value(value)
        name = value.rpartition("/")[2].replace("／", "/")
        return found.row.en if found and found.row.en and language == "en" else name

    def brand_label(self, name: str, language: str) -> str:
        """Return a brand's name."""
        return self.brands.get(name, name) if language == "en" else name

    def name_label(self, name: str, language: str) -> str:
        """Return the name of an attribute or option, such as `颜色`."""
        return (self.definitions.english(name) or name) if language == "en" else name

    def value_label(self, value: str, language: str) -> str:
        """Return the value of an attribute or option, such as `米白` or `500ml`, whatever its attribute."""
        if language == "en" and value in self.words:
            return self.words[value]
        return _unit_translated(value, chinese=language != "en")

    def facet_label(self, name: str, value: str, language: str) -> str:
        """Return a value of a facet, as `attributes.facets_of` spells it."""
        it = self.definitions.of(name)
        number = it.number(value) if it else None
        return self._shown(it, value, None if number is None else float(number), language)

    def specs(
        self, attributes: Mapping[str, Sequence[str]], measures: Mapping[str, Sequence[float | None]],
        path: Sequence[str], language: str,
    ) -> tuple[Spec, ...]:  # fmt: skip
        """Return the attributes of a product at `path` as one reads them, in the order of their definitions.

        measures: as `attributes.measured` gave them.
        """
        found = []
        for name, values in sorted(attributes.items(), key=lambda it: self._rank(it[0], path)):
            it, label = self.definitions.of(name, path), self.name_label(name, language)
            numbers = measures.get(name) or [None] * len(values)
            shown = tuple(
                SpecValue(self._shown(it, value, number, language), number)
                for value, number in zip(values, numbers, strict=False)
            )
            found.append(Spec(name, label, shown, it.kind, it.unit) if it else Spec(name, label, shown))
        return tuple(found)

    def _rank(self, name: str, path: Sequence[str]) -> int:
        it = self.definitions.of(name, path)
        return it.position if it and it.position else LAST

    def _shown(self, it: Definition | None, value: str, number: float | None, language: str) -> str:
        told = value_shown(it, value, number, chinese=language != "en") if it else None
        return told if told is not None else self.value_label(value, language)


def _unit_translated(value: str, *, chinese: bool) -> str:
    """Return a quantity with its unit's name in the reader's language, when it is written in the other one."""
    if chinese or not any(value.endswith(it.zh) for it in UNITS if it.zh != it.code):
        return value
    quantity = read_quantity(value)
    unit = next((it for it in UNITS if quantity and quantity.unit == it.zh), None)
    return shown(quantity.number, unit.code, chinese=False) if quantity and unit else value
