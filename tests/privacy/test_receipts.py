"""Receipts after ISO/IEC TS 27560: what was agreed to, word for word, and what became of it; signed, checked offline."""

import json
import subprocess
import sys
from hashlib import sha256
from uuid import uuid4

import pytest

from mingpu.lib.errors import NotFound
from mingpu.privacy import certificate, consent, receipts
from mingpu.privacy.models import Standing
from mingpu.privacy.notices import notice_of
from mingpu.privacy.purposes import Purpose, processing
from tests.conftest import ROOT
from tests.factories import make_person


@pytest.fixture
def buyer():
    return make_person()


def states(person_id):
    return [(it.name, it.state) for it in receipts.receipts_of(person_id)]


def body_of(person_id, place=0):
    text = receipts.receipt_file(person_id, receipts.receipts_of(person_id)[place].id)
    return certificate.verify(text, certificate.public_key())


def test_a_receipt_follows_what_was_said(buyer):
    assert states(buyer.id) == []
    consent.give(buyer.id, "invoicing", True, "en", "page")
    assert states(buyer.id) == [("invoicing", "given")]
    consent.give(buyer.id, "invoicing", False, "zh-hans", "api")
    assert states(buyer.id) == [("invoicing", "withdrawn")]
    consent.give(buyer.id, "camera", False, "en")
    consent.give(buyer.id, "invoicing", True, "en")
    assert states(buyer.id) == [("invoicing", "given"), ("camera", "refused"), ("invoicing", "withdrawn")]


def test_a_receipt_has_what_the_standard_asks_for(buyer):
    consent.give(buyer.id, "invoicing", True, "en", "page")
    consent.give(buyer.id, "invoicing", False, "zh-hans", "api")
    it, notice = body_of(buyer.id), notice_of("invoicing")
    assert it["schema_version"] == "ISO/IEC TS 27560:2023"
    assert it["record_id"] == str(receipts.receipts_of(buyer.id)[0].id)
    assert str(buyer.id) not in json.dumps(it)
    assert it["pii_principal_id"] == receipts.pseudonym(buyer.id)
    assert it["privacy_notice"]["document"] == notice.document
    assert (
        it["privacy_notice"]["hash"]
        == notice.hash
        == sha256(certificate.canonical(notice.document)).hexdigest()
    )
    [processed] = it["pii_processing"]
    assert (processed["purpose"], processed["lawful_basis"]) == ("invoicing", "consent")
    assert processed["withdrawal_method"] == notice.document["withdrawal"]
    assert processed["recipient_third_parties"] == ["fapiao"]
    assert {item["pii_type"]["en"] for item in processed["pii_information"]} >= {"Title", "Tax number"}
    assert all(item["retention_period"]["en"] for item in processed["pii_information"])
    assert [(p["party_id"], p["party_role"]) for p in it["party_identification"]] == [
        ("mingpu", "controller"), ("fapiao", "recipient"),
    ]  # fmt: skip
    assert [(e["event_type"], e["method"], e["language"]) for e in it["events"]] == [
        ("given", "page", "en"), ("withdrawn", "api", "zh-hans"),
    ]  # fmt: skip
    assert it["state"] == "withdrawn"


def test_a_first_no_has_a_receipt_too(buyer):
    consent.give(buyer.id, "personalisation", False, "en", "page")
    it = body_of(buyer.id)
    assert ([e["event_type"] for e in it["events"]], it["state"]) == (["refused"], "refused")


def test_what_was_given_to_less_rests_and_says_so(buyer):
    consent.give(buyer.id, "search_history", True, "en")
    with processing(Purpose.RIGHTS, subject=buyer.id):
        Standing.objects.filter(person_id=buyer.id).update(consents=1 << 62)  # a flag of an earlier version
    assert states(buyer.id) == [("search_history", "outdated")]
    consent.give(buyer.id, "search_history", True, "en")
    assert states(buyer.id) == [("search_history", "given"), ("search_history", "outdated")]
    assert [body_of(buyer.id, place)["state"] for place in (0, 1)] == ["given", "outdated"]


def test_anothers_receipt_is_not_there(buyer):
    consent.give(buyer.id, "camera", True, "en")
    mine = receipts.receipts_of(buyer.id)[0].id
    for person_id, receipt_id in ((make_person().id, mine), (buyer.id, uuid4())):
        with pytest.raises(NotFound):
            receipts.receipt_file(person_id, receipt_id)


