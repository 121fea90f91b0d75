"""Killing parts of a mall under load at random moments, starting them again, and seeing that nothing was lost."""

import json
import math
import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg

from bench.audit import violations
from bench.load import percentile
from bench.mall import ROOT, Mall
from bench.shoppers import Market, Shopper
from mingpu.ops import postgres
from mingpu.ops.database import connect_admin

VICTIMS = ("web", "worker", "counterparts", "database")
SHOPPERS = 20
PAUSE = (0.3, 1.2)  # seconds between two points, after the part killed before is back
PATIENCE = 2.5  # seconds that is waited for; then the next is killed all the same
FRESH = 2.0  # seconds a job may take that has only just fallen due: some do all the time
QUIET = 3.0  # seconds in which nothing moves and nothing but fresh jobs is there: then a mall is at rest
REST = 120.0  # seconds without a step forward after which a mall without load does not come to rest any more
PROBE = 0.05
# What waits: jobs that are due or under way.
BUSY = """
SELECT id, task_name, status::text, attempts FROM procrastinate_jobs
WHERE status = 'doing' OR (status = 'todo' AND coalesce(scheduled_at <= now(), true))
"""
# Time passes: what failed is tried again, and who died was silent for long.
LATER = (
    """
    UPDATE procrastinate_jobs SET scheduled_at = now()
    WHERE status = 'todo' AND scheduled_at > now() AND (attempts > 0 OR task_name = 'service.keep_back')
    """,
    """
    UPDATE procrastinate_workers SET last_heartbeat = now() - interval '5 minutes'
    WHERE id <> (SELECT max(id) FROM procrastinate_workers)
    """,
    """
    INSERT INTO procrastinate_jobs (queue_name, task_name, queueing_lock, args)
    SELECT 'mall', 'jobs.recover', 'jobs.recover', '{"timestamp": 0}'
    WHERE EXISTS (SELECT FROM procrastinate_jobs j WHERE j.status = 'doing' AND j.worker_id IS DISTINCT FROM
        (SELECT max(id) FROM procrastinate_workers)) ON CONFLICT DO NOTHING
    """,
)
# At the end: every deadline of what is open is over.
DUE = (
    """
    UPDATE procrastinate_jobs j SET scheduled_at = now()
    WHERE j.status = 'todo' AND j.scheduled_at > now() AND j.task_name <> 'payments.poll' AND NOT EXISTS (
        SELECT FROM orders_order o
        WHERE o.order_no = j.args ->> 'order_no' AND o.status IN ('completed', 'cancelled', 'expired', 'closed'))
    """,
    "UPDATE service_case SET due_at = now() - interval '1 second' WHERE due_at > now()",
)
# Once a check: the institution is asked about whatever has no answer.
ASK = """
UPDATE procrastinate_jobs SET scheduled_at = now() WHERE id IN (
    SELECT min(j.id) FROM procrastinate_jobs j JOIN payments_attempt a ON a.id::text = j.args ->> 'attempt_id'
    WHERE j.task_name = 'payments.poll' AND j.status = 'todo' AND a.status <> 'succeeded' GROUP BY a.id)
"""
# And the courier about a parcel whose pushes it gave up while nobody answered.
FOLLOW = """
UPDATE procrastinate_jobs SET scheduled_at = now() WHERE id IN (
    SELECT min(j.id) FROM procrastinate_jobs j JOIN delivery_shipment s ON s.parcel_no = j.args ->> 'parcel_no'
    WHERE j.task_name = 'delivery.look_after' AND j.status = 'todo'
    AND s.status NOT IN ('signed', 'returned', 'lost', 'cancelled') GROUP BY s.id)
"""
WAITING = """
SELECT count(*) FROM procrastinate_jobs j WHERE j.status = 'todo' AND (j.args ? 'case_no' OR EXISTS (
    SELECT FROM orders_order o WHERE o.order_no = j.args ->> 'order_no' AND o.status NOT IN ('completed', 'cancelled', 'expired', 'closed')))
"""
THEIRS = (
    "SELECT count(*) FROM letter WHERE state = 'pending'",
    "SELECT count(*) FROM refund WHERE status = 'PROCESSING'",
    "SELECT count(*) FROM unionpay_refund WHERE settled_at IS NULL",
)
SOONER = "UPDATE letter SET due = ?1 WHERE state = 'pending' AND due > ?1 + 1"
UNDERWAY = """
SELECT courier, waybill_no FROM delivery_shipment
WHERE waybill_no IS NOT NULL AND status NOT IN ('signed', 'refused', 'returned', 'lost', 'cancelled')
"""


