"""From the register to the database: roles, column grants, row policies and the functions at the edge.

`roles_sql` makes the logins and purposes of a cluster; `register_sql` everything inside one database. Both can
run again at any time. Migrations carry the text of `register_sql` as it was when they were made.
"""

import re
from collections.abc import Iterable, Iterator, Mapping

from mingpu.privacy.counted import COUNTING, counted_sql
from mingpu.privacy.gates import GATE, gates_sql
from mingpu.privacy.register import REGISTER, Column, Counter, Lookup, Purpose, Register, Table

OWNER, LOOKUP, PUBLIC = "mingpu_owner", "mingpu_lookup", "mingpu_public"
# Logins that have not even what everybody has: the catalogue of rights, which PostgreSQL shows to all, and a list of roots.
BARE = {"auditor"}
DERIVED = {"rights", "erasure", "legal", "retention"}
# What may still be done under the name that frozen records go on under.
IN_THE_VAULT = ("legal", "erasure", "exception")
# A function belongs to who makes it, and only its owner may say who calls it: rights given by another role,
# even one that may become the owner, are silently not given.
AS_LOOKUP, AS_OWNER = f"SET LOCAL ROLE {LOOKUP}", f"SET LOCAL ROLE {OWNER}"
# What an owner's function needs beyond the lookups themselves.
EDGE_GRANTS = (
    f"GRANT INSERT ON privacy_accesslog TO {LOOKUP}",
    f"GRANT SELECT (person_id, state, consents, switches, of_age_on, guarded_at) ON privacy_standing TO {LOOKUP}",
    f"GRANT SELECT (person_id, staff, until) ON rights_approval TO {LOOKUP}",
)
# Whether the person of the block agreed to `flag`, is not leaving, no signal of the request says otherwise, and they
# are of an age to.
STANDS = (
    "state = 'active' AND person_id = NULLIF(current_setting('app.subject', true), '')::uuid AND consents & flag "
    "& ~coalesce(NULLIF(current_setting('app.refused', true), ''), '0')::bigint <> 0 "
    "AND (flag & {never} = 0 OR of_age_on IS NULL OR of_age_on <= current_date)"
)


def roles_sql(passwords: Mapping[str, str], register: Register = REGISTER) -> Iterator[str]:
    """Yield the statements that make owner, zones and purposes; passwords: by zone, hexadecimal."""
    for role in (
        OWNER,
        LOOKUP,
        GATE,
        COUNTING,
        PUBLIC,
        *(purpose.role for purpose in register.purposes.values()),
    ):
        yield _create_role(role, "NOLOGIN NOINHERIT")
    yield f"GRANT {OWNER} TO CURRENT_USER"
    yield f"GRANT {LOOKUP}, {GATE}, {COUNTING} TO {OWNER}"
    for zone in register.zones:
        yield _create_role(f"zone_{zone}", "LOGIN NOINHERIT")
        yield f"ALTER ROLE zone_{zone} LOGIN NOINHERIT PASSWORD '{passwords[zone]}'"
        if zone not in BARE:
            yield f"GRANT {PUBLIC} TO zone_{zone} WITH INHERIT TRUE, SET FALSE"
    for purpose in register.purposes.values():
        yield f"GRANT {PUBLIC} TO {purpose.role} WITH INHERIT TRUE, SET FALSE"
        for zone in register.zones:
            if zone in purpose.zones:
                yield f"GRANT {purpose.role} TO zone_{zone} WITH INHERIT FALSE, SET TRUE"
            else:
                yield f"REVOKE {purpose.role} FROM zone_{zone}"


def _create_role(role: str, options: str) -> str:
    return (
        f"DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') "
        f"THEN CREATE ROLE {role} {options}; END IF; END $$"
    )


