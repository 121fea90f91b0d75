"""The statement against the program: check it, show it, try it on the live database, write its migration."""

import argparse
import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from django.db import connection
from django.db.migrations.loader import MigrationLoader

from mingpu.lib.text import speaking
from mingpu.privacy import check, matrix, proofs, versions
from mingpu.privacy.evidence import as_markdown
from mingpu.privacy.laws import as_markdown as law_markdown
from mingpu.privacy.laws import needs
from mingpu.privacy.register import REGISTER
from mingpu.privacy.statement import as_text
from mingpu.settings import ROOMS

TABLE = proofs.ROOT / "docs" / "clauses.md"
MIGRATION = '''"""What the register allows, as it was when this migration was made (the .sql file beside it)."""

from pathlib import Path

from django.db import migrations

STATEMENTS = Path(__file__).with_suffix(".sql").read_text().split(";\\n--\\n")


class Migration(migrations.Migration):
    dependencies = [
{dependencies}
    ]
    operations = [migrations.RunSQL([(statement, None) for statement in STATEMENTS], migrations.RunSQL.noop)]
'''


def arguments(parser: argparse.ArgumentParser) -> None:
    """Take one of the verbs."""
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("check", help="say what stands in the way of the statement being true")
    show = verbs.add_parser("show", help="print the statement")
    show.add_argument("--language", choices=["zh-hans", "en"], default="zh-hans")
    tried = verbs.add_parser("matrix", help="try every purpose on every column of the live database")
    tried.add_argument("--json", action="store_true", help="print every cell as JSON")
    keep = verbs.add_parser("snapshot", help="keep what this version of the statement says")
    keep.add_argument("--rewrite", action="store_true", help="write it anew (before it is published only)")
    make = verbs.add_parser("makemigration", help="write the next migration when the register has changed")
    make.add_argument("--rewrite", action="store_true", help="rewrite the newest one (before a release only)")
    table = verbs.add_parser("table", help="write docs/clauses.md: what stands behind each clause")
    table.add_argument(
        "--check", action="store_true", help="write nothing; 1 when the file is not as it would be"
    )
    record = verbs.add_parser(
        "record", help="keep the outcome of the tests that clauses name, from a JUnit file"
    )
    record.add_argument("junit", type=Path)


def run(args: argparse.Namespace) -> int:
    """Run the verb; 1 when something differs."""
    verbs: dict[str, Callable[[], int]] = {
        "check": _check,
        "show": lambda: _show(args.language),
        "matrix": lambda: _matrix(as_json=args.json),
        "table": lambda: _table(only_check=args.check),
        "record": lambda: _record(args.junit),
        "snapshot": lambda: _snapshot(rewrite=args.rewrite),
        "makemigration": lambda: _makemigration(rewrite=args.rewrite),
    }
    return verbs[args.verb]()


def _show(language: str) -> int:
    with speaking(language):
        print("\n".join(as_text()))
    return 0


def _snapshot(*, rewrite: bool) -> int:
    try:
        path = versions.snapshot(rewrite=rewrite)
    except ValueError as refused:
        print(refused)
        return 1
    print(f"wrote {path.name}" if path else "this version is kept as it is")
    return 0


def _check() -> int:
    connection.ensure_connection()
    found = check.findings(connection.connection)
    for finding in found:
        print(finding)
    print(f"{len(found)} findings" if found else "the statement holds")
    return int(bool(found))


def _table(*, only_check: bool) -> int:
    text = as_markdown(proofs.outcomes()) + law_markdown(proofs.outcomes())
    if only_check:
        return int(not TABLE.is_file() or TABLE.read_text() != text)
    TABLE.write_text(text)
    print(f"wrote {TABLE.relative_to(proofs.ROOT)}: {len(REGISTER.clauses)} clauses")
    return 0


def _record(junit: Path) -> int:
    named = {test for it in REGISTER.clauses.values() for test in it.tests}
    named |= {test for it in needs().values() for test in it.tests}
    told = proofs.record(junit, named, register=REGISTER.digest)
    for name, it in told.items():
        if not it.holds:
            print(f"{name}: {it.failed} failed, {it.passed} passed, {it.skipped} skipped")
    print(f"{len(told)} of {len(named)} named tests ran")
    return int(any(it.failed for it in told.values()))


def _matrix(*, as_json: bool) -> int:
    cells, becomings = list(matrix.cells()), list(matrix.becomings())
    wrong: list[object] = [it for it in cells if not it.holds]
    wrong += [it for it in becomings if not it.holds]
    if as_json:
        whole = {"cells": [asdict(it) for it in cells], "becomings": [asdict(it) for it in becomings]}
        print(json.dumps({**whole, "differences": len(wrong)}))
        return int(bool(wrong))
    print("\n".join(matrix.as_table(cells)))
    print()
    for zone in dict.fromkeys(it.zone for it in becomings):
        roles = [it.role for it in becomings if it.zone == zone and it.allowed]
        refused = sum(it.zone == zone and not it.allowed for it in becomings)
        print(f"login {zone} may become: {', '.join(roles)}; {refused} others refused")
    allowed = sum(it.allowed for it in cells)
    print(f"{len(cells)} cells tried: {allowed} allowed, {len(cells) - allowed} refused")
    for it in wrong:
        print(f"differs from the register: {it}")
    return int(bool(wrong))


def _makemigration(*, rewrite: bool) -> int:
    newest, text = check.newest_migration(), check.migration_text()
    if newest is not None and newest.read_text() == text:
        print("the register has not changed")
        return 0
    if newest is None or not rewrite:
        newest = _next_file()
    newest.with_suffix(".py").write_text(MIGRATION.format(dependencies=_dependencies(newest.stem)))
    newest.write_text(text)
    print(f"wrote {newest.name}")
    return 0


def _next_file() -> Path:
    numbers = [int(path.name[:4]) for path in check.MIGRATIONS.glob("[0-9][0-9][0-9][0-9]_*.py")]
    return check.MIGRATIONS / f"{max(numbers, default=0) + 1:04}_register.sql"


def _dependencies(name: str) -> str:
    """Name the newest migration of every room whose tables are in the register, and our own before `name`."""
    leaves = MigrationLoader(None).graph.leaf_nodes()
    named = {node for node in leaves if node[0] in {*ROOMS, "procrastinate"} - {"privacy"}}
    before = sorted(path.stem for path in check.MIGRATIONS.glob("[0-9]*.py") if path.stem < name)
    named |= {("privacy", stem) for stem in before[-1:]}
    return "\n".join(f'        ("{app}", "{stem}"),' for app, stem in sorted(named))
