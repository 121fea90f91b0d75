"""WeChat Pay's gateway, and the callbacks it sends."""

import hashlib
import secrets
import uuid
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from mingpu.adapters.counterparts.faults import Fault
from mingpu.adapters.counterparts.postman import Envelope
from mingpu.adapters.counterparts.wechatpay_bill import asked_day, bill_of
from mingpu.adapters.counterparts.wechatpay_counter import Answer, Counter, less, object_of
from mingpu.adapters.counterparts.wechatpay_ledger import Ledger, moment
from mingpu.adapters.counterparts.wechatpay_wire import PlatformKeys, Refused, notification
from mingpu.adapters.counterparts.world import World

PARTY: Final = "wechatpay"
_WORDS: Final = {"SUCCESS": "退款成功", "ABNORMAL": "退款异常", "CLOSED": "退款关闭"}
_KEPT_BILLS: Final = 50


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
        self.ledger = Ledger(self._keys, world.store, pace=world.config.pace)
        self.platform = PlatformKeys(self._keys, world.store)
        self._counter = Counter(world, PARTY, self.platform)
        self._bills: OrderedDict[str, bytes] = (
            OrderedDict()
        )  # by token; gone with the process, as after a while
        world.postman.serve(self)
        world.postman.remind(self._settle)

    async def native(self, request: Request) -> Response:
        """POST /v3/pay/transactions/native."""
        return await self._counter.receive(
            request, lambda body: (200, {"code_url": self.ledger.create(object_of(body))})
        )

    async def query(self, request: Request) -> Response:
        """GET /v3/pay/transactions/out-trade-no/{number}?mchid=, one trade."""

        def look(_: bytes) -> Answer:
            self._own(request.query_params.get("mchid"))
            return 200, self.ledger.trade(request.path_params["number"])

        return await self._counter.receive(request, look)

    async def close(self, request: Request) -> Response:
        """POST /v3/pay/transactions/out-trade-no/{number}/close."""

        def shut(body: bytes) -> Answer:
            self._own(object_of(body).get("mchid"))
            self.ledger.close(request.path_params["number"])
            return 204, None

        return await self._counter.receive(request, shut)

    async def refund(self, request: Request) -> Response:
        """POST /v3/refund/domestic/refunds."""

        def give_back(body: bytes) -> Answer:
            asked = object_of(body)
            known = self._world.store.one(
                "SELECT 1 FROM refund WHERE out_refund_no = ?", str(asked.get("out_refund_no"))
            )
            fault = None if known else self._world.faults.take(PARTY, "refund")
            outcome = "ABNORMAL" if fault else "SUCCESS"
            view = self.ledger.refund(asked, outcome=outcome)
            self._world.postman.wake()
            return 200, view

        return await self._counter.receive(request, give_back)

    async def query_refund(self, request: Request) -> Response:
        """GET /v3/refund/domestic/refunds/{number}."""
        return await self._counter.receive(
            request, lambda _: (200, self.ledger.refund_view(request.path_params["number"]))
        )

    async def certificates(self, request: Request) -> Response:
        """GET /v3/certificates; never faulty, or the next fault would hit a call nobody thought of."""
        return await self._counter.receive(request, lambda _: (200, self.platform.listing()), faulty=False)

    async def tradebill(self, request: Request) -> Response:
        """GET /v3/bill/tradebill?bill_date=&bill_type=ALL: where the file is, and its checksum."""

        def write(_: bytes) -> Answer:
            day = asked_day(request.query_params.get("bill_date"), request.query_params.get("bill_type"))
            fault = self._world.faults.take(PARTY, "bill")
            if fault and fault.kind == "no_bill":
                raise Refused(400, "STATEMENT_CREATING", "账单生成中")
            file = bill_of(self._keys, self._world.store, day, fault)
            token = secrets.token_urlsafe(24)
            self._bills[token] = file
            while len(self._bills) > _KEPT_BILLS:
                self._bills.popitem(last=False)
            found = {"hash_type": "SHA1", "hash_value": hashlib.sha1(file, usedforsecurity=False).hexdigest()}
            return 200, found | {"download_url": f"{request.base_url}v3/billdownload/file?token={token}"}

        return await self._counter.receive(request, write)

    async def billdownload(self, request: Request) -> Response:
        """GET /v3/billdownload/file?token=: the file."""

        def find() -> tuple[bytes, str]:
            file = self._bills.get(request.query_params.get("token", ""))
            if file is None:
                raise Refused(400, "INVALID_REQUEST", "账单地址已失效，请重新申请")
            return file, "text/plain; charset=utf-8"

        return await self._counter.hand_out(request, find)

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
            plain = plain | {"amount": less(plain["amount"])}
        return self._counter.envelope(url, notification(event, plain, self._keys.apiv3_key), lie)

    def taken(self, status: int, body: bytes) -> bool:  # noqa: ARG002 - the status alone decides
        """Tell whether the merchant took it: 200 or 204."""
        return status in {200, 204}

    def _own(self, mchid: object) -> None:
        if mchid != self._keys.mchid:
            raise Refused(400, "PARAM_ERROR", "参数错误:mchid")
