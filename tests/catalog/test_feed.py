"""Catalogue files of every kind, whole and broken."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mingpu.catalog.feed import FeedItem, FeedSku, Refusal, count_lines, read_feed
from mingpu.catalog.feed_files import MAX_LINE
from mingpu.catalog.feed_values import REASON_CODES, Note, reason
from mingpu.lib.text import LANGUAGES, speaking
from tests.catalog.feeding import GOOD, HEADER, codes, item, lines, read, refusal

# Shapes.


def test_a_whole_item(tmp_path: Path):
    (tmp_path / "pot.jpg").write_bytes(b"picture")
    found = item(
        tmp_path,
        source="workshop",
        subtitle="600ml",
        brand="山泉",
        category_path=["居家", "咖啡具/壶"],
        price=129.5,
        list_price=159,
        attributes={"材质": ["304不锈钢", "竹"], "容量": 600, "空": []},
        image="pot.jpg",
        sales=12.0,
        stock="7",
        description="<p>手冲</p><p>好用</p>",
        skus=[
            {"sku": "A-S", "options": {"颜色": "银"}, "price": 129.5, "stock": 3},
            {"sku": "A-B", "options": {"颜色": "黑"}},
        ],
    )
    assert found == FeedItem(
        file="shop.jsonl",
        line=1,
        source="workshop",
        external_id="a-1",
        title="细口壶",
        subtitle="600ml",
        brand="山泉",
        category_path=("居家", "咖啡具/壶"),
        price_fen=129_50,
        list_price_fen=159_00,
        attributes={"材质": ["304不锈钢", "竹"], "容量": ["600"]},
        images=(tmp_path / "pot.jpg",),
        sales=12,
        stock=7,
        description="手冲\n好用",
        skus=(
            FeedSku("A-S", {"颜色": "银"}, 129_50, 3),
            FeedSku("A-B", {"颜色": "黑"}, 129_50, None),
        ),
        description_html="<p>手冲</p><p>好用</p>",
    )
    assert codes(found) == set()
    assert found.image == tmp_path / "pot.jpg"
    assert found.for_sale


def test_the_least_item(tmp_path: Path):
    (found,) = read(tmp_path, lines({"id": 7, "name": "壶"}))
    assert (found.external_id, found.title, found.source, found.price_fen) == ("7", "壶", "shop", None)
    assert (found.image, found.for_sale, codes(found)) == (None, False, {"no_price"})


def test_a_table(tmp_path: Path):
    row = '7,"壶, ""细口""","¥1,299.00",居家 > 咖啡具,材质:钢|产地:中国|材质:竹,3,\n'
    (found,) = read(tmp_path, "\ufeff" + HEADER + "\n" + row, "shop.csv")
    assert (found.title, found.price_fen, found.line) == ('壶, "细口"', 1299_00, 3)
    assert found.category_path == ("居家", "咖啡具")
    assert found.attributes == {"材质": ["钢", "竹"], "产地": ["中国"]}


def test_a_table_of_one_variant_rows(tmp_path: Path):
    (found,) = read(tmp_path, "编号,标题,价格,规格编号,库存,规格值\n1,壶,5,K-1,4,颜色:银\n", "shop.csv")
    assert found.skus == (FeedSku("K-1", {"颜色": "银"}, 5_00, 4),)
    assert found.stock == 4


def test_tabs_know_no_quotes(tmp_path: Path):
    (found,) = read(tmp_path, 'item_id\tsource\ttitle\nx\tsome\t15" 显示器\r\n', "shop.tsv")
    assert (found.title, found.source) == ('15" 显示器', "some")


VENDURE = """name ,slug ,description ,assets ,facets ,optionGroups ,optionValues ,sku ,price ,taxCategory,stockOnHand
Pot ,pot ,"Pours, slowly." ,pot.jpg ,category:Home|category:Coffee|brand:Spring|color:red ,"size|color","S|red" ,P1 ,12.50 ,standard ,100
 , , , , , ,"L|red" ,P2 ,10.00 ,standard ,5
Cup ,cup ,A cup ,none.jpg ,category:Home , , ,P2 ,3 ,standard ,
"""


def test_a_vendure_shop(tmp_path: Path):
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / "pot.jpg").write_bytes(b"picture")
    pot, cup = read(tmp_path, VENDURE, "products.csv")
    assert (pot.external_id, pot.title, pot.description, pot.brand) == (
        "pot",
        "Pot",
        "Pours, slowly.",
        "Spring",
    )
    assert (pot.category_path, pot.attributes) == (("Home", "Coffee"), {"color": ["red"]})
    assert pot.image == tmp_path / "images" / "pot.jpg"
    assert pot.skus == (
        FeedSku("P1", {"size": "S", "color": "red"}, 12_50, 100),
        FeedSku("P2", {"size": "L", "color": "red"}, 10_00, 5),
    )
    assert pot.price_fen == 10_00
    assert (cup.line, cup.skus) == (4, (FeedSku("P2-2", {}, 3_00, None),))
    assert codes(cup) == {"missing_image", "duplicate_sku"}


