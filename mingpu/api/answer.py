"""JSON kept ready, the same bytes for every caller."""

import json
from hashlib import blake2b
from typing import Any, Final

from django.http import HttpRequest, HttpResponse

ANSWERED: Final = frozenset({200, 304})  # the statuses of a call that brought what was asked for


class Answer:
    """JSON ready to be sent, with the mark by which a caller knows it again.

    counted: the words that found what it holds; "" where nothing is to be counted.
    """

    __slots__ = ("body", "counted", "tag")

    def __init__(self, value: Any, *, counted: str = "") -> None:
        self.counted = counted
        self.body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
        self.tag = f'"{blake2b(self.body, digest_size=12).hexdigest()}"'

    def to(self, request: HttpRequest) -> HttpResponse:
        """Answer a request: 304 when the caller holds these very bytes."""
        if request.META.get("HTTP_IF_NONE_MATCH") == self.tag:
            response = HttpResponse(status=304)
        else:
            response = HttpResponse(self.body, content_type="application/json; charset=utf-8")
        response.headers["ETag"] = self.tag
        response.headers["Cache-Control"] = "no-cache"  # may be kept, must be asked about
        return response
