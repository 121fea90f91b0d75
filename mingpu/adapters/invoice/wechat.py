"""Electronic invoices through WeChat Pay: the issuer learns title, tax number, amounts and a category word.

What public documents leave open is settled here so: the file's format is chosen by `file_type`, and an
issue that came to nothing stands as `ISSUE_FAILED`; states not known here are `UNKNOWN`.
"""

import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final
from urllib.parse import urlencode

from wechatpayv3.type import RequestType

from mingpu.adapters.calls import CallFailed
from mingpu.adapters.invoice import (
    MOST_LINES,
    InvoiceFailed,
    InvoiceLine,
    InvoiceRequest,
    InvoiceState,
    InvoiceStatus,
)
from mingpu.adapters.payment import Forged, Reply
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

_PATH: Final = "/v3/new-tax-control-fapiao/fapiao-applications"
_NUMBER: Final = re.compile(r"[0-9A-Za-z_-]{1,32}")
_PIECE: Final = 10**8  # quantities are told in 1/100,000,000
_LONGEST_TITLE: Final = 100
_REASON: Final = "SALES_RETURN"
_GONE: Final = "RESOURCE_NOT_EXISTS"
_THERE: Final = "RESOURCE_ALREADY_EXISTS"
_STATUS: Final = {
    "ISSUE_ACCEPTED": InvoiceStatus.ISSUING,
    "ISSUED": InvoiceStatus.ISSUED,
    "REVERSE_ACCEPTED": InvoiceStatus.REVERSING,
    "REVERSED": InvoiceStatus.REVERSED,
    "ISSUE_FAILED": InvoiceStatus.FAILED,
}
_EVENTS: Final = frozenset({"FAPIAO.ISSUED", "FAPIAO.REVERSED"})
_SHAPES: Final = {"pdf": b"%PDF-", "ofd": b"PK\x03\x04"}  # an OFD is a zip
_DOWNLOADABLE: Final = frozenset({InvoiceStatus.ISSUED, InvoiceStatus.REVERSING, InvoiceStatus.REVERSED})


@dataclass(frozen=True, slots=True, kw_only=True)
class WeChatInvoiceConfig:
    """account: as for payments; its notify_url is where callbacks about invoices come.

    tax_codes: category word -> code of the tax authority's table, 19 digits; under '' the one for all others.
    """

    account: WeChatPayConfig
    tax_codes: Mapping[str, str]


