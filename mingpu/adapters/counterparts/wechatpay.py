"""WeChat Pay's gateway, and the callbacks it sends."""

import base64
import json
import secrets
import time
import uuid
from collections.abc import Callable, Sequence
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from mingpu.adapters.counterparts.faults import Fault
from mingpu.adapters.counterparts.keys import make_certificate, new_rsa
from mingpu.adapters.counterparts.postman import Envelope
from mingpu.adapters.counterparts.wechatpay_ledger import Ledger, moment
from mingpu.adapters.counterparts.wechatpay_wire import (
    Merchant,
    PlatformKeys,
    Refused,
    SigningKey,
    check_merchant,
    notification,
    sealed_headers,
    serial_of,
)
from mingpu.adapters.counterparts.world import World, target

PARTY: Final = "wechatpay"
_JSON: Final = "application/json; charset=utf-8"
_STALE: Final = 600  # seconds; twice what a receiver may accept
_WORDS: Final = {"SUCCESS": "退款成功", "ABNORMAL": "退款异常", "CLOSED": "退款关闭"}

Answer = tuple[int, dict[str, Any] | None]


class WeChatPay:
    """The institution: answers the merchant, takes the shopper's money, calls back."""

    name = PARTY
    batch = 1
    waits: Sequence[float] = (
        15,
        15,
        30,
        180,
        600,
        1200,
        1800,
        1800,
        1800,
        3600,
        10800,
        10800,
        10800,
        21600,
        21600,
    )

    def __init__(self, world: World) -> None:
        self._world = world
        self._keys = world.config.keys.wechatpay
        self._merchant = Merchant(self._keys)
        self.ledger = Ledger(self._keys, world.store, pace=world.config.pace)
        self.platform = PlatformKeys(self._keys, world.store)
        world.postman.serve(self)
        world.postman.remind(self._settle)

    async def native(self, request: Request) -> Response:
        """POST /v3/pay/transactions/native."""
        return await self._receive(
            request, lambda body: (200, {"code_url": self.ledger.create(_object(body))})
        )

    async def query(self, request: Request) -> Response:
        """GET /v3/pay/transactions/out-trade-no/{number}?mchid=, one trade."""

        def look(_: bytes) -> Answer:
            self._own(request.query_params.get("mchid"))
            return 200, self.ledger.trade(request.path_params["number"])

        return await self._receive(request, look)

    async def close(self, request: Request) -> Response:
        """POST /v3/pay/transactions/out-trade-no/{number}/close."""

        def shut(body: bytes) -> Answer:
            self._own(_object(body).get("mchid"))
            self.ledger.close(request.path_params["number"])
            return 204, None

        return await self._receive(request, shut)

    async def refund(self, request: Request) -> Response:
        """POST /v3/refund/domestic/refunds."""

        def give_back(body: bytes) -> Answer:
            asked = _object(body)
            known = self._world.store.one(
                "SELECT 1 FROM refund WHERE out_refund_no = ?", str(asked.get("out_refund_no"))
            )
            fault = None if known else self._world.faults.take(PARTY, "refund")
            outcome = "ABNORMAL" if fault else "SUCCESS"
            view = self.ledger.refund(asked, outcome=outcome)
            self._world.postman.wake()
            return 200, view

        return await self._receive(request, give_back)

    async def query_refund(self, request: Request) -> Response:
        """GET /v3/refund/domestic/refunds/{number}."""
        return await self._receive(
            request, lambda _: (200, self.ledger.refund_view(request.path_params["number"]))
        )

    async def certificates(self, request: Request) -> Response:
        """GET /v3/certificates; never faulty, or the next fault would hit a call nobody thought of."""
        return await self._receive(request, lambda _: (200, self.platform.listing()), faulty=False)

    def scan(self, code_url: str, *, late: bool = False) -> dict[str, Any]:
        """The shopper pays; a callback follows. Return {out_trade_no, transaction_id, amount_fen, trade_state}.

        late: even though closed or expired, as when the money was on its way. Raises Refused.
        """
        with self._world.store.together():
            row = self.ledger.pay(code_url, late=late)
            number = row["out_trade_no"]
            self._announce(
                row["notify_url"], "TRANSACTION.SUCCESS", "transaction", "支付成功", self.ledger.trade(number)
            )
        return {
            "out_trade_no": number,
            "transaction_id": row["transaction_id"],
            "amount_fen": row["total"],
            "trade_state": "SUCCESS",
        }

    def _settle(self, now: float) -> float | None:
        """Settle refunds that are due and call back for each; return when the next is due."""
        with self._world.store.together():
            settled, next_due = self.ledger.settle(now)
            for row in settled:
                notice = self.ledger.refund_notice(row["out_refund_no"])
                status = notice["refund_status"]
                self._announce(row["notify_url"], f"REFUND.{status}", "refund", _WORDS[status], notice)
        return next_due

    def _announce(self, url: str, kind: str, original: str, summary: str, plain: dict[str, Any]) -> None:
        event = {
            "id": str(uuid.uuid4()),
            "create_time": moment(),
            "event_type": kind,
            "original_type": original,
            "summary": summary,
        }
        self._world.postman.post(PARTY, url, {"event": event, "plain": plain})

    def compose(self, letters: Sequence[dict[str, Any]], url: str, lie: Fault | None) -> Envelope:
        """Write one callback, sealed and signed now; see `postman.Sender`."""
        event, plain = letters[0]["event"], letters[0]["plain"]
        if lie and lie.kind == "wrong_amount":
            plain = plain | {"amount": _less(plain["amount"])}
        body = notification(event, plain, self._keys.apiv3_key)
        public = self._world.config.callback_key == "public_key"
        signing = self.platform.public if public else self.platform.current
        headers = sealed_headers(signing, body)
        if lie and lie.kind == "forge":
            headers = _forged(signing, body, lie.turn)
        return Envelope(url=url, headers=headers | {"Content-Type": _JSON}, body=body.encode())

    def taken(self, status: int, body: bytes) -> bool:  # noqa: ARG002 - the status alone decides
        """Tell whether the merchant took it: 200 or 204."""
        return status in {200, 204}

    async def _receive(
        self, request: Request, act: Callable[[bytes], Answer], *, faulty: bool = True
    ) -> Response:
        async def answer(body: bytes, fault: Fault | None) -> Response:
            try:
                auth = request.headers.get("authorization", "")
                check_merchant(self._merchant, auth, request.method, target(request), body)
                status, found = act(body)
            except Refused as refused:
                status, found = refused.status, {"code": refused.code, "message": refused.message}
            if fault and fault.kind == "wrong_amount" and found and "amount" in found:
                found = found | {"amount": _less(found["amount"])}
            return self._signed(request, status, found, forged=bool(fault and fault.kind == "forge"))

        def broken() -> Response:
            return self._signed(request, 500, {"code": "SYSTEM_ERROR", "message": "系统异常"})

        return await self._world.receive(PARTY, request, answer, broken=broken, faulty=faulty)

    def _signed(
        self, request: Request, status: int, found: dict[str, Any] | None, *, forged: bool = False
    ) -> Response:
        """Answer, signed with the key the merchant asked for by `Wechatpay-Serial`."""
        body = "" if found is None else json.dumps(found, ensure_ascii=False, separators=(",", ":"))
        asked = request.headers.get("wechatpay-serial")
        signing = self.platform.public if asked == self.platform.public.serial else self.platform.current
        headers = _forged(signing, body, 0) if forged else sealed_headers(signing, body)
        headers["Request-ID"] = uuid.uuid4().hex
        return Response(body, status, headers, media_type=_JSON if body else None)

    def _own(self, mchid: object) -> None:
        if mchid != self._keys.mchid:
            raise Refused(400, "PARAM_ERROR", "参数错误:mchid")


def _object(body: bytes) -> dict[str, Any]:
    """Read a JSON object. Raises Refused, 400."""
    try:
        found = json.loads(body)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise Refused(400, "PARAM_ERROR", "请求体不是JSON对象")
    return found


def _less(amount: dict[str, Any]) -> dict[str, Any]:
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
