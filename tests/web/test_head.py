"""What pages say of themselves to machines: one address, structured data that holds, a card to pass on."""

import json
import re
from datetime import datetime
from html import unescape
from html.parser import HTMLParser
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from pyld import jsonld

from mingpu.catalog.feed_values import FeedSku, note
from mingpu.catalog.rules import product_id
from mingpu.lib.text import Text, speaking
from mingpu.web import addresses
from mingpu.web.head import LONGEST, Head, in_short, same
from mingpu.web.structured import MOST_OFFERS, Article, Offered, product
from mingpu.web.templatetags.mall import linked_data
from tests.catalog.shop import JPEG, file, index_now, item, source, take
from tests.factories import make_person
from tests.promotions.shop import made, sale
from tests.web.test_cart_pages import cart_product

SCHEMA = "https://schema.org/"
# The terms of ours, with what schema.org's own context says of them: addresses, and lists that keep their order.
CONTEXT = {"@context": {
    "@vocab": SCHEMA, "schema": SCHEMA,
    **{name: {"@type": "@id"} for name in ("url", "image", "logo", "item", "availability", "itemCondition")},
}}  # fmt: skip
TERMS = {
    "Organization": {"name", "url", "logo", "description"},
    "WebSite": {"name", "url", "inLanguage", "publisher", "potentialAction"},
    "SearchAction": {"target", "query-input"},
    "EntryPoint": {"urlTemplate"},
    "BreadcrumbList": {"itemListElement"},
    "ListItem": {"position", "name", "item"},
    "Product": {"url", "name", "description", "image", "category", "additionalProperty", "brand", "sku", "gtin13", "offers"},
    "PropertyValue": {"name", "value"},
    "Brand": {"name"},
    "AggregateOffer": {"priceCurrency", "itemCondition", "seller", "lowPrice", "highPrice", "offerCount", "availability", "offers"},
    "Offer": {"url", "sku", "price", "priceCurrency", "availability", "itemCondition", "seller", "priceValidUntil", "gtin13"},
}  # fmt: skip


class Tags(HTMLParser):
    """The links and meta tags of a page's head, and its blocks of data."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: dict[str, str] = {}
        self.meta: dict[str, str] = {}
        self.blocks: list[str] = []
        self._inside = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        it = {name: value or "" for name, value in attrs}
        if tag == "link":
            self.links[" ".join(filter(None, (it.get("rel"), it.get("hreflang"))))] = it["href"]
        if tag == "meta":
            self.meta[it.get("property") or it.get("name", "")] = it.get("content", "")
        self._inside = tag == "script" and it.get("type") == "application/ld+json"

    def handle_endtag(self, tag: str) -> None:
        self._inside = False

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.blocks.append(data)


def tags(client: Client, path: str) -> Tags:
    answer = client.get(path, follow=True)
    assert answer.status_code == 200
    return Tags(answer.content.decode())


def about(page: Tags) -> dict[str, dict[str, Any]]:
    """What a page is about, by its type, held against schema.org's terms once it is expanded."""
    [block] = page.blocks
    data = json.loads(block)
    assert data["@context"] == SCHEMA.rstrip("/")
    expanded = jsonld.expand(data, {"documentLoader": loader})
    check(expanded)
    return {it["@type"]: it for it in data["@graph"]}


def loader(url: str, options: object) -> dict[str, Any]:
    assert url.rstrip("/") == SCHEMA.rstrip("/")
    return {"contentType": "application/ld+json", "contextUrl": None, "documentUrl": url, "document": CONTEXT}


def check(node: Any) -> None:
    """Hold every node against the terms of its type; what names an address names a whole one."""
    if isinstance(node, list):
        for it in node:
            check(it)
        return
    if not isinstance(node, dict) or "@value" in node:
        return
    if "@type" in node:
        [kind] = node["@type"]
        given = {name.removeprefix(SCHEMA) for name in node if not name.startswith("@")}
        assert given <= TERMS[kind.removeprefix(SCHEMA)], (kind, given)
    else:
        assert set(node) == {"@id"}
    if "@id" in node:
        assert node["@id"].startswith((settings.PUBLIC_ADDRESS, SCHEMA)), node["@id"]
    for value in node.values():
        check(value)


@pytest.fixture
def client() -> Client:
    return Client(SERVER_NAME="127.0.0.1")


@pytest.fixture
def origin() -> str:
    return source()


@pytest.fixture
def kettle(origin, tmp_path) -> str:
    """A kettle in two sizes, one of them sold out; returns its address."""
    sizes = (
        FeedSku(f"{origin}-s", {"容量": "1 L"}, 7000, 0),
        FeedSku(f"{origin}-l", {"容量": "2 L"}, 8050, 4),
    )
    it = item(
        origin, title='大肚壶 "白"', title_en="Round kettle", brand=f"牌{origin[2:]}", price_fen=7000,
        category_path=("厨房", "茶具"), description="第一行</script>\n第二行\u2028", attributes={"材质": ["陶瓷"]},
        images=(file(tmp_path, "a.jpg", JPEG + origin.encode()),), skus=sizes,
    )  # fmt: skip
    take(it)
    index_now()
    return addresses.product_url(product_id(origin, "1"), '大肚壶 "白"')


