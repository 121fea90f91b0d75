"""The pages by which one gets back in, stops somebody else, and changes password and e-mail."""

import json
import re
from collections.abc import Iterator
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client, override_settings

from mingpu.accounts import services
from mingpu.accounts.passkey_rules import options_to_sign_in
from mingpu.accounts.queries import person_of, profile_of
from tests.authenticator import Authenticator
from tests.counterparts import _outside  # noqa: F401 -- a fixture
from tests.jobs import run_jobs
from tests.people import PASSWORD, App, app, code_in, later, messages, network, person, unproven, web, wrong  # noqa: F401 -- fixtures among them
from tests.web.reading import words

FRESH = "seven-quiet-Harbours-11"


@pytest.fixture
def browser(person: App) -> Iterator[Client]:  # noqa: F811
    it = Client(SERVER_NAME="127.0.0.1", REMOTE_ADDR=person.address)
    it.cookies["mingpu_session"] = person.token
    with override_settings(ROOT_URLCONF="mingpu.urls"):
        yield it


def guest() -> Client:
    return Client(SERVER_NAME="127.0.0.1", REMOTE_ADDR=network())


def test_by_a_number_alone_it_waits_and_one_tap_stops_it(browser: Client, person: App):  # noqa: F811
    away = guest()
    assert "忘记密码" in words(away.get("/login"))
    later(person.phone, 61)
    sent = away.post("/recover", {"send": "sms", "phone": person.phone, "new_password": "typed already"})
    assert "验证码已发出" in words(sent)
    assert f'value="{person.phone}"' in sent.content.decode()
    assert "typed already" not in sent.content.decode()
    body = {
        "phone": person.phone,
        "phone_code": code_in(messages(person.phone, 2)[-1]),
        "new_password": FRESH,
    }
    assert "72" in words(away.post("/recover", body))
    assert "叫停" in words(browser.get("/account/recovery"))
    assert browser.post("/account/recovery/stop")["Location"] == "/account/recovery"
    assert services.recovery_of(person.person_id).state == "stopped"
    assert "已被叫停" in words(browser.get("/account/recovery"))
    assert browser.post("/account/recovery/stop").status_code == 303


def test_what_is_left_out_is_said(browser: Client):
    away = guest()
    for body in (
        {"new_password": FRESH},
        {"phone": "12", "new_password": FRESH},
        {"phone": "13800000000", "phone_code": "1", "new_password": ""},
    ):
        assert away.post("/recover", body).status_code == 422
    refused = away.post("/recover", {"phone": "13800000000", "phone_code": "123456", "new_password": FRESH})
    assert "验证码不正确" in words(refused)


def test_the_link_in_the_mail_takes_one_tap(browser: Client, person: App):  # noqa: F811
    mail = f"lin-{uuid4().hex}@example.com"
    code = person.code(mail, "register", "email")
    services.change_email(person_id=person.person_id, email=mail, email_code=code)
    later(mail, 61)
    code = person.code(mail, "reset", "email")
    services.reset_password(to=mail, code=code, password=FRESH, address=network())
    run_jobs(person.person_id, names=("notices.tell", "notices.send"))
    (link,) = re.findall(r"(/recover/stop\?token=\w+)", " ".join(it["text"] for it in messages(mail, 3)))
    away = guest()
    assert "不是我" in words(away.get(link))
    assert services.recovery_of(person.person_id).state == "waiting", "looking stops nothing"
    stopped = away.post("/recover/stop", {"token": link.partition("=")[2]})
    assert (stopped.status_code, stopped["Location"]) == (303, "/login")
    assert services.recovery_of(person.person_id).state == "stopped"
    assert away.get(link).status_code == 409


def test_a_password_takes_a_proof_and_then_another_password(browser: Client, person: App):  # noqa: F811
    unproven(person.token)
    assert browser.get("/account/password").status_code == 403
    sneaked = browser.post("/account/password", {"new_password": FRESH})
    assert sneaked.status_code == 403
    assert FRESH not in sneaked.content.decode(), "a password is never written into a page"
    proof = {"step_up": "look", "step_up_by": "password", "proof_password": PASSWORD}
    assert browser.post("/account/password", proof).status_code == 303
    weak = browser.post("/account/password", {"new_password": "passer2009"})
    assert weak.status_code == 422
    assert "泄露" in words(weak)
    assert browser.post("/account/password", {"new_password": FRESH})["Location"] == "/privacy/devices"
    assert guest().post("/login", {"login": person.username, "password": FRESH}).status_code == 303


def test_an_e_mail_is_added_and_taken_out(browser: Client, person: App):  # noqa: F811
    mail = f"lin-{uuid4().hex}@example.com"
    assert "添加" in words(browser.get("/account"))
    assert "验证码已发出" in words(browser.post("/account/email", {"send": "email", "email": mail}))
    code = code_in(messages(mail, 1)[-1])
    assert browser.post("/account/email", {"email": mail, "email_code": wrong(code)}).status_code == 422
    assert browser.post("/account/email", {"email": mail, "email_code": code}).status_code == 303
    assert profile_of(person.person_id).email == mail
    assert mail not in browser.get("/account/email").content.decode()
    assert browser.post("/account/email", {"email": ""}).status_code == 303
    assert profile_of(person.person_id).email is None


def test_in_english(browser: Client):
    for address, said in (
        ("/recover", "A new password"), ("/account/recovery", "Nobody is recovering"), ("/account/email", "It may stay blank"),
        ("/account/password", "Other sign-ins end"),
    ):  # fmt: skip
        assert said in words(browser.get(address, headers={"accept-language": "en"})), address


def test_a_passkey_beside_one_channel_does_at_once(browser: Client, person: App):  # noqa: F811
    key = Authenticator(origin=f"http://localhost:{settings.PORT}")
    made = key.make(services.begin_passkey(person_id=person.person_id))
    services.add_passkey(person_id=person.person_id, credential=made, name="")
    away = guest()
    page = away.get("/recover").content.decode()
    assert "data-passkey-also" in page
    assert 'name="credential">' in page
    later(person.phone, 61)
    code = person.code(person.phone, "reset")
    body = {"phone": person.phone, "phone_code": code, "new_password": FRESH}
    for broken in ("no answer", json.dumps({"id": "x"})):
        answer = away.post("/recover", {**body, "credential": broken})
        assert answer.status_code == 422
        assert "通行密钥未通过验证" in words(answer)
        assert 'name="credential">' in answer.content.decode(), "it is asked for anew"
        later(person.phone, 61)
        body["phone_code"] = person.code(person.phone, "reset")
    done = away.post("/recover", {**body, "credential": json.dumps(key.show(options_to_sign_in()))})
    assert (done.status_code, done["Location"]) == (303, "/login")
    assert person_of(person.token) is None
    assert services.recovery_of(person.person_id).state == "none"
