"""The mall's staff keep categories, brands and attributes; a merchant's staff say what their articles are."""

import secrets

import pytest

from mingpu.catalog.attributes import NUMBER
from mingpu.catalog.models import Attribute, Brand, Category, Product
from mingpu.catalog.queries.structure import brand_named, read_tree
from mingpu.catalog.services import take_categories
from tests.catalog.shop import item, source, stored, take
from tests.desk.conftest import hire, sign_in
from tests.desk.shops import at_desk
from tests.jobs import run_jobs, waiting
from tests.merchants.examples import make_merchant
from tests.support import zone

DESK = ("catalog.follow", "catalog.remeasure")


@pytest.fixture
def mall(desk):
    sign_in(desk, hire())
    return desk


@pytest.fixture
def top():
    """A category with two below it, the first of which holds an article."""
    name = f"类{secrets.token_hex(4)}"
    with zone("worker"):
        take_categories([((name, "壶"), "Pots"), ((name, "锅"), "")])
    take(item(name, category_path=(name, "壶")))
    return name


def at(*path):
    found = read_tree().at(path)
    assert found is not None, path
    return found.row.id


def shown(desk, path, **query):
    answer = desk.get(path, query)
    assert answer.status_code == 200, path
    return answer.content.decode()


def test_the_tree_is_walked_down_with_counts(mall, top):
    assert f">{top}</a>" in shown(mall, "/catalog/categories")
    page = shown(mall, f"/catalog/categories/{at(top)}")
    assert page.index(">壶</a>") < page.index(">锅</a>")
    assert "Pots" in page
    below = shown(mall, f"/catalog/categories/{at(top, '壶')}")
    assert f">{top}</a>" in below
    assert "没有类目" in below
    assert mall.get("/catalog/categories/999999999999").status_code == 404
    assert mall.get(f"/catalog/categories/{10**40}").status_code == 404


def test_a_category_is_added_renamed_moved_ordered_and_removed(mall, top):
    key = at(top)
    answer = mall.post("/catalog/categories/add", {"parent": key, "zh": "盘", "en": "Plates"})
    assert (answer.status_code, answer["Location"]) == (303, f"/catalog/categories/{key}?done=asked")
    new = at(top, "盘")
    mall.post(f"/catalog/categories/{new}/step", {"step": "up"})
    assert [it.row.zh for it in read_tree().at((top,)).below] == ["壶", "盘", "锅"]
    mall.post(f"/catalog/categories/{new}/rename", {"zh": "碟", "en": ""})
    mall.post(f"/catalog/categories/{new}/move", {"parent": at(top, "壶")})
    assert at(top, "壶", "碟") == new
    assert mall.post(f"/catalog/categories/{new}/step", {"step": "remove"})["Location"].startswith(
        f"/catalog/categories/{at(top, '壶')}"
    )
    assert not Category.objects.filter(id=new).exists()
    mall.post("/catalog/categories/add", {"parent": "", "zh": f"{top}二"})
    assert at(f"{top}二")


def test_articles_follow_a_rename(mall, top):
    mall.post(f"/catalog/categories/{at(top)}/rename", {"zh": f"{top}新", "en": "New"})
    run_jobs(names=DESK)
    assert stored(top).category == [f"{top}新", "壶"]


@pytest.mark.parametrize(
    ("verb", "said", "status"),
    [
        ("rename", {"zh": "锅"}, 409), ("rename", {"zh": ""}, 422), ("rename", {"zh": "长" * 61}, 422), ("move", {"parent": "x"}, 422),
    ],
)  # fmt: skip
def test_what_cannot_be_is_said_beside_what_was_typed(mall, top, verb, said, status):
    key = at(top, "壶")
    answer = mall.post(f"/catalog/categories/{key}/{verb}", said)
    assert answer.status_code == status
    assert 'role="alert"' in answer.content.decode()
    assert at(top, "壶") == key


def test_a_category_is_not_moved_below_itself_nor_removed_while_it_holds_something(mall, top):
    answer = mall.post(f"/catalog/categories/{at(top)}/move", {"parent": at(top, "壶")})
    assert (answer.status_code, "自己下面" in answer.content.decode()) == (409, True)
    assert mall.post(f"/catalog/categories/{at(top, '壶')}/step", {"step": "remove"}).status_code == 409
    assert mall.post("/catalog/categories/add", {"parent": "9" * 17, "zh": "x"}).status_code == 404
    assert mall.post("/catalog/categories/add", {"parent": at(top), "zh": "壶"}).status_code == 409


