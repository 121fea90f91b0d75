"""Registering, logging in, the person's own pages: as a browser without scripts uses them."""

import re
from uuid import uuid4

import pytest
from django.test import Client

from mingpu.accounts.queries import addresses_of, person_of, profile_of
from mingpu.accounts.services import save_address
from mingpu.privacy import consent
from mingpu.privacy.models import Standing
from mingpu.privacy.purposes import Purpose, processing
from mingpu.privacy.register import REGISTER
from tests.accounts.test_profile import TO
from tests.counterparts import _outside  # noqa: F401 -- a fixture
from tests.people import (  # noqa: F401 -- fixtures among them
    PASSWORD,
    App,
    app,
    code_in,
    from_owner,
    later,
    messages,
    name,
    network,
    number,
    person,
    web,
    wrong,
)

pytestmark = pytest.mark.usefixtures("web", "outside")


@pytest.fixture
def browser():
    return Client(SERVER_NAME="127.0.0.1", REMOTE_ADDR=network(), headers={"accept-language": "en"})


def form_of(answer):
    """The names and values of the fields that a page's main form carries."""
    return dict(
        re.findall(
            r'name="([a-z_]+)"[^>]*?value="([^"]*)"',
            answer.content.decode().partition("<main")[2].partition("</main>")[0],
        )
    )


def register(browser, typed=str, **changes):
    """Send a form filled in; typed: what becomes of the code on its way from the phone."""
    phone = number()
    assert browser.post("/codes", {"phone": phone, "intent": "register"}).status_code == 200
    given = {
        "phone": phone, "phone_code": typed(code_in(messages(phone)[0])), "username": name("Wei"), "password": PASSWORD,
        "email": "", "email_code": "", "agreed_statement": REGISTER.version, "next": "", **changes,
    }  # fmt: skip
    return given, browser.post("/register", given)


