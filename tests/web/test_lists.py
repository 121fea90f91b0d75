"""Lists beside their goods: filters with their addresses, what was understood, ways on from nothing."""

import re
from urllib.parse import quote, unquote

import pytest
from django.conf import settings
from django.http import QueryDict
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from mingpu.lib.text import speaking
from mingpu.search.queries import search_products
from mingpu.search.rules import ATTRIBUTE, MAX_ATTRIBUTES, FacetCount, SearchQuery, attribute_filters
from mingpu.web.addresses import brand_url, category_url
from mingpu.web.pages import listing
from mingpu.web.pages.listing import relaxed
from mingpu.web.pages.nothing import MOST_FILTERS, ways_on
from tests.catalog.shop import index_now, item, look, source, take
from tests.web.reading import words
from tests.web.test_catalog_pages import Page, get, shown

LINKS = re.compile(r'<a class="chip[^"]*" href="([^"]*)">(.*?)</a>', re.DOTALL)


@pytest.fixture
def origin() -> str:
    return source()


@pytest.fixture
def brand(origin) -> str:
    return f"牌{origin[2:]}"


@pytest.fixture
def client() -> Client:
    return Client(SERVER_NAME="127.0.0.1")


@pytest.fixture
def cups(origin, brand) -> str:
    """Nine cups of a brand, three to each of three prices; returns the category they are in."""
    within = f"杯{origin[2:]}"
    take(*(
        item(origin, str(n), title=f"青釉杯 {n}", brand=brand, price_fen=1000 * (1 + n // 3), category_path=("餐具", within))
        for n in range(9)
    ))  # fmt: skip
    index_now()
    return f"餐具/{within}"


def asked(query: str, **path: str) -> tuple[listing.Address, SearchQuery]:
    given = QueryDict(query)
    read = listing.read_query(given, page_size=24, **path)
    return listing.Address(given, read), read


# ---- attributes ----


def test_attributes_are_read_from_the_address():
    _, query = asked("attr.颜色=米白&attr.颜色=雾灰&attr.容量=2 L&attr.颜色=米白&attr.=x&attr.空=&q=壶")
    assert query.attributes == (("颜色", "米白"), ("颜色", "雾灰"), ("容量", "2 L"))


@given(st.dictionaries(st.text(max_size=250), st.lists(st.text(max_size=250), max_size=4), max_size=30))
def test_whatever_is_asked_gives_few_and_short_attributes(parameters):
    found = attribute_filters(parameters.items())
    assert len(found) <= MAX_ATTRIBUTES
    assert len(set(found)) == len(found)
    for name, value in found:
        assert name
        assert value
        assert value in parameters[f"{ATTRIBUTE}{name}"]


def test_attributes_can_be_added_and_taken_out(origin):
    take(item(origin, attributes={"颜色": ["米白"]}))  # which names the attribute in English
    look()
    address, query = asked("attr.颜色=米白&q=壶")
    counts = [("颜色", (FacetCount("米白", 5), FacetCount("雾灰", 3))), ("容量", (FacetCount("2 L", 2),))]
    (colour, (white, grey)), (size, (two,)) = listing.attributes(address, query, counts)
    assert (colour, size) == ("颜色", "容量")
    assert (white.active, white.url) == (True, f"/search?q={quote('壶')}")
    both = asked(grey.url.partition("?")[2])[1]
    assert (grey.active, both.attributes) == (False, (("颜色", "米白"), ("颜色", "雾灰")))
    assert asked(two.url.partition("?")[2])[1].attributes == (("颜色", "米白"), ("容量", "2 L"))
    with speaking("en"):
        assert listing.attributes(address, query, counts)[0][0] == "Colour"


def test_a_chosen_attribute_is_a_chip_that_takes_itself_out():
    address, query = asked("attr.颜色=米白&attr.颜色=雾灰&in_stock=on", category="厨房")
    labels = {it.label: it.url for it in listing.chips(address, query)}
    assert list(labels) == ["厨房", "颜色：米白", "颜色：雾灰", "有货"]
    assert labels["颜色：米白"] == f"{category_url('厨房')}?in_stock=on&attr.{quote('颜色')}={quote('雾灰')}"
    assert labels["厨房"].startswith("/search?in_stock=on&attr.")


def test_clearing_leaves_the_words_and_the_order():
    address, _ = asked("q=壶&attr.颜色=米白&brand=x&min_price=5&sort=price")
    assert address.cleared() == f"/search?q={quote('壶')}&sort=price"
    assert asked("attr.颜色=米白", brand="x")[0].cleared() == "/search"


def test_a_language_named_by_the_address_stays_while_one_filters(client, cups, brand):
    page = get(client, brand_url(brand), lang="en")
    links = [
        link
        for link in page.links
        if link.startswith((f"{brand_url(brand)}?", "/c/")) and "page=" not in link
    ]
    beside = [link for link in links if unquote(brand) in unquote(link) and "sort=" in link]
    assert beside
    assert all("lang=en" in link for link in beside)
    html = client.get(brand_url(brand), {"lang": "en"}).content.decode()
    assert f'rel="canonical" href="{settings.PUBLIC_ADDRESS}{brand_url(brand)}?lang=en"' in html
    assert 'name="lang" value="en"' in html
    assert "noindex" not in html
    assert asked("lang=en&in_stock=on")[0].cleared() == "/search?lang=en"
    assert asked("lang=xx")[0]() == "/search"


# ---- what was understood ----


def test_what_was_recognised_can_be_taken_back():
    address, _ = asked("q=拙石杯")
    brand, category = listing.recognised(
        address, [("brand", "拙石记"), ("category", "餐具/杯"), ("colour", "x")]
    )
    assert (brand.label, category.label) == ("品牌：拙石记", "分类：杯")
    assert brand.url == f"/search?q={quote('拙石杯')}&exact=1"
    assert asked(brand.url.partition("?")[2])[1].exact


def test_a_recognised_brand_is_a_chip_that_can_be_taken_back(client, origin):
    name = f"kvist{origin[2:].translate(str.maketrans('0123456789', 'ghijklmnop'))}"
    take(item(origin, "1", title="青釉杯", brand=name), item(origin, "2", title="青釉杯", brand="别家"))
    index_now()
    html = client.get("/search", {"q": f"{name} 青釉杯"}).content.decode()
    chips = {Page(text).text: url for url, text in LINKS.findall(html)}
    [label] = [it for it in chips if it.startswith(f"品牌：{name}")]
    assert chips[label] == f"/search?q={name}+{quote('青釉杯')}&amp;exact=1"
    assert len(shown(get(client, chips[label].replace("&amp;", "&")))) >= 1


def test_attributes_narrow_a_list_and_are_checked_off(client, origin, brand):
    colours = ["米白", "雾灰", "米白"]
    take(*(item(origin, str(n), brand=brand, attributes={"颜色": [it]}) for n, it in enumerate(colours)))
    index_now()
    page = get(client, brand_url(brand))
    [white] = [link for link in page.links if link.endswith(f"attr.{quote('颜色')}={quote('米白')}")]
    narrowed = get(client, white)
    assert len(shown(narrowed)) == 2
    assert "颜色：米白" in narrowed.text
    assert brand_url(brand) in narrowed.links
    assert "雾灰 1" in narrowed.text


def test_a_mended_query_leads_back_to_what_was_typed(client, origin, brand):
    take(*(item(origin, str(place), title=f"Sunderby 台灯 {place}", brand=brand) for place in range(3)))
    index_now()
    answer = client.get("/search", {"q": "sunderbi"})
    assert "正在显示 sunderby 的结果" in words(answer)
    assert "仍搜索“sunderbi”" in words(answer)
    assert 'href="/search?q=sunderbi&amp;exact=1"' in answer.content.decode()
    exact = client.get("/search", {"q": "sunderbi", "exact": "1"})
    assert "按原词搜索" in words(exact)
    assert 'href="/search?q=sunderbi"' in exact.content.decode()
    assert "noindex" in exact.content.decode()


# ---- ways on from nothing ----


def test_each_filter_that_stands_in_the_way_is_named_with_what_is_behind_it(client, cups, brand):
    answer = client.get(brand_url(brand), {"min_price": "5000"})
    links = {
        Page(text).text: url.replace("&amp;", "&") for url, text in LINKS.findall(answer.content.decode())
    }
    # Without the brand there may be dear goods of others.
    [(label, url)] = [it for it in links.items() if it[0].startswith("不限") and "¥5,000 以上" in it[0]]
    assert "9 件" in label
    assert url == brand_url(brand)
    assert len(shown(get(client, url))) == 9


def test_a_filter_without_which_there_is_still_nothing_is_not_offered(cups, brand):
    address, query = asked("min_price=5000&attr.颜色=没有", brand=brand)
    assert search_products(query).total == 0
    found = ways_on(address, query)
    for choice in found.filters:
        again = asked(
            choice.url.partition("?")[2], **({"brand": brand} if brand_url(brand) in choice.url else {})
        )[1]
        assert search_products(again).total == choice.count > 0


def test_of_very_many_filters_none_is_tried_as_each_try_counts_all_the_others(cups, brand):
    many = "&".join(f"attr.颜色{number}=没有" for number in range(MOST_FILTERS + 1))
    address, query = asked(many)
    assert len(relaxed(address, query)) == MOST_FILTERS + 1
    assert ways_on(address, query).filters == ()


def test_words_that_find_something_alone_are_offered_and_the_nearest_category(client, cups, origin):
    address, query = asked("q=青釉杯 xqzjwvqq&min_price=99999")
    found = ways_on(address, query)
    assert "青釉杯" in [it.value for it in found.words]
    for it in found.words:
        assert it.count == search_products(SearchQuery(q=it.value)).total > 0
    assert found.category is not None
    assert get(client, found.category.url).text.count(f"共 {found.category.count} 件商品")


def test_words_written_without_a_blank_are_tried_alone_too(cups):
    found = ways_on(*asked("q=马克杯青釉杯&min_price=99999"))
    assert found.words
    assert all(it.value != "马克杯青釉杯" and it.count for it in found.words)


def test_nothing_at_all_still_leads_somewhere(client, cups):
    page = get(client, "/search", q="xqzjwv")
    assert "没有找到合适的商品" in page.text
    assert "/search" in page.links
    assert shown(page)
    assert ways_on(*asked("q=xqzjwv")).category is None


# ---- pages ----


def test_the_pages_of_a_list_are_linked_and_the_first_has_no_number(client, origin, brand):
    take(*(item(origin, str(place), brand=brand, price_fen=1000 + place) for place in range(50)))
    index_now()
    path = brand_url(brand)
    second = client.get(path, {"page": 2, "sort": "price", "colour": "red"}).content.decode()
    assert f'rel="prev" href="{path}?sort=price"' in second
    assert f'rel="next" href="{path}?sort=price&amp;page=3"' in second
    answer = client.get(path, {"page": 99, "sort": "price"})
    assert (answer.status_code, answer.headers["Location"]) == (302, f"{path}?sort=price&page=3")
    assert len(shown(get(client, answer.headers["Location"]))) == 2


def test_the_form_keeps_what_it_does_not_ask(client, cups, brand):
    html = client.get(
        brand_url(brand), {"sort": "price", "min_price": "5", "attr.颜色": "米白"}
    ).content.decode()
    form = re.findall(r'<form class="facet facet-form".*?</form>', html, re.DOTALL)[0]
    assert f'action="{brand_url(brand)}"' in form
    hidden = re.findall(r'type="hidden" name="([^"]*)" value="([^"]*)"', form)
    assert hidden == [("sort", "price"), ("attr.颜色", "米白")]
    assert 'name="min_price" value="5"' in form
