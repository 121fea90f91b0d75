"""Telling somebody: the list, mail and text message, what they switched off, the night, and whose it is."""

import json
import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, ProgrammingError

from mingpu.accounts.models import Recovery
from mingpu.accounts.services import warn
from mingpu.adapters.sms import TEMPLATES
from mingpu.lib.clock import now
from mingpu.lib.errors import NotFound
from mingpu.notices import services
from mingpu.notices.errors import BadChoice
from mingpu.notices.kinds import APP, MAIL, SMS
from mingpu.notices.models import Notice
from mingpu.notices.queries import MOST_COUNTED, notice_of, notices_of, preferences_of, unread_of
from mingpu.notices.services import choose, delete, read, read_all, send, tell
from mingpu.privacy.purposes import Purpose, processing
from mingpu.privacy.uses import shares_of
from tests.factories import make_person
from tests.jobs import run_jobs, waiting
from tests.notices.people import AWAKE, told, with_mail
from tests.people import from_owner, messages
from tests.statements import counted
from tests.support import zone


def test_a_notice_stands_in_the_list_until_it_is_deleted():
    buyer = make_person()
    tell(person_id=buyer.id, kind="order_paid", about="M-1")
    listing = notices_of(buyer.id)
    assert (listing.total, listing.unread) == (1, 1)
    [it] = listing.items
    assert (it.kind, it.group, it.page, it.about, it.read, it.days_left) == (
        "order_paid", "orders", "order", "M-1", False, 179,
    )  # fmt: skip
    read(person_id=buyer.id, notice_id=it.id)
    assert unread_of(buyer.id) == 0
    assert notice_of(buyer.id, it.id).read
    read(person_id=buyer.id, notice_id=it.id, read=False)
    assert notices_of(buyer.id, unread=True).total == 1
    delete(person_id=buyer.id, notice_id=it.id)
    assert notices_of(buyer.id).items == []
    with pytest.raises(NotFound):
        delete(person_id=buyer.id, notice_id=it.id)


def test_the_same_matter_is_told_once_and_another_again():
    buyer = make_person()
    for about, mark in (("M-1", ""), ("M-1", ""), ("M-1", "R-1"), ("M-1", "R-1"), ("M-2", "")):
        tell(person_id=buyer.id, kind="refund_done", about=about, mark=mark)
    assert told(buyer) == {
        ("refund_done", "M-1", ""),
        ("refund_done", "M-1", "R-1"),
        ("refund_done", "M-2", ""),
    }
    assert notices_of(buyer.id).total == 3
    with pytest.raises(IntegrityError), processing(Purpose.TELLING, subject=buyer.id):
        Notice.objects.create(person_id=buyer.id, kind="refund_done", about="M-2", at=now())


def test_pages_and_the_bell_ask_a_fixed_number_of_questions():
    few, many = make_person(), make_person()
    tell(person_id=few.id, kind="order_paid", about="M-0")
    for number in range(45):
        tell(person_id=many.id, kind="order_paid", about=f"M-{number}")
    for person in (few, many):
        with counted() as asked:
            notices_of(person.id)
        assert len(asked) == 3
        with counted() as asked:
            unread_of(person.id)
        assert len(asked) == 1
    third = notices_of(many.id, page=3)
    assert (third.total, len(third.items), third.page, third.page_size) == (45, 5, 3, 20)
    seen = [it.id for page in (1, 2, 3) for it in notices_of(many.id, page=page).items]
    assert len(set(seen)) == 45
    assert read_all(person_id=many.id) == 45
    assert unread_of(many.id) == 0


def test_the_bell_stops_counting():
    buyer = make_person()
    with processing(Purpose.TELLING, subject=buyer.id):
        rows = [
            Notice(person_id=buyer.id, kind="order_paid", about=str(it), at=now())
            for it in range(MOST_COUNTED + 5)
        ]
        Notice.objects.bulk_create(rows)
    assert unread_of(buyer.id) == MOST_COUNTED
    plan = from_owner(
        "EXPLAIN SELECT id FROM notices_notice WHERE person_id = %s AND read_at IS NULL LIMIT 100", [buyer.id]
    )
    assert "notice_unread" in str(plan) or "Index" in str(plan)


def test_anothers_notice_is_not_there():
    buyer, other = make_person(), make_person()
    tell(person_id=buyer.id, kind="order_paid", about="M-1")
    [it] = notices_of(buyer.id).items
    for verb in (read, delete):
        with pytest.raises(NotFound):
            verb(person_id=other.id, notice_id=it.id)
    with pytest.raises(NotFound):
        notice_of(other.id, it.id)
    assert read_all(person_id=other.id) == 0
    assert notices_of(buyer.id).unread == 1
    with pytest.raises(NotFound):
        read(person_id=buyer.id, notice_id=uuid4())


