"""Receipts of deletion: what a recipient signs when it has deleted what it got of a person, and how that is checked.

A receipt is `{receipt, signature}`: `receipt` is what is signed, as canonical JSON, with the recipient's own Ed25519
key; `signature` is base64. It names the notice it answers and the fingerprint (SHA-256) of the notice's body, so that
it fits no other. Like the certificate it needs neither database nor settings to be checked.
"""

import json
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

KIND = "mingpu.deletion-receipt"
FORMAT = 1
DELETED, KEPT_BY_LAW = "deleted", "kept_by_law"
KEY_BYTES = 32
LARGEST = 16 * 1024
FIELDS = frozenset(
    {"kind", "format", "notice", "recipient", "digest", "outcome", "records", "kept_until", "basis", "at"}
)


class NotReceived(Exception):
    """This is not a receipt of the recipient for the notice; says why."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a recipient signed. records: how many of its records it deleted, or locked away until `kept_until`."""

    outcome: str  # deleted | kept_by_law
    records: int
    kept_until: date | None
    basis: str
    at: datetime


def canonical(body: Mapping[str, Any]) -> bytes:
    """Return the bytes that are signed: the same for the same content."""
    return json.dumps(
        body, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    ).encode()


def fingerprint(body: bytes) -> str:
    """Return the fingerprint of a notice's body, 64 hexadecimal digits."""
    return sha256(body).hexdigest()


def sign(receipt: Mapping[str, Any], key: Ed25519PrivateKey) -> str:
    """Return a receipt as text, signed by `key`."""
    return canonical(
        {"receipt": receipt, "signature": b64encode(key.sign(canonical(receipt))).decode()}
    ).decode()


def check(text: str, *, public_key: str, notice: str, recipient: str, digest: str) -> Receipt:
    """Return what `recipient` signed about `notice`; raises NotReceived for whatever else it may be.

    public_key: the recipient's, base64, got beforehand and not from the receipt. digest: of the notice as sent.
    """
    if len(text) > LARGEST:
        raise NotReceived("too long")
    try:
        whole = json.loads(text)
        receipt, raw = whole["receipt"], b64decode(whole["signature"], validate=True)
        key = b64decode(public_key, validate=True)
    except (ValueError, KeyError, TypeError, NotBase64, RecursionError) as error:
        raise NotReceived(f"unreadable: {error!r}") from None
    if not isinstance(receipt, dict) or len(key) != KEY_BYTES:
        raise NotReceived("unreadable")
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(raw, canonical(receipt))
    except (InvalidSignature, ValueError):
        raise NotReceived("the signature is not the recipient's") from None
    about = (receipt.get("kind"), receipt.get("format"), receipt.get("notice"), receipt.get("recipient"))
    if about != (KIND, FORMAT, notice, recipient) or receipt.get("digest") != digest:
        raise NotReceived("it answers another notice")
    return _read(receipt)


def _read(receipt: Mapping[str, Any]) -> Receipt:
    """Read the fields of a receipt whose signature is right. Raises NotReceived."""
    if set(receipt) != FIELDS or receipt["outcome"] not in {DELETED, KEPT_BY_LAW}:
        raise NotReceived("it says something else")
    records, until, basis = receipt["records"], receipt["kept_until"], receipt["basis"]
    lawful = receipt["outcome"] == KEPT_BY_LAW
    if (
        type(records) is not int
        or records < 0
        or not isinstance(basis, str)
        or lawful != bool(until and basis)
    ):
        raise NotReceived("what is kept by law names the law and the day it ends")
    try:
        at = datetime.fromisoformat(receipt["at"])
        kept = date.fromisoformat(until) if until else None
    except (TypeError, ValueError):
        raise NotReceived("a time cannot be read") from None
    return Receipt(receipt["outcome"], records, kept, basis, at)
