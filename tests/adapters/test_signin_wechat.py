"""Signing in by WeChat on the wire: where the browser goes, what is asked, and every way it can fail."""

import json
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from mingpu.adapters.signin import SignInFailed
from mingpu.adapters.signin.wechat import WeChatConfig
from tests.adapters.conftest import QUICK, Side, free_port
from tests.adapters.signing_in import code_of, new_round, somebody, walk, wechat


def refusal(side: Side, *, code: str | None = None, **changes) -> tuple[bool, str]:
    client, it = wechat(side, **changes), new_round("wechat")
    code = code or code_of(wechat(side), it, name=somebody())
    with pytest.raises(SignInFailed) as failed:
        client.prove(it, code=code)
    return failed.value.permanent, failed.value.code


def test_the_browser_goes_where_wechat_says(side: Side):
    it = new_round("wechat", state="st")
    at = urlsplit(wechat(side).address(it))
    assert (at.path, at.fragment) == ("/connect/qrconnect", "wechat_redirect")
    assert parse_qs(at.query) == {
        "appid": [side.keys.wechat.appid], "redirect_uri": [it.redirect], "response_type": ["code"],
        "scope": ["snsapi_login"], "state": ["st"],
    }  # fmt: skip
    inside = urlsplit(wechat(side).address(new_round("wechat", inside=True)))
    assert inside.path == "/connect/oauth2/authorize"
    assert parse_qs(inside.query)["appid"] == [side.keys.wechat.inside_appid]
    assert parse_qs(inside.query)["scope"] == ["snsapi_userinfo"]


def test_without_an_account_for_its_own_browser_the_code_to_scan_serves_there_too(side: Side):
    client = wechat(side, inside_appid="", inside_secret="")
    it = new_round("wechat", inside=True)
    assert urlsplit(client.address(it)).path == "/connect/qrconnect"
    assert client.prove(it, code=code_of(client, it, name=somebody())).subject


def test_one_person_is_one_person_in_both_browsers(side: Side):
    name, client = somebody(), wechat(side)
    rounds = (new_round("wechat"), new_round("wechat", inside=True))
    first, second = (client.prove(it, code=code_of(client, it, name=name)) for it in rounds)
    assert first.subject == second.subject
    assert first.told["openid"] != second.told["openid"]  # which is why nobody is known by that
    other = new_round("wechat")
    assert client.prove(other, code=code_of(client, other, name=somebody())).subject != first.subject


def test_nickname_and_picture_and_nothing_else(side: Side):
    name, client, it = somebody(), wechat(side), new_round("wechat")
    who = client.prove(it, code=code_of(client, it, name=name))
    told = client.about(who)
    assert (told.nickname, told.avatar.startswith("https://thirdwx.qlogo.example/")) == (name, True)
    for hidden in (name, who.subject, it.state, who.told["access_token"]):
        assert hidden not in repr(who) + repr(told) + repr(it)


def test_what_wechat_gets_of_us(side: Side):
    client, it = wechat(side), new_round("wechat")
    code = code_of(client, it, name=somebody())
    client.prove(it, code=code)
    (raw,) = side.received("wechat", code)
    assert set(parse_qs(urlsplit(raw["path"]).query)) == {"appid", "secret", "code", "grant_type"}
    assert raw["body"] == ""
    assert side.keys.wechat.secret not in repr(side.keys.wechat) + repr(client._config)


def test_a_code_is_good_once(side: Side):
    client, it = wechat(side), new_round("wechat")
    code = code_of(client, it, name=somebody())
    assert client.prove(it, code=code).subject
    assert refusal(side, code=code) == (True, "code_refused")


@pytest.mark.parametrize(
    ("kind", "permanent", "code"),
    [
        ("http_500", False, "http_502"), ("garbled", False, "unreadable_answer"), ("busy", False, "errcode_-1"),
        ("expired_code", True, "code_refused"),
    ],
    ids=["http-500", "garbled", "busy", "expired"],
)  # fmt: skip
def test_an_answer_that_says_nobody(side: Side, kind, permanent, code):
    side.fault("wechat", kind)
    assert refusal(side) == (permanent, code)


def test_silence_is_not_asked_again(side: Side):
    it, patient = new_round("wechat"), wechat(side)
    code = code_of(patient, it, name=somebody())
    side.fault("wechat", "timeout")
    assert refusal(side, code=code, patience=QUICK) == (False, "unanswered")
    assert (
        len(side.received("wechat", code)) == 1
    )  # the code may be used up: a second call would look like a thief's


def test_a_unionid_that_comes_with_the_person_only(side: Side):
    side.fault("wechat", "no_unionid")
    client, it = wechat(side), new_round("wechat")
    assert client.prove(it, code=code_of(client, it, name=somebody())).subject


def test_nobody_without_a_unionid(side: Side):
    side.fault("wechat", "no_unionid", times=2)  # neither with the token nor with the person
    assert refusal(side) == (True, "no_unionid")


def test_a_scope_that_was_not_granted(side: Side):
    client, it = wechat(side), new_round("wechat")
    who = client.prove(it, code=code_of(client, it, name=somebody()))
    side.fault("wechat", "scope_declined")
    with pytest.raises(SignInFailed) as failed:
        client.about(who)
    assert (failed.value.permanent, failed.value.code) == (True, "declined")


def test_a_no_comes_back_without_a_code(side: Side):
    it = new_round("wechat")
    back = walk(wechat(side).address(it), name=somebody(), granted="no")
    assert back == {"state": it.state, "redirect": it.redirect}


@pytest.mark.parametrize("name", ["appid", "secret"])
def test_wrong_accounts_are_refused(side: Side, name):
    permanent, code = refusal(side, **{name: "another"})
    assert permanent
    assert code in {"errcode_40013", "errcode_40125"}


def test_a_made_up_code_and_nobody_there(side: Side):
    assert refusal(side, code="made-up") == (True, "code_refused")
    assert refusal(side, code="any", api=f"http://127.0.0.1:{free_port()}") == (False, "unanswered")


def test_wechat_names_no_issuer(side: Side):
    with pytest.raises(SignInFailed) as failed:
        wechat(side).prove(new_round("wechat"), code="any", issuer="https://elsewhere.example")
    assert failed.value.code == "other_issuer"


@pytest.mark.parametrize(
    "address",
    [
        "http://api.weixin.qq.com",
        "https://user@api.weixin.qq.com",
        "https://10.0.0.1",
        "https://intranet",
        "ftp://x.example",
    ],
)
def test_addresses_that_are_never_called(address):
    with pytest.raises(ValueError, match=r"."):
        WeChatConfig(appid="a", secret="s", api=address)


def test_the_counterpart_asks_for_what_wechat_would(side: Side):
    good = httpx.URL(wechat(side).address(new_round("wechat")))
    assert httpx.get(good).status_code == 200
    for name, wrong in (
        ("appid", "x"),
        ("scope", "snsapi_base"),
        ("response_type", "token"),
        ("redirect_uri", "https://evil.example/"),
    ):
        assert httpx.get(good.copy_set_param(name, wrong)).status_code == 400, name
    denied = httpx.post(
        f"{side.address}/wechat/allow",
        data={"redirect": "https://evil.example/", "granted": "yes", "name": "x"},
    )
    assert denied.status_code == 400
    assert "evil" not in json.dumps(dict(denied.headers))
