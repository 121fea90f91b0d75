"""UnionPay 5.1.0 on the wire, seen from the institution: its signature, the merchant's, and forgeries."""

import base64
import hashlib
import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Final
from urllib.parse import parse_qsl

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from mingpu.adapters.counterparts.unionpay_certs import (
    SIGNER_NAME,
    Identity,
    UnionPayKeys,
    issue,
    load_identity,
)

FORGERIES: Final = 5
Fields = dict[str, str]


class Refused(Exception):
    """The institution refuses a request: respCode and respMsg of its answer."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        self.message = message
        super().__init__(code)


class Seal:
    """Signs what the institution says, and checks what the merchant says."""

    def __init__(self, keys: UnionPayKeys) -> None:
        self._signing = load_identity(keys.signing_private_key_pem, keys.signing_certificate_pem)
        self._middle = load_identity(keys.middle_private_key_pem, keys.middle_certificate_pem)
        self._merchant = load_identity(keys.merchant_private_key_pem, keys.merchant_certificate_pem)
        self._mer_id = keys.mer_id

    def sign(self, fields: Mapping[str, str], *, by: Identity | None = None) -> Fields:
        """Return `fields` with the institution's marks and signature. by: another signer."""
        signer = by or self._signing
        signed = {
            **fields,
            "version": "5.1.0",
            "encoding": "UTF-8",
            "signMethod": "01",
            "signPubKeyCert": signer.pem.replace("\n", "\r\n").strip(),
        }
        made = signer.key.sign(_digest(signed), padding.PKCS1v15(), hashes.SHA256())
        return signed | {"signature": base64.b64encode(made).decode()}

    def forge(self, fields: Mapping[str, str], turn: int) -> Fields:
        """Return `fields` signed in a way that must not be trusted, each turn wrong in another way."""
        match turn % FORGERIES:
            case 0:  # a valid signature and the right name, by an authority of the forger's own
                root = issue("UnionPay Counterpart Root", authority=True)
                middle = issue("UnionPay Counterpart OCA1", by=root, authority=True)
                return self.sign(fields, by=issue(SIGNER_NAME, by=middle))
            case 1:  # the right authority and name, but out of date
                return self.sign(fields, by=issue(SIGNER_NAME, by=self._middle, ends=timedelta(hours=-1)))
            case 2:  # the right authority, but another of its customers
                return self.sign(fields, by=issue("041@8310000000083041@别家公司@00016494", by=self._middle))
            case 3:  # well signed, but for another merchant
                return self.sign({**fields, "merId": "777290000000000"})
            case _:  # the institution's certificate over a signature of nothing
                noise = base64.b64encode(secrets.token_bytes(256)).decode()
                return self.sign(fields) | {"signature": noise}

    def check(self, body: bytes) -> Fields:
        """Read the merchant's form post; the fields must be signed by it. Raises Refused."""
        try:
            fields = dict(parse_qsl(body.decode("ascii"), keep_blank_values=True, strict_parsing=True))
        except ValueError:
            raise Refused("10", "报文格式错误") from None
        if (fields.get("version"), fields.get("signMethod"), fields.get("encoding")) != (
            "5.1.0",
            "01",
            "UTF-8",
        ):
            raise Refused("10", "报文格式错误")
        if fields.get("certId") != str(self._merchant.certificate.serial_number):
            raise Refused("11", "验证签名失败")
        try:
            given = base64.b64decode(fields.get("signature", ""), validate=True)
            public = self._merchant.key.public_key()
            public.verify(given, _digest(fields), padding.PKCS1v15(), hashes.SHA256())
        except (InvalidSignature, ValueError):
            raise Refused("11", "验证签名失败") from None
        if fields.get("merId") != self._mer_id or fields.get("accessType") != "0":
            raise Refused("31", "商户状态不正确")
        return fields


def as_text(fields: Mapping[str, str]) -> str:
    """Write an answer as the institution does: `k=v` joined by `&`, nothing escaped."""
    return "&".join(f"{name}={value}" for name, value in sorted(fields.items()))


def _digest(fields: Mapping[str, str]) -> bytes:
    text = "&".join(f"{name}={fields[name]}" for name in sorted(fields) if name != "signature")
    return hashlib.sha256(text.encode()).hexdigest().encode()
