"""The one door to personal data: `with processing(purpose, subject=…)`.

One block is one transaction in one PostgreSQL role, for one person, with one row in the access log. The role's
grants and row policies come from the register, so whatever the block asks for beyond its purpose is refused
by the database itself.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from django.db import DatabaseError, connection
from psycopg.pq import DiagnosticField, Escaping, ExecStatus
from psycopg.pq.abc import PGconn

from mingpu.lib.errors import MallError
from mingpu.lib.wire import send
from mingpu.privacy import journal, keys
from mingpu.privacy.optout import refused_flags
from mingpu.privacy.register import REGISTER


class Purpose(StrEnum):
    """The register's purposes, for code; `mingpu statement check` holds the two together."""

    REGISTRATION = "registration"
    IDENTITY_CHECK = "identity_check"
    PROFILE = "profile"
    REAL_NAME = "real_name"
    DISPLAY = "display"
    DEVICE_SAFETY = "device_safety"
    CONTINUITY = "continuity"
    SHOPPING = "shopping"
    SEARCH_HISTORY = "search_history"
    BROWSING_HISTORY = "browsing_history"
    PERSONALISATION = "personalisation"
    ORDERING = "ordering"
    TRADE_SAFETY = "trade_safety"
    SETTLEMENT = "settlement"
    DELIVERY = "delivery"
    REDIRECTING = "redirecting"
    ORDER_LOOKUP = "order_lookup"
    AFTER_SALES = "after_sales"
    SERVICE = "service"
    CASE_QUEUE = "case_queue"
    WALLET = "wallet"
    INVOICING = "invoicing"
    VIRTUAL_GOODS = "virtual_goods"
    MERCHANT_QUEUE = "merchant_queue"
    MERCHANT_ORDER = "merchant_order"
    RECONCILIATION = "reconciliation"
    RIGHTS = "rights"
    CANCELLATION = "cancellation"
    ERASURE = "erasure"
    DELETION_NOTICES = "deletion_notices"
    RETENTION = "retention"
    OVERSIGHT = "oversight"
    LEGAL = "legal"
    STATISTICS = "statistics"
    SCANNING = "scanning"
    FACE_LOGIN = "face_login"
    PHOTO_SEARCH = "photo_search"
    PUBLISHING = "publishing"
    VOICE = "voice"
    ROBOT = "robot"
    FRIENDS = "friends"
    NEARBY = "nearby"
    PROFILING = "profiling"
    JOINED_SERVICES = "joined_services"
    IMPROVEMENT = "improvement"
    PARTNER_DATA = "partner_data"
    THIRD_PARTY_LOGIN = "third_party_login"
    FAULT_REPORTS = "fault_reports"
    LINK_SAFETY = "link_safety"
    FAULT_ANALYSIS = "fault_analysis"
    GATE_DESK = "gate_desk"
    REVEAL = "reveal"
    EXCEPTION = "exception"
    IMPACT = "impact"
    NOTICE = "notice"
    TELLING = "telling"
    MARKETING = "marketing"
    RIGHTS_CASE = "rights_case"
    RIGHTS_QUEUE = "rights_queue"
    MINOR_ACCESS = "minor_access"


class AccountFrozen(MallError):
    """This account is being cancelled; only its privacy pages still work."""

    zh = "该账户正在注销,仅隐私中心可用。"
    code = "account_frozen"
    status = 403


class GuardianNeeded(MallError):
    """This account is of somebody under 14; a guardian has to confirm it first. See the privacy centre."""

    zh = "该账户的使用者不满 14 周岁，需要监护人先确认，请到隐私中心办理。"
    code = "guardian_needed"
    status = 403


class ApprovalNeeded(MallError):
    """This is about somebody under 14: another member of staff has to approve your look at it first."""

    zh = "涉及不满 14 周岁的未成年人，须先由另一名员工批准您查看。"
    code = "approval_needed"
    status = 403


