"""Products, suggestions and searches as JSON: shape, bounds, language, freshness, whose they are."""

import json
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from mingpu.api import catalog as api
from mingpu.api.catalog import ProductDetail, ProductList
from mingpu.catalog.feed_values import FeedSku, note
from mingpu.catalog.models import Sku
from mingpu.catalog.queries.structure import structure
from mingpu.catalog.rules import product_id
from mingpu.merchants.queries import shops
from mingpu.privacy.consent import give
from mingpu.search import jobs
from mingpu.search.queries import lexicon
from mingpu.search.rules import price_range
from tests.catalog.shop import index_now, item, look, source, take
from tests.factories import Buyer, make_person
from tests.merchants.examples import make_merchant
from tests.support import zone


@pytest.fixture
def origin() -> str:
    return source()


@pytest.fixture
def brand(origin) -> str:
    return f"牌{origin[2:]}"


@pytest.fixture
def shop(origin, brand) -> list[str]:
    """Three kettles of a brand of their own: 50, 60 and 70 yuan, the last in two sizes, one of them sold out."""
    sizes = (
        FeedSku(f"{origin}-s", {"容量": "1 L"}, 7000, 0),
        FeedSku(f"{origin}-l", {"容量": "2 L"}, 8000, 9, list_price_fen=9900),
    )
    take(
        item(origin, "1", title="细口壶", brand=brand, price_fen=5000),
        item(origin, "2", title="长嘴壶", brand=brand, price_fen=6000),
        item(
            origin,
            "3",
            title="大肚壶 茶具",
            title_en="Round kettle",
            brand=brand,
            price_fen=7000,
            category_path=("厨房", "茶具"),
            skus=sizes,
        ),
    )
    index_now()
    return [str(product_id(origin, name)) for name in "123"]


@pytest.fixture(autouse=True)
def _static() -> None:
    settings.STATIC_ROOT.mkdir(exist_ok=True)  # the server looks for it when it starts


@pytest.fixture
def client() -> Client:
    return Client(SERVER_NAME="127.0.0.1")


def get(
    client: Client, path: str, status: int = 200, /, *, headers: dict[str, str] | None = None, **query: object
):
    words = f"?{urlencode(query)}" if query else ""
    answer = client.get(f"/api/v1{path}{words}", headers=headers or {})
    assert answer.status_code == status, answer.content
    return answer


# ---- lists ----


def test_shops_are_named_and_filtered_by(client, origin, brand):
    other = make_merchant()
    take(
        item(origin, "1", title="细口壶", brand=brand, price_fen=5000),
        item(origin, "2", title="长嘴壶", brand=brand, price_fen=6000, merchant=other),
    )
    index_now()
    body = get(client, "/products", brand=brand, sort="price").json()
    ProductList.model_validate(body, strict=False)
    assert [it["merchant"]["code"] for it in body["items"]] == ["mingpu", other]
    assert body["items"][1]["merchant"]["name"] == "木森"
    assert {it["value"]: it["count"] for it in body["facets"]["merchant"]} == {"mingpu": 1, other: 1}
    [theirs] = get(client, "/products", brand=brand, merchant=other).json()["items"]
    assert (theirs["title"], theirs["kind"]) == ("长嘴壶", "goods")
    page = get(client, f"/products/{theirs['id']}").json()
    assert (page["merchant"]["code"], page["kind"], page["real_name"]) == (other, "goods", False)


def test_a_list_is_as_published(client, shop, brand):
    answer = get(client, "/products", brand=brand, sort="price")
    body = answer.json()
    ProductList.model_validate(body, strict=False)
    assert set(body) == set(ProductList.model_fields)
    assert [it["id"] for it in body["items"]] == shop
    assert body["items"][2] | {
        "title": "大肚壶 茶具", "price_fen": 8000, "list_price_fen": 9900, "brand": brand,
        "category": "厨房/茶具", "in_stock": True, "image": "",
    } == body["items"][2]  # fmt: skip
    assert (body["total"], body["page"], body["page_size"], body["corrected_query"]) == (3, 1, 24, None)
    assert {"value": "厨房/茶具", "count": 1} in body["facets"]["category"]
    assert sum(it["count"] for it in body["facets"]["price"]) == 3
    for it in body["facets"]["price"]:
        low, high = price_range(it["value"])
        within = {"min_price_fen": low, **({"max_price_fen": high} if high is not None else {})}
        assert get(client, "/products", brand=brand, **within).json()["total"] == it["count"]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"sort": "-price"}, "321"), ({"min_price_fen": 6000, "sort": "price"}, "23"),
        ({"max_price_fen": 5999}, "1"), ({"category": "厨房"}, "3"),
        ({"sort": "price", "page_size": 2, "page": 2}, "3"), ({"page": 9}, ""), ({"min_price_fen": 9, "max_price_fen": 8}, ""),
    ],
)  # fmt: skip
def test_it_is_narrowed_sorted_and_paged(client, shop, brand, query, names):
    items = get(client, "/products", brand=brand, **query).json()["items"]
    assert [it["id"] for it in items] == [shop[int(name) - 1] for name in names]


