"""Close relatives of the dead: answered alike, decided by two, announced, stopped by a life sign; what the dead arranged goes first."""

import io
import zipfile
from datetime import timedelta
from uuid import UUID

import pytest

from mingpu.accounts.errors import BadField, TooMany
from mingpu.accounts.services.sessions import open_session
from mingpu.lib.errors import Invalid, NotFound
from mingpu.privacy import export, keys, retention
from mingpu.privacy.cancellation import state_of
from mingpu.privacy.purposes import Purpose, processing
from mingpu.rights.errors import ReasonNeeded, SameHands, WrongState
from mingpu.rights.queries import case_of, desk_kin, queue, requests_of
from mingpu.rights.services import (
    approve_kin,
    ask_as_kin,
    kin_copy,
    kin_status,
    refuse_kin,
    set_wish,
    take_effect,
    warn_account,
    wish_of,
)
from tests.factories import make_person
from tests.jobs import waiting
from tests.people import from_owner, network
from tests.support import zone

TOLD = {
    "applicant": "林晚秋", "relation": "女儿", "documents": "死亡证明、户口簿", "words": "想留作纪念", "phone": "13800000042",
}  # fmt: skip


@pytest.fixture
def dead():
    it = make_person()
    from_owner(
        "UPDATE accounts_session SET created_at = now() - interval '90 days' WHERE person_id = %s", [it.id]
    )
    return it


def asked(dead, wanted="copy", **more):
    return ask_as_kin(wanted=wanted, address=network(), **{**TOLD, "about": dead.phone[3:], **more})


def at_desk(verb, **more):
    with zone("desk"):
        return verb(**more)


def agreed(no):
    at_desk(approve_kin, no=no, staff="kf1")
    at_desk(approve_kin, no=no, staff="kf2")
    with zone("desk"):
        return case_of(no)


def effect(case_id):
    with zone("worker"):
        take_effect(case_id=case_id)


def test_two_agree_a_week_passes_and_the_copy_is_there(dead):
    no, token = asked(dead)
    assert kin_status(token)["state"] == "received"
    case_id = agreed(no)
    it = kin_status(token)
    assert it["state"] == "approved"
    assert timedelta(days=6.9) < it["effect_at"] - it["opened_at"] < timedelta(days=7.1)
    assert waiting("rights.kin_effect", case_id=str(case_id)) == 1
    effect(case_id)
    it = kin_status(token)
    assert (it["state"], it["has_copy"]) == ("granted", True)
    ((export_id,),) = from_owner("SELECT export_id FROM rights_kin WHERE no = %s", [no])
    with zone("worker"):
        export.make(dead.id, export_id)
    names = zipfile.ZipFile(io.BytesIO(kin_copy(token))).namelist()
    assert "json/accounts_profile.json" in names
    from_owner("UPDATE rights_kin SET closed_at = now() - interval '4 days' WHERE no = %s", [no])
    assert not kin_status(token)["has_copy"]
    with pytest.raises(NotFound):
        kin_copy(token)


def test_nobody_can_tell_whether_there_is_such_an_account(dead):
    known, unknown = asked(dead), asked(dead, about="13900000000")
    nonsense = asked(dead, about="'; DROP TABLE x --")
    shapes = [{name: type(value) for name, value in kin_status(token).items() if name != "no"} for _, token in (known, unknown, nonsense)]  # fmt: skip
    assert shapes[0] == shapes[1] == shapes[2]
    sizes = from_owner("SELECT octet_length(account) IS NOT NULL FROM rights_kin WHERE no = ANY(%s)", [[known[0], unknown[0], nonsense[0]]])  # fmt: skip
    assert {it for (it,) in sizes} == {True}
    effect(agreed(unknown[0]))
    assert kin_status(unknown[1])["state"] == "refused"


def test_the_same_door_opens_only_so_often():
    address = network()
    for _ in range(5):
        ask_as_kin(wanted="copy", address=address, about="13900000001", **TOLD)
    with pytest.raises(TooMany):
        ask_as_kin(wanted="copy", address=address, about="13900000001", **TOLD)
    ask_as_kin(wanted="copy", address=network(), about="13900000001", **TOLD)


def test_one_member_of_staff_is_not_two(dead):
    no, token = asked(dead)
    at_desk(approve_kin, no=no, staff="kf1")
    with pytest.raises(SameHands):
        at_desk(approve_kin, no=no, staff="kf1")
    assert kin_status(token)["state"] == "approved_once"
    ((effect_at,),) = from_owner("SELECT effect_at FROM rights_kin WHERE no = %s", [no])
    assert effect_at is None
    with pytest.raises(Exception, match="kin_by_two"):
        from_owner("UPDATE rights_kin SET second_by = first_by WHERE no = %s", [no])


@pytest.mark.parametrize(
    ("choice", "contact", "wanted", "outcome"),
    [
        ("", "", "copy", "granted"), ("", "", "delete", "granted"), ("", "", "correct", "granted"),
        ("nobody", "", "copy", "refused"), ("nobody", "", "delete", "refused"), ("delete", "", "copy", "refused"),
        ("delete", "", "delete", "granted"), ("contact", "林晚秋", "copy", "granted"), ("contact", "别人", "copy", "refused"),
        ("contact", "别人", "delete", "refused"),
    ],
    ids=[f"wish{n}" for n in range(10)],
)  # fmt: skip
def test_what_the_dead_arranged_goes_first(dead, choice, contact, wanted, outcome):
    set_wish(person_id=dead.id, choice=choice, contact=contact)
    no, token = asked(dead, wanted=wanted)
    effect(agreed(no))
    it = kin_status(token)
    assert it["state"] == outcome
    assert bool(it["reason_label"]) == (outcome == "refused")
    gone = state_of(dead.id).state == "cooling_off"
    assert gone == (outcome == "granted" and wanted == "delete")
    assert (requests_of(dead.id).total == 1) == (outcome == "granted" and wanted == "correct")


