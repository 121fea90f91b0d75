"""Taking a catalogue in from files."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from operator import attrgetter
from uuid import UUID

from django.db import transaction

from mingpu.catalog import pictures, renditions
from mingpu.catalog.feed_values import FeedItem, FeedSku, Note, Refusal, note, reason
from mingpu.catalog.options import axes_of
from mingpu.catalog.rules import (
    DEFAULT_GRAMS,
    GOODS,
    NOT_FOR_SALE,
    TAKEN_OFF,
    fingerprint,
    product_id,
    sku_code,
)
from mingpu.catalog.services.publishing import fall_due
from mingpu.catalog.services.settling import Places, ensure_words, read_places, settle
from mingpu.catalog.services.writing import Row, Variant, known, write
from mingpu.catalog.tally import ImportReport, Remark, Tally
from mingpu.lib.jobs import enqueue
from mingpu.lib.text import Text
from mingpu.merchants.queries import merchants
from mingpu.merchants.rules import OWN_SHOP

Step = Callable[[ImportReport, Sequence[Remark]], None]

BATCH = 1000  # rows that are looked up, written and committed together
_told = attrgetter(*Variant.__slots__)
BAD_PICTURE = Note("bad_picture", Text("图片无法使用", "a picture cannot be used"))


def import_feed(
    items: Iterable[FeedItem | Refusal],
    *,
    merchant: str = "",
    dry: bool = False,
    before: ImportReport | None = None,
    step: Step | None = None,
    progress: Callable[[int], None] | None = None,
) -> ImportReport:
    """Take a catalogue in, a thousand rows to a transaction; lines that are as they were are left alone.

    items: as `read_feed` gives them; one of a merchant that is not there is refused. merchant: whose goods alone
    may be touched, "" for anybody's. dry: write nothing, only say what would come of it. before: what an earlier
    run over the same items came to, whose rows are passed over. step: called in the transaction of every batch with
    the counts so far and what was said of its rows; what it raises undoes the batch. progress: called with the
    number of rows read so far, after each.

    An article with a price whose file says nothing of stock gets `DEFAULT_STOCK` pieces; stock of a known SKU
    changes only when the file's own figure does. Articles that a file no longer names stay. Stopped half way, it can
    simply be run again. A batch that changes something leaves the job `search.refresh` behind. Runs in the worker's zone.
    """
    earlier = before or ImportReport()
    tally = Tally(earlier)
    if not dry:
        ensure_words()
    for batch in _batches(items, tally, earlier.rows):
        own = _of_merchants(batch, merchant, tally)
        places = read_places()
        if merchant:
            own = [_of_shop(item, tally, places) for item in own]
        rows = {row.id: row for row in (_row(item, tally, places, dry=dry) for item in own)}
        with transaction.atomic():
            _take(list(rows.values()), tally, merchant, dry=dry)
            said = tally.remarks()
            if step:
                step(tally.report(), said)
        if progress:
            progress(tally.rows)
    return tally.report()


def _batches(items: Iterable[FeedItem | Refusal], tally: Tally, passed: int) -> Iterator[list[FeedItem]]:
    """Yield the items in batches by the rows read, so that progress shows also where rows are refused.

    passed: rows that were taken before; what they are is read again, since later rows may name them.
    """
    batch: list[FeedItem] = []
    for item in items:
        tally.rows += 1
        if tally.rows <= passed:
            continue
        if isinstance(item, Refusal):
            tally.refuse(item)
        else:
            batch.append(item)
        if tally.rows % BATCH == 0:
            yield batch
            batch = []
    yield batch


def _of_merchants(batch: list[FeedItem], merchant: str, tally: Tally) -> list[FeedItem]:
    """Return the items of merchants that are there, or of the one whose file it is; the others are refused."""
    codes = {item.merchant for item in batch} - {OWN_SHOP}
    there = {OWN_SHOP, *(merchants(codes) if codes else ())}
    owners = _owners(batch) if merchant else {}
    kept = []
    for it in batch:
        code = "" if it.merchant in there else "unknown_merchant"
        if merchant and not code:
            owner = owners.get(product_id(it.source, it.external_id))
            code = _trespass(it, owner, merchant)
        if code:
            facts = {} if code == "not_yours" else {"merchant": it.merchant}
            tally.refuse(Refusal(it.file, it.line, it.external_id, code, reason(code, **facts)))
        else:
            kept.append(it)
    return kept


def _owners(batch: list[FeedItem]) -> dict[UUID, str]:
    there = known([product_id(it.source, it.external_id) for it in batch])
    return {key: merchant for key, (_, merchant) in there.items()}


def _trespass(item: FeedItem, owner: str | None, merchant: str) -> str:
    """Return why a merchant may not take an item in, "" where they may: nobody takes over, or takes up, another's name."""
    if item.merchant != merchant or owner not in {None, merchant}:
        return "not_yours"
    return "not_your_source" if owner is None and item.source != merchant else ""


