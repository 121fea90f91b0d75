"""An OpenID Connect provider: its description, its keys, the page that asks, tokens, and what it tells of somebody."""

import base64
import hashlib
import hmac
import json
import time
from typing import Any, Final
from urllib.parse import unquote_plus

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from mingpu.adapters.counterparts.consenting import Consenting, known_as
from mingpu.adapters.counterparts.faults import Fault
from mingpu.adapters.counterparts.signin_keys import new_key
from mingpu.adapters.counterparts.world import World, fields_of
from mingpu.lib.text import Text

PARTY: Final = "openid"
PATH: Final = "/openid"
_LIFE: Final = 300
_TABLE: Final = "CREATE TABLE IF NOT EXISTS openid_key (id INTEGER PRIMARY KEY, pem TEXT NOT NULL)"


class OpenId:
    """The provider. What it signs is held by whoever asks against the keys it publishes."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._keys = world.config.keys.openid
        self._asking = Consenting(
            PARTY, Text("通行证登录", "Passport login"), world.store, world.faults, allow=f"{PATH}/allow"
        )
        world.store.run(_TABLE)
        if world.store.one("SELECT 1 FROM openid_key") is None:
            world.store.run("INSERT INTO openid_key (pem) VALUES (?)", self._keys.signing_key_pem)

    @property
    def issuer(self) -> str:
        """What its tokens name it."""
        return f"http://127.0.0.1:{self._world.config.port}{PATH}"

    async def describe(self, request: Request) -> Response:
        """GET /openid/.well-known/openid-configuration."""

        async def answer(_: bytes, __: Fault | None) -> Response:
            fault = self._world.faults.take(PARTY, "description")
            kind = fault.kind if fault else ""
            if kind == "no_description":
                return Response(b"", 500)
            issuer = "https://elsewhere.example" if kind == "other_issuer" else self.issuer
            keys = "https://elsewhere.example/jwks" if kind == "other_host" else f"{self.issuer}/jwks"
            return JSONResponse(
                {
                    "issuer": issuer, "authorization_endpoint": f"{self.issuer}/authorize",
                    "token_endpoint": f"{self.issuer}/token", "userinfo_endpoint": f"{self.issuer}/userinfo",
                    "jwks_uri": keys, "response_types_supported": ["code"], "subject_types_supported": ["pairwise"],
                    "id_token_signing_alg_values_supported": ["RS256"], "code_challenge_methods_supported": ["S256"],
                    "token_endpoint_auth_methods_supported": ["client_secret_basic"],
                    "authorization_response_iss_parameter_supported": True,
                }
            )  # fmt: skip

        return await self._world.receive(
            PARTY, request, answer, broken=lambda: Response(b"", 500), faulty=False
        )

    async def jwks(self, request: Request) -> Response:
        """GET /openid/jwks: the key that signs now, and no other."""

        async def answer(_: bytes, __: Fault | None) -> Response:
            number, key = self._key()
            public = jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
            return JSONResponse({"keys": [public | {"kid": number, "alg": "RS256", "use": "sig"}]})

        return await self._world.receive(
            PARTY, request, answer, broken=lambda: Response(b"", 500), faulty=False
        )

    async def ask(self, request: Request) -> Response:
        """GET /openid/authorize: the page that asks."""
        asked = request.query_params
        wanted = {"client_id": self._keys.client_id, "response_type": "code", "code_challenge_method": "S256"}
        wrong = [name for name, right in wanted.items() if asked.get(name) != right]
        if wrong or "openid" not in asked.get("scope", "").split() or not asked.get("code_challenge"):
            return self._asking.refuse(" ".join(wrong) or "scope")
        return self._asking.ask(
            {
                "client": asked["client_id"], "redirect": asked.get("redirect_uri", ""), "scope": asked["scope"],
                "state": asked.get("state", ""), "nonce": asked.get("nonce", ""), "challenge": asked["code_challenge"],
            }
        )  # fmt: skip

    async def allow(self, request: Request) -> Response:
        """POST /openid/allow: back to the mall, with the issuer's name."""
        other = self._world.faults.take(PARTY, "back", frozenset({"other_name"}))
        named = {"iss": "https://elsewhere.example" if other else self.issuer}
        return self._asking.back(await fields_of(request), declined={"error": "access_denied"}, more=named)

    async def token(self, request: Request) -> Response:
        """POST /openid/token -> {access_token, token_type, expires_in, id_token}."""

        async def answer(_: bytes, fault: Fault | None) -> Response:
            if fault and fault.kind == "garbled":
                return Response(b"<html>", 200)
            return self._redeemed(request, await fields_of(request))

        return await self._world.receive(PARTY, request, answer, broken=lambda: Response(b"", 500))

    async def person(self, request: Request) -> Response:
        """GET /openid/userinfo with the token -> {sub, name, picture}."""

        async def answer(_: bytes, __: Fault | None) -> Response:
            holder = self._asking.holder(request.headers.get("authorization", "").removeprefix("Bearer "))
            if holder is None:
                return JSONResponse({"error": "invalid_token"}, 401)
            other = self._world.faults.take(PARTY, "outcome", frozenset({"other_person"}))
            subject = known_as("somebody else") if other else known_as(PARTY, holder["name"])
            picture = f"https://passport.example/pictures/{subject[:8]}"
            return JSONResponse({"sub": subject, "name": holder["name"], "picture": picture})

        return await self._world.receive(
            PARTY, request, answer, broken=lambda: Response(b"", 500), faulty=False
        )

    def rotate(self) -> None:
        """Sign with a new key from now on; the old one is no longer published."""
        self._world.store.run("INSERT INTO openid_key (pem) VALUES (?)", new_key())

    def _redeemed(self, request: Request, asked: dict[str, Any]) -> Response:
        if not self._ours(request.headers.get("authorization", "")):
            return JSONResponse({"error": "invalid_client"}, 401)
        row = self._asking.redeem(str(asked.get("code", "")), self._keys.client_id)
        proof = hashlib.sha256(str(asked.get("code_verifier", "")).encode()).digest()
        if (
            row is None
            or asked.get("grant_type") != "authorization_code"
            or asked.get("redirect_uri") != row["redirect"]
            or base64.urlsafe_b64encode(proof).decode().rstrip("=") != row["challenge"]
        ):
            return JSONResponse({"error": "invalid_grant"}, 400)
        claims = {
            "iss": self.issuer, "aud": self._keys.client_id, "sub": known_as(PARTY, row["name"]), "nonce": row["nonce"],
            "iat": int(time.time()), "exp": int(time.time()) + _LIFE, "auth_time": int(row["at"]),
        }  # fmt: skip
        return JSONResponse(
            {"access_token": self._asking.token(row), "token_type": "Bearer", "expires_in": _LIFE, "id_token": self._signed(claims)}
        )  # fmt: skip

    def _ours(self, header: str) -> bool:
        try:
            name, _, secret = base64.b64decode(header.removeprefix("Basic ")).decode().partition(":")
        except ValueError:
            return False
        return unquote_plus(name) == self._keys.client_id and hmac.compare_digest(
            unquote_plus(secret), self._keys.client_secret
        )

    def _signed(self, claims: dict[str, Any]) -> str:
        """Return an ID token; with a fault, one that must not be believed."""
        fault = self._world.faults.take(PARTY, "token")
        kind = fault.kind if fault else ""
        number, key = self._key()
        lies: dict[str, dict[str, Any]] = {
            "wrong_issuer": {"iss": "https://elsewhere.example"}, "wrong_audience": {"aud": "another-shop"},
            "other_party": {"aud": [self._keys.client_id, "another-shop"], "azp": "another-shop"},
            "wrong_nonce": {"nonce": "another"}, "no_nonce": {"nonce": None}, "expired": {"exp": int(time.time()) - 3600},
            "not_fresh": {"auth_time": int(time.time()) - 3600}, "no_subject": {"sub": ""},
        }  # fmt: skip
        told = {name: value for name, value in (claims | lies.get(kind, {})).items() if value is not None}
        if kind == "wrong_signature":
            key = _read(new_key())
        if kind == "unsigned":
            return jwt.encode(told, key="", algorithm="none", headers={"kid": number})
        if kind == "symmetric":  # signed with what everybody can read: the public key as a password
            return _by_password(
                told, number, json.dumps(jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key(), as_dict=True))
            )
        return jwt.encode(told, key=key, algorithm="RS256", headers={"kid": number})

    def _key(self) -> tuple[str, rsa.RSAPrivateKey]:
        row = self._world.store.one("SELECT id, pem FROM openid_key ORDER BY id DESC")
        assert row is not None
        return f"key-{row['id']}", _read(row["pem"])


def _read(pem: str) -> rsa.RSAPrivateKey:
    key = load_pem_private_key(pem.encode(), None)
    assert isinstance(key, rsa.RSAPrivateKey)
    return key


def _by_password(claims: dict[str, Any], number: str, password: str) -> str:
    parts = [json.dumps({"alg": "HS256", "typ": "JWT", "kid": number}), json.dumps(claims)]
    head = ".".join(base64.urlsafe_b64encode(it.encode()).decode().rstrip("=") for it in parts)
    signature = hmac.digest(password.encode(), head.encode(), "sha256")
    return f"{head}.{base64.urlsafe_b64encode(signature).decode().rstrip('=')}"
