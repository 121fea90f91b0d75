"""A running set of counterparts, and a small server that stands where the mall's webhooks would be."""

import json
import os
import secrets
import socket
import sqlite3
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest

from mingpu.adapters.calls import Patience
from mingpu.adapters.counterparts.faults import LATER, LIES
from mingpu.adapters.counterparts.keys import CounterpartKeys, provision

ROOT = Path(__file__).parents[2]
PACE = 0.01  # 15 s become 150 ms
HOLD = 4.0  # seconds a `timeout` fault holds an answer back
QUICK = Patience(connect=2.0, read=2.0, attempts=1)
STUBBORN = Patience(connect=2.0, read=2.0, attempts=2)
SOON = 9.0  # seconds in which one try ends whatever the machine does besides; with more patience it would not
_PORTS = range(10_000, 32_000)  # below those the system gives to whoever calls out
_first = count(secrets.randbelow(len(_PORTS)))


def free_port() -> int:
    """A port that is free and stays so: no call out of this machine is given one of these."""
    while True:
        port = _PORTS[next(_first) % len(_PORTS)]
        with socket.socket() as one, suppress(OSError):
            one.bind(("127.0.0.1", port))
            return port


def until(found: Callable[[], Any], seconds: float = 30.0) -> Any:
    """Return the first truthy answer of `found`; fail when there is none in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        answer = found()
        if answer:
            return answer
        time.sleep(0.02)
    raise AssertionError("nothing came in time")


def unique(prefix: str = "T") -> str:
    return prefix + uuid.uuid4().hex[:20]


@dataclass
class Call:
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Mall:
    """Keeps what was posted to it; answers as `replies` says: path -> answers in turn, the last repeated."""

    port: int
    calls: list[Call] = field(default_factory=list)
    replies: dict[str, list[tuple[int, bytes]]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def at(self, path: str) -> list[Call]:
        with self.lock:
            return [call for call in self.calls if call.path == path]

    def take(self, call: Call) -> tuple[int, bytes]:
        with self.lock:
            self.calls.append(call)
            answers = self.replies.get(call.path)
            if not answers:
                return 200, b'{"return_code": "0000", "return_msg": "ok", "statusCode": 0}'
            return answers.pop(0) if len(answers) > 1 else answers[0]


@pytest.fixture(scope="session")
def mall() -> Iterator[Mall]:
    place = Mall(port=0)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status, answer = place.take(Call(self.path, dict(self.headers.items()), body))
            self.send_response(status)
            if status != 204:
                self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            if status != 204:
                self.wfile.write(answer)

        def log_message(self, *words: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    place.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield place
    server.shutdown()
    server.server_close()


@dataclass
class Side:
    """The counterparts as one process."""

    keys: CounterpartKeys
    directory: Path
    port: int
    smtp_port: int
    process: subprocess.Popen[bytes]

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def post(self, path: str, **body: Any) -> httpx.Response:
        return httpx.post(self.address + path, json=body, timeout=60)

    def get(self, path: str, **query: Any) -> Any:
        return httpx.get(self.address + path, params=query, timeout=60).json()

    def fault(self, party: str, kind: str, **more: Any) -> None:
        """Plan misbehaviour for what comes next, once what came before is out of the way and cannot use it up."""
        if kind in LATER | LIES and more.get("on", "callback") == "callback":
            with suppress(AssertionError):  # what is only due later comes later
                until(lambda: not self._under_way(party), 5)
        answer = self.post("/faults", party=party, kind=kind, **more)
        assert answer.status_code == 201, answer.text

    def _under_way(self, party: str) -> int:
        """How many of a party's messages go out within a second, as far as no fault holds them."""
        path, soon = self.directory / "counterparts.sqlite3", time.time() + 1
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=30)) as books:
            return sum(
                books.execute(query, values).fetchone()[0]
                for query, values in (
                    (
                        "SELECT count(*) FROM letter WHERE state = 'pending' AND fault IS NULL AND due < ? AND party = ?",
                        (soon, party),
                    ),
                    ("SELECT count(*) FROM refund WHERE status = 'PROCESSING' AND due < ?", (soon,)),
                    (
                        "SELECT count(*) FROM unionpay_refund WHERE settled_at IS NULL AND due < ? AND due > ?",
                        (soon, soon - 2),
                    ),
                )
            )

    def received(self, party: str, marker: str) -> list[dict[str, Any]]:
        """What `party` was sent that mentions `marker`."""
        found = self.get("/received", party=party)
        return [one for one in found if marker in json.dumps(one, ensure_ascii=False)]

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(60)

    def stop(self) -> int:
        self.process.terminate()
        return self.process.wait(60)


def launch(directory: Path, push_url: str, *more: str, port: int = 0, smtp_port: int = 0) -> Side:
    """Start the counterparts and wait until they answer."""
    keys = provision(directory)
    side = Side(keys, directory, port or free_port(), smtp_port or free_port(), None)  # type: ignore[arg-type]
    command = [sys.executable, "-m", "mingpu.adapters.counterparts"]
    command += ["--directory", str(directory), "--sf-push-url", push_url]
    mall = push_url.partition("/webhooks/")[0]
    command += ["--yto-push-url", f"{mall}/webhooks/yto/{keys.yto.push_secret}"]
    command += ["--port", str(side.port), "--smtp-port", str(side.smtp_port)]
    command += ["--pace", str(PACE), "--hold", str(HOLD), *more]
    side.process = subprocess.Popen(command, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)})

    def up() -> bool:
        assert side.process.poll() is None, "the counterparts ended"
        try:
            return httpx.get(side.address + "/healthz", timeout=1).status_code == 200
        except httpx.HTTPError:
            return False

    until(up, 60)
    return side


@pytest.fixture(scope="session")
def running(mall: Mall, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Side]:
    directory = tmp_path_factory.mktemp("counterparts")
    keys = provision(directory)
    side = launch(directory, mall.url(f"/webhooks/sf/{keys.sf.push_secret}"))
    yield side
    assert side.stop() == 0


@pytest.fixture(scope="session")
def unhurried(mall: Mall, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Side]:
    """Other counterparts, where what takes two seconds takes two seconds: time to see it under way."""
    directory = tmp_path_factory.mktemp("unhurried")
    side = launch(directory, mall.url("/webhooks/none"), "--pace", "1")
    yield side
    assert side.stop() == 0


@pytest.fixture
def side(running: Side) -> Iterator[Side]:
    """The counterparts, behaving; what a test leaves unused does not trouble the next one."""
    yield running
    httpx.delete(running.address + "/faults", timeout=60)
