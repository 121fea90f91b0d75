"""The record of uses as its person searches it, has it explained, and takes it along."""

import csv
import io
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from mingpu.lib.errors import NotFound
from mingpu.privacy import ledger
from mingpu.privacy.ledger import Wanted
from mingpu.privacy.purposes import Purpose, acting, processing
from mingpu.privacy.register import REGISTER
from mingpu.privacy.uses import touched
from tests.factories import make_person
from tests.people import from_owner
from tests.privacy.test_logseal import sealed
from tests.support import zone

DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def person():
    """Somebody used by themselves, by two members of staff, and by the system, on different days."""
    it = make_person().id
    with acting("person"), processing(Purpose.SHOPPING, subject=it, reference="cart"):
        pass
    with zone("desk"):
        for name in ("anna", "bert"):
            with acting("staff", name), processing(Purpose.SERVICE, subject=it, reference="CASE1"):
                pass
    with zone("worker"), processing(Purpose.DELIVERY, subject=it, reference="MORDER1"):
        pass
    from_owner("UPDATE privacy_accesslog SET at = at - interval '5 days' WHERE subject = %s AND purpose = 'delivery'", [it])  # fmt: skip
    return it


def found(person, **wanted):
    return [use.purpose for _, use in ledger.lines(person, Wanted(**wanted)).items if use.purpose != "rights"]


NOW = datetime.now(UTC)


@pytest.mark.parametrize(
    ("wanted", "purposes"),
    [
        ({"purpose": "service"}, {"service"}),
        ({"actor_kind": "staff"}, {"service"}),
        ({"actor_kind": "person"}, {"shopping"}),
        ({"reference": "MORDER1"}, {"delivery"}),
        ({"reference": "MORDER"}, set()),
        ({"until": NOW - DAY}, {"delivery"}),
        ({"since": NOW - DAY, "actor_kind": "system"}, {"registration"}),
        ({"since": NOW - 10 * DAY, "until": NOW - 9 * DAY}, set()),
        ({"purpose": "nonsense"}, set()),
        ({"item": "F10", "actor_kind": "staff", "reference": "CASE1"}, {"service"}),
    ],
)
def test_each_filter_alone_and_together(person, wanted, purposes):
    assert set(found(person, **wanted)) == purposes


@pytest.mark.parametrize("item", list(REGISTER.categories))
def test_by_kind_of_data(person, item):
    assert all(item in touched(name) for name in found(person, item=item))


def test_pages_hold_every_line_once(person):
    from_all = ledger.lines(person, Wanted(actor_kind="staff"), page_size=1)
    numbers = [
        ledger.lines(person, Wanted(actor_kind="staff"), page=n, page_size=1).items[0][0] for n in (1, 2)
    ]
    assert from_all.total == 2
    assert len(set(numbers)) == 2


def test_what_is_no_value_counts_as_not_asked():
    asked = {"purpose": "x", "actor_kind": "x", "item": "F99", "since": "yesterday", "until": "2026-02-30"}
    assert ledger.wanted(asked) == Wanted()
    read = ledger.wanted({"since": "2026-11-01", "until": "2026-11-02", "reference": " C1 "})
    assert (read.until - read.since, read.reference) == (2 * DAY, "C1")


def test_a_line_is_explained_with_rule_purpose_and_clauses(person):
    number = ledger.lines(person, Wanted(purpose="service")).items[0][0]
    it = ledger.explain(person, number)
    assert "purpose_service" in it.rule
    assert it.why == str(REGISTER.purposes["service"].why)
    assert dict(it.clauses)["1.1.6b"] == str(REGISTER.clauses["1.1.6b"].says)
    assert it.use.reference == "CASE1"
    with pytest.raises(NotFound):
        ledger.explain(uuid4(), number)
    with pytest.raises(NotFound):
        ledger.explain(person, 10**15)


def test_it_says_whether_the_line_is_sealed():
    it = make_person().id
    [(number, _)] = ledger.lines(it, Wanted(purpose="registration")).items
    assert not ledger.explain(it, number).sealed
    from_owner(  # what other tests had sealed stays as it is
        "UPDATE privacy_accesslog SET at = at - interval '2 minutes' WHERE id <= %s "
        "AND id > (SELECT coalesce(max(last_id), 0) FROM privacy_logseal)",
        [number],
    )
    sealed()
    assert ledger.explain(it, number).sealed


def table(pieces):
    return list(csv.DictReader(io.StringIO("".join(pieces).removeprefix("\ufeff"))))


def test_the_table_holds_the_chosen_lines_and_runs_no_formula(person, monkeypatch):
    from_owner("UPDATE privacy_accesslog SET actor = '=1+1' WHERE subject = %s AND actor = 'bert'", [person])
    monkeypatch.setattr(ledger, "PIECE", 1)  # every line is a piece of its own
    rows = table(ledger.uses_csv(person, Wanted(purpose="service")))
    from_owner("UPDATE privacy_accesslog SET actor = 'bert' WHERE subject = %s AND actor = '=1+1'", [person])
    assert {row["actor"] for row in rows} == {"anna", "'=1+1"}
    assert {row["reference"] for row in rows} == {"CASE1"}
    assert len({row["number"] for row in rows}) == 2


def test_taking_it_is_a_line_itself(person):
    before = len(found_csv(person))
    "".join(ledger.uses_csv(person, Wanted()))
    assert len(found_csv(person)) == before + 1


def found_csv(person):
    return [use for _, use in ledger.lines(person, Wanted(reference="csv"), page_size=100).items]


def test_every_block_has_its_line():
    """No read without a line: each purpose a person can be used for, entered once, shows once."""
    it = make_person().id
    entered = []
    for purpose in REGISTER.purposes.values():
        if purpose.rows == "own" and purpose.id != "exception":
            with (
                zone(purpose.zones[0]),
                processing(Purpose(purpose.id), subject=it, reference="once", reading=True),
            ):
                entered.append(purpose.id)
    lines = [use.purpose for _, use in ledger.lines(it, Wanted(reference="once"), page_size=100).items]
    assert sorted(lines) == sorted(entered)
    assert len(entered) >= 20
