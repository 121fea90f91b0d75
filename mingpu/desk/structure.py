"""What the catalogue is made of, as the mall's staff keep it: the tree of categories, brands, what attributes mean."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mingpu.catalog import services
from mingpu.catalog.attributes import KINDS, Definition
from mingpu.catalog.naming import MAX_LEVELS
from mingpu.catalog.queries.structure import brand_page, brand_with_id, category_counts, defined, read_tree
from mingpu.catalog.tree import Category, Tree
from mingpu.desk.guards import mall_staff
from mingpu.desk.pages import back, page_number, show
from mingpu.desk.queries import OnDuty
from mingpu.desk.structure_forms import AttributeForm, BrandForm, MoveForm, NamesForm, lines
from mingpu.lib.errors import MallError, NotFound

LONGEST_WORDS = 60
LONGEST_ID = 18  # digits
BRANDS = 50  # of a page
ADDING, NAMING = "add_%s", "names_%s"  # two forms of a page have fields of one name


@require_GET
@mall_staff
def categories(request: HttpRequest, staff: OnDuty) -> HttpResponse:
    """GET the categories at the top."""
    return _tree(request, staff, read_tree(), None)


@require_GET
@mall_staff
def category(request: HttpRequest, staff: OnDuty, category_id: int) -> HttpResponse:
    """GET one category: its names, where it stands, those below it."""
    tree = read_tree()
    return _tree(request, staff, tree, _known(tree, category_id))


@require_POST
@mall_staff
def category_add(request: HttpRequest, staff: OnDuty) -> HttpResponse:
    """POST names and `parent` (an id, "" for the top) -> 303 to the one above; the page again with what was wrong."""
    tree, asked = read_tree(), request.POST.get("parent", "")
    above = (
        _known(tree, int(asked)) if asked.isascii() and asked.isdigit() and len(asked) < LONGEST_ID else None
    )
    form = NamesForm(request.POST, auto_id=ADDING)
    if form.is_valid():
        parent = above.row.id if above else None
        if refused := _refused(form, lambda said: services.add_category(parent_id=parent, **said)):
            return _tree(request, staff, tree, above, {"add": form}, status=refused)
        return _to(above)
    return _tree(request, staff, tree, above, {"add": form}, status=422)


@require_POST
@mall_staff
def category_rename(request: HttpRequest, staff: OnDuty, category_id: int) -> HttpResponse:
    """POST names -> 303 to the category; the page again with what was wrong."""
    tree = read_tree()
    it, form = _known(tree, category_id), NamesForm(request.POST, auto_id=NAMING)
    status = 422
    if form.is_valid():
        status = _refused(form, lambda said: services.rename_category(category_id=category_id, **said))
    return _tree(request, staff, tree, it, {"names": form}, status=status) if status else _to(it)


@require_POST
@mall_staff
def category_move(request: HttpRequest, staff: OnDuty, category_id: int) -> HttpResponse:
    """POST `parent` -> 303 to the category; the page again with what was wrong."""
    tree = read_tree()
    it = _known(tree, category_id)
    form = MoveForm(_places(tree), request.POST)
    status = 422
    if form.is_valid():
        where = form.parent
        status = _refused(form, lambda _: services.move_category(category_id=category_id, parent_id=where))
    return _tree(request, staff, tree, it, {"move": form}, status=status) if status else _to(it)


@require_POST
@mall_staff
def category_step(request: HttpRequest, staff: OnDuty, category_id: int) -> HttpResponse:
    """POST `step` up|down|remove -> 303 to the one above."""
    del staff
    tree, step = read_tree(), request.POST.get("step", "")
    it = _known(tree, category_id)
    if step == "remove":
        services.remove_category(category_id=category_id)
    else:
        services.shift_category(category_id=category_id, up=step == "up")
    return _to(tree.at(it.path[:-1]))


@require_GET
@mall_staff
def brands(request: HttpRequest, staff: OnDuty) -> HttpResponse:
    """GET the brands, by words of their names."""
    words, page = request.GET.get("q", "").strip()[:LONGEST_WORDS], page_number(request)
    found = brand_page(words=words, page=page, page_size=BRANDS)
    listing = {"items": found.items, "total": found.total, "page": page, "page_size": BRANDS}
    return show(request, staff, "desk/brands.html", {"listing": listing, "words": words})


@require_http_methods(["GET", "POST"])
@mall_staff
def brand(request: HttpRequest, staff: OnDuty, brand_id: int) -> HttpResponse:
    """GET one brand; POST its names -> 303 to it, the page again with what was wrong."""
    it = brand_with_id(brand_id)
    if it is None:
        raise NotFound
    form, status = BrandForm(request.POST) if request.method == "POST" else BrandForm.of(it), 200
    if form.is_bound:
        status = 422
        if form.is_valid():
            status = _refused(form, lambda said: _change_brand(brand_id, said))
            if not status:
                return back("desk_brand", str(brand_id), done="asked")
    return show(request, staff, "desk/brand.html", {"brand": it, "form": form}, status=status)


@require_GET
@mall_staff
def attributes(request: HttpRequest, staff: OnDuty) -> HttpResponse:
    """GET what attributes mean, those lists are filtered by first."""
    rows = [
        {"id": key, "it": it, "kind": KINDS[it.kind], "place": " › ".join(it.category)}
        for key, it in defined()
    ]
    return show(request, staff, "desk/attributes.html", {"rows": rows})


@require_http_methods(["GET", "POST"])
@mall_staff
def attribute(request: HttpRequest, staff: OnDuty, attribute_id: int = 0) -> HttpResponse:
    """GET one definition, or an empty one; POST it -> 303 to them all, the page again with what was wrong.

    attribute_id: 0 for a new one. `remove` in the body takes it away.
    """
    it: Definition | None = dict(defined()).get(attribute_id)
    if attribute_id and it is None:
        raise NotFound
    if request.method == "POST" and request.POST.get("remove") and it:
        services.remove_attribute(attribute_id=attribute_id)
        return back("desk_attributes", done="asked")
    form, status = AttributeForm(read_tree(), request.POST if request.method == "POST" else None, now=it), 200
    if form.is_bound:
        status = 422
        if form.is_valid():
            wanted = form.definition
            status = _refused(
                form, lambda _: services.save_attribute(definition=wanted, attribute_id=attribute_id or None)
            )
            if not status:
                return back("desk_attributes", done="asked")
    return show(request, staff, "desk/attribute.html", {"id": attribute_id, "form": form}, status=status)


def _change_brand(brand_id: int, said: dict[str, Any]) -> None:
    services.change_brand(brand_id=brand_id, name=said["name"], en=said["en"], aliases=lines(said["aliases"]))


def _refused(form: forms.Form, verb: Callable[[dict[str, Any]], object]) -> int:
    """Do what a valid form says; return 0, or the status of a refusal, which the form then tells."""
    try:
        verb(form.cleaned_data)
    except MallError as refused:
        if isinstance(refused, NotFound):
            raise
        form.add_error(None, refused.message)
        return refused.status
    return 0


def _tree(
    request: HttpRequest, staff: OnDuty, tree: Tree, it: Category | None, bound: dict[str, forms.Form] | None = None,
    *, status: int = 200,
) -> HttpResponse:  # fmt: skip
    """Draw one category, or the top; bound: forms that were sent, under their names."""
    counts = category_counts()
    facts: dict[str, Any] = {
        "it": it,
        "above": [above for depth in range(1, len(it.path)) if (above := tree.at(it.path[:depth]))]
        if it
        else [],
        "rows": [{"it": one, "count": counts.get(one.value, 0)} for one in (it.below if it else tree.roots)],
        "add": NamesForm(auto_id=ADDING) if not it or len(it.path) < MAX_LEVELS else None,
        "names": NamesForm(initial={"zh": it.row.zh, "en": it.row.en}, auto_id=NAMING) if it else None,
        "move": MoveForm(_places(tree), now=it.row.parent) if it else None,
    }
    return show(request, staff, "desk/categories.html", {**facts, **(bound or {})}, status=status)


def _places(tree: Tree) -> list[Category]:
    """Return the categories that others can stand below."""
    return [it for it in tree if len(it.path) < MAX_LEVELS]


def _known(tree: Tree, category_id: int) -> Category:
    found = tree.by_id(category_id)
    if found is None:
        raise NotFound
    return found


def _to(it: Category | None) -> HttpResponse:
    return (
        back("desk_category", str(it.row.id), done="asked") if it else back("desk_categories", done="asked")
    )
