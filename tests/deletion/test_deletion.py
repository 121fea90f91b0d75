"""Notices of deletion from the share to the receipt: who is told, what they are told, and who sees to it when not."""

import json
import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from uuid import uuid4

import httpx
import pytest
from django.conf import settings

from mingpu.adapters import providers
from mingpu.deletion import services
from mingpu.lib.clock import now
from mingpu.lib.errors import NotFound
from mingpu.privacy import (
    cancellation,
    certificate,
    consent,
    deletion,
    deletion_receipts,
    erasure,
    keys,
    sharing,
)
from mingpu.privacy.purposes import Purpose, processing
from tests.adapters.conftest import free_port
from tests.counterparts import _outside  # noqa: F401 -- a fixture
from tests.jobs import run_jobs, waiting
from tests.privacy.canaries import admin, live
from tests.support import zone


@pytest.fixture(autouse=True)
def _at_once(monkeypatch, outside):
    monkeypatch.setattr(settings, "COOLING_OFF_DAYS", 0)
    providers.deletion_desk.cache_clear()  # another test may have asked before there was an outside


def invoiced(person_id, *orders):
    """Have invoices issued in a person's name, with their consent: what reaches the issuer is written down."""
    consent.give(person_id, "invoicing", True, "en")
    with processing(Purpose.INVOICING, subject=person_id):
        for order_no in orders:
            sharing.record(
                recipient="fapiao", purpose=Purpose.INVOICING, person_id=person_id,
                payload={"fapiao_apply_id": order_no}, reference=order_no,
            )  # fmt: skip


def rows(query, *values):
    with admin() as database:
        return database.execute(query, values).fetchall()


def of(person_id):
    return rows(
        "SELECT id, recipient, state, body IS NULL, code, tries FROM privacy_deletionnotice WHERE person_id = %s AND state <> 'closed'",
        person_id,
    )


def told(outside, notice_id):
    return [json.loads(it["body"]) for it in outside.side.received("deletion", str(notice_id))]


def withdrawn(outside, *orders):
    """Somebody who had invoices and takes the consent back; return them and the notice's number."""
    it = live()
    invoiced(it.id, *(orders or ("M-ONE",)))
    consent.give(it.id, "invoicing", False, "en")
    ((notice_id, *_),) = of(it.id)
    return it, notice_id


def test_a_consent_taken_back_reaches_who_got_data_for_it_and_nobody_else(outside):
    it, notice_id = withdrawn(outside, "M-ONE", "M-TWO", "M-TWO")
    assert of(it.id) == [(notice_id, "fapiao", "waiting", False, "", 0)]
    assert told(outside, notice_id) == []
    ran = run_jobs(names=("deletion.send",), ahead=timedelta(minutes=1))
    assert "deletion.send" in ran
    (sent,) = told(outside, notice_id)
    assert sent == {
        "format": 1, "notice": str(notice_id), "recipient": "fapiao", "cause": "withdrawal",
        "purposes": ["invoicing"], "references": ["M-ONE", "M-TWO"], "made_at": sent["made_at"], "answer_by": sent["answer_by"],
    }  # fmt: skip
    assert str(it.id) not in json.dumps(sent)
    (seen,) = [one for one in deletion.of_person(it.id) if one.state != "closed"]
    assert (seen.id, seen.state, seen.outcome, seen.messages, seen.late) == (
        notice_id,
        "acknowledged",
        "deleted",
        3,
        False,
    )
    assert of(it.id)[0][3], "what it named is gone"
    assert keys.fetch(notice_id, deletion.KIND) is None


def test_a_no_again_tells_only_of_what_came_since(outside):
    it, _ = withdrawn(outside)
    consent.give(it.id, "invoicing", True, "en")
    consent.give(it.id, "invoicing", False, "en")
    assert len(of(it.id)) == 1
    invoiced(it.id, "M-LATER")
    consent.give(it.id, "invoicing", False, "en")
    assert sorted(row[1] for row in of(it.id)) == ["fapiao", "fapiao"]


def test_a_consent_nobody_was_sent_anything_for_tells_nobody():
    it = live()
    consent.give(it.id, "search_history", True, "en")
    consent.give(it.id, "search_history", False, "en")
    assert of(it.id) == []


def sends(notice_id):
    with zone("worker"):
        return services.send(notice_id)


@pytest.mark.parametrize(
    ("kind", "state", "code"),
    [("http_500", "waiting", "system_error"), ("forge", "waiting", "forged"), ("later", "accepted", "")],
)
def test_what_is_not_answered_is_tried_again_with_growing_pauses(outside, kind, state, code):
    it, notice_id = withdrawn(outside)
    outside.side.fault("deletion", kind, **({"seconds": 2.0} if kind == "later" else {"times": 2}))
    assert sends(notice_id) == state
    assert of(it.id)[0][2:] == (state, False, code, 1)
    time.sleep(2.1 if kind == "later" else 0)
    assert sends(notice_id) == "acknowledged"
    assert sends(notice_id) == ""
    assert of(it.id)[0][2:4] == ("acknowledged", True)


