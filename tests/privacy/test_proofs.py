"""What stands behind each clause, and how its tests came out: read from the register and the last run alone."""

import json
from collections.abc import Iterable

import pytest

from mingpu.lib.text import speaking
from mingpu.ops.commands import statement as command
from mingpu.privacy import check, evidence, proofs
from mingpu.privacy.grants import register_sql
from mingpu.privacy.register import REGISTER

RUN = """<testsuites><testsuite>
<testcase classname="tests.privacy.test_a" name="test_one[x-1]"/>
<testcase classname="tests.privacy.test_a" name="test_one[x-2]"/>
<testcase classname="tests.privacy.test_a" name="test_two"/>
<testcase classname="tests.privacy.test_b" name="test_one"><skipped/></testcase>
{more}</testsuite></testsuites>"""
FAILED = '<testcase classname="tests.privacy.test_a" name="test_two"><failure>no</failure></testcase>'
BROKEN = '<testcase classname="tests.privacy.test_b" name="test_two"><error>no</error></testcase>'
A, B = "tests/privacy/test_a.py", "tests/privacy/test_b.py"
NAMED = (A, B, f"{A}::test_one", f"{A}::test_two", "tests/privacy/test_c.py")


@pytest.fixture
def keep(tmp_path):
    def record(more: str = "", named: Iterable[str] = NAMED) -> dict[str, proofs.Outcome]:
        junit = tmp_path / "tests.xml"
        junit.write_text(RUN.format(more=more))
        return proofs.record(junit, named, register="ab" * 32, kept=tmp_path / "kept.json")

    record.kept = tmp_path / "kept.json"  # type: ignore[attr-defined]
    return record


def test_a_run_is_counted_by_file_and_by_test(keep):
    told = keep()
    counts = {name: (it.passed, it.failed, it.skipped) for name, it in told.items()}
    assert counts == {A: (3, 0, 0), f"{A}::test_one": (2, 0, 0), f"{A}::test_two": (1, 0, 0), B: (0, 0, 1)}
    assert told[A].holds
    assert not told[B].holds  # nothing ran
    assert told[A].register == "ab" * 8
    assert proofs.outcomes(keep.kept) == told


def test_what_a_run_did_not_touch_stays_and_what_nobody_names_goes(keep):
    keep()
    before = proofs.outcomes(keep.kept)
    keep.kept.write_text(
        json.dumps(
            {**json.loads(keep.kept.read_text()), "tests/gone.py": json.loads(keep.kept.read_text())[A]}
        )
    )
    keep(named=[A, B])
    after = proofs.outcomes(keep.kept)
    assert after.keys() == {A, B}
    assert after[A].passed == before[A].passed


def test_a_failure_keeps_the_day_it_last_passed(keep):
    first = keep()[A]
    second = keep(FAILED + BROKEN)
    assert (second[A].failed, second[A].last_passed) == (1, first.at)
    assert second[B].failed == 1
    assert second[B].last_passed == ""
    assert proofs.broken(NAMED, second) == [A, B, f"{A}::test_two"]


def test_nothing_recorded_is_nothing_known(tmp_path):
    assert proofs.outcomes(tmp_path / "none.json") == {}


def test_the_build_stops_at_a_clause_whose_tests_failed(tmp_path):
    clause = REGISTER.clauses["0.1"]
    kept = tmp_path / "kept.json"
    kept.write_text(
        json.dumps({clause.tests[0]: vars_of(proofs.Outcome(3, 1, 0, "2026-11-30T00:00:00Z", "", ""))})
    )
    found = [it for it in check.code_findings(REGISTER, kept) if it.kind == "clause-test-failed"]
    assert any("clause 0.1" in it.text for it in found)
    kept.write_text(
        json.dumps({clause.tests[0]: vars_of(proofs.Outcome(4, 0, 0, "2026-11-30T00:00:00Z", "", ""))})
    )
    assert list(check.code_findings(REGISTER, kept)) == []


