"""The top-up supplier: takes orders for phone credit once each, and says later whether it arrived."""

import hashlib
import hmac
import json
import re
import sqlite3
import time
from collections.abc import Callable
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from mingpu.adapters.counterparts.faults import Fault
from mingpu.adapters.counterparts.html import card, empty, page, show, yuan
from mingpu.adapters.counterparts.world import World, target
from mingpu.lib.text import Text

PARTY: Final = "topup"
_WINDOW: Final = 300
_DONE_AFTER: Final = 2.0  # seconds, scaled by pace
_SLOW: Final = 600.0  # of a `slow` fault that names no seconds, scaled
_NUMBER: Final = re.compile(r"[0-9A-Za-z_-]{6,32}")
_PHONE: Final = re.compile(r"1[3-9]\d{9}")
_NOBODY: Final = "0000"  # numbers that end so are not in use
_AMOUNTS: Final = range(100, 50_001)
_STATES: Final = {
    "PROCESSING": Text("充值中", "On its way"),
    "DONE": Text("已到账", "Arrived"),
    "FAILED": Text("未成功", "Did not work"),
}
_TABLE: Final = (
    "CREATE TABLE IF NOT EXISTS topup (order_no TEXT PRIMARY KEY, phone TEXT NOT NULL, amount INTEGER NOT NULL,"
    " outcome TEXT NOT NULL, due REAL NOT NULL, at REAL NOT NULL)"
)


class _Refused(Exception):
    """The supplier refuses a message: HTTP status and code of its answer."""

    def __init__(self, status: int, code: str) -> None:
        self.status = status
        self.code = code
        super().__init__(code)


class TopUp:
    """The supplier. Its own clock turns PROCESSING into the outcome; it calls nobody back."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._store = world.store
        self._keys = world.config.keys.topup
        self._store.run(_TABLE)

    async def order(self, request: Request) -> Response:
        """POST /topup/v1/orders {account, order_no, phone, amount_fen} -> {code, order_no, status}."""
        return await self._receive(request, self._take)

    async def query(self, request: Request) -> Response:
        """POST /topup/v1/queries {account, order_no} -> {code, order_no, status}."""
        return await self._receive(request, self._find)

    def page(self) -> Response:
        """GET /topup: orders, newest first."""
        rows = self._store.all("SELECT * FROM topup ORDER BY at DESC LIMIT 100")
        found = "".join(
            card(
                f'<p class="state">{show(_STATES[_status(row)])}</p>',
                f"<h2>{show(row['phone'])} · {yuan(row['amount'])}</h2>",
                f'<p class="meta">{show(row["order_no"])}</p>',
            )
            for row in rows
        )
        nothing = card(empty(Text("还没有充值。", "No top-ups yet.")))
        return page(Text("话费充值", "Phone top-up"), found or nothing)

    def _take(self, asked: dict[str, Any]) -> sqlite3.Row:
        """Write down an order, once for its number."""
        number, phone, amount = asked.get("order_no"), asked.get("phone"), asked.get("amount_fen")
        if not isinstance(number, str) or not _NUMBER.fullmatch(number):
            raise _Refused(400, "BAD_REQUEST")
        if not isinstance(phone, str) or not _PHONE.fullmatch(phone) or phone.endswith(_NOBODY):
            raise _Refused(400, "BAD_NUMBER")
        if type(amount) is not int or amount not in _AMOUNTS:
            raise _Refused(400, "BAD_AMOUNT")
        row = self._store.one("SELECT * FROM topup WHERE order_no = ?", number)
        if row is None:
            self._write(number, phone, amount)
            row = self._store.one("SELECT * FROM topup WHERE order_no = ?", number)
        assert row is not None
        if (row["phone"], row["amount"]) != (phone, amount):
            raise _Refused(409, "ORDER_NO_USED")
        return row

    def _write(self, number: str, phone: str, amount: int) -> None:
        fault = self._world.faults.take(PARTY, "outcome")
        wait = _DONE_AFTER * self._world.config.pace
        if fault and fault.kind == "slow":
            wait = fault.seconds if fault.seconds is not None else _SLOW * self._world.config.pace
        outcome = "FAILED" if fault and fault.kind == "failed" else "DONE"
        self._store.run(
            "INSERT INTO topup VALUES (?, ?, ?, ?, ?, ?)",
            number,
            phone,
            amount,
            outcome,
            time.time() + wait,
            time.time(),
        )

    def _find(self, asked: dict[str, Any]) -> sqlite3.Row:
        row = self._store.one("SELECT * FROM topup WHERE order_no = ?", str(asked.get("order_no")))
        if row is None:
            raise _Refused(404, "NOT_FOUND")
        return row

    async def _receive(self, request: Request, act: Callable[[dict[str, Any]], sqlite3.Row]) -> Response:
        async def answer(body: bytes, fault: Fault | None) -> Response:
            try:
                row = act(self._checked(request, body))
            except _Refused as refused:
                status, found = refused.status, {"code": refused.code}
            else:
                status, found = 200, {"code": "OK", "order_no": row["order_no"], "status": _status(row)}
            lying = fault is not None and fault.kind == "forge"
            if lying:
                found = {"code": "OK", "order_no": str(found.get("order_no")), "status": "DONE"}
            return self._signed(
                request, status, found, secret="of a stranger" if lying else self._keys.secret
            )

        def broken() -> Response:
            return self._signed(request, 500, {"code": "SYSTEM_ERROR"}, secret=self._keys.secret)

        return await self._world.receive(PARTY, request, answer, broken=broken)

    def _checked(self, request: Request, body: bytes) -> dict[str, Any]:
        """Return the message of our one customer. Raises _Refused."""
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


def _status(row: sqlite3.Row) -> str:
    return str(row["outcome"]) if row["due"] <= time.time() else "PROCESSING"


def _sign(secret: str, stamp: str, path: str, body: bytes) -> str:
    message = f"{stamp}\n{path}\n".encode() + body
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()