def test_somebody_who_signs_in_meanwhile_is_alive(dead):
    no, token = asked(dead, wanted="delete")
    case_id = agreed(no)
    with processing(Purpose.IDENTITY_CHECK, subject=dead.id):
        open_session(dead.id, "api", by="opening", familiar=True)
    effect(case_id)
    assert kin_status(token)["state"] == "refused"
    assert state_of(dead.id).state == "active"


def test_word_goes_to_the_account_and_to_nobody_where_there_is_none(outside, dead):
    for about, jobs in ((dead.phone[3:], 1), ("13900000002", 0)):
        no, _ = asked(dead, about=about)
        case_id = agreed(no)
        assert waiting("rights.kin_warn", case_id=str(case_id)) == 1
        before = waiting("notices.tell", kind="kin")
        with zone("worker"):
            warn_account(case_id=case_id)
        assert waiting("notices.tell", kind="kin") - before == jobs


def test_it_takes_effect_once_and_only_after_two_yeses(dead):
    no, token = asked(dead)
    with zone("desk"):
        case_id = case_of(no)
    effect(case_id)
    assert kin_status(token)["state"] == "received"
    agreed(no)
    effect(case_id)
    effect(case_id)
    assert from_owner("SELECT count(*) FROM privacy_export WHERE person_id = %s", [dead.id]) == [(1,)]


def test_a_no_has_a_reason_and_ends_it(dead):
    no, token = asked(dead)
    with pytest.raises(ReasonNeeded):
        at_desk(refuse_kin, no=no, staff="kf1", reason="because")
    at_desk(refuse_kin, no=no, staff="kf1", reason="documents")
    assert kin_status(token)["reason_label"]
    for again in (lambda: at_desk(approve_kin, no=no, staff="kf2"), lambda: at_desk(refuse_kin, no=no, staff="kf2", reason="documents")):  # fmt: skip
        with pytest.raises(WrongState):
            again()


def test_staff_see_what_they_need_masked_and_the_queue_no_one(dead):
    no, _ = asked(dead)
    it = at_desk(desk_kin, no=no)
    assert (it["documents"], it["relation"], it["account"]) == (TOLD["documents"], "女儿", True)
    whole = str(it)
    assert "林晚秋" not in whole
    assert TOLD["phone"] not in whole
    assert dead.phone[3:] not in whole
    row = next(row for row in at_desk(queue) if row["no"] == no)
    assert row["kin"]
    assert not {"applicant", "phone", "account", "case_id"} & row.keys()


def test_it_is_sealed_by_its_own_key_and_goes_with_it(dead):
    no, token = asked(dead)
    with zone("desk"):
        case_id = case_of(no)
    ((applicant, account),) = from_owner("SELECT applicant, account FROM rights_kin WHERE no = %s", [no])
    assert "林".encode() not in bytes(applicant)
    assert str(dead.id).encode() not in bytes(account)
    assert from_owner("SELECT count(*) FROM rights_kin WHERE case_id = %s", [dead.id]) == [(0,)]
    assert keys.fetch(case_id, "account")
    at_desk(refuse_kin, no=no, staff="kf1", reason="documents")
    from_owner("UPDATE rights_kin SET closed_at = now() - interval '31 days' WHERE no = %s", [no])
    with zone("worker"):
        retention.clear()
    assert keys.fetch(case_id, "account") is None
    with pytest.raises(NotFound):
        kin_status(token)


@pytest.mark.parametrize("token", ["", "x", "0" * 100])
def test_a_token_that_is_not_good_shows_nothing(token):
    for ask in (kin_status, kin_copy):
        with pytest.raises(NotFound):
            ask(token)
    with zone("desk"), pytest.raises(NotFound):
        case_of(token)


@pytest.mark.parametrize("missing", ["applicant", "relation", "documents", "phone", "wanted"])
def test_what_is_needed_is_asked_for(missing):
    told = {**TOLD, "about": "13900000003", "wanted": "copy", missing: ""}
    with pytest.raises((Invalid, BadField)):
        ask_as_kin(address=network(), **told)


def test_a_wish_is_made_and_taken_back(buyer):
    assert wish_of(buyer.id) == ("", "")
    set_wish(person_id=buyer.id, choice="contact", contact=" 林晚秋 ")
    assert wish_of(buyer.id) == ("contact", "林晚秋")
    set_wish(person_id=buyer.id, choice="nobody", contact="林晚秋")
    assert wish_of(buyer.id) == ("nobody", "")
    for choice, contact in (("contact", " "), ("everybody", "")):
        with pytest.raises(Invalid):
            set_wish(person_id=buyer.id, choice=choice, contact=contact)
    set_wish(person_id=buyer.id, choice="")
    assert wish_of(buyer.id) == ("", "")
    assert isinstance(buyer.id, UUID)
