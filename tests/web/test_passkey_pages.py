"""The page of my passkeys and the login page's button, without a device: what a browser would send is made here."""

import json
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.test import Client, override_settings

from tests.authenticator import Authenticator
from tests.counterparts import _outside  # noqa: F401 -- a fixture
from tests.people import PASSWORD, App, app, person, unproven, web  # noqa: F401 -- fixtures among them
from tests.web.reading import words

pytestmark = pytest.mark.usefixtures("outside")


@pytest.fixture
def browser(person: App) -> Iterator[Client]:  # noqa: F811
    it = Client(SERVER_NAME="127.0.0.1")
    it.cookies["mingpu_session"] = person.token
    with override_settings(ROOT_URLCONF="mingpu.urls"):
        yield it


def device() -> Authenticator:
    return Authenticator(origin=f"http://localhost:{settings.PORT}")


def test_added_used_and_removed(browser: Client):
    it = device()
    assert "还没有通行密钥" in words(browser.get("/account/passkeys"))
    options = browser.post("/account/passkeys/options", {}).json()["options"]
    made = json.dumps(it.make(options))
    assert (
        browser.post("/account/passkeys/add", {"credential": made, "passkey_name": "手机"}).status_code == 303
    )
    page = browser.get("/account/passkeys")
    assert "还没用过" in words(page)
    stranger = Client(SERVER_NAME="127.0.0.1")
    options = stranger.post("/login/passkey/options").json()["options"]
    entered = stranger.post("/login/passkey", {"credential": json.dumps(it.show(options)), "next": "/cart"})
    assert (entered.status_code, entered["Location"]) == (303, "/cart")
    assert stranger.cookies["mingpu_session"].value
    (remove,) = [
        part.split('"')[0] for part in page.content.decode().split('action="') if "/remove" in part[:80]
    ]
    assert browser.post(remove).status_code == 303
    assert "还没有通行密钥" in words(browser.get("/account/passkeys"))


def test_what_is_wrong_is_said(browser: Client):
    unproven(browser.cookies["mingpu_session"].value)
    refused = browser.post("/account/passkeys/options", headers={"accept-language": "en"})
    assert (refused.status_code, refused.json()["problem"]) == (403, "Please confirm first that it is you.")
    assert "先确认是您本人" in words(browser.get("/account/passkeys"))
    proof = {
        "proof_password": PASSWORD,
        "step_up": "passkeys",
        "step_up_by": "password",
        "next": "/account/passkeys",
    }
    assert browser.post("/account/prove", proof)["Location"] == "/account/passkeys"
    unread = browser.post("/account/passkeys/add", {"credential": "{"})
    assert unread.status_code == 422
    assert "通行密钥未通过验证" in words(unread)
    options = browser.post("/account/passkeys/options", {}).json()["options"]
    long = {"credential": json.dumps(device().make(options)), "passkey_name": "x" * 40}
    assert browser.post("/account/passkeys/add", long).status_code == 422
    stranger = Client(SERVER_NAME="127.0.0.1")
    for nonsense in ("[]", "", "{}", "[" * 9_000):
        back = stranger.post("/login/passkey", {"credential": nonsense, "next": "/cart"})
        assert (back.status_code, back["Location"]) == (303, "/login?next=%2Fcart")
    assert "通行密钥未通过验证" in words(stranger.get("/login"))


def test_a_visitor_logs_in_first(browser: Client):
    assert Client(SERVER_NAME="127.0.0.1").get("/account/passkeys").status_code == 302
