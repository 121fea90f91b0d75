"""Secrets of all parties and of the mall's accounts with them, made once and kept in one private file."""

import fcntl
import json
import os
import secrets
import string
import tempfile
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID

from mingpu.adapters.counterparts.alipay_keys import AlipayKeys, make_alipay
from mingpu.adapters.counterparts.deletion_keys import DeletionKeys, make_deletion
from mingpu.adapters.counterparts.signin_keys import OpenIdKeys, WeChatKeys, make_openid, make_wechat
from mingpu.adapters.counterparts.unionpay_certs import UnionPayKeys, make_unionpay
from mingpu.adapters.counterparts.yto_keys import YtoKeys, make_yto

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
_FILE: Final = "counterparts.json"
_LIFE: Final = timedelta(days=5 * 365)


@dataclass(frozen=True, slots=True, kw_only=True)
class WeChatPayKeys:
    """Our merchant account (appid to apiv3_key) and the institution's own keys (platform_*)."""

    appid: str
    mchid: str
    merchant_serial: str
    merchant_private_key_pem: str = field(repr=False)
    apiv3_key: str = field(repr=False)
    platform_private_key_pem: str = field(repr=False)
    platform_certificate_pem: str
    platform_public_key_id: str
    platform_public_key_pem: str
    platform_public_key_private_pem: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SfKeys:
    """Our account with SF; push_secret is the part of our push path that only SF knows."""

    partner_id: str
    checkword: str = field(repr=False)
    monthly_card: str
    push_secret: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SmsKeys:
    """Our access key with the SMS provider and the approved signature."""

    access_key_id: str
    access_key_secret: str = field(repr=False)
    sign_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MailKeys:
    """Our mailbox, and the mail server's own key and certificate (for localhost and 127.0.0.1)."""

    username: str
    password: str = field(repr=False)
    sender: str
    private_key_pem: str = field(repr=False)
    certificate_pem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TopUpKeys:
    """Our account with the top-up supplier."""

    account: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class MallKeys:
    """Our account with another mall, and the seed of the key it signs its own packages with (Ed25519, hexadecimal)."""

    account: str
    secret: str = field(repr=False)
    seed: str = field(repr=False)

    def signing_key(self) -> Ed25519PrivateKey:
        """Return the key that the other mall signs with."""
        return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(self.seed))

    def public_key(self) -> str:
        """Return what we know of it: 32 bytes, base64."""
        raw = self.signing_key().public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        return b64encode(raw).decode()


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityKeys:
    """Our account with the verification service."""

    secret_id: str
    secret_key: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class CounterpartKeys:
    """Everything `provision` made."""

    wechatpay: WeChatPayKeys
    sf: SfKeys
    sms: SmsKeys
    mail: MailKeys
    topup: TopUpKeys
    unionpay: UnionPayKeys
    alipay: AlipayKeys
    yto: YtoKeys
    deletion: DeletionKeys
    mall: MallKeys
    identity: IdentityKeys
    wechat: WeChatKeys
    openid: OpenIdKeys


def provision(directory: Path) -> CounterpartKeys:
    """Return the keys kept under `directory`; what is missing there is made, what is there never changes.

    The file can be read by its owner only. Processes that start together agree on one set. Takes about a
    second the first time. Raises OSError when the directory cannot be used.
    """
    path = directory / _FILE
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _alone(directory):
        known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        made = {name: asdict(make()) for name, (_, make) in _PARTIES.items() if name not in known}
        if made:
            _write(path, known | made)
            known |= made
    return CounterpartKeys(**{name: kind(**known[name]) for name, (kind, _) in _PARTIES.items()})


@contextmanager
def _alone(directory: Path) -> Iterator[None]:
    """Keep other processes out of `directory` for the block."""
    handle = os.open(directory, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _write(path: Path, keys: dict[str, Any]) -> None:
    """Replace the file as a whole: a reader sees the old one or the new one."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=_FILE)  # 0600 from the start
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(keys, file, ensure_ascii=False, indent=1)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink()
        raise


def make_certificate(key: PrivateKey, name: str, *, local: bool = False) -> x509.Certificate:
    """Return a self-signed certificate of `key`; local: for TLS on localhost and 127.0.0.1."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + _LIFE)
    )
    if local:
        hosts = [x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))]
        builder = builder.add_extension(x509.SubjectAlternativeName(hosts), critical=False)
    return builder.sign(key, hashes.SHA256())


