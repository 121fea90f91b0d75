"""WeChat: the page with the code to scan, the page inside WeChat, and the two calls behind them.

`connect/qrconnect` (scope `snsapi_login`) is for a browser, `connect/oauth2/authorize` (`snsapi_userinfo`) for WeChat's
own; each has an account of its own, tied together by the `unionid`. The code is redeemed at `sns/oauth2/access_token`,
who it is told by `sns/userinfo`. It is not OAuth 2 to the letter: `appid` and `secret` are names and places of its own,
errors come as 200 with `errcode`, the address ends in `#wechat_redirect`, there is no PKCE. Somebody is known by their
unionid alone: an `openid` is another one in each account, so that the same person would be two.
Written from knowledge of the provider's documentation, not tried against it.
"""

from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from mingpu.adapters.calls import Patience
from mingpu.adapters.signin import About, Proven, Round, SignInFailed
from mingpu.adapters.signin.line import Line, checked
from mingpu.lib.text import Text

TITLE: Final = Text("微信", "WeChat")
_CODE_REFUSED: Final = frozenset({40029, 40163, 41008, 42003})  # wrong or old, used, missing, old
_NOT_ALLOWED: Final = frozenset({48001, 50001})  # the person did not grant it
_BUSY: Final = frozenset({-1, 45009, 45011})
_LONGEST: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class WeChatConfig:
    """Our accounts: of the website, and, where there is one, of the official account for WeChat's own browser.

    app_return: where rounds of our apps come back to. Raises ValueError for an address that must not be called.
    """

    appid: str
    secret: str = field(repr=False)
    inside_appid: str = ""
    inside_secret: str = field(repr=False, default="")
    app_return: str = ""
    gateway: str = "https://open.weixin.qq.com"
    api: str = "https://api.weixin.qq.com"
    patience: Patience = field(default_factory=Patience)

    def __post_init__(self) -> None:
        """Hold the addresses against the rule."""
        checked(self.gateway)
        checked(self.api)

    def account(self, *, inside: bool) -> tuple[str, str]:
        """Return appid and secret of the account that a round goes by."""
        if inside and self.inside_appid:
            return self.inside_appid, self.inside_secret
        return self.appid, self.secret


class WeChatSignIn:
    """`SignInProvider` by WeChat. Safe to share between threads."""

    def __init__(self, config: WeChatConfig) -> None:
        self._config = config
        self._line = Line(config.patience, {urlsplit(config.api).netloc})

    @property
    def title(self) -> Text:
        """See `SignInProvider.title`."""
        return TITLE

    @property
    def returns_to_apps(self) -> str:
        """See `SignInProvider.returns_to_apps`."""
        return self._config.app_return

    def address(self, it: Round) -> str:
        """Return the page that shows the code, or asks inside WeChat. A code is scanned anew each time: always fresh."""
        inside = it.inside and bool(self._config.inside_appid)
        page = "connect/oauth2/authorize" if inside else "connect/qrconnect"
        appid, _ = self._config.account(inside=it.inside)
        asked = {
            "appid": appid, "redirect_uri": it.redirect, "response_type": "code",
            "scope": "snsapi_userinfo" if inside else "snsapi_login", "state": it.state,
        }  # fmt: skip
        return f"{self._config.gateway}/{page}?{urlencode(asked)}#wechat_redirect"

    def prove(self, it: Round, *, code: str, issuer: str = "") -> Proven:
        """Redeem the code. See `SignInProvider.prove`; WeChat names no issuer."""
        if issuer:
            raise SignInFailed(permanent=True, code="other_issuer")
        appid, secret = self._config.account(inside=it.inside)
        asked = {"appid": appid, "secret": secret, "code": code, "grant_type": "authorization_code"}
        _, answer = self._line.once("GET", f"{self._config.api}/sns/oauth2/access_token", params=asked)
        said = _understood(answer)
        told = {name: _text(said, name) for name in ("access_token", "openid")}
        if not all(told.values()):
            raise SignInFailed(permanent=False, code="unreadable_answer")
        # An account that is not tied to the open platform has none, whatever scope was granted.
        subject = _text(said, "unionid") or _text(self._person(told), "unionid")
        if not subject:
            raise SignInFailed(permanent=True, code="no_unionid")
        return Proven(subject=subject, told=told)

    def about(self, it: Proven) -> About:
        """Return nickname and picture. See `SignInProvider.about`."""
        said = self._person(it.told)
        return About(nickname=_text(said, "nickname"), avatar=str(said.get("headimgurl") or ""))

    def _person(self, told: dict[str, str]) -> dict[str, Any]:
        asked = {"access_token": told["access_token"], "openid": told["openid"], "lang": "zh_CN"}
        _, answer = self._line.get(f"{self._config.api}/sns/userinfo", params=asked)
        return _understood(answer)


def _understood(answer: Any) -> dict[str, Any]:
    """Return what an answer says; raises for one that refuses."""
    if not isinstance(answer, dict):
        raise SignInFailed(permanent=False, code="unreadable_answer")
    error = answer.get("errcode", 0)
    if not error:
        return answer
    if error in _CODE_REFUSED:
        raise SignInFailed(permanent=True, code="code_refused")
    if error in _NOT_ALLOWED:
        raise SignInFailed(permanent=True, code="declined")
    raise SignInFailed(permanent=error not in _BUSY, code=f"errcode_{str(error)[:8]}")


def _text(said: dict[str, Any], name: str) -> str:
    found = said.get(name)
    return found if isinstance(found, str) and len(found) <= _LONGEST else ""
