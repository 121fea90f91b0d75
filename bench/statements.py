"""`python -m bench.statements [SKU]`: order in this process and print the statements that were sent, as JSON."""

import json
import secrets
import sys
from collections.abc import Callable
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
from mingpu.checkout.wish import To  # noqa: E402 -- after setup
from mingpu.orders.errors import OutOfStock  # noqa: E402 -- after setup
from mingpu.privacy import purposes  # noqa: E402 -- after setup

sent: list[str] = []


def take(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001 -- Django's wrapper
    """Keep each statement with its values written in."""
    rows = params if many else [params]
    cursor = ClientCursor(connection.connection)
    sent.extend(cursor.mogrify(sql, row) if row else sql for row in rows)
    return execute(sql, params, many, context)


def taken_from(person: str, sku: str) -> str:
    """Order one piece and record what is sent; returns the order's number, "" when it was refused."""
    sent.clear()
    try:
        return check_out(
            person_id=UUID(person),
            key=secrets.token_hex(16),
            payment="wechatpay",
            lines={sku: 1},
            to=To(**TO),
        ).order_no
    except OutOfStock:
        return ""


def listen() -> None:
    """Record what goes to the database from now on, with the ends of blocks."""
    enter, commit, roll_back = purposes._entry, connection.commit, connection.rollback  # noqa: SLF001

    def entry(*args: object, **kwargs: object) -> bytes:
        message = enter(*args, **kwargs)  # type: ignore[arg-type]
        sent.append(message.decode())
        return message

    def ended(word: str, end: Callable[[], None]) -> Callable[[], None]:
        def told() -> None:
            sent.append(word)
            end()

        return told

    connection.commit = ended("COMMIT", commit)  # type: ignore[method-assign]
    connection.rollback = ended("ROLLBACK", roll_back)  # type: ignore[method-assign]
    purposes._entry = entry  # noqa: SLF001
    connection.execute_wrappers.append(take)


def main() -> None:
    """Warm up with one order, then record the next, and one that is refused because the SKU is sold out."""
    person, _ = make()
    codes = Sku.objects.filter(code__startswith="B", stock__gt=1000, product__for_sale=True)
    sku = sys.argv[1] if sys.argv[1:] else codes.values_list("code", flat=True).first()
    assert sku
    taken_from(person, sku)
    listen()
    order_no = taken_from(person, sku)
    statements = list(sent)
    empty = Sku.objects.filter(stock=0, product__for_sale=True).values_list("code", flat=True).first()
    assert empty
    assert not taken_from(person, empty)
    refused = [text.replace(empty, sku) for text in sent]
    json.dump(
        {"statements": statements, "refused": refused, "person": person, "order_no": order_no, "sku": sku},
        sys.stdout,
    )


main()
