"""Signing in through another service over the wire: an app's rounds, and what is refused, with stable codes."""

# ruff: noqa: F811 -- fixtures by name

from urllib.parse import urlsplit

import pytest
from django.test import Client

from tests.accounts.linking import SERVICES, Way
from tests.accounts.test_second_step import Second
from tests.adapters.signing_in import somebody, walk
from tests.api.calling import call, refused
from tests.counterparts import Outside, _outside  # noqa: F401 -- a fixture
from tests.people import PASSWORD, App, app, person, still, web  # noqa: F401 -- fixtures among them

pytestmark = pytest.mark.usefixtures("outside")


@pytest.fixture(params=SERVICES)
def service(request) -> str:
    return request.param


@pytest.fixture
def nobody() -> Client:
    return Client(SERVER_NAME="127.0.0.1")


def said(address: str, name: str, granted: str = "yes") -> dict[str, str]:
    back = walk(address, name=name, granted=granted)
    assert urlsplit(back.pop("redirect")).netloc == "app.mingpu.example"
    return back


def log_in(nobody: Client, service: str, name: str, granted: str = "yes"):
    begun = call(nobody, "POST", f"/sign-in-services/{service}/rounds").json()
    answer = {"ticket": begun["ticket"], **said(begun["address"], name, granted)}
    return call(nobody, "POST", f"/sign-in-services/{service}/answers", answer)


def go(person: App, service: str, intent: str, name: str):
    asked = {"service": service, "intent": intent, "proof": {"password": PASSWORD}}
    begun = person.call("POST", "/me/linked-accounts/rounds", asked)
    assert begun.status_code == 201, begun.content
    answer = {"service": service, "ticket": begun.json()["ticket"], **said(begun.json()["address"], name)}
    return person.call("POST", "/me/linked-accounts/answers", answer)


def test_the_whole_way(nobody: Client, person: App, service):
    name = somebody()
    assert {it["id"] for it in call(nobody, "GET", "/sign-in-services").json()["items"]} == set(SERVICES)
    came = log_in(nobody, service, name).json()
    assert (came["signed_in"], came["half"], came["nickname"]) == (None, None, name)
    assert came["arrival"]
    came = go(person, service, "link", name).json()
    assert came["nickname"] == name
    assert person.call("GET", "/me/linked-accounts").json()["items"] == []
    refused(
        person.call("POST", "/me/linked-accounts", {"arrival": came["arrival"], "agreed": False}),
        403,
        "consent_needed",
    )
    linked = person.call("POST", "/me/linked-accounts", {"arrival": came["arrival"], "agreed": True})
    assert linked.status_code == 201, linked.content
    (it,) = linked.json()["items"]
    assert (it["service"], it["nickname"], it["used_at"]) == (service, name, None)
    signed_in = log_in(nobody, service, name).json()["signed_in"]
    assert set(signed_in) == {"token", "expires_at", "mark"}
    refused(go(person, service, "unlink", somebody()), 409, "other_account_came")
    assert go(person, service, "unlink", name).json() == {"arrival": "", "nickname": ""}
    assert person.call("GET", "/me/linked-accounts").json()["total"] == 0


def test_who_signs_in_afterwards_links_what_came_before(nobody: Client, person: App, service):
    arrival = log_in(nobody, service, somebody()).json()["arrival"]
    assert person.call("POST", "/me/linked-accounts", {"arrival": arrival, "agreed": True}).status_code == 201


def test_refusals_have_their_codes(nobody: Client, person: App, service, outside: Outside):
    refused(log_in(nobody, service, somebody(), granted="no"), 403, "provider_declined")
    begun = call(nobody, "POST", f"/sign-in-services/{service}/rounds").json()
    told = said(begun["address"], somebody())
    wrong = {"ticket": begun["ticket"], **told, "state": "another"}
    refused(call(nobody, "POST", f"/sign-in-services/{service}/answers", wrong), 409, "round_over")
    right = {"ticket": begun["ticket"], **told}
    assert call(nobody, "POST", f"/sign-in-services/{service}/answers", right).status_code == 201
    refused(call(nobody, "POST", f"/sign-in-services/{service}/answers", right), 409, "round_over")
    outside.side.fault(service, "http_500")
    refused(log_in(nobody, service, somebody()), 503, "provider_unanswered")
    outside.side.fault(service, "expired_code")
    refused(log_in(nobody, service, somebody()), 403, "provider_refused")
    refused(call(nobody, "POST", "/sign-in-services/elsewhere/rounds"), 404, "not_found")
    asked = {"service": service, "intent": "link", "proof": {"password": "wrong password here"}}
    refused(person.call("POST", "/me/linked-accounts/rounds", asked), 401, "wrong_login")
    asked = {"service": service, "intent": "link", "proof": {}}
    refused(person.call("POST", "/me/linked-accounts/rounds", asked), 403, "proof_needed")
    refused(person.call("POST", "/me/linked-accounts", {"arrival": "x", "agreed": True}), 409, "round_over")


def test_half_a_sign_in_for_who_has_a_second_step(nobody: Client, person: App, service):
    name = somebody()
    arrival = go(person, service, "link", name).json()["arrival"]
    assert person.call("POST", "/me/linked-accounts", {"arrival": arrival, "agreed": True}).status_code == 201
    with still():
        it = Second(person)
        came = log_in(nobody, service, name).json()
        assert came["signed_in"] is None
        assert came["half"]["ways"] == ["totp_code", "recovery_code"]
        second = {"half": came["half"]["half"], "totp_code": it.code()}
        assert call(nobody, "POST", "/sessions/second", second).status_code == 201


def test_a_round_of_the_browser_is_none_of_the_apps(nobody: Client, service):
    way = Way(service)
    begun = way.begin()
    told = way.walk(begun)
    told.pop("redirect")
    answer = call(nobody, "POST", f"/sign-in-services/{service}/answers", {"ticket": begun.ticket, **told})
    refused(answer, 409, "round_over")
