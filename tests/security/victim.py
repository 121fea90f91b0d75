"""Somebody with a row in every table of the register, and their numbers by the names that addresses use."""

from collections.abc import Mapping
from hashlib import sha256
from uuid import UUID, uuid4

import psycopg
from psycopg import sql

from mingpu.accounts.queries import session_id
from mingpu.privacy.register import REGISTER
from tests.privacy.canaries import Living, admin

# Parameter, or `route:parameter` where one name means several things -> the column whose value it is.
OF_THE_VICTIM = {
    "order_no": "orders_order.order_no", "case_no": "service_case.case_no", "number": "service_evidence.number",
    "delivery_no": "virtual_handover.delivery_no", "invoice_no": "invoices_request.invoice_no",
    "title_id": "invoices_title.id", "search_id": "search_search.id", "view_id": "personalise_view.id",
    "address_id": "accounts_address.id", "device_id": "accounts_device.id", "passkey_id": "accounts_passkey.id",
    "session": "accounts_session.token_hash", "export_id": "privacy_export.id", "receipt_id": "privacy_consentevent.id",
    "transfer_id": "rights_transfer.id", "intake_id": "rights_intake.id", "child_id": "rights_ward.child_id",
    "no": "rights_request.no", "key": "accounts_address.id",
    "address_edit:pk": "accounts_address.id", "address_delete:pk": "accounts_address.id",
    "address_default:pk": "accounts_address.id", "export_download:pk": "privacy_export.id",
    "transfer_stop:pk": "rights_transfer.id", "import:pk": "rights_intake.id", "child:pk": "rights_ward.child_id",
    "receipt_file:pk": "privacy_consentevent.id", "device_remove:pk": "accounts_device.id",
    "session_name:pk": "accounts_session.token_hash", "session_end:pk": "accounts_session.token_hash",
    "passkey_remove:pk": "accounts_passkey.id", "share_id": "privacy_share.id", "share:pk": "privacy_share.id",
    "child_choices:pk": "rights_ward.child_id", "child_choice_set:pk": "rights_ward.child_id",
    "notice_id": "notices_notice.id", "notice_open:pk": "notices_notice.id", "notice_read:pk": "notices_notice.id",
    "notice_delete:pk": "notices_notice.id",
}  # fmt: skip
# What everybody may name, and what is nobody's.
ANYBODYS = {
    "product_id": str(UUID(int=7)), "sku": "T-nothing", "short": "x", "words": "x", "value": "x", "path": "x",
    "name": "location", "purpose": "personalisation", "table": "accounts_address", "offer_id": "x", "kind": "pdf",
    "secret": "x", "place": "0", "sitemap_part:kind": "products", "use:number": "1", "my_use:number": "1",
    "service": "wechat", "provider": "wechat",
    "certificate_id": str(UUID(int=8)), "certificate:pk": str(UUID(int=8)), "slug": "x", "width": "240",
    "size": "small", "unsubscribe:token": "x",
}  # fmt: skip


def numbers(it: Living) -> dict[str, str]:
    """What the victim's own things are called, by parameter."""
    found = {name: _told(name, _column(it, column)) for name, column in OF_THE_VICTIM.items()}
    return {**ANYBODYS, **found}


def nobodys(real: Mapping[str, str]) -> dict[str, str]:
    """The same names for things that do not exist, of the same shape: ids stay ids, numbers as long as they were."""
    return {**real, **{name: _unlike(real[name]) for name in OF_THE_VICTIM}}


def _column(it: Living, place: str) -> object:
    table, column = place.split(".")
    return it.values[table][column]


def _told(name: str, value: object) -> str:
    """A sign-in is called by an id made of its key."""
    if isinstance(value, bytes):
        return str(session_id(value))
    return str(value)


def _unlike(value: str) -> str:
    try:
        UUID(value)
    except ValueError:
        return value[:1] + sha256(value.encode()).hexdigest()[: len(value) - 1].upper()
    return str(uuid4())


def rows_of(person_id: UUID, *, but: frozenset[str] = frozenset()) -> dict[str, str]:
    """A fingerprint of every table's rows of a person, as the administrator sees them. but: tables left out."""
    with admin() as database:
        return {
            table.name: _fingerprint(database, table.name, table.subject, person_id)
            for table in REGISTER.tables.values()
            if table.subject and table.name not in but
        }


def _fingerprint(database: psycopg.Connection, table: str, subject: str, person_id: UUID) -> str:
    query = sql.SQL("SELECT count(*) || ':' || md5(coalesce(string_agg(md5(t::text), '' ORDER BY md5(t::text)), '')) FROM {} t WHERE {} = %s")  # fmt: skip
    row = database.execute(
        query.format(sql.Identifier(table), sql.Identifier(subject)), [person_id]
    ).fetchone()
    assert row
    return str(row[0])
