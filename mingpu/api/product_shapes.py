"""Products as the API shows them: lists with their facets, and one product whole."""

from uuid import UUID

from ninja import Schema

from mingpu.api.shops import MerchantOut


class ProductItem(Schema):
    """A product in a list. Prices in fen, of the SKU it is shown with; null when it is not for sale.

    list_price_fen: what its seller recommends to ask for it, not what it cost before. earlier_fen: where the price went
    down in the last 30 days, the least it was in the 30 days before.
    """

    id: UUID
    title: str
    subtitle: str
    sku: str | None
    price_fen: int | None
    list_price_fen: int | None
    earlier_fen: int | None
    image: str
    brand: str
    category: str
    in_stock: bool
    merchant: MerchantOut
    kind: str


class FacetItem(Schema):
    """A value to filter by, and how many products carry it."""

    value: str
    count: int


class AttributeValue(FacetItem):
    """A value of an attribute to filter by. label: for the reader."""

    label: str


class AttributeFacet(Schema):
    """An attribute to filter by, `attr.<name>`, with its values. label: its name for the reader."""

    name: str
    label: str
    values: list[AttributeValue]


class Meaning(Schema):
    """What words of a query were taken to mean. kind: brand | category; value: as the facet spells it."""

    kind: str
    value: str


class FacetList(Schema):
    """Values of each facet over all hits; a price range is `from-to` in fen, the last one open."""

    category: list[FacetItem]
    brand: list[FacetItem]
    merchant: list[FacetItem]
    price: list[FacetItem]
    attributes: list[AttributeFacet]


class ProductList(Schema):
    """A page of products.

    corrected_query: what was searched instead, when the words found nothing; `exact=true` searches what was typed.
    recognised: what words were taken to mean, and filter by.
    """

    total: int
    items: list[ProductItem]
    page: int
    page_size: int
    facets: FacetList
    corrected_query: str | None
    recognised: list[Meaning]


class SkuItem(Schema):
    """One variant, a cell of `options`; prices in fen. barcode: a GTIN, or null. list_price_fen, earlier_fen: as in a list. lowest_30_fen: the least in 30 days."""

    sku: str
    options: dict[str, str]
    price_fen: int
    list_price_fen: int | None
    earlier_fen: int | None
    lowest_30_fen: int
    in_stock: bool
    barcode: str | None


class RenditionItem(Schema):
    """A picture of the product in another size and format. image: the one of `images` it is of; sizes in points."""

    image: str
    width: int
    height: int
    type: str
    url: str


class DetailValue(Schema):
    """A value as the reader reads it. number: in the attribute's unit; null for what is no number."""

    text: str
    number: float | None


class DetailItem(Schema):
    """An attribute. label: its name for the reader. kind: text | number | choice | boolean. unit: of its numbers, or ""."""

    name: str
    label: str
    kind: str
    unit: str
    values: list[DetailValue]


class OptionValue(Schema):
    """A value of an option, and its name for the reader."""

    value: str
    label: str


class OptionItem(Schema):
    """An option of the product and its values, in the order they are offered; not every combination is sold."""

    name: str
    label: str
    values: list[OptionValue]


class ProductDetail(Schema):
    """Everything a product's page shows. not_for_sale: why it cannot be bought, when it cannot.

    description_html: the description as safe markup. attributes: as the seller gave them; details: the same with
    units and numbers, as the reader reads them. kind: goods | topup | ecard | balance. real_name: an identity card
    is read at the door. related: products like it, best first.
    """

    id: UUID
    title: str
    subtitle: str
    description: str
    description_html: str
    brand: str
    category: str
    images: list[str]
    renditions: list[RenditionItem]
    attributes: dict[str, list[str]]
    details: list[DetailItem]
    options: list[OptionItem]
    skus: list[SkuItem]
    price_from_fen: int | None
    price_to_fen: int | None
    in_stock: bool
    not_for_sale: str | None
    merchant: MerchantOut
    kind: str
    real_name: bool
    related: list[UUID]
