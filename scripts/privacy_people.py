"""People by the hundred thousand for `measure_privacy`, written by COPY into two databases of one schema.

The one holds sealed values, the other the same values open; everything else is alike: accounts with contact, profile,
an address, consents, searches, a share and the log rows of those uses. Keys and values are made by the mall's own
functions. Several processes write slices while no index is kept up; the indexes are built at the end, so they are as
dense as after `REINDEX`. Run in a process of the measured mall, with nothing else at work in it:
`python -m scripts.privacy_people FIRST COUNT` writes both databases and adds to `people.bin`, 16 bytes a person.
"""

import os
import sqlite3
import sys
from base64 import b64encode
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from multiprocessing import get_context
from typing import Any
from uuid import UUID

import django
import psycopg
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

django.setup()

from django.conf import settings  # noqa: E402 -- after setup

from mingpu.ops.database import connect_admin, database_name  # noqa: E402 -- after setup
from mingpu.privacy import keys  # noqa: E402 -- after setup
from mingpu.privacy.fields import blind_index  # noqa: E402 -- after setup
from mingpu.privacy.notices import notice_of  # noqa: E402 -- after setup
from mingpu.privacy.register import REGISTER  # noqa: E402 -- after setup

PLAIN = "mingpu_plain"
SLICE = 5_000
PROCESSES = 2
KINDS = ("account", "optional", "share")
# Table -> rows a person; what of it is kept about the keeping.
TABLES = {
    "accounts_person": 1, "accounts_credential": 1, "accounts_contact": 1, "accounts_profile": 1, "accounts_address": 1,
    "search_search": 3, "privacy_standing": 1, "privacy_consentevent": 2, "privacy_share": 1, "privacy_accesslog": 8,
}  # fmt: skip
USES = (
    "registration",
    "identity_check",
    "profile",
    "rights",
    "rights",
    "search_history",
    "search_history",
    "search_history",
)
START = datetime(2026, 1, 1, tzinfo=UTC)


def person_at(number: int) -> UUID:
    """Return the id of the person of a number, the same in every run."""
    return UUID(bytes=blake2b(b"%d" % number, digest_size=16).digest(), version=4)


class _Sealer:
    """A person's keys, kept as the key store keeps them, and values sealed by them."""

    def __init__(self) -> None:
        self._wrapper = AESGCM(bytes.fromhex(settings.KEY_ENCRYPTION_KEY))
        self.rows: list[tuple[bytes, str, bytes]] = []
        self._keys: dict[str, bytes] = {}
        self._person = ""

    def begin(self, person: UUID) -> None:
        """Make the keys of the next person: `keys.fetch_or_make` would wait for the disk each time."""
        self._person = str(person)
        for kind in KINDS:
            key, nonce = os.urandom(32), os.urandom(keys.NONCE)
            wrapped = nonce + self._wrapper.encrypt(nonce, key, person.bytes + kind.encode())
            self.rows.append((person.bytes, kind, wrapped))
            self._keys[kind] = key

    def seal(self, place: str, kind: str, value: str) -> bytes:
        """Seal a value for its place (table|column)."""
        return keys.seal(self._keys[kind], f"{place}|{self._person}", value.encode())


