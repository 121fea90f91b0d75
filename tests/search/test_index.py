"""Finding, filtering, ordering, counting, in a small catalogue."""

import threading
from collections import Counter
from itertools import chain, pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mingpu.search import ranking
from mingpu.search.facets import RANGES, ranges
from mingpu.search.index import TantivyIndex
from mingpu.search.ranking import ENOUGH, ENOUGH_SORTED
from mingpu.search.rules import (
    SORTS,
    Document,
    FacetCount,
    SearchPage,
    SearchQuery,
    category_value,
    category_values,
    price_range,
)
from mingpu.search.words import Line, as_lexicon
from tests.search.shelf import document, filled, found, goods, id_of, names

ALL = {"kettle", "grinder", "phone", "case", "buds", "cream", "mask", "sheet", "boots", "tea"}


@pytest.fixture(scope="module")
def index(tmp_path_factory) -> TantivyIndex:
    return filled(tmp_path_factory.mktemp("shelf") / "index")


@pytest.mark.parametrize(
    ("q", "first"),
    [
        ("咖啡壶", "kettle"),
        ("手机壳", "case"),
        ("8GB手機", "phone"),
        ("藍牙耳機", "buds"),
        ("hiking boots", "boots"),
        ("棠梨 面膜", "mask"),
        ("kt-600a", "kettle"),
        ("KT600A", "kettle"),
        ("茶", "tea"),
        ("不锈钢 壶", "kettle"),  # the material is told by the attributes alone
    ],
)
def test_the_best_comes_first(index: TantivyIndex, q: str, first: str):
    assert found(index, q)[0] == first


def test_a_word_is_not_found_in_its_characters(index: TantivyIndex):
    assert set(found(index, "手机")) == {"phone", "case"}  # and no 手冲, 手摇 or 耳机
    assert found(index, "机手") == []


def test_model_numbers_are_found_however_typed(index: TantivyIndex):
    for q in ("Ｒ５０", "r-50"):
        assert set(found(index, q)) == {"phone", "case"}
    assert set(found(index, "星河R50")[:2]) == {"phone", "case"}


def test_words_of_attributes_are_found(index: TantivyIndex):
    assert set(found(index, "保湿")) == {"cream", "mask"}
    assert found(index, "保湿")[0] == "cream"  # in the title it weighs more


def test_what_cannot_be_bought_comes_after_its_equal(tmp_path: Path):
    index = TantivyIndex(tmp_path)
    index.rebuild(
        [
            document("白瓷盘", product_id=id_of("gone")),
            document("白瓷盘", product_id=id_of("here"), in_stock=True),
        ]
    )
    assert index.search(SearchQuery(q="白瓷盘")).product_ids == (id_of("here"), id_of("gone"))


def test_where_enough_hold_every_word_near_misses_are_left_out(tmp_path: Path):
    index = TantivyIndex(tmp_path)
    exact = [document(f"儿童 雨靴 {n}") for n in range(ENOUGH)]
    near = [document(f"儿童 水杯 {n}") for n in range(5)]
    index.rebuild(exact + near)
    assert index.search(SearchQuery(q="儿童雨靴")).total == ENOUGH
    index.rebuild(exact[1:] + near)
    assert index.search(SearchQuery(q="儿童雨靴")).total == ENOUGH - 1 + len(near)


def test_no_step_loses_what_the_one_before_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    index = TantivyIndex(tmp_path)
    both = [document(f"耳机 蓝牙 {n}") for n in range(8)]
    apart = [document(f"{word} {n}") for word in ("蓝牙", "耳机") for n in range(40)]
    index.rebuild([*both, *apart, document("洋牙耳朵")])  # the pair of characters in between is the rarest
    monkeypatch.setattr(ranking, "BROAD", 30)
    page = index.search(SearchQuery(q="蓝牙耳机"))
    assert {it.product_id for it in both} < set(page.product_ids)
    assert page.total == len(both) + 1


