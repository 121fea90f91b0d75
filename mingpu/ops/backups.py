"""Backing the database up and restoring it, so that nobody who was erased comes back.

A backup is a folder: `database.dump` (pg_dump), the list of deletions as it was, and a manifest with fingerprints and
with how far the journal of single deletions had come. Keys and the journal are never in it. Restoring carries out on
what it brought back the list and what the journal says since, before it is in its place; until all is done no part of the
mall starts. Without the journal it is refused, or, if so wished, begins with every consent off.
"""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from mingpu.home import home, secret, write_private
from mingpu.ops.database import connect_admin, database_name, make_roles_and_database
from mingpu.ops.postgres import BINARIES, cluster
from mingpu.ops.replaying import end_what_waits, replay
from mingpu.privacy import consent, deletion_list, journal, keys, rows
from mingpu.privacy.grants import OWNER
from mingpu.privacy.register import REGISTER

DUMP, MANIFEST = "database.dump", "manifest.json"
SETTLED = 60.0  # seconds that a backup waits for what began before it
Database = psycopg.Connection[Any]


class NotABackup(Exception):
    """The folder holds no whole backup; says what is wrong."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore found to do.

    erased: people on the list; keys: destroyed anew; again: rows deleted or changed as the journal says, None without
    it; consents: of how many people all were switched off for want of it.
    """

    erased: tuple[UUID, ...]
    keys: int
    again: int | None
    consents: int


def unfinished() -> Path:
    """Return where it says that a restore has begun and is not done; while it is there no part of the mall starts."""
    return home() / "restoring"


def days() -> int:
    """Return for how many days a backup can be restored, and the journal is kept."""
    return int(REGISTER.raw["erasure"]["backup_days"])


def back_up(folder: Path) -> Path:
    """Write a backup of the database into a new folder under `folder`; return it. Whole or not at all.

    Raises rows.StillBusy when something that began before it does not end.
    """
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    part, whole = folder / f".{stamp}.part", folder / f"mingpu-{stamp}"
    part.mkdir(parents=True, mode=0o700)
    reached = journal.position()
    # A line may be older than its deletion's commit: what wrote one before here has ended before the dump looks.
    rows.settle(SETTLED)
    _program("pg_dump", "--format=custom", f"--file={part / DUMP}", database_name())
    if deletion_list.path().exists():
        shutil.copyfile(deletion_list.path(), part / deletion_list.FILE)
    files = {path.name: _fingerprint(path) for path in sorted(part.iterdir())}
    about = {"at": stamp, "statement": REGISTER.version, "journal": reached, "files": files}
    (part / MANIFEST).write_text(json.dumps(about, indent=1) + "\n")
    for path in part.iterdir():
        path.chmod(0o600)
    return part.rename(whole)


def check(folder: Path) -> None:
    """Make sure that a backup is whole and as it was made. Raises NotABackup."""
    try:
        about = json.loads((folder / MANIFEST).read_text())
        files = about["files"]
        wrong = [name for name, mark in files.items() if _fingerprint(folder / name) != mark]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise NotABackup(f"{folder}: {error!r}") from None
    if wrong or DUMP not in files:
        raise NotABackup(f"{folder}: {', '.join(wrong) or DUMP} is not as it was made")


def restore(folder: Path, *, without_journal: bool = False) -> Restored:
    """Put a backup in the place of the database and carry out on it what was deleted and taken back since.

    The mall's parts must be stopped; killed at any point, call it again. without_journal: go on though nobody knows what
    was deleted since. Raises NotABackup before anything is touched, also for want of the journal.
    """
    check(folder)
    lines = None if without_journal else _since(folder)
    write_private(unfinished(), f"{folder}\n")
    name, fresh, old = database_name(), f"{database_name()}_restored", f"{database_name()}_before"
    with connect_admin() as admin:
        _back_in_place(admin, name, old)
        for left in (fresh, old):
            admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(left)))
        admin.execute(
            sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(fresh), sql.Identifier(OWNER))
        )
        _program("pg_restore", "--exit-on-error", f"--dbname={fresh}", str(folder / DUMP))
        # What is not to come back goes before anybody can see it in its place.
        with connect_admin(fresh) as database, database.transaction():
            again = None if lines is None else replay(database, lines)
            listed = _listed(database, folder)
            switched = _no_consents(database) if lines is None else 0
            end_what_waits(database)
        _stand_in(admin, name, fresh, old)
    make_roles_and_database()
    destroyed = forget_keys(folder / deletion_list.FILE)
    for person_id in listed:
        _erase(person_id)
    with connect_admin() as admin:
        admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(old)))
    unfinished().unlink()
    return Restored(tuple(listed), destroyed, again, switched)


