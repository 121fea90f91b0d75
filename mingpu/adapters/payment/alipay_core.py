"""The official SDK as far as it is safe, and the small part that is done here instead.

From the SDK (3.7.1411) come the request classes, the parameters of each call and the text that is signed.
What it would do beyond that, and what is done about it here:

- it writes the time of the machine's zone, while the gateway reads China time: the time is set here;
- it signs in pure Python, some thirty milliseconds of blocked process each time: signed here by OpenSSL;
- its HTTP client fails on a gateway with a port and on any status but 200, keeps no connection, and has one
  timeout for everything: httpx here, with a time to connect and a time to read;
- it accepts whatever digest a signature names, SHA-1 and MD5 included, and decodes base64 leniently: SHA-256
  and the one canonical text here;
- it cuts the signed part out of an answer by patterns, whatever the answer is called: here the answer must
  begin with the part named after the method, hold each name once, and end with the signature;
- it puts whole answers into its exceptions, and whole requests into the log once it is given one: it is given
  none, and what it raises goes no further.

What stays: a signature covers an answer's content only, neither its name nor the question, so that TLS alone
keeps an old answer from being played again. Callers compare the numbers; see `alipay`.
"""

import base64
import binascii
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from functools import partial
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

import httpx
from alipay.aop.api.AlipayClientConfig import AlipayClientConfig
from alipay.aop.api.DefaultAlipayClient import DefaultAlipayClient
from alipay.aop.api.util.SignatureUtils import get_sign_content
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from mingpu.adapters.calls import Patience, trying, worth_another_try
from mingpu.adapters.payment import PaymentFailed

