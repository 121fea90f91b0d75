"""Exports: what is written is what an import takes, and taking it in again gives the same catalogue."""

import csv
import json
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.conf import settings
from hypothesis import HealthCheck, given
from hypothesis import settings as rules
from hypothesis import strategies as st
from openpyxl import load_workbook
from PIL import Image

from mingpu.catalog.errors import TooLongForExcel
from mingpu.catalog.feed import read_feed
from mingpu.catalog.feed_writing import COLUMNS, csv_lines, json_lines, write_book
from mingpu.catalog.models import Product, Sku
from mingpu.catalog.queries import exports
from mingpu.catalog.queries.exports import Selection, count_items, feed_rows
from mingpu.catalog.services import import_feed
from mingpu.ops.commands import export_catalog
from tests.catalog.feeding import lines
from tests.catalog.shop import take_all
from tests.merchants.examples import make_merchant
from tests.support import zone


def written(shop: str, kind: str, path: Path, language: str = "") -> Path:
    """Export one shop's goods."""
    file = path / f"out.{kind}"
    rows = feed_rows(Selection(shop))
    if kind == "xlsx":
        write_book(rows, file, language)
    else:
        file.write_bytes(b"".join(json_lines(rows) if kind == "jsonl" else csv_lines(rows, language)))
    return file


def bring(*rows: dict, path: Path, shop: str) -> None:
    """Take rows in as the only goods of a shop; every one of them."""
    file = path / "in.jsonl"
    file.write_bytes(lines(*({"source": shop, "merchant": shop, **row} for row in rows)))
    report = take_all(read_feed(file))
    assert not report.refused, report.texts


def empty(shop: str) -> None:
    """Leave the mall without any of a shop's goods, as a fresh one is."""
    with zone("worker"):
        Product.objects.filter(merchant=shop).delete()
    assert count_items(Selection(shop)) == 0


@pytest.fixture
def shop() -> str:
    return make_merchant()


POT = {
    "id": "p-1", "title": "=细口壶 & 600ml", "title_en": "Kettle", "subtitle": "手冲", "brand": "山泉", "price": "129.50",
    "category_path": ["居家", "咖啡/茶", "壶"], "attributes": {"材质": ["钢", "竹|木"], "容量:约": ["600 ml"]}, "sales": 12,
    "description": "<h3>好用</h3><p>慢 &amp; 稳</p><script>x</script>", "description_en": "Pours thin.\nStays warm.",
    "skus": [
        {"sku": "K-S", "options": {"颜色": "银", "容量": "600ml"}, "price": "129.50", "list_price": 159, "stock": 3, "weight": "900g"},
        {"sku": "K-B", "options": {"颜色": "黑", "容量": "600ml"}, "price": 139, "stock": 0, "barcode": "6901234567892"},
    ],
    "axes": {"颜色": ["黑", "银", "红"]}, "real_name": True, "published_from": "2026-01-05T08:00:00+08:00",
}  # fmt: skip
PLAIN = {"id": "p-2", "title": "杯", "price": 9}
OFF = {"id": "p-3", "title": "碗", "price": 8, "on_sale": False}
FREE, UNPRICED = {"id": "p-4", "title": "盘", "price": 0}, {"id": "p-5", "title": "@筷"}


