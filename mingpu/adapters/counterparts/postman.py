"""Delivers what parties send by themselves: callbacks and pushes, with their retries and misbehaviour."""

import asyncio
import json
import logging
import sqlite3
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final, Protocol

import httpx

from mingpu.adapters.counterparts.faults import LATER, LIES, Fault, Faults
from mingpu.adapters.counterparts.store import Store

log = logging.getLogger(__name__)
ANSWER_WITHIN: Final = 5.0  # seconds the receiver has, as WeChat Pay gives; not scaled by pace
_DELAY: Final = 20.0  # of a `delay` fault that names no seconds, scaled
_HELD_AT_MOST: Final = 60.0  # of a `reorder` fault when nothing newer comes, scaled
_AT_ONCE: Final = 16
_GATHER: Final = 0.05  # seconds; what is due within them travels in one POST, where that is allowed
_IDLE: Final = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """One POST to make."""

    url: str
    headers: dict[str, str]
    body: bytes


class Sender(Protocol):
    """A party as the postman sees it: how its letters look and what counts as taken."""

    name: str
    batch: int  # how many letters one POST may hold
    waits: Sequence[float]  # seconds before the 2nd, 3rd, ... attempt

    def compose(self, letters: Sequence[dict[str, Any]], url: str, lie: Fault | None) -> Envelope:
        """Write the POST for `letters` (bodies as posted), signed now; `lie` is a fault of kind `LIES`."""
        ...

    def taken(self, status: int, body: bytes) -> bool:
        """Tell whether the receiver's answer ends the retries."""
        ...


