"""Many buyers at once on one thread: kept connections that cost little of the cores they load.

A client of threads takes as much of two cores as the mall it loads; here a request is bytes made beforehand and an
answer is looked at as far as its length.
"""

import asyncio
import json
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bench.load import percentile

Request = bytes
END = b"\r\n\r\n"
LENGTH = b"content-length:"
LAST_CHUNK = b"0\r\n\r\n"
TOO_LONG = 600.0  # seconds after which a rush is given up


@dataclass(frozen=True, slots=True)
class Turn:
    """What came of one buyer's requests: the status of the last answer, and the milliseconds of all of them."""

    status: int
    milliseconds: float


@dataclass(frozen=True, slots=True)
class Rush:
    """What a crowd did, and the seconds it took."""

    turns: Sequence[Turn]
    seconds: float

    def times(self, *statuses: int) -> list[float]:
        """Return the milliseconds of turns that ended with one of these statuses."""
        return [turn.milliseconds for turn in self.turns if turn.status in statuses] or [0.0]

    def count(self, *statuses: int) -> int:
        """Return how many turns ended with one of these statuses."""
        return sum(turn.status in statuses for turn in self.turns)

    def figures(self, *statuses: int) -> dict[str, float]:
        """Return the rate of such turns per second, with p50 and p99 in milliseconds."""
        times = self.times(*statuses)
        return {
            "per_second": self.count(*statuses) / self.seconds,
            "p50_ms": percentile(times, 0.5),
            "p99_ms": percentile(times, 0.99),
        }


def request(method: str, path: str, headers: Mapping[str, str], body: object = None) -> Request:
    """Write a request as bytes; body: what is sent as JSON, None for nothing."""
    content = b"" if body is None else json.dumps(body, ensure_ascii=False).encode()
    lines = [
        f"{method} {path} HTTP/1.1",
        "Host: 127.0.0.1",
        *(f"{name}: {it}" for name, it in headers.items()),
    ]
    if content:
        lines += ["Content-Type: application/json", f"Content-Length: {len(content)}"]
    return "\r\n".join(lines).encode() + END + content


def rush(port: int, turns: Iterable[Sequence[Request]], *, connections: int) -> Rush:
    """Let `connections` buyers take turns until none is left; a turn's requests follow each other.

    Raises RuntimeError when the server closes a connection or does not answer.
    """
    return asyncio.run(_rush(port, iter(turns), connections))


async def _rush(port: int, turns: Iterator[Sequence[Request]], connections: int) -> Rush:
    done: list[Turn] = []
    buyers = [await _come(port, turns, done) for _ in range(connections)]
    begun = time.perf_counter()
    for buyer in buyers:
        buyer.begin()
    await asyncio.wait_for(asyncio.gather(*(buyer.finished for buyer in buyers)), TOO_LONG)
    return Rush(done, time.perf_counter() - begun)


async def _come(port: int, turns: Iterator[Sequence[Request]], done: list[Turn]) -> "_Buyer":
    loop = asyncio.get_running_loop()
    buyer = _Buyer(turns, done, loop.create_future())
    await loop.create_connection(lambda: buyer, "127.0.0.1", port)
    return buyer


class _Buyer(asyncio.Protocol):
    """One connection, taking one turn after the other."""

    def __init__(
        self, turns: Iterator[Sequence[Request]], done: list[Turn], finished: asyncio.Future[None]
    ) -> None:
        self._turns, self._done, self.finished = turns, done, finished
        self._transport: asyncio.Transport | None = None
        self._came = b""
        self._left: list[Request] = []
        self._since = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def begin(self) -> None:
        """Take the next turn, or leave when there is none."""
        assert self._transport
        turn = next(self._turns, None)
        if turn is None:
            if not self.finished.done():
                self.finished.set_result(None)
            self._transport.close()
            return
        self._left = list(turn)
        self._since = time.perf_counter()
        self._transport.write(self._left.pop(0))

    def data_received(self, data: bytes) -> None:
        self._came += data
        head, found, body = self._came.partition(END)
        if not found or not _whole(head.lower(), body):
            return
        self._came = b""
        if self._left:
            assert self._transport
            self._transport.write(self._left.pop(0))
            return
        spent = (time.perf_counter() - self._since) * 1000
        self._done.append(Turn(int(head[9:12]), spent))
        self.begin()

    def connection_lost(self, error: Exception | None) -> None:
        if not self.finished.done():
            self.finished.set_exception(RuntimeError(f"the server closed a connection: {error}"))


def _whole(head: bytes, body: bytes) -> bool:
    """Tell whether all of an answer has come: as many bytes as it says, or the last chunk."""
    at = head.find(LENGTH)
    if at < 0:
        return body.endswith(LAST_CHUNK)
    return len(body) >= int(head[at + len(LENGTH) :].split(b"\r\n", 1)[0])
