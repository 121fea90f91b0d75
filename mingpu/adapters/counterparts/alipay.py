"""Alipay's gateway, and the notices it sends."""

import asyncio
import json
import secrets
import sqlite3
import time
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from mingpu.adapters.counterparts.alipay_bill import span, write_bill
from mingpu.adapters.counterparts.alipay_ledger import PAGE, QR, Ledger, trade_view
from mingpu.adapters.counterparts.alipay_wire import (
    CHINA,
    Gatekeeper,
    Refused,
    Stranger,
    answer_text,
    china_time,
    load_rsa,
    noise,
    sign,
    signed_text,
    yuan,
)
from mingpu.adapters.counterparts.faults import Fault
from mingpu.adapters.counterparts.html import show
from mingpu.adapters.counterparts.keys import new_rsa
from mingpu.adapters.counterparts.postman import ANSWER_WITHIN, Envelope
from mingpu.adapters.counterparts.world import World

PARTY: Final = "alipay"
_FORM: Final = "application/x-www-form-urlencoded;charset=utf-8"
_JSON: Final = "application/json;charset=utf-8"
_LOOK: Final = 0.02  # seconds between two looks whether a notice has gone out
_BILL_LASTS: Final = 30.0  # seconds an address of a bill can be used
_STRANGER: Final = "2021999999999999"  # another merchant's app


