"""The shop window's pages: what they show, what they link to, what they know of the reader."""

import re
from html.parser import HTMLParser
from urllib.parse import unquote, urlencode, urlsplit

import pytest
from django.conf import settings
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext

from mingpu.accounts.models import Profile
from mingpu.catalog.feed_values import FeedSku, note
from mingpu.catalog.models import Sku
from mingpu.catalog.rules import product_id
from mingpu.lib.errors import Invalid
from mingpu.lib.text import speaking
from mingpu.privacy.consent import give
from mingpu.privacy.purposes import Purpose, processing
from mingpu.search import facets
from mingpu.search.queries import history_of
from mingpu.web.addresses import brand_url, category_url, long_id, product_url
from mingpu.web.pages import listing
from tests.catalog.shop import index_now, item, source, take
from tests.factories import Buyer, make_person
from tests.people import from_owner
from tests.support import zone
from tests.web.reading import ask_anew


@pytest.fixture
def origin() -> str:
    return source()


@pytest.fixture
def brand(origin) -> str:
    return f"牌{origin[2:]}"


@pytest.fixture(autouse=True)
def _static() -> None:
    settings.STATIC_ROOT.mkdir(exist_ok=True)  # the server looks for it when it starts


@pytest.fixture
def client() -> Client:
    return Client(SERVER_NAME="127.0.0.1")


