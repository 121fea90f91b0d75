"""What others make a browser do, and what is between: forged forms, planted sign-ins, addresses that lead elsewhere.

Whatever can be is taken from the resolvers, so that a page added later is attacked the day it is added.
"""

import json
import os
import re
import subprocess
import sys

import pytest
from django.conf import settings
from django.test import Client, override_settings

from mingpu.accounts.queries import person_of
from mingpu.api.app import api
from tests.api.test_doors import FREE, NO_ID
from tests.conftest import ROOT
from tests.counterparts import _outside  # noqa: F401 -- a fixture
from tests.desk.conftest import desk, hire, sign_in  # noqa: F401 -- desk is a fixture
from tests.factories import make_person, new_phone, register_person
from tests.privacy.canaries import live
from tests.privacy.canaries import sign_in as with_password
from tests.security.addresses import Route, routes
from tests.security.test_every_address import TOKEN, at_the_desk
from tests.security.victim import numbers, rows_of

pytestmark = pytest.mark.usefixtures("outside")
PASSWORD = "wise-otter-Lantern-93"
# Posted by institutions and couriers, who have no form of ours: what they send is signed.
# What is drawn for every answer may spell anything, of the request too.
DRAWN = re.compile(r"nonce-[\w-]+|\"[\w-]{32,}\"|\b[\w-]{32,}\b")
SIGNED = re.compile(r"^/(unsubscribe/|webhooks/|orders/<str:order_no>/pay/back$)")
ELSEWHERE = (
    "https://evil.example/", "//evil.example/", "///evil.example", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)",
    "data:text/html,x", "http:evil.example", " https://evil.example", "/\t/evil.example", "https:/evil.example", "evil.example",
    "/%0d%0aSet-Cookie:x=1", "http://127.0.0.1@evil.example/", "/ok\r\nSet-Cookie: x=1",
)  # fmt: skip


@pytest.fixture
def shop():
    settings.STATIC_ROOT.mkdir(exist_ok=True)
    with override_settings(ROOT_URLCONF="mingpu.urls"):
        yield


@pytest.fixture
def strict(shop) -> Client:
    """A browser whose forms must be our own."""
    return Client(enforce_csrf_checks=True, SERVER_NAME="127.0.0.1")


def pages() -> list[Route]:
    return [it for it in routes("mingpu.urls") if not it.api]


# ---- forged forms ----


def test_no_page_takes_a_form_that_another_site_made(strict):
    person, victim = make_person(), live()
    strict.cookies["mingpu_session"] = person.token
    before, refused = rows_of(person.id, but=frozenset({"privacy_accesslog"})), 0
    for route in pages():
        answer = strict.post(
            route.filled(numbers(victim)), {"next": "/"}, headers={"origin": "https://evil.example"}
        )
        if SIGNED.match(route.path):
            assert answer.status_code != 403, route.path
            continue
        assert answer.status_code == 403, route.path
        refused += 1
    assert refused > 120
    assert rows_of(person.id, but=frozenset({"privacy_accesslog"})) == before


def test_no_page_of_the_desk_takes_one_either(desk):  # noqa: F811 -- the fixture
    sign_in(desk, hire())
    strict = Client(enforce_csrf_checks=True, SERVER_NAME="127.0.0.1")
    strict.cookies = desk.cookies
    nothing = dict.fromkeys(
        ("case", "photo", "part", "parcel", "product", "order", "import", "a", "warehouse"), NO_ID
    )
    it = at_the_desk({"numbers": {**nothing, "category": 1, "brand": 1, "attribute": 1}})
    asked = 0
    for route in routes("mingpu.desk.urls"):
        answer = strict.post(route.filled(it), {}, headers={"origin": "https://evil.example"})
        assert answer.status_code in {403, 404}, route.path  # what is not theirs is not there at all
        asked += answer.status_code == 403
    assert asked > 60


def test_no_call_of_the_api_goes_by_a_browsers_cookie(strict):
    person = make_person()
    strict.cookies["mingpu_session"] = person.token
    before, refused = rows_of(person.id), 0
    for path, calls in api.get_openapi_schema()["paths"].items():
        bare = path.removeprefix("/api/v1")
        for method in calls:
            if (method, bare) in FREE:
                continue
            where = re.sub(r"\{\w+\}", NO_ID, path.replace("/uses/{number}", "/uses/1"))
            answer = strict.generic(method.upper(), where, "{}", content_type="text/plain")
            assert answer.status_code == 401, (method, path)
            refused += 1
    assert refused > 60
    assert rows_of(person.id) == before


