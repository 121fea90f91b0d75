"""Writing items and what can be bought of them, a batch in a few statements."""

import json
from dataclasses import dataclass
from operator import itemgetter
from typing import Any
from uuid import UUID

from django.db import connection

from mingpu.catalog.models import Sku
from mingpu.catalog.rules import DEFAULT_STOCK, sku_code
from mingpu.catalog.services.announcing import next_number
from mingpu.catalog.services.storing import follow_stock

# One parameter for all keys: a placeholder for each takes longer to write out than the answer to come.
KNOWN = "SELECT id, fingerprint, merchant FROM catalog_product WHERE id = ANY(%s::uuid[])"
OWN = "SELECT code, stock FROM catalog_sku WHERE product_id = ANY(%s::uuid[]) ORDER BY code FOR UPDATE"
OWNERS = "SELECT code, product_id FROM catalog_sku WHERE code = ANY(%s::text[])"
# One parameter of JSON for a whole batch: four times as fast as a placeholder for each value. What its merchant
# took off (`rules.TAKEN_OFF`) stays off, and what a file does not say of publication stays as the desk set it.
PUT_PRODUCTS = """
INSERT INTO catalog_product AS old (id, source, external_id, title, title_en, subtitle, description,
    description_en, brand, category, attributes, images, price_fen, list_price_fen, for_sale, not_for_sale, sales,
    merchant, kind, real_name, description_html, measures, axes, published_from, published_until, fingerprint,
    listed_at, changed)
SELECT r.*, now(), %s FROM jsonb_to_recordset(%s::jsonb) AS r (id uuid, source text, external_id text, title text,
    title_en text, subtitle text, description text, description_en text, brand text, category text[],
    attributes jsonb, images jsonb, price_fen bigint, list_price_fen bigint, for_sale boolean, not_for_sale text,
    sales int, merchant text, kind text, real_name boolean, description_html text, measures jsonb,
    axes jsonb, published_from timestamptz, published_until timestamptz, fingerprint text)
ON CONFLICT (id) DO UPDATE SET title = EXCLUDED.title, title_en = EXCLUDED.title_en, subtitle = EXCLUDED.subtitle,
    description = EXCLUDED.description, description_en = EXCLUDED.description_en, brand = EXCLUDED.brand,
    category = EXCLUDED.category, attributes = EXCLUDED.attributes, images = EXCLUDED.images,
    price_fen = EXCLUDED.price_fen, list_price_fen = EXCLUDED.list_price_fen,
    for_sale = EXCLUDED.for_sale AND old.not_for_sale <> 'taken_off',
    not_for_sale = CASE old.not_for_sale WHEN 'taken_off' THEN old.not_for_sale ELSE EXCLUDED.not_for_sale END,
    sales = GREATEST(old.sales, EXCLUDED.sales),
    published_from = CASE WHEN coalesce(EXCLUDED.published_from, EXCLUDED.published_until) IS NULL
        THEN old.published_from ELSE EXCLUDED.published_from END,
    published_until = CASE WHEN coalesce(EXCLUDED.published_from, EXCLUDED.published_until) IS NULL
        THEN old.published_until ELSE EXCLUDED.published_until END,
    merchant = EXCLUDED.merchant, kind = EXCLUDED.kind, real_name = EXCLUDED.real_name,
    description_html = EXCLUDED.description_html, measures = EXCLUDED.measures, axes = EXCLUDED.axes,
    fingerprint = EXCLUDED.fingerprint, changed = EXCLUDED.changed
"""
# What was sold since the file was written must not come back: only a new figure in the file sets the stock, and one
# that says what it was counted against adds or takes off the difference, once. The rows are locked already.
PUT_SKUS = """
INSERT INTO catalog_sku AS old
    (code, product_id, options, price_fen, list_price_fen, stock, feed_stock, feed_seen, position, grams,
     face_fen, barcode)
SELECT r.code, r.product_id, r.options, r.price_fen, r.list_price_fen,
    CASE WHEN r.stock_seen IS NULL OR s.code IS NULL THEN r.stock
         ELSE GREATEST(0, LEAST(s.stock::bigint + r.stock - r.stock_seen, 2147483647)) END,
    r.feed_stock, r.stock_seen, r.position, r.grams, r.face_fen, r.barcode
FROM jsonb_to_recordset(%s::jsonb) AS r (code text, product_id uuid, options jsonb, price_fen bigint,
    list_price_fen bigint, stock int, feed_stock int, stock_seen int, position smallint, grams int, face_fen bigint,
    barcode text)
LEFT JOIN catalog_sku s ON s.code = r.code
ON CONFLICT (code) DO UPDATE SET options = EXCLUDED.options, price_fen = EXCLUDED.price_fen,
    list_price_fen = EXCLUDED.list_price_fen, position = EXCLUDED.position, feed_stock = EXCLUDED.feed_stock,
    grams = EXCLUDED.grams, face_fen = EXCLUDED.face_fen, barcode = EXCLUDED.barcode, feed_seen = EXCLUDED.feed_seen,
    stock = CASE WHEN EXCLUDED.feed_stock IS NULL OR (EXCLUDED.feed_stock = old.feed_stock
                 AND (EXCLUDED.feed_seen IS NULL OR EXCLUDED.feed_seen = old.feed_seen))
                 THEN old.stock ELSE EXCLUDED.stock END
WHERE old.product_id = EXCLUDED.product_id
"""


