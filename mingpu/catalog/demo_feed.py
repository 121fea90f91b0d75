"""Reading our own demo catalogue, with our own drawings."""

import json
from collections.abc import Iterator
from pathlib import Path

from mingpu.catalog.feed_values import FeedItem, FeedSku

DEMO = Path(__file__).parent / "demo" / "products.jsonl"
SOURCE = "demo"


def read_demo() -> Iterator[FeedItem]:
    """Yield the products of the demo catalogue; prices in its file are fen."""
    with DEMO.open(encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            it = json.loads(line)
            skus = it["skus"]
            yield FeedItem(
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
                        sku.get("list_price_fen"),
                    )
                    for sku in skus
                ),
                merchant=it["merchant"],
                kind=it["kind"],
                real_name=it["real_name"],
                title_en=it["title_en"],
                description_en=it["description_en"],
            )


def count_demo() -> int:
    """Return how many products the demo catalogue has."""
    with DEMO.open("rb") as file:
        return sum(1 for _ in file)
