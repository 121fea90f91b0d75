"""A request: asked, taken, answered in time, every step seen by its person and by nobody else."""

import itertools
import logging
from datetime import timedelta
from uuid import uuid4

import pytest

from mingpu.lib.clock import now
from mingpu.lib.errors import NotFound
from mingpu.privacy.purposes import acting
from mingpu.privacy.uses import uses_of
from mingpu.rights import rules
from mingpu.rights.errors import EnoughRequests, NothingAbout, ReasonNeeded, WrongState
from mingpu.rights.queries import about_label, desk_request, queue, request_of, requests_of
from mingpu.rights.services import accept, answer, ask, close_old, remind, take, withdraw
from tests.factories import make_person
from tests.jobs import run_jobs, waiting
from tests.people import from_owner
from tests.support import zone


def asked(buyer, **more):
    return ask(
        person_id=buyer.id, **{"kind": "object", "about": "purpose:delivery", "words": "不想要", **more}
    )


def at_desk(verb, **more):
    with zone("desk"), acting("staff", "kf1"):
        return verb(**more)


def test_a_request_goes_its_way_and_its_person_sees_each_step(buyer):
    no = asked(buyer)
    it = request_of(buyer.id, no)
    assert (it.state, it.words, it.about_label, it.days_left, it.overdue) == (
        "received",
        "不想要",
        "配送",
        15,
        False,
    )
    assert it.actions == ("withdraw",)
    at_desk(take, no=no, staff="kf1")
    at_desk(answer, no=no, staff="kf1", words="配送是履行订单所必需", reason="contract_needs")
    it = request_of(buyer.id, no)
    assert (it.state, it.answer, it.taken_by, it.days_left) == (
        "refused",
        "配送是履行订单所必需",
        "kf1",
        None,
    )
    assert it.reason_label
    assert [(step["after"], step["who"], step["name"]) for step in it.steps] == [
        ("received", "person", ""), ("in_hand", "staff", "kf1"), ("refused", "staff", "kf1"),
    ]  # fmt: skip
    accept(person_id=buyer.id, no=no)
    assert request_of(buyer.id, no).state == "closed"
    assert {use.reference for use in uses_of(buyer.id, purpose="rights_case").items} == {no}


@pytest.mark.parametrize(
    ("state", "who", "verb"),
    [(state, who, verb) for state in rules.LABELS for who, verb in
     [("person", "withdraw"), ("person", "accept"), ("staff", "take"), ("staff", "grant"), ("staff", "refuse")]],
    ids=str,
)  # fmt: skip
def test_who_may_do_what_in_which_state(buyer, state, who, verb):
    no = asked(buyer)
    from_owner("UPDATE rights_request SET state = %s WHERE no = %s", [state, no])
    after = {"withdraw": "withdrawn", "accept": "closed", "take": "in_hand", "grant": "answered", "refuse": "refused"}[verb]  # fmt: skip
    act = {
        "withdraw": lambda: withdraw(person_id=buyer.id, no=no),
        "accept": lambda: accept(person_id=buyer.id, no=no),
        "take": lambda: at_desk(take, no=no, staff="kf1"),
        "grant": lambda: at_desk(answer, no=no, staff="kf1", words="好"),
        "refuse": lambda: at_desk(answer, no=no, staff="kf1", words="不", reason="law_keeps"),
    }[verb]
    may = {
        "withdraw": {"received", "in_hand"}, "accept": {"answered", "refused"}, "take": {"received"},
        "grant": {"in_hand"}, "refuse": {"in_hand"},
    }[verb]  # fmt: skip
    if state in may:
        act()
        assert request_of(buyer.id, no).state == after
    else:
        with pytest.raises(WrongState):
            act()
        assert request_of(buyer.id, no).state == state
        assert len(request_of(buyer.id, no).steps) == 1
    del who


def test_no_state_that_is_final_is_ever_left_and_only_staff_decide():
    assert frozenset({"closed", "withdrawn"}) == rules.FINAL
    for before, after, who in itertools.product(rules.LABELS, rules.LABELS, ("person", "staff", "system")):
        if rules.allowed(before, after, who):
            assert before not in rules.FINAL
            assert (after in {"answered", "refused", "in_hand"}) == (who == "staff")


@pytest.mark.parametrize(
    ("kind", "about"),
    [
        ("object", "purpose:world_domination"), ("object", "use:1"), ("object", "use:x"), ("object", "table:orders_order"),
        ("human", "decision:nonsense"), ("human", f"decision:{uuid4()}"), ("correct", "table:desk_staff"),
        ("correct", ""), ("complain", "request:QNOTMINE"), ("sing", ""), ("other", "purpose:delivery"),
        ("object", "use:9" * 30), ("delete", "table:" + "x" * 100),
    ],
    ids=[f"case{n}" for n in range(13)],
)  # fmt: skip
def test_what_is_not_there_or_not_theirs_cannot_be_asked_about(buyer, kind, about):
    with pytest.raises(NothingAbout):
        ask(person_id=buyer.id, kind=kind, about=about)