def _take(rows: list[Row], tally: Tally, merchant: str, *, dry: bool) -> None:
    """Write what is new and what is no longer as it was, in the current transaction."""
    there = known([row.id for row in rows])
    other = [row for row in rows if row.id not in there or there[row.id][0] != row.fingerprint]
    new = sum(row.id not in there for row in other)
    tally.count(new=new, changed=len(other) - new, unchanged=len(rows) - len(other))
    if other and not dry:
        settle(other, merchant=merchant)
        write(other)
        timed = [row.id for row in other if row.values["published_from"] or row.values["published_until"]]
        fall_due(timed)
        enqueue("search.refresh", once="search.refresh")
        if renditions.waiting():
            enqueue("catalog.renditions", once="catalog.renditions")


def _of_shop(item: FeedItem, tally: Tally, places: Places) -> FeedItem:
    """Return a shop's item as far as a shop may say: the tree of categories and what sells most are everybody's.

    It stands under a category that is there, and how much of it was sold is not taken from its seller's word.
    """
    path = places.inside(item.category_path)
    if path != item.category_path:
        tally.note(item, note("unknown_category"))
    if item.sales:
        tally.note(item, note("own_sales"))
    return replace(item, category_path=path, sales=0)


def _row(item: FeedItem, tally: Tally, places: Places, *, dry: bool) -> Row:
    """Return an item as it will be stored, but for its place; keeps its pictures unless that is only tried."""
    for it in item.notes:
        tally.note(item, it)
    for strange in places.strange(item.attributes, item.category_path):
        tally.note(item, note("strange_value", name=strange))
    images = []
    for path in item.images:
        name = pictures.keep(path, dry=dry)
        if name is None:
            tally.note(item, BAD_PICTURE)
        else:
            images.append(name)
    variants = _variants(item)
    why = next((it.code for it in item.notes if it.code in NOT_FOR_SALE), "no_price")
    if variants:
        why = "" if item.on_sale else TAKEN_OFF
    values = {
        "title": item.title, "title_en": item.title_en, "subtitle": item.subtitle,
        "description": item.description, "description_en": item.description_en, "brand": item.brand,
        "category": list(item.category_path), "attributes": item.attributes, "images": images,
        "price_fen": min((it.price_fen for it in variants), default=None),
        "list_price_fen": next((v.list_price_fen for v in variants if v.list_price_fen), None),
        "for_sale": not why, "not_for_sale": why, "sales": item.sales,
        "merchant": item.merchant, "kind": item.kind, "real_name": item.real_name,
        "description_html": item.description_html,
        "axes": [[it.name, list(it.values)] for it in axes_of((sku.options for sku in item.skus), item.axes)],
        "published_from": item.published_from, "published_until": item.published_until,
    }  # fmt: skip
    stored = [values, [_told(it) for it in variants]]
    return Row(
        product_id(item.source, item.external_id), item.source, item.external_id, values, variants,
        fingerprint(stored),
    )  # fmt: skip


def _variants(item: FeedItem) -> tuple[Variant, ...]:
    """Return what of an item can be bought: its variants with a price, or the item itself."""
    if not item.for_sale:
        return ()
    found = []
    for position, sku in enumerate(item.skus or (FeedSku(None, stock=item.stock, barcode=item.barcode),)):
        price = sku.price_fen or item.price_fen
        if price is None:
            continue
        code = sku.code or sku_code(item.source, item.external_id, sku.options)
        before = sku.list_price_fen or item.list_price_fen
        before = before if before and before > price else None
        goods = item.kind == GOODS  # what is not carried has no weight
        grams = (sku.grams or item.grams or DEFAULT_GRAMS) if goods else 0
        face = None if goods else sku.face_fen or item.face_fen
        found.append(
            Variant(
                code,
                sku.options,
                price,
                before,
                sku.stock,
                position,
                grams,
                face,
                sku.stock_seen,
                sku.barcode,
            )
        )
    return tuple(found)
