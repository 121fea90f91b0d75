"""Attacks by SQL: what somebody who can run statements as a zone's login reaches, and what not.

The honest part first. Whoever injects SQL into a process of a zone can (a) become any purpose of that zone, and
(b) inside one set `app.subject` to a person they know the id of, without a line in the record of uses. They cannot
leave the zone, see a column or table no purpose of the zone has, see rows without naming a person, write the
record of uses, read keys (which are not in the database), or read or change anything of the server. Each
of these is tried below, from every login.
"""

from contextlib import suppress
from uuid import uuid4

import psycopg
import pytest
from django.db import connection

from mingpu.privacy.matrix import login
from mingpu.privacy.models import AccessLog
from mingpu.privacy.purposes import Purpose, processing
from mingpu.privacy.register import REGISTER
from tests.privacy.canaries import admin, live
from tests.support import zone

ZONES = list(REGISTER.zones)
REFUSED = (
    psycopg.errors.InsufficientPrivilege,
    psycopg.errors.UndefinedFunction,
    psycopg.errors.UndefinedObject,
    psycopg.errors.FeatureNotSupported,
    psycopg.errors.InvalidParameterValue,
)

ESCALATIONS = [
    "SET SESSION AUTHORIZATION postgres",
    "SET SESSION AUTHORIZATION mingpu_owner",
    "SET ROLE postgres",
    "SET ROLE mingpu_owner",
    "SET ROLE mingpu_lookup",
    "SET ROLE mingpu_public",
    "SET ROLE pg_read_all_data",
    "GRANT purpose_legal TO CURRENT_USER",
    "GRANT mingpu_owner TO CURRENT_USER",
    "ALTER ROLE CURRENT_USER SUPERUSER",
    "ALTER ROLE CURRENT_USER BYPASSRLS",
    "CREATE ROLE mole LOGIN",
    "CREATE TABLE loot (x text)",
    "CREATE TABLE mingpu.loot (x text)",
    "CREATE TEMP TABLE loot (x text)",
    "CREATE SCHEMA loot",
    "CREATE FUNCTION loot() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE FUNCTION mingpu.loot() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE OR REPLACE FUNCTION mingpu.consented(flag bigint) RETURNS boolean LANGUAGE sql AS 'SELECT true'",
    "CREATE VIEW loot AS SELECT 1",
    "CREATE EXTENSION pg_trgm",
    "CREATE SERVER loot FOREIGN DATA WRAPPER postgres_fdw",
    "CREATE PUBLICATION loot FOR ALL TABLES",
    "CREATE EVENT TRIGGER loot ON ddl_command_end EXECUTE FUNCTION loot()",
    "CREATE OPERATOR = (LEFTARG = uuid, RIGHTARG = text, FUNCTION = pg_catalog.textne)",
    "ALTER TABLE accounts_contact DISABLE ROW LEVEL SECURITY",
    "ALTER TABLE accounts_contact NO FORCE ROW LEVEL SECURITY",
    "DROP POLICY profile_s ON accounts_contact",
    "CREATE POLICY loot ON accounts_contact USING (true)",
    "TRUNCATE privacy_accesslog",
    "LOCK TABLE accounts_contact IN ACCESS EXCLUSIVE MODE",
    "DELETE FROM privacy_accesslog",
    "UPDATE privacy_accesslog SET subject = NULL",
    "INSERT INTO privacy_accesslog (at, purpose, actor_kind, actor, reference) VALUES (now(), '', '', '', '')",
    "INSERT INTO privacy_certificate VALUES (gen_random_uuid(), now(), '{}', '')",
    "UPDATE privacy_logseal SET root = ''",
    "DELETE FROM privacy_logseal",
    "SELECT rolpassword FROM pg_authid",
    "SELECT * FROM pg_shadow",
    "SELECT pg_read_file('/etc/passwd')",
    "SELECT pg_read_binary_file('postgresql.conf')",
    "SELECT pg_ls_dir('.')",
    "SELECT lo_import('/etc/passwd')",
    "COPY (SELECT 1) TO PROGRAM 'id'",
    "COPY pg_class TO '/tmp/loot'",
    "COPY catalog_product FROM '/etc/passwd'",
    "SELECT pg_reload_conf()",
    "SET log_statement = 'all'",
    "SET session_preload_libraries = 'loot'",
    "SET session_replication_role = 'replica'",
    "SELECT pg_create_logical_replication_slot('loot', 'test_decoding')",
    "SELECT pg_stat_reset()",
    "SECURITY LABEL ON TABLE accounts_contact IS 'x'",
]