def register_sql(register: Register = REGISTER) -> Iterator[str]:
    """Yield the statements that make this database allow exactly what the register says."""
    everyone = [PUBLIC, LOOKUP, GATE, COUNTING, *(p.role for p in register.purposes.values())]
    everyone += [f"zone_{zone}" for zone in register.zones]
    yield "REVOKE CREATE ON SCHEMA public FROM PUBLIC"
    yield f"GRANT USAGE ON SCHEMA public, mingpu TO {PUBLIC}, {LOOKUP}, {GATE}, {COUNTING}"
    yield (
        "DO $$ DECLARE p record; BEGIN FOR p IN SELECT policyname, tablename FROM pg_policies "
        "WHERE schemaname = 'public' LOOP EXECUTE format('DROP POLICY %I ON %I', p.policyname, p.tablename); "
        "END LOOP; END $$"
    )
    yield (
        "DO $$ DECLARE t record; c text; BEGIN FOR t IN SELECT oid::regclass AS name FROM pg_class "  # noqa: S608 -- role names are the register's
        "WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') LOOP "
        f"EXECUTE format('REVOKE ALL ON %s FROM PUBLIC, {', '.join(everyone)}', t.name); END LOOP; END $$"
    )
    yield from _edge_sql(register)
    yield from _queue_sql()
    yield from gates_sql(register)  # before the tables: a policy asks one of these functions
    for table in register.tables.values():
        yield from _table_sql(table, register)
    yield from EDGE_GRANTS
    yield f"CREATE POLICY edge_log ON privacy_accesslog FOR INSERT TO {LOOKUP} WITH CHECK (true)"
    yield f"CREATE POLICY edge_standing ON privacy_standing FOR SELECT TO {LOOKUP} USING (true)"
    yield f"CREATE POLICY edge_approval ON rights_approval FOR SELECT TO {LOOKUP} USING (true)"
    for lookup in register.lookups.values():
        yield from _lookup_sql(lookup, register.tables[lookup.table])
    for counter in register.counters.values():
        yield from _counter_sql(counter, register)
    yield from counted_sql(register)


def granted(table: Table, purpose: Purpose) -> str:
    """Return the letters a purpose has on a table, the derived ones included.

    Rights read what can be exported; erasure reads and deletes or re-keys; retention deletes what is past
    its time. Nobody lists these by hand.
    """
    letters = table.grants.get(purpose.id, "")
    if table.subject:
        if purpose.id == "rights" and table.export:
            letters += "s"
        if purpose.id == "erasure":
            letters += {"delete": "sd", "freeze": "su", "detach": "su"}[table.erase]
        if purpose.id == "legal" and table.erase == "freeze":
            letters += "s"
    if purpose.id == "retention" and table.expires:
        letters += "sd"
    return "".join(dict.fromkeys(letters))


def readable(table: Table, purpose: Purpose) -> list[str]:
    """Return the columns a purpose may read in a table.

    What is read by derivation is every column, but rights never read secrets, blind indexes and technical
    columns kept for others: they are of no use to the person and of much use to a thief.
    """
    if "s" not in granted(table, purpose):
        return []
    derived = purpose.id in DERIVED and "s" not in table.grants.get(purpose.id, "")
    return [
        name
        for name, column in table.columns.items()
        if (derived or not column.only or purpose.id in column.only)
        and not (purpose.id == "rights" and name != table.subject and _kept_from_its_owner(column))
    ]


def _kept_from_its_owner(column: Column) -> bool:
    technical = bool(column.plain and column.only and "rights" not in column.only)
    return bool(column.index_of or column.mask == "secret" or technical)


def updatable(table: Table, purpose: Purpose) -> list[str]:
    """Return the columns a purpose may change in a table."""
    if "u" not in granted(table, purpose):
        return []
    listed = list(table.updates.get(purpose.id, ()))
    if purpose.id == "erasure" and table.erase in {"freeze", "detach"}:
        moved = [c.name for c in table.columns.values() if (c.sealed if table.erase == "freeze" else c.blank)]
        return [table.subject, *moved, *listed]
    return listed


def insertable(table: Table) -> list[str]:
    """Return the columns that a new row of a table is given; the others are worked out by the database."""
    return [name for name, column in table.columns.items() if not column.computed]


