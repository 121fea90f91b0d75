"""Excel workbooks as rows of cells, read as they come, with a bound on what a hostile one can make us hold."""

import re
import zipfile
from collections.abc import Iterator
from contextlib import closing
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, BinaryIO

from openpyxl import load_workbook

from mingpu.catalog.feed_values import RefusedError

MAX_COLUMNS = 200
MAX_ROWS = 1_048_576  # what a sheet of Excel has
_PARTS = 2_000  # files in the archive
_UNPACKED = 1 << 30  # bytes of all of them
_SMALL = 8 << 20  # bytes of a part that may be read into one tree
_GAP = 1 << 20  # bytes between two rows, or two shared texts, of a larger one
_TEXTS = 4_000_000  # rows or shared texts of one part
_STEP = re.compile(rb"<(?:\w+:)?(?:row|si)[\s/>]")  # where the reader lets go of what it read
_BLOCK = 1 << 18
_DIGITS = 15  # significant ones that Excel shows; what follows is noise of binary fractions
_BROKEN = frozenset({"#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"})


def sheets(file: BinaryIO) -> Iterator[tuple[str, Iterator[tuple[int, list[Any]]]]]:
    """Yield (name, rows) of every visible sheet; a row is (number from 1, values), without empty cells at its end.

    Formulas give the value they had when the book was saved, dates are ISO 8601, whole numbers are integers and
    others Decimals as Excel shows them. Rows are to be read before the next sheet is asked for. Raises
    RefusedError: `broken_workbook`, `large_workbook`.
    """
    _weigh(file)
    try:
        with closing(load_workbook(file, read_only=True, data_only=True, keep_links=False)) as book:
            for sheet in book.worksheets:
                if sheet.sheet_state == "visible":
                    yield sheet.title, _rows(sheet)
    except Exception as why:  # a stranger's archive may break the library anywhere
        raise RefusedError("broken_workbook") from why


def count_rows(path: Path) -> int:
    """Return how many rows the sheets of a workbook say they have; 0 when they do not say or it cannot be read."""
    try:
        with path.open("rb") as file:
            _weigh(file)
            with closing(load_workbook(file, read_only=True, keep_links=False)) as book:
                shown = [it for it in book.worksheets if it.sheet_state == "visible"]
                return sum(min(it.max_row or 0, MAX_ROWS) for it in shown)
    except Exception:  # noqa: BLE001 -- as above; reading will say what is wrong
        return 0


def as_cell(value: Any) -> Any:
    """Return what a cell holds as the fields of a catalogue take it. Raises RefusedError: `broken_cell`."""
    if isinstance(value, float):
        exact = Decimal(f"{value:.{_DIGITS}g}")
        return int(exact) if exact.is_finite() and exact == exact.to_integral_value() else exact
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    if value in _BROKEN:
        raise RefusedError("broken_cell")
    return value


def _rows(sheet: Any) -> Iterator[tuple[int, list[Any]]]:
    """Yield the rows of a sheet, which the library's types take for one that is written."""
    sheet.reset_dimensions()  # what a book says of its size need not be so
    rows = enumerate(sheet.iter_rows(values_only=True), 1)
    while True:
        try:
            number, values = next(rows)
        except StopIteration:
            return
        except Exception as why:
            raise RefusedError("broken_workbook") from why
        if number > MAX_ROWS:
            return
        row = list(values[:MAX_COLUMNS])
        while row and row[-1] is None:
            row.pop()
        if row:
            yield number, row


def _weigh(file: BinaryIO) -> None:
    """Refuse a book that unpacks into more than can be read bit by bit. Raises RefusedError."""
    try:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
            if len(parts) > _PARTS or sum(part.file_size for part in parts) > _UNPACKED:
                raise RefusedError("large_workbook")
            for part in parts:
                if part.file_size > _SMALL:
                    _walk(archive, part)
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, NotImplementedError, EOFError) as why:
        raise RefusedError("broken_workbook") from why


def _walk(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """Refuse a large part that is not made of many small rows or texts, or that has comments or entities."""
    steps = since = 0
    before = b""
    with archive.open(part) as opened:
        while block := opened.read(_BLOCK):
            found = len(_STEP.findall(before + block))
            since = 0 if found else since + len(block)
            steps += found
            if since > _GAP or steps > _TEXTS or b"<!" in before + block:
                raise RefusedError("large_workbook")
            before = block[-16:]
