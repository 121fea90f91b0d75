"""Handing a package to another mall: signed JSON, and how its receipt is believed.

POST {url}/handover/v1/packages `{account, transfer_no, sha256, bytes, tables, package}`, the package in base64. Every
message carries `X-Timestamp` (Unix seconds) and `X-Signature`: HMAC-SHA256 in hexadecimal, keyed with the account's
secret, over timestamp, path and body, a line feed between them; the answer is signed alike over the path that was
asked. Both sides refuse what is older than five minutes.

Answers: 200 `{code: "OK", transfer_no, sha256, status: "ACCEPTED" | "REFUSED", receipt, reason?}`; 4xx `{code}`. A
`transfer_no` is one package for ever: the same again is answered with the same receipt.
"""

import hashlib
import hmac
import json
import re
import time
from base64 import b64encode
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from typing import Any, Final

import httpx

from mingpu.adapters.calls import Patience, trying, worth_another_try
from mingpu.adapters.mall import HandoverFailed, Package, Receipt
from mingpu.lib.text import Text

WINDOW: Final = 300  # seconds a message stays valid
PACKAGES: Final = "/handover/v1/packages"
_WORD: Final = re.compile(r"[0-9A-Za-z_-]{1,64}")
_STAMP: Final = re.compile(r"[1-9]\d{9}")
_LARGEST: Final = 16 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class HandlerConfig:
    """One mall that packages can be handed to and come from. url: scheme and host, no slash at the end.

    public_key: Ed25519 with which it signs the packages it hands out, 32 bytes, base64; contact: of who answers for
    it, shown to the person before they agree.
    """

    code: str
    name: Text
    contact: str
    account: str
    secret: str = field(repr=False)
    url: str
    public_key: str = ""
    patience: Patience = field(default_factory=Patience)

    @classmethod
    def from_account(cls, *, code: str, zh: str, en: str, **rest: Any) -> "HandlerConfig":
        """Return it as an operator writes it: zh and en are its names."""
        return cls(code=code, name=Text(zh, en), **rest)


class Handover:
    """`OtherMall` by signed JSON. Safe to share between threads."""

    def __init__(self, config: HandlerConfig) -> None:
        self._config = config
        patience = config.patience
        self._client = httpx.Client(
            timeout=httpx.Timeout(patience.read, connect=patience.connect), trust_env=False
        )

    def payload_for(self, package: Package) -> dict[str, Any]:
        """Return the body sent for `package`."""
        return {
            "account": self._config.account,
            "transfer_no": package.transfer_no,
            "sha256": package.sha256,
            "bytes": len(package.content),
            "tables": package.tables,
            "package": b64encode(package.content).decode(),
        }

    def hand_over(self, package: Package) -> Receipt:
        """Hand it over, again where that may help. See `OtherMall.hand_over`."""
        body = json.dumps(self.payload_for(package), separators=(",", ":")).encode()
        call = partial(self._once, body, package)
        return trying(call, attempts=self._config.patience.attempts, failure=HandoverFailed)

    def _once(self, body: bytes, package: Package) -> Receipt:
        stamp = str(int(time.time()))
        headers = {
            "Content-Type": "application/json",
            "X-Timestamp": stamp,
            "X-Signature": signature(self._config.secret, stamp, PACKAGES, body),
        }
        try:
            answer = self._client.post(self._config.url + PACKAGES, content=body, headers=headers)
        except httpx.HTTPError:
            raise HandoverFailed(permanent=False, code="unanswered") from None
        if worth_another_try(answer.status_code):
            raise HandoverFailed(permanent=False, code=f"http_{answer.status_code}")
        found = self._believed(answer)
        if answer.status_code != HTTPStatus.OK:
            raise HandoverFailed(permanent=True, code=_word(found.get("code")).lower())
        about = (found.get("code"), found.get("transfer_no"), found.get("sha256"))
        if about != ("OK", package.transfer_no, package.sha256):
            raise HandoverFailed(permanent=False, code="unreadable_answer")
        if found.get("status") not in {"ACCEPTED", "REFUSED"}:
            raise HandoverFailed(permanent=False, code="unreadable_answer")
        if found["status"] == "ACCEPTED":
            return Receipt(accepted=True, number=_word(found.get("receipt")))
        return Receipt(accepted=False, number="", reason=_word(found.get("reason")).lower())

    def _believed(self, answer: httpx.Response) -> dict[str, Any]:
        """Return the body of an answer that the other mall signed just now. Raises HandoverFailed."""
        stamp, given = (answer.headers.get(name, "") for name in ("X-Timestamp", "X-Signature"))
        fresh = _STAMP.fullmatch(stamp) and abs(time.time() - int(stamp)) <= WINDOW
        right = signature(self._config.secret, stamp, PACKAGES, answer.content)
        if not fresh or not hmac.compare_digest(right.encode(), given.encode()):
            raise HandoverFailed(permanent=False, code="unsigned")
        try:
            found = json.loads(answer.content) if len(answer.content) <= _LARGEST else None
        except ValueError:
            found = None
        if not isinstance(found, dict):
            raise HandoverFailed(permanent=False, code="unreadable_answer")
        return found


def signature(secret: str, stamp: str, path: str, body: bytes) -> str:
    """Return the signature of a message. stamp: Unix seconds as text."""
    message = b"\n".join((stamp.encode(), path.encode(), body))
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()


def _word(value: object) -> str:
    """Return a short word of the other side; "unnamed" for anything that is none."""
    return value if isinstance(value, str) and _WORD.fullmatch(value) else "unnamed"
