"""Recall by meaning: beside the words, within its time, and only where a model of this machine is configured."""

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test.utils import override_settings

from mingpu.adapters import providers
from mingpu.adapters.counterparts import wiring
from mingpu.adapters.counterparts.embeddings import vector_of
from mingpu.adapters.embedding.openai import LocalEmbedder
from mingpu.catalog.rules import product_id
from mingpu.search import akin as room
from mingpu.search import learning
from mingpu.search.akin import Akin
from mingpu.search.index import TantivyIndex
from mingpu.search.ranking import ENOUGH_SORTED
from mingpu.search.rules import SearchQuery
from mingpu.search.vectors import Vectors
from tests.adapters.conftest import QUICK, Side, free_port
from tests.catalog.shop import item, source, take
from tests.counterparts import outside
from tests.search.shelf import document, id_of
from tests.support import zone

LEAST = 0.25


def cosine(one: str, other: str) -> float:
    return sum(a * b for a, b in zip(vector_of(one), vector_of(other), strict=True))


def akin_at(path: Path, side: Side, **changes: Any) -> Akin:
    config = wiring.embedding_config(address=side.address)
    model = LocalEmbedder(config)
    kept = Vectors(path, model=model.model, dimensions=model.dimensions)
    return Akin(model, kept, **({"seconds": 5.0, "least": LEAST} | changes))


class Shop:
    """An index with vectors. titles: by nickname."""

    def __init__(self, path: Path, side: Side, titles: dict[str, str], **fields: Any) -> None:
        self.akin = akin_at(path, side)
        self.index = TantivyIndex(path, near=self.akin.near)
        self.plain = TantivyIndex(path)
        self.index.rebuild(document(title, product_id=id_of(it), **fields) for it, title in titles.items())
        self.names = {id_of(it): it for it in titles}
        self.akin.follow(list(self.names), {id_of(it): title for it, title in titles.items()})

    def neighbours(self, q: str) -> list[str]:
        return [self.names[it] for it in self.akin.near(q)]

    def found(self, q: str, **more: Any) -> list[str]:
        return [self.names[it] for it in self.index.search(SearchQuery(q=q, **more)).product_ids]

    def without(self, q: str, **more: Any) -> list[str]:
        return [self.names[it] for it in self.plain.search(SearchQuery(q=q, **more)).product_ids]


# The stand-in for a model sees shared characters, also in an order that no word of the shop has.
TITLES = {"phone": "手机", "grinder": "磨豆", "lamp": "落地灯 客厅"}


@pytest.fixture
def side() -> Iterator[Side]:
    place = outside()
    yield place.side
    place.behave()


@pytest.fixture
def shop(tmp_path: Path, side: Side) -> Shop:
    return Shop(tmp_path, side, TITLES)


def test_what_no_word_finds_is_found_by_meaning(shop: Shop):
    assert shop.without("机手") == []
    assert shop.found("机手") == ["phone"]
    page = shop.index.search(SearchQuery(q="机手"))
    assert (page.total, page.corrected_query, page.recognised) == (1, None, ())


def test_only_what_is_like_enough_is_a_neighbour(shop: Shop):
    assert cosine("机手", TITLES["lamp"]) < LEAST
    assert shop.found("完全无关") == []


def test_words_as_typed_and_orders_of_a_column_stay_without_it(shop: Shop):
    assert shop.found("机手", exact=True) == []
    assert shop.found("机手", sort="price") == []


def test_what_holds_every_word_comes_before_what_means_alike(tmp_path: Path, side: Side):
    shop = Shop(tmp_path, side, {"both": "红茶 礼盒", "near": "茶红礼盒", "part": "礼盒 月饼 中秋"})
    assert "near" in shop.neighbours("红茶礼盒")
    found = shop.found("红茶礼盒")
    assert found[0] == "both"
    assert set(found) >= {"both", "near"}
    assert len(found) == len(set(found))
    assert set(shop.without("红茶礼盒")) <= set(found)


def test_where_enough_hold_every_word_nobody_asks_the_model(tmp_path: Path, side: Side):
    shop = Shop(tmp_path, side, {f"n{n}": f"雨靴唯独{n}" for n in range(ENOUGH_SORTED)})
    q = "雨靴唯独"
    assert len(shop.found(q)) == ENOUGH_SORTED
    assert not [it for it in side.received("embeddings", f'"{q}"') if it["body"].count('"') < 20]