def broken(change):
    somebody = make_person().id
    consent.give(somebody, "invoicing", True, "en")
    whole = json.loads(receipts.receipt_file(somebody, receipts.receipts_of(somebody)[0].id))
    change(whole)
    return json.dumps(whole)


@pytest.mark.parametrize(
    "change",
    [
        lambda it: it["receipt"].update(state="withdrawn"),
        lambda it: it["receipt"]["events"].clear(),
        lambda it: it["receipt"]["privacy_notice"]["document"]["title"].update(en="Other"),
        lambda it: it.update(certificate=it.pop("receipt")),
        lambda it: it["receipt"].update(kind=certificate.KIND),
        lambda it: it.pop("receipt"),
    ],
    ids=["state", "events", "notice", "as-certificate", "kind", "none"],
)
def test_whatever_is_changed_shows(change):
    with pytest.raises(certificate.NotGenuine):
        certificate.verify(broken(change))


def test_a_signed_receipt_whose_notice_is_not_its_hash_is_refused():
    """Also by us: the notice a receipt quotes is held against the hash in the record."""
    whole = json.loads(broken(lambda it: it["receipt"]["privacy_notice"].update(hash="0" * 64)))
    whole["signature"] = certificate.sign(whole["receipt"])
    with pytest.raises(certificate.NotGenuine, match="notice"):
        certificate.verify(json.dumps(whole))


def test_a_receipt_is_checked_without_the_mall(buyer, tmp_path):
    consent.give(buyer.id, "search_history", True, "en")
    path, key = tmp_path / "receipt.json", tmp_path / "key"
    path.write_text(receipts.receipt_file(buyer.id, receipts.receipts_of(buyer.id)[0].id))
    key.write_text(certificate.public_key())
    call = [sys.executable, "-m", "mingpu", "verify-certificate", str(path), "--public-key", str(key)]
    done = subprocess.run(
        call,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", "MINGPU_HOME": str(tmp_path / "none")},
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "GENUINE" in done.stdout
    assert "search_history: consent" in done.stdout


# ---- over HTTP ----


def test_the_wallet_withdraws_with_one_tap(buyer):
    consent.give(buyer.id, "invoicing", True, "en")
    consent.give(buyer.id, "camera", True, "en")
    browser = buyer.browser()
    page = browser.get("/privacy/receipts").content.decode()
    assert page.count('name="granted" value="false"') == 2
    assert 'name="granted" value="true"' not in page
    for path in ("/privacy/consents/invoicing", "/privacy/permissions/camera"):
        assert f'action="{path}"' in page
        answer = browser.post(path, {"granted": "false", "next": "/privacy/receipts"})
        assert (answer.status_code, answer.headers["Location"]) == (303, "/privacy/receipts")
    assert 'name="granted"' not in browser.get("/privacy/receipts").content.decode()
    assert states(buyer.id) == [("camera", "withdrawn"), ("invoicing", "withdrawn")]


def test_the_api_lists_fetches_and_tells_the_history(buyer):
    app = buyer.api()
    app.put("/api/v1/me/privacy/consents/invoicing", {"granted": True}, content_type="application/json")
    app.put("/api/v1/me/privacy/consents/invoicing", {"granted": False}, content_type="application/json")
    [listed] = app.get("/api/v1/me/privacy/receipts").json()["items"]
    assert (listed["name"], listed["state"], listed["method"]) == ("invoicing", "withdrawn", "api")
    one = app.get(f"/api/v1/me/privacy/receipts/{listed['id']}")
    assert certificate.verify(one.content.decode(), certificate.public_key())["record_id"] == listed["id"]
    history = app.get("/api/v1/me/privacy/consent-history").json()["items"]
    assert [(it["granted"], it["method"]) for it in history] == [(False, "api"), (True, "api")]
    browser = buyer.browser()
    page = browser.get(f"/privacy/receipts/{listed['id']}")
    assert certificate.verify(page.content.decode())["record_id"] == listed["id"]
    stranger = make_person()
    assert stranger.api().get(f"/api/v1/me/privacy/receipts/{listed['id']}").status_code == 404
    assert stranger.browser().get(f"/privacy/receipts/{listed['id']}").status_code == 404
