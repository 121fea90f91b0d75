"""Giving what is taken in its place: categories and brands that are not there yet are added, numbers measured."""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from mingpu.catalog.attributes import TEXT, Definition, Definitions, measured
from mingpu.catalog.models import Attribute, Brand, Category, Wording
from mingpu.catalog.naming import BrandNames, brand_key, brand_names, english, free_slug, is_chinese, slug_of
from mingpu.catalog.queries.structure import read_definitions, read_tree
from mingpu.catalog.services.announcing import next_structure
from mingpu.catalog.services.writing import Row
from mingpu.catalog.tree import Path as CategoryPath
from mingpu.catalog.tree import Tree

_ATTRIBUTES = Path(__file__).parent.parent / "attributes.toml"


@dataclass(frozen=True, slots=True)
class Places:
    """Where things stand and what their attributes mean, as it was when a batch began."""

    tree: Tree
    definitions: Definitions

    def inside(self, written: Sequence[str]) -> tuple[str, ...]:
        """Return a written path as far as there are such categories; whole where all are there."""
        path = self.tree.resolve(written)
        depths = range(len(path), 0, -1)
        deepest = next((depth for depth in depths if self.tree.at(path[:depth])), 0)
        return tuple(written) if deepest == len(path) else path[:deepest]

    def strange(self, attributes: Mapping[str, Sequence[str]], written: Sequence[str]) -> tuple[str, ...]:
        """Return the attributes of an item that have a value their definition does not know; written: its path."""
        return measured(attributes, self.definitions, self.tree.resolve(written))[1]


def read_places() -> Places:
    """Read them, and what would be defined in categories that are not there yet; two statements."""
    tree = read_tree()
    coming = [it for it in _definitions() if "in" in it and tree.at(it["in"]) is None]
    return Places(tree, Definitions([*read_definitions(tree), *map(_defined, coming)]))


def ensure_words() -> None:
    """Give a mall without any the attributes and English words it begins with; what the operator has stays."""
    if Wording.objects.exists():
        return
    defined = {it["name"] for it in _definitions() if "in" not in it}
    Attribute.objects.bulk_create(
        [_attribute(it) for it in _definitions() if "in" not in it]
        + [Attribute(name=name, en=en, kind=TEXT) for name, en in english()["names"].items() if name not in defined],
        ignore_conflicts=True,
    )  # fmt: skip
    words = [Wording(zh=zh, en=en) for zh, en in english()["values"].items()]
    Wording.objects.bulk_create(words, ignore_conflicts=True)


def settle(rows: Sequence[Row], *, merchant: str = "") -> None:
    """Put rows under their categories and brands, in the current transaction, and measure their attributes.

    Unknown categories and brands are added; renamed and moved ones are followed. What a row was given stays what
    its fingerprint was made of. merchant: whose file it is, "" for the operator's; a shop's teaches a brand that is
    there, under which others sell as well, no further name.
    """
    find = _same if merchant else _told
    written = {row.values["brand"]: brand_names(row.values["brand"]) for row in rows if row.values["brand"]}
    tree = read_tree()
    brands = _known_brands(written.values())
    paths = [row.values["category"] for row in rows]
    if tree.missing(map(tree.resolve, paths)) or any(find(it, brands) is None for it in written.values()):
        next_structure()  # nobody else adds any from here on; what they added before is read again
        tree = add_categories(paths)
        brands = _add_brands(list(written.values()), spelling=not merchant)
    definitions = read_definitions(tree)
    for row in rows:
        row.values["category"] = list(tree.resolve(row.values["category"]))
        names = written.get(row.values["brand"])
        known = find(names, brands) if names else None
        row.values["brand"] = known.name if known else ""
        row.values["measures"], _ = measured(row.values["attributes"], definitions, row.values["category"])


