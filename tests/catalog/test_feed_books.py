"""Excel workbooks as catalogue files: what is read, what is ignored, what is refused before it is unpacked."""

import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from mingpu.catalog import feed_books
from mingpu.catalog.feed import FeedItem, FeedSku, Refusal, count_lines, read_feed
from mingpu.catalog.feed_books import as_cell
from mingpu.catalog.feed_values import REASON_CODES

HEADER = ["编号", "标题", "售价", "库存", "实名"]
SHEET = "xl/worksheets/sheet1.xml"


def book(path: Path, *rows: list[Any], name: str = "shop.xlsx", **sheets: list[list[Any]]) -> Path:
    """Write a workbook whose first sheet has a header and these rows."""
    it = Workbook()
    it.active.title = "商品"
    for row in [HEADER, *rows]:
        it.active.append(row)
    for title, more in sheets.items():
        sheet = it.create_sheet(title)
        for row in more:
            sheet.append(row)
        sheet.sheet_state = "hidden" if title.startswith("hidden") else "visible"
    it.save(path / name)
    return path / name


def swapped(file: Path, **parts: bytes) -> Path:
    """Replace parts of a workbook, by the last word of their names."""
    with zipfile.ZipFile(file) as archive:
        content = {it.filename: archive.read(it) for it in archive.infolist()}
    for word, new in parts.items():
        [name] = [it for it in content if Path(it).stem == word]
        content[name] = new
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    return file


def the_only(file: Path) -> Any:
    (only,) = read_feed(file)
    return only


def test_cells_are_read_by_their_type(tmp_path: Path):
    file = book(tmp_path, [10001, "细口壶", 129.9, 3, True], [], ["a-2", 600, "¥1,299.00", "5", None])
    first, second = read_feed(file)
    assert (first.external_id, first.title, first.price_fen, first.stock, first.real_name) == (
        "10001", "细口壶", 129_90, 3, True,
    )  # fmt: skip
    assert (first.source, first.file, first.line) == ("shop", "shop.xlsx 商品", 2)
    assert (second.title, second.price_fen, second.line) == ("600", 1_299_00, 4)  # an empty row counts
    assert count_lines(file) == 4


@pytest.mark.parametrize(("value", "expected"), [
    (129.90000000000001, Decimal("129.9")), (0.1 + 0.2, Decimal("0.3")), (12.0, 12), (1e15, 10**15), (7, 7),
    (datetime(2026, 3, 1, 8, 30, tzinfo=UTC), "2026-03-01T08:30:00+00:00"), (date(2026, 3, 1), "2026-03-01"), ("x", "x"), (None, None),
])  # fmt: skip
def test_numbers_are_what_excel_shows_and_dates_are_iso(value: object, expected: object):
    assert as_cell(value) == expected


def test_a_formula_counts_as_the_value_it_had_and_is_never_worked_out(tmp_path: Path):
    file = book(tmp_path, ["a-1", "壶", "=100+29", 1, None])
    assert the_only(file).price_fen is None  # nobody has opened it: it has no value yet
    with zipfile.ZipFile(file) as archive:
        sheet = archive.read(SHEET)
    saved = sheet.replace(b"<v /></c>", b"<v>129</v></c>").replace(b"<v></v></c>", b"<v>129</v></c>")
    assert saved != sheet
    assert the_only(swapped(file, sheet1=saved)).price_fen == 129_00


def test_an_error_in_a_cell_refuses_its_row_alone(tmp_path: Path):
    lost, kept = read_feed(book(tmp_path, ["a-1", "#REF!", 5, 1, None], ["a-2", "壶", 5, 1, None]))
    assert (lost.code, lost.line, lost.file) == ("broken_cell", 2, "shop.xlsx 商品")
    assert kept.external_id == "a-2"


def test_hidden_sheets_are_ignored_and_others_have_headers_of_their_own(tmp_path: Path):
    more = [["id", "name", "price"], ["b-1", "长嘴壶", 8]]
    file = book(
        tmp_path,
        ["a-1", "壶", 5, 1, None],
        hidden_drafts=[HEADER, ["a-9", "草稿", 1]],
        more=more,
        notes=[["说明"]],
    )
    first, second, third = read_feed(file)
    assert [first.external_id, second.external_id] == ["a-1", "b-1"]
    assert (third.code, third.file, third.line) == ("not_items", "shop.xlsx notes", 0)
    assert count_lines(file) == 5


def test_rows_below_with_the_same_id_are_variants(tmp_path: Path):
    it = Workbook()
    for row in [
        ["id", "title", "sku", "options", "price", "list_price", "stock"],
        ["a-1", "壶", "K-S", "容量:600ml", 129, 159, 3],
        ["a-1", None, "K-L", "容量:900ml", 159, None, 0],
        ["a-2", "杯", None, None, 9, None, None],
    ]:
        it.active.append(row)
    it.save(tmp_path / "shop.xlsx")
    pot, cup = read_feed(tmp_path / "shop.xlsx")
    assert pot.skus == (
        FeedSku("K-S", {"容量": "600ml"}, 129_00, 3, list_price_fen=159_00),
        FeedSku("K-L", {"容量": "900ml"}, 159_00, 0),
    )
    assert pot.list_price_fen is None  # the first variant's alone
    assert (cup.skus, cup.line) == ((), 4)