def test_reading_changes_nothing(shop):
    """Not one page changes a row because somebody followed a link: pictures and links can be planted anywhere."""
    it = live()
    browser = Client(SERVER_NAME="127.0.0.1")
    browser.cookies["mingpu_session"] = with_password(it)
    but = frozenset({"privacy_accesslog", "personalise_view", "search_search"})
    before, read = rows_of(it.id, but=but), 0
    for route in pages():
        if "logout" not in route.path:
            read += browser.get(route.filled(numbers(it))).status_code == 200
    assert read > 60
    after = rows_of(it.id, but=but)
    assert {table for table in after if after[table] != before[table]} == set()


# ---- planted and kept sign-ins ----


def test_a_sign_in_that_was_planted_is_not_the_one_that_is_given(shop):
    """Fixation: whatever token, mark or form key a browser came with, it leaves with others."""
    person, browser = register_person(), Client(SERVER_NAME="127.0.0.1")
    planted = "planted" + "x" * 36
    browser.cookies["mingpu_session"] = planted
    form = browser.get("/login")
    key = browser.cookies[settings.CSRF_COOKIE_NAME].value
    from_planted = {"login": person.phone, "password": "correct horse 42 battery"}
    assert form.status_code == 200
    answer = browser.post("/login", from_planted)
    assert answer.status_code == 303, answer.content.decode()
    given = answer.cookies["mingpu_session"].value
    assert given != planted
    assert len(given) == 43
    assert answer.cookies[settings.CSRF_COOKIE_NAME].value != key
    thief = Client(SERVER_NAME="127.0.0.1")
    thief.cookies["mingpu_session"] = planted
    assert thief.get("/account").status_code == 302


def test_a_token_of_an_app_that_is_sent_along_does_not_become_somebodys(shop):
    person, other = register_person(), make_person()
    body = {"login": person.phone, "password": "correct horse 42 battery"}
    answer = other.api().post("/api/v1/sessions", body, content_type="application/json")
    assert answer.status_code == 201, answer.content
    said = answer.json()
    assert said["token"] != other.token
    assert person_of(said["token"]) == person.id
    mine = other.api().get("/api/v1/me/profile").json()
    assert mine["phone"] != person.phone.removeprefix("+86")


def test_a_sign_in_that_has_ended_opens_nothing_whichever_way_it_is_shown(shop):
    person = make_person()
    browser = person.browser()
    assert browser.get("/account").status_code == 200
    left = browser.post("/logout")
    assert left.status_code == 303
    assert "cache" in left.headers["Clear-Site-Data"]
    for client in (person.browser(), person.api()):
        assert client.get("/account").status_code == 302
        assert client.get("/api/v1/me/profile").status_code == 401


def test_every_page_of_a_persons_own_has_the_way_out(shop):
    it = live()
    browser = Client(SERVER_NAME="127.0.0.1")
    browser.cookies["mingpu_session"] = with_password(it)
    seen = 0
    for route in pages():
        answer = browser.get(route.filled(numbers(it)))
        if (
            answer.status_code == 200
            and route.name != "offline"
            and b"</html>" in getattr(answer, "content", b"")
        ):
            seen += 1
            assert b'action="/logout"' in answer.content or b'href="/account"' in answer.content, route.path
    assert seen > 40
    assert b'action="/logout"' in browser.get("/account").content


# ---- addresses that lead elsewhere ----


