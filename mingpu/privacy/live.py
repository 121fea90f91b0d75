"""What the database allows, read from its own catalogue, beside what the register says it should allow.

Both sides are sets of short sentences ("SELECT on accounts_contact(phone) to purpose_profile"), so that a
difference is its own message. Nothing is changed: policies of the register are written on temporary copies
of the empty tables, read back in the database's own words, and rolled back.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql

from mingpu.privacy.counted import COUNTING
from mingpu.privacy.gates import GATE
from mingpu.privacy.grants import BARE, LOOKUP, OWNER, PUBLIC, register_sql
from mingpu.privacy.register import REGISTER, Register

Connection = psycopg.Connection[Any]
TABLE_GRANT = re.compile(r"GRANT ([A-Z, ]+?)(?: \(([^)]*)\))? ON (?!FUNCTION|SCHEMA|ALL)(\w+) TO ([\w, ]+)")
FUNCTION_GRANT = re.compile(r"GRANT EXECUTE ON FUNCTION (mingpu\.\w+\([^)]*\)) TO ([\w, ]+)")
SCHEMA_GRANT = re.compile(r"GRANT USAGE ON SCHEMA ([\w, ]+) TO ([\w, ]+)")
POLICY = re.compile(r"CREATE POLICY (\w+) ON (\w+) (.+?)(?:; END IF; END \$\$)?$", re.DOTALL)
FUNCTION = re.compile(
    r"CREATE OR REPLACE FUNCTION (mingpu\.\w+)\((.*?)\)(?: RETURNS [\w ]+)?\n"
    r"LANGUAGE (\w+) (STABLE )?SECURITY DEFINER SET search_path = (.*?) AS \$f\$(.*)\$f\$",
    re.DOTALL,
)
BECOME = re.compile(r"SET LOCAL ROLE (\w+)")


@dataclass(frozen=True, slots=True)
class Difference:
    """What the database has too much (`extra`) or too little (`missing`), each a sentence."""

    extra: tuple[str, ...]
    missing: tuple[str, ...]


def difference(live: Iterable[str], expected: Iterable[str]) -> Difference:
    """Compare both ways."""
    have, want = set(live), set(expected)
    return Difference(tuple(sorted(have - want)), tuple(sorted(want - have)))


def _names(listed: str) -> list[str]:
    return [name.strip() for name in listed.split(",")]


# ---- grants ----


def expected_grants(register: Register = REGISTER) -> Iterator[str]:
    """Yield every right on tables, columns and schemas that the register gives."""
    for statement in register_sql(register):
        if schema := SCHEMA_GRANT.search(statement):
            for name in _names(schema[1]):
                yield from (f"USAGE on schema {name} to {role}" for role in _names(schema[2]))
        elif grant := TABLE_GRANT.search(statement):
            verbs, columns, table, roles = grant.groups()
            for role in _names(roles):
                for verb in _names(verbs):
                    if columns:
                        yield from (f"{verb} on {table}({name}) to {role}" for name in _names(columns))
                    else:
                        yield f"{verb} on {table} to {role}"
    # The schema's own migration, and what every PostgreSQL database starts with.
    yield from (f"CREATE on schema mingpu to {role}" for role in (LOOKUP, GATE, COUNTING))
    yield "USAGE on schema public to PUBLIC"


LIVE_GRANTS = """
WITH roles AS (SELECT oid, rolname FROM pg_roles UNION ALL SELECT 0, 'PUBLIC'),
tables AS (
    SELECT c.relname AS name, a.* FROM pg_class c, aclexplode(c.relacl) a
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
        AND a.grantee <> c.relowner
    UNION ALL
    SELECT format('%s(%s)', c.relname, t.attname), a.*
    FROM pg_class c JOIN pg_attribute t ON t.attrelid = c.oid, aclexplode(t.attacl) a
    WHERE c.relnamespace = 'public'::regnamespace AND a.grantee <> c.relowner
    UNION ALL
    SELECT 'schema ' || n.nspname, a.* FROM pg_namespace n, aclexplode(n.nspacl) a
    WHERE n.nspname IN ('public', 'mingpu') AND a.grantee <> n.nspowner
)
SELECT t.privilege_type || ' on ' || t.name || ' to ' || r.rolname
    || CASE WHEN t.is_grantable THEN ' with grant option' ELSE '' END
