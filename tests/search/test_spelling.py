"""What a mistyped stretch was meant to say, and how much is asked of the index for it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mingpu.search import ranking
from mingpu.search.index import TantivyIndex
from mingpu.search.ranking import Judge, Matcher, Other, Weights
from mingpu.search.reading import Reading, Teachings, read
from mingpu.search.rules import Lexicon, SearchQuery
from mingpu.search.spelling import _CLEARER, LENGTHS, LIKELIER, MOST, Known, Spelling
from tests.search.shelf import document, id_of

TITLES = (
    "全身按摩垫 电动",
    "颈椎按摩垫",
    "电动车 刹车油",
    "电动自行车",
    "电力 工具",
    "三轮车 车篷",
    "铝合金门窗",
)
COPIES = 8


@pytest.fixture(scope="module")
def shop(tmp_path_factory) -> TantivyIndex:
    index = TantivyIndex(tmp_path_factory.mktemp("shop"))
    index.rebuild(
        document(f"{title} {n}", product_id=id_of(f"{title}{n}")) for title in TITLES for n in range(COPIES)
    )
    return index


@pytest.fixture
def known(shop: TantivyIndex) -> Known:
    snapshot = shop._store.snapshot()
    assert snapshot
    return Known(snapshot.searcher)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("按摸垫", "按摩垫"),  # by sound
        ("按摩店", "按摩垫"),
        ("吕合金", "铝合金"),  # by shape
        ("劲椎按摩垫", "颈椎按摩垫"),
    ],
)
def test_what_was_mistyped_is_read_as_what_the_catalogue_says(known: Known, typed: str, meant: str):
    found = Spelling(known).meant(typed)
    assert found[0].text == meant
    assert found[0].char in meant
    assert found[0].odds >= LIKELIER


@pytest.mark.parametrize(
    "typed", ["按摩垫", "电动车", "铝合金门窗", "电力", "垫", "", "龘龘龘龘", "按" * LENGTHS.stop]
)
def test_what_the_catalogue_says_and_what_it_knows_nothing_of_stays(known: Known, typed: str):
    assert Spelling(known).meant(typed) == []


@settings(max_examples=100, deadline=None)
@given(text=st.text("按摩垫电动力车刹油铝吕合金摸店龘", max_size=30) | st.text(max_size=30))
def test_ways_to_mean_a_stretch_differ_by_one_character_each(shop: TantivyIndex, text: str):
    snapshot = shop._store.snapshot()
    assert snapshot
    found = Spelling(snapshot.known).meant(text)
    assert len(found) <= MOST
    assert [it.odds for it in found] == sorted((it.odds for it in found), reverse=True)
    for it in found:
        unlike = [(a, b) for a, b in zip(text, it.text, strict=True) if a != b]
        assert [b for _, b in unlike] == [it.char]


@settings(max_examples=100, deadline=None)
@given(st.text("按摩垫电动力车刹油铝吕合金摸店劲颈椎龘", min_size=2, max_size=8))
def test_a_slip_is_looked_for_among_all_that_stand_beside_a_neighbour(shop: TantivyIndex, run: str):
    snapshot = shop._store.snapshot()
    assert snapshot
    known = snapshot.known
    reads = Spelling(known)

    def stands(place: int, char: str) -> bool:
        beside = (run[place - 1] + char if place else "", char + run[place + 1 : place + 2])
        return any(len(pair) == 2 and known.holding("pairs", pair) for pair in beside)

    for closer, place, char in reads._closer(run):
        assert closer == reads._fit(run, place, char) - reads._fit(run, place, run[place])
        assert stands(place, char)
    found = {(place, char) for _, place, char in reads._closer(run)}
    for place in {place for place, _ in found}:
        fit = reads._fit(run, place, run[place])
        for char in known.mistaken_for(run[place]):
            if stands(place, char) and reads._fit(run, place, char) >= fit + _CLEARER:
                assert (place, char) in found


def test_only_what_says_nothing_of_who_asked_is_remembered(known: Known):
    for token in ("按", "按摩", "13800000000", "按摩垫"):
        known.holding("pairs", token)
        known.holding("words", token)
    assert known._kept.cache_info().currsize == 4


def test_what_was_meant_is_found_before_what_was_typed_in_pieces(shop: TantivyIndex):
    page = shop.search(SearchQuery(q="三轮车刹车油电力车"))
    assert page.corrected_query is None  # no product holds all
    assert set(page.product_ids[:COPIES]) == {id_of(f"电动车 刹车油{n}") for n in range(COPIES)}


def test_words_left_of_an_unknown_one_do_not_find_everything(shop: TantivyIndex, monkeypatch):
    """With a word unknown, a common one that is left says nothing by itself: pairs of characters do."""
    loose = shop.search(SearchQuery(q="车 铝龘金门")).total
    monkeypatch.setattr(ranking, "BROAD", 4)
    assert loose > shop.search(SearchQuery(q="车 铝龘金门")).total == COPIES


def reading_of(shop: TantivyIndex, text: str) -> Reading:
    snapshot = shop._store.snapshot()
    assert snapshot
    return read(
        text, teachings=Teachings(Lexicon()), holding=snapshot.known.holding, products=snapshot.known.products
    )


@pytest.mark.parametrize("broad", [1, 10, 3_000])
def test_each_step_holds_what_the_one_before_held(shop: TantivyIndex, monkeypatch, broad: int):
    monkeypatch.setattr(ranking, "BROAD", broad)
    snapshot = shop._store.snapshot()
    assert snapshot
    reading, meant = (
        reading_of(shop, "按摩 电动 刹车油 车 电力"),
        reading_of(shop, "按摩 电动 刹车油 车 电动车"),
    )
    for others in ((), (Other(meant, "动", 9.0, 0.0),)):
        found: set[object] = set()
        for step in Matcher(shop._schema, reading, Weights(), others).steps():
            hits = {(at.segment_ord, at.doc) for _, at in snapshot.searcher.search(step, 1000).hits}
            assert found <= hits
            found = hits
        assert found


def test_two_common_words_find_less_than_two_rare_ones(shop: TantivyIndex, monkeypatch):
    """Of three words no product holds together, the two commonest are not enough where that would be too many."""
    query = SearchQuery(q="电动 车 铝合金", sort="price")
    wide = shop.search(query).total
    monkeypatch.setattr(ranking, "BROAD", 2)
    assert shop.search(query).total < wide


def test_a_product_counts_by_the_reading_it_fits_best(shop: TantivyIndex):
    snapshot = shop._store.snapshot()
    assert snapshot
    typed, meant = reading_of(shop, "电力车"), reading_of(shop, "电动车")
    hits = snapshot.searcher.search(Matcher(shop._schema, meant, Weights()).precise(), 1).hits
    (place,) = snapshot.searcher.fast_field_values("place", [hits[0][1]])
    (record,) = snapshot.records.read([int(place or 0)])
    alone, right = Judge(typed, Weights()).score(record), Judge(meant, Weights()).score(record)
    for doubt in (0.0, 1.0, 1_000.0):
        score = Judge(typed, Weights(), [Other(meant, "动", 9.0, doubt)]).score(record)
        assert score == max(alone, right - doubt)
    assert right > alone
