"""`mingpu statement check`: whatever stands in the way of the statement being true, one line each.

Three kinds of question: is the register whole in itself, does the code do what its clauses say, does the live
database allow exactly what the register gives.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from mingpu.home import ZONES
from mingpu.lib.clock import now
from mingpu.privacy import assessments, catalogue, laws, live, parties, proofs, purposes, shape, versions
from mingpu.privacy.grants import register_sql
from mingpu.privacy.notices import effect_of
from mingpu.privacy.register import REGISTER, Column, Register, Table
from mingpu.privacy.statement import touched

ROOT = Path(__file__).parents[2]
MIGRATIONS = Path(__file__).parent / "migrations"
BASES = {"contract", "consent", "law", "security"}
ERASE = {"delete", "freeze", "detach"}
SEPARATOR = ";\n--\n"
UNREADABLE = {"column-entry", "retention", "recipient", "grant-unknown"}


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One thing that is not as it should be: a stable kind and a sentence."""

    kind: str
    text: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.text}"


def findings(database: live.Connection, register: Register = REGISTER) -> list[Finding]:
    """Return every finding, register first; empty when the statement holds.

    database: connected as the owner (or the administrator acting as owner).
    """
    found = [*register_findings(register), *code_findings(register), *database_findings(database, register)]
    if not any(
        it.kind in UNREADABLE for it in found
    ):  # a register that is no whole cannot be held against another
        found += [Finding(it.kind, it.text) for it in versions.findings(register)]
    return found


# ---- the register in itself ----


def register_findings(register: Register = REGISTER) -> Iterator[Finding]:
    """Yield what is wrong in the register alone."""
    yield from _purposes(register)
    yield from _recipients(register)
    yield from (Finding("party", text) for text in parties.problems(register, today=now().date()))
    yield from (Finding("item", text) for text in catalogue.problems(register))
    yield from _asked(register)
    yield from (Finding("law", text) for text in laws.problems(register))
    yield from (Finding("shape", text) for text in shape.problems(register))
    for table in register.tables.values():
        yield from _table(table, register)
    in_code = {purpose.value for purpose in purposes.Purpose}
    for name in sorted(in_code ^ register.purposes.keys()):
        where = "the register" if name in register.purposes else "the code"
        yield Finding("purpose-enum", f"purpose {name} is known to {where} only")
    if set(ZONES) != set(register.zones):
        yield Finding("zones", f"the logins {sorted(ZONES)} are not the register's {sorted(register.zones)}")
    yield from (Finding("assessment", text) for text in assessments.problems(register))
    for lookup in register.lookups.values():
        if lookup.table not in register.tables:
            yield Finding(
                "lookup", f"lookup {lookup.id} is over {lookup.table}, which is not in the register"
            )


def _clauses(
    what: str, named: tuple[str, ...], register: Register, *, in_force: bool = True
) -> Iterator[Finding]:
    for clause in named:
        if clause not in register.clauses:
            yield Finding(
                "clause-unknown", f"{what} rests on clause {clause}, which the statement does not have"
            )
    known = [register.clauses[clause] for clause in named if clause in register.clauses]
    if not named:
        yield Finding("without-clause", f"{what} rests on no clause")
    elif in_force and known and all(clause.later for clause in known):
        yield Finding("without-clause", f"{what} rests only on clauses that are not in force")


def _purposes(register: Register) -> Iterator[Finding]:
    for purpose in register.purposes.values():
        yield from _clauses(f"purpose {purpose.id}", purpose.clauses, register, in_force=purpose.open)
        if purpose.permission and purpose.permission not in register.permissions:
            yield Finding(
                "permission", f"purpose {purpose.id} needs {purpose.permission}, which is no switch"
            )
        if purpose.basis not in BASES:
            yield Finding("basis", f"purpose {purpose.id} has no lawful basis: {purpose.basis!r}")
        if purpose.basis == "consent" and "flag" not in register.raw["purposes"][purpose.id]:
            yield Finding("flag", f"purpose {purpose.id} rests on consent and has no place in the standing")
        if purpose.basis == "consent" and purpose.while_frozen:
            yield Finding("basis", f"purpose {purpose.id} rests on consent and goes on after a person leaves")
        for zone in set(purpose.zones) - register.zones.keys():
            yield Finding("zones", f"purpose {purpose.id} names zone {zone}, which does not exist")
        if not purpose.zones:
            yield Finding("zones", f"purpose {purpose.id} belongs to no zone, so nobody can use it")
    flags = [
        it["flag"]
        for part in ("purposes", "permissions")
        for it in register.raw[part].values()
        if "flag" in it
    ]
    for flag in sorted({flag for flag in flags if flags.count(flag) > 1}):
        yield Finding("flag", f"two things to agree to share the place {flag}")