def test_no_form_leads_elsewhere(shop):
    """Every address that goes on anywhere: `next` in the form and in the address, and where the browser came from."""
    person, values, gone_on = make_person(), numbers(live()), 0
    for route in pages():
        if "logout" in route.path or SIGNED.match(route.path) or route.name == "audit_run":
            continue
        path = route.filled(values)
        for method in ("post", "get"):
            ask = getattr(person.browser(), method)
            if "Location" not in ask(path, {"next": "/help", "language": "en", "granted": "false"}).headers:
                continue
            for where in ELSEWHERE:
                came_from = where.strip() if where.isprintable() else "x"
                sent = {"next": where, "language": "en", "granted": "false"}
                answer = ask(path, sent, headers={"referer": came_from})
                onward = answer.headers.get("Location", "/")
                assert re.match(r"/(?![/\\\\])[^\r\n]*$", onward), (route.path, onward)
                assert "x" not in answer.cookies
                gone_on += 1
    assert gone_on > 20 * len(ELSEWHERE)
    visitor = Client(SERVER_NAME="127.0.0.1")
    for where in ELSEWHERE:
        form = visitor.get("/login", {"next": where}).content.decode().partition("<main")[2]
        carried = re.findall(r'name="next" value="([^"]*)"', form)
        assert all(re.fullmatch(r"(?s)(/(?![/\\]).*)?", it) for it in carried), where


def test_a_visitor_who_logs_in_stays_in_the_shop(shop):
    person = register_person()
    for where in ELSEWHERE[:4]:
        answer = Client(SERVER_NAME="127.0.0.1").post(
            "/login", {"login": person.phone, "password": "correct horse 42 battery", "next": where}
        )
        assert (answer.status_code, answer.headers["Location"]) == (303, "/"), where


# ---- what stands between ----

UNKEYED = {
    "x-forwarded-host": "evil.example", "x-host": "evil.example", "x-forwarded-server": "evil.example",
    "x-forwarded-scheme": "http", "x-forwarded-proto": "http", "x-original-url": "/evil", "x-rewrite-url": "/evil",
    "x-forwarded-for": "6.6.6.6", "forwarded": "host=evil.example", "x-http-method-override": "DELETE",
    "x-forwarded-port": "666", "x-forwarded-prefix": "/evil", "true-client-ip": "6.6.6.6", "origin": "https://evil.example",
    "referer": "https://evil.example/evil", "user-agent": "evil",
}  # fmt: skip


def test_what_a_cache_does_not_look_at_changes_no_answer(shop):
    """Poisoning: an answer that others may be given depends on nothing that is not in its address or its `Vary`."""
    compared = 0  # each by a browser of its own: a word after a redirect is in a cookie
    for route in routes("mingpu.urls"):
        if route.parameters or "readyz" in route.path:
            continue
        plain, odd = (Client(SERVER_NAME="127.0.0.1").get(route.path, headers=it) for it in ({}, UNKEYED))
        assert odd.status_code == plain.status_code, route.path
        assert odd.headers.get("Location") == plain.headers.get("Location"), route.path
        told = odd.content.decode() if not odd.streaming else ""
        assert "evil" not in DRAWN.sub("", told + str(odd.headers)), route.path
        if "no-store" not in plain.headers.get("Cache-Control", "") and not plain.streaming:
            assert TOKEN.sub("", told) == TOKEN.sub("", plain.content.decode()), route.path
            compared += 1
    assert compared > 30


def test_answers_that_depend_on_who_asks_say_so(shop):
    person, visitor = make_person(), Client(SERVER_NAME="127.0.0.1")
    for path in ("/", "/search?q=x", "/cart", "/login", "/help", "/statement"):
        for client in (visitor, person.browser()):
            answer = client.get(path)
            vary = {it.strip().lower() for it in answer.headers["Vary"].split(",")}
            assert {"cookie", "accept-language"} <= vary, path
            assert "public" not in answer.headers["Cache-Control"], path
    for path in ("/api/v1/products", "/api/v1/me/profile"):
        vary = person.api().get(path).headers["Vary"].lower()
        assert "accept-language" in vary
    assert "no-store" in person.api().get("/api/v1/me/profile").headers["Cache-Control"]


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "127.0.0.1@evil.example", "evil.example:8000", "", "a b", "127.0.0.1,evil.example"], ids=range(7))  # fmt: skip
def test_another_host_is_refused_everywhere(shop, host):
    for path in ("/", "/login", "/api/v1/products", "/webhooks/wechatpay", "/sitemap.xml", "/healthz"):
        answer = Client().get(path, headers={"host": host})
        assert answer.status_code == 400, path
        assert "evil" not in answer.content.decode()