def test_an_order_by_price_begins_with_what_holds_every_word(tmp_path: Path):
    index = TantivyIndex(tmp_path)
    exact = [document(f"儿童 雨靴 {n}", price_fen=90_00) for n in range(ENOUGH_SORTED)]
    index.rebuild([*exact, document("儿童 水杯", price_fen=1_00)])
    assert index.search(SearchQuery(q="儿童雨靴")).total == ENOUGH_SORTED + 1
    assert index.search(SearchQuery(q="儿童雨靴", sort="price")).total == ENOUGH_SORTED


def test_pages_of_words_follow_each_other_beyond_what_is_judged(tmp_path: Path):
    index = TantivyIndex(tmp_path)
    index.rebuild([document(f"儿童 雨靴 {n} {'厚底' * (n % 3)}", sales=n % 7) for n in range(700)])
    for q in ("儿童雨靴", "雨靴", "雨靴 厚底 没有", "厚底 儿童 帽"):
        pages = [index.search(SearchQuery(q=q, page=n, page_size=100)) for n in range(1, 9)]
        hits = [hit for page in pages for hit in page.product_ids]
        assert len(hits) == len(set(hits)) == pages[0].total
        beyond = index.search(SearchQuery(q=q, page=90_000))
        assert (beyond.product_ids, beyond.total) == ((), pages[0].total)


def test_a_brand_word_filters_and_its_words_need_not_stand_in_the_title(tmp_path: Path):
    index = TantivyIndex(tmp_path)
    own = [document(f"跑鞋 {n}", brand="Nike/耐克", brand_aliases=("耐吉",)) for n in range(4)]
    index.rebuild([*own, document("耐克同款 跑鞋", brand="山泉"), document("跑鞋 轻便", brand="山泉")])
    for q in ("耐克跑鞋", "nike 跑鞋", "跑鞋 耐吉"):
        page = index.search(SearchQuery(q=q))
        assert page.recognised == (("brand", "Nike/耐克"),)
        assert set(page.product_ids) == {it.product_id for it in own}
        assert {it.value for it in page.facets.brand} >= {"Nike/耐克"}  # the others stay to be chosen
    near = index.search(SearchQuery(q="耐克 跑鞋 防水"))  # no product holds all of it
    assert near.recognised == (("brand", "Nike/耐克"),)
    assert set(near.product_ids) == {it.product_id for it in own}
    plain = index.search(SearchQuery(q="耐克跑鞋", exact=True))
    assert plain.recognised == ()
    assert plain.total == 6


def test_a_brand_that_is_a_word_of_its_own_stays_a_word(tmp_path: Path):
    index = TantivyIndex(tmp_path)
    cases = [document(f"苹果手机壳 {n}", brand=f"壳匠{n}") for n in range(5)]
    index.rebuild([*cases, document("手机 原装", brand="苹果")])
    page = index.search(SearchQuery(q="苹果手机壳"))
    assert page.recognised == ()
    assert page.total >= 5


def test_attributes_filter_and_are_counted(tmp_path: Path):
    index = TantivyIndex(tmp_path)
    cups = [
        ("白", "陶瓷"), ("白", "玻璃"), ("蓝", "陶瓷"), ("蓝", "陶瓷"),
    ]  # fmt: skip
    index.rebuild([document("杯子", facets=(("颜色", c), ("材质", m))) for c, m in cups])
    page = index.search(SearchQuery(q="杯子", attributes=(("颜色", "蓝"),)))
    assert page.total == 2
    told = dict(page.facets.attributes)
    assert told["颜色"] == (FacetCount("白", 2), FacetCount("蓝", 2))  # not narrowed by its own filter
    assert told["材质"] == (FacetCount("陶瓷", 2),)
    either = index.search(SearchQuery(attributes=(("颜色", "蓝"), ("颜色", "白"), ("材质", "陶瓷"))))
    assert either.total == 3
    assert dict(either.facets.attributes)["材质"] == (FacetCount("陶瓷", 3), FacetCount("玻璃", 1))
    assert index.search(SearchQuery(attributes=(("颜色", "陶瓷"),))).total == 0


