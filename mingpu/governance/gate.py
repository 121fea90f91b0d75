"""Going through a gate: the function of the database, and opening what it hands out."""

import json
from typing import Any
from uuid import UUID

from django.db import connection

from mingpu.lib.errors import NotFound
from mingpu.privacy import purposes
from mingpu.privacy.gates import gates
from mingpu.privacy.keys import KeyErased
from mingpu.privacy.register import REGISTER


def person_of(number: str) -> UUID:
    """Return for whom an act is; raises NotFound for an unknown one, or when the person is gone."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT mingpu.lookup_opening(%s)", [number])
        row = cursor.fetchone()
    if row is None or row[0] is None:
        raise NotFound
    return UUID(str(row[0]))


def read(item: str, number: str) -> list[dict[str, Any]]:
    """Return the rows a gate shows for an act, opened; inside the block of the act's person and purpose.

    None for a value whose key is gone; [] when the act does not stand. The gate's name is the register's.
    """
    gate = gates()[item]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT mingpu.gate_{gate.id}(%s)::text", [number])
        rows = [json.loads(row[0]) for row in cursor.fetchall()]
    return [{name: _opened(gate.table, name, row[name]) for name in gate.columns} for row in rows]


def _opened(table: str, column: str, value: Any) -> Any:
    r"""Open a sealed value, which comes as `\x…`; leave others as they are."""
    if value is None or not REGISTER.column(table, column).sealed:
        return value
    try:
        return purposes.unseal_value(table, column, bytes.fromhex(value.removeprefix("\\x"))).decode()
    except KeyErased:
        return None
