"""Persons with a row in every table of the register, every value recognisable: `canary-<tag>-<table>-<column>.`

The rows are written by the administrator straight into the tables, from the register alone, so that a table or
column added later is covered the day it is added.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from mingpu.accounts.queries import token_hash
from mingpu.accounts.services.passwords import hash_password
from mingpu.lib.ids import token as new_token
from mingpu.ops.database import connect_admin, database_name
from mingpu.privacy import keys
from mingpu.privacy.register import REGISTER
from tests import unique

SKIPPED = {"privacy_accesslog", "privacy_cancellation"}  # written by what is tested
NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


@dataclass
class Living:
    """Somebody made up, and where their values are."""

    id: UUID
    tag: str
    order_no: str
    case_no: str
    export_id: UUID
    values: dict[str, dict[str, object]] = field(default_factory=dict)  # table -> column -> value in clear


def admin() -> psycopg.Connection:
    """Connect as the server's administrator to the mall's database."""
    return connect_admin(database_name())


def live(tag: str = "", *, at: datetime | None = None, **changes: object) -> Living:
    """Make a person with one row in every table. at: the time of everything. changes: `table__column` values."""
    tag = tag or unique.tag()
    it = Living(uuid4(), tag, f"M{tag}ORDER", f"C{tag}CASE", uuid4())
    shipment = uuid4()
    fixed = {
        "order_no": it.order_no, "case_no": it.case_no, "shipment_id": shipment, "state": "active",
        "goods_fen": 1000, "total_fen": 1000, "shipping_fen": 0, "refunded_fen": 0, "amount_fen": 7, "consents": 0,
        "no": f"Q{tag}REQUEST", "privacy_standing.of_age_on": None, "privacy_decision.inputs": f'{{"mark": "canary-{tag}-privacy_decision-inputs."}}',
        "delivery_shipment.id": shipment, "delivery_shipment.direction": "out", "privacy_export.id": it.export_id, "privacy_export.state": "requested",
        "privacy_export.ready_at": None, "privacy_export.expires_at": None,
        "discount_fen": 0, "orders_order.ended": "", "service_case.status": "refunded", "service_case.type": "refund", "service_case.reason": "other", "payments_refund.status": "succeeded", "payments_refund.replaced_by": "",
        "payments_attempt.status": "succeeded", "privacy_share.items": "orderId", "privacy_share.recipient": "sf",
        "privacy_share.purpose": "delivery",
        "governance_opening.purpose": "reveal", "governance_opening.exception_no": "", "governance_opening.until": None,
        "governance_notice.incident_no": f"I{tag}", "governance_opening.hidden_until": None, "governance_opening.item": "contact_phone", "governance_opening.staff": "kf",
        "governance_opening.number": f"V{tag}", "governance_opening.reason": "call_back", "governance_opening.approved_by": "",
        "privacy_deletionnotice.state": "closed", "privacy_deletionnotice.recipient": "sf", "privacy_deletionnotice.cause": "invoicing",
        "privacy_deletionnotice.receipt": "", "privacy_deletionnotice.certificate_id": None, "privacy_deletionnotice.digest": "00" * 32,
        "privacy_deletionnotice.code": "", "privacy_deletionnotice.public_key": "", "privacy_deletionnotice.closed_by": "kefu", "privacy_deletionnotice.body": None,
        "promotions_coupon.state": "used", "virtual_handover.status": "done",
        # A card that never held anything: the books of a mall that other tests look at must still agree.
        "wallet_card.face_fen": 0, "wallet_transfer.purse_id": None,
        "wallet_transfer.debit": "receivable", "wallet_transfer.credit": "deposits",
        "held_until": None, "on_at": None,  # neither after a recovery, nor with a second step
        "balance_fen": 0, "token_hash": f"canary-{tag}-token_hash.".encode(),
        "privacy_share.payload": f'{{"orderId":"canary-{tag}-privacy_share-payload"}}',
        **{name.replace("__", "."): value for name, value in (_facts(changes) | changes).items()},
    }  # fmt: skip
    with admin() as database, database.transaction():
        for table in REGISTER.tables.values():
            if table.subject and table.name not in SKIPPED:
                it.values[table.name] = _insert(database, table.name, it, fixed, at or NOW)
    return it


# An order's state cannot be written, only what it follows from.
_FACTS = {
    "paid": {"completed_at": None, "delivered_at": None, "pieces_sent": 0},
    "pending_payment": {"payment": "wechatpay", "paid_at": None, "confirmed_at": None},
    "expired": {"ended": "expired", "paid_at": None},
}


def _facts(changes):
    state = changes.pop("orders_order__status", "")
    return {f"orders_order__{name}": value for name, value in _FACTS.get(state, {}).items()}


def _insert(database, table, it, fixed, at):
    entry = REGISTER.tables[table]
    kinds = dict(
        database.execute(
            "SELECT attname, format_type(atttypid, NULL) FROM pg_attribute WHERE attrelid = %s::regclass "
            "AND attnum > 0 AND NOT attisdropped AND attgenerated = ''",
            [table],
        ).fetchall()
    )
    clear, stored = {}, {}
    for name, kind in kinds.items():
        mark = f"canary-{it.tag}-{table}-{name}."
        value = fixed.get(f"{table}.{name}", fixed.get(name, _MISSING))
        if name == entry.subject:
            value = it.id
        elif value is _MISSING:
            value = mark if entry.columns[name].sealed else _value(kind, mark, at)
        clear[name] = value
        if entry.columns[name].sealed and value is not None:
            key = keys.fetch_or_make(it.id, entry.columns[name].sealed)
            value = keys.seal(key, f"{table}|{name}|{it.id}", str(value).encode())
        stored[name] = Jsonb(value) if kind == "jsonb" else value
    database.execute(
        sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
            sql.Identifier(table),
            sql.SQL(", ").join(map(sql.Identifier, stored)),
            sql.SQL(", ").join(sql.Placeholder() * len(stored)),
        ),
        list(stored.values()),
    )
    return clear


_MISSING = object()


def _value(kind, mark, at):
    return {
        "uuid": uuid4, "text": lambda: mark, "bytea": mark.encode, "jsonb": lambda: {"canary": mark},
        "boolean": lambda: True, "timestamp with time zone": lambda: at, "date": at.date,
    }.get(kind, lambda: 3)()  # fmt: skip


def count(table: str, person_id: UUID) -> int:
    """Count a person's rows, as the administrator."""
    with admin() as database:
        query = sql.SQL("SELECT count(*) FROM {} WHERE {} = %s")
        named = query.format(sql.Identifier(table), sql.Identifier(REGISTER.tables[table].subject))
        return database.execute(named, [person_id]).fetchone()[0]


def ago(**time: float) -> datetime:
    """Return a moment so long before now."""
    return datetime.now(UTC) - timedelta(**time)


def sign_in(it: Living, password: str = "") -> str:
    """Give a person a sign-in, and a password when asked; return the token."""
    token = new_token()
    with admin() as database:
        database.execute(
            "INSERT INTO accounts_session (token_hash, person_id, kind, created_at, expires_at, proven_at, proven_by, familiar) VALUES (%s, %s, 'api', now(), now() + interval '1 day', now(), 'password', true)",
            [token_hash(token), it.id],
        )
        if password:
            change = "UPDATE accounts_credential SET password_hash = %s WHERE person_id = %s"
            database.execute(change, [hash_password(password), it.id])
    return token
