"""Another mall: takes a person's package once for its number, and says whether it keeps it."""

import hashlib
import hmac
import json
import re
import secrets
import sqlite3
import time
from base64 import b64decode
from binascii import Error as NotBase64
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from mingpu.adapters.counterparts.faults import Fault
from mingpu.adapters.counterparts.html import card, empty, page, show
from mingpu.adapters.counterparts.world import World, target
from mingpu.lib.text import Text

PARTY: Final = "mall"
_WINDOW: Final = 300
_NUMBER: Final = re.compile(r"[0-9a-f-]{8,40}")
_KNOWN: Final = frozenset({"account", "transfer_no", "sha256", "bytes", "tables", "package"})
_TABLE: Final = (
    "CREATE TABLE IF NOT EXISTS mall (transfer_no TEXT PRIMARY KEY, sha256 TEXT NOT NULL, bytes INTEGER NOT NULL,"
    " tables TEXT NOT NULL, status TEXT NOT NULL, receipt TEXT NOT NULL, at REAL NOT NULL)"
)
_STATES: Final = {"ACCEPTED": Text("已接收", "Accepted"), "REFUSED": Text("未接收", "Refused")}


class _Refused(Exception):
    """The other mall refuses a message: HTTP status and code of its answer."""

    def __init__(self, status: int, code: str) -> None:
        self.status = status
        self.code = code
        super().__init__(code)


class Mall:
    """The neighbour. It keeps what a package is, not what is in it."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._store = world.store
        self._keys = world.config.keys.mall
        self._store.run(_TABLE)

    async def take(self, request: Request) -> Response:
        """POST /handover/v1/packages {account, transfer_no, sha256, bytes, tables, package} -> the receipt."""

        async def answer(body: bytes, fault: Fault | None) -> Response:
            try:
                row = self._take(self._checked(request, body))
            except _Refused as refused:
                status, found = refused.status, {"code": refused.code}
            else:
                status, found = 200, _receipt(row)
            lying = fault is not None and fault.kind == "forge"
            return self._signed(
                request, status, found, secret="of a stranger" if lying else self._keys.secret
            )

        def broken() -> Response:
            return self._signed(request, 500, {"code": "SYSTEM_ERROR"}, secret=self._keys.secret)

        return await self._world.receive(PARTY, request, answer, broken=broken)

    def page(self) -> Response:
        """GET /mall: packages, newest first."""
        rows = self._store.all("SELECT * FROM mall ORDER BY at DESC LIMIT 100")
        found = "".join(
            card(
                f'<p class="state">{show(_STATES[row["status"]])}</p>',
                f"<h2>{show(row['transfer_no'])}</h2>",
                f'<p class="meta">{show(row["receipt"])} · {row["bytes"]} B · {show(row["sha256"])}</p>',
            )
            for row in rows
        )
        nothing = card(empty(Text("还没有收到数据包。", "No packages yet.")))
        return page(Text("另一家商城", "Another mall"), found or nothing)

    def _take(self, asked: dict[str, Any]) -> sqlite3.Row:
        """Write a package down, once for its number."""
        number, digest = asked.get("transfer_no"), asked.get("sha256")
        if asked.keys() != _KNOWN or not isinstance(number, str) or not _NUMBER.fullmatch(number):
            raise _Refused(400, "BAD_REQUEST")
        try:
            content = b64decode(str(asked["package"]), validate=True)
        except NotBase64:
            raise _Refused(400, "BAD_PACKAGE") from None
        if hashlib.sha256(content).hexdigest() != digest or len(content) != asked["bytes"]:
            raise _Refused(400, "BAD_HASH")
        row = self._find(number)
        if row is None:
            status = "REFUSED" if self._world.faults.take(PARTY, "outcome") else "ACCEPTED"
            self._store.run(
                "INSERT INTO mall VALUES (?, ?, ?, ?, ?, ?, ?)",
                number, digest, len(content), str(asked["tables"]), status, "N" + secrets.token_hex(8), time.time(),
            )  # fmt: skip
            row = self._find(number)
        assert row is not None
        if row["sha256"] != digest:
            raise _Refused(409, "TRANSFER_NO_USED")
        return row

    def _find(self, number: str) -> sqlite3.Row | None:
        return self._store.one("SELECT * FROM mall WHERE transfer_no = ?", number)

    def _checked(self, request: Request, body: bytes) -> dict[str, Any]:
        """Return the message of our one neighbour. Raises _Refused."""
        stamp, given = (request.headers.get(name, "") for name in ("x-timestamp", "x-signature"))
        right = _sign(self._keys.secret, stamp, target(request), body)
        fresh = stamp.isdigit() and abs(time.time() - int(stamp)) <= _WINDOW
        try:
            asked = json.loads(body)
        except ValueError:
            asked = None
        known = isinstance(asked, dict) and asked.get("account") == self._keys.account
        if not fresh or not known or not hmac.compare_digest(right.encode(), given.encode()):
            raise _Refused(401, "SIGN_ERROR")
        found: dict[str, Any] = asked
        return found

    def _signed(self, request: Request, status: int, found: dict[str, Any], *, secret: str) -> Response:
        body = json.dumps(found).encode()
        stamp = str(int(time.time()))
        headers = {"X-Timestamp": stamp, "X-Signature": _sign(secret, stamp, target(request), body)}
        return Response(body, status, headers, media_type="application/json")


def _receipt(row: sqlite3.Row) -> dict[str, Any]:
    found = {
        "code": "OK",
        "transfer_no": row["transfer_no"],
        "sha256": row["sha256"],
        "status": row["status"],
    }
    more = {"receipt": row["receipt"]} if row["status"] == "ACCEPTED" else {"reason": "NOT_OUR_CUSTOMER"}
    return {**found, **more}


def _sign(secret: str, stamp: str, path: str, body: bytes) -> str:
    message = f"{stamp}\n{path}\n".encode() + body
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()
