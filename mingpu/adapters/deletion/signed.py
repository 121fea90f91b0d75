"""The wire of deletion notices, a protocol of our own: signed JSON there, a signed receipt back.

POST {url}/v1/notices with the notice as its body. `Idempotency-Key` is the notice's number: the same number is the
same notice for ever, answered again with what became of it. `X-Account` names us, `X-Timestamp` is Unix seconds,
`X-Signature` is Ed25519 (base64) over timestamp, path, number and body, a line feed between them. Recipients refuse
what is older than five minutes.

Answers: 200 with a receipt (`mingpu.privacy.receipts`), 202 `{code: "ACCEPTED"}` while it is being done, 4xx `{code}`
with UNKNOWN_REFERENCE, REFUSED, NOTICE_USED (the number belongs to another notice), SIGN_ERROR. A receipt is believed
by its own signature alone, whoever brings it.
"""

import json
import re
import time
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from mingpu.adapters.calls import Patience, trying, worth_another_try
from mingpu.adapters.deletion import DeletionNotice, NoticeFailed
from mingpu.privacy import deletion_receipts

PLACE: Final = "/v1/notices"
WINDOW: Final = 300  # seconds a message stays valid
_CODE: Final = re.compile(r"[A-Z_]{2,40}")


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipientAccount:
    """How one recipient is told. url: without a slash at the end; public_key: Ed25519, base64, of its receipts."""

    url: str
    public_key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeletionConfig:
    """Who we are to the recipients, and each of them. seed: of our Ed25519 key, 64 hexadecimal digits."""

    account: str
    seed: str = field(repr=False)
    recipients: Mapping[str, RecipientAccount]
    patience: Patience = field(default_factory=Patience)

    @classmethod
    def from_account(
        cls, *, account: str, seed: str, recipients: Mapping[str, Mapping[str, str]]
    ) -> "DeletionConfig":
        """Make it of what `secrets/providers.json` says under `deletion`."""
        known = {name: RecipientAccount(**it) for name, it in recipients.items()}
        return cls(account=account, seed=seed, recipients=known)


class SignedDeletion:
    """`DeletionDesk` by signed JSON. Safe to share between threads."""

    def __init__(self, config: DeletionConfig) -> None:
        self._config = config
        self._key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(config.seed))
        patience = config.patience
        self._client = httpx.Client(
            timeout=httpx.Timeout(patience.read, connect=patience.connect), trust_env=False
        )

    def public_key(self, recipient: str) -> str:
        """Return the key its receipts are believed by. See `DeletionDesk.public_key`."""
        return self._account(recipient).public_key

    def send(self, notice: DeletionNotice) -> str | None:
        """Send a notice. See `DeletionDesk.send`."""
        account = self._account(notice.recipient)
        call = partial(self._once, account, notice)
        return trying(call, attempts=self._config.patience.attempts, failure=NoticeFailed)

    def _account(self, recipient: str) -> RecipientAccount:
        known = self._config.recipients.get(recipient)
        if known is None:
            raise NoticeFailed(permanent=False, code="no_account")
        return known

    def _once(self, account: RecipientAccount, notice: DeletionNotice) -> str | None:
        url, number, stamp = account.url + PLACE, str(notice.id), str(int(time.time()))
        signed = self._key.sign(signed_text(stamp, urlsplit(url).path, number, notice.body))
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": number,
            "X-Account": self._config.account,
            "X-Timestamp": stamp,
            "X-Signature": b64encode(signed).decode(),
        }
        try:
            answer = self._client.post(url, content=notice.body, headers=headers)
        except httpx.HTTPError:
            raise NoticeFailed(permanent=False, code="unanswered") from None
        if answer.status_code == HTTPStatus.OK:
            return _believed(answer, account, notice)
        if answer.status_code == HTTPStatus.ACCEPTED:
            return None
        raise NoticeFailed(
            permanent=not worth_another_try(answer.status_code),
            code=_code(answer) or f"http_{answer.status_code}",
        )


def signed_text(stamp: str, path: str, number: str, body: bytes) -> bytes:
    """Return what a request's signature is made over. stamp: Unix seconds as text."""
    return b"\n".join((stamp.encode(), path.encode(), number.encode(), body))


def _believed(answer: httpx.Response, account: RecipientAccount, notice: DeletionNotice) -> str:
    """Return a receipt that the recipient signed for this notice. Raises NoticeFailed."""
    text = answer.content.decode("utf-8", "replace")
    try:
        deletion_receipts.check(
            text, public_key=account.public_key, notice=str(notice.id), recipient=notice.recipient,
            digest=notice.digest,
        )  # fmt: skip
    except deletion_receipts.NotReceived:
        raise NoticeFailed(permanent=False, code="forged") from None
    return text


def _code(answer: httpx.Response) -> str:
    """Return the recipient's own code, in small letters; '' where it gave none."""
    try:
        found = json.loads(answer.content) if len(answer.content) <= deletion_receipts.LARGEST else None
    except ValueError:
        return ""
    code = found.get("code") if isinstance(found, dict) else None
    return code.lower() if isinstance(code, str) and _CODE.fullmatch(code) else ""
