"""Reading our own demo catalogue, which says more than a feed can: English beside the Chinese, drawings."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from mingpu.catalog.feed_values import FeedItem, FeedSku

DEMO = Path(__file__).parent / "demo" / "products.jsonl"
SOURCE = "demo"


@dataclass(frozen=True, slots=True)
class OwnItem(FeedItem):
    """A product of our own. list_prices: fen before reduction, by SKU code."""

    title_en: str = ""
    description_en: str = ""
    list_prices: dict[str, int] = field(default_factory=dict)


def read_demo() -> Iterator[OwnItem]:
    """Yield the products of the demo catalogue; prices in its file are fen."""
    with DEMO.open(encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            it = json.loads(line)
            skus = it["skus"]
            yield OwnItem(
                file=DEMO.name,
                line=number,
                source=SOURCE,
                external_id=it["external_id"],
                title=it["title"],
                subtitle=it["subtitle"],
                brand=it["brand"],
                category_path=tuple(it["category_path"]),
                price_fen=min(sku["price_fen"] for sku in skus),
                attributes=it["attributes"],
                images=tuple(DEMO.parent / "images" / name for name in it["images"]),
                sales=it["sales"],
                description=it["description"],
                skus=tuple(
                    FeedSku(
                        sku["sku"],
                        sku["options"],
                        sku["price_fen"],
                        sku["stock"],
                        sku.get("grams"),
                        sku.get("face_fen"),
                    )
                    for sku in skus
                ),
                merchant=it["merchant"],
                kind=it["kind"],
                real_name=it["real_name"],
                title_en=it["title_en"],
                description_en=it["description_en"],
                list_prices={sku["sku"]: sku["list_price_fen"] for sku in skus if sku.get("list_price_fen")},
            )


def count_demo() -> int:
    """Return how many products the demo catalogue has."""
    with DEMO.open("rb") as file:
        return sum(1 for _ in file)