@given(st.lists(st.integers(0, 50), max_size=22))
def test_price_ranges_hold_everything_once(counts: list[int]):
    made = ranges(counts)
    assert len(made) <= RANGES + 1
    assert sum(sum(counts[first : last + 1]) for first, last in made) == sum(counts)
    assert all(two[0] == one[1] + 1 for one, two in pairwise(made))
    if sum(counts):
        assert counts[made[0][0]] > 0
        assert counts[made[-1][1]] > 0


def test_an_attribute_written_in_two_ways_is_one(tmp_path: Path):
    index = TantivyIndex(tmp_path)
    index.rebuild([document(value, facets=(("颜色", value),)) for value in ("白", "蓝", "红")])
    assert index.search(SearchQuery(attributes=(("颜色", "白"), ("颜色 ", "蓝")))).total == 2


def test_near_duplicates_do_not_fill_the_front(tmp_path: Path):
    index = TantivyIndex(tmp_path)
    same = [document("儿童雨靴 防滑 小黄鸭", sales=9000 + n) for n in range(20)]
    other = [document(f"儿童雨靴 {mark}款{mark}", sales=n) for n, mark in enumerate("甲乙丙丁戊己庚辛")]
    index.rebuild(same + other)
    first = index.search(SearchQuery(q="儿童雨靴", page_size=10)).product_ids
    assert sum(hit in {it.product_id for it in same} for hit in first) == 2


def test_an_empty_query_browses_everything(index: TantivyIndex):
    page = index.search(SearchQuery())
    assert page.total == 10
    assert set(names(page)) == ALL
    assert names(page)[:2] == ["case", "mask"]  # what can be bought, by sales
    assert names(page)[-2:] == ["tea", "sheet"]  # what cannot
    assert found(index, "   ") == names(page)


@pytest.mark.parametrize(
    ("sort", "first", "last"),
    [
        ("price", ["case", "mask"], "sheet"),
        ("-price", ["phone", "boots"], "sheet"),
        ("sales", ["case", "mask"], "sheet"),
        ("new", ["boots", "sheet"], "mask"),
    ],
)
def test_orders(index: TantivyIndex, sort: str, first: list[str], last: str):
    hits = found(index, sort=sort)
    assert hits[:2] == first
    assert hits[-1] == last


def test_an_order_holds_for_words_too(index: TantivyIndex):
    assert found(index, "手机", sort="price") == ["case", "phone"]
    assert found(index, "手机", sort="-price") == ["phone", "case"]


def test_filters(index: TantivyIndex):
    assert set(found(index, category="居家")) == {"kettle", "grinder", "sheet"}
    assert set(found(index, category="居家/咖啡具")) == {"kettle", "grinder"}
    assert set(found(index, category="美妆/面部／护肤")) == {"cream", "mask"}
    assert set(found(index, brand="Xinghe/星河")) == {"phone", "case", "buds"}
    assert set(found(index, min_price_fen=129_00, max_price_fen=259_00)) == {"kettle", "grinder", "tea"}
    assert "sheet" not in found(index, min_price_fen=0)  # no price, not within any
    assert set(found(index, in_stock=True)) == ALL - {"tea", "sheet"}
    assert set(found(index, in_stock=False)) == ALL
    assert found(index, brand="山泉", category="数码") == []
    assert found(index, category="没有") == found(index, brand="没有") == []


@pytest.mark.parametrize(("low", "high"), [(10, 5), (-9, -1), (2**70, None), (0, -1), (2**64, 2**65)])
def test_odd_price_bounds_find_nothing(index: TantivyIndex, low: int, high: int | None):
    page = index.search(SearchQuery(min_price_fen=low, max_price_fen=high))
    assert page.total == 0
    assert sum(facet.count for facet in page.facets.price) == 9  # its own filter does not narrow it


