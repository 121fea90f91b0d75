"""Any OpenID Connect provider: discovery, authorization code with PKCE, the ID token held against its keys.

What is signed counts, not what came over the line: signature by the provider's own published keys, issuer, audience,
expiry, nonce and, where the person was to show anew that it is them, the time they did. Only algorithms with a public
key are taken, named by us and not by the token. The provider's description may name no host but its own and those the
operator listed. Sources: OpenID Connect Core and Discovery 1.0, RFC 7636 (PKCE), RFC 9207 (issuer in the answer).
"""

import hashlib
import threading
import time
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from hmac import compare_digest
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import quote_plus, urlencode, urlsplit

import jwt

from mingpu.adapters.calls import Patience
from mingpu.adapters.signin import About, Proven, Round, SignInFailed
from mingpu.adapters.signin.line import Line, checked
from mingpu.lib.text import Text

ALGORITHMS: Final = ("RS256", "PS256", "ES256")
SCOPE: Final = "openid profile"
LEEWAY: Final = 60  # seconds that clocks may differ
FRESH: Final = 600  # seconds since a person showed anew that it is them
_LIFE: Final = 3600.0  # seconds that a description and keys are kept
_LONGEST: Final = 255  # characters of a subject, as the standard has it
_ENDPOINTS: Final = ("authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint")
_REFUSALS: Final[dict[type[Exception], str]] = {
    jwt.InvalidIssuerError: "token_issuer", jwt.InvalidAudienceError: "token_audience",
    jwt.ExpiredSignatureError: "token_expired", jwt.InvalidSignatureError: "token_signature",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenIdConfig:
    """Our account with a provider. issuer: as its tokens name it. hosts: `name[:port]` it also answers at.

    app_return: where rounds of our apps come back to. key_pause: seconds before keys are asked for again because of
    one that is not known. Raises ValueError for an issuer that must not be called.
    """

    title: Text
    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    hosts: tuple[str, ...] = ()
    app_return: str = ""
    key_pause: float = 30.0
    patience: Patience = field(default_factory=Patience)

    def __post_init__(self) -> None:
        """Hold the issuer against the rule."""
        checked(self.issuer)

    @classmethod
    def from_account(
        cls, *, title: dict[str, str], hosts: list[str] | None = None, **more: Any
    ) -> "OpenIdConfig":
        """Return the config as it is written in the operator's file."""
        return cls(title=Text(title["zh"], title["en"]), hosts=tuple(hosts or ()), **more)


class OpenIdSignIn:
    """`SignInProvider` by an OpenID Connect provider. Safe to share between threads."""

    def __init__(self, config: OpenIdConfig) -> None:
        self._config = config
        self._line = Line(config.patience, {urlsplit(config.issuer).netloc, *config.hosts})
        self._gate = threading.Lock()
        self._known: tuple[float, dict[str, Any]] | None = None
        self._keys: tuple[float, list[dict[str, Any]]] | None = None

    @property
    def title(self) -> Text:
        """See `SignInProvider.title`."""
        return self._config.title

    @property
    def returns_to_apps(self) -> str:
        """See `SignInProvider.returns_to_apps`."""
        return self._config.app_return

    def address(self, it: Round) -> str:
        """Return the provider's page. See `SignInProvider.address`."""
        challenge = urlsafe_b64encode(hashlib.sha256(it.verifier.encode()).digest()).decode().rstrip("=")
        asked = {
            "response_type": "code", "client_id": self._config.client_id, "redirect_uri": it.redirect,
            "scope": SCOPE, "state": it.state, "nonce": it.nonce, "code_challenge": challenge,
            "code_challenge_method": "S256",
        }  # fmt: skip
        if it.fresh:
            asked |= {"prompt": "login", "max_age": "0"}
        page = str(self._description()["authorization_endpoint"])
        return f"{page}{'&' if '?' in page else '?'}{urlencode(asked)}"

    def prove(self, it: Round, *, code: str, issuer: str = "") -> Proven:
        """Redeem the code and hold the ID token against everything it must be. See `SignInProvider.prove`."""
        about = self._description()
        if (issuer or about.get("authorization_response_iss_parameter_supported") is True) and (
            issuer != self._config.issuer
        ):
            raise SignInFailed(permanent=True, code="other_issuer")
        said = self._redeem(about, it, code)
        claims = self._claims(said.get("id_token"), it)
        told = {
            name: str(claims[name])
            for name in ("name", "nickname", "preferred_username", "picture")
            if claims.get(name)
        }
        token = said.get("access_token")
        return Proven(
            subject=claims["sub"], told=told | {"access_token": token if isinstance(token, str) else ""}
        )

    def about(self, it: Proven) -> About:
        """Return nickname and picture, of the ID token or, where it has none, of the provider's own page."""
        told = dict(it.told)
        page = self._description().get("userinfo_endpoint")
        if not _nickname(told) and page and told["access_token"]:
            status, said = self._line.get(page, bearer=told["access_token"])
            if status != HTTPStatus.OK or not isinstance(said, dict):
                raise SignInFailed(permanent=False, code="unreadable_answer")
            if said.get("sub") != it.subject:  # another's page: a token put in another's place
                raise SignInFailed(permanent=True, code="token_subject")
            told = {name: str(value) for name, value in said.items() if isinstance(value, str)}
        return About(nickname=_nickname(told), avatar=told.get("picture", ""))

    def _redeem(self, about: dict[str, Any], it: Round, code: str) -> dict[str, Any]:
        asked = {
            "grant_type": "authorization_code", "code": code, "redirect_uri": it.redirect, "code_verifier": it.verifier,
        }  # fmt: skip
        ours, secret = self._config.client_id, self._config.client_secret
        ways = about.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        if "client_secret_basic" in ways:
            what: dict[str, Any] = {"data": asked, "auth": (quote_plus(ours), quote_plus(secret))}
        else:
            what = {"data": asked | {"client_id": ours, "client_secret": secret}}
        status, said = self._line.once("POST", about["token_endpoint"], **what)
        if not isinstance(said, dict):
            raise SignInFailed(permanent=False, code="unreadable_answer")
        if status != HTTPStatus.OK:
            refused = said.get("error") == "invalid_grant"
            raise SignInFailed(permanent=True, code="code_refused" if refused else f"http_{status}")
        return said

    def _claims(self, token: object, it: Round) -> dict[str, Any]:
        """Return what a token says that is the provider's own, for us, of this round. Raises SignInFailed."""
        if not isinstance(token, str):
            raise SignInFailed(permanent=True, code="token_unreadable")
        try:
            key, algorithm = self._key_of(token)
            claims: dict[str, Any] = jwt.decode(
                token, key=key.key, algorithms=[algorithm], audience=self._config.client_id,
                issuer=self._config.issuer, leeway=LEEWAY, options={"require": ["iss", "sub", "aud", "exp", "iat"]},
            )  # fmt: skip
        except jwt.PyJWTError as refused:
            raise SignInFailed(
                permanent=True, code=_REFUSALS.get(type(refused), "token_unreadable")
            ) from None
        self._of_round(claims, it)
        return claims

    def _of_round(self, claims: dict[str, Any], it: Round) -> None:
        parties, subject = claims["aud"], claims["sub"]
        several = isinstance(parties, list) and len(parties) > 1
        if claims.get("azp", None if several else self._config.client_id) != self._config.client_id:
            raise SignInFailed(permanent=True, code="token_audience")
        if not compare_digest(str(claims.get("nonce") or "").encode(), it.nonce.encode()):
            raise SignInFailed(permanent=True, code="token_nonce")
        if not isinstance(subject, str) or not 0 < len(subject) <= _LONGEST:
            raise SignInFailed(permanent=True, code="token_unreadable")
        at = claims.get("auth_time")
        if it.fresh and not (isinstance(at, int) and time.time() - at <= FRESH):
            raise SignInFailed(permanent=True, code="token_not_fresh")

    def _key_of(self, token: str) -> tuple[jwt.PyJWK, str]:
        """Return the published key that a token names, and its algorithm. Raises PyJWTError, SignInFailed."""
        header = jwt.get_unverified_header(token)
        algorithm, name = header.get("alg"), header.get("kid")
        if algorithm not in ALGORITHMS:
            raise SignInFailed(permanent=True, code="token_algorithm")
        for again in (False, True):
            fitting = [it for it in self._published(again=again) if _fits(it, algorithm, name)]
            if len(fitting) == 1:
                return jwt.PyJWK(fitting[0], algorithm=algorithm), algorithm
        raise SignInFailed(permanent=True, code="token_signature")

    def _published(self, *, again: bool) -> list[dict[str, Any]]:
        """Return the provider's keys as they are published. again: because one is not known, at most now and then."""
        with self._gate:
            kept, moment = self._keys, time.monotonic()
        if kept and moment - kept[0] < (self._config.key_pause if again else _LIFE):
            return kept[1]
        status, said = self._line.get(self._description()["jwks_uri"])
        keys = said.get("keys") if isinstance(said, dict) else None
        if status != HTTPStatus.OK or not isinstance(keys, list):
            raise SignInFailed(permanent=False, code="unreadable_answer")
        found = [it for it in keys if isinstance(it, dict)]
        with self._gate:
            self._keys = (moment, found)
        return found

    def _description(self) -> dict[str, Any]:
        """Return what the provider says of itself; every address in it held against the list of hosts."""
        with self._gate:
            kept, moment = self._known, time.monotonic()
        if kept and moment - kept[0] < _LIFE:
            return kept[1]
        status, said = self._line.get(f"{self._config.issuer.rstrip('/')}/.well-known/openid-configuration")
        if status != HTTPStatus.OK or not isinstance(said, dict):
            raise SignInFailed(permanent=False, code="unreadable_answer")
        if said.get("issuer") != self._config.issuer:
            raise SignInFailed(permanent=True, code="other_issuer")
        hosts = {urlsplit(self._config.issuer).netloc, *self._config.hosts}
        try:
            for name in _ENDPOINTS:
                if name in said or name != "userinfo_endpoint":
                    checked(str(said.get(name)), hosts)
        except ValueError:
            raise SignInFailed(permanent=True, code="address_not_allowed") from None
        with self._gate:
            self._known = (moment, said)
        return said


def _fits(key: dict[str, Any], algorithm: str, name: object) -> bool:
    kind = "EC" if algorithm.startswith("ES") else "RSA"
    told = key.get("alg", algorithm) == algorithm and key.get("use", "sig") == "sig"
    return key.get("kty") == kind and told and (name is None or key.get("kid") == name)


def _nickname(told: dict[str, str]) -> str:
    return next((told[it] for it in ("nickname", "name", "preferred_username") if told.get(it)), "")
