"""Alipay: QR codes (alipay.trade.precreate) and the cashier's page (alipay.trade.page.pay).

The institution gets our numbers, amounts and the latest time to pay: no goods, no buyer. What the official SDK
does and what is done in its place is told in `alipay_core`; how the bill is read in `alipay_bill`.

Three habits of the institution that callers should know:

- a QR code is not a trade until somebody scans it: until then `query` says ABSENT, and `close` has nothing to
  close. Only the latest time to pay, which goes with the code, ends it. A payment after `close` can happen;
- a refund is done at once, or refused. Its callback speaks of the payment, with what was given back, so it is
  read as the payment, REFUNDED. `query` says REFUNDED once all of it went back, else SUCCEEDED;
- a refund has no number of theirs: `refund_id` is the payment's number and ours together, as in the bill.
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

import httpx
from alipay.aop.api.request.AlipayDataDataserviceBillDownloadurlQueryRequest import (
    AlipayDataDataserviceBillDownloadurlQueryRequest as BillUrl,
)
from alipay.aop.api.request.AlipayTradeCloseRequest import AlipayTradeCloseRequest as Close
from alipay.aop.api.request.AlipayTradeFastpayRefundQueryRequest import (
    AlipayTradeFastpayRefundQueryRequest as QueryRefund,
)
from alipay.aop.api.request.AlipayTradePagePayRequest import AlipayTradePagePayRequest as PagePay
from alipay.aop.api.request.AlipayTradePrecreateRequest import AlipayTradePrecreateRequest as Precreate
from alipay.aop.api.request.AlipayTradeQueryRequest import AlipayTradeQueryRequest as Query
from alipay.aop.api.request.AlipayTradeRefundRequest import AlipayTradeRefundRequest as Refund
from alipay.aop.api.util.SignatureUtils import get_sign_content

from mingpu.adapters.payment import (
    NO_BILL,
    BillLine,
    CallbackEvent,
    Forged,
    PaymentFailed,
    PaymentPage,
    PaymentRequest,
    PaymentState,
    PaymentStatus,
    RefundRequest,
    RefundState,
    RefundStatus,
    Reply,
    Trade,
)
from mingpu.adapters.payment.alipay_bill import LARGEST, read_bill, refund_id
from mingpu.adapters.payment.alipay_core import CHINA, AlipayConfig, Caller, Untrusted, written
from mingpu.adapters.payment.alipay_words import (
    fen,
    fields_of,
    in_yuan,
    moment,
    payment,
    same,
    text,
    told_payment,
    unreadable,
)

SUBJECT: Final = "明铺订单"  # mandatory; with our number behind it, it says nothing of the goods
STALE: Final = timedelta(hours=26)  # the last of eight tries comes after 24 h 24 min
BILL_BY: Final = timedelta(hours=36)  # after the day: a bill that is not there by then was never made
_AHEAD: Final = timedelta(minutes=10)
_DEAREST: Final = 10_000_000_000  # fen: what the institution takes at most
_UNKNOWN_TRADE: Final = "ACQ.TRADE_NOT_EXIST"
_NUMBER: Final = re.compile(r"[0-9A-Za-z_]{6,64}")
_REFUND_NUMBER: Final = re.compile(r"[0-9A-Za-z_]{1,64}")
_NOT_UNPAID: Final = frozenset(
    {"ACQ.TRADE_STATUS_ERROR", "ACQ.REASON_TRADE_STATUS_INVALID", "ACQ.REASON_ILLEGAL_STATUS", "already_paid"}
)
_PAID: Final = frozenset({PaymentStatus.SUCCEEDED, PaymentStatus.REFUNDED})


def _now() -> datetime:
    return datetime.now(UTC)


class AlipayGateway:
    """`PaymentGateway` by Alipay. Safe to share between threads."""

    def __init__(self, config: AlipayConfig, *, clock: Callable[[], datetime] = _now) -> None:
        """Raise ValueError for keys or an address that cannot be used."""
        self._config = config
        self._clock = clock
        self._caller = Caller(config, clock=clock)

    def payload_for(self, request: PaymentRequest | RefundRequest, *, via: str = "qr") -> dict[str, Any]:
        """Return what is sent for `request`, but time and signature; see `PaymentGateway.payload_for`.

        Flat: on the wire the names from `out_trade_no` on stand inside `biz_content`. A page carries
        `return_url` besides. Raises PaymentFailed, permanent, for what the institution cannot take.
        """
        call, content = self._asked(request, via)
        common = {"app_id": self._config.app_id, "charset": "utf-8", "format": "json", "sign_type": "RSA2"}
        common |= {"method": call.get_params()["method"], "version": call.version}
        if call.notify_url:
            common["notify_url"] = call.notify_url
        return common | content

    def _asked(self, request: PaymentRequest | RefundRequest, via: str) -> tuple[Any, dict[str, str]]:
        """Return the SDK's request and its content. Raises PaymentFailed."""
        if isinstance(request, RefundRequest):
            content = _refund_content(request)
            return _request(Refund(), content), content
        content = self._content(request, via)
        call = _request(PagePay() if via == "page" else Precreate(), content)
        call.notify_url = self._config.notify_url
        return call, content

    def _content(self, order: PaymentRequest, via: str) -> dict[str, str]:
        _check_number(order.out_trade_no)
        if not 0 < order.amount_fen <= _DEAREST or order.expires_at.tzinfo is None:
            raise PaymentFailed(permanent=True, code="bad_request")
        return {
            "out_trade_no": order.out_trade_no,
            "total_amount": in_yuan(order.amount_fen),
            "subject": f"{SUBJECT} {order.out_trade_no}",
            "product_code": "FAST_INSTANT_TRADE_PAY" if via == "page" else self._config.qr_product,
            "time_expire": written(order.expires_at),
        }

    def create(self, order: PaymentRequest) -> str:
        """Announce a payment; return the text of its QR code. See `PaymentGateway.create`."""
        call, _ = self._asked(order, "qr")
        answer = self._caller.ask(call)
        same(answer, "out_trade_no", order.out_trade_no)
        return text(answer, "qr_code")

    def page(self, order: PaymentRequest, *, back: str) -> PaymentPage:
        """Return the form that leads to the cashier. See `PaymentGateway.page`.

        A form and not an address, so that neither number nor amount is in the browser's history.
        """
        call, _ = self._asked(order, "page")
        call.return_url = back
        return PaymentPage(url=self._caller.address, fields=self._caller.parameters(call))

    def query(self, trade: Trade) -> PaymentState:
        """Ask where a payment stands; ABSENT before a QR code is scanned. See `PaymentGateway.query`."""
        _check_number(trade.out_trade_no)
        try:
            answer = self._caller.ask(_request(Query(), {"out_trade_no": trade.out_trade_no}))
        except PaymentFailed as failed:
            if failed.code == _UNKNOWN_TRADE:
                return PaymentState(out_trade_no=trade.out_trade_no, status=PaymentStatus.ABSENT)
            raise
        same(answer, "out_trade_no", trade.out_trade_no)
        return payment(answer, paid_at=answer.get("send_pay_date"), returned=False, failure=unreadable)

    def close(self, trade: Trade) -> None:
        """Close what is not paid yet. See `PaymentGateway.close`, and above on codes nobody has scanned."""
        _check_number(trade.out_trade_no)
        try:
            answer = self._caller.ask(_request(Close(), {"out_trade_no": trade.out_trade_no}))
        except PaymentFailed as failed:
            if failed.code in {_UNKNOWN_TRADE, "closed"}:
                return
            if failed.code not in _NOT_UNPAID:
                raise
        else:
            same(answer, "out_trade_no", trade.out_trade_no)
            return
        status = self.query(trade).status  # the refusal says the same of a paid trade and of a closed one
        if status in _PAID:
            raise PaymentFailed(permanent=True, code="already_paid")
        if status not in {PaymentStatus.CLOSED, PaymentStatus.ABSENT}:
            raise PaymentFailed(permanent=False, code="not_closed")

    def refund(self, request: RefundRequest) -> RefundState:
        """Send money back. See `PaymentGateway.refund`."""
        call, _ = self._asked(request, "qr")
        answer = self._caller.ask(call)
        same(answer, "out_trade_no", request.out_trade_no)
        if answer.get("fund_change") == "Y":
            theirs = refund_id(text(answer, "trade_no"), request.out_refund_no)
            return _refunded(request, RefundStatus.SUCCEEDED, theirs, self._clock())
        known = self.query_refund(request)  # nothing moved this time: done before, or not yet
        if known.status is RefundStatus.ABSENT:
            theirs = refund_id(text(answer, "trade_no"), request.out_refund_no)
            return _refunded(request, RefundStatus.PROCESSING, theirs, None)
        return known

    def query_refund(self, request: RefundRequest) -> RefundState:
        """Ask where a refund stands. See `PaymentGateway.query_refund`.

        The institution says the same of one it never heard of and of one that failed: ABSENT, hand it in again.
        """
        number = request.out_refund_no
        _refund_content(request)
        asked = {"out_trade_no": request.out_trade_no, "out_request_no": number}
        absent = RefundState(out_trade_no="", out_refund_no=number, status=RefundStatus.ABSENT)
        try:
            answer = self._caller.ask(_request(QueryRefund(), asked | {"query_options": ["gmt_refund_pay"]}))
        except PaymentFailed as failed:
            if failed.code == _UNKNOWN_TRADE:
                return absent
            raise
        if answer.get("refund_status") != "REFUND_SUCCESS":
            return absent
        same(answer, "out_trade_no", request.out_trade_no)
        same(answer, "out_request_no", number)
        settled = answer.get("gmt_refund_pay")
        return RefundState(
            out_trade_no=request.out_trade_no,
            out_refund_no=number,
            status=RefundStatus.SUCCEEDED,
            refund_id=refund_id(text(answer, "trade_no"), number),
            amount_fen=fen(answer.get("refund_amount"), failure=unreadable),
            total_fen=fen(answer.get("total_amount"), failure=unreadable),
            settled_at=moment(settled, failure=unreadable) if settled else None,
        )

    def parse_callback(self, headers: Mapping[str, str], body: bytes) -> CallbackEvent:  # noqa: ARG002
        """Check and read one callback; its headers say nothing. See `PaymentGateway.parse_callback`."""
        told = fields_of(body)
        signature, kind = told.pop("sign", ""), told.pop("sign_type", "")
        if kind != "RSA2":
            raise Forged("algorithm")
        try:
            self._caller.seal.check(get_sign_content(told), signature)
        except Untrusted as untrusted:
            raise Forged(untrusted.code) from None
        if told.get("app_id") != self._config.app_id or told.get("seller_id") != self._config.seller_id:
            raise Forged("merchant")
        if told.get("charset", "").lower() != "utf-8":
            raise Forged("charset")
        at = moment(told.get("notify_time"), failure=Forged)
        if not -_AHEAD < self._clock() - at < STALE:
            raise Forged("stale")
        event_id = text(told, "notify_id", failure=Forged)
        return CallbackEvent(event_id=event_id, created_at=at, payment=told_payment(told))

    def callback_reply(self, *, ok: bool) -> Reply:
        """Return `success` and nothing else, or what is not that. See `PaymentGateway.callback_reply`."""
        return Reply(status=200, content_type="text/plain; charset=utf-8", body=b"success" if ok else b"fail")

    def bill(self, day: date) -> list[BillLine]:
        """Return what was booked on `day`. See `PaymentGateway.bill`.

        The institution knows no bill both before it is made (the next morning) and for a day without
        business: until `BILL_BY` after the day the former is meant, then the latter.
        """
        asked = {"bill_type": "trade", "bill_date": day.isoformat()}
        try:
            address = text(self._caller.ask(_request(BillUrl(), asked)), "bill_download_url", longest=2048)
        except PaymentFailed as failed:
            if not failed.code.upper().endswith("BILL_NOT_EXIST"):
                raise
            over = datetime.combine(day, time(), CHINA) + timedelta(days=1)
            if self._clock() < over + BILL_BY:
                raise PaymentFailed(permanent=False, code=NO_BILL) from None
            return []
        try:
            return read_bill(self._download(address), seller_id=self._config.seller_id, day=day)
        except ValueError:
            raise unreadable("bill") from None

    def _download(self, address: str) -> bytes:
        """Fetch a bill, as safe as the gateway itself is called. Raises PaymentFailed."""
        if urlsplit(address).scheme not in {"https", urlsplit(self._config.gateway).scheme}:
            raise unreadable("bill")
        packed = bytearray()
        try:
            with self._caller.http.stream("GET", address) as response:
                if response.status_code != httpx.codes.OK:
                    raise PaymentFailed(permanent=False, code=f"http_{response.status_code}")
                for piece in response.iter_bytes():
                    packed += piece
                    if len(packed) > LARGEST:
                        raise unreadable("bill")
        except (httpx.HTTPError, httpx.InvalidURL):
            raise PaymentFailed(permanent=False, code="unanswered") from None
        return bytes(packed)


