"""The pages of signing in through another service: the ways there and back, and what a browser is made to do by others."""

# ruff: noqa: F811 -- fixtures by name

import logging
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client, override_settings

from mingpu.accounts import services
from mingpu.adapters.signin import SignInFailed
from mingpu.privacy import consent
from tests.accounts.linking import SERVICES, Way
from tests.accounts.test_second_step import Second
from tests.adapters.signing_in import somebody, walk
from tests.counterparts import Outside, _outside  # noqa: F401 -- a fixture
from tests.people import PASSWORD, App, app, person, still, unproven, web  # noqa: F401 -- fixtures among them
from tests.web.reading import words

pytestmark = pytest.mark.usefixtures("outside")


@pytest.fixture
def visitor(person: App) -> Iterator[Client]:
    with override_settings(ROOT_URLCONF="mingpu.urls"):
        yield Client(SERVER_NAME="127.0.0.1")


@pytest.fixture
def browser(visitor: Client, person: App) -> Client:
    visitor.cookies["mingpu_session"] = person.token
    return visitor


@pytest.fixture(params=SERVICES)
def way(request) -> Way:
    return Way(request.param)


def back(browser: Client, address: str, name: str, granted: str = "yes"):
    """Say yes or no at the service, and bring the browser back."""
    said = walk(address, name=name, granted=granted)
    path = urlsplit(said.pop("redirect")).path
    return browser.get(path, said)


def round_trip(browser: Client, way: Way, *, onward: str = "", granted: str = "yes"):
    began = browser.get(f"/login/by/{way.provider}", {"next": onward} if onward else {})
    assert began.status_code == 302, began.content
    return back(browser, began["Location"], way.name, granted)


PROOF = {"step_up": "binding", "step_up_by": "password", "proof_password": PASSWORD}


def link_from_settings(browser: Client, way: Way):
    page = browser.post(f"/account/linked/{way.provider}", PROOF)
    return back(browser, address_on(page), way.name)


def address_on(page) -> str:
    (address,) = [
        part.split('"')[0].replace("&amp;", "&")
        for part in page.content.decode().split('href="')
        if "response_type=code" in part.split('"')[0]
    ]
    return address


def linked(person: App) -> list[str]:
    return [it.provider for it in services.linked_of(person.person_id)]


def test_login_and_register_offer_the_services_there_are(visitor: Client):
    for path in ("/login", "/login/code", "/register"):
        page = words(visitor.get(path))
        assert "用微信登录" in page
        assert "用通行证（演示）登录" in page
    page = visitor.get("/login", {"next": "/cart"}).content.decode()
    assert "/login/by/wechat?next=/cart" in page


def test_with_nothing_configured_there_is_nothing_to_see(browser: Client, monkeypatch):
    monkeypatch.setattr("mingpu.accounts.services.linking.sign_in_providers", dict)
    stranger = Client(SERVER_NAME="127.0.0.1")
    for path in ("/login", "/register"):
        page = stranger.get(path).content.decode()
        assert "/login/by/" not in page
        assert "微信" not in page
    assert "可以绑定" not in words(browser.get("/account/linked"))
    for path in ("/login/by/wechat", "/login/by/wechat/back"):
        assert stranger.get(path).status_code == 404
    assert browser.get("/account/linked/wechat").status_code == 404


def test_linked_from_settings_used_to_log_in_and_unlinked(browser: Client, person: App, way: Way):
    assert "还没有绑定" in words(browser.get("/account/linked"))
    assert "会取得什么" in words(browser.get(f"/account/linked/{way.provider}"))
    came = link_from_settings(browser, way)
    assert (came.status_code, came["Location"]) == (303, "/account/linked/new")
    assert linked(person) == []  # not before the yes
    question = browser.get("/account/linked/new")
    assert way.name in words(question)
    assert browser.post("/account/linked/new", {"granted": "true"})["Location"] == "/account/linked"
    assert linked(person) == [way.provider]
    assert way.name in words(browser.get("/account/linked"))

    stranger = Client(SERVER_NAME="127.0.0.1")
    entered = round_trip(stranger, way, onward="/cart")
    assert (entered.status_code, entered["Location"]) == (303, "/cart")
    assert stranger.get("/account").status_code == 200

    gone = link_from_settings(browser, way)  # the same page takes it off
    assert gone["Location"] == "/account/linked"
    assert linked(person) == []
    assert "还没有绑定" in words(browser.get("/account/linked"))