def test_a_page_that_looks_like_a_file_is_no_page(shop):
    """Cache deception: `/account/x.css` must not be the account."""
    browser = make_person().browser()
    for path in ("/account", "/orders", "/privacy", "/cart"):
        for tail in ("/x.css", ".css", "/..%2fx.js", ";x.css", "%3fx.css"):
            answer = browser.get(path + tail)
            assert answer.status_code == 404, path + tail
            assert "no-store" in answer.headers["Cache-Control"]


# ---- over TLS ----

_OVER_TLS = """
import json, django
django.setup()
from django.conf import settings
from django.test import Client, override_settings
settings.STATIC_ROOT.mkdir(exist_ok=True)
shop = Client(SERVER_NAME="127.0.0.1")
answers = [shop.get("/login"), shop.post("/cart/add", {"sku": "x"}), shop.post("/language", {"language": "en"}), shop.get("/static/x.css")]
cookies = {name: [it["secure"], it["httponly"], it["samesite"], it["path"], it["domain"]] for answer in answers for name, it in answer.cookies.items()}
from mingpu.web import context
from mingpu.desk.guards import COOKIE
named = [value for name, value in vars(context).items() if name.endswith("_COOKIE")] + [COOKIE]
print(json.dumps({"cookies": cookies, "named": named, "hsts": [it.headers.get("Strict-Transport-Security") for it in answers]}))
"""


def test_over_tls_cookies_are_this_hosts_alone():
    run = subprocess.run(
        [sys.executable, "-c", _OVER_TLS],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env={**os.environ, "MINGPU_PUBLIC_ADDRESS": "https://mall.example"},
    )
    assert run.returncode == 0, run.stderr
    told = json.loads(run.stdout)
    assert len(told["cookies"]) >= 2
    for name, flags in told["cookies"].items():
        assert name.startswith("__Host-"), name
        assert flags == [True, True, "Lax", "/", ""], name
    assert len(told["named"]) >= 8
    assert all(name.startswith("__Host-") for name in told["named"])
    assert set(told["hsts"]) == {"max-age=31536000; includeSubDomains"}


def test_a_sign_ins_cookie_is_for_no_script_and_no_other_site(shop):
    person = register_person()
    answer = Client(SERVER_NAME="127.0.0.1").post(
        "/login", {"login": person.phone, "password": "correct horse 42 battery"}
    )
    assert answer.cookies
    for name, it in answer.cookies.items():
        if it["max-age"] != 0:
            assert (it["httponly"], it["samesite"], it["path"]) == (True, "Lax", "/"), name
            assert len(name) + len(it.value) < 4096
    assert person.token not in answer.content.decode()


# ---- who has an account ----


def told(answer):
    """Everything an answer says, but for what is drawn anew each time."""
    headers = {
        name: value for name, value in answer.headers.items() if name not in {"Set-Cookie", "Content-Length"}
    }
    return answer.status_code, TOKEN.sub("", answer.content.decode()), headers, sorted(answer.cookies)


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize(
    "way", ["login", "login/code", "codes:login", "codes:reset", "codes:register", "register"]
)
def test_no_page_tells_who_has_an_account(shop, way, language):
    """By status, words, headers or cookies, at every door: somebody's number and nobody's read the same."""
    known, unknown = make_person().phone, new_phone()
    where, _, intent = way.partition(":")
    answers = []
    for phone in (known, unknown):
        sent = {
            "login": phone, "password": "wrong password here", "phone": phone, "phone_code": "000000", "intent": intent,
            "channel": "sms", "username": "u7c1d0a3f9b", "agreed": "on",
        }  # fmt: skip
        client = Client(SERVER_NAME="127.0.0.1", headers={"accept-language": language})
        answer = client.post(f"/{where}", sent)
        answers.append((answer.status_code, told(answer)[1].replace(phone, "PHONE"), told(answer)[2:]))
    assert answers[0] == answers[1]


def test_binding_a_mailbox_tells_nothing_of_whose_it_is(shop):
    """A code goes to whoever holds the mailbox; asking for one says nothing of whether an account has it."""
    answers = []
    for mail in ("taken@example.com", "nobody-has-this@example.com"):
        body = {"channel": "email", "to": mail, "intent": "confirm"}
        answer = Client(SERVER_NAME="127.0.0.1").post(
            "/api/v1/verification-codes", body, content_type="application/json"
        )
        answers.append(told(answer))
    assert answers[0] == answers[1]
