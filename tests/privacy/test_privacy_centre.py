"""The privacy centre over HTTP: pages and API, for their owner and nobody else."""

import io
import json
import zipfile
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from mingpu.privacy import cancellation, certificate, erasure, export
from tests import unique
from tests.privacy.canaries import count, live, sign_in
from tests.support import zone

PASSWORD = "wise-otter-Lantern-93"


class App:
    """An app that holds a person's token."""

    def __init__(self, it, token):
        self.it, self.token, self.address = it, token, unique.network()
        self.client = Client(SERVER_NAME="127.0.0.1")

    def call(self, method, path, body=None):
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        data = json.dumps(body) if body is not None else ""
        return self.client.generic(
            method, f"/api/v1{path}", data, content_type="application/json", headers=headers,
            REMOTE_ADDR=self.address,
        )  # fmt: skip


@pytest.fixture
def app():
    it = live()
    return App(it, sign_in(it, PASSWORD))


@pytest.fixture
def browser():
    """A browser that is signed in as somebody."""
    it = live()
    client = Client(SERVER_NAME="127.0.0.1")
    client.cookies["mingpu_session"] = sign_in(it, PASSWORD)
    client.it = it
    return client


def worker_makes(it):
    with zone("worker"):
        export.make(it.id, it.export_id)


# ---- API ----


def test_who_was_told_to_delete_is_shown_to_its_owner(app, browser):
    mine = app.call("GET", "/me/privacy/deletions").json()
    assert [(it["recipient"], it["state"], it["cause"]) for it in mine["items"]] == [
        ("sf", "closed", "invoicing")
    ]
    assert mine["total"] == 1
    assert "body" not in mine["items"][0]
    page = browser.get(reverse("shares")).content.decode()
    assert page.count('id="told"') == 1
    assert mine["items"][0]["id"] not in page


def test_uses_and_shares(app):
    uses = app.call("GET", "/me/privacy/uses?page_size=3").json()
    assert set(uses["items"][0]) >= {"at", "purpose", "actor_kind", "actor", "items", "basis", "reference"}
    assert uses["items"][0]["purpose"] == "rights"
    assert uses["items"][0]["actor_kind"] == "person"
    shares = app.call("GET", "/me/privacy/shares").json()
    assert shares["total"] == 1
    assert shares["items"][0]["payload"] == {"orderId": f"canary-{app.it.tag}-privacy_share-payload"}
    assert app.call("GET", "/me/privacy/uses?page_size=101").status_code == 422
    assert app.call("GET", "/me/privacy/uses?page=0").status_code == 422


def test_a_copy_is_asked_for_waited_for_and_fetched(app):
    asked = app.call("POST", "/me/privacy/exports")
    assert asked.status_code == 202
    assert asked.json()["id"] == str(app.it.export_id)
    path = f"/me/privacy/exports/{app.it.export_id}"
    assert app.call("GET", path).status_code == 202
    worker_makes(app.it)
    fetched = app.call("GET", path)
    assert (fetched.status_code, fetched.headers["Content-Type"]) == (200, "application/zip")
    assert fetched.headers["Cache-Control"] == "private, no-store"
    assert "manifest.json" in zipfile.ZipFile(io.BytesIO(fetched.content)).namelist()
    assert app.call("GET", "/me/privacy/exports").json()["items"][0]["state"] == "ready"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/me/privacy/uses"), ("GET", "/me/privacy/shares"), ("POST", "/me/privacy/exports"),
        ("GET", "/me/privacy/exports"), ("GET", "/me/privacy/exports/7e1d1c56-7d0f-4c0e-9d0a-1f1a3c5b7a90"), ("GET", "/me/cancellation"),
        ("POST", "/me/cancellation"), ("DELETE", "/me/cancellation"),
    ],
)  # fmt: skip
def test_nothing_of_it_without_signing_in(app, method, path):
    app.token = ""
    assert app.call(method, path, {} if method == "POST" else None).status_code == 401


def test_anothers_copy_is_as_one_that_does_not_exist(app):
    other = live()
    worker_makes(other)
    mine = app.call("GET", f"/me/privacy/exports/{uuid4()}")
    theirs = app.call("GET", f"/me/privacy/exports/{other.export_id}")
    assert theirs.status_code == mine.status_code == 404
    assert theirs.content == mine.content


def test_leaving_needs_proof(app):
    for body in ({}, {"password": "wrong"}, {"phone_code": "000000"}):
        assert app.call("POST", "/me/cancellation", body).status_code in {401, 403, 409, 422}
    assert app.call("POST", "/me/cancellation", {"password": PASSWORD, "reason": "x"}).status_code == 422
    assert app.call("GET", "/me/cancellation").json()["state"] == "active"