FROM tables t JOIN roles r ON r.oid = t.grantee
"""
LIVE_SEQUENCES = """
SELECT a.privilege_type || ' on sequence ' || c.relname || ' to ' || coalesce(r.rolname, 'PUBLIC')
FROM pg_class c CROSS JOIN aclexplode(c.relacl) a LEFT JOIN pg_roles r ON r.oid = a.grantee
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'S' AND a.grantee <> c.relowner
"""
LIVE_EXECUTE = """
SELECT 'EXECUTE on ' || p.oid::regprocedure || ' to ' || coalesce(r.rolname, 'PUBLIC')
FROM pg_proc p CROSS JOIN aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
LEFT JOIN pg_roles r ON r.oid = a.grantee
WHERE p.pronamespace IN ('public'::regnamespace, 'mingpu'::regnamespace) AND a.grantee <> p.proowner
"""


def _column(database: Connection, query: str, *values: object) -> list[str]:
    return [str(row[0]) for row in database.execute(query.encode(), values or None).fetchall()]


def live_grants(database: Connection) -> list[str]:
    """Return every right on tables, columns and schemas that somebody but the owner has."""
    return _column(database, LIVE_GRANTS)


def sequence_grants(database: Connection) -> Difference:
    """Compare the rights on sequences: the worker draws numbers from them, nobody else."""
    every = _column(
        database,
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'S'",
    )
    return difference(
        _column(database, LIVE_SEQUENCES), (f"USAGE on sequence {name} to zone_worker" for name in every)
    )


# ---- functions ----


def execute_grants(database: Connection, register: Register = REGISTER) -> Difference:
    """Compare who may call which function of the two schemas."""
    expected = []
    for statement in register_sql(register):
        if grant := FUNCTION_GRANT.search(statement):
            known = database.execute("SELECT to_regprocedure(%s)::text", [grant[1]]).fetchone()
            name = (known and known[0]) or grant[1]
            expected += [f"EXECUTE on {name} to {role}" for role in _names(grant[2])]
    queue = _column(
        database,
        "SELECT oid::regprocedure FROM pg_proc WHERE pronamespace = 'public'::regnamespace "
        "AND proname LIKE 'procrastinate%'",
    )
    expected += [f"EXECUTE on {name} to zone_worker" for name in queue]
    return difference(_column(database, LIVE_EXECUTE), expected)


def _function(name: str, language: str, stable: object, path: str, *, owner: str, body: str) -> str:
    words = "stable" if stable else "volatile"
    return (
        f"definer function {name} ({language}, {words}, search_path {path}, owned by {owner}): {body.strip()}"
    )


def definer_functions(database: Connection, register: Register = REGISTER) -> Difference:
    """Compare the functions that run with their owner's rights: names, bodies, owners, search paths."""
    expected, owner = [], OWNER
    for text in register_sql(register):
        if become := BECOME.fullmatch(text):
            owner = become[1]
        elif it := FUNCTION.search(text):
            expected.append(_function(it[1], it[3], it[4], it[5], owner=owner, body=it[6]))
    rows = database.execute(
        "SELECT n.nspname || '.' || p.proname, l.lanname, p.provolatile = 's', p.proconfig, "
        "pg_get_userbyid(p.proowner), p.prosrc FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace "
        "JOIN pg_language l ON l.oid = p.prolang WHERE n.nspname = 'mingpu' OR (p.prosecdef AND n.nspname NOT IN "
        "('pg_catalog', 'information_schema'))"
    ).fetchall()
    live = [
        _function(
            name,
            language,
            stable,
            "; ".join(config or ()).removeprefix("search_path="),
            owner=owner,
            body=body,
        )
        for name, language, stable, config, owner, body in rows
    ]
    return difference(live, expected)


# ---- row policies ----

