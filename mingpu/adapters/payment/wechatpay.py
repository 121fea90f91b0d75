"""WeChat Pay v3, Native (QR code): the real client. The institution gets order number and amount only."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from functools import partial
from typing import Any, Final

from mingpu.adapters.calls import CallFailed
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
from mingpu.adapters.payment import wechatpay_bill as bills
from mingpu.adapters.payment.wechatpay_account import (
    LARGEST_CALLBACK,
    Account,
    Call,
    WeChatPayConfig,
    ask,
    core_of,
    fetch,
)
from mingpu.adapters.payment.wechatpay_core import Untrusted

DESCRIPTION: Final = "明铺订单"  # mandatory field; the same for every order, so that it says nothing of one
_NUMBER: Final = re.compile(r"[0-9A-Za-z_-]{6,32}")
_REFUND_NUMBER: Final = re.compile(r"[0-9A-Za-z_-]{1,64}")
_LONGEST_TEXT: Final = 256
_UNKNOWN_TRADE: Final = frozenset({"ORDER_NOT_EXIST", "ORDERNOTEXIST", "RESOURCE_NOT_EXISTS"})
_TRADE: Final = {
    "NOTPAY": PaymentStatus.UNPAID,
    "USERPAYING": PaymentStatus.PAYING,
    "SUCCESS": PaymentStatus.SUCCEEDED,
    "REFUND": PaymentStatus.REFUNDED,
    "CLOSED": PaymentStatus.CLOSED,
    "REVOKED": PaymentStatus.CLOSED,
    "PAYERROR": PaymentStatus.FAILED,
}
_REFUND: Final = {
    "PROCESSING": RefundStatus.PROCESSING,
    "SUCCESS": RefundStatus.SUCCEEDED,
    "CLOSED": RefundStatus.CLOSED,
    "ABNORMAL": RefundStatus.ABNORMAL,
}

Failure = Callable[[str], PaymentFailed]


class WeChatPayGateway:
    """`PaymentGateway` by WeChat Pay. Safe to share between threads."""

    def __init__(self, config: WeChatPayConfig) -> None:
        self._config = config
        self._core = core_of(config)
        self._account = Account(config, self._core)

    def payload_for(self, request: PaymentRequest | RefundRequest, *, via: str = "qr") -> dict[str, Any]:
        """Return the body sent for `request`: its number and amount, our account, where to call back.

        Raises PaymentFailed, permanent, for a number or amount that the institution cannot take, and code
        `no_page` for any way but `qr`.
        """
        if via != "qr":
            raise PaymentFailed(permanent=True, code="no_page")
        if isinstance(request, RefundRequest):
            return self._refund_payload(request)
        aware = request.expires_at.tzinfo is not None
        if not _NUMBER.fullmatch(request.out_trade_no) or request.amount_fen <= 0 or not aware:
            raise PaymentFailed(permanent=True, code="bad_request")
        return {
            "appid": self._config.appid,
            "mchid": self._config.mchid,
            "description": DESCRIPTION,
            "out_trade_no": request.out_trade_no,
            "notify_url": self._config.notify_url,
            "time_expire": request.expires_at.astimezone(UTC).isoformat(timespec="seconds"),
            "amount": {"total": request.amount_fen, "currency": "CNY"},
        }

    def _refund_payload(self, request: RefundRequest) -> dict[str, Any]:
        numbers = _NUMBER.fullmatch(request.out_trade_no) and _REFUND_NUMBER.fullmatch(request.out_refund_no)
        if not numbers or not 0 < request.amount_fen <= request.total_fen:
            raise PaymentFailed(permanent=True, code="bad_request")
        amount = {"refund": request.amount_fen, "total": request.total_fen, "currency": "CNY"}
        return {
            "out_trade_no": request.out_trade_no,
            "out_refund_no": request.out_refund_no,
            "notify_url": self._config.notify_url,
            "amount": amount,
        }

    def create(self, order: PaymentRequest) -> str:
        """Announce a payment; return `code_url`. See `PaymentGateway.create`."""
        payload = self.payload_for(order)
        asked = ("description", "out_trade_no", "amount", "time_expire", "notify_url", "appid", "mchid")
        answer = self._ask(partial(self._account.pay, **{name: payload[name] for name in asked}))
        return _text(answer, "code_url")

    def page(self, order: PaymentRequest, *, back: str) -> PaymentPage:  # noqa: ARG002 - the port's words
        """Refuse: the institution's page (H5) wants the buyer's network address, which stays with us."""
        raise PaymentFailed(permanent=True, code="no_page")

    def query(self, trade: Trade) -> PaymentState:
        """Ask where a payment stands. See `PaymentGateway.query`."""
        out_trade_no = _checked(trade)
        try:
            answer = self._ask(partial(self._account.query, out_trade_no=out_trade_no))
        except PaymentFailed as failed:
            if failed.code in _UNKNOWN_TRADE:
                return PaymentState(out_trade_no=out_trade_no, status=PaymentStatus.ABSENT)
            raise
        state = self._payment(answer, failure=_unreadable)
        if state.out_trade_no != out_trade_no:
            raise _unreadable("number")
        return state

    def close(self, trade: Trade) -> None:
        """Make sure that it can no longer be paid. See `PaymentGateway.close`."""
        out_trade_no = _checked(trade)
        try:
            self._ask(partial(self._account.close, out_trade_no=out_trade_no))
        except PaymentFailed as failed:
            if failed.code not in {"closed", *_UNKNOWN_TRADE}:
                raise

    def refund(self, request: RefundRequest) -> RefundState:
        """Send money back. See `PaymentGateway.refund`."""
        answer = self._ask(partial(self._account.refund, **self.payload_for(request)))
        state = _refund_state(answer, status="status", failure=_unreadable)
        if state.out_refund_no != request.out_refund_no or state.out_trade_no != request.out_trade_no:
            raise _unreadable("number")
        return state

    def query_refund(self, request: RefundRequest) -> RefundState:
        """Ask where a refund stands. See `PaymentGateway.query_refund`."""
        out_refund_no = request.out_refund_no
        if not _REFUND_NUMBER.fullmatch(out_refund_no):
            raise PaymentFailed(permanent=True, code="bad_request")
        try:
            answer = self._ask(partial(self._account.query_refund, out_refund_no=out_refund_no))
        except PaymentFailed as failed:
            if failed.code in _UNKNOWN_TRADE:
                return RefundState(out_trade_no="", out_refund_no=out_refund_no, status=RefundStatus.ABSENT)
            raise
        state = _refund_state(answer, status="status", failure=_unreadable)
        if state.out_refund_no != out_refund_no:
            raise _unreadable("number")
        return state

    def parse_callback(self, headers: Mapping[str, str], body: bytes) -> CallbackEvent:
        """Check and read one callback. See `PaymentGateway.parse_callback`."""
        if len(body) > LARGEST_CALLBACK:
            raise Forged("too_large")
        try:
            event = self._core.callback(headers, body.decode())
        except Untrusted as untrusted:
            raise Forged(untrusted.code) from None
        except CallFailed as failed:
            raise PaymentFailed(permanent=False, code=failed.code) from None
        except Exception:  # noqa: BLE001 - signed but unreadable: not ours to interpret
            raise Forged("unreadable") from None
        if not isinstance(event, dict) or not isinstance(event.get("resource"), dict):
            raise Forged("undecryptable")
        return self._event(event)

    def callback_reply(self, *, ok: bool) -> Reply:
        """Return 204, or the refusal that makes it come again. See `PaymentGateway.callback_reply`."""
        if ok:
            return Reply(status=204, content_type="application/json", body=b"")
        return Reply(
            status=500, content_type="application/json", body=b'{"code": "FAIL", "message": "refused"}'
        )

    def bill(self, day: date) -> list[BillLine]:
        """Return everything booked on `day`. See `PaymentGateway.bill`.

        The institution has no bill of a day without movements; before it could have been made, that says
        nothing yet.
        """
        path = f"/v3/bill/tradebill?bill_date={day.isoformat()}&bill_type=ALL"
        try:
            answer = self._ask(partial(self._core.request, path))
        except PaymentFailed as failed:
            if failed.code != "NO_STATEMENT_EXIST":
                raise
            if bills.may_still_come(day, datetime.now(UTC)):
                raise PaymentFailed(permanent=False, code=NO_BILL) from None
            return []
        attempts = self._config.patience.attempts
        url = _text(answer, "download_url")
        file = fetch(self._core, url, attempts=attempts, failure=PaymentFailed)
        bills.check_hash(file, answer)
        return bills.read(file, self._config.mchid)

    def _event(self, event: Mapping[str, Any]) -> CallbackEvent:
        """Read a decrypted callback; its kind must agree with what it says. Raises Forged."""
        resource, kind = event["resource"], event.get("event_type")
        event_id = _text(event, "id", failure=Forged)
        at = _moment(event.get("create_time"), failure=Forged)
        if kind == "TRANSACTION.SUCCESS":
            payment = self._payment(resource, failure=Forged)
            if payment.status is not PaymentStatus.SUCCEEDED:
                raise Forged("kind")
            return CallbackEvent(event_id=event_id, created_at=at, payment=payment)
        refund_kinds = {f"REFUND.{name}": status for name, status in _REFUND.items()}
        if kind not in refund_kinds:
            raise Forged("kind")
        if resource.get("mchid") != self._config.mchid:
            raise Forged("merchant")
        refund = _refund_state(resource, status="refund_status", failure=Forged)
        if refund.status is not refund_kinds[kind]:
            raise Forged("kind")
        return CallbackEvent(event_id=event_id, created_at=at, refund=refund)

    def _payment(self, body: Mapping[str, Any], *, failure: Failure) -> PaymentState:
        """Read a transaction that must be ours: merchant, app, currency. Raises what `failure` makes."""
        if body.get("mchid") != self._config.mchid or body.get("appid") != self._config.appid:
            raise failure("merchant")
        status = _TRADE.get(str(body.get("trade_state")), PaymentStatus.UNKNOWN)
        number = _text(body, "out_trade_no", failure=failure)
        if status not in {PaymentStatus.SUCCEEDED, PaymentStatus.REFUNDED}:
            return PaymentState(out_trade_no=number, status=status)
        amount = body.get("amount")
        if not isinstance(amount, dict) or amount.get("currency") != "CNY":
            raise failure("currency")
        return PaymentState(
            out_trade_no=number,
            status=status,
            amount_fen=_fen(amount.get("total"), failure=failure),
            transaction_id=_text(body, "transaction_id", failure=failure),
            paid_at=_moment(body.get("success_time"), failure=failure),
        )

    def _ask(self, call: Call) -> dict[str, Any]:
        """Run a library call, repeating it as configured; return its JSON body. Raises PaymentFailed."""
        return ask(call, attempts=self._config.patience.attempts, failure=PaymentFailed)


def _unreadable(code: str) -> PaymentFailed:
    """Make the failure for an answer of the institution that does not say what was asked."""
    return PaymentFailed(permanent=False, code=f"unreadable_{code}")


def _checked(trade: Trade) -> str:
    """Return a number that cannot change the path it is put into. Raises PaymentFailed."""
    if not _NUMBER.fullmatch(trade.out_trade_no):
        raise PaymentFailed(permanent=True, code="bad_request")
    return trade.out_trade_no


def _refund_state(body: Mapping[str, Any], *, status: str, failure: Failure) -> RefundState:
    """Read a refund; `status` is the field that holds its state, which differs by message."""
    state = _REFUND.get(str(body.get(status)), RefundStatus.UNKNOWN)
    amount = body.get("amount")
    if not isinstance(amount, dict):
        raise failure("amount")
    settled = body.get("success_time")
    return RefundState(
        out_trade_no=_text(body, "out_trade_no", failure=failure),
        out_refund_no=_text(body, "out_refund_no", failure=failure),
        status=state,
        refund_id=_text(body, "refund_id", failure=failure),
        amount_fen=_fen(amount.get("refund"), failure=failure),
        total_fen=_fen(amount.get("total"), failure=failure),
        settled_at=_moment(settled, failure=failure) if settled else None,
    )


def _text(body: Mapping[str, Any], name: str, *, failure: Failure = _unreadable) -> str:
    """Return a field that must be a text of 1 to 256 characters."""
    value = body.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= _LONGEST_TEXT:
        raise failure(name)
    return value


def _fen(value: object, *, failure: Failure) -> int:
    """Return an amount that must be a positive integer; `true` and `1.0` are neither."""
    if type(value) is not int or value <= 0:
        raise failure("amount")
    return value


def _moment(value: object, *, failure: Failure) -> datetime:
    """Return an RFC 3339 time as UTC."""
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        raise failure("time") from None
    if moment.tzinfo is None:
        raise failure("time")
    return moment.astimezone(UTC)
