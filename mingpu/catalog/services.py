"""Changing the catalogue: taking one in from files, and telling readers that something changed."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import astuple, dataclass, field
from operator import itemgetter
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from mingpu.catalog import pictures
from mingpu.catalog.demo_feed import OwnItem
from mingpu.catalog.feed_values import FeedItem, FeedSku, Note, Refusal, reason
from mingpu.catalog.models import Product, Sku
from mingpu.catalog.rules import (
    DEFAULT_GRAMS,
    DEFAULT_STOCK,
    GOODS,
    NOT_FOR_SALE,
    fingerprint,
    product_id,
    sku_code,
)
from mingpu.lib.jobs import enqueue
from mingpu.lib.text import Text
from mingpu.merchants.queries import merchants
from mingpu.merchants.rules import OWN_SHOP

BATCH = 1000  # rows that are looked up, written and committed together
NEXT_NUMBER = """
INSERT INTO catalog_catalogversion (id, number) VALUES (1, 1)
ON CONFLICT (id) DO UPDATE SET number = catalog_catalogversion.number + 1 RETURNING number
"""
# One parameter of JSON for a whole batch: four times as fast as a placeholder for each value. What its merchant
# took off (`rules.TAKEN_OFF`) stays off.
PUT_PRODUCTS = """
INSERT INTO catalog_product AS old (id, source, external_id, title, title_en, subtitle, description,
    description_en, brand, category, attributes, images, price_fen, list_price_fen, for_sale, not_for_sale, sales,
    merchant, kind, real_name, fingerprint, listed_at, changed)
SELECT r.*, now(), %s FROM jsonb_to_recordset(%s::jsonb) AS r (id uuid, source text, external_id text, title text,
    title_en text, subtitle text, description text, description_en text, brand text, category text[],
    attributes jsonb, images jsonb, price_fen bigint, list_price_fen bigint, for_sale boolean, not_for_sale text,
    sales int, merchant text, kind text, real_name boolean, fingerprint text)
ON CONFLICT (id) DO UPDATE SET title = EXCLUDED.title, title_en = EXCLUDED.title_en, subtitle = EXCLUDED.subtitle,
    description = EXCLUDED.description, description_en = EXCLUDED.description_en, brand = EXCLUDED.brand,
    category = EXCLUDED.category, attributes = EXCLUDED.attributes, images = EXCLUDED.images,
    price_fen = EXCLUDED.price_fen, list_price_fen = EXCLUDED.list_price_fen,
    for_sale = EXCLUDED.for_sale AND old.not_for_sale <> 'taken_off',
    not_for_sale = CASE old.not_for_sale WHEN 'taken_off' THEN old.not_for_sale ELSE EXCLUDED.not_for_sale END,
    sales = GREATEST(old.sales, EXCLUDED.sales),
    merchant = EXCLUDED.merchant, kind = EXCLUDED.kind, real_name = EXCLUDED.real_name,
    fingerprint = EXCLUDED.fingerprint, changed = EXCLUDED.changed
"""
# What was sold since the file was written must not come back: only a new figure in the file sets the stock.
PUT_SKUS = """
INSERT INTO catalog_sku AS old
    (code, product_id, options, price_fen, list_price_fen, stock, feed_stock, position, grams,
     face_fen)
SELECT r.* FROM jsonb_to_recordset(%s::jsonb) AS r (code text, product_id uuid, options jsonb, price_fen bigint,
    list_price_fen bigint, stock int, feed_stock int, position smallint, grams int, face_fen bigint)
ON CONFLICT (code) DO UPDATE SET options = EXCLUDED.options, price_fen = EXCLUDED.price_fen,
    list_price_fen = EXCLUDED.list_price_fen, position = EXCLUDED.position, feed_stock = EXCLUDED.feed_stock,
    grams = EXCLUDED.grams, face_fen = EXCLUDED.face_fen,
    stock = CASE WHEN EXCLUDED.feed_stock IS NULL OR EXCLUDED.feed_stock = old.feed_stock
                 THEN old.stock ELSE EXCLUDED.stock END
WHERE old.product_id = EXCLUDED.product_id
"""
BAD_PICTURE = Note("bad_picture", Text("图片无法使用", "a picture cannot be used"))


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did.

    rows: read in all. new, changed, unchanged: items taken, by what they meant. The rest counts by code:
    refused rows, items taken that are not for sale, and what else was noted about items taken. texts: one
    sentence for each code.
    """

    rows: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: Mapping[str, int] = field(default_factory=dict)
    not_for_sale: Mapping[str, int] = field(default_factory=dict)
    notes: Mapping[str, int] = field(default_factory=dict)
    texts: Mapping[str, Text] = field(default_factory=dict)

    @property
    def taken(self) -> int:
        """Items that are in the catalogue now."""
        return self.new + self.changed + self.unchanged


