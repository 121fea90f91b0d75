"""How the institution takes a merchant's calls and seals its own words; payments and invoices share it."""

import base64
import json
import secrets
import time
import uuid
from collections.abc import Callable
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from mingpu.adapters.counterparts.faults import Fault
from mingpu.adapters.counterparts.keys import make_certificate, new_rsa
from mingpu.adapters.counterparts.postman import Envelope
from mingpu.adapters.counterparts.wechatpay_wire import (
    Merchant,
    PlatformKeys,
    Refused,
    SigningKey,
    check_merchant,
    sealed_headers,
    serial_of,
)
from mingpu.adapters.counterparts.world import World, target

_JSON: Final = "application/json; charset=utf-8"
_STALE: Final = 600  # seconds; twice what a receiver may accept

Answer = tuple[int, dict[str, Any] | None]


class Counter:
    """Where one party of the institution (payments, invoices) is reached: checks, records, signs."""

    def __init__(self, world: World, party: str, platform: PlatformKeys) -> None:
        self._world = world
        self._party = party
        self._platform = platform
        self._merchant = Merchant(world.config.keys.wechatpay)

    async def receive(
        self, request: Request, act: Callable[[bytes], Answer], *, faulty: bool = True
    ) -> Response:
        """Answer a call with what `act` makes of its body, signed. act may raise Refused."""

        async def answer(body: bytes, fault: Fault | None) -> Response:
            try:
                self._check(request, body)
                status, found = act(body)
            except Refused as refused:
                status, found = refused.status, {"code": refused.code, "message": refused.message}
            if fault and fault.kind == "wrong_amount" and found and "amount" in found:
                found = found | {"amount": less(found["amount"])}
            return self._signed(request, status, found, forged=bool(fault and fault.kind == "forge"))

        return await self._world.receive(
            self._party, request, answer, broken=lambda: self._broken(request), faulty=faulty
        )

    async def hand_out(self, request: Request, find: Callable[[], tuple[bytes, str]]) -> Response:
        """Answer a call with a file and its media type, unsigned as the real one. find may raise Refused."""

        async def answer(body: bytes, _: Fault | None) -> Response:
            try:
                self._check(request, body)
                file, kind = find()
            except Refused as refused:
                found = {"code": refused.code, "message": refused.message}
                return self._signed(request, refused.status, found)
            return Response(file, media_type=kind)

        return await self._world.receive(self._party, request, answer, broken=lambda: self._broken(request))

    def envelope(self, url: str, body: str, lie: Fault | None) -> Envelope:
        """Return the POST of a callback, signed now; `lie` may make it a forgery."""
        public = self._world.config.callback_key == "public_key"
        signing = self._platform.public if public else self._platform.current
        forged = lie is not None and lie.kind == "forge"
        headers = _forged(signing, body, lie.turn if lie else 0) if forged else sealed_headers(signing, body)
        return Envelope(url=url, headers=headers | {"Content-Type": _JSON}, body=body.encode())

    def _check(self, request: Request, body: bytes) -> None:
        auth = request.headers.get("authorization", "")
        check_merchant(self._merchant, auth, request.method, target(request), body)

    def _broken(self, request: Request) -> Response:
        return self._signed(request, 500, {"code": "SYSTEM_ERROR", "message": "系统异常"})

    def _signed(
        self, request: Request, status: int, found: dict[str, Any] | None, *, forged: bool = False
    ) -> Response:
        """Answer, signed with the key the merchant asked for by `Wechatpay-Serial`."""
        body = "" if found is None else json.dumps(found, ensure_ascii=False, separators=(",", ":"))
        asked = request.headers.get("wechatpay-serial")
        public = self._platform.public
        signing = public if asked == public.serial else self._platform.current
        headers = _forged(signing, body, 0) if forged else sealed_headers(signing, body)
        headers["Request-ID"] = uuid.uuid4().hex
        return Response(body, status, headers, media_type=_JSON if body else None)


def object_of(body: bytes) -> dict[str, Any]:
    """Read a JSON object. Raises Refused, 400."""
    try:
        found = json.loads(body)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise Refused(400, "PARAM_ERROR", "请求体不是JSON对象")
    return found


def less(amount: dict[str, Any]) -> dict[str, Any]:
    """Return amounts that are not what was ordered, one fen less where that is possible."""
    off = {name: value - 1 if value > 1 else 2 for name, value in amount.items() if isinstance(value, int)}
    return amount | off


def _forged(signing: SigningKey, body: str, turn: int) -> dict[str, str]:
    """Return headers that must not be trusted, each turn wrong in another way."""
    stranger = new_rsa()
    unknown = serial_of(make_certificate(stranger, "pay.counterpart.example"))
    match turn % 4:
        case 0:  # a well-formed signature of nothing
            noise = base64.b64encode(secrets.token_bytes(256)).decode()
            return sealed_headers(signing, body) | {"Wechatpay-Signature": noise}
        case 1:  # a stranger's key under the institution's serial
            return sealed_headers(SigningKey(signing.serial, stranger), body)
        case 2:  # a stranger's key under a stranger's serial
            return sealed_headers(SigningKey(unknown, stranger), body)
        case _:  # the institution's own signature, recorded ten minutes ago
            return sealed_headers(signing, body, at=time.time() - _STALE)