def _table_sql(table: Table, register: Register) -> Iterator[str]:
    name = table.name
    if table.public:
        yield f"GRANT SELECT ON {name} TO {PUBLIC}"
    for zone, letters in table.zone_grants.items():
        words = {"s": "SELECT", "i": "INSERT", "u": "UPDATE", "d": "DELETE"}
        yield f"GRANT {', '.join(words[letter] for letter in letters)} ON {name} TO zone_{zone}"
    if table.subject:
        yield f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY"
        yield f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY"
    for purpose in register.purposes.values():
        letters = granted(table, purpose)
        if letters:
            yield from _grant_sql(table, purpose, letters)
            if table.subject:
                yield from _policy_sql(table, purpose, letters, register)


def _grant_sql(table: Table, purpose: Purpose, letters: str) -> Iterator[str]:
    if "s" in letters:
        yield f"GRANT SELECT ({', '.join(readable(table, purpose))}) ON {table.name} TO {purpose.role}"
    if "i" in letters:
        yield f"GRANT INSERT ({', '.join(insertable(table))}) ON {table.name} TO {purpose.role}"
    if "u" in letters:
        yield f"GRANT UPDATE ({', '.join(updatable(table, purpose))}) ON {table.name} TO {purpose.role}"
    if "d" in letters:
        yield f"GRANT DELETE ON {table.name} TO {purpose.role}"


def rows_sql(table: Table, purpose: Purpose, register: Register = REGISTER) -> str:
    """Return the condition a row must meet to exist for a purpose."""
    besides = table.where.get(purpose.id)
    rows = _rows_sql(table, purpose, register)
    return f"{rows} AND ({besides})" if besides else rows


def _rows_sql(table: Table, purpose: Purpose, register: Register) -> str:
    own = f"{table.subject} = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid)"
    if purpose.rows == "all":
        return table.expires if purpose.id == "retention" and table.expires else "true"
    theirs = f"{table.merchant} = (SELECT NULLIF(current_setting('app.merchant', true), ''))"
    if purpose.rows == "merchant":
        return theirs
    if purpose.rows == "own_merchant":
        return f"{own} AND {theirs}"
    needed = [purpose.id] * (purpose.basis == "consent") + [purpose.permission] * bool(purpose.permission)
    asked = (f" AND (SELECT mingpu.consented({register.flags()[name]}::bigint))" for name in needed)
    return own + "".join(asked)


def rights_sql(table: Table, purpose: Purpose, register: Register = REGISTER) -> tuple[list[str], list[str]]:
    """Return what a purpose gets on a table, as the statements that give it: grants, then row policies."""
    letters = granted(table, purpose)
    if not letters:
        return [], []
    policies = list(_policy_sql(table, purpose, letters, register)) if table.subject else []
    return list(_grant_sql(table, purpose, letters)), policies


def after_erasure_sql(table: Table) -> str:
    """Return where erasure may move a row out of the person's name; '' when it only deletes.

    A frozen row goes on under the name the cancellation drew for it, a detached one under none.
    """
    if table.erase == "freeze":
        return f"{table.subject} = (SELECT vault_id FROM privacy_cancellation)"  # noqa: S608 -- names are the register's
    return f"{table.subject} IS NULL" if table.erase == "detach" else ""


def _policy_sql(table: Table, purpose: Purpose, letters: str, register: Register) -> Iterator[str]:
    rows = seen = check = rows_sql(table, purpose, register)
    if purpose.id == "erasure" and (moved := after_erasure_sql(table)):
        seen, check = f"{rows} OR {moved}", moved  # an update must be able to see what it wrote
    for letter, verb, clause in (
        ("s", "SELECT", f"USING ({seen})"),
        ("i", "INSERT", f"WITH CHECK ({check})"),
        ("u", "UPDATE", f"USING ({rows}) WITH CHECK ({check})"),
        ("d", "DELETE", f"USING ({rows})"),
    ):
        if letter in letters:
            yield f"CREATE POLICY {purpose.id}_{letter} ON {table.name} FOR {verb} TO {purpose.role} {clause}"