def test_a_facet_is_not_narrowed_by_its_own_filter(index: TantivyIndex):
    page = index.search(SearchQuery(brand="山泉", category="居家"))
    assert set(names(page)) == {"kettle", "grinder"}
    assert page.facets.brand == (FacetCount("山泉", 2),)  # of 居家, where 纯棉四件套 has no brand
    assert page.facets.category == (FacetCount("居家", 2), FacetCount("居家/咖啡具", 2))
    assert page.facets.price == (FacetCount("10000-14999", 1), FacetCount("15000-29999", 1))
    wide = index.search(SearchQuery(brand="山泉"))
    assert {facet.value for facet in wide.facets.brand} == {"山泉", "Xinghe/星河", "棠梨", "Ridge", "湖畔"}


def test_one_shop_of_several(tmp_path: Path):
    index = TantivyIndex(tmp_path)
    shops = {"qinglan": 3, "mingpu": 2, "": 1}
    index.rebuild([document(f"陶壶 {n}", merchant=code) for code, many in shops.items() for n in range(many)])
    for words in ("", "陶壶"):
        page = index.search(SearchQuery(q=words, merchant="mingpu"))
        assert page.total == 2
        assert page.facets.merchant == (FacetCount("qinglan", 3), FacetCount("mingpu", 2))  # to go elsewhere
    assert index.search(SearchQuery(merchant="nobody")).total == 0
    assert index.search(SearchQuery(brand="nobody")).facets.merchant == ()
    assert index.search(SearchQuery(q="陶壶")).facets.merchant[0] == FacetCount("qinglan", 3)


def test_a_filter_that_leaves_nothing_is_not_mended(index: TantivyIndex):
    page = index.search(SearchQuery(q="面膜", brand="山泉"))
    assert page.total == 0
    assert page.corrected_query is None
    assert page.facets.brand == (FacetCount("棠梨", 1),)


def test_narrowing_never_brings_in_what_was_not_there(tmp_path: Path):
    index = TantivyIndex(tmp_path)
    index.rebuild(
        [document(f"儿童 雨靴 {n}", brand="甲") for n in range(ENOUGH)]
        + [document("儿童 雨靴", brand="乙"), document("儿童 水杯", brand="乙")]
    )
    assert index.search(SearchQuery(q="儿童雨靴", brand="乙")).total == 1


def test_pages_follow_each_other(index: TantivyIndex):
    pages = [found(index, sort="sales", page=n, page_size=3) for n in (1, 2, 3, 4, 5)]
    assert [len(page) for page in pages] == [3, 3, 3, 1, 0]
    assert [*chain(*pages)] == found(index, sort="sales", page_size=100)
    for far in (1_000, 1_000_000):
        page = index.search(SearchQuery(page=far, page_size=100))
        assert page.product_ids == ()
        assert page.total == 10
        assert page.facets.brand


@pytest.mark.parametrize(
    "q", ["🎂", "!!!", "\x00", "\ud800", "的的的的", "qqqqqq", "手" * 500, "a-" * 300, '"(AND OR*?:^']
)
def test_odd_queries_find_nothing_and_break_nothing(index: TantivyIndex, q: str):
    page = index.search(SearchQuery(q=q))
    assert page.total == 0
    assert page.product_ids == ()
    assert page.corrected_query is None


def test_odd_products_can_be_found_by_what_is_whole_in_them(tmp_path: Path):
    index = TantivyIndex(tmp_path)
    odd = document(
        "\ud800铜壶\x00" + "长" * 10_000,
        brand="\x1f牌\x1f子\udfff",
        category=("厨\x00房", "", "壶" * 300),
        attributes_text="\x1f" * 10,
        price_fen=2**70,
        sales=2**70,
        listed_at=-5,
        skus=("", "\x00", "Ａ-1" * 5_000),
    )
    index.rebuild([odd, document("", brand="", category=())])
    page = index.search(SearchQuery(q="铜壶"))
    assert page.product_ids == (odd.product_id,)
    assert page.facets.brand == (FacetCount("牌 子", 1),)
    assert found_ids(index, brand=odd.brand) == [odd.product_id]
    assert found_ids(index, category=category_value(odd.category)) == [odd.product_id]
    assert index.suggest("铜") == []