def test_only_their_purpose_reads_them():
    buyer = make_person()
    tell(person_id=buyer.id, kind="order_paid", about="M-1")
    for purpose in (Purpose.ORDERING, Purpose.MARKETING, Purpose.PROFILE):
        with pytest.raises(ProgrammingError), processing(purpose, subject=buyer.id):
            Notice.objects.count()
    with processing(Purpose.TELLING, subject=make_person().id):
        assert Notice.objects.count() == 0


# ---- mail and text message ----


def test_word_of_security_goes_every_way_at_any_hour_and_cannot_be_switched_off(outside):
    buyer = with_mail()
    every_hour(buyer)
    for channel in (APP, MAIL, SMS):
        with pytest.raises(BadChoice):
            choose(person_id=buyer.id, choices={("export", channel): False})
    with processing(Purpose.RIGHTS, subject=buyer.id):
        warn(buyer.id, "notice_export", "en")
    assert run_jobs(buyer.id, names=("notices.tell", "notices.send")) == [
        "notices.tell",
        "notices.send",
        "notices.send",
    ]
    assert told(buyer) == {("export", "", "")}
    [mail] = messages(buyer.email)
    assert "A copy of your data was just asked for" in mail["text"]
    assert "cannot be switched off" in mail["text"]
    [text] = messages(buyer.phone.removeprefix("+86"))
    assert "A copy of your data was just asked for" in text["text"]
    shared = {(it.recipient, it.purpose) for it in shares_of(buyer.id).items}
    assert shared == {("mail_gateway", "telling"), ("sms_gateway", "telling")}


def test_a_recovery_is_told_every_way_at_night_too_and_what_stops_it_is_in_the_mail_alone(outside):
    buyer = with_mail()
    every_hour(buyer)
    with processing(Purpose.IDENTITY_CHECK, subject=buyer.id):
        Recovery.objects.create(
            person_id=buyer.id, state="waiting", stop_hash=b"x", password_hash="", lifts=False, asked_at=now(),
            due_at=now() + timedelta(hours=72),
        )  # fmt: skip
        warn(buyer.id, "notice_recovery", "en")
    run_jobs(buyer.id, names=("notices.tell", "notices.send"))
    assert told(buyer) == {("recovery", "", "")}
    [it] = notices_of(buyer.id).items
    assert it.page == "recovery"
    [mail], [text] = messages(buyer.email), messages(buyer.phone.removeprefix("+86"))
    assert "it holds in 72 hours" in text["text"]
    (token,) = re.findall(r"/recover/stop\?token=(\w+)", mail["text"])
    shares = shares_of(buyer.id).items
    assert {(it.recipient, it.purpose) for it in shares} == {
        ("mail_gateway", "telling"), ("sms_gateway", "telling"),
    }  # fmt: skip
    assert not any(token in json.dumps(it.payload) for it in shares), (
        "the person's record is read by thieves too"
    )


def test_a_recovery_that_was_stopped_before_the_mail_left_has_nothing_to_stop(outside):
    buyer = with_mail()
    with processing(Purpose.RIGHTS, subject=buyer.id):
        warn(buyer.id, "notice_recovery", "zh-hans")
    run_jobs(buyer.id, names=("notices.tell", "notices.send"))
    [mail] = messages(buyer.email)
    assert "recover/stop" not in mail["text"]


def test_what_leaves_names_no_order_and_is_what_the_ledger_holds(outside):
    buyer = with_mail()
    choose(person_id=buyer.id, choices={("order_shipped", SMS): True}, **AWAKE)
    tell(person_id=buyer.id, kind="order_shipped", about="M-THE-ORDER")
    run_jobs(buyer.id, names=("notices.send",))
    [mail], [text] = messages(buyer.email), messages(buyer.phone.removeprefix("+86"))
    for message in (mail, text):
        assert "M-THE-ORDER" not in json.dumps(message, ensure_ascii=False)
    payloads = {it.recipient: it.payload for it in shares_of(buyer.id).items}
    assert set(payloads["mail_gateway"]) == {"to", "subject", "text", "message_id"}
    assert payloads["mail_gateway"]["text"].splitlines()[0] in mail["text"]
    assert set(payloads["sms_gateway"]) == {
        "PhoneNumbers",
        "SignName",
        "TemplateCode",
        "TemplateParam",
        "OutId",
    }
    assert payloads["sms_gateway"]["TemplateParam"] == "{}"
    assert "M-THE-ORDER" not in json.dumps(payloads)


def test_a_message_without_approved_words_is_given_up_at_once_and_the_log_says_so(
    outside, monkeypatch, caplog
):
    buyer = make_person()
    monkeypatch.delitem(TEMPLATES, "notice_export")
    with processing(Purpose.RIGHTS, subject=buyer.id):
        warn(buyer.id, "notice_export", "en")
    assert run_jobs(buyer.id, names=("notices.tell", "notices.send")).count("notices.send") == 2
    assert "export sms bad_template" in caplog.text
    assert shares_of(buyer.id).items == []
    assert told(buyer) == {("export", "", "")}


