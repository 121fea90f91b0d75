"""A device with passkeys, in software: makes keys, signs what it is asked to, and lies where a test wants it to."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from hashlib import sha256
from secrets import token_bytes
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2 import cbor
from fido2.cose import ES256

PRESENT, VERIFIED, ATTESTED = 1, 4, 64


def b64(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")


def raw(text: str) -> bytes:
    return urlsafe_b64decode(text + "==")


@dataclass
class Authenticator:
    """One passkey. counts: whether its counter grows with every use."""

    origin: str
    host: str = "localhost"
    counts: bool = True
    flags: int = PRESENT | VERIFIED
    counter: int = 0
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    credential_id: bytes = field(default_factory=lambda: token_bytes(32))

    def make(self, options: dict[str, Any], **lies: str) -> dict[str, Any]:
        """Answer the options for adding a passkey, as `RegistrationResponseJSON`."""
        public = cbor.encode(ES256.from_cryptography_key(self.key.public_key()))
        told = bytes(16) + len(self.credential_id).to_bytes(2) + self.credential_id + public
        attested = {"fmt": "none", "attStmt": {}, "authData": self._data(ATTESTED) + told}
        response = {
            "clientDataJSON": b64(self._client("webauthn.create", options, lies)),
            "attestationObject": b64(cbor.encode(attested)),
        }
        return self._answer(response)

    def show(self, options: dict[str, Any], **lies: str) -> dict[str, Any]:
        """Answer the options for signing in, as `AuthenticationResponseJSON`."""
        self.counter += self.counts
        client, data = self._client("webauthn.get", options, lies), self._data(0)
        signature = self.key.sign(data + sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer({
            "clientDataJSON": b64(client), "authenticatorData": b64(data), "signature": b64(signature),
        })  # fmt: skip

    def _data(self, more: int) -> bytes:
        return sha256(self.host.encode()).digest() + bytes([self.flags | more]) + self.counter.to_bytes(4)

    def _client(self, kind: str, options: dict[str, Any], lies: dict[str, str]) -> bytes:
        told = {"type": kind, "challenge": options["challenge"], "origin": self.origin, "crossOrigin": False}
        return json.dumps({**told, **lies}).encode()

    def _answer(self, response: dict[str, str]) -> dict[str, Any]:
        name = b64(self.credential_id)
        return {
            "id": name,
            "rawId": name,
            "type": "public-key",
            "response": response,
            "clientExtensionResults": {},
        }
