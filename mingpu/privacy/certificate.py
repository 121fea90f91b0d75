"""The certificate of erasure: what it says, how it is signed, how anybody checks it offline.

The file is JSON: `certificate` is what is signed, as canonical JSON (keys sorted, no spaces, UTF-8); `signature`
is Ed25519 over those bytes, base64; `public_key` is the 32 bytes of the key, base64. This module needs neither
database nor settings, so that checking works on any machine with Python and `cryptography`.
"""

import json
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from mingpu.home import secret

KIND = "mingpu.erasure-certificate"
FORMAT = 1
KEY_BYTES = 32
Body = Mapping[str, Any]


class NotGenuine(Exception):
    """The file is not a certificate, was altered, or was signed by another key; says which."""


def canonical(body: Body) -> bytes:
    """Return the bytes that are signed: the same for the same content."""
    return json.dumps(
        body, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    ).encode()


def _key() -> Ed25519PrivateKey:
    seed = secret("certificate", "seed")
    if not seed:
        raise RuntimeError("the mall is not set up: no key for certificates")
    return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(seed))


def public_key() -> str:
    """Return the mall's public key: 32 bytes, base64."""
    return b64encode(_key().public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()


def sign(body: Body) -> str:
    """Return the signature of a certificate's body, base64."""
    return b64encode(_key().sign(canonical(body))).decode()


def document(body: str, signature: str) -> str:
    """Return the certificate's file for a stored body (canonical JSON) and its signature."""
    whole = {
        "certificate": json.loads(body),
        "signature": signature,
        "algorithm": "Ed25519",
        "public_key": public_key(),
    }
    return json.dumps(whole, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def verify(text: str, known_key: str = "") -> Body:
    """Check a certificate's file and return what it certifies.

    known_key: the mall's public key, base64, got from the mall by another way; without it the file's own key is
    used, which proves that nothing was altered but not who signed. Raises NotGenuine.
    """
    try:
        whole = json.loads(text)
        body, signature, own_key = whole["certificate"], whole["signature"], whole["public_key"]
        raw = b64decode(signature, validate=True)
        key = b64decode(known_key.strip() or own_key, validate=True)
    except (ValueError, KeyError, TypeError, NotBase64) as error:
        raise NotGenuine(f"this is not a certificate of erasure: {error!r}") from None
    if not isinstance(body, dict) or body.get("kind") != KIND or body.get("format") != FORMAT:
        raise NotGenuine("this is not a certificate of erasure, or one of a newer format")
    if len(key) != KEY_BYTES:
        raise NotGenuine("the public key is not an Ed25519 key of 32 bytes")
    if known_key.strip() and known_key.strip() != own_key:
        raise NotGenuine("the certificate names another key than the one given")
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(raw, canonical(body))
    except InvalidSignature:
        raise NotGenuine(
            "the signature does not match: the certificate was altered or signed by another key"
        ) from None
    return body
