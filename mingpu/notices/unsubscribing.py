"""The way out of marketing, in each of its mails: an address that nobody can read, forge or use for anything else."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from contextlib import suppress
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
    sealed = nonce + _seals(settings.SECRET_KEY)[0].encrypt(nonce, person_id.bytes, _PLACE)
    return f"/unsubscribe/{urlsafe_b64encode(sealed).decode().rstrip('=')}"


def owner_of(token: str) -> UUID:
    """Return whom a way out is for, also of one made before the key was renewed. Raises NotFound for any other."""
    try:
        sealed = urlsafe_b64decode(token.encode("ascii") + b"==")
    except ValueError:
        raise NotFound from None
    if len(sealed) != _LENGTH:
        raise NotFound
    for seal in _seals(settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        with suppress(InvalidTag):
            return UUID(bytes=seal.decrypt(sealed[:_NONCE], sealed[_NONCE:], _PLACE))
    raise NotFound


@cache
def _seals(*keys: str) -> list[AESGCM]:
    return [AESGCM(digest(key.encode(), _PLACE, sha256)) for key in keys]