def test_pauses_grow_to_half_a_day(outside):
    _, notice_id = withdrawn(outside)
    pauses = []
    for tries in range(12):
        with zone("worker"):
            known = deletion.to_send(notice_id)
            assert known.tries == tries
            pauses.append(round((deletion.not_answered(known, "unanswered") - now()).total_seconds()))
    assert pauses[:4] == pytest.approx([10, 30, 90, 270], abs=9)  # the clock goes on meanwhile
    assert pauses == sorted(pauses)
    assert pauses[-1] == pytest.approx(12 * 3600, abs=9)
    assert waiting("deletion.send", notice_id=str(notice_id)) == 1


def test_a_refusal_waits_at_the_desk_and_is_sent_again(outside):
    it, notice_id = withdrawn(outside)
    outside.side.fault("deletion", "refuse")
    assert sends(notice_id) == "refused"
    assert sends(notice_id) == ""  # not without somebody's word
    with zone("desk"):
        (seen,) = [one for one in deletion.queue() if one.id == notice_id]
        assert (seen.code, seen.late, seen.tries) == ("refused", True, 1)
        deletion.again(notice_id)
        assert notice_id not in [one.id for one in deletion.queue()]
    run_jobs(names=("deletion.send",))
    assert of(it.id)[0][2] == "acknowledged"
    with zone("desk"), pytest.raises(NotFound):
        deletion.again(notice_id)


def test_who_never_answers_is_escalated_after_the_term_and_settled_in_writing(outside):
    it, notice_id = withdrawn(outside)
    with zone("desk"):
        assert notice_id not in [one.id for one in deletion.queue()]
    with admin() as database:
        database.execute(
            "UPDATE privacy_deletionnotice SET due_at = now() - interval '1 minute' WHERE id = %s",
            [notice_id],
        )
    with zone("desk"):
        assert notice_id in [one.id for one in deletion.queue()]
        deletion.close(notice_id, by="kefu", note="confirmed by letter")
        assert notice_id not in [one.id for one in deletion.queue()]
        with pytest.raises(NotFound):
            deletion.close(notice_id, by="kefu", note="again")
    assert sends(notice_id) == ""
    assert keys.fetch(notice_id, deletion.KIND) is None
    assert of(it.id) == []


def test_a_recipient_without_an_account_is_the_desks_at_once(outside, monkeypatch):
    _, notice_id = withdrawn(outside)
    monkeypatch.setattr(settings, "COUNTERPARTS", False)
    providers.deletion_desk.cache_clear()
    try:
        assert sends(notice_id) == "waiting"
    finally:
        monkeypatch.undo()
        providers.deletion_desk.cache_clear()
    with zone("desk"):
        assert notice_id in [one.id for one in deletion.queue()]


def test_a_forged_receipt_is_not_taken_by_the_books_either(outside):
    it, notice_id = withdrawn(outside)
    with zone("worker"):
        known = deletion.to_send(notice_id)
        with pytest.raises(deletion_receipts.NotReceived):
            deletion.acknowledged(
                known, '{"receipt": {}, "signature": "AAAA"}', outside.side.keys.deletion.public_of("fapiao")
            )
    assert of(it.id)[0][2] == "waiting"


# ---- erasure ----


def leave(it, tell=services.tell):
    certificate_id = cancellation.request(it.id).certificate_id
    with zone("worker"):
        assert erasure.erase(it.id, tell=tell) == certificate_id
    return certificate_id


def whole(certificate_id):
    text = cancellation.certificate_file(certificate_id)
    body = certificate.verify(text, certificate.public_key())
    return body, json.loads(text).get("receipts") or {}


def test_an_erasure_tells_everyone_and_its_certificate_holds_their_receipts(outside):
    it = live()
    invoiced(it.id, "M-ONE")
    body, later = whole(leave(it))
    assert [(one["recipient"], one["state"]) for one in body["notices"]] == [
        ("fapiao", "acknowledged"),
        ("sf", "acknowledged"),
    ]
    assert later == {}
    signed = certificate.acknowledgements(body, later)
    assert [(name, said.outcome) for name, _, said in signed] == [("fapiao", "deleted"), ("sf", "deleted")]
    assert str(it.id) not in json.dumps(body)
    assert all(str(it.id) not in json.dumps(told(outside, one["id"])) for one in body["notices"])


def test_a_receipt_that_comes_later_stands_beside_the_certificate(outside):
    it = live()
    outside.side.fault("deletion", "http_500", times=3)
    certificate_id = leave(it)
    body, later = whole(certificate_id)
    ((name, notice_id, said),) = certificate.acknowledgements(body, later)
    assert (name, said, body["notices"][0]["state"]) == ("sf", None, "waiting")
    outside.behave()
    run_jobs(names=("deletion.send",), ahead=timedelta(minutes=1))
    after, later = whole(certificate_id)
    assert after == body
    assert later.keys() == {notice_id}
    ((_, _, said),) = certificate.acknowledgements(after, later)
    assert said.outcome == "deleted"


