"""What every page knows: the person's nickname, the number on the cart, words from the step before.

None of it costs a query on a page that does not show it, and the nickname costs none at all where the browser
kept it: sealed, because a cookie lies on a disk that others may read.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from hmac import digest
from secrets import token_bytes
from typing import Any, Final, cast
from uuid import UUID

import psycopg
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core import signing
from django.db import Error as DatabaseFailed
from django.http import HttpRequest, HttpResponseBase

from mingpu.accounts.queries import nickname_of
from mingpu.lib.errors import MallError
from mingpu.lib.requests import MallRequest
from mingpu.lib.text import Text

SESSION_COOKIE: Final = f"{settings.COOKIE_PREFIX}mingpu_session"
HALF_COOKIE: Final = f"{settings.COOKIE_PREFIX}mingpu_half"  # a sign-in that waits for its second half
HALF_SECONDS: Final = 300
# Of earlier sign-ins here; `accounts.services.familiar`.
MARK_COOKIE: Final = f"{settings.COOKIE_PREFIX}mingpu_mark"
VISITOR_COOKIE: Final = f"{settings.COOKIE_PREFIX}mingpu_visitor"
LANGUAGE_COOKIE: Final = f"{settings.COOKIE_PREFIX}mingpu_language"
NAME_COOKIE: Final = f"{settings.COOKIE_PREFIX}mingpu_name"
CART_COOKIE: Final = f"{settings.COOKIE_PREFIX}mingpu_cart"
NOTICE_COOKIE: Final = f"{settings.COOKIE_PREFIX}mingpu_notice"
BELL_COOKIE: Final = f"{settings.COOKIE_PREFIX}mingpu_bell"
# Seconds until the bell asks again: each time is a use of the person's notices, and a line of their record.
_BELL_SECONDS: Final = 300
DAYS: Final = 86_400
_NONCE: Final = 12
_SOMEBODY = Text("顾客", "customer")


@dataclass(frozen=True, slots=True)
class Notice:
    """A word on the page after something was done. kind: ok | error."""

    kind: str
    text: Text | str
    url: str = ""
    link: Text | None = None


class Me:
    """Who is signed in, as the templates know them; the nickname is found when it is drawn."""

    __slots__ = ("_request",)

    def __init__(self, request: MallRequest) -> None:
        self._request = request

    @property
    def nickname(self) -> str:
        """The nickname from the cookie, else from the account; a neutral word while the account rests."""
        person_id = self._request.person_id
        if person_id is None:
            return ""
        return self._request.fresh_name or _kept_name(self._request, person_id) or self._look_up(person_id)

    def _look_up(self, person_id: UUID) -> str:
        try:
            self._request.fresh_name = nickname_of(person_id)
        except (MallError, DatabaseFailed, psycopg.Error):
            return str(_SOMEBODY)
        return self._request.fresh_name


def mall(request: HttpRequest) -> dict[str, Any]:
    """Return what every template gets: person (None for a visitor), recovering, cart_count, bell, notices."""
    asked = cast("MallRequest", request)
    signed_in = getattr(request, "person_id", None)
    return {
        "person": Me(asked) if signed_in else None,
        "recovering": getattr(request, "recovering", False),
        "cart_count": cart_count(request),
        "bell": bell(request) if signed_in else None,
        "notices": _notices(request),
    }


def cart_count(request: HttpRequest) -> int:
    """Return the pieces in the cart as the browser was last told; 0 for none or nonsense."""
    value = request.COOKIES.get(CART_COOKIE, "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 7 else 0  # noqa: PLR2004


def bell(request: HttpRequest) -> int | None:
    """Return the unread notices as the browser was last told, None where it has to ask (`notices_count`)."""
    value = request.COOKIES.get(BELL_COOKIE, "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 4 else None  # noqa: PLR2004


def remember_bell(response: HttpResponseBase, unread: int) -> None:
    """Tell the browser how many notices are unread, for a while."""
    keep(response, BELL_COOKIE, str(unread), _BELL_SECONDS)


def remember_cart(response: HttpResponseBase, count: int) -> None:
    """Tell the browser how many pieces are in the cart, for the badge."""
    keep(response, CART_COOKIE, str(count), 30 * DAYS)


def notify(
    response: HttpResponseBase, text: Text, *, kind: str = "ok", url: str = "", link: Text | None = None
) -> None:
    """Show a sentence on the next page. It holds nothing personal: it travels in a cookie, signed."""
    words = [kind, text.zh, text.en, url, link.zh if link else "", link.en if link else ""]
    keep(response, NOTICE_COOKIE, signing.dumps(words, salt=NOTICE_COOKIE), 120)


def remember_name(response: HttpResponseBase, person_id: UUID, nickname: str) -> None:
    """Leave the nickname with the browser, sealed for this person."""
    nonce = token_bytes(_NONCE)
    sealed = nonce + _seals()[0].encrypt(nonce, nickname.encode(), person_id.bytes)
    keep(response, NAME_COOKIE, urlsafe_b64encode(sealed).decode(), 30 * DAYS)


def forget_person(response: HttpResponseBase) -> None:
    """Take back everything the browser was given for a signed-in person."""
    drop(response, SESSION_COOKIE, NAME_COOKIE, CART_COOKIE, BELL_COOKIE)


def drop(response: HttpResponseBase, *names: str) -> None:
    """Take cookies back."""
    for name in names:
        response.delete_cookie(name, samesite="Lax")


def _notices(request: HttpRequest) -> list[Notice]:
    cookie = request.COOKIES.get(NOTICE_COOKIE)
    if not cookie:
        return []
    try:
        kind, zh, en, url, link_zh, link_en = signing.loads(cookie, salt=NOTICE_COOKIE, max_age=120)
    except (signing.BadSignature, ValueError, TypeError, json.JSONDecodeError):
        return []
    cast("MallRequest", request).notices_shown = True
    return [Notice(kind, Text(zh, en), url, Text(link_zh, link_en) if link_zh else None)]


def _kept_name(request: HttpRequest, person_id: UUID) -> str:
    cookie = request.COOKIES.get(NAME_COOKIE)
    if not cookie:
        return ""
    try:
        sealed = urlsafe_b64decode(cookie)
    except ValueError:
        return ""
    for seal in _seals():
        with suppress(ValueError, InvalidTag):
            return seal.decrypt(sealed[:_NONCE], sealed[_NONCE:], person_id.bytes).decode()
    return ""


@cache
def _seals() -> list[AESGCM]:
    """Return what seals nicknames, and what did before the key was renewed."""
    known = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return [AESGCM(digest(key.encode(), NAME_COOKIE.encode(), sha256)) for key in known]


def keep(response: HttpResponseBase, name: str, value: str, seconds: int) -> None:
    """Set a cookie as all of ours are set: not for scripts, not for other sites, by TLS where there is TLS."""
    response.set_cookie(name, value, max_age=seconds, httponly=True, samesite="Lax", secure=settings.SECURE)
