"""The other side for tests of rooms: one set of counterparts a run, and what they send to our webhooks.

What comes is kept, and taken with thanks, until the test hands it to the mall: once, twice, late or never.
"""

import atexit
import base64
import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.http import HttpResponse
from django.test import Client

from mingpu.adapters.counterparts.keys import provision
from tests.adapters.conftest import Side, launch, until

_TAKEN = b'{"return_code": "0000", "return_msg": "ok", "statusCode": 0}'


@dataclass
class Letter:
    """One request that came to a webhook, byte for byte."""

    path: str
    headers: dict[str, str]
    body: bytes

    def hand_in(self, **changes: Any) -> HttpResponse:
        """Give it to the mall; `path`, `headers` or `body` may be altered on the way."""
        headers = changes.get("headers", self.headers)
        body = changes.get("body", self.body)
        kind = {name.lower(): value for name, value in headers.items()}.get("content-type", "")
        kept = {
            name: value
            for name, value in headers.items()
            if name.lower().startswith(("wechatpay", "request"))
        }
        return Client(SERVER_NAME="127.0.0.1").post(
            changes.get("path", self.path), body, content_type=kind, headers=kept
        )


@dataclass
class Outside:
    """The counterparts, where to reach them, and their letters."""

    side: Side
    letters: list[Letter] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def scan(self, code_url: str, *, late: bool = False) -> dict[str, Any]:
        """The shopper pays."""
        answer = self.side.post("/wechatpay/scan", code_url=code_url, late=late)
        assert answer.status_code == 200, answer.text
        paid: dict[str, Any] = answer.json()
        return paid

    def push(self, waybill_no: str, op_code: str, **more: Any) -> None:
        """The courier reports a step."""
        answer = self.side.post("/sf/push", waybill_no=waybill_no, op_code=op_code, **more)
        assert answer.status_code == 202, answer.text

    def said(self, letter: Letter) -> dict[str, Any]:
        """Read what a callback of the payment institution says, as only the institution and we can."""
        resource = json.loads(letter.body)["resource"]
        sealed = base64.b64decode(resource["ciphertext"])
        nonce, place = resource["nonce"].encode(), resource["associated_data"].encode()
        key = AESGCM(self.side.keys.wechatpay.apiv3_key.encode())
        said: dict[str, Any] = json.loads(key.decrypt(nonce, sealed, place))
        return said

    def callbacks(self, number: str, count: int = 1) -> list[Letter]:
        """Return the callbacks about an order, attempt or refund, once there are `count`; in order of arrival."""

        def found() -> list[Letter]:
            with self.lock:
                letters = [it for it in self.letters if it.path == "/webhooks/wechatpay"]
            about = [it for it in letters if number in json.dumps(self.said(it))]
            return about if len(about) >= count else []

        letters: list[Letter] = until(found)
        return letters

    def pushes(self, waybill_no: str, count: int = 1) -> list[Letter]:
        """Return the courier's pushes about a parcel, once they hold `count` steps."""

        def found() -> list[Letter]:
            with self.lock:
                about = [it for it in self.letters if waybill_no.encode() in it.body]
            return about if sum(it.body.count(b'"mailno"') for it in about) >= count else []

        letters: list[Letter] = until(found)
        return letters

    def books(self, order_no: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """Return the institution's own trades and refunds of an order: what really happened to the money."""
        path = settings.HOME / "counterparts" / "counterparts.sqlite3"
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as books:
            books.row_factory = sqlite3.Row
            trades = books.execute(
                "SELECT * FROM trade WHERE out_trade_no LIKE ?", [f"{order_no}%"]
            ).fetchall()
            refunds = books.execute(
                "SELECT * FROM refund WHERE out_trade_no LIKE ?", [f"{order_no}%"]
            ).fetchall()
        return [dict(row) for row in trades], [dict(row) for row in refunds]

    def behave(self) -> None:
        """Forget the misbehaviour that was asked for and has not come yet."""
        httpx.delete(self.side.address + "/faults", timeout=60)


@cache
def outside() -> Outside:
    """Start the counterparts of this run, once, and turn the mall's clients to them."""
    place = Outside(None)  # type: ignore[arg-type]

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            with place.lock:
                place.letters.append(Letter(self.path, dict(self.headers.items()), body))
            # What is not taken comes again, and would use up misbehaviour that a later test asked for.
            answer = b"success" if self.path == "/webhooks/alipay" else _TAKEN
            self.send_response(200)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *words: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.PUBLIC_ADDRESS = f"http://127.0.0.1:{server.server_address[1]}"
    directory = settings.HOME / "counterparts"
    keys = provision(directory)
    place.side = launch(directory, f"{settings.PUBLIC_ADDRESS}/webhooks/sf/{keys.sf.push_secret}")
    settings.COUNTERPARTS_PORT = place.side.port
    settings.SMTP_PORT = place.side.smtp_port
    atexit.register(place.side.stop)
    return place


@pytest.fixture(name="outside")
def _outside() -> Iterator[Outside]:
    """The counterparts, behaving; what a test leaves unused does not trouble the next one."""
    yield outside()
    outside().behave()