SHAPES = """
SELECT c.relname, string_agg(format('%I %s', a.attname, format_type(a.atttypid, a.atttypmod)), ', ')
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped
GROUP BY c.relname
"""
POLICY_WORDS = """
SELECT format('policy %%s on %%s for %%s to %%s using %%s check %%s%%s', policyname, tablename, cmd,
    array_to_string(roles, ' '), coalesce(qual, '-'), coalesce(with_check, '-'),
    CASE permissive WHEN 'PERMISSIVE' THEN '' ELSE ' ' || permissive END)
FROM pg_policies WHERE schemaname = %s
"""


def policies(database: Connection, register: Register = REGISTER) -> Difference:
    """Compare row policies, both in the database's own words."""
    live = _column(database, POLICY_WORDS, "public")
    written = {
        (found[1], found[2]): found[3] for text in register_sql(register) if (found := POLICY.search(text))
    }
    known = dict(database.execute(SHAPES.encode()).fetchall())
    with database.transaction(force_rollback=True):
        for table in register.tables.keys() & known.keys():
            database.execute(
                sql.SQL("CREATE TEMP TABLE {} ({}) ON COMMIT DROP").format(
                    sql.Identifier(table), sql.SQL(known[table])
                )
            )
        for (name, table), words in written.items():
            if table in known:
                database.execute(f"CREATE POLICY {name} ON pg_temp.{table} {words}".encode())
        own = _column(database, "SELECT nspname FROM pg_namespace WHERE oid = pg_my_temp_schema()")
        expected = _column(database, POLICY_WORDS, own[0]) if own else []
    return difference(live, expected)


def unprotected(database: Connection, register: Register = REGISTER) -> list[str]:
    """Return the tables of persons' rows where policies are not enabled and forced."""
    protected = _column(
        database,
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace "
        "AND relrowsecurity AND relforcerowsecurity",
    )
    return sorted({name for name, it in register.tables.items() if it.subject} - set(protected))


# ---- roles ----


def memberships(database: Connection, register: Register = REGISTER) -> Difference:
    """Compare who may become whom, and who inherits what."""
    expected = [f"{OWNER} in {role} inherit=false set=true" for role in (LOOKUP, GATE, COUNTING)]
    expected += [
        f"zone_{zone} in {PUBLIC} inherit=true set=false" for zone in register.zones if zone not in BARE
    ]
    for purpose in register.purposes.values():
        expected.append(f"{purpose.role} in {PUBLIC} inherit=true set=false")
        expected += [f"zone_{zone} in {purpose.role} inherit=false set=true" for zone in purpose.zones]
    live = _column(
        database,
        "SELECT format('%s in %s inherit=%s set=%s%s', m.rolname, g.rolname, a.inherit_option::text, "
        "a.set_option::text, CASE WHEN a.admin_option THEN ' admin' ELSE '' END) "
        "FROM pg_auth_members a JOIN pg_roles m ON m.oid = a.member JOIN pg_roles g ON g.oid = a.roleid "
        "WHERE NOT m.rolsuper AND m.rolname NOT LIKE 'pg\\_%' AND m.rolname <> session_user",
    )
    return difference(live, expected)


def role_attributes(database: Connection, register: Register = REGISTER) -> Difference:
    """Compare what roles are: zones log in, nobody else does, none has a right over the server."""
    logins = [f"zone_{zone}" for zone in register.zones]
    others = [
        OWNER,
        LOOKUP,
        GATE,
        COUNTING,
        PUBLIC,
        *(purpose.role for purpose in register.purposes.values()),
    ]
    expected = [f"{name} is login" for name in logins] + [f"{name} is nologin" for name in others]
    live = _column(
        database,
        "SELECT rolname || ' is ' || concat_ws(' ', CASE WHEN rolcanlogin THEN 'login' ELSE 'nologin' END, "
        "CASE WHEN rolinherit THEN 'inheriting' END, CASE WHEN rolsuper THEN 'superuser' END, "
        "CASE WHEN rolbypassrls THEN 'bypassrls' END, CASE WHEN rolcreaterole THEN 'createrole' END, "
        "CASE WHEN rolcreatedb THEN 'createdb' END, CASE WHEN rolreplication THEN 'replication' END) "
        "FROM pg_roles WHERE rolname ~ '^(zone|purpose|mingpu)_'",
    )
    return difference(live, expected)


