"""`python -m bench.log_lines`: what a line of the record of uses costs, in the mall of MINGPU_HOME; figures as JSON."""

import json
import sys
import time
from collections.abc import Callable
from uuid import uuid4

import django

django.setup()

from django.db import connection  # noqa: E402 -- after setup

from mingpu.ops.database import connect_admin, database_name  # noqa: E402 -- after setup
from mingpu.privacy import logseal  # noqa: E402 -- after setup
from mingpu.privacy.purposes import Purpose, processing  # noqa: E402 -- after setup

LINES = 20_000
PEOPLE = 200


def main() -> dict[str, float]:
    """Return bytes a line, microseconds a block with and without, a line sealed and checked."""
    logged, plain = _took(_blocks), _took(_begin_commit)
    lines, table, indexes = _sizes()
    began = time.perf_counter()
    sealed = max(logseal.seal(), 1)
    sealing = time.perf_counter() - began
    began = time.perf_counter()
    wrong = list(logseal.verify())
    checking = time.perf_counter() - began
    if wrong:
        raise RuntimeError(f"the record does not hold: {wrong}")
    return {
        "lines": lines, "people": PEOPLE, "table_bytes_a_line": round(table / lines, 1),
        "index_bytes_a_line": round(indexes / lines, 1), "block_us": round(logged / LINES * 1e6, 1),
        "begin_commit_us": round(plain / LINES * 1e6, 1), "seal_us_a_line": round(sealing / sealed * 1e6, 1),
        "verify_us_a_line": round(checking / sealed * 1e6, 1),
    }  # fmt: skip


def _took(work: Callable[[], None]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _blocks() -> None:
    people = [uuid4() for _ in range(PEOPLE)]
    for n in range(LINES):
        with processing(
            Purpose.DELIVERY, subject=people[n % PEOPLE], reference="M7K2M9XH4T3QWBNZC", reading=True
        ):
            pass


def _begin_commit() -> None:
    with connection.cursor() as cursor:
        for _ in range(LINES):
            cursor.execute("BEGIN")
            cursor.execute("COMMIT")


def _sizes() -> tuple[float, float, float]:
    """Return lines, bytes of the table and of its indexes; the lines are made old enough to be sealed."""
    with connect_admin(database_name()) as admin:
        admin.execute("UPDATE privacy_accesslog SET at = at - interval '5 minutes'")
        admin.execute("VACUUM FULL privacy_accesslog")
        sizes = admin.execute(
            "SELECT count(*), pg_relation_size('privacy_accesslog'), pg_indexes_size('privacy_accesslog') "
            "FROM privacy_accesslog"
        ).fetchone()
    lines, table, indexes = (float(str(it)) for it in sizes or (0, 0, 0))
    return lines, table, indexes


if __name__ == "__main__":
    json.dump(main(), sys.stdout)
