"""Incidents: four hours, counts before persons, two people, everybody told once, whatever breaks in between."""

import json
import logging
import secrets
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import psycopg
import pytest

from mingpu.accounts.models import Contact
from mingpu.accounts.queries import email_index
from mingpu.adapters.calls import CallFailed
from mingpu.governance.errors import AlreadyDecided, NotOpen, SamePerson
from mingpu.governance.queries import incident_of, incidents, notices_of, notices_told
from mingpu.governance.rules import REPORT_HOURS
from mingpu.governance.services import (
    Account,
    amend,
    approve_list,
    ask_list,
    close_incident,
    count_impact,
    list_persons,
    look_at_clock,
    mark_reported,
    open_incident,
    send_notice,
)
from mingpu.governance.services import incidents as verbs
from mingpu.governance.wording import authority_text, told
from mingpu.lib.errors import Invalid, NotFound
from mingpu.privacy.matrix import login
from mingpu.privacy.purposes import Purpose, acting, processing
from mingpu.privacy.register import REGISTER
from mingpu.privacy.sharing import records_of
from tests.adapters.conftest import until
from tests.factories import make_person
from tests.jobs import run_jobs, waiting
from tests.people import from_owner
from tests.support import zone


def account(staff, **changes):
    """An incident: one member of staff looked where they should not have."""
    filled = {
        "level": "larger", "what": "一名客服越权查看了顾客资料", "kinds": "手机号", "cause": "账号外借", "harm": "可能接到骚扰电话",
        "measures": "已停用该账号；请留意陌生来电", "since": datetime.now(UTC) - timedelta(hours=1),
        "until": datetime.now(UTC) + timedelta(hours=1), "purposes": ("service",), "actor": staff,
    }  # fmt: skip
    return Account(**{**filled, **changes})


@pytest.fixture
def happened(outside):
    """Three people looked at by somebody, one of them twice, and one who was not."""
    staff = f"kf{secrets.token_hex(8)}"
    people = [make_person() for _ in range(4)]
    with zone("desk"), acting("staff", staff):
        for it in (*people[:3], people[0]):
            with processing(Purpose.SERVICE, subject=it.id, reference="C1"):
                pass
        number = open_incident(account(staff), noticed_at=datetime.now(UTC), by="xiaoan")
    return number, staff, people


def counted_and_approved(number):
    with zone("desk"):
        count_impact(number)
        ask_list(number, by="xiaoan")
        approve_list(number, by="zhuguan")


def view(number):
    with zone("desk"):
        return incident_of(number)


# ---- whom it touched ----


def test_counts_come_first_and_by_purpose_and_actor(happened):
    number, staff, _ = happened
    with zone("desk"):
        assert count_impact(number) == 3
    it = view(number)
    assert it.persons == 3
    [row] = it.impact
    assert row == {"purpose": "service", "actor_kind": "staff", "actor": staff, "uses": 4, "persons": 3}


@pytest.mark.parametrize(
    ("changes", "persons"),
    [
        ({"purposes": ()}, 3),
        ({"purposes": ("delivery", "service")}, 3),
        ({"purposes": ("delivery",)}, 0),
        ({"actor": "nobody"}, 0),
        ({"until": datetime(2026, 1, 2, tzinfo=UTC), "since": datetime(2026, 1, 1, tzinfo=UTC)}, 0),
    ],
)
def test_only_what_it_is_about_is_counted(happened, changes, persons):
    number, staff, _ = happened
    with zone("desk"):
        amend(number, account(staff, **changes))
        assert view(number).persons is None
        assert count_impact(number) == persons