@dataclass(frozen=True, slots=True)
class Point:
    """One kill: whom, after how many seconds of load, what shoppers waited for, until it answered again."""

    victim: str
    at: float
    doing: Counter[str]
    recovered: float


@dataclass
class Run:
    """A run of faults over a mall that is up, with a market of shoppers."""

    market: Market
    stocks: dict[str, int]
    seed: int
    points: list[Point] = field(default_factory=list)
    checks: list[dict[str, Any]] = field(default_factory=list)
    fell: Counter[str] = field(default_factory=Counter)  # parts that ended by themselves
    begun: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        """Hire shoppers and a clerk."""
        self.dice = random.Random(self.seed)  # noqa: S311 -- no secret
        self.mall: Mall = self.market.mall
        self.threads = [
            threading.Thread(target=Shopper(self.market, self.seed + 1 + number).run, daemon=True)
            for number in range(SHOPPERS)
        ]
        self.watching: list[threading.Thread] = []
        self.lock = threading.Lock()
        env = {**self.mall.env, "MINGPU_ZONE": "desk"}
        with self.mall.log.open("ab") as log:
            self.clerk = subprocess.Popen(
                [sys.executable, "-m", "bench.clerk", str(self.seed)],
                env=env,
                cwd=ROOT,
                stdout=log,
                stderr=log,
            )

    def work(self, points: int, every: int, seconds: float = math.inf) -> None:
        """Kill at so many points, and check after every `every` of them and at the end.

        seconds: when they are over, no further round of `every` points is begun.
        """
        for thread in self.threads:
            thread.start()
        self.market.go.set()
        try:
            for number in range(1, points + 1):
                self._come_back()
                time.sleep(self.dice.uniform(*PAUSE))
                self._raise_the_dead()
                self._strike(self.dice.choice(VICTIMS))
                if number % every == 0 and number != points:
                    if time.monotonic() - self.begun > seconds:
                        break
                    self.check()
                    self.market.go.set()
            self.check(over=True)
        finally:
            self.market.over.set()
            self.market.go.clear()
            self.clerk.kill()
            self.clerk.wait(10)

    # ---- killing ----

    def _strike(self, victim: str) -> None:
        """Kill a part and start it again; a thread of its own waits for it to answer."""
        doing, at = Counter(list(self.market.doing.values())), time.monotonic()
        if victim == "database":
            kill_database()
        else:
            self.mall.kill(victim)
        self._start(victim)
        watcher = threading.Thread(target=self._watch, args=(victim, at, doing), daemon=True)
        watcher.start()
        self.watching.append(watcher)

    def _come_back(self) -> None:
        """Wait for the part that was killed last, not for long."""
        if self.watching:
            self.watching[-1].join(PATIENCE)

    def _start(self, part: str) -> None:
        if part == "database":
            postgres.start()
        else:
            self.mall.start(part)

    def _raise_the_dead(self) -> None:
        """Start what ended by itself, as `mingpu run` does, and count it."""
        for part, process in list(self.mall.running.items()):
            if process.poll() is not None:
                self.fell[part] += 1
                self.mall.start(part)

    def _watch(self, victim: str, at: float, doing: Counter[str]) -> None:
        since = datetime.now(UTC)
        end = at + REST
        while not self._answers(victim, since) and time.monotonic() < end:
            time.sleep(PROBE)
        with self.lock:
            self.points.append(Point(victim, at - self.begun, doing, time.monotonic() - at))

    def _answers(self, part: str, since: datetime) -> bool:
        """Tell whether a part does its work again."""
        if part == "worker":
            with suppress(psycopg.Error), connect_admin("mingpu") as admin:
                alive = "SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > %s"
                return admin.execute(alive, [since]).fetchone() != (0,)
            return False
        address = {
            "web": f"{self.mall.address}/healthz",
            "counterparts": f"{self.mall.outside}/healthz",
            "database": f"{self.mall.address}/api/v1/products?page_size=1",
        }[part]
        with suppress(OSError, ValueError), urllib.request.urlopen(address, timeout=5) as answer:  # noqa: S310 -- ours
            return bool(answer.status == 200)
        return False

    # ---- checking ----

    def check(self, *, over: bool = False) -> None:
        """Stop the load, let the mall come to rest, and look at everything. over: to the end of every order."""
        self.market.go.clear()
        begun = time.monotonic()
        for watcher in self.watching:
            watcher.join(REST)
        self.watching.clear()
        found = [] if self.rest() else ["the mall did not come to rest"]
        if over and not found:
            found += [] if self.finish() else ["the mall did not come to an end"]
        rested = time.monotonic() - begun
        found += violations(self.mall, stocks=self.stocks, promised=self.market.promised, over=over)
        found += self.market.wrong
        self.market.wrong.clear()
        self.checks.append({"points": len(self.points), "rest": rested, "violations": found})
        print(f"{len(self.points)} points, at rest after {rested:.0f} s: {len(found)} violations", flush=True)
        for line in found:
            print(f"  {line}", flush=True)

    def rest(self) -> bool:
        """Wait until nothing is due any more, bringing due times forward; False when it gets no further."""
        done, asked, busy = self._done(), False, _Busy()
        moved = quiet = time.monotonic()
        while time.monotonic() < moved + REST:
            self._raise_the_dead()
            try:
                with connect_admin("mingpu") as admin:
                    if not asked:
                        admin.execute(ASK)
                        admin.execute(FOLLOW)
                        asked = True
                    for statement in LATER:
                        admin.execute(statement.encode())
                    busy.look(admin.execute(BUSY).fetchall())
            except psycopg.Error:
                quiet = time.monotonic()
            if (now := self._done()) > done:
                done, moved, quiet = now, time.monotonic(), time.monotonic()
            if busy.old() or self._letters():
                quiet = time.monotonic()
            if time.monotonic() > quiet + QUIET:
                return True
            time.sleep(0.3)
        print(f"still busy: {busy.old()}, {self._letters()} letters", flush=True)
        return False

    def _done(self) -> int:
        """Return how often anything of the mall has moved on so far."""
        with suppress(psycopg.Error), connect_admin("mingpu") as admin:
            return int(str((admin.execute("SELECT count(*) FROM orders_event").fetchone() or (0,))[0]))
        return 0

    def finish(self) -> bool:
        """Let all the time pass that anything waits for: parcels arrive, deadlines end, orders expire."""
        for _ in range(12):
            with connect_admin("mingpu") as admin:
                for statement in DUE:
                    admin.execute(statement.encode())
                underway = admin.execute(UNDERWAY).fetchall()
            for party, waybill_no in underway:
                for status in ("picked_up", "signed"):
                    self._push(str(party), str(waybill_no), status)
            if not self.rest():
                return False
            if not underway and not self._waiting():
                return True
        return False

    def _waiting(self) -> bool:
        """Tell whether a job of an open order or a case still waits."""
        with connect_admin("mingpu") as admin:
            return admin.execute(WAITING).fetchone() != (0,)

    def _letters(self) -> int:
        """Return how much the outside world still has to do."""
        path = self.mall.home / "counterparts" / "counterparts.sqlite3"
        with closing(sqlite3.connect(path, timeout=30)) as theirs:
            with theirs:  # time passes for them too: after so many kills they would try again in minutes only
                theirs.execute(SOONER, [time.time()])
            return sum(int(theirs.execute(statement).fetchone()[0]) for statement in THEIRS)

    def _push(self, party: str, waybill_no: str, status: str) -> None:
        body = json.dumps({"waybill_no": waybill_no, "status": status}).encode()
        asked = urllib.request.Request(  # noqa: S310 -- ours
            f"{self.mall.outside}/{party}/push", body, {"Content-Type": "application/json"}
        )
        with suppress(OSError), urllib.request.urlopen(asked, timeout=10):  # noqa: S310 -- ours
            pass

    # ---- telling ----

    def report(self) -> dict[str, Any]:
        """Return everything that was seen, as figures."""
        with connect_admin("mingpu") as admin:
            rows = admin.execute("SELECT status, count(*) FROM orders_order GROUP BY 1").fetchall()
            paid = admin.execute("SELECT count(*) FROM orders_order WHERE paid_at IS NOT NULL").fetchone()
            back = admin.execute("SELECT count(*) FROM payments_refund WHERE status = 'succeeded'").fetchone()
        states = {str(status): int(str(count)) for status, count in rows}
        times = {name: [it.recovered for it in self.points if it.victim == name] for name in VICTIMS}
        return {
            "seed": self.seed, "points": len(self.points), "seconds": time.monotonic() - self.begun,
            "by victim": {
                name: {
                    "points": len(its), "median_s": percentile(its, 0.5) if its else 0.0,
                    "p99_s": percentile(its, 0.99) if its else 0.0,
                    "doing": dict(sum((it.doing for it in self.points if it.victim == name), Counter[str]())),
                }
                for name, its in times.items()
            },
            "ended by themselves": dict(self.fell), "orders": sum(states.values()), "states": states,
            "paid": (paid or (0,))[0], "refunds": (back or (0,))[0], "shoppers": dict(self.market.done),
            "checks": self.checks, "violations": sum(len(it["violations"]) for it in self.checks),
        }  # fmt: skip


