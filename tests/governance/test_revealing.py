"""One value in full: with a reason, for a case in hand, ten minutes, ten a day, and the person reads of it."""

import secrets
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from django.db import IntegrityError, connection

from mingpu.governance.errors import NotOpen, SamePerson
from mingpu.governance.queries import looks_of, stands, waiting_looks
from mingpu.governance.rules import REASONS, REVEALS_A_DAY
from mingpu.governance.services import approve_look, ask_look, look
from mingpu.lib.errors import Invalid, NotFound
from mingpu.privacy.gates import gates, gates_of
from mingpu.privacy.matrix import login
from mingpu.privacy.purposes import acting
from mingpu.privacy.uses import uses_of
from tests.factories import TO, make_person, make_product, place
from tests.people import from_owner
from tests.support import zone

ITEMS = {
    "contact_phone": lambda it: it.buyer.phone,
    "consignee_name": lambda it: TO.name,
    "consignee_phone": lambda it: TO.phone,
    "consignee_address": lambda it: TO.province + TO.city + TO.district + TO.street,
}


def someone():
    return f"kf{secrets.token_hex(8)}"


def asked(it, item="consignee_phone", *, staff="", reason="call_back", note=""):
    with zone("desk"):
        return ask_look(
            person_id=it.buyer.id, item=item, order_no=it.order_no, reference=it.case.case_no, reason=reason,
            note=note, staff=staff or someone(),
        )  # fmt: skip


def seen(act, staff):
    with zone("desk"), acting("staff", staff):
        return look(number=act.number, staff=staff)


def test_the_table_has_every_gate_of_the_desk():
    assert {it.id for it in gates_of("reveal")} == set(ITEMS)


@pytest.mark.parametrize("item", list(ITEMS))
def test_a_look_shows_the_one_value_and_the_person_reads_who_and_why(sold, item):
    staff = someone()
    act = asked(sold, item, staff=staff)
    assert act.open
    assert seen(act, staff) == ITEMS[item](sold)
    [use] = uses_of(sold.buyer.id, purpose="reveal").items
    assert (use.actor_kind, use.actor, use.reference) == ("staff", staff, sold.case.case_no)
    [shown] = looks_of(sold.buyer.id)
    assert (shown.item, shown.staff, shown.reason_label) == (item, staff, REASONS["call_back"])


def test_an_act_is_nobody_elses_and_ends(sold):
    staff, other = someone(), someone()
    act = asked(sold, staff=staff)
    with pytest.raises(NotFound):
        seen(act, other)
    from_owner(
        "UPDATE governance_opening SET approved_at = now() - interval '11 minutes', until = now() - interval '1 minute' WHERE number = %s",
        [act.number],
    )
    with pytest.raises(NotOpen):
        seen(act, staff)
    with zone("desk"):
        assert stands(reference=sold.case.case_no, staff=staff) == []


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"item": "contact_email"}, Invalid),
        ({"item": "order"}, Invalid),
        ({"item": "x'); DROP TABLE accounts_contact"}, Invalid),
        ({"reason": "curious"}, Invalid),
        ({"reason": ""}, Invalid),
        ({"reason": "other", "note": "  "}, Invalid),
    ],
)
def test_what_is_no_item_or_no_reason_is_refused(sold, changes, error):
    with pytest.raises(error):
        asked(sold, changes.pop("item", "consignee_phone"), **changes)
    assert looks_of(sold.buyer.id) == []


def test_after_ten_a_day_a_second_person_is_needed(sold):
    staff = someone()
    acts = [asked(sold, staff=staff) for _ in range(REVEALS_A_DAY)]
    assert all(act.open for act in acts)
    late = asked(sold, staff=staff)
    assert not late.open
    with pytest.raises(NotOpen):
        seen(late, staff)
    with zone("desk"):
        assert late.number in {it.number for it in waiting_looks()}
        with pytest.raises(SamePerson):
            approve_look(number=late.number, by=staff)
        approve_look(number=late.number, by=someone())
        with pytest.raises(NotFound):
            approve_look(number=late.number, by=someone())
    assert seen(late, staff) == TO.phone
    from_owner("UPDATE governance_opening SET at = at - interval '1 day' WHERE staff = %s", [staff])
    assert asked(sold, staff=staff).open