def test_persons_are_nobodys_before_a_second_person_approved(happened):
    number, _, people = happened

    def got():
        with login("desk") as database, database.transaction(force_rollback=True):
            database.execute("SET LOCAL ROLE purpose_impact")
            query = "SELECT mingpu.impact_persons(%s, %s, 100)"
            return {row[0] for row in database.execute(query, [number, UUID(int=0)]).fetchall()}

    with zone("desk"):
        with pytest.raises(NotOpen):
            ask_list(number, by="xiaoan")
        count_impact(number)
        with pytest.raises(NotOpen):
            approve_list(number, by="zhuguan")
        ask_list(number, by="xiaoan")
    assert got() == set()
    with zone("desk"), pytest.raises(SamePerson):
        approve_list(number, by="xiaoan")
    with pytest.raises(psycopg.errors.CheckViolation):
        from_owner("UPDATE governance_incident SET approved_by = asked_by WHERE incident_no = %s", [number])
    assert got() == set()
    with zone("desk"):
        approve_list(number, by="zhuguan")
        with pytest.raises(AlreadyDecided):
            approve_list(number, by="zhuguan")
    assert got() == {it.id for it in people[:3]}


def test_the_purpose_reads_no_line_of_the_record_itself():
    with login("desk") as database:
        for query in ("SELECT subject FROM privacy_accesslog", "SELECT person_id FROM governance_notice", "SELECT text_zh FROM governance_notice"):  # fmt: skip
            with database.transaction(force_rollback=True):
                database.execute("SET LOCAL ROLE purpose_impact")
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    database.execute(query)


# ---- telling ----


def test_everybody_it_touched_is_told_once_by_phone_and_mail(happened):
    number, _, people = happened
    mail = f"{secrets.token_hex(4)}@example.com"
    with processing(Purpose.PROFILE, subject=people[1].id):
        Contact.objects.filter(person_id=people[1].id).update(email=mail, email_index=email_index(mail))
    counted_and_approved(number)
    run_jobs(names=("governance.list_persons", "governance.send_notice"))
    with zone("desk"):
        assert notices_told(number) == (3, 3)
    for it in people[:3]:
        [said] = notices_of(it.id)
        for words in (
            "越权查看",
            "手机号",
            "账号外借",
            "骚扰",
            "停用",
            REGISTER.operator["contact"].zh,
            number,
        ):
            assert words in said.text.zh
        assert said.channel == ("sms+email" if it is people[1] else "sms")
    assert notices_of(people[3].id) == []
    shares = [it for it in records_of(people[1].id) if it.purpose == "notice"]
    assert [it.recipient for it in shares] == ["mail_gateway", "sms_gateway"] or [
        it.recipient for it in shares
    ] == ["sms_gateway", "mail_gateway"]
    run_jobs(names=("governance.list_persons", "governance.send_notice"))
    assert len([it for it in records_of(people[1].id) if it.purpose == "notice"]) == 2


def test_the_message_arrives_and_says_no_more_than_it_must(happened, outside):
    number, _, people = happened
    counted_and_approved(number)
    run_jobs(names=("governance.list_persons", "governance.send_notice"))
    inbox = until(lambda: outside.side.get("/inbox", to=people[0].phone))
    assert "隐私中心" in inbox[-1]["text"]
    assert "越权" not in inbox[-1]["text"]


def test_listing_goes_on_where_it_broke_off(happened, monkeypatch):
    number, _, people = happened
    counted_and_approved(number)
    monkeypatch.setattr(verbs, "PIECE", 1)
    order = sorted(it.id for it in people[:3])
    with zone("worker"):
        assert list_persons(number, beyond=order[0]) == 2
        assert list_persons(number) == 1
        assert list_persons(number) == 0
    assert view(number).listed_at is not None
    with zone("desk"):
        assert notices_told(number)[0] == 3


def test_a_notice_that_could_not_be_sent_is_sent_later_and_recorded_once(happened, outside):
    number, _, people = happened
    counted_and_approved(number)
    with zone("worker"):
        list_persons(number)
    [(notice_id,)] = from_owner("SELECT id FROM governance_notice WHERE person_id = %s", [people[0].id])

    for _ in range(2):
        outside.side.fault("sms", "http_500")
        with zone("worker"), pytest.raises(CallFailed):
            send_notice(person_id=people[0].id, notice_id=notice_id)
    assert notices_of(people[0].id)[0].sent_at is None
    with zone("worker"):
        assert send_notice(person_id=people[0].id, notice_id=notice_id)
        assert not send_notice(person_id=people[0].id, notice_id=notice_id)
    assert len([it for it in records_of(people[0].id) if it.purpose == "notice"]) == 1


