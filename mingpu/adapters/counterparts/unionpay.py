"""UnionPay's gateway, the notifications it sends, and the page it shows to the buyer's browser."""

from collections.abc import Callable, Sequence
from typing import Any, Final
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from mingpu.adapters.counterparts import unionpay_pages as pages
from mingpu.adapters.counterparts.faults import Fault
from mingpu.adapters.counterparts.postman import Envelope
from mingpu.adapters.counterparts.unionpay_bill import asked_day, file_of
from mingpu.adapters.counterparts.unionpay_ledger import Ledger
from mingpu.adapters.counterparts.unionpay_wire import Fields, Refused, Seal, as_text
from mingpu.adapters.counterparts.world import World, fields_of, wants_page

PARTY: Final = "unionpay"
_ECHOED: Final = ("txnType", "txnSubType", "bizType", "accessType", "merId", "orderId", "txnTime", "txnAmt",
                  "currencyCode", "origQryId", "settleDate", "fileType")  # fmt: skip
_OUTCOMES: Final = {"abnormal": "61", "refused": "01"}
_STATUS: Final = {"34": 404, "12": 409, "39": 409}
_TEXT: Final = "text/html; charset=UTF-8"  # as the real one calls it
_FORM: Final = "application/x-www-form-urlencoded; charset=UTF-8"


