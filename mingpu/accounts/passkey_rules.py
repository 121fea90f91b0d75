"""WebAuthn as the mall uses it: challenges that nobody keeps, options for a browser, its answers checked.

Pure but for the clock and the randomness; the protocol itself is the library's. A challenge carries the minute it was
made and whom it was made for, under a key of ours, so that asking for one leaves nothing behind.
Source: W3C Web Authentication, Level 3.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hmac import compare_digest
from ipaddress import ip_address
from secrets import token_bytes
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from fido2.server import Fido2Server
from fido2.utils import websafe_encode
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    RegistrationResponse,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from mingpu.accounts.errors import WrongPasskey
from mingpu.lib.clock import now
from mingpu.privacy.fields import blind_index

CHALLENGE_SECONDS: Final = 300
ANYBODY: Final = UUID(int=0)  # whom a challenge for signing in is for: nobody knows yet
LONGEST: Final = 20_000  # characters of one part of an answer; attestation is not asked for
_TOLD = ("clientDataJSON", "attestationObject", "authenticatorData", "signature")
_PLACE = "accounts_passkey.challenge"
_HEAD = 20  # bytes: four for the second, sixteen that are random
_VERIFIED = UserVerificationRequirement.REQUIRED
_TROUBLE = (ValueError, TypeError, KeyError, AttributeError, IndexError)


@dataclass(frozen=True, slots=True)
class Made:
    """A new passkey: its id, its public key as the library writes both, and its counter."""

    credential_id: bytes
    data: bytes
    counter: int


@dataclass(frozen=True, slots=True)
class Shown:
    """An answer to a challenge that waits to be checked against its passkey."""

    credential_id: bytes
    challenge: bytes
    counter: int
    answer: AuthenticationResponse


def host() -> str:
    """Return the name passkeys are bound to: the mall's own, or `localhost` where it has an address only."""
    name = urlsplit(settings.PUBLIC_ADDRESS).hostname or "localhost"
    try:
        ip_address(name)
    except ValueError:
        return name
    return "localhost"


def options_to_add(person_id: UUID, *, name: str, nickname: str, has: Iterable[bytes]) -> dict[str, Any]:
    """Return the options by which a browser makes a passkey, as JSON. has: those there are already, as kept."""
    user = PublicKeyCredentialUserEntity(
        id=blind_index("accounts_passkey.user", person_id.hex), name=name, display_name=nickname
    )
    known = [AttestedCredentialData(it) for it in has]
    options, _ = _server().register_begin(
        user,
        known,
        resident_key_requirement=ResidentKeyRequirement.REQUIRED,
        user_verification=_VERIFIED,
        challenge=_challenge(person_id),
    )
    return dict(options.public_key)


def options_to_sign_in() -> dict[str, Any]:
    """Return the options by which a browser proves a passkey, whosever it is, as JSON."""
    options, _ = _server().authenticate_begin(user_verification=_VERIFIED, challenge=_challenge(ANYBODY))
    return dict(options.public_key)


def made(person_id: UUID, credential: Mapping[str, Any]) -> Made:
    """Check a browser's new passkey. credential: its `toJSON()`. Raises WrongPasskey."""
    try:
        answer = RegistrationResponse.from_dict(_words(credential))
        state = _state(answer.response.client_data.challenge, person_id)
        kept = _server().register_complete(state, answer)
    except _TROUBLE as trouble:
        raise WrongPasskey from trouble
    if kept.credential_data is None:
        raise WrongPasskey
    return Made(kept.credential_data.credential_id, bytes(kept.credential_data), kept.counter)


def shown(credential: Mapping[str, Any]) -> Shown:
    """Read an answer to a challenge of ours. credential: the browser's `toJSON()`. Raises WrongPasskey."""
    try:
        answer = AuthenticationResponse.from_dict(_words(credential))
        challenge = answer.response.client_data.challenge
        _state(challenge, ANYBODY)
        return Shown(answer.raw_id, challenge, answer.response.authenticator_data.counter, answer)
    except _TROUBLE as trouble:
        raise WrongPasskey from trouble


def check(it: Shown, *, data: bytes, counter: int) -> None:
    """Hold an answer against the passkey it names. data, counter: as kept. Raises WrongPasskey.

    A counter that does not grow is a copy of the passkey; many never count, and always say 0.
    """
    try:
        state = _state(it.challenge, ANYBODY)
        _server().authenticate_complete(state, [AttestedCredentialData(data)], it.answer)
    except _TROUBLE as trouble:
        raise WrongPasskey from trouble
    if (it.counter or counter) and it.counter <= counter:
        raise WrongPasskey


def _words(credential: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is read of an answer, all of it text. Raises ValueError for anything else.

    The library makes bytes of what it is given, and of a number that many zeros: one call could take all memory.
    """
    response = credential["response"]
    named = {name: credential[name] for name in ("id", "rawId", "type")}
    told = {name: response[name] for name in _TOLD if name in response}
    if not all(isinstance(it, str) and len(it) <= LONGEST for it in (*named.values(), *told.values())):
        raise ValueError("not an answer of a browser")
    return {**named, "response": told}


def _server() -> Fido2Server:
    return Fido2Server(PublicKeyCredentialRpEntity(id=host(), name="明铺"), verify_origin=_ours)


def _ours(origin: str) -> bool:
    """Tell whether an answer was made on a page of ours: the very origin, for a name below ours may be another's."""
    known = {settings.PUBLIC_ADDRESS.rstrip("/")}
    if host() == "localhost":
        known.add(f"http://localhost:{settings.PORT}")
    return origin in known


def _challenge(whose: UUID) -> bytes:
    head = int(now().timestamp()).to_bytes(4) + token_bytes(_HEAD - 4)
    return head + _sign(head, whose)


def _state(challenge: bytes, whose: UUID) -> dict[str, Any]:
    """Return what the library wants to know of a challenge. Raises ValueError for one that is not ours, or is old."""
    head = challenge[:_HEAD]
    age = int(now().timestamp()) - int.from_bytes(head[:4])
    if not compare_digest(challenge[_HEAD:], _sign(head, whose)) or not 0 <= age <= CHALLENGE_SECONDS:
        raise ValueError("not a challenge of ours, or too old")
    return {"challenge": websafe_encode(challenge), "user_verification": _VERIFIED}


def _sign(head: bytes, whose: UUID) -> bytes:
    return blind_index(_PLACE, f"{whose.hex}:{head.hex()}")
