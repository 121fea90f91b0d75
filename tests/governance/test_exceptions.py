"""The eleven exceptions: a closed list, a request, two people, a term, the smallest set, a sealed line, told later."""

import hashlib
import secrets
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from mingpu.governance.errors import (
    AlreadyDecided,
    BeyondCode,
    NobodyFound,
    NotCarried,
    NotOpen,
    SamePerson,
)
from mingpu.governance.queries import looks_of, request_of, requests
from mingpu.governance.services import approve, ask, close, decline, read, tell, withhold
from mingpu.governance.services.exceptions import Wanted
from mingpu.lib.errors import Invalid, NotFound
from mingpu.privacy.exceptions import exceptions
from mingpu.privacy.gates import gates
from mingpu.privacy.matrix import login
from mingpu.privacy.purposes import acting
from mingpu.privacy.uses import uses_of
from tests.factories import TO, make_person, make_product, place
from tests.jobs import run_jobs, waiting
from tests.people import from_owner
from tests.support import zone

CODES = exceptions()
BY_GATE = [code for code, it in CODES.items() if it.requestable]
NOT_BY_GATE = [code for code, it in CODES.items() if not it.requestable]
ORDER = hashlib.sha256("调取证据通知书".encode()).hexdigest()


def someone():
    return f"fw{secrets.token_hex(8)}"


def wanted(it, code="3.3", **changes):
    filled = {
        "code": code, "case_no": "杭公立字〔2026〕1 号", "authority": "杭州市公安局", "order_ref": "调证 88 号",
        "order_hash": ORDER, "reason": "诈骗案", "items": CODES[code].items, "keys": (it.order_no,),
        "days": CODES[code].days, "article": "法第 1 条",
    }  # fmt: skip
    return Wanted(**{**filled, **changes})


def asked(it, code="3.3", *, requester, **changes):
    with zone("desk"):
        return ask(wanted(it, code, **changes), requester=requester)


def approved(number, by):
    with zone("desk"):
        return approve(exception_no=number, by=by)


def read_by(number, staff):
    with zone("desk"), acting("staff", staff):
        return read(exception_no=number, staff=staff)


@pytest.fixture
def standing(sold):
    """A request under 3.3 that was approved."""
    sold.requester, sold.approver = someone(), someone()
    sold.number = asked(sold, requester=sold.requester)
    approved(sold.number, sold.approver)
    return sold


def aged(number, days):
    """Let a request be so much older."""
    for column in ("requested_at", "decided_at", "expires_at", "hidden_until"):
        from_owner(f"UPDATE governance_exception SET {column} = {column} - make_interval(days => %s) WHERE exception_no = %s", [days, number])  # fmt: skip
    from_owner("UPDATE governance_opening SET until = until - make_interval(days => %s) WHERE exception_no = %s", [days, number])  # fmt: skip


# ---- the list ----


def test_the_list_is_the_sources_and_says_what_the_law_carries():
    assert list(CODES) == [f"3.{n}" for n in range(1, 12)]
    assert [code for code, it in CODES.items() if it.way == "refused"] == ["3.8", "3.9", "3.10"]
    assert [code for code, it in CODES.items() if it.way == "public"] == ["3.5", "3.6"]
    assert [code for code, it in CODES.items() if it.way == "contract"] == ["3.7"]
    for it in CODES.values():
        assert it.law.zh
        assert it.law.en
        assert bool(it.items) == it.requestable == (it.days > 0)
        assert set(it.items) <= gates().keys()
        assert it.requestable or it.way == "public" or it.instead.zh


def test_only_the_widest_case_reaches_every_gate():
    every = {it.id for it in gates().values() if "exception" in it.purposes}
    assert set(CODES["3.3"].items) == every
    assert all(set(CODES[code].items) < every for code in BY_GATE if code != "3.3")


# ---- the truth table: all eleven x what may go wrong ----


@pytest.mark.parametrize("code", NOT_BY_GATE)
def test_what_the_law_does_not_carry_is_refused_with_what_to_do_instead(sold, code):
    with pytest.raises(NotCarried) as refused:
        asked(sold, code, requester=someone(), items=("order",), days=1)
    assert code in refused.value.message
    assert str(CODES[code].law) in refused.value.message


@pytest.mark.parametrize("code", BY_GATE)
def test_each_case_by_the_table(sold, code):
    requester, approver, third = someone(), someone(), someone()
    number = asked(sold, code, requester=requester)
    for staff in (requester, approver, third):  # nobody reads what was not approved
        with pytest.raises((NotOpen, NotFound)):
            read_by(number, staff)
    with pytest.raises(SamePerson):
        approved(number, requester)
    until = approved(number, approver)
    assert timedelta(0) <= until - datetime.now(UTC) <= timedelta(days=CODES[code].days)
    with pytest.raises(AlreadyDecided):
        approved(number, third)
    for staff in (requester, approver):
        found = read_by(number, staff)
        assert {it["item"] for it in found} == set(CODES[code].items)
    with pytest.raises(NotFound):
        read_by(number, third)
    aged(number, CODES[code].days + 1)
    with pytest.raises(NotOpen):
        read_by(number, requester)


