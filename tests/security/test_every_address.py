"""Every address by every method: as a visitor, as another person, as staff of the shop, of a rival, of the mall.

The addresses come from the resolvers and name a victim's own things. Nobody else gets a word of theirs, learns that a
thing is there, or changes a row; nothing breaks, and every answer is sealed. A parameter that this test does not know
fails it by name: say in `victim.py` whose it is.
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, unquote

import pytest
from django.conf import settings
from django.http import HttpResponseBase
from django.test import Client, override_settings

from mingpu.accounts.queries import person_of
from tests.counterparts import _outside  # noqa: F401 -- a fixture
from tests.desk.conftest import desk, hire, sign_in  # noqa: F401 -- desk is a fixture
from tests.factories import Buyer, make_person
from tests.governance.test_crawl import known  # noqa: F401 -- a fixture
from tests.privacy.canaries import Living, live
from tests.security.addresses import METHODS, Route, routes
from tests.security.victim import ANYBODYS, OF_THE_VICTIM, nobodys, numbers, rows_of

# Webhooks and pages of payment know where the outside is from the first time they are asked.
pytestmark = pytest.mark.usefixtures("outside")
SAFE = ("GET", "HEAD", "OPTIONS", "TRACE")
TOKEN = re.compile(r'(name="csrfmiddlewaretoken" value=|"X-CSRFToken":\s*)"\w+"')
# Addresses that are to be kept by anybody between: nothing of theirs depends on who asks.
KEPT = re.compile(
    r"^/(media/|static/|robots\.txt|sitemap|manifest\.webmanifest|sw\.js|\.well-known/|statistics|certificates/public-key"
    r"|api/v1/(products|categories|brands|statistics|statement|divisions|suggestions|openapi|certificates|functions))"
)
STOREFRONT = "mingpu.urls"
DESK_COOKIE = "mingpu_desk"
NOBODY = "00000000-0000-4000-8000-000000000000"
# What may be said of somebody else's thing: it is not there, this is not how one asks, the body is wrong.
HIDDEN = {404, 405, 422}
# What is said before it is looked whether the thing is there, and so of every thing alike.
BEFORE = {
    "cancel": {403}, "change_title": {403}, "invoice_title_delete": {403}, "invoice_file": {403},  # a proof, a consent
    "pay_page": {303, 409}, "pay_back": {303}, "card_code": {303}, "case_evidence": {303},  # from another page only
}  # fmt: skip
READ = frozenset({"privacy_accesslog"})  # looking leaves its line, as it must
Ask = Callable[[str, str], HttpResponseBase]


@pytest.fixture(scope="module")
def victim() -> Living:
    return live()


@pytest.fixture
def shop():
    settings.STATIC_ROOT.mkdir(exist_ok=True)
    with override_settings(ROOT_URLCONF=STOREFRONT):
        yield


@dataclass
class Asker:
    """Whoever asks: a browser, or an app for the API; signed in anew when a call has ended the sign-in."""

    person: Buyer | None = None
    cookies: dict[str, str] = field(default_factory=dict)

    def ask(self, method: str, where: str) -> HttpResponseBase:
        client, api = Client(SERVER_NAME="127.0.0.1"), where.startswith("/api/")
        client.cookies.load(self.cookies)
        headers = {}
        if self.person:
            if not person_of(self.person.token):
                self.person = make_person()
            if api:
                headers["Authorization"] = f"Bearer {self.person.token}"
            else:
                client.cookies["mingpu_session"] = self.person.token
        kind = "application/json" if api else "application/x-www-form-urlencoded"
        body = "{}" if api and method not in SAFE else ""
        return client.generic(method, where, body, content_type=kind, headers=headers)


def text_of(answer: Any) -> str:
    raw = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return raw.decode("utf-8", "replace")


def is_theirs(route: Route) -> bool:
    """Whether the address names something of the victim's."""
    own = {it: f"{route.name}:{it}" for it in route.parameters}
    return any(
        name in OF_THE_VICTIM or (it in OF_THE_VICTIM and name not in ANYBODYS) for it, name in own.items()
    )


