"""Reading titles that people marked: one JSON object a line."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from mingpu.lib.errors import Invalid
from mingpu.lib.text import Text
from mingpu.search.recognise import KINDS, Labelled, Span


def read_labelled(lines: Iterable[str]) -> Iterator[Labelled]:
    """Yield marked titles. Raises Invalid for a line that cannot be read.

    `{"title": "小霸王 红白机", "spans": [{"start": 0, "end": 3, "kind": "brand"}, …]}`; places count characters from
    0, the end is not included.
    """
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                yield _labelled(json.loads(line))
            except (ValueError, TypeError, KeyError, RecursionError):
                raise Invalid(
                    field=Text(f"第 {number} 行", f"line {number}"),
                    problem=Text(
                        "要有 title 和互不重叠的 spans（start、end、kind: product 或 brand）",
                        "wants a title and spans apart from each other (start, end, kind: product or brand)",
                    ),
                ) from None


def _labelled(said: Any) -> Labelled:
    title, spans, last = said["title"], [], 0
    if not isinstance(title, str):
        raise TypeError
    for span in sorted(said["spans"], key=lambda it: it["start"]):
        start, end, kind = span["start"], span["end"], span["kind"]
        if type(start) is not int or type(end) is not int:
            raise TypeError(start, end)
        if kind not in KINDS or not last <= start < end <= len(title):
            raise ValueError(kind)
        spans.append(Span(start, end, kind))
        last = end
    return Labelled(title, tuple(spans))