def test_a_vendure_variant_without_a_product(tmp_path: Path):
    head, _, rest = VENDURE.partition("\n")
    orphan = rest.split("\n")[1]
    (lost,) = read(tmp_path, f"{head}\n{orphan}\n", "products.csv")
    assert (lost.code, lost.line) == ("variant_without_product", 2)


def test_a_folder_is_read_in_order_and_what_is_no_catalogue_is_named(tmp_path: Path):
    (tmp_path / "b.tsv").write_text("item_id\ttitle\n1\t甲\n")
    (tmp_path / "a.jsonl").write_bytes(lines({"item_id": "1", "title": "乙"}))
    (tmp_path / "pairs.jsonl").write_bytes(lines({"a": "x", "same": True}, {"a": "y"}))
    (tmp_path / "prices.csv").write_text("item_id,date,price\n1,2,3\n" * 9)
    (tmp_path / "empty.csv").write_text("")
    (tmp_path / "SOURCE.md").write_text("# not a catalogue")
    rows: list[Any] = list(read_feed(tmp_path))
    assert [(row.file, row.line) for row in rows] == [
        ("a.jsonl", 1),
        ("b.tsv", 2),
        ("empty.csv", 0),
        ("pairs.jsonl", 0),
        ("prices.csv", 0),
    ]
    assert {row.code for row in rows[2:]} == {"not_items"}
    assert [row.source for row in rows[:2]] == ["a", "b"]  # so that their ids do not meet
    assert count_lines(tmp_path) == 3


@pytest.mark.parametrize(
    ("name", "code"),
    [("none.jsonl", "not_readable"), ("shop.pdf", "unknown_kind"), ("\x00.csv", "not_readable")],
)
def test_what_cannot_be_read_is_said(tmp_path: Path, name: str, code: str):
    (tmp_path / "shop.pdf").write_bytes(b"%PDF")
    (lost,) = read_feed(tmp_path / name)
    assert isinstance(lost, Refusal)
    assert (lost.code, lost.line, lost.external_id) == (code, 0, None)
    assert count_lines(tmp_path / name) == 0


def test_an_empty_folder_is_empty(tmp_path: Path):
    assert list(read_feed(tmp_path)) == []
    assert count_lines(tmp_path) == 0


# Broken rows.


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (b'{"item_id": "x", "title": \n', "broken_json"),
        (b"{" * 100_000 + b"\n", "broken_json"),
        (b"[" * 100_000 + b"\n", "broken_json"),
        (b'{"item_id": "x", "title": "a", "price": ' + b"9" * 5_000 + b"}\n", "broken_json"),
        (b'{"item_id": "x", "title": "\xff"}\n', "broken_text"),
        ('{"item_id": "x", "title": "壶"}\n'.encode("gbk"), "broken_text"),
        (b"[1, 2]\n", "not_an_object"),
        (b"null\n", "not_an_object"),
        (b'{"item_id": "x", "title": "' + b"a" * MAX_LINE + b'"}\n', "line_too_long"),
        (lines({"title": "壶"}), "missing_id"),
        (lines({"item_id": " ", "title": "壶"}), "missing_id"),
        (lines({"item_id": "x"}), "missing_title"),
        (lines({"item_id": "x", "title": "<b> </b>\u0000"}), "missing_title"),
        (lines({"item_id": "x", "title": ["壶"]}), "bad_field"),
        (lines({"item_id": {"a": 1}, "title": "壶"}), "bad_field"),
        (lines({"item_id": True, "title": "壶"}), "bad_field"),
        (lines({"item_id": "x", "title": "壶", "skus": "many"}), "bad_field"),
        (lines({"item_id": "x", "title": "壶", "skus": ["one"]}), "bad_field"),
        (lines({"item_id": "x", "title": "壶" * 201}), "too_long"),
        (lines({"item_id": "x" * 101, "title": "壶"}), "too_long"),
        (lines({"item_id": "x", "title": "壶", "brand": "牌" * 101}), "too_long"),
        (lines({"item_id": "x", "title": "壶", "skus": [{"sku": "s" * 61}]}), "too_long"),
        (lines({"item_id": "x", "title": "壶", "skus": [{"sku": "s", "price": -1}]}), "absurd_price"),
    ],
)
def test_a_broken_row_is_refused_and_its_neighbours_are_not(tmp_path: Path, row: bytes, code: str):
    before, lost, after = read(tmp_path, lines(GOOD) + row + lines(GOOD | {"item_id": "a-2"}))
    assert (before.line, lost.line, after.line) == (1, 2, 3)
    assert isinstance(lost, Refusal)
    assert lost.code == code
    assert after.external_id == "a-2"


def test_a_refusal_names_the_row(tmp_path: Path):
    lost = refusal(tmp_path, price=-1)
    assert (lost.file, lost.line, lost.external_id, lost.code) == ("shop.jsonl", 1, "a-1", "absurd_price")


def test_an_id_counts_once(tmp_path: Path):
    rows = read(tmp_path, lines(GOOD, GOOD, GOOD | {"source": "other"}, GOOD | {"price": 5}))
    assert [getattr(row, "code", None) for row in rows] == [None, "duplicate_id", None, "duplicate_id"]