def test_what_is_called_by_the_words_comes_first(client, shop, brand):
    items = get(client, "/products", brand=brand, q="长嘴壶").json()["items"]
    assert items[0]["id"] == shop[1]


def test_attributes_filter_and_are_counted(client, origin, brand):
    colours = {"1": "米白", "2": "雾灰", "3": "墨绿", "4": "米白"}
    take(*(item(origin, name, brand=brand, attributes={"颜色": [it]}) for name, it in colours.items()))
    index_now()

    def found(query: str) -> tuple[list[str], dict[str, int]]:
        body = get(client, f"/products?{urlencode({'brand': brand})}{query}").json()
        facets = {it["name"]: it["values"] for it in body["facets"]["attributes"]}
        names = {str(product_id(origin, name)): name for name in colours}
        return sorted(names[it["id"]] for it in body["items"]), {
            it["value"]: it["count"] for it in facets.get("颜色", ())
        }

    everything = {"米白": 2, "雾灰": 1, "墨绿": 1}
    assert found("") == (["1", "2", "3", "4"], everything)
    assert found("&attr.颜色=米白") == (["1", "4"], everything)
    assert found("&attr.颜色=米白&attr.颜色=墨绿") == (["1", "3", "4"], everything)
    assert found("&attr.颜色=没有")[0] == []


def test_exact_takes_the_words_as_they_are(client, brand, origin):
    take(*(item(origin, str(place), title=f"Kvarnby 挂灯 {place}", brand=brand) for place in range(3)))
    index_now()
    mended = get(client, "/products", q="kvarnbi").json()
    assert (mended["total"], mended["corrected_query"]) == (3, "kvarnby")
    exact = get(client, "/products", q="kvarnbi", exact="true").json()
    assert (exact["total"], exact["corrected_query"], exact["recognised"]) == (0, None, [])


def test_a_brand_word_filters_and_says_so(client, origin):
    name = f"kvist{origin[2:].translate(str.maketrans('0123456789', 'ghijklmnop'))}"
    take(item(origin, "1", title="细口壶", brand=name), item(origin, "2", title="细口壶", brand="别家"))
    index_now()
    body = get(client, "/products", q=f"{name} 细口壶").json()
    assert body["recognised"] == [{"kind": "brand", "value": name}]
    assert [it["id"] for it in body["items"]] == [str(product_id(origin, "1"))]
    assert get(client, "/products", q=f"{name} 细口壶", exact="true").json()["recognised"] == []


def test_only_what_can_be_had(client, shop, origin, brand):
    with zone("worker"):
        Sku.objects.filter(product_id=shop[0]).update(stock=0)
        jobs.refresh(product_ids=[shop[0]])
    look()
    items = get(client, "/products", brand=brand, in_stock="true", sort="price").json()["items"]
    assert [it["id"] for it in items] == shop[1:]
    everything = get(client, "/products", brand=brand, sort="price").json()["items"]
    assert [it["in_stock"] for it in everything] == [False, True, True]


def test_it_speaks_the_callers_language(client, shop, brand):
    for language, title in (
        ("en-GB,en;q=0.9", "Round kettle"),
        ("zh-CN", "大肚壶 茶具"),
        ("fr", "大肚壶 茶具"),
    ):
        answer = get(client, "/products", brand=brand, sort="-price", headers={"accept-language": language})
        assert answer.json()["items"][0]["title"] == title
        assert "Accept-Language" in answer.headers["Vary"]


def test_a_query_with_a_slip_says_what_was_searched_instead(client, brand, origin):
    take(*(item(origin, str(place), title=f"Nordvik 露营灯 {place}", brand=brand) for place in range(3)))
    index_now()
    body = get(client, "/products", q="nordvk", brand=brand).json()
    assert body["corrected_query"] == "nordvik"
    assert body["total"] == 3


