"""What search engines may look at: everything public once, nothing of a person ever, also when the mall grows."""

import re
from datetime import UTC, datetime
from urllib.robotparser import RobotFileParser
from xml.etree import ElementTree as ET

import pytest
from django.conf import settings
from django.db import connection
from django.db.models import Q
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver

from mingpu.catalog.models import Product
from mingpu.catalog.queries import for_sale as reading
from mingpu.catalog.rules import product_id
from mingpu.catalog.services import mark_changed
from mingpu.web import addresses
from mingpu.web.pages import sitemap
from tests.catalog.shop import index_now, item, look, source, take
from tests.people import from_owner
from tests.support import zone

SPACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


@pytest.fixture
def client() -> Client:
    return Client(SERVER_NAME="127.0.0.1")


@pytest.fixture
def origin() -> str:
    return source()


@pytest.fixture
def kettle(origin) -> str:
    """The address of a kettle in a category and of a brand of its own."""
    take(
        item(
            origin, title="细口壶 & 盖", brand=f"牌{origin[2:]}", category_path=("厨房", f"茶具{origin[2:]}")
        )
    )
    look()
    return addresses.product_url(product_id(origin, "1"), "细口壶 & 盖")


def entries(client: Client, path: str) -> dict[str, str]:
    """Address -> when it last changed, "" where that is not said."""
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/xml"
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    root = ET.fromstring(content)
    found = {it.findtext(f"{SPACE}loc"): it.findtext(f"{SPACE}lastmod", "") for it in root}
    assert len(found) == len(root)
    assert all(url and url.startswith(settings.PUBLIC_ADDRESS) for url in found)
    return {str(url).removeprefix(settings.PUBLIC_ADDRESS): moment for url, moment in found.items()}


def everything(client: Client) -> dict[str, str]:
    """What all the parts hold together, each address in one of them."""
    found: dict[str, str] = {}
    for path in entries(client, "/sitemap.xml"):
        part = entries(client, path)
        assert part
        assert len(part) <= 50_000
        assert not found.keys() & part.keys()
        found |= part
    return found


# ---- the sitemap ----


def test_the_parts_hold_everything_public(client, kettle, origin):
    found = everything(client)
    tea = addresses.category_url(f"厨房/茶具{origin[2:]}")
    assert {
        "/",
        "/search",
        "/help",
        "/statement",
        kettle,
        tea,
        addresses.category_url("厨房"),
    } <= found.keys()
    assert addresses.brand_url(f"牌{origin[2:]}") in found


def test_every_address_is_the_pages_own_and_can_be_found(client, kettle, origin):
    index_now()
    mine = [
        url for url in everything(client) if origin[2:] in url or url in {kettle, "/", "/help", "/statement"}
    ]
    assert len(mine) >= 4
    for url in mine:
        answer = client.get(url)
        assert answer.status_code == 200, url
        assert f'<link rel="canonical" href="{settings.PUBLIC_ADDRESS}{url}">' in answer.content.decode()


def test_what_changed_says_when(client, kettle, origin):
    key = product_id(origin, "1")
    from_owner(
        "UPDATE catalog_product SET changed_at = '2020-01-02T03:04:05Z' WHERE id = %s RETURNING 1", [key]
    )
    with zone("worker"):
        sitemap.watch.look_again()
        mark_changed(product_ids=[product_id(origin, "other")])
    look()
    assert everything(client)[kettle] == "2020-01-02T03:04:05+00:00"
    with zone("worker"):
        mark_changed(product_ids=[key])
    look()
    moment = datetime.fromisoformat(everything(client)[kettle])
    assert abs((datetime.now(UTC) - moment).total_seconds()) < 120


def test_what_is_not_for_sale_or_not_yet_is_left_out(client, kettle, origin):
    from_owner(
        "UPDATE catalog_product SET published_from = now() + interval '1 day' WHERE id = %s RETURNING 1",
        [product_id(origin, "1")],
    )
    take(item(origin, "2", price_fen=None, brand=f"无{origin[2:]}"))
    look()
    found = everything(client)
    assert kettle not in found
    assert addresses.product_url(product_id(origin, "2"), "细口壶 2") not in found
    assert addresses.brand_url(f"无{origin[2:]}") not in found