def _listed(register: Register, *kinds: str) -> str:
    """Return the roles of the purposes whose word about minors is one of `kinds`, as SQL lists them."""
    return ", ".join(f"'{it.role}'" for it in register.purposes.values() if it.minors in kinds)


def _enter_sql(register: Register) -> str:
    """The function that opens a purpose: who may not be entered for, whose data it is, and the line of the log."""
    frozen = ", ".join(f"'{p.role}'" for p in register.purposes.values() if p.while_frozen)
    vault = ", ".join(f"'purpose_{name}'" for name in IN_THE_VAULT)
    guarded, approved = _listed(register, "guarded", "never"), _listed(register, "approval")
    return f"""
CREATE OR REPLACE FUNCTION mingpu.enter(subject uuid, actor_kind text, actor text, reference text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $f$
DECLARE
    purpose text := current_setting('role');
    s record;
BEGIN
    IF purpose NOT LIKE 'purpose\\_%' THEN
        RAISE EXCEPTION 'no purpose' USING ERRCODE = 'MP002';
    END IF;
    IF subject IS NOT NULL THEN
        SELECT p.state, p.of_age_on, p.guarded_at INTO s FROM public.privacy_standing p WHERE p.person_id = subject;
        IF s.state <> 'active' AND purpose NOT IN ({vault})
            AND (s.state = 'frozen' OR purpose NOT IN ({frozen})) THEN
            RAISE EXCEPTION 'frozen' USING ERRCODE = 'MP001';
        END IF;
        IF s.of_age_on > current_date THEN
            IF s.guarded_at IS NULL AND session_user = 'zone_storefront' AND purpose IN ({guarded}) THEN
                RAISE EXCEPTION 'no guardian' USING ERRCODE = 'MP003';
            END IF;
            IF purpose IN ({approved}) AND NOT EXISTS (
                SELECT FROM public.rights_approval a
                WHERE a.person_id = subject AND a.staff = actor AND a.until > now()
            ) THEN
                RAISE EXCEPTION 'not approved' USING ERRCODE = 'MP004';
            END IF;
        END IF;
    END IF;
    PERFORM set_config('app.subject', coalesce(subject::text, ''), true);
    INSERT INTO public.privacy_accesslog (at, subject, purpose, actor_kind, actor, reference)
    VALUES (now(), subject, substr(purpose, 9), actor_kind, actor, reference);
END $f$"""  # noqa: S608 -- role names are the register's


def _edge_sql(register: Register) -> Iterator[str]:
    """The functions every purpose may call: enter, consented, turn."""
    yield AS_LOOKUP
    yield _enter_sql(register)
    barred = {name for name, it in register.purposes.items() if it.minors == "never"}
    stands = STANDS.format(never=sum(bit for name, bit in register.flags().items() if name in barred))
    yield f"""
CREATE OR REPLACE FUNCTION mingpu.consented(flag bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $f$
    SELECT EXISTS (SELECT FROM public.privacy_standing WHERE {stands})
$f$"""  # noqa: S608 -- the condition is ours
    # Which of the person's decisions the standing yes came with: what was kept under another is not served.
    yield f"""
CREATE OR REPLACE FUNCTION mingpu.turn(flag bigint) RETURNS integer
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $f$
    SELECT switches FROM public.privacy_standing WHERE {stands}
$f$"""  # noqa: S608 -- the condition is ours
    for signature in ("enter(uuid, text, text, text)", "consented(bigint)", "turn(bigint)"):
        yield f"REVOKE ALL ON FUNCTION mingpu.{signature} FROM PUBLIC"
        yield f"GRANT EXECUTE ON FUNCTION mingpu.{signature} TO {PUBLIC}"
    yield AS_OWNER