@pytest.mark.parametrize(
    "content", [b"", b"PK", b"PK\x03\x04" + bytes(200), b"\xd0\xcf\x11\xe0" + bytes(600)]
)
def test_what_is_no_workbook_is_refused_whole(tmp_path: Path, content: bytes):
    (tmp_path / "shop.xlsx").write_bytes(content)
    lost = the_only(tmp_path / "shop.xlsx")
    assert (lost.code, lost.line) == ("broken_workbook", 0)
    assert count_lines(tmp_path / "shop.xlsx") == 0


def test_a_workbook_that_breaks_half_way_keeps_what_came_before(tmp_path: Path):
    file = book(tmp_path, ["a-1", "壶", 5, 1, None], ["a-2", "杯", 5, 1, None])
    with zipfile.ZipFile(file) as archive:
        sheet = archive.read(SHEET)
    cut = sheet[: sheet.index(b'<row r="3"')] + b"<oops"
    lost, kept = read_feed(swapped(file, sheet1=cut))  # what is told of rows below an item comes before it
    assert (kept.external_id, lost.code) == ("a-1", "broken_workbook")


@pytest.mark.parametrize("filler", [
    b"<c/>" * (4 << 20), b" " * (16 << 20), b"<!-- <row > -->" * (1 << 20), b"<row/>" * 4_100_000,
], ids=["one endless row", "blanks", "comments", "too many rows"])  # fmt: skip
def test_a_small_file_that_unpacks_into_much_is_refused_unread(tmp_path: Path, filler: bytes):
    file = book(tmp_path, ["a-1", "壶", 5, 1, None])
    with zipfile.ZipFile(file) as archive:
        sheet = archive.read(SHEET)
    bomb = sheet.replace(b"<sheetData>", b"<sheetData>" + filler)
    assert bomb != sheet
    swapped(file, sheet1=bomb)
    assert file.stat().st_size < 1_000_000
    lost = the_only(file)
    assert (lost.code, lost.line) == ("large_workbook", 0)


def test_a_workbook_may_not_unpack_into_more_than_its_bound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    file = book(tmp_path, ["a-1", "壶", 5, 1, None])
    monkeypatch.setattr(feed_books, "_UNPACKED", 1_000)
    assert the_only(file).code == "large_workbook"
    monkeypatch.setattr(feed_books, "_UNPACKED", 1 << 30)
    monkeypatch.setattr(feed_books, "_PARTS", 3)
    assert the_only(file).code == "large_workbook"


def test_a_large_honest_sheet_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(feed_books, "_SMALL", 1_000)
    rows = [[f"a-{number}", f"壶 {number}", 5, 1, None] for number in range(500)]
    assert sum(isinstance(it, FeedItem) for it in read_feed(book(tmp_path, *rows))) == 500


def test_far_cells_and_far_rows_cost_nothing(tmp_path: Path):
    it = Workbook()
    for row in [HEADER, ["a-1", "壶", 5, 1, None]]:
        it.active.append(row)
    it.active.cell(3, 16_384, "far")
    it.active.cell(1_048_576, 1, "a-9")
    it.save(tmp_path / "shop.xlsx")
    found = list(read_feed(tmp_path / "shop.xlsx"))
    assert [getattr(row, "code", "taken") for row in found] == ["taken", "missing_title"]


@cache
def whole() -> bytes:
    """A workbook, the same at every call: it holds the moment it was made."""
    with TemporaryDirectory() as folder:
        return book(Path(folder), ["a-1", "壶", 5, 1, None]).read_bytes()


@settings(max_examples=60, deadline=None)
@given(st.floats(0, 1), st.floats(0, 1), st.binary(max_size=8))
def test_no_workbook_breaks_the_reading(
    tmp_path_factory: pytest.TempPathFactory, begin: float, end: float, instead: bytes
):
    folder = tmp_path_factory.mktemp("any")
    begin, end = sorted((begin, end))
    head, tail = whole()[: int(begin * len(whole()))], whole()[int(end * len(whole())) :]
    (folder / "shop.xlsx").write_bytes(head + instead + tail)
    for row in read_feed(folder / "shop.xlsx"):
        assert isinstance(row, FeedItem) or row.code in REASON_CODES


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300) | st.text('<>/"=rowcvts&;! 0123456789', max_size=300).map(str.encode))
def test_no_sheet_breaks_the_reading(tmp_path_factory: pytest.TempPathFactory, sheet: bytes):
    file = swapped(book(tmp_path_factory.mktemp("any"), ["a-1", "壶", 5, 1, None]), sheet1=sheet)
    for row in read_feed(file):
        assert isinstance(row, Refusal)
        assert row.code in REASON_CODES


def test_a_workbook_is_read_from_its_file_alone(tmp_path: Path):
    content = book(tmp_path, ["a-1", "壶", 5, 1, None]).read_bytes()
    [(title, rows)] = [(title, list(rows)) for title, rows in feed_books.sheets(BytesIO(content))]
    assert (title, rows[0]) == ("商品", (1, HEADER))