def unsealed(answer: HttpResponseBase, where: str) -> list[str]:
    """What an answer lacks of what every answer has."""
    headers = answer.headers
    policy = headers.get("Content-Security-Policy", "")
    parts = ("frame-ancestors 'none'", "object-src 'none'", "base-uri 'none'")
    wrong = [f"policy without {it}" for it in parts if it not in policy]
    if headers.get("X-Content-Type-Options") != "nosniff":
        wrong.append("sniffed")
    if "Referrer-Policy" not in headers:
        wrong.append("referrer")
    wrong += [f"tells other origins: {it}" for it in headers if it.startswith("Access-Control-")]
    kept = headers.get("Cache-Control", "")
    if not where.startswith(("/media/", "/static/")):
        if "Accept-Language" not in headers.get("Vary", "") and not KEPT.match(where):
            wrong.append("no Vary")
        if "private" not in kept and "no-store" not in kept and not KEPT.match(where):
            wrong.append(f"kept by anybody: {kept}")
    return wrong


@dataclass(frozen=True)
class Marks:
    """What no answer may hold. tag: every value of somebody made up begins with it; named: those an address holds."""

    tag: str = ""
    named: tuple[str, ...] = ()
    values: tuple[str, ...] = ()

    def told(self, where: str, answer: Any) -> list[str]:
        """Return what an answer tells; what was asked for may be repeated in it."""
        text = unquote(text_of(answer) + str(answer.headers)).replace(where, "")
        found = [it for it in self.values if it in text]
        if self.tag:
            said = set(re.findall(rf"canary-{self.tag}-[\w-]+", text))
            found += sorted(it for it in said if not any(name.startswith(it) for name in self.named))
        return found


@dataclass
class Found:
    """What a crawl met. statuses: by method and pattern."""

    wrong: list[str] = field(default_factory=list)
    statuses: dict[tuple[str, str], int] = field(default_factory=dict)

    def note(self, route: Route, method: str, where: str, answer: Any, marks: Marks) -> None:
        status = answer.status_code
        what = f"{method} {route.path} {status}"
        self.statuses[method, route.path] = status
        if status >= 500 and route.name != "readyz":  # which says so of a mall whose worker does not run
            self.wrong.append(f"{what}: broke")
        self.wrong += [f"{what}: {it}" for it in unsealed(answer, where)]
        self.wrong += [f"{what}: tells {it}" for it in marks.told(where, answer)]
        if status == 405 and not answer.headers.get("Allow"):
            self.wrong.append(f"{what}: does not say what it takes")
        if method == "TRACE" and status != 405:
            self.wrong.append(f"{what}: traced")


def crawl(ask: Ask, marks: Marks, values: dict[str, str], urlconf: str) -> Found:
    """Ask for every address by every method."""
    found = Found()
    for route in routes(urlconf):
        if missing := route.unknown(values):
            found.wrong.append(f"{route.path}: say whose {missing} is in tests/security/victim.py")
            continue
        where = route.filled(values)
        for method in METHODS:
            found.note(route, method, where, ask(method, where), marks)
    return found


def marks_of(it: Living) -> Marks:
    return Marks(it.tag, tuple(numbers(it).values()))


def same(answer: Any, route: Route, values: Mapping[str, str]) -> tuple[int, str, str]:
    """An answer without what differs from one request to the next, and without the names that were asked for."""
    text, onward = TOKEN.sub("", text_of(answer)), answer.headers.get("Location", "")
    for it in route.parameters:
        value = route.value(it, values)
        text, onward = text.replace(value, ""), onward.replace(value, "").replace(quote(value), "")
    return answer.status_code, text, onward


