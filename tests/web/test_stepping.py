"""The page that asks who it is: on the spot, with nothing lost, and to nowhere but where one was."""

import re
from collections.abc import Iterator

import pytest
from django.test import Client, override_settings

from mingpu.accounts.queries import passkeys_of
from tests.counterparts import _outside  # noqa: F401 -- a fixture
from tests.people import PASSWORD, App, app, code_in, later, messages, person, unproven, web, wrong  # noqa: F401 -- fixtures among them
from tests.web.reading import words

PROOF = {"step_up": "look", "step_up_by": "password", "proof_password": PASSWORD}


@pytest.fixture
def browser(person: App) -> Iterator[Client]:  # noqa: F811
    it = Client(SERVER_NAME="127.0.0.1", REMOTE_ADDR=person.address)
    it.cookies["mingpu_session"] = person.token
    unproven(person.token)
    with override_settings(ROOT_URLCONF="mingpu.urls"):
        yield it


def hidden(page: str) -> list[tuple[str, str]]:
    return re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page)


def test_asked_on_the_way_and_on_with_it(browser: Client):
    asked = browser.post(
        "/account/passkeys/add?from=here",
        {"passkey_name": "我的 <手机>", "credential": "{}", "password": "secret"},
    )
    page = asked.content.decode()
    assert asked.status_code == 403
    assert "管理通行密钥" in words(asked)
    assert ("passkey_name", "我的 &lt;手机&gt;") in hidden(page)
    assert "secret" not in page, "a password is never written into a page"
    assert 'action="/account/passkeys/add?from=here"' in page
    wrong = browser.post(
        "/account/passkeys/add",
        {"passkey_name": "x", "step_up": "passkeys", "step_up_by": "password", "proof_password": "no"},
    )
    assert wrong.status_code == 422
    assert ("passkey_name", "x") in hidden(wrong.content.decode())
    assert "proof_password" not in dict(hidden(wrong.content.decode()))
    on = browser.post(
        "/account/passkeys/add",
        {**PROOF, "passkey_name": "x" * 50, "credential": "{}", "step_up": "passkeys"},
    )
    assert on.status_code == 422
    assert 'name="step_up"' not in on.content.decode(), "the view itself has answered, to what was typed"


def test_nothing_was_done_before_the_proof(browser: Client, person: App):  # noqa: F811
    removed = browser.post(f"/account/passkeys/{person.person_id}/remove")
    assert removed.status_code == 403
    assert passkeys_of(person.person_id) == []
    assert (
        browser.post(
            f"/account/passkeys/{person.person_id}/remove", {**PROOF, "step_up": "passkeys"}
        ).status_code
        == 404
    )


@pytest.mark.parametrize(
    "onward",
    ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:alert(1)", "evil"],
    ids=range(5),
)
def test_it_leads_nowhere_else(browser: Client, onward):
    assert browser.post("/account/prove", {**PROOF, "next": onward})["Location"].startswith("/account/prove")
    assert browser.get("/account/prove", {"next": onward})["Location"] == "/account"


def test_it_comes_back(browser: Client):
    asked = browser.get("/account/prove?next=/privacy/exports")
    assert asked.status_code == 403
    answered = browser.post("/account/prove?next=/privacy/exports", PROOF)
    assert (answered.status_code, answered["Location"]) == (303, "/account/prove?next=/privacy/exports")
    assert browser.get(answered["Location"])["Location"] == "/privacy/exports"


def test_another_way_is_one_tap_and_tries_nothing(browser: Client):
    other = browser.post(
        "/account/prove?next=/cart",
        {"step_up": "look", "step_up_by": "phone_code", "proof_password": "typed by half"},
    )
    page = other.content.decode()
    assert other.status_code == 403
    assert 'name="phone_code"' in page
    assert 'name="proof_password"' not in page
    assert "typed by half" not in page


def test_a_code_without_scripts(browser: Client, person: App):  # noqa: F811
    later(person.phone, 61)
    sent = browser.post(
        "/account/prove?next=/cart",
        {"step_up": "look", "step_up_by": "phone_code", "step_up_send": "1", "phone_code": ""},
    )
    assert "验证码已发出" in words(sent)
    assert 'name="phone_code"' in sent.content.decode()
    typed = wrong(code_in(messages(person.phone, 2)[-1]))
    code = {"step_up": "look", "step_up_by": "phone_code", "phone_code": typed}
    assert browser.post("/account/prove?next=/cart", code).status_code == 422


def test_a_way_nobody_offered_is_not_taken(browser: Client):
    for way in ("totp_code", "recovery_code", "passkey", "", "opening"):
        answer = browser.post(
            "/account/prove?next=/cart",
            {"step_up": "look", "step_up_by": way, "totp_code": "123456", "credential": "{}"},
        )
        assert answer.status_code == 403, way


def test_a_visitor_signs_in_first(browser: Client):
    away = Client(SERVER_NAME="127.0.0.1").get("/account/prove")
    assert (away.status_code, away["Location"]) == (302, "/login?next=%2Faccount%2Fprove")


def test_in_english_too(browser: Client):
    page = words(browser.get("/account/prove?next=/cart", headers={"accept-language": "en"}))
    assert "Show that it is you" in page
    assert "not asked again for 10 minutes" in page
