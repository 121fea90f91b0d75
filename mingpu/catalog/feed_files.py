"""From the bytes of a catalogue file to raw rows: JSON lines, CSV, TSV, Excel, and the CSV of a Vendure shop."""

import csv
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, BinaryIO

from mingpu.catalog.feed_books import as_cell, sheets
from mingpu.catalog.feed_values import Refusal, RefusedError, reason

MAX_LINE = 1_000_000  # bytes
_BOM = b"\xef\xbb\xbf"
_VENDURE = frozenset({"name", "slug", "optiongroups", "optionvalues", "sku", "price"})

# The columns and keys that mean the same, the first of them being ours.
_NAMES = {
    "external_id": ("external_id", "item_id", "id", "商品编号", "编号"),
    "title": ("title", "name", "标题", "商品名称", "名称"),
    "subtitle": ("subtitle", "副标题"),
    "brand": ("brand", "品牌"),
    "category_path": ("category_path", "category", "类目", "分类"),
    "price": ("price", "价格", "售价"),
    "list_price": ("list_price", "market_price", "划线价", "原价"),
    "attributes": ("attributes", "属性"),
    "images": ("images", "image", "图片"),
    "sales": ("sales", "销量"),
    "stock": ("stock", "库存"),
    "description": ("description", "描述", "详情"),
    "source": ("source", "来源"),
    "skus": ("skus", "规格"),
    "sku": ("sku", "code", "规格编号"),
    "options": ("options", "规格值"),
    "axes": ("axes", "选项"),
    "barcode": ("barcode", "gtin", "ean", "upc", "条码", "条形码"),
    "merchant": ("merchant", "商家"),
    "kind": ("kind", "类型"),
    "real_name": ("real_name", "实名"),
    "weight": ("weight", "重量"),
    "face": ("face", "面值"),
    "title_en": ("title_en", "英文标题"),
    "description_en": ("description_en", "英文描述"),
    "on_sale": ("on_sale", "在售"),
    "stock_seen": ("stock_seen", "导出时库存"),
    "published_from": ("published_from", "上架时间"),
    "published_until": ("published_until", "下架时间"),
}
# What a table says once for each variant, where a product has several rows.
OF_VARIANTS = (
    "sku", "options", "price", "list_price", "stock", "stock_seen", "weight", "face", "barcode",
)  # fmt: skip
MAX_SKUS = 200  # of a product; what a file has beyond is left out
# Wide signs begin a formula, too, where Chinese or Japanese is written.
_GUARDED = re.compile(r"'+[=+\-@\t\r＝＋－＠]")
_FORMULA = re.compile(r"'*[=+\-@\t\r＝＋－＠]")
_MEANT = {written: name for name, all_written in _NAMES.items() for written in all_written}


@dataclass(frozen=True, slots=True)
class RawRow:
    """One item as written, under our names for its fields; `line` is where it begins, `file` in what."""

    line: int
    fields: dict[str, Any]
    file: str


def read_rows(path: Path) -> Iterator[RawRow | Refusal]:
    """Yield the rows of one file, and refusals for what is no row. Raises OSError."""
    kind = path.suffix.lower()
    with path.open("rb") as file:
        if kind in {".jsonl", ".ndjson"}:
            yield from _json_rows(path.name, file)
        elif kind == ".xlsx":
            yield from _book_rows(path.name, file)
        else:
            decoded = (line.decode(errors="surrogateescape") + "\n" for _, line, _ in _lines(file))
            yield from _table_rows(path.name, _cells(decoded, path.name, tabs=kind == ".tsv"))


def column_name(name: str, language: str) -> str:
    """Return how a column is called in a language: our own name, or for `zh-hans` the first Chinese one."""
    chinese = (it for it in _NAMES.get(name, ()) if not it.isascii())
    return next(chinese, name) if language == "zh-hans" else name


def guarded(text: str) -> str:
    """Return a text as a spreadsheet's cell that is no formula: an apostrophe before what begins like one."""
    return f"'{text}" if _FORMULA.match(text) else text


