"""Reading the catalogue: nobody's data, so no purpose is needed and every reader sees the same."""

from mingpu.catalog.queries.compared import compared
from mingpu.catalog.queries.for_sale import Part, Place, parts, places, shown_brands, shown_categories
from mingpu.catalog.queries.prices import price_steps
from mingpu.catalog.queries.products import (
    brands,
    cards,
    category_paths,
    changed_since,
    listings,
    product,
    skus,
)
from mingpu.catalog.queries.shown import shown_product
from mingpu.catalog.queries.warehouses import shelves_of, warehouses_of
from mingpu.catalog.queries.watching import FEW_CHANGES, news, number, watch
from mingpu.catalog.views import Card, Listing, ProductPage, SkuInfo, SkuView

__all__ = [
    "FEW_CHANGES", "Card", "Listing", "Part", "Place", "ProductPage", "SkuInfo", "SkuView", "brands", "cards", "category_paths", "changed_since", "compared",
    "listings", "news", "number", "parts", "places", "price_steps", "product", "shelves_of", "shown_brands", "shown_categories", "shown_product", "skus", "warehouses_of", "watch",
]  # fmt: skip
