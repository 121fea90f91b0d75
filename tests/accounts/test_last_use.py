"""When a sign-in was last used: by the hour, written once an hour, without a statement on other requests; and the alarm."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.conf import settings as mall
from django.db import connection
from django.test import Client, override_settings
from hypothesis import given, settings
from hypothesis import strategies as st

from mingpu.accounts import services
from mingpu.accounts.device_rules import hour_of
from mingpu.accounts.queries import Seen, seen_by, sessions_of, token_hash
from mingpu.accounts.services.sessions import open_session
from mingpu.lib.clock import now
from mingpu.privacy.purposes import Purpose, processing
from mingpu.privacy.uses import uses_of
from tests.factories import Buyer, make_person
from tests.people import App, from_owner, later, network
from tests.statements import counted
from tests.support import zone
from tests.web.reading import to, words

pytestmark = pytest.mark.usefixtures("outside")
FRESH = "seven-quiet-Harbours-11"


@pytest.fixture(autouse=True)
def _mall(outside):
    mall.STATIC_ROOT.mkdir(exist_ok=True)
    with override_settings(ROOT_URLCONF="mingpu.urls"):
        yield


@pytest.fixture
def buyer() -> Buyer:
    return make_person()


def aged(token: str, age: str, *, used: str = "") -> None:
    """Let a sign-in be of that age, and its last use, if any."""
    last = f"now() - interval '{used}'" if used else "NULL"
    from_owner(
        f"UPDATE accounts_session SET created_at = now() - interval '{age}', used_at = {last} WHERE token_hash = %s",
        [token_hash(token)],
    )


def used_at(token: str):
    [(moment,)] = from_owner(
        "SELECT used_at FROM accounts_session WHERE token_hash = %s", [token_hash(token)]
    )
    return moment


# Age of the sign-in, and of its last use -> whether a request writes.
AGES = {
    "new": ("1 minute", "", False), "nearly an hour old": ("59 minutes", "", False), "an hour old": ("61 minutes", "", True),
    "used of late": ("9 days", "59 minutes", False), "not used for an hour": ("9 days", "61 minutes", True),
}  # fmt: skip


@pytest.mark.parametrize("kind", ["page", "API"])
@pytest.mark.parametrize("age", AGES)
def test_written_once_an_hour_and_by_the_hour(buyer: Buyer, age: str, kind: str):
    created, used, writes = AGES[age]
    aged(buyer.token, created, used=used)
    before = used_at(buyer.token)
    client, path = (buyer.browser(), "/account") if kind == "page" else (buyer.api(), "/api/v1/me/profile")
    assert client.get(path).status_code == 200
    after = used_at(buyer.token)
    assert (after != before) == writes
    if writes:
        assert after == hour_of(after)
        assert now() - timedelta(hours=1) < after <= now()
        with counted() as more:
            client.get(path)
        with counted() as again:
            client.get(path)
        assert len(more) == len(again), "nothing is written a second time"
        assert used_at(buyer.token) == after


def test_an_ended_or_unknown_one_is_nobodys(buyer: Buyer):
    aged(buyer.token, "2 hours")
    assert seen_by(buyer.token) == Seen(buyer.id, recovering=False, resting=True)
    from_owner(
        "UPDATE accounts_session SET expires_at = now() WHERE token_hash = %s", [token_hash(buyer.token)]
    )
    assert seen_by(buyer.token) is None
    assert seen_by("x" * 43) is None
    assert seen_by("") is None


def test_one_statement_tells_all_of_it(buyer: Buyer):
    seen_by(buyer.token)
    with counted() as asked:
        seen_by(buyer.token)
    assert len(asked) <= 1


def test_requests_side_by_side_write_one_hour(buyer: Buyer):
    aged(buyer.token, "5 hours")

    def one(_: int) -> None:
        services.note_use(person_id=buyer.id, token=buyer.token)
        connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(one, range(4)))
    first = used_at(buyer.token)
    assert first == hour_of(first)


def test_it_notes_nobody_elses(buyer: Buyer):
    aged(buyer.token, "5 hours")
    services.note_use(person_id=make_person().id, token=buyer.token)
    assert used_at(buyer.token) is None


def test_the_list_says_it_on_page_and_api(buyer: Buyer):
    aged(buyer.token, "9 days", used="3 hours")
    [mine] = sessions_of(buyer.id, "")
    assert mine.used_at == used_at(buyer.token)
    with processing(Purpose.IDENTITY_CHECK, subject=buyer.id):
        new = open_session(buyer.id, "web", by="password", familiar=True)
    browser = Client(SERVER_NAME="127.0.0.1")
    browser.cookies["mingpu_session"] = new.token
    page = words(browser.get("/privacy/devices"))
    assert "正在使用" in page
    assert page.count("最近使用：") == 1
    said = browser.get("/api/v1/me/sessions", headers={"Authorization": f"Bearer {new.token}"}).json()[
        "items"
    ]
    assert len(said) == 2
    assert said[0]["used_at"].endswith(":00:00Z"), "of a new one the hour it began in"


@settings(max_examples=50)
@given(st.datetimes())
def test_no_more_than_the_hour_is_kept(moment):
    kept = hour_of(moment)
    assert timedelta(0) <= moment - kept < timedelta(hours=1)
    assert (kept.minute, kept.second, kept.microsecond) == (0, 0, 0)
    assert hour_of(kept) == kept


def test_it_is_one_use_an_hour_in_the_record(buyer: Buyer):
    aged(buyer.token, "5 hours")
    client = buyer.api()
    for _ in range(3):
        client.get("/api/v1/categories")
    assert sum(use.purpose == "identity_check" for use in uses_of(buyer.id).items) == 1


@pytest.mark.parametrize("name", ["worker", "desk", "analyst"])
def test_no_other_process_asks_how_a_sign_in_stands(name: str):
    with zone(name), connection.cursor() as cursor:
        for what in ("recovering", "resting"):
            with pytest.raises(Exception, match="permission denied"):
                cursor.execute(f"SELECT mingpu.lookup_{what}(''::bytea)")


# ---- the bar on every page while somebody recovers the password ----


@pytest.fixture
def recovered(person: App) -> Iterator[Client]:
    """The browser of somebody whose password is being recovered."""
    later(person.phone, 61)
    code = person.code(person.phone, "reset")
    services.reset_password(to=person.phone, code=code, password=FRESH, address=network())
    browser = Client(SERVER_NAME="127.0.0.1", REMOTE_ADDR=person.address)
    browser.cookies["mingpu_session"] = person.token
    with override_settings(ROOT_URLCONF="mingpu.urls"):
        yield browser


BAR = 'class="alarm"'


@pytest.mark.parametrize("path", ["/", "/cart", "/orders", "/account", "/privacy", "/search?q=x", "/nowhere"])
def test_every_page_says_so_and_stops_it_with_a_tap(recovered: Client, path: str, person: App):
    page = recovered.get(path)
    assert BAR in page.content.decode()
    assert to(recovered.post("/account/recovery/stop")) == "/account/recovery"
    assert services.recovery_of(person.person_id).state == "stopped"
    assert BAR not in recovered.get(path).content.decode()


def test_its_own_page_says_it_once(recovered: Client):
    page = recovered.get("/account/recovery").content.decode()
    assert BAR not in page
    assert page.count("/account/recovery/stop") == 1


def test_an_app_is_told_with_every_answer(recovered: Client, person: App):
    assert recovered
    assert person.call("GET", "/me/profile")["Mingpu-Recovery"] == "waiting"
    assert person.call("DELETE", "/me/recovery").status_code == 204
    assert "Mingpu-Recovery" not in person.call("GET", "/me/profile")


def test_only_while_it_can_be_stopped(recovered: Client, person: App):
    from_owner("UPDATE accounts_recovery SET due_at = now() WHERE person_id = %s", [person.person_id])
    assert BAR not in recovered.get("/account").content.decode()


def test_nobody_elses_pages_and_no_visitors(recovered: Client):
    assert recovered
    assert BAR not in make_person().browser().get("/account").content.decode()
    assert BAR not in Client(SERVER_NAME="127.0.0.1").get("/").content.decode()


def test_it_costs_no_statement(recovered: Client, person: App):
    recovered.get("/account")
    with counted() as while_it_waits:
        recovered.get("/account")
    services.stop_recovery(person_id=person.person_id)
    with counted() as afterwards:
        recovered.get("/account")
    assert len(while_it_waits) == len(afterwards)