def test_somebody_who_is_gone_is_not_looked_for(happened):
    number, _, _ = happened
    nobody = uuid4()
    with zone("worker"):
        assert not send_notice(person_id=nobody, notice_id=uuid4())
    assert number


# ---- the clock ----


def test_the_clock_is_a_job_four_hours_after_it_was_noticed(happened):
    number, *_ = happened
    it = view(number)
    assert it.report_due_at - it.noticed_at == REPORT_HOURS
    assert waiting("governance.clock", incident_no=number) == 1
    assert not it.overdue
    assert it.left_minutes in {238, 239}
    with zone("worker"):
        assert not look_at_clock(number)


def test_too_late_is_said_loudly_and_shown_first(happened, caplog):
    number, staff, _ = happened
    with zone("desk"):
        late = open_incident(account(staff), noticed_at=datetime.now(UTC) - timedelta(hours=5), by="x")
    with zone("worker"), caplog.at_level(logging.CRITICAL):
        assert look_at_clock(late)
        assert look_at_clock(late)
    assert late in caplog.text
    assert staff not in caplog.text
    with zone("desk"):
        listed = [it.incident_no for it in incidents()]
    assert listed.index(late) < listed.index(number)
    assert view(late).overdue
    with zone("desk"):
        mark_reported(late, reference="网信办回执 7", by="xiaoan")
    with zone("worker"):
        assert not look_at_clock(late)
    assert not view(late).overdue


def test_the_report_says_what_the_law_asks_and_is_marked_by_a_person(happened):
    number, *_ = happened
    with zone("desk"):
        count_impact(number)
        text = authority_text(told(view(number)))
        for words in (
            "一名客服",
            "手机号",
            "3 人",
            "账号外借",
            "骚扰",
            "停用",
            "较大",
            REGISTER.operator["contact"].zh,
        ):
            assert words in text
        with pytest.raises(Invalid):
            mark_reported(number, reference=" ", by="xiaoan")
        with pytest.raises(NotOpen):
            close_incident(number, by="xiaoan")
        mark_reported(number, reference="回执 1", by="xiaoan")
        with pytest.raises(AlreadyDecided):
            mark_reported(number, reference="回执 2", by="xiaoan")
        close_incident(number, by="xiaoan")
        with pytest.raises(AlreadyDecided):
            close_incident(number, by="xiaoan")
        with pytest.raises(AlreadyDecided):
            amend(number, account("x"))
    with pytest.raises(psycopg.errors.CheckViolation):
        from_owner("UPDATE governance_incident SET report_ref = '' WHERE incident_no = %s", [number])


@pytest.mark.parametrize(
    "changes",
    [{"level": "tiny"}, {"what": " "}, {"kinds": ""}, {"since": datetime(2030, 1, 1, tzinfo=UTC)}],
)
def test_an_account_is_whole(changes):
    with zone("desk"), pytest.raises(Invalid):
        open_incident(account("x", **changes), noticed_at=datetime.now(UTC), by="x")


def test_an_unknown_one_is_not_there():
    with zone("desk"):
        for verb in (count_impact, lambda it: ask_list(it, by="x"), incident_of):
            with pytest.raises(NotFound):
                verb("INOBODY")


def test_notices_hold_no_word_of_a_person(happened):
    number, staff, people = happened
    counted_and_approved(number)
    with zone("worker"):
        list_persons(number)
    rows = from_owner("SELECT text_zh, text_en FROM governance_notice WHERE incident_no = %s", [number])
    assert len(set(rows)) == 1
    assert staff not in json.dumps(rows)
    assert people[0].phone not in json.dumps(rows)
