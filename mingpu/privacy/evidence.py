"""What stands behind each clause: rooms, purposes with role, grants and policies, recipients, tests and their outcome.

Nothing here is written down anywhere: it is read from the register, from the SQL made of it, and from the last run.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from mingpu.privacy.grants import rights_sql
from mingpu.privacy.proofs import Outcome
from mingpu.privacy.register import REGISTER, Clause, Purpose, Register, Table


@dataclass(frozen=True, slots=True)
class Rights:
    """What a purpose may do with one table, as SQL."""

    table: str
    label: str
    grants: list[str]
    policies: list[str]


@dataclass(frozen=True, slots=True)
class Use:
    """One purpose: its role and rights as SQL; behind a clause only those on the tables that serve it."""

    id: str
    title: str
    role: str
    grants: int
    policies: int
    rights: list[Rights]
    recipients: list[str]


@dataclass(frozen=True, slots=True)
class Proof:
    """One test and how it came out last. state: passed | failed | unknown."""

    name: str
    state: str
    passed: int
    failed: int
    skipped: int
    at: str  # a day
    last_passed: str  # a day, '' for never


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything behind one clause, in the reader's language. all_purposes: no purpose names it, so it binds all."""

    id: str
    rooms: list[str]
    code: list[str]
    purposes: list[Use]
    all_purposes: bool
    permissions: list[str]
    tests: list[Proof]

    @property
    def holds(self) -> bool:
        """Whether every test of it ran and passed."""
        return bool(self.tests) and all(it.state == "passed" for it in self.tests)


def evidence(clause: Clause, outcomes: Mapping[str, Outcome], register: Register = REGISTER) -> Evidence:
    """Return what stands behind a clause."""
    purposes = [it for it in register.purposes.values() if clause.id in it.clauses]
    return Evidence(
        id=clause.id,
        rooms=rooms(clause.implemented),
        code=list(clause.implemented),
        purposes=[use(it, register, clause.id) for it in purposes],
        all_purposes=not purposes and not clause.later,
        permissions=[str(it.title) for it in register.permissions.values() if clause.id in it.clauses],
        tests=proofs(clause.tests, outcomes),
    )


def rooms(targets: tuple[str, ...]) -> list[str]:
    """Return the rooms that some dotted targets lie in, each once."""
    return list(dict.fromkeys(target.split(".")[1] for target in targets))


def use(purpose: Purpose, register: Register = REGISTER, clause: str = "") -> Use:
    """Return a purpose with the SQL that gives it its rights; clause: only on the tables that serve that one.

    A clause about a purpose as a whole shows none of it again: the purpose itself does.
    """
    every = list(_rights(purpose, register))
    wanted = [it for table, it in every if not clause or clause in _clauses_of(table)]
    return Use(
        id=purpose.id, title=str(purpose.title), role=purpose.role,
        grants=sum(len(it.grants) for _, it in every), policies=sum(len(it.policies) for _, it in every),
        rights=wanted,
        recipients=[str(it.title) for it in register.recipients.values() if purpose.id in it.purposes],
    )  # fmt: skip


def _rights(purpose: Purpose, register: Register) -> Iterator[tuple[Table, Rights]]:
    for table in register.tables.values():
        grants, policies = rights_sql(table, purpose, register)
        if grants and table.subject:
            yield table, Rights(table.name, str(table.label), grants, policies)


def _clauses_of(table: Table) -> set[str]:
    return {clause for column in table.columns.values() for clause in column.clauses}


def proofs(tests: tuple[str, ...], outcomes: Mapping[str, Outcome]) -> list[Proof]:
    """Return each test with its last outcome; one that was never recorded is unknown."""
    found = []
    for name in tests:
        it = outcomes.get(name)
        state = "unknown" if it is None else "failed" if it.failed or not it.passed else "passed"
        counts = (it.passed, it.failed, it.skipped) if it else (0, 0, 0)
        found.append(Proof(name, state, *counts, it.at[:10] if it else "", it.last_passed[:10] if it else ""))
    return found


# ---- the table for the docs ----

HEAD = """# Clauses

Made by `mingpu statement table` of the register and the last recorded run of the tests; not edited by hand. Grants are
counted in statements (`GRANT …`), policies in `CREATE POLICY`; the statement page shows each word for word.

| clause | in force | rooms | purposes | grants, policies | tests, last outcome |
|---|---|---|---|---|---|
"""


def as_markdown(outcomes: Mapping[str, Outcome], register: Register = REGISTER) -> str:
    """Return docs/clauses.md, every clause of the register once, in the order of its number."""
    return HEAD + "\n".join(_line(it, outcomes, register) for it in in_order(register)) + "\n"


def in_order(register: Register = REGISTER) -> list[Clause]:
    """Return the clauses, 1.1.3a before 1.1.10: numbers as numbers, then the letter."""

    def place(clause: Clause) -> list[tuple[int, str]]:
        parts = clause.id.split(".")
        return [(int("".join(filter(str.isdigit, part)) or 0), part) for part in parts]

    return sorted(register.clauses.values(), key=place)


def _line(clause: Clause, outcomes: Mapping[str, Outcome], register: Register) -> str:
    it = evidence(clause, outcomes, register)
    every = [use(purpose, register) for purpose in register.purposes.values()] if it.all_purposes else []
    uses = it.purposes or every
    purposes = ", ".join(f"`{one.id}`" for one in it.purposes)
    purposes = purposes or ("binds every purpose" if it.all_purposes else "none has a right for it")
    counts = f"{sum(one.grants for one in uses)}, {sum(one.policies for one in uses)}"
    tests = "<br>".join(f"`{one.name}` {words(one)}" for one in it.tests)
    force = "not yet: its door refuses" if clause.later else "yes"
    return f"| {clause.id} | {force} | {', '.join(it.rooms)} | {purposes} | {counts} | {tests} |"


def words(it: Proof) -> str:
    """Say how a test came out last, for a table."""
    if it.state == "unknown":
        return "not recorded yet"
    skipped = f", {it.skipped} skipped" if it.skipped else ""
    told = f"{it.passed} passed" if it.state == "passed" else f"**{it.failed} failed**, {it.passed} passed"
    return f"{told}{skipped} {it.at}"