class Postman:
    """Posts letters, which are rows, when they are due. Delivery is at least once: after a kill, again."""

    def __init__(self, store: Store, faults: Faults, *, pace: float) -> None:
        self._store = store
        self._faults = faults
        self._pace = pace
        self._senders: dict[str, Sender] = {}
        self._chores: list[Callable[[float], float | None]] = []
        self._wake = asyncio.Event()
        self._flying: set[int] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._slots = asyncio.Semaphore(_AT_ONCE)

    def serve(self, sender: Sender) -> None:
        """Make a party known."""
        self._senders[sender.name] = sender

    def remind(self, chore: Callable[[float], float | None]) -> None:
        """Call `chore(now)` at each round; it returns when it is due next (Unix time), None for never."""
        self._chores.append(chore)

    def post(self, sender: str, url: str, body: dict[str, Any]) -> int:
        """Take a letter; it goes out at once. Return its id."""
        letter = self._store.add(
            "INSERT INTO letter (party, url, body, due) VALUES (?, ?, ?, ?)",
            sender,
            url,
            json.dumps(body, ensure_ascii=False),
            time.time(),
        )
        self._wake.set()
        return letter

    def wake(self) -> None:
        """Look for due work now."""
        self._wake.set()

    async def run(self) -> None:
        """Work until cancelled."""
        limits = httpx.Limits(max_connections=_AT_ONCE)
        async with httpx.AsyncClient(timeout=ANSWER_WITHIN, limits=limits, trust_env=False) as client:
            try:
                while True:
                    self._wake.clear()
                    wait = self._round(client)
                    # Not `wait_for`, which in Python 3.11 may swallow the cancelling that ends this.
                    with suppress(TimeoutError):
                        async with asyncio.timeout(wait):
                            await self._wake.wait()
            finally:
                for task in self._tasks:
                    task.cancel()
                await asyncio.gather(*self._tasks, return_exceptions=True)

    def _round(self, client: httpx.AsyncClient) -> float:
        """Start everything that is due; return seconds until the next look."""
        now = time.time()
        next_due = [at for chore in self._chores if (at := chore(now)) is not None]
        rows = self._store.all("SELECT * FROM letter WHERE state = 'pending' ORDER BY due, id LIMIT 500")
        free = [row for row in rows if row["id"] not in self._flying]
        for name, sender in self._senders.items():
            soon = now + (_GATHER if sender.batch > 1 else 0)
            due = [row for row in free if row["party"] == name and row["due"] <= soon]
            if not any(row["due"] <= now for row in due):
                continue
            for start in range(0, len(due), sender.batch):
                letters = due[start : start + sender.batch]
                self._flying.update(row["id"] for row in letters)
                task = asyncio.create_task(self._deliver(client, sender, letters))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)
        next_due += [row["due"] for row in free if row["due"] > now]
        return max(0.0, min([_IDLE, *(at - now for at in next_due)]))

    async def _deliver(
        self, client: httpx.AsyncClient, sender: Sender, letters: Sequence[sqlite3.Row]
    ) -> None:
        """Make one attempt for letters that go together."""
        ids = [row["id"] for row in letters]
        try:
            kinds = LIES | (LATER if all(row["fault"] is None for row in letters) else frozenset())
            fault = self._faults.take(sender.name, "callback", kinds)
            if fault and self._put_off(fault, ids):
                return
            lie = fault if fault and fault.kind in LIES else None
            copies = 2 if fault and fault.kind == "duplicate" else 1
            bodies = [json.loads(row["body"]) for row in letters]
            url = letters[0]["url"]
            async with self._slots:
                envelopes = [sender.compose(bodies, url, lie) for _ in range(copies)]
                answers = await asyncio.gather(*(self._attempt(client, one) for one in envelopes))
            taken = any(sender.taken(*answer) for answer in answers if answer)
            # Whoever forged it is not the party, which still has its own to deliver.
            forged = lie is not None and lie.kind == "forge"
            self._settle(sender, letters, taken=taken and not forged)
        except Exception:
            log.exception("a letter of %s could not be written", sender.name)
            self._settle(sender, letters, taken=False)
        finally:
            self._flying.difference_update(ids)
            self._wake.set()

    def _put_off(self, fault: Fault, ids: Sequence[int]) -> bool:
        """Act out a fault that keeps letters from going now; False when they go all the same."""
        if fault.kind == "drop":
            self._mark(ids, "state = 'dropped'")
            return True
        waits = {"delay": _DELAY, "reorder": _HELD_AT_MOST}
        if fault.kind not in waits:
            return False
        seconds = fault.seconds if fault.seconds is not None else waits[fault.kind] * self._pace
        self._mark(ids, "due = ?, fault = ?", time.time() + seconds, fault.kind)
        return True

    async def _attempt(self, client: httpx.AsyncClient, envelope: Envelope) -> tuple[int, bytes] | None:
        """Return status and body of the answer, None when there was none."""
        try:
            answer = await client.post(envelope.url, headers=envelope.headers, content=envelope.body)
        except (httpx.HTTPError, httpx.InvalidURL):
            return None
        return answer.status_code, answer.content

    def _settle(self, sender: Sender, letters: Sequence[sqlite3.Row], *, taken: bool) -> None:
        """Write down how an attempt went; let go what waited for something newer."""
        for row in letters:
            attempts = row["attempts"] + 1
            if taken:
                self._mark([row["id"]], "attempts = ?, state = 'taken'", attempts)
            elif attempts > len(sender.waits):
                self._mark([row["id"]], "attempts = ?, state = 'given up'", attempts)
            else:
                due = time.time() + sender.waits[attempts - 1] * self._pace
                self._mark([row["id"]], "attempts = ?, due = ?", attempts, due)
        if taken:
            self._store.run(
                "UPDATE letter SET due = ?, fault = 'reordered'"
                " WHERE party = ? AND state = 'pending' AND fault = 'reorder'",
                time.time(),
                sender.name,
            )

    def _mark(self, ids: Sequence[int], change: str, *values: Any) -> None:
        for one in ids:
            self._store.run(f"UPDATE letter SET {change} WHERE id = ?", *values, one)  # noqa: S608 - our words
