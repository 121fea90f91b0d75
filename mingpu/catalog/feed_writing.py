"""Writing catalogue files: JSON lines, CSV and Excel, in the shapes that reading takes. No database."""

import csv
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any, BinaryIO, Final

from openpyxl import Workbook

from mingpu.catalog.errors import TooLongForExcel
from mingpu.catalog.feed_files import OF_VARIANTS, column_name, guarded

KINDS: Final = {
    "jsonl": "application/x-ndjson",
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
COLUMNS: Final = (
    "source", "external_id", "title", "title_en", "subtitle", "brand", "category_path", "merchant", "kind", "real_name",
    "on_sale", *OF_VARIANTS, "axes", "sales", "attributes", "images", "published_from", "published_until",
    "description", "description_en",
)  # fmt: skip
_NUMBERS: Final = frozenset({"price", "list_price", "face"})
_MARK: Final = b"\xef\xbb\xbf"  # spreadsheets know UTF-8 by it
_LONGEST: Final = 32_767  # characters of a cell of Excel
_SHEET_ROWS: Final = 1_000_000
_APART = re.compile(r"[:：|{]")  # what a pair in a cell is taken apart at


def json_lines(rows: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    """Yield items as JSON, one to a line."""
    for row in rows:
        yield json.dumps(row, ensure_ascii=False).encode() + b"\n"


def csv_lines(rows: Iterable[Mapping[str, Any]], language: str = "") -> Iterator[bytes]:
    """Yield the lines of a CSV file; language: of its header, our own names for "".  No cell is a formula."""
    out = StringIO()
    table = csv.writer(out)
    table.writerow([column_name(name, language) for name in COLUMNS])
    yield _MARK + out.getvalue().encode()
    for row in rows:
        out.seek(0)
        out.truncate()
        table.writerows(_lines_of(row))
        yield out.getvalue().encode()


def write_book(rows: Iterable[Mapping[str, Any]], out: BinaryIO | Path, language: str = "") -> None:
    """Write an Excel workbook, another sheet for every million rows. Raises TooLongForExcel.

    Texts that begin like formulas are texts, and have the apostrophe besides: books are saved as CSV, too.
    """
    book = Workbook(write_only=True)
    header = [column_name(name, language) for name in COLUMNS]
    sheet, written = None, 0
    for row in rows:
        for cells in _lines_of(row, typed=True):
            if sheet is None or written == _SHEET_ROWS:
                sheet, written = book.create_sheet(), 0
                sheet.append(header)
            if any(isinstance(cell, str) and len(cell) > _LONGEST for cell in cells):
                raise TooLongForExcel(id=row["external_id"])
            sheet.append(cells)
            written += 1
    if sheet is None:
        book.create_sheet().append(header)
    book.save(out)


def _lines_of(row: Mapping[str, Any], *, typed: bool = False) -> Iterator[list[Any]]:
    """Yield the rows of a table for an item: its own with its first variant, then one for each other variant."""
    own = {name: value for name, value in row.items() if name != "skus"}
    first, *others = row.get("skus") or [{}]
    for fields in (
        {**own, **first},
        *({"source": row["source"], "external_id": row["external_id"], **it} for it in others),
    ):
        yield [_cell(name, fields.get(name), typed=typed) for name in COLUMNS]


def _cell(name: str, value: Any, *, typed: bool) -> Any:
    if value is None or value == "":
        return None if typed else ""
    if isinstance(value, bool | int):
        return int(value)
    if typed and name in _NUMBERS:
        return Decimal(value)
    write = _WRITERS.get(name)
    return guarded(write(value) if write else value)


def _pairs(value: Mapping[str, Any]) -> str:
    """Return names and values as `name:value|name:value`, or as JSON where they hold what that is taken apart at."""
    pairs = [
        (name, one) for name, many in value.items() for one in (many if isinstance(many, list) else [many])
    ]
    if any(_APART.search(name) or _APART.search(one) for name, one in pairs):
        return json.dumps(value, ensure_ascii=False)
    return "|".join(f"{name}:{one}" for name, one in pairs)


def _path(names: list[str]) -> str:
    """Return a path as `a > b`, or as JSON where that would be read as another."""
    plain = " > ".join(names)
    parted = any(">" in name for name in names) or (len(names) == 1 and "/" in names[0])
    return json.dumps(names, ensure_ascii=False) if parted or plain.startswith("[") else plain


_WRITERS: Final[Mapping[str, Callable[[Any], str]]] = {
    "options": _pairs, "axes": _pairs, "attributes": _pairs, "category_path": _path, "images": "|".join,
}  # fmt: skip