def test_without_an_address_nothing_leaves(outside):
    buyer = make_person()
    choose(person_id=buyer.id, **AWAKE)
    tell(person_id=buyer.id, kind="order_paid", about="M-1")
    run_jobs(buyer.id, names=("notices.send",))
    assert shares_of(buyer.id).items == []
    assert notices_of(buyer.id).total == 1


def test_what_is_switched_off_goes_nowhere_also_when_it_waited(outside):
    buyer = with_mail()
    choose(person_id=buyer.id, choices={("order_paid", APP): False, ("order_paid", MAIL): False}, **AWAKE)
    tell(person_id=buyer.id, kind="order_paid", about="M-1")
    assert told(buyer) == set()
    assert waiting("notices.send", person_id=str(buyer.id)) == 0
    tell(person_id=buyer.id, kind="order_delivered", about="M-1")
    assert waiting("notices.send", person_id=str(buyer.id)) == 1
    choose(person_id=buyer.id, choices={("order_delivered", MAIL): False})
    run_jobs(buyer.id, names=("notices.send",))
    assert shares_of(buyer.id).items == []


def every_hour(buyer):
    """Make all hours but the last minute of the day quiet."""
    choose(person_id=buyer.id, quiet_from=0, quiet_to=1439, zone="Asia/Shanghai")


def test_the_rest_waits_for_the_morning_as_a_row(outside, monkeypatch):
    noon = now().replace(hour=4, minute=0)  # in Shanghai
    monkeypatch.setattr(services, "now", lambda: noon)
    buyer = with_mail()
    every_hour(buyer)
    tell(person_id=buyer.id, kind="order_paid", about="M-1")
    assert notices_of(buyer.id).total == 1  # in the mall at once
    due = [row[0] for row in from_owner(
        "SELECT scheduled_at FROM procrastinate_jobs WHERE task_name = 'notices.send' AND args->>'person_id' = %s",
        [str(buyer.id)],
    )]  # fmt: skip
    assert due == [(noon + timedelta(hours=11, minutes=59)).replace(second=0, microsecond=0)]


def test_what_is_taken_up_at_night_waits_again(outside, monkeypatch):
    noon = now().replace(hour=4, minute=0)
    monkeypatch.setattr(services, "now", lambda: noon)
    buyer = with_mail()
    every_hour(buyer)
    with zone("worker"):
        send(person_id=buyer.id, kind="order_paid", channel=MAIL, language="en", reference=uuid4().hex)
    assert waiting("notices.send", person_id=str(buyer.id)) == 1
    assert shares_of(buyer.id).items == []


def test_the_language_they_chose_or_the_one_they_spoke(outside):
    buyer = with_mail()
    choose(person_id=buyer.id, language="en", **AWAKE)
    tell(person_id=buyer.id, kind="order_paid", about="M-1")
    tell(person_id=buyer.id, kind="order_paid", about="M-2", language="zh-hans")
    run_jobs(buyer.id, names=("notices.send",))
    texts = " ".join(it["text"] for it in messages(buyer.email, 2))
    assert "is paid and being packed" in texts
    assert "已付款" in texts


# ---- preferences ----


def test_preferences_start_as_the_table_and_keep_what_was_said():
    buyer = make_person()
    before = preferences_of(buyer.id)
    assert (before.quiet_from, before.quiet_to, before.zone, before.language) == (
        1320,
        480,
        "Asia/Shanghai",
        "zh-hans",
    )
    choose(person_id=buyer.id, choices={("order_paid", MAIL): False, ("order_shipped", SMS): True})
    choose(person_id=buyer.id, quiet_from=0, quiet_to=0, zone="Europe/Berlin", language="en")
    after = preferences_of(buyer.id)
    ways = {(row.kind.code, way.channel): way.on for row in after.rows for way in row.ways}
    assert (ways["order_paid", MAIL], ways["order_shipped", SMS], ways["order_paid", APP]) == (
        False,
        True,
        True,
    )
    assert (after.quiet_from, after.quiet_to, after.zone, after.language) == (0, 0, "Europe/Berlin", "en")
    assert preferences_of(make_person().id) == before


@pytest.mark.parametrize(
    "wrong",
    [
        {"quiet_from": -1}, {"quiet_to": 1440}, {"zone": "Mars/Olympus"}, {"language": "tlh"},
        {"choices": {("order_paid", "fax"): True}}, {"choices": {("kin", SMS): False}},
    ],
    ids=["from", "to", "zone", "language", "channel", "security"],
)  # fmt: skip
def test_what_cannot_be_set_changes_nothing(wrong):
    buyer = make_person()
    before = preferences_of(buyer.id)
    with pytest.raises(BadChoice):
        choose(person_id=buyer.id, **{"quiet_from": 60, **wrong})
    assert preferences_of(buyer.id) == before


def test_an_unknown_warning_is_a_mistake_of_ours():
    with pytest.raises(ValueError, match="notice_nothing"):
        warn(uuid4(), "notice_nothing", "en")