class WeChatInvoices:
    """`InvoiceIssuer` by WeChat Pay. Safe to share between threads."""

    def __init__(self, config: WeChatInvoiceConfig) -> None:
        if "" not in config.tax_codes:
            raise ValueError("tax_codes: one under '' is needed, for all other words")
        self._config = config
        self._core = core_of(config.account)
        self._account = Account(config.account, self._core)
        self._setting_up = threading.Lock()
        self._set_up = False

    def payload_for(self, request: InvoiceRequest) -> dict[str, Any]:
        """Return the body sent for `request`, all but the two flags `_flagged` adds.

        Raises InvoiceFailed, permanent, for what could never be issued.
        """
        lines = request.lines
        good = 0 < len(lines) <= MOST_LINES and sum(line.amount_fen for line in lines) == request.total_fen
        good = good and all(line.amount_fen > 0 and line.quantity > 0 and line.goods for line in lines)
        if not good or not 0 < len(request.title) <= _LONGEST_TITLE:
            raise InvoiceFailed(permanent=True, code="bad_request")
        buyer = {"type": "ORGANIZATION" if request.tax_no else "INDIVIDUAL", "name": request.title}
        if request.tax_no:
            buyer["taxpayer_id"] = request.tax_no
        return {
            "fapiao_apply_id": _application(request.invoice_no, request.payment),
            "scene": "WITH_WECHATPAY" if request.payment else "WITHOUT_WECHATPAY",
            "buyer_information": buyer,
            "fapiao_information": [
                {
                    "fapiao_id": request.invoice_no,
                    "total_amount": request.total_fen,
                    "items": [self._item(line) for line in lines],
                }
            ],
        }

    def _item(self, line: InvoiceLine) -> dict[str, Any]:
        return {
            "tax_code": self._config.tax_codes.get(line.goods) or self._config.tax_codes[""],
            "goods_name": line.goods,
            "quantity": line.quantity * _PIECE,
            "total_amount": line.amount_fen,
            "tax_rate": line.tax_rate,
        }

    def issue(self, request: InvoiceRequest) -> None:
        """Ask for an invoice. See `InvoiceIssuer.issue`."""
        payload = _flagged(self.payload_for(request))
        self._say_where_to_call()
        try:
            self._ask(partial(self._core.request, _PATH, RequestType.POST, payload))
        except InvoiceFailed as failed:
            if failed.code != _THERE:
                raise
            known = self._entry(request.invoice_no, request.payment)
            if known is None or known.get("total_amount") != request.total_fen:
                raise

    def query(self, invoice_no: str, *, payment: str = "") -> InvoiceState:
        """Ask where an invoice stands. See `InvoiceIssuer.query`."""
        entry = self._entry(invoice_no, payment)
        if entry is None:
            return InvoiceState(invoice_no=invoice_no, status=InvoiceStatus.ABSENT)
        status = _STATUS.get(str(entry.get("status")), InvoiceStatus.UNKNOWN)
        issued = _inner(entry, "blue_fapiao")
        code, number = str(issued.get("fapiao_code") or ""), str(issued.get("fapiao_number") or "")
        return InvoiceState(invoice_no=invoice_no, status=status, code=code, number=number)

    def reverse(self, invoice_no: str, *, payment: str = "") -> None:
        """Ask for the red letter. See `InvoiceIssuer.reverse`."""
        state = self.query(invoice_no, payment=payment)
        match state.status:
            case InvoiceStatus.REVERSING | InvoiceStatus.REVERSED:
                return
            case InvoiceStatus.ISSUING | InvoiceStatus.UNKNOWN:
                raise InvoiceFailed(permanent=False, code="not_issued")
            case InvoiceStatus.ABSENT | InvoiceStatus.FAILED:
                raise InvoiceFailed(permanent=True, code="not_reversible")
        which = {"fapiao_id": invoice_no, "fapiao_code": state.code, "fapiao_number": state.number}
        call = partial(self._account.fapiao_reverse, _application(invoice_no, payment), _REASON, [which])
        try:
            self._ask(call)
        except InvoiceFailed as failed:
            if not failed.permanent or failed.code not in {"INVALID_REQUEST", "RULE_LIMIT"}:
                raise
            raise InvoiceFailed(permanent=True, code="not_reversible") from None

    def file(self, invoice_no: str, kind: str, *, payment: str = "") -> bytes:
        """Return the document. See `InvoiceIssuer.file`.

        The issuer wants to hear whose card the invoice is in, where it is in one: told back, kept nowhere.
        """
        shape, application = _SHAPES[kind], _application(invoice_no, payment)
        entry = self._entry(invoice_no, payment) or {}
        issued = _inner(entry, "blue_fapiao")
        if _STATUS.get(str(entry.get("status"))) not in _DOWNLOADABLE:
            raise InvoiceFailed(permanent=False, code="not_issued")
        path = f"{_PATH}/{application}/fapiao-files?{urlencode({'fapiao_id': invoice_no})}"
        found = _only(
            self._ask(partial(self._core.request, path)).get("fapiao_download_info_list"), invoice_no
        )
        url = str((found or {}).get("download_url") or "")
        if not url:
            raise InvoiceFailed(permanent=False, code="not_issued")
        marks = {
            "mchid": self._config.account.mchid,
            "openid": _inner(entry, "card_information").get("card_openid"),
            "invoice_code": issued.get("fapiao_code"),
            "invoice_no": issued.get("fapiao_number"),
            "fapiao_id": invoice_no,
            "file_type": kind.upper(),
        }
        query = urlencode({name: value for name, value in marks.items() if value})
        url = f"{url}{'&' if '?' in url else '?'}{query}"
        document = fetch(self._core, url, attempts=self._attempts, failure=InvoiceFailed)
        if not document.startswith(shape):
            raise InvoiceFailed(permanent=False, code="unreadable_file")
        return document

    def parse_callback(self, headers: Mapping[str, str], body: bytes) -> str:
        """Check a callback and return its invoice_no. See `InvoiceIssuer.parse_callback`."""
        if len(body) > LARGEST_CALLBACK:
            raise Forged("too_large")
        try:
            event = self._core.callback(headers, body.decode())
        except Untrusted as untrusted:
            raise Forged(untrusted.code) from None
        except CallFailed as failed:
            raise InvoiceFailed(permanent=False, code=failed.code) from None
        except Exception:  # noqa: BLE001 - signed but unreadable: not ours to interpret
            raise Forged("unreadable") from None
        if not isinstance(event, dict) or not isinstance(event.get("resource"), dict):
            raise Forged("undecryptable")
        told = event["resource"]
        if event.get("event_type") not in _EVENTS:
            raise Forged("kind")
        if told.get("mchid") != self._config.account.mchid:
            raise Forged("merchant")
        entries = told.get("fapiao_information")
        entry = entries[0] if isinstance(entries, list) and len(entries) == 1 else None
        number = entry.get("fapiao_id") if isinstance(entry, dict) else None
        if not isinstance(number, str) or not _NUMBER.fullmatch(number):
            raise Forged("number")
        return number

    def callback_reply(self, *, ok: bool) -> Reply:
        """Return 204, or the refusal that makes it come again."""
        if ok:
            return Reply(status=204, content_type="application/json", body=b"")
        body = b'{"code": "FAIL", "message": "refused"}'
        return Reply(status=500, content_type="application/json", body=body)

    def _say_where_to_call(self) -> None:
        """Set our callback address with the issuer, once per process: its calls about invoices carry none."""
        with self._setting_up:
            if not self._set_up:
                self._ask(self._account.fapiao_set_merchant_config)
                self._set_up = True

    def _entry(self, invoice_no: str, payment: str) -> dict[str, Any] | None:
        """Return what the issuer says of an invoice, None when it knows none."""
        call = partial(self._account.fapiao_query, _application(invoice_no, payment), invoice_no)
        try:
            answer = self._ask(call)
        except InvoiceFailed as failed:
            if failed.code == _GONE:
                return None
            raise
        return _only(answer.get("fapiao_information"), invoice_no)

    @property
    def _attempts(self) -> int:
        return self._config.account.patience.attempts

    def _ask(self, call: Call) -> dict[str, Any]:
        return ask(call, attempts=self._attempts, failure=InvoiceFailed)


def _application(invoice_no: str, payment: str) -> str:
    """Return the number of the application, safe to stand in a path. Raises InvoiceFailed."""
    if not _NUMBER.fullmatch(invoice_no) or (payment and not _NUMBER.fullmatch(payment)):
        raise InvoiceFailed(permanent=True, code="bad_request")
    return payment or invoice_no


def _flagged(payload: dict[str, Any]) -> dict[str, Any]:
    """Add the flags the protocol wants, which are the same for everybody: no list, no discount line."""
    (invoice,) = payload["fapiao_information"]
    items = [item | {"discount": False} for item in invoice["items"]]
    return payload | {"fapiao_information": [invoice | {"need_list": False, "items": items}]}


def _only(entries: object, invoice_no: str) -> dict[str, Any] | None:
    """Return the entry about one invoice."""
    for entry in entries if isinstance(entries, list) else []:
        if isinstance(entry, dict) and entry.get("fapiao_id") == invoice_no:
            return entry
    return None


def _inner(entry: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    inner = entry.get(name)
    return inner if isinstance(inner, dict) else {}
