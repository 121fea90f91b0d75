"""One-time codes: of an authenticator app (RFC 6238), and on paper. Pure but for the randomness.

The algorithm is the library's, with what every app takes for granted: SHA-1, six digits, thirty seconds.
"""

import re
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import pyotp
from pyotp.exceptions import OTPVerificationError

ISSUER: Final = "明铺"
DRIFT: Final = 1  # steps of thirty seconds that a phone's clock may be off, either way
RECOVERY_CODES: Final = 10
_SIGNS: Final = "23456789abcdefghjkmnpqrstuvwxyz"  # none that is read as another
_LENGTH: Final = 10  # 49 bits
_CODE = re.compile(r"[0-9]{6}")


@dataclass(frozen=True, slots=True)
class SecondStepView:
    """A person's second step. totp: an authenticator app; passkeys: how many; left: recovery codes not used yet."""

    on_at: datetime | None
    totp: bool
    passkeys: int
    left: int


def make_secret() -> str:
    """Return 160 random bits in base32."""
    return pyotp.random_base32()


def address_of(secret: str, name: str) -> str:
    """Return the `otpauth:` address that an app reads from a QR code. name: the person's username."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=ISSUER)


def step_of(secret: str, typed: str, moment: datetime) -> int | None:
    """Return the step of time that a typed code is of, one early or late at most; None for a wrong one."""
    code = re.sub(r"\s", "", unicodedata.normalize("NFKC", typed))
    if not _CODE.fullmatch(code):
        return None
    try:
        return pyotp.TOTP(secret).verify_and_get_timecode(code, for_time=moment, valid_window=DRIFT)
    except OTPVerificationError:
        return None


def make_recovery_codes() -> tuple[str, ...]:
    """Return ten codes as they are written down: `abcde-fghjk`."""
    made = ("".join(secrets.choice(_SIGNS) for _ in range(_LENGTH)) for _ in range(RECOVERY_CODES))
    return tuple(f"{it[:5]}-{it[5:]}" for it in made)


def recovery_key(typed: str) -> str:
    """Return what of a typed recovery code counts: letters and digits, small."""
    return re.sub(r"[^0-9a-z]", "", unicodedata.normalize("NFKC", typed[:100]).casefold())
