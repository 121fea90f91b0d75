"""UnionPay 全渠道 5.1.0, our own client: QR code and payment page. Only order number and amount go out."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

import httpx
from cryptography import x509

from mingpu.adapters.calls import Patience, trying, worth_another_try
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
from mingpu.adapters.payment.unionpay_bill import read_bill
from mingpu.adapters.payment.unionpay_read import (
    CHINA,
    DONE,
    PENDING,
    YUAN,
    booked_at,
    china_time,
    form,
    payment_of,
    refund_of,
    refused,
    text,
    unreadable,
)
from mingpu.adapters.payment.unionpay_wire import RSA, VERSION, Trust, Untrusted, load_key, read_text, sign
from mingpu.lib.clock import now

OWNER: Final = "中国银联股份有限公司"  # in the name of the certificate the institution signs with
PAY, REFUND, QUERY, FILE = "01", "04", "00", "76"  # txnType
_NUMBER: Final = re.compile(r"[0-9A-Za-z]{8,32}")
_THEIR_NUMBER: Final = re.compile(r"[0-9A-Za-z]{1,21}")
_LARGEST_AMOUNT: Final = 10**12
_LARGEST_CALLBACK: Final = 64 * 1024
_FILE_READ: Final = 30.0  # seconds; a day's file may be large
_MADE_BY: Final = timedelta(days=1, hours=12)  # after the day began: by then its file should be there
_NOT_READ: Final = frozenset({"10", "11", "31"})  # our message was not even looked at: nothing is echoed
_TWICE, _UNKNOWN_TRADE, _NO_FILE = "12", "34", "98"  # respCode


@dataclass(frozen=True, slots=True, kw_only=True)
class UnionPayConfig:
    """Our merchant account and where the institution is.

    gateway: scheme and host, no path; files_url: where day files come from. root_pem and middle_pem: the
    authority's certificates, pinned; owner: the company in the name of the certificate the institution signs
    with. notify_url: where notifications come.
    """

    mer_id: str
    certificate_pem: str
    private_key_pem: str = field(repr=False)
    root_pem: str
    middle_pem: str
    notify_url: str
    owner: str = OWNER
    gateway: str = "https://gateway.95516.com"
    files_url: str = "https://filedownload.95516.com/"
    patience: Patience = field(default_factory=Patience)


class UnionPayGateway:
    """`PaymentGateway` by UnionPay. Safe to share between threads."""

    def __init__(self, config: UnionPayConfig, *, clock: Callable[[], datetime] = now) -> None:
        """Raise ValueError for keys and certificates that do not belong together, or a bad gateway."""
        parts = urlsplit(config.gateway)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path.strip("/"):
            raise ValueError("gateway must be a scheme and a host")
        certificate = x509.load_pem_x509_certificate(config.certificate_pem.encode())
        self._config = config
        self._clock = clock
        self._cert_id = str(certificate.serial_number)
        self._key = load_key(config.private_key_pem, certificate)
        self._trust = Trust(
            root_pem=config.root_pem, middle_pem=config.middle_pem, owner=config.owner, clock=clock
        )
        patience = config.patience
        self._http = httpx.Client(timeout=httpx.Timeout(patience.read, connect=patience.connect))

    def payload_for(self, request: PaymentRequest | RefundRequest, *, via: str = "qr") -> dict[str, Any]:
        """Return the fields sent for `request`; the signature over them, and `frontUrl` by `page`, are added.

        Raises PaymentFailed, permanent, for a number, an amount or a time that the institution cannot take.
        """
        if isinstance(request, RefundRequest):
            return self._refund_payload(request)
        good = _NUMBER.fullmatch(request.out_trade_no) and 0 < request.amount_fen < _LARGEST_AMOUNT
        if not good or china_time(request.started_at) >= china_time(request.expires_at):
            raise PaymentFailed(permanent=True, code="bad_request")
        if via == "page":
            kind = self._head(PAY, "01", biz_type="000201", channel="07")
        else:
            kind = self._head(PAY, "07", biz_type="000000", channel="08")
        return kind | {
            "orderId": request.out_trade_no,
            "txnTime": china_time(request.started_at),
            "txnAmt": str(request.amount_fen),
            "currencyCode": YUAN,
            "payTimeout": china_time(request.expires_at),
            "backUrl": self._config.notify_url,
        }

    def _refund_payload(self, request: RefundRequest) -> dict[str, Any]:
        numbers = _NUMBER.fullmatch(request.out_refund_no) and _THEIR_NUMBER.fullmatch(request.provider_txn)
        if not numbers or not 0 < request.amount_fen <= request.total_fen < _LARGEST_AMOUNT:
            raise PaymentFailed(permanent=True, code="bad_request")
        return self._head(REFUND, "00", biz_type="000201", channel="07") | {
            "orderId": request.out_refund_no,
            "txnTime": china_time(request.asked_at),
            "origQryId": request.provider_txn,
            "txnAmt": str(request.amount_fen),
            "currencyCode": YUAN,
            "backUrl": self._config.notify_url,
        }

    def _head(self, txn_type: str, sub_type: str, *, biz_type: str, channel: str) -> dict[str, str]:
        """Return what every message starts with: the protocol and our account."""
        return {
            "version": VERSION,
            "encoding": "UTF-8",
            "signMethod": RSA,
            "certId": self._cert_id,
            "txnType": txn_type,
            "txnSubType": sub_type,
            "bizType": biz_type,
            "channelType": channel,
            "accessType": "0",
            "merId": self._config.mer_id,
        }

    def create(self, order: PaymentRequest) -> str:
        """Announce a payment; return `qrCode`. See `PaymentGateway.create`.

        When the institution knows the number but tells the code no more: code `duplicate`, permanent.
        """
        answer = self._ask("backTransReq.do", self.payload_for(order))
        if answer["respCode"] == _TWICE:
            self.close(Trade(out_trade_no=order.out_trade_no, started_at=order.started_at))
            raise PaymentFailed(permanent=True, code="duplicate")
        if answer["respCode"] not in DONE:
            raise refused(answer["respCode"])
        return text(answer, "qrCode", failure=unreadable)

    def page(self, order: PaymentRequest, *, back: str) -> PaymentPage:
        """Return the signed form that opens the institution's page. See `PaymentGateway.page`."""
        if urlsplit(back).scheme not in {"http", "https"}:
            raise PaymentFailed(permanent=True, code="bad_request")
        fields = self.payload_for(order, via="page") | {"frontUrl": back}
        signed = fields | {"signature": sign(fields, self._key)}
        return PaymentPage(url=self._url("frontTransReq.do"), fields=signed)

    def query(self, trade: Trade) -> PaymentState:
        """Ask where a payment stands. See `PaymentGateway.query`."""
        number = trade.out_trade_no
        answer = self._look(number, trade.started_at)
        if answer is None:
            return PaymentState(out_trade_no=number, status=PaymentStatus.ABSENT)
        if answer["respCode"] in PENDING:
            return PaymentState(out_trade_no=number, status=PaymentStatus.UNKNOWN)
        code = text(answer, "origRespCode", failure=unreadable)
        return payment_of(answer, code=code, failure=unreadable)

    def close(self, trade: Trade) -> None:
        """See `PaymentGateway.close`; there is no such call here: `payTimeout` ends what nobody paid.

        So this only asks. What is paid after all comes as a notification and has to go back.
        """
        status = self.query(trade).status
        if status is PaymentStatus.SUCCEEDED:
            raise PaymentFailed(permanent=True, code="already_paid")
        if status is PaymentStatus.UNKNOWN:
            raise PaymentFailed(permanent=False, code="unanswered")

    def refund(self, request: RefundRequest) -> RefundState:
        """Send money back. See `PaymentGateway.refund`."""
        answer = self._ask("backTransReq.do", self.payload_for(request))
        code = answer["respCode"]
        if code == _TWICE:
            known = self.query_refund(request)
            if known.status is RefundStatus.ABSENT or known.amount_fen not in {None, request.amount_fen}:
                raise PaymentFailed(permanent=True, code="duplicate")
            return known
        if code not in DONE | PENDING:
            raise refused(code)
        return _known(request, RefundStatus.PROCESSING, refund_id=answer.get("queryId") or None)

    def query_refund(self, request: RefundRequest) -> RefundState:
        """Ask where a refund stands. See `PaymentGateway.query_refund`."""
        number = request.out_refund_no
        answer = self._look(number, request.asked_at)
        if answer is None:
            return RefundState(out_trade_no="", out_refund_no=number, status=RefundStatus.ABSENT)
        if answer["respCode"] in PENDING:
            return _known(request, RefundStatus.UNKNOWN, refund_id=None)
        code = text(answer, "origRespCode", failure=unreadable)
        trade, total = request.out_trade_no, request.total_fen
        return refund_of(answer, code=code, failure=unreadable, trade=trade, total=total)

    def parse_callback(self, headers: Mapping[str, str], body: bytes) -> CallbackEvent:  # noqa: ARG002 - the body proves itself
        """Check and read one notification. See `PaymentGateway.parse_callback`.

        A refund in it names its own number only: out_trade_no is empty, total_fen None.
        """
        if len(body) > _LARGEST_CALLBACK:
            raise Forged("too_large")
        fields = form(body)
        try:
            self._trust.check(fields)
        except Untrusted as untrusted:
            raise Forged(untrusted.code) from None
        if fields.get("merId") != self._config.mer_id:
            raise Forged("merchant")
        kind = fields.get("txnType")
        if kind not in {PAY, REFUND}:
            raise Forged("kind")
        code = text(fields, "respCode", failure=Forged)
        at = booked_at(fields, failure=Forged)
        event_id = text(fields, "queryId", failure=Forged) + kind
        if kind == PAY:
            payment = payment_of(fields, code=code, failure=Forged)
            return CallbackEvent(event_id=event_id, created_at=at, payment=payment)
        refund = refund_of(fields, code=code, failure=Forged)
        return CallbackEvent(event_id=event_id, created_at=at, refund=refund)

    def callback_reply(self, *, ok: bool) -> Reply:
        """Return 200 `ok`, or 503: anything but 200 brings the notification again."""
        status, body = (200, b"ok") if ok else (503, b"again")
        return Reply(status=status, content_type="text/plain; charset=utf-8", body=body)

    def bill(self, day: date) -> list[BillLine]:
        """Return the movements of a settlement day. See `PaymentGateway.bill` and `unionpay_bill`.

        The institution's day may end before midnight: a late payment can stand in the next day's file. "No
        such file" means nothing happened once noon of the next day has passed; before, code `no_bill`.
        """
        question = self._head(FILE, "01", biz_type="000000", channel="07")
        del question["channelType"]
        question |= {"txnTime": china_time(self._clock()), "settleDate": f"{day:%m%d}", "fileType": "00"}
        answer = self._ask(self._config.files_url, question)
        if answer["respCode"] == _NO_FILE:
            if self._clock() < datetime(day.year, day.month, day.day, tzinfo=CHINA) + _MADE_BY:
                raise PaymentFailed(permanent=False, code=NO_BILL)
            return []
        if answer["respCode"] not in DONE:
            raise refused(answer["respCode"])
        return read_bill(answer.get("fileContent", ""), day=day, mer_id=self._config.mer_id)

    def _look(self, number: str, at: datetime) -> dict[str, str] | None:
        """Ask for a transaction of either kind; None when the institution does not know it."""
        if not _NUMBER.fullmatch(number):
            raise PaymentFailed(permanent=True, code="bad_request")
        question = self._head(QUERY, "00", biz_type="000000", channel="07")
        answer = self._ask("queryTrans.do", question | {"orderId": number, "txnTime": china_time(at)})
        if answer["respCode"] == _UNKNOWN_TRADE:
            return None
        if answer["respCode"] not in DONE | PENDING:
            raise refused(answer["respCode"])
        return answer

    def _ask(self, name: str, message: Mapping[str, str]) -> dict[str, str]:
        """Post a signed message, repeating it as configured; return the answer. Raises PaymentFailed.

        The answer is the institution's, for us, and about what was asked; `respCode` is in it.
        """
        body = urlencode({**message, "signature": sign(message, self._key)}).encode()
        once = partial(self._once, name, body, message)
        return trying(once, attempts=self._config.patience.attempts, failure=PaymentFailed)

    def _once(self, name: str, body: bytes, message: Mapping[str, str]) -> dict[str, str]:
        timeout = httpx.Timeout(
            _FILE_READ if message["txnType"] == FILE else self._config.patience.read,
            connect=self._config.patience.connect,
        )
        headers = {"Content-Type": "application/x-www-form-urlencoded; charset=UTF-8"}
        try:
            answer = self._http.post(self._url(name), content=body, headers=headers, timeout=timeout)
        except httpx.HTTPError:
            raise PaymentFailed(permanent=False, code="unanswered") from None
        if answer.status_code != httpx.codes.OK:
            passing = worth_another_try(answer.status_code)
            raise PaymentFailed(permanent=not passing, code=f"http_{answer.status_code}")
        try:
            fields = read_text(answer.content.decode())
            self._trust.check(fields)
        except (ValueError, Untrusted):
            raise PaymentFailed(permanent=False, code="unsigned") from None
        if fields.get("respCode") in _NOT_READ and "merId" not in fields:
            raise refused(fields["respCode"])
        same = ("txnType", "merId", "txnTime", *(("orderId",) if "orderId" in message else ()))
        if any(fields.get(one) != message[one] for one in same):
            raise unreadable("merchant" if fields.get("merId") != message["merId"] else "number")
        text(fields, "respCode", failure=unreadable)
        return fields

    def _url(self, name: str) -> str:
        return name if "://" in name else f"{self._config.gateway.rstrip('/')}/gateway/api/{name}"


def _known(request: RefundRequest, status: RefundStatus, *, refund_id: str | None) -> RefundState:
    """Return a refund whose outcome is open: numbers and amounts are the ones that were asked for."""
    return RefundState(
        out_trade_no=request.out_trade_no,
        out_refund_no=request.out_refund_no,
        status=status,
        refund_id=refund_id,
        amount_fen=request.amount_fen,
        total_fen=request.total_fen,
    )
