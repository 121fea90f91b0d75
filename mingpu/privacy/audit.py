"""What must be refused, tried: a fixed list of statements, in every purpose of a login, answered by the database itself.

Nothing here is anybody's: where a statement names a person it is one made up for the try, and every try is rolled
back. A statement is meant to be refused; a read of what a purpose may read must bring nothing of anybody else.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from uuid import uuid4

import psycopg
from psycopg import sql

from mingpu.lib.text import Text
from mingpu.privacy.grants import granted, readable
from mingpu.privacy.live import Connection
from mingpu.privacy.matrix import login
from mingpu.privacy.register import REGISTER, Purpose, Register

REFUSED: Final = "refused"
NOTHING: Final = "nothing"  # allowed, and there was nothing to see
GIVEN: Final = "given"  # what must not be
# What nobody may do as any purpose: more rights, other rows, other files, other records.
NEVER: Final = (
    (Text("变成所有者", "become the owner"), "SET ROLE mingpu_owner"),
    (Text("变成管理员", "become the administrator"), "SET ROLE postgres"),
    (Text("变成查找函数的角色", "become the role of the lookups"), "SET ROLE mingpu_lookup"),
    (Text("变成开示函数的角色", "become the role of the gates"), "SET ROLE mingpu_gate"),
    (Text("给自己加用途", "give itself a purpose"), "GRANT purpose_legal TO CURRENT_USER"),
    (Text("关掉行级策略", "switch row policies off"), "ALTER TABLE accounts_contact DISABLE ROW LEVEL SECURITY"),
    (Text("删掉一条策略", "drop a policy"), "DROP POLICY profile_s ON accounts_contact"),
    (Text("新建表", "make a table"), "CREATE TABLE loot (x text)"),
    (Text("改写使用记录", "write into the record of uses"), "INSERT INTO privacy_accesslog (at, purpose, actor_kind, actor, reference) VALUES (now(), '', '', '', '')"),
    (Text("清空使用记录", "empty the record of uses"), "TRUNCATE privacy_accesslog"),
    (Text("改动封印", "change a seal"), "UPDATE privacy_logseal SET root = ''"),
    (Text("读取密码表", "read the passwords of the server"), "SELECT rolpassword FROM pg_authid"),
    (Text("读服务器上的文件", "read a file of the server"), "SELECT pg_read_file('/etc/passwd')"),
    (Text("在服务器上运行程序", "run a program on the server"), "COPY (SELECT 1) TO PROGRAM 'id'"),
)  # fmt: skip
# Columns whose reading shows what a purpose may not: one of each kind.
TELLING: Final = (
    ("accounts_contact", "phone"),
    ("accounts_credential", "password_hash"),
    ("accounts_profile", "birthday"),
    ("accounts_address", "street"),
    ("orders_consignee", "name"),
    ("orders_order", "total_fen"),
    ("wallet_balance", "balance_fen"),
    ("privacy_accesslog", "reference"),
    ("privacy_share", "payload"),
    ("governance_opening", "person_id"),
)


@dataclass(frozen=True, slots=True)
class Try:
    """One statement as one role of a login. outcome: refused | nothing | given; answer: the database's own words."""

    zone: str
    purpose: str  # "" for the login itself, before it enters any
    what: str
    statement: str
    outcome: str
    answer: str

    @property
    def holds(self) -> bool:
        """Whether it went as it must."""
        return self.outcome != GIVEN


def tries(zone: str, register: Register = REGISTER) -> Iterator[Try]:
    """Try the whole list as a zone's login and in each of its purposes."""
    with login(zone) as database:
        for purpose in (None, *(it for it in register.purposes.values() if zone in it.zones)):
            for what, statement in _statements(purpose, zone, register):
                outcome, answer = _tried(database, purpose, statement)
                yield Try(zone, purpose.id if purpose else "", str(what), statement, outcome, answer)


def _statements(purpose: Purpose | None, zone: str, register: Register) -> Iterator[tuple[Text, str]]:
    sealer = register.tables["privacy_logseal"].zone_grants.get(zone, "")
    for what, statement in NEVER:
        # Erasure takes the person out of the record of uses, so it may write there; the worker writes seals.
        if "privacy_logseal" in statement and "u" in sealer:
            continue
        yield what, statement
    for table, column in TELLING:
        it = register.tables[table]
        if purpose and column in readable(it, purpose) and purpose.rows != "own":
            continue  # a queue's own column: shown by design, without a person
        # Rows that were detached are nobody's any more; erasing sees them, to rescan what it did.
        somebodys = f" WHERE {it.subject} IS NOT NULL" if it.erase == "detach" else ""
        yield (
            Text(f"读取{it.label.zh}", f"read: {it.label.en}"),
            f"SELECT {column} FROM {table}{somebodys}",  # noqa: S608 -- names are the register's
        )
    if purpose is None or "s" not in granted(register.tables["accounts_contact"], purpose):
        yield Text("读取整行联系方式", "read whole rows of contacts"), "SELECT * FROM accounts_contact"


def _tried(database: Connection, purpose: Purpose | None, statement: str) -> tuple[str, str]:
    """Run a statement as a purpose, for a person made up, and roll it back."""
    try:
        with database.transaction(force_rollback=True):
            if purpose:
                database.execute(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(purpose.role)))
            database.execute("SELECT set_config('app.subject', %s, true)", [str(uuid4())])
            done = database.execute(statement.encode())
            rows = len(done.fetchall()) if done.description else 1
    except psycopg.Error as refused:
        return REFUSED, str(refused).partition("\n")[0]
    if rows:
        return GIVEN, f"{rows} rows" if done.description else done.statusmessage or "done"
    return NOTHING, "0 rows"