def test_a_catalogue_is_cut_into_parts_without_gap_or_overlap(client, origin, monkeypatch):
    monkeypatch.setattr(reading, "PART", 7)
    monkeypatch.setattr(reading, "_SLICE", 3)
    take(*(item(origin, str(place)) for place in range(20)))
    look()
    listed = [url for url in everything(client) if url.startswith("/p/")]
    for_sale = Product.objects.filter(for_sale=True)
    hidden = for_sale.filter(
        Q(published_from__gt=datetime.now(UTC)) | Q(published_until__lte=datetime.now(UTC))
    )
    assert len(listed) == len(set(listed)) == for_sale.count() - hidden.count()
    some = [path for path in entries(client, "/sitemap.xml") if "products" in path]
    assert len(some) == -(-len(listed) // 7)
    assert client.get(f"/sitemap/products-{len(some) + 1}.xml").status_code == 404


def test_a_part_never_grows_past_what_may_be(client, origin, monkeypatch):
    take(*(item(origin, str(place)) for place in range(9)))
    look()
    monkeypatch.setattr(reading, "MOST", 5)
    monkeypatch.setattr(reading, "_SLICE", 2)
    assert len(entries(client, "/sitemap/products-1.xml")) == 5


def test_a_part_is_read_once_until_the_catalogue_moves(client, kettle):
    first = entries(client, "/sitemap/products-1.xml")
    with CaptureQueriesContext(connection) as done:
        assert entries(client, "/sitemap/products-1.xml") == first
        answer = client.get("/sitemap.xml")
        tag = answer.headers["ETag"]
        b"".join(answer)
    assert not [it for it in done if "row_number" in it["sql"] or "LIMIT" in it["sql"]]
    known = client.get("/sitemap/products-1.xml", headers={"if-none-match": tag})
    assert (known.status_code, known.content) == (304, b"")
    with zone("worker"):
        mark_changed()
    look()
    assert client.get("/sitemap/products-1.xml", headers={"if-none-match": tag}).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "pages-2",
        "pages-0",
        "products-0",
        "products-999999",
        "categories-9",
        "brands-0",
        "brands-99",
        "persons-1",
        "pages",
        "pages--1",
    ],
)
def test_there_are_no_other_parts(client, kettle, path):
    assert client.get(f"/sitemap/{path}.xml").status_code == 404


@pytest.mark.parametrize("kind", ["categories", "brands"])
def test_parts_there_are_not_cost_no_look_at_the_whole_catalogue(client, kettle, kind):
    assert client.get(f"/sitemap/{kind}-99.xml").status_code == 404
    with CaptureQueriesContext(connection) as done:
        assert client.get(f"/sitemap/{kind}-98.xml").status_code == 404
    assert not [it["sql"] for it in done.captured_queries if "DISTINCT" in it["sql"]]


# ---- robots.txt ----


def rules(client: Client) -> tuple[RobotFileParser, str]:
    answer = client.get("/robots.txt")
    assert answer["Content-Type"].startswith("text/plain")
    text = answer.content.decode()
    parser = RobotFileParser()
    parser.parse([line for line in text.splitlines() if "*?" not in line])  # it knows no wildcards
    return parser, text


def routes(patterns, before: str = "") -> list[str]:
    """Every address there is, with something in place of what varies."""
    found = []
    for it in patterns:
        route = before + str(it.pattern)
        found += routes(it.url_patterns, route) if hasattr(it, "url_patterns") else [route]
    return found


def test_every_page_but_the_public_ones_is_closed(client):
    parser, _ = rules(client)
    everywhere = {f"/{re.sub('<[^>]+>', 'x', route)}" for route in routes(get_resolver().url_patterns)}
    allowed = {path for path in everywhere if parser.can_fetch("*", path)}
    assert allowed == {
        "/", "/search", "/c/x", "/b/x", "/p/x", "/p/x/", "/p/x/x", "/products/x", "/help", "/statement", "/statement/versions", "/statistics", "/media/catalog/x",
        "/robots.txt", "/sitemap.xml", "/sitemap/x-x.xml", "/manifest.webmanifest", "/sw.js",
    }  # fmt: skip
    for path in (
        "/account",
        "/orders/1",
        "/privacy/uses",
        "/api/v1/products",
        "/cart",
        "/suggest?q=x",
        "/webhooks/sf",
    ):
        assert not parser.can_fetch("*", path), path


def matches(text: str, path: str) -> bool:
    """Whether a crawler that knows wildcards may fetch a path: the longest rule decides."""
    found = [
        (len(rule), kind == "Allow")
        for kind, rule in re.findall(r"^(Allow|Disallow): (\S+)$", text, re.MULTILINE)
        if re.match(re.escape(rule).replace(r"\*", ".*"), path)
    ]
    return max(found, default=(0, True))[1]


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/c/x", True), ("/c/x?page=2", True), ("/c/x?lang=en", True), ("/c/x?page=2&lang=en", True), ("/p/x?sku=1", False),
        ("/c/x?brand=y", False), ("/c/x?brand=y&page=2", False), ("/search?q=x", False), ("/search?sort=new", False),
        ("/account?page=2", False),
    ],
)  # fmt: skip
def test_filters_are_no_pages_of_their_own(client, path, allowed):
    assert matches(rules(client)[1], path) is allowed


def test_robots_are_told_of_the_sitemap(client):
    assert f"Sitemap: {settings.PUBLIC_ADDRESS}/sitemap.xml" in rules(client)[1].splitlines()