def test_somebody_new_there_logs_in_first_and_then_decides(visitor: Client, person: App, way: Way):
    came = round_trip(visitor, way, onward="/orders")
    assert came["Location"] == "/account/linked/new"
    page = visitor.get("/account/linked/new")
    assert "还没有绑定明铺账户" in words(page)
    assert "/login?next=%2Faccount%2Flinked%2Fnew" in page.content.decode()
    assert visitor.post("/account/linked/new", {"granted": "true"})["Location"].startswith("/login?next=")
    entered = visitor.post(
        "/login", {"login": person.username, "password": PASSWORD, "next": "/account/linked/new"}
    )
    assert entered["Location"] == "/account/linked/new"
    question = words(visitor.get("/account/linked/new"))
    assert "第三方账号登录" in question or "同意并绑定" in question
    assert visitor.post("/account/linked/new", {"granted": "true"})["Location"] == "/orders"
    assert linked(person) == [way.provider]
    assert visitor.cookies["mingpu_arrival"].value == ""


def test_a_no_keeps_nothing(visitor: Client, browser: Client, person: App, way: Way):
    round_trip(Client(SERVER_NAME="127.0.0.1"), way)
    link_from_settings(browser, way)
    assert browser.post("/account/linked/new", {"granted": "false"})["Location"] == "/account/linked"
    assert linked(person) == []
    assert consent.standing_of(person.person_id).consents["third_party_login"] is False
    assert browser.post("/account/linked/new", {"granted": "true"}).status_code == 303  # it is gone
    assert linked(person) == []
    assert browser.post("/account/linked/new", {"granted": "perhaps"}).status_code in {303, 422}


def test_an_old_sign_in_shows_again_that_it_is_them(visitor: Client, person: App):
    way = Way("wechat")
    round_trip(visitor, way)
    visitor.cookies["mingpu_session"] = person.token
    unproven(person.token)
    asked = visitor.post("/account/linked/new", {"granted": "true"})
    assert asked.status_code == 403
    assert "绑定或解绑第三方账号" in words(asked)
    wrong = visitor.post(
        "/account/linked/new", {"granted": "true"} | PROOF | {"proof_password": "wrong password here"}
    )
    assert wrong.status_code == 422
    assert linked(person) == []
    assert visitor.post("/account/linked/new", {"granted": "true"} | PROOF).status_code == 303
    assert linked(person) == ["wechat"]


def test_setting_out_takes_the_password_even_just_after_signing_in(browser: Client, person: App):
    for wrong, status in (({}, 403), (PROOF | {"proof_password": "wrong password here"}, 422)):
        page = browser.post("/account/linked/wechat", wrong)
        assert page.status_code == status
        assert "response_type=code" not in page.content.decode()
        assert "mingpu_round" not in page.cookies


def test_who_has_a_second_step_shows_it_after_the_service_too(browser: Client, person: App, way: Way):
    way.link(person.person_id)
    with still():
        Second(person)
        stranger = Client(SERVER_NAME="127.0.0.1")
        half = round_trip(stranger, way, onward="/orders")
    assert half["Location"] == "/login/second?next=%2Forders"
    assert "mingpu_session" not in half.cookies
    assert stranger.get("/account").status_code == 302


# ---- what others make a browser do ----


def test_another_persons_answer_signs_nobody_in(visitor: Client, person: App, way: Way):
    """Login CSRF: the attacker stops before their own answer is taken, and has somebody else open it."""
    way.link(person.person_id)
    attacker = Client(SERVER_NAME="127.0.0.1")
    began = attacker.get(f"/login/by/{way.provider}")
    said = walk(began["Location"], name=way.name)
    path = urlsplit(said.pop("redirect")).path
    for victim in (visitor, Client(SERVER_NAME="127.0.0.1")):
        if victim is visitor:
            victim.get(f"/login/by/{way.provider}")  # in the middle of a round of their own
        answer = victim.get(path, said)
        assert (answer.status_code, answer["Location"]) == (303, "/login")
        assert "mingpu_session" not in answer.cookies or answer.cookies["mingpu_session"].value == ""
        assert "请重新开始" in words(victim.get("/login"))
    assert attacker.get(path, said)["Location"] == "/"  # its own browser could


def test_somebody_is_not_made_to_link_anothers_account(browser: Client, person: App, way: Way):
    """The attacker's answer to a round of their own, opened by a person who is signed in."""
    attacker = Client(SERVER_NAME="127.0.0.1")
    began = attacker.get(f"/login/by/{way.provider}")
    said = walk(began["Location"], name=way.name)
    answer = browser.get(urlsplit(said.pop("redirect")).path, said)
    assert answer["Location"] == "/account/linked"
    assert "mingpu_arrival" not in answer.cookies
    assert linked(person) == []


