"""The pages of the second step: turned on, asked for at every door, turned off."""

import re
from collections.abc import Iterator

import pyotp
import pytest
from django.test import Client, override_settings

from mingpu.accounts import services
from mingpu.accounts.services import second_step
from tests.counterparts import _outside  # noqa: F401 -- a fixture
from tests.people import PASSWORD, App, app, network, person, still, unproven, web, wrong_totp  # noqa: F401 -- fixtures among them
from tests.web.reading import words


@pytest.fixture
def browser(person: App) -> Iterator[Client]:  # noqa: F811
    it = Client(SERVER_NAME="127.0.0.1", REMOTE_ADDR=person.address)
    it.cookies["mingpu_session"] = person.token
    with override_settings(ROOT_URLCONF="mingpu.urls"), still():
        yield it


def code(secret: str, steps: int = 0) -> str:
    return pyotp.TOTP(secret).at(second_step.now(), counter_offset=steps)


def wrong(secret: str) -> str:
    return wrong_totp(secret, second_step.now())


def turned_on(browser: Client) -> tuple[str, list[str]]:
    begun = browser.post("/account/second-step/app/begin")
    assert (begun.status_code, begun["Location"]) == (303, "/account/second-step/app")
    page = browser.get("/account/second-step/app").content.decode()
    (address,) = re.findall(r'href="(otpauth:[^"]+)"', page)
    (secret,) = re.findall(r"secret=(\w+)", address)
    assert "<svg" in page
    wrong = browser.post("/account/second-step/app", {"totp_code": "x"})
    assert wrong.status_code == 422
    done = browser.post("/account/second-step/app", {"totp_code": code(secret, -1)})
    codes = re.findall(r"<code>(\w{5}-\w{5})</code>", done.content.decode())
    assert len(codes) == 10
    assert done["Cache-Control"] == "private, no-store"
    return secret, codes


def guest() -> Client:
    return Client(SERVER_NAME="127.0.0.1", REMOTE_ADDR=network())


def test_from_first_to_last(browser: Client, person: App):  # noqa: F811
    assert "未开启" in words(browser.get("/account/second-step"))
    secret, codes = turned_on(browser)
    shown = browser.get("/account/second-step")
    assert "10 / 10" in words(shown)
    assert not any(it in shown.content.decode() for it in codes), "they are shown once"
    away = guest()
    first = away.post("/login", {"login": person.username, "password": PASSWORD, "next": "/cart"})
    assert (first.status_code, first["Location"]) == (303, "/login/second?next=%2Fcart")
    assert "mingpu_session" not in away.cookies
    assert away.get("/account")["Location"].startswith("/login"), "half a sign-in opens nothing"
    asked = away.get("/login/second?next=/cart")
    assert "再确认一步" in words(asked)
    assert away.post("/login/second", {"by": "totp_code", "totp_code": wrong(secret)}).status_code == 422
    done = away.post("/login/second", {"by": "totp_code", "totp_code": code(secret), "next": "/cart"})
    assert (done.status_code, done["Location"]) == (303, "/cart")
    assert away.get("/account").status_code == 200
    assert browser.post("/account/second-step/off").status_code == 303
    assert "未开启" in words(browser.get("/account/second-step"))


def test_a_recovery_code_by_another_tab(browser: Client, person: App):  # noqa: F811
    _, codes = turned_on(browser)
    away = guest()
    away.post("/login", {"login": person.username, "password": PASSWORD})
    other = away.get("/login/second?by=recovery_code")
    assert 'name="recovery_code"' in other.content.decode()
    assert away.post("/login/second", {"by": "recovery_code", "recovery_code": codes[0]}).status_code == 303
    assert "9 / 10" in words(browser.get("/account/second-step"))


def test_what_is_over_begins_again(browser: Client, person: App):  # noqa: F811
    secret, _ = turned_on(browser)
    nobody = guest().get("/login/second?next=/cart")
    assert (nobody.status_code, nobody["Location"]) == (303, "/login?next=%2Fcart")
    away = guest()
    away.post("/login", {"login": person.username, "password": PASSWORD})
    for _ in range(4):
        assert away.post("/login/second", {"by": "totp_code", "totp_code": wrong(secret)}).status_code == 422
    away.post("/login/second", {"by": "totp_code", "totp_code": wrong(secret)})
    over = away.post("/login/second", {"by": "totp_code", "totp_code": wrong(secret)})
    assert over.status_code in {303, 422}
    assert "mingpu_session" not in away.cookies


def test_it_does_not_lead_elsewhere(browser: Client, person: App):  # noqa: F811
    _, codes = turned_on(browser)
    away = guest()
    first = away.post("/login", {"login": person.username, "password": PASSWORD, "next": "//evil.example"})
    assert first["Location"] == "/login/second"
    done = away.post(
        "/login/second", {"by": "recovery_code", "recovery_code": codes[0], "next": "//evil.example"}
    )
    assert done["Location"] == "/"


# Address -> what it is sent. Whoever has only the password, in a sign-in that is not new, gets nowhere with any of them.
GUARDED = {
    "/account/second-step/off": {}, "/account/second-step/codes": {}, "/account/second-step/app/begin": {},
    "/account/second-step/passkeys": {"credential": "{}"}, "/account/passkeys/add": {"credential": "{}"},
}  # fmt: skip


@pytest.mark.parametrize("address", GUARDED)
def test_a_password_moves_none_of_it(browser: Client, person: App, address):  # noqa: F811
    _, codes = turned_on(browser)
    unproven(person.token)
    sent = {
        **GUARDED[address],
        "step_up": "second_step",
        "step_up_by": "password",
        "proof_password": PASSWORD,
    }
    assert browser.post(address, sent).status_code == 403
    assert services.second_step_of(person.person_id).left == 10
    wrong = {
        **GUARDED[address],
        "step_up": "second_step",
        "step_up_by": "recovery_code",
        "recovery_code": "nonsense",
    }
    assert browser.post(address, wrong).status_code == 422
    right = {**wrong, "recovery_code": codes[0]}
    assert browser.post(address, right).status_code in {200, 303, 422}
    assert services.second_step_of(person.person_id).left in {0, 9, 10}


@pytest.mark.parametrize("address", ["/privacy/cancellation", "/privacy/data/accounts_contact"])
def test_pages_with_a_proof_of_their_own_take_the_second_step(browser: Client, person: App, address):  # noqa: F811
    secret, _ = turned_on(browser)
    unproven(person.token)
    page = browser.get(address)
    assert 'name="totp_code"' in page.content.decode()
    assert 'name="password"' not in page.content.decode()
    assert browser.post(address, {"password": PASSWORD}).status_code == 422
    assert browser.post(address, {"totp_code": wrong(secret)}).status_code == 422
    assert browser.post(address, {"totp_code": code(secret)}).status_code in {200, 303}


def test_english(browser: Client):
    page = words(browser.get("/account/second-step", headers={"accept-language": "en"}))
    assert "Turn it on with an authenticator app" in page
