"""One field of a catalogue row: prices, texts, attributes, categories, counts, pictures."""

import json
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mingpu.catalog.feed_fields import MAX_IMAGES, MAX_VALUE, clean, price_field
from mingpu.catalog.feed_values import RefusedError
from tests.catalog.feeding import codes, item, read

# Prices.


@pytest.mark.parametrize(
    ("written", "fen"),
    [
        (139, 139_00),
        (139.0, 139_00),
        (0.1, 10),
        (19.99, 19_99),
        (Decimal("0.29"), 29),
        ("1,299.00", 1299_00),
        ("￥1,299", 1299_00),
        ("¥ 88.8", 88_80),
        ("89元", 89_00),
        ("RMB 5", 5_00),
        ("１２．５", 12_50),
        ("1e3", 1000_00),
        (".5", 50),
        (100_000_000, 10_000_000_000),
        (0, 0),
        ("", None),
        ("  ", None),
        (None, None),
    ],
)
def test_prices_are_exact(written: object, fen: int | None):
    assert price_field(written) == fen


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("面议", "bad_price"),
        ("1.2.3", "bad_price"),
        (True, "bad_price"),
        ([1], "bad_price"),
        ({}, "bad_price"),
        ("9" * 5_000 + "x", "bad_price"),
        (-0.01, "absurd_price"),
        ("-5", "absurd_price"),
        (100_000_000.01, "absurd_price"),
        ("1e400", "absurd_price"),
        ("NaN", "absurd_price"),
        ("sNaN", "absurd_price"),
        ("-Infinity", "absurd_price"),
        (float("nan"), "absurd_price"),
        (float("inf"), "absurd_price"),
        ("0.001", "price_below_fen"),
        (Decimal("99999999.999"), "price_below_fen"),
        ("0." + "0" * 60 + "1", "price_below_fen"),
        ("1e-999999", "price_below_fen"),
    ],
)
def test_odd_prices_are_refused(written: object, code: str):
    with pytest.raises(RefusedError) as refused:
        price_field(written)
    assert refused.value.code == code


@given(st.integers(0, 10_000_000_000))
def test_every_fen_survives(fen: int):
    text = f"{fen // 100}.{fen % 100:02d}"
    assert (
        price_field(text)
        == price_field(Decimal(text))
        == price_field(json.loads(text, parse_float=Decimal))
        == fen
    )


def price_outcome(written: object) -> Any:
    try:
        return price_field(written)
    except RefusedError as refused:
        return refused.code


@given(st.text() | st.floats() | st.decimals() | st.integers() | st.booleans() | st.none())
def test_a_price_is_fen_or_refused(written: object):
    outcome = price_outcome(written)
    assert outcome in {None, "bad_price", "absurd_price", "price_below_fen"} or 0 <= outcome <= 10_000_000_000


@pytest.mark.parametrize("written", ["NaN", "Infinity", "-Infinity"])
def test_constants_that_are_no_json_are_absurd_prices(tmp_path: Path, written: str):
    (lost,) = read(tmp_path, f'{{"item_id": "1", "title": "壶", "price": {written}}}\n')
    assert lost.code == "absurd_price"


def test_without_a_price_it_is_shown_but_not_sold(tmp_path: Path):
    assert codes(item(tmp_path, price=None)) == {"no_price"}
    assert codes(item(tmp_path, price=0)) == {"zero_price"}
    assert not item(tmp_path, price=0).for_sale
    cheapest = item(tmp_path, price=None, skus=[{"price": 9}, {"price": 7}, {"price": 0}, {}])
    assert cheapest.price_fen == 7_00
    assert [sku.price_fen for sku in cheapest.skus] == [9_00, 7_00, None, None]


def test_a_list_price_must_be_above_the_price(tmp_path: Path):
    assert item(tmp_path, list_price=129.01).list_price_fen == 129_01
    assert item(tmp_path, list_price=129).list_price_fen is None
    assert codes(item(tmp_path, list_price="call us")) == {"bad_list_price"}