def test_an_answer_is_taken_once(visitor: Client, person: App, way: Way):
    way.link(person.person_id)
    began = visitor.get(f"/login/by/{way.provider}")
    kept = visitor.cookies["mingpu_round"].value
    said = walk(began["Location"], name=way.name)
    path = urlsplit(said.pop("redirect")).path
    assert visitor.get(path, said)["Location"] == "/"
    again = Client(SERVER_NAME="127.0.0.1")
    again.cookies["mingpu_round"] = kept  # even with what the browser had kept
    assert again.get(path, said)["Location"] == "/login"
    assert "mingpu_session" not in again.cookies


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_nobody_is_sent_elsewhere(visitor: Client, person: App, target):
    way = Way("wechat")
    way.link(person.person_id)
    assert round_trip(visitor, way, onward=target)["Location"] == "/"
    began = Client(SERVER_NAME="127.0.0.1")
    address = began.get("/login/by/wechat")["Location"]
    said = walk(address, name=way.name)
    path = urlsplit(said.pop("redirect")).path
    assert began.get(path, said | {"next": target})["Location"] == "/"


def test_where_it_comes_back_to_is_ours_whatever_the_host_header(visitor: Client):
    address = visitor.get("/login/by/wechat", headers={"host": "localhost"})["Location"]
    redirect = parse_qs(urlsplit(address).query)["redirect_uri"][0]
    assert "localhost" not in redirect
    assert redirect.endswith("/login/by/wechat/back")


def test_nothing_personal_is_in_addresses_cookies_or_logs(visitor: Client, person: App, way: Way, caplog):
    way.link(person.person_id)
    with caplog.at_level(logging.DEBUG):
        began = visitor.get(f"/login/by/{way.provider}", {"next": "/orders"})
        said = walk(began["Location"], name=way.name)
        path = urlsplit(said.pop("redirect")).path
        done = visitor.get(path, said)
        unknown = Client(SERVER_NAME="127.0.0.1")
        stranger = Way(way.provider)
        came = round_trip(unknown, stranger)
    assert done["Location"] == "/orders"
    ours = "\n".join(it.getMessage() for it in caplog.records if it.name.startswith(("mingpu", "django")))
    cookies = began.cookies["mingpu_round"].value + unknown.cookies["mingpu_arrival"].value
    for word in (
        way.name,
        stranger.name,
        said["code"],
        said["state"],
        str(person.person_id),
        person.person_id.hex,
    ):
        assert word not in ours
        assert word not in cookies
        assert word not in done["Location"] + came["Location"]
    for word in (way.name, str(person.person_id), person.phone, person.username):
        assert word not in began["Location"]
    for kept in (began.cookies["mingpu_round"], unknown.cookies["mingpu_arrival"]):
        assert (kept["httponly"], kept["samesite"], kept["max-age"]) == (True, "Lax", 600)


def test_answers_are_never_kept_by_caches_and_say_no_referrer_elsewhere(visitor: Client):
    for path in ("/login/by/wechat", "/login/by/wechat/back?state=x&code=y"):
        answer = visitor.get(path)
        assert "no-" in answer.headers["Cache-Control"]
        assert answer.headers["Referrer-Policy"] == "same-origin"
    assert visitor.post("/login/by/wechat/back").status_code == 405


@pytest.mark.parametrize("granted", ["no"])
def test_a_no_there_comes_back_with_a_word(visitor: Client, way: Way, granted):
    assert round_trip(visitor, way, granted=granted)["Location"] == "/login"
    assert "选择了不同意" in words(visitor.get("/login"))


def test_a_service_that_does_not_answer(visitor: Client, outside: Outside, monkeypatch):
    way = Way("wechat")
    began = visitor.get("/login/by/wechat")
    outside.side.fault("wechat", "http_500")
    assert back(visitor, began["Location"], way.name)["Location"] == "/login"
    assert "暂时没有答复" in words(visitor.get("/login"))

    def silent(*_: object) -> str:
        raise SignInFailed(permanent=False, code="unanswered")

    monkeypatch.setattr("mingpu.adapters.signin.openid.OpenIdSignIn.address", silent)
    page = visitor.get("/login/by/openid", {"next": "/cart"})
    assert page["Location"] == "/login?next=%2Fcart"


def test_inside_wechat_its_own_page_asks(visitor: Client):
    agent = {"user-agent": "Mozilla/5.0 (iPhone) MicroMessenger/8.0.50"}
    inside = visitor.get("/login/by/wechat", headers=agent)["Location"]
    assert urlsplit(inside).path == "/connect/oauth2/authorize"
    came = back(visitor, inside, somebody())
    assert came["Location"] == "/account/linked/new"
    assert urlsplit(visitor.get("/login/by/wechat")["Location"]).path == "/connect/qrconnect"


def test_switching_it_off_is_one_tap_and_says_so(browser: Client, person: App):
    Way("openid").link(person.person_id)
    assert "#consent-third_party_login" in browser.get("/account/linked").content.decode()
    browser.post("/privacy/consents/third_party_login", {"granted": "false"})
    assert linked(person) == []
