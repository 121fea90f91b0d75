"""Changes of the live database behind the register's back, by kind."""

from random import Random

from mingpu.privacy.grants import after_erasure_sql, granted, insertable, readable, rows_sql, updatable
from mingpu.privacy.register import REGISTER as KNOWN
from mingpu.privacy.register import Purpose, Table
from scripts.omission_kinds import DATABASE, Sql, kind

PERSONS = [table for table in KNOWN.tables.values() if table.subject]
PURPOSES = list(KNOWN.purposes.values())
ZONES = [f"zone_{name}" for name in KNOWN.zones]
ANYBODY = [*ZONES, "PUBLIC", "mingpu_public", "mingpu_lookup"]
FUNCTIONS = [f"mingpu.lookup_{name}" for name in KNOWN.lookups] + [
    f"mingpu.count_{name}" for name in KNOWN.counters
]
VERBS = {"s": "SELECT", "i": "INSERT", "u": "UPDATE", "d": "DELETE"}


def _table(chance: Random) -> Table:
    return chance.choice(PERSONS)


def _column(chance: Random, table: Table) -> str:
    return chance.choice(list(table.columns))


def _cell(chance: Random) -> tuple[Table, Purpose, str, str]:
    table, purpose = _table(chance), chance.choice(PURPOSES)
    return table, purpose, _column(chance, table), chance.choice("siu")


def _promised(table: Table, purpose: Purpose, column: str, verb: str) -> bool:
    if verb == "i":
        return "i" in granted(table, purpose) and column in insertable(table)
    return column in (readable(table, purpose) if verb == "s" else updatable(table, purpose))


def _policy(chance: Random, verbs: str = "siud") -> tuple[Table, Purpose, str] | None:
    table, purpose = _table(chance), chance.choice(PURPOSES)
    letters = [letter for letter in granted(table, purpose) if letter in verbs]
    return (table, purpose, chance.choice(letters)) if letters else None


# ---- columns and tables ----


@kind(DATABASE)
def column_undeclared(chance: Random) -> Sql:
    """A column that the register does not know."""
    table = chance.choice(list(KNOWN.tables))
    return Sql(f"ALTER TABLE {table} ADD COLUMN note_{chance.randrange(10**6)} text")


@kind(DATABASE)
def column_gone(chance: Random) -> Sql | None:
    """A column of the register that is no more."""
    table = _table(chance)
    name = _column(chance, table)
    return None if name == table.subject else Sql(f"ALTER TABLE {table.name} DROP COLUMN {name} CASCADE")


@kind(DATABASE)
def table_undeclared(chance: Random) -> Sql:
    """A copy of a table of persons' rows."""
    return Sql(f"CREATE TABLE copy_{chance.randrange(10**6)} AS SELECT * FROM {_table(chance).name}")  # noqa: S608 -- names are the register's


@kind(DATABASE)
def sealed_column_unsealed(chance: Random) -> Sql | None:
    """A sealed value or blind index that is kept as text."""
    table = _table(chance)
    names = [name for name, it in table.columns.items() if it.sealed or it.index_of]
    if not names:
        return None
    name = chance.choice(names)
    return Sql(f"ALTER TABLE {table.name} ALTER COLUMN {name} TYPE text USING encode({name}, 'escape')")


# ---- grants ----


@kind(DATABASE)
def column_grant_too_many(chance: Random) -> Sql | None:
    """A purpose that may do more with a column than was promised."""
    table, purpose, column, verb = _cell(chance)
    if _promised(table, purpose, column, verb):
        return None
    return Sql(f"GRANT {VERBS[verb]} ({column}) ON {table.name} TO {purpose.role}")


@kind(DATABASE)
def table_grant_too_many(chance: Random) -> Sql | None:
    """A login, or everybody, that may do something with a whole table."""
    verb = chance.choice(["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER"])
    return Sql(f"GRANT {verb} ON {_table(chance).name} TO {chance.choice(ANYBODY)}")


@kind(DATABASE)
def delete_grant_too_many(chance: Random) -> Sql | None:
    """A purpose that may delete and should not."""
    table, purpose = _table(chance), chance.choice(PURPOSES)
    return None if "d" in granted(table, purpose) else Sql(f"GRANT DELETE ON {table.name} TO {purpose.role}")


@kind(DATABASE)
def grant_too_few(chance: Random) -> Sql | None:
    """A promised right that is not there."""
    table, purpose, column, verb = _cell(chance)
    if not _promised(table, purpose, column, verb):
        return None
    return Sql(f"REVOKE {VERBS[verb]} ({column}) ON {table.name} FROM {purpose.role}")


@kind(DATABASE)
def grant_option(chance: Random) -> Sql | None:
    """A right that may be given on."""
    table, purpose, column, verb = _cell(chance)
    if not _promised(table, purpose, column, verb):
        return None
    return Sql(f"GRANT {VERBS[verb]} ({column}) ON {table.name} TO {purpose.role} WITH GRANT OPTION")


@kind(DATABASE)
def sequence_grant(chance: Random) -> Sql:
    """A login that may read or set a sequence."""
    verb = chance.choice(["SELECT", "UPDATE"])
    return Sql(f"GRANT {verb} ON SEQUENCE privacy_accesslog_id_seq TO {chance.choice(ZONES)}")


