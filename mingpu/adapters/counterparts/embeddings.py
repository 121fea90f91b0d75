"""An embedding model of this machine that knows no language: texts that share pairs of characters lie close together.

Each pair of neighbouring characters, and each character, adds to one of the vector's numbers, which one and with which sign is by its
hash; so the same text has the same vector everywhere. What is like in meaning alone it cannot see: it stands for the
wire, and for neighbours that can be told beforehand.
"""

import json
import math
from hashlib import blake2b
from itertools import pairwise
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from mingpu.adapters.counterparts.faults import Fault
from mingpu.adapters.counterparts.world import World

PARTY: Final = "embeddings"
MODEL: Final = "pairs-of-characters"
DIMENSIONS: Final = 64
_MOST: Final = 256  # texts of one call


class Embeddings:
    """The model's server."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def embed(self, request: Request) -> Response:
        """POST /v1/embeddings {model, input: [text, …]} -> {data: [{index, embedding}], model}."""

        async def answer(body: bytes, fault: Fault | None) -> Response:
            kind = fault.kind if fault else ""
            if kind == "limit":
                return JSONResponse({"error": {"message": "slow down", "type": "rate_limit_error"}}, 429)
            return _answered(body, kind)

        return await self._world.receive(PARTY, request, answer, broken=lambda: Response(b"", 500))


def vector_of(text: str) -> list[float]:
    """Return a text's vector, of length 1."""
    found = [0.0] * DIMENSIONS
    for piece in (*text, *map("".join, pairwise(text))):
        digest = blake2b(piece.encode(errors="replace"), digest_size=4).digest()
        found[int.from_bytes(digest[:2], "big") % DIMENSIONS] += len(piece) * (1 if digest[2] % 2 else -1)
    length = math.sqrt(sum(it * it for it in found))
    return [it / length for it in found] if length else [1.0] + [0.0] * (DIMENSIONS - 1)


def _answered(body: bytes, kind: str) -> Response:
    try:
        asked: Any = json.loads(body)
        texts = [asked["input"]] if isinstance(asked["input"], str) else asked["input"]
        if not all(isinstance(it, str) for it in texts) or not 0 < len(texts) <= _MOST:
            raise ValueError("input")
    except (ValueError, KeyError, TypeError):
        return _refused(400, "input")
    if asked.get("model") != MODEL:
        return _refused(404, "model")
    rows = [{"object": "embedding", "index": at, "embedding": vector_of(it)} for at, it in enumerate(texts)]
    return _misshapen(rows, kind) or _said(rows[::-1])  # the order is nothing to go by


def _misshapen(rows: list[dict[str, Any]], kind: str) -> Response | None:
    """Return the answer a fault asks for, None where none does."""
    if kind == "garbled":
        return Response(b'{"data": [', 200)
    if kind == "redirect":
        return Response(b"", 307, headers={"Location": "http://192.0.2.1/v1/embeddings"})
    if kind == "missing":
        return _said(rows[1:])
    if kind == "other_dimensions":
        return _said([row | {"embedding": row["embedding"][:-1]} for row in rows])
    if kind == "no_number":
        content = json.dumps({"data": [row | {"embedding": [math.nan] * DIMENSIONS} for row in rows]})
        return Response(content, 200, media_type="application/json")
    return None


def _said(rows: list[dict[str, Any]]) -> Response:
    return JSONResponse({"object": "list", "model": MODEL, "data": rows})


def _refused(status: int, message: str) -> Response:
    return JSONResponse({"error": {"message": message, "type": "invalid_request_error"}}, status)
