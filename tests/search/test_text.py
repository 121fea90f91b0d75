"""Text becomes the same tokens whoever wrote it, and no text breaks it."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mingpu.search.text import (
    MAX_TEXT,
    MAX_TOKEN,
    Tokens,
    analyse,
    is_cjk,
    latin_tokens,
    normalise,
    printable,
    runs,
)

ANY = st.text(st.characters(), max_size=80)  # every code point, lone surrogates too
HAN = st.text(st.sampled_from("手机壳蓝牙耳機麵條乾隆發髮后後臺台裏里"), max_size=30)


@settings(max_examples=500)
@given(ANY | HAN)
@example("ﬁ①㌔")  # compatibility forms
@example("İ\u0307ẞΐ")  # letters that grow when folded
@example("\ud800\udfff")
def test_normalising_twice_changes_nothing(text: str):
    once = normalise(text)
    assert normalise(once) == once


def test_every_code_point_normalises_once_and_for_all():
    for code in range(0x110000):
        once = normalise(chr(code))
        assert normalise(once) == once


@settings(max_examples=500)
@given(ANY)
def test_any_text_is_cut_into_clean_tokens(text: str):
    tokens = analyse(text)
    for kind in (tokens.units, tokens.pairs, tokens.words, tokens.whole):
        assert len(set(kind)) == len(kind)
        for token in kind:
            assert token
            assert not any(char.isspace() for char in token)
            assert "".join(token.split()) == token
            token.encode()


@settings(max_examples=300)
@given(ANY | HAN)
def test_normalised_text_gives_the_same_tokens(text: str):
    assert analyse(normalise(text)) == analyse(text)


@settings(max_examples=300)
@given(HAN, st.sampled_from(["!", "，", " ", "\x00", "🎂"]))
def test_what_separates_does_not_matter(text: str, mark: str):
    assert analyse(f"{mark}{text}{mark}") == analyse(text)


@given(st.text("abcXYZ0123456789.-'", min_size=1, max_size=40))
def test_latin_runs_always_give_their_whole(text: str):
    for run, cjk in runs(text):
        assert not cjk
        whole, *parts = latin_tokens(run)
        assert whole
        assert all(part and len(part) <= MAX_TOKEN for part in parts)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("電競鍵盤", "电竞键盘"),
        ("ＵＳＢ　充電器", "usb 充电器"),
        ("Café", "CAFE"),
        ("R-50", "r50"),
        ("R50", "Ｒ５０"),
        ("乾", "干"),
        ("puritan's", "Puritans"),
        ("ÅNGSTRÖM", "angstrom"),
    ],
)
def test_spellings_that_mean_the_same(one: str, other: str):
    assert analyse(one).units[0] == analyse(other).units[0]
    assert analyse(one).whole == analyse(other).whole


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("r50", ("r50", "r", "50")),
        ("1512g", ("1512g", "1512", "g")),
        ("xjs.02a", ("xjs02a", "xjs", "02", "a")),
        ("1.5kw", ("1.5kw", "1.5", "kw")),
        ("8-10", ("8", "10")),
        ("1/2", ("1", "2")),
        ("iphone", ("iphone",)),
        ("gx921粉盒", ("gx921", "gx", "921", "粉", "盒")),
    ],
)
def test_model_numbers_are_kept_whole_and_in_parts(text: str, tokens: tuple[str, ...]):
    assert analyse(text).units == tokens


def test_chinese_is_kept_as_characters_pairs_and_words():
    tokens = analyse("蓝牙耳机")
    assert tokens.units == ("蓝", "牙", "耳", "机")
    assert tokens.pairs == ("蓝牙", "牙耳", "耳机")
    assert set(tokens.words) >= {"蓝牙", "耳机"}


def test_a_lone_character_is_its_own_pair():
    assert analyse("茶 壶") == Tokens(("茶", "壶"), ("茶", "壶"), ("茶", "壶"), ("茶", "壶"))


def test_kana_and_hangul_are_cut_like_chinese():
    assert analyse("カメラ").pairs == ("カメ", "メラ")
    assert analyse("한국어").pairs == ("한국", "국어")
    assert is_cjk("カ")
    assert not is_cjk("я")
    assert not is_cjk("")


def test_nothing_in_nothing_out():
    assert analyse("") == analyse(" ，。!? \x00\ud800🎂") == Tokens((), (), (), ())


def test_long_text_is_read_to_its_limit_only():
    assert analyse("a " * MAX_TEXT).units == ("a",)
    assert analyse(" " * MAX_TEXT + "late").units == ()
    assert all(len(token) <= MAX_TOKEN for token in analyse("x" * 1000).units)


@given(ANY)
def test_printable_text_is_one_line(text: str):
    shown = printable(text)
    assert shown.isprintable()
    assert shown == printable(shown) == shown.strip()
    shown.encode()
