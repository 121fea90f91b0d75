"""The tree of categories as a value: where each stands, which one a file means, what would have to be added. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from mingpu.catalog.naming import MAX_LEVELS, path_value

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CategoryRow:
    """A category as it is stored. former: paths it had, as `path_value` spells them."""

    id: int
    parent: int | None
    slug: str
    zh: str
    en: str = ""
    position: int = 0
    former: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Category:
    """A category in its place. path: Chinese names from the root, its own last. below: in order."""

    row: CategoryRow
    path: Path
    below: tuple["Category", ...] = ()

    @property
    def value(self) -> str:
        """Its path as facets and addresses spell it."""
        return path_value(self.path)

    @property
    def levels(self) -> int:
        """How many levels it spans, itself included."""
        return 1 + max((it.levels for it in self.below), default=0)

    def all(self) -> Iterator["Category"]:
        """Yield it and everything below it, from above."""
        yield self
        for it in self.below:
            yield from it.all()


class Tree:
    """All categories; made anew when one changes."""

    def __init__(self, rows: Iterable[CategoryRow] = ()) -> None:
        children: dict[int | None, list[CategoryRow]] = {}
        for row in sorted(rows, key=lambda it: (it.position, it.id)):
            children.setdefault(row.parent, []).append(row)
        self.roots = _grown(None, (), children)
        self._by_path = {it.path: it for root in self.roots for it in root.all()}
        self._by_value = {it.value: it for it in self._by_path.values()}
        self._by_id = {it.row.id: it for it in self._by_path.values()}
        self._by_slug = {it.row.slug: it for it in self._by_path.values()}
        self._former = {value: it.path for it in self._by_path.values() for value in it.row.former}

    def __iter__(self) -> Iterator[Category]:
        return iter(self._by_path.values())

    def __len__(self) -> int:
        return len(self._by_path)

    @property
    def slugs(self) -> set[str]:
        """Every slug in use."""
        return set(self._by_slug)

    def at(self, path: Sequence[str]) -> Category | None:
        """Return the category at a path; None when there is none."""
        return self._by_path.get(tuple(path))

    def by_value(self, value: str) -> Category | None:
        """Return the category that a facet's value names."""
        return self._by_value.get(value)

    def by_slug(self, slug: str) -> Category | None:
        """Return the category with this name in addresses."""
        return self._by_slug.get(slug)

    def by_id(self, key: int) -> Category | None:
        """Return the category of an id."""
        return self._by_id.get(key)

    def resolve(self, written: Sequence[str]) -> Path:
        """Return the path that a written one means now: renamed and moved categories are followed.

        What is not there yet stays as it is written; more than three levels are cut.
        """
        path: Path = ()
        for depth, name in enumerate(written, 1):
            below = (*path, name)
            path = below if below in self._by_path else self._former.get(path_value(written[:depth]), below)
        return path[:MAX_LEVELS]

    def missing(self, paths: Iterable[Sequence[str]]) -> list[Path]:
        """Return what has to be added so that every (resolved) path names a category; those above come first."""
        wanted = (tuple(path[: depth + 1]) for path in paths for depth in range(len(path)))
        return [path for path in dict.fromkeys(wanted) if path not in self._by_path]


def _grown(
    parent: int | None, path: Path, children: dict[int | None, list[CategoryRow]]
) -> tuple[Category, ...]:
    return tuple(
        Category(row, (*path, row.zh), _grown(row.id, (*path, row.zh), children))
        for row in children.get(parent, ())
    )
