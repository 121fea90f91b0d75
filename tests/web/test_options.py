"""Choosing among a product's variants: what can be had with what, with scripts and without."""

import re
from typing import Any

import pytest
from django.test import Client

from mingpu.catalog.feed_values import FeedSku
from mingpu.catalog.queries import ProductPage, SkuView, product
from mingpu.catalog.rich_text import sanitised
from mingpu.catalog.rules import product_id
from mingpu.lib.text import speaking
from mingpu.web.addresses import product_url
from mingpu.web.pages.options import matrix, option_groups
from tests.catalog.shop import index_now, item, look, source, take
from tests.web.reading import words

# A shirt in two colours and three sizes: blue in all of them, grey only in M, sold out, and in S.
SIZES = ("S", "M", "L")
STOCK = {("雾蓝", "S"): 3, ("雾蓝", "M"): 2, ("雾蓝", "L"): 1, ("雾灰", "M"): 0, ("雾灰", "S"): 5}


@pytest.fixture
def client() -> Client:
    return Client(SERVER_NAME="127.0.0.1")


def make(stock: dict[tuple[str, ...], int], axes: tuple[str, ...] = ("颜色", "尺码"), **fields: Any) -> str:
    """A product with such a stock; returns its source."""
    origin = source()
    skus = tuple(
        FeedSku(f"{origin}-{'-'.join(key)}", dict(zip(axes, key, strict=True)), 9900 + 100 * place, pieces)
        for place, (key, pieces) in enumerate(stock.items())
    )
    take(item(origin, title="圆领衫", price_fen=9900, skus=skus, **fields))
    index_now()
    look()
    return origin


@pytest.fixture
def origin() -> str:
    return make(STOCK)


def read(origin: str) -> ProductPage:
    it = product(product_id(origin, "1"))
    assert it is not None
    return it


def sku(it: ProductPage, *values: str) -> SkuView:
    return next(one for one in it.skus if tuple(one.options.values()) == values)


def prices(it: ProductPage) -> dict[str, int]:
    return {one.sku: one.price_fen for one in it.skus}


def states(it: ProductPage, chosen: SkuView | None) -> dict[str, tuple[bool, bool, bool]]:
    """Value -> checked, available at all, in stock with the rest of what is chosen."""
    return {
        row["value"]: (row["checked"], row["available"], row["fits"])
        for group in option_groups(it, chosen)
        for row in group["values"]
    }


def test_a_value_says_whether_it_can_be_had_at_all_and_with_the_rest(origin):
    it = read(origin)
    assert states(it, sku(it, "雾蓝", "M")) == {
        "雾蓝": (True, True, True), "雾灰": (False, True, False),
        "S": (False, True, True), "M": (True, True, True), "L": (False, True, True),
    }  # fmt: skip
    assert states(it, sku(it, "雾灰", "S"))["L"] == (False, True, False)
    assert not any(checked or fits for checked, _, fits in states(it, None).values())


def test_what_is_sold_out_everywhere_cannot_be_picked(client):
    origin = make({("雾蓝",): 2, ("雾灰",): 0}, ("颜色",))
    assert states(read(origin), read(origin).skus[0])["雾灰"] == (False, False, False)
    html = client.get(product_url(product_id(origin, "1"), "圆领衫")).content.decode()
    assert re.search(r'value="雾灰" disabled required><span>雾灰<small>缺货</small>', html)
    assert not re.search(r'value="雾蓝"[^>]*disabled', html)


def test_two_axes_make_a_table_with_every_combination(origin):
    it = read(origin)
    found = matrix(it, sku(it, "雾蓝", "M"), prices(it))
    assert found is not None
    assert (found["down"], found["across"]) == ("尺码", "颜色")
    assert found["columns"] == ["雾蓝", "雾灰"]
    assert [row["label"] for row in found["rows"]] == list(SIZES)
    cells = {(column["label"], row["label"]): column for row in found["rows"] for column in row["cells"]}
    assert cells["雾灰", "L"] == {"label": "雾灰", "price_fen": None}
    assert (cells["雾灰", "M"]["in_stock"], cells["雾灰", "S"]["in_stock"]) == (False, True)
    assert [key for key, cell in cells.items() if cell.get("chosen")] == [("雾蓝", "M")]
    assert {cell["price_fen"] for cell in cells.values() if cell["price_fen"]} == {
        one.price_fen for one in it.skus
    }
    with speaking("en"):
        assert matrix(it, None, prices(it)) is not None
        assert matrix(it, None, prices(it))["across"] == "Colour"  # type: ignore[index]


@pytest.mark.parametrize(
    ("stock", "axes"),
    [
        ({("S",): 1}, ("尺码",)),
        ({("S", "红", "长"): 1, ("M", "红", "短"): 1}, ("尺码", "颜色", "袖长")),
        ({(): 1}, ()),
    ],
)
def test_other_than_two_axes_make_no_table(stock, axes):
    it = read(make(stock, axes))
    assert matrix(it, None, prices(it)) is None


def test_without_scripts_links_pick_what_can_be_had_and_say_what_cannot(client, origin):
    path = product_url(product_id(origin, "1"), "圆领衫")
    html = client.get(path).content.decode()
    table = re.findall(r'<table class="matrix">.*?</table>', html, re.DOTALL)[0]
    links = dict(re.findall(r'<a href="(\?sku=[^"]*)"[^>]*>(¥[\d.]+)</a>', table))
    assert len(links) == 4
    assert table.count("缺货") == 1
    assert table.count("不出售") == 1
    for link, shown in links.items():
        answer = client.get(f"{path}{link}")
        assert f"{shown[1:]}" in words(answer).replace(" ", "")
        assert "暂时缺货" not in words(answer).split("数量")[0]
        assert answer.content.decode().count('class="matrix-on"') == 1


def test_values_that_do_not_go_with_the_rest_say_so_to_everybody(client, origin):
    path = product_url(product_id(origin, "1"), "圆领衫")
    html = client.get(path, {"sku": f"{origin}-雾蓝-M"}).content.decode()
    grey = re.findall(r'<label class="([^"]*)"><input[^>]*value="雾灰"[^>]*>(.*?)</label>', html)[0]
    assert "option-no" in grey[0]
    assert "与已选的搭配无货" in grey[1]
    assert "hidden" not in grey[1]
    large = re.findall(r'<label class="([^"]*)"><input[^>]*value="L"[^>]*>(.*?)</label>', html)[0]
    assert "option-no" not in large[0]
    assert "data-no hidden" in large[1]


def test_a_rich_description_is_shown_as_it_was_made_safe(client):
    rich = sanitised("<h2>洗护</h2><p onclick=x>冷水</p><script>alert(1)</script>")
    origin = make({("S",): 1}, ("尺码",), description_html=rich)
    html = client.get(product_url(product_id(origin, "1"), "圆领衫")).content.decode()
    inside = re.findall(r'<div class="reading rich">(.*?)</div>', html, re.DOTALL)[0]
    assert "<h3>洗护</h3>" in inside
    assert "冷水" in inside
    assert "onclick" not in html
    assert "alert(1)" not in html


def test_attributes_are_shown_with_their_units_and_described_to_machines(client):
    origin = make({("S",): 1}, ("尺码",), attributes={"材质": ["棉", "麻"], "净重": ["500克"]})
    path = product_url(product_id(origin, "1"), "圆领衫")
    assert "材质 棉、麻" in words(client.get(path))
    english = words(client.get(f"{path}?lang=en"))
    assert "500 g" in english
    assert "Cotton" in english
