"""What all parties share, and how every call to one of them is received, recorded and answered."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response

from mingpu.adapters.counterparts.config import CounterpartConfig
from mingpu.adapters.counterparts.faults import Fault, Faults
from mingpu.adapters.counterparts.postman import Postman
from mingpu.adapters.counterparts.store import Store

SLOW: Final = 2.0  # seconds of a `delay` fault on an answer: late, but in time for a patient client


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """The running counterparts."""

    config: CounterpartConfig
    store: Store
    faults: Faults
    postman: Postman

    def record(self, *, party: str, method: str, path: str, headers: dict[str, str], body: bytes) -> None:
        """Keep one raw request, before anything is made of it."""
        self.store.run(
            "INSERT INTO received (party, at, method, path, headers, body) VALUES (?, ?, ?, ?, ?, ?)",
            party,
            datetime.now(UTC).isoformat(timespec="milliseconds"),
            method,
            path,
            json.dumps(headers, ensure_ascii=False),
            body.decode("utf-8", "backslashreplace"),
        )

    async def receive(
        self,
        party: str,
        request: Request,
        answer: Callable[[bytes, Fault | None], Awaitable[Response]],
        *,
        broken: Callable[[], Response],
        faulty: bool = True,
    ) -> Response:
        """Record a call to `party` and answer it, misbehaving where asked to.

        answer: does what was asked; given the fault when it is a lie. broken: the answer of a `http_500`
        fault, which comes before anything is done. A `timeout` does everything and answers too late.
        """
        body = await request.body()
        headers = dict(request.headers.items())
        self.record(party=party, method=request.method, path=target(request), headers=headers, body=body)
        fault = self.faults.take(party, "answer") if faulty else None
        kind = fault.kind if fault else ""
        if fault and kind == "http_500":
            return broken()
        response = await answer(body, fault)
        if fault and kind == "timeout":
            await asyncio.sleep(self.config.hold)
        if fault and kind == "delay":
            await asyncio.sleep(SLOW if fault.seconds is None else fault.seconds)
        return response


def target(request: Request) -> str:
    """Return path and query exactly as sent: signatures are made over these bytes."""
    raw: bytes = request.scope.get("raw_path") or request.scope["path"].encode()
    query: bytes = request.scope.get("query_string") or b""
    path = raw.partition(b"?")[0]
    return (path + b"?" + query if query else path).decode("latin-1")


async def fields_of(request: Request) -> dict[str, Any]:
    """Return the fields of a JSON object or a form. Raises ValueError for anything else."""
    body = (await request.body()).decode()
    if request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        return dict(parse_qsl(body))
    found = json.loads(body)
    if isinstance(found, dict):
        return found
    raise ValueError("a JSON object or a form is needed")


def wants_page(request: Request) -> bool:
    """Tell whether a browser is asking: HTML named, JSON not."""
    accept = request.headers.get("accept", "")
    return "text/html" in accept and "application/json" not in accept