def refused(database, statement):
    """Tell whether the database refuses a statement; it is rolled back either way."""
    try:
        with database.transaction(force_rollback=True):
            database.execute(statement)
    except REFUSED:
        return True
    return False


@pytest.mark.parametrize("name", ZONES)
def test_no_login_gets_out_of_its_zone(name):
    with login(name) as database:
        got = [statement for statement in ESCALATIONS if not refused(database, statement)]
    assert got == []


@pytest.mark.parametrize("name", ZONES)
def test_no_login_changes_the_servers_settings(name):
    with login(name) as database, pytest.raises(psycopg.errors.InsufficientPrivilege):
        database.execute("ALTER SYSTEM SET log_statement = 'all'")


@pytest.mark.parametrize("name", ZONES)
def test_no_purpose_gets_out_either(name):
    purposes = [it for it in REGISTER.purposes.values() if name in it.zones]
    with login(name) as database:
        for purpose in purposes:
            with database.transaction(force_rollback=True):
                database.execute(f"SET LOCAL ROLE {purpose.role}")
                # Erasure and retention may delete rows, so they may hold the table; the first two are theirs to write.
                theirs = ("privacy_accesslog", "privacy_certificate", "LOCK TABLE")
                wanted = [s for s in ESCALATIONS if not any(name in s for name in theirs)]
                got = [statement for statement in wanted if not refused(database, statement)]
            assert got == [], purpose.id


@pytest.mark.parametrize("name", ZONES)
def test_a_login_without_a_purpose_reads_no_persons_table(name):
    with login(name) as database:
        for table in REGISTER.tables.values():
            if table.subject:
                assert refused(database, f"SELECT count(*) FROM {table.name}"), table.name
                assert refused(database, f"TABLE {table.name}"), table.name


@pytest.mark.parametrize("name", ZONES)
def test_within_a_zone_set_role_reaches_its_purposes_and_no_others(name):
    """RESET ROLE and SET ROLE move between the purposes of one zone: that is why zones are logins."""
    with login(name) as database:
        own = [it for it in REGISTER.purposes.values() if name in it.zones]
        for purpose in own:
            with database.transaction(force_rollback=True):
                database.execute(f"SET LOCAL ROLE {purpose.role}")
                database.execute("RESET ROLE")
                for other in REGISTER.purposes.values():
                    assert refused(database, f"SET LOCAL ROLE {other.role}") == (other not in own)


def test_naming_a_person_without_entering_is_possible_inside_a_purpose_and_stays_inside_it():
    """The limit of what row policies hold: `set_config` inside a purpose needs no line in the record."""
    it = live()
    with login("storefront") as database, database.transaction(force_rollback=True):
        database.execute("SET LOCAL ROLE purpose_profile")
        database.execute("SELECT set_config('app.subject', %s, true)", [str(it.id)])
        assert database.execute("SELECT count(phone) FROM accounts_contact").fetchone()[0] == 1
        assert refused(database, "SELECT password_hash FROM accounts_credential")
        assert refused(database, "SELECT keywords FROM search_search")
    # what is got that way is sealed, and the key is not in the database
    with login("storefront") as database, database.transaction(force_rollback=True):
        database.execute("SET LOCAL ROLE purpose_profile")
        database.execute("SELECT set_config('app.subject', %s, true)", [str(it.id)])
        value = database.execute("SELECT phone FROM accounts_contact").fetchone()[0]
    assert str(it.values["accounts_contact"]["phone"]).encode() not in bytes(value)


@pytest.mark.parametrize(
    "subject", ["", "NULL", "not a uuid", "00000000-0000-0000-0000-000000000000", "%", "' OR true --"]
)
def test_without_a_person_there_are_no_rows(subject):
    live()
    with login("storefront") as database, database.transaction(force_rollback=True):
        database.execute("SET LOCAL ROLE purpose_profile")
        database.execute("SELECT set_config('app.subject', %s, true)", [subject])
        with suppress(psycopg.errors.InvalidTextRepresentation):
            assert database.execute("SELECT count(phone) FROM accounts_contact").fetchone()[0] == 0


def test_switching_row_security_off_gets_an_error_and_no_rows():
    live()
    with login("storefront") as database, database.transaction(force_rollback=True):
        database.execute("SET LOCAL ROLE purpose_profile")
        database.execute("SET LOCAL row_security = off")
        assert refused(database, "SELECT phone FROM accounts_contact")


