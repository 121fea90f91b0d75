"""Goods for tests of the catalogue, taken in as a feed is."""

import secrets
from collections.abc import Iterable
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image

from mingpu.catalog.feed_values import FeedItem, Refusal
from mingpu.catalog.models import Product, Sku
from mingpu.catalog.queries import watch
from mingpu.catalog.services import ImportReport, import_feed
from mingpu.search.services import catch_up
from tests.support import zone


def photo(
    width: int = 40, height: int = 30, *, kind: str = "JPEG", mode: str = "RGB", salt: str = "", **saved: Any
) -> bytes:
    """A picture of that many points; another salt gives another one. kind, saved: as Pillow saves it."""
    seed = sha256(salt.encode()).digest()
    it = Image.frombytes("RGB", (16, 2), seed * 3).resize((width, height), Image.Resampling.BICUBIC)
    out = BytesIO()
    it.convert(mode).save(out, kind, **saved)
    return out.getvalue()


JPEG = photo()


def source() -> str:
    """A source nobody used before."""
    return f"t-{secrets.token_hex(6)}"


def item(origin: str, name: str = "1", **fields: Any) -> FeedItem:
    return FeedItem(
        **{
            "file": "shop.jsonl", "line": 1, "source": origin, "external_id": name, "title": f"细口壶 {name}",
            "price_fen": 12900, **fields,
        }
    )  # fmt: skip


def take(*items: FeedItem | Refusal) -> ImportReport:
    """Take items in, as the worker's zone does."""
    return take_all(items)


def take_all(items: Iterable[FeedItem | Refusal], **options: Any) -> ImportReport:
    with zone("worker"):
        return import_feed(items, **options)


def index_now() -> int:
    """Bring the index up to the catalogue, and have this process look at once."""
    with zone("worker"):
        done = catch_up()
    look()
    return done


def look() -> None:
    """See the catalogue as it is now, not as it was up to a second ago."""
    watch.look_again()
    watch.number()


def stored(origin: str, name: str = "1") -> Product:
    return Product.objects.get(source=origin, external_id=name)


def skus(origin: str, name: str = "1") -> dict[str, Sku]:
    found = Sku.objects.filter(product__source=origin, product__external_id=name).order_by("position")
    return {sku.code: sku for sku in found}


def file(path: Path, name: str, content: bytes) -> Path:
    (path / name).write_bytes(content)
    return path / name