def rows_of(number: int, person: UUID) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield a person's rows, every value open; what is not named takes its column's default."""
    at = START + timedelta(seconds=number % 25_000_000)
    phone = f"+861{3_000_000_000 + number}"
    own = {"person_id": person}
    yield from _account(number, person, at, phone)
    yield from _searches(number, own, at)
    yield from _consents(number, own, at)
    yield from _records(number, person, at, phone)


def _account(number: int, person: UUID, at: datetime, phone: str) -> Iterator[tuple[str, dict[str, Any]]]:
    own = {"person_id": person}
    yield "accounts_person", {"id": person, "created_at": at}
    yield (
        "accounts_credential",
        {
            **own,
            "username": f"user-{number}",
            "username_index": blind_index("accounts_credential.username", f"user-{number}"),
            "password_hash": "$argon2id$v=19$m=19456,t=2,p=1$" + b64encode(person.bytes * 3).decode(),
        },
    )
    yield (
        "accounts_contact",
        {**own, "phone": phone, "phone_index": blind_index("accounts_contact.phone", phone)},
    )
    yield (
        "accounts_profile",
        {**own, "nickname": f"顾客{number}", "birthday": "1990-05-17", "interests": "tea\nbooks"},
    )
    yield (
        "accounts_address",
        {
            **own,
            "id": person_at(-number - 1),
            "name": "林知夏",
            "phone": phone,
            "province": "浙江省",
            "city": "杭州市",
            "district": "西湖区",
            "street": f"文三路 {number} 号云栖公寓 3 幢 502",
            "is_default": True,
            "created_at": at,
        },
    )


def _searches(number: int, own: dict[str, Any], at: datetime) -> Iterator[tuple[str, dict[str, Any]]]:
    for place in range(TABLES["search_search"]):
        words = f"龙井 茶具 {(number * 7 + place) % 5000}"
        yield (
            "search_search",
            {
                **own,
                "id": person_at(-(number * 8 + place) - 10**9),
                "keywords": words,
                "keywords_index": blind_index("search_search.keywords", f"{own['person_id']}|{words}"),
                "at": at,
            },
        )


def _consents(number: int, own: dict[str, Any], at: datetime) -> Iterator[tuple[str, dict[str, Any]]]:
    granted = REGISTER.consents()["search_history"] | REGISTER.consents()["browsing_history"]
    yield "privacy_standing", {**own, "state": "active", "consents": granted}
    for place, name in enumerate(("search_history", "browsing_history")):
        yield (
            "privacy_consentevent",
            {
                **own,
                "id": person_at(-(number * 8 + place) - 2 * 10**9),
                "name": name,
                "granted": True,
                "statement_version": REGISTER.version,
                "statement_hash": REGISTER.digest,
                "language": "zh-hans",
                "notice_hash": notice_of(name).hash,
                "method": "page",
                "at": at,
            },
        )


def _records(number: int, person: UUID, at: datetime, phone: str) -> Iterator[tuple[str, dict[str, Any]]]:
    own = {"person_id": person}
    yield (
        "privacy_share",
        {
            **own,
            "id": person_at(-number - 3 * 10**9),
            "at": at,
            "recipient": "sms_gateway",
            "purpose": "identity_check",
            "items": "OutId PhoneNumbers SignName TemplateCode TemplateParam",
            "payload": f'{{"OutId":"{person.hex}","PhoneNumbers":"{phone}","SignName":"明铺","TemplateCode":"SMS_1","TemplateParam":"******"}}',
            "digest": blind_index("privacy_share.payload", phone).hex(),
            "reference": person.hex,
        },
    )
    for purpose in USES:
        yield (
            "privacy_accesslog",
            {
                "at": at,
                "subject": person,
                "purpose": purpose,
                "actor_kind": "person",
                "actor": "",
                "reference": "",
            },
        )


@dataclass(frozen=True, slots=True)
class _Column:
    """A column that COPY writes: the class of its key and where its values belong, what it says when a row is silent."""

    name: str
    kind: str
    place: str
    blank: str


Database = psycopg.Connection[Any]
WITHOUT_INDEXES = "UPDATE pg_index SET indisready = false WHERE indrelid = ANY (%s::text[]::regclass[])"
Shapes = dict[str, list[_Column]]
ESCAPES = str.maketrans({"\\": r"\\", "\n": r"\n", "\t": r"\t", "\r": r"\r"})


def _shapes(database: Database) -> Shapes:
    """Return the columns of every table that a row is given."""
    query = (
        "SELECT attname, format_type(atttypid, NULL), attnotnull FROM pg_attribute WHERE attrelid = %s::regclass "
        "AND attnum > 0 AND NOT attisdropped AND attgenerated = '' AND attidentity = '' ORDER BY attnum"
    )
    return {
        table: [
            _Column(
                name,
                REGISTER.column(table, name).sealed,
                f"{table}|{name}",
                _blank(kind) if needed else r"\N",
            )
            for name, kind, needed in database.execute(query, [table]).fetchall()
        ]
        for table in TABLES
    }


def _blank(kind: str) -> str:
    return {"text": "", "boolean": "f", "jsonb": "{}", "timestamp with time zone": START.isoformat()}.get(
        kind, "0"
    )


def _text(value: Any) -> str:
    """Return a value as COPY reads it."""
    if isinstance(value, str):
        return value.translate(ESCAPES) if "\n" in value or "\\" in value else value
    if isinstance(value, bytes):
        return rf"\\x{value.hex()}"
    if isinstance(value, bool):
        return "t" if value else "f"
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _line(shape: list[_Column], row: dict[str, Any], sealer: _Sealer) -> tuple[str, str]:
    """Return a row as COPY reads it, sealed and open."""
    hidden: list[str] = []
    clear: list[str] = []
    for column in shape:
        value = row.get(column.name)
        if value is not None and column.kind and isinstance(value, str):
            hidden.append(_text(sealer.seal(column.place, column.kind, value)))
            clear.append(_text(value.encode()))
        else:
            told = column.blank if value is None else _text(value)
            hidden.append(told)
            clear.append(told)
    return "\t".join(hidden), "\t".join(clear)


def write_slice(first: int, last: int) -> int:
    """Write the people numbered from `first` to before `last` into both databases and the key store; return `last`."""
    sealer = _Sealer()
    hidden: dict[str, list[str]] = {table: [] for table in TABLES}
    clear: dict[str, list[str]] = {table: [] for table in TABLES}
    people = bytearray()
    with connect_admin(database_name()) as sealed, connect_admin(PLAIN) as plain:
        shapes = _shapes(sealed)
        for number in range(first, last):
            person = person_at(number)
            people += person.bytes
            sealer.begin(person)
            for table, row in rows_of(number, person):
                one, other = _line(shapes[table], row, sealer)
                hidden[table].append(one)
                clear[table].append(other)
        for database, lines in ((sealed, hidden), (plain, clear)):
            with database.transaction():
                # No triggers: the foreign keys hold as the rows are made.
                database.execute("SET LOCAL session_replication_role = replica")
                database.execute("SET LOCAL synchronous_commit = off")
                for table in TABLES:
                    _copy(database, table, shapes[table], lines[table])
    _keep(sealer)
    with (settings.HOME / "people.bin").open("ab", buffering=0) as file:
        file.write(people)
    return last


def _copy(database: Database, table: str, shape: list[_Column], lines: list[str]) -> None:
    names = ", ".join(column.name for column in shape)
    with database.cursor() as cursor, cursor.copy(f"COPY {table} ({names}) FROM STDIN".encode()) as copy:
        copy.write("\n".join(lines) + "\n")


def _keep(sealer: _Sealer) -> None:
    """Write the keys into the key store, in one go."""
    settings.KEY_STORE.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    store = sqlite3.connect(settings.KEY_STORE, timeout=120)
    with store:
        store.execute("PRAGMA synchronous = OFF")
        store.execute("PRAGMA cache_size = -400000")
        store.execute(
            "CREATE TABLE IF NOT EXISTS keys (subject BLOB, class TEXT, wrapped BLOB NOT NULL,"
            " PRIMARY KEY (subject, class)) WITHOUT ROWID"
        )
        store.executemany("INSERT OR IGNORE INTO keys VALUES (?, ?, ?)", sorted(sealer.rows))
    store.close()


@contextmanager
def _unhindered() -> Iterator[None]:
    """Let the server write without indexes, checkpoints and vacuum inside the block; build the indexes after it."""
    with connect_admin(database_name()) as sealed, connect_admin(PLAIN) as plain:
        for name, value in (("max_wal_size", "16GB"), ("full_page_writes", "off"), ("autovacuum", "off")):
            sealed.execute(f"ALTER SYSTEM SET {name} = '{value}'".encode())
        sealed.execute("SELECT pg_reload_conf()")
        for database in (sealed, plain):
            database.execute(WITHOUT_INDEXES, [list(TABLES)])
        yield
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(_build, (sealed, plain)))
        for name in ("max_wal_size", "full_page_writes", "autovacuum"):
            sealed.execute(f"ALTER SYSTEM RESET {name}".encode())
        sealed.execute("SELECT pg_reload_conf()")
        sealed.execute("CHECKPOINT")


def _build(database: Database) -> None:
    database.execute("SET maintenance_work_mem = '256MB'")
    for table in TABLES:
        database.execute(f"REINDEX TABLE {table}".encode())


def write(first: int, count: int) -> None:
    """Write people numbered from `first` into both databases, in slices, by several processes."""
    begins = range(first, first + count, SLICE)
    ends = [min(begin + SLICE, first + count) for begin in begins]
    with _unhindered(), ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:
        for last in pool.map(write_slice, begins, ends):
            print(last, flush=True)


if __name__ == "__main__":
    write(int(sys.argv[1]), int(sys.argv[2]))
