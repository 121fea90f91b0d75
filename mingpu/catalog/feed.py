"""Reading a catalogue from files, row by row, whatever is in them. `docs/catalogue-feed.md` has the shapes."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypedDict

from mingpu.catalog.feed_books import count_rows
from mingpu.catalog.feed_fields import (
    attributes_field,
    barcode_field,
    category_field,
    clean,
    count_field,
    face_field,
    image_field,
    kind_field,
    long_field,
    price_field,
    rich_field,
    text_field,
    weight_field,
    yes_field,
)
from mingpu.catalog.feed_files import MAX_SKUS, RawRow, meant, read_rows
from mingpu.catalog.feed_values import FeedItem, FeedSku, Note, Refusal, RefusedError, note, reason
from mingpu.catalog.options import axes_of, doubled, incomplete
from mingpu.catalog.publication import period
from mingpu.catalog.rules import GOODS
from mingpu.merchants.rules import OWN_SHOP

__all__ = ["FeedItem", "FeedSku", "Note", "Refusal", "count_lines", "files_of", "read_feed"]

KINDS = frozenset({".jsonl", ".ndjson", ".csv", ".tsv", ".xlsx"})
MAX_ID, MAX_TITLE, MAX_BRAND, MAX_SOURCE = 100, 200, 100, 50  # characters; longer ones are refused
MAX_SUBTITLE, MAX_DESCRIPTION = 200, 20_000  # characters; longer ones are cut, with a note
MAX_OF_SHOP = 1_000_000  # items and codes of one file of a shop: all are held, to know each again
MAX_CODE = 60  # characters of a SKU code
MAX_MERCHANT = 32  # characters of a merchant's code


def read_feed(path: Path | str, *, merchant: str = "") -> Iterator[FeedItem | Refusal]:
    """Yield every row of a catalogue, taken or refused, in the order of the files.

    path: a .jsonl, .csv, .tsv or .xlsx file, or a folder of such files (read in the order of their names).
    merchant: whose file it is, by code: all goods are theirs, rows that say otherwise are refused, and what has no
    source is named under their code; "" for anybody's. Reads as it goes; nothing in a file makes it raise.
    """
    place = Path(path)
    seen: set[tuple[str, str]] = set()
    codes: set[str] = set()
    for file in _files(place):
        if isinstance(file, Refusal):
            yield file
            continue
        try:
            for row in read_rows(file):
                if merchant and len(seen) + len(codes) >= MAX_OF_SHOP:
                    yield Refusal(file.name, 0, None, "too_many", reason("too_many", limit=MAX_OF_SHOP))
                    return
                yield row if isinstance(row, Refusal) else _take(row, file, merchant, seen, codes)
        except OSError:
            yield Refusal(file.name, 0, None, "not_readable", reason("not_readable"))


def count_lines(path: Path | str) -> int:
    """Return how many lines `read_feed` will go through, to show progress by; 0 when nothing can be read."""
    total = 0
    for file in files_of(path):
        try:
            if file.suffix.lower() == ".xlsx":
                total += count_rows(file)
                continue
            first = next(read_rows(file), None)
            if isinstance(first, Refusal) and first.line == 0:
                continue
            with file.open("rb") as opened:
                while block := opened.read(1 << 20):
                    total += block.count(b"\n")
        except OSError:
            continue
    return total


def files_of(path: Path | str) -> list[Path]:
    """Return the files that `read_feed` reads, in their order."""
    return [file for file in _files(Path(path)) if isinstance(file, Path)]


def _files(place: Path) -> Iterator[Path | Refusal]:
    try:
        if place.is_dir():
            yield from sorted(f for f in place.iterdir() if f.suffix.lower() in KINDS and f.is_file())
        elif not place.is_file():
            yield Refusal(place.name, 0, None, "not_readable", reason("not_readable"))
        elif place.suffix.lower() not in KINDS:
            yield Refusal(place.name, 0, None, "unknown_kind", reason("unknown_kind"))
        else:
            yield place
    except (OSError, ValueError):
        yield Refusal(place.name, 0, None, "not_readable", reason("not_readable"))


def _take(
    row: RawRow, file: Path, merchant: str, seen: set[tuple[str, str]], codes: set[str]
) -> FeedItem | Refusal:
    """Return the item of a row, or why not. `seen` and `codes` hold what earlier rows used."""
    try:
        named = _identity(row.fields, merchant or file.stem, seen)
        item = _item(row, file, named, merchant, codes)
    except RefusedError as refused:
        told = _told_id(row.fields)
        return Refusal(row.file, row.line, told, refused.code, reason(refused.code, **refused.facts))
    seen.add(named)
    codes.update(sku.code for sku in item.skus if sku.code)
    return item


def _identity(fields: dict[str, Any], origin: str, seen: set[tuple[str, str]]) -> tuple[str, str]:
    """Return (source, external id) of a row, which no row before it has. Raises RefusedError."""
    unsaid: dict[str, Note] = {}  # an id is not shown, so its cleaning is not told
    name = text_field(fields, "external_id", unsaid, limit=MAX_ID)
    if not name:
        raise RefusedError("missing_id")
    source = text_field(fields, "source", unsaid, limit=MAX_SOURCE) or origin[:MAX_SOURCE]
    if (source, name) in seen:
        raise RefusedError("duplicate_id")
    return source, name


def _told_id(fields: dict[str, Any]) -> str | None:
    """Return the id a refused row gives, as far as it can be shown."""
    written = fields.get("external_id")
    return clean(str(written), {})[:MAX_ID] or None if isinstance(written, str | int) else None


def _item(row: RawRow, file: Path, named: tuple[str, str], whose: str, codes: set[str]) -> FeedItem:
    fields = row.fields
    notes: dict[str, Note] = {}
    title = text_field(fields, "title", notes, limit=MAX_TITLE)
    if not title:
        raise RefusedError("missing_title")
    merchant, kind, face = _trade(fields, whose, notes)
    skus = _skus(fields, codes, notes, virtual=kind != GOODS)
    if kind != GOODS and not face and not (skus and all(sku.face_fen for sku in skus)):
        raise RefusedError("missing_face")
    axes = _axes(fields, skus, notes)
    price = _price(fields, skus, notes)
    begin, end = period(fields)
    return FeedItem(
        file=row.file,
        line=row.line,
        source=named[0],
        external_id=named[1],
        title=title,
        **_words(fields, notes),
        category_path=category_field(fields.get("category_path"), notes),
        price_fen=price,
        list_price_fen=_list_price(fields, price, notes),
        attributes=attributes_field(fields.get("attributes"), notes),
        images=image_field(_names(fields.get("images")), file.parent, notes),
        sales=count_field(fields.get("sales"), "bad_sales", notes) or 0,
        stock=count_field(fields.get("stock"), "bad_stock", notes),
        skus=skus,
        notes=tuple(notes.values()),
        merchant=merchant,
        kind=kind,
        real_name=yes_field(fields.get("real_name"), "bad_real_name"),
        grams=weight_field(fields.get("weight"), notes) if kind == GOODS else None,
        face_fen=face,
        on_sale=fields.get("on_sale") in (None, "") or yes_field(fields["on_sale"], "bad_on_sale"),
        axes=axes,
        barcode=barcode_field(fields.get("barcode"), notes) if kind == GOODS else "",
        published_from=begin,
        published_until=end,
    )


class _Words(TypedDict):
    """What an item says of itself beside its title, under the names of `FeedItem`."""

    subtitle: str
    brand: str
    title_en: str
    description_en: str
    description: str
    description_html: str


def _words(fields: dict[str, Any], notes: dict[str, Note]) -> _Words:
    """Return what an item says of itself beside its title, under the names of `FeedItem`. Raises RefusedError."""
    description, rich = rich_field(fields, "description", notes, limit=MAX_DESCRIPTION)
    return {
        "subtitle": long_field(fields, "subtitle", notes, limit=MAX_SUBTITLE),
        "brand": text_field(fields, "brand", notes, limit=MAX_BRAND),
        "title_en": text_field(fields, "title_en", notes, limit=MAX_TITLE),
        "description_en": long_field(fields, "description_en", notes, limit=MAX_DESCRIPTION, lines=True),
        "description": description,
        "description_html": rich,
    }


def _axes(fields: dict[str, Any], skus: tuple[FeedSku, ...], notes: dict[str, Note]) -> dict[str, list[str]]:
    """Return the options a file names itself; two variants in one cell are refused. Raises RefusedError."""
    named = attributes_field(fields.get("axes"), notes)
    variants = [sku.options for sku in skus]
    axes = axes_of(variants, named)
    if both := doubled(variants, axes):
        raise RefusedError("duplicate_cell", cell=" / ".join(both))
    if incomplete(variants, axes):
        notes["incomplete_options"] = note("incomplete_options")
    return named


def _trade(fields: dict[str, Any], whose: str, notes: dict[str, Note]) -> tuple[str, str, int | None]:
    """Return (whose it is, what kind of goods, what virtual goods are worth in fen). Raises RefusedError.

    whose: whose file it is, "" for anybody's. Whether there is such a merchant is asked where the item is written.
    """
    merchant = text_field(fields, "merchant", notes, limit=MAX_MERCHANT) or whose or OWN_SHOP
    if whose and merchant != whose:
        raise RefusedError("not_yours")
    kind = kind_field(fields.get("kind"))
    if kind == GOODS:
        return merchant, kind, None
    if merchant != OWN_SHOP:
        raise RefusedError("not_own_shop")  # what it is worth is the mall's own debt
    return merchant, kind, face_field(fields.get("face"))


def _price(fields: dict[str, Any], skus: tuple[FeedSku, ...], notes: dict[str, Note]) -> int | None:
    """Return the item's price in fen, else its cheapest variant's; None, with a note, when not for sale."""
    price = price_field(fields.get("price"))
    if price == 0:
        notes["no_price"] = note("zero_price")
        return None
    price = price or min((sku.price_fen for sku in skus if sku.price_fen), default=None)
    if price is None:
        notes["no_price"] = note("no_price")
    return price


def _list_price(fields: dict[str, Any], price: int | None, notes: dict[str, Note]) -> int | None:
    """Return the price before reduction in fen; None when there is none, or when it is not above the price."""
    found = _before(fields, notes)
    return found if found and price and found > price else None


def _before(fields: dict[str, Any], notes: dict[str, Note]) -> int | None:
    """Return the price before reduction as it is written, in fen; None where there is none or it is unreadable."""
    try:
        return price_field(fields.get("list_price")) or None
    except RefusedError:
        notes["bad_list_price"] = note("bad_list_price")
        return None


def _skus(
    fields: dict[str, Any], used: set[str], notes: dict[str, Note], *, virtual: bool
) -> tuple[FeedSku, ...]:
    """Return the variants of a row: a list of them, or the one whose code the row gives. Raises RefusedError."""
    written = fields.get("skus") or ([fields] if fields.get("sku") else [])
    if not isinstance(written, list):
        raise RefusedError("bad_field", field="skus")
    if len(written) > MAX_SKUS:
        notes["shortened skus"] = note("shortened", field="skus", limit=MAX_SKUS)
    skus: list[FeedSku] = []
    own: set[str] = set()
    for raw in written[:MAX_SKUS]:
        if not isinstance(raw, dict):
            raise RefusedError("bad_field", field="skus")
        one = meant(raw)
        code = _free_code(text_field(one, "sku", notes, limit=MAX_CODE), used, own, notes)
        own.add(code)
        options = attributes_field(one.get("options"), notes)
        skus.append(
            FeedSku(
                code=code or None,
                options={name: "、".join(values) for name, values in options.items()},
                price_fen=price_field(one.get("price")) or price_field(fields.get("price")) or None,
                stock=count_field(one.get("stock"), "bad_stock", notes),
                grams=None if virtual else weight_field(one.get("weight"), notes),
                face_fen=face_field(one.get("face")) if virtual else None,
                list_price_fen=_before(one, notes),
                stock_seen=count_field(one.get("stock_seen"), "bad_stock", notes),
                barcode=barcode_field(one.get("barcode"), notes),
            )
        )
    return tuple(skus)


def _free_code(code: str, used: set[str], own: set[str], notes: dict[str, Note]) -> str:
    """Return `code`, with a number after it where it is taken, the same at every reading of the same file.

    used: by earlier items; own: by earlier variants of this one.
    """
    free, number = code, 1
    while code and (free in used or free in own):
        number += 1
        free = f"{code}-{number}"
    if free != code:
        notes[f"sku {code}"] = note("duplicate_sku", code=code)
    return free


def _names(value: Any) -> Any:
    """Return picture names as a list, where a table cell holds them as `a.jpg|b.jpg`."""
    return [clean(part, {}) for part in value.split("|")] if isinstance(value, str) else value