@pytest.mark.parametrize("who", ["visitor", "another"])
def test_nobody_else_gets_anything_at_the_shop(victim, shop, who):
    asker = Asker(make_person() if who == "another" else None)
    before, values = rows_of(victim.id), numbers(victim)
    found = crawl(asker.ask, marks_of(victim), values, STOREFRONT)
    assert found.wrong == []
    assert rows_of(victim.id) == before
    assert Counter(found.statuses.values())[200] > 40
    assert len(found.statuses) > 200 * len(METHODS), "the crawl has lost its way"
    if asker.person:  # a crawl by somebody who was shut out on the way would find nothing
        assert asker.ask("GET", "/account").status_code == 200


def test_a_sign_in_of_the_desk_is_worth_nothing_at_the_shop(victim, shop):
    visitor, staff = Asker(), Asker(cookies={DESK_COOKIE: "x" * 43})
    for route in routes(STOREFRONT):
        where = route.filled(numbers(victim))
        if not route.api and is_theirs(route):
            told = [same(it.ask("GET", where), route, numbers(victim)) for it in (staff, visitor)]
            assert told[0] == told[1], route.path


def test_somebody_elses_thing_answers_as_one_that_is_not_there(victim, shop):
    """By status, words and headers, whatever is done to it; and never by a 403, which would say that it is there."""
    asker, real = Asker(make_person()), numbers(victim)
    none, wrong, asked = nobodys(real), [], 0
    for route in routes(STOREFRONT):
        if not is_theirs(route):
            continue
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
            theirs = asker.ask(method, route.filled(real))
            nothing = asker.ask(method, route.filled(none))
            asked += 1
            if same(theirs, route, real) != same(nothing, route, none):
                wrong.append(
                    f"{method} {route.path}: {theirs.status_code}, {nothing.status_code} of nobody's"
                )
            if theirs.status_code not in HIDDEN | BEFORE.get(route.name, set()):
                wrong.append(f"{method} {route.path} ({route.name}): {theirs.status_code}")
    assert wrong == []
    assert asked > 200


@pytest.mark.parametrize("who", ["nobody", "person", "mall", "a", "b"])
def test_nobody_gets_what_is_not_theirs_to_see_at_the_desk(known, desk, who):  # noqa: F811 -- the fixtures
    """person: somebody signed in at the shop; a: the shop that sold; b: a rival."""
    if who == "person":
        desk.cookies["mingpu_session"] = known["buyer"].token
    elif who != "nobody":
        sign_in(desk, hire(known["numbers"].get(who, "")))
    before = rows_of(known["buyer"].id, but=READ)

    def ask(method: str, where: str) -> HttpResponseBase:
        asking = Client(SERVER_NAME="127.0.0.1") if where == "/logout" else desk  # the shift goes on
        return asking.generic(method, where, "", content_type="application/x-www-form-urlencoded")

    found = crawl(ask, Marks(values=known["secrets"]), at_the_desk(known), "mingpu.desk.urls")
    assert found.wrong == []
    assert rows_of(known["buyer"].id, but=READ) == before
    inside = sum(status == 200 for (method, _), status in found.statuses.items() if method == "GET")
    assert inside == 1 if who in {"nobody", "person"} else inside >= 10


def at_the_desk(known: dict[str, Any]) -> dict[str, str]:  # noqa: F811 -- what the fixture holds
    it = {name: str(value) for name, value in known["numbers"].items()}
    return {
        "case_no": it["case"], "number": it["photo"], "part_no": it["part"], "parcel_no": it["parcel"],
        "product_id": it["product"], "order_no": it["order"], "import_id": it["import"], "code": it["a"],
        "category_id": it["category"], "brand_id": it["brand"], "attribute_id": it["attribute"],
        "desk_warehouse_use:code": it["warehouse"], "desk_request_new:code": "3.3", "kind": "jsonl",
        "out_refund_no": it["order"], "invoice_no": it["order"], "offer_id": it["order"],
        "no": "RNOBODY", "exception_no": "XNOBODY", "incident_no": "INOBODY", "approval_id": NOBODY,
        "notice_id": NOBODY, "group_id": NOBODY, "publication_id": NOBODY,
        "desk_look:number": "VNOBODY", "desk_look_approve:number": "VNOBODY",
    }  # fmt: skip
