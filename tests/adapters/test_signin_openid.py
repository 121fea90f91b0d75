"""An OpenID Connect provider on the wire: what is believed of it, and everything that is not."""

import base64
import hashlib
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest

from mingpu.adapters.signin import Proven, Round, SignInFailed
from mingpu.adapters.signin.line import LARGEST, Line, checked
from mingpu.adapters.signin.openid import OpenIdConfig, OpenIdSignIn
from mingpu.lib.text import Text
from tests.adapters.conftest import QUICK, Mall, Side, free_port
from tests.adapters.signing_in import PATIENT, new_round, openid, somebody, walk


def back_of(client: OpenIdSignIn, it: Round, *, name: str = "") -> dict[str, str]:
    back = walk(client.address(it), name=name or somebody())
    return {"code": back["code"], "issuer": back["iss"]}


def refusal(client: OpenIdSignIn, it: Round, back: dict[str, str]) -> tuple[bool, str]:
    with pytest.raises(SignInFailed) as failed:
        client.prove(it, **back)
    return failed.value.permanent, failed.value.code


def test_the_browser_goes_there_with_a_proof_of_this_round(side: Side):
    it = new_round("openid")
    at = urlsplit(openid(side).address(it))
    asked = {name: value for name, (value,) in parse_qs(at.query).items()}
    proof = base64.urlsafe_b64encode(hashlib.sha256(it.verifier.encode()).digest()).decode().rstrip("=")
    assert asked == {
        "response_type": "code", "client_id": side.keys.openid.client_id, "redirect_uri": it.redirect,
        "scope": "openid profile", "state": it.state, "nonce": it.nonce, "code_challenge": proof,
        "code_challenge_method": "S256",
    }  # fmt: skip
    assert it.verifier not in at.query
    fresh = parse_qs(urlsplit(openid(side).address(replace(it, fresh=True))).query)
    assert (fresh["prompt"], fresh["max_age"]) == (["login"], ["0"])


def test_the_same_person_is_known_again_and_tells_two_things(side: Side):
    client, name = openid(side), somebody()
    rounds = (new_round("openid"), new_round("openid", fresh=True))
    first, second = (client.prove(it, **back_of(client, it, name=name)) for it in rounds)
    assert first.subject == second.subject
    told = client.about(first)
    assert (told.nickname, told.avatar.startswith("https://passport.example/")) == (name, True)
    for hidden in (name, first.subject, first.told["access_token"], side.keys.openid.client_secret):
        assert hidden not in repr(first) + repr(told) + repr(client._config)


def test_what_the_token_says_is_not_asked_again(side: Side):
    told = openid(side).about(
        Proven(subject="s", told={"name": "林", "picture": "https://p.example/1", "access_token": "t"})
    )
    assert (told.nickname, told.avatar) == ("林", "https://p.example/1")


def test_a_code_is_good_once_and_with_its_verifier_alone(side: Side):
    client, it = openid(side), new_round("openid")
    back = back_of(client, it)
    assert client.prove(it, **back).subject
    assert refusal(client, it, back) == (True, "code_refused")
    again = new_round("openid")
    other = replace(again, verifier=it.verifier)
    assert refusal(client, other, back_of(client, again)) == (True, "code_refused")
    elsewhere = replace(again, redirect="http://127.0.0.1:8000/elsewhere")
    assert refusal(client, elsewhere, back_of(client, again)) == (True, "code_refused")


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("wrong_issuer", "token_issuer"), ("wrong_audience", "token_audience"), ("other_party", "token_audience"),
        ("wrong_nonce", "token_nonce"), ("no_nonce", "token_nonce"), ("wrong_signature", "token_signature"),
        ("unsigned", "token_algorithm"), ("symmetric", "token_algorithm"), ("expired", "token_expired"),
        ("no_subject", "token_unreadable"), ("expired_code", "code_refused"),
    ],
)  # fmt: skip
def test_a_token_that_is_not_believed(side: Side, kind, code):
    client, it = openid(side), new_round("openid")
    back = back_of(client, it)
    side.fault("openid", kind)
    assert refusal(client, it, back) == (True, code)


def test_a_person_who_did_not_show_anew_that_it_is_them(side: Side):
    client = openid(side)
    for fresh, outcome in ((False, ""), (True, "token_not_fresh")):
        it = new_round("openid", fresh=fresh)
        back = back_of(client, it)
        side.fault("openid", "not_fresh")
        if outcome:
            assert refusal(client, it, back) == (True, outcome)
        else:
            assert client.prove(it, **back).subject


@pytest.mark.parametrize(("kind", "code"), [("http_500", "http_500"), ("garbled", "unreadable_answer")])
def test_a_provider_in_trouble(side: Side, kind, code):
    client, it = openid(side), new_round("openid")
    back = back_of(client, it)
    side.fault("openid", kind)
    assert refusal(client, it, back) == (False, code)


