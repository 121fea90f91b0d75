"""What reading the catalogue gives: a product in a list, on its page, in a cart, for the index."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from mingpu.catalog.options import OptionAxis
from mingpu.catalog.rules import GOODS
from mingpu.catalog.structure import Spec
from mingpu.lib.text import Text
from mingpu.merchants.rules import OWN_SHOP


@dataclass(frozen=True, slots=True)
class Card:
    """A product in a list. Prices in fen, of the SKU it is shown with: the cheapest that can be had now.

    sku: "" and price_fen: None when it is not for sale. category: from the root. image: an address, or "".
    merchant: whose it is, by code. kind: of `rules.KINDS`. list_price_fen: what its seller recommends to ask for it;
    earlier_fen: where the price went down in the last 30 days, the least it was in the 30 days before.
    """

    id: UUID
    title: str
    subtitle: str
    brand: str
    category: tuple[str, ...]
    sku: str
    price_fen: int | None
    list_price_fen: int | None
    image: str
    in_stock: bool
    for_sale: bool
    merchant: str = OWN_SHOP
    kind: str = GOODS
    earlier_fen: int | None = None


@dataclass(frozen=True, slots=True)
class SkuView:
    """One variant of a product's page; price in fen, pieces left.

    grams: of one piece with its packing, 0 for virtual goods. face_fen: what those are worth, None for goods.
    barcode: a GTIN, or "". lowest_fen: the least it cost in the last 30 days. list_price_fen and earlier_fen: see `Card`.
    """

    sku: str
    options: Mapping[str, str]
    price_fen: int
    list_price_fen: int | None
    left: int
    grams: int = 0
    face_fen: int | None = None
    barcode: str = ""
    lowest_fen: int = 0
    earlier_fen: int | None = None

    @property
    def in_stock(self) -> bool:
        """Whether it can be had."""
        return self.left > 0


@dataclass(frozen=True, slots=True)
class ProductPage:
    """Everything a product's page shows; prices in fen, from the cheapest to the dearest SKU.

    names: the title in both languages. not_for_sale: why it cannot be bought, when it cannot. images: addresses, the
    main one first. merchant: whose it is, by code. kind: of `rules.KINDS`. real_name: the law wants the taker's
    identity checked at the door. description_html: the description as safe markup. specs: the attributes as the
    reader reads them. options: the axes its SKUs are cells of, with their values in order.
    standing: of `publication`, "" while it is shown.
    """

    id: UUID
    title: str
    subtitle: str
    description: str
    brand: str
    category: tuple[str, ...]
    attributes: Mapping[str, tuple[str, ...]]
    images: tuple[str, ...]
    skus: tuple[SkuView, ...]
    price_from_fen: int | None
    price_to_fen: int | None
    sales: int
    listed_at: datetime
    for_sale: bool
    not_for_sale: Text | None
    names: Text
    merchant: str = OWN_SHOP
    kind: str = GOODS
    real_name: bool = False
    description_html: str = ""
    specs: tuple[Spec, ...] = ()
    options: tuple[OptionAxis, ...] = ()
    standing: str = ""
    published_until: datetime | None = None

    @property
    def in_stock(self) -> bool:
        """Whether any SKU can be had."""
        return any(sku.in_stock for sku in self.skus)


@dataclass(frozen=True, slots=True)
class SkuInfo:
    """What cart and checkout go by: price in fen and pieces in stock as they are in the database now.

    merchant: whose it is; kind: of `rules.KINDS`; face_fen: what virtual goods are worth. standing: of
    `publication`, "" while it is shown.
    """

    code: str
    product_id: UUID
    title: str
    options: Mapping[str, str]
    price_fen: int
    stock: int
    image: str
    for_sale: bool
    merchant: str = OWN_SHOP
    kind: str = GOODS
    real_name: bool = False
    brand: str = ""
    category: tuple[str, ...] = ()
    grams: int = 0
    face_fen: int | None = None
    standing: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """A product as the text index wants it: see `search.rules.Document`, whose fields these are."""

    product_id: str
    title: str
    brand: str
    category: tuple[str, ...]
    attributes_text: str
    price_fen: int | None
    in_stock: bool
    sales: int
    listed_at: int
    skus: tuple[str, ...]
    merchant: str
    brand_aliases: tuple[str, ...] = ()
    facets: tuple[tuple[str, str], ...] = ()