def test_a_row_of_another_person_cannot_be_written():
    it, other = live(), uuid4()
    with login("storefront") as database, database.transaction(force_rollback=True):
        database.execute("SET LOCAL ROLE purpose_shopping")
        database.execute("SELECT set_config('app.subject', %s, true)", [str(other)])
        statement = "INSERT INTO cart_line VALUES (gen_random_uuid(), '{}', 'x', 1, now())"
        assert refused(database, statement.format(it.id))
        assert not refused(database, statement.format(other))
        assert database.execute("UPDATE cart_line SET quantity = 99").rowcount == 0
        assert database.execute("DELETE FROM cart_line").rowcount == 0


def test_erasure_moves_rows_to_the_vault_of_its_person_only():
    it, other = live(), live()
    with admin() as database:
        database.execute(
            "INSERT INTO privacy_cancellation VALUES (%s, now(), now(), gen_random_uuid(), gen_random_uuid(), '{}')",
            [it.id],
        )
    with login("worker") as database, database.transaction(force_rollback=True):
        database.execute("SET LOCAL ROLE purpose_erasure")
        database.execute("SELECT set_config('app.subject', %s, true)", [str(it.id)])
        assert refused(database, f"UPDATE orders_order SET person_id = '{other.id}'")
        assert refused(database, "UPDATE orders_order SET total_fen = 0")
        assert (
            database.execute("UPDATE privacy_accesslog SET actor = 'x' WHERE subject IS NULL").rowcount == 0
        )
        moved = "UPDATE orders_order SET person_id = (SELECT vault_id FROM privacy_cancellation)"
        assert database.execute(moved).rowcount == 1


# ---- the functions at the edge ----


@pytest.mark.parametrize("name", ZONES)
def test_a_login_calls_the_lookups_of_its_zone_only(name):
    with login(name) as database:
        for lookup in REGISTER.lookups.values():
            kind = "bytea" if lookup.key.endswith(("_index", "_hash")) else "text"
            call = f"SELECT mingpu.lookup_{lookup.id}(''::{kind})"
            assert refused(database, call) == (name not in lookup.zones), lookup.id
        for counter in REGISTER.counters.values():
            assert refused(database, f"SELECT mingpu.count_{counter.id}('\\x00', now())"), counter.id


@pytest.mark.parametrize(
    "key",
    [
        "",
        "%",
        "_",
        "' OR '1'='1",
        "x' UNION SELECT person_id FROM orders_order --",
        "\u0000".encode().hex(),
        "9" * 9999,
    ],
)
def test_odd_keys_find_nobody(key):
    with login("worker") as database:
        assert database.execute("SELECT mingpu.lookup_order(%s)", [key]).fetchone()[0] is None
        assert database.execute("SELECT mingpu.lookup_attempt(NULL)").fetchone()[0] is None


def test_entering_needs_a_purpose_and_cannot_lie_about_it():
    with login("storefront") as database:
        with pytest.raises(psycopg.DatabaseError) as caught:
            database.execute("SELECT mingpu.enter(NULL, 'system', '', '')")
        assert caught.value.sqlstate == "MP002"
        with database.transaction(force_rollback=True):
            database.execute("SET LOCAL ROLE purpose_profile")
            before = database.execute("SELECT set_config('role', 'purpose_profile', true)").fetchone()[0]
            assert before == "purpose_profile"
            assert refused(database, "SELECT set_config('role', 'purpose_legal', true)")
            assert refused(database, "SELECT mingpu.enter('x')")


def test_entering_writes_the_purpose_the_database_knows():
    it = uuid4()
    with processing(
        Purpose.SHOPPING, subject=it, reference="x' ; DROP TABLE accounts_contact --", reading=True
    ):
        pass
    with processing(Purpose.RIGHTS, subject=it, reading=True):
        rows = list(AccessLog.objects.filter(subject=it).order_by("id").values_list("purpose", "reference"))
    assert rows[0] == ("shopping", "x' ; DROP TABLE accounts_contact --")


def test_the_queue_takes_jobs_and_gives_nothing_away():
    with login("storefront") as database, database.transaction(force_rollback=True):
        database.execute("SET LOCAL ROLE purpose_ordering")
        assert refused(database, "SELECT count(*) FROM procrastinate_jobs")
        assert refused(database, "SELECT procrastinate_fetch_job_v2(1, ARRAY['mall'])")
        assert refused(database, "SELECT procrastinate_finish_job_v1(1, 'failed', false)")


