"""Products side by side: their attributes as rows, and where they differ. Pure, no database."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from mingpu.catalog.views import ProductPage

MOST: Final = 4  # products side by side


@dataclass(frozen=True, slots=True)
class CompareRow:
    """One attribute across products: a cell of values for each, () where it has none."""

    name: str
    label: str
    cells: tuple[tuple[str, ...], ...]

    @property
    def differs(self) -> bool:
        """Whether not all products have the same here."""
        return len({frozenset(cell) for cell in self.cells}) > 1


def compare(products: Sequence[ProductPage]) -> tuple[CompareRow, ...]:
    """Return what products are, attribute by attribute, in the reader's language: options first, then details.

    Rows come in the order in which the products name them. Numbers are in one unit, so what is written alike is alike.
    """
    rows: dict[str, tuple[str, list[tuple[str, ...]]]] = {}
    for at, it in enumerate(products):
        told = {axis.name: (axis.name, tuple(axis.values)) for axis in it.options}
        told |= {spec.name: (spec.label, tuple(value.text for value in spec.values)) for spec in it.specs}
        for name, (label, values) in told.items():
            _, cells = rows.setdefault(name, (label, [()] * len(products)))
            cells[at] = values
    return tuple(CompareRow(name, label, tuple(cells)) for name, (label, cells) in rows.items())