def test_leaving_staying_leaving_and_the_certificate(app, monkeypatch):
    asked = app.call("POST", "/me/cancellation", {"password": PASSWORD})
    assert asked.status_code == 202
    assert asked.json()["state"] == "cooling_off"
    refused = app.call("GET", "/me/profile")
    assert (refused.status_code, refused.json()["code"]) == (403, "account_frozen")
    assert app.call("GET", "/me/privacy/uses").status_code == 200
    assert app.call("DELETE", "/me/cancellation").json()["state"] == "active"
    assert app.call("GET", "/me/profile").status_code in {200, 500}  # values are made up
    monkeypatch.setattr(settings, "COOLING_OFF_DAYS", 0)
    leaving = app.call("POST", "/me/cancellation", {"password": PASSWORD}).json()
    assert app.call("GET", f"/certificates/{leaving['certificate_id']}").status_code == 404
    with zone("worker"):
        erasure.erase(app.it.id)
    assert app.call("GET", "/me/cancellation").status_code == 401
    app.token = ""
    issued = app.call("GET", f"/certificates/{leaving['certificate_id']}")
    key = app.call("GET", "/certificates/public-key").content.decode()
    assert certificate.verify(issued.content.decode(), key)["id"] == leaving["certificate_id"]


def test_open_matters_are_named():
    it = live(orders_order__status="paid")
    answer = App(it, sign_in(it, PASSWORD)).call("POST", "/me/cancellation", {"password": PASSWORD})
    assert answer.status_code == 202
    found = answer.json()
    assert (found["state"], found["until"], found["certificate_id"]) == ("active", None, None)
    assert [(b["kind"], b["reference"]) for b in found["blockers"]] == [("orders_order", it.order_no)]


# ---- pages ----


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("page", ["privacy", "uses", "shares", "exports", "cancellation"])
def test_every_page_is_drawn(browser, page, language):
    browser.cookies["mingpu_language"] = language
    answer = browser.get(reverse(page))
    assert answer.status_code == 200, answer.content[:500]
    assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("page", ["privacy", "uses", "shares", "exports", "cancellation"])
def test_a_visitor_is_sent_to_log_in(page):
    answer = Client(SERVER_NAME="127.0.0.1").get(reverse(page))
    assert answer.status_code == 302
    assert reverse("login") in answer.headers["Location"]


def test_the_page_of_shares_shows_the_words(browser):
    text = browser.get(reverse("shares")).content.decode()
    assert f"canary-{browser.it.tag}-privacy_share-payload" in text


def test_uses_are_filtered_and_paged(browser):
    assert browser.get(reverse("uses") + "?purpose=rights&page=1").status_code == 200
    assert browser.get(reverse("uses") + "?purpose=nonsense&page=x").status_code == 200


def test_a_copy_by_browser(browser):
    assert browser.post(reverse("exports")).status_code == 303
    assert "hx-trigger" in browser.get(reverse("exports")).content.decode()
    assert browser.get(reverse("export_download", args=[browser.it.export_id])).status_code == 409
    worker_makes(browser.it)
    fetched = browser.get(reverse("export_download", args=[browser.it.export_id]))
    assert (fetched.status_code, fetched.headers["Content-Type"]) == (200, "application/zip")
    assert browser.get(reverse("export_download", args=[uuid4()])).status_code == 404


def test_leaving_by_browser(browser):
    address = reverse("cancellation")
    assert browser.post(address, {"password": "wrong"}).status_code in {422, 429}
    assert count("privacy_cancellation", browser.it.id) == 0
    assert browser.post(address, {"password": PASSWORD}).status_code == 303
    page = browser.get(address).content.decode()
    assert str(cancellation.state_of(browser.it.id).certificate_id) in page
    assert browser.post(reverse("cancellation_withdraw")).status_code == 303
    assert cancellation.state_of(browser.it.id).state == "active"


def test_what_is_open_has_a_way_to_it():
    it = live(orders_order__status="paid", service_case__status="seller_reviewing")
    client = Client(SERVER_NAME="127.0.0.1")
    client.cookies["mingpu_session"] = sign_in(it)
    page = client.get(reverse("cancellation")).content.decode()
    assert reverse("order", args=[it.order_no]) in page
    assert reverse("case", args=[it.case_no]) in page


def test_the_certificate_is_a_page_for_anybody(monkeypatch):
    monkeypatch.setattr(settings, "COOLING_OFF_DAYS", 0)
    it = live()
    certificate_id = cancellation.request(it.id).certificate_id
    client = Client(SERVER_NAME="127.0.0.1")
    assert client.get(reverse("certificate", args=[certificate_id])).status_code == 404
    with zone("worker"):
        erasure.erase(it.id)
    page = client.get(reverse("certificate", args=[certificate_id]))
    assert page.status_code == 200
    text = page.content.decode()
    assert certificate.public_key() in text
    assert f"/api/v1/certificates/{certificate_id}" in text
    assert it.tag not in text
    assert client.get(reverse("public_key")).content.decode().strip() == certificate.public_key()