# ---- statistics, errors, shared connections ----


@pytest.mark.parametrize("name", ZONES)
def test_planner_statistics_of_persons_tables_are_hidden(name):
    with admin() as database:
        live()
        database.execute("ANALYZE accounts_session")
        database.execute("ANALYZE orders_order")
    with login(name) as database:
        tables = [table.name for table in REGISTER.tables.values() if table.subject]
        seen = database.execute(
            "SELECT DISTINCT tablename FROM pg_stats WHERE tablename = ANY(%s)", [tables]
        ).fetchall()
        assert seen == []
        for purpose in (it for it in REGISTER.purposes.values() if name in it.zones):
            with database.transaction(force_rollback=True):
                database.execute(f"SET LOCAL ROLE {purpose.role}")
                query = "SELECT DISTINCT tablename FROM pg_stats WHERE tablename = ANY(%s)"
                assert database.execute(query, [tables]).fetchall() == [], purpose.id


def test_other_sessions_statements_are_not_shown():
    """They name persons by id; sessions of the same login could otherwise read them."""
    it = live()
    with login("storefront") as one, login("storefront") as other, one.transaction(force_rollback=True):
        one.execute("SET LOCAL ROLE purpose_profile")
        one.execute(f"SELECT mingpu.enter('{it.id}', 'system', '', '')")
        shown = other.execute("SELECT coalesce(string_agg(query, ' '), '') FROM pg_stat_activity").fetchone()[
            0
        ]
    assert str(it.id) not in shown


def test_a_leaky_function_sees_no_row_of_others():
    """A cheap function in a condition runs after the row policy, so it cannot print what it should not see."""
    it, other = live(), live()
    notices = []
    with login("storefront") as database, database.transaction(force_rollback=True):
        database.add_notice_handler(lambda it: notices.append(it.message_primary))
        database.execute("SET LOCAL ROLE purpose_order_lookup")
        database.execute("SELECT set_config('app.subject', %s, true)", [str(it.id)])
        found = database.execute(
            "SELECT order_no FROM orders_order WHERE length(order_no) / nullif(length(order_no) - %s, 0) IS NULL",
            [len(other.order_no)],
        ).fetchall()
    assert (other.order_no,) not in found
    assert not any(other.tag in text for text in notices)


def test_an_invisible_row_gives_no_different_answer_than_none():
    it, other = live(), live()
    with login("storefront") as database, database.transaction(force_rollback=True):
        database.execute("SET LOCAL ROLE purpose_order_lookup")
        database.execute("SELECT set_config('app.subject', %s, true)", [str(it.id)])
        query = "SELECT status FROM orders_order WHERE order_no = %s"
        assert database.execute(query, [other.order_no]).fetchall() == []
        assert database.execute(query, ["M-NOWHERE"]).fetchall() == []


def test_a_pool_of_one_never_carries_a_person_over():
    first, second = live(), live()
    for it in (first, second, first):
        with processing(Purpose.PROFILE, subject=it.id, reading=True), connection.cursor() as cursor:
            cursor.execute("SELECT person_id FROM accounts_contact")
            assert [row[0] for row in cursor.fetchall()] == [it.id]
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_user = session_user, current_setting('app.subject', true)")
            assert cursor.fetchone() == (
                True,
                "",
            )  # '' after SET LOCAL on a pooled connection, never NULL again
    with processing(Purpose.PROFILE, subject=None, reading=True), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM accounts_contact WHERE person_id IS NOT NULL")
        assert cursor.fetchone() == (0,)


def test_a_connection_that_dies_in_a_block_leaves_nothing_to_the_next():
    it = live()
    with pytest.raises(Exception), processing(Purpose.PROFILE, subject=it.id), connection.cursor() as cursor:  # noqa: B017, PT011 -- whatever the driver says
        cursor.execute("SELECT pg_backend_pid()")
        pid = cursor.fetchone()[0]
        with admin() as database:
            database.execute("SELECT pg_terminate_backend(%s, 2000)", [pid])
        cursor.execute("SELECT 1")
    with processing(Purpose.PROFILE, subject=uuid4(), reading=True), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM accounts_contact")
        assert cursor.fetchone() == (0,)


def test_a_process_has_its_zones_login_only():
    with zone("analyst"), connection.cursor() as cursor:
        cursor.execute("SELECT session_user, current_user")
        assert cursor.fetchone() == ("zone_analyst", "zone_analyst")
