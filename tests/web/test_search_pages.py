"""Under the search box and in the account: suggestions, searches and what was looked at, as pages."""

import pytest
from django.conf import settings
from django.test import Client

from mingpu.privacy.consent import give
from mingpu.search.queries import history_of
from mingpu.search.services import note_search
from mingpu.web.addresses import product_url
from tests.api.calling import product_of, shelf
from tests.catalog.shop import index_now, item, source, take
from tests.factories import make_person
from tests.people import from_owner
from tests.search.counts import counted, new, nothing_counted
from tests.web.test_catalog_pages import Page


@pytest.fixture(autouse=True)
def _static():
    settings.STATIC_ROOT.mkdir(exist_ok=True)
    nothing_counted()


@pytest.fixture
def client():
    return Client(SERVER_NAME="127.0.0.1")


@pytest.fixture
def person():
    it = make_person()
    for consent in ("search_history", "browsing_history"):
        give(it.id, consent, True, "zh-hans")
    return it


def get(client, path, **query):
    answer = client.get(path, query, follow=True)
    assert answer.status_code == 200, (path, answer.status_code)
    return Page(answer.content.decode())


def look(client, sku):
    answer = client.get(f"/products/{product_of(sku)}", follow=True)
    assert answer.status_code == 200


# ---- under the search box ----


def test_ones_own_stand_first_and_go_one_by_one_and_all_at_once(client, person):
    popular = new("竹节")
    counted({popular: 30})
    for words in ("竹节杯", "竹节壶"):
        note_search(person_id=person.id, keywords=words)
    browser = person.browser()
    page = get(browser, "/suggest", q="竹节")
    assert next(link for link in page.links if "q=" in link).endswith("%E7%AB%B9%E8%8A%82%E5%A3%B6")
    assert popular in page.text
    first = history_of(person_id=person.id)[0].id
    answer = browser.post(f"/account/searches/{first}/delete", {"suggest": "1", "q": "竹节"})
    assert answer.status_code == 200
    after = Page(answer.content.decode())
    assert "竹节壶" not in after.text
    assert "竹节杯" in after.text
    assert popular in after.text
    cleared = browser.post("/account/searches/clear", {"suggest": "1", "q": ""})
    assert history_of(person_id=person.id) == []
    assert "竹节杯" not in cleared.content.decode()
    assert "竹节" not in get(client, "/suggest", q="无此").text


def test_a_stranger_gets_no_cookie_and_no_buttons_for_looking(client):
    counted({new("竹节"): 30})
    answer = client.get("/suggest", {"q": "竹节"})
    assert answer.cookies == {}
    assert "<button" not in answer.content.decode()
    assert client.post("/account/searches/clear", {"suggest": "1"}).status_code == 302


def test_before_anything_is_typed_what_rises_is_shown_there_and_at_home(client):
    assert get(client, "/suggest").links == []
    assert "热门搜索" not in get(client, "/").text
    words = [new("热") for _ in range(3)]
    counted(dict.fromkeys(words, 40))
    for page in (get(client, "/suggest"), get(client, "/")):
        assert all(word in page.text for word in words)


def test_searches_say_how_long_they_stay(person):
    note_search(person_id=person.id, keywords="竹节杯")
    assert "179 天后自动删除" in get(person.browser(), "/account/searches").text


# ---- what was looked at ----


def test_what_was_looked_at_is_shown_and_deleted(person):
    browser = person.browser()
    skus = shelf(3)
    for sku in skus:
        look(browser, sku)
    page = get(browser, "/account/browsing")
    assert [title for title in ("搪瓷杯0", "搪瓷杯1", "搪瓷杯2") if title in page.text] == [
        "搪瓷杯0",
        "搪瓷杯1",
        "搪瓷杯2",
    ]
    assert "89 天后自动删除" in page.text
    assert "最近看过" in get(browser, "/").text
    newest = from_owner("SELECT id FROM personalise_view WHERE person_id = %s ORDER BY at DESC", [person.id])[
        0
    ][0]
    assert browser.post(f"/account/browsing/{newest}/delete").status_code == 303
    assert browser.post(f"/account/browsing/{newest}/delete").status_code == 404
    assert make_person().browser().post(f"/account/browsing/{newest}/delete").status_code == 404
    assert "搪瓷杯2" not in get(browser, "/account/browsing").text
    assert browser.get("/account/browsing/clear").status_code == 405
    assert browser.post("/account/browsing/clear")["Location"] == "/account/browsing"
    assert "没有浏览记录" in get(browser, "/account/browsing").text
    assert "最近看过" not in get(browser, "/").text


def test_without_agreement_nothing_is_kept_and_the_page_says_so(client):
    silent = make_person()
    [sku] = shelf(1)
    for browser in (silent.browser(), client):
        look(browser, sku)
        assert "最近看过" not in get(browser, "/").text
    assert from_owner("SELECT 1 FROM personalise_view WHERE person_id = %s", [silent.id]) == []
    assert "目前关闭" in get(silent.browser(), "/account/browsing").text
    assert "next=%2Faccount%2Fbrowsing" in client.get("/account/browsing")["Location"]


def test_switching_it_off_takes_the_shelf_away_at_once(person):
    browser = person.browser()
    look(browser, shelf(1)[0])
    assert "最近看过" in get(browser, "/").text
    browser.post("/privacy/consents/browsing_history", {"granted": "false"})
    assert "最近看过" not in get(browser, "/").text
    assert from_owner("SELECT 1 FROM personalise_view WHERE person_id = %s", [person.id]) == []


def test_an_address_that_only_leads_on_is_not_looking(person):
    [sku] = shelf(1)
    answer = person.browser().get(f"{product_url(product_of(sku), '别的名字')}")
    assert answer.status_code in {301, 302}
    assert from_owner("SELECT 1 FROM personalise_view WHERE person_id = %s", [person.id]) == []


# ---- who is counted ----


def test_only_strangers_who_do_not_mind_are_counted_and_only_for_what_they_found(client, person, monkeypatch):
    seen = []
    monkeypatch.setattr("mingpu.web.pages.browse.count_search", lambda **said: seen.append(said["words"]))
    origin = source()
    take(*(item(origin, str(n), title="粉彩梅瓶", brand=f"牌{origin[2:]}") for n in range(2)))
    index_now()
    asked = {"q": "粉彩梅瓶", "brand": f"牌{origin[2:]}"}
    get(person.browser(), "/search", **asked)
    get(client, "/search", **asked, page=1)
    assert seen == ["粉彩梅瓶"]
    get(client, "/search", **{**asked, "q": "zzzzqqqqxxxx"})
    assert seen == ["粉彩梅瓶"]
    get(Client(SERVER_NAME="127.0.0.1", headers={"DNT": "1"}), "/search", **asked)
    assert seen == ["粉彩梅瓶"]
