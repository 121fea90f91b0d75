"""What the API says of a product over time."""

from datetime import timedelta

import pytest
from django.test import Client

from mingpu.catalog.rules import product_id
from mingpu.lib.clock import now
from tests.api.calling import call, refused
from tests.catalog.shop import index_now, item, look, source, stored, take

HOUR = timedelta(hours=1)


@pytest.fixture
def origin():
    return source()


@pytest.fixture
def anyone():
    return Client(SERVER_NAME="127.0.0.1")


def put(origin, **facts):
    take(item(origin, **facts))
    look()
    return product_id(origin, "1")


def test_what_is_not_published_yet_is_not_there_and_what_is_over_says_so(origin, anyone):
    key = put(origin, published_from=now() + HOUR)
    refused(call(anyone, "GET", f"/products/{key}"), 404, "not_found")
    put(origin, published_until=now() - HOUR)
    assert "细口壶 1" in refused(call(anyone, "GET", f"/products/{key}"), 410, "ended")["detail"]


def test_nothing_is_kept_beyond_an_end(origin, anyone, monkeypatch):
    key = put(origin, published_until=now() + HOUR)
    assert call(anyone, "GET", f"/products/{key}").status_code == 200
    monkeypatch.setattr("mingpu.catalog.queries.products.now", lambda: stored(origin).published_until)
    refused(call(anyone, "GET", f"/products/{key}"), 410, "ended")


# ---- beside each other ----


def test_products_stand_side_by_side(origin, anyone):
    take(
        item(origin, "1", attributes={"材质": ["钢"], "产地": ["苏州"]}),
        item(origin, "2", attributes={"材质": ["铜"], "产地": ["苏州"]}, price_fen=9900),
        item(origin, "3", published_until=now() - HOUR),
    )
    look()
    ids = [str(product_id(origin, name)) for name in "213"]
    answer = call(anyone, "GET", f"/products/compare?ids={','.join(ids)}")
    assert answer.status_code == 200
    said = answer.json()
    assert [it["id"] for it in said["items"]] == ids[:2]
    assert {row["name"]: (row["cells"], row["differs"]) for row in said["rows"]} == {
        "材质": ([["铜"], ["钢"]], True),
        "产地": ([["苏州"], ["苏州"]], False),
    }


@pytest.mark.parametrize("ids", ["", "nonsense", ",".join(["0" * 32] * 5)])
def test_what_is_no_comparison(anyone, ids):
    refused(call(anyone, "GET", f"/products/compare?ids={ids}"), 422, "invalid")


def test_a_product_names_what_is_like_it(origin, anyone):
    take(
        *(
            item(origin, str(n), title=f"{word} {origin}", category_path=("像", origin))
            for n, word in enumerate(["铜壶", "钢盆", "陶碗"])
        )
    )
    index_now()
    key = product_id(origin, "0")
    listed = call(anyone, "GET", f"/products/{key}/related").json()
    assert {it["id"] for it in listed["items"]} == {
        str(product_id(origin, "1")),
        str(product_id(origin, "2")),
    }
    look()
    assert set(call(anyone, "GET", f"/products/{key}").json()["related"]) == {
        it["id"] for it in listed["items"]
    }
    refused(call(anyone, "GET", f"/products/{product_id(origin, 'none')}/related"), 404, "not_found")
