"""What the operator changes: categories, brands, what attributes mean. Products follow in the background."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from django.db import IntegrityError, transaction

from mingpu.catalog.attributes import KINDS, NUMBER, Definition
from mingpu.catalog.errors import InUse, NameTaken, TooDeep, WithinItself
from mingpu.catalog.feed_fields import MAX_NAME, clean
from mingpu.catalog.models import Attribute, Brand, Category, Product
from mingpu.catalog.naming import MAX_LEVELS, BrandNames, free_slug, slug_of
from mingpu.catalog.queries.structure import read_tree
from mingpu.catalog.services.announcing import next_structure
from mingpu.catalog.services.settling import add_categories
from mingpu.catalog.tree import Category as Place
from mingpu.catalog.tree import Tree
from mingpu.catalog.units import known_unit
from mingpu.lib.errors import Invalid, NotFound
from mingpu.lib.jobs import enqueue
from mingpu.lib.text import Text

MAX_SPELLINGS: Final = 50  # of a brand or a unit
MAX_CHOICES: Final = 500
FOLLOW, REMEASURE = "catalog.follow", "catalog.remeasure"
_NAME, _ENGLISH = Text("名称", "name"), Text("英文名", "English name")


def take_categories(rows: Iterable[tuple[Sequence[str], str]]) -> int:
    """Add the categories that are not there, in one transaction; returns how many were added.

    rows: (path of Chinese names, English name of its last or ""). Paths are cut to three levels. Runs in the
    worker's zone.
    """
    paths = {tuple(filter(None, (_cleaned(name) for name in path)))[:MAX_LEVELS]: en for path, en in rows}
    with transaction.atomic():
        next_structure()
        before = len(read_tree())
        return len(add_categories(paths, {path: en for path, en in paths.items() if en})) - before


def add_category(*, parent_id: int | None, zh: str, en: str = "") -> int:
    """Add a category behind its siblings; returns its id. Raises Invalid, NotFound, NameTaken, TooDeep."""
    zh, en = _name(_NAME, zh), _name(_ENGLISH, en, needed=False)
    with _changing(zh) as tree:
        above = _place(tree, parent_id)
        if above and len(above.path) >= MAX_LEVELS:
            raise TooDeep(levels=MAX_LEVELS)
        slug = free_slug(slug_of(zh, en), tree.slugs)
        last = max((it.row.position for it in tree), default=0)
        return Category.objects.create(parent_id=parent_id, slug=slug, zh=zh, en=en, position=last + 1).pk


def rename_category(*, category_id: int, zh: str, en: str = "") -> None:
    """Call a category differently; files may go on naming it as before. Raises Invalid, NotFound, NameTaken."""
    zh, en = _name(_NAME, zh), _name(_ENGLISH, en, needed=False)
    with _changing(zh) as tree:
        it = _known(tree, category_id)
        Category.objects.filter(id=category_id).update(
            zh=zh, en=en, former=_former(it, moved=zh != it.row.zh)
        )


def move_category(*, category_id: int, parent_id: int | None) -> None:
    """Put a category with all below it under another one, or at the top, behind what is there.

    Raises NotFound, NameTaken, TooDeep, WithinItself.
    """
    with _changing() as tree:
        it, above = _known(tree, category_id), _place(tree, parent_id)
        if above and above.path[: len(it.path)] == it.path:
            raise WithinItself
        if (len(above.path) if above else 0) + it.levels > MAX_LEVELS:
            raise TooDeep(levels=MAX_LEVELS)
        last = max(one.row.position for one in tree)
        moved = it.row.parent != parent_id
        Category.objects.filter(id=category_id).update(
            parent_id=parent_id, position=last + 1, former=_former(it, moved=moved)
        )


def shift_category(*, category_id: int, up: bool) -> None:
    """Change places with the sibling before, or behind; nothing happens at either end. Raises NotFound."""
    with _changing() as tree:
        it = _known(tree, category_id)
        above = _place(tree, it.row.parent)
        order = [one.row.id for one in (above.below if above else tree.roots)]
        here = order.index(category_id)
        there = max(0, here - 1) if up else min(len(order) - 1, here + 1)
        order[here], order[there] = order[there], order[here]
        rows = [Category(id=key, position=place) for place, key in enumerate(order, 1)]
        Category.objects.bulk_update(rows, ["position"])


def remove_category(*, category_id: int) -> None:
    """Remove a category that nothing stands in. Raises NotFound, InUse."""
    with _changing() as tree:
        it = _known(tree, category_id)
        if it.below or Product.objects.filter(category=list(it.path)).exists():
            raise InUse(name=it.row.zh)
        Category.objects.filter(id=category_id).delete()


def change_brand(*, brand_id: int, name: str, en: str = "", aliases: Iterable[str] = ()) -> None:
    """Name a brand and its other spellings; what it was called so far stays one of them.

    Raises Invalid, NotFound; NameTaken for a spelling that is another brand's.
    """
    name, en = _name(_NAME, name), _name(_ENGLISH, en, needed=False)
    with transaction.atomic():
        it = Brand.objects.select_for_update().filter(id=brand_id).first()
        if it is None:
            raise NotFound
        kept = [*_spellings(aliases), *([it.name] if it.name != name else [])]
        names = BrandNames(name, en, tuple(alias for alias in dict.fromkeys(kept) if alias not in {name, en}))
        other = Brand.objects.exclude(id=brand_id).filter(keys__overlap=list(names.keys)).first()
        if other is not None:
            raise NameTaken(name=other.name)
        it.name, it.en, it.aliases, it.keys = names.name, names.en, list(names.aliases), list(names.keys)
        it.save()
        enqueue(FOLLOW, once=FOLLOW)


def save_attribute(*, definition: Definition, attribute_id: int | None = None) -> int:
    """Say what an attribute means, everywhere or in one category and below; returns its id.

    attribute_id: None for a new one. Raises Invalid, NotFound, NameTaken.
    """
    values = _attribute_values(definition)
    tree = read_tree()
    place = tree.at(definition.category) if definition.category else None
    if definition.category and place is None:
        raise NotFound
    values["category_id"] = place.row.id if place else None
    try:
        with transaction.atomic():
            before = [values["name"]]
            if attribute_id is None:
                attribute_id = Attribute.objects.create(**values).pk
            else:
                it = Attribute.objects.select_for_update().filter(id=attribute_id).first()
                if it is None:
                    raise NotFound
                before.append(it.name)
                Attribute.objects.filter(id=attribute_id).update(**values)
            enqueue(REMEASURE, names=sorted(set(map(str, before))))
    except IntegrityError:
        raise NameTaken(name=values["name"]) from None
    return attribute_id


def remove_attribute(*, attribute_id: int) -> None:
    """Forget what an attribute means; its values are texts from then on. Raises NotFound."""
    with transaction.atomic():
        name = Attribute.objects.filter(id=attribute_id).values_list("name", flat=True).first()
        if name is None:
            raise NotFound
        Attribute.objects.filter(id=attribute_id).delete()
        enqueue(REMEASURE, names=[name])


@contextmanager
def _changing(name: str = "") -> Iterator[Tree]:
    """Hold the tree still, and have products follow what happens to it. Raises NameTaken for a sibling's name."""
    try:
        with transaction.atomic():
            list(Category.objects.select_for_update().order_by("id").values_list("id"))
            yield read_tree()
            enqueue(FOLLOW, once=FOLLOW)
    except IntegrityError:
        raise NameTaken(name=name or Text("该类目", "this category")) from None