@pytest.mark.parametrize(
    "query",
    [
        {"page": 0}, {"page": -1}, {"page": "x"}, {"page": 10**9}, {"page_size": 0}, {"page_size": 101}, {"sort": "best"},
        {"min_price_fen": -1}, {"max_price_fen": 1.5}, {"max_price_fen": 10**30}, {"in_stock": "maybe"}, {"q": "长" * 201},
        {"brand": ""}, {"colour": "red"}, {"Q": "x"}, {"attr.": "x"}, {"attr": "x"}, {"attr.颜色": ""}, {"attr.颜色": "长" * 201},
        {f"attr.{'长' * 200}": "x"}, {f"attr.{name}": "x" for name in range(21)}, {"exact": "maybe"},
    ],
    ids=lambda query: str(query)[:30],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_as_a_problem(client, query):
    for _ in range(2):  # the second time not out of what is kept either
        answer = get(client, "/products", 422, **query)
        assert answer.headers["Content-Type"].startswith("application/problem+json")
        assert answer.json()["code"] == "invalid"


@pytest.mark.parametrize("words", ["", " ", "；drop table", "' OR 1=1", "<b>", "%", "\\", "a" * 200, "🎧", '+-&|!(){}[]^"~*?:/', "\u202e"])  # fmt: skip
def test_whatever_is_typed_is_only_words(client, words):
    assert get(client, "/products", q=words).json()["total"] >= 0


@pytest.mark.parametrize("path", ["/products?q=%FF%FE", "/products?q=%00"])
def test_what_is_no_text_is_refused(client, path):
    get(client, path, 400)


def test_only_reading_is_possible(client, shop):
    for path in ("/products", f"/products/{shop[0]}", "/suggestions"):
        answer = client.post(f"/api/v1{path}", "{}", content_type="application/json")
        assert answer.status_code == 405


# ---- one product ----


def test_a_product_is_as_published(client, shop, origin):
    body = get(client, f"/products/{shop[2]}").json()
    ProductDetail.model_validate(body, strict=False)
    assert set(body) == set(ProductDetail.model_fields)
    assert body["skus"] == [
        {
            "sku": f"{origin}-s",
            "options": {"容量": "1 L"},
            "price_fen": 7000,
            "list_price_fen": None,
            "earlier_fen": None,
            "lowest_30_fen": 7000,
            "in_stock": False,
            "barcode": None,
        },
        {
            "sku": f"{origin}-l",
            "options": {"容量": "2 L"},
            "price_fen": 8000,
            "list_price_fen": 9900,
            "earlier_fen": None,
            "lowest_30_fen": 8000,
            "in_stock": True,
            "barcode": None,
        },
    ]
    assert (body["price_from_fen"], body["price_to_fen"], body["in_stock"], body["not_for_sale"]) == (
        7000,
        8000,
        True,
        None,
    )


def test_why_it_is_not_for_sale_is_said_in_the_callers_language(client, origin):
    take(item(origin, price_fen=None, notes=(note("no_price"),)))
    path = f"/products/{product_id(origin, '1')}"
    assert get(client, path).json()["not_for_sale"] == "没有价格"
    assert get(client, path, headers={"accept-language": "en"}).json()["not_for_sale"] == "it has no price"


@pytest.mark.parametrize(
    "key", ["00000000-0000-4000-8000-000000000007", "1", "x" * 300, "00000000-0000-0000-0000-00000000000g"]
)
def test_what_is_not_there_is_not_found(client, key):
    answer = get(client, f"/products/{key}", 404)
    assert answer.json()["code"] == "not_found"


def test_a_products_address_takes_no_parameters(client, shop):
    get(client, f"/products/{shop[0]}", 422, sku="x")


def test_sold_out_is_seen_within_a_second(client, shop, origin):
    path = f"/products/{shop[0]}"
    assert get(client, path).json()["in_stock"]
    with zone("worker"):
        Sku.objects.filter(product_id=shop[0]).update(stock=0)
        jobs.refresh(product_ids=[shop[0]])
    look()
    assert not get(client, path).json()["in_stock"]


# ---- kept ready ----


def statements(client: Client, path: str, **query: Any) -> int:
    shops()  # everybody's, read anew every second
    structure()  # as long as no category, brand or attribute changes
    lexicon()  # as long as the catalogue stays
    with CaptureQueriesContext(connection) as done:
        get(client, path, **query)
    return len(done)


def test_a_list_is_answered_without_a_statement_once_it_was_asked_for(client, shop, brand):
    assert statements(client, "/products", brand=brand) <= 1
    assert statements(client, "/products", brand=brand) == 0
    assert statements(client, "/products", brand=brand, q="壶") == 0  # the products are known already


def test_a_product_takes_few_statements_and_then_none(client, shop):
    assert statements(client, f"/products/{shop[0]}") <= 4  # two of them for what is like it
    assert statements(client, f"/products/{shop[0]}") == 0


def test_what_is_kept_is_the_same_bytes(client, shop, brand):
    for path in (
        f"/products?{urlencode({'brand': brand})}",
        f"/products?{urlencode({'q': '壶', 'brand': brand})}",
        f"/products/{shop[0]}",
    ):
        first, second = get(client, path), get(client, path)
        assert first.content == second.content
        assert first.headers["ETag"] == second.headers["ETag"]
        assert get(client, path, 304, headers={"if-none-match": first.headers["ETag"]}).content == b""


def test_nothing_typed_can_be_read_back_from_what_is_kept(client):
    get(client, "/products", q="一个很私人的词")
    kept = json.dumps(
        [repr(key) for shelf in (api._lists, api._searches) for key in shelf._kept], ensure_ascii=False
    )
    assert "私人" not in kept
    assert urlencode({"q": "私人"})[2:] not in kept


def test_every_caller_gets_the_same(client, shop, brand):
    mine, theirs = make_person().api(), make_person().api()
    path = f"/products?{urlencode({'brand': brand})}"
    assert get(client, path).content == get(mine, path).content == get(theirs, path).content


# ---- suggestions ----


def test_suggestions_are_a_list_of_words(client, origin, brand):
    take(*(item(origin, str(place), title="珐琅炖锅", brand=brand) for place in range(3)))
    index_now()
    items = get(client, "/suggestions", q="珐琅炖").json()["items"]
    assert items
    assert len(items) <= 10
    get(client, "/suggestions", 422, q="a", limit=5)


# ---- my searches ----


@pytest.fixture
def person() -> Buyer:
    it = make_person()
    give(it.id, "search_history", True, "zh-hans")
    return it


def texts(it: Buyer) -> list[str]:
    return [past["text"] for past in get(it.api(), "/me/search-history").json()["items"]]


def test_searches_are_noted_whether_kept_ready_or_not_but_not_page_by_page(client, person, shop):
    get(client, "/products", q="细口壶")
    app = person.api()
    get(app, "/products", q="细口壶")
    get(app, "/products", q="长嘴壶", page=1)
    get(app, "/products", q="大肚壶", page=2)
    get(app, "/products", brand="任何")
    get(app, "/products", 422, q="菜刀", page=0)
    assert texts(person) == ["长嘴壶", "细口壶"]


def test_without_agreement_there_is_nothing_to_see(shop):
    it = make_person()
    get(it.api(), "/products", q="细口壶")
    assert texts(it) == []


def test_one_and_all_can_be_deleted(person, shop):
    app = person.api()
    for words in ("细口壶", "长嘴壶", "大肚壶"):
        get(app, "/products", q=words)
    first = get(app, "/me/search-history").json()["items"][0]
    assert app.delete(f"/api/v1/me/search-history/{first['id']}").status_code == 204
    assert texts(person) == ["长嘴壶", "细口壶"]
    assert app.delete(f"/api/v1/me/search-history/{first['id']}").status_code == 404
    assert app.delete("/api/v1/me/search-history").status_code == 204
    assert texts(person) == []


def test_another_persons_search_is_as_one_that_is_not_there(person, shop):
    get(person.api(), "/products", q="细口壶")
    mine = get(person.api(), "/me/search-history").json()["items"][0]["id"]
    other = make_person().api()
    answers = [other.delete(f"/api/v1/me/search-history/{key}") for key in (mine, uuid4())]
    assert [it.status_code for it in answers] == [404, 404]
    assert answers[0].content == answers[1].content
    assert texts(person) == ["细口壶"]


def test_a_visitor_has_none(client):
    for method in ("get", "delete"):
        answer = getattr(client, method)("/api/v1/me/search-history")
        assert answer.status_code == 401
        assert answer.json()["code"] == "unauthenticated"


def test_it_is_published(client):
    paths = get(client, "/openapi.json").json()["paths"]
    listing = paths["/api/v1/products"]["get"]
    assert {it["name"] for it in listing["parameters"]} == {*api.ProductQuery.model_fields, "attr.{name}"}
    assert "/api/v1/products/{product_id}" in paths
    assert {"get", "delete"} <= set(paths["/api/v1/me/search-history"])
