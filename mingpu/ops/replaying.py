"""Carrying the journal of deletions out on a restored database, before it takes its place and anybody can see it.

In one transaction, from the beginning each time: done twice it comes to the same. What a backup cannot know and no journal
holds ends with it: sign-ins, codes and recoveries that waited, packages that were about to leave.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import psycopg
from psycopg import sql

from mingpu.privacy import consent, journal, notices
from mingpu.privacy.certificate import canonical
from mingpu.privacy.forgetting import PERSONS, mark
from mingpu.privacy.register import REGISTER
from mingpu.privacy.versions import flags_ever

Database = psycopg.Connection[Any]
SLICE = 10_000  # keys read at once
# Ended at another time than the backup's, they would let somebody in again.
ENDED = ("accounts_session", "accounts_halfsignin", "accounts_code", "accounts_recovery", "desk_staffsession")


def replay(database: Database, lines: Sequence[journal.Line]) -> int:
    """Carry lines out inside the running transaction; return how many rows were deleted or changed by them."""
    changed = sum(_gone(database, table, marks) for table, marks in _by_table(lines, journal.GONE).items())
    for table, marks in _by_table(lines, journal.EMPTIED).items():
        keys = _found(database, table, marks)
        emptied = [line for line in lines if (line.kind, line.name) == (journal.EMPTIED, table)]
        changed += sum(_emptied(database, line, keys) for line in emptied)
    personal = [line for line in lines if line.kind in {journal.NO, journal.LEAVES, journal.STAYS}]
    people = _found(database, PERSONS, {one for line in personal for one in line.marks})
    for line in personal:
        for person_id in (people[one] for one in line.marks if one in people):
            changed += {journal.NO: _no, journal.LEAVES: _leaves, journal.STAYS: _stays}[line.kind](
                database, line, person_id
            )
    return changed


def end_what_waits(database: Database) -> None:
    """End every sign-in, code and recovery that waits, and stop packages that have not left."""
    for table in ENDED:
        if _there(database, table):
            database.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
    if _there(database, "rights_transfer"):
        database.execute(
            "UPDATE rights_transfer SET state = 'stopped', answered_at = now() WHERE state = 'waiting'"
        )


def _by_table(lines: Sequence[journal.Line], kind: str) -> Mapping[str, set[str]]:
    found: dict[str, set[str]] = {}
    for line in lines:
        if line.kind == kind and line.name in REGISTER.tables:
            found.setdefault(line.name, set()).update(line.marks)
    return found


def _there(database: Database, table: str) -> bool:
    """Whether the backup's version of the mall had this table."""
    return database.execute("SELECT to_regclass(%s)", [table]).fetchone()[0] is not None  # type: ignore[index]  # one row


def _key(database: Database, table: str) -> str:
    """Return the primary key column of a table of the backup, as its version had it."""
    row = database.execute(
        "SELECT a.attname FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0] "
        "WHERE i.indrelid = %s::regclass AND i.indisprimary",
        [table],
    ).fetchone()
    assert row is not None
    return str(row[0])


def _keys(database: Database, table: str) -> Iterator[Any]:
    query = sql.SQL("SELECT {} FROM {}").format(sql.Identifier(_key(database, table)), sql.Identifier(table))
    with database.cursor(name="keys") as cursor:
        cursor.itersize = SLICE
        cursor.execute(query)
        for (key,) in cursor:
            yield key


def _found(database: Database, table: str, marks: set[str]) -> dict[str, Any]:
    """Return the keys of the rows that are meant, by mark."""
    if not marks or not _there(database, table):
        return {}
    return {one: key for key in _keys(database, table) if (one := mark(table, key)) in marks}


def _gone(database: Database, table: str, marks: set[str]) -> int:
    found = list(_found(database, table, marks).values())
    if not found:
        return 0
    query = sql.SQL("DELETE FROM {} WHERE {} = ANY(%s)")
    return database.execute(
        query.format(sql.Identifier(table), sql.Identifier(_key(database, table))), [found]
    ).rowcount


def _emptied(database: Database, line: journal.Line, keys: Mapping[str, Any]) -> int:
    """Empty columns of the rows that are still there. keys: by mark."""
    columns = [name for name in line.more if name in REGISTER.tables[line.name].columns]
    emptied = sql.SQL(", ").join(sql.SQL("{} = NULL").format(sql.Identifier(name)) for name in columns)
    changed = 0
    for key in (keys[one] for one in line.marks if one in keys and columns):
        query = sql.SQL("UPDATE {} SET {} WHERE {} = %s").format(
            sql.Identifier(line.name), emptied, sql.Identifier(_key(database, line.name))
        )
        with suppress(psycopg.errors.NotNullViolation), database.transaction():  # a nickname is never none
            changed += database.execute(query, [key]).rowcount
    return changed


def _no(database: Database, line: journal.Line, person_id: Any) -> int:
    """Take a consent back that the backup knows as given, with its record, and delete what rested on it."""
    if line.name not in REGISTER.consents():
        return 0
    version, digest, language, notice, method = line.more
    database.execute(
        "UPDATE privacy_standing SET consents = consents & ~%s::bigint, switches = switches + 1 WHERE person_id = %s",
        [flags_ever(line.name), person_id],
    )
    today = notices.notice_of(line.name)
    if today.hash == notice:
        database.execute(
            "INSERT INTO privacy_noticetext (hash, name, version, body) VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING",
            [notice, line.name, today.version, canonical(today.document).decode()],
        )
    made = database.execute(
        "INSERT INTO privacy_consentevent (id, person_id, name, granted, statement_version, statement_hash, language, "
        "notice_hash, method, at) VALUES (%s, %s, %s, false, %s, %s, %s, %s, %s, %s) ON CONFLICT (id) DO NOTHING",
        [
            uuid5(NAMESPACE_URL, f"{person_id}|{line.name}|{line.at}"), person_id, line.name, version, digest, language,
            notice, method, line.at,
        ],
    ).rowcount  # fmt: skip
    for table in consent.resting_on(line.name):
        if _there(database, table.name):
            database.execute(
                sql.SQL("DELETE FROM {} WHERE {} = %s").format(
                    sql.Identifier(table.name), sql.Identifier(table.subject)
                ),
                [person_id],
            )
    return made


def _leaves(database: Database, line: journal.Line, person_id: Any) -> int:
    """Let somebody cool off who asked for it; the job that erases them comes at its time."""
    asked, until, certificate_id, vault_id = line.more
    done = database.execute(
        "UPDATE privacy_standing SET state = 'cooling_off' WHERE person_id = %s AND state = 'active'",
        [person_id],
    ).rowcount
    if done:
        database.execute(
            "INSERT INTO privacy_cancellation (person_id, requested_at, until, certificate_id, vault_id, progress) "
            "VALUES (%s, %s, %s, %s, %s, '{}') ON CONFLICT (person_id) DO NOTHING",
            [person_id, asked, until, certificate_id, vault_id],
        )
        database.execute(
            "SELECT mingpu.enqueue('privacy.erase', jsonb_build_object('person_id', %s::text), %s::timestamptz, %s)",
            [str(person_id), until, f"erase:{person_id}:{until}"],
        )
    return done


def _stays(database: Database, _line: journal.Line, person_id: Any) -> int:
    done = database.execute(
        "UPDATE privacy_standing SET state = 'active' WHERE person_id = %s AND state = 'cooling_off'",
        [person_id],
    ).rowcount
    if done:
        database.execute("DELETE FROM privacy_cancellation WHERE person_id = %s", [person_id])
    return done
