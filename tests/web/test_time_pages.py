"""What a product's page knows of time: before it is published, after, and what it cost."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mingpu.catalog.rules import product_id
from mingpu.lib.clock import now
from tests.catalog.shop import item, look, source, take
from tests.support import zone

HOUR = timedelta(hours=1)


@pytest.fixture
def origin():
    return source()


def put(origin, **facts):
    """Take an article in and return its id."""
    take(item(origin, category_path=("茶具", "壶"), **facts))
    look()
    return product_id(origin, "1")


def test_before_it_is_published_there_is_no_such_page(origin, visitor):
    key = put(origin, published_from=now() + HOUR)
    assert visitor.get(f"/products/{key}").status_code == 404
    put(origin, published_from=now() - HOUR)
    assert visitor.get(f"/products/{key}", follow=True).status_code == 200


@pytest.mark.parametrize(("language", "words"), [("zh", "看看更多壶"), ("en", "More in")])
def test_after_its_end_the_page_leads_to_its_category(origin, visitor, language, words):
    key = put(origin, published_until=now() - HOUR)
    gone = visitor.get(f"/products/{key}", headers={"Accept-Language": language})
    assert gone.status_code == 410
    page = gone.content.decode()
    assert words in page
    assert "/c/%E8%8C%B6%E5%85%B7/%E5%A3%B6" in page


def earlier(origin, *fens):
    """Let an article have cost these, 20 days each but the last."""
    for fen in fens:
        with zone("worker"), connection.cursor() as cursor:
            for table, column in (("catalog_price", "since"), ("catalog_sku", "price_since")):
                cursor.execute(f"UPDATE {table} SET {column} = {column} - interval '20 days'")
        put(origin, price_fen=fen, title=f"细口壶 {fen}", list_price_fen=99900)


def test_a_reduction_is_measured_by_what_was_asked_and_its_course_is_drawn(origin, visitor):
    key = put(origin, price_fen=12900, list_price_fen=99900)
    page = visitor.get(f"/products/{key}", follow=True).content.decode()
    assert "建议零售价" in page  # nobody was asked 999
    assert not re.search(r"<s[ >][^<]*</s>", page)
    assert "价格走势" not in page
    earlier(origin, 9900)
    page = visitor.get(f"/products/{key}", follow=True).content.decode()
    assert "降价前 30 天最低价" in page
    assert '<s class="was">129.00</s>' in page.replace("¥", "")
    assert "近 30 天最低价 ¥99.00" in page
    assert "价格走势" in page
    assert re.search(r'<polyline points="[0-9., ]+"></polyline>', page)
    assert "style=" not in page


def test_the_page_reads_the_course_once(origin, visitor):
    key = put(origin, price_fen=12900)
    address = visitor.get(f"/products/{key}")["Location"]
    visitor.get(address)
    with CaptureQueriesContext(connection) as asked:
        visitor.get(address)
    assert not any("catalog_price" in it["sql"] for it in asked.captured_queries)
