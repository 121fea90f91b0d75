"""Clearing away what deleted rows leave behind: in the tables' files, in statistics, in the write-ahead log.

PostgreSQL marks a deleted row as dead and overwrites it some day. Sealed values are unreadable the moment their keys are
gone; plain columns (ids, keyed hashes, device models, times) can be found in the files until the table is written anew,
and in the log until its segment is removed. This does both; it runs with every backup and by itself.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from psycopg import errors, sql

from mingpu.ops.database import connect_admin, database_name
from mingpu.privacy.register import REGISTER

SMALL = 64 * 1024 * 1024  # bytes; a larger table is not locked for as long as writing it anew takes
QUEUE = ("procrastinate_jobs", "procrastinate_events")
DEAD = "SELECT n_dead_tup, pg_total_relation_size(relid) FROM pg_stat_user_tables WHERE relname = %s"


@dataclass(frozen=True, slots=True)
class Tidied:
    """One table: how many dead rows it was thought to hold, and what was done. done: anew | vacuumed | busy."""

    table: str
    dead: int
    done: str


def tidy(*, everything: bool = False) -> Iterator[Tidied]:
    """Write the tables of people's rows anew where something was deleted, the log last.

    everything: also tables that the statistics think clean. A table that is in use for longer than four seconds is
    left for the next time.
    """
    names = [table.name for table in REGISTER.tables.values() if table.subject]
    with connect_admin(database_name()) as admin:
        admin.execute("SET lock_timeout = 4000")
        for name in (*names, *QUEUE):
            row = admin.execute(DEAD, [name]).fetchone()
            dead, size = (int(str(value)) for value in row) if row else (0, 0)
            if not dead and not everything:
                continue
            small = size <= SMALL
            how = sql.SQL("VACUUM (FULL, ANALYZE) {}" if small else "VACUUM (ANALYZE) {}")
            try:
                admin.execute(how.format(sql.Identifier(name)))
            except errors.LockNotAvailable:
                yield Tidied(name, dead, "busy")
            else:
                yield Tidied(name, dead, "anew" if small else "vacuumed")
        admin.execute("VACUUM (FULL) pg_catalog.pg_statistic")  # it holds values of columns as samples
        for _ in range(2):  # the first leaves the segment it ended in
            admin.execute("SELECT pg_switch_wal()")
            admin.execute("CHECKPOINT")
