"""What our own demo catalogue says beyond a feed: the English beside the Chinese."""

import json
from pathlib import Path

from mingpu.catalog.services import English

DEMO = Path(__file__).parent / "demo" / "products.jsonl"


def read_demo_english() -> dict[str, English]:
    """Return the English titles and descriptions of the demo catalogue, by external id."""
    found = {}
    with DEMO.open(encoding="utf-8") as file:
        for line in file:
            it = json.loads(line)
            found[it["external_id"]] = English(it.get("title_en", ""), it.get("description_en", ""))
    return found