def test_an_item_is_written_in_the_shape_that_is_read(shop, tmp_path):
    bring(POT, PLAIN, OFF, FREE, UNPRICED, path=tmp_path, shop=shop)
    pot, plain, off, free, unpriced = (
        json.loads(line) for line in written(shop, "jsonl", tmp_path).read_text().splitlines()
    )
    assert pot == {
        "source": shop, "external_id": "p-1", "title": "=细口壶 & 600ml", "title_en": "Kettle", "subtitle": "手冲",
        "brand": "山泉", "category_path": ["居家", "咖啡/茶", "壶"], "merchant": shop, "real_name": True,
        "skus": [
            {"sku": "K-S", "options": {"颜色": "银", "容量": "600ml"}, "price": "129.50", "list_price": "159.00", "stock": 3, "stock_seen": 3, "weight": 900},
            {"sku": "K-B", "options": {"颜色": "黑", "容量": "600ml"}, "price": "139.00", "stock": 0, "stock_seen": 0, "weight": 500, "barcode": pot["skus"][1]["barcode"]},
        ],
        "axes": {"颜色": ["黑", "银", "红"], "容量": ["600ml"]}, "sales": 12,
        "attributes": {"材质": ["钢", "竹|木"], "容量:约": ["600 ml"]}, "description": "<h3>好用</h3><p>慢 &amp; 稳</p>",
        "description_en": "Pours thin.\nStays warm.", "published_from": "2026-01-05T00:00:00+00:00",
    }  # fmt: skip
    assert (plain["skus"][0]["price"], plain["skus"][0]["stock"], "price" in plain) == ("9.00", 100, False)
    assert (off["on_sale"], off["skus"][0]["price"]) == (False, "8.00")
    assert (free["price"], "skus" in free, "price" in unpriced) == ("0", False, False)


@pytest.mark.parametrize("kind", ["jsonl", "csv", "xlsx"])
@pytest.mark.parametrize("language", ["", "zh-hans"])
def test_what_was_written_gives_the_same_catalogue_in_an_empty_mall(shop, tmp_path, kind, language):
    bring(POT, PLAIN, OFF, FREE, UNPRICED, path=tmp_path, shop=shop)
    first = written(shop, "jsonl", tmp_path).read_bytes()
    file = written(shop, kind, tmp_path, language)
    empty(shop)
    report = take_all(read_feed(file))
    assert (report.new, report.refused, set(report.notes) - {"incomplete_options"}) == (5, {}, set())
    assert written(shop, "jsonl", tmp_path).read_bytes() == first


WORDS = st.text(
    st.sampled_from("'=+-@|:：>/[]{}<&;\",\\壶 aB0éｱ\n\t\r\u200b\ud7ff\U0001f375#%amplt"), max_size=14
)
PRICE = st.integers(1, 10**10).map(lambda fen: f"{fen // 100}.{fen % 100:02d}")
PAIRS = st.dictionaries(WORDS, st.lists(WORDS, max_size=3), max_size=4)
VARIANT = st.fixed_dictionaries(
    {"price": PRICE},
    optional={"stock": st.integers(0, 2**31 - 1), "list_price": PRICE, "weight": st.integers(1, 10**6), "options": st.dictionaries(WORDS, WORDS, max_size=3)},
)  # fmt: skip
ITEM = st.fixed_dictionaries(
    {"title": WORDS},
    optional={
        "title_en": WORDS, "subtitle": WORDS, "brand": WORDS, "category_path": st.lists(WORDS, max_size=3),
        "attributes": PAIRS, "sales": st.integers(0, 2**31 - 1), "description": WORDS | WORDS.map(lambda it: f"<p>{it}</p>"),
        "description_en": WORDS, "price": PRICE | st.just(0), "skus": st.lists(VARIANT, max_size=4), "on_sale": st.booleans(),
        "real_name": st.booleans(), "axes": PAIRS,
    },
)  # fmt: skip