@kind(DATABASE)
def erasure_path_missing(chance: Random) -> Sql | None:
    """A table that erasure cannot clear: its right or its policy is gone."""
    table = _table(chance)
    if table.erase == "delete":
        lost = [
            f"REVOKE DELETE ON {table.name} FROM purpose_erasure",
            f"DROP POLICY erasure_d ON {table.name}",
        ]
    else:
        lost = [
            f"REVOKE UPDATE ON {table.name} FROM purpose_erasure",
            f"DROP POLICY erasure_u ON {table.name}",
        ]
    return Sql(chance.choice(lost))


@kind(DATABASE)
def retention_path_missing(chance: Random) -> Sql | None:
    """A table whose old rows retention can no longer see or delete."""
    table = _table(chance)
    if not table.expires:
        return None
    how = [
        "DROP POLICY retention_d ON {}",
        "DROP POLICY retention_s ON {}",
        "ALTER POLICY retention_d ON {} USING (false)",
    ]
    return Sql(chance.choice(how).format(table.name))


# ---- row policies ----


@kind(DATABASE)
def policy_dropped(chance: Random) -> Sql | None:
    """A row policy that is gone."""
    found = _policy(chance)
    return Sql(f"DROP POLICY {found[1].id}_{found[2]} ON {found[0].name}") if found else None


@kind(DATABASE)
def policy_widened(chance: Random) -> Sql | None:
    """A row policy that lets every row through."""
    found = _policy(chance)
    if found is None:
        return None
    table, purpose, letter = found
    if rows_sql(table, purpose) == "true" and not (purpose.id == "erasure" and after_erasure_sql(table)):
        return None
    clause = "WITH CHECK (true)" if letter == "i" else "USING (true)"
    return Sql(f"ALTER POLICY {purpose.id}_{letter} ON {table.name} {clause}")


@kind(DATABASE)
def policy_without_consent(chance: Random) -> Sql | None:
    """A consent's policy that asks whose row it is and no longer whether they agreed."""
    found = _policy(chance)
    if found is None or found[1].basis != "consent":
        return None
    table, purpose, letter = found
    own = f"{table.subject} = (SELECT NULLIF(current_setting('app.subject', true), '')::uuid)"
    return Sql(
        f"ALTER POLICY {purpose.id}_{letter} ON {table.name} {'WITH CHECK' if letter == 'i' else 'USING'} ({own})"
    )


@kind(DATABASE)
def policy_for_another(chance: Random) -> Sql | None:
    """A policy that serves another purpose too."""
    found, other = _policy(chance), chance.choice(PURPOSES)
    if found is None or other is found[1]:
        return None
    table, purpose, letter = found
    return Sql(f"ALTER POLICY {purpose.id}_{letter} ON {table.name} TO {purpose.role}, {other.role}")


@kind(DATABASE)
def policy_added(chance: Random) -> Sql:
    """One permissive policy more."""
    verb = chance.choice(["ALL", "SELECT", "UPDATE", "DELETE"])
    return Sql(
        f"CREATE POLICY more_{chance.randrange(10**6)} ON {_table(chance).name} FOR {verb} USING (true)"
    )


@kind(DATABASE)
def force_off(chance: Random) -> Sql:
    """The owner past the policies."""
    return Sql(f"ALTER TABLE {_table(chance).name} NO FORCE ROW LEVEL SECURITY")


@kind(DATABASE)
def row_security_off(chance: Random) -> Sql:
    """No policies at all."""
    return Sql(f"ALTER TABLE {_table(chance).name} DISABLE ROW LEVEL SECURITY")


# ---- views, functions, triggers ----


@kind(DATABASE)
def view_without_invoker(chance: Random) -> Sql:
    """A view with its owner's eyes."""
    options = chance.choice(["", " WITH (security_barrier = true)", " WITH (security_invoker = false)"])
    return Sql(f"CREATE VIEW seen_{chance.randrange(10**6)}{options} AS SELECT * FROM {_table(chance).name}")  # noqa: S608 -- names are the register's


@kind(DATABASE)
def view_made_of_rows(chance: Random) -> Sql:
    """A materialised view: a copy without policies."""
    return Sql(
        f"CREATE MATERIALIZED VIEW seen_{chance.randrange(10**6)} AS SELECT * FROM {_table(chance).name}"  # noqa: S608 -- names are the register's
    )


@kind(DATABASE)
def definer_without_path(chance: Random) -> Sql:
    """A function with its owner's rights whose search path is anybody's."""
    return Sql(
        f"ALTER FUNCTION {chance.choice([*FUNCTIONS, 'mingpu.enter', 'mingpu.consented'])} RESET search_path"
    )


@kind(DATABASE)
def definer_added(chance: Random) -> Sql:
    """One more function with its owner's rights."""
    schema = chance.choice(["mingpu", "public"])
    return Sql(
        f"CREATE FUNCTION {schema}.more_{chance.randrange(10**6)}() RETURNS bigint LANGUAGE sql SECURITY DEFINER "  # noqa: S608 -- names are the register's
        f"SET search_path = pg_catalog AS 'SELECT count(*) FROM public.{_table(chance).name}'"
    )


