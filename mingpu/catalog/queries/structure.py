"""Reading what the catalogue is made of: categories, brands, what attributes mean."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Q

from mingpu.catalog.attributes import Definition, Definitions
from mingpu.catalog.cache import Shelf
from mingpu.catalog.models import SHOWN, Attribute, Brand, Category, Wording
from mingpu.catalog.naming import brand_key, path_value
from mingpu.catalog.queries.watching import watch
from mingpu.catalog.structure import BrandPage, BrandView, Structure
from mingpu.catalog.tree import CategoryRow, Tree
from mingpu.lib.text import current_language

COUNT_SECONDS = 60.0  # how old a count of products may be
# How many products are shown, by where they stand and by brand.
BY_PATH = f"SELECT category, count(*) FROM catalog_product p WHERE {SHOWN} GROUP BY category"  # noqa: S608 -- our own words
BY_BRAND = f"SELECT brand, count(*) FROM catalog_product p WHERE brand <> '' AND {SHOWN} GROUP BY brand"  # noqa: S608 -- our own words
V = TypeVar("V")
_BYTES = 2_000_000


class _StructureShelf(Shelf[str, V]):
    """Kept while only products change."""

    def forget(self, changed: Iterable[object] | None) -> None:
        """Throw it out when anything may have changed."""
        if changed is None:
            super().forget(None)


_kept: _StructureShelf[Structure] = _StructureShelf(watch, entries=1, size=_BYTES)
_counts: _StructureShelf[Mapping[str, int]] = _StructureShelf(
    watch, entries=2, size=2 * _BYTES, seconds=COUNT_SECONDS
)


def structure() -> Structure:
    """Return what the catalogue is made of; kept in this process, else four statements."""
    found = _kept.get("")
    if found is None:
        seen = watch.number()
        found = read_structure()
        _kept.put("", found, size=_BYTES, seen=seen)
    return found


def read_structure() -> Structure:
    """Read it as it is in this transaction; four statements."""
    tree = read_tree()
    return Structure(
        tree=tree,
        definitions=read_definitions(tree),
        brands=dict(Brand.objects.exclude(en="").values_list("name", "en")),
        words=dict(Wording.objects.values_list("zh", "en")),
    )


def read_tree() -> Tree:
    """Read the categories as they are in this transaction; one statement."""
    rows = Category.objects.values_list("id", "parent_id", "slug", "zh", "en", "position", "former")
    return Tree(
        CategoryRow(key, parent, slug, zh, en, position, tuple(former))
        for key, parent, slug, zh, en, position, former in rows
    )


def read_definitions(tree: Tree) -> Definitions:
    """Read what attributes mean, in this transaction; one statement."""
    return Definitions(_definition(it, tree) for it in Attribute.objects.all())


def category_counts() -> Mapping[str, int]:
    """Return how many products each category and what is below it shows, by value; up to a minute old."""
    return _counted("category", BY_PATH, _by_category)


def brand_counts() -> Mapping[str, int]:
    """Return how many products each brand shows, by name; up to a minute old."""
    return _counted("brand", BY_BRAND, dict)


def brand_aliases(names: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return how else brands are written, their English names included, by name; one statement."""
    rows = Brand.objects.filter(name__in=set(names)).values_list("name", "en", "aliases")
    return {name: tuple(dict.fromkeys(it for it in (en, *aliases) if it)) for name, en, aliases in rows}


def brand_named(written: str) -> BrandView | None:
    """Return the brand that a spelling means, whatever its case and width; None for an unknown one. One statement."""
    found = Brand.objects.filter(keys__contains=[brand_key(written)]).first()
    return _brand(found, current_language()) if found else None


def brand_with_id(brand_id: int) -> BrandView | None:
    """Return a brand; None for an unknown id. One statement."""
    found = Brand.objects.filter(id=brand_id).first()
    return _brand(found, current_language()) if found else None


def defined() -> list[tuple[int, Definition]]:
    """Return every definition with its id, as they are now, in order; two statements."""
    tree = read_tree()
    return [
        (it.pk, _definition(it, tree))
        for it in Attribute.objects.order_by("-facet", "position", "name", "id")
    ]


def brand_with_slug(slug: str) -> BrandView | None:
    """Return the brand with this name in addresses; None for an unknown one. One statement."""
    found = Brand.objects.filter(slug=slug).first()
    return _brand(found, current_language()) if found else None


def brand_page(*, words: str = "", page: int = 1, page_size: int = 50) -> BrandPage:
    """Return a page of brands by slug; two statements. words: part of a name or of another spelling."""
    found = Brand.objects.all()
    if words:
        found = found.filter(
            Q(name__icontains=words) | Q(en__icontains=words) | Q(keys__contains=[brand_key(words)])
        )
    rows = found.order_by("slug")[(page - 1) * page_size : page * page_size]
    return BrandPage(tuple(_brand(it, current_language()) for it in rows), found.count())


def _counted(
    what: str, statement: str, summed: Callable[[Iterable[tuple[Any, int]]], Mapping[str, int]]
) -> Mapping[str, int]:
    found = _counts.get(what)
    if found is None:
        seen = watch.number()
        with connection.cursor() as cursor:
            cursor.execute(statement)
            found = summed(cursor.fetchall())
        _counts.put(what, found, size=100 * len(found), seen=seen)
    return found


def _by_category(rows: Iterable[tuple[Any, int]]) -> Mapping[str, int]:
    counts: Counter[str] = Counter()
    for path, many in rows:
        for depth in range(1, len(path) + 1):
            counts[path_value(path[:depth])] += many
    return counts


def _brand(it: Brand, language: str) -> BrandView:
    label = it.en if language == "en" and it.en else it.name
    return BrandView(it.id, it.name, label, it.en, it.slug, tuple(it.aliases))


def _definition(it: Attribute, tree: Tree) -> Definition:
    place = tree.by_id(it.category_id) if it.category_id else None
    return Definition(
        name=it.name, en=it.en, kind=it.kind, unit=it.unit, unit_aliases=tuple(it.unit_aliases),
        choices=tuple(it.choices), facet=it.facet, category=place.path if place else (), position=it.position,
    )  # fmt: skip