def test_filters_facets_and_pages_count_neighbours_too(tmp_path: Path, side: Side):
    titles = {f"n{n}": f"手机{n}" for n in range(9)}
    shop = Shop(tmp_path, side, titles, brand="山泉", price_fen=10_00)
    shop.index.upsert([document("手机", product_id=id_of("n0"), brand="湖畔", price_fen=99_00)])
    shop.index.commit()
    pages = [shop.index.search(SearchQuery(q="机手", page=n, page_size=4)) for n in (1, 2, 3, 4)]
    hits = [hit for page in pages for hit in page.product_ids]
    assert len(hits) == len(set(hits)) == pages[0].total == sum(it.count for it in pages[0].facets.brand)
    assert {page.total for page in pages} == {pages[0].total}
    narrow = shop.index.search(SearchQuery(q="机手", brand="山泉"))
    assert (
        narrow.total == len(narrow.product_ids) == {it.value: it.count for it in narrow.facets.brand}["山泉"]
    )
    assert id_of("n0") not in narrow.product_ids
    assert shop.index.search(SearchQuery(q="机手", max_price_fen=1)).total == 0


def test_what_was_taken_out_of_the_index_is_no_neighbour(shop: Shop):
    shop.index.delete([id_of("phone")])
    shop.index.commit()
    assert shop.found("机手") == []


@pytest.mark.parametrize("kind", ["timeout", "http_500", "garbled", "other_dimensions", "limit"])
def test_a_model_in_trouble_costs_a_search_its_neighbours_alone(shop: Shop, side: Side, kind, caplog):
    shop.akin._seconds = 0.3
    side.fault("embeddings", kind)
    with caplog.at_level(logging.WARNING):
        assert shop.found("机手 落地灯") == shop.without("机手 落地灯") == ["lamp"]
    assert "机手" not in caplog.text  # what was searched for is in no log
    assert shop.akin.near("机手") == []  # left alone for a while
    shop.akin._resting_until = 0.0
    shop.akin._seconds = 5.0
    assert shop.found("机手") == ["phone"]


def test_a_reading_that_takes_too_long_is_given_up(shop: Shop, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(room.time, "monotonic", iter([0.0, *[1e6] * 9]).__next__)
    assert shop.akin.near("机手") == []


def test_a_model_that_is_gone_stops_the_job_and_keeps_what_was_made(tmp_path: Path, side: Side):
    akin = akin_at(tmp_path, side)
    assert akin.follow([id_of("a")], {id_of("a"): "甲"}) == 1
    gone = LocalEmbedder(wiring.embedding_config(address=f"http://127.0.0.1:{free_port()}"))
    kept = Vectors(tmp_path, model=gone.model, dimensions=gone.dimensions)
    broken = Akin(gone, kept, seconds=1, least=LEAST)
    gone._config = type(gone._config)(
        url=gone._config.url, model=gone.model, dimensions=gone.dimensions, patience=QUICK
    )
    with pytest.raises(room.EmbeddingFailed):
        broken.follow([id_of("a"), id_of("b")], {id_of("a"): "甲", id_of("b"): "乙"})
    assert broken.compare({id_of("a"): "甲", id_of("b"): "乙"}).missing == (id_of("b"),)


def test_only_changed_titles_are_made_anew_and_lost_products_forgotten(tmp_path: Path, side: Side):
    akin = akin_at(tmp_path, side)
    ids = [id_of("a"), id_of("b")]
    assert akin.follow(ids, {id_of("a"): "甲", id_of("b"): "乙"}) == 2
    assert akin.follow(ids, {id_of("a"): "甲", id_of("b"): "丙"}) == 1
    assert akin.follow(ids, {id_of("a"): "甲"}) == 0
    assert akin.compare({id_of("a"): "甲"}).differences == 0


def test_without_a_model_nothing_is_made_or_verified():
    assert not settings.EMBEDDINGS_URL
    assert providers.embedder() is None
    assert learning.akin is None
    assert learning.learn_meanings() == 0
    assert learning.verify_meanings() is None


def test_a_model_elsewhere_is_refused_when_the_mall_starts():
    elsewhere = {
        "EMBEDDINGS_URL": "https://api.example.com/v1", "EMBEDDINGS_MODEL": "m", "EMBEDDINGS_DIMENSIONS": 8,
    }  # fmt: skip
    with override_settings(**elsewhere), pytest.raises(ValueError, match="never leaves this machine"):
        providers.embedder.__wrapped__()


def test_vectors_follow_the_catalogue_and_are_verified(tmp_path: Path, side: Side, monkeypatch):
    akin = akin_at(tmp_path, side)
    monkeypatch.setattr(learning, "akin", akin)
    origin = source()
    key = str(product_id(origin, "1"))
    take(item(origin, title="老银耳环"))
    with zone("worker"):
        assert learning.learn_meanings() >= 1
        assert learning.learn_meanings() == 0
    assert key in akin.near("老银耳环")
    take(item(origin, title="老银手镯"))
    found = learning.verify_meanings()
    assert found
    assert found.stale == (key,)
    assert (found.missing, found.extra) == ((), ())
    with zone("worker"):
        assert learning.learn_meanings() == 1
    take(item(origin, title="老银戒指"))
    assert learning.verify_meanings(mend=True)
    mended = learning.verify_meanings()
    assert mended
    assert mended.differences == 0
    assert key in akin.near("老银戒指")