CHINA: Final = timezone(timedelta(hours=8))  # the institution's times carry no zone
_WRITTEN: Final = "%Y-%m-%d %H:%M:%S"
_DONE: Final = "10000"
_DOWN: Final = "20000"  # the service is not there for now
_CODE: Final = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_OPENING: Final = re.compile(r'\s*\{\s*"([a-z_]{1,100})"\s*:\s*(?=\{)')
# Refusals that may pass by themselves, as the documents list them; `isp.` marks the institution's own trouble.
_PASSING: Final = frozenset({"ACQ.SYSTEM_ERROR", "aop.ACQ.SYSTEM_ERROR", "isv.app-call-limited"})
_MEANING: Final = {
    "ACQ.TRADE_HAS_SUCCESS": "already_paid",
    "ACQ.TRADE_HAS_CLOSE": "closed",
    "ACQ.SELLER_BALANCE_NOT_ENOUGH": "not_enough",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AlipayConfig:
    """Our merchant account and where the institution is.

    seller_id: our account there, 2088…; alipay_public_key_pem: what the institution signs with, as its console
    shows it for our app; notify_url: where callbacks come; gateway: the full address. qr_product: the product
    signed for QR codes.
    """

    app_id: str
    seller_id: str
    merchant_private_key_pem: str = field(repr=False)
    alipay_public_key_pem: str
    notify_url: str
    gateway: str = "https://openapi.alipay.com/gateway.do"
    qr_product: str = "QR_CODE_OFFLINE"
    patience: Patience = field(default_factory=Patience)


class Untrusted(Exception):
    """The message's signature does not hold; `code` says why."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


class Seal:
    """Our key and theirs: RSA2, which is SHA256withRSA (PKCS#1 v1.5) in base64."""

    def __init__(self, *, ours_pem: str, theirs_pem: str) -> None:
        """Read both keys. Raises ValueError for anything but RSA keys in PEM."""
        ours, theirs = load_pem_private_key(ours_pem.encode(), None), load_pem_public_key(theirs_pem.encode())
        if not isinstance(ours, rsa.RSAPrivateKey) or not isinstance(theirs, rsa.RSAPublicKey):
            raise ValueError("RSA keys are needed")  # noqa: TRY004 - what a bad PEM raises too
        self._ours = ours
        self._theirs = theirs

    def sign(self, text: str) -> str:
        """Return our signature over `text`."""
        raw = self._ours.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())
        return base64.b64encode(raw).decode()

    def check(self, text: str, signature: str) -> None:
        """Check the institution's signature over `text`. Raises Untrusted."""
        try:
            raw = base64.b64decode(signature, validate=True)
            if base64.b64encode(raw).decode() != signature:
                raise Untrusted("signature")
            self._theirs.verify(raw, text.encode(), padding.PKCS1v15(), hashes.SHA256())
        except (binascii.Error, ValueError, InvalidSignature):
            raise Untrusted("signature") from None


class Caller:
    """Puts SDK requests into signed parameters, and asks the gateway. Safe to share between threads."""

    def __init__(self, config: AlipayConfig, *, clock: Callable[[], datetime]) -> None:
        parts = urlsplit(config.gateway)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query:
            raise ValueError("gateway must be an address without a query")
        self.seal = Seal(ours_pem=config.merchant_private_key_pem, theirs_pem=config.alipay_public_key_pem)
        self.address = f"{config.gateway}?charset=utf-8"  # in the address: the body is read by it
        self._attempts = config.patience.attempts
        self._clock = clock
        account = AlipayClientConfig()
        account.server_url = config.gateway
        account.app_id = config.app_id
        account.skip_sign = True  # signed here
        self._sdk = DefaultAlipayClient(account)
        timeout = httpx.Timeout(config.patience.read, connect=config.patience.connect)
        self.http = httpx.Client(timeout=timeout)

    def parameters(self, request: Any) -> dict[str, str]:
        """Return every parameter of an SDK request, signature included, but `charset`, which is in `address`."""
        values = dict(parse_qsl(self._sdk.sdk_execute(request), keep_blank_values=True))
        values["timestamp"] = written(self._clock())
        values["sign"] = self.seal.sign(get_sign_content(values))
        del values["charset"]
        return values

    def ask(self, request: Any) -> dict[str, Any]:
        """Send an SDK request, repeating it as configured; return what the answer holds. Raises PaymentFailed."""
        return trying(partial(self._once, request), attempts=self._attempts, failure=PaymentFailed)

    def _once(self, request: Any) -> dict[str, Any]:
        values = self.parameters(request)
        try:
            response = self.http.post(self.address, data=values)
        except httpx.HTTPError:
            raise PaymentFailed(permanent=False, code="unanswered") from None
        if response.status_code != httpx.codes.OK:
            status = response.status_code
            raise PaymentFailed(permanent=not worth_another_try(status), code=f"http_{status}")
        answer = self._opened(response.content, values["method"].replace(".", "_") + "_response")
        _refuse(answer)
        return answer

    def _opened(self, body: bytes, name: str) -> dict[str, Any]:
        """Return the signed content of an answer that must be called `name`. Raises PaymentFailed."""
        try:
            found, raw, content, signature = split_answer(body)
        except ValueError:
            raise PaymentFailed(permanent=False, code="unreadable") from None
        if found == "error_response" and not signature:  # refused before it was known who asks
            code = str(content.get("sub_code") or content.get("code"))
            known = code if _CODE.fullmatch(code) else "refused"
            raise PaymentFailed(permanent=False, code=f"gateway_{known}")
        try:
            self.seal.check(raw, signature)
        except Untrusted:
            raise PaymentFailed(permanent=False, code="unsigned") from None
        if found != name:
            raise PaymentFailed(permanent=False, code="unreadable")
        return content


def split_answer(body: bytes) -> tuple[str, str, dict[str, Any], str]:
    """Take an answer apart: name, the very text that is signed, the same read, signature ('' where none is).

    Raises ValueError for anything that is not written as the institution writes it.
    """
    text = body.decode()
    opening = _OPENING.match(text)
    if opening is None:
        raise ValueError("no answer")
    decoder = json.JSONDecoder(object_pairs_hook=_once_each)
    try:
        content, end = decoder.raw_decode(text, opening.end())
        rest = text[end:].strip()
        others = decoder.decode("{" + rest.removeprefix(","))
    except RecursionError:
        raise ValueError("too deep") from None
    signature = others.get("sign", "")
    if not isinstance(signature, str) or (others and not rest.startswith(",")):
        raise ValueError("signature")
    return opening[1], text[opening.end() : end], content, signature


def written(at: datetime) -> str:
    """Write a time as the institution does: China time, no zone."""
    return at.astimezone(CHINA).strftime(_WRITTEN)


def read_time(text: object) -> datetime:
    """Read a time that the institution wrote, as UTC. Raises ValueError."""
    return datetime.strptime(str(text), _WRITTEN).replace(tzinfo=CHINA).astimezone(UTC)


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Make an object in which no name stands twice: two readers could see two things. Raises ValueError."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name stands twice")
    return found


def _refuse(answer: Mapping[str, Any]) -> None:
    """Turn an answer that says no into what it means. Raises PaymentFailed."""
    code = str(answer.get("code"))
    if code == _DONE:
        return
    said = str(answer.get("sub_code") or f"code_{code}")
    said = said if _CODE.fullmatch(said) else "refused"
    meaning = _MEANING.get(said, said)
    own = code == _DOWN or said.startswith("isp.") or said in _PASSING
    raise PaymentFailed(permanent=not (own or meaning == "not_enough"), code=meaning)