@kind(DATABASE)
def definer_replaced(chance: Random) -> Sql:
    """The same name, another body."""
    body = chance.choice(["SELECT true", "SELECT flag > 0", "SELECT flag IS NOT NULL"])
    return Sql(
        "CREATE OR REPLACE FUNCTION mingpu.consented(flag bigint) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER "
        f"SET search_path = pg_catalog AS '{body}'"
    )


@kind(DATABASE)
def definer_of_another(chance: Random) -> Sql:
    """A function that belongs to somebody mightier."""
    return Sql(
        f"ALTER FUNCTION {chance.choice(FUNCTIONS)} OWNER TO {chance.choice(['postgres', 'mingpu_owner'])}"
    )


@kind(DATABASE)
def execute_too_many(chance: Random) -> Sql | None:
    """A login that may ask for whom a key is, and should not."""
    lookup, zone = chance.choice(list(KNOWN.lookups.values())), chance.choice([*KNOWN.zones, "PUBLIC"])
    if zone in lookup.zones:
        return None
    role = zone if zone == "PUBLIC" else f"zone_{zone}"
    return Sql(f"GRANT EXECUTE ON FUNCTION mingpu.lookup_{lookup.id} TO {role}")


@kind(DATABASE)
def execute_too_few(chance: Random) -> Sql:
    """A login that cannot ask what it must."""
    lookup = chance.choice(list(KNOWN.lookups.values()))
    return Sql(
        f"REVOKE EXECUTE ON FUNCTION mingpu.lookup_{lookup.id} FROM zone_{chance.choice(lookup.zones)}"
    )


@kind(DATABASE)
def function_leakproof(chance: Random) -> Sql:
    """A function that claims to tell nothing, and so runs before the policy."""
    return Sql(f"ALTER FUNCTION {chance.choice([*FUNCTIONS, 'mingpu.consented'])} LEAKPROOF")


@kind(DATABASE)
def trigger_added(chance: Random) -> Sql:
    """A trigger on persons' rows."""
    return Sql(
        "CREATE FUNCTION public.note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; "
        f"CREATE TRIGGER note AFTER INSERT ON {_table(chance).name} FOR EACH ROW EXECUTE FUNCTION public.note()"
    )


@kind(DATABASE)
def rule_added(chance: Random) -> Sql:
    """A rewrite rule on persons' rows."""
    return Sql(f"CREATE RULE more AS ON INSERT TO {_table(chance).name} DO ALSO NOTHING")


# ---- roles ----


@kind(DATABASE)
def membership_too_many(chance: Random) -> Sql | None:
    """A login that may become a purpose of another zone, or the owner."""
    zone, purpose = chance.choice(list(KNOWN.zones)), chance.choice(PURPOSES)
    role = chance.choice([purpose.role, "mingpu_owner", "mingpu_lookup", "pg_read_all_data"])
    return None if role == purpose.role and zone in purpose.zones else Sql(f"GRANT {role} TO zone_{zone}")


@kind(DATABASE)
def membership_inherited(chance: Random) -> Sql:
    """A login with a purpose's rights without becoming it."""
    purpose = chance.choice(PURPOSES)
    return Sql(f"GRANT {purpose.role} TO zone_{chance.choice(purpose.zones)} WITH INHERIT TRUE")


@kind(DATABASE)
def membership_too_few(chance: Random) -> Sql:
    """A purpose that its zone cannot become."""
    purpose = chance.choice(PURPOSES)
    return Sql(f"REVOKE {purpose.role} FROM zone_{chance.choice(purpose.zones)}")


@kind(DATABASE)
def role_too_mighty(chance: Random) -> Sql:
    """A role that is more than a role of ours may be."""
    role = chance.choice([*ZONES, *(it.role for it in PURPOSES), "mingpu_owner", "mingpu_lookup"])
    return Sql(
        f"ALTER ROLE {role} {chance.choice(['BYPASSRLS', 'SUPERUSER', 'CREATEROLE', 'REPLICATION', 'INHERIT'])}"
    )


@kind(DATABASE)
def login_added(chance: Random) -> Sql:
    """One login more, or a purpose that may log in."""
    return Sql(
        chance.choice(["CREATE ROLE zone_more LOGIN", f"ALTER ROLE {chance.choice(PURPOSES).role} LOGIN"])
    )


@kind(DATABASE)
def owner_changed(chance: Random) -> Sql:
    """A login that owns a table."""
    return Sql(f"ALTER TABLE {_table(chance).name} OWNER TO {chance.choice(ZONES)}")


@kind(DATABASE)
def default_privileges(chance: Random) -> Sql:
    """Rights on every table to come."""
    return Sql(f"ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO {chance.choice(ZONES)}")


@kind(DATABASE)
def schema_opened(chance: Random) -> Sql:
    """A login that may make things of its own."""
    return Sql(f"GRANT CREATE ON SCHEMA {chance.choice(['public', 'mingpu'])} TO {chance.choice(ZONES)}")