def unguarded(cell: str) -> str:
    """Return the text of a cell that `guarded` wrote; any other cell as it is."""
    return cell[1:] if _GUARDED.match(cell) else cell


def _lines(file: BinaryIO) -> Iterator[tuple[int, bytes, bool]]:
    """Yield (number from 1, bytes without the line's end, whether it was cut at MAX_LINE)."""
    number = 0
    while line := file.readline(MAX_LINE + 1):
        number += 1
        cut = len(line) > MAX_LINE and not line.endswith(b"\n")
        rest = line
        while cut and rest and not rest.endswith(b"\n"):
            rest = file.readline(MAX_LINE)
        if number == 1:
            line = line.removeprefix(_BOM)
        yield number, line.rstrip(b"\r\n"), cut


def _json_rows(name: str, file: BinaryIO) -> Iterator[RawRow | Refusal]:
    recognised = False
    for number, line, cut in _lines(file):
        if not line.strip():
            continue
        if cut:
            yield _refusal(name, number, "line_too_long", limit=MAX_LINE)
            continue
        try:
            value = json.loads(line.decode(), parse_float=Decimal, parse_constant=Decimal)
        except UnicodeDecodeError:
            yield _refusal(name, number, "broken_text")
        except (ValueError, RecursionError):
            yield _refusal(name, number, "broken_json")
        else:
            if not isinstance(value, dict):
                yield _refusal(name, number, "not_an_object")
                continue
            fields = _meant(value)
            if not recognised and not fields.keys() & {"external_id", "title"}:
                yield _refusal(name, 0, "not_items")
                return
            recognised = True
            yield RawRow(number, fields, name)


def _book_rows(name: str, file: BinaryIO) -> Iterator[RawRow | Refusal]:
    """Yield the rows of every sheet that can be seen, each under a header of its own."""
    try:
        for title, rows in sheets(file):
            yield from _table_rows(f"{name} {title}", _typed(rows, f"{name} {title}"))
    except RefusedError as refused:
        yield _refusal(name, 0, refused.code)


def _typed(rows: Iterator[tuple[int, list[Any]]], name: str) -> Iterator[tuple[int, list[Any]] | Refusal]:
    try:
        for line, row in rows:
            try:
                yield line, [as_cell(value) for value in row]
            except RefusedError as refused:
                yield _refusal(name, line, refused.code)
    except RefusedError as refused:
        yield _refusal(name, 0, refused.code)


def _table_rows(name: str, cells: Iterator[tuple[int, list[Any]] | Refusal]) -> Iterator[RawRow | Refusal]:
    """Yield the items under a header, each with the rows of its variants."""
    columns: list[str] = []
    for row in cells:
        if not isinstance(row, Refusal):
            columns = ["" if column is None else str(column).strip() for column in row[1]]
            break
        yield row
    if {column.lower() for column in columns} >= _VENDURE:
        yield from _vendure_rows(name, cells, [column.lower() for column in columns])
    elif not {"external_id", "title"} <= _meant(dict.fromkeys(columns)).keys():
        yield _refusal(name, 0, "not_items")
    else:
        yield from _with_variants(_rows_under(columns, name, cells))


def _rows_under(
    columns: list[str], name: str, cells: Iterator[tuple[int, list[Any]] | Refusal]
) -> Iterator[RawRow | Refusal]:
    for row in cells:
        if isinstance(row, Refusal):
            yield row
        elif len(row[1]) > len(columns):
            yield _refusal(name, row[0], "broken_csv")
        else:
            texts = (unguarded(cell) if isinstance(cell, str) else cell for cell in row[1])
            yield RawRow(row[0], _meant(dict(zip(columns, texts, strict=False))), name)


def _with_variants(rows: Iterator[RawRow | Refusal]) -> Iterator[RawRow | Refusal]:
    """Yield items; a row under one with the same id and no title is one more variant of it."""
    held: RawRow | None = None
    for row in rows:
        if isinstance(row, Refusal):
            yield row
        elif held and _is_variant(row.fields, held.fields):
            _add_variant(held.fields, row.fields)
        else:
            if held:
                yield held
            held = row
    if held:
        yield held


