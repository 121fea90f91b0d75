"""Taking a catalogue in from files."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import astuple, dataclass, field

from django.db import transaction

from mingpu.catalog import pictures, renditions
from mingpu.catalog.feed_values import FeedItem, FeedSku, Note, Refusal, note, reason
from mingpu.catalog.models import Product
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
from mingpu.catalog.services.writing import Row, Variant, write
from mingpu.lib.jobs import enqueue
from mingpu.lib.text import Text
from mingpu.merchants.queries import merchants
from mingpu.merchants.rules import OWN_SHOP

BATCH = 1000  # rows that are looked up, written and committed together
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
    ensure_words()
    for batch in _batches(items, tally):
        _take(_of_merchants(batch, tally), tally)
        if progress:
            progress(tally.rows)
    return tally.report()


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
    places = read_places()
    rows = {row.id: row for row in (_row(item, tally, places) for item in batch)}
    known = dict(Product.objects.filter(id__in=list(rows)).values_list("id", "fingerprint"))
    other = [row for row in rows.values() if known.get(row.id) != row.fingerprint]
    new = sum(row.id not in known for row in other)
    tally.new += new
    tally.changed += len(other) - new
    tally.unchanged += len(rows) - len(other)
    if other:
        with transaction.atomic():
            settle(other)
            write(other)
            fall_due(
                [row.id for row in other if row.values["published_from"] or row.values["published_until"]]
            )
            enqueue("search.refresh", once="search.refresh")
            if renditions.waiting():
                enqueue("catalog.renditions", once="catalog.renditions")


def _row(item: FeedItem, tally: _Tally, places: Places) -> Row:
    """Return an item as it will be stored, but for its place; keeps its pictures."""
    for it in item.notes:
        tally.note(it)
    for name in places.strange(item.attributes, item.category_path):
        tally.note(note("strange_value", name=name))
    images = []
    for path in item.images:
        name = pictures.keep(path)
        if name is None:
            tally.note(BAD_PICTURE)
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
    stored = [values, [astuple(it) for it in variants]]
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
