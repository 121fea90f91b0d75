"""People by the hundred thousand for `measure_privacy`, written by COPY into two databases of one schema.

The one holds sealed values, the other the same values open; everything else is alike: accounts with contact, profile,
an address, consents, searches, a share and the log rows of those uses. Run in a process of the measured mall:
`python -m scripts.privacy_people FIRST COUNT` writes both databases and adds to `people.bin`, 16 bytes a person.
"""

import os
import random
import sqlite3
import sys
from base64 import b64encode
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import django
import psycopg
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

django.setup()

from django.conf import settings  # noqa: E402 -- after setup

from mingpu.ops.database import connect_admin, database_name  # noqa: E402 -- after setup
from mingpu.privacy.fields import blind_index  # noqa: E402 -- after setup
from mingpu.privacy.register import REGISTER  # noqa: E402 -- after setup

PLAIN = "mingpu_plain"
SLICE = 20_000
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
    return UUID(int=random.Random(number).getrandbits(128), version=4)  # noqa: S311 -- made-up people


class _Sealer:
    """A person's keys, kept as the key store keeps them, and values sealed by them."""

    def __init__(self, wrapper: AESGCM) -> None:
        self._wrapper = wrapper
        self.rows: list[tuple[bytes, str, bytes]] = []
        self._keys: dict[str, AESGCM] = {}
        self._person = UUID(int=0)

    def begin(self, person: UUID) -> None:
        """Make the keys of the next person."""
        self._person = person
        for kind in KINDS:
            key, nonce = os.urandom(32), os.urandom(12)
            wrapped = nonce + self._wrapper.encrypt(nonce, key, person.bytes + kind.encode())
            self.rows.append((person.bytes, kind, wrapped))
            self._keys[kind] = AESGCM(key)

    def seal(self, table: str, column: str, value: str) -> bytes:
        """Seal a value for its column."""
        nonce = os.urandom(12)
        place = f"{table}|{column}|{self._person}".encode()
        return (
            b"\x01"
            + nonce
            + self._keys[REGISTER.column(table, column).sealed].encrypt(nonce, value.encode(), place)
        )


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


def _columns(database: psycopg.Connection[Any], table: str) -> dict[str, tuple[str, bool]]:
    """Return the columns that a row is given: name -> (kind, may be NULL)."""
    query = (
        "SELECT attname, format_type(atttypid, NULL), NOT attnotnull FROM pg_attribute WHERE attrelid = %s::regclass "
        "AND attnum > 0 AND NOT attisdropped AND attgenerated = '' AND attidentity = ''"
    )
    return {name: (kind, empty) for name, kind, empty in database.execute(query, [table]).fetchall()}


def _blank(kind: str, *, empty: bool) -> Any:
    if empty:
        return None
    return {"text": "", "boolean": False, "jsonb": "{}", "timestamp with time zone": START}.get(kind, 0)


Write = Callable[[dict[str, Any], dict[str, Any]], None]


def write(first: int, count: int) -> None:
    """Write people numbered from `first` into both databases, a slice at a time."""
    sealer = _Sealer(AESGCM(bytes.fromhex(settings.KEY_ENCRYPTION_KEY)))
    with connect_admin(database_name()) as sealed, connect_admin(PLAIN) as plain:
        columns = {table: _columns(sealed, table) for table in TABLES}
        for begin in range(first, first + count, SLICE):
            lines: dict[str, tuple[list[list[Any]], list[list[Any]]]] = {table: ([], []) for table in TABLES}
            people = range(begin, min(begin + SLICE, first + count))
            for number in people:
                person = person_at(number)
                sealer.begin(person)
                for table, row in rows_of(number, person):
                    _add(lines[table], columns[table], table, row, sealer)
            for place, database in enumerate((sealed, plain)):
                with database.transaction():
                    for table in TABLES:
                        _copy(database, table, columns[table], lines[table][place])
            _keep(sealer)
            with (settings.HOME / "people.bin").open("ab") as file:
                file.write(b"".join(person_at(number).bytes for number in people))
            print(begin + len(people), flush=True)


def _add(
    lines: tuple[list[list[Any]], list[list[Any]]],
    columns: dict[str, tuple[str, bool]],
    table: str,
    row: dict[str, Any],
    sealer: _Sealer,
) -> None:
    hidden, open_ = [], []
    for name, (kind, empty) in columns.items():
        if name == "id" and table == "privacy_accesslog":
            continue
        value = row.get(name, _blank(kind, empty=empty))
        clear: Any = value
        if isinstance(value, str) and REGISTER.column(table, name).sealed:
            clear = value.encode()
            value = sealer.seal(table, name, value)
        hidden.append(value)
        open_.append(clear)
    lines[0].append(hidden)
    lines[1].append(open_)


def _copy(
    database: psycopg.Connection[Any], table: str, columns: dict[str, tuple[str, bool]], rows: list[list[Any]]
) -> None:
    names = [name for name in columns if not (name == "id" and table == "privacy_accesslog")]
    with (
        database.cursor() as cursor,
        cursor.copy(f"COPY {table} ({', '.join(names)}) FROM STDIN".encode()) as copy,
    ):
        for row in rows:
            copy.write_row(row)


def _keep(sealer: _Sealer) -> None:
    """Write the keys into the key store, in one go: `keys.fetch_or_make` would wait for the disk each time."""
    settings.KEY_STORE.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with sqlite3.connect(settings.KEY_STORE, timeout=60) as store:
        store.execute(
            "CREATE TABLE IF NOT EXISTS keys (subject BLOB, class TEXT, wrapped BLOB NOT NULL,"
            " PRIMARY KEY (subject, class)) WITHOUT ROWID"
        )
        store.executemany("INSERT OR IGNORE INTO keys VALUES (?, ?, ?)", sealer.rows)
    store.close()
    sealer.rows.clear()


if __name__ == "__main__":
    write(int(sys.argv[1]), int(sys.argv[2]))
