"""Attacks on the analyst's login: everything it must not read, and sums that would tell of one person."""

from contextlib import suppress
from uuid import uuid4

import psycopg
import pytest

from mingpu.privacy.matrix import login
from mingpu.privacy.register import REGISTER
from tests.people import from_owner
from tests.privacy.canaries import admin
from tests.statistics.people import customers, order, person, quarter
from tests.statistics.test_counting import seen

REFUSED = (
    psycopg.errors.InsufficientPrivilege,
    psycopg.errors.UndefinedFunction,
    psycopg.errors.FeatureNotSupported,
    psycopg.errors.ReadOnlySqlTransaction,
)
AS_PURPOSE = "SET ROLE purpose_statistics"
PERSONAL = sorted(name for name, it in REGISTER.tables.items() if it.subject)
OWN = {"statistics_cell", "statistics_closing"}
CLOSED = sorted(
    name for name, it in REGISTER.tables.items() if not it.subject and not it.public and name not in OWN
)


@pytest.mark.parametrize("role", ["", AS_PURPOSE], ids=["login", "purpose"])
@pytest.mark.parametrize("table", [*PERSONAL, *CLOSED])
def test_no_table_answers_the_analyst(table, role):
    column = next(iter(REGISTER.tables[table].columns))
    with login("analyst") as database:
        if role:
            database.execute(role)
        for attack in (
            f"SELECT * FROM {table}",
            f"SELECT count(*) FROM {table}",
            f"SELECT {column} FROM {table} LIMIT 1",
            f"SELECT {table} FROM {table}",
            f"TABLE {table}",
            f"COPY {table} TO STDOUT",
            f"COPY (SELECT {column} FROM {table}) TO STDOUT",
            f"EXPLAIN ANALYZE SELECT {column} FROM {table}",
            f"DELETE FROM {table}",
        ):
            with pytest.raises(REFUSED):
                database.execute(attack.encode())


@pytest.mark.parametrize(
    "attack",
    [
        "SELECT * FROM mingpu.statistic_cells('orders_by_payment', '2000-01-01', '2100-01-01')",
        "SELECT * FROM mingpu.statistic_cells('orders_by_payment', '2020-01-01', '2020-01-02')",
        "SELECT * FROM mingpu.statistic_profiles('2020-01-01')",
        "SELECT * FROM mingpu.draw_statistic(gen_random_uuid())",
        "SET ROLE mingpu_statistics",
        "SET ROLE purpose_ordering",
        "CREATE TEMP TABLE loot (x text)",
        "CREATE VIEW loot AS SELECT * FROM orders_order",
        "CREATE FUNCTION loot() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS 'SELECT count(*) FROM orders_order'",
        "INSERT INTO statistics_cell (since, statistic, cell, n, people) VALUES ('2020-01-01', 'x', 'x', 99, 99)",
        "UPDATE statistics_cell SET n = 0",
        "DELETE FROM statistics_closing",
        "INSERT INTO statistics_spending (publication_id, since, epsilon, at) VALUES (gen_random_uuid(), now(), 1, now())",
        "SELECT lo_import('/etc/passwd')",
        "SELECT lo_get(1)",
        "SELECT lo_export(1, '/tmp/loot')",
        "COPY statistics_cell TO PROGRAM 'cat'",
        "COPY statistics_cell TO '/tmp/loot'",
        "SELECT pg_read_file('/etc/passwd')",
        "SELECT * FROM pg_statistic",
        "SELECT stavalues1 FROM pg_statistic WHERE starelid = 'orders_order'::regclass",
        "SELECT query FROM pg_stat_activity WHERE query LIKE 'nothing' AND pg_read_file('x') IS NULL",
    ],
)
@pytest.mark.parametrize("role", ["", AS_PURPOSE], ids=["login", "purpose"])
def test_nothing_else_answers_either(attack, role):
    refused = (*REFUSED, psycopg.errors.UndefinedObject, psycopg.errors.InvalidParameterValue)
    with login("analyst") as database:
        if role:
            database.execute(role)
        with pytest.raises(refused):
            database.execute(attack.encode())


def test_planner_statistics_of_persons_tables_show_no_values():
    with admin() as database:
        database.execute("ANALYZE orders_order")
    with login("analyst") as database:
        database.execute(AS_PURPOSE)
        listed = "SELECT count(*) FROM pg_stats WHERE schemaname = 'public' AND tablename = ANY(%s)"
        assert database.execute(listed, [PERSONAL]).fetchone() == (0,)


def test_what_the_login_can_read_is_nobodys_data():
    with admin() as database:
        rows = database.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm') "
            "AND (has_any_column_privilege('zone_analyst', oid, 'SELECT') "
            "OR has_any_column_privilege('purpose_statistics', oid, 'SELECT'))"
        ).fetchall()
    assert {name for (name,) in rows} == OWN | {name for name, it in REGISTER.tables.items() if it.public}


def test_asking_before_and_after_one_person_gives_the_same_answer():
    since = quarter()
    people = customers(since, alipay=15, cod=12)
    before = seen(since, "orders_by_payment")
    from_owner("UPDATE privacy_standing SET consents = 0 WHERE person_id = %s", [people[0]])
    order(person(), since, payment="alipay")
    assert seen(since, "orders_by_payment") == before == {"alipay": 15, "cod": 12}


def test_a_known_total_gives_away_nobody():
    """Two statistics of the same orders have the same total; what one leaves out of it is ten people at least."""
    since = quarter()
    customers(since, alipay=80, cod=50, wechatpay=11, wallet=1)
    whole = sum(seen(since, "orders_by_weekday").values())
    shown = seen(since, "orders_by_payment")
    assert whole == 142
    assert whole - sum(shown.values()) == 12  # wallet alone would have been one


def test_knowing_everybody_but_one_tells_nothing_of_the_one():
    """The attacker knows all other people's orders. Whether the last one took part shows in no cell."""
    first, second = quarter(), quarter()
    customers(first, alipay=20, cod=20, wechatpay=9)
    customers(second, alipay=20, cod=20, wechatpay=9)
    assert (
        seen(first, "orders_by_payment") == {}
    )  # nine, with twenty more not to be told apart, leave one cell alone
    order(person(), second, payment="unionpay")
    assert seen(second, "orders_by_payment").keys() <= {"alipay", "cod"}
    with_one, without = seen(second, "orders_by_payment"), seen(first, "orders_by_payment")
    assert "unionpay" not in with_one | without


def test_a_person_cannot_be_picked_by_a_filter_of_ones_own():
    """The only parameter is a whole quarter; anything else is refused or finds nothing."""
    with login("analyst") as database:
        database.execute(AS_PURPOSE)
        for call in (
            "SELECT mingpu.close_statistics('2020-01-15')",
            "SELECT mingpu.close_statistics('2020-02-01')",
            "SELECT mingpu.close_statistics('infinity')",
            "SELECT mingpu.close_statistics(NULL)",
            f"SELECT mingpu.close_statistics('{uuid4()}')",
        ):
            with suppress(psycopg.Error):
                assert database.execute(call.encode()).fetchone() in ((None,), (False,)), call
