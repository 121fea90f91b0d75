"""Handing a package to another mall: consent, wait, one package, one receipt, whatever goes wrong on the way."""

import io
import json
import zipfile
from base64 import b64decode
from datetime import timedelta
from hashlib import sha256
from uuid import uuid4

import pytest
from django.conf import settings

from mingpu.adapters.providers import handlers, other_mall
from mingpu.lib.errors import NotFound
from mingpu.privacy import files
from mingpu.privacy.certificate import public_key
from mingpu.privacy.register import REGISTER
from mingpu.privacy.sharing import Overshare, check
from mingpu.privacy.uses import shares_of
from mingpu.rights.errors import ConsentNeeded, TooLateToStop, TransferUnderWay
from mingpu.rights.package import read_package
from mingpu.rights.queries import transfers_of
from mingpu.rights.services import ask_transfer, push, stop_transfer
from tests.factories import make_address, make_person
from tests.jobs import run_jobs, waiting
from tests.people import from_owner, messages
from tests.support import zone

HELD = timedelta(hours=25)


@pytest.fixture
def buyer(outside):
    it = make_person()
    make_address(it)
    return it


def asked(buyer):
    return ask_transfer(person_id=buyer.id, handler="neighbour", agreed=True)


def due(transfer_id):
    from_owner(
        "UPDATE rights_transfer SET send_at = now() - interval '1 second' WHERE id = %s", [transfer_id]
    )


def sent(buyer, transfer_id):
    due(transfer_id)
    with zone("worker"):
        push(person_id=buyer.id, transfer_id=transfer_id)
    return next(it for it in transfers_of(buyer.id) if it.id == transfer_id)


def arrived(outside, transfer_id):
    rows = outside.side.get("/received", party="mall")
    return [json.loads(it["body"]) for it in rows if str(transfer_id) in it["body"]]


def test_it_goes_after_the_wait_once_with_a_receipt_and_a_share_row(outside, buyer):
    it = asked(buyer)
    assert transfers_of(buyer.id)[0].stoppable
    with zone("worker"):
        push(person_id=buyer.id, transfer_id=it)  # too early: nothing
    assert arrived(outside, it) == []
    found = sent(buyer, it)
    assert (found.state, bool(found.receipt), found.code) == ("accepted", True, "")
    (message,) = arrived(outside, it)
    content = b64decode(message["package"])
    assert (message["sha256"], message["bytes"]) == (sha256(content).hexdigest(), len(content)) == (found.sha256, found.bytes)  # fmt: skip
    brought = read_package(content, {public_key(): "mingpu"})
    assert brought.rows["accounts_address"][0]["name"] == "林知夏"
    assert set(message) == set(REGISTER.recipients["other_mall"].fields)
    share = shares_of(buyer.id).items[0]
    assert (share.recipient, share.reference) == ("other_mall", str(it))
    assert share.payload is not None
    assert share.payload["sha256"] == found.sha256
    assert not files.path_of(it).exists()
    assert sent(buyer, it).state == "accepted"
    assert len(arrived(outside, it)) == 1


def test_nothing_beyond_the_list_may_leave(buyer):
    with pytest.raises(Overshare):
        check("other_mall", {"transfer_no": "x", "password": "y"})


def test_word_goes_to_every_channel(outside, buyer):
    from_owner("SELECT 1", [])
    asked(buyer)
    assert waiting("notices.tell", person_id=str(buyer.id), kind="transfer") == 1
    run_jobs(buyer.id, names=("notices.tell", "notices.send"))
    (message,) = messages(buyer.phone[3:])
    assert "叫停" in message["text"]
    assert shares_of(buyer.id).items[0].recipient == "sms_gateway"


@pytest.mark.parametrize("handler", ["nobody", "", "neighbour'--"])
def test_only_malls_of_the_operators_list(buyer, handler):
    with pytest.raises(NotFound):
        ask_transfer(person_id=buyer.id, handler=handler, agreed=True)
    assert transfers_of(buyer.id) == []


