"""The statement page, its JSON and its DPV copy are the register, and nothing beside it."""

import json
import re

import pytest
from django.test import Client
from django.urls import reverse
from pyld import jsonld

from mingpu.lib.text import speaking
from mingpu.privacy import catalogue, dpv, parties, statement
from mingpu.privacy.grants import granted
from mingpu.privacy.register import REGISTER

DPV = "https://w3id.org/dpv#"


@pytest.fixture(params=["zh-hans", "en"])
def it(request):
    with speaking(request.param):
        return request.param, statement.statement()


def test_every_purpose_table_recipient_permission_and_clause_is_in_it(it):
    _, found = it
    assert [part.id for part in found.purposes] == [it.id for it in REGISTER.purposes.values() if it.open]
    assert [part.id for part in found.doors] == [it.id for it in REGISTER.purposes.values() if not it.open]
    assert [part.id for part in found.tables] == [
        table.name for table in REGISTER.tables.values() if table.subject
    ]
    assert [part.id for part in found.recipients] == list(REGISTER.recipients)
    assert [part["id"] for part in found.permissions] == list(REGISTER.permissions)
    assert {part.id for part in [*found.clauses, *found.later]} == set(REGISTER.clauses)
    assert {part.id for part in found.exceptions} == {f"3.{n}" for n in range(1, 12)} - {"3.5", "3.6"}
    assert [part.id for part in found.consents] == [
        n for n, p in REGISTER.purposes.items() if p.basis == "consent" and p.open
    ]


def test_it_speaks_the_readers_language(it):
    language, found = it
    texts = [part.title for part in found.purposes] + [part.says for part in found.clauses] + found.retention
    chinese = [bool(re.search("[\u4e00-\u9fff]", text)) for text in texts]
    assert all(chinese) if language == "zh-hans" else not any(chinese)


def test_each_purpose_says_what_it_touches_and_no_more(it):
    _, found = it
    for part in found.purposes:
        purpose = REGISTER.purposes[part.id]
        tables = [t for t in REGISTER.tables.values() if t.subject and granted(t, purpose)]
        assert {collected.label for collected in part.collected} <= {str(table.label) for table in tables} | {
            table.label.zh for table in tables
        } | {table.label.en for table in tables}
        for collected in part.collected:
            assert set(collected.required) <= set(collected.items)
            assert collected.retention in found.retention


def test_recipients_are_shown_field_by_field(it):
    _, found = it
    for part in found.recipients:
        assert {*part.fields, *part.constants} == set(REGISTER.recipients[part.id].fields)
        whole = " ".join(part.items_label)
        assert all(name in whole for name in REGISTER.recipients[part.id].fields)


def test_clauses_are_in_the_order_of_their_numbers():
    with speaking("en"):
        ids = [part.id for part in statement.statement().clauses]
    assert (
        ids.index("1.1.1a") < ids.index("1.1.3a") < ids.index("1.2a") < ids.index("3.3") < ids.index("3.11")
    )


def test_published_json_holds_every_personal_column_once():
    found = statement.published()
    expected = {
        f"{table.name}.{column.name}"
        for table in REGISTER.tables.values()
        if table.subject
        for column in table.personal_columns()
        if not column.index_of
    }
    ids = [part["id"] for part in found["items"]]
    assert len(ids) == len(set(ids))
    assert set(ids) == expected
    assert (found["version"], found["hash"]) == (REGISTER.version, REGISTER.digest)
    phone = next(part for part in found["items"] if part["id"] == "accounts_contact.phone")
    assert (phone["required"], phone["sensitive"], phone["sealed"], phone["mask"]) == (
        True,
        True,
        True,
        "phone",
    )
    assert "delivery" not in phone["purposes"]
    assert "identity_check" in phone["purposes"]
    json.dumps(found)


# ---- DPV ----


def test_the_dpv_copy_expands_without_a_network():
    def refuse(url, options):
        raise AssertionError(f"asked for {url}")

    document = json.loads(json.dumps(dpv.document()))
    expanded = jsonld.expand(document, {"documentLoader": refuse})
    processes = [it for it in expanded if it["@type"] == [f"{DPV}Process"]]
    assert len(processes) == len(REGISTER.purposes)
    for it in processes:
        for term in (
            "hasPurpose",
            "hasLegalBasis",
            "hasPersonalData",
            "hasStorageCondition",
            "hasDataController",
        ):
            assert f"{DPV}{term}" in it, (it["@id"], term)
    known = {it["@id"] for it in expanded}
    for it in expanded:
        for key, values in it.items():
            if key.startswith(DPV):
                targets = {
                    value["@id"] for value in values if value.keys() == {"@id"}
                }  # others are told in place
                assert {t for t in targets if t.startswith("urn:mingpu")} <= known, (it["@id"], key)
    assert not [key for it in expanded for key in it if not key.startswith(("@", "http", "urn:"))]


def test_the_dpv_copy_says_who_receives_and_how_long():
    expanded = {it["@id"]: it for it in jsonld.expand(dpv.document())}
    settlement = expanded["urn:mingpu:statement:process:settlement"]
    assert {it["@id"] for it in settlement[f"{DPV}hasRecipient"]} == {
        f"urn:mingpu:statement:recipient:{name}" for name in ("wechatpay", "unionpay", "alipay")
    }
    sms = expanded["urn:mingpu:statement:recipient:sms_gateway"]
    assert sms["@type"] == [f"{DPV}DataProcessor"]
    duration = expanded["urn:mingpu:statement:storage:order"][f"{DPV}hasDuration"][0]
    assert duration["@type"] == [f"{DPV}TemporalDuration"]
    assert duration["http://purl.org/dc/terms/extent"][0]["@value"] == "P3Y"
    consent = expanded["urn:mingpu:statement:basis:consent"]["http://www.w3.org/2004/02/skos/core#broader"]
    assert consent == [{"@id": f"{DPV}Consent"}]


# ---- over HTTP ----


@pytest.fixture
def browser():
    return Client(SERVER_NAME="127.0.0.1")


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_page_shows_all_of_it(browser, language):
    browser.cookies["mingpu_language"] = language
    page = browser.get(reverse("statement"))
    assert page.status_code == 200
    text = page.content.decode()
    assert REGISTER.digest[:16] in text
    for clause in REGISTER.clauses.values():
        assert f'id="clause-{clause.id}"' in text
    for purpose in REGISTER.purposes.values():
        assert f'id="purpose-{purpose.id}"' in text
    for name in catalogue.items():
        assert f'id="item-{name}"' in text
    for name in parties.sources():
        assert f'id="source-{name}"' in text


def test_the_api_publishes_the_register(browser):
    answer = browser.get("/api/v1/statement")
    assert answer.status_code == 200
    assert answer.json() == json.loads(json.dumps(statement.published()))
    again = browser.get("/api/v1/statement", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    linked = browser.get("/api/v1/statement?format=dpv")
    assert linked.headers["Content-Type"] == "application/ld+json"
    assert linked.json()["@graph"][0]["version"] == REGISTER.version
    assert browser.get("/api/v1/statement?format=xml").status_code == 422


def test_the_terminal_gets_it_too():
    with speaking("en"):
        lines = list(statement.as_text())
    assert REGISTER.version in lines[0]
    assert any(line.startswith("[profile]") for line in lines)
    assert any("5.3" in line for line in lines)
