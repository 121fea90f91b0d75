"""Keys: one per person and class of data, in a store apart from the database.

Values are sealed with AES-256-GCM under the person's key; the key is kept wrapped by the key-encryption key.
Erasing a key makes every copy of what it sealed unreadable at once: rows, dead tuples, logs, backups.
The store is SQLite with secure deletion; beyond one machine it is a key service with the same verbs.
"""

import secrets
import sqlite3
import threading
from contextlib import suppress
from pathlib import Path
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from mingpu.home import former, secret

NONCE = 12
VERSION = b"\x01"
_BATCH = 500  # keys wrapped anew in one transaction of the store
_local = threading.local()


class KeyErased(Exception):
    """The key is gone, and with it the value."""


def _store() -> sqlite3.Connection:
    """Return this thread's connection to the store, making the store when there is none."""
    path = settings.KEY_STORE
    known: tuple[str, sqlite3.Connection] | None = getattr(_local, "store", None)
    if known and known[0] == str(path):
        return known[1]
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    store = sqlite3.connect(path, timeout=10, isolation_level=None)
    store.executescript("PRAGMA secure_delete=ON; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;")
    store.execute(
        "CREATE TABLE IF NOT EXISTS keys (subject BLOB, class TEXT, wrapped BLOB NOT NULL,"
        " PRIMARY KEY (subject, class)) WITHOUT ROWID"
    )
    _local.store = (str(path), store)
    return store


def _wrapper(key: str = "") -> AESGCM:
    return AESGCM(bytes.fromhex(key or settings.KEY_ENCRYPTION_KEY))


def _unwrap(wrapped: bytes, place: bytes) -> bytes:
    """Return a key that lies wrapped in its place (subject and class). Raises InvalidTag.

    The wrapping key is renewed while processes run: what the one this process began with does not open is tried
    under those of the file.
    """
    try:
        return _wrapper().decrypt(wrapped[:NONCE], wrapped[NONCE:], place)
    except InvalidTag:
        for other in (secret("kek", "key"), *former("kek", "key")):
            with suppress(InvalidTag):
                return _wrapper(other).decrypt(wrapped[:NONCE], wrapped[NONCE:], place)
        raise


def _wrap(key: bytes, place: bytes, under: str = "") -> bytes:
    nonce = secrets.token_bytes(NONCE)
    return nonce + _wrapper(under).encrypt(nonce, key, place)


def fetch(subject: UUID, kind: str) -> bytes | None:
    """Return the key of `subject` for a class, 32 bytes, or None when there is none."""
    row = (
        _store()
        .execute("SELECT wrapped FROM keys WHERE subject = ? AND class = ?", (subject.bytes, kind))
        .fetchone()
    )
    if row is None:
        return None
    return _unwrap(row[0], subject.bytes + kind.encode())


def fetch_or_make(subject: UUID, kind: str) -> bytes:
    """Return the key of `subject` for a class, making it first when there is none."""
    known = fetch(subject, kind)
    if known is not None:
        return known
    wrapped = _wrap(secrets.token_bytes(32), subject.bytes + kind.encode())
    _store().execute("INSERT OR IGNORE INTO keys VALUES (?, ?, ?)", (subject.bytes, kind, wrapped))
    made = fetch(subject, kind)  # another process may have been first
    assert made is not None
    return made


def erase(subject: UUID, kinds: tuple[str, ...]) -> int:
    """Destroy the keys of `subject` for these classes, journal included; return how many there were."""
    store = _store()
    marks = ", ".join("?" for _ in kinds)
    count = store.execute(
        f"DELETE FROM keys WHERE subject = ? AND class IN ({marks})",  # noqa: S608 -- only question marks
        (subject.bytes, *kinds),
    ).rowcount
    store.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return count


def erase_all(subject: UUID) -> int:
    """Destroy every key of `subject`, of whatever class; return how many there were."""
    kinds = _store().execute("SELECT class FROM keys WHERE subject = ?", (subject.bytes,)).fetchall()
    return erase(subject, tuple(kind for (kind,) in kinds)) if kinds else 0


def rewrap() -> int:
    """Wrap every key that lies under a former wrapping key under the one of the file; return how many there were.

    Safe to repeat and to run while the mall does: a key that is erased meanwhile stays erased.
    """
    store, under, changed = _store(), secret("kek", "key"), 0
    rows = store.execute("SELECT subject, class, wrapped FROM keys").fetchall()
    for start in range(0, len(rows), _BATCH):
        store.execute("BEGIN IMMEDIATE")
        for subject, kind, wrapped in rows[start : start + _BATCH]:
            place = subject + kind.encode()
            if not _lies_under(under, wrapped, place):
                changed += store.execute(
                    "UPDATE keys SET wrapped = ? WHERE subject = ? AND class = ? AND wrapped = ?",
                    (_wrap(_unwrap(wrapped, place), place, under), subject, kind, wrapped),
                ).rowcount
        store.execute("COMMIT")
    store.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return changed


def _lies_under(key: str, wrapped: bytes, place: bytes) -> bool:
    try:
        _wrapper(key).decrypt(wrapped[:NONCE], wrapped[NONCE:], place)
    except InvalidTag:
        return False
    return True


def subjects() -> list[UUID]:
    """Return everybody who has a key: persons, vaults' names, notices."""
    return [UUID(bytes=row[0]) for row in _store().execute("SELECT DISTINCT subject FROM keys")]


def copy_to(path: Path) -> None:
    """Write the store as it is now into a new file, without what was deleted from it."""
    _store().execute("VACUUM INTO ?", (str(path),))


def seal(key: bytes, place: str, value: bytes) -> bytes:
    """Seal `value` so that it opens only with `key` and only in its `place` (table|column|person)."""
    nonce = secrets.token_bytes(NONCE)
    return VERSION + nonce + AESGCM(key).encrypt(nonce, value, place.encode())


def unseal(key: bytes | None, place: str, sealed: bytes) -> bytes:
    """Open what `seal` made; raises KeyErased without the key, ValueError when it was moved or altered."""
    if key is None:
        raise KeyErased
    if sealed[:1] != VERSION:
        raise ValueError("sealed by an unknown version")
    try:
        return AESGCM(key).decrypt(sealed[1 : 1 + NONCE], sealed[1 + NONCE :], place.encode())
    except InvalidTag:
        raise ValueError("a sealed value was moved or altered") from None
