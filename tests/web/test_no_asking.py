"""After a no nobody is asked again: not on a page, not by the API."""

import json
import re
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

import pytest
from django.test import Client

from mingpu.privacy import consent, news
from mingpu.privacy.register import REGISTER
from tests.factories import make_person
from tests.payments.trading import deal, paid

DECIDE = (
    "/privacy/consents",
    "/privacy/permissions",
    "/account/settings",
)  # where one goes to decide, and is not asked


@pytest.fixture
def unwilling(outside):
    """Somebody with an order who said no to everything."""
    it = deal(stock=3, pieces=1)
    paid(outside, it)
    for name in REGISTER.consents():
        consent.give(it.buyer.id, name, False, "en", "page")
    return it


def crawl(client: Client, *start: str, most: int = 150) -> Iterator[tuple[str, str]]:
    """Every page of ours that links lead to, by path and HTML; one page of each kind of list."""
    waiting, known = list(start), set(start)
    while waiting and most:
        path, most = waiting.pop(0), most - 1
        page = client.get(path)
        if page.status_code != 200 or not page.headers["Content-Type"].startswith("text/html"):
            continue
        html = page.content.decode()
        yield path, html
        for href in re.findall(r'href="([^"#?]+)', html):
            url = urlsplit(urljoin(path, href))
            kind = re.sub(r"/[^/]*\d[^/]*", "/*", url.path)
            if (
                not url.netloc
                and not url.path.startswith(("/static/", "/media/", "/api/"))
                and kind not in known
            ):
                known.add(kind)
                waiting.append(url.path)


def test_nobody_is_asked_again_after_a_no(unwilling):
    """The whole shop is crawled: nothing offers a yes but the three pages one goes to of one's own accord."""
    browser, seen = unwilling.buyer.browser(), set()
    order = f"/orders/{unwilling.order_no}"
    for path, html in crawl(
        browser, "/", "/privacy", order, f"{order}/invoice", "/account/invoice-titles", "/privacy/news"
    ):
        seen.add(path)
        offers = re.findall(r'name="granted" value="true"', html)
        assert not offers or path in DECIDE, path
        assert "data-consent" not in html
    assert {
        *DECIDE,
        "/privacy/receipts",
        "/account/notices/settings",
        "/account/invoice-titles",
        f"{order}/invoice",
        "/account",
        "/cart",
    } <= seen
    assert len(seen) > 20


def test_the_api_does_not_ask_either(unwilling):
    app = unwilling.buyer.api()
    described = json.loads(Client(SERVER_NAME="127.0.0.1").get("/api/v1/openapi.json").content)
    asked = 0
    for path, calls in described["paths"].items():
        if (
            "get" not in calls
            or "{" in path
            or any(it.get("required") for it in calls["get"].get("parameters", []))
        ):
            continue
        said = b"".join(app.get(path)).decode()
        asked += 1
        if path.startswith(("/api/v1/me/privacy", "/api/v1/statement", "/api/v1/functions")):
            continue
        assert '"granted"' not in said, path
        assert "consent_needed" not in said, path
    assert asked > 20
    assert news.news_of(unwilling.buyer.id).asks == ()
    assert app.get("/api/v1/me/privacy/news").json()["asks"] == []


def test_before_a_word_is_said_the_question_stands_where_it_is_needed_and_once(outside):
    """So that the crawl above could fail: undecided, the page of invoices does ask."""
    page = make_person().browser().get("/account/invoice-titles").content.decode()
    assert page.count('name="granted" value="true"') == page.count('name="granted" value="false"') == 1
