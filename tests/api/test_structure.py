"""Categories, brands and what a product is, as the API tells it."""

import secrets

import pytest
from django.conf import settings
from django.test import Client

from mingpu.api.product_shapes import ProductDetail
from mingpu.api.structure import BrandList, CategoryTree
from mingpu.catalog.attributes import NUMBER, Definition
from mingpu.catalog.feed_values import FeedSku
from mingpu.catalog.queries import structure as reads
from mingpu.catalog.queries.structure import read_tree
from mingpu.catalog.rules import product_id
from mingpu.catalog.services import rename_category, save_attribute
from tests.api.test_catalog import get
from tests.catalog.shop import index_now, item, look, source, take
from tests.jobs import run_jobs
from tests.support import zone

EAN, UPC = "4006381333931", "036000291452"


@pytest.fixture
def client():
    settings.STATIC_ROOT.mkdir(exist_ok=True)  # the server looks for it when it starts
    return Client(SERVER_NAME="127.0.0.1")


def counted():
    """See counts as they are now."""
    look()
    reads._counts.forget(None)


def test_the_tree_is_told_with_counts_in_the_readers_language(client):
    origin, top = source(), f"类{secrets.token_hex(4)}"
    take(
        item(origin, category_path=(top, "厨房", "壶")),
        item(origin, "2", category_path=(top, "厨房", "壶"), price_fen=None),
        item(origin, "3", category_path=(top,)),
    )
    index_now()
    counted()
    body = get(client, "/categories").json()
    CategoryTree.model_validate(body, strict=False)
    (root,) = [it for it in body["items"] if it["zh"] == top]
    (kitchen,) = root["below"]
    assert (root["value"], root["count"]) == (top, 3)
    assert (kitchen["name"], kitchen["value"], kitchen["count"]) == ("厨房", f"{top}/厨房", 2)
    assert [it["zh"] for it in kitchen["below"]] == ["壶"]
    assert get(client, "/products", category=kitchen["value"]).json()["total"] == kitchen["count"]
    english = get(client, "/categories", headers={"Accept-Language": "en"}).json()
    (root,) = [it for it in english["items"] if it["zh"] == top]
    assert (root["name"], root["en"], root["below"][0]["name"]) == (top, "", "Kitchen")


def test_brands_are_told_with_their_spellings_and_counts(client):
    origin, tag = source(), secrets.token_hex(4)
    take(
        item(origin, brand=f"Lan{tag}/兰{tag}"),
        item(origin, "2", brand=f"lan {tag}"),
        item(origin, "3", brand=f"Zed{tag}"),
    )
    counted()
    body = get(client, "/brands", q=tag).json()
    BrandList.model_validate(body, strict=False)
    first, second = body["items"]
    assert (body["total"], body["page"], body["page_size"]) == (2, 1, 50)
    assert (first["name"], first["label"], first["en"], first["count"]) == (
        f"兰{tag}",
        f"兰{tag}",
        f"Lan{tag}",
        2,
    )
    assert first["aliases"] == [f"Lan{tag}/兰{tag}"]
    assert (second["name"], second["count"]) == (f"Zed{tag}", 1)
    english = get(client, "/brands", q=f"LAN{tag}", headers={"Accept-Language": "en"}).json()
    assert [it["label"] for it in english["items"]] == [f"Lan{tag}"]
    assert get(client, "/brands", q=tag, page=2, page_size=1).json()["items"] == [second]


@pytest.mark.parametrize(
    "path",
    [
        "/categories?x=1",
        "/brands?page=0",
        "/brands?page_size=101",
        "/brands?colour=red",
        f"/brands?q={'x' * 201}",
    ],
)
def test_what_makes_no_sense_is_refused(client, path):
    assert client.get(f"/api/v1{path}").status_code == 422


def test_a_caller_who_has_the_tree_is_not_sent_it_again(client):
    take(item(source(), category_path=(f"类{secrets.token_hex(4)}",)))
    counted()
    answer = get(client, "/categories")
    get(client, "/categories", 304, headers={"If-None-Match": answer["ETag"]})


