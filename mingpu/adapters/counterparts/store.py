"""What the counterparts remember: one SQLite file, so that a killed process loses nothing."""

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS received (
    id INTEGER PRIMARY KEY, party TEXT NOT NULL, at TEXT NOT NULL, method TEXT NOT NULL, path TEXT NOT NULL,
    headers TEXT NOT NULL, body TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS received_party ON received (party, id);
CREATE TABLE IF NOT EXISTS inbox (
    id INTEGER PRIMARY KEY, at REAL NOT NULL, channel TEXT NOT NULL, recipient TEXT NOT NULL,
    subject TEXT NOT NULL, text TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS inbox_recipient ON inbox (recipient, at);
CREATE TABLE IF NOT EXISTS sms_sent (phone TEXT NOT NULL, at REAL NOT NULL);
CREATE INDEX IF NOT EXISTS sms_sent_phone ON sms_sent (phone, at);
CREATE TABLE IF NOT EXISTS fault (
    id INTEGER PRIMARY KEY, party TEXT NOT NULL, kind TEXT NOT NULL, channel TEXT NOT NULL,
    remaining INTEGER NOT NULL, used INTEGER NOT NULL DEFAULT 0, seconds REAL);
CREATE TABLE IF NOT EXISTS letter (
    id INTEGER PRIMARY KEY, party TEXT NOT NULL, url TEXT NOT NULL, body TEXT NOT NULL, due REAL NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0, state TEXT NOT NULL DEFAULT 'pending', fault TEXT);
CREATE INDEX IF NOT EXISTS letter_due ON letter (due) WHERE state = 'pending';
CREATE TABLE IF NOT EXISTS trade (
    out_trade_no TEXT PRIMARY KEY, code_url TEXT NOT NULL UNIQUE, total INTEGER NOT NULL,
    description TEXT NOT NULL, notify_url TEXT NOT NULL, expires REAL, state TEXT NOT NULL,
    transaction_id TEXT, success_time TEXT, openid TEXT, at REAL NOT NULL);
CREATE INDEX IF NOT EXISTS trade_at ON trade (at);
CREATE TABLE IF NOT EXISTS refund (
    out_refund_no TEXT PRIMARY KEY, refund_id TEXT NOT NULL, out_trade_no TEXT NOT NULL,
    amount INTEGER NOT NULL, notify_url TEXT NOT NULL, create_time TEXT NOT NULL, status TEXT NOT NULL,
    outcome TEXT NOT NULL, due REAL NOT NULL, success_time TEXT);
CREATE INDEX IF NOT EXISTS refund_due ON refund (due) WHERE status = 'PROCESSING';
CREATE INDEX IF NOT EXISTS refund_trade ON refund (out_trade_no);
CREATE TABLE IF NOT EXISTS platform_key (
    id INTEGER PRIMARY KEY, serial TEXT NOT NULL, private_pem TEXT NOT NULL, certificate_pem TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS parcel (
    party TEXT NOT NULL, parcel_no TEXT NOT NULL, waybill_no TEXT NOT NULL UNIQUE, message TEXT NOT NULL,
    cod INTEGER, real_name INTEGER NOT NULL, state TEXT NOT NULL, at REAL NOT NULL,
    PRIMARY KEY (party, parcel_no));
CREATE TABLE IF NOT EXISTS parcel_step (
    id INTEGER PRIMARY KEY, party TEXT NOT NULL, waybill_no TEXT NOT NULL, at TEXT NOT NULL,
    place TEXT NOT NULL, op_code TEXT NOT NULL, meaning TEXT NOT NULL, remark TEXT NOT NULL, cod INTEGER,
    pickup_code TEXT NOT NULL, real_name INTEGER, receipt TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS parcel_step_waybill ON parcel_step (waybill_no);
CREATE TABLE IF NOT EXISTS parcel_money (
    id INTEGER PRIMARY KEY, party TEXT NOT NULL, waybill_no TEXT NOT NULL UNIQUE, parcel_no TEXT NOT NULL,
    amount INTEGER NOT NULL, day TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS request_id (
    party TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (party, value)) WITHOUT ROWID;
"""


class Store:
    """One connection, used by one thread at a time. Each statement is durable against a killed process."""

    def __init__(self, directory: Path) -> None:
        """Open the file under `directory`, making it when absent.

        Raises RuntimeError when another process has it open: two would answer every callback twice.
        """
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lock = os.open(directory / "counterparts.lock", os.O_CREAT | os.O_RDWR, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(self._lock)
            raise RuntimeError(f"other counterparts are running on {directory}") from None
        path = directory / "counterparts.sqlite3"
        path.touch(mode=0o600)
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._connection.row_factory = sqlite3.Row
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = NORMAL")
        self._connection.executescript(_SCHEMA)

    def close(self) -> None:
        """Close the file and let another process have it."""
        self._connection.close()
        os.close(self._lock)

    def run(self, sql: str, *values: Any) -> int:
        """Run one statement that changes; return how many rows it changed."""
        return self._connection.execute(sql, values).rowcount

    def add(self, sql: str, *values: Any) -> int:
        """Run one INSERT; return the row's id."""
        return int(self._connection.execute(sql, values).lastrowid or 0)

    def one(self, sql: str, *values: Any) -> sqlite3.Row | None:
        """Return the first row or None."""
        row: sqlite3.Row | None = self._connection.execute(sql, values).fetchone()
        return row

    def all(self, sql: str, *values: Any) -> list[sqlite3.Row]:
        """Return all rows."""
        return self._connection.execute(sql, values).fetchall()

    def value(self, sql: str, *values: Any) -> Any:
        """Return the first column of the first row, or None."""
        row = self.one(sql, *values)
        return row[0] if row else None

    @contextmanager
    def together(self) -> Iterator[None]:
        """Make the statements of the block one change: all or none. Not to be awaited in."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def fresh(self, party: str, value: str) -> bool:
        """Remember a request's own id; False when it was used before."""
        return self.run("INSERT OR IGNORE INTO request_id VALUES (?, ?)", party, value) == 1