def test_products_too_long_for_a_record_are_found_all_the_same(tmp_path: Path):
    index = TantivyIndex(tmp_path)
    long = "".join(map(chr, range(0x4E00, 0x4E00 + 5000)))
    index.rebuild([document("铜壶" + long, brand="㌀" * 5000, category=(long,), attributes_text="㍿" + long)])
    assert index.search(SearchQuery(q="铜壶")).total == 1


def found_ids(index: TantivyIndex, **fields: Any) -> list[str]:
    return list(index.search(SearchQuery(**fields)).product_ids)


WORD = st.sampled_from(["手机", "壶", "面霜", "r50", "蓝牙", "耳机", "boots", "纯棉", "8GB", "龙井"])
PRODUCT = st.builds(
    document,
    st.lists(WORD, max_size=5).map(" ".join) | st.text(max_size=20),
    brand=st.sampled_from(["", "山泉", "棠梨", "Ridge"]),
    category=st.lists(st.sampled_from(["居家", "数码", "a/b"]), max_size=3).map(tuple),
    price_fen=st.none() | st.integers(0, 6000_00),
    in_stock=st.booleans(),
    sales=st.integers(0, 100),
    merchant=st.sampled_from(["", "mingpu", "qinglan"]),
    facets=st.lists(st.sampled_from([("颜色", "白"), ("颜色", "蓝"), ("材质", "陶")]), max_size=2).map(
        lambda pairs: tuple(dict.fromkeys(pairs))
    ),
)
QUERY = st.builds(
    SearchQuery,
    q=st.just("") | st.lists(WORD, max_size=3).map(" ".join) | st.text(st.characters(), max_size=12),
    category=st.none() | st.sampled_from(["居家", "数码/居家", "a／b"]),
    brand=st.none() | st.sampled_from(["山泉", "棠梨"]),
    min_price_fen=st.none() | st.integers(-5, 6000_00),
    max_price_fen=st.none() | st.integers(-5, 6000_00),
    in_stock=st.booleans(),
    sort=st.sampled_from(SORTS),
    page_size=st.just(100),
    merchant=st.none() | st.sampled_from(["mingpu", "qinglan"]),
    attributes=st.lists(st.sampled_from([("颜色", "白"), ("颜色", "蓝"), ("材质", "陶")]), max_size=2).map(
        tuple
    ),
    exact=st.just(True),  # a brand recognised is a filter of its own
)


@settings(max_examples=60, deadline=None)
@given(shelf=st.lists(PRODUCT, max_size=12), queries=st.lists(QUERY, min_size=1, max_size=6))
def test_hits_obey_the_filters_and_facets_add_up(
    tmp_path_factory, shelf: list[Document], queries: list[SearchQuery]
):
    index = TantivyIndex(tmp_path_factory.mktemp("any") / "index")
    index.rebuild(shelf)
    known = {product.product_id: product for product in shelf}
    for query in queries:
        page = index.search(query)
        hits = [known[product_id] for product_id in page.product_ids]
        assert page.total == len(hits) == len(set(page.product_ids))
        assert all(obeys(hit, query) for hit in hits)
        if not query.q.strip():
            assert page.total == sum(obeys(product, query) for product in shelf)
        check_facets(page, hits, query)


def obeys(hit: Document, query: SearchQuery) -> bool:
    priced = query.min_price_fen is None and query.max_price_fen is None
    if not priced and hit.price_fen is not None:
        low, high = query.min_price_fen or 0, query.max_price_fen
        priced = low <= hit.price_fen and (high is None or hit.price_fen <= high)
    return (
        priced
        and query.category in (None, *category_values(hit.category))
        and query.brand in (None, hit.brand)
        and query.merchant in (None, hit.merchant)
        and (hit.in_stock or not query.in_stock)
        and all(
            any((name, value) in hit.facets for name, value in query.attributes if name == asked)
            for asked, _ in query.attributes
        )
    )