def test_the_calls_are_described(client):
    described = get(client, "/openapi.json").json()
    assert {"/api/v1/categories", "/api/v1/brands"} <= set(described["paths"])
    assert "description_html" in described["components"]["schemas"]["ProductDetail"]["properties"]


def test_a_product_tells_numbers_options_barcodes_and_rich_text(client):
    origin, name = source(), f"量{secrets.token_hex(4)}"
    with zone("desk"):
        save_attribute(definition=Definition(name, "Amount", NUMBER, "ml", facet=True, position=1))
    run_jobs(names=("catalog.remeasure",))
    skus = (
        FeedSku(f"{origin}-a", {"颜色": "米白", "尺码": "S"}, 100, 1, barcode=EAN),
        FeedSku(f"{origin}-b", {"颜色": "砖红", "尺码": "M"}, 100, 1),
    )
    take(
        item(
            origin, skus=skus, attributes={name: ["0.5 L"], "产地": ["中国"]}, description="好\n壶",
            description_html="<p>好</p><p>壶</p>",
        )
    )  # fmt: skip
    look()
    path = f"/products/{product_id(origin, '1')}"
    body = get(client, path, headers={"Accept-Language": "en"}).json()
    ProductDetail.model_validate(body, strict=False)
    assert body["attributes"] == {name: ["0.5 L"], "产地": ["中国"]}
    assert body["details"] == [
        {
            "name": name,
            "label": "Amount",
            "kind": "number",
            "unit": "ml",
            "values": [{"text": "500 ml", "number": 500.0}],
        },
        {
            "name": "产地",
            "label": "产地",
            "kind": "text",
            "unit": "",
            "values": [{"text": "中国", "number": None}],
        },
    ]
    assert body["options"][0] == {
        "name": "颜色",
        "label": "Colour",
        "values": [{"value": "米白", "label": "Off-white"}, {"value": "砖红", "label": "Brick red"}],
    }
    assert [(sku["barcode"], list(sku["options"])) for sku in body["skus"]] == [
        (EAN, ["颜色", "尺码"]),
        (None, ["颜色", "尺码"]),
    ]
    assert (body["description"], body["description_html"]) == ("好\n壶", "<p>好</p><p>壶</p>")
    assert get(client, path).json()["details"][0]["values"][0]["text"] == "500 毫升"


@pytest.mark.parametrize(
    ("kept", "asked"), [(EAN, EAN), (UPC, UPC), (UPC, f"0{UPC}"), (EAN, "4006381 333931")]
)
def test_a_product_is_found_by_its_barcode(client, kept, asked):
    origin, brand = source(), f"牌{secrets.token_hex(4)}"
    take(item(origin, brand=brand, barcode=kept), item(origin, "2", brand=brand))
    index_now()
    found = get(client, "/products", q=asked, brand=brand).json()
    assert [it["id"] for it in found["items"]][:1] == [str(product_id(origin, "1"))]


def test_lists_go_by_other_spellings_of_a_brand_and_former_names_of_a_category(client):
    origin, tag = source(), secrets.token_hex(4)
    top, brand = f"类{tag}", f"兰{tag}"
    take(
        item(origin, brand=f"Lan{tag}/{brand}", category_path=(top, "磨牙/洁齿")),
        item(origin, "2", brand=f"Zed{tag}"),
    )
    with zone("desk"):
        rename_category(category_id=read_tree().at((top,)).row.id, zh=f"新{tag}")
    run_jobs(names=("catalog.follow",))
    index_now()
    for query in (
        {"brand": f"Lan{tag}/{brand}"}, {"brand": f"LAN {tag}"}, {"category": f"{top}/磨牙／洁齿"}, {"category": top},
        {"category": top, "brand": f"Lan{tag}", "q": "细口壶"},
    ):  # fmt: skip
        found = get(client, "/products", **query).json()
        assert [it["id"] for it in found["items"]] == [str(product_id(origin, "1"))], query
    for query in ({"brand": f"无{tag}"}, {"category": f"无{tag}"}, {"category": top, "brand": f"Zed{tag}"}):
        assert get(client, "/products", **query).json()["total"] == 0
