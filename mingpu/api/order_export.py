"""All of a person's orders as a file, written while it is read."""

import json
from collections.abc import Iterator, Mapping
from typing import Final
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder

from mingpu.api.order_json import item_json
from mingpu.lib.text import speaking
from mingpu.orders.queries import exported
from mingpu.orders.sheet import sheet
from mingpu.privacy.purposes import acting

FILES: Final[Mapping[str, str]] = {"csv": "text/csv", "jsonl": "application/x-ndjson"}


def written(person_id: UUID, kind: str, language: str) -> Iterator[str]:
    """Yield the file in pieces: of `FILES`, csv a row for each line, jsonl a row for each order."""
    return sheet(person_id, language) if kind == "csv" else _rows(person_id, language)


def _rows(person_id: UUID, language: str) -> Iterator[str]:
    """Yield the orders as JSON. The reader's language and name are set anew for each piece: the request is over."""
    slices = exported(person_id=person_id)
    while True:
        with speaking(language), acting("person"):
            orders = next(slices, None)
            rows = [
                json.dumps(item_json(it), ensure_ascii=False, cls=DjangoJSONEncoder) for it in orders or ()
            ]
        if orders is None:
            return
        yield "".join(f"{row}\n" for row in rows)