@rules(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(items=st.lists(ITEM, min_size=1, max_size=4), kind=st.sampled_from(["jsonl", "csv", "xlsx"]))
def test_any_catalogue_goes_round_and_is_byte_for_byte_the_same(tmp_path_factory, items, kind):
    path, shop = tmp_path_factory.mktemp("round"), make_merchant()
    named = [
        {**it, "source": shop, "merchant": shop, "id": f"-{n}", "skus": [{**sku, "sku": f"{shop}-{n}-{m}"} for m, sku in enumerate(it.get("skus", []))]}
        for n, it in enumerate(items)
    ]  # fmt: skip
    (path / "in.jsonl").write_bytes(lines(*named))
    taken = take_all(read_feed(path / "in.jsonl")).taken  # what has no title is refused, and so on
    first = written(shop, "jsonl", path).read_bytes()
    file = written(shop, kind, path)
    empty(shop)
    report = take_all(read_feed(file))
    assert (report.new, report.refused) == (taken, {})
    assert written(shop, "jsonl", path).read_bytes() == first


def test_no_cell_of_a_table_begins_like_a_formula(shop, tmp_path):
    odd = {
        "id": "=1",
        "title": "+86",
        "brand": "@牌",
        "subtitle": "-5",
        "category_path": ["=居家"],
        "attributes": {"-a": ["b"]},
        "price": 5,
    }
    bring(odd, path=tmp_path, shop=shop)
    with written(shop, "csv", tmp_path).open(encoding="utf-8-sig", newline="") as file:
        cells = [cell for row in csv.reader(file) for cell in row]
    book = load_workbook(written(shop, "xlsx", tmp_path), data_only=False)
    typed = [cell for row in book.active.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
    assert not [
        cell
        for cell in typed
        if cell.data_type == "f" or str(cell.value or "").startswith(("=", "+", "-", "@"))
    ]
    assert {"'=1", "'+86", "'@牌", "'-5", "'=居家", "'-a:b"} <= set(cells)


def test_numbers_in_excel_are_numbers_and_codes_are_text(shop, tmp_path):
    bring({**PLAIN, "id": "007"}, path=tmp_path, shop=shop)
    header, row = load_workbook(written(shop, "xlsx", tmp_path)).active.iter_rows(values_only=True)
    cells = dict(zip(header, row, strict=True))
    assert (cells["external_id"], cells["price"], cells["stock"], cells["list_price"]) == (
        "007",
        9,
        100,
        None,
    )


def test_a_text_too_long_for_excel_is_said_not_cut(shop, tmp_path):
    bring({**PLAIN, "attributes": {f"a{n}": ["x" * 900] for n in range(40)}}, path=tmp_path, shop=shop)
    with pytest.raises(TooLongForExcel) as refused:
        written(shop, "xlsx", tmp_path)
    assert "p-2" in refused.value.message
    assert written(shop, "csv", tmp_path).stat().st_size > 36_000


def test_an_empty_selection_is_a_header_alone(shop, tmp_path):
    assert written(shop, "jsonl", tmp_path).read_bytes() == b""
    assert written(shop, "csv", tmp_path).read_text("utf-8-sig").strip().split(",") == list(COLUMNS)
    assert [len(row) for row in load_workbook(written(shop, "xlsx", tmp_path)).active.iter_rows()] == [
        len(COLUMNS)
    ]


def test_many_pages_come_whole_and_in_order(shop, tmp_path, monkeypatch):
    monkeypatch.setattr(exports, "PAGE", 10)
    bring(*({"id": f"{n:03d}", "title": f"壶 {n}", "price": 5} for n in range(35)), path=tmp_path, shop=shop)
    assert [row["external_id"] for row in feed_rows(Selection(shop))] == [f"{n:03d}" for n in range(35)]


def test_a_selection_is_by_merchant_category_brand_and_whether_it_is_on_sale(shop, tmp_path):
    bring(
        {**PLAIN, "id": "1", "category_path": ["甲", "乙"], "brand": "一"}, {**PLAIN, "id": "2", "category_path": ["甲", "丙"], "brand": "二"},
        {"id": "3", "title": "壶", "category_path": ["丁"], "brand": "一"}, path=tmp_path, shop=shop,
    )  # fmt: skip

    def ids(**wanted):
        return [row["external_id"] for row in feed_rows(Selection(shop, **wanted))]

    assert ids() == ["1", "2", "3"]
    assert ids(category=("甲",)) == ["1", "2"]
    assert ids(category=("甲", "丙")) == ["2"]
    assert ids(brand="一") == ["1", "3"]
    assert ids(on_sale=True) == ["1", "2"]
    assert ids(brand="一", on_sale=True) == ["1"]
    assert list(feed_rows(Selection(make_merchant()))) == []


def test_what_is_sold_between_export_and_import_stays_sold(shop, tmp_path):
    bring({**PLAIN, "skus": [{"sku": f"{shop}-k", "price": 9, "stock": 10}]}, path=tmp_path, shop=shop)
    file = written(shop, "csv", tmp_path)
    with zone("worker"):
        Sku.objects.filter(code=f"{shop}-k").update(stock=7)
    take_all(read_feed(file))
    assert Sku.objects.get(code=f"{shop}-k").stock == 7


# ---- the command ----


def command(path, **more):
    words = {"merchant": "", "category": "", "brand": "", "on_sale": False, "pictures": False, **more}
    with zone("worker"):
        return export_catalog.run(SimpleNamespace(path=path, **words))


@pytest.mark.parametrize("kind", ["jsonl", "csv", "xlsx"])
def test_the_command_writes_every_shape(shop, tmp_path, capsys, kind):
    bring(POT, PLAIN, path=tmp_path, shop=shop)
    (tmp_path / "to").mkdir()
    assert command(tmp_path / "to" / f"goods.{kind}", merchant=shop) == 0
    assert "written: 2" in capsys.readouterr().out
    assert [it.external_id for it in read_feed(tmp_path / "to" / f"goods.{kind}")] == ["p-1", "p-2"]
    assert len(list((tmp_path / "to").iterdir())) == 1


def test_the_command_says_what_it_cannot_do_and_leaves_nothing(shop, tmp_path, capsys):
    assert command(tmp_path / "goods.pdf") == 1
    assert command(tmp_path / "no" / "goods.csv", merchant=shop) == 1
    bring({**PLAIN, "attributes": {f"a{n}": ["x" * 900] for n in range(40)}}, path=tmp_path, shop=shop)
    assert command(tmp_path / "goods.xlsx", merchant=shop) == 1
    assert "Excel" in capsys.readouterr().out
    assert [it.name for it in tmp_path.iterdir()] == ["in.jsonl"]


def test_pictures_go_with_it_and_come_back_under_the_same_names(shop, tmp_path):
    Image.new("RGB", (40, 30), (len(shop), 20, 30)).save(tmp_path / f"{shop}.png")
    bring({**PLAIN, "image": f"{shop}.png"}, path=tmp_path, shop=shop)
    (tmp_path / "to").mkdir()
    command(tmp_path / "to" / "goods.jsonl", merchant=shop, pictures=True, category="")
    [name] = Product.objects.get(merchant=shop).images
    assert [it.name for it in (tmp_path / "to" / "images").iterdir()] == [name]
    first = (tmp_path / "to" / "goods.jsonl").read_bytes()
    empty(shop)
    (settings.MEDIA_ROOT / "catalog" / name).unlink()
    assert take_all(read_feed(tmp_path / "to" / "goods.jsonl")).notes == {}
    command(tmp_path / "goods.jsonl", merchant=shop)
    assert (tmp_path / "goods.jsonl").read_bytes() == first


def test_a_picture_the_mall_keeps_may_be_named_without_its_file(shop, tmp_path):
    Image.new("RGB", (40, 30), (len(shop), 90, 30)).save(tmp_path / f"{shop}.png")
    bring({**PLAIN, "image": f"{shop}.png"}, path=tmp_path, shop=shop)
    (tmp_path / "elsewhere").mkdir()
    file = written(shop, "xlsx", tmp_path / "elsewhere")
    [name] = Product.objects.get(merchant=shop).images
    empty(shop)
    assert take_all(read_feed(file)).notes == {}
    assert Product.objects.get(merchant=shop).images == [name]


def test_an_export_needs_no_right_to_write(shop, tmp_path):
    bring(PLAIN, path=tmp_path, shop=shop)
    assert [row["external_id"] for row in feed_rows(Selection(shop))] == ["p-2"]  # in the shop window's zone
    with pytest.raises(Exception, match="permission denied"):
        import_feed(read_feed(written(shop, "jsonl", tmp_path)))


def test_a_workbook_of_many_rows_has_many_sheets(monkeypatch, shop, tmp_path):
    monkeypatch.setattr("mingpu.catalog.feed_writing._SHEET_ROWS", 2)
    bring(*({**PLAIN, "id": str(n)} for n in range(5)), path=tmp_path, shop=shop)
    file = written(shop, "xlsx", tmp_path)
    assert len(load_workbook(file).worksheets) == 3
    assert [it.external_id for it in read_feed(file)] == list("01234")
