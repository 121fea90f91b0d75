"""Alipay's key and our account there."""

import secrets
from dataclasses import dataclass, field

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa


@dataclass(frozen=True, slots=True, kw_only=True)
class AlipayKeys:
    """Our app and seller account (app_id to merchant_private_key_pem) and the institution's own key (platform_*)."""

    app_id: str
    seller_id: str
    merchant_private_key_pem: str = field(repr=False)
    platform_private_key_pem: str = field(repr=False)
    platform_public_key_pem: str


def make_alipay() -> AlipayKeys:
    """Make both sides' keys."""
    merchant, platform = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2))
    public = platform.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return AlipayKeys(
        app_id=f"2021{secrets.randbelow(10**12):012d}",
        seller_id=f"2088{secrets.randbelow(10**12):012d}",
        merchant_private_key_pem=_pem(merchant),
        platform_private_key_pem=_pem(platform),
        platform_public_key_pem=public.decode(),
    )


def _pem(key: rsa.RSAPrivateKey) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