@dataclass(slots=True)
class _Open:
    """What is known while a block runs: for whom, the keys fetched so far, what is to be written down as gone."""

    purpose: str
    subject: UUID | None
    keys: dict[str, bytes | None] = field(default_factory=dict)
    gone: list[journal.Line] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: the person, a member of staff by name, or the system."""

    kind: str  # person | staff | system
    name: str = ""


_open: ContextVar[_Open | None] = ContextVar("processing", default=None)
_SYSTEM = Actor("system")
_actor: ContextVar[Actor] = ContextVar("actor", default=_SYSTEM)
# What mingpu.enter raises, by SQLSTATE.
REFUSALS = {"MP001": AccountFrozen, "MP003": GuardianNeeded, "MP004": ApprovalNeeded}


@contextmanager
def acting(kind: str, name: str = "") -> Iterator[None]:
    """Name who acts inside the block, for the access log."""
    mark = _actor.set(Actor(kind, name))
    try:
        yield
    finally:
        _actor.reset(mark)


@contextmanager
def processing(
    purpose: Purpose,
    *,
    subject: UUID | None,
    reference: str = "",
    reading: bool = False,
    merchant: str = "",
) -> Iterator[None]:
    """Run the block as one transaction in the role of `purpose`, for `subject`, logged.

    subject: whose data is touched; None for a purpose over a queue. merchant: for whom a merchant's queue is
    read, by code. reference: order or case number for the log. reading: nothing but the log row is written, so the commit need not wait for the disk.
    Raises RuntimeError inside another block, AccountFrozen for a person who is leaving, GuardianNeeded and
    ApprovalNeeded for somebody under 14, and django.db.ProgrammingError when the purpose lacks a grant.
    """
    if connection.in_atomic_block or _open.get() is not None:
        raise RuntimeError("purposes never nest: finish one block, then open the next")
    _begin(
        purpose,
        lambda pg: _entry(pg, purpose, subject, reference, reading=reading, merchant=merchant),
    )
    it = _Open(purpose.value, subject)
    mark = _open.set(it)
    connection.in_atomic_block = True
    connection.autocommit = False  # so that `transaction.atomic` inside makes savepoints
    connection.commit_on_exit = True
    connection.needs_rollback = False
    try:
        yield
        # Before the commit: a crash in between leaves a line too many, never a deletion that no restore knows of.
        if it.gone and not connection.needs_rollback:
            journal.append(it.gone)
    except BaseException:
        _end(mark_failed=True)
        raise
    else:
        _end(mark_failed=connection.needs_rollback)
    finally:
        _open.reset(mark)


def _begin(purpose: Purpose, entry: Callable[[PGconn], bytes]) -> None:
    """Send begin, role, subject and log row as one message: no round trip beyond a plain transaction's."""
    # Said again on a fresh connection where this one was lost: nothing had been done in it yet.
    result = send(lambda it: it.pgconn.exec_(entry(it.pgconn)))
    if result.status == ExecStatus.TUPLES_OK:
        return
    state = (result.error_field(DiagnosticField.SQLSTATE) or b"").decode()
    message = result.get_error_message()
    send(lambda it: it.pgconn.exec_(b"ROLLBACK"))
    if state in REFUSALS:
        raise REFUSALS[state]
    raise DatabaseError(f"could not enter {purpose.value}: {state} {message}")


def _entry(
    pg: PGconn, purpose: Purpose, subject: UUID | None, reference: str, *, reading: bool, merchant: str
) -> bytes:
    actor = _actor.get()
    words = [
        bytes(Escaping(pg).escape_literal(text.encode())).decode()
        for text in (actor.kind, actor.name, reference[:64], merchant)
    ]
    whom = f"'{subject}'" if subject else "NULL"
    return (
        "BEGIN;"
        + ("SET LOCAL synchronous_commit = off;" if reading else "")
        + (f"SET LOCAL app.merchant = {words.pop()};" if merchant else "")
        + (f"SET LOCAL app.refused = '{refused}';" if (refused := refused_flags()) else "")
        + f"SET LOCAL ROLE purpose_{purpose.value};"
        + f"SELECT mingpu.enter({whom}::uuid, {', '.join(words[:3])})"
    ).encode()


def _end(*, mark_failed: bool) -> None:
    """Commit, or roll back what failed; a lost connection is dropped so that the next block starts clean."""
    connection.in_atomic_block = False
    connection.autocommit = True
    connection.needs_rollback = False
    if connection.closed_in_transaction:
        connection.connection = None
        connection.closed_in_transaction = False
        return
    try:
        if mark_failed:
            connection.rollback()
        else:
            connection.commit()
    except BaseException:
        connection.close()
        raise
    if not mark_failed:
        connection.run_and_clear_commit_hooks()


def current_subject() -> UUID:
    """Return whose data the running block may touch; raises RuntimeError outside one or without a person."""
    it = _open.get()
    if it is None or it.subject is None:
        raise RuntimeError("a sealed value needs `processing` for the person it belongs to")
    return it.subject


def write_down(line: journal.Line) -> None:
    """Have a line put into the journal just before the running block commits. Raises RuntimeError outside one."""
    it = _open.get()
    if it is None:
        raise RuntimeError("what a person deletes is deleted inside `processing`")
    it.gone.append(line)


def _key(kind: str, *, make: bool) -> bytes | None:
    it = _open.get()
    subject = current_subject()
    assert it is not None
    if it.keys.get(kind) is None:
        it.keys[kind] = keys.fetch_or_make(subject, kind) if make else keys.fetch(subject, kind)
    return it.keys[kind]


def seal_value(table: str, column: str, value: bytes) -> bytes:
    """Seal a value for its column under the current person's key of the class the register names."""
    kind = REGISTER.column(table, column).sealed
    key = _key(kind, make=True)
    assert key is not None
    return keys.seal(key, _place(table, column, current_subject()), value)


def unseal_value(table: str, column: str, sealed: bytes) -> bytes:
    """Open a value of a sealed column; raises KeyErased when the person's key is gone."""
    kind = REGISTER.column(table, column).sealed
    return keys.unseal(_key(kind, make=False), _place(table, column, current_subject()), sealed)


def reseal_value(table: str, column: str, sealed: bytes, *, owner: UUID) -> bytes:
    """Open a value as the current person's and seal it as `owner`'s, under the same class of key.

    For records that go on under another name. Raises KeyErased when the person's key is gone.
    """
    value = unseal_value(table, column, sealed)
    key = keys.fetch_or_make(owner, REGISTER.column(table, column).sealed)
    return keys.seal(key, _place(table, column, owner), value)


def opens_for(table: str, column: str, sealed: bytes, *, owner: UUID) -> bool:
    """Tell whether a sealed value opens with the key of `owner`, who need not be the block's person."""
    try:
        keys.unseal(
            keys.fetch(owner, REGISTER.column(table, column).sealed), _place(table, column, owner), sealed
        )
    except (keys.KeyErased, ValueError):
        return False
    return True


def _place(table: str, column: str, owner: UUID) -> str:
    """Name where a sealed value belongs, so that it opens nowhere else."""
    return f"{table}|{column}|{owner}"
