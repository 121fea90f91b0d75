"""The verification service: knows every number but some, and says whether a name goes with it.

A name and number belong together as they were asked for first; those whose name has 不 in it never do. Numbers whose
order code is 000 are in no register.
"""

import hashlib
import hmac
import json
import secrets
import time
from datetime import UTC, datetime
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from mingpu.adapters.counterparts.faults import Fault
from mingpu.adapters.counterparts.html import card, empty, page, show
from mingpu.adapters.counterparts.world import World
from mingpu.lib.text import Text

PARTY: Final = "identity"
PATH: Final = "/identity-check"
_WINDOW: Final = 300
_NEVER: Final = "不"
_NOBODY: Final = "000"
_RESULTS: Final = {
    "0": "姓名和身份证号一致", "-1": "姓名和身份证号不一致", "-2": "非法身份证号（长度、校验位等不正确）",
    "-3": "非法姓名（长度、格式等不正确）", "-4": "证件库服务异常", "-5": "证件库中无此身份证记录",
    "-7": "认证次数超过当日限制",
}  # fmt: skip
_OUTCOMES: Final = {"mismatch": "-1", "absent": "-5", "trouble": "-4", "no_more_today": "-7"}
_TABLE: Final = (
    "CREATE TABLE IF NOT EXISTS identity (mark TEXT PRIMARY KEY, name TEXT NOT NULL, at REAL NOT NULL)"
)


class Identity:
    """The service. It keeps of a number only a mark, as ours should."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._store = world.store
        self._keys = world.config.keys.identity
        self._store.run(_TABLE)

    async def verify(self, request: Request) -> Response:
        """POST /identity-check X-TC-Action: IdCardVerification {IdCard, Name} -> {Response: {Result, Description, RequestId}}."""

        async def answer(body: bytes, fault: Fault | None) -> Response:
            if fault and fault.kind == "garbled":
                return Response(b"<html>", 200)
            if fault and fault.kind == "limit":
                return _error("RequestLimitExceeded", "too many")
            if not self._genuine(request, body):
                return _error("AuthFailure.SignatureFailure", "signature")
            return self._answered(body)

        return await self._world.receive(PARTY, request, answer, broken=lambda: Response(b"", 500))

    def page(self) -> Response:
        """GET /identity: what was asked, newest first; never a number."""
        rows = self._store.all("SELECT name, at FROM identity ORDER BY at DESC LIMIT 100")
        found = "".join(card(f"<h2>{show(row['name'][:1] + '**')}</h2>") for row in rows)
        return page(
            Text("实名核验", "Real-name checks"), found or card(empty(Text("还没有核验。", "No checks yet.")))
        )

    def _answered(self, body: bytes) -> Response:
        try:
            asked: Any = json.loads(body)
            name, number = asked["Name"], asked["IdCard"]
        except (ValueError, KeyError, TypeError):
            return _error("InvalidParameter", "body")
        fault = self._world.faults.take(PARTY, "outcome")
        if fault:
            return _said(_OUTCOMES[fault.kind])
        if not isinstance(number, str) or not _right(number):
            return _said("-2")
        if not isinstance(name, str) or not name:
            return _said("-3")
        if number[14:17] == _NOBODY:
            return _said("-5")
        return _said("0" if self._belongs(name, number) else "-1")

    def _belongs(self, name: str, number: str) -> bool:
        mark = hashlib.sha256(number.encode()).hexdigest()
        self._store.run("INSERT OR IGNORE INTO identity VALUES (?, ?, ?)", mark, name, time.time())
        row = self._store.one("SELECT name FROM identity WHERE mark = ?", mark)
        return row is not None and row["name"] == name and _NEVER not in name

    def _genuine(self, request: Request, body: bytes) -> bool:
        stamp = request.headers.get("x-tc-timestamp", "")
        if not stamp.isdigit() or abs(time.time() - int(stamp)) > _WINDOW:
            return False
        right = _authorization(
            self._keys.secret_id, self._keys.secret_key, request.headers.get("host", ""), int(stamp), body,
            action=request.headers.get("x-tc-action", ""), kind=request.headers.get("content-type", ""),
        )  # fmt: skip
        return hmac.compare_digest(right.encode(), request.headers.get("authorization", "").encode())


def _right(number: str) -> bool:
    """Whether a number has 18 characters and the check digit of GB 11643."""
    if len(number) != 18 or not number[:17].isdigit():  # noqa: PLR2004
        return False
    total = sum(
        int(sign) * weight
        for sign, weight in zip(number, (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2), strict=False)
    )
    return "10X98765432"[total % 11] == number[17]


def _said(result: str) -> Response:
    return JSONResponse(
        {"Response": {"Result": result, "Description": _RESULTS[result], "RequestId": secrets.token_hex(16)}}
    )


def _error(code: str, message: str) -> Response:
    return JSONResponse(
        {"Response": {"Error": {"Code": code, "Message": message}, "RequestId": secrets.token_hex(16)}}
    )


def _authorization(
    secret_id: str, secret_key: str, host: str, stamp: int, body: bytes, *, action: str, kind: str
) -> str:
    """What the provider itself makes of a call; written apart from the client on purpose."""
    day = datetime.fromtimestamp(stamp, UTC).strftime("%Y-%m-%d")
    canonical = (
        f"POST\n{PATH}\n\ncontent-type:{kind}\nhost:{host}\nx-tc-action:{action.lower()}\n\ncontent-type;host;x-tc-action\n"
        + hashlib.sha256(body).hexdigest()
    )
    scope = f"{day}/faceid/tc3_request"
    to_sign = f"TC3-HMAC-SHA256\n{stamp}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    dated = hmac.digest(b"TC3" + secret_key.encode(), day.encode(), "sha256")
    key = hmac.digest(hmac.digest(dated, b"faceid", "sha256"), b"tc3_request", "sha256")
    made = hmac.digest(key, to_sign.encode(), "sha256").hex()
    return f"TC3-HMAC-SHA256 Credential={secret_id}/{scope}, SignedHeaders=content-type;host;x-tc-action, Signature={made}"
