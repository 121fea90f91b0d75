"""Cleaning one field of a catalogue file: text, prices, counts, attributes, pictures."""

import html
import json
import math
import re
import unicodedata
from collections.abc import Mapping
from contextlib import suppress
from decimal import Decimal, DecimalException
from html.entities import html5
from pathlib import Path, PurePosixPath
from typing import Any

from mingpu.catalog import pictures
from mingpu.catalog.barcodes import read_gtin
from mingpu.catalog.feed_values import Note, RefusedError, note
from mingpu.catalog.naming import MAX_LEVELS
from mingpu.catalog.rich_text import has_markup, is_text, loses, sanitised
from mingpu.catalog.rules import GOODS, KINDS
from mingpu.lib.money import to_fen

MAX_PRICE = Decimal(100_000_000)  # yuan
MAX_COUNT = 2**31 - 1  # what a database integer holds
MAX_VALUE = 1_000  # characters of one attribute value
MAX_NAME = 60  # characters of an attribute's or a category's name
MAX_ATTRIBUTES = 100
MAX_VALUES = 200  # of one attribute
MAX_BARCODE = 30  # characters of one as written
MAX_IMAGES = 20
MAX_GRAMS = 1_000_000  # a tonne
_MAX_NUMBER = 100  # characters a number is written in
_RAW = 100_000  # characters of a field that are looked at
_ROUNDS = 4  # markup may hide in escaped markup, not for ever

_FEN = Decimal("0.01")
_PRICE = re.compile(r"(?:rmb|cny|[¥￥])?\s*(?P<number>[+-]?[\d,]*\.?\d+)\s*元?", re.IGNORECASE)
_WEIGHT = re.compile(r"(?P<number>[\d,]*\.?\d+)\s*(?P<unit>[a-z一-鿿]*)", re.IGNORECASE)
_UNITS = {"": 1, "g": 1, "克": 1, "kg": 1000, "千克": 1000, "公斤": 1000, "斤": 500}  # in grams
_YES, _NO = frozenset({"1", "true", "yes", "y", "是"}), frozenset({"", "0", "false", "no", "n", "否"})
_SCRIPT = re.compile(r"<(script|style)\b[^<>]*>.*?(?:</\1\s*>|$)", re.IGNORECASE | re.DOTALL)
_BREAK = re.compile(r"<(?:br|/p|/div|/li|/tr|/h[1-6])\b[^<>]*>", re.IGNORECASE)
_TAG = re.compile(r"<!--.*?(?:-->|$)|</?[a-z][^<>]*>|<[!?][^<>]*>", re.IGNORECASE | re.DOTALL)
_ENTITY = re.compile(r"&(#\d{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,31});?", re.IGNORECASE)
_IMAGE_KINDS = frozenset({".jpg", ".jpeg", ".png", ".webp", ".gif", ".avif"})


def clean(value: str, notes: dict[str, Note], *, lines: bool = False) -> str:
    """Return plain text: no markup, no control characters, single spaces. What was removed goes to `notes`.

    lines: keep line breaks, and turn the breaks of markup into them.
    """
    if value.isprintable() and len(value) <= _RAW and "<" not in value and "&" not in value:
        return " ".join(value.split())  # as nearly all are: no controls, no breaks, no markup
    text = _without_markup(value[:_RAW], lines=lines)
    if text is not value and text != value:
        notes["markup_removed"] = note("markup_removed")
    kept = "".join(char if is_text(char) else " " for char in text)
    if kept != text:
        notes["control_characters"] = note("control_characters")
    if not lines:
        return " ".join(kept.split())
    return "\n".join(filter(None, (" ".join(line.split()) for line in kept.splitlines())))


def text_field(row: Mapping[str, Any], name: str, notes: dict[str, Note], *, limit: int) -> str:
    """Return a short text that names the item; "" when absent.

    Numbers are taken as text. Raises RefusedError: `bad_field`, or `too_long` as nothing of a name may be lost.
    """
    text = clean(_as_text(row.get(name), name), notes)
    if len(text) > limit:
        raise RefusedError("too_long", field=name, limit=limit)
    return text


def long_field(
    row: Mapping[str, Any], name: str, notes: dict[str, Note], *, limit: int, lines: bool = False
) -> str:
    """Return a describing text, cut to `limit` characters with a note; "" when absent. Raises RefusedError."""
    text = clean(_as_text(row.get(name), name), notes, lines=lines)
    if len(text) > limit:
        notes[f"shortened {name}"] = note("shortened", field=name, limit=limit)
    return text[:limit].rstrip()


def rich_field(row: Mapping[str, Any], name: str, notes: dict[str, Note], *, limit: int) -> tuple[str, str]:
    """Return a describing text as plain text and as sanitised markup, "" where it was written as plain text.

    Markup of a text that had to be cut is not kept. Raises RefusedError.
    """
    unsaid: dict[str, Note] = {}
    written = _as_text(row.get(name), name)
    plain = long_field(row, name, unsaid, limit=limit, lines=True)
    rich = "" if unsaid.keys() - {"markup_removed"} or not has_markup(written) else sanitised(written)
    if rich and not loses(written):
        unsaid.pop("markup_removed", None)
    notes |= unsaid
    return plain, rich


