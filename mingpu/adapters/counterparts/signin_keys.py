"""Our accounts with the services people sign in through, and the key one of them signs with."""

import secrets
from dataclasses import dataclass, field

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa


@dataclass(frozen=True, slots=True, kw_only=True)
class WeChatKeys:
    """Our two accounts: of the website, and of the official account for WeChat's own browser (inside_*)."""

    appid: str
    secret: str = field(repr=False)
    inside_appid: str
    inside_secret: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenIdKeys:
    """Our account with the OpenID provider, and its first signing key."""

    client_id: str
    client_secret: str = field(repr=False)
    signing_key_pem: str = field(repr=False)


def make_wechat() -> WeChatKeys:
    """Make both accounts."""
    return WeChatKeys(
        appid=f"wx{secrets.token_hex(8)}", secret=secrets.token_hex(16), inside_appid=f"wx{secrets.token_hex(8)}",
        inside_secret=secrets.token_hex(16),
    )  # fmt: skip


def make_openid() -> OpenIdKeys:
    """Make the account and the key."""
    return OpenIdKeys(
        client_id=f"mingpu-{secrets.token_hex(4)}",
        client_secret=secrets.token_urlsafe(32),
        signing_key_pem=new_key(),
    )


def new_key() -> str:
    """Return a new RSA key as PEM."""
    return (
        rsa.generate_private_key(public_exponent=65537, key_size=2048)
        .private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        .decode()
    )
