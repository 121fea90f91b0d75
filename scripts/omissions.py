"""Make changes of every kind and put each to the build's questions; started by `measure_omissions` inside its mall.

    python -m scripts.omissions SEED COUNT

Prints progress on stderr and, as its last line, the outcomes as JSON.
"""

import copy
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import asdict
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import django

django.setup()

import psycopg  # noqa: E402 -- settings come first

from mingpu.ops.database import connect_admin, database_name  # noqa: E402
from mingpu.privacy import check, live, versions  # noqa: E402
from mingpu.privacy.register import REGISTER as KNOWN  # noqa: E402
from mingpu.privacy.register import Register, load  # noqa: E402
from scripts import omission_code, omission_database, omission_register  # noqa: E402
from scripts.measure_omissions import Outcome, plan  # noqa: E402
from scripts.omission_kinds import CODE, DATABASE, REGISTER, Change, Edit, Sql, draw  # noqa: E402

KINDS = {"database": DATABASE, "register": REGISTER, "code": CODE}
# What a copy of the project needs for its check; tests are looked for by name.
COPIED = ("mingpu", "tests", "docs/measurements", "manage.py", "pyproject.toml")
PLACES = (omission_code, omission_database, omission_register)  # importing them fills KINDS
# What is found because somebody has not yet said that they mean it.
FORMAL = {"migration", "version-missing", "version-changed", "version-chain"}


def toml(value: Any) -> str:
    """Write a value of the register as TOML, inline."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{json.dumps(key)} = {toml(it)}" for key, it in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(toml, value)) + "]"
    if isinstance(value, date | int):
        return str(value)
    return json.dumps(value, ensure_ascii=False)


def rewritten(raw: dict[str, Any], folder: Path) -> Register:
    """Write a register's data into an empty folder and read it as the mall does."""
    top = [f"{key} = {toml(it)}" for key, it in raw.items() if not isinstance(it, dict)]
    for section, entries in raw.items():
        if isinstance(entries, dict):
            top += [f"[{section}]", *(f"{json.dumps(key)} = {toml(it)}" for key, it in entries.items())]
    (folder / "register.toml").write_text("\n".join(top) + "\n")
    return load(folder)


def kinds_of(found: Iterable[Any]) -> list[str]:
    """Return the kinds of some findings, each once."""
    return list(dict.fromkeys(it.kind for it in found))


def in_database(database: live.Connection, name: str, made: Sql) -> Outcome:
    """Run a change as the administrator, ask as the owner, roll back."""
    with database.transaction(force_rollback=True):
        database.execute(made.text.encode())
        database.execute("SET LOCAL ROLE mingpu_owner")
        try:
            with database.transaction():
                found = kinds_of(check.database_findings(database))
        except psycopg.Error as refused:  # the check itself cannot go on: the build stops there
            found = [f"stopped: {type(refused).__name__}"]
    return Outcome("database", name, made.text, found, None)


def in_register(database: live.Connection, name: str, made: Change, *, all_of_it: bool = True) -> Outcome:
    """Change a copy of the register's files, read them, ask; `all_of_it`: the database too where rules found it."""
    raw = copy.deepcopy(dict(KNOWN.raw))
    made.do(raw)
    with tempfile.TemporaryDirectory() as folder:
        try:
            register = rewritten(raw, Path(folder))
            own = [*check.register_findings(register), *check.code_findings(register)]
            found = rules = [it for it in kinds_of(own) if it not in FORMAL]
            if all_of_it or not rules:
                found = [*rules, *kinds_of(versions.findings(register)), *_live(database, register)]
        except (KeyError, ValueError, TypeError, AttributeError, IndexError, psycopg.Error) as error:
            found = rules = [f"stopped: {type(error).__name__}"]
    return Outcome("register", name, made.what, list(dict.fromkeys(found)), bool(rules))


def _live(database: live.Connection, register: Register) -> list[str]:
    with database.transaction(force_rollback=True):
        database.execute("SET LOCAL ROLE mingpu_owner")
        return kinds_of(check.database_findings(database, register))


def copied() -> Path:
    """Copy what the check needs of the project."""
    folder = Path(tempfile.mkdtemp(prefix="mingpu-copy-"))
    for name in COPIED:
        source = omission_code.ROOT / name
        if source.is_dir():
            shutil.copytree(
                source, folder / name, ignore=shutil.ignore_patterns("__pycache__", "demo", "static")
            )
        else:
            shutil.copy(source, folder / name)
    return folder


def in_code(project: Path, name: str, made: Edit) -> Outcome:
    """Change one file of the copy, run the build's command there, put the file back."""
    path = project / made.file
    before = path.read_text()
    if made.text is None:
        path.unlink()
    else:
        path.write_text(made.text)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "mingpu", "statement", "check"], check=False, cwd=project, capture_output=True,
            text=True, env={**os.environ, "MINGPU_ZONE": "owner", "PYTHONDONTWRITEBYTECODE": "1"},
        )  # fmt: skip
    finally:
        path.write_text(before)
    found = [line.partition(":")[0] for line in done.stdout.splitlines() if ": " in line]
    if done.returncode and not found:
        found = ["stopped: " + (done.stderr.strip().splitlines() or ["without a word"])[-1].partition(":")[0]]
    return Outcome("code", name, f"{made.file}: {made.what}", list(dict.fromkeys(found)), None)


def nothing_is_found_at_first(database: live.Connection, project: Path | None) -> None:
    """Raise RuntimeError when the mall as it is does not hold: then a finding would prove nothing."""
    with database.transaction(force_rollback=True):
        database.execute("SET LOCAL ROLE mingpu_owner")
        with tempfile.TemporaryDirectory() as folder:
            found = check.findings(database, rewritten(dict(KNOWN.raw), Path(folder)))
    if found:
        raise RuntimeError(f"the statement does not hold as it is: {found[0]}")
    if project is not None:
        done = in_code(project, "", Edit("pyproject.toml", "", (project / "pyproject.toml").read_text()))
        if done.caught:
            raise RuntimeError(f"the copy does not hold as it is: {done.kinds}")


def main() -> int:
    """Make COUNT changes from SEED on."""
    seed, count = int(sys.argv[1]), int(sys.argv[2])
    outcomes: list[Outcome] = []
    project = copied()
    chance = Random(seed)  # noqa: S311 -- to be drawn again, not to be secret
    try:
        with connect_admin(database_name()) as database:
            nothing_is_found_at_first(database, project)
            for ground, name in plan(count, {ground: list(kinds) for ground, kinds in KINDS.items()}):
                made = draw(KINDS[ground], name, chance)
                if ground == "database":
                    outcomes.append(in_database(database, name, made))
                elif ground == "register":
                    outcomes.append(in_register(database, name, made))
                else:
                    outcomes.append(in_code(project, name, made))
                if not outcomes[-1].caught:
                    print(f"missed: {outcomes[-1]}", file=sys.stderr)
    finally:
        shutil.rmtree(project, ignore_errors=True)
    print(json.dumps([asdict(it) for it in outcomes], ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