def test_who_asks_eleven_times_at_once_gets_ten(sold):
    staff = someone()

    def one(_):
        try:
            return asked(sold, staff=staff).open
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as hands:
        got = list(hands.map(one, range(REVEALS_A_DAY + 2)))
    assert sum(got) == REVEALS_A_DAY


def test_the_database_wants_two_people_and_ten_minutes(sold):
    staff = someone()
    act = asked(sold, staff=staff)
    for change in (
        "approved_by = staff",
        "until = approved_at + interval '11 minutes'",
        "purpose = 'exception'",
    ):
        with pytest.raises(psycopg.errors.CheckViolation):
            from_owner(f"UPDATE governance_opening SET {change} WHERE number = %s", [act.number])


def tried(person_id, act, item, *, purpose="reveal"):
    """What a member of staff with SQL of their own gets of a gate, inside a purpose, for a person."""
    with login("desk") as database, database.transaction(force_rollback=True):
        database.execute(f"SET LOCAL ROLE purpose_{purpose}")
        database.execute("SELECT mingpu.enter(%s, 'staff', 'x', '')", [person_id])
        return database.execute(f"SELECT mingpu.gate_{item}(%s)", [act.number]).fetchall()


def test_the_gate_opens_for_this_person_this_item_this_purpose_alone(sold):
    act = asked(sold, "consignee_phone")
    assert len(tried(sold.buyer.id, act, "consignee_phone")) == 1
    assert tried(make_person().id, act, "consignee_phone") == []
    for item in set(ITEMS) - {"consignee_phone"}:
        assert tried(sold.buyer.id, act, item) == [], item
    assert tried(sold.buyer.id, act, "consignee_phone", purpose="exception") == []
    for purpose, item in (("reveal", "contact_email"), ("reveal", "order"), ("service", "consignee_phone")):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            tried(sold.buyer.id, act, item, purpose=purpose)


def test_an_act_of_one_order_does_not_open_another(sold, outside):
    other = place(sold.buyer, {make_product(): 1})
    act = asked(sold, "consignee_phone")
    from_owner("UPDATE governance_opening SET order_no = %s WHERE number = %s", [other.order_no, act.number])
    rows = tried(sold.buyer.id, act, "consignee_phone")
    from_owner("UPDATE governance_opening SET order_no = '' WHERE number = %s", [act.number])
    assert (len(rows), len(tried(sold.buyer.id, act, "consignee_phone"))) == (1, 2)


@pytest.mark.parametrize("item", sorted(gates()))
def test_no_purpose_of_gates_reads_a_table_behind_one(item):
    gate = gates()[item]
    with login("desk") as database:
        for purpose in gate.purposes:
            with database.transaction(force_rollback=True):
                database.execute(f"SET LOCAL ROLE purpose_{purpose}")
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    database.execute(f"SELECT {gate.columns[0]} FROM {gate.table}")


def test_the_register_of_openings_sees_no_person(sold):
    asked(sold)
    with login("desk") as database:
        for column in ("person_id", "order_no"):
            with database.transaction(force_rollback=True):
                database.execute("SET LOCAL ROLE purpose_gate_desk")
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    database.execute(f"SELECT {column} FROM governance_opening")


def test_the_same_look_is_not_written_twice(sold):
    act = asked(sold)
    with pytest.raises((IntegrityError, psycopg.errors.UniqueViolation)):
        from_owner(
            "INSERT INTO governance_opening SELECT * FROM governance_opening WHERE number = %s", [act.number]
        )
