"""UnionPay's own authority: a root, a middle and a signing certificate, and our certificate with it."""

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

OWNER: Final = "银联（本机扮演）"  # the third part of the signing certificate's name
SIGNER_NAME: Final = f"041@8310000000083040@{OWNER}@00016493"
_LIFE: Final = timedelta(days=5 * 365)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnionPayKeys:
    """Our merchant account (mer_id, merchant_*) and the institution's chain, all as PEM."""

    mer_id: str
    merchant_private_key_pem: str = field(repr=False)
    merchant_certificate_pem: str
    root_certificate_pem: str
    middle_private_key_pem: str = field(repr=False)
    middle_certificate_pem: str
    signing_private_key_pem: str = field(repr=False)
    signing_certificate_pem: str


@dataclass(frozen=True, slots=True)
class Identity:
    """A key and the certificate that speaks for it."""

    key: rsa.RSAPrivateKey
    certificate: x509.Certificate

    @property
    def pem(self) -> str:
        """The certificate as PEM."""
        return self.certificate.public_bytes(serialization.Encoding.PEM).decode()

    @property
    def private_pem(self) -> str:
        """The key as PKCS#8 PEM."""
        return self.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ).decode()


def load_identity(private_pem: str, certificate_pem: str) -> Identity:
    """Read an identity from PEM. Raises TypeError for another kind of key than RSA."""
    key = serialization.load_pem_private_key(private_pem.encode(), None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise TypeError("an RSA key is needed")
    return Identity(key, x509.load_pem_x509_certificate(certificate_pem.encode()))


def issue(
    name: str, *, by: Identity | None = None, authority: bool = False, ends: timedelta = _LIFE
) -> Identity:
    """Return a new identity. by: who signs it, itself when None; ends: counted from now, may be in the past."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(by.certificate.subject if by else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + min(ends, timedelta()) - timedelta(days=1))
        .not_valid_after(now + ends)
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .sign(by.key if by else key, hashes.SHA256())
    )
    return Identity(key, certificate)


def make_unionpay() -> UnionPayKeys:
    """Make everything anew. The root's own key is thrown away: nothing more is to be signed with it."""
    root = issue("UnionPay Counterpart Root", authority=True)
    middle = issue("UnionPay Counterpart OCA1", by=root, authority=True)
    signing = issue(SIGNER_NAME, by=middle)
    merchant = issue("041@8777290058110000@明铺@00000001", by=middle)
    return UnionPayKeys(
        mer_id="777290" + "".join(str(secrets.randbelow(10)) for _ in range(9)),
        merchant_private_key_pem=merchant.private_pem,
        merchant_certificate_pem=merchant.pem,
        root_certificate_pem=root.pem,
        middle_private_key_pem=middle.private_pem,
        middle_certificate_pem=middle.pem,
        signing_private_key_pem=signing.private_pem,
        signing_certificate_pem=signing.pem,
    )