def _is_variant(fields: dict[str, Any], of: dict[str, Any]) -> bool:
    own, its = (
        tuple(str(it.get(name) or "").strip() for name in ("external_id", "source")) for it in (fields, of)
    )
    return bool(own[0]) and not fields.get("title") and own[0] == its[0] and own[1] in {"", its[1]}


def _add_variant(product: dict[str, Any], variant: dict[str, Any]) -> None:
    """Add a variant's row to its product; the product's own row is the first of them.

    Of those nobody reads only one is held, so that it is known that there were more.
    """
    if not isinstance(product.get("skus"), list):
        product["skus"] = [_variant_of(product)]
        product.pop("list_price", None)  # the first variant's alone
    if len(product["skus"]) <= MAX_SKUS:
        product["skus"].append(_variant_of(variant))


def _variant_of(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: fields[name] for name in OF_VARIANTS if name in fields}


def _cells(lines: Iterator[str], name: str, *, tabs: bool) -> Iterator[tuple[int, list[str]] | Refusal]:
    """Yield (line where it begins, cells) of every row that is not empty."""
    reader = csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE) if tabs else csv.reader(lines)
    while True:
        line = reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield _refusal(name, line, "broken_csv")
            continue
        if not any(cell.strip() for cell in row):
            continue
        try:
            "".join(row).encode()
        except UnicodeEncodeError:  # the marks that decoding left where it was not UTF-8
            yield _refusal(name, line, "broken_text")
        else:
            yield line, row


def _vendure_rows(
    name: str, cells: Iterator[tuple[int, list[Any]] | Refusal], columns: list[str]
) -> Iterator[RawRow | Refusal]:
    """Yield products with their variants: a row without a name is one more variant of the product above."""
    product: RawRow | None = None
    for row in cells:
        if isinstance(row, Refusal) or len(row[1]) > len(columns):
            yield row if isinstance(row, Refusal) else _refusal(name, row[0], "broken_csv")
            continue
        line, texts = row
        told = ("" if cell is None else str(cell).strip() for cell in texts)
        written = dict(zip(columns, told, strict=False))
        if written.get("name"):
            if product:
                yield product
            product = RawRow(line, _vendure_product(written), name)
        if product is None:
            yield _refusal(name, line, "variant_without_product")
        elif len(product.fields["skus"]) <= MAX_SKUS:
            product.fields["skus"].append(_vendure_variant(product, written))
    if product:
        yield product


def _vendure_product(written: dict[str, str]) -> dict[str, Any]:
    facets = [facet.partition(":") for facet in written.get("facets", "").split("|") if ":" in facet]
    named = {kind: [value for k, _, value in facets if k == kind] for kind, _, _ in facets}
    return {
        "external_id": written.get("slug") or written["name"],
        "title": written["name"],
        "description": written.get("description", ""),
        "brand": next(iter(named.get("brand", [])), ""),
        "category_path": named.get("category", []),
        "attributes": {kind: values for kind, values in named.items() if kind not in {"brand", "category"}},
        "images": [asset for asset in written.get("assets", "").split("|") if asset],
        "skus": [],
        "groups": [group for group in written.get("optiongroups", "").split("|") if group],
    }


def _vendure_variant(product: RawRow, written: dict[str, str]) -> dict[str, Any]:
    values = [value for value in written.get("optionvalues", "").split("|") if value]
    return {
        "sku": written.get("sku", ""),
        "price": written.get("price", ""),
        "stock": written.get("stockonhand", ""),
        "options": dict(zip(product.fields["groups"], values, strict=False)),
    }


def _meant(fields: dict[str, Any]) -> dict[str, Any]:
    """Return fields under our names; of two columns that mean the same, the first that is filled counts."""
    found: dict[str, Any] = {}
    for written, value in fields.items():
        name = _MEANT.get(written.strip().lower())
        if name and (name not in found or found[name] in (None, "")):
            found[name] = value
    return found


def meant(fields: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of a nested object (a variant) under our names."""
    return _meant(fields)


def _refusal(file: str, line: int, code: str, /, **facts: object) -> Refusal:
    return Refusal(file, line, None, code, reason(code, **facts))