def _queue_sql() -> Iterator[str]:
    """The functions around the queue: adding a job, and whether somebody works."""
    yield """
CREATE OR REPLACE FUNCTION mingpu.enqueue(name text, arguments jsonb, due timestamptz, once text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_catalog, pg_temp AS $f$
BEGIN
    PERFORM procrastinate_defer_jobs_v1(ARRAY[
        ROW('mall', name, 0, NULL, once, arguments, due)::procrastinate_job_to_defer_v1]);
EXCEPTION WHEN unique_violation THEN
    NULL;
END $f$"""
    # Seconds since a worker showed that it lives; NULL when none ever did. The web asks, for /readyz.
    yield """
CREATE OR REPLACE FUNCTION mingpu.worker_silence() RETURNS double precision
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $f$
    SELECT extract(epoch FROM now() - max(last_heartbeat)) FROM public.procrastinate_workers
$f$"""
    yield "REVOKE ALL ON FUNCTION mingpu.worker_silence() FROM PUBLIC"
    yield f"GRANT EXECUTE ON FUNCTION mingpu.worker_silence() TO {PUBLIC}"
    yield "REVOKE ALL ON FUNCTION mingpu.enqueue(text, jsonb, timestamptz, text) FROM PUBLIC"
    yield f"GRANT EXECUTE ON FUNCTION mingpu.enqueue(text, jsonb, timestamptz, text) TO {PUBLIC}"
    yield (
        "DO $$ DECLARE f record; BEGIN FOR f IN SELECT oid::regprocedure AS name FROM pg_proc "
        "WHERE pronamespace = 'public'::regnamespace AND proname LIKE 'procrastinate%' LOOP "
        "EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', f.name); "
        "EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO zone_worker', f.name); END LOOP; END $$"
    )
    yield "GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO zone_worker"


def _lookup_sql(lookup: Lookup, table: Table) -> Iterator[str]:
    named = re.findall(r"\w+", f"{lookup.key} {lookup.subject} {lookup.where}")
    columns = dict.fromkeys(name for name in named if name in table.columns)
    yield from _edge_reads(lookup.table, columns)
    yield AS_LOOKUP
    kind = "bytea" if lookup.key.endswith(("_index", "_hash")) else "text"
    yield f"""
CREATE OR REPLACE FUNCTION mingpu.lookup_{lookup.id}(key {kind}) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $f$
    SELECT {lookup.subject} FROM public.{lookup.table} WHERE {lookup.key} = key AND {lookup.where} LIMIT 1
$f$"""  # noqa: S608 -- names are the register's
    name = f"mingpu.lookup_{lookup.id}({kind})"
    yield f"REVOKE ALL ON FUNCTION {name} FROM PUBLIC"
    askers = [f"zone_{zone}" for zone in lookup.zones] + [f"purpose_{name}" for name in lookup.purposes]
    yield f"GRANT EXECUTE ON FUNCTION {name} TO {', '.join(askers)}"
    yield AS_OWNER


def _counter_sql(counter: Counter, register: Register) -> Iterator[str]:
    yield from _edge_reads(counter.table, (counter.key, counter.time))
    yield AS_LOOKUP
    yield f"""
CREATE OR REPLACE FUNCTION mingpu.count_{counter.id}(wanted bytea, since timestamptz,
    OUT total bigint, OUT earliest timestamptz, OUT latest timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $f$
    SELECT count(*), min({counter.time}), max({counter.time}) FROM public.{counter.table}
    WHERE {counter.key} = wanted AND {counter.time} > since
$f$"""  # noqa: S608 -- names are the register's
    name = f"mingpu.count_{counter.id}(bytea, timestamptz)"
    yield f"REVOKE ALL ON FUNCTION {name} FROM PUBLIC"
    roles = ", ".join(register.purposes[purpose].role for purpose in counter.purposes)
    yield f"GRANT EXECUTE ON FUNCTION {name} TO {roles}"
    yield AS_OWNER


def _edge_reads(table: str, columns: Iterable[str]) -> Iterator[str]:
    """Let the functions at the edge read some columns of everyone's rows."""
    yield f"GRANT SELECT ({', '.join(columns)}) ON {table} TO {LOOKUP}"
    yield (
        f"DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_policies WHERE tablename = '{table}' AND policyname = "
        f"'edge_lookup') THEN CREATE POLICY edge_lookup ON {table} FOR SELECT TO {LOOKUP} USING (true); "
        "END IF; END $$"
    )
