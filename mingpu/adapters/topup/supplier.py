"""The top-up supplier's signed JSON: what is sent, how it is signed, how answers are believed.

POST {url}/topup/v1/orders `{account, order_no, phone, amount_fen}` and POST {url}/topup/v1/queries
`{account, order_no}`. Every message carries `X-Timestamp` (Unix seconds) and `X-Signature`: HMAC-SHA256 in
hexadecimal, keyed with the account's secret, over timestamp, path and body, a line feed between them; the
answer is signed alike over the path that was asked. Both sides refuse what is older than five minutes.

Answers: 200 `{code: "OK", order_no, status: "PROCESSING" | "DONE" | "FAILED"}`; 4xx `{code}` with BAD_NUMBER,
BAD_AMOUNT, ORDER_NO_USED (the number belongs to another top-up), NOT_FOUND, SIGN_ERROR. An `order_no` is one
top-up for ever: the same message again is answered with where it stands.
"""

import hashlib
import hmac
import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from typing import Any, Final

import httpx

from mingpu.adapters.calls import Patience, trying, worth_another_try
from mingpu.adapters.topup import TopUpFailed, TopUpRequest, TopUpStatus

WINDOW: Final = 300  # seconds a message stays valid
ORDERS: Final = "/topup/v1/orders"
QUERIES: Final = "/topup/v1/queries"
_NUMBER: Final = re.compile(r"[0-9A-Za-z_-]{6,32}")
_PHONE: Final = re.compile(r"(?:\+86)?(1[3-9]\d{9})")
_STAMP: Final = re.compile(r"[1-9]\d{9}")
_LARGEST: Final = 16 * 1024
_STATUS: Final = {
    "PROCESSING": TopUpStatus.PROCESSING,
    "DONE": TopUpStatus.DONE,
    "FAILED": TopUpStatus.FAILED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplierConfig:
    """Our account with the supplier. url: scheme and host, without a slash at the end."""

    account: str
    secret: str = field(repr=False)
    url: str
    patience: Patience = field(default_factory=Patience)


class SupplierTopUp:
    """`TopUpSupplier` by signed JSON. Safe to share between threads."""

    def __init__(self, config: SupplierConfig) -> None:
        self._config = config
        patience = config.patience
        self._client = httpx.Client(
            timeout=httpx.Timeout(patience.read, connect=patience.connect), trust_env=False
        )

    def payload_for(self, request: TopUpRequest) -> dict[str, Any]:
        """Return the body sent for `request`. Raises TopUpFailed, permanent, for what can never be done."""
        phone = _PHONE.fullmatch(request.phone)
        if not phone:
            raise TopUpFailed(permanent=True, code="bad_number")
        if not _NUMBER.fullmatch(request.delivery_no) or request.amount_fen <= 0:
            raise TopUpFailed(permanent=True, code="bad_request")
        return {
            "account": self._config.account,
            "order_no": request.delivery_no,
            "phone": phone[1],
            "amount_fen": request.amount_fen,
        }

    def send(self, request: TopUpRequest) -> TopUpStatus:
        """Ask for the credit. See `TopUpSupplier.send`."""
        return self._ask(ORDERS, self.payload_for(request))

    def query(self, delivery_no: str) -> TopUpStatus:
        """Ask where a top-up stands. See `TopUpSupplier.query`."""
        try:
            return self._ask(QUERIES, {"account": self._config.account, "order_no": delivery_no})
        except TopUpFailed as failed:
            if failed.code == "not_found":
                return TopUpStatus.ABSENT
            raise

    def _ask(self, path: str, message: Mapping[str, Any]) -> TopUpStatus:
        """Send a message, again where that may help; return the status it is answered with."""
        body = json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()
        call = partial(self._once, path, body, str(message["order_no"]))
        return trying(call, attempts=self._config.patience.attempts, failure=TopUpFailed)

    def _once(self, path: str, body: bytes, number: str) -> TopUpStatus:
        stamp = str(int(time.time()))
        headers = {
            "Content-Type": "application/json",
            "X-Timestamp": stamp,
            "X-Signature": signature(self._config.secret, stamp, path, body),
        }
        try:
            answer = self._client.post(self._config.url + path, content=body, headers=headers)
        except httpx.HTTPError:
            raise TopUpFailed(permanent=False, code="unanswered") from None
        if worth_another_try(answer.status_code):
            raise TopUpFailed(permanent=False, code=f"http_{answer.status_code}")
        found = self._believed(path, answer)
        if answer.status_code != HTTPStatus.OK:
            code = str(found.get("code") or f"http_{answer.status_code}").lower()
            raise TopUpFailed(permanent=True, code=code)
        if found.get("code") != "OK" or found.get("order_no") != number:
            raise TopUpFailed(permanent=False, code="unreadable_answer")
        return _STATUS.get(str(found.get("status")), TopUpStatus.UNKNOWN)

    def _believed(self, path: str, answer: httpx.Response) -> Mapping[str, Any]:
        """Return the body of an answer that the supplier signed just now. Raises TopUpFailed."""
        stamp = answer.headers.get("X-Timestamp", "")
        fresh = _STAMP.fullmatch(stamp) and abs(time.time() - int(stamp)) <= WINDOW
        right = signature(self._config.secret, stamp, path, answer.content)
        given = answer.headers.get("X-Signature", "")
        if not fresh or not hmac.compare_digest(right.encode(), given.encode()):
            raise TopUpFailed(permanent=False, code="unsigned")
        try:
            found = json.loads(answer.content) if len(answer.content) <= _LARGEST else None
        except ValueError:
            found = None
        if not isinstance(found, dict):
            raise TopUpFailed(permanent=False, code="unreadable_answer")
        return found


def signature(secret: str, stamp: str, path: str, body: bytes) -> str:
    """Return the signature of a message. stamp: Unix seconds as text."""
    message = b"\n".join((stamp.encode(), path.encode(), body))
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()