def add_categories(paths: Iterable[Sequence[str]], names: Mapping[CategoryPath, str] | None = None) -> Tree:
    """Add the categories that paths name and that are not there; returns the tree as it is then.

    names: English names by path; where there is none, the one a mall begins with. The caller holds
    `next_structure`.
    """
    tree = read_tree()
    missing = tree.missing([tree.resolve(path) for path in paths])
    slugs, known = tree.slugs, english()["categories"]
    ids: dict[CategoryPath, int | None] = {it.path: it.row.id for it in tree} | {(): None}
    position = max((it.row.position for it in tree), default=0)
    for level in sorted({len(path) for path in missing}):
        rows = []
        for path in (it for it in missing if len(it) == level):
            position += 1
            en = (names or {}).get(path) or known.get(path[-1], "")
            slug = free_slug(slug_of(path[-1], en), slugs)
            slugs.add(slug)
            rows.append(Category(parent_id=ids[path[:-1]], slug=slug, zh=path[-1], en=en, position=position))
        added = Category.objects.bulk_create(rows)
        ids |= {
            path: row.id for path, row in zip((it for it in missing if len(it) == level), added, strict=True)
        }
    if not missing:
        return tree
    wanted = [it for it in _definitions() if tuple(it.get("in", ())) in set(missing)]
    Attribute.objects.bulk_create(
        [_attribute(it, ids[tuple(it["in"])]) for it in wanted], ignore_conflicts=True
    )
    return read_tree()


def _known_brands(names: Iterable[BrandNames]) -> dict[str, Brand]:
    """Return the brands that spellings mean, by key; one statement."""
    keys = sorted({key for it in names for key in it.keys})
    found = Brand.objects.filter(keys__overlap=keys).order_by("id") if keys else ()
    known: dict[str, Brand] = {}
    for brand in found:
        for key in brand.keys:
            known.setdefault(key, brand)
    return known


def _told(names: BrandNames, brands: Mapping[str, Brand]) -> Brand | None:
    """Return the brand that `names` are, when every spelling of it is known already."""
    return brands.get(names.keys[0]) if names.keys and all(key in brands for key in names.keys) else None


def _same(names: BrandNames, brands: Mapping[str, Brand]) -> Brand | None:
    """Return the brand that `names` are: the one of that name, else one that shares a spelling.

    Two Chinese names are two brands though they share a foreign one: `Bear/小熊`, `Bear/大熊`.
    """
    found = next((brands[key] for key in names.keys if key in brands), None)
    if found is None or names.keys[0] in brands:
        return found
    return None if is_chinese(found.name) and is_chinese(names.name) else found


def _add_brands(written: Sequence[BrandNames], *, spelling: bool) -> dict[str, Brand]:
    """Add unknown brands, and with `spelling` unknown spellings to known ones; returns the brands by key."""
    brands = _known_brands(written)
    slugs = set(Brand.objects.values_list("slug", flat=True))
    new: list[Brand] = []
    told: dict[int, Brand] = {}
    for names in written:
        brand = _same(names, brands)
        if brand is None:
            slug = free_slug(slug_of(names.name, names.en), slugs)
            slugs.add(slug)
            brand = Brand(slug=slug, name=names.name, en=names.en, aliases=[], keys=[])
            new.append(brand)
        elif brand.id and not spelling:
            continue
        elif brand.id and not all(key in brands for key in names.keys):
            told[brand.id] = brand
        _spell(brand, names, brands)
    Brand.objects.bulk_create(new)
    Brand.objects.bulk_update(told.values(), ["en", "aliases", "keys"])
    return brands


def _spell(brand: Brand, names: BrandNames, brands: dict[str, Brand]) -> None:
    """Let a brand be known by further spellings, as far as they are not another one's."""
    free = [key for key in names.keys if brands.get(key, brand) is brand]
    more = [it for it in (names.name, *names.aliases) if it != brand.name and brand_key(it) not in brand.keys]
    brand.keys = list(dict.fromkeys((*brand.keys, *free)))
    brands |= dict.fromkeys(free, brand)
    brand.aliases = list(dict.fromkeys((*brand.aliases, *more)))
    brand.en = brand.en or (names.en if names.en != brand.name else "")


@cache
def _definitions() -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = tomllib.loads(_ATTRIBUTES.read_text(encoding="utf-8"))["attribute"]
    return [{**it, "position": place} for place, it in enumerate(rows, 1)]


def _defined(it: Mapping[str, Any]) -> Definition:
    return Definition(
        it["name"], kind=it.get("kind", TEXT), unit=it.get("unit", ""), category=tuple(it.get("in", ()))
    )


def _attribute(it: Mapping[str, Any], category_id: int | None = None) -> Attribute:
    return Attribute(
        name=it["name"], category_id=category_id, en=english()["names"].get(it["name"], ""), kind=it.get("kind", TEXT),
        unit=it.get("unit", ""), facet=it.get("facet", False), position=it["position"],
    )  # fmt: skip