def vars_of(it: proofs.Outcome) -> dict[str, object]:
    return {name: getattr(it, name) for name in it.__slots__}


# ---- what stands behind a clause ----


@pytest.mark.parametrize("name", list(REGISTER.clauses))
def test_no_clause_is_empty(name):
    it = evidence.evidence(REGISTER.clauses[name], {})
    assert it.rooms
    assert it.code
    assert it.tests
    assert it.purposes or it.all_purposes or REGISTER.clauses[name].later
    assert not (it.all_purposes and REGISTER.clauses[name].later)


def test_the_sql_shown_is_the_sql_that_is_run():
    run = {" ".join(text.split()) for text in register_sql()}
    for purpose in REGISTER.purposes.values():
        shown = evidence.use(purpose)
        for rights in shown.rights:
            assert {*rights.grants, *rights.policies} <= run
        assert shown.role == purpose.role


def test_every_grant_and_policy_of_a_purpose_is_shown_under_it():
    shown = {
        line
        for purpose in REGISTER.purposes.values()
        for rights in evidence.use(purpose).rights
        for line in (*rights.grants, *rights.policies)
    }
    persons = {name for name, table in REGISTER.tables.items() if table.subject}
    for text in register_sql():
        ours = " TO purpose_" in text and text.startswith(("GRANT", "CREATE POLICY"))
        if ours and any(f" ON {name} " in text for name in persons):
            assert text in shown


def test_a_clause_shows_the_tables_that_serve_it():
    it = evidence.evidence(REGISTER.clauses["1.1.3b"], {})
    ordering = next(one for one in it.purposes if one.id == "ordering")
    assert {rights.table for rights in ordering.rights} == {"orders_consignee", "accounts_address"}
    assert ordering.grants > len(ordering.rights)


def test_states_follow_the_outcome():
    outcome = proofs.Outcome(2, 0, 1, "2026-11-30T01:00:00Z", "2026-11-30T01:00:00Z", "")
    bad = proofs.Outcome(2, 1, 0, "2026-11-30T01:00:00Z", "2026-11-29T01:00:00Z", "")
    found = evidence.proofs((A, B, "c"), {A: outcome, B: bad})
    assert [(it.state, it.at, it.last_passed) for it in found] == [
        ("passed", "2026-11-30", "2026-11-30"),
        ("failed", "2026-11-30", "2026-11-29"),
        ("unknown", "", ""),
    ]


# ---- the table in the docs ----


def rows(text: str) -> dict[str, list[str]]:
    first = text.partition("## The law")[0]
    lines = [line.strip("|").split("|") for line in first.splitlines() if line.startswith("| ")][1:]
    return {cells[0].strip(): [it.strip() for it in cells] for cells in lines}


def test_the_table_has_every_clause_once_and_no_empty_cell():
    found = rows(evidence.as_markdown({}))
    assert list(found) == [it.id for it in evidence.in_order()]
    assert all(all(cells) and len(cells) == 6 for cells in found.values())
    assert all("not recorded yet" in cells[5] for cells in found.values())


def test_the_table_tells_a_failure():
    bad = dict.fromkeys(
        REGISTER.clauses["0.1"].tests, proofs.Outcome(3, 2, 1, "2026-11-30T01:00:00Z", "", "")
    )
    assert "**2 failed**, 3 passed, 1 skipped 2026-11-30" in rows(evidence.as_markdown(bad))["0.1"][5]


def test_the_table_in_the_docs_names_the_clauses_of_the_register():
    assert rows(command.TABLE.read_text()).keys() == REGISTER.clauses.keys()


def test_the_page_shows_what_stands_behind_each_clause_in_the_readers_language():
    for language, word in (("en", "Placing an order"), ("zh-hans", "下单与确定交易")):
        with speaking(language):
            it = evidence.evidence(REGISTER.clauses["1.1.3b"], {})
        assert word in [one.title for one in it.purposes]
