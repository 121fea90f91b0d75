"""The index following the catalogue, and lists out of both."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mingpu.catalog.feed_values import FeedSku, note
from mingpu.catalog.models import Sku
from mingpu.catalog.queries import number
from mingpu.catalog.rules import product_id
from mingpu.search import jobs, services
from mingpu.search.queries import index, search_products, suggestions
from mingpu.search.rules import Document, SearchQuery
from mingpu.search.services import rebuild, verify
from tests.catalog.shop import index_now, item, look, skus, source, take
from tests.support import zone


@pytest.fixture
def origin() -> str:
    return source()


@pytest.fixture
def brand(origin) -> str:
    """A brand that only this test's products carry."""
    return f"牌{origin[2:]}"


def found(brand: str, **more: Any) -> list[str]:
    """Return the ids of a brand's products as the index has them now."""
    return list(index.search(SearchQuery(brand=brand, **more)).product_ids)


def refreshed(**arguments: Any) -> None:
    """Run the job, as the worker does."""
    with zone("worker"):
        jobs.refresh(**arguments)
    look()


def test_what_is_taken_in_is_found(origin, brand):
    take(item(origin, title="手工锻打菜刀", brand=brand, category_path=("厨房", "刀具")))
    assert index_now() >= 1
    assert found(brand, q="菜刀") == [str(product_id(origin, "1"))]
    assert found(brand, category="厨房") == [str(product_id(origin, "1"))]


def test_it_is_found_by_what_is_written_in_english_in_attributes_and_by_code(origin, brand):
    code = f"X{origin[2:]}"
    take(item(origin, brand=brand, attributes={"材质": ["钛合金"]}, skus=(FeedSku(code, {}, 100, 1),)))
    index_now()
    assert found(brand, q="钛合金")
    assert found(brand, q=code.lower())


def test_nothing_to_do_is_done_at_once(origin):
    take(item(origin))
    index_now()
    with CaptureQueriesContext(connection) as done:
        assert services.catch_up() == 0
    assert len(done) == 1


def test_only_what_changed_is_laid_out_anew(origin, brand):
    take(*(item(origin, str(place), brand=brand) for place in range(3)))
    index_now()
    take(item(origin, "1", brand=brand, title="换了名字的茶盘"))
    assert index_now() == 1
    assert found(brand, q="茶盘") == [str(product_id(origin, "1"))]
    assert len(found(brand)) == 3


def test_sold_out_and_back_again_is_seen_within_the_job(origin, brand):
    take(item(origin, brand=brand, stock=1))
    index_now()
    (code,) = skus(origin)
    assert found(brand, in_stock=True)
    for stock in (0, 4):
        with zone("worker"):
            Sku.objects.filter(code=code).update(stock=stock)
        refreshed(skus=[code])
        assert bool(found(brand, in_stock=True)) == bool(stock)
        (card,) = search_products(SearchQuery(brand=brand)).cards
        assert card.in_stock == bool(stock)


def test_the_job_also_goes_by_product(origin, brand):
    take(item(origin, brand=brand, stock=1))
    index_now()
    with zone("worker"):
        Sku.objects.filter(product_id=product_id(origin, "1")).update(stock=0)
    refreshed(product_ids=[str(product_id(origin, "1"))])
    assert not found(brand, in_stock=True)


def test_unknown_codes_do_no_harm():
    refreshed(skus=["no such code"])


def test_what_is_not_for_sale_is_found_but_not_among_what_can_be_bought(origin, brand):
    take(item(origin, brand=brand, price_fen=None, notes=(note("no_price"),)))
    index_now()
    assert found(brand)
    assert not found(brand, in_stock=True)


@pytest.mark.parametrize("level", [None, "nonsense", "999999999"])
def test_an_index_whose_level_is_not_known_is_made_anew(origin, brand, level):
    take(item(origin, brand=brand))
    index_now()
    file = settings.INDEX_PATH / "LEVEL"
    if level is None:
        file.unlink()
    else:
        file.write_text(level)
    assert index_now() == index.count()
    assert found(brand)
    assert index_now() == 0


def test_an_import_that_was_killed_before_the_index_is_caught_up_later(origin, brand):
    take(item(origin, brand=brand))
    assert not found(brand)
    refreshed()  # the job its batch left behind
    assert found(brand)