def _asked(register: Register) -> Iterator[Finding]:
    """Yield what is wrong with what people are asked: sensitive items without saying what for, signals for nothing."""
    for purpose in register.purposes.values():
        if purpose.gpc and purpose.basis != "consent":
            yield Finding("basis", f"purpose {purpose.id} is refused by a signal but rests on no consent")
        if purpose.basis != "consent" or effect_of(purpose.id, register):
            continue
        for table in register.tables.values():
            names = [it.name for it in touched(table, purpose) if it.sensitive] if table.subject else []
            if names:
                where = f"{table.name}.{names[0]}"
                yield Finding(
                    "consent-sensitive", f"{purpose.id} asks for {where} and does not say to what effect"
                )


def _recipients(register: Register) -> Iterator[Finding]:
    for it in register.recipients.values():
        if not it.fields:
            yield Finding("recipient", f"recipient {it.id} has no field list")
        for name, category in it.fields.items():
            if category and category not in register.categories:
                yield Finding("recipient", f"recipient {it.id}: field {name} is of no known category")
        for purpose in set(it.purposes) - register.purposes.keys():
            yield Finding("recipient", f"recipient {it.id} serves purpose {purpose}, which does not exist")
        yield from _clauses(f"recipient {it.id}", it.clauses, register)
    for permission in register.permissions.values():
        for clause in set(permission.clauses) - register.clauses.keys():
            yield Finding("clause-unknown", f"permission {permission.id} rests on unknown clause {clause}")


def _table(table: Table, register: Register) -> Iterator[Finding]:
    name = table.name
    for grantee in {*table.grants, *table.updates} - register.purposes.keys():
        yield Finding("grant-unknown", f"{name} is granted to purpose {grantee}, which does not exist")
    if not table.subject:
        if not table.reason:
            yield Finding("table-reason", f"{name} has neither a person nor a reason for having none")
        return
    if table.subject not in table.columns:
        yield Finding("column-entry", f"{name}: its person column {table.subject} is not declared")
    if table.retention not in register.retention:
        yield Finding("retention", f"{name} has no known retention: {table.retention!r}")
    elif register.raw["retention"][table.retention].keys() & {"days", "years"} and not table.expires:
        yield Finding("retention", f"{name} is kept for a fixed time but nothing ends it")
    if table.erase not in ERASE:
        yield Finding("erase", f"{name} does not say what cancelling does to it")
    for unknown in {it for listed in table.updates.values() for it in listed} - table.columns.keys():
        yield Finding("grant-unknown", f"{name}.{unknown} may be updated but is not declared")
    for column in table.columns.values():
        yield from _column(table, column, register)


def _column(table: Table, column: Column, register: Register) -> Iterator[Finding]:
    where = f"{table.name}.{column.name}"
    for purpose in set(column.only) - register.purposes.keys():
        yield Finding("grant-unknown", f"{where} is kept for purpose {purpose}, which does not exist")
    if not column.personal:
        return
    if column.label is None or column.category not in register.categories:
        yield Finding("column-entry", f"{where} lacks a label or a known category")
    yield from _clauses(where, column.clauses, register)
    hidden = column.sealed or column.index_of or column.mask == "secret"
    if column.sensitive and not hidden and not column.clear:
        yield Finding(
            "sensitive-clear", f"{where} is sensitive but neither sealed nor hashed, and no reason is given"
        )


# ---- the code ----


def code_findings(register: Register = REGISTER, kept: Path = proofs.KEPT) -> Iterator[Finding]:
    """Yield the clauses that nothing carries out, no test holds, or whose recorded tests failed.

    A clause that comes later is no exception: what carries it out until then is its refusal.
    """
    known = proofs.outcomes(kept)
    for clause in register.clauses.values():
        if not clause.implemented:
            yield Finding("clause-implementation", f"clause {clause.id}: nothing carries it out")
        if not clause.tests:
            yield Finding("clause-test", f"clause {clause.id}: no test holds it")
        yield from _carried_out(f"clause {clause.id}", "clause", clause.implemented, clause.tests, known)
    for need in laws.needs(register).values():
        yield from _carried_out(f"law {need.id}", "law", need.implemented, need.tests, known)


