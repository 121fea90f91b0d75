"""The wire of embedding models that people run themselves: OpenAI's `/v1/embeddings`, as llama.cpp, vLLM, Ollama … speak it.

POST {url}/embeddings `{"model", "input": [text, …], "encoding_format": "float"}`, answered 200 `{"data": [{"index",
"embedding": [number, …]}, …]}`, in any order. Refusals are 4xx, too much at once 429, trouble of its own 5xx. Written from
knowledge of the published interface, not tried against every server that speaks it.

What somebody searches for goes this way, so the model must be on this machine: the address is a loopback number or a
socket of this system, nothing else. No redirect is followed and no proxy asked.
"""

import json
import math
import time
from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from ipaddress import ip_address
from typing import Any, Final
from urllib.parse import urlsplit

import httpx

from mingpu.adapters.calls import Patience, trying, worth_another_try
from mingpu.adapters.embedding import EmbeddingFailed, Vector

BATCH: Final = 64  # texts of one call
LONGEST: Final = 500  # characters of a text that are sent; models read few more
DIMENSIONS: Final = range(8, 4097)
_NUMBER_BYTES: Final = 40  # of one number of an answer, at most
_SOCKET: Final = "unix:"


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddingConfig:
    """A model of this machine. Raises ValueError for any that is not.

    url: `http://127.0.0.1:8080/v1`, or `unix:/run/model.sock` where the interface is under `/v1`. dimensions: of its vectors.
    """

    url: str
    model: str
    dimensions: int
    patience: Patience = field(default_factory=lambda: Patience(read=30.0, attempts=3))

    def __post_init__(self) -> None:
        """Refuse what is not on this machine, and what cannot be a model."""
        if not is_of_this_machine(self.url):
            raise ValueError(
                "MINGPU_EMBEDDINGS_URL must be http:// with a loopback number (127.0.0.1, [::1]) or unix:/…: "
                f"what people search for never leaves this machine. It is {self.url!r}"
            )
        if not self.model or self.dimensions not in DIMENSIONS:
            raise ValueError(
                f"MINGPU_EMBEDDINGS_MODEL must name the model, MINGPU_EMBEDDINGS_DIMENSIONS be {DIMENSIONS.start} to "
                f"{DIMENSIONS.stop - 1}"
            )


class LocalEmbedder:
    """`Embedder` by such a server. Safe to share between threads."""

    def __init__(self, config: EmbeddingConfig) -> None:
        self._config = config
        patience, socket = config.patience, config.url.startswith(_SOCKET)
        self._url = f"{'http://localhost/v1' if socket else config.url.rstrip('/')}/embeddings"
        self._client = httpx.Client(
            timeout=httpx.Timeout(patience.read, connect=patience.connect),
            transport=httpx.HTTPTransport(uds=config.url.removeprefix(_SOCKET)) if socket else None,
            trust_env=False,
        )

    @property
    def model(self) -> str:
        """Which model it is."""
        return self._config.model

    @property
    def dimensions(self) -> int:
        """How many numbers a vector has."""
        return self._config.dimensions

    def embed(self, texts: Sequence[str]) -> list[Vector]:
        """Return a vector for each text. See `Embedder.embed`."""
        patience = self._config.patience
        found: list[Vector] = []
        for start in range(0, len(texts), BATCH):
            call = partial(self._once, texts[start : start + BATCH], patience.read)
            found += trying(call, attempts=patience.attempts, failure=EmbeddingFailed)
        return found

    def embed_within(self, text: str, *, seconds: float) -> Vector:
        """Return the vector of one text, or give up. See `Embedder.embed_within`."""
        return self._once([text], seconds)[0]

    def _once(self, texts: Sequence[str], seconds: float) -> list[Vector]:
        asked = {
            "model": self._config.model, "input": [_sendable(it) for it in texts], "encoding_format": "float",
        }  # fmt: skip
        until = time.monotonic() + seconds
        try:
            with self._client.stream("POST", self._url, json=asked, timeout=seconds) as answer:
                if answer.status_code != HTTPStatus.OK:
                    raise EmbeddingFailed(
                        permanent=not worth_another_try(answer.status_code), code=f"http_{answer.status_code}"
                    )
                body = b"".join(self._within(answer.iter_bytes(), until, len(texts)))
        except httpx.HTTPError:
            raise EmbeddingFailed(permanent=False, code="unanswered") from None
        return self._vectors(body, len(texts))

    def _within(self, pieces: Iterator[bytes], until: float, texts: int) -> Iterator[bytes]:
        """Yield an answer's bytes as long as there is time, and no more than it can have."""
        left = (texts + 1) * (self._config.dimensions + 100) * _NUMBER_BYTES
        for piece in pieces:
            left -= len(piece)
            if left < 0:
                raise EmbeddingFailed(permanent=False, code="unreadable_answer")
            if time.monotonic() > until:
                raise EmbeddingFailed(permanent=False, code="unanswered")
            yield piece

    def _vectors(self, body: bytes, texts: int) -> list[Vector]:
        """Return what an answer holds, in the order of the texts; each once, whole and of finite numbers."""
        try:
            rows: list[Mapping[str, Any]] = json.loads(body)["data"]
            found = {row["index"]: array("f", row["embedding"]) for row in rows}
        except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
            raise EmbeddingFailed(permanent=False, code="unreadable_answer") from None
        if len(rows) != texts or set(found) != set(range(texts)):
            raise EmbeddingFailed(permanent=False, code="unreadable_answer")
        if any(len(it) != self._config.dimensions for it in found.values()):
            raise EmbeddingFailed(permanent=True, code="other_dimensions")
        if not all(any(it) and all(map(math.isfinite, it)) for it in found.values()):
            raise EmbeddingFailed(permanent=False, code="unreadable_answer")
        return [found[place] for place in range(texts)]


def is_of_this_machine(url: str) -> bool:
    """Say whether an address is a loopback number or a socket of this system; names may lead anywhere."""
    if url.startswith(_SOCKET):
        return url.removeprefix(_SOCKET).startswith("/")
    try:
        parts = urlsplit(url)
        return (
            parts.scheme == "http"
            and not (parts.username or parts.password or parts.query or parts.fragment)
            and ip_address(parts.hostname or "").is_loopback
        )
    except ValueError:
        return False


def _sendable(text: str) -> str:
    """Return a text as it is sent: no longer than is read, and of whole characters."""
    return text[:LONGEST].encode(errors="replace").decode() or " "
