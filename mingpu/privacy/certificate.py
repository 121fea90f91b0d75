"""What the mall signs, certificates of erasure and consent receipts: how, and how anybody checks it offline.

The file is JSON: `certificate` (or `receipt`) is what is signed, as canonical JSON (keys sorted, no spaces, UTF-8);
`signature` is Ed25519 over those bytes, base64; `public_key` is the 32 bytes of the key, base64. This module needs
neither database nor settings, so that checking works on any machine with Python and `cryptography`. A
certificate's `receipts` holds what recipients signed after it was issued, by notice: each is held against the recipient's
key that the certificate names.
"""

import json
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from mingpu.home import secret
from mingpu.privacy import deletion_receipts

KIND = "mingpu.erasure-certificate"
RECEIPT = "mingpu.consent-receipt"
NAMES = {KIND: "certificate", RECEIPT: "receipt"}  # what is signed, by the name it has in its file
FORMAT = 1
ERASURE_FORMAT = 2  # the first named recipients without notices
FORMATS = {KIND: (1, ERASURE_FORMAT), RECEIPT: (FORMAT,)}
KEY_BYTES = 32
Body = Mapping[str, Any]


class NotGenuine(Exception):
    """The file is nothing the mall signs, was altered, or was signed by another key; says which."""


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
    """Return the signature of a certificate's or receipt's body, base64."""
    return b64encode(_key().sign(canonical(body))).decode()


def document(body: str, signature: str, later: Mapping[str, Any] | None = None) -> str:
    """Return the file for a body (canonical JSON, of a kind in `NAMES`) and its signature.

    later: notice -> receipt, of those that came after a certificate was issued.
    """
    signed = json.loads(body)
    whole = {
        NAMES[signed["kind"]]: signed,
        "signature": signature,
        "algorithm": "Ed25519",
        "public_key": public_key(),
        **({"receipts": later} if later else {}),
    }
    return json.dumps(whole, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def verify(text: str, known_key: str = "") -> Body:
    """Check the file of a certificate or receipt and return what it says.

    known_key: the mall's public key, base64, got from the mall by another way; without it the file's own key is
    used, which proves that nothing was altered but not who signed. Raises NotGenuine.
    """
    try:
        whole = json.loads(text)
        name = next(name for name in NAMES.values() if name in whole)
        body, signature, own_key = whole[name], whole["signature"], whole["public_key"]
        raw = b64decode(signature, validate=True)
        key = b64decode(known_key.strip() or own_key, validate=True)
    except (ValueError, KeyError, TypeError, StopIteration, NotBase64) as error:
        raise NotGenuine(f"this is neither a certificate of erasure nor a receipt: {error!r}") from None
    kind = str(body.get("kind")) if isinstance(body, dict) else ""
    if NAMES.get(kind) != name or body.get("format") not in FORMATS[kind]:
        raise NotGenuine("this is neither a certificate of erasure nor a receipt, or one of a newer format")
    if len(key) != KEY_BYTES:
        raise NotGenuine("the public key is not an Ed25519 key of 32 bytes")
    if known_key.strip() and known_key.strip() != own_key:
        raise NotGenuine("the file names another key than the one given")
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(raw, canonical(body))
    except InvalidSignature:
        raise NotGenuine(
            "the signature does not match: the file was altered or signed by another key"
        ) from None
    if name == NAMES[RECEIPT] and not _notice_matches(body):
        raise NotGenuine("the notice in the receipt is not the one its hash names")
    if name == NAMES[KIND]:
        acknowledgements(body, whole.get("receipts") or {})
    signed: Body = body
    return signed


def _notice_matches(receipt: Body) -> bool:
    """Whether the notice that a receipt quotes is the one whose hash it names; one that quotes none says so."""
    notice = receipt["privacy_notice"]
    text = notice["document"]
    return text is None or sha256(canonical(text)).hexdigest() == notice["hash"]


def acknowledgements(
    body: Body, later: Mapping[str, Any]
) -> list[tuple[str, str, deletion_receipts.Receipt | None]]:
    """Return (recipient, notice, what it signed or None) for every notice of a genuine certificate's body.

    later: the file's `receipts`. Raises NotGenuine for a receipt that is not the recipient's, or of no notice.
    """
    found = []
    notices = {it["id"]: it for it in body.get("notices", [])}
    if not isinstance(later, dict) or later.keys() - notices.keys():
        raise NotGenuine("a receipt belongs to none of the certificate's notices")
    for it in notices.values():
        given = it["receipt"] or later.get(it["id"])
        try:
            known = given and deletion_receipts.check(
                json.dumps(given), public_key=it["public_key"], notice=it["id"],
                recipient=it["recipient"], digest=it["digest"],
            )  # fmt: skip
        except deletion_receipts.NotReceived as error:
            raise NotGenuine(f"the receipt of {it['recipient']} is not genuine: {error}") from None
        found.append((it["recipient"], it["id"], known or None))
    return found