# ---- products ----


def test_a_product_says_what_it_costs_and_whether_it_can_be_had(client, kettle, origin):
    it = about(tags(client, kettle))["Product"]
    assert (it["name"], it["url"]) == ('大肚壶 "白"', f"{settings.PUBLIC_ADDRESS}{kettle}")
    assert it["brand"] == {"@type": "Brand", "name": f"牌{origin[2:]}"}
    assert it["description"] == "第一行</script> 第二行"
    assert it["image"][0].startswith(f"{settings.PUBLIC_ADDRESS}/media/catalog/")
    offers = it["offers"]
    assert (offers["lowPrice"], offers["highPrice"], offers["offerCount"]) == ("70.00", "80.50", 2)
    assert offers["availability"] == "https://schema.org/InStock"
    assert [one["availability"].rpartition("/")[2] for one in offers["offers"]] == ["OutOfStock", "InStock"]
    assert offers["offers"][1]["url"].endswith(f"{kettle}?sku={origin}-l")
    assert client.get(offers["offers"][1]["url"].removeprefix(settings.PUBLIC_ADDRESS)).status_code == 200


def test_data_can_neither_end_nor_run(client, kettle):
    answer = client.get(kettle)
    html = answer.content.decode()
    block = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)
    assert len(block) == 1
    assert not re.search("[<>&\u2028\u2029]", block[0])
    assert "unsafe-inline" not in answer.headers["Content-Security-Policy"]
    scripts = re.findall(r"<script([^>]*)>", html)
    assert all("src=" in it or it == ' type="application/ld+json"' for it in scripts)


@given(st.text())
def test_any_text_comes_back_from_a_block_of_data(text):
    drawn = str(linked_data({"@graph": [{"name": text}]}))
    inner = drawn.removeprefix('<script type="application/ld+json">').removesuffix("</script>")
    assert not re.search("[<>&\u2028\u2029]", inner)
    assert json.loads(inner)["@graph"][0]["name"] == text


def test_a_flash_sale_ends_its_price(client):
    [sku] = sale(stock=5, per_person=2, price_fen=6_000)
    it = about(tags(client, f"/products/{cart_product(sku)}"))["Product"]["offers"]
    assert (it["@type"], it["price"], it["priceCurrency"]) == ("Offer", "60.00", "CNY")
    assert datetime.fromisoformat(it["priceValidUntil"]).tzinfo is not None


def test_machines_are_never_told_a_members_price(client):
    [sku] = sale(stock=5, per_person=2, price_fen=6_000)
    made("member_price", prices={sku: {"price_fen": 4_000}})
    path = f"/products/{cart_product(sku)}"
    assert about(tags(make_person().browser(), path)) == about(tags(client, path))


def test_what_is_not_for_sale_makes_no_offer(client, origin):
    take(item(origin, price_fen=None, notes=(note("no_price"),)))
    it = about(tags(client, f"/products/{product_id(origin, '1')}"))["Product"]
    assert "offers" not in it


def test_of_very_many_offers_some_are_told_and_all_are_counted():
    offers = [Offered(f"S{n}", 1000 + n, in_stock=n == MOST_OFFERS + 3) for n in range(MOST_OFFERS + 5)]
    node = product(Article("/p/x", "壶", "", (), "", (), {}, "明铺", offers))["offers"]
    assert len(node["offers"]) == MOST_OFFERS
    assert (node["offerCount"], node["highPrice"]) == (
        MOST_OFFERS + 5,
        f"{(1000 + MOST_OFFERS + 4) / 100:.2f}",
    )
    assert node["availability"].endswith("InStock")


@pytest.mark.parametrize(("barcode", "name"), [("6901234567892", "gtin13"), ("", None), ("123", None)])
def test_a_barcode_is_named_by_its_length(barcode, name):
    node = product(
        Article("/p/x", "壶", "", (), "", (), {}, "明铺", [Offered("A", 100, True, barcode=barcode)])
    )
    assert {key: value for key, value in node.items() if key.startswith("gtin")} == (
        {name: barcode} if name else {}
    )
    assert node["offers"].get("gtin13") == (barcode if name else None)


# ---- addresses ----


def test_a_page_names_its_one_address_and_the_other_language(client, kettle, origin):
    page = tags(client, f"{kettle}?sku={origin}-s")
    english = addresses.product_url(product_id(origin, "1"), "Round kettle")
    public = settings.PUBLIC_ADDRESS
    assert page.links["canonical"] == page.links["alternate zh-Hans"] == f"{public}{kettle}"
    assert page.links["alternate x-default"] == f"{public}{kettle}"
    assert page.links["alternate en"] == f"{public}{english}?lang=en"
    spoken = tags(client, f"{english}?lang=en")
    assert spoken.links["canonical"] == f"{public}{english}?lang=en"
    assert spoken.links["alternate zh-Hans"] == f"{public}{kettle}"
    assert "robots" not in page.meta


