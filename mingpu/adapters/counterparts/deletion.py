"""The recipients, told to delete: each takes a notice once, does it, and signs that it did."""

import json
import re
import sqlite3
import time
from base64 import b64decode
from binascii import Error as NotBase64
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from mingpu.adapters.counterparts.faults import Fault
from mingpu.adapters.counterparts.html import card, empty, page, show
from mingpu.adapters.counterparts.world import World, target
from mingpu.adapters.deletion.signed import WINDOW, signed_text
from mingpu.lib.text import Text
from mingpu.privacy import deletion_receipts

PARTY: Final = "deletion"
_SLOW: Final = 600.0  # seconds of a `later` fault that names none, scaled
_KEPT_DAYS: Final = 3 * 366
_NUMBER: Final = re.compile(r"[0-9a-f-]{36}")
_RECIPIENT: Final = re.compile(r"[a-z0-9_]{2,40}")
_STATES: Final = {
    deletion_receipts.DELETED: Text("已删除并签发回执", "Deleted, receipt signed"),
    deletion_receipts.KEPT_BY_LAW: Text("依法保存，已封存", "Kept by law, locked away"),
}
_TABLE: Final = (
    "CREATE TABLE IF NOT EXISTS deletion (notice TEXT PRIMARY KEY, recipient TEXT NOT NULL, digest TEXT NOT NULL,"
    " records INTEGER NOT NULL, outcome TEXT NOT NULL, due REAL NOT NULL, at REAL NOT NULL, asked INTEGER NOT NULL)"
)


class _Refused(Exception):
    """A recipient refuses a notice: HTTP status and code of its answer."""

    def __init__(self, status: int, code: str) -> None:
        self.status = status
        self.code = code
        super().__init__(code)


class Deletion:
    """All recipients behind one address each, `/deletion/<recipient>`."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._store = world.store
        self._keys = world.config.keys.deletion
        mall = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(self._keys.mall_seed))
        self._mall = mall.public_key()
        self._store.run(_TABLE)

    async def notice(self, request: Request) -> Response:
        """POST /deletion/{recipient}/v1/notices -> a signed receipt, or 202 while it is not done."""
        recipient = request.path_params["recipient"]

        async def answer(body: bytes, fault: Fault | None) -> Response:
            try:
                row = self._take(request, recipient, body)
            except _Refused as refused:
                return JSONResponse({"code": refused.code}, refused.status)
            if row["due"] > time.time():
                return JSONResponse({"code": "ACCEPTED"}, 202)
            forged = fault is not None and fault.kind == "forge"
            return Response(self._receipt(row, forged=forged), media_type="application/json")

        def broken() -> Response:
            return JSONResponse({"code": "SYSTEM_ERROR"}, 500)

        return await self._world.receive(PARTY, request, answer, broken=broken)

    def page(self) -> Response:
        """GET /deletion: notices, newest first."""
        rows = self._store.all("SELECT * FROM deletion ORDER BY at DESC LIMIT 100")
        found = "".join(
            card(
                f'<p class="state">{show(_STATES[row["outcome"]])}</p>',
                f"<h2>{show(row['recipient'])}</h2>",
                f'<p class="meta">{show(row["notice"])}</p>',
            )
            for row in rows
        )
        nothing = card(empty(Text("还没有删除通知。", "No notices of deletion yet.")))
        return page(Text("删除通知", "Notices of deletion"), found or nothing)

    def _take(self, request: Request, recipient: str, body: bytes) -> sqlite3.Row:
        """Write a notice down, once for its number. Raises _Refused."""
        asked = self._checked(request, recipient, body)
        number = str(asked["notice"])
        row = self._row(number)
        if row is None:
            self._write(number, recipient, body, asked)
        elif (row["recipient"], row["digest"]) != (recipient, deletion_receipts.fingerprint(body)):
            raise _Refused(409, "NOTICE_USED")
        self._store.run("UPDATE deletion SET asked = asked + 1 WHERE notice = ?", number)
        row = self._row(number)
        assert row is not None
        return row

    def _row(self, number: str) -> sqlite3.Row | None:
        return self._store.one("SELECT * FROM deletion WHERE notice = ?", number)

    def _write(self, number: str, recipient: str, body: bytes, asked: dict[str, Any]) -> None:
        fault = self._world.faults.take(PARTY, "outcome")
        if fault and fault.kind == "refuse":
            raise _Refused(422, "REFUSED")
        wait = 0.0
        if fault and fault.kind == "later":
            wait = fault.seconds if fault.seconds is not None else _SLOW * self._world.config.pace
        outcome = (
            deletion_receipts.KEPT_BY_LAW if fault and fault.kind == "keep" else deletion_receipts.DELETED
        )
        self._store.run(
            "INSERT INTO deletion VALUES (?, ?, ?, ?, ?, ?, ?, 0)",
            number,
            recipient,
            deletion_receipts.fingerprint(body),
            len(asked.get("references", ())),
            outcome,
            time.time() + wait,
            time.time(),
        )

    def _checked(self, request: Request, recipient: str, body: bytes) -> dict[str, Any]:
        """Return the notice of our one customer. Raises _Refused."""
        stamp, number = (request.headers.get(name, "") for name in ("x-timestamp", "idempotency-key"))
        try:
            signature = b64decode(request.headers.get("x-signature", ""), validate=True)
            self._mall.verify(signature, signed_text(stamp, target(request), number, body))
            asked = json.loads(body)
        except (InvalidSignature, NotBase64, ValueError):
            raise _Refused(401, "SIGN_ERROR") from None
        fresh = stamp.isdigit() and abs(time.time() - int(stamp)) <= WINDOW
        known = request.headers.get("x-account") == self._keys.account and _RECIPIENT.fullmatch(recipient)
        if not fresh or not known:
            raise _Refused(401, "SIGN_ERROR")
        if not isinstance(asked, dict) or not _NUMBER.fullmatch(number):
            raise _Refused(400, "BAD_REQUEST")
        if (asked.get("notice"), asked.get("recipient")) != (number, recipient):
            raise _Refused(400, "BAD_REQUEST")
        return asked

    def _receipt(self, row: sqlite3.Row, *, forged: bool) -> str:
        """Sign what was done, the same at every asking; a forged one is by a stranger's key."""
        at = datetime.fromtimestamp(row["due"], UTC)
        lawful = row["outcome"] == deletion_receipts.KEPT_BY_LAW
        said = {
            "kind": deletion_receipts.KIND,
            "format": deletion_receipts.FORMAT,
            "notice": row["notice"],
            "recipient": row["recipient"],
            "digest": row["digest"],
            "outcome": row["outcome"],
            "records": row["records"],
            "kept_until": (at + timedelta(days=_KEPT_DAYS)).date().isoformat() if lawful else None,
            "basis": "《电子商务法》第 31 条" if lawful else "",
            "at": at.isoformat(timespec="seconds"),
        }
        key = Ed25519PrivateKey.generate() if forged else self._keys.of(row["recipient"])
        return deletion_receipts.sign(said, key)
