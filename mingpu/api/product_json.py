"""Products as JSON, in the shapes of `product_shapes`."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from mingpu.api.shops import merchant_json
from mingpu.catalog.labels import facet_label, name_label, value_label
from mingpu.catalog.options import OptionAxis
from mingpu.catalog.pictures import address, name_at
from mingpu.catalog.queries import Card, ProductPage, SkuView
from mingpu.catalog.renditions import renditions
from mingpu.search.queries import Found
from mingpu.search.related import related_to
from mingpu.search.rules import FacetCount, category_value

RELATED = 5


def list_json(found: Found) -> dict[str, Any]:
    """Return a page of hits as the `ProductList` it is."""
    return {
        "total": found.total,
        "items": [card_json(card) for card in found.cards],
        "page": found.page,
        "page_size": found.page_size,
        "facets": {
            "category": _facet_json(found.facets.category),
            "brand": _facet_json(found.facets.brand),
            "merchant": _facet_json(found.facets.merchant),
            "price": _facet_json(found.facets.price),
            "attributes": [
                {
                    "name": name,
                    "label": name_label(name),
                    "values": [
                        {"value": it.value, "count": it.count, "label": facet_label(name, it.value)}
                        for it in counts
                    ],
                }
                for name, counts in found.facets.attributes
            ],
        },
        "corrected_query": found.corrected_query,
        "recognised": [{"kind": kind, "value": value} for kind, value in found.recognised],
    }


def card_json(card: Card) -> dict[str, Any]:
    """Return a product in a list as the `ProductItem` it is."""
    return {
        "id": str(card.id), "title": card.title, "subtitle": card.subtitle, "sku": card.sku or None,
        "price_fen": card.price_fen, "list_price_fen": card.list_price_fen, "earlier_fen": card.earlier_fen, "image": card.image,
        "brand": card.brand, "category": category_value(card.category), "in_stock": card.in_stock,
        "merchant": merchant_json(card.merchant), "kind": card.kind,
    }  # fmt: skip


def product_json(it: ProductPage) -> dict[str, Any]:
    """Return a product's page as the `ProductDetail` it is."""
    return {
        "id": str(it.id), "title": it.title, "subtitle": it.subtitle, "description": it.description,
        "description_html": it.description_html,
        "brand": it.brand, "category": category_value(it.category), "images": it.images,
        "renditions": [rendition for image in it.images for rendition in _renditions_json(image)],
        "attributes": it.attributes, "details": [asdict(spec) for spec in it.specs],
        "options": [_option_json(axis) for axis in it.options], "skus": [_sku_json(sku) for sku in it.skus],
        "price_from_fen": it.price_from_fen, "price_to_fen": it.price_to_fen, "in_stock": it.in_stock,
        "not_for_sale": str(it.not_for_sale) if it.not_for_sale else None,
        "merchant": merchant_json(it.merchant), "kind": it.kind, "real_name": it.real_name,
        "related": [str(card.id) for card in related_to(it, most=RELATED)],
    }  # fmt: skip


def _renditions_json(image: str) -> list[dict[str, Any]]:
    return [
        {
            "image": image,
            "width": it.width,
            "height": it.height,
            "type": it.media_type,
            "url": address(it.name),
        }
        for it in renditions(name_at(image))
    ]


def _option_json(axis: OptionAxis) -> dict[str, Any]:
    values = [{"value": value, "label": value_label(value)} for value in axis.values]
    return {"name": axis.name, "label": name_label(axis.name), "values": values}


def _facet_json(counts: Iterable[FacetCount]) -> list[dict[str, Any]]:
    return [{"value": it.value, "count": it.count} for it in counts]


def _sku_json(sku: SkuView) -> dict[str, Any]:
    return {
        "sku": sku.sku, "options": sku.options, "price_fen": sku.price_fen, "list_price_fen": sku.list_price_fen,
        "earlier_fen": sku.earlier_fen, "lowest_30_fen": sku.lowest_fen,
        "in_stock": sku.in_stock, "barcode": sku.barcode or None,
    }  # fmt: skip
