"""Counting what a step asks the database."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection


@contextmanager
def counted() -> Iterator[list[str]]:
    """Collect the statements of the block, without those that open and end a purpose (two messages a block)."""
    seen: list[str] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        seen.append(" ".join(str(sql).split())[:120])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield seen