def test_silence_is_not_asked_again(side: Side):
    it = new_round("openid")
    back = back_of(openid(side), it)
    side.fault("openid", "timeout")
    assert refusal(openid(side, patience=QUICK), it, back) == (False, "unanswered")
    assert len(side.received("openid", back["code"])) == 1


def test_an_answer_of_another_provider(side: Side):
    client, it = openid(side), new_round("openid")
    good = back_of(client, it)
    for issuer in ("", "https://elsewhere.example"):
        assert refusal(client, it, good | {"issuer": issuer}) == (True, "other_issuer")
    assert client.prove(it, **good).subject  # the code was not spent on them


def test_a_no_says_so(side: Side):
    it = new_round("openid")
    back = walk(openid(side).address(it), name=somebody(), granted="no")
    assert (back["error"], back["state"], "code" in back) == ("access_denied", it.state, False)


def test_another_persons_page_is_not_taken_for_theirs(side: Side):
    client, it = openid(side), new_round("openid")
    who = client.prove(it, **back_of(client, it))
    side.fault("openid", "other_person")
    with pytest.raises(SignInFailed) as failed:
        client.about(who)
    assert failed.value.code == "token_subject"


def test_new_keys_are_found_and_old_ones_no_longer_believed(side: Side):
    client, it = openid(side, key_pause=0.0), new_round("openid")
    assert client.prove(it, **back_of(client, it)).subject
    side.fault("openid", "rotate_key")
    again = new_round("openid")
    assert client.prove(again, **back_of(client, again)).subject


def test_unknown_keys_do_not_make_us_ask_for_ever(side: Side):
    client, it = openid(side, key_pause=3600.0), new_round("openid")
    assert client.prove(it, **back_of(client, it)).subject
    before = len(side.received("openid", "/openid/jwks"))
    side.fault("openid", "rotate_key")
    for _ in range(3):
        again = new_round("openid")
        assert refusal(client, again, back_of(client, again)) == (True, "token_signature")
    assert len(side.received("openid", "/openid/jwks")) == before


@pytest.mark.parametrize(
    ("kind", "permanent", "code"),
    [
        ("no_description", False, "http_500"), ("other_issuer", True, "other_issuer"),
        ("other_host", True, "address_not_allowed"),
    ],
)  # fmt: skip
def test_a_description_that_leads_elsewhere(side: Side, kind, permanent, code):
    side.fault("openid", kind)
    with pytest.raises(SignInFailed) as failed:
        openid(side).address(new_round("openid"))
    assert (failed.value.permanent, failed.value.code) == (permanent, code)
    assert openid(side).address(new_round("openid"))  # nothing of it was kept


def test_the_description_is_asked_for_once(side: Side):
    client = openid(side)
    before = len(side.received("openid", "openid-configuration"))
    for _ in range(3):
        client.address(new_round("openid"))
    assert len(side.received("openid", "openid-configuration")) == before + 1


@pytest.mark.parametrize(
    "address",
    [
        "http://id.example", "https://user:pw@id.example", "https://169.254.169.254/latest", "https://[fd00::1]/", "https://10.1.2.3",
        "https://intranet/", "file:///etc/passwd", "https://id.example/#part", "javascript:alert(1)", "https://127.0.0.1/",
    ],
)  # fmt: skip
def test_addresses_that_are_never_called(address):
    with pytest.raises(ValueError, match=r"."):
        checked(address)
    with pytest.raises(ValueError, match=r"."):
        OpenIdConfig(title=Text("某", "Some"), issuer=address, client_id="c", client_secret="s")


def test_hosts_are_those_listed():
    assert checked("https://keys.id.example/jwks", {"id.example", "keys.id.example"})
    for address in (
        "https://id.example.evil.example/",
        "https://evil.example/?id.example",
        "https://id.example:8443/",
    ):
        with pytest.raises(ValueError, match="host of this service"):
            checked(address, {"id.example"})


def test_redirects_are_not_followed_and_answers_are_small(mall: Mall):
    mall.replies["/moved"] = [(302, b"")]
    mall.replies["/large"] = [(200, b"[" + b"0," * LARGEST + b"0]")]
    line = Line(PATIENT, {f"127.0.0.1:{mall.port}"})
    for path, code in (("/moved", "http_302"), ("/large", "unreadable_answer")):
        with pytest.raises(SignInFailed) as failed:
            line.once("POST", mall.url(path), data={"a": "b"})
        assert (failed.value.permanent, failed.value.code) == (True, code)
    with pytest.raises(SignInFailed) as failed:
        line.once("POST", f"http://127.0.0.1:{free_port()}/other")
    assert failed.value.code == "address_not_allowed"
    assert mall.at("/moved")
    assert len(mall.at("/moved")) == 1