@dataclass
class _Busy:
    """The jobs that are due or under way, each since when it was first seen so."""

    since: dict[tuple[Any, ...], float] = field(default_factory=dict)

    def look(self, rows: Sequence[tuple[Any, ...]]) -> None:
        """Take note of what is busy now. rows: as `BUSY` has them."""
        now = time.monotonic()
        known = {it[0]: since for it, since in self.since.items()}
        self.since = {row: known.get(row[0], now) for row in rows}

    def old(self) -> list[str]:
        """Return what has been busy for longer than `FRESH`, in words."""
        now = time.monotonic()
        waits = [(row, now - since) for row, since in self.since.items() if now - since > FRESH]
        return [
            f"{name} {number} {status}, try {tries}, {wait:.0f} s"
            for (number, name, status, tries), wait in waits
        ]


def kill_database() -> None:
    """Kill every process of the embedded server with SIGKILL, as a power cut would."""
    master = int((postgres.cluster().data / "postmaster.pid").read_text().split()[0])
    family = [master, *_children(master)]
    for pid in family:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    end = time.monotonic() + 10
    while any(Path(f"/proc/{pid}").exists() for pid in family):  # the next one would take a zombie for alive
        if time.monotonic() > end:
            raise RuntimeError("the database does not die")
        time.sleep(0.01)


def _children(parent: int) -> list[int]:
    pids = (int(folder.name) for folder in Path("/proc").iterdir() if folder.name.isdigit())
    return [pid for pid in pids if _parent(pid) == parent]


def _parent(pid: int) -> int:
    stat = _stat(pid)  # once: it may end between two looks
    return int(stat[1]) if stat else 0


def _stat(pid: int) -> list[str]:
    """Return state, parent and so on of a process; nothing when it is no more."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return []
