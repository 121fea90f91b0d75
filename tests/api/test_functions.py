"""The extras over HTTP: listed, and refused under a stable code."""

from mingpu.privacy.register import REGISTER
from tests.people import App

CLOSED = [it.id for it in REGISTER.purposes.values() if not it.open]


def test_the_api_lists_the_extras_and_refuses_those_not_open(app: App):
    listed = app.call("GET", "/functions").json()
    assert {it["name"] for it in listed["items"] if not it["open"]} == set(CLOSED)
    for name in CLOSED:
        answer = app.call("GET", f"/functions/{name}")
        assert (answer.status_code, answer.json()["code"]) == (403, "function_not_open")
    assert app.call("GET", "/functions/search_history").json()["code"] == "unauthenticated"
    assert app.call("GET", "/functions/ordering").status_code == 404


def test_the_api_answers_204_to_who_agreed(person: App):
    assert person.call("GET", "/functions/browsing_history").json()["code"] == "consent_needed"
    person.call("PUT", "/me/privacy/consents/browsing_history", {"granted": True})
    assert person.call("GET", "/functions/browsing_history").status_code == 204