class UnionPay:
    """The institution: answers the merchant, takes the shopper's money, notifies."""

    name = PARTY
    batch = 1
    waits: Sequence[float] = (60, 120, 240, 300)

    def __init__(self, world: World) -> None:
        self._world = world
        keys = world.config.keys.unionpay
        self._mer_id = keys.mer_id
        self._seal = Seal(keys)
        self.ledger = Ledger(keys.mer_id, world.store, pace=world.config.pace)
        world.postman.serve(self)
        world.postman.remind(self._settle)

    async def back(self, request: Request) -> Response:
        """POST /gateway/api/backTransReq.do: an application for a QR code, or a refund."""
        return await self._receive(request, self._back)

    async def query(self, request: Request) -> Response:
        """POST /gateway/api/queryTrans.do: where a payment or a refund stands."""
        return await self._receive(request, self.ledger.find)

    async def files(self, request: Request) -> Response:
        """POST /unionpay/files: the file of a day; the real one has a host of its own for it."""
        return await self._receive(request, self._file)

    async def front(self, request: Request) -> Response:
        """POST /gateway/api/frontTransReq.do, by the buyer's browser: the page to pay on. Never faulty."""

        async def answer(body: bytes, _: Fault | None) -> Response:
            try:
                row = self.ledger.announce(self._seal.check(body))
            except Refused as refused:
                return pages.refused(refused.message)
            return pages.pay(row)

        return await self._world.receive(
            PARTY, request, answer, broken=lambda: Response("", 500), faulty=False
        )

    async def show(self, request: Request) -> Response:
        """GET /unionpay/pay?code_url=: the phone that has scanned a code."""
        row = self.ledger.by_code(request.query_params.get("code_url", ""))
        return pages.pay(row) if row else pages.refused("二维码无效", status=404)

    async def scan(self, request: Request) -> Response:
        """POST /unionpay/scan {code_url, late?} -> {out_trade_no, transaction_id, amount_fen, trade_state}.

        `front` in the answer is what the browser posts back to the merchant; None for a QR code.
        """
        asked = await fields_of(request)
        code_url = str(asked.get("code_url", ""))
        try:
            with self._world.store.together():
                row = self.ledger.pay(code_url, late=asked.get("late") in {True, "true", "1", "on"})
                told = self._outcome(self.ledger.booking(row, "01"))
                self._world.postman.post(PARTY, row["back_url"], told)
        except Refused as refused:
            if wants_page(request):
                return pages.refused(refused.message, status=_STATUS[refused.code])
            problem = {"title": refused.message, "status": _STATUS[refused.code], "code": refused.code}
            return JSONResponse(problem, _STATUS[refused.code], media_type="application/problem+json")
        front = {"url": row["front_url"], "fields": self._seal.sign(told)} if row["front_url"] else None
        if wants_page(request):
            if front:
                return pages.go_back(row, front["fields"])
            return RedirectResponse(f"/unionpay/pay?{urlencode({'code_url': code_url})}", 303)
        paid = {
            "out_trade_no": row["order_id"],
            "transaction_id": row["query_id"],
            "amount_fen": row["amount"],
        }
        return JSONResponse(paid | {"trade_state": "SUCCESS", "front": front})

    async def trades(self, _: Request) -> Response:
        """GET /unionpay: payments, newest first."""
        return pages.trades(self.ledger.trades())

    def compose(self, letters: Sequence[dict[str, Any]], url: str, lie: Fault | None) -> Envelope:
        """Write one notification, signed now; see `postman.Sender`."""
        told: Fields = letters[0]
        if lie and lie.kind == "wrong_amount":
            told = _less(told)
        forged = lie is not None and lie.kind == "forge"
        signed = self._seal.forge(told, lie.turn if lie else 0) if forged else self._seal.sign(told)
        return Envelope(url=url, headers={"Content-Type": _FORM}, body=urlencode(signed).encode())

    def taken(self, status: int, body: bytes) -> bool:  # noqa: ARG002 - the status alone decides
        """Tell whether the merchant took it: 200."""
        return status == 200  # noqa: PLR2004 - HTTP

    def _back(self, asked: Fields) -> Fields:
        if asked.get("txnType") != "04":
            if asked.get("txnSubType") != "07":
                raise Refused("13", "报文交易要素缺失:txnSubType")
            return {"qrCode": self.ledger.announce(asked)["code_url"]}
        fault = self._world.faults.take(PARTY, "refund")
        mine = self.ledger.refund(asked, outcome=_OUTCOMES[fault.kind] if fault else "00")
        self._world.postman.wake()
        return {"queryId": mine}

    def _file(self, asked: Fields) -> Fields:
        if (asked.get("txnType"), asked.get("txnSubType"), asked.get("fileType")) != ("76", "01", "00"):
            raise Refused("13", "报文交易要素缺失:fileType")
        day = asked_day(asked.get("settleDate", ""))
        lie = self._world.faults.take(PARTY, "bill")
        return file_of(self._mer_id, day, self.ledger.booked(day), lie)

    def _settle(self, now: float) -> float | None:
        """Settle refunds that are due and notify of each; return when the next is due."""
        with self._world.store.together():
            settled, next_due = self.ledger.settle(now)
            for row in settled:
                self._world.postman.post(
                    PARTY, row["back_url"], self._outcome(self.ledger.booking(row, "04"))
                )
        return next_due

    def _outcome(self, booked: Fields) -> Fields:
        return booked | {"respCode": "00", "respMsg": "成功[0000000]"}

    async def _receive(self, request: Request, act: Callable[[Fields], Fields]) -> Response:
        """Answer a merchant's message, signed; what it asked comes back with the outcome."""

        async def answer(body: bytes, fault: Fault | None) -> Response:
            asked: Fields = {}
            try:
                asked = self._seal.check(body)
                found = {"respCode": "00", "respMsg": "成功[0000000]"} | act(asked)
            except Refused as refused:
                found = {"respCode": refused.code, "respMsg": refused.message}
            told = found | {name: asked[name] for name in _ECHOED if name in asked}
            if fault and fault.kind == "wrong_amount" and "txnAmt" in told:
                told = _less(told)
            forged = fault is not None and fault.kind == "forge"
            signed = self._seal.forge(told, fault.turn if fault else 0) if forged else self._seal.sign(told)
            return Response(as_text(signed), media_type=_TEXT)

        return await self._world.receive(PARTY, request, answer, broken=lambda: Response("", 500))


def _less(told: Fields) -> Fields:
    """Return amounts that are not what was ordered, one fen less where that is possible."""
    amount = int(told["txnAmt"])
    return told | {"txnAmt": str(amount - 1 if amount > 1 else 2)}
