"""What left, as its person searches it, takes it along and has a message explained."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from mingpu.lib.errors import NotFound
from mingpu.privacy import keys, sent, sharing
from mingpu.privacy.parties import parties
from mingpu.privacy.purposes import Purpose, processing
from mingpu.privacy.register import REGISTER
from mingpu.privacy.sent import Wanted
from tests.factories import make_person
from tests.people import from_owner

DAY = timedelta(days=1)
NOW = datetime.now(UTC)


@pytest.fixture(scope="module")
def person():
    """Somebody of whom a courier got two messages, one of them days ago, and a gateway one."""
    it = make_person().id
    for number in ("M1", "M2"):
        with processing(Purpose.DELIVERY, subject=it):
            sharing.record(
                recipient="sf", purpose=Purpose.DELIVERY, person_id=it, payload={"orderId": number}, reference=number
            )  # fmt: skip
    with processing(Purpose.IDENTITY_CHECK, subject=it):
        sharing.record(
            recipient="sms_gateway", purpose=Purpose.IDENTITY_CHECK, person_id=it,
            payload={"PhoneNumbers": "+8613800000042"}, reference="",
        )  # fmt: skip
    from_owner("UPDATE privacy_share SET at = at - interval '5 days' WHERE person_id = %s AND reference = 'M1'", [it])  # fmt: skip
    return it


def found(person, **wanted):
    return [f"{it.recipient} {it.reference}".strip() for it in sent.lines(person, Wanted(**wanted)).items]


@pytest.mark.parametrize(
    ("wanted", "messages"),
    [
        ({}, ["sms_gateway", "sf M2", "sf M1"]),
        ({"recipient": "sf"}, ["sf M2", "sf M1"]),
        ({"purpose": "identity_check"}, ["sms_gateway"]),
        ({"reference": "M2"}, ["sf M2"]),
        ({"reference": "M"}, []),
        ({"since": NOW - DAY}, ["sms_gateway", "sf M2"]),
        ({"until": NOW - DAY}, ["sf M1"]),
        ({"since": NOW - DAY, "recipient": "sf"}, ["sf M2"]),
        ({"recipient": "yto"}, []),
        ({"recipient": "' OR true"}, []),
    ],
)
def test_each_filter_alone_and_together(person, wanted, messages):
    assert found(person, **wanted) == messages


@pytest.mark.parametrize("item", list(REGISTER.categories))
def test_by_kind_of_data_as_the_recipients_list_has_it(person, item):
    def holds(recipient, *fields):
        return any(REGISTER.recipients[recipient].fields[field] == item for field in fields)

    hit = {it.split()[0] for it in found(person, item=item)}
    assert ("sf" in hit) == holds("sf", "orderId")
    assert ("sms_gateway" in hit) == holds("sms_gateway", "PhoneNumbers")


def test_what_is_no_value_counts_as_not_asked():
    asked = {"recipient": "x", "purpose": "x", "item": "F99", "since": "yesterday", "until": "2026-02-30"}
    assert sent.wanted(asked) == Wanted()
    read = sent.wanted({"recipient": "sf", "since": "2026-11-01", "until": "2026-11-02", "reference": " M1 "})
    assert (read.recipient, read.until - read.since, read.reference) == ("sf", 2 * DAY, "M1")


def test_a_message_is_explained_by_its_party_its_list_and_its_clauses(person):
    it = sent.lines(person, Wanted(reference="M2")).items[0]
    told = sent.explain(person, it.id)
    assert told.sent == it
    assert told.party == str(parties()["sf"].legal_name)
    assert told.contract == parties()["sf"].contract.reference
    assert [field.name for field in told.fields] == list(REGISTER.recipients["sf"].fields)
    assert [field.name for field in told.fields if field.sent] == ["orderId"]
    assert {name for name, _ in told.clauses} >= set(REGISTER.recipients["sf"].clauses) & set(
        REGISTER.clauses
    )
    with pytest.raises(NotFound):
        sent.explain(make_person().id, it.id)
    with pytest.raises(NotFound):
        sent.explain(person, uuid4())


def test_a_recipient_that_is_no_more_is_still_explained():
    it = make_person().id
    with processing(Purpose.DELIVERY, subject=it):
        sharing.record(recipient="sf", purpose=Purpose.DELIVERY, person_id=it, payload={"orderId": "M3"}, reference="M3")  # fmt: skip
    from_owner("UPDATE privacy_share SET recipient = 'gone', items = 'name' WHERE person_id = %s", [it])
    (message,) = sent.lines(it, Wanted(reference="M3")).items
    told = sent.explain(it, message.id)
    assert (told.party, told.contract, told.contact) == ("gone", "", "")
    assert [(field.name, field.sent) for field in told.fields] == [("name", True)]


def table(person, **wanted):
    return list(
        csv.DictReader(io.StringIO("".join(sent.csv(person, Wanted(**wanted))).removeprefix("\ufeff")))
    )


def test_the_table_holds_the_chosen_messages_word_for_word(person):
    rows = table(person, recipient="sf")
    assert [row["reference"] for row in rows] == ["M2", "M1"]
    assert [json.loads(row["payload"]) for row in rows] == [{"orderId": "M2"}, {"orderId": "M1"}]


def test_a_message_whose_key_is_gone_is_listed_without_its_content():
    it = make_person().id
    with processing(Purpose.DELIVERY, subject=it):
        sharing.record(recipient="sf", purpose=Purpose.DELIVERY, person_id=it, payload={"orderId": "M4"}, reference="M4")  # fmt: skip
    keys.erase(it, ("share",))
    (row,) = table(it, reference="M4")
    assert row["payload"] == ""
    (message,) = sent.lines(it, Wanted(reference="M4")).items
    assert sent.explain(it, message.id).sent.payload is None
