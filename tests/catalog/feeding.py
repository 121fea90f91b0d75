"""Writing a catalogue file and reading it back."""

import json
from pathlib import Path
from typing import Any

from mingpu.catalog.feed import FeedItem, Refusal, read_feed

HEADER = "item_id,title,price,category,attributes,sales,image\n"
GOOD = {"item_id": "a-1", "title": "细口壶", "price": 129}


def lines(*rows: object) -> bytes:
    return b"".join(row if isinstance(row, bytes) else (json.dumps(row) + "\n").encode() for row in rows)


def read(path: Path, content: bytes | str, name: str = "shop.jsonl") -> list[Any]:
    """Every row of a file of that content, taken or refused."""
    file = path / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return list(read_feed(file))


def item(path: Path, **fields: object) -> FeedItem:
    """The one item of a row of JSON, which must be taken."""
    (only,) = read(path, lines(GOOD | fields))
    assert isinstance(only, FeedItem), only
    return only


def refusal(path: Path, **fields: object) -> Refusal:
    (only,) = read(path, lines(GOOD | fields))
    assert isinstance(only, Refusal), only
    return only


def codes(found: FeedItem) -> set[str]:
    return {note.code for note in found.notes}
