"""Option matrices: a product's axes in order, and its variants as cells of them. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OptionAxis:
    """One option of a product and its values, in the order they are offered."""

    name: str
    values: tuple[str, ...]


def axes_of(
    variants: Iterable[Mapping[str, str]], named: Mapping[str, Sequence[str]] | None = None
) -> tuple[OptionAxis, ...]:
    """Return the axes that variants span.

    variants: each one's options, name -> value. named: axes and values a file names itself, which come first
    and in its order; what variants have beyond them is added behind.
    """
    axes: dict[str, dict[str, None]] = {name: dict.fromkeys(values) for name, values in (named or {}).items()}
    for options in variants:
        for name, value in options.items():
            axes.setdefault(name, {})[value] = None
    return tuple(OptionAxis(name, tuple(values)) for name, values in axes.items() if values)


def cell(options: Mapping[str, str], axes: Iterable[OptionAxis]) -> tuple[str, ...]:
    """Return where a variant stands: its value on each axis, "" on one it says nothing of."""
    return tuple(options.get(axis.name, "") for axis in axes)


def doubled(variants: Iterable[Mapping[str, str]], axes: Sequence[OptionAxis]) -> tuple[str, ...] | None:
    """Return a cell that two variants claim; None when each has its own."""
    cells = Counter(cell(options, axes) for options in variants)
    return next((it for it, many in cells.items() if many > 1), None)


def incomplete(variants: Iterable[Mapping[str, str]], axes: Sequence[OptionAxis]) -> bool:
    """Say whether a variant leaves an axis out."""
    return any("" in cell(options, axes) for options in variants)


def in_order(options: Mapping[str, str], axes: Iterable[OptionAxis]) -> dict[str, str]:
    """Return a variant's options in the order of the axes; the database keeps none."""
    known = [axis.name for axis in axes]
    return {
        name: options[name]
        for name in (*known, *(it for it in options if it not in known))
        if name in options
    }
