"""Suggestions with where they come from, trending searches, what I looked at, and who is counted, as JSON."""

from datetime import timedelta
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client

from mingpu.api import searches
from mingpu.personalise.services import remember_view
from mingpu.privacy.consent import give
from mingpu.search import services
from mingpu.search.counting import day_of
from mingpu.search.services import note_search
from tests.api.calling import call, product_of, refused, shelf
from tests.catalog.shop import index_now, item, source, take
from tests.factories import make_person
from tests.people import from_owner
from tests.search.counts import counted, new, nothing_counted, read_anew
from tests.support import zone


@pytest.fixture
def client():
    return Client(SERVER_NAME="127.0.0.1")


@pytest.fixture
def person():
    it = make_person()
    for consent in ("search_history", "browsing_history"):
        give(it.id, consent, True, "zh-hans")
    return it


@pytest.fixture
def marks(monkeypatch):
    """What waits to be counted in this process, as (words, network)."""
    seen = []
    monkeypatch.setattr("mingpu.api.catalog.count_search", lambda **said: seen.append(said))
    return seen


# ---- suggestions ----


def test_suggestions_say_where_they_come_from(client, person):
    nothing_counted()
    popular = new("折扇")
    counted({popular: 30})
    note_search(person_id=person.id, keywords="折扇骨")
    said = call(person, "GET", "/suggestions?q=折扇").json()
    searches.Suggestions.model_validate(said)
    mine = call(person, "GET", "/me/search-history").json()["items"][0]
    assert said["entries"][0] == {"text": "折扇骨", "kind": "history", "id": mine["id"]}
    assert said["entries"][1] == {"text": popular, "kind": "popular", "id": None}
    assert said["items"] == [it["text"] for it in said["entries"]]
    stranger = client.get("/api/v1/suggestions?q=折扇").json()
    assert stranger["entries"] == said["entries"][1:]
    assert call(person, "DELETE", f"/me/search-history/{mine['id']}").status_code == 204
    assert call(person, "GET", "/suggestions?q=折扇").json() == stranger


def test_one_person_never_sees_anothers(person):
    words = new("秘密")
    note_search(person_id=person.id, keywords=words)
    other = make_person()
    give(other.id, "search_history", True, "zh-hans")
    assert words not in str(call(other, "GET", "/suggestions?q=秘密").json())
    assert words in str(call(person, "GET", "/suggestions?q=秘密").json())


def test_nothing_typed_and_nothing_known_is_nothing(client):
    nothing_counted()
    assert client.get("/api/v1/suggestions").json() == {"items": [], "entries": []}
    assert client.get("/api/v1/suggestions/trending").json() == {"items": []}
    assert client.get("/api/v1/suggestions?limit=3").status_code == 422
    assert client.get("/api/v1/suggestions/trending?q=a").status_code == 422


def test_trending_is_what_rises(client):
    nothing_counted()
    words = [new("热") for _ in range(3)]
    counted({word: 50 - place for place, word in enumerate(words)})
    said = client.get("/api/v1/suggestions/trending").json()
    searches.Trending.model_validate(said)
    assert said == {"items": words}


def test_my_searches_say_how_long_they_stay(person):
    note_search(person_id=person.id, keywords="折扇")
    said = call(person, "GET", "/me/search-history").json()
    searches.SearchHistory.model_validate(said)
    assert said["items"][0]["days_left"] == 179


# ---- what I looked at ----


def test_what_i_looked_at_is_kept_shown_and_deleted(person):
    first, second = (product_of(sku) for sku in shelf(2))
    for product_id in (first, second, first):  # kept ready or not
        assert call(person, "GET", f"/products/{product_id}").status_code == 200
    said = call(person, "GET", "/me/browsing-history").json()
    searches.BrowsingHistory.model_validate(said)
    assert [it["product_id"] for it in said["items"]] == [str(first), str(second)]
    assert said["items"][0]["product"]["title"] == "搪瓷杯0"
    assert said["items"][0]["days_left"] == 89
    one = said["items"][0]["id"]
    refused(call(make_person(), "DELETE", f"/me/browsing-history/{one}"), 404, "not_found")
    assert call(person, "DELETE", f"/me/browsing-history/{one}").status_code == 204
    refused(call(person, "DELETE", f"/me/browsing-history/{one}"), 404, "not_found")
    assert len(call(person, "GET", "/me/browsing-history").json()["items"]) == 1
    assert call(person, "DELETE", "/me/browsing-history").status_code == 204
    assert call(person, "GET", "/me/browsing-history").json() == {"items": []}


