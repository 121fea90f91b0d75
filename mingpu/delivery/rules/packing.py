"""Which pieces go into one parcel. Pure, no database."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

MOST_GRAMS: Final = 30_000  # what one person carries to a door


@dataclass(frozen=True, slots=True)
class Goods:
    """So many pieces of one SKU that are to be sent; grams of one piece.

    real_name: the law wants the taker's identity card read at the door.
    """

    sku: str
    pieces: int
    grams: int = 0
    real_name: bool = False


@dataclass(slots=True)
class Packed:
    """One parcel: SKU -> pieces."""

    real_name: bool
    grams: int = 0
    lines: dict[str, int] = field(default_factory=dict)

    @property
    def pieces(self) -> int:
        """All pieces in it."""
        return sum(self.lines.values())

    def add(self, it: Goods, pieces: int) -> None:
        """Put pieces of a SKU in."""
        self.lines[it.sku] = self.lines.get(it.sku, 0) + pieces
        self.grams += pieces * it.grams


def pack(goods: Iterable[Goods], *, most_grams: int = MOST_GRAMS) -> list[Packed]:
    """Return parcels for all pieces: none above `most_grams` unless one piece is, none mixing checked goods with others.

    The heaviest pieces are packed first, each into the first parcel that has room.
    """
    parcels: list[Packed] = []
    for it in sorted(goods, key=lambda one: (-one.grams, one.sku)):
        left = it.pieces
        for parcel in parcels:
            if parcel.real_name == it.real_name and left:
                room = (most_grams - parcel.grams) // it.grams if it.grams else left
                if fits := min(left, max(room, 0)):
                    parcel.add(it, fits)
                    left -= fits
        while left:
            fits = min(left, max(most_grams // it.grams, 1) if it.grams else left)
            parcels.append(parcel := Packed(it.real_name))
            parcel.add(it, fits)
            left -= fits
    return parcels


def all_in_one(goods: Iterable[Goods]) -> Packed:
    """Return one parcel for all pieces, for what is paid at the door; checked where one of them is."""
    found = list(goods)
    parcel = Packed(any(it.real_name for it in found))
    for it in found:
        parcel.add(it, it.pieces)
    return parcel


def left_over(wanted: Mapping[str, int], left: Mapping[str, int]) -> str:
    """Return the first SKU of which more is wanted than is left, or less than one piece; "" when all is there."""
    return next((sku for sku, pieces in wanted.items() if not 1 <= pieces <= left.get(sku, 0)), "")
