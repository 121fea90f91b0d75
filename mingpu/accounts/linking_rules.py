"""Rounds at another service: what the browser or app keeps meanwhile, sealed, so that the mall keeps nothing.

A ticket is one round under way: where, what for, and the secrets by which its answer is known again. An arrival is who
came back and is not known here: nothing of it is kept before its person says so. Both end after ten minutes.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from hmac import compare_digest, digest
from secrets import token_bytes, token_urlsafe
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from mingpu.accounts.errors import RoundOver
from mingpu.adapters.signin import About, Round
from mingpu.lib.clock import now
from mingpu.privacy.fields import blind_index

SECONDS: Final = 600
INTENTS: Final = ("login", "link", "unlink")
LONGEST: Final = 4_000  # characters of what comes back to us
_NICKNAME: Final = 40
_AVATAR: Final = 500
_NONCE: Final = 12
_PLACE: Final = "accounts_linkedaccount.round"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """One round. intent: of `INTENTS`; kind: web | api; person: whose link it is about, "" to log in.

    onward: the page to go on to, or ""; at: Unix seconds.
    """

    provider: str
    intent: str
    kind: str
    state: str = field(repr=False)
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)
    redirect: str
    inside: bool
    person: str
    onward: str
    at: int

    def round(self) -> Round:
        """Return it as the service's client takes it; to link and to unlink the person shows there anew that it is them."""
        return Round(
            state=self.state, nonce=self.nonce, verifier=self.verifier, redirect=self.redirect, inside=self.inside,
            fresh=self.intent != "login",
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """Who came back from a service and is not known here. mark: their keyed hash there; person: who set out, or ""."""

    id: str
    provider: str
    mark: str = field(repr=False)
    nickname: str = field(repr=False)
    avatar: str = field(repr=False)
    person: str
    onward: str
    at: int


T = TypeVar("T", Ticket, Arrival)


def new_ticket(
    *, provider: str, intent: str, kind: str, redirect: str, inside: bool, person: str, onward: str
) -> Ticket:
    """Return a round that begins now."""
    return Ticket(
        provider=provider, intent=intent, kind=kind, state=token_urlsafe(32), nonce=token_urlsafe(32),
        verifier=token_urlsafe(48), redirect=redirect, inside=inside, person=person, onward=onward, at=_moment(),
    )  # fmt: skip


def new_arrival(ticket: Ticket, *, mark: bytes, about: About) -> Arrival:
    """Return who came back from a round, with the two things told, cut to what is kept of them."""
    return Arrival(
        id=token_urlsafe(16), provider=ticket.provider, mark=mark.hex(), nickname=nickname(about.nickname),
        avatar=avatar(about.avatar), person=ticket.person, onward=ticket.onward, at=_moment(),
    )  # fmt: skip


def sealed(it: Ticket | Arrival) -> str:
    """Return it for the browser or app to keep: nobody but us reads or alters it."""
    nonce = token_bytes(_NONCE)
    plain = json.dumps(asdict(it), ensure_ascii=False).encode()
    return urlsafe_b64encode(nonce + _seal().encrypt(nonce, plain, _kind(type(it)))).decode().rstrip("=")


def opened(kind: type[T], text: str) -> T:
    """Return what `sealed` made. Raises RoundOver for anything else, and after ten minutes."""
    try:
        raw = urlsafe_b64decode(text[:LONGEST].encode() + b"==")
        known: dict[str, Any] = json.loads(_seal().decrypt(raw[:_NONCE], raw[_NONCE:], _kind(kind)))
        it = kind(**known)
    except (NotBase64, ValueError, TypeError, InvalidTag):
        raise RoundOver from None
    if not 0 <= _moment() - it.at <= SECONDS:
        raise RoundOver
    return it


def hold(it: Ticket, *, provider: str, kind: str, state: str, person: str) -> None:
    """Hold an answer against its round: the same service, the same way, the same person, the state of this browser.

    Raises RoundOver for any other.
    """
    right = compare_digest(it.state.encode(), state.encode("utf-8", "replace"))
    if (
        not right
        or (it.provider, it.kind) != (provider, kind)
        or (it.intent != "login" and it.person != person)
    ):
        raise RoundOver


def mark_of(provider: str, subject: str) -> bytes:
    """Return the keyed hash by which somebody of a service is known here."""
    return blind_index("accounts_linkedaccount.subject_index", f"{provider}\n{subject}")


def spent_mark(what: str) -> bytes:
    """Return the mark of a state or an arrival that was used."""
    return blind_index(_PLACE, what)


def nickname(text: str) -> str:
    """Return a nickname of elsewhere as it is kept: one line, no controls, 40 characters at most."""
    shown = "".join(sign if sign.isprintable() else " " for sign in text)
    return " ".join(shown.split())[:_NICKNAME].strip()


def avatar(url: str) -> str:
    """Return where a picture lies as it is kept; "" for what is no address with TLS."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    fine = (
        parts.scheme == "https"
        and parts.hostname
        and parts.username is None
        and url.isascii()
        and url.isprintable()
    )
    return url if fine and len(url) <= _AVATAR and " " not in url else ""


def _moment() -> int:
    return int(now().timestamp())


def _kind(it: type[Ticket | Arrival]) -> bytes:
    return it.__name__.encode()


def _seal() -> AESGCM:
    return AESGCM(digest(bytes.fromhex(settings.BLIND_INDEX_KEY), _PLACE.encode(), sha256))