def test_an_id_refused_once_may_come_again(tmp_path: Path):
    rows = read(tmp_path, lines(GOOD | {"price": "?"}, GOOD))
    assert [type(row) for row in rows] == [Refusal, FeedItem]


def test_sku_codes_are_never_shared(tmp_path: Path):
    first, second = read(
        tmp_path,
        lines(
            GOOD | {"skus": [{"sku": "K"}, {"sku": "K"}, {}]},
            GOOD | {"item_id": "a-2", "skus": [{"sku": "K"}, {"sku": "K-2"}]},
        ),
    )
    assert [sku.code for sku in first.skus] == ["K", "K-2", None]
    assert [sku.code for sku in second.skus] == ["K-3", "K-2-2"]
    assert codes(first) == codes(second) == {"duplicate_sku"}


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b'7,"open,1,,,,\n8,b,1,,,,\n' + b"x" * 200_000 + b"\n9,c,1,,,,\n", ["broken_csv", "9"]),
        (b"7,a,1,,,,,too,many\n8,b,1,,,,\n", ["broken_csv", "8"]),
        (b"7,\xff,1,,,,\n8,b,1,,,,\n", ["broken_text", "8"]),
        (b"7,a\r,1,,,,\n8,b,1,,,,\n", ["broken_csv", "8"]),
        (b"7,a\x00b,1\n8,b\n", ["7", "8"]),
    ],
)
def test_broken_tables(tmp_path: Path, content: bytes, expected: list[str]):
    rows = read(tmp_path, HEADER.encode() + content, "shop.csv")
    assert [row.code if isinstance(row, Refusal) else row.external_id for row in rows] == expected


# Whatever comes.

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=12,
)
FIELDS = ["item_id", "title", "price", "list_price", "brand", "category_path", "attributes", "image", "sales"]
ROW = st.fixed_dictionaries(
    {}, optional=dict.fromkeys([*FIELDS, "skus", "stock", "description", "source", "sku"], JSON)
)


@settings(max_examples=300, deadline=None)
@given(rows=st.lists(ROW.map(json.dumps).map(str.encode) | st.binary(max_size=60), max_size=6))
def test_no_lines_break_the_reading(tmp_path_factory, rows: list[bytes]):
    folder = tmp_path_factory.mktemp("any")
    seen = set()
    for row in read(folder, b"\n".join(rows)):
        assert row.line <= b"\n".join(rows).count(b"\n") + 1
        if isinstance(row, Refusal):
            assert row.code in REASON_CODES
        else:
            assert row.title
            assert (row.source, row.external_id) not in seen
            assert row.price_fen is None or row.price_fen > 0
            assert row.for_sale or codes(row) & {"no_price", "zero_price"}
            seen.add((row.source, row.external_id))


@settings(max_examples=300, deadline=None)
@given(
    content=st.binary(max_size=200) | st.text(',"\n\r\t7a壶', max_size=200).map(str.encode),
    tabs=st.booleans(),
)
def test_no_table_breaks_the_reading(tmp_path_factory, content: bytes, *, tabs: bool):
    folder = tmp_path_factory.mktemp("any")
    header = HEADER.replace(",", "\t") if tabs else HEADER
    for begin in (header.encode(), b""):
        for row in read(folder, begin + content, "shop.tsv" if tabs else "shop.csv"):
            assert isinstance(row, FeedItem) or row.code in REASON_CODES


def test_every_reason_speaks_both_languages(tmp_path: Path):
    lost = refusal(tmp_path, title="壶" * 300)
    said = []
    for language in LANGUAGES:
        with speaking(language):
            said.append(str(lost.text))
    assert said == ["“title”超过 200 个字", "“title” is longer than 200 characters"]
    for code in REASON_CODES:
        named = {
            "field": "title",
            "limit": 1,
            "name": "a.jpg",
            "merchant": "x",
            "kind": "x",
            "kinds": "x",
            "cell": "x",
        }
        if code in {"duplicate_sku", "bad_barcode"}:
            named = {"code": "x"}
        text = reason(code, **named)
        assert text.zh
        assert text.en
        assert "{" not in text.zh + text.en
    assert isinstance(item(tmp_path, price=None).notes[0], Note)


# The measuring data as it is.


@pytest.mark.data
def test_the_measuring_catalogue(data: Path):
    rows = list(read_feed(data / "zh_catalogue"))
    items = [row for row in rows if isinstance(row, FeedItem)]
    assert len(items) == 14_599
    assert [(row.file, row.code) for row in rows if isinstance(row, Refusal)] == [
        ("same_item_pairs.jsonl", "not_items"),
        ("tmall_daily_prices.tsv", "not_items"),
    ]
    assert sum(found.for_sale for found in items) == 4_311
    assert sum(found.image is not None for found in items) == 562
    assert count_lines(data / "zh_catalogue") == len(items) + 1  # one header


@pytest.mark.data
def test_the_vendure_shop(data: Path):
    items = list(read_feed(data / "demo_shop_vendure"))
    assert len(items) == 54
    assert all(
        isinstance(found, FeedItem) and found.for_sale and found.image and found.skus for found in items
    )