def test_the_way_in_and_out(browser):
    page = browser.get("/register?next=/checkout")
    assert page.status_code == 200
    assert form_of(page)["agreed_statement"] == REGISTER.version
    assert form_of(page)["next"] == "/checkout"
    given, answer = register(browser, next="/checkout")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/checkout")
    cookie = answer.cookies["mingpu_session"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")
    assert person_of(cookie.value)
    page = browser.get("/account")
    assert given["username"] in page.content.decode()
    assert given["phone"] not in page.content.decode()
    answer = browser.post("/logout")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    assert person_of(cookie.value) is None
    assert browser.get("/account").headers["Location"] == "/login?next=%2Faccount"


def test_a_form_that_is_refused_keeps_what_was_typed_but_the_secrets(browser):
    given, answer = register(browser, username="x", password="password1")
    assert answer.status_code == 422
    page = answer.content.decode()
    assert f'value="{given["phone"]}"' in page.replace("+86", "")
    assert 'value="x"' in page
    assert "password1" not in page
    assert 'aria-invalid="true"' in page
    assert 'role="alert"' in page
    given |= {"username": name(), "password": PASSWORD}
    assert browser.post("/register", given).status_code == 303


def test_every_problem_is_shown_at_its_field(browser):
    page = browser.post("/register", {}).content.decode()
    assert page.count("Please fill this in") == 4
    assert "Please read it and tick the box" in page
    given, answer = register(browser, wrong)
    assert answer.status_code == 422
    assert "The code is wrong, used or out of date" in answer.content.decode()
    assert (
        person_of(browser.cookies["mingpu_session"].value if "mingpu_session" in browser.cookies else "")
        is None
    )
    assert given


def test_a_name_that_is_taken_is_said_at_the_name(browser):
    given, _ = register(browser)
    other = Client(SERVER_NAME="127.0.0.1", REMOTE_ADDR=network(), headers={"accept-language": "en"})
    _, answer = register(other, username=given["username"].lower())
    assert answer.status_code == 422
    assert "Somebody has this name already" in answer.content.decode()


def test_logging_in_by_password(browser, person):  # noqa: F811 -- the fixture
    answer = browser.post("/login", {"login": person.username, "password": "wrong password"})
    assert answer.status_code == 422
    assert "Name and password do not go together" in answer.content.decode()
    assert f'value="{person.username}"' in answer.content.decode()
    answer = browser.post(
        "/login", {"login": f" {person.username} ", "password": PASSWORD, "next": "/orders"}
    )
    assert (answer.status_code, answer.headers["Location"]) == (303, "/orders")
    assert browser.get("/login").status_code == 303


def test_too_many_tries_are_told_on_the_page(browser, person):  # noqa: F811 -- the fixture
    for _ in range(5):
        browser.post("/login", {"login": person.username, "password": "wrong password"})
    answer = browser.post("/login", {"login": person.username, "password": PASSWORD})
    assert answer.status_code == 429
    assert re.search(r"wait 1\d seconds", answer.content.decode())


def test_logging_in_by_code_without_scripts(browser, person):  # noqa: F811 -- the fixture
    later(person.phone, 61)
    page = browser.post(
        "/codes", {"phone": person.phone, "intent": "login", "phone_code": "", "next": "/cart"}
    )
    assert page.status_code == 200
    assert f'value="{person.phone}"' in page.content.decode()
    assert "the code is on its way" in page.content.decode()
    code = code_in(messages(person.phone, 2)[-1])
    answer = browser.post(
        "/login/code", {"phone": person.phone, "phone_code": code, "next": form_of(page)["next"]}
    )
    assert (answer.status_code, answer.headers["Location"]) == (303, "/cart")


def test_an_e_mail_can_be_added_without_scripts(browser):
    email, asked = f"{uuid4().hex}@example.com", {"intent": "register", "channel": "email"}
    page = browser.post("/codes", {**asked, "email": email, "username": "Wei", "password": "secret-thing"})
    assert page.status_code == 200
    assert "If the address is right" in page.content.decode()
    assert f'value="{email}"' in page.content.decode()
    assert "secret-thing" not in page.content.decode()
    given, answer = register(browser, email=email, email_code=code_in(messages(email)[0]))
    assert answer.status_code == 303
    who = person_of(answer.cookies["mingpu_session"].value)
    assert who
    assert profile_of(who).email == email
    assert given
    refused = Client(SERVER_NAME="127.0.0.1", headers={"accept-language": "en"}).post(
        "/codes", {**asked, "email": "x", "phone": number()}
    )
    assert "a whole address is needed" in refused.content.decode()


def test_the_button_gets_a_note(browser):
    phone, asked = number(), {"HX-Request": "true"}
    for status, words in ((200, "the code is on its way"), (422, "Please wait")):
        answer = browser.post("/codes", {"phone": phone, "intent": "register"}, headers=asked)
        assert answer.status_code == status
        assert words in answer.content.decode()
        assert "<html" not in answer.content.decode()
    answer = browser.post("/codes", {"phone": "1", "intent": "register"}, headers=asked)
    assert "11 digits" in answer.content.decode()


def test_the_note_is_the_same_for_known_and_unknown(browser, person):  # noqa: F811 -- the fixture
    later(person.phone, 61)
    answers = [
        browser.post("/codes", {"phone": it, "intent": "login"}, headers={"HX-Request": "true"})
        for it in (person.phone, number())
    ]
    assert len({(it.status_code, it.content) for it in answers}) == 1


def test_a_cancelling_person_need_not_type_their_number(browser, person):  # noqa: F811 -- the fixture
    browser.cookies["mingpu_session"] = person.token
    later(person.phone, 61)
    answer = browser.post("/codes", {"intent": "cancel"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/privacy/cancellation?by=code")
    assert (
        "注销" in messages(person.phone, 2)[-1]["text"] or "cancel" in messages(person.phone, 2)[-1]["text"]
    )


@pytest.mark.parametrize(
    "wanted",
    [
        "//evil.example",
        "https://evil.example/",
        "/\\evil.example",
        "javascript:alert(1)",
        "evil",
        "/" + "x" * 600,
        "\r\nX: 1",
    ],
)
def test_after_logging_in_one_stays_in_the_shop(browser, person, wanted):  # noqa: F811 -- the fixture
    answer = browser.post("/login", {"login": person.username, "password": PASSWORD, "next": wanted})
    assert answer.headers["Location"] == "/"
    assert wanted not in browser.get("/login", {"next": wanted}).content.decode()


def test_a_visitor_is_sent_to_log_in_and_back(browser):
    for path in (
        "/account",
        "/account/addresses",
        "/account/addresses/new?next=/checkout",
        "/privacy/permissions",
        "/privacy/consents",
    ):
        answer = browser.get(path)
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/login?next=%2F")
    answer = browser.post(
        "/privacy/permissions/camera",
        {"granted": "true"},
        headers={"HX-Request": "true", "HX-Current-URL": "http://127.0.0.1/privacy/permissions"},
    )
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (
        204,
        "/login?next=%2Fprivacy%2Fpermissions",
    )


def test_the_profile(browser, person):  # noqa: F811 -- the fixture
    browser.cookies["mingpu_session"] = person.token
    typed = {"nickname": "知夏", "birthday": "1990-05-17", "gender": "female", "interests": ["居家", "数码"]}
    answer = browser.post("/account", typed)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/account")
    it = profile_of(person.person_id)
    assert (it.nickname, it.birthday, it.gender, it.interests) == (
        "知夏",
        "1990-05-17",
        "female",
        ("居家", "数码"),
    )
    page = browser.get("/account").content.decode()
    assert "Saved" in page
    assert "知夏" in page
    assert "Saved" not in browser.get("/account").content.decode()
    answer = browser.post("/account", {**typed, "birthday": "3000-01-01", "nickname": "小夏"})
    assert answer.status_code == 422
    assert 'value="小夏"' in answer.content.decode()
    browser.post("/account", {"nickname": "", "birthday": "", "gender": ""})
    it = profile_of(person.person_id)
    assert (it.nickname, it.birthday, it.gender, it.interests) == (person.username, None, None, ())


def test_the_nickname_rides_along_sealed(browser, person):  # noqa: F811 -- the fixture
    """It is looked up once, kept by the browser unreadable, and worth nothing to anybody else."""
    browser.cookies["mingpu_session"] = person.token
    first = browser.get("/login/code?x=1", follow=False)
    assert first.status_code == 303
    page = browser.get("/account/addresses")
    kept = page.cookies["mingpu_name"].value
    assert person.username not in kept
    before = uses(person)
    assert person.username in browser.get("/account/addresses").content.decode()
    assert uses(person) == before + 1  # the address book itself
    stranger = Client(SERVER_NAME="127.0.0.1")
    stranger.cookies["mingpu_session"] = App(network()).register().token
    stranger.cookies["mingpu_name"] = kept
    assert person.username not in stranger.get("/account/addresses").content.decode()


def uses(person):  # noqa: F811 -- the same
    return from_owner(
        "SELECT count(*) FROM privacy_accesslog WHERE subject = %s AND purpose = 'profile'",
        [person.person_id],
    )[0][0]


def test_the_address_book(browser, person):  # noqa: F811 -- the fixture
    browser.cookies["mingpu_session"] = person.token
    assert "No addresses yet" in browser.get("/account/addresses").content.decode()
    answer = browser.post("/account/addresses/new", {**TO, "phone": "1", "landline": "", "email": ""})
    assert answer.status_code == 422
    assert "文三路 188 号 3 幢 502" in answer.content.decode()
    answer = browser.post("/account/addresses/new", {**TO, "landline": "", "email": "", "next": "/checkout"})
    assert answer.headers["Location"] == "/checkout"
    page = browser.get("/account/addresses").content.decode()
    assert "张**" in page
    assert "文三路***" in page
    assert "13812345678" not in page
    (it,) = addresses_of(person.person_id, masked=False)
    page = browser.get(f"/account/addresses/{it.id}").content.decode()
    assert 'value="张三丰"' in page
    answer = browser.post(f"/account/addresses/{it.id}", {**TO, "name": "李四"})
    assert answer.headers["Location"] == "/account/addresses"
    assert addresses_of(person.person_id, masked=False)[0].name == "李四"
    assert browser.post(f"/account/addresses/{it.id}/delete").status_code == 303
    assert addresses_of(person.person_id) == []


def test_another_persons_address_is_not_there(browser, person):  # noqa: F811 -- the fixture
    theirs = save_address(person_id=person.person_id, **TO)
    browser.cookies["mingpu_session"] = App(network()).register().token
    for address_id in (theirs, uuid4()):
        assert browser.get(f"/account/addresses/{address_id}").status_code == 404
        assert browser.post(f"/account/addresses/{address_id}", TO).status_code == 404
        assert browser.post(f"/account/addresses/{address_id}/delete").status_code == 404
    assert len(addresses_of(person.person_id)) == 1


def test_switches_are_two_equal_buttons_none_pressed_for_a_yes(browser, person):  # noqa: F811 -- the fixture
    browser.cookies["mingpu_session"] = person.token
    page = browser.get("/privacy/permissions").content.decode()
    assert page.count('name="granted" value="true" aria-pressed="false"') == 5
    assert page.count('name="granted" value="false" aria-pressed="true"') == 5
    page = browser.get("/privacy/consents").content.decode()
    assert page.count('aria-pressed="true"') == 0
    for granted in (True, False):
        answer = browser.post("/privacy/permissions/camera", {"granted": str(granted).lower()})
        assert (answer.status_code, answer.headers["Location"]) == (
            303,
            "/privacy/permissions#permission-camera",
        )
        assert consent.standing_of(person.person_id).permissions["camera"] is granted
        answer = browser.post("/privacy/consents/search_history", {"granted": str(granted).lower()})
        assert answer.headers["Location"] == "/privacy/consents#consent-search_history"
        assert consent.standing_of(person.person_id).consents["search_history"] is granted
    assert browser.get("/privacy/consents").content.decode().count('value="false" aria-pressed="true"') == 1


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("permissions/x", 404),
        ("permissions/search_history", 404),
        ("consents/camera", 404),
        ("consents/ordering", 404),
    ],
)
def test_there_is_nothing_else_to_switch(browser, person, path, status):  # noqa: F811 -- the fixture
    browser.cookies["mingpu_session"] = person.token
    assert browser.post(f"/privacy/{path}", {"granted": "true"}).status_code == status


def test_a_switch_needs_an_answer(browser, person):  # noqa: F811 -- the fixture
    browser.cookies["mingpu_session"] = person.token
    assert browser.post("/privacy/permissions/camera", {}).status_code == 422
    assert browser.get("/privacy/permissions/camera").status_code == 405


def test_while_leaving_the_privacy_pages_work_and_the_others_say_why(browser, person):  # noqa: F811 -- the fixture
    with processing(Purpose.CANCELLATION, subject=person.person_id):
        Standing.objects.filter(person_id=person.person_id).update(state="cooling_off")
    answer = browser.post("/login", {"login": person.username, "password": PASSWORD})
    assert answer.status_code == 303
    assert browser.get("/privacy/permissions").status_code == 200
    answer = browser.get("/account")
    assert answer.status_code == 403
    assert "being cancelled" in answer.content.decode()


def test_the_language_switch(browser):
    answer = browser.post("/language", {"language": "zh-hans", "next": "/login"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/login")
    assert "登录明铺" in browser.get("/login").content.decode()
    browser.post("/language", {"language": "xx", "next": "/login"})
    assert "登录明铺" in browser.get("/login").content.decode()


def test_a_form_from_elsewhere_is_refused(person):  # noqa: F811 -- the fixture
    browser = Client(SERVER_NAME="127.0.0.1", enforce_csrf_checks=True, headers={"accept-language": "en"})
    browser.cookies["mingpu_session"] = person.token
    for path in ("/logout", "/account", "/privacy/consents/personalisation", "/account/addresses/new"):
        answer = browser.post(path, {"granted": "true"})
        assert answer.status_code == 403
        assert "csrf" in answer.content.decode()
    assert person_of(person.token)


@pytest.mark.parametrize("path", ["/register", "/login", "/login/code"])
def test_broken_bytes_in_a_form_are_a_page_not_a_traceback(browser, path):
    answer = browser.generic(
        "POST", path, b"login=%ff&phone=%00", content_type="application/x-www-form-urlencoded"
    )
    assert answer.status_code == 400
    assert "<html" in answer.content.decode()