@dataclass(frozen=True, slots=True)
class Variant:
    """What can be bought of an item, as it will be stored; prices in fen."""

    code: str
    options: dict[str, str]
    price_fen: int
    list_price_fen: int | None
    feed_stock: int | None
    position: int
    grams: int
    face_fen: int | None
    stock_seen: int | None
    barcode: str


@dataclass(frozen=True, slots=True)
class Row:
    """One item as it will be stored."""

    id: UUID
    source: str
    external_id: str
    values: dict[str, Any]
    variants: tuple[Variant, ...]
    fingerprint: str


def known(ids: list[UUID]) -> dict[UUID, tuple[str, str]]:
    """Return fingerprint and merchant of the products that are there, by id."""
    return {key: (fingerprint, merchant) for key, fingerprint, merchant in _read(KNOWN, ids)}


def write(rows: list[Row]) -> None:
    """Write products and their SKUs, which locks them in the order of codes, as buying does."""
    products = [
        {"id": row.id, "source": row.source, "external_id": row.external_id, "fingerprint": row.fingerprint, **row.values}
        for row in sorted(rows, key=lambda row: row.id)
    ]  # fmt: skip
    number = next_number()
    with connection.cursor() as cursor:
        cursor.execute(PUT_PRODUCTS, [number, _json(products)])
    _write_skus([row for row in rows if row.variants])


def _write_skus(rows: list[Row]) -> None:
    """Write the SKUs of products for sale, and drop those their lines no longer name."""
    before = dict(_read(OWN, [row.id for row in rows]))
    codes = _free_codes(rows)
    put = [
        {
            "code": codes[row.id, it.code], "product_id": row.id, "options": it.options, "price_fen": it.price_fen,
            "list_price_fen": it.list_price_fen, "feed_stock": it.feed_stock, "position": it.position, "grams": it.grams, "face_fen": it.face_fen,
            "barcode": it.barcode, "stock_seen": it.stock_seen, "stock": DEFAULT_STOCK if it.feed_stock is None else it.feed_stock,
        }
        for row in rows for it in row.variants
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(PUT_SKUS, [_json(sorted(put, key=itemgetter("code")))])
    named = {str(it["code"]) for it in put}
    Sku.objects.filter(code__in=before.keys() - named).delete()
    follow_stock(before, named)


def _free_codes(rows: list[Row]) -> dict[tuple[UUID, str], str]:
    """Return each variant's code by (product, code in the file); another product's code is never taken over."""
    wanted = [(row, v.code) for row in rows for v in row.variants]
    others = dict(_read(OWNERS, [code for _, code in wanted]))
    return {
        (row.id, code): code
        if others.get(code, row.id) == row.id
        else sku_code(row.source, row.external_id, {"code": code})
        for row, code in wanted
    }


def _read(statement: str, keys: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, [keys])
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def _json(rows: list[dict[str, Any]]) -> str:
    return json.dumps(rows, ensure_ascii=False, default=str)