def test_without_its_own_yes_nothing_is_written(buyer):
    with pytest.raises(ConsentNeeded):
        ask_transfer(person_id=buyer.id, handler="neighbour", agreed=False)
    assert transfers_of(buyer.id) == []
    assert waiting("rights.push", person_id=str(buyer.id)) == 0


def test_one_at_a_time_and_again_after_it_is_over(buyer):
    it = asked(buyer)
    with pytest.raises(TransferUnderWay):
        asked(buyer)
    stop_transfer(person_id=buyer.id, transfer_id=it)
    assert asked(buyer) != it


def test_stopped_in_time_nothing_leaves(outside, buyer):
    it = asked(buyer)
    stop_transfer(person_id=buyer.id, transfer_id=it)
    assert sent(buyer, it).state == "stopped"
    assert arrived(outside, it) == []
    with pytest.raises(TooLateToStop):
        stop_transfer(person_id=buyer.id, transfer_id=it)


def test_another_persons_transfer_is_as_none(outside, buyer):
    it, thief = asked(buyer), make_person()
    with pytest.raises(NotFound):
        stop_transfer(person_id=thief.id, transfer_id=it)
    due(it)
    with zone("worker"):
        push(person_id=thief.id, transfer_id=it)
    assert arrived(outside, it) == []
    assert transfers_of(thief.id) == []
    assert transfers_of(buyer.id)[0].state == "waiting"
    with pytest.raises(NotFound):
        stop_transfer(person_id=buyer.id, transfer_id=uuid4())


@pytest.mark.parametrize("kind", ["http_500", "forge"])
def test_what_goes_wrong_on_the_way_is_tried_again_and_arrives_once(outside, buyer, kind):
    outside.side.post("/faults", party="mall", kind=kind, times=2)
    it = asked(buyer)
    before = waiting("rights.push", transfer_id=str(it))
    assert sent(buyer, it).state == "sending"
    assert waiting("rights.push", transfer_id=str(it)) == before + 1
    assert files.path_of(it).exists()
    found = sent(buyer, it)
    assert found.state == "accepted"
    assert {message["sha256"] for message in arrived(outside, it)} == {found.sha256}
    assert [share.recipient for share in shares_of(buyer.id).items].count("other_mall") == 1


def test_a_refusal_is_shown_with_its_reason(outside, buyer):
    outside.side.post("/faults", party="mall", kind="refused", times=1)
    found = sent(buyer, asked(buyer))
    assert (found.state, found.code, found.receipt) == ("refused", "not_our_customer", "")


def test_after_three_days_of_silence_it_is_given_up(outside, buyer):
    outside.side.post("/faults", party="mall", kind="http_500", times=4)
    it = asked(buyer)
    due(it)
    from_owner("UPDATE rights_transfer SET send_at = now() - interval '4 days' WHERE id = %s", [it])
    with zone("worker"):
        push(person_id=buyer.id, transfer_id=it)
    found = transfers_of(buyer.id)[0]
    assert (found.state, found.code) == ("refused", "http_500")


def test_the_wait_is_a_day_by_default_and_a_row(buyer):
    it = asked(buyer)
    found = transfers_of(buyer.id)[0]
    assert (
        found.send_at - found.asked_at == timedelta(hours=settings.TRANSFER_HOLD_HOURS) == timedelta(days=1)
    )
    assert run_jobs(buyer.id, names=("rights.push",)) == []
    assert waiting("rights.push", transfer_id=str(it)) == 1


def test_the_package_that_leaves_is_the_export(outside, buyer):
    it = asked(buyer)
    sent(buyer, it)
    (message,) = arrived(outside, it)
    names = zipfile.ZipFile(io.BytesIO(b64decode(message["package"]))).namelist()
    assert {"manifest.json", "signature.json", "read.zh.html", "json/accounts_address.json"} <= set(names)
    assert handlers()["neighbour"].contact
    assert other_mall("neighbour")
    with pytest.raises(KeyError):
        other_mall("nobody")