def _carried_out(
    what: str,
    kind: str,
    targets: tuple[str, ...],
    tests: tuple[str, ...],
    known: Mapping[str, proofs.Outcome],
) -> Iterator[Finding]:
    for target in targets:
        if problem := _target(target):
            yield Finding(f"{kind}-implementation", f"{what}: {target} {problem}")
    for test in tests:
        if problem := _test(test):
            yield Finding(f"{kind}-test", f"{what}: {test} {problem}")
    for test in proofs.broken(tests, known):
        yield Finding(f"{kind}-test-failed", f"{what}: {test} failed on {known[test].at[:10]}")


def _target(target: str) -> str:
    """Return what is wrong with `module:name`; '' when it can be imported."""
    module, _, name = target.partition(":")
    try:
        found = import_module(module)
    except ImportError as error:
        return f"cannot be imported ({error})"
    for part in name.split("."):
        if not hasattr(found, part):
            return "does not exist"
        found = getattr(found, part)
    return ""


def _test(test: str) -> str:
    """Return what is wrong with `file` or `file::name`; '' when it is there or tests are not installed."""
    if not (ROOT / "tests").is_dir():
        return ""
    file, _, name = test.partition("::")
    path = ROOT / file
    if not path.is_file():
        return "does not exist"
    if name and not re.search(rf"^\s*(?:async )?def {re.escape(name)}\b", path.read_text(), re.MULTILINE):
        return "has no such test"
    return ""


def newest_migration() -> Path | None:
    """Return the SQL of the newest register migration, or None."""
    return max(MIGRATIONS.glob("*_register.sql"), default=None)


def migration_text(register: Register = REGISTER) -> str:
    """Return what the newest register migration should hold."""
    return SEPARATOR.join(statement.strip() for statement in register_sql(register)) + "\n"


# ---- the live database ----


def database_findings(database: live.Connection, register: Register = REGISTER) -> Iterator[Finding]:
    """Yield where the live database and the register differ."""
    yield from _columns(database, register)
    newest = newest_migration()
    if newest is None or newest.read_text() != migration_text(register):
        yield Finding(
            "migration", "the register has changed since its newest migration: statement makemigration"
        )
    grants = live.difference(live.live_grants(database), live.expected_grants(register))
    yield from _difference("grant", grants)
    yield from _difference("grant", live.sequence_grants(database))
    yield from _difference("execute", live.execute_grants(database, register))
    yield from _difference("function", live.definer_functions(database, register))
    yield from _difference("policy", live.policies(database, register))
    yield from _difference("membership", live.memberships(database, register))
    yield from _difference("role", live.role_attributes(database, register))
    for name in sorted(shape.sealed_columns(register) - live.byte_columns(database)):
        yield Finding(
            "sealed-type", f"{name} is sealed or an index and the database keeps something else than bytes"
        )
    for table in live.unprotected(database, register):
        yield Finding("row-security", f"row security is not enabled and forced on {table}")
    for what, where in live.hazards(database):
        yield Finding("hazard", f"{what}: {where}")


def _difference(kind: str, it: live.Difference) -> Iterator[Finding]:
    yield from (
        Finding(f"{kind}-extra", f"the database has, the register does not: {text}") for text in it.extra
    )
    yield from (
        Finding(f"{kind}-missing", f"the register has, the database does not: {text}") for text in it.missing
    )


def _columns(database: live.Connection, register: Register) -> Iterator[Finding]:
    known = live.columns(database)
    for table in sorted(known.keys() - register.tables.keys()):
        yield Finding("column-entry", f"table {table} is not in the register")
    for table in sorted(register.tables.keys() - known.keys()):
        yield Finding("entry-column", f"the register has table {table}, the database does not")
    for table in sorted(known.keys() & register.tables.keys()):
        declared = register.tables[table].columns.keys()
        for column in sorted(set(known[table]) - declared):
            yield Finding("column-entry", f"column {table}.{column} is not in the register")
        for column in sorted(declared - set(known[table])):
            yield Finding("entry-column", f"the register has {table}.{column}, the database does not")