def test_a_failure_half_way_leaves_the_index_as_it_was(origin, brand, monkeypatch):
    take(item(origin, brand=brand))
    index_now()
    take(item(origin, brand=brand, title="新标题"), item(origin, "2", brand=brand))

    def broken(*_: object) -> None:
        raise OSError("no space")

    with monkeypatch.context() as patch:
        patch.setattr(type(index), "commit", broken)
        with pytest.raises(OSError, match="no space"):
            index_now()
    assert len(found(brand)) == 1
    assert index_now() == 2
    assert len(found(brand)) == 2


def test_jobs_at_the_same_time_lose_nothing(origin, brand):
    names = [str(place) for place in range(6)]
    take(*(item(origin, name, brand=brand) for name in names))
    index_now()

    def job(name: str) -> int:
        with zone("worker"):  # this thread's own connection
            jobs.refresh(product_ids=[str(product_id(origin, name))])
        return len(found(brand))

    with zone("worker"):
        Sku.objects.filter(product__source=origin).update(stock=0)
    with ThreadPoolExecutor(3) as threads:
        assert list(threads.map(job, names)) == [6] * 6
    look()
    assert not found(brand, in_stock=True)


def test_readers_are_told_after_the_index_too(origin):
    take(item(origin))
    before = number()
    index_now()
    assert number() == before + 1
    assert (settings.INDEX_PATH / "LEVEL").read_text() == str(before + 1)


# ---- lists ----


def test_a_list_has_cards_in_order_a_total_and_facets(origin, brand):
    rows = [item(origin, str(place), brand=brand, price_fen=1000 * (place + 1)) for place in range(5)]
    take(*rows)
    index_now()
    page = search_products(SearchQuery(brand=brand, sort="-price", page=2, page_size=2))
    assert [card.price_fen for card in page.cards] == [3000, 2000]
    assert (page.total, page.pages, page.page) == (5, 3, 2)
    assert [(it.value, it.count) for it in page.facets.price] == [
            ("1000-1999", 1), ("2000-2999", 1), ("3000-4999", 2), ("5000-7999", 1),
        ]  # fmt: skip


def test_what_is_browsed_is_kept_and_what_is_typed_is_not(origin, brand):
    take(item(origin, brand=brand))
    index_now()
    browse, typed = SearchQuery(brand=brand), SearchQuery(brand=brand, q="细口壶")
    assert search_products(browse) is search_products(browse)
    assert search_products(typed) is not search_products(typed)


def test_a_list_of_products_seen_before_takes_no_statement(origin, brand):
    take(item(origin, brand=brand))
    index_now()
    search_products(SearchQuery(brand=brand, q="细口壶"))
    with CaptureQueriesContext(connection) as done:
        search_products(SearchQuery(brand=brand, q="细口壶"))
    assert len(done) == 0


def test_an_empty_list_has_one_empty_page():
    page = search_products(SearchQuery(brand="没有这个牌子"))
    assert (page.cards, page.total, page.pages) == ((), 0, 1)


def test_a_product_the_index_still_knows_but_the_catalogue_does_not_is_left_out(origin, brand):
    take(item(origin, brand=brand), item(origin, "2", brand=brand))
    index_now()
    with zone("worker"):
        Sku.objects.filter(product_id=product_id(origin, "1")).delete()
        connection.cursor().execute("DELETE FROM catalog_product WHERE id = %s", [product_id(origin, "1")])
    look()
    shown = {card.id for card in search_products(SearchQuery(brand=brand)).cards}
    assert UUID(str(product_id(origin, "2"))) in shown


def test_suggestions_go_on_from_what_is_typed(origin, brand):
    take(*(item(origin, str(place), title="琉璃烛台摆件", brand=brand) for place in range(3)))
    index_now()
    assert any("琉璃" in it for it in suggestions("琉璃"[:1] + "璃"))


def test_verifying_finds_what_differs_and_mends_it(origin, brand):
    take(item(origin, title="老银耳环", brand=brand))
    index_now()
    verify(mend=True)  # another test leaves something behind
    assert verify().differences == 0
    key = str(product_id(origin, "1"))
    take(item(origin, title="老银耳环 镀金", brand=brand))  # the catalogue moves on, the index does not
    assert verify().stale == (key,)
    index.delete([key])
    index.upsert([Document(str(uuid4()), "谁也不卖的东西")])
    index.commit()
    found = verify(mend=True)
    assert (found.missing, len(found.extra)) == ((key,), 1)
    assert verify().differences == 0
    with zone("worker"):
        assert rebuild() == index.count()
    assert verify().held == index.count()