def barcode_field(value: Any, notes: dict[str, Note]) -> str:
    """Return a barcode's digits; "" when absent, or of a wrong length or check digit, then with a note."""
    written = "" if value is None else str(value).strip()[:MAX_BARCODE]
    code = read_gtin(written)
    if code is None and written:
        shown = clean(written, {})
        notes[f"barcode {shown}"] = note("bad_barcode", code=shown)
    return code or ""


def price_field(value: Any) -> int | None:
    """Return a price in fen, exactly; None when there is none. 0 is a price here.

    value: yuan as a number or as text (`¥1,299.00`). Raises RefusedError: `bad_price`, `absurd_price`,
    `price_below_fen`.
    """
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | str):
        raise RefusedError("bad_price")
    try:
        amount = _amount(value)
        if not amount.is_finite() or amount < 0 or amount > MAX_PRICE:
            raise RefusedError("absurd_price")
        exact = amount.quantize(_FEN)
    except (DecimalException, ValueError, OverflowError):
        raise RefusedError("bad_price") from None
    if exact != amount:
        raise RefusedError("price_below_fen")
    return to_fen(exact)


def count_field(value: Any, code: str, notes: dict[str, Note]) -> int | None:
    """Return a count of pieces; None when absent, or unreadable or absurd, then with the note `code`."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    number = Decimal(-1)
    if not isinstance(value, bool) and isinstance(value, int | float | Decimal | str):
        with suppress(DecimalException, ValueError, OverflowError):
            number = _amount(value)
    if number.is_finite() and 0 <= number <= MAX_COUNT:
        return int(number)
    notes[code] = note(code)
    return None


def weight_field(value: Any, notes: dict[str, Note]) -> int | None:
    """Return a weight in whole grams, rounded up; None when absent, or unreadable or absurd, then with a note.

    value: grams as a number, or text with a unit (`500g`, `1.2kg`, `1.2 公斤`).
    """
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    told = isinstance(value, int | float | Decimal | str) and not isinstance(value, bool)
    written = str(value) if told else ""
    found = _WEIGHT.fullmatch(unicodedata.normalize("NFKC", written[:_MAX_NUMBER]).strip())
    unit = _UNITS.get(found["unit"].lower()) if found else None
    if found and unit:
        grams = Decimal(found["number"].replace(",", "")) * unit
        if 0 < grams <= MAX_GRAMS:
            return math.ceil(grams)
    notes["bad_weight"] = note("bad_weight")
    return None


def kind_field(value: Any) -> str:
    """Return what kind of goods it is, of `KINDS`; goods when absent. Raises RefusedError: `bad_kind`."""
    written = clean(_as_text(value, "kind"), {}).lower() or GOODS
    if written not in KINDS:
        raise RefusedError("bad_kind", kind=written[:MAX_NAME], kinds="、".join(KINDS))
    return written


def yes_field(value: Any, code: str) -> bool:
    """Return yes or no, no when absent. Raises RefusedError with `code`: a guess could break the law."""
    written = "" if value is None else str(value)[:_MAX_NUMBER].strip().lower()
    if written not in _YES | _NO:
        raise RefusedError(code)
    return written in _YES


def face_field(value: Any) -> int | None:
    """Return a face value in fen > 0; None when absent. value: yuan, as for a price. Raises RefusedError: `bad_face`."""
    try:
        found = price_field(value)
    except RefusedError:
        raise RefusedError("bad_face") from None
    if found == 0:
        raise RefusedError("bad_face")
    return found


def category_field(value: Any, notes: dict[str, Note]) -> tuple[str, ...]:
    """Return a category path from the root. value: a list of names, the same as JSON, or text split at `>` or `/`."""
    if isinstance(value, str):
        value = _listed(value) or value.split(">" if ">" in value else "/")
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        notes["bad_category"] = note("bad_category")
        return ()
    names = [name for name in (clean(name, notes) for name in value) if name]
    if any(len(name) > MAX_NAME for name in names):
        notes["bad_category"] = note("bad_category")
        return ()
    if len(names) > MAX_LEVELS:
        notes["category_cut"] = note("category_cut", limit=MAX_LEVELS)
    return tuple(names[:MAX_LEVELS])


def _listed(text: str) -> list[Any] | None:
    """Return the list that a text is in JSON; None when it is none."""
    if not text.startswith("["):
        return None
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, list) else None


def attributes_field(value: Any, notes: dict[str, Note]) -> dict[str, list[str]]:
    """Return attribute names and their values.

    value: an object of name -> value or list of values, the same as JSON text, or `name:value|name:value`.
    """
    found: dict[str, list[str]] = {}
    for raw_name, raw_values in _attribute_pairs(value, notes):
        name = clean(raw_name, notes)
        many = raw_values if isinstance(raw_values, list) else [raw_values]
        values = [text for text in (_attribute_text(one, notes) for one in many) if text]
        if not name or len(name) > MAX_NAME:
            notes["bad_attribute"] = note("bad_attribute")
        elif values and (name in found or len(found) < MAX_ATTRIBUTES):
            found.setdefault(name, []).extend(values)
        elif values:
            notes["shortened attributes"] = note("shortened", field="attributes", limit=MAX_ATTRIBUTES)
    for name, values in found.items():
        if len(values) > MAX_VALUES:
            notes["shortened values"] = note("shortened", field=name, limit=MAX_VALUES)
    return {name: list(dict.fromkeys(values))[:MAX_VALUES] for name, values in found.items()}


def image_field(value: Any, folder: Path, notes: dict[str, Note]) -> tuple[Path, ...]:
    """Return the pictures that exist, in order.

    value: a name, or a list of names, relative to `folder`, to its `images`, or to a folder beside it whose
    name begins with its own (`shop` and `shop_images`); or the name of a picture that the mall keeps already, as an
    export gives it. Nothing outside of these is looked at.
    """
    names = value if isinstance(value, list) else [value]
    found = []
    for name in [clean(name, notes) for name in names if isinstance(name, str)][:MAX_IMAGES]:
        if not name:
            continue
        if "://" in name or name.startswith("//"):
            notes[f"image {name}"] = note("image_remote", name=name)
        elif path := pictures.kept(name):
            found.append(path)
        elif not _is_inside(name):
            notes[f"image {name}"] = note("image_outside", name=name)
        elif path := _find(name, folder):
            found.append(path)
        else:
            notes[f"image {name}"] = note("missing_image", name=name)
    return tuple(dict.fromkeys(found))


def _as_text(value: Any, name: str) -> str:
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise RefusedError("bad_field", field=name)
    return str(value)


def _without_markup(text: str, *, lines: bool) -> str:
    if "<" not in text and "&" not in text:
        return text
    for _ in range(_ROUNDS):
        before = text
        text = _SCRIPT.sub(" ", text)
        text = _TAG.sub(" ", _BREAK.sub("\n" if lines else " ", text))
        text = _ENTITY.sub(_character, text)
        if text == before:
            return text
    return text.replace("<", " ").replace("&", " ")  # so that nothing is left to be found at another reading


def _character(found: re.Match[str]) -> str:
    """Return what an entity stands for; sellers' exports lose the closing semicolon."""
    name = found.group(1)
    return html.unescape(f"&{name};") if name.startswith("#") or f"{name};" in html5 else found.group()