def _request(call: Any, content: Mapping[str, Any]) -> Any:
    """Return an SDK request that holds `content`."""
    call.biz_content = dict(content)
    return call


def _check_number(out_trade_no: str) -> None:
    """Refuse a number that the institution cannot take. Raises PaymentFailed."""
    if not _NUMBER.fullmatch(out_trade_no):
        raise PaymentFailed(permanent=True, code="bad_request")


def _refund_content(request: RefundRequest) -> dict[str, str]:
    """Return what a refund says. Raises PaymentFailed."""
    numbers = _NUMBER.fullmatch(request.out_trade_no) and _REFUND_NUMBER.fullmatch(request.out_refund_no)
    if not numbers or not 0 < request.amount_fen <= request.total_fen:
        raise PaymentFailed(permanent=True, code="bad_request")
    return {
        "out_trade_no": request.out_trade_no,
        "out_request_no": request.out_refund_no,
        "refund_amount": in_yuan(request.amount_fen),
    }


def _refunded(
    request: RefundRequest, status: RefundStatus, theirs: str, settled_at: datetime | None
) -> RefundState:
    """Return the state of a refund that was just handed in."""
    return RefundState(
        out_trade_no=request.out_trade_no,
        out_refund_no=request.out_refund_no,
        status=status,
        refund_id=theirs,
        amount_fen=request.amount_fen,
        total_fen=request.total_fen,
        settled_at=settled_at,
    )