def new_rsa() -> rsa.RSAPrivateKey:
    """Return a new RSA key of 2048 bits."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def private_pem(key: PrivateKey) -> str:
    """Write a private key as PKCS#8 PEM."""
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


def certificate_pem(certificate: x509.Certificate) -> str:
    """Write a certificate as PEM."""
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def _make_sf() -> SfKeys:
    return SfKeys(
        partner_id="MP" + _random(string.ascii_uppercase + string.digits, 8),
        checkword=_random(string.ascii_letters + string.digits, 32),
        monthly_card=_random(string.digits, 10),
        push_secret=secrets.token_urlsafe(24),
    )


def _make_sms() -> SmsKeys:
    return SmsKeys(
        access_key_id="LTAI" + _random(string.ascii_letters + string.digits, 20),
        access_key_secret=_random(string.ascii_letters + string.digits, 30),
        sign_name="明铺",
    )


def _make_mail() -> MailKeys:
    key = ec.generate_private_key(ec.SECP256R1())
    return MailKeys(
        username="mall",
        password=secrets.token_urlsafe(18),
        sender="noreply@mingpu.example",
        private_key_pem=private_pem(key),
        certificate_pem=certificate_pem(make_certificate(key, "mail.mingpu.example", local=True)),
    )


def _make_wechatpay() -> WeChatPayKeys:
    merchant, platform, public = new_rsa(), new_rsa(), new_rsa()
    public_pem = public.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return WeChatPayKeys(
        appid="wx" + secrets.token_hex(8),
        mchid="16" + _random(string.digits, 8),
        merchant_serial=f"{x509.random_serial_number():040X}",
        merchant_private_key_pem=private_pem(merchant),
        apiv3_key=_random(string.ascii_letters + string.digits, 32),
        platform_private_key_pem=private_pem(platform),
        platform_certificate_pem=certificate_pem(make_certificate(platform, "pay.counterpart.example")),
        platform_public_key_id="PUB_KEY_ID_" + _random(string.digits, 30),
        platform_public_key_pem=public_pem.decode(),
        platform_public_key_private_pem=private_pem(public),
    )


def _random(alphabet: str, length: int) -> str:
    return "".join(secrets.choice(alphabet) for _ in range(length))


def _make_topup() -> TopUpKeys:
    return TopUpKeys(account="MP" + _random(string.digits, 8), secret=secrets.token_urlsafe(32))


def _make_mall() -> MallKeys:
    return MallKeys(
        account="MP" + _random(string.digits, 8), secret=secrets.token_urlsafe(32), seed=secrets.token_hex(32)
    )


def _make_identity() -> IdentityKeys:
    return IdentityKeys(
        secret_id="AKID" + _random(string.ascii_letters, 32), secret_key=secrets.token_urlsafe(24)
    )


# Party -> its kind of keys and how they are made. A party added later gets its keys at the next start.
_PARTIES: Final[dict[str, tuple[type[Any], Callable[[], Any]]]] = {
    "wechatpay": (WeChatPayKeys, _make_wechatpay),
    "sf": (SfKeys, _make_sf),
    "sms": (SmsKeys, _make_sms),
    "mail": (MailKeys, _make_mail),
    "topup": (TopUpKeys, _make_topup),
    "unionpay": (UnionPayKeys, make_unionpay),
    "alipay": (AlipayKeys, make_alipay),
    "yto": (YtoKeys, make_yto),
    "deletion": (DeletionKeys, make_deletion),
    "mall": (MallKeys, _make_mall),
    "identity": (IdentityKeys, _make_identity),
    "wechat": (WeChatKeys, make_wechat),
    "openid": (OpenIdKeys, make_openid),
}
