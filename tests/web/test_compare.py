"""Comparing products: the page, its links without script, and what the script adds in a phone's browser."""

import re
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from playwright.sync_api import expect

from mingpu.catalog.rules import product_id
from mingpu.web.addresses import short_id
from mingpu.web.pages.compare import address
from tests.catalog.shop import index_now, item, look, source, take
from tests.web.goods import good
from tests.web.test_scripts import browser, html, opens  # noqa: F401 -- fixtures


@pytest.fixture
def origin():
    return source()


def put(origin, *names, **facts):
    """Take articles in and return their ids."""
    take(
        *(
            item(
                origin, name, title=f"{name}器{name}皿{name}", category_path=("比", origin),
                attributes={"材质": [f"{name}质"], "产地": ["苏州"]}, **facts,
            )
            for name in names
        )
    )  # fmt: skip
    index_now()
    return [product_id(origin, name) for name in names]


def shown(visitor, path):
    answer = visitor.get(path)
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def rows(page):
    """The rows of attributes: label -> (marked as different, cells)."""
    found = re.findall(
        r'<tbody( class="differs")?><tr><th scope="rowgroup" colspan="\d">([^<]+?) ?(?:<span[^>]*>[^<]*</span>)?</th></tr><tr>(.*?)</tr>',
        page,
        re.DOTALL,
    )
    return {label: (bool(differs), re.findall(r"<td>([^<]*)</td>", cells)) for differs, label, cells in found}


def test_attributes_stand_side_by_side_and_differences_are_marked(origin, visitor):
    page = shown(visitor, address(put(origin, "铜", "钢")))
    assert rows(page)["材质"] == (True, ["铜质", "钢质"])
    assert rows(page)["产地"] == (False, ["苏州", "苏州"])
    only = shown(visitor, f"{address([product_id(origin, '铜'), product_id(origin, '钢')])}&only=differences")
    assert "材质" in rows(only)
    assert "产地" not in rows(only)


def test_it_works_by_links_alone(origin, visitor):
    one, two, three = put(origin, "铜", "钢", "陶")
    page = shown(visitor, address([one]))
    added = address([one, two])
    assert f'href="{added}"' in page  # what is like it is offered
    page = shown(visitor, added)
    assert f'href="{address([two])}"' in page  # and can be taken out again
    assert f'href="{address([one, two, three])}"' in page
    assert f"/compare?ids={short_id(one)}" in shown(visitor, visitor.get(f"/products/{one}")["Location"])


def test_four_at_most_each_once_and_nonsense_is_left_out(origin, visitor):
    ids = put(origin, "一", "二", "三", "四", "五")
    page = shown(visitor, f"/compare?ids={','.join(str(it) for it in [ids[0], *ids])},nonsense")
    assert page.count('<th scope="col">') == 4
    assert "五器五皿五" not in page
    assert "还没有选择商品" in shown(visitor, "/compare?ids=nonsense," + "x" * 5000)


def test_what_is_not_shown_is_not_compared(origin, visitor):
    ids = put(origin, "铜")
    take(item(origin, "铜", title="铜壶", published_until="2020-01-01T00:00Z"))
    look()
    assert "还没有选择商品" in shown(visitor, address(ids))


def test_nothing_is_written_and_the_cost_is_bounded(origin, visitor):
    ids = put(origin, "一", "二", "三", "四")
    shown(visitor, address(ids))
    with CaptureQueriesContext(connection) as asked:
        shown(visitor, address(ids))
    assert len(asked) <= 5
    assert all(it["sql"].lstrip().startswith("SELECT") for it in asked.captured_queries)


# ---- in a browser ----


def chosen(page):
    return page.evaluate("(sessionStorage.getItem('compare') ?? '').split(',').filter(Boolean)")


@pytest.mark.browser
@pytest.mark.parametrize("name", ["compare", "compare-two"])
def test_it_is_readable_on_a_phone(opens, html, name):  # noqa: F811
    page = opens({"/compare": html(name)}, width=390, path="/compare")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    cells = page.locator(".compare td").all()
    assert all(it.bounding_box()["width"] >= 75 for it in cells)
    assert page.evaluate("parseFloat(getComputedStyle(document.querySelector('.compare td')).fontSize)") >= 14
    expect(page.locator(".differs th")).to_contain_text("不同")


@pytest.mark.browser
def test_a_choice_is_kept_in_the_tab_and_leads_to_the_page(opens, html):  # noqa: F811
    page = opens({"/search": html("search"), "/compare": html("compare-none")}, width=390, path="/search")
    links = page.locator("[data-compare]")
    links.nth(0).click()
    links.nth(1).click()
    bar = page.locator(".compare-bar a")
    expect(bar).to_have_text("去对比 2/4")
    assert chosen(page) == [short_id(good(0)["id"]), short_id(good(1)["id"])]
    assert bar.get_attribute("href") == f"/compare?ids={','.join(chosen(page))}"
    links.nth(0).click()  # and out again
    expect(bar).to_have_text("去对比 1/4")
    page.locator(".compare-bar button").click()
    expect(page.locator(".compare-bar")).to_be_hidden()
    assert chosen(page) == []


@pytest.mark.browser
def test_the_address_is_what_counts_and_a_spoilt_memory_does_no_harm(opens, html):  # noqa: F811
    page = opens({"/search": html("search"), "/compare": html("compare-two")}, path="/search")
    page.evaluate("sessionStorage.setItem('compare', ',,x,')")
    page.goto("http://mall.test/compare")
    assert chosen(page) == [short_id(good(0)["id"]), short_id(good(1)["id"])]
    expect(page.locator(".compare-bar")).to_have_count(0)  # this is where it leads
