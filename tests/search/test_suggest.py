"""Suggestions and mending, from the words of the catalogue alone."""

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mingpu.search.index import TantivyIndex
from mingpu.search.mending import mend
from mingpu.search.rules import Document, SearchQuery
from mingpu.search.spelling import Spelling
from mingpu.search.vocabulary import FS, merged, pinyin, read_vocabulary, shortened
from tests.search.shelf import document, filled, goods


@pytest.fixture(scope="module")
def index(tmp_path_factory) -> TantivyIndex:
    twice = [
        Document(
            **{name: getattr(g, name) for name in Document.__slots__ if name != "product_id"}, product_id=new
        )
        for g, new in ((g, document("").product_id) for g in goods())
    ]
    made = TantivyIndex(tmp_path_factory.mktemp("words") / "index")
    made.rebuild(
        [*goods(), *twice, document("zippo 防风打火机"), document("adidas 运动鞋"), document("速干衣")]
    )
    return made


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("手", "手机"),
        ("shouji", "手机"),
        ("SHOU JI", "手机"),
        ("shou'ji", "手机"),
        ("shouj", "手机"),
        ("sj", "手机"),
        ("xing", "星河"),
        ("Xin", "Xinghe"),
        ("xinghe/", "Xinghe/星河"),
        ("蓝牙", "蓝牙耳机"),
        ("lanyaer", "蓝牙耳机"),
        ("居", "居家"),
        ("meizhuang", "美妆"),
        ("星河 手", "星河 手机"),
        ("山泉 kaf", "山泉 咖啡"),
    ],
)
def test_what_is_begun_is_continued(index: TantivyIndex, typed: str, offered: str):
    assert offered in index.suggest(typed)


def test_names_come_before_words(index: TantivyIndex):
    assert index.suggest("星")[0] == "星河"


@pytest.mark.parametrize("typed", ["", " ", "\x00", "\ud800", "🎂", "zzzz", "%", FS, "没有这个"])
def test_nothing_to_offer(index: TantivyIndex, typed: str):
    assert index.suggest(typed) == []


def test_what_only_one_product_says_is_not_offered(index: TantivyIndex):
    assert "速干衣" not in index.suggest("速干")


def test_as_many_as_asked(index: TantivyIndex):
    assert len(index.suggest("s", limit=3)) == 3
    assert index.suggest("s", limit=0) == []
    assert index.suggest("s", limit=3) == index.suggest("s", limit=3)


def test_a_suggestion_handed_out_is_the_callers_own(index: TantivyIndex):
    index.suggest("s").clear()
    assert index.suggest("s")


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters(), max_size=30), st.integers(-1, 12))
def test_suggesting_never_breaks(index: TantivyIndex, typed: str, limit: int):
    offered = index.suggest(typed, limit=limit)
    assert len(offered) <= max(0, limit)
    assert len(set(offered)) == len(offered)
    assert typed not in offered


@pytest.mark.parametrize(
    ("typed", "mended"),
    [
        ("shouji", "手机"),
        ("lanyaerji", "蓝牙耳机"),
        ("soji", None),  # not even a merged sound
        ("souji", "手机"),  # s for sh
        ("手鸡", "手机"),
        ("面模", "面膜"),
        ("ziippo", "zippo"),
        ("zipo", "zippo"),
        ("zippp", "zippo"),
        ("adidsa", "adidas"),
        ("adixxs", None),
    ],
)
def test_what_finds_nothing_is_mended(index: TantivyIndex, typed: str, mended: str | None):
    page = index.search(SearchQuery(q=typed))
    assert page.corrected_query == mended
    assert bool(page.total) == (mended is not None)


def test_a_word_mended_leaves_longer_words_alone(tmp_path: Path):
    index = TantivyIndex(tmp_path)
    index.rebuild([document("hiking boots"), document("winter boots")])
    for typed in ("boot boots", "boots boot"):
        assert index.search(SearchQuery(q=typed)).corrected_query == "boots boots"


def test_the_mended_words_are_what_is_searched(index: TantivyIndex):
    mended, right = index.search(SearchQuery(q="shouji")), index.search(SearchQuery(q="手机"))
    assert mended.product_ids == right.product_ids
    assert mended.facets == right.facets
    assert right.corrected_query is None


def test_a_query_that_finds_something_is_left_alone(index: TantivyIndex):
    assert index.search(SearchQuery(q="手机壳")).corrected_query is None


def test_filters_stay_when_a_query_is_mended(index: TantivyIndex):
    page = index.search(SearchQuery(q="shouji", max_price_fen=50_00))
    assert page.corrected_query == "手机"
    assert page.total == 2


def test_no_guess_without_a_product_that_holds_every_word(tmp_path: Path):
    index = filled(tmp_path)
    assert index.search(SearchQuery(q="手鸡qwerty")).corrected_query is None


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters(), max_size=40) | st.text("shouji手鸡面模zipo ", max_size=40))
def test_mending_never_breaks_and_never_repeats(index: TantivyIndex, typed: str):
    snapshot = index._store.snapshot()
    assert snapshot
    mended = mend(snapshot.searcher, Spelling(snapshot.known), typed)
    assert mended is None or mended != typed
    page = index.search(SearchQuery(q=typed))
    assert page.corrected_query is None or page.total > 0


def test_a_long_odd_query_is_answered_soon(index: TantivyIndex):
    started = time.perf_counter()
    for q in ("shouji" * 40, "手鸡" * 100, "ab " * 66, "zhangchangshang" * 13):
        index.search(SearchQuery(q=q))
    assert time.perf_counter() - started < 10


def test_pinyin():
    assert pinyin("手机") == ("shou", "ji")
    assert pinyin("a女の") == ("a", "nv", "の")
    assert merged("zhangchengshi") == "zancensi"


@given(st.text("abcde", min_size=2, max_size=8), st.integers(0, 7))
def test_one_letter_lost_shares_a_form(word: str, place: int):
    place %= len(word)
    assert word[:place] + word[place + 1 :] in shortened(word)
    assert word in shortened(word)


@settings(max_examples=200, deadline=None)
@given(
    st.text(st.characters(), max_size=40),
    st.text(st.characters(), max_size=20),
    st.lists(st.text(st.characters(), max_size=10), max_size=3),
)
def test_every_term_has_its_parts(title: str, brand: str, category: list[str]):
    terms = read_vocabulary(document(title, brand=brand, category=tuple(category)))
    for term in (*terms.plain, *terms.phrase, *terms.sound, *terms.phrase_sound, *terms.echo):
        key, text, kind = term.split(FS)
        assert kind in "bcwp"
        assert key
        text.encode()
    assert all(term.count(FS) == 1 for term in terms.near)
