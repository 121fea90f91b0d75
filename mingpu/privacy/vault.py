"""Reading one order's sealed record where the law requires it: by case number, in the vault's zone, logged."""

from typing import Any
from uuid import UUID

from django.db import connection

from mingpu.lib.errors import NotFound
from mingpu.privacy import rows
from mingpu.privacy.purposes import Purpose, acting, processing
from mingpu.privacy.register import REGISTER


def order_record(order_no: str, *, case: str, by: str) -> dict[str, list[dict[str, Any]]]:
    """Return everything kept of one order, by table, opened; of a living account or a frozen one alike.

    case: number of the authority's case, kept in the record of uses. by: who reads it. Raises NotFound.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT mingpu.lookup_order(%s)", [order_no])
        owner: UUID | None = cursor.fetchone()[0]
    if owner is None:
        raise NotFound
    found: dict[str, list[dict[str, Any]]] = {}
    with acting("staff", by), processing(Purpose.LEGAL, subject=owner, reference=case):
        for table in REGISTER.tables.values():
            if table.erase == "freeze":
                where, values = rows.within_order(table, order_no)
                read = list(rows.read(table, Purpose.LEGAL, where, values))
                found[table.name] = [{name: rows.plain(value) for name, value in row.items()} for row in read]
    return found
