"""Telling brands and product words in titles, from marked ones."""

from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingpu.lib.errors import Invalid
from mingpu.search.index import TAUGHT, TantivyIndex
from mingpu.search.labelled import read_labelled
from mingpu.search.recognise import Labelled, Recogniser, Span, _spans, _tags, train
from mingpu.search.rules import SearchQuery
from mingpu.search.services import FEWEST_LABELLED, teach
from tests.search.shelf import document

BRANDS, THINGS = ("山泉", "棠梨", "Ridge", "星河", "湖畔"), ("咖啡壶", "面霜", "登山靴", "手机壳", "龙井茶")


def marked(number: int) -> list[Labelled]:
    dice = Random(number)
    titles = []
    for _ in range(number):
        brand, thing = dice.choice(BRANDS), dice.choice(THINGS)
        before = dice.choice(["", "新款 ", "包邮"])
        title = f"{before}{brand} 家用{thing} 500ml"
        start = title.index(thing)
        spans = (
            Span(len(before), len(before) + len(brand), "brand"),
            Span(start, start + len(thing), "product"),
        )
        titles.append(Labelled(title, spans))
    return titles


@pytest.fixture(scope="module")
def taught(tmp_path_factory) -> Recogniser:
    folder = tmp_path_factory.mktemp("lesson")
    train(marked(120), folder)
    return Recogniser(folder)


def test_what_was_marked_in_others_is_found_in_a_new_title(taught: Recogniser):
    title = "送人 棠梨 家用手机壳 蓝"
    named = {(title[it.start : it.end], it.kind) for it in taught.spans(title)}
    assert named == {("棠梨", "brand"), ("手机壳", "product")}


@given(st.text(st.characters(), max_size=600))
def test_any_title_is_answered_with_spans_inside_it(taught: Recogniser, title: str):
    last = 0
    for span in taught.spans(title):
        assert last <= span.start < span.end <= len(title)
        last = span.end


@given(
    st.lists(
        st.tuples(st.integers(1, 4), st.integers(0, 3), st.sampled_from(["product", "brand"])), max_size=8
    )
)
def test_tags_say_the_spans_they_were_made_of(parts: list[tuple[int, int, str]]):
    spans, place = [], 0
    for size, gap, kind in parts:
        spans.append(Span(place, place + size, kind))
        place += size + gap
    assert _spans(_tags(place + 1, spans)) == spans


def test_without_a_lesson_there_is_nobody_to_ask(tmp_path: Path):
    with pytest.raises(OSError, match="words"):
        Recogniser(tmp_path)


def test_a_taught_index_suggests_whole_names_of_products(tmp_path: Path):
    goods = [document(f"棠梨 家用登山靴 {size}码") for size in range(38, 44)]
    index = TantivyIndex(tmp_path)
    index.rebuild(goods)
    assert "登山靴" not in index.suggest("登")
    index.teach(marked(120))
    index.rebuild(goods)
    assert (tmp_path / TAUGHT).is_dir()
    index = TantivyIndex(tmp_path)  # one that remembers nothing
    assert index.suggest("登")[0] == "登山靴"
    assert "棠梨" in index.suggest("tang")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("words.json", '{"pro'),
        ("words.json", "{}"),
        ("words.json", "[]"),
        ("model.crf", ""),
        ("model.crf", "no" * 99),
    ],
)
def test_a_damaged_lesson_stops_no_writing(tmp_path: Path, name: str, content: str):
    index = TantivyIndex(tmp_path)
    index.teach(marked(FEWEST_LABELLED))
    (tmp_path / "taught" / name).write_text(content)
    index.upsert([document("铜壶")])
    index.commit()
    assert index.search(SearchQuery(q="铜壶")).total == 1


def test_marked_titles_are_read_line_by_line():
    said = '{"title": "小霸王 红白机", "spans": [{"start": 4, "end": 7, "kind": "product"}, {"start": 0, "end": 3, "kind": "brand"}]}'
    assert list(read_labelled(["", said])) == [
        Labelled("小霸王 红白机", (Span(0, 3, "brand"), Span(4, 7, "product")))
    ]


@pytest.mark.parametrize(
    "line",
    [
        "{", "[]", '{"title": "a"}', '{"title": "a", "spans": [{"start": 0, "end": 2, "kind": "brand"}]}',
        '{"title": "ab", "spans": [{"start": 0, "end": 1, "kind": "colour"}]}',
        '{"title": "ab", "spans": [{"start": 0, "end": 2, "kind": "brand"}, {"start": 1, "end": 2, "kind": "brand"}]}',
        '{"title": 5, "spans": []}', '{"title": "ab", "spans": [{"start": "0", "end": 1, "kind": "brand"}]}',
        '{"title": "ab", "spans": [{"start": 0.5, "end": 1, "kind": "brand"}]}', "[" * 100_000,
    ],
)  # fmt: skip
def test_a_line_that_says_something_else_is_refused_with_its_number(line: str):
    with pytest.raises(Invalid) as refused:
        list(read_labelled(["", line]))
    assert "2" in str(refused.value.message)


def test_a_handful_of_titles_teaches_nothing():
    with pytest.raises(Invalid):
        teach(marked(FEWEST_LABELLED - 1))
