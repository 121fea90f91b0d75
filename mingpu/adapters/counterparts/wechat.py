"""WeChat's side of signing in: the page with the code, the page inside WeChat, and the two calls behind them."""

import json
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from mingpu.adapters.counterparts.consenting import Consenting, known_as
from mingpu.adapters.counterparts.faults import Fault
from mingpu.adapters.counterparts.world import World, fields_of
from mingpu.lib.text import Text

PARTY: Final = "wechat"
_SCOPES: Final = {"/connect/qrconnect": "snsapi_login", "/connect/oauth2/authorize": "snsapi_userinfo"}


class WeChat:
    """Signing in by WeChat. `openid` differs by account, `unionid` does not."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._keys = world.config.keys.wechat
        self._asking = Consenting(
            PARTY, Text("微信登录", "WeChat login"), world.store, world.faults, allow="/wechat/allow"
        )

    async def ask(self, request: Request) -> Response:
        """GET /connect/qrconnect, /connect/oauth2/authorize: the page that asks."""
        asked = request.query_params
        inside = request.url.path != "/connect/qrconnect"
        ours = self._keys.inside_appid if inside else self._keys.appid
        for name, right in (("appid", ours), ("response_type", "code"), ("scope", _SCOPES[request.url.path])):
            if asked.get(name) != right:
                return self._asking.refuse(name)
        return self._asking.ask(
            {"client": ours, "redirect": asked.get("redirect_uri", ""), "scope": asked["scope"], "state": asked.get("state", "")}
        )  # fmt: skip

    async def allow(self, request: Request) -> Response:
        """POST /wechat/allow: back to the mall; after a no without a code, as WeChat does it."""
        return self._asking.back(await fields_of(request), declined={}, more={})

    async def token(self, request: Request) -> Response:
        """GET /sns/oauth2/access_token?appid&secret&code&grant_type -> 200 in any case, `errcode` for a refusal."""

        async def answer(_: bytes, fault: Fault | None) -> Response:
            if fault and fault.kind == "garbled":
                return _text(b"<html>")
            if fault and fault.kind == "busy":
                return _refused(-1, "system error")
            return self._redeemed(request)

        return await self._world.receive(PARTY, request, answer, broken=lambda: Response(b"", 502))

    async def person(self, request: Request) -> Response:
        """GET /sns/userinfo?access_token&openid&lang -> nickname, headimgurl, unionid."""

        async def answer(_: bytes, __: Fault | None) -> Response:
            asked = request.query_params
            holder = self._asking.holder(asked.get("access_token", ""))
            if holder is None or asked.get("openid") != known_as(holder["client"], holder["name"]):
                return _refused(40001, "invalid credential")
            if self._take("scope_declined"):
                return _refused(48001, "api unauthorized")
            said = {"openid": asked["openid"], "nickname": holder["name"], "sex": 0, "province": "", "city": "", "country": "",
                    "headimgurl": f"https://thirdwx.qlogo.example/mmopen/{asked['openid'][:8]}/132", "privilege": []}  # fmt: skip
            return _said(said | self._union(holder["name"]))

        return await self._world.receive(
            PARTY, request, answer, broken=lambda: Response(b"", 502), faulty=False
        )

    def _redeemed(self, request: Request) -> Response:
        asked = request.query_params
        secrets = {self._keys.appid: self._keys.secret, self._keys.inside_appid: self._keys.inside_secret}
        if asked.get("appid") not in secrets:
            return _refused(40013, "invalid appid")
        if asked.get("secret") != secrets[asked["appid"]]:
            return _refused(40125, "invalid appsecret")
        if asked.get("grant_type") != "authorization_code":
            return _refused(40002, "invalid grant_type")
        code = asked.get("code", "")
        if self._asking.used(code):
            return _refused(40163, "code been used")
        row = self._asking.redeem(code, asked["appid"])
        if row is None:
            return _refused(40029, "invalid code")
        name = row["name"]
        said = {"access_token": self._asking.token(row), "expires_in": 7200, "refresh_token": known_as("refresh", code),
                "openid": known_as(row["client"], name), "scope": row["scope"]}  # fmt: skip
        return _said(said | self._union(name))

    def _union(self, name: str) -> dict[str, str]:
        return {} if self._take("no_unionid") else {"unionid": known_as("union", name)}

    def _take(self, kind: str) -> Fault | None:
        return self._world.faults.take(PARTY, "outcome", frozenset({kind}))


def _said(what: dict[str, Any]) -> Response:
    return _text(json.dumps(what, ensure_ascii=False).encode())


def _refused(code: int, words: str) -> Response:
    return _said({"errcode": code, "errmsg": f"{words}, rid: 0"})


def _text(content: bytes) -> Response:
    """Answer as WeChat does: 200, and JSON said to be plain text."""
    return Response(content, 200, media_type="text/plain")
