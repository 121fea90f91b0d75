"""`mingpu statement matrix`: every purpose against every column, tried on the live database, and who may become whom.

Each try is a real statement of a zone's login in the role of a purpose that touches no row (`WHERE false`), so
the database checks the grant and nothing is read or changed; the transaction is rolled back besides. What was
allowed is compared with the register cell by cell.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass

import psycopg
from django.db import connection
from psycopg import sql

from mingpu.home import secret
from mingpu.privacy.counted import COUNTING
from mingpu.privacy.gates import GATE
from mingpu.privacy.grants import LOOKUP, OWNER, granted, insertable, readable, updatable
from mingpu.privacy.live import Connection
from mingpu.privacy.register import REGISTER, Purpose, Register, Table

VERBS = {"s": "SELECT", "i": "INSERT", "u": "UPDATE", "d": "DELETE"}
# One round trip a purpose: the database tries every cell in a subtransaction and hands back what it allowed.
TRY = """
DO $try$
DECLARE
    cell record;
    allowed jsonb := '[]';
BEGIN
    FOR cell IN SELECT * FROM jsonb_to_recordset({cells}) AS c (n int, statement text) LOOP
        BEGIN
            EXECUTE cell.statement;
            allowed := allowed || to_jsonb(cell.n);
        EXCEPTION WHEN insufficient_privilege OR undefined_table OR undefined_column OR generated_always THEN NULL;
        END;
    END LOOP;
    PERFORM set_config('app.matrix', allowed::text, true);
END $try$
"""


@dataclass(frozen=True, slots=True)
class Cell:
    """One purpose, one column, one verb: what the register says and what the database did."""

    zone: str
    purpose: str
    table: str
    column: str
    verb: str  # s i u d
    promised: bool
    allowed: bool

    @property
    def holds(self) -> bool:
        """Whether the two agree."""
        return self.promised == self.allowed


@dataclass(frozen=True, slots=True)
class Becoming:
    """One login trying to become a role."""

    zone: str
    role: str
    promised: bool
    allowed: bool

    @property
    def holds(self) -> bool:
        """Whether the two agree."""
        return self.promised == self.allowed


def login(zone: str) -> Connection:
    """Connect as a zone's login, as its process would, with nothing else."""
    known = connection.settings_dict
    return psycopg.connect(
        host=known["HOST"], port=known["PORT"] or None, dbname=known["NAME"],
        user=f"zone_{zone}", password=secret(f"zone-{zone}", "password"), autocommit=True,
    )  # fmt: skip


def promised(table: Table, purpose: Purpose, column: str, verb: str) -> bool:
    """Tell what the register says about one cell; deleting is of whole rows."""
    if verb == "s":
        return column in readable(table, purpose)
    if verb == "u":
        return column in updatable(table, purpose)
    if verb == "i":
        return "i" in granted(table, purpose) and column in insertable(table)
    return verb in granted(table, purpose)


def statement(table: str, column: str, verb: str) -> str:
    """Return a statement that needs exactly one right on one column and touches no row."""
    if verb == "s":
        return f"SELECT {column} FROM {table} WHERE false"  # noqa: S608 -- names are the register's
    if verb == "i":
        return f"INSERT INTO {table} ({column}) SELECT NULL WHERE false"
    if verb == "u":
        return f"UPDATE {table} SET {column} = NULL WHERE false"  # noqa: S608 -- names are the register's
    return f"DELETE FROM {table} WHERE false"  # noqa: S608 -- names are the register's


def columns(register: Register = REGISTER) -> list[tuple[Table, str]]:
    """Return every column of every table of persons' rows, the technical ones included."""
    return [(table, name) for table in register.tables.values() if table.subject for name in table.columns]


def cells(register: Register = REGISTER) -> Iterator[Cell]:
    """Try every purpose, from every login that has it, on every column with every verb."""
    tries = [(table, column, verb) for table, column in columns(register) for verb in VERBS]
    texts = [statement(table.name, column, verb) for table, column, verb in tries]
    batch = json.dumps([{"n": n, "statement": text} for n, text in enumerate(texts)])
    for zone in register.zones:
        with login(zone) as database:
            for purpose in register.purposes.values():
                if zone not in purpose.zones:
                    continue
                allowed = _allowed(database, purpose, batch)
                for n, (table, column, verb) in enumerate(tries):
                    yield Cell(
                        zone, purpose.id, table.name, column, verb,
                        promised(table, purpose, column, verb), n in allowed,
                    )  # fmt: skip


def _allowed(database: Connection, purpose: Purpose, batch: str) -> set[int]:
    with database.transaction(force_rollback=True):
        database.execute(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(purpose.role)))
        database.execute(sql.SQL(TRY).format(cells=sql.Literal(batch)))
        row = database.execute("SELECT current_setting('app.matrix')").fetchone()
    return set(json.loads(row[0])) if row else set()


def becomings(register: Register = REGISTER) -> Iterator[Becoming]:
    """Try to turn every login into every role: purposes, owner, other logins, the server's own."""
    roles = [purpose.role for purpose in register.purposes.values()]
    roles += [f"zone_{zone}" for zone in register.zones]
    roles += [
        OWNER,
        LOOKUP,
        GATE,
        COUNTING,
        "mingpu_public",
        "postgres",
        "pg_read_all_data",
        "pg_write_all_data",
    ]
    roles += ["pg_read_server_files", "pg_execute_server_program", "pg_signal_backend"]
    for zone in register.zones:
        own = {f"zone_{zone}", *(it.role for it in register.purposes.values() if zone in it.zones)}
        with login(zone) as database:
            for role in roles:
                yield Becoming(zone, role, role in own, _becomes(database, role))


def _becomes(database: Connection, role: str) -> bool:
    try:
        with database.transaction(force_rollback=True):
            database.execute(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(role)))
    except (psycopg.errors.InsufficientPrivilege, psycopg.errors.InvalidParameterValue):
        return False
    return True


def as_table(tried: list[Cell], register: Register = REGISTER) -> Iterator[str]:
    """Yield a legend and a line a personal column: the verbs each purpose has, `.` for none, `!` where it differs."""
    numbers = {name: f"{n:02}" for n, name in enumerate(register.purposes, 1)}
    marks: dict[tuple[str, str, str], str] = {}
    wrong: set[tuple[str, str, str]] = set()
    for cell in tried:
        key = (cell.table, cell.column, cell.purpose)
        known = marks.setdefault(key, "")
        if cell.allowed and cell.verb not in known:
            marks[key] = known + cell.verb
        if not cell.holds:
            wrong.add(key)
    yield from (f"{number}  {name}" for name, number in numbers.items())
    wide = max(len(f"{table.name}.{column}") for table, column in columns(register))
    yield " " * wide + "".join(f"{number:>6}" for number in numbers.values())
    for table, column in columns(register):
        if table.columns[column].personal:
            keys = [(table.name, column, name) for name in numbers]
            row = [(marks.get(key) or ".") + ("!" if key in wrong else "") for key in keys]
            yield f"{table.name + '.' + column:<{wide}}" + "".join(f"{mark:>6}" for mark in row)
