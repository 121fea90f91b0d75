"""Strict multidimensional k-anonymity (Mondrian), for measuring: people of like kinds are told by ranges.

Numbers are cut near their median, words along a tree of wider words, always the attribute whose range is widest, as long as
every part keeps k people.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

Row = tuple[str | int, ...]
TOP = "*"


@dataclass(frozen=True)
class Tree:
    """A tree of words: `paths` has each leaf's ancestors, widest first, itself last."""

    paths: Mapping[str, tuple[str, ...]]

    @cached_property
    def leaves(self) -> Mapping[str, frozenset[str]]:
        """The leaves under each word."""
        found: dict[str, set[str]] = {}
        for leaf, path in self.paths.items():
            for word in path:
                found.setdefault(word, set()).add(leaf)
        return {word: frozenset(under) for word, under in found.items()}

    def width(self, word: str) -> float:
        """Return how much of the tree a word covers, 0 for a leaf, 1 for all."""
        many = len(self.leaves[word])
        return 0.0 if many == 1 else many / len(self.paths)

    def below(self, word: str, leaf: str) -> str:
        """Return the word right below `word` on the way to a leaf."""
        path = self.paths[leaf]
        return path[min(path.index(word) + 1, len(path) - 1)]


def read_tree(path: Path) -> Tree:
    """Read a file of lines `leaf;wider;…;*`."""
    lines = (line.strip().split(";") for line in path.read_text().splitlines() if line.strip())
    return Tree({words[0]: tuple(reversed(words)) for words in lines})


@dataclass(frozen=True, slots=True)
class Cell:
    """People of one kind: their rows, and for each attribute its range (numbers) or word."""

    rows: tuple[Row, ...]
    ranges: tuple[tuple[int, int] | str, ...]


@dataclass(frozen=True, slots=True)
class Shape:
    """The attributes: a tree for words, the whole range for numbers."""

    trees: tuple[Tree | None, ...]
    spans: tuple[tuple[int, int], ...]

    def width(self, cell: Cell, place: int) -> float:
        """Return how wide an attribute of a cell is, 0 to 1."""
        found = cell.ranges[place]
        tree = self.trees[place]
        if tree is not None:
            return tree.width(str(found))
        low, high = self.spans[place]
        assert not isinstance(found, str)
        return (found[1] - found[0]) / (high - low)


def shape_of(rows: Sequence[Row], trees: Sequence[Tree | None]) -> Shape:
    """Return the shape of rows whose first attributes are those of `trees` (None: numbers)."""
    spans = []
    for place, tree in enumerate(trees):
        numbers = [int(row[place]) for row in rows] if tree is None else [0]
        spans.append((min(numbers), max(numbers)))
    return Shape(tuple(trees), tuple(spans))


def anonymise(rows: Sequence[Row], shape: Shape, k: int) -> list[Cell]:
    """Return the rows in cells of at least k."""
    first = Cell(
        tuple(rows),
        tuple(TOP if tree else span for tree, span in zip(shape.trees, shape.spans, strict=True)),
    )
    todo, done = [first], []
    while todo:
        cell = todo.pop()
        parts = _cut(cell, shape, k)
        if parts:
            todo += parts
        else:
            done.append(cell)
    return done


def lost(cells: Sequence[Cell], shape: Shape) -> float:
    """Return the normalised certainty penalty: the mean width of all values, 0 to 1."""
    places = range(len(shape.trees))
    whole = sum(len(cell.rows) * sum(shape.width(cell, place) for place in places) for cell in cells)
    return whole / (sum(len(cell.rows) for cell in cells) * len(places))


def _cut(cell: Cell, shape: Shape, k: int) -> list[Cell]:
    """Return a cell cut in parts along its widest attribute that can be cut; nothing where none can."""
    if len(cell.rows) < 2 * k:
        return []
    order = sorted(range(len(shape.trees)), key=lambda place: -shape.width(cell, place))
    for place in order:
        tree = shape.trees[place]
        parts = _cut_words(cell, place, tree) if tree else _cut_numbers(cell, place, k)
        if len(parts) > 1 and all(len(part.rows) >= k for part in parts):
            return parts
        if tree and len(parts) == 1 and parts[0].ranges != cell.ranges:
            return parts  # all are of one narrower kind
    return []


def _cut_numbers(cell: Cell, place: int, k: int) -> list[Cell]:
    """Return the two sides of the cut nearest to the median that leaves k people on both; one side where there is none."""
    numbers = sorted(int(row[place]) for row in cell.rows)
    many = len(numbers)
    cuts = [n for n in range(k, many - k + 1) if numbers[n - 1] != numbers[n]]
    if not cuts:
        return [cell]
    last = numbers[min(cuts, key=lambda n: abs(2 * n - many)) - 1]
    found = []
    for rows in (
        tuple(row for row in cell.rows if int(row[place]) <= last),
        tuple(row for row in cell.rows if int(row[place]) > last),
    ):
        held = [int(row[place]) for row in rows]
        found.append(_with(cell, rows, place, (min(held), max(held))))
    return found


def _cut_words(cell: Cell, place: int, tree: Tree) -> list[Cell]:
    word = str(cell.ranges[place])
    parts: dict[str, list[Row]] = {}
    for row in cell.rows:
        parts.setdefault(tree.below(word, str(row[place])), []).append(row)
    return [_with(cell, tuple(rows), place, narrower) for narrower, rows in parts.items()]


def _with(cell: Cell, rows: tuple[Row, ...], place: int, found: tuple[int, int] | str) -> Cell:
    ranges = (*cell.ranges[:place], found, *cell.ranges[place + 1 :])
    return Cell(rows, ranges)
