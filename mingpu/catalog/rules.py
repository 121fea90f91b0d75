"""What follows from a product's data alone: ids, codes, fingerprints, what it costs, how it is called."""

import base64
import json
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid5

from mingpu.lib.text import Text

DEFAULT_STOCK = 100  # pieces of an article with a price whose file says nothing of stock
DEFAULT_GRAMS = 500  # of an article whose file says nothing of weight
GOODS = "goods"
KINDS = {
    GOODS: Text("实物", "Goods"),
    "topup": Text("话费充值", "Phone top-up"),
    "ecard": Text("电子卡", "E-card"),
    "balance": Text("余额充值", "Balance top-up"),
}
STORED_VALUE = frozenset(
    {"ecard", "balance"}
)  # money in another form: never reduced, never bought with itself
# A product keeps its id, and so its address, wherever and however often its file is imported. Products are
# nobody's data, so their ids need not be unguessable.
_PRODUCTS = UUID("5f0a5c5e-5f0b-4f39-9d5b-3d1f6c1e7a42")
_IMPORT = 2  # raised when importing reads more out of the same line, so that nothing counts as unchanged

TAKEN_OFF = "taken_off"
NOT_FOR_SALE = {
    TAKEN_OFF: Text("商家已下架", "its merchant took it off"),
    "no_price": Text("没有价格", "it has no price"),
    "zero_price": Text("价格为零", "its price is zero"),
}
UNKNOWN_REASON = Text("暂不出售", "not for sale now")


def product_id(source: str, external_id: str) -> UUID:
    """Return the id of the product that `source` calls `external_id`; always the same."""
    return uuid5(_PRODUCTS, f"{source}\n{external_id}")


def sku_code(source: str, external_id: str, options: Mapping[str, str] | None = None) -> str:
    """Return a code of 13 characters for a variant whose file names none; the same at every import."""
    text = json.dumps([source, external_id, sorted((options or {}).items())], ensure_ascii=False)
    return base64.b32encode(sha256(text.encode(errors="surrogatepass")).digest()[:8]).decode().rstrip("=")


def fingerprint(values: Any) -> str:
    """Return a hash over everything an import would store of a line."""
    text = json.dumps([_IMPORT, values], ensure_ascii=False, sort_keys=True, default=str)
    return sha256(text.encode(errors="surrogatepass")).hexdigest()[:32]


def offered(skus: Iterable[Sequence[Any]]) -> tuple[Any, ...] | None:
    """Return the SKU a product is shown with: the cheapest that can be had, else the cheapest; None without any.

    skus: tuples that begin with (price in fen, stock, position); the one chosen comes back whole.
    """
    chosen = min(skus, key=lambda sku: (sku[1] <= 0, sku[0], sku[2]), default=None)
    return None if chosen is None else tuple(chosen)


def in_language(language: str, zh: str, en: str) -> str:
    """Return the text in `language`; the Chinese one where there is no English."""
    return en if language == "en" and en else zh