def test_a_brand_is_found_and_named(mall):
    tag = secrets.token_hex(4)
    origin = source()
    take(item(origin, brand=f"Lan{tag}/兰{tag}"))
    page = shown(mall, "/catalog/brands", q=f"lan{tag}")
    key = brand_named(f"兰{tag}").id
    assert f'href="/catalog/brands/{key}"' in page
    assert f"Lan{tag}/兰{tag}" in shown(mall, f"/catalog/brands/{key}")
    answer = mall.post(
        f"/catalog/brands/{key}", {"name": f"新{tag}", "en": f"New{tag}", "aliases": f"别{tag}\n\n 又{tag} "}
    )
    assert answer["Location"] == f"/catalog/brands/{key}?done=asked"
    assert Brand.objects.get(id=key).aliases == [f"别{tag}", f"又{tag}", f"兰{tag}"]
    run_jobs(names=DESK)
    assert stored(origin).brand == f"新{tag}"
    assert mall.post(f"/catalog/brands/{key}", {"name": ""}).status_code == 422
    take(item(origin, "2", brand=f"另{tag}"))
    answer = mall.post(f"/catalog/brands/{key}", {"name": f"另{tag}"})
    assert (answer.status_code, f"另{tag}" in answer.content.decode()) == (409, True)
    assert mall.get(f"/catalog/brands/{10**30}").status_code == 404


def test_an_attribute_is_defined_changed_and_removed(mall, top):
    name = f"量{secrets.token_hex(4)}"
    said = {
        "name": name,
        "en": "Amount",
        "kind": "number",
        "unit": "毫升",
        "unit_aliases": "杯\n",
        "choices": "",
        "facet": "on",
        "position": "4",
    }
    assert mall.post("/catalog/attributes/new", {**said, "category": at(top, "壶")}).status_code == 303
    it = Attribute.objects.get(name=name)
    assert (it.kind, it.unit, it.unit_aliases, it.facet, it.position, it.category_id) == (
        NUMBER,
        "ml",
        ["杯"],
        True,
        4,
        at(top, "壶"),
    )
    assert name in shown(mall, "/catalog/attributes")
    assert f'value="{name}"' in shown(mall, f"/catalog/attributes/{it.pk}")
    assert f'<option value="{at(top, "壶")}" selected' in shown(mall, f"/catalog/attributes/{it.pk}")
    mall.post(
        f"/catalog/attributes/{it.pk}", {"name": name, "kind": "choice", "choices": "大\n小", "category": ""}
    )
    it.refresh_from_db()
    assert (it.kind, it.unit, it.choices, it.facet, it.category_id) == (
        "choice",
        "",
        ["大", "小"],
        False,
        None,
    )
    assert mall.post("/catalog/attributes/new", {"name": name, "kind": "text"}).status_code == 409
    assert mall.post("/catalog/attributes/new", {"name": name, "kind": "colour"}).status_code == 422
    assert mall.post(f"/catalog/attributes/{it.pk}", {"remove": "yes"}).status_code == 303
    assert mall.get(f"/catalog/attributes/{it.pk}").status_code == 404


# ---- a merchant's own words ----


@pytest.fixture
def article():
    """A shop, and an article of its own."""
    shop, origin = make_merchant(), source()
    take(item(origin, merchant=shop, description="旧"))
    return shop, stored(origin)


def test_what_a_merchant_types_passes_the_same_door_as_a_file(desk, article):
    shop, product = article
    at_desk(desk, shop)
    path = f"/goods/{product.id}/description"
    assert ">旧</textarea>" in shown(desk, path).replace("\n", "")
    attack = "<h2>新</h2><p onclick=x>好<script>alert(1)</script></p><img src=https://a.example/b.png>"
    assert desk.post(path, {"written": attack}).status_code == 303
    it = Product.objects.get(id=product.id)
    assert (it.description_html, it.description) == ("<h3>新</h3><p>好</p>", "新\n好")
    page = shown(desk, path)
    assert '<div class="reading rich"><h3>新</h3><p>好</p></div>' in page
    assert "alert(1)" not in page
    assert waiting("search.refresh", product_ids=[str(product.id)]) == 1
    desk.post(path, {"written": "一 < 二\n三"})
    it.refresh_from_db()
    assert (it.description_html, it.description) == ("", "一 < 二\n三")
    assert "<p>一 &lt; 二</p><p>三</p>" in shown(desk, path)


def test_nobody_describes_anothers_article(desk, article):
    _, product = article
    at_desk(desk, make_merchant())
    path = f"/goods/{product.id}/description"
    assert desk.get(path).status_code == 404
    assert desk.post(path, {"written": "x"}).status_code == 404
    assert desk.post(path, {"written": "x" * 100_001}).status_code == 404
    assert Product.objects.get(id=product.id).description == "旧"