# Texts.


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("<b>壶</b>", "壶"),
        ("壶<script>alert(1)</script>", "壶"),
        ("壶<script>alert(1)", "壶"),
        ("&lt;i&gt;壶&lt;/i&gt;", "壶"),
        ("&amp;lt;b&amp;gt;壶", "壶"),
        ("768g&times;1盒", "768g×1盒"),
        ("书&mdash", "书—"),
        ("a&nbsp;b", "a b"),
        ("&#22774;&#x58f6;", "壶壶"),
        ("1<2 且 3>2", "1<2 且 3>2"),
        ("AT&T & H&M", "AT&T & H&M"),
        ("a\x00b\x1f\u202ec\ufeffd", "a b c d"),
        ("\ud800壶", "壶"),
        ("  a \n\t b  ", "a b"),
        ("👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧"),
        ("<!-- x -->壶<!-- y", "壶"),
    ],
)
def test_texts_become_plain(written: str, plain: str):
    assert clean(written, {}) == plain


@settings(max_examples=400)
@given(
    written=st.text(st.characters(), max_size=60) | st.text("<>/!-&;abscript#x \n", max_size=60),
    lines=st.booleans(),
)
@example(written="&amp;amp;amp;amp;amp;amp;lt;b&amp;gt;", lines=False)
def test_plain_text_holds_no_tags_and_no_controls(written: str, *, lines: bool):
    text = clean(written, {}, lines=lines)
    assert "<script" not in text.lower()
    assert all(
        char == "\n" or char.isprintable() or char in "\u200c\u200d" or ord(char) > 127 for char in text
    )
    assert text == text.strip()
    text.encode()


@pytest.mark.parametrize(
    "piece", ["<!--", "<script>", "<a", "&lt;", "&amp;", "<", "<!", "\x00", "&#1;", "<br>"]
)
def test_hostile_texts_take_no_longer(piece: str):
    started = time.perf_counter()
    clean(piece * 100_000, {})
    price = price_outcome("9" * 100_000 + piece)
    assert price == "bad_price"
    assert time.perf_counter() - started < 10


def test_tags_that_never_end_take_no_longer():
    started = time.perf_counter()
    for _ in range(10):
        clean("<script" * 100_000, {})
    assert time.perf_counter() - started < 10


def test_what_was_cleaned_is_said(tmp_path: Path):
    assert codes(item(tmp_path, title="<b>壶</b>")) == {"markup_removed"}
    assert codes(item(tmp_path, title="壶\u0000")) == {"control_characters"}
    assert codes(item(tmp_path, title=" 壶 \t 壶 ")) == set()


def test_describing_texts_are_cut_not_refused(tmp_path: Path):
    found = item(
        tmp_path, subtitle="长" * 201, description="长" * 20_001, attributes={"a": "长" * (MAX_VALUE + 1)}
    )
    assert (len(found.subtitle), len(found.description), len(found.attributes["a"][0])) == (
        200,
        20_000,
        MAX_VALUE,
    )
    assert codes(found) == {"shortened"}
    assert len(found.notes) == 3


# Other fields.


@pytest.mark.parametrize(
    ("written", "attributes", "noted"),
    [
        ({"a": ["x", "x", "y"]}, {"a": ["x", "y"]}, set()),
        ({"a": None, "b": [], "c": ""}, {}, set()),
        ('{"a": "x"}', {"a": ["x"]}, set()),
        ("a：x|b:y:z|", {"a": ["x"], "b": ["y:z"]}, set()),
        ("no colon|a:x", {"a": ["x"]}, {"bad_attribute"}),
        ("{broken", {}, {"bad_attribute"}),
        (["a"], {}, {"bad_attribute"}),
        (5, {}, {"bad_attribute"}),
        ({"a": {"deep": 1}, "b": True, "": "x"}, {}, {"bad_attribute"}),
        ({str(n): "x" for n in range(101)}, {str(n): ["x"] for n in range(100)}, {"shortened"}),
        ({"a": list(range(201))}, {"a": [str(n) for n in range(200)]}, {"shortened"}),
    ],
)
def test_attributes(tmp_path: Path, written: object, attributes: dict[str, list[str]], noted: set[str]):
    found = item(tmp_path, attributes=written)
    assert found.attributes == attributes
    assert codes(found) == noted