@dataclass(slots=True)
class _Tally:
    rows: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    not_for_sale: Counter[str] = field(default_factory=Counter)
    notes: Counter[str] = field(default_factory=Counter)
    texts: dict[str, Text] = field(default_factory=dict)
    told: Callable[[Refusal], None] | None = None

    def refuse(self, refusal: Refusal) -> None:
        if self.told:
            self.told(refusal)
        self.refused[refusal.code] += 1
        self.texts.setdefault(refusal.code, refusal.text)

    def note(self, it: Note) -> None:
        (self.not_for_sale if it.code in NOT_FOR_SALE else self.notes)[it.code] += 1
        self.texts.setdefault(it.code, it.text)

    def report(self) -> ImportReport:
        return ImportReport(
            self.rows, self.new, self.changed, self.unchanged, dict(self.refused), dict(self.not_for_sale),
            dict(self.notes), dict(self.texts),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Variant:
    code: str
    options: dict[str, str]
    price_fen: int
    list_price_fen: int | None
    feed_stock: int | None
    position: int
    grams: int
    face_fen: int | None


@dataclass(frozen=True, slots=True)
class _Row:
    """One item as it will be stored."""

    id: UUID
    source: str
    external_id: str
    values: dict[str, Any]
    variants: tuple[_Variant, ...]
    fingerprint: str


def import_feed(
    items: Iterable[FeedItem | Refusal],
    *,
    progress: Callable[[int], None] | None = None,
    refused: Callable[[Refusal], None] | None = None,
) -> ImportReport:
    """Take a catalogue in, a thousand rows to a transaction; lines that are as they were are left alone.

    items: as `read_feed` gives them; one of a merchant that is not there is refused. progress: called with the
    number of rows read so far. refused: called with every refusal. An article with a price whose file says
    nothing of stock gets `DEFAULT_STOCK` pieces; stock of a known SKU changes only when the file's own figure
    does. Articles that a file no longer names stay. Stopped half way, it can simply be run again. Every batch leaves the job `search.refresh` behind.
    Runs in the worker's zone.
    """
    tally = _Tally(told=refused)
    for batch in _batches(items, tally):
        _take(_of_merchants(batch, tally), tally)
        if progress:
            progress(tally.rows)
    return tally.report()


def mark_changed(*, product_ids: Iterable[UUID] = (), skus: Iterable[str] = ()) -> int:
    """Tell every reader, within a second, that these products show something else now (sold out, back again).

    skus: codes; their products are meant. Returns the catalogue's new number. Runs in the worker's zone.
    """
    with transaction.atomic():
        number = _next_number()
        marked = Product.objects.filter(id__in=list(product_ids)) | Product.objects.filter(
            id__in=Sku.objects.filter(code__in=list(skus)).values("product_id")
        )
        marked.update(changed=number)
    return number


def announce() -> int:
    """Tell every reader that lists are to be made anew, when the index has caught up; returns the number."""
    return _next_number()


def _next_number() -> int:
    with connection.cursor() as cursor:
        cursor.execute(NEXT_NUMBER)
        return int(cursor.fetchone()[0])


def _batches(items: Iterable[FeedItem | Refusal], tally: _Tally) -> Iterator[list[FeedItem]]:
    """Yield the items in batches by the rows read, so that progress shows also where rows are refused."""
    batch: list[FeedItem] = []
    for item in items:
        tally.rows += 1
        if isinstance(item, Refusal):
            tally.refuse(item)
        else:
            batch.append(item)
        if tally.rows % BATCH == 0:
            yield batch
            batch = []
    yield batch


def _of_merchants(batch: list[FeedItem], tally: _Tally) -> list[FeedItem]:
    """Return the items of merchants that are there; the others are refused."""
    codes = {item.merchant for item in batch} - {OWN_SHOP}
    known = {OWN_SHOP, *(merchants(codes) if codes else ())}
    for it in batch:
        if it.merchant not in known:
            why = reason("unknown_merchant", merchant=it.merchant)
            tally.refuse(Refusal(it.file, it.line, it.external_id, "unknown_merchant", why))
    return [item for item in batch if item.merchant in known]


def _take(batch: list[FeedItem], tally: _Tally) -> None:
    rows = {row.id: row for row in (_row(item, tally) for item in batch)}
    known = dict(Product.objects.filter(id__in=list(rows)).values_list("id", "fingerprint"))
    other = [row for row in rows.values() if known.get(row.id) != row.fingerprint]
    new = sum(row.id not in known for row in other)
    tally.new += new
    tally.changed += len(other) - new
    tally.unchanged += len(rows) - len(other)
    if other:
        with transaction.atomic():
            _write(other)
            enqueue("search.refresh", once="search.refresh")


def _row(item: FeedItem, tally: _Tally) -> _Row:
    """Return an item as it will be stored; keeps its pictures."""
    for it in item.notes:
        tally.note(it)
    images = []
    for path in item.images:
        name = pictures.keep(path)
        if name is None:
            tally.note(BAD_PICTURE)
        else:
            images.append(name)
    variants = _variants(item)
    own = item if isinstance(item, OwnItem) else None
    why = "" if variants else next((it.code for it in item.notes if it.code in NOT_FOR_SALE), "no_price")
    values = {
        "title": item.title, "title_en": own.title_en if own else "", "subtitle": item.subtitle,
        "description": item.description, "description_en": own.description_en if own else "", "brand": item.brand,
        "category": list(item.category_path), "attributes": item.attributes, "images": images,
        "price_fen": min((it.price_fen for it in variants), default=None),
        "list_price_fen": next((v.list_price_fen for v in variants if v.list_price_fen), None),
        "for_sale": bool(variants), "not_for_sale": why, "sales": item.sales,
        "merchant": item.merchant, "kind": item.kind, "real_name": item.real_name,
    }  # fmt: skip
    stored = [values, [astuple(it) for it in variants]]
    return _Row(
        product_id(item.source, item.external_id), item.source, item.external_id, values, variants,
        fingerprint(stored),
    )  # fmt: skip


def _variants(item: FeedItem) -> tuple[_Variant, ...]:
    """Return what of an item can be bought: its variants with a price, or the item itself."""
    if not item.for_sale:
        return ()
    reduced = item.list_prices if isinstance(item, OwnItem) else {}
    found = []
    for position, sku in enumerate(item.skus or (FeedSku(code=None, stock=item.stock),)):
        price = sku.price_fen or item.price_fen
        if price is None:
            continue
        code = sku.code or sku_code(item.source, item.external_id, sku.options)
        before = reduced.get(code, item.list_price_fen)
        before = before if before and before > price else None
        goods = item.kind == GOODS  # what is not carried has no weight
        grams = (sku.grams or item.grams or DEFAULT_GRAMS) if goods else 0
        face = None if goods else sku.face_fen or item.face_fen
        found.append(_Variant(code, sku.options, price, before, sku.stock, position, grams, face))
    return tuple(found)


def _write(rows: list[_Row]) -> None:
    """Write products and their SKUs, which locks them in the order of codes, as buying does."""
    products = [
        {"id": row.id, "source": row.source, "external_id": row.external_id, "fingerprint": row.fingerprint, **row.values}
        for row in sorted(rows, key=lambda row: row.id)
    ]  # fmt: skip
    number = _next_number()
    with connection.cursor() as cursor:
        cursor.execute(PUT_PRODUCTS, [number, _json(products)])
    _write_skus([row for row in rows if row.variants])


def _write_skus(rows: list[_Row]) -> None:
    """Write the SKUs of products for sale, and drop those their lines no longer name."""
    own = Sku.objects.select_for_update().filter(product_id__in=[row.id for row in rows]).order_by("code")
    before = set(own.values_list("code", flat=True))
    codes = _free_codes(rows)
    put = [
        {
            "code": codes[row.id, it.code], "product_id": row.id, "options": it.options, "price_fen": it.price_fen,
            "list_price_fen": it.list_price_fen, "feed_stock": it.feed_stock, "position": it.position, "grams": it.grams, "face_fen": it.face_fen,
            "stock": DEFAULT_STOCK if it.feed_stock is None else it.feed_stock,
        }
        for row in rows for it in row.variants
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(PUT_SKUS, [_json(sorted(put, key=itemgetter("code")))])
    Sku.objects.filter(code__in=before - {it["code"] for it in put}).delete()


def _free_codes(rows: list[_Row]) -> dict[tuple[UUID, str], str]:
    """Return each variant's code by (product, code in the file); another product's code is never taken over."""
    wanted = [(row, v.code) for row in rows for v in row.variants]
    others = dict(Sku.objects.filter(code__in=[code for _, code in wanted]).values_list("code", "product_id"))
    return {
        (row.id, code): code
        if others.get(code, row.id) == row.id
        else sku_code(row.source, row.external_id, {"code": code})
        for row, code in wanted
    }


def _json(rows: list[dict[str, Any]]) -> str:
    return json.dumps(rows, ensure_ascii=False, default=str)