def test_a_line_of_the_record_of_uses_can_be_objected_to_by_its_person_alone(buyer):
    ask(person_id=buyer.id, kind="other", words="我的信息从哪来")
    ((line,),) = from_owner("SELECT max(id) FROM privacy_accesslog WHERE subject = %s", [buyer.id])
    no = ask(person_id=buyer.id, kind="object", about=f"use:{line}")
    assert request_of(buyer.id, no).about_label == "使用记录中的一行"
    with pytest.raises(NothingAbout):
        ask(person_id=make_person().id, kind="object", about=f"use:{line}")


def test_asking_twice_is_asking_once_and_nobody_floods_the_desk(buyer):
    assert asked(buyer) == asked(buyer, words="again")
    for _ in range(rules.MOST_OPEN - 1):
        ask(person_id=buyer.id, kind="other", words="?")
    with pytest.raises(EnoughRequests):
        ask(person_id=buyer.id, kind="other", words="?")
    assert requests_of(buyer.id, page_size=5).total == rules.MOST_OPEN


def test_another_persons_request_is_as_none(buyer):
    no, other = asked(buyer), make_person()
    for act in (request_of, lambda who, number: withdraw(person_id=who, no=number), lambda who, number: accept(person_id=who, no=number)):  # fmt: skip
        with pytest.raises(NotFound):
            act(other.id, no)
    assert requests_of(other.id).total == 0
    with pytest.raises(NotFound):
        at_desk(desk_request, no="QNOSUCH")


@pytest.mark.parametrize(("words", "reason"), [("", ""), ("  ", "law_keeps"), ("不行", "because")], ids=["empty", "blank", "unknown"])  # fmt: skip
def test_a_refusal_has_a_reason_the_law_knows_and_a_sentence(buyer, words, reason):
    no = asked(buyer)
    at_desk(take, no=no, staff="kf1")
    with pytest.raises(ReasonNeeded):
        at_desk(answer, no=no, staff="kf1", words=words, reason=reason)
    assert request_of(buyer.id, no).state == "in_hand"


def test_the_queue_shows_no_person_and_puts_what_is_due_first(buyer):
    late, soon = asked(buyer), ask(person_id=buyer.id, kind="other", words="秘密")
    from_owner("UPDATE rights_request SET due_at = now() - interval '100 years' WHERE no = %s", [late])
    rows = at_desk(queue)
    assert rows[0]["no"] == late
    assert rows[0]["overdue"]
    assert rows[0]["days_left"] < 0
    assert [row["overdue"] for row in rows if row["no"] == soon] in ([False], [])
    assert not {"person_id", "words", "answer", "about"} & set().union(*rows)
    assert request_of(buyer.id, late).overdue
    withdraw(person_id=buyer.id, no=late)
    assert late not in [row["no"] for row in at_desk(queue)]


def test_deadlines_are_rows_and_reminders_come_of_them(buyer, caplog):
    no = asked(buyer)
    assert waiting("rights.remind", no=no) == len(rules.REMIND_BEFORE)
    with caplog.at_level(logging.WARNING), zone("worker"):
        remind(person_id=buyer.id, no=no)
    assert (caplog.records[-1].levelname, no in caplog.text) == ("WARNING", True)
    from_owner("UPDATE rights_request SET due_at = now() - interval '1 second' WHERE no = %s", [no])
    with caplog.at_level(logging.WARNING), zone("worker"):
        remind(person_id=buyer.id, no=no)
    assert caplog.records[-1].levelname == "ERROR"
    assert str(buyer.id) not in caplog.text
    ((reminded,),) = from_owner("SELECT reminded_at FROM rights_request WHERE no = %s", [no])
    assert reminded > now() - timedelta(minutes=1)
    withdraw(person_id=buyer.id, no=no)
    caplog.clear()
    with zone("worker"):
        remind(person_id=buyer.id, no=no)
    assert not caplog.records


def test_an_answer_nobody_comes_back_to_is_closed_after_a_month(buyer):
    no = asked(buyer)
    at_desk(take, no=no, staff="kf1")
    at_desk(answer, no=no, staff="kf1", words="已停止")
    assert run_jobs(buyer.id, names=("rights.close_old",)) == []
    run_jobs(buyer.id, ahead=timedelta(days=31), names=("rights.close_old",))
    assert request_of(buyer.id, no).state == "closed"
    with zone("worker"):
        close_old(person_id=buyer.id, no=no)  # once more: nothing


def test_what_a_request_is_about_has_a_name():
    assert about_label("table:accounts_profile.birthday") == "个人资料 · 生日"
    assert about_label("purpose:delivery") == "配送"
    assert about_label("table:nonsense") == "nonsense"
    assert about_label("request:Q1") == "请求 Q1"
    assert about_label("") == ""
