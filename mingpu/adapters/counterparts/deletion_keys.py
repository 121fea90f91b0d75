"""Keys of the recipients of deletion notices: ours with all of them, and each one's own for its receipts."""

import hmac
import secrets
from base64 import b64encode
from dataclasses import dataclass, field
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


@dataclass(frozen=True, slots=True, kw_only=True)
class DeletionKeys:
    """Our account (account, mall_seed), and the secret that every recipient's key is made of."""

    account: str
    mall_seed: str = field(repr=False)
    secret: str = field(repr=False)

    def of(self, recipient: str) -> Ed25519PrivateKey:
        """Return a recipient's own key."""
        seed = hmac.new(bytes.fromhex(self.secret), recipient.encode(), sha256).digest()
        return Ed25519PrivateKey.from_private_bytes(seed)

    def public_of(self, recipient: str) -> str:
        """Return the public half of a recipient's key, base64."""
        return public_text(self.of(recipient))


def public_text(key: Ed25519PrivateKey) -> str:
    """Return the public half of a key, base64."""
    return b64encode(key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()


def make_deletion() -> DeletionKeys:
    """Make the keys once."""
    return DeletionKeys(
        account="mall-" + secrets.token_hex(4), mall_seed=secrets.token_hex(32), secret=secrets.token_hex(32)
    )
