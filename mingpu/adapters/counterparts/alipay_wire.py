"""Alipay's protocol seen from the institution: requests checked, answers and notices signed."""

import base64
import json
import secrets
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, Final
from urllib.parse import parse_qsl

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from mingpu.adapters.counterparts.alipay_keys import AlipayKeys

CHINA: Final = timezone(timedelta(hours=8))
_WRITTEN: Final = "%Y-%m-%d %H:%M:%S"
_WINDOW: Final = 900  # seconds a request's time may be off; catches a clock of another zone
_MESSAGES: Final = {
    "40002": "Invalid Arguments",
    "40004": "Business Failed",
    "20000": "Service Currently Unavailable",
}


class Refused(Exception):
    """The institution refuses a request: its code (40002 unreadable, 40004 business), sub_code and message."""

    def __init__(self, sub_code: str, sub_msg: str, *, code: str = "40004") -> None:
        self.code = code
        self.sub_code = sub_code
        self.sub_msg = sub_msg
        super().__init__(sub_code)

    def said(self) -> dict[str, str]:
        """Return the content of the answer."""
        words = {"code": self.code, "msg": _MESSAGES[self.code]}
        return words | {"sub_code": self.sub_code, "sub_msg": self.sub_msg}


class Stranger(Refused):
    """Refused before it was known who asks: answered without a signature."""

    def __init__(self, sub_code: str, sub_msg: str) -> None:
        super().__init__(sub_code, sub_msg, code="40002")


def load_rsa(pem: str) -> rsa.RSAPrivateKey:
    """Read a private RSA key from PEM. Raises TypeError for another kind of key."""
    key = load_pem_private_key(pem.encode(), None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise TypeError("an RSA key is needed")
    return key


def sign(key: rsa.RSAPrivateKey, text: str) -> str:
    """Return the RSA2 signature over `text`."""
    return base64.b64encode(key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())).decode()


def signed_text(values: Mapping[str, str]) -> str:
    """Return what is signed of a form: names in order, as they are after decoding."""
    return "&".join(f"{name}={values[name]}" for name in sorted(values))


def noise() -> str:
    """Return a well-formed signature of nothing."""
    return base64.b64encode(secrets.token_bytes(256)).decode()


def china_time(at: float | None = None) -> str:
    """Write a Unix time, now by default, as the institution does."""
    return datetime.fromtimestamp(time.time() if at is None else at, UTC).astimezone(CHINA).strftime(_WRITTEN)


def unix_time(text: object) -> float:
    """Read a time as merchants write it. Raises ValueError."""
    return datetime.strptime(str(text), _WRITTEN).replace(tzinfo=CHINA).timestamp()


def yuan(fen: int) -> str:
    """Write an amount."""
    return f"{fen // 100}.{fen % 100:02d}"


def answer_text(node: str, content: Mapping[str, Any], key: rsa.RSAPrivateKey | None, *, forged: bool) -> str:
    """Write an answer; signed with `key`, or with none where it is None."""
    inner = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    if key is None:
        return f'{{"{node}":{inner}}}'
    return f'{{"{node}":{inner},"sign":"{noise() if forged else sign(key, inner)}"}}'


class Gatekeeper:
    """Knows one merchant: which app, and its public key."""

    def __init__(self, keys: AlipayKeys) -> None:
        self._app_id = keys.app_id
        self._public = load_rsa(keys.merchant_private_key_pem).public_key()

    def admit(self, query: str, body: str) -> dict[str, str]:
        """Return the parameters of a genuine request. Raises Stranger."""
        pairs = parse_qsl(query, keep_blank_values=True) + parse_qsl(body, keep_blank_values=True)
        asked = dict(pairs)
        if len(asked) < len(pairs):
            raise Stranger("isv.invalid-parameter", "参数重复")
        if asked.get("app_id") != self._app_id:
            raise Stranger("isv.invalid-app-id", "无效的AppID参数")
        wanted = {"charset": "utf-8", "sign_type": "RSA2", "version": "1.0"}
        if any(asked.get(name) != value for name, value in wanted.items()) or asked.get("format") != "json":
            raise Stranger("isv.invalid-parameter", "公共参数无效")
        text = signed_text({name: value for name, value in asked.items() if name != "sign"})
        try:
            signature = base64.b64decode(asked.get("sign", ""), validate=True)
            self._public.verify(signature, text.encode(), padding.PKCS1v15(), hashes.SHA256())
        except (InvalidSignature, ValueError):
            raise Stranger("isv.invalid-signature", "无效签名") from None
        try:
            off = abs(unix_time(asked.get("timestamp")) - time.time())
        except ValueError:
            off = float("inf")
        if off > _WINDOW:
            raise Stranger("isv.invalid-timestamp", "非法的时间戳参数")
        return asked