def test_a_product_that_left_the_catalogue_is_there_without_its_card(person):
    gone = uuid4()
    remember_view(person_id=person.id, product_id=gone)
    [it] = call(person, "GET", "/me/browsing-history").json()["items"]
    assert (it["product_id"], it["product"]) == (str(gone), None)


def test_looking_without_agreement_or_at_nothing_leaves_nothing(client, person):
    silent = make_person()
    [sku] = shelf(1)
    path = f"/products/{product_of(sku)}"
    assert call(silent, "GET", path).status_code == 200
    assert client.get(f"/api/v1{path}").status_code == 200
    assert call(person, "GET", f"/products/{uuid4()}").status_code == 404
    for it in (silent, person):
        assert from_owner("SELECT 1 FROM personalise_view WHERE person_id = %s", [it.id]) == []
    assert call(silent, "GET", "/me/browsing-history").json() == {"items": []}


def test_a_visitor_has_none(client):
    for method in ("get", "delete"):
        assert getattr(client, method)("/api/v1/me/browsing-history").status_code == 401


# ---- who is counted ----


@pytest.fixture
def brand():
    """Goods of a brand of their own, to be found."""
    origin = source()
    take(*(item(origin, str(n), title="掐丝珐琅杯", brand=f"牌{origin[2:]}") for n in range(2)))
    index_now()
    return f"牌{origin[2:]}"


def look_for(who, brand, words="掐丝珐琅", status=200, **headers):
    answer = call(who, "GET", f"/products?{urlencode({'q': words, 'brand': brand})}", **headers)
    assert answer.status_code == status
    return answer


def test_a_strangers_search_that_found_something_is_counted_kept_ready_or_not(client, brand, marks):
    for _ in range(2):
        answer = look_for(client, brand)
    look_for(client, brand, status=304, **{"If-None-Match": answer["ETag"]})
    assert marks == [{"words": "掐丝珐琅", "address": "127.0.0.1"}] * 3


def test_who_is_signed_in_is_never_counted_agreed_or_not(brand, person, marks):
    for who in (person, make_person()):
        for _ in range(2):
            look_for(who, brand)
    assert marks == []


@pytest.mark.parametrize("header", ["DNT", "Sec-GPC"])
def test_who_asks_not_to_be_tracked_is_not_counted(client, brand, marks, header):
    look_for(client, brand, **{header: "1"})
    assert marks == []
    look_for(client, brand, **{header: "0"})
    assert len(marks) == 1


def test_words_under_a_name_written_as_its_number_are_words_as_well(client, brand, marks):
    answer = client.get(f"/api/v1/products?%71=掐丝珐琅&brand={brand}")
    assert answer.status_code == 200
    assert marks == [{"words": "掐丝珐琅", "address": "127.0.0.1"}]


def test_what_found_nothing_and_what_was_not_typed_is_not_counted(client, brand, marks):
    look_for(client, f"无{brand}")
    look_for(client, brand, words="")
    for query in (f"?brand={brand}", f"?q=掐丝珐琅&brand={brand}&page=2", "?q=掐丝珐琅&page=0"):
        client.get(f"/api/v1/products{query}")
    client.get("/api/v1/suggestions?q=掐丝")
    assert marks == []


def test_from_strangers_to_what_is_suggested_to_everybody(brand, monkeypatch):
    nothing_counted()
    monkeypatch.setattr(services, "WRITE_AFTER", 3600.0)
    words, rare = "掐丝珐琅杯", "掐丝珐琅"
    for number in range(settings.COUNTED_FROM):
        stranger = Client(SERVER_NAME="127.0.0.1", REMOTE_ADDR=f"203.0.{number}.1")
        look_for(stranger, brand, words=words)
        if number:
            look_for(stranger, brand, words=rare)
    services.write_marks()
    client = Client(SERVER_NAME="127.0.0.1")
    assert "popular" not in str(call(client, "GET", "/suggestions?q=掐丝").json())
    monkeypatch.setattr(services, "day_of", lambda moment: day_of(moment) + timedelta(days=1))
    with zone("worker"):
        services.close_days()
    read_anew()
    found = call(client, "GET", "/suggestions?q=qiasi").json()["entries"]
    assert [it["text"] for it in found if it["kind"] == "popular"] == [words]
    assert words in str(call(make_person(), "GET", "/suggestions?q=掐丝").json())
