"""The desk's pages for what the catalogue is made of, as their views give them."""

from typing import Any

from django import forms

from mingpu.catalog.attributes import KINDS, Definition
from mingpu.catalog.structure import BrandView
from mingpu.catalog.tree import CategoryRow, Tree
from mingpu.desk.structure_forms import AttributeForm, BrandForm, MoveForm, NamesForm
from tests.web.desk_pages import MALL, SHOP

TREE = Tree(
    [
        CategoryRow(1, None, "home", "居家", "Home", 1),
        CategoryRow(2, 1, "cups", "杯具", "Cups", 1),
        CategoryRow(3, 1, "pots", "壶与茶具", "", 2),
        CategoryRow(4, 2, "mugs", "马克杯", "Mugs", 1),
    ]
)
BRAND = BrandView(7, "兰芝", "兰芝", "Laneige", "laneige", ("Laneige/兰芝", "LANEIGE 兰芝"))
VOLUME = Definition(
    "容量", "Capacity", "number", "ml", ("毫升",), facet=True, category=("居家", "杯具"), position=3
)


class Description(forms.Form):
    """What an article's page says of it."""

    written = forms.CharField(
        label="商品介绍", widget=forms.Textarea(attrs={"rows": 14}), initial="<p>一 <strong>二</strong></p>"
    )


def top() -> dict[str, Any]:
    rows = [{"it": it, "count": 128} for it in TREE.roots]
    return {
        "staff": MALL,
        "it": None,
        "above": [],
        "rows": rows,
        "add": NamesForm(),
        "names": None,
        "move": None,
    }


def one(path: tuple[str, ...] = ("居家",), *, wrong: bool = False) -> dict[str, Any]:
    it = TREE.at(path)
    names = NamesForm({"zh": "", "en": "x"} if wrong else None, initial={"zh": it.row.zh}, auto_id="names_%s")
    if wrong:
        names.full_clean()
    return {
        "staff": MALL, "it": it, "above": [TREE.at(path[:depth]) for depth in range(1, len(path))],
        "rows": [{"it": child, "count": 12} for child in it.below], "add": None if len(path) > 2 else NamesForm(auto_id="add_%s"),
        "names": names, "move": MoveForm(TREE, now=it.row.parent),
    }  # fmt: skip


def brands(
    items: tuple[BrandView, ...] = (BRAND, BrandView(8, "拙石记", "拙石记", "", "zhuo-shi-ji", ())),
) -> dict[str, Any]:
    return {
        "staff": MALL,
        "words": "兰",
        "listing": {"items": items, "total": 120 if items else 0, "page": 1, "page_size": 50},
    }


def attributes() -> dict[str, Any]:
    known = [VOLUME, Definition("颜色", "Colour", "choice"), Definition("产地")]
    rows = [
        {"id": key, "it": it, "kind": KINDS[it.kind], "place": " › ".join(it.category)}
        for key, it in enumerate(known, 1)
    ]
    return {"staff": MALL, "rows": rows}


def attribute(now: Definition | None = VOLUME) -> dict[str, Any]:
    return {"staff": MALL, "id": 3 if now else 0, "form": AttributeForm(TREE, now=now)}


def description() -> dict[str, Any]:
    it = {"id": "0b1c", "title": "手冲咖啡壶 600ml", "html": "<p>一 <strong>二</strong></p>"}
    return {"staff": SHOP, "it": it, "form": Description()}


PAGES: dict[str, tuple[str, str, Any]] = {
    "desk-categories": ("desk/categories.html", "/catalog/categories", top),
    "desk-categories-none": ("desk/categories.html", "/catalog/categories", lambda: {**top(), "rows": []}),
    "desk-category": ("desk/categories.html", "/catalog/categories/1", one),
    "desk-category-wrong": ("desk/categories.html", "/catalog/categories/1/rename", lambda: one(wrong=True)),
    "desk-category-leaf": (
        "desk/categories.html",
        "/catalog/categories/4",
        lambda: one(("居家", "杯具", "马克杯")),
    ),
    "desk-brands": ("desk/brands.html", "/catalog/brands", brands),
    "desk-brands-none": ("desk/brands.html", "/catalog/brands", lambda: brands(())),
    "desk-brand": (
        "desk/brand.html",
        "/catalog/brands/7",
        lambda: {"staff": MALL, "brand": BRAND, "form": BrandForm.of(BRAND)},
    ),
    "desk-attributes": ("desk/attributes.html", "/catalog/attributes", attributes),
    "desk-attributes-none": (
        "desk/attributes.html",
        "/catalog/attributes",
        lambda: {"staff": MALL, "rows": []},
    ),
    "desk-attribute": ("desk/attribute.html", "/catalog/attributes/3", attribute),
    "desk-attribute-new": ("desk/attribute.html", "/catalog/attributes/new", lambda: attribute(None)),
    "desk-description": ("desk/description.html", "/goods/0b1c/description", description),
}