@pytest.mark.parametrize("code", BY_GATE)
def test_no_case_goes_beyond_its_columns_or_its_term(sold, code):
    every = {it.id for it in gates().values() if "exception" in it.purposes}
    for item in every - set(CODES[code].items):
        with pytest.raises(BeyondCode):
            asked(sold, code, requester=someone(), items=(item,))
    for days in (0, CODES[code].days + 1):
        with pytest.raises(BeyondCode):
            asked(sold, code, requester=someone(), days=days)
    with pytest.raises(BeyondCode):
        asked(sold, code, requester=someone(), items=())


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"case_no": " "}, Invalid),
        ({"authority": ""}, Invalid),
        ({"order_ref": ""}, Invalid),
        ({"reason": ""}, Invalid),
        ({"order_hash": "abc"}, Invalid),
        ({"order_hash": ORDER.upper()}, Invalid),
        ({"keys": ()}, Invalid),
        ({"keys": ("MNOBODYHASTHIS",)}, NobodyFound),
        ({"keys": ("13100000000",)}, NobodyFound),
        ({"code": "3.11", "article": "", "items": ("order",)}, Invalid),
        ({"code": "3.12"}, NotFound),
    ],
)
def test_a_request_is_whole_or_none(sold, changes, error):
    code = changes.pop("code", "3.3")
    with zone("desk"):
        before = len(requests())
        filled = wanted(sold, "3.3", **changes)
        with pytest.raises(error):
            ask(
                Wanted(**{**{name: getattr(filled, name) for name in filled.__slots__}, "code": code}),
                requester="x",
            )
        assert len(requests()) == before


# ---- what the database holds by itself ----


def tried(person_id, number, item, *, purpose="exception", name="desk"):
    """What somebody with SQL of their own gets of a gate by the act of a request."""
    [(act,)] = from_owner("SELECT number FROM governance_opening WHERE exception_no = %s AND item = %s LIMIT 1", [number, item])  # fmt: skip
    with login(name) as database, database.transaction(force_rollback=True):
        database.execute(f"SET LOCAL ROLE purpose_{purpose}")
        database.execute("SELECT mingpu.enter(%s, 'staff', 'x', '')", [person_id])
        return database.execute(f"SELECT mingpu.gate_{item}(%s)", [act]).fetchall()


def test_the_database_shows_nothing_of_a_request_that_does_not_stand(standing):
    it = standing
    assert len(tried(it.buyer.id, it.number, "order")) == 1
    assert len(tried(it.buyer.id, it.number, "order", name="vault")) == 1
    assert tried(make_person().id, it.number, "order") == []  # another person
    changes = {
        "approver = ''": "expires_at = expires_at",
        "closed_at = now()": "closed_at = NULL",
        "decided_at = decided_at - interval '1 day'": "decided_at = decided_at + interval '1 day'",  # a longer term
        "code = '3.4'": "code = '3.3'",  # a case that does not reach orders
        "expires_at = now() - interval '1 second'": "expires_at = decided_at + interval '30 days'",
    }
    for change, undo in changes.items():
        if change == "approver = ''":
            with pytest.raises(psycopg.errors.CheckViolation):
                from_owner(f"UPDATE governance_exception SET {change} WHERE exception_no = %s", [it.number])
            continue
        from_owner(f"UPDATE governance_exception SET {change} WHERE exception_no = %s", [it.number])
        assert tried(it.buyer.id, it.number, "order") == [], change
        from_owner(f"UPDATE governance_exception SET {undo} WHERE exception_no = %s", [it.number])
        assert len(tried(it.buyer.id, it.number, "order")) == 1, undo


def test_the_database_wants_two_people_and_an_order(standing):
    for change in (
        "approver = requester",
        "order_hash = 'x'",
        "case_no = ''",
        "authority = ''",
        "declined = 'no'",
    ):
        with pytest.raises(psycopg.errors.CheckViolation):
            from_owner(f"UPDATE governance_exception SET {change} WHERE exception_no = %s", [standing.number])
    with login("desk") as database, database.transaction(force_rollback=True):
        database.execute("SET LOCAL ROLE purpose_gate_desk")
        with pytest.raises(psycopg.errors.CheckViolation):
            database.execute("UPDATE governance_exception SET approver = requester WHERE exception_no = %s", [standing.number])  # fmt: skip


def test_other_zones_cannot_become_the_purpose():
    for name in ("storefront", "worker", "analyst"):
        with login(name) as database, pytest.raises(psycopg.errors.InsufficientPrivilege):
            database.execute("SET ROLE purpose_exception")