class Page(HTMLParser):
    """A page's links, and its text."""

    def __init__(self, content: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.words: list[str] = []
        self.feed(content)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.links.append(dict(attrs).get("href") or "")

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def get(client: Client, path: str, status: int = 200, /, **query: object) -> Page:
    answer = client.get(f"{path}?{urlencode(query, doseq=True)}" if query else path, follow=True)
    assert answer.status_code == status, answer.content[:500]
    return Page(answer.content.decode())


def shown(page: Page) -> list[str]:
    """The products a page links to, in order."""
    found = (re.fullmatch(r"/p/(\w{22})(/[^/]+)?", urlsplit(link).path) for link in page.links)
    return list(dict.fromkeys(str(long_id(it[1])) for it in found if it))


def stock_shop(origin: str, brand: str) -> list[str]:
    sizes = (
        FeedSku(f"{origin}-s", {"容量": "1 L", "颜色": "米白"}, 7000, 0),
        FeedSku(f"{origin}-l", {"容量": "2 L", "颜色": "米白"}, 8000, 4),
    )
    take(
        item(origin, "1", title="细口壶", brand=brand, price_fen=5000, category_path=("厨房", "茶具", brand)),
        item(origin, "2", title="长嘴壶", brand=brand, price_fen=6000, category_path=("户外",)),
        item(
            origin,
            "3",
            title="大肚壶",
            title_en="Round kettle",
            brand=brand,
            price_fen=7000,
            category_path=("厨房", "茶具", brand),
            skus=sizes,
            attributes={"材质": ["陶瓷"]},
        ),
    )
    index_now()
    return [str(product_id(origin, name)) for name in "123"]


@pytest.fixture
def shop(origin, brand) -> list[str]:
    return stock_shop(origin, brand)


# ---- lists ----


def test_a_list_shows_its_products_and_how_many(client, shop, brand):
    page = get(client, "/search", brand=brand, sort="price")
    assert shown(page) == shop
    assert "共 3 件商品" in page.text


def test_the_prices_typed_are_yuan(client, shop, brand):
    assert shown(get(client, "/search", brand=brand, min_price="55", max_price="65.5")) == shop[1:2]
    assert (
        shown(get(client, "/search", brand=brand, min_price="¥65", max_price="55")) == shop[1:2]
    )  # wrong way round


def test_every_filter_link_leads_to_a_list_that_is_not_empty(client, shop, brand):
    page = get(client, "/search", brand=brand)
    links = {
        link
        for link in page.links
        if link.startswith((f"{brand_url(brand)}?", "/c/")) and brand in unquote(link)
    }
    assert len(links) >= 6  # two categories, a price, the sort orders
    for link in links:
        assert shown(get(client, link)), link


def test_below_a_chosen_category_every_part_of_it_is_offered(client, origin, brand, monkeypatch):
    monkeypatch.setitem(facets._ASKED["category"]["terms"], "size", 3)  # a shop with very many categories
    parts = [f"部{place}{origin[2:]}" for place in range(5)]
    take(*(item(origin, part, brand=brand, category_path=(brand, part)) for part in parts))
    take(*(item(origin, f"x{n}", category_path=(f"类{n % 3}{origin[2:]}",)) for n in range(18)))
    index_now()
    page = get(client, "/search", category=brand)
    assert {category_url(f"{brand}/{part}") for part in parts} <= set(page.links)
    assert shown(get(client, "/search", category=f"{brand}/{parts[0]}")) == [
        str(product_id(origin, parts[0]))
    ]


def test_a_chosen_filter_can_be_taken_out_again(client, shop, brand):
    page = get(client, "/search", brand=brand, category="厨房", in_stock="true")
    without = f"{brand_url(brand)}?in_stock=true"
    assert without in page.links
    assert len(shown(get(client, without))) == 3


def test_turning_the_page_keeps_the_filters(client, origin, brand):
    take(*(item(origin, str(place), brand=brand, price_fen=1000 + place) for place in range(30)))
    index_now()
    page = get(client, "/search", brand=brand, sort="price")
    assert len(shown(page)) == 24
    forward = next(link for link in page.links if "page=2" in link)
    second = get(client, f"{brand_url(brand)}{forward}" if forward.startswith("?") else forward)
    assert len(shown(second)) == 6
    assert not set(shown(second)) & set(shown(page))


def test_nothing_found_offers_a_way_on(client, shop):
    page = get(client, "/search", q="xqzjwv")
    assert "没有找到合适的商品" in page.text


def test_a_mended_query_is_told(client, origin, brand):
    take(*(item(origin, str(place), title=f"Sunderby 台灯 {place}", brand=brand) for place in range(3)))
    index_now()
    assert "sunderby" in get(client, "/search", q="sunderbi", brand=brand).text


def test_what_was_typed_is_shown_as_text_not_as_markup(client):
    answer = client.get("/search", {"q": "<script>alert(1)</script>\"'"})
    assert b"<script>alert" not in answer.content


@pytest.mark.parametrize(
    "query", [{"min_price": "abc"}, {"max_price": "1e999x"}, {"page": "x"}, {"page": "0"}, {"page": "-1"}]
)
def test_what_makes_no_sense_gets_a_clear_page(client, query):
    assert "请检查" in get(client, "/search", 422, **query).text


@pytest.mark.parametrize(
    "query",
    [{"sort": "best"}, {"colour": "red"}, {"in_stock": "maybe"}, {"q": "长" * 5000}, {"min_price": "9" * 40}],
)
def test_what_can_be_passed_over_is(client, query):
    get(client, "/search", **query)


def test_it_speaks_english(client, shop, brand):
    client.cookies["mingpu_language"] = "en"
    page = get(client, "/search", brand=brand, category="厨房")
    assert "Round kettle" in page.text
    assert "Kitchen" in page.text
    assert "3 items" in get(client, "/search", brand=brand).text


def test_a_list_seen_before_takes_no_statement(client, shop, brand):
    get(client, "/search", brand=brand)
    with CaptureQueriesContext(connection) as done:
        get(client, "/search", brand=brand)
    assert len(done) == 0


# ---- one product ----


def test_a_product_shows_what_it_is_and_opens_with_what_can_be_had(client, shop, origin):
    page = get(client, f"/products/{shop[2]}")
    assert "大肚壶" in page.text
    assert "80.00" in page.text.replace(" ", "")
    assert "仅剩 4 件" in page.text
    assert "陶瓷" in page.text


def test_another_variant_can_be_asked_for(client, shop, origin):
    page = get(client, f"/products/{shop[2]}", sku=f"{origin}-s")
    assert "暂时缺货" in page.text
    get(client, f"/products/{shop[2]}", sku="no such code")


def test_its_options_speak_english_while_their_values_stay(client, shop):
    client.cookies["mingpu_language"] = "en"
    answer = client.get(f"/products/{shop[2]}", follow=True)
    text = Page(answer.content.decode()).text
    assert "Colour" in text
    assert "Off-white" in text
    assert 'value="米白"' in answer.content.decode()


def test_what_is_not_for_sale_says_why_and_cannot_be_bought(client, origin):
    take(item(origin, price_fen=None, notes=(note("no_price"),)))
    page = get(client, f"/products/{product_id(origin, '1')}")
    assert "没有价格" in page.text


def test_the_same_category_is_offered_beside_it(client, shop):
    assert shop[0] in shown(get(client, f"/products/{shop[2]}"))


def test_its_crumbs_lead_up(client, shop):
    page = get(client, f"/products/{shop[2]}")
    assert category_url("厨房") in page.links
    assert category_url("厨房/茶具") in page.links


def test_stock_is_of_this_moment(client, shop, origin):
    get(client, f"/products/{shop[2]}")
    with zone("worker"):
        Sku.objects.filter(code=f"{origin}-l").update(stock=2)  # and nobody is told
    assert "仅剩 2 件" in get(client, f"/products/{shop[2]}").text


def test_a_product_seen_before_takes_one_statement(client, shop):
    path = product_url(shop[0], "细口壶")
    with CaptureQueriesContext(connection) as first:
        get(client, path)
    ask_anew()
    get(client, path)
    with CaptureQueriesContext(connection) as second:
        get(client, path)
    assert (len(second), len(first) <= 6) == (
        1,
        True,
    )  # the first also makes the shelf of similar goods, and reads shops and offers


NOBODYS = product_url("00000000-0000-4000-8000-000000000007", "细口壶")


@pytest.mark.parametrize(
    "path",
    [
        "/products/00000000-0000-4000-8000-000000000007",
        "/products/1",
        "/products/",
        NOBODYS,
        "/p/1",
        "/p/",
        f"/p/{'z' * 22}",
    ],
)
def test_what_is_not_there_is_not_found(client, path):
    get(client, path, 404)


# ---- home ----


def with_interests(*words: str, agreed: bool) -> Buyer:
    it = make_person()
    with processing(Purpose.PROFILE, subject=it.id):
        Profile.objects.filter(person_id=it.id).update(interests="\n".join(words))
    if agreed:
        give(it.id, "personalisation", True, "zh-hans")
    return it


def main(answer_text: str) -> str:
    """A page from its first shelf on: what is above greets a person by name."""
    return answer_text[answer_text.index('<section class="floor"') : answer_text.index("</main>")]


def test_home_shows_what_sells_and_the_ways_in(client, shop):
    page = get(client, "/")
    assert len(shown(page)) >= 3
    assert any(link.startswith("/c/") for link in page.links)


def test_home_says_nothing_twice(client, shop):
    page = client.get("/").content.decode()
    shelves = page.split('<section class="floor"')[1:3]
    first, second = (set(shown(Page(shelf))) for shelf in shelves)
    assert first
    assert not first & second


def test_without_agreement_a_person_sees_what_a_visitor_sees(client, shop, brand):
    declined = with_interests(brand, agreed=False)
    assert main(declined.browser().get("/").content.decode()) == main(client.get("/").content.decode())
    purposes = from_owner("SELECT purpose FROM privacy_accesslog WHERE subject = %s", [declined.id])
    assert ("personalisation",) not in purposes


def test_with_agreement_a_shelf_follows_the_interests_they_picked(client, shop, brand):
    agreed = with_interests(brand, agreed=True)
    page = get(agreed.browser(), "/")
    assert "为您挑选" in page.text
    assert set(shown(page)[:3]) == set(shop)
    assert "为您挑选" not in get(client, "/").text
    give(agreed.id, "personalisation", False, "zh-hans")
    assert "为您挑选" not in get(agreed.browser(), "/").text


def test_interests_we_sell_nothing_for_make_no_shelf(client):
    assert "为您挑选" not in get(with_interests("xqzjwv", agreed=True).browser(), "/").text
    assert "为您挑选" not in get(with_interests(agreed=True).browser(), "/").text


# ---- suggestions and searches ----


def test_suggestions_are_links_to_their_lists(client, origin, brand):
    take(*(item(origin, str(place), title="景泰蓝花瓶", brand=brand) for place in range(3)))
    index_now()
    page = get(client, "/suggest", q="景泰")
    assert page.links
    assert all(link.startswith("/search?q=") for link in page.links)


def test_a_visitor_is_sent_to_sign_in_and_has_no_searches(client):
    answer = client.get("/account/searches")
    assert answer.status_code == 302
    assert "next=%2Faccount%2Fsearches" in answer.headers["Location"]


def test_searches_are_kept_shown_and_deleted(shop):
    person = make_person()
    browser = person.browser()
    get(browser, "/search", q="细口壶")
    page = get(browser, "/account/searches")
    assert "目前关闭" in page.text
    give(person.id, "search_history", True, "zh-hans")
    for words in ("细口壶", "长嘴壶", "大肚壶"):
        get(browser, "/search", q=words)
    get(browser, "/search", q="第二页的词", page=2)
    page = get(browser, "/account/searches")
    assert [it.text for it in history_of(person_id=person.id)] == ["大肚壶", "长嘴壶", "细口壶"]
    assert "长嘴壶" in page.text
    first = history_of(person_id=person.id)[0].id
    assert browser.post(f"/account/searches/{first}/delete").status_code == 303
    assert browser.post(f"/account/searches/{first}/delete").status_code == 404
    assert browser.get("/account/searches/clear").status_code == 405
    assert browser.post("/account/searches/clear").status_code == 303
    assert history_of(person_id=person.id) == []


# ---- the pieces of a list ----


def test_bad_prices_name_the_field_in_both_languages():
    for language, word in (("zh-hans", "最低价"), ("en", "lowest price")):
        with speaking(language), pytest.raises(Invalid) as refused:
            listing.read_query(QueryDict("min_price=abc"), page_size=24)
        with speaking(language):
            assert word in refused.value.message


@pytest.mark.parametrize(
    ("low", "high", "zh", "en"),
    [
        (0, 4999, "¥50 以下", "Up to ¥50"), (5000, 9999, "¥50–100", "¥50–100"), (500000, None, "¥5,000 以上", "From ¥5,000"),
        (5050, 9950, "¥50.50–99.50", "¥50.50–99.50"),
    ],
)  # fmt: skip
def test_a_price_range_reads_as_people_say_it(low, high, zh, en):
    assert listing.price_label(low, high) == zh
    with speaking("en"):
        assert listing.price_label(low, high) == en


def address_of(query: str) -> listing.Address:
    asked = QueryDict(query)
    return listing.Address(asked, listing.read_query(asked, page_size=24))


def test_a_lists_address_drops_the_page_and_what_is_empty():
    address = address_of("q=a&brand=&page=3&sort=price&utm_source=x&colour=red")
    assert address() == "/search?q=a&sort=price"
    assert address(sort=None) == "/search?q=a"
    assert address(q=None, sort="") == "/search"
    assert address(brand="茶 & 具") == f"/search?{urlencode({'q': 'a', 'brand': '茶 & 具', 'sort': 'price'})}"