@pytest.mark.parametrize("path", ["/", "/help", "/statement", "/search"])
def test_public_pages_can_be_found(client, path):
    page = tags(client, path)
    assert page.links["canonical"] == f"{settings.PUBLIC_ADDRESS}{path}"
    assert "robots" not in page.meta
    assert page.meta["description"]


@pytest.mark.parametrize(
    "path",
    ["/login", "/register", "/cart", "/search?q=壶", "/search?in_stock=on", "/search?q=xqzjwv", "/offline"],
)
def test_other_pages_are_not_to_be_found(client, path):
    page = tags(client, path)
    assert page.meta["robots"].startswith("noindex")
    assert "canonical" not in page.links


def test_no_page_of_a_person_is_to_be_found():
    browser = make_person().browser()
    for path in ("/account", "/orders", "/privacy", "/account/searches", "/account/favourites", "/coupons"):
        assert tags(browser, path).meta["robots"] == "noindex"
    assert 'content="noindex"' in browser.get("/no-such-page").content.decode()


def test_a_list_names_its_page_and_those_beside_it(client, origin):
    brand = f"牌{origin[2:]}"
    take(*(item(origin, str(place), brand=brand, price_fen=1000 + place) for place in range(50)))
    index_now()
    path, public = addresses.brand_url(brand), settings.PUBLIC_ADDRESS
    first, second, last = (tags(client, f"{path}?sort=price&page={page}") for page in (1, 2, 3))
    assert first.links["canonical"] == f"{public}{path}"
    assert "prev" not in first.links
    assert first.links["next"] == second.links["canonical"] == f"{public}{path}?page=2"
    assert second.links["prev"] == f"{public}{path}"
    assert last.links["prev"] == f"{public}{path}?page=2"
    assert "next" not in last.links
    crumbs = about(first)["BreadcrumbList"]["itemListElement"]
    assert [it["item"] for it in crumbs] == [f"{public}/", f"{public}{path}"]
    assert [it["position"] for it in crumbs] == [1, 2]


def test_home_says_who_we_are_and_how_to_search(client):
    found = about(tags(client, "/"))
    assert set(found) == {"Organization", "WebSite"}
    target = found["WebSite"]["potentialAction"]["target"]["urlTemplate"]
    assert (
        client.get(target.removeprefix(settings.PUBLIC_ADDRESS).format(search_term_string="x")).status_code
        == 200
    )
    assert found["WebSite"]["publisher"]["@id"] == found["Organization"]["@id"]


# ---- to pass on ----


def test_a_card_to_pass_on(client, kettle, origin):
    page = tags(client, kettle)
    assert page.meta["og:type"] == "product"
    assert page.meta["og:title"] == '大肚壶 "白"'
    assert page.meta["og:description"] == page.meta["description"] == "第一行</script> 第二行"
    assert page.meta["og:url"] == page.links["canonical"]
    assert (page.meta["og:locale"], page.meta["og:locale:alternate"]) == ("zh_CN", "en_US")
    assert page.meta["og:image"].startswith(f"{settings.PUBLIC_ADDRESS}/media/catalog/")
    assert page.meta["twitter:card"] == "summary_large_image"
    share = re.findall(r'data-share="([^"]*)"', client.get(kettle).content.decode())
    assert [unescape(it) for it in share] == [
        f"{settings.PUBLIC_ADDRESS}{addresses.short_url(product_id(origin, '1'))}"
    ]


def test_a_drawing_is_no_picture_for_messengers():
    head = Head("壶", same("/p/x"), images=["/media/catalog/a.svg"])
    assert head.picture.url.endswith("icon-512.png") or "icon-512" in head.picture.url
    assert (head.picture.width, head.picture.height, head.wide) == (512, 512, False)
    photo = Head("壶", same("/p/x"), images=["/m/a.svg", f"/m/{'0' * 32}-800x600.jpg"])
    assert (photo.picture.width, photo.picture.height, photo.wide) == (800, 600, True)
    assert Head("壶", same("/p/x"), images=["/m/a.jpg"]).picture.width == 0


def test_a_page_beside_keeps_the_language():
    head = Head("壶", Text("/c/壶", "/c/kettles"), pairs=[("page", "2")], before=1, after=3)
    with speaking("en"):
        assert head.previous == f"{settings.PUBLIC_ADDRESS}/c/kettles?lang=en"
        assert head.following == f"{settings.PUBLIC_ADDRESS}/c/kettles?page=3&lang=en"
        assert head.canonical == f"{settings.PUBLIC_ADDRESS}/c/kettles?page=2&lang=en"
    assert head.following == f"{settings.PUBLIC_ADDRESS}/c/壶?page=3"


@given(st.text())
def test_a_description_is_one_line_and_not_long(text):
    short = in_short(text)
    assert len(short) <= LONGEST
    assert "\n" not in short
    assert in_short(short) == short