HAZARDS = {
    "a login or purpose owns something": (
        "SELECT DISTINCT r.rolname || ' owns ' || coalesce(pg_describe_object(d.classid, d.objid, 0), 'an object') "
        "FROM pg_shdepend d JOIN pg_roles r ON r.oid = d.refobjid WHERE d.refclassid = 'pg_authid'::regclass "
        "AND d.deptype = 'o' AND r.rolname ~ '^(zone|purpose)_' "
        "AND d.dbid IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))"
    ),
    "a table is not the owner's": (
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') "  # noqa: S608 -- a constant
        f"AND relowner <> '{OWNER}'::regrole"
    ),
    "a view would run with its owner's rights": (
        "SELECT c.relname FROM pg_class c WHERE c.relnamespace IN ('public'::regnamespace, 'mingpu'::regnamespace) "
        "AND (c.relkind IN ('m', 'f') OR (c.relkind = 'v' "
        "AND NOT coalesce('security_invoker=true' = ANY (c.reloptions), false)))"
    ),
    "a function claims to be leakproof": (
        "SELECT oid::regprocedure FROM pg_proc WHERE proleakproof AND pronamespace NOT IN "
        "('pg_catalog'::regnamespace, 'information_schema'::regnamespace)"
    ),
    # Those that keep the catalogue's own times are on nobody's data, and are known by name.
    "a trigger on a table of persons' rows": (
        "SELECT tgname || ' on ' || tgrelid::regclass FROM pg_trigger WHERE NOT tgisinternal "
        "AND tgrelid::regclass::text NOT LIKE 'procrastinate%' "
        "AND NOT (tgrelid::regclass::text = 'catalog_sku' AND tgname IN "
        "('sku_price_new', 'sku_price_begins', 'sku_price_first', 'sku_price_began')) "
        "AND NOT (tgrelid::regclass::text = 'catalog_product' AND tgname = 'product_changed_at')"
    ),
    "a rewrite rule": (
        "SELECT rulename || ' on ' || ev_class::regclass FROM pg_rewrite WHERE rulename <> '_RETURN' "
        "AND ev_class NOT IN (SELECT oid FROM pg_class WHERE relnamespace = 'pg_catalog'::regnamespace)"
    ),
    "default privileges are set": "SELECT defaclacl::text FROM pg_default_acl",
    "a foreign server": "SELECT srvname FROM pg_foreign_server",
    "an event trigger": "SELECT evtname FROM pg_event_trigger",
    "a publication": "SELECT pubname FROM pg_publication",
    "a large object": "SELECT oid FROM pg_largeobject_metadata",
    "an untrusted language": "SELECT lanname FROM pg_language WHERE NOT lanpltrusted AND lanispl",
    "an extension nobody declared": "SELECT extname FROM pg_extension WHERE extname <> 'plpgsql'",
    "the database is open to everyone": (
        "SELECT a.privilege_type FROM pg_database d, aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a "
        "WHERE d.datname = current_database() AND a.grantee = 0"
    ),
    "a login has more on the database than to connect": (
        "SELECT r.rolname || ' ' || a.privilege_type FROM pg_database d, aclexplode(d.datacl) a "
        "JOIN pg_roles r ON r.oid = a.grantee WHERE d.datname = current_database() "
        "AND r.rolname ~ '^(zone|purpose)_' AND a.privilege_type <> 'CONNECT'"
    ),
}


def hazards(database: Connection) -> Iterator[tuple[str, str]]:
    """Yield (what is dangerous, where) for each thing that would open a way around the policies."""
    for what, query in HAZARDS.items():
        for where in _column(database, query):
            yield what, where


def byte_columns(database: Connection) -> set[str]:
    """Return the columns of the schema's tables that hold bytes, as table.column."""
    query = "SELECT table_name || '.' || column_name FROM information_schema.columns WHERE table_schema = %s AND data_type = %s"
    return set(_column(database, query, "public", "bytea"))


def columns(database: Connection) -> dict[str, list[str]]:
    """Return the columns of every table of the schema, by table."""
    known: dict[str, list[str]] = {}
    for table, column in database.execute(
        "SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid "
        "WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND a.attnum > 0 "
        "AND NOT a.attisdropped ORDER BY 1, a.attnum"
    ).fetchall():
        known.setdefault(str(table), []).append(str(column))
    return known
