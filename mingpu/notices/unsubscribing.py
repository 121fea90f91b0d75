"""The way out of marketing, in each of its mails: an address that nobody can read, forge or use for anything else."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from functools import cache
from hashlib import sha256
from hmac import digest
from secrets import token_bytes
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from mingpu.lib.errors import NotFound

_NONCE: Final = 12
_LENGTH: Final = _NONCE + 16 + 16  # nonce, id, tag
_PLACE: Final = b"notices.unsubscribe"


def address_of(person_id: UUID) -> str:
    """Return the path of a person's way out; no two are alike, and none tells whose it is."""
    nonce = token_bytes(_NONCE)
    sealed = nonce + _seal().encrypt(nonce, person_id.bytes, _PLACE)
    return f"/unsubscribe/{urlsafe_b64encode(sealed).decode().rstrip('=')}"


def owner_of(token: str) -> UUID:
    """Return whom a way out is for. Raises NotFound for one that was not made here."""
    try:
        sealed = urlsafe_b64decode(token.encode("ascii") + b"==")
        if len(sealed) != _LENGTH:
            raise NotFound
        return UUID(bytes=_seal().decrypt(sealed[:_NONCE], sealed[_NONCE:], _PLACE))
    except (ValueError, InvalidTag):
        raise NotFound from None


@cache
def _seal() -> AESGCM:
    return AESGCM(digest(settings.SECRET_KEY.encode(), _PLACE, sha256))