@pytest.mark.parametrize(
    ("written", "path"),
    [
        (["居家", "床品/家纺"], ("居家", "床品/家纺")),
        ("居家/床品", ("居家", "床品")),
        ("居家 > 床品/家纺", ("居家", "床品/家纺")),
        ("", ()),
        ([], ()),
        (["", "居家"], ("居家",)),
    ],
)
def test_categories(tmp_path: Path, written: object, path: tuple[str, ...]):
    found = item(tmp_path, category_path=written)
    assert found.category_path == path
    assert codes(found) == set()


@pytest.mark.parametrize("written", [5, [1], {"a": 1}, ["长" * 61]])
def test_odd_categories_are_left_out(tmp_path: Path, written: object):
    found = item(tmp_path, category_path=written)
    assert found.category_path == ()
    assert codes(found) == {"bad_category"}


def test_more_than_three_levels_are_cut_with_a_note(tmp_path: Path):
    found = item(tmp_path, category_path=["居家", "厨房", "杯具", "马克杯"])
    assert found.category_path == ("居家", "厨房", "杯具")
    assert codes(found) == {"category_cut"}


@pytest.mark.parametrize(
    ("written", "sales"), [(7, 7), (7.0, 7), ("1,234", 1234), (7.9, 7), (None, 0), ("", 0)]
)
def test_sales(tmp_path: Path, written: object, sales: int):
    found = item(tmp_path, sales=written)
    assert (found.sales, codes(found)) == (sales, set())


@pytest.mark.parametrize("written", [-1, "many", True, [], 2**40, "NaN", "1e999999"])
def test_odd_counts_are_left_out(tmp_path: Path, written: object):
    found = item(tmp_path, sales=written, stock=written)
    assert (found.sales, found.stock) == (0, None)
    assert codes(found) == {"bad_sales", "bad_stock"}


def test_pictures_lie_beside_the_file(tmp_path: Path):
    shop = tmp_path / "shop"
    for place in ("shop/a.jpg", "shop/images/b.PNG", "shop_images/c.webp", "other/d.jpg", "shop/e.txt"):
        (tmp_path / place).parent.mkdir(exist_ok=True, parents=True)
        (tmp_path / place).write_bytes(b"picture")
    (shop / "out.jpg").symlink_to(tmp_path / "other" / "d.jpg")
    names = ["a.jpg", "b.PNG", "shop_images/c.webp", "a.jpg"]
    assert item(shop, images=names).images == (
        shop / "a.jpg",
        shop / "images" / "b.PNG",
        tmp_path / "shop_images/c.webp",
    )
    for name, code in {
        "../other/d.jpg": "image_outside",
        "other/d.jpg": "missing_image",
        "/etc/passwd": "image_outside",
        "..\\other\\d.jpg": "image_outside",
        str(tmp_path / "other/d.jpg"): "image_outside",
        "e.txt": "image_outside",
        "out.jpg": "missing_image",
        "none.jpg": "missing_image",
        "x" * 5_000 + ".jpg": "missing_image",
        "https://example.org/a.jpg": "image_remote",
        "//example.org/a.jpg": "image_remote",
    }.items():
        found = item(shop, image=name)
        assert found.images == ()
        assert codes(found) == {code}, name


def test_pictures_of_odd_types_are_none(tmp_path: Path):
    for written in (5, {"a": 1}, [None, 7, ""], "", None, "|"):
        assert item(tmp_path, image=written).images == ()
    many = item(tmp_path, images=[f"{n}.jpg" for n in range(100)])
    assert len(many.notes) == MAX_IMAGES
