"""The table of threats names tests that are there; and the tests of what nothing else tried."""

import re
from itertools import pairwise
from pathlib import Path

import psycopg
import pytest

from mingpu.lib.ids import public_number
from mingpu.privacy import check
from mingpu.privacy.matrix import login
from mingpu.privacy.register import REGISTER
from tests.privacy.canaries import admin
from tests.privacy.test_roles import refused

ROOT = Path(__file__).parents[2]
THREATS = 42
TABLE = ROOT / "docs" / "threats.md"
PERSONS = [table.name for table in REGISTER.tables.values() if table.subject]


def rows() -> list[list[str]]:
    lines = [line for line in TABLE.read_text().splitlines() if re.match(r"\| \d+ \|", line)]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_every_threat_is_there_once():
    assert [int(row[0]) for row in rows()] == list(range(1, THREATS + 1))


@pytest.mark.parametrize("row", rows(), ids=lambda row: row[0])
def test_a_threat_has_tests_that_exist_or_a_reason(row):
    _, threat, tests, reason = row
    named = re.findall(r"`(tests/[\w/.:]+)`", tests)
    assert threat
    assert named or len(reason) > 40, "neither a test nor a reason"
    for name in named:
        assert check._test(name) == "", name


# ---- a table, a dump, a copy: what a login could carry off whole ----


@pytest.mark.parametrize("zone", list(REGISTER.zones))
def test_no_login_copies_a_table_out(zone):
    with login(zone) as database:
        for table in PERSONS:
            assert refused(database, f"COPY {table} TO STDOUT"), table
            assert refused(database, f"COPY (SELECT * FROM {table}) TO STDOUT"), table


@pytest.mark.parametrize("zone", list(REGISTER.zones))
def test_no_login_takes_the_lock_a_dump_begins_with(zone):
    with (
        login(zone) as database,
        database.transaction(force_rollback=True),
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        database.execute(f"LOCK TABLE {', '.join(PERSONS)} IN ACCESS SHARE MODE")


# ---- keys and sequences: what a number or a reference could tell ----


def test_references_between_persons_rows_are_random_so_that_guessing_one_tells_nothing():
    query = (
        "SELECT c.conrelid::regclass::text, a.attname, format_type(a.atttypid, NULL) FROM pg_constraint c "
        "JOIN pg_attribute a ON a.attrelid = c.confrelid AND a.attnum = ANY (c.confkey) "
        "WHERE c.contype = 'f' AND c.conrelid::regclass::text = ANY (%s)"
    )
    with admin() as database:
        found = database.execute(query, [PERSONS]).fetchall()
    assert not [it for it in found if it[2] not in ("uuid", "bytea", "text")]


def test_no_number_counted_up_is_shown_to_anybody():
    """Whoever could see one would learn how much is going on, and in what order."""
    query = (
        "SELECT table_name || '.' || column_name FROM information_schema.columns WHERE table_schema = 'public' "
        "AND (is_identity = 'YES' OR column_default LIKE 'nextval%%') AND table_name = ANY (%s)"
    )
    with admin() as database:
        counted = {name for (name,) in database.execute(query, [PERSONS]).fetchall()}
    for name in counted:
        table, _, column = name.partition(".")
        assert not REGISTER.tables[table].columns[column].personal, name


def test_numbers_that_leave_the_house_are_drawn_and_come_in_no_order():
    numbers = [public_number("M") for _ in range(400)]
    assert len(set(numbers)) == len(numbers)
    rising = sum(before < after for before, after in pairwise(numbers))
    assert 120 < rising < 280  # half of 399 and some, as chance has it; counted up it would be all of them


# ---- an oracle needs a value one can compute ----


@pytest.mark.parametrize(
    "call", ["hmac('13800000000', 'k', 'sha256')", "digest('13800000000', 'sha256')", "crypt('x', 'y')"]
)
def test_blind_indexes_cannot_be_worked_out_inside_the_database(call):
    """A duplicate could only be provoked by who holds the index's key, and that is outside."""
    with login("storefront") as database:
        assert refused(database, f"SELECT {call}")


# ---- search and vectors: no copy of what persons wrote ----


def test_nothing_in_the_database_is_a_vector_of_a_person():
    with admin() as database:
        kinds = database.execute(
            "SELECT table_name FROM information_schema.columns WHERE table_name = ANY (%s) "
            "AND (udt_name IN ('vector', 'tsvector') OR data_type = 'ARRAY')", [PERSONS],
        ).fetchall()  # fmt: skip
    assert kinds == []


def test_the_index_of_goods_reads_no_table_of_persons():
    """What is searched for never becomes part of what is found: the room's own imports show it."""
    text = "\n".join(
        path.read_text()
        for path in (ROOT / "mingpu" / "search").glob("*.py")
        if path.name in {"records.py", "store.py", "index.py", "schema.py"}
    )
    assert not re.search(r"mingpu\.(accounts|orders|service|privacy)\b", text)


# ---- addresses that persons give are not fetched ----


def test_no_room_but_the_adapters_opens_a_connection():
    outside = re.compile(
        r"^\s*(?:import|from) (?:httpx|requests|urllib\.request|socket|smtplib|http\.client)\b", re.MULTILINE
    )
    found = [
        str(path.relative_to(ROOT))
        for path in (ROOT / "mingpu").rglob("*.py")
        if "adapters" not in path.parts and "ops" not in path.parts and outside.search(path.read_text())
    ]
    assert found == []
