"""UnionPay 5.1.0 on the wire, seen from the merchant: texts to sign, signatures, and whom to trust."""

import base64
import binascii
import hashlib
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.x509.oid import NameOID

VERSION: Final = "5.1.0"
RSA: Final = "01"  # signMethod
_NAME: Final = re.compile(r"[A-Za-z0-9_]{1,64}")
_MARK: Final = re.compile(r"[&{}\[\]]")
_CLOSES: Final = {"{": "}", "[": "]"}
_OWNER: Final = 2  # the part of a common name, split at `@`, that names the company
_SMALLEST_KEY: Final = 2048
_SOUND: Final = (hashes.SHA256, hashes.SHA384, hashes.SHA512)


class Untrusted(Exception):
    """A message that does not prove to come from the institution; `code` says which check failed."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


def signed_text(fields: Mapping[str, str]) -> str:
    """Return what a signature is made over: all fields but `signature`, sorted, as `k=v` joined by `&`."""
    return "&".join(f"{name}={fields[name]}" for name in sorted(fields) if name != "signature")


def sign(fields: Mapping[str, str], key: rsa.RSAPrivateKey) -> str:
    """Return the signature of signMethod 01: base64 of RSA-SHA256 over the SHA-256 in hexadecimal."""
    digest = hashlib.sha256(signed_text(fields).encode()).hexdigest().encode()
    return base64.b64encode(key.sign(digest, padding.PKCS1v15(), hashes.SHA256())).decode()


def read_text(text: str) -> dict[str, str]:
    """Read an answer: `k=v` joined by `&`, nothing escaped; an `&` inside brackets belongs to the value.

    Raises ValueError for a piece without `=`, a name twice, or brackets that do not match.
    """
    pieces, waiting, start = [], list[str](), 0
    for mark in _MARK.finditer(text):
        place, character = mark.start(), mark[0]
        if character in _CLOSES:
            waiting.append(_CLOSES[character])
        elif character in _CLOSES.values():
            if not waiting or waiting.pop() != character:
                raise ValueError("brackets")
        elif character == "&" and not waiting:
            pieces.append(text[start:place])
            start = place + 1
    if waiting:
        raise ValueError("brackets")
    fields: dict[str, str] = {}
    for piece in [*pieces, text[start:]]:
        name, equals, value = piece.partition("=")
        if not equals or name in fields:
            raise ValueError("fields")
        fields[name] = value
    return fields


def load_key(private_key_pem: str, certificate: x509.Certificate) -> rsa.RSAPrivateKey:
    """Read our key. Raises ValueError for one that is not RSA or not the certificate's."""
    key = load_pem_private_key(private_key_pem.encode(), None)
    if not isinstance(key, rsa.RSAPrivateKey) or key.public_key() != certificate.public_key():
        raise ValueError("an RSA key that belongs to the certificate is needed")
    return key


class Trust:
    """Tells the institution's messages from all others.

    Only a certificate that the pinned middle one signed counts, which in turn the pinned root signed; its
    name must be the institution's, since the same authority signs for others too.
    """

    def __init__(self, *, root_pem: str, middle_pem: str, owner: str, clock: Callable[[], datetime]) -> None:
        """owner: the company in the certificate's name. Raises ValueError when the two do not fit."""
        self._root = x509.load_pem_x509_certificate(root_pem.encode())
        self._middle = x509.load_pem_x509_certificate(middle_pem.encode())
        self._owner = owner
        self._clock = clock
        for issued, issuer in ((self._root, self._root), (self._middle, self._root)):
            if not _issued(issued, issuer) or not _is_authority(issued):
                raise ValueError("the middle certificate must come from the root, and both be authorities")

    def check(self, fields: Mapping[str, str]) -> None:
        """Check that `fields` are the institution's own words. Raises Untrusted."""
        if fields.get("version") != VERSION or fields.get("signMethod") != RSA:
            raise Untrusted("method")
        _check_shape(fields)
        key = self._key(fields.get("signPubKeyCert", ""))
        given = fields.get("signature", "")
        try:
            signature = base64.b64decode(given, validate=True)
        except (binascii.Error, ValueError):
            raise Untrusted("signature") from None
        if base64.b64encode(signature).decode() != given:  # one signature, one spelling
            raise Untrusted("signature")
        digest = hashlib.sha256(signed_text(fields).encode()).hexdigest().encode()
        try:
            key.verify(signature, digest, padding.PKCS1v15(), hashes.SHA256())
        except InvalidSignature:
            raise Untrusted("signature") from None

    def _key(self, pem: str) -> rsa.RSAPublicKey:
        """Return the key of a certificate that may speak for the institution now. Raises Untrusted."""
        try:
            certificate = x509.load_pem_x509_certificate(pem.encode())
            authority = _is_authority(certificate)
            names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
            key = certificate.public_key()
        except Exception:  # noqa: BLE001 - a stranger's bytes; whatever they break, they prove nothing
            raise Untrusted("certificate") from None
        if authority or not _issued(certificate, self._middle):
            raise Untrusted("chain")
        now = self._clock()
        for one in (certificate, self._middle, self._root):
            if not one.not_valid_before_utc <= now <= one.not_valid_after_utc:
                raise Untrusted("expired")
        parts = str(names[0].value).split("@") if len(names) == 1 else []
        if len(parts) <= _OWNER or parts[_OWNER] != self._owner:
            raise Untrusted("owner")
        if not isinstance(key, rsa.RSAPublicKey) or key.key_size < _SMALLEST_KEY:
            raise Untrusted("key")
        return key


def _check_shape(fields: Mapping[str, str]) -> None:
    """Refuse fields whose signed text could also be read as other fields. Raises Untrusted."""
    plain = {name: value for name, value in fields.items() if name != "signature"}
    try:
        same = read_text(signed_text(plain)) == plain
    except ValueError:
        same = False
    if not same or not all(_NAME.fullmatch(name) for name in fields):
        raise Untrusted("shape")


def _issued(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    """Tell whether `issuer` signed `certificate`, and by a sound method."""
    try:
        certificate.verify_directly_issued_by(issuer)
        return isinstance(certificate.signature_hash_algorithm, _SOUND)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False


def _is_authority(certificate: x509.Certificate) -> bool:
    """Tell whether a certificate may sign others. Raises ValueError for unreadable extensions."""
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False
