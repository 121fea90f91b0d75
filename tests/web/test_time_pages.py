"""What a product's page knows of time: before it is published, after, and what it cost."""

from datetime import timedelta

import pytest

from mingpu.catalog.rules import product_id
from mingpu.lib.clock import now
from tests.catalog.shop import item, look, source, take

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
