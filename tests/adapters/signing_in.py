"""A browser at the services people sign in through, as far as tests of the wire need one."""

import html
import re
import secrets
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

from mingpu.adapters.calls import Patience
from mingpu.adapters.counterparts import wiring
from mingpu.adapters.signin import Round, SignInProvider
from mingpu.adapters.signin.openid import OpenIdSignIn
from mingpu.adapters.signin.wechat import WeChatSignIn
from tests.adapters.conftest import Side

PATIENT = Patience(connect=1.0, read=4.0, attempts=1)
HIDDEN = re.compile(r'<input type="hidden" name="([a-z]+)" value="([^"]*)">')


def wechat(side: Side, **changes: Any) -> WeChatSignIn:
    config = wiring.wechat_config(side.keys, address=side.address)
    return WeChatSignIn(replace(config, **({"patience": PATIENT} | changes)))


def openid(side: Side, **changes: Any) -> OpenIdSignIn:
    config = wiring.openid_config(side.keys, address=side.address)
    return OpenIdSignIn(replace(config, **({"patience": PATIENT} | changes)))


def new_round(party: str, **changes: Any) -> Round:
    made = Round(
        state=secrets.token_urlsafe(32), nonce=secrets.token_urlsafe(32), verifier=secrets.token_urlsafe(48),
        redirect=f"http://127.0.0.1:8000/login/by/{party}/back",
    )  # fmt: skip
    return replace(made, **changes)


def somebody() -> str:
    return f"小满{secrets.token_hex(6)}"


def walk(address: str, *, name: str, granted: str = "yes") -> dict[str, str]:
    """Open a service's page, be somebody, say yes or no; return what the browser brings back."""
    page = httpx.get(address, headers={"Accept": "text/html"}, timeout=10)
    assert page.status_code == 200, page.text
    hidden = {key: html.unescape(value) for key, value in HIDDEN.findall(page.text)}
    (action,) = re.findall(r'<form method="post" action="([^"]+)"', page.text)
    parts = urlsplit(address)
    answer = httpx.post(
        f"{parts.scheme}://{parts.netloc}{action}",
        data=hidden | {"name": name, "granted": granted},
        timeout=10,
    )
    assert answer.status_code == 303, answer.text
    at = urlsplit(answer.headers["location"])
    return {key: values[0] for key, values in parse_qs(at.query).items()} | {
        "redirect": f"{at.scheme}://{at.netloc}{at.path}"
    }


def code_of(client: SignInProvider, it: Round, *, name: str) -> str:
    back = walk(client.address(it), name=name)
    assert back["state"] == it.state
    assert back["redirect"] == it.redirect
    return back["code"]
