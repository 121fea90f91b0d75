"""`python -m bench.statements`: place one order in this process and print the statements it sent, as JSON."""

import json
import secrets
import sys
from typing import Any
from uuid import UUID

import django

django.setup()

from django.db import connection  # noqa: E402 -- after setup
from psycopg import ClientCursor  # noqa: E402 -- after setup

from bench.people import make  # noqa: E402 -- after setup
from bench.shopping import TO  # noqa: E402 -- after setup
from mingpu.catalog.models import Sku  # noqa: E402 -- after setup
from mingpu.checkout.services import check_out  # noqa: E402 -- after setup
from mingpu.checkout.wish import To  # noqa: E402
from mingpu.privacy import purposes  # noqa: E402 -- after setup

sent: list[str] = []


def take(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001 -- Django's wrapper
    """Keep each statement with its values written in."""
    rows = params if many else [params]
    cursor = ClientCursor(connection.connection)
    sent.extend(cursor.mogrify(sql, row) if row else sql for row in rows)
    return execute(sql, params, many, context)


def main() -> None:
    """Warm up with one order, then record the next."""
    person, _ = make()
    sku = Sku.objects.filter(stock__gt=1000).values_list("code", flat=True).first()
    assert sku
    enter = purposes._entry  # noqa: SLF001 -- the message is not sent through a cursor

    def entry(*args: object, **kwargs: object) -> bytes:
        message = enter(*args, **kwargs)  # type: ignore[arg-type]
        sent.append(message.decode())
        return message

    def commit() -> None:
        sent.append("COMMIT")
        done()

    for _ in range(2):
        placed = check_out(
            person_id=UUID(person),
            key=secrets.token_hex(16),
            payment="wechatpay",
            lines={sku: 1},
            to=To(**TO),
        )
        if not sent:
            done = connection.commit
            connection.commit = commit  # type: ignore[method-assign]
            purposes._entry = entry  # noqa: SLF001
            connection.execute_wrappers.append(take)
            sent.append("")
    json.dump({"statements": sent[1:], "person": person, "order_no": placed.order_no}, sys.stdout)


main()