def _since(folder: Path) -> list[journal.Line]:
    """Return what was deleted since a backup. Raises NotABackup when that is not known."""
    about = json.loads((folder / MANIFEST).read_text())
    if journal.age(about["at"]) > timedelta(days=days()):
        raise NotABackup(
            f"{folder} is older than {days()} days: what was deleted since is not known any more"
        )
    try:
        return journal.since(about.get("journal", {}))
    except journal.Gap as gap:
        raise NotABackup(f"{folder}: what was deleted since is not known: {gap}") from None


def forget_keys(*lists: Path) -> int:
    """Destroy the keys of everybody on the list of deletions, as after a restore of the key store; return how many."""
    marks = {it.mark for it in deletion_list.read(deletion_list.path(), *lists)}
    return sum(
        keys.erase_all(subject) for subject in keys.subjects() if deletion_list.mark_of(subject) in marks
    )


def _listed(database: Database, folder: Path) -> list[UUID]:
    """Find whom the list of deletions names, mark them as leaving, and put their certificates back."""
    known = {it.mark: it for it in deletion_list.read(deletion_list.path(), folder / deletion_list.FILE)}
    people: set[UUID] = set()
    for table in REGISTER.tables.values():
        if table.subject:
            query = sql.SQL("SELECT DISTINCT {0} FROM {1} WHERE {0} IS NOT NULL")
            named = query.format(sql.Identifier(table.subject), sql.Identifier(table.name))
            people.update(row[0] for row in database.execute(named).fetchall())
    found = sorted(one for one in people if deletion_list.mark_of(one) in known)
    for person_id in found:
        database.execute(
            "INSERT INTO privacy_standing (person_id, state, consents, switches, told) VALUES (%s, 'erasing', 0, 0, '') "
            "ON CONFLICT (person_id) DO UPDATE SET state = 'erasing'",
            [person_id],
        )
        # Recipients were told when it was done the first time, and its certificate is there: this one is another.
        database.execute(
            "INSERT INTO privacy_cancellation (person_id, requested_at, until, certificate_id, vault_id, progress) "
            "VALUES (%s, now(), now(), %s, %s, %s) ON CONFLICT (person_id) DO UPDATE SET until = now(), "
            "certificate_id = excluded.certificate_id, progress = "
            "excluded.progress || privacy_cancellation.progress",
            [person_id, uuid4(), uuid4(), Jsonb({"shares": {}})],
        )
    for it in known.values():
        database.execute(
            "INSERT INTO privacy_certificate (id, issued_at, body, signature) VALUES (%s, %s, %s, %s) "
            "ON CONFLICT (id) DO NOTHING",
            [it.certificate_id, it.at, it.body, it.signature],
        )
    return found


def _no_consents(database: Database) -> int:
    """Switch every consent off and delete what rests on one; return of how many people."""
    for name in REGISTER.consents():
        for table in consent.resting_on(name):
            database.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table.name)))
    return database.execute("UPDATE privacy_standing SET consents = 0 WHERE consents <> 0").rowcount


def _back_in_place(admin: Database, name: str, old: str) -> None:
    """Undo the half of `_stand_in` that a killed restore came to, so that there is a mall if this one fails."""
    known = {row[0] for row in admin.execute("SELECT datname FROM pg_database").fetchall()}
    if old in known and name not in known:
        admin.execute(
            sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(old), sql.Identifier(name))
        )


def _stand_in(admin: Database, name: str, fresh: str, old: str) -> None:
    """Put the restored database in the place of the one that is there."""
    rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
    for one in (name, fresh):
        admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [one])
    if admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
        admin.execute(rename.format(sql.Identifier(name), sql.Identifier(old)))
    admin.execute(rename.format(sql.Identifier(fresh), sql.Identifier(name)))


def _erase(person_id: UUID) -> None:
    """Erase somebody anew, in a process of the worker's login."""
    subprocess.run(
        [sys.executable, "-m", "mingpu", "erase", str(person_id)], check=True, stdout=subprocess.DEVNULL
    )


def _program(program: str, *arguments: str) -> None:
    """Run one of the server's programs as the administrator. Raises CalledProcessError."""
    url = os.environ.get("DATABASE_URL")
    if url:
        where, env = (
            [
                f"--host={_part(url, 'host')}",
                f"--port={_part(url, 'port')}",
                f"--username={_part(url, 'user')}",
            ],
            {**os.environ, "PGPASSWORD": _part(url, "password")},
        )
    else:
        where, env = (
            [f"--host={cluster().socket}", "--username=postgres"],
            {**os.environ, "PGPASSWORD": secret("admin", "password")},
        )
    subprocess.run([str(BINARIES / program), *where, *arguments], check=True, env=env)


def _part(url: str, name: str) -> str:
    return str(psycopg.conninfo.conninfo_to_dict(url).get(name) or "")


def _fingerprint(path: Path) -> str:
    with path.open("rb") as file:
        mark = sha256()
        while block := file.read(1 << 20):
            mark.update(block)
    return mark.hexdigest()