@pytest.mark.parametrize(
    "change",
    [
        lambda receipts, other: receipts[next(iter(receipts))]["receipt"].update(records=9),
        lambda receipts, other: receipts.update(unknown=receipts[next(iter(receipts))]),
        lambda receipts, other: receipts.update({next(iter(receipts)): other}),
    ],
)  # fmt: skip
def test_a_receipt_beside_the_certificate_cannot_be_made_up(outside, change):
    outside.side.fault("deletion", "http_500", times=6)
    first, second = leave(live()), leave(live())
    outside.behave()
    run_jobs(names=("deletion.send",), ahead=timedelta(minutes=1))
    other = next(iter(whole(second)[1].values()))
    text = json.loads(cancellation.certificate_file(first))
    change(text["receipts"], other)
    with pytest.raises(certificate.NotGenuine, match="receipt"):
        certificate.verify(json.dumps(text))


def test_nobody_answering_holds_no_erasure_up(monkeypatch):
    monkeypatch.setattr(settings, "COUNTERPARTS_PORT", free_port())
    providers.deletion_desk.cache_clear()
    try:
        it = live()
        body, _ = whole(leave(it))
    finally:
        providers.deletion_desk.cache_clear()
    assert body["rescan"]["rows_found"] == 0
    ((notice_id, state, code),) = rows(
        "SELECT id::text, state, code FROM privacy_deletionnotice WHERE certificate_id = %s", body["id"]
    )
    assert (state, code) == ("waiting", "unanswered")
    assert waiting("deletion.send", notice_id=notice_id) == 1


def test_the_preview_names_who_will_be_told():
    it = live()
    assert len(deletion.recipients_of(it.id)) == 1


ERASE = """
import sys, uuid, django
django.setup()
from django.conf import settings
settings.COUNTERPARTS_PORT = int(sys.argv[2])
from mingpu.deletion.services import tell
from mingpu.privacy import erasure
erasure.erase(uuid.UUID(sys.argv[1]), tell=tell, step=lambda name: print(name, flush=True))
"""


@pytest.mark.parametrize(
    "point",
    [
        "accounts_contact",
        "orders_consignee",
        "privacy_share",
        "second look",
        "keys",
        "notice",
        "jobs",
        "certificate",
    ],
)
def test_a_process_killed_at_a_point_comes_to_the_same_end_and_tells_nobody_twice(outside, point):
    it = live()
    certificate_id = cancellation.request(it.id).certificate_id
    env = {**os.environ, "MINGPU_ZONE": "worker"}
    call = [sys.executable, "-c", ERASE, str(it.id), str(settings.COUNTERPARTS_PORT)]
    process = subprocess.Popen(call, env=env, stdout=subprocess.PIPE, text=True)
    for line in process.stdout:
        if line.strip() == point:
            break
    time.sleep(0.004)  # into the step
    process.send_signal(signal.SIGKILL)
    process.wait()
    with zone("worker"):
        erasure.erase(it.id, tell=services.tell)
    run_jobs(names=("deletion.send",), ahead=timedelta(minutes=1))
    body, later = whole(certificate_id)
    ((name, notice_id, said),) = certificate.acknowledgements(body, later)
    assert (name, said.outcome, body["rescan"]["rows_found"]) == ("sf", "deleted", 0)
    assert (body["deleted"], body["frozen"], body["keys_destroyed"]) == _expected(outside)
    assert len({one["notice"] for one in told(outside, notice_id)}) == 1
    page = httpx.get(outside.side.address + "/deletion", timeout=10).text
    assert page.count(notice_id) == 1
    assert rows("SELECT count(*) FROM privacy_deletionnotice WHERE certificate_id = %s", certificate_id) == [
        (1,)
    ]


_known: list[tuple] = []


def _expected(outside):
    if not _known:
        body, _ = whole(leave(live()))
        _known.append((body["deleted"], body["frozen"], body["keys_destroyed"]))
    return _known[0]


def test_an_account_of_many_messages_is_told_of_in_pieces(monkeypatch):
    monkeypatch.setattr(deletion, "MOST", 2)
    it = live()
    invoiced(it.id, "M-1", "M-2", "M-3", "M-4", "M-5")
    consent.give(it.id, "invoicing", False, "en")
    assert len(of(it.id)) == 3


def test_no_notice_of_another_is_seen():
    one, other = live(), live()
    assert {it.id for it in deletion.of_person(one.id)}.isdisjoint(
        {it.id for it in deletion.of_person(other.id)}
    )
    assert deletion.of_person(uuid4()) == ()