def check_facets(page: SearchPage, hits: list[Document], query: SearchQuery) -> None:
    """A facet without a filter of its own counts exactly the hits; with one it counts at least them."""
    brands = Counter(hit.brand for hit in hits if hit.brand)
    categories = Counter(value for hit in hits for value in set(category_values(hit.category)))
    told_brands = {facet.value: facet.count for facet in page.facets.brand}
    told_categories = {facet.value: facet.count for facet in page.facets.category}
    if query.brand is None:
        assert told_brands == brands
    if query.merchant is None:
        merchants = Counter(hit.merchant for hit in hits if hit.merchant)
        assert {facet.value: facet.count for facet in page.facets.merchant} == merchants
    if not query.attributes:
        pairs = Counter(pair for hit in hits for pair in hit.facets)
        assert {(name, it.value): it.count for name, found in page.facets.attributes for it in found} == pairs
    if query.category is None:
        assert told_categories == categories
    if query.min_price_fen is None and query.max_price_fen is None:
        assert sum(facet.count for facet in page.facets.price) == sum(
            hit.price_fen is not None for hit in hits
        )
        for facet in page.facets.price:
            low, high = price_range(facet.value)
            inside = [hit for hit in hits if hit.price_fen is not None and low <= hit.price_fen]
            assert facet.count == sum(high is None or (hit.price_fen or 0) <= high for hit in inside)
    assert all(told_brands.get(brand, 0) >= count for brand, count in brands.items())
    assert list(page.facets.brand) == sorted(page.facets.brand, key=lambda facet: (-facet.count, facet.value))


def test_threads_share_an_index(index: TantivyIndex):
    wrong: list[object] = []

    def ask() -> None:
        for _ in range(50):
            hits = found(index, "手机")
            if set(hits) != {"phone", "case"}:
                wrong.append(hits)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_an_index_knows_its_size(index: TantivyIndex):
    assert index.count() == len(goods())


def test_all_categories_below_one_are_counted_under_the_filters(tmp_path: Path):
    index = TantivyIndex(tmp_path)
    goods = [
        document(
            f"杯 {n}",
            category=("居家", f"类{n % 150}", "细"),
            price_fen=n * 100,
            in_stock=n % 2 == 0,
            brand="山泉",
        )
        for n in range(300)
    ]
    index.rebuild([*goods, document("灯", category=("居家灯", "类0")), document("伞")])
    below = {it.value: it.count for it in index.below(SearchQuery(category="居家"))}
    assert below == {
        f"居家/类{n}": 2 for n in range(150)
    }  # more than a facet shows, and none deeper or beside
    some = index.below(SearchQuery(category="居家", in_stock=True, max_price_fen=100_00))
    assert {it.value: it.count for it in some} == {f"居家/类{n}": 1 for n in range(0, 101, 2)}
    assert index.below(SearchQuery(category="居家/类1/细")) == index.below(SearchQuery()) == ()
    assert TantivyIndex(tmp_path / "none").below(SearchQuery(category="居家")) == ()


def test_the_flat_ways_to_hold_words_find_what_the_words_do(tmp_path: Path):
    words = as_lexicon([Line("same", ("土豆", "马铃薯", "洋芋")), Line("same", ("薯片", "脆片"))])
    index = TantivyIndex(tmp_path, lexicon=lambda: words)
    names = [
        f"{a} {b} {n}"
        for a in ("土豆", "马铃薯", "洋芋", "番茄")
        for b in ("薯片", "脆片", "酱")
        for n in range(20)
    ]
    made = [document(name, product_id=id_of(name)) for name in names]
    index.rebuild([*made, document("零食", product_id=id_of("told"), attributes_text="原料 土豆 薯片")])
    for q in ("土豆薯片", "洋芋 脆片"):
        found = index.search(SearchQuery(q=q, page_size=100))
        expected = {id_of(it) for it in names if it[:2] != "番茄" and "酱" not in it} | {id_of("told")}
        assert set(found.product_ids[:100]) <= expected
        assert found.total == len(expected)