def test_only_the_order_that_was_named_is_read(standing):
    other = place(standing.buyer, {make_product(): 1})
    found = read_by(standing.number, standing.requester)
    assert [row["order_no"] for it in found if it["item"] == "order" for row in it["rows"]] == [
        standing.order_no
    ]
    assert other.order_no not in str(found)


def test_values_come_in_clear_and_persons_as_numbers(standing):
    found = read_by(standing.number, standing.requester)
    by_item = {it["item"]: it for it in found}
    assert by_item["consignee_name"]["rows"] == [{"name": TO.name}]
    assert by_item["contact_phone"]["rows"] == [{"phone": standing.buyer.phone}]
    assert by_item["order_lines"]["rows"][0]["quantity"] == 3
    assert {it["person"] for it in found} == {1}
    assert str(standing.buyer.id) not in str(found)


def test_a_person_can_be_named_by_phone_and_many_at_once(sold):
    other = make_person()
    requester, approver = someone(), someone()
    number = asked(sold, requester=requester, items=("contact_phone",), keys=(sold.order_no, other.phone))
    approved(number, approver)
    assert request_of_desk(number).persons == 2
    phones = {it["rows"][0]["phone"] for it in read_by(number, approver)}
    assert phones == {sold.buyer.phone, other.phone}


def request_of_desk(number):
    with zone("desk"):
        return request_of(number)


# ---- told later ----


def exceptional(person_id):
    return [it for it in uses_of(person_id, page_size=100).items if it.purpose == "exception"]


def test_the_person_reads_of_it_when_it_may_be_told_and_not_before(standing):
    it = standing
    before = uses_of(it.buyer.id).total
    read_by(it.number, it.requester)
    assert exceptional(it.buyer.id) == []
    assert [look for look in looks_of(it.buyer.id) if look.reference.startswith("杭公")] == []
    assert uses_of(it.buyer.id, purpose="exception").total == 0
    aged(it.number, 30 + CODES["3.3"].notice_days)
    run_jobs(names=("governance.tell",), ahead=timedelta(days=400))
    told = exceptional(it.buyer.id)
    assert [(use.actor, use.reference) for use in told] == [(it.requester, it.number)]
    looks = [look for look in looks_of(it.buyer.id) if look.reason_label == CODES["3.3"].title]
    assert {look.item for look in looks} == set(CODES["3.3"].items)
    assert uses_of(it.buyer.id).total > before


def test_the_telling_is_a_job_that_waits_and_does_nothing_too_early(standing):
    assert waiting("governance.tell", exception_no=standing.number) == 1
    with zone("worker"):
        assert not tell(exception_no=standing.number)
    read_by(standing.number, standing.requester)
    assert exceptional(standing.buyer.id) == []


def test_an_emergency_is_told_as_soon_as_it_is_closed(sold):
    requester, approver = someone(), someone()
    number = asked(sold, "3.4", requester=requester)
    approved(number, approver)
    read_by(number, requester)
    assert exceptional(sold.buyer.id) == []
    with zone("desk"):
        close(exception_no=number, by=requester)
        with pytest.raises(AlreadyDecided):
            close(exception_no=number, by=requester)
    with pytest.raises(NotOpen):
        read_by(number, requester)
    with zone("worker"):
        assert tell(exception_no=number)
    assert len(exceptional(sold.buyer.id)) == 1


def test_telling_is_put_off_by_an_order_only_and_closing_does_not_undo_it(standing):
    number, later = standing.number, datetime.now(UTC) + timedelta(days=500)
    with zone("desk"):
        with pytest.raises(Invalid):
            withhold(exception_no=number, until=later, order_ref="", by="x")
        with pytest.raises(Invalid):
            withhold(exception_no=number, until=datetime.now(UTC), order_ref="保密 1 号", by="x")
        withhold(exception_no=number, until=later, order_ref="保密 1 号", by="x")
        close(exception_no=number, by=standing.requester)
        it = request_of(number)
    assert (it.hidden_until, it.hidden_by, it.state) == (later, "保密 1 号 (x)", "closed")
    with zone("worker"):
        assert not tell(exception_no=number)


def test_a_refusal_is_for_a_second_person_with_a_reason_and_nothing_opens(sold):
    requester = someone()
    number = asked(sold, requester=requester)
    with zone("desk"):
        with pytest.raises(Invalid):
            decline(exception_no=number, by=someone(), why=" ")
        with pytest.raises(SamePerson):
            decline(exception_no=number, by=requester, why="不符")
        decline(exception_no=number, by=someone(), why="文书不全")
    assert request_of_desk(number).state == "declined"
    with pytest.raises(AlreadyDecided):
        approved(number, someone())
    with pytest.raises(NotOpen):
        read_by(number, requester)
    assert tried(sold.buyer.id, number, "order") == []
