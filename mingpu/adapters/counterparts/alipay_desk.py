"""The buyer's side of Alipay: the phone that scans, the cashier's page, and what has been ordered."""

from typing import Final
from urllib.parse import quote, urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from mingpu.adapters.counterparts.alipay import Alipay
from mingpu.adapters.counterparts.alipay_ledger import PAGE
from mingpu.adapters.counterparts.alipay_wire import Refused
from mingpu.adapters.counterparts.html import button, card, empty, page, show, yuan
from mingpu.adapters.counterparts.world import fields_of, wants_page
from mingpu.lib.text import Text

_TITLE: Final = Text("支付宝", "Alipay")
_STATES: Final = {
    "ANNOUNCED": Text("还没有人扫码", "Not scanned yet"),
    "WAIT_BUYER_PAY": Text("待支付", "To be paid"),
    "TRADE_SUCCESS": Text("已支付", "Paid"),
    "TRADE_FINISHED": Text("已完结，不能再退款", "Finished: no more refunds"),
    "TRADE_CLOSED": Text("已关闭", "Closed"),
}
_REFUNDED: Final = Text("已全额退款", "Refunded in full")
_LATE: Final = Text("已过期，不能付款。", "Expired: it cannot be paid.")


class AlipayDesk:
    """Pages and calls of the contract."""

    def __init__(self, alipay: Alipay) -> None:
        self._alipay = alipay

    async def trades(self, _: Request) -> Response:
        """GET /alipay: trades, newest first."""
        found = "".join(
            card(
                f'<p class="state">{show(_state(row["state"], row["paid_at"]))}</p>',
                f'<h2><a href="/alipay/pay?code_url={quote(row["code_url"], safe="")}">{yuan(row["total"])}</a></h2>',
                f'<p class="meta">{show(row["subject"])}</p>',
            )
            for row in self._alipay.ledger.latest()
        )
        nothing = card(empty(Text("还没有订单。", "No orders yet.")))
        return page(_TITLE, found or nothing, theme="alipay")

    async def pay(self, request: Request) -> Response:
        """GET /alipay/pay?code_url=: the phone that has scanned a code, or the cashier's page."""
        title = Text("确认付款", "Confirm payment")
        code_url = request.query_params.get("code_url", "")
        row = self._alipay.ledger.look(code_url)
        if row is None:
            words = Text("这个二维码无效。", "This code is not valid.")
            return page(title, card(empty(words)), status=404, theme="alipay")
        parts = [
            f'<p class="middle note">{show(row["subject"])}</p>',
            f'<p class="amount">{yuan(row["total"])}</p>',
        ]
        if row["state"] == "WAIT_BUYER_PAY":
            label = Text("付款", "Pay")
            parts.append(button("/alipay/scan", label, [("code_url", code_url)], strong=True))
        else:
            words = _LATE if row["state"] == "ANNOUNCED" else _state(row["state"], row["paid_at"])
            parts.append(f'<p class="middle state" role="status">{show(words)}</p>')
        found = page(title, card(*parts), theme="alipay")
        if row["return_url"]:  # the answer to the button leads there; browsers hold that against the policy
            to = urlsplit(row["return_url"])
            policy = found.headers["Content-Security-Policy"]
            allowed = f"form-action 'self' {to.scheme}://{to.netloc}"
            found.headers["Content-Security-Policy"] = policy.replace("form-action 'self'", allowed)
        return found

    async def scan(self, request: Request) -> Response:
        """POST {code_url, late?} -> {out_trade_no, transaction_id, amount_fen, trade_state}.

        A browser is led back to the merchant from the cashier's page, after the notice was sent.
        """
        asked = await fields_of(request)
        code_url = str(asked.get("code_url", ""))
        try:
            paid, letter = self._alipay.scan(code_url, late=asked.get("late") in {True, "true", "1", "on"})
        except Refused as refused:
            return _refusal(request, refused)
        if not wants_page(request):
            return JSONResponse(paid)
        row = self._alipay.ledger.trade(paid["out_trade_no"])
        if row["kind"] != PAGE:
            return RedirectResponse(f"/alipay/pay?{urlencode({'code_url': code_url})}", 303)
        await self._alipay.told(letter)
        return RedirectResponse(self._alipay.way_back(row), 303)

    async def finish(self, request: Request) -> Response:
        """POST {out_trade_no} -> 204: the time for refunds is over; TRADE_FINISHED follows."""
        asked = await fields_of(request)
        try:
            self._alipay.finish(str(asked.get("out_trade_no", "")))
        except Refused as refused:
            return _refusal(request, refused)
        return Response(status_code=204)


def _state(state: str, paid_at: float | None) -> Text:
    return _REFUNDED if state == "TRADE_CLOSED" and paid_at else _STATES[state]


def _refusal(request: Request, refused: Refused) -> Response:
    """Say why not: 404 for what is not known, else 409."""
    status = 404 if refused.sub_code == "ACQ.TRADE_NOT_EXIST" else 409
    title, detail = Text("未能完成", "That did not work"), refused.sub_msg
    if wants_page(request):
        return page(title, card(empty(Text(detail, detail))), status=status, theme="alipay")
    code = refused.sub_code.removeprefix("ACQ.").lower()
    body = {"type": "about:blank", "title": str(title), "status": status, "detail": detail, "code": code}
    return JSONResponse(body, status, media_type="application/problem+json")