def _known(tree: Tree, category_id: int) -> Place:
    found = tree.by_id(category_id)
    if found is None:
        raise NotFound
    return found


def _place(tree: Tree, category_id: int | None) -> Place | None:
    return None if category_id is None else _known(tree, category_id)


def _former(it: Place, *, moved: bool) -> list[str]:
    """Return the paths a category had, the present one among them when it goes."""
    return list(dict.fromkeys((*it.row.former, *([it.value] if moved else []))))


def _attribute_values(it: Definition) -> dict[str, object]:
    """Return a definition as it is stored. Raises Invalid."""
    if it.kind not in KINDS:
        raise Invalid(field=Text("类型", "kind"), problem=Text("无此类型", "there is no such kind"))
    unit = known_unit(_cleaned(it.unit)[:MAX_NAME]) if it.kind == NUMBER else ""
    return {
        "name": _name(_NAME, it.name), "en": _name(_ENGLISH, it.en, needed=False), "kind": it.kind, "unit": unit,
        "unit_aliases": _spellings(it.unit_aliases) if unit else [],
        "choices": list(dict.fromkeys(filter(None, map(_cleaned, it.choices))))[:MAX_CHOICES],
        "facet": it.facet, "position": it.position,
    }  # fmt: skip


def _spellings(written: Iterable[str]) -> list[str]:
    return [it[:MAX_NAME] for it in dict.fromkeys(filter(None, map(_cleaned, written)))][:MAX_SPELLINGS]


def _name(field: Text, written: str, *, needed: bool = True) -> str:
    """Return a name as plain text. Raises Invalid when it is too long, or missing where it is needed."""
    name = _cleaned(written)
    if len(name) > MAX_NAME or (needed and not name):
        raise Invalid(field=field, problem=Text(f"应为 1 到 {MAX_NAME} 个字", f"1 to {MAX_NAME} characters"))
    return name


def _cleaned(written: str) -> str:
    return clean(written, {})
