"""Measure what a line of the record of uses costs: bytes on disk, time of a block with it and without, sealing, checking.

Writes docs/measurements/log.md and log.json; on a mall made from nothing, alone on its server.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from uuid import uuid4

REPORT = Path("docs/measurements/log")
LINES = 20_000
PEOPLE = 200


def main() -> None:
    """Make the mall, measure, write both files, remove the mall."""
    folder = tempfile.mkdtemp(prefix="mingpu-log-")
    os.environ.update(MINGPU_HOME=folder, DJANGO_SETTINGS_MODULE="mingpu.settings", MINGPU_ZONE="worker")
    try:
        owner = {**os.environ, "MINGPU_ZONE": "owner"}
        subprocess.run([sys.executable, "-m", "mingpu.ops.fresh"], check=True, env=owner)
        found = _measure()
    finally:
        from mingpu.ops import postgres

        postgres.stop()
        shutil.rmtree(folder, ignore_errors=True)
    REPORT.with_suffix(".json").write_text(json.dumps(found, indent=1) + "\n")
    REPORT.with_suffix(".md").write_text(_words(found))
    print(_words(found))


def _measure() -> dict[str, float]:
    import django

    django.setup()
    from django.db import connection

    from mingpu.ops.database import connect_admin, database_name
    from mingpu.privacy import logseal
    from mingpu.privacy.purposes import Purpose, processing

    people = [uuid4() for _ in range(PEOPLE)]
    began = time.perf_counter()
    for n in range(LINES):
        with processing(
            Purpose.DELIVERY, subject=people[n % PEOPLE], reference="M7K2M9XH4T3QWBNZC", reading=True
        ):
            pass
    logged = time.perf_counter() - began
    began = time.perf_counter()
    with connection.cursor() as cursor:
        for _ in range(LINES):
            cursor.execute("BEGIN")
            cursor.execute("COMMIT")
    plain = time.perf_counter() - began
    with connect_admin(database_name()) as admin:
        admin.execute("UPDATE privacy_accesslog SET at = at - interval '5 minutes'")
        admin.execute("VACUUM FULL privacy_accesslog")
        sizes = admin.execute(
            "SELECT count(*), pg_relation_size('privacy_accesslog'), pg_indexes_size('privacy_accesslog') "
            "FROM privacy_accesslog"
        ).fetchone()
    assert sizes is not None
    lines, table, indexes = (float(str(it)) for it in sizes)
    began = time.perf_counter()
    sealed = logseal.seal()
    sealing = time.perf_counter() - began
    began = time.perf_counter()
    wrong = list(logseal.verify())
    checking = time.perf_counter() - began
    assert not wrong, wrong
    return {
        "lines": lines, "table_bytes_a_line": round(table / lines, 1), "index_bytes_a_line": round(indexes / lines, 1),
        "block_us": round(logged / LINES * 1e6, 1), "begin_commit_us": round(plain / LINES * 1e6, 1),
        "seal_us_a_line": round(sealing / max(sealed, 1) * 1e6, 1),
        "verify_us_a_line": round(checking / max(sealed, 1) * 1e6, 1),
    }  # fmt: skip


def _words(it: dict[str, float]) -> str:
    return f"""# The record of uses

Made by `python -m scripts.measure_log`: {it["lines"]:.0f} reading blocks of {PEOPLE} people by one process, on a mall made from
nothing. A reading block's line is in its transaction and committed in a group with others: the commit does not wait for the
disk.

| what | figure |
|---|---|
| table, bytes a line | {it["table_bytes_a_line"]} |
| its two indexes, bytes a line | {it["index_bytes_a_line"]} |
| a block with role, subject and line, µs | {it["block_us"]} |
| begin and commit alone, two messages, µs | {it["begin_commit_us"]} |
| sealing, µs a line | {it["seal_us_a_line"]} |
| checking the whole record, µs a line | {it["verify_us_a_line"]} |
"""


if __name__ == "__main__":
    main()
