"""From which warehouse a parcel leaves. Pure, no database."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from mingpu.catalog.places import kilometres, known_province
from mingpu.lib.text import Text

CODE: Final = re.compile(r"[a-z][a-z0-9-]{1,31}")
LONGEST: Final = 60  # characters of a name
Shelves = Mapping[str, Mapping[str, int]]  # SKU -> warehouse -> pieces


@dataclass(frozen=True, slots=True)
class WarehouseInfo:
    """A warehouse of a merchant. position: the merchant's first one is meant where none is named.

    active: whether parcels leave it; what comes back is taken in all the same. Raises ValueError for what cannot be one.
    """

    code: str
    merchant: str
    name: Text
    province: str
    position: int = 0
    active: bool = True

    def __post_init__(self) -> None:
        named = 0 < len(self.name.zh) <= LONGEST and len(self.name.en) <= LONGEST
        if not (CODE.fullmatch(self.code) and named and known_province(self.province)):
            raise ValueError(self.code)


@dataclass(frozen=True, slots=True)
class Pick:
    """What leaves the shelves for a parcel. warehouse: where it is packed. moves: (SKU, warehouse) -> pieces below none."""

    warehouse: str
    moves: Mapping[tuple[str, str], int]


def nearest_first(warehouses: Iterable[WarehouseInfo], province: str) -> list[str]:
    """Return the codes of warehouses, the nearest to a province first; as they are placed where it is the same."""
    found = sorted(warehouses, key=lambda it: (kilometres(it.province, province), it.position, it.code))
    return [it.code for it in found]


def pick(lines: Mapping[str, int], held: Shelves, order: Sequence[str]) -> Pick | None:
    """Choose the warehouse of a parcel and what is taken off the shelves for it; None when none of it lies on any.

    lines: SKU -> pieces. held: what lies where; SKUs that are in it nowhere are taken off no shelf. order: warehouses
    that parcels leave, the best first. It is the first that has all of it; where none has, the first of those that
    have most of it, to which the rest is brought from the others in turn. What is nowhere is owed by the one that packs.
    """
    wanted = {sku: pieces for sku, pieces in lines.items() if held.get(sku)}
    if not wanted:
        return None
    everywhere = sorted({code for sku in wanted for code in held[sku]})
    places = [code for code in order if code in everywhere] or everywhere
    has = {code: sum(_there(held, sku, code, wanted[sku]) for sku in wanted) for code in places}
    chosen = max(places, key=lambda code: (has[code], -places.index(code)))
    turn = [chosen, *(code for code in places if code != chosen)]
    turn += [code for code in everywhere if code not in turn]
    moves: dict[tuple[str, str], int] = {}
    for sku, pieces in wanted.items():
        left = pieces
        for code in turn:
            if taken := _there(held, sku, code, left):
                moves[sku, code] = -taken
                left -= taken
        if left:
            moves[sku, chosen] = moves.get((sku, chosen), 0) - left
    return Pick(chosen, moves)


def _there(held: Shelves, sku: str, code: str, most: int) -> int:
    return max(0, min(held[sku].get(code, 0), most))
