"""What a query is read as, and what is guessed where it was mistyped."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mingpu.search.guessing import Guesses
from mingpu.search.index import TantivyIndex
from mingpu.search.mending import spelled_out, worded
from mingpu.search.ranking import Weights
from mingpu.search.reading import Teachings, read, weight
from mingpu.search.records import Records, RecordWriter, digest
from mingpu.search.rules import Lexicon, SearchQuery
from mingpu.search.shapes import mistaken_for, sound_of, syllables
from mingpu.search.text import sounded, spelled
from mingpu.search.words import as_lexicon, own_lines
from tests.search.shelf import document, id_of

TAUGHT = Teachings(
    Lexicon(
        synonyms=(("马铃薯", "土豆", "Potato"), ("靴子", "靴")),
        stop=frozenset({"包邮", "旗舰店"}),
        offensive=frozenset({"坏话"}),
    )
)


def holding(*known: str):
    """Every token of these texts is held by three products, in every field."""
    return lambda _, token: 3 if any(token in text for text in known) else 0


def words_of(text: str, *known: str, exact: bool = False) -> list[str]:
    reading = read(text, teachings=TAUGHT, holding=holding(*known), products=10, exact=exact)
    return [word.text for word in reading.words]


def test_what_says_nothing_is_not_asked_for_unless_the_words_are_to_be_taken_as_typed():
    assert words_of("土豆 包邮", "土豆", "包邮") == ["土豆"]
    assert words_of("土豆旗舰店", "土豆", "旗舰店") == ["土豆"]
    assert set(words_of("土豆 包邮", "土豆", "包邮", exact=True)) == {"土豆", "包邮"}
    assert words_of("包邮", "包邮") == ["包邮"]  # nothing else was said


def test_offensive_words_are_never_searched_for():
    reading = read("坏话", teachings=TAUGHT, holding=holding("坏话"), products=10)
    assert reading.is_empty
    assert words_of("坏话土豆", "坏话", "土豆") == ["土豆"]


def test_a_word_nobody_sells_is_known_by_those_that_mean_the_same():
    reading = read("马鈴薯", teachings=TAUGHT, holding=holding("土豆", "potato"), products=10)
    (word,) = reading.words
    assert [it.text for it in word.alike] == ["土豆", "potato"]
    assert reading.unknown


WORDY = Teachings(
    Lexicon(
        synonyms=(("T恤", "短袖"), ("Air Pods", "无线蓝牙耳机"), ("a-b", "甲乙")),
        stop=frozenset({"free shipping", "Hot-Sale", "厂家直销", "正品保证"}),
        offensive=frozenset({"sex", "sexy"}),
    )
)


@pytest.mark.parametrize(
    ("typed", "word", "alike"),
    [
        ("短袖", "短袖", "t 恤"),
        ("t恤", "t 恤", "短袖"),
        ("air pods", "air pods", "无线蓝牙耳机"),
        ("无线蓝牙耳机", "无线蓝牙耳机", "air pods"),
        ("甲乙", "甲乙", "ab"),
    ],
)
def test_words_of_several_pieces_mean_the_same_too(typed: str, word: str, alike: str):
    known = holding("t", "恤", "短袖", "air", "pods", "无线蓝牙耳机", "ab", "甲乙")
    (found,) = read(typed, teachings=WORDY, holding=known, products=10).words
    assert (found.text, [it.text for it in found.alike]) == (word, [alike])


@pytest.mark.parametrize(
    "typed",
    ["free shipping 土豆", "土豆厂家直销", "正品保证土豆", "hot-sale 土豆", "土豆 hotsale FREE SHIPPING"],
)
def test_words_of_several_pieces_say_nothing_too(typed: str):
    known = holding("土豆", "free", "shipping", "hotsale", "厂家直销", "正品", "保证")
    reading = read(typed, teachings=WORDY, holding=known, products=10)
    assert [word.text for word in reading.words] == ["土豆"]
    assert not reading.unknown
    assert len(read(typed, teachings=WORDY, holding=known, products=10, exact=True).words) > 1


def test_what_separates_stays_where_a_word_was_taken_out():
    said = WORDY.telling("hot sale r-50 free shipping 土豆厂家直销布")
    assert said.split() == ["hot", "sale", "r-50", "土豆", "布"]
    assert WORDY.telling("厂家直销") == "厂家直销"


def test_offensive_letters_inside_a_word_do_no_harm():
    assert WORDY.cleaned("Unisex Sexy sex 男女") == "unisex     男女"


def test_rare_words_say_more():
    assert weight(1, 1000) > weight(10, 1000) > weight(1000, 1000) > 0
    assert weight(5, 0) > 0  # more than there are: one was added meanwhile


@given(st.text(st.characters(), max_size=60))
def test_any_query_is_read(text: str):
    reading = read(text, teachings=TAUGHT, holding=holding(text), products=10)
    assert all(token.held == 3 for token in (*reading.units, *reading.pairs))
    read(text, teachings=TAUGHT, holding=lambda *_: 0, products=0)


def test_characters_are_mistaken_by_sound_and_by_shape():
    assert {"膜", "磨"} <= set(mistaken_for("模"))  # by sound
    assert {"铝", "侣"} <= set(mistaken_for("吕"))  # by shape
    assert "请" in mistaken_for("清")
    assert "清" not in mistaken_for("清")
    assert mistaken_for("A") == ()
    assert (sound_of("绿"), sound_of("壶"), sound_of("x")) == ("lv", "hu", "")
    assert {"zhuang", "lv", "a"} <= syllables()


@pytest.fixture(scope="module")
def shop(tmp_path_factory) -> TantivyIndex:
    index = TantivyIndex(tmp_path_factory.mktemp("shop"), lexicon=lambda: as_lexicon(own_lines()))
    titles = [
        "全身按摩垫 电动",
        "颈椎按摩垫",
        "按摩椅 真皮",
        "铝合金门窗",
        "铝合金梯子",
        "西安旅游地图",
        "先进工艺锅",
    ]
    index.rebuild(
        document(f"{title} {n}", product_id=id_of(f"{title}{n}")) for title in titles for n in range(4)
    )
    return index


def searcher(index: TantivyIndex):
    snapshot = index._store.snapshot()
    assert snapshot
    return snapshot.searcher


@pytest.mark.parametrize(
    ("typed", "cut"),
    [
        ("anmodian", ["an", "mo", "dian"]),
        ("an'mo'dian", ["an", "mo", "dian"]),
        ("lvhejin", ["lv", "he", "jin"]),
        ("xianlvyou", ["xi", "an", "lv", "you"]),  # the catalogue knows 西安, and no 先旅
        ("xianjin", ["xian", "jin"]),
        ("qwrt", None), ("r50", None), ("a", None), ("", None), ("an" * 40, None),
    ],
)  # fmt: skip
def test_pinyin_is_cut_as_the_catalogue_says(shop, typed, cut):
    assert spelled_out(searcher(shop), typed) == cut


def test_syllables_are_put_together_to_words(shop):
    assert worded(searcher(shop), ["an", "mo", "dian"])[-1][1] in {"按摩垫", ""}
    assert [syllable for part, _ in worded(searcher(shop), ["an", "mo", "xx"]) for syllable in part] == [
        "an", "mo", "xx",
    ]  # fmt: skip


@pytest.mark.parametrize("typed", ["按摸垫", "按蓦垫", "anmodian", "按摩店", "按摩垫包邮"])
def test_what_was_mistyped_is_found_all_the_same(shop: TantivyIndex, typed: str):
    hits = shop.search(SearchQuery(q=typed)).product_ids
    right = {id_of(f"{title}{n}") for title in ("全身按摩垫 电动", "颈椎按摩垫") for n in range(4)}
    assert set(hits[:8]) == right


def test_initials_lead_to_the_word(shop: TantivyIndex):
    page = shop.search(SearchQuery(q="lhj"))
    assert page.corrected_query == "铝合金"
    assert page.total == 8
    assert shop.search(SearchQuery(q="lhj", exact=True)).total == 0


def test_pinyin_is_taken_in_by_its_sound():
    guesses = Guesses(holding("an'mo", "an", "mo"), 100, Weights())
    guesses.spelled([(["an", "mo"], "按摩")])
    reading = read("anmo", teachings=TAUGHT, holding=holding(), products=100)
    guessed = guesses.added_to(reading)
    assert [(word.text, word.sound) for word in guessed.words] == [("an'mo", True)]
    assert {it.text for it in guessed.sounds} == {"an", "mo", "an'mo"}


def test_nothing_meant_changes_nothing():
    guesses = Guesses(holding(), 100, Weights())
    guesses.spelled([])
    reading = read("垫", teachings=TAUGHT, holding=holding("垫"), products=100)
    assert guesses.added_to(reading) == reading


@settings(max_examples=60)
@given(st.text(max_size=80), st.text(max_size=40), st.booleans(), st.integers(-5, 2**40))
def test_a_record_reads_back(tmp_path_factory, title: str, more: str, in_stock: bool, sales: int):
    folder: Path = tmp_path_factory.mktemp("records")
    made = document(title, brand="山泉", attributes_text=more, in_stock=in_stock, sales=sales)
    with RecordWriter(folder) as writer:
        places = [writer.append(document("别的", sales=1)), writer.append(made)]
        writer.sync()
    _, it = Records(folder).read(places)
    assert it.key.hex() == made.product_id.replace("-", "")
    assert it.names.split("\n")[0] == spelled(title)
    assert it.sounds.startswith(sounded(title)[:20].rstrip())
    assert (it.in_stock, it.digest) == (in_stock, digest(made))
    assert it.sales == max(0, min(sales, 2**32 - 1))
    assert Records(folder).digests(places[1:]) == [(it.key, it.digest)]
    with pytest.raises(ValueError, match="beyond"):
        Records(folder).read([places[-1] + 1000])


def test_a_digest_tells_every_change():
    one = document("壶", product_id=id_of("x"))
    others = {
        "title": "盘",
        "brand": "山泉",
        "price_fen": 5,
        "in_stock": True,
        "skus": ("a",),
        "facets": (("a", "b"),),
    }
    made = [digest(document(**{"title": "壶", "product_id": id_of("x"), k: v})) for k, v in others.items()]
    assert len({digest(one), *made}) == len(others) + 1


def test_own_words_are_fit_to_be_taught():
    lexicon = as_lexicon(own_lines())
    words = [word for group in lexicon.synonyms for word in group]
    assert len(words) == len(set(words))  # one group each
    assert not set(words) & (lexicon.stop | lexicon.offensive)
    assert all(len(group) > 1 for group in lexicon.synonyms)
