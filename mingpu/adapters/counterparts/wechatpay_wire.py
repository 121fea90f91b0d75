"""WeChat Pay v3 on the wire, seen from the institution: keys, signatures, sealed resources."""

import base64
import json
import re
import secrets
import time
from dataclasses import dataclass
from typing import Any, Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from mingpu.adapters.counterparts.keys import (
    WeChatPayKeys,
    certificate_pem,
    make_certificate,
    new_rsa,
    private_pem,
)
from mingpu.adapters.counterparts.store import Store

SCHEME: Final = "WECHATPAY2-SHA256-RSA2048"
_WINDOW: Final = 300
_MARK: Final = re.compile(r'(mchid|nonce_str|signature|timestamp|serial_no)="([^"]*)"')
_LISTED: Final = 3  # certificates listed at once: the old one stays while merchants renew


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A key the institution signs with, under the serial it announces."""

    serial: str
    key: rsa.RSAPrivateKey


class Refused(Exception):
    """The institution refuses a request: HTTP status, code and message of its answer."""

    def __init__(self, status: int, code: str, message: str) -> None:
        self.status = status
        self.code = code
        self.message = message
        super().__init__(code)


class PlatformKeys:
    """The institution's keys: the first from the provisioned file, later ones by rotation."""

    def __init__(self, keys: WeChatPayKeys, store: Store) -> None:
        self._store = store
        self._keys = keys
        self._public = SigningKey(keys.platform_public_key_id, load_rsa(keys.platform_public_key_private_pem))
        first = x509.load_pem_x509_certificate(keys.platform_certificate_pem.encode())
        self._known = [
            (
                SigningKey(serial_of(first), load_rsa(keys.platform_private_key_pem)),
                keys.platform_certificate_pem,
            )
        ]
        for row in store.all("SELECT * FROM platform_key ORDER BY id"):
            self._known.append(
                (SigningKey(row["serial"], load_rsa(row["private_pem"])), row["certificate_pem"])
            )

    @property
    def current(self) -> SigningKey:
        """The newest platform key."""
        return self._known[-1][0]

    @property
    def public(self) -> SigningKey:
        """The key of public-key mode."""
        return self._public

    def rotate(self) -> SigningKey:
        """Sign with a new platform key from now on."""
        key = new_rsa()
        certificate = make_certificate(key, "pay.counterpart.example")
        signing = SigningKey(serial_of(certificate), key)
        self._store.run(
            "INSERT INTO platform_key (serial, private_pem, certificate_pem) VALUES (?, ?, ?)",
            signing.serial,
            private_pem(key),
            certificate_pem(certificate),
        )
        self._known.append((signing, certificate_pem(certificate)))
        return signing

    def listing(self) -> dict[str, Any]:
        """Return the body of GET /v3/certificates: certificates sealed with the merchant's APIv3 key."""
        data = []
        for signing, pem in reversed(self._known[-_LISTED:]):
            certificate = x509.load_pem_x509_certificate(pem.encode())
            data.append(
                {
                    "serial_no": signing.serial,
                    "effective_time": certificate.not_valid_before_utc.isoformat(),
                    "expire_time": certificate.not_valid_after_utc.isoformat(),
                    "encrypt_certificate": seal(pem, "certificate", self._keys.apiv3_key),
                }
            )
        return {"data": data}


def load_rsa(pem: str) -> rsa.RSAPrivateKey:
    """Read a private RSA key from PEM. Raises TypeError for another kind of key."""
    key = load_pem_private_key(pem.encode(), None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise TypeError("an RSA key is needed")
    return key


def serial_of(certificate: x509.Certificate) -> str:
    """Write a serial as the institution does: 40 hexadecimal digits, upper case."""
    return f"{certificate.serial_number:040X}"


def sign(key: rsa.RSAPrivateKey, *parts: str) -> str:
    """Return the base64 SHA256-RSA signature over the parts, a line each."""
    message = "".join(f"{part}\n" for part in parts).encode()
    return base64.b64encode(key.sign(message, padding.PKCS1v15(), hashes.SHA256())).decode()


def sealed_headers(signing: SigningKey, body: str, *, at: float | None = None) -> dict[str, str]:
    """Return the headers that make `body` the institution's word. at: Unix time, now by default."""
    timestamp, nonce = str(int(time.time() if at is None else at)), secrets.token_hex(16)
    return {
        "Wechatpay-Timestamp": timestamp,
        "Wechatpay-Nonce": nonce,
        "Wechatpay-Serial": signing.serial,
        "Wechatpay-Signature": sign(signing.key, timestamp, nonce, body),
        "Wechatpay-Signature-Type": SCHEME,
    }


def seal(text: str, associated: str, apiv3_key: str) -> dict[str, str]:
    """Encrypt for the merchant: AEAD_AES_256_GCM with the APIv3 key."""
    nonce = secrets.token_hex(6)  # 12 characters: the nonce is used as text
    sealed = AESGCM(apiv3_key.encode()).encrypt(nonce.encode(), text.encode(), associated.encode())
    return {
        "algorithm": "AEAD_AES_256_GCM",
        "nonce": nonce,
        "associated_data": associated,
        "ciphertext": base64.b64encode(sealed).decode(),
    }


class Merchant:
    """The merchant as the institution knows it: by number, certificate serial and public key."""

    def __init__(self, keys: WeChatPayKeys) -> None:
        self.mchid = keys.mchid
        self.serial = keys.merchant_serial
        self.public = load_rsa(keys.merchant_private_key_pem).public_key()


def check_merchant(merchant: Merchant, header: str, method: str, target: str, body: bytes) -> None:
    """Check the merchant's Authorization header. Raises Refused, 401."""
    scheme, _, rest = header.partition(" ")
    marks = dict(_MARK.findall(rest))
    if scheme != SCHEME or len(marks) != 5:  # noqa: PLR2004 - the five of the pattern
        raise Refused(401, "SIGN_ERROR", "Authorization 不合法")
    if marks["mchid"] != merchant.mchid or marks["serial_no"] != merchant.serial:
        raise Refused(401, "SIGN_ERROR", "商户证书序列号有误")
    if not marks["timestamp"].isdigit() or abs(time.time() - int(marks["timestamp"])) > _WINDOW:
        raise Refused(401, "SIGN_ERROR", "Http头Authorization中的timestamp与发起请求的时间不得超过5分钟")
    message = f"{method}\n{target}\n{marks['timestamp']}\n{marks['nonce_str']}\n".encode() + body + b"\n"
    try:
        signature = base64.b64decode(marks["signature"], validate=True)
        merchant.public.verify(signature, message, padding.PKCS1v15(), hashes.SHA256())
    except (InvalidSignature, ValueError):
        raise Refused(401, "SIGN_ERROR", "签名错误") from None


def notification(event: dict[str, Any], plain: dict[str, Any], apiv3_key: str) -> str:
    """Write a callback's body: `event` (id, create_time, event_type, original_type, summary) around `plain`."""
    kind = event["original_type"]
    resource = seal(json.dumps(plain, ensure_ascii=False), kind, apiv3_key) | {"original_type": kind}
    body = {
        "id": event["id"],
        "create_time": event["create_time"],
        "resource_type": "encrypt-resource",
        "event_type": event["event_type"],
        "summary": event["summary"],
        "resource": resource,
    }
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))