def _amount(value: float | Decimal | str) -> Decimal:
    if isinstance(value, str):
        written = unicodedata.normalize("NFKC", value[: _MAX_NUMBER + 1]).strip()
        if len(written) > _MAX_NUMBER:
            raise ValueError(written)
        found = _PRICE.fullmatch(written)
        return Decimal(found.group("number").replace(",", "") if found else written)
    return Decimal(str(value)) if isinstance(value, float) else Decimal(value)


def _attribute_pairs(value: Any, notes: dict[str, Note]) -> list[tuple[str, Any]]:
    if isinstance(value, str) and value.lstrip().startswith("{"):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            notes["bad_attribute"] = note("bad_attribute")
            return []
    if isinstance(value, Mapping):
        return [(str(name), one) for name, one in value.items()]
    if isinstance(value, str):
        pairs = [part.partition(":") for part in value.replace("：", ":").split("|") if part.strip()]
        if any(not colon for _, colon, _ in pairs):
            notes["bad_attribute"] = note("bad_attribute")
        return [(name, one) for name, colon, one in pairs if colon]
    if value is not None:
        notes["bad_attribute"] = note("bad_attribute")
    return []


def _attribute_text(value: Any, notes: dict[str, Note]) -> str:
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        notes["bad_attribute"] = note("bad_attribute")
        return ""
    text = clean(str(value), notes, lines=True)
    if len(text) > MAX_VALUE:
        notes["shortened value"] = note("shortened", field="attributes", limit=MAX_VALUE)
    return text[:MAX_VALUE].rstrip()


def _is_inside(name: str) -> bool:
    path = PurePosixPath(name.replace("\\", "/"))
    return not path.is_absolute() and ".." not in path.parts and path.suffix.lower() in _IMAGE_KINDS


def _find(name: str, folder: Path) -> Path | None:
    """Return the file of a relative name, which must truly lie where it seems to, links followed."""
    path = PurePosixPath(name.replace("\\", "/"))
    places = [(folder, folder / path), (folder, folder / "images" / path)]
    if path.parts[0].startswith(folder.name) and len(path.parts) > 1:
        places.append((folder.parent / path.parts[0], folder.parent / path))
    for root, place in places:
        try:
            if place.is_file() and place.resolve().is_relative_to(root.resolve()):
                return place
        except (OSError, ValueError):
            continue
    return None