class Alipay:
    """The institution: answers the merchant, takes the buyer's money, tells the merchant of it."""

    name = PARTY
    batch = 1
    waits: Sequence[float] = (240, 600, 600, 3600, 7200, 21600, 54000)

    def __init__(self, world: World) -> None:
        self._world = world
        self._keys = world.config.keys.alipay
        self._key = load_rsa(self._keys.platform_private_key_pem)
        self._gate = Gatekeeper(self._keys)
        self.ledger = Ledger(world.store, pace=world.config.pace)
        self._bills: dict[str, tuple[float, bytes]] = {}  # address -> until when, the file
        self._services = {
            QR: self._precreate,
            "alipay.trade.query": self._query,
            "alipay.trade.close": self._close,
            "alipay.trade.refund": self._refund,
            "alipay.trade.fastpay.refund.query": self._query_refund,
        }
        world.postman.serve(self)
        world.postman.remind(self._finish_due)

    async def gateway(self, request: Request) -> Response:
        """POST or GET /gateway.do: every method of the platform, told apart by `method`."""
        query, body = request.url.query, (await request.body()).decode("utf-8", "replace")
        method = dict(parse_qsl(query) + parse_qsl(body)).get("method", "")

        async def answer(_: bytes, fault: Fault | None) -> Response:
            try:
                asked = self._gate.admit(query, body)
                if method == PAGE:
                    return self._cashier(asked)
                found = {"code": "10000", "msg": "Success"} | self._serve(request, method, asked)
            except Stranger as stranger:
                return _answer(answer_text("error_response", stranger.said(), None, forged=False))
            except Refused as refused:
                if method == PAGE:
                    return HTMLResponse(
                        f"<!doctype html><title>Alipay</title><p>{show(refused.sub_msg)}", 400
                    )
                found = refused.said()
            if fault and fault.kind == "wrong_amount":
                found |= _less(found)
            node = method.replace(".", "_") + "_response"
            forged = bool(fault and fault.kind == "forge")
            key = new_rsa() if fault and forged and fault.turn % 2 else self._key
            return _answer(answer_text(node, found, key, forged=forged and key is self._key))

        def broken() -> Response:
            return Response("", 500)

        return await self._world.receive(PARTY, request, answer, broken=broken, faulty=method != PAGE)

    async def bill_file(self, request: Request) -> Response:
        """GET /alipay/bill?token=: the file, for half a minute after it was asked for."""

        async def answer(_: bytes, __: Fault | None) -> Response:
            until, packed = self._bills.get(request.query_params.get("token", ""), (0.0, b""))
            if until < time.monotonic():
                return Response("", 403)
            return Response(packed, media_type="application/zip")

        def broken() -> Response:
            return Response("", 500)

        return await self._world.receive(PARTY, request, answer, broken=broken, faulty=False)

    def _serve(self, request: Request, method: str, asked: dict[str, str]) -> dict[str, Any]:
        """Do one method; return what it says. Raises Refused."""
        try:
            content = json.loads(asked.get("biz_content", ""))
        except ValueError:
            content = None
        if not isinstance(content, dict):
            raise Refused("isv.invalid-parameter", "biz_content 无效", code="40002")
        if method == "alipay.data.dataservice.bill.downloadurl.query":
            return self._bill(request, content)
        service = self._services.get(method)
        if service is None:
            raise Refused("isv.invalid-method", "不存在的方法名", code="40002")
        return service(content, asked)

    def _cashier(self, asked: dict[str, str]) -> Response:
        """Take an order and send the browser on to the page where it is paid. Raises Refused."""
        content = json.loads(asked.get("biz_content", "null"))
        with self._world.store.together():
            row = self.ledger.announce(
                PAGE,
                content if isinstance(content, dict) else {},
                notify_url=asked.get("notify_url", ""),
                return_url=asked.get("return_url", ""),
            )
        return RedirectResponse(f"/alipay/pay?{urlencode({'code_url': row['code_url']})}", 303)

    def _precreate(self, content: dict[str, Any], asked: dict[str, str]) -> dict[str, Any]:
        row = self.ledger.announce(QR, content, notify_url=asked.get("notify_url", ""), return_url="")
        return {"out_trade_no": row["out_trade_no"], "qr_code": row["code_url"]}

    def _query(self, content: dict[str, Any], _: dict[str, str]) -> dict[str, Any]:
        return dict(trade_view(self.ledger.trade(str(content.get("out_trade_no")))))

    def _close(self, content: dict[str, Any], _: dict[str, str]) -> dict[str, Any]:
        with self._world.store.together():
            row = self.ledger.close(str(content.get("out_trade_no")))
            if row["kind"] == QR:  # for pages the institution is silent about it, unless asked otherwise
                self._tell(row)
        return {"out_trade_no": row["out_trade_no"], "trade_no": row["trade_no"]}

    def _refund(self, content: dict[str, Any], _: dict[str, str]) -> dict[str, Any]:
        number, request_no = str(content.get("out_trade_no")), str(content.get("out_request_no"))
        if not self.ledger.refund_of(number, request_no) and self._world.faults.take(PARTY, "refund"):
            raise Refused("ACQ.SELLER_BALANCE_NOT_ENOUGH", "商户的支付宝账户中无足够的资金进行撤销")
        with self._world.store.together():
            row, returned, moved = self.ledger.refund(content)
            told = {
                "refund_fee": yuan(returned),
                "out_biz_no": request_no,
                "gmt_refund": f"{china_time()}.000",
            }
            if moved:
                self._tell(row, **told)
        said = {"out_trade_no": number, "trade_no": row["trade_no"], "fund_change": "Y" if moved else "N"}
        return said | {"refund_fee": yuan(returned), "buyer_logon_id": "exa***@mingpu.example"}

    def _query_refund(self, content: dict[str, Any], _: dict[str, str]) -> dict[str, Any]:
        row = self.ledger.trade(str(content.get("out_trade_no")))
        refund = self.ledger.refund_of(row["out_trade_no"], str(content.get("out_request_no")))
        if refund is None:
            return {}
        found = {"out_trade_no": row["out_trade_no"], "trade_no": row["trade_no"]}
        found |= {"out_request_no": refund["out_request_no"], "refund_status": "REFUND_SUCCESS"}
        found |= {"refund_amount": yuan(refund["amount"]), "total_amount": yuan(row["total"])}
        timed = "gmt_refund_pay" in (content.get("query_options") or [])
        return found | ({"gmt_refund_pay": china_time(refund["at"])} if timed else {})

    def _bill(self, request: Request, content: dict[str, Any]) -> dict[str, Any]:
        """Make a day's bill; the real one has none of today yet, this one what there is. Raises Refused."""
        try:
            day = date.fromisoformat(str(content.get("bill_date")))
        except ValueError:
            raise Refused("isv.invalid-arguments", "入参不合法", code="40002") from None
        rows = self.ledger.movements(*span(day))
        fault = self._world.faults.take(PARTY, "bill")
        future = day > datetime.now(CHINA).date()
        if not rows or future or content.get("bill_type") != "trade" or (fault and fault.kind == "no_bill"):
            raise Refused("isp.bill_not_exist", "账单不存在")
        token, now = secrets.token_urlsafe(24), time.monotonic()
        packed = write_bill(rows, seller_id=self._keys.seller_id, day=day, lie=fault.kind if fault else None)
        self._bills = {known: kept for known, kept in self._bills.items() if kept[0] > now}
        self._bills[token] = (now + _BILL_LASTS, packed)
        return {"bill_download_url": f"{request.base_url}alipay/bill?token={token}"}

    def scan(self, code_url: str, *, late: bool = False) -> tuple[dict[str, Any], int]:
        """The buyer pays; a notice follows. Return what happened, and the number of the notice.

        late: even though closed or expired, as when the money was on its way. Raises Refused.
        """
        with self._world.store.together():
            row = self.ledger.pay(code_url, late=late)
            letter = self._tell(row)
        return {
            "out_trade_no": row["out_trade_no"],
            "transaction_id": row["trade_no"],
            "amount_fen": row["total"],
            "trade_state": row["state"],
        }, letter

    async def told(self, letter: int) -> None:
        """Wait until a notice has been tried once, or will not be for now: the browser returns after it."""
        sql = "SELECT attempts > 0 OR state <> 'pending' OR fault IS NOT NULL FROM letter WHERE id = ?"
        for _ in range(int(ANSWER_WITHIN / _LOOK)):
            if self._world.store.value(sql, letter):
                return
            await asyncio.sleep(_LOOK)

    def way_back(self, row: sqlite3.Row) -> str:
        """Return where the browser goes after paying on the page: the merchant's address, with signed words."""
        values = self._account() | {
            "method": "alipay.trade.page.pay.return",
            "out_trade_no": row["out_trade_no"],
            "trade_no": row["trade_no"],
            "total_amount": yuan(row["total"]),
            "timestamp": china_time(),
        }
        values |= {"sign": sign(self._key, signed_text(values)), "sign_type": "RSA2"}
        return f"{row['return_url']}{'&' if '?' in row['return_url'] else '?'}{urlencode(values)}"

    def finish(self, number: str) -> None:
        """Let the time for refunds of a paid trade be over now. Raises Refused."""
        with self._world.store.together():
            for row in self.ledger.finish(0.0, self.ledger.trade(number)["out_trade_no"])[0]:
                self._tell(row)

    def _finish_due(self, now: float) -> float | None:
        """End the time for refunds where it is over; return when the next ends."""
        with self._world.store.together():
            rows, next_due = self.ledger.finish(now)
            for row in rows:
                self._tell(row)
        return next_due

    def _account(self) -> dict[str, str]:
        ours = {
            "app_id": self._keys.app_id,
            "auth_app_id": self._keys.app_id,
            "seller_id": self._keys.seller_id,
        }
        return ours | {"charset": "utf-8", "version": "1.0"}

    def _tell(self, row: sqlite3.Row, **more: str) -> int:
        """Write a notice of a trade as it stands now; return its number."""
        about = self._account() | {
            "notify_type": "trade_status_sync",
            "notify_id": f"{datetime.now(CHINA):%Y%m%d}{secrets.token_hex(13)}",
            "out_trade_no": row["out_trade_no"],
            "trade_no": row["trade_no"],
            "trade_status": row["state"],
            "total_amount": yuan(row["total"]),
            "subject": row["subject"],
            "buyer_id": "2088000000000001",
            "buyer_logon_id": "exa***@mingpu.example",
            "gmt_create": china_time(row["at"]),
        }
        if row["paid_at"]:
            paid = yuan(row["total"])
            about |= {
                "gmt_payment": china_time(row["paid_at"]),
                "receipt_amount": paid,
                "buyer_pay_amount": paid,
            }
            about |= {"invoice_amount": paid, "point_amount": "0.00"}
            about["fund_bill_list"] = json.dumps([{"amount": paid, "fundChannel": "ALIPAYACCOUNT"}])
        self._world.postman.post(PARTY, row["notify_url"], about | more)
        return int(self._world.store.value("SELECT max(id) FROM letter WHERE party = ?", PARTY))

    def compose(self, letters: Sequence[dict[str, Any]], url: str, lie: Fault | None) -> Envelope:
        """Write one notice, signed now; see `postman.Sender`."""
        values = letters[0] | {"notify_time": china_time()}
        if lie and lie.kind == "wrong_amount":
            values |= _less(values)
        turn = lie.turn % 5 if lie and lie.kind == "forge" else None
        if turn == 2:  # noqa: PLR2004 - another merchant's, truly signed by the institution
            values |= {"app_id": _STRANGER, "auth_app_id": _STRANGER}
        elif turn == 3:  # noqa: PLR2004 - as before, of another account
            values["seller_id"] = f"2088{'9' * 12}"
        signature = sign(new_rsa() if turn == 1 else self._key, signed_text(values))
        if turn == 4:  # noqa: PLR2004 - changed after it was signed
            values["total_amount"] = "0.01"
        values |= {"sign": noise() if turn == 0 else signature, "sign_type": "RSA2"}
        return Envelope(url=url, headers={"Content-Type": _FORM}, body=urlencode(values).encode())

    def taken(self, status: int, body: bytes) -> bool:
        """Tell whether the merchant took it: 200 and the word `success`, nothing around it."""
        return status == 200 and body == b"success"  # noqa: PLR2004


def _answer(text: str) -> Response:
    return Response(text, media_type=_JSON)


def _less(found: dict[str, Any]) -> dict[str, Any]:
    """Return amounts that are not what was ordered, one fen more than true."""
    names = ("total_amount", "refund_amount")
    return {name: f"{float(found[name]) + 0.01:.2f}" for name in names if name in found}
